"""One try at a step: run the tool or the editor, then blend the result inside the mask.

Whatever made the pixels, what leaves here differs from the parent only where the mask is not zero.
Judging the result is ``orchestrator.verification``'s, deciding what next ``orchestrator.policy``'s.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from orchestrator.deadline import within
from orchestrator.editors import wish_of
from orchestrator.narrowing import narrowed
from orchestrator.plan import Step
from orchestrator.reaching import reached
from orchestrator.style_wish import style_image
from orchestrator.workspace import quantised
from tools.compositing import composite, leakage
from tools.editing import Editor, EditOutcome, EditRequest, takes_style
from tools.errors import EditorFailed, ToolError
from tools.operation import Alpha, Geometry, Rgb, SoftMask, ToolContext
from tools.registry import get_tool, parse_args


@dataclass(frozen=True)
class Candidate:
    """What one try made.

    Attributes:
        rgb: HWC uint8, composited.
        alpha: HW uint8 or None.
        mask: HW float32 where it may differ from the parent; None = everywhere.
        geometry: how pixels map back to the parent, for tools that move them.
        leakage: share of pixels outside the mask that a model changed, before compositing took
            them back.
        notes: facts for the report.
        facts: values the tool measured; JSON.
        settings: what reproduces the try; JSON.
        declined: the editor found no valid target and changed nothing.
        placed: an editor made it that acts exactly where it is told, as a tool does.
    """

    rgb: Rgb
    alpha: Alpha | None
    mask: SoftMask | None
    geometry: Geometry | None = None
    leakage: float = 0.0
    notes: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    declined: bool = False
    placed: bool = False


def try_tool(
    name: str,
    args: dict[str, Any],
    rgb: Rgb,
    alpha: Alpha | None,
    mask: SoftMask | None,
    *,
    preserved: SoftMask | None,
    seed: int,
    assets: dict[str, str],
    cancelled: Callable[[], bool],
    progress: Callable[[float], None],
) -> Candidate:
    """Run a deterministic tool at native resolution.

    Args:
        name: of the tool.
        args: its arguments, untrusted.
        rgb: HWC uint8.
        alpha: HW uint8 or None.
        mask: HW float32 [0, 1]; None = everywhere.
        preserved: HW float32 [0, 1], what no step may touch.
        seed: the only randomness.
        assets: files the user handed over.
        cancelled: polled.
        progress: told a fraction.

    Raises:
        UnknownTool, BadArguments, Cancelled: as the tool says.
    """
    tool = get_tool(name)
    parsed = parse_args(tool, args)
    context = ToolContext(rgb, mask, alpha, seed, cancelled, progress, assets)
    result = tool.run(parsed, context)
    settings = {"tool": name, "version": tool.version, "args": parsed.model_dump(mode="json")}
    if result.geometry is not None:
        return Candidate(
            result.image,
            result.alpha if alpha is not None else None,
            None,
            result.geometry,
            notes=result.notes,
            facts=result.facts,
            settings=settings | {"seed": seed},
        )
    region = mask
    if result.region is not None:
        # A tool that chooses its own region (lettering, a moved object) replaces the mask it was
        # given, but not the promises.
        free = result.region if preserved is None else np.minimum(result.region, 1 - preserved)
        region = quantised(free)
    # A tool works on the whole frame and acts through the mask; only a model can leak.
    return Candidate(
        _through(rgb, result.image, region),
        alpha,
        region,
        notes=result.notes,
        facts=result.facts,
        settings=settings | {"seed": seed},
    )


def try_editor(
    editor: Editor,
    step: Step,
    rgb: Rgb,
    alpha: Alpha | None,
    mask: SoftMask | None,
    *,
    thing: SoftMask | None = None,
    preserved: SoftMask | None = None,
    seed: int,
    options: dict[str, Any],
    assets: dict[str, str],
    cancelled: Callable[[], bool],
    progress: Callable[[float], None],
    seconds: float = 600.0,
) -> Candidate:
    """Ask an editor model for the edit and distrust what comes back.

    Raises:
        EditorFailed: the result is not a picture of the same size.
        TimedOut: there was none within ``seconds``.
        EditorError, Cancelled: as the editor says.
    """
    hard = None if mask is None else np.asarray(mask > 0)
    request = EditRequest(
        image=rgb,
        instruction=step.instruction,
        mask=hard,
        op=step.op,
        seed=seed,
        options=options,
        style_image=style_image(assets, step.op) if takes_style(editor) else None,
        wish=wish_of(step),
        thing=None if thing is None else np.asarray(thing > 0.5),
        cancelled=cancelled,
        progress=progress,
    )
    try:
        outcome = within(
            seconds,
            cancelled,
            editor.name,
            lambda stop: editor.edit(replace(request, cancelled=stop)),
        )
    except (ToolError, MemoryError):
        raise
    except Exception as error:
        raise EditorFailed(f"{editor.name} failed: {type(error).__name__}: {error}") from error
    image = getattr(outcome, "image", None)  # an adapter may break its own protocol
    if not isinstance(image, np.ndarray) or image.dtype != np.uint8 or image.shape != rgb.shape:
        shape = getattr(image, "shape", type(image).__name__)
        raise EditorFailed(
            f"{editor.name} returned {shape} {getattr(image, 'dtype', '')}; "
            f"it must return {rgb.shape} uint8"
        )
    mask, spilt = _where_it_acted(rgb, outcome, mask, step, preserved)
    return Candidate(
        _through(rgb, image, mask),
        alpha,
        mask,
        leakage=spilt,
        notes=outcome.notes,
        settings={
            "editor": editor.name,
            "version": editor.version,
            "seed": seed,
            **outcome.settings,
        },
        declined=outcome.declined,
        placed=outcome.drawn is not None and not outcome.declined,
    )


def _where_it_acted(
    rgb: Rgb, outcome: EditOutcome, mask: SoftMask | None, step: Step, preserved: SoftMask | None
) -> tuple[SoftMask | None, float]:
    """The step's mask, fitted to what an editor made, and the share that it changed outside."""
    if outcome.drawn is not None and not outcome.declined:
        drawn = outcome.drawn.astype(np.float32)
        return quantised(drawn if preserved is None else np.minimum(drawn, 1 - preserved)), 0.0
    wide = reached(rgb, outcome.image, mask, step, preserved)
    mask = wide if wide is None else quantised(wide)
    spilt = 0.0 if mask is None else leakage(rgb, outcome.image, mask).share
    if step.op == "add":
        narrow = narrowed(rgb, outcome.image, mask)
        mask = narrow if narrow is None else quantised(narrow)
    return mask, spilt


def _through(parent: Rgb, made: Rgb, mask: SoftMask | None) -> Rgb:
    return made if mask is None else composite(parent, made, mask)
