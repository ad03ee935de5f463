"""Finds a font and tells which characters it lacks, so that no empty box is ever drawn.

The shipped font is Noto Sans where its package is installed, else Pillow's own Aileron, which
holds little more than ASCII; what was used is in each result's facts.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

from PIL import ImageFont

from tools.errors import BadArguments
from tools.operation import ToolContext

_NOTO = "fontpkg_noto_sans"
_WEIGHTS = {"regular": 400, "bold": 650}
_PROBE = 32
"""Pixels at which characters are compared with the font's "missing" glyph."""
_NEVER = "\U0010ffff"
"""A code point that no font maps."""


@dataclass(frozen=True)
class Face:
    """A font at any size.

    Attributes:
        path: font file; "" = Pillow's own.
        weight: of a variable font: 400 is regular.
        origin: how messages call it.
    """

    path: str
    weight: int
    origin: str

    def at(self, pixels: int) -> ImageFont.FreeTypeFont:
        """The font with an em of that many pixels."""
        return _sized(self.path, self.weight, max(1, pixels))

    @cached_property
    def name(self) -> str:
        """Family name."""
        return str(self.at(_PROBE).getname()[0])

    def lacks(self, text: str) -> str:
        """The characters of a text that the font cannot draw, each once, in order."""
        font = self.at(_PROBE)
        missing = _picture_of(font, _NEVER)
        return "".join(
            sign
            for sign in dict.fromkeys(text)
            if sign not in "\r\n"
            and unicodedata.category(sign) not in ("Zs", "Cf", "Zl", "Zp")
            # Layout fails on control characters and lone surrogates; no font draws them.
            and (unicodedata.category(sign) in ("Cc", "Cs") or _picture_of(font, sign) == missing)
        )


def face_for(ctx: ToolContext, asset: str, weight: str) -> Face:
    """The user's font where they handed one over, else the shipped one.

    Args:
        ctx: whose assets are looked up.
        asset: name of the asset; "" = "font" where there is one.
        weight: "regular" or "bold"; fonts of a single weight ignore it.

    Raises:
        BadArguments: the asset is not there or is no font.
    """
    name = asset or ("font" if "font" in ctx.assets else "")
    if name:
        path = asset_path(ctx, name, "a .ttf or .otf font file")
        try:
            _sized(path, _WEIGHTS[weight], _PROBE)
        except OSError as error:
            raise BadArguments(
                f"{path} is not a font that can be read; give a .ttf or .otf file"
            ) from error
        return Face(path, _WEIGHTS[weight], f"your font {Path(path).name}")
    return shipped_face(weight)


def shipped_face(weight: str = "regular") -> Face:
    """The font that comes with the installation; "regular" or "bold"."""
    if find_spec(_NOTO) is not None:
        files = resources.files(_NOTO) / "files" / "NotoSans[wdth,wght].ttf"
        return Face(str(files), _WEIGHTS[weight], "the shipped font Noto Sans")
    return Face("", _WEIGHTS[weight], "the shipped font Aileron")


def asset_path(ctx: ToolContext, name: str, what: str) -> str:
    """Path of a file the user handed over.

    Raises:
        BadArguments: there is none of that name.
    """
    path = ctx.assets.get(name)
    if path is None:
        given = f"given: {', '.join(sorted(ctx.assets))}" if ctx.assets else "none was given"
        raise BadArguments(
            f"needs {what} as the asset {name!r} ({given}); hand it over as --asset {name}=FILE"
        )
    if not Path(path).is_file():
        raise BadArguments(f"the asset {name!r} is {path}, which is no file; give {what}")
    return path


def check_drawable(face: Face, text: str) -> None:
    """Refuse a text the font cannot draw.

    Raises:
        BadArguments: naming every character the font lacks.
    """
    lacking = face.lacks(text)
    if lacking:
        listed = ", ".join(f"{sign} (U+{ord(sign):04X})" for sign in lacking[:20])
        raise BadArguments(
            f"{face.origin} has no glyph for {listed};"
            " hand over a font that has: --asset font=FILE.ttf"
        )


@lru_cache(maxsize=64)
def _sized(path: str, weight: int, pixels: int) -> ImageFont.FreeTypeFont:
    if not path:
        font = ImageFont.load_default(pixels)
        if not isinstance(font, ImageFont.FreeTypeFont):
            raise BadArguments("this Pillow was built without FreeType; install Pillow's own wheel")
        return font
    font = ImageFont.truetype(path, pixels)
    try:
        axes = font.get_variation_axes()
    except OSError:
        return font  # not a variable font: it has the one weight it has
    # Every axis at its default but the weight, which is told by its range and name.
    font.set_variation_by_axes(
        [
            min(max(weight, axis["minimum"] or 0), axis["maximum"] or weight)
            if b"eight" in (axis["name"] or b"")
            else axis["default"] or 0
            for axis in axes
        ]
    )
    return font


def _picture_of(font: ImageFont.FreeTypeFont, sign: str) -> tuple[tuple[int, int], bytes]:
    mask = font.getmask(sign)
    return mask.size, bytes(mask)
