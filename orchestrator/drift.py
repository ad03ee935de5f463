"""How far a session has gone from its original: what was touched, by which turn, at what cost.

Every pixel of the shown picture is followed back to the original through every revision, by
comparing pixels, not by believing masks. It changes nothing; ``orchestrator.repair`` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from tools.compositing import differing
from tools.errors import ToolError
from tools.masks import through
from tools.operation import Geometry, HardMask, Rgb, ToolContext
from tools.quality import Quality, falls, quality_of
from tools.registry import get_tool, parse_args

if TYPE_CHECKING:
    from memory.records import RevisionInfo
    from orchestrator.session import EditSession

Layer = np.ndarray[Any, np.dtype[np.uint16]]
OFTEN = 4
"""Rewritten by models more often than this, a pixel is a copy of a copy of a copy."""
SOFTENING = frozenset({"blur", "weather", "remove", "add", "replace", "background", "restyle"})
"""Ops after which a region may rightly be softer or rougher than the original was there."""
GRAINY = ("grain", "glow")
"""Amounts of a look that do the same."""


@dataclass(frozen=True)
class Turn:
    """What one instruction touched.

    Attributes:
        number: from 1, oldest first; 0 stands for the original.
        turn_id: as in the history.
        steps: what it did, one line a step.
        touched: share of the picture after it whose pixels it changed.
        shown: share of the picture shown now that it changed last.
    """

    number: int
    turn_id: str
    steps: tuple[str, ...]
    touched: float
    shown: float


@dataclass(frozen=True)
class Drift:
    """The state of a session against its original.

    Attributes:
        untouched: share of the shown picture that is the original's, bit for bit.
        identical: whether all that no step touched is the original's still; False is damage.
        turns: what each instruction touched.
        last: HW uint16, number of the turn that changed a pixel last; 0 = never.
        often: HW uint16, how often a pixel was changed.
        quality: ``{"edited": {"before", "after"}, "untouched": …}``, where there is enough to
            measure: sharpness, noise, blockiness.
        warnings: what a person should know, a line each.
    """

    untouched: float
    identical: bool
    turns: tuple[Turn, ...]
    last: Layer
    often: Layer
    quality: dict[str, dict[str, Quality]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Everything but the maps, for scripts."""
        return {
            "untouched": round(self.untouched, 6),
            "untouched_identical": self.identical,
            "turns": [vars(turn) for turn in self.turns],
            "quality": {
                where: {when: vars(value) for when, value in pair.items()}
                for where, pair in self.quality.items()
            },
            "most_often": int(self.often.max()),
            "warnings": list(self.warnings),
        }


@dataclass
class _Traced:
    """The picture reached so far and what is known of each of its pixels.

    Attributes:
        image: HWC uint8 with alpha where there is one.
        origin: HWC uint8, the original's pixel behind each pixel, where ``last`` is 0.
        last, often, by_model: HW uint16.
        soft: HW bool, changed at any time by a step that may soften or roughen.
    """

    image: Rgb
    origin: Rgb
    last: Layer
    often: Layer
    by_model: Layer
    soft: HardMask


def measure_drift(session: EditSession) -> Drift:
    """Follow every pixel of the shown picture back to the original."""
    path = session.history()
    first = session.store.get_image(path[0].image_id)
    shape = first.shape[:2]
    blank: Layer = np.zeros(shape, dtype=np.uint16)
    now = _Traced(first, first, blank, blank, blank, np.zeros(shape, dtype=np.bool_))
    ids = list(dict.fromkeys(str(item.turn_id) for item in path[1:]))
    touched = dict.fromkeys(ids, 0.0)
    everywhere: dict[str, HardMask] = {}
    for item in path[1:]:
        turn = str(item.turn_id)
        changed, now = _follow(session, now, item, ids.index(turn) + 1)
        before = everywhere.get(turn)
        both = changed if before is None or before.shape != changed.shape else before | changed
        everywhere = {turn: both}
        touched[turn] = float(both.mean())
    turns = tuple(
        Turn(
            number,
            turn,
            tuple(item.label for item in path[1:] if str(item.turn_id) == turn),
            round(touched[turn], 6),
            round(float((now.last == number).mean()), 6),
        )
        for number, turn in enumerate(ids, 1)
    )
    return _judged(now, turns)


