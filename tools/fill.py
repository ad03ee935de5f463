"""A flat colour: the plain backdrop of product and passport photos."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from tools.colour_names import rgb_of
from tools.operation import Tool, ToolArgs, ToolContext, ToolResult


class FillArgs(ToolArgs):
    """Arguments of ``fill``."""

    colour: str = Field(description="a colour name or #rrggbb", max_length=60)


def _fill(args: FillArgs, context: ToolContext) -> ToolResult:
    """Every pixel becomes the colour; the caller blends that inside the mask.

    Raises:
        BadArguments: there is no such colour.
    """
    flat = np.empty_like(context.image)
    flat[:] = rgb_of(args.colour)
    return ToolResult(flat)


TOOLS = (Tool("fill", 1, "lay a flat colour over the region", FillArgs, _fill),)
