"""Making one try as tuned: the executor, its mask, seed, options and words.

The policy says what to change from try to try (``orchestrator.policy``); here that becomes
arguments. What is made is judged elsewhere.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from orchestrator.attempts import Candidate, try_editor, try_tool
from orchestrator.deciding import editor_for
from orchestrator.editors import Refusal
from orchestrator.events import StepProgress
from orchestrator.plan import Step
from orchestrator.promises import Promise, protected
from orchestrator.routing import Route, routes
from orchestrator.settings import RunSettings
from orchestrator.state import RunContext, RunState
from orchestrator.workspace import quantised
from tools.editing import Editor, tunable
from tools.errors import ToolError
from tools.grounding import Scene
from tools.masks import dilate, feather, pixels
from tools.operation import SoftMask

LEAST_SECONDS = 0.05
"""What an editor gets where a step's time is all but used up."""


def make_try(
    step: Step, scene: Scene, work: Any, state: RunState, context: RunContext, settings: RunSettings
) -> Candidate:
    """Make the next try of a step as the policy has tuned it.

    Args:
        step: being worked on.
        scene: of the picture it acts on.
        work: ``orchestrator.state.Work``.
        state: of the run: promises, places in the plan.
        context: of the run.
        settings: of the run.

    Raises:
        ToolError: the tool or the editor failed, or there is no editor.
        Cancelled: somebody asked to stop.
    """
    route: Route = routes(step)[work["route"]]
    _, alpha = context.workspace.picture(scene.key)
    promises = [Promise.model_validate(item) for item in state["preserve"]]
    shield = protected(promises, step, context.workspace).soft
    mask = _grown(context.workspace.mask(work["mask_id"]), work["tuning"], shield)
    tuning = work["tuning"]
    slot = state.get("slots", {}).get(step.id, state["cursor"])
    seed = settings.seed + 1000 * slot + tuning.get("seed_offset", 0)

    def progress(fraction: float) -> None:
        context.emit(StepProgress(step.id, fraction))

    if route.is_tool:
        return try_tool(
            route.executor.removeprefix("tool:"),
            route.tuned(tuning.get("strength", 1.0)),
            scene.image,
            alpha,
            mask,
            preserved=shield,
            seed=seed,
            assets=settings.assets,
            cancelled=context.stop.is_set,
            progress=progress,
        )
    editor = editor_for(route, step, scene, work, context, settings)
    if isinstance(editor, Refusal):
        raise ToolError(editor.reason)
    asked = str(tuning.get("instruction", step.instruction))
    left = settings.step_seconds - sum(work["timing"].values())
    return try_editor(
        editor,
        step.model_copy(update={"instruction": asked}),
        scene.image,
        alpha,
        mask,
        thing=context.workspace.mask(work.get("thing_id")),
        preserved=shield,
        seed=seed,
        options=_options(editor, tuning, settings),
        assets=settings.assets,
        cancelled=context.stop.is_set,
        progress=progress,
        seconds=max(left, LEAST_SECONDS),
    )


def executor_of(
    step: Step, scene: Scene, work: Any, context: RunContext, settings: RunSettings
) -> str:
    """Who makes the next try, known before it is made, so that a failure has a name."""
    route: Route = routes(step)[work["route"]]
    if route.is_tool:
        return route.executor
    editor = editor_for(route, step, scene, work, context, settings)
    return "" if isinstance(editor, Refusal) else str(editor.name)


def _options(editor: Editor, tuning: dict[str, Any], settings: RunSettings) -> dict[str, Any]:
    """The model's options with what the policy turned of them, from where the user set them."""
    given = dict(settings.editor_options)
    for name, usual in tunable(editor).items():
        if name in tuning:
            given[name] = round(float(given.get(name, usual)) * tuning[name], 4)
    return given


def _grown(
    mask: SoftMask | None, tuning: dict[str, Any], shield: SoftMask | None
) -> SoftMask | None:
    grow = tuning.get("grow", 0.0)
    if mask is None or not grow:
        return mask
    reach = pixels(grow, mask.shape)
    wider = feather(dilate(np.asarray(mask > 0), reach), max(reach // 2, 1), "inside")
    return quantised(wider if shield is None else np.minimum(wider, 1 - shield))