def _follow(
    session: EditSession, now: _Traced, item: RevisionInfo, number: int
) -> tuple[HardMask, _Traced]:
    """One revision further: what it changed, and the picture after it."""
    image = session.store.get_image(item.image_id)
    geometry = _geometry(item, now.image)
    moves = geometry is not None and not _is_identity(geometry, now.image.shape, image.shape)
    if geometry is not None and moves:
        now = _moved(now, geometry, image)
    elif image.shape[:2] != now.image.shape[:2]:  # no way back is known: everything is new
        now = _fresh(image)
    if image.shape != now.image.shape:  # an alpha channel came or went
        changed = differing(np.ascontiguousarray(image[..., :3]), now.image[..., :3])
    else:
        changed = _different(now.image, image)
    bump = changed.astype(np.uint16)
    last: Layer = np.where(changed, np.uint16(number), now.last)
    executor = str(item.report.get("executor", ""))
    model: Layer = now.by_model if executor.startswith("tool:") else now.by_model + bump
    # What was wanted rough stays so under later changes of light and colour.
    soft = now.soft | changed if _may_roughen(item.step) else now.soft
    return changed, _Traced(image, now.origin, last, now.often + bump, model, soft)


def _may_roughen(step: Mapping[str, Any]) -> bool:
    """Whether a step is asked to soften what it changes, or to roughen it as film grain does."""
    params = step.get("params", {})
    recipe = params.get("recipe") or {}
    return (
        step.get("op") in SOFTENING
        or params.get("property") == "noise"
        or any(recipe.get(name) for name in GRAINY)
    )


def _different(a: Rgb, b: Rgb) -> HardMask:
    out = differing(np.ascontiguousarray(a[..., :3]), np.ascontiguousarray(b[..., :3]))
    return out | (a[..., 3] != b[..., 3]) if a.shape[2] == 4 else out


def _geometry(item: RevisionInfo, parent: Rgb) -> Geometry | None:
    """How a revision moved pixels, by asking its tool again; None where it did not, or cannot."""
    made = item.report.get("settings", {})
    name = str(made.get("tool", ""))
    if not name:
        return None
    try:
        tool = get_tool(name)
        if tool.kind != "geometry" or tool.version != made.get("version"):
            return None
        alpha = np.ascontiguousarray(parent[..., 3]) if parent.shape[2] == 4 else None
        rgb = np.ascontiguousarray(parent[..., :3])
        context = ToolContext(rgb, None, alpha, int(made.get("seed", 0)))
        return tool.run(parse_args(tool, made.get("args", {})), context).geometry
    except (ToolError, ValueError, TypeError):  # history is data; a strange row is no crash
        return None


def _is_identity(geometry: Geometry, before: tuple[int, ...], after: tuple[int, ...]) -> bool:
    return before == after and bool(np.allclose(geometry.matrix, np.eye(3), atol=1e-9))


def _moved(now: _Traced, geometry: Geometry, image: Rgb) -> _Traced:
    """Carry everything known along; what was resampled, or came in at the edge, counts as new."""
    shape = (image.shape[0], image.shape[1])

    def carry(values: Any) -> Any:
        return cv2.warpPerspective(
            values,
            np.array(geometry.matrix, dtype=np.float64),
            shape[::-1],
            flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=0,
        )

    was_there = through(np.ones(now.image.shape[:2], dtype=np.bool_), geometry, shape)
    parent, origin = carry(now.image), carry(now.origin)
    if image.ndim == 3 and parent.shape == image.shape:
        # Pixels that came in must differ from anything, so that they count as changed.
        parent[~was_there] = 255 - image[~was_there]
    soft = carry(now.soft.view(np.uint8)).astype(np.bool_)
    last, often, by_model = (carry(layer) for layer in (now.last, now.often, now.by_model))
    return _Traced(parent, origin, last, often, by_model, soft)


def _fresh(image: Rgb) -> _Traced:
    blank: Layer = np.zeros(image.shape[:2], dtype=np.uint16)
    other = np.bitwise_not(image)
    return _Traced(other, other, blank, blank, blank, np.zeros(blank.shape, dtype=np.bool_))


def _judged(now: _Traced, turns: tuple[Turn, ...]) -> Drift:
    never = now.last == 0
    after = np.ascontiguousarray(now.image[..., :3])
    before = np.ascontiguousarray(now.origin[..., :3])
    damaged = never & differing(before, after)
    warnings = []
    if damaged.any():
        warnings.append(
            f"{int(damaged.sum())} pixels that no step touched differ from the original: "
            "check the store with 'smartedit doctor'"
        )
    quality: dict[str, dict[str, Quality]] = {}
    for where, mask in (("untouched", never), ("edited", ~never & ~now.soft)):
        pair = (quality_of(before, mask), quality_of(after, mask))
        if pair[0] is None or pair[1] is None:
            continue
        quality[where] = {"before": pair[0], "after": pair[1]}
        warnings += [f"the {where} part {what}" for what in falls(pair[0], pair[1])]
    worst = int(now.by_model.max()) if now.by_model.size else 0
    if worst > OFTEN:
        share = float((now.by_model > OFTEN).mean())
        warnings.append(
            f"{share:.1%} of the picture was rewritten by models up to {worst} times: "
            "'smartedit session repair' makes it anew from the original"
        )
    return Drift(
        float(never.mean()), not damaged.any(), turns, now.last, now.often, quality, tuple(warnings)
    )
