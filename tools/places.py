"""The nine places of a frame, and colours by name: vocabulary that several tools share."""

from __future__ import annotations

from typing import Literal

from PIL import ImageColor

from tools.errors import BadArguments

Place = Literal[
    "top", "bottom", "left", "right", "center",
    "top left", "top right", "bottom left", "bottom right",
]  # fmt: skip

SHARES: dict[str, tuple[float, float]] = {
    "top left": (0.0, 0.0),
    "top": (0.5, 0.0),
    "top right": (1.0, 0.0),
    "left": (0.0, 0.5),
    "center": (0.5, 0.5),
    "right": (1.0, 0.5),
    "bottom left": (0.0, 1.0),
    "bottom": (0.5, 1.0),
    "bottom right": (1.0, 1.0),
}
"""Place -> share of the free room that lies to the left of and above what is placed."""


def named_colour(name: str) -> tuple[int, int, int]:
    """The RGB of a CSS colour name or "#rrggbb", display values.

    Raises:
        BadArguments: it is neither.
    """
    try:
        red, green, blue = ImageColor.getrgb(name.strip().replace(" ", ""))[:3]
    except ValueError as error:
        raise BadArguments(
            f'the colour {name!r} is not known; give a name as in "navy" or a code as in "#1a2b3c"'
        ) from error
    return red, green, blue
