"""From a model's reply to an ``EditPlan``: every field checked as a stranger's.

The reply can choose among the ops, targets and parameters of ``orchestrator.llm.wire``; executor,
scope and checks are derived here. What does not fit is an ``UnusableReply`` whose message tells the
model what to mend.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from orchestrator.critic.findings import Review
from orchestrator.critic.grounded import MAKES_ANOTHER
from orchestrator.critic.review import review
from orchestrator.errors import BadPlan
from orchestrator.language.articles import with_the
from orchestrator.language.wording import sentence
from orchestrator.llm.failures import UnusableReply
from orchestrator.llm.inert import oddity, printable, texts_in, words_of
from orchestrator.llm.reply_text import values_in
from orchestrator.llm.tidying import tidied, unwrapped
from orchestrator.llm.wire import MOST_TEXT, OWN_TOOLS, TOOL, WireReply, WireStep, ops, params_of
from orchestrator.looks import spell_out
from orchestrator.ops import FRAME_OPS, PARAMS
from orchestrator.plan import (
    Absent,
    Aspect,
    Changed,
    Colour,
    Constraint,
    EditPlan,
    Present,
    Preserve,
    Step,
    Success,
    Unchanged,
)
from orchestrator.planning import PlanContext
from tools.colour_names import names_colour
from tools.lookbook import built_in
from tools.registry import get_tool
from tools.target import IMAGE, Target

MOST_CHARACTERS = 200_000
MOST_DEPTH = 12
MOST_TOLD = 5
"""Problems of one reply that are told; the first ones are enough to mend it."""
NOT_WHOLE = frozenset({"remove", "move", "replace"})
"""Ops that need a thing, not the whole picture."""


def build_plan(text: str, instruction: str, context: PlanContext, most_steps: int) -> EditPlan:
    """The plan in a reply.

    Args:
        text: the reply; its JSON is taken out of what stands around it.
        instruction: the person's words.
        context: what else was said.
        most_steps: allowed in a plan.

    Raises:
        UnusableReply: it is no plan that may run.
    """
    values = _without_nulls(tidied(_values(text, most_steps), instruction))
    said = _said(instruction, context)
    _check_texts(values, "\n".join(said))
    try:
        reply = WireReply.model_validate(values)
    except ValidationError as error:
        raise UnusableReply(_told(error)) from None
    steps = tuple(
        _step(number, item, len(reply.steps), words_of(said), context)
        for number, item in enumerate(reply.steps, 1)
    )
    constraints: list[Constraint] = [
        Preserve(target=item.target, level=item.level) for item in reply.keep
    ]
    if reply.keep_size:
        constraints.append(Aspect())
    own = instruction.casefold()
    try:
        plan = EditPlan(
            instruction=instruction,
            steps=steps,
            constraints=tuple(constraints),
            notes=reply.notes,
            unknown=tuple(dict.fromkeys(w for w in reply.unknown if w and w.casefold() in own)),
        )
    except ValidationError as error:
        raise UnusableReply(_told(error)) from None
    _review(plan, context)
    return plan


def _values(text: str, most_steps: int) -> dict[str, Any]:
    """The JSON object in a reply, within bounds that make it safe to look at."""
    if len(text) > MOST_CHARACTERS:
        raise UnusableReply(f"the reply has {len(text)} characters; at most {MOST_CHARACTERS}")
    found = list(values_in(text))
    if not found:
        raise UnusableReply(
            "the reply is no JSON; answer with one JSON object and nothing around it"
        )
    if min(map(_depth, found)) > MOST_DEPTH:
        raise UnusableReply(f"the reply is nested more than {MOST_DEPTH} deep; make it flatter")
    plans = [unwrapped(value) for value in found if _depth(value) <= MOST_DEPTH]
    values = next((plan for plan in plans if _has_steps(plan)), plans[0])
    if not isinstance(values, dict):
        raise UnusableReply("the reply is no JSON object; answer with one JSON object")
    if not _has_steps(values):
        raise UnusableReply("the reply has no steps; 'steps' must be a list with at least one step")
    if len(values["steps"]) > most_steps:
        raise UnusableReply(
            f"the plan has {len(values['steps'])} steps; at most {most_steps} are allowed"
        )
    return values


def _has_steps(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("steps"), list) and bool(value["steps"])


def _depth(values: Any) -> int:
    level, depth = [values], 0
    while level:
        depth += 1
        level = [
            item
            for value in level
            if isinstance(value, dict | list)
            for item in (value.values() if isinstance(value, dict) else value)
        ]
    return depth


def _without_nulls(value: Any) -> Any:
    """Fields that are null left out: strict formats make a model name every field."""
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value


def _said(instruction: str, context: PlanContext) -> list[str]:
    """Everything the person said that a plan may repeat."""
    said = [instruction, *context.glossary, *context.glossary.values(), *context.looks]
    for plan in context.earlier:
        said.append(plan.instruction)
        said += [str(step.params["text"]) for step in plan.steps if "text" in step.params]
    return said


def _check_texts(values: Any, said: str) -> None:
    """Refuse texts that are too long or not plain words.

    Raises:
        UnusableReply: naming the first few.
    """
    problems = []
    for where, text in texts_in(values):
        place = printable(where, 80) or "reply"
        if len(text) > MOST_TEXT:
            problems.append(f"{place}: {len(text)} characters; at most {MOST_TEXT}")
        elif odd := oddity(text, said):
            problems.append(f"{place}: holds {odd}; only plain words are allowed")
        if len(problems) == MOST_TOLD:
            break
    if problems:
        raise UnusableReply("\n".join(problems))


def _told(error: ValidationError) -> str:
    """What is wrong, a line each, without repeating the values."""
    found = error.errors(include_input=False, include_url=False, include_context=False)
    inner = {item["loc"][0] for item in found if len(item["loc"]) > 1}
    # Where one step does not fit, pydantic also says that there is none.
    problems = [item for item in found if len(item["loc"]) != 1 or item["loc"][0] not in inner]
    return "\n".join(
        f"{printable('.'.join(map(str, item['loc'])), 80) or 'reply'}: {printable(item['msg'])}"
        for item in problems[:MOST_TOLD]
    )


def _step(number: int, item: WireStep, count: int, said: set[str], context: PlanContext) -> Step:
    where = f"steps.{number - 1}"
    if item.op not in ops():
        raise UnusableReply(
            f"{where}.op: there is no {printable(item.op, 40)!r}; choose one of {', '.join(ops())}"
        )
    builds_on = tuple(dict.fromkeys(item.after))
    if any(not 1 <= earlier < number for earlier in builds_on):
        raise UnusableReply(
            f"{where}.after: step {number} of {count} can only build on the numbers of steps "
            f"before it, 1 to {number - 1}"
        )
    tool = item.op.removeprefix(TOOL) if item.op.startswith(TOOL) else ""
    op: Any = OWN_TOOLS[tool][0] if tool else item.op
    target = IMAGE if tool else item.target
    params = item.params
    for problem in _problems(item.op, params, target, said):
        raise UnusableReply(f"{where}.params: {problem}")
    try:
        step = Step(
            id=f"s{number}",
            op=op,
            target=target,
            instruction=item.instruction or item.op,
            params=params,
            scope="global" if target.is_whole_image and op not in ("add", "text") else "local",
            depends_on=tuple(f"s{earlier}" for earlier in builds_on),
            executor=f"{TOOL}{tool}" if tool else "auto",
        )
    except ValidationError as error:
        raise UnusableReply(f"{where}.params: {_told(error)}") from None
    if not tool:  # "0.3" is a number from here on
        given = PARAMS[op].model_validate(params).model_dump(mode="json", exclude_unset=True)
        step = step.model_copy(update={"params": given})
    told = step.instruction if item.instruction else _worded(step)
    return step.model_copy(update={"instruction": told, "success": checks_of(step)})


def _worded(step: Step) -> str:
    """The sentence of a step that has none."""
    if step.executor.startswith(TOOL):
        name = step.executor.removeprefix(TOOL)
        return get_tool(name).summary.rstrip(".")
    words = "the picture" if step.target.is_whole_image else with_the(step.target.phrase)
    told = sentence(step.op, words, step.params)
    return told[0].upper() + told[1:]


def _problems(op: str, params: dict[str, Any], target: Target, said: set[str]) -> Iterator[str]:
    """What the parameter models cannot tell."""
    if other := set(params) - params_of(op):
        takes = ", ".join(sorted(params_of(op))) or "nothing"
        yield f"{op} takes no {printable(min(other), 40)!r}; it takes {takes}"
    if op in ("text", "tool:watermark"):
        own = words_of([str(params.get("text", ""))]) - said
        if own:
            yield (
                "text: only words the person gave can be written on the picture; "
                f"{printable(sorted(own)[0], 40)!r} is not among them"
            )
    whole = target.is_whole_image
    if op in NOT_WHOLE and whole:
        yield f"{op} needs a thing in the picture as its target, not the whole picture"
    if op == "resize" and not whole and "factor" not in params:
        yield "resizing a thing needs factor"
    if op == "resize" and not params:
        yield "resize needs factor, width or height"
    if op == "move" and params.get("direction", "to") == "to" and not params.get("to"):
        yield "move needs a direction, or the words of where to in 'to'"
    if op == "crop" and whole and not params:
        yield "crop needs aspect or keep, or a thing to crop to as its target"
    if op == "rotate" and not params.get("straighten") and not params.get("degrees"):
        yield "rotate needs degrees, or straighten"
    colour = params.get("colour")
    if isinstance(colour, str) and colour and not names_colour(colour):
        yield f"colour: {printable(colour, 40)!r} is no colour; give a plain name or #rrggbb"


def _review(plan: EditPlan, context: PlanContext) -> None:
    """Let the critic judge it now, so that the model can mend what it would refuse later.

    It is taken more strictly here: what puts something into the picture or takes it away and was
    not asked for is never a model's to add, whatever else the instruction left open.

    Raises:
        UnusableReply: the critic refuses it.
    """
    try:
        found = _reviewed(plan, context)
    except BadPlan as error:
        raise UnusableReply(printable(str(error), 300)) from None
    refused = [
        item.message
        for item in found.findings
        if item.severity == "refuse"
        or (item.code == "unasked" and found.plan.step(item.step).op in MAKES_ANOTHER)
    ]
    if refused:
        raise UnusableReply("\n".join(printable(told, 300) for told in refused[:MOST_TOLD]))


def _reviewed(plan: EditPlan, context: PlanContext) -> Review:
    """The critic's word on the plan as it will run, its looks spelled out."""
    return review(spell_out(plan, context.book or built_in()), context, author="model")


