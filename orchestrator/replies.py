"""A person's words as an answer to a question: yes, no, changes of the plan, which one is meant.

Small and closed: what it does not know is no answer (None), and then the words mean what they mean
outside a question. Nothing a person says here does more than make another plan, which the critic
sees like any other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from orchestrator.errors import BadReply
from orchestrator.ops import PARAMS
from orchestrator.plan import EditPlan, Step
from orchestrator.questions import ALL, Answer, Option, Question, StepPlace
from tools.misfit import misfit

PlanWords = Callable[[str], EditPlan]
"""Makes a plan of words, as the planner does."""

HELP = """\
yes runs the plan; no drops it
drop s2 · move s3 before s1 · s2 first · s2 last · order s2 s1 s3
s2 amount=0.4 changes a setting · s2: make it much darker says a step anew
also add rain adds a step · s1 box 10,20,200,240 shows where · a, or s1 b, says which is meant"""

_YES = frozenset({
    "y", "yes", "yep", "yeah", "ok", "okay", "sure", "run", "run it", "go", "go ahead", "do it",
    "approve", "approved", "looks good", "fine", "yes please", "continue",
})  # fmt: skip
_NO = frozenset({"n", "no", "nope", "cancel", "stop", "abort", "drop it", "forget it", "don't",
                 "no thanks", "never mind", "nevermind"})  # fmt: skip
_NUMBERS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "1st": 1, "2nd": 2, "3rd": 3, "one": 1, "two": 2, "three": 3,
    "four": 4, "five": 5,
}  # fmt: skip
_STEP = r"(?:step\s+)?(?P<{0}>[a-z0-9_-]+)"
_DROP = re.compile(r"^(?:drop|skip|remove|delete|without|leave out)\s+(?P<steps>.+)$", re.I)
_MOVE = re.compile(
    rf"^(?:move\s+|put\s+)?{_STEP.format('step')}\s+(?P<way>before|after)\s+{_STEP.format('other')}$",
    re.I,
)
_ENDS = re.compile(rf"^(?:move\s+|put\s+)?{_STEP.format('step')}\s+(?P<end>first|last)$", re.I)
_ORDER = re.compile(r"^(?:order|reorder)\s*:?\s+(?P<steps>.+)$", re.I)
_SET = re.compile(
    rf"^(?:set\s+|change\s+)?{_STEP.format('step')}\s+(?P<pairs>[a-z_]+\s*=\s*\S.*)$", re.I
)
_ANEW = re.compile(rf"^{_STEP.format('step')}\s*:\s*(?P<words>\S.*)$", re.I | re.S)
_ALSO = re.compile(r"^(?:also|add step:?|and also|plus)\s+(?P<words>\S.*)$", re.I | re.S)
_BOX = re.compile(
    rf"^{_STEP.format('step')}\s+box\s+(-?\d+)\s*,\s*(-?\d+)\s*,\s*(-?\d+)\s*,\s*(-?\d+)$", re.I
)
_PAIR = re.compile(r"([a-z_]+)\s*=\s*(\"[^\"]*\"|'[^']*'|\S+)", re.I)
_NAMED = re.compile(rf"^{_STEP.format('step')}\s*[=:]?\s+(?P<rest>.+)$", re.I)
_SHORT = re.compile(r"^(?P<step>[a-z]*\d+)\s*(?:[=:]\s*)?(?P<label>[a-i])$", re.I)


def parse_reply(text: str, question: Question, plan_words: PlanWords) -> Answer | None:
    """Read words as an answer.

    Args:
        text: what the person wrote.
        question: what waits.
        plan_words: plans new words for a step.

    Returns:
        The answer, or None where the words are none.

    Raises:
        BadReply: they are meant as one, but do not fit; one line says what would.
        BadInstruction: new words for a step ask for nothing.
    """
    said = " ".join(text.split()).rstrip(".!")
    low = said.lower()
    if low in _YES:
        return question.run_it()
    if low in _NO:
        return question.cancel()
    answer = (
        _drop(said, question)
        or _order(said, question)
        or _box(said, question)
        or _set(said, question)
        or _also(said, question, plan_words)
        or _which(low, question)
    )
    return answer or _anew(said, question, plan_words)


# -- steps ---------------------------------------------------------------------------------------


def _step(word: str, question: Question) -> Step | None:
    """A step by id, number or ordinal word; None where the word is none of these."""
    low = word.lower()
    for step in question.plan.steps:
        if step.id.lower() == low:
            return step
    number = _NUMBERS.get(low) or (int(low) if low.isascii() and low.isdigit() else 0)
    if 0 < number <= len(question.plan.steps) and len(low) < 8:
        return question.plan.steps[number - 1]
    return None


def _need(word: str, question: Question) -> Step:
    return _step(word, question) or question.step(word)


def _listed(text: str, question: Question) -> list[Step] | None:
    """Several steps; None where a word names no step."""
    words = [
        w for w in re.split(r"[\s,]+", text) if w.lower() not in ("and", "step", "steps", "the")
    ]
    found = [_step(word, question) for word in words]
    steps = [step for step in found if step is not None]
    return steps if steps and len(steps) == len(found) else None


def _drop(said: str, question: Question) -> Answer | None:
    match = _DROP.match(said)
    text = match["steps"] if match else said
    steps = _listed(text, question)
    if steps is None and match is None:
        return None
    if match is None and not all(re.fullmatch(r"[a-z]+\d+", w.lower()) for w in text.split()):
        return None  # "2" alone may be an answer to "which one?"
    if steps is None:
        # "drop s9" is about a step that is not there; "remove the dog" is another wish.
        if re.fullmatch(r"(?:step\s+)?[a-z]?\d+", text.lower()):
            question.step(text.lower().removeprefix("step").strip())
        return None
    left = question.plan.without(step.id for step in steps)
    if not left.steps:
        raise BadReply("that drops every step; say no to drop the plan")
    return question.change(left)


def _order(said: str, question: Question) -> Answer | None:
    plan = question.plan
    order = [step.id for step in plan.steps]
    if match := _ORDER.match(said):
        steps = _listed(match["steps"], question)
        if steps is None or sorted(s.id for s in steps) != sorted(order):
            raise BadReply(f"name every step once, as in: order {' '.join(reversed(order))}")
        order = [step.id for step in steps]
    elif (match := _MOVE.match(said)) and _step(match["step"], question):
        step, other = _need(match["step"], question), _need(match["other"], question)
        if step.id != other.id:
            order.remove(step.id)
            order.insert(order.index(other.id) + (match["way"].lower() == "after"), step.id)
    elif (match := _ENDS.match(said)) and _step(match["step"], question):
        moved = _need(match["step"], question).id
        order.remove(moved)
        order.insert(0 if match["end"].lower() == "first" else len(order), moved)
    else:
        return None
    return question.change(reordered(plan, order))


def reordered(plan: EditPlan, order: list[str]) -> EditPlan:
    """The plan in another order.

    Raises:
        BadReply: a step would come before one that it builds on.
    """
    seen: set[str] = set()
    for name in order:
        for needed in plan.step(name).depends_on:
            if needed not in seen:
                raise BadReply(f"{name} builds on {needed}, so it cannot come before it")
        seen.add(name)
    return plan.model_copy(update={"steps": tuple(plan.step(name) for name in order)})


def _set(said: str, question: Question) -> Answer | None:
    match = _SET.match(said)
    if match is None:
        return None
    step = _need(match["step"], question)
    pairs = _PAIR.findall(match["pairs"])
    if _PAIR.sub("", match["pairs"]).strip(" ,"):
        raise BadReply(f"say settings as in: {step.id} {_an_example(step)}")
    changed = dict(step.params) | {name: _value(text) for name, text in pairs}
    return question.change(_with(question.plan, step, _checked(step, changed)))


def _value(text: str) -> Any:
    """A number, true, false or null as JSON says; anything else is text."""
    text = text.rstrip(",")
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, bool | int | float) or value is None else text


def _checked(step: Step, params: dict[str, Any]) -> Step:
    values = step.model_dump(mode="json") | {"params": params}
    try:
        return Step.model_validate(values)
    except ValidationError as error:
        known = ", ".join(PARAMS[step.op].model_fields) or "none"
        raise BadReply(
            f"{step.id} ({step.op}): {misfit(error, 'params')} (settings: {known})"
        ) from None


def _an_example(step: Step) -> str:
    name = next(iter(step.params or PARAMS[step.op].model_fields), "strength")
    return f"{name}={json.dumps(step.params.get(name, 0.5))}"


def _with(plan: EditPlan, old: Step, *new: Step) -> EditPlan:
    steps = [s for step in plan.steps for s in (new if step.id == old.id else (step,))]
    return plan.model_copy(update={"steps": tuple(steps)})


def _also(said: str, question: Question, plan_words: PlanWords) -> Answer | None:
    match = _ALSO.match(said)
    if match is None:
        return None
    made = plan_words(match["words"])
    steps = _renamed(made.steps, question.plan)
    joined = {
        "steps": (*question.plan.steps, *steps),
        "constraints": (*question.plan.constraints, *made.constraints),
    }
    return question.change(_checked_plan(question.plan, joined))


def _anew(said: str, question: Question, plan_words: PlanWords) -> Answer | None:
    """Other words for one step: planned again, in its place."""
    match = _ANEW.match(said)
    if match is None or _step(match["step"], question) is None:
        return None
    step = _need(match["step"], question)
    made = plan_words(match["words"])
    if not made.steps:
        raise BadReply(f"{match['words']!r} asks for no step; drop {step.id} instead")
    new = list(_renamed(made.steps, question.plan))
    # What built on the step builds on what took its place.
    kept = step.depends_on if new[0].depends_on == () else new[0].depends_on
    renames = {new[-1].id: step.id}
    new[0] = new[0].model_copy(update={"depends_on": kept})
    new[-1] = new[-1].model_copy(update={"id": step.id})
    new = [
        s.model_copy(update={"depends_on": tuple(renames.get(n, n) for n in s.depends_on)})
        for s in new
    ]
    return question.change(_with(question.plan, step, *new))


def _renamed(steps: tuple[Step, ...], plan: EditPlan) -> tuple[Step, ...]:
    """Steps with ids that the plan does not have yet."""
    taken = {step.id for step in plan.steps}
    free = (f"s{n}" for n in range(1, 200) if f"s{n}" not in taken)
    names = {step.id: next(free) for step in steps}
    return tuple(
        step.model_copy(
            update={"id": names[step.id], "depends_on": tuple(names[n] for n in step.depends_on)}
        )
        for step in steps
    )


def _checked_plan(plan: EditPlan, update: dict[str, Any]) -> EditPlan:
    joined = plan.model_copy(update=update)
    if len(joined.steps) > 64:
        raise BadReply(f"that makes {len(joined.steps)} steps; a plan has at most 64")
    return joined


# -- which one -----------------------------------------------------------------------------------


def _box(said: str, question: Question) -> Answer | None:
    match = _BOX.match(said)
    if match is None:
        return None
    x0, y0, x1, y1 = (int(match[n]) for n in range(2, 6))
    return question.box(_need(match["step"], question).id, (x0, y0, x1, y1))


def _which(low: str, question: Question) -> Answer | None:
    """Which candidate is meant; for several steps at once with commas between."""
    asked = [place for place in question.places if place.options]
    if not asked:
        return None
    parts = [part.strip() for part in low.split(",")]
    answers = [_one_which(part, question, asked) for part in parts]
    found = [answer for answer in answers if answer is not None]
    if not found or len(found) != len(answers):
        return None
    choices = {name: label for answer in found for name, label in answer.choices.items()}
    left = [place for place in question.unclear if place.step not in choices]
    done = question.kind == "which" and not left
    return Answer(action="run" if done else "change", choices=choices)


def _one_which(low: str, question: Question, asked: list[StepPlace]) -> Answer | None:
    step, rest = "", low
    match = _SHORT.match(low) or _NAMED.match(low)
    if match is not None:
        named = _step(match["step"], question)
        if named is not None:
            step, rest = named.id, match.groupdict().get("label") or match["rest"]
    place = question.place(step) if step else None
    if place is not None and place.like:
        place = question.place(place.like)
    unclear = list(question.unclear) or asked
    options = place.options if place is not None else unclear[0].options
    label = _label(rest, options)
    if label is None:
        return None
    return question.choose(label, step or (unclear[0].step if len(unclear) == 1 else ""))


def _label(words: str, options: tuple[Option, ...]) -> str | None:
    """The option that words mean: "b", "2", "the left one", "the biggest", "both"."""
    said = re.sub(r"^(?:i mean|it is|it's|that is)\s+", "", words)
    said = re.sub(r"^the\s+|\s+(?:one|of them)$", "", said).strip("() ")
    said = re.sub(r"\s+(?:one)$", "", said)
    if said in {option.label for option in options}:
        return said
    if said in ("all", "both", "all of", "everyone", "each"):
        return ALL
    number = _NUMBERS.get(said) or (int(said) if said.isascii() and said.isdigit() else 0)
    if 0 < number <= len(options):
        return options[number - 1].label
    keys: dict[str, Callable[[Option], float]] = {
        "left": lambda o: o.box[0] + o.box[2],
        "right": lambda o: -(o.box[0] + o.box[2]),
        "top": lambda o: o.box[1] + o.box[3],
        "bottom": lambda o: -(o.box[1] + o.box[3]),
        "big": lambda o: -o.area,
        "small": lambda o: o.area,
    }
    stems = {
        "left": "left", "leftmost": "left", "on the left": "left", "right": "right",
        "rightmost": "right", "on the right": "right", "last": "right", "top": "top",
        "upper": "top", "bottom": "bottom", "lower": "bottom", "biggest": "big", "larger": "big",
        "largest": "big", "bigger": "big", "smallest": "small", "smaller": "small",
    }  # fmt: skip
    if said in ("middle", "centre", "center") and len(options) % 2:
        return options[len(options) // 2].label
    key = keys.get(stems.get(said, ""))
    return None if key is None else min(options, key=key).label
