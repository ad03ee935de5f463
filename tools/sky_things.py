"""Things put into a sky without a model: moon, rainbow, lightning, fireworks, birds and more.

They are drawn where the sky is free, behind all that stands before it. What shines adds its light
to the sky's; birds take light away. All in linear light.
"""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field as Argument

from tools.errors import BadArguments
from tools.fields import Field
from tools.light import to_display_dithered, to_light
from tools.operation import SoftMask, Tool, ToolArgs, ToolContext, ToolResult
from tools.skies import FAINTEST
from tools.sky_matte import sky_matte
from tools.sky_shapes import SHAPES, Spot
from tools.strips import map_strips

SkyThing = Literal[
    "moon", "crescent moon", "rainbow", "lightning", "fireworks", "birds", "shooting stars"
]
"""What can be drawn."""
Side = Literal["", "left", "middle", "right"]
LOOK = 500
"""Long side of the copy on which a free place is looked for."""
DRAWN_AT = 2400
"""Long side at which things are drawn; larger pictures get them enlarged, which light survives."""


class SkyThingArgs(ToolArgs):
    """Arguments of ``sky_thing``."""

    kind: SkyThing = Argument(description="what is drawn")
    side: Side = Argument(default="", description="where in the sky; free choice when empty")


def draw_thing(args: SkyThingArgs, context: ToolContext) -> ToolResult:
    """Draw something in the sky within the mask.

    Raises:
        BadArguments: there is no mask, or no room in it.
        Cancelled: the caller asked to stop.
    """
    mask = context.mask
    if mask is None:
        raise BadArguments("sky_thing needs a mask: mark the sky, or name it in the step")
    spot = _spot(mask, args.side)
    if spot is None:
        raise BadArguments(f"there is no room for {args.kind} in the sky")
    old = sky_matte(context.image, mask)
    height, width = mask.shape
    scale = min(1.0, DRAWN_AT / max(height, width))
    size = (max(1, round(height * scale)), max(1, round(width * scale)))
    made = SHAPES[args.kind](*size, spot.scaled(scale), context.seed)
    shine = Field(made.shine, height, width)
    cover = None if made.cover is None else Field(made.cover, height, width)
    # A bow is the sky's own light, sorted.
    level = np.float32(max(old.luminance, 0.02) if args.kind == "rainbow" else 1.0)

    def work(block: NDArray[np.uint8], top: int) -> NDArray[np.uint8]:
        rows = block.shape[0]
        share = old.shares(top, rows)
        if not share.any():
            return block.copy()
        light = to_light(block)
        if cover is not None:
            light = light * (1 - share * cover.rows(top, rows)[..., None])
        return to_display_dithered(light + share * shine.rows(top, rows) * level, top)

    touched = made.shine.max(axis=-1) > 0
    if made.cover is not None:
        touched |= made.cover > 0
    # A pixel more on all sides, for what enlarging spreads.
    wide = cv2.dilate(touched.view(np.uint8), np.ones((3, 3), np.uint8))
    seen = cv2.resize(wide, (width, height), interpolation=cv2.INTER_NEAREST) > 0
    region = np.asarray(seen & (mask >= FAINTEST), dtype=np.float32)
    facts = {"sky_thing": args.kind}
    return ToolResult(map_strips(context, work), region=region, facts=facts)


def _spot(mask: SoftMask, side: str) -> Spot | None:
    """Where the sky is widest, at a side if one is named."""
    height, width = mask.shape
    scale = min(1.0, LOOK / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    free = (cv2.resize(mask, size, interpolation=cv2.INTER_AREA) > 0.9).astype(np.uint8)
    third = size[0] // 3
    allowed = free.copy()
    cut = {"left": slice(third, None), "right": slice(0, -third or None)}
    if side in cut:
        allowed[:, cut[side]] = 0
    elif side == "middle":
        allowed[:, :third], allowed[:, -third:] = 0, 0
    # Above the frame there is sky as well, so its upper edge is no border.
    padded = cv2.copyMakeBorder(free, size[1], 0, 0, 0, cv2.BORDER_CONSTANT, value=1)
    padded = cv2.copyMakeBorder(padded, 0, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    room = cv2.distanceTransform(padded, cv2.DIST_L2, 5)[size[1] : -1, 1:-1] * (allowed > 0)
    # Not right at the upper edge, whatever room there is.
    y = np.arange(size[1], dtype=np.float32)[:, None]
    room = np.minimum(room, 1.6 * (y + 1))
    at = int(np.argmax(room))
    row, column = divmod(at, size[0])
    if room.flat[at] < 3:
        return None
    open_rows = np.nonzero(free[:, column])[0]
    return Spot(
        (column + 0.5) / scale, (row + 0.5) / scale, float(room.flat[at]) / scale,
        float(open_rows[0]) / scale, float(open_rows[-1] + 1) / scale,
    )  # fmt: skip


TOOLS = (
    Tool("sky_thing", 1, "A moon, rainbow, lightning, birds… in the sky", SkyThingArgs, draw_thing),
)
