"""What a tool is: a frozen arguments model, a version and one pure function.

Knows nothing of which tools exist (``tools.registry``) or how results are blended
(``tools.compositing``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

Rgb = NDArray[np.uint8]
"""HWC uint8, RGB in the picture's own colour space, [0, 255]."""
Alpha = NDArray[np.uint8]
"""HW uint8, 255 = opaque."""
SoftMask = NDArray[np.float32]
"""HW float32 in [0, 1]; 1 = fully editable, 0 = must not change."""
HardMask = NDArray[np.bool_]
"""HW bool, True = editable."""


class ToolArgs(BaseModel):
    """Base of every tool's arguments: frozen, closed, each field with a description and bounds."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True)
class Geometry:
    """How output pixels map back to the parent.

    Attributes:
        matrix: 3x3 homogeneous, maps output pixel centres (x, y, 1) to parent coordinates.
        exact: True where the mapping only moves whole pixels (crop, flip, quarter turns), so that
            every kept pixel must be bit-identical to the parent's.
    """

    matrix: tuple[tuple[float, float, float], ...]
    exact: bool


@dataclass(frozen=True)
class ToolContext:
    """What a tool sees.

    Attributes:
        image: HWC uint8 RGB, never to be written to.
        mask: HW float32 [0, 1] region to act on, or None for everywhere. The caller blends the
            result inside it; a tool needs it only where what lies outside matters (inpainting,
            background blur, statistics).
        alpha: HW uint8 or None; geometry tools must transform it too.
        seed: the only source of randomness.
        cancelled: polled by slow tools, which then raise ``Cancelled``.
        progress: told a fraction in [0, 1].
        assets: files the USER handed over by name ("lut", "logo", …); a plan can only name them.
    """

    image: Rgb
    mask: SoftMask | None = None
    alpha: Alpha | None = None
    seed: int = 0
    cancelled: Callable[[], bool] = field(default=lambda: False)
    progress: Callable[[float], None] = field(default=lambda _fraction: None)
    assets: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ToolResult:
    """What a tool gives back.

    Attributes:
        image: HWC uint8 RGB; same size as the input unless ``geometry`` says otherwise.
        alpha: HW uint8 or None (None also where the tool left alpha alone).
        geometry: set by tools that change size or orientation.
        region: HW float32 [0, 1], where a tool decides itself where it acts (text, watermark);
            None = everywhere inside the mask it was given.
        notes: facts for the report ("4 faces protected").
        facts: measured values for verification ("box": [x0, y0, x1, y1], …), JSON-serialisable.
    """

    image: Rgb
    alpha: Alpha | None = None
    geometry: Geometry | None = None
    region: SoftMask | None = None
    notes: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)


A = TypeVar("A", bound=ToolArgs)


@dataclass(frozen=True)
class Tool(Generic[A]):
    """A picture operation: pure, deterministic by seed, at the picture's native resolution.

    Attributes:
        name: as in ``executor: tool:NAME``.
        version: raised whenever the pixels for the same arguments change; kept in the history.
        summary: one line for ``smartedit tools``.
        args: the arguments model.
        run: ``(args, context) -> ToolResult``.
        kind: ``local`` tools act inside a mask and keep the size; ``geometry`` tools change size or
            orientation; ``overlay`` tools draw something and report its region.
    """

    name: str
    version: int
    summary: str
    args: type[A]
    run: Callable[[A, ToolContext], ToolResult]
    kind: Literal["local", "geometry", "overlay"] = "local"
