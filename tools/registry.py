"""The tools there are, by name, loaded only when asked for.

Each module named here defines ``TOOLS: tuple[Tool, ...]``. Listing names needs no imports; an
unknown name lists the choices.
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

from pydantic import ValidationError

from tools.errors import BadArguments, UnknownTool
from tools.misfit import misfit
from tools.operation import Tool, ToolArgs

MODULES: dict[str, tuple[str, ...]] = {
    "tools.tone": ("exposure", "brightness", "contrast", "gamma", "levels", "curves"),
    "tools.local_tone": ("highlights_shadows", "clarity"),
    "tools.colour": (
        "saturation",
        "vibrance",
        "temperature",
        "hue",
        "black_and_white",
        "sepia",
    ),
    "tools.recolor": ("recolor",),
    "tools.colour_shift": ("colour_shift",),
    "tools.fill": ("fill",),
    "tools.sharpening": ("sharpen",),
    "tools.denoising": ("denoise",),
    "tools.blurring": ("blur", "lens_blur"),
    "tools.film": ("vignette", "grain"),
    "tools.glow": ("glow",),
    "tools.relight": ("relight",),
    "tools.skies": ("sky",),
    "tools.sky_colour": ("sky_colour",),
    "tools.sky_things": ("sky_thing",),
    "tools.weather": ("fog", "rain", "snow", "storm"),
    "tools.neon": ("neon",),
    "tools.looks": ("look",),
    "tools.drawn_styles": ("sketch", "cartoon"),
    "tools.painted_styles": ("watercolour", "oil_painting"),
    "tools.flat_styles": ("poster", "pixel_art"),
    "tools.lut": ("lut",),
    "tools.style_match": ("match_style",),
    "tools.geometry": ("crop", "flip", "pad"),
    "tools.resizing": ("resize",),
    "tools.rotation": ("rotate", "straighten"),
    "tools.lettering": ("caption", "watermark"),
    "tools.cinema_bars": ("letterbox",),
    "tools.inpaint": ("remove_object",),
    "tools.transplant": ("resize_object", "move_object", "flip_object", "rotate_object"),
}
"""Module -> names of the tools it defines."""


def tool_names() -> tuple[str, ...]:
    """Names of every tool, sorted."""
    return tuple(sorted(name for names in MODULES.values() for name in names))


@cache
def get_tool(name: str) -> Tool[Any]:
    """The tool of that name.

    Raises:
        UnknownTool: there is none; the message lists the choices.
    """
    for module, names in MODULES.items():
        if name in names:
            tools: tuple[Tool[Any], ...] = importlib.import_module(module).TOOLS
            return next(tool for tool in tools if tool.name == name)
    raise UnknownTool(f"there is no tool {name!r}; the tools are: {', '.join(tool_names())}")


def parse_args(tool: Tool[Any], values: dict[str, Any]) -> ToolArgs:
    """Check untrusted arguments against a tool's model.

    Raises:
        BadArguments: naming the first field that is wrong and the tool's fields.
    """
    try:
        parsed: ToolArgs = tool.args.model_validate(values)
    except ValidationError as error:
        fields = ", ".join(tool.args.model_fields) or "none"
        raise BadArguments(
            f"tool:{tool.name}: {misfit(error, 'arguments')} (its arguments: {fields})"
        ) from error
    return parsed
