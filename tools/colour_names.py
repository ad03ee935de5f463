"""Names of colours: to sRGB and back, and whether pixels are a named colour.

CSS names come from Pillow; everyday names that CSS lacks, or defines unlike people use them, are
added here. A modifier ("dark", "pale", "bright"…) before any name works in Oklab.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from PIL import ImageColor
from pydantic import AfterValidator
from rapidfuzz import process

from tools import oklab
from tools.errors import BadArguments

_EVERYDAY = {
    "amber": "#ffbf00", "apricot": "#fbceb1", "aubergine": "#472c4c", "baby blue": "#a3c9e8",
    "baby pink": "#f4c2c2", "blonde": "#e6c78b", "blood red": "#7a0a0a", "blush": "#e8a0a8",
    "bordeaux": "#5f021f", "bottle green": "#0b4d2c", "brick red": "#9c3b2f", "bronze": "#a97142",
    "brown": "#7a4a24", "burgundy": "#6d1030", "burnt orange": "#c2560c", "camel": "#c19a6b",
    "caramel": "#b5713a", "champagne": "#f3e0c0", "charcoal": "#3a3f44", "cherry": "#b3102f",
    "cobalt": "#1647a8", "copper": "#b56a3a", "cream": "#fbf3d5", "denim": "#3b5f8a",
    "emerald": "#0f9d58", "forest green": "#1f6b2c", "fuchsia": "#e0218a", "ginger": "#b65a1e",
    "grass green": "#4c9a2a", "grey": "#808080", "gray": "#808080", "green": "#1e8a34",
    "hot pink": "#ff3f9e", "jade": "#1f9e76", "jet black": "#0d0d0f", "lemon": "#fbe94b",
    "lilac": "#c3a3d8", "lime": "#9fdd2c", "lime green": "#7ecb2a", "mauve": "#b784a7",
    "mint": "#9fe3c0", "mint green": "#9fe3c0", "mustard": "#d3a518", "navy": "#1b2a55",
    "navy blue": "#1b2a55", "neon green": "#39ff14", "neon pink": "#ff2d95", "ochre": "#c9852b",
    "off white": "#f4f0e6", "olive green": "#6b7a2a", "orange": "#ff8c1a", "peach": "#fcc9a1",
    "petrol": "#0f5a66", "pink": "#f58fb4", "plum": "#6e2a5e", "purple": "#7a2f9b",
    "raspberry": "#c2185b", "red": "#d61f26", "rose": "#e6517f", "royal blue": "#2b50c8",
    "ruby": "#a5122f", "rust": "#a6431c", "sage": "#a3b18a", "sand": "#dcc9a0",
    "sapphire": "#1b3f94", "scarlet": "#e0241b", "sky blue": "#7fc3ee", "slate": "#5f6f7d",
    "steel blue": "#4d7fae", "sunflower": "#fdc829", "tangerine": "#fb8a1e", "taupe": "#8b7d70",
    "terracotta": "#c8633f", "turquoise": "#2bc5bd", "ultramarine": "#2a2fa8",
    "violet": "#7d3cc9", "wine": "#641a30", "wine red": "#641a30", "yellow": "#fbdc14",
    "blue": "#1f55d0", "dark blue": "#14296b", "light blue": "#9fcdf0", "light green": "#97dd92",
    "anthracite": "#383e42", "auburn": "#8c3b26", "blond": "#e6c78b", "blue green": "#0d8f9e",
    "brunette": "#4b3124",
    "carmine": "#960018", "cerise": "#de3163", "cerulean": "#2a7fbf", "chestnut": "#7b4030",
    "cornflower": "#6495ed", "duck egg": "#c3dcd6", "eggshell": "#f0ead6", "golden": "#e0aa2e",
    "gunmetal": "#2f3b42", "hazel": "#8e7038", "oxblood": "#5c1414", "peachy": "#fcc9a1",
    "periwinkle": "#8f99e6", "pistachio": "#93c572", "platinum": "#e5e4e2", "puce": "#cc8899",
    "rosy": "#e6517f", "seafoam": "#8fd9b6", "tawny": "#b8692e", "vermilion": "#e34234",
    "vermillion": "#e34234",
    "blackish": "#2b2b2e", "bluey": "#4a70c4", "brownish": "#80573a", "grayish": "#8c8c8c",
    "greeny": "#4b9159", "greyish": "#8c8c8c", "orangey": "#f29b49", "pinkish": "#eda4bd",
    "pinky": "#eda4bd", "purpley": "#835299", "purplish": "#835299", "reddish": "#c74a4a",
    "whitish": "#f1efec", "yellowy": "#f0d755",
}  # fmt: skip

_MODIFIERS: dict[str, tuple[float, float, float]] = {
    # name: (lightness towards, share of the way, chroma factor)
    "dark": (0.0, 0.36, 0.9), "deep": (0.0, 0.26, 1.1), "light": (1.0, 0.5, 0.75),
    "pale": (1.0, 0.62, 0.5), "pastel": (1.0, 0.58, 0.5), "bright": (1.0, 0.14, 1.25),
    "vivid": (1.0, 0.05, 1.35), "neon": (1.0, 0.25, 1.6), "dull": (0.5, 0.15, 0.5),
    "muted": (0.5, 0.15, 0.5), "soft": (1.0, 0.3, 0.6), "dusty": (0.6, 0.3, 0.45),
    "medium": (0.5, 0.0, 1.0), "rich": (0.0, 0.1, 1.2),
}  # fmt: skip

FAMILIES = (
    "black", "white", "grey", "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown",
)  # fmt: skip
"""The eleven basic colour words (Berlin and Kay 1969)."""


@cache
def names() -> dict[str, str]:
    """Every plain name -> "#rrggbb"."""
    # Not the table's values: Pillow puts a triple in the place of each text that was once used.
    css = {
        name: "#{:02x}{:02x}{:02x}".format(*ImageColor.getrgb(name)[:3])
        for name in list(ImageColor.colormap)
    }
    return {**css, **_EVERYDAY}


@lru_cache(maxsize=4096)
def _key(text: str) -> str:
    words = re.sub(r"[-_\s]+", " ", text.strip().lower())
    return re.sub(r" (colou?r(ed)?|ish)$", "", re.sub(r"^(a|an|the) ", "", words))


def rgb_of(text: str) -> tuple[int, int, int]:
    """SRGB bytes of a colour name, of "dark green" and its like, or of "#rgb" / "#rrggbb".

    Raises:
        BadArguments: no such colour; names the nearest ones.
    """
    key = _key(text)
    if re.fullmatch(r"#([0-9a-f]{3}|[0-9a-f]{6})", key):
        found = ImageColor.getrgb(key)
        return found[0], found[1], found[2]
    known = names()
    for candidate in (key, key.replace(" ", "")):
        if candidate in known:
            found = ImageColor.getrgb(known[candidate])
            return found[0], found[1], found[2]
    first, _, rest = key.partition(" ")
    if rest and first in _MODIFIERS:
        return _modified(rgb_of(rest), *_MODIFIERS[first])
    if rest and first.endswith("ish") and first.removesuffix("ish") in known:
        mixed = (_oklab(rgb_of(rest)) * 2 + _oklab(rgb_of(first.removesuffix("ish")))) / 3
        return bytes_of(mixed)
    if rest and first not in FAMILIES and rest.isascii() and key.replace(" ", "").isalpha():
        plainer = _plainer(rest)  # "banana yellow" is a yellow, whatever bananas look like
        if plainer is not None:
            return plainer
    near = [match[0] for match in process.extract(key, known.keys(), limit=4)]
    raise BadArguments(
        f"there is no colour {text!r}; near it are {', '.join(near)}, and #rrggbb always works"
    )


def _plainer(rest: str) -> tuple[int, int, int] | None:
    """The colour that the end of a name names by itself."""
    known = names()
    while rest:
        if rest in known or rest.replace(" ", "") in known:
            return rgb_of(rest)
        _, _, rest = rest.partition(" ")
    return None


def _known(text: str) -> str:
    try:
        rgb_of(text)
    except BadArguments as error:
        raise ValueError(str(error)) from error
    return text


ColourName = Annotated[str, AfterValidator(_known)]
"""An argument that ``rgb_of`` must know."""


def names_colour(text: str) -> bool:
    """Whether ``rgb_of`` knows the text."""
    try:
        rgb_of(text)
    except BadArguments:
        return False
    return True


MANY = frozenset({"rainbow", "multicolored", "multicoloured"})
"""Words for no colour in particular but many of them."""
_JOINED = re.compile(r"\s*(?:,\s*and\b|,|/|&|\band\b)\s*")


def is_many_coloured(text: str) -> bool:
    """Whether a text asks for more than one colour, named ("red and white") or not ("rainbow")."""
    return bool(colours_named(text)) or _key(text) in MANY


def colours_named(text: str) -> tuple[str, ...]:
    """The colours that are named together ("red, white and blue"); empty where it is one or none.

    A shade of one colour that has a joining word in its name is one colour.
    """
    found = tuple(part for part in _JOINED.split(text.strip()) if part)
    if len(found) < 2 or names_colour(text) or not all(names_colour(part) for part in found):
        return ()
    return found


def _oklab(rgb: tuple[int, int, int]) -> NDArray[np.float64]:
    return oklab.from_display(np.asarray(rgb) / 255)


def bytes_of(lab: NDArray[Any]) -> tuple[int, int, int]:
    """SRGB bytes of an Oklab colour, (3,), within what a screen can show."""
    red, green, blue = (round(float(v) * 255) for v in oklab.to_display(lab))
    return red, green, blue


def _modified(
    rgb: tuple[int, int, int], goal: float, share: float, colourfulness: float
) -> tuple[int, int, int]:
    lab = _oklab(rgb)
    lab[0] += (goal - lab[0]) * share
    lab[1:] *= colourfulness
    return bytes_of(lab)


def lab_of(text: str) -> NDArray[np.float64]:
    """CIE L*a*b* (D65) of a colour name."""
    return _lab(np.asarray(rgb_of(text)) / 255)


@cache
def _all_labs() -> tuple[tuple[str, ...], NDArray[np.float64]]:
    every = tuple(sorted(names()))
    return every, np.stack([lab_of(name) for name in every])


def nearest_name(lab: NDArray[Any]) -> str:
    """The name whose colour is nearest (CIEDE2000) to a CIE L*a*b* value."""
    every, labs = _all_labs()
    distances = _apart(np.asarray(lab, dtype=np.float64)[None], labs)
    return every[int(np.argmin(distances))]


# Several examples a family, for its region is not round: dark orange is brown, pale red pink.
_EXAMPLES: dict[str, tuple[str, ...]] = {
    "black": ("#000000", "#161616", "#1d1b20"),
    "white": ("#ffffff", "#f2f2f2", "#f5f0e6", "#e6ebf0"),
    "grey": ("#808080", "#4d4d4d", "#b3b3b3", "#707a85", "#857f78"),
    "red": ("#d61f26", "#ff0000", "#8b0000", "#b22222", "#e0443a"),
    "orange": ("#ff8c1a", "#ffa500", "#ff6a00", "#e07a2c"),
    "yellow": ("#fbdc14", "#ffff00", "#f5e27a", "#d3b318"),
    "green": ("#1e8a34", "#00ff00", "#0b4d2c", "#97dd92", "#6b7a2a", "#5aa469"),
    "blue": ("#1f55d0", "#0000ff", "#14296b", "#9fcdf0", "#4d7fae", "#2fa8d8"),
    "purple": ("#7a2f9b", "#800080", "#4a1a66", "#b784d7", "#9a5fc0"),
    "pink": ("#f58fb4", "#ffc0cb", "#ff3f9e", "#e6517f"),
    "brown": ("#7a4a24", "#5a3418", "#9c6a3c", "#a0522d"),
}


@cache
def _family_labs() -> tuple[tuple[str, ...], NDArray[np.float64]]:
    pairs = [(family, example) for family, many in _EXAMPLES.items() for example in many]
    return tuple(f for f, _ in pairs), np.stack([lab_of(example) for _, example in pairs])


def families_of(labs: NDArray[Any]) -> list[str]:
    """The basic colour word of each of N CIE L*a*b* values, (N, 3)."""
    owners, examples = _family_labs()
    flat = np.asarray(labs, dtype=np.float64).reshape(-1, 3)
    distances = _apart(flat[:, None, :], examples[None, :, :])
    return [owners[i] for i in np.argmin(distances, axis=1)]


@dataclass(frozen=True)
class ColourMatch:
    """How far pixels are a named colour.

    Attributes:
        share: [0, 1] of the pixels that one would call by that name.
        delta_e: CIEDE2000 between their median and the named colour, lightness counting half.
        seen_as: the name nearest to their median.
    """

    share: float
    delta_e: float
    seen_as: str


def is_colour(pixels: NDArray[np.uint8], name: str, tolerance: float = 18.0) -> ColourMatch:
    """Measure how far pixels are of a named colour; shading counts little, hue much.

    Args:
        pixels: (..., 3) uint8 sRGB.
        name: as ``rgb_of`` takes it.
        tolerance: CIEDE2000 within which a pixel has the colour.

    Raises:
        BadArguments: no such colour, or no pixels.
    """
    flat = pixels.reshape(-1, 3)
    if flat.shape[0] == 0:
        raise BadArguments("there are no pixels whose colour could be measured")
    wanted = lab_of(name)
    labs = _labs_of(flat)
    near = _apart(labs, wanted[None], 2) <= tolerance
    if _key(name) in FAMILIES:
        near |= np.array(families_of(labs)) == _key(name)
    middle = np.median(labs, axis=0)
    distance = float(np.squeeze(_apart(middle[None], wanted[None], 2)))
    return ColourMatch(float(np.mean(near)), distance, nearest_name(middle))


def family_shares(pixels: NDArray[np.uint8], tolerance: float = 18.0) -> dict[str, float]:
    """The share of each of ``FAMILIES`` among pixels, as ``is_colour`` measures one.

    Args:
        pixels: (..., 3) uint8 sRGB, at least one.
        tolerance: as of ``is_colour``.
    """
    labs = _labs_of(pixels.reshape(-1, 3))
    owners = np.array(families_of(labs))
    shares = {}
    for name in FAMILIES:
        near = _apart(labs, lab_of(name)[None], 2) <= tolerance
        shares[name] = float(np.mean(near | (owners == name)))
    return shares


def _labs_of(flat: NDArray[np.uint8]) -> NDArray[np.float64]:
    """CIE L*a*b* of at most some thousands of (N, 3) uint8 sRGB pixels, evenly chosen."""
    flat = flat[:: max(1, flat.shape[0] // 4000)]
    return np.asarray(_lab(flat[None] / 255.0)[0])


# scikit-image and its SciPy take half a second to import, and most who ask for a name need neither.


def _lab(colours: NDArray[Any]) -> NDArray[np.float64]:
    """CIELAB of sRGB in [0, 1]."""
    from skimage.color import rgb2lab

    return np.asarray(rgb2lab(colours), dtype=np.float64)


def _apart(first: NDArray[Any], second: NDArray[Any], lightness: float = 1) -> NDArray[np.float64]:
    """CIEDE2000 of CIELAB colours; ``lightness`` divides what it counts for."""
    from skimage.color import deltaE_ciede2000

    return np.asarray(deltaE_ciede2000(first, second, kL=lightness))
