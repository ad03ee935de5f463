"""After a try: what to do next, and which of the tries a step ends with.

Joins the policy with what it must know: which executors are left, which options of a model can be
turned, which words were not tried. It makes no try (``orchestrator.attempts``) and judges none.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from orchestrator.diagnosis import Fault, diagnose
from orchestrator.editors import Refusal, wish_of
from orchestrator.plan import Step
from orchestrator.policy import Move, Way, next_move
from orchestrator.ranking import KEPT, best, worth
from orchestrator.rewording import wordings
from orchestrator.routing import Route, routes
from orchestrator.settings import RunSettings
from orchestrator.state import RunContext
from tools.editing import Editor, suits, tunable
from tools.grounding import Scene

STAYS = ("grow", "wording", "instruction")
"""What a switch to another executor keeps of the tuning: what is known of the place and the wish,
not of the executor left behind."""


def first_way(step: Step, scene: Scene, context: RunContext) -> int:
    """Which of a step's routes is tried first: one that yields only where its editor suits."""
    for number, route in enumerate(routes(step)):
        if route.unless and _takes(route.unless, scene, context):
            continue
        if not route.yields or _suits(route, step, scene, context):
            return number
    return 0


def _takes(name: str, scene: Scene, context: RunContext) -> bool:
    """Whether a picture is of the sort that an editor is for."""
    return name in context.editors.names() and context.editors.get(name).domain(scene.sort).inside


def _suits(route: Route, step: Step, scene: Scene, context: RunContext) -> bool:
    """Whether the editor of a route is here and made for the picture; nothing forces it."""
    if route.model not in context.editors.names():
        return False
    editor = context.editors.get(route.model)
    if not editor.availability().ready or not editor.supports(step.op):
        return False
    return suits(editor, wish_of(step), scene.sort).inside


def editor_for(
    route: Route, step: Step, scene: Scene, work: Any, context: RunContext, settings: RunSettings
) -> Editor | Refusal:
    """The editor a route stands for, those passed over that have failed at the step."""
    return context.editors.choose(
        step.op,
        scene.sort,
        model=route.model or settings.model,
        force=settings.force,
        without=work.get("passed_over", ()),
        wish=wish_of(step),
    )


def decide(
    step: Step,
    work: Any,
    verdict: dict[str, Any],
    scene: Scene,
    context: RunContext,
    settings: RunSettings,
) -> Move:
    """The next move, its tuning complete with the words of the next try.

    Args:
        step: being worked on.
        work: ``orchestrator.state.Work`` with every earlier try in ``tried``.
        verdict: on the latest try, which is not in ``tried`` yet.
        scene: of the picture the step acts on.
        context: of the run.
        settings: of the run.
    """
    ways = routes(step)
    route = ways[work["route"]]
    if work["candidate_id"] in {item["image_id"] for item in work["tried"]}:
        verdict = {**verdict, "undecided": False}  # the same picture again: seeds change nothing
    words = _words_left(step, work, scene, context, settings) if not route.is_tool else ()
    way = replace(_way(step, work, scene, context, settings), wordings=len(words))
    move = next_move(
        verdict,
        attempt=work["attempt"],
        seconds=sum(work["timing"].values()),
        way=way,
        tuning=work["tuning"],
        settings=settings,
    )
    if move.kind == "switch":
        kept = {name: value for name, value in work["tuning"].items() if name in STAYS}
        return replace(move, tuning=kept | {"seed_offset": work["attempt"]})
    if move.tuning.get("wording", 0) > work["tuning"].get("wording", 0):
        tried = _said(step, work)
        asked = context.reword(step, verdict["reason"], tried)
        text = asked if asked and asked not in tried else words[0]
        return replace(
            move, tuning=move.tuning | {"instruction": text}, reason=f"{move.reason} ({text!r})"
        )
    return move


def _way(step: Step, work: Any, scene: Scene, context: RunContext, settings: RunSettings) -> Way:
    ways = routes(step)
    route = ways[work["route"]]
    here = str(work["executor"])
    met: tuple[Fault, ...] = tuple(
        diagnose(item["verdict"])
        for item in work["tried"]
        if item["executor"] == here and item["verdict"]["status"] == "failed"
    )
    if route.is_one:
        following = ways[work["route"] + 1] if work["route"] + 1 < len(ways) else None
        others = following is not None and (
            following.is_tool or _is_there(following, step, scene, work, context, settings)
        )
        return Way(True, others, met=met, answers=route.is_tool)
    beyond = {**work, "passed_over": [*work.get("passed_over", ()), here]}
    others = bool(here) and _is_there(route, step, scene, beyond, context, settings)
    editor = editor_for(route, step, scene, work, context, settings)
    if isinstance(editor, Refusal):
        return Way(deterministic=True, others=False, met=met)
    # An error that another try would only repeat is as good as deterministic.
    hopeless = bool(work["error"]) and not work["error_retryable"]
    return Way(hopeless, others, tunable(editor), met=met)


def _is_there(
    route: Route, step: Step, scene: Scene, work: Any, context: RunContext, settings: RunSettings
) -> bool:
    found = editor_for(route, step, scene, work, context, settings)
    return not isinstance(found, Refusal) and found.name not in work.get("passed_over", ())


def _said(step: Step, work: Any) -> tuple[str, ...]:
    """Every instruction this step was tried with, the current one included."""
    said = [item["tuning"].get("instruction", step.instruction) for item in work["tried"]]
    return tuple(dict.fromkeys([*said, work["tuning"].get("instruction", step.instruction)]))


def _words_left(
    step: Step, work: Any, scene: Scene, context: RunContext, settings: RunSettings
) -> tuple[str, ...]:
    if settings.direct:  # the whole instruction in one pass is the baseline; it stays as it is
        return ()
    mask = context.workspace.mask(work["mask_id"])
    said = {text.lower() for text in _said(step, work)}
    return tuple(text for text in wordings(step, scene.image, mask) if text.lower() not in said)


def pick(tried: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The best try that verification lets stand; None where there is none."""
    return best([item for item in tried if item["verdict"]["status"] in KEPT])


def told_of_tries(tried: list[dict[str, Any]], kept: int | None) -> list[dict[str, Any]]:
    """The tries as a report lists them: JSON, the kept one marked.

    Args:
        tried: as in ``orchestrator.state.Work``.
        kept: number of the try the step ended with; None = it was given up.
    """
    return [
        {
            "number": item["number"],
            "executor": item["executor"],
            "tuning": item["tuning"],
            "status": item["verdict"]["status"],
            "reason": item["verdict"]["reason"],
            "worth": [round(value, 4) for value in worth(item["verdict"])],
            "seconds": item["seconds"],
            "image_id": item["image_id"],
            "mask_id": item["mask_id"],
            "kept": item["number"] == kept,
        }
        for item in tried
    ]
