"""Apply a .cube colour table that the user handed over."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pydantic import Field

from tools.colour_table import SIZE, apply_colour_function, apply_table
from tools.cube_file import look_up, read_cube
from tools.errors import BadArguments
from tools.operation import Tool, ToolArgs, ToolContext, ToolResult
from tools.tone_curves import apply_channel_tables


class LutArgs(ToolArgs):
    """Arguments of ``lut``; the file itself is the asset "lut"."""

    strength: float = Field(default=1.0, ge=0, le=1, description="0 does nothing")


def lut(args: LutArgs, context: ToolContext) -> ToolResult:
    """Apply the user's .cube table.

    Raises:
        BadArguments: no file was handed over, or it is malformed.
    """
    given = context.assets.get("lut")
    if given is None:
        raise BadArguments('tool:lut needs a .cube file, handed over as the asset "lut"')
    table = read_cube(Path(given))
    facts = {"title": table.title, "size": table.size, "dimensions": table.dimensions}
    if args.strength == 0:
        return ToolResult(context.image.copy(), facts=facts)
    if table.dimensions == 1:
        # Exact for every code: a channel has only 256.
        codes = np.repeat(np.arange(256)[:, None] / 255, 3, axis=1)
        mixed = codes + (look_up(table, codes) - codes) * args.strength
        image = apply_channel_tables(context, 255 * mixed)
    elif table.size <= SIZE and table.low == (0.0,) * 3 and table.high == (1.0,) * 3:
        axis = np.linspace(0, 1, table.size)
        blue, green, red = np.meshgrid(axis, axis, axis, indexing="ij")
        grid = np.stack([red, green, blue], axis=-1).reshape(-1, 3)
        image = apply_table(context, grid + (table.values - grid) * args.strength, table.size)
    else:
        image = apply_colour_function(context, lambda c: look_up(table, c), args.strength)
    return ToolResult(image, facts=facts)


TOOLS = (Tool("lut", 1, "A .cube colour table from a file", LutArgs, lut),)
