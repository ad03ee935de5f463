"""Draws the cinema's black bars over two edges of the picture."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from tools.operation import Tool, ToolArgs, ToolContext, ToolResult
from tools.places import named_colour
from tools.stamps import Canvas


class LetterboxArgs(ToolArgs):
    """The shape that stays visible."""

    ratio: float = Field(default=2.39, gt=0.2, lt=10, description="width / height; 2.39 = cinema")
    colour: str = Field(default="black", max_length=60)


def letterbox(args: LetterboxArgs, ctx: ToolContext) -> ToolResult:
    """Draw bars over two edges, keeping the picture's size."""
    height, width = ctx.image.shape[:2]
    bar_y = max(0, round((height - width / args.ratio) / 2))
    bar_x = max(0, round((width - height * args.ratio) / 2)) if bar_y == 0 else 0
    canvas = Canvas(ctx)
    colour = named_colour(args.colour)
    seen = (bar_x, bar_y, width - bar_x, height - bar_y)
    for edge in (
        np.s_[: seen[1], :],
        np.s_[seen[3] :, :],
        np.s_[:, : seen[0]],
        np.s_[:, seen[2] :],
    ):
        canvas.image[edge] = colour
        canvas.region[edge] = 1.0
        if canvas.alpha is not None:
            canvas.alpha[edge] = 255
    notes = () if bar_x or bar_y else (f"the picture already has the shape {args.ratio:g}",)
    return canvas.result(notes, {"visible": list(seen)})


TOOLS = (
    Tool("letterbox", 1, "Draw cinema bars over two edges, keeping the picture's size.",
         LetterboxArgs, letterbox, kind="overlay"),
)  # fmt: skip
"""The tools of this module."""
