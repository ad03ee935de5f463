"""Plain commands, each with the step it asks for: every form of the plain dialect.

The dialect is what a rewriting model is taught to write: one wish a command, joined by "; ", verbs
and values from a short list, targets in anybody's words. Drawn from a seeded generator. Knows
nothing of how commands are read.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from orchestrator.sky_words import belongs_in_the_sky
from tests.orchestrator import plain_words as words
from tests.orchestrator.plain_doings import doings
from tests.orchestrator.plain_words import listed, target

PICTURE = "(picture)"
"""Target words of a step on the whole picture."""
ANY = "*"
"""Target words of a step whose target does not matter."""
Value = str | float | tuple[str, ...] | Callable[[object], bool]
"""What a parameter must be: words (but for articles), a number, one of several, or a test."""
Near = Callable[[float], bool]


@dataclass(frozen=True)
class Said:
    """A command and what it asks for.

    Attributes:
        form: which form of the dialect it is.
        text: the command.
        op: of its one step, or several with "|" between; "" for a promise.
        target: the words of its target, ``PICTURE`` or ``ANY``.
        params: what the step's parameters must hold.
    """

    form: str
    text: str
    op: str
    target: str
    params: Mapping[str, Value] = field(default_factory=dict)


def _about(value: float) -> Near:
    return lambda amount: abs(amount - value) < 0.01


def _all(amount: float) -> bool:
    return amount > 0


def _little(amount: float) -> bool:
    return amount <= 0.15


def _much(amount: float) -> bool:
    return amount >= 0.4


def _signed(sign: int, near: Near) -> Callable[[object], bool]:
    def test(value: object) -> bool:
        return isinstance(value, int | float) and value * sign > 0 and near(abs(float(value)))

    return test


AFTER: dict[str, Near] = {
    "": _all, " slightly": _little, " a lot": _much, " a little": _little,
    " by 20%": _about(0.2), " by 40": _about(0.4), " by 25%": _about(0.25),
}  # fmt: skip
BEFORE: dict[str, Near] = {
    "": _all, "10% ": _about(0.1), "slightly ": _little, "a bit ": _little, "much ": _much,
}  # fmt: skip
ADJUSTED = listed(
    "brightness, exposure, contrast, saturation, highlights, shadows, clarity, vibrance, noise"
)
SIGN = {"increase": 1, "decrease": -1, "reduce": -1, "raise": 1, "lower": -1, "boost": 1}
TONES: dict[str, tuple[str, int]] = {
    "warmer": ("temperature", 1), "cooler": ("temperature", -1), "brighter": ("brightness", 1),
    "darker": ("brightness", -1), "more magenta": ("tint", 1), "greener": ("tint", -1),
    "more contrasty": ("contrast", 1), "less saturated": ("saturation", -1),
    "more vibrant": ("vibrance", 1),
}  # fmt: skip
SIZES: dict[str, Near] = {
    "bigger": lambda v: v > 1, "smaller": lambda v: v < 1, "20% smaller": _about(0.8),
    "30% bigger": _about(1.3), "twice as big": _about(2), "a lot bigger": lambda v: v > 1.9,
    "slightly smaller": lambda v: 0.8 < v < 1, "half the size": _about(0.5),
    "10% larger": _about(1.1),
}  # fmt: skip
WEATHER = {
    "add rain": "rain", "add snow": "snow", "add fog": "fog", "add mist": "fog",
    "change the weather to clear": "clear", "make the weather clear": "clear",
    "change the weather to rain": "rain", "change the weather to snow": "snow",
    "make the weather sunny": "clear", "change the weather to sunny": "clear",
    "make the weather stormy": "storm", "make it rainy": "rain", "make it foggy": "fog",
}  # fmt: skip
CROPS = {"a square": 1.0, "16:9": 1.7778, "3:2": 1.5, "4:5": 0.8, "1:1": 1.0, "9:16": 0.5625}
WHOLE: dict[str, tuple[str, dict[str, Value]]] = {
    "straighten the picture": ("rotate", {"straighten": bool}),
    "flip horizontally": ("flip", {"axis": "horizontal"}),
    "flip vertically": ("flip", {"axis": "vertical"}),
    "add a vignette": ("grade", {"look": "vignette"}),
    "add film grain": ("adjust", {"property": "noise", "amount": _signed(1, _all)}),
    "crop tighter": ("crop", {}),
    "resize to 1080x1350": ("resize", {"width": 1080.0, "height": 1350.0}),
    "sharpen the picture": ("sharpen", {}),
    "blur the picture": ("blur", {}),
}
WRITTEN = listed("Happy Birthday, SALE, Opening Soon!, Day one, Summer 2024, 50% off")
SPOTS = listed("top, bottom, top left, bottom right, center")
BLACK = "black and white"


def _pick(draw: random.Random, table: Mapping[str, Near]) -> tuple[str, Near]:
    return draw.choice(tuple(table.items()))


def _on_things(draw: random.Random) -> list[Said]:
    """One command of each form that is about a thing."""
    t, new, colour = target(draw), draw.choice(words.NEW), draw.choice(words.COLOUR)
    size, fits = _pick(draw, SIZES)
    how, near = _pick(draw, AFTER)
    verb, sign = draw.choice(tuple(SIGN.items()))
    name = draw.choice(ADJUSTED)
    lead, close = _pick(draw, BEFORE)
    tone, (prop, way) = draw.choice(tuple(TONES.items())[:4])
    lit, up = draw.choice((("brighten", 1), ("darken", -1)))
    spared = draw.choice(words.SIMPLE)(draw)
    but = f"everything except {spared}"
    black = (f"make {but} {BLACK}", f"make it {BLACK} except {spared}")
    aside = draw.choice(("left", "right", "up", "down"))
    moved = aside if aside in ("up", "down") else f"to the {aside}"
    simple = draw.choice((*words.SIMPLE, words.dressed))(draw)
    focus = draw.choice(("blur", "sharpen"))
    free, fault = words.free(draw), draw.choice(words.FAULT)
    made = {"property": prop, "amount": _signed(way, close)}
    raised = {"property": name, "amount": _signed(sign, near)}
    brighter = {"property": "brightness", "amount": _signed(up, near)}
    return [
        Said("remove", f"remove {t}", "remove", t),
        Said("remove a fault", f"remove {fault}", "remove", fault),
        Said("replace", f"replace {t} with {new}", "replace", t, {"new": new}),
        Said("recolor", f"make {t} {colour}", "recolor", t, {"colour": colour}),
        Said("resize", f"make {t} {size}", "resize", t, {"factor": _signed(1, fits)}),
        Said("move", f"move {t} {moved}", "move", t, {"direction": aside}),
        Said("state", f"make {simple} {draw.choice(words.STATE)}", "restyle|add|adjust", simple),
        Said("grade", f"make {t} {BLACK}", "grade", t, {"look": BLACK}),
        Said("grade but", draw.choice(black), "grade", but, {"look": BLACK}),
        Said("blur but", f"blur everything except {t}", "blur", f"everything except {t}"),
        Said("adjust", f"{verb} the {name} of {t}{how}", "adjust", t, raised),
        Said("tone", f"make {t} {lead}{tone}", "adjust", t, made),
        Said("brighten", f"{lit} {t}{how}", "adjust", t, brighter),
        Said("focus", f"{focus} {t}{draw.choice(('', ' slightly', ' a lot'))}", focus, t),
        Said("pixelate", f"pixelate {t}", "blur", t, {"strength": 1.0}),
        Said("crop to", f"crop to {t}", "crop", t),
        Said("keep", f"keep {t} unchanged", "", t),
        Said("remove what", f"remove {free}", "remove", free),
        Said("recolor what", f"make {free} {draw.choice(words.SEEN)}", "recolor", free),
        Said("keep what", f"keep {free} unchanged", "", free),
    ]


def _on_people(draw: random.Random) -> list[Said]:
    """One command of each form that is about somebody, a sign, or something new."""
    who, state = f"the {draw.choice(words.PERSON)}", draw.choice(words.DONE)
    held = draw.choice(("a balloon", "a bouquet", "an umbrella"))
    added, given = draw.choice(words.ADDED), draw.choice(words.GIVEN)
    where, at = draw.choice(words.WHERE), draw.choice(words.BESIDE)
    t = draw.choice(words.SIMPLE)(draw)
    sign = draw.choice(listed("the sign, the sign on the door, the billboard, the label"))
    text = draw.choice(('"Sold Out"', "'Open'", "CLOSED TODAY", "OPEN"))
    says = draw.choice(("that says", "saying", "that reads"))
    in_sign: Callable[[object], bool] = lambda v: text.strip("\"'") in str(v) and "sign" in str(v)  # noqa: E731
    given_to = {"what": given, "where": (f"to {t}", f"on {t}")}
    sits = {"what": added, "where": f"{at} {t}"}
    place = "the sky" if belongs_in_the_sky(added) else PICTURE
    return [
        Said("done", f"make {who} {state}", "restyle", who, {"style": state}),
        Said("sign", f"replace {sign} with a sign {says} {text}", "replace", sign,
             {"new": in_sign}),
        Said("add", f"add {added}", "add", place, {"what": added, "where": ("",)}),
        Said("add at", f"add {added} {at} {t}", "add", t, sits),
        Said("add in", f"add {added} {where}", "add", ANY, {"what": added, "where": where}),
        Said("add to", f"add {given} to {t}", "add", t, given_to),
        Said("held", f"add {held} held by {who}", "add", who,
             {"what": held, "where": f"held by {who}"}),
    ]  # fmt: skip


def _on_picture(draw: random.Random) -> list[Said]:
    """One command of each form that is about the picture as a whole."""
    scene, look = draw.choice(words.SCENE), draw.choice((BLACK, "cinematic", "vintage", "sepia"))
    name, (how, near) = draw.choice(ADJUSTED), _pick(draw, AFTER)
    verb, sign = draw.choice(tuple(SIGN.items()))
    lead, close = _pick(draw, BEFORE)
    tone, (prop, way) = draw.choice(tuple(TONES.items()))
    weather, kind = draw.choice(tuple(WEATHER.items()))
    text, spot, colour = draw.choice(WRITTEN), draw.choice(SPOTS), draw.choice(("red", "white"))
    shape, aspect = draw.choice(tuple(CROPS.items()))
    turn, side = draw.choice(((90, "clockwise"), (5, "counterclockwise"), (45, "clockwise")))
    whole, (op, params) = draw.choice(tuple(WHOLE.items()))
    degrees = float(turn if side == "clockwise" else -turn)
    time = draw.choice(listed("night, sunset, golden hour, sunrise, dusk"))
    style = draw.choice(("a watercolour", "an oil painting", "a pencil sketch", "a comic book"))
    written = {"text": text, "place": spot, "colour": colour}
    return [
        Said("background", f"replace the background with {scene}", "background", "the background",
             {"new": scene}),
        Said("look", f"make it {look}", "grade", PICTURE, {"look": look}),
        Said("style", f"make the picture look like {style}", "restyle|grade", PICTURE),
        Said("relight", f"make it {time}", "relight", PICTURE),
        Said("weather", weather, "weather", PICTURE, {"kind": kind}),
        Said("adjust it", f"{verb} the {name}{how}", "adjust", PICTURE,
             {"property": name, "amount": _signed(sign, near)}),
        Said("tone it", f"make it {lead}{tone}", "adjust", PICTURE,
             {"property": prop, "amount": _signed(way, close)}),
        Said("text", f"add the text '{text}' at the {spot} in {colour}", "text", PICTURE, written),
        Said("crop", f"crop to {shape}", "crop", PICTURE, {"aspect": aspect}),
        Said("rotate", f"rotate {turn} degrees {side}", "rotate", PICTURE, {"degrees": degrees}),
        Said(whole, whole, op, PICTURE, params),
    ]  # fmt: skip


def every_form(draw: random.Random) -> list[Said]:
    """One command of each form."""
    deeds = [Said(*row) for row in doings(draw)]
    return [*_on_things(draw), *_on_people(draw), *_on_picture(draw), *deeds]


_ONCE = frozenset({"adjust it", "tone it", "add film grain", "crop", "crop tighter", "crop to"})
"""Forms of which two may add up to one step."""


def commands(draw: random.Random, most: int = 5) -> list[Said]:
    """One to ``most`` commands that do not bear on each other; promises come first."""
    found: list[Said] = []
    for _ in range(draw.randint(1, most)):
        one = draw.choice(every_form(draw))
        used = {word for other in found for word in plain(other.target).split()}
        shared = one.target not in (PICTURE, ANY) and not used.isdisjoint(plain(one.target).split())
        twice = one.form in _ONCE and any(other.form in _ONCE for other in found)
        if not shared and not twice and all(one.form != other.form for other in found):
            found.append(one)
    return sorted(found, key=lambda said: said.op != "")


def joined(said: Sequence[Said]) -> str:
    """The commands as a model writes them."""
    return "; ".join(one.text for one in said)


_SMALL = frozenset({"a", "an", "the"})


def plain(text: str) -> str:
    """Words without articles, commas and case."""
    return " ".join(w for w in text.lower().replace(",", "").split() if w not in _SMALL)