def left_out(plan: EditPlan, context: PlanContext) -> str:
    """What the person asked for and the plan does not do, as told to the model; "" = nothing.

    The critic may be wrong here (it compares words), so a model is asked once and not made to.
    """
    told = [item.message for item in _reviewed(plan, context).findings if item.code == "missing"]
    if not told:
        return ""
    return "\n".join(printable(item, 300) for item in told[:MOST_TOLD]) + (
        "\nadd the steps for it; where the plan does it already, or cannot, answer as before"
    )


def checks_of(step: Step) -> tuple[Success, ...]:
    """The checks a step of its kind gets beyond those every op has, as for the rules' steps."""
    target, params = step.target, step.params
    checks: list[Success] = []
    if step.op == "replace":
        checks += [Absent(target=target), Present(phrase=params["new"])]
    elif step.op == "remove":
        checks.append(Absent(target=target))
    elif step.op == "add":
        checks.append(Present(phrase=params["what"], where=params.get("where", "")))
    elif step.op == "recolor":
        painted = not params.get("shift")
        checks.append(
            Colour(target=target, name=params["colour"]) if painted else Changed(target=target)
        )
    elif step.op == "text" and params.get("text"):
        checks.append(Present(phrase=params["text"], where=params.get("place", "bottom")))
    elif step.op == "background":
        checks.append(Present(phrase=params["new"], where="in the background"))
    elif step.op not in FRAME_OPS and step.op != "text":
        checks.append(Changed(target=target))
    if target.exclude is not None and step.op != "crop":
        checks.append(Unchanged(target=target.exclude))
    return tuple(checks)
