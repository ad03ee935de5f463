"""Who can do a step: the deterministic tools for each op, then an editor model.

Maps the plan's vocabulary onto the tools' arguments. It runs nothing and looks at no pixels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from orchestrator.drawing_styles import drawing_style, drawn_in_part, style_of_drawings
from orchestrator.plan import Step
from orchestrator.sky_words import side_named, sky_named, speaks_of_sky, thing_named
from smartedit_model.drawings import BACKDROPS_EDITOR, CHANGES_EDITOR, MOODS_EDITOR
from smartedit_model.drawings.places import place_named
from tools.colour_names import is_many_coloured, names_colour
from tools.wording import noun, wants_all


@dataclass(frozen=True)
class Route:
    """One way to do a step.

    Attributes:
        executor: ``tool:NAME`` or ``editor`` (which one is chosen when it runs).
        args: the tool's arguments.
        strength: name of the argument a retry may strengthen; "" for none.
        limit: the largest absolute value that argument takes.
        model: for editors: the name the plan insists on; "" for the run's choice.
        yields: only where that editor suits the picture; elsewhere the next way is taken.
        unless: an editor in whose own sort of pictures the next way is taken; "" for none.
    """

    executor: str
    args: dict[str, Any] = field(default_factory=dict)
    strength: str = ""
    limit: float = 1.0
    model: str = ""
    yields: bool = False
    unless: str = ""

    @property
    def is_one(self) -> bool:
        """True where this is one executor and no choice of editors: the next way follows it."""
        return self.is_tool or self.yields

    @property
    def is_tool(self) -> bool:
        """True for a deterministic tool."""
        return self.executor.startswith("tool:")

    def tuned(self, factor: float) -> dict[str, Any]:
        """The arguments with the strength scaled, within its bounds."""
        if not self.strength or factor == 1.0:
            return self.args
        value = float(self.args[self.strength]) * factor
        return self.args | {self.strength: max(-self.limit, min(self.limit, value))}


EDITOR = Route("editor")
DRAWN_MOODS = Route("editor", model=MOODS_EDITOR, yields=True)
"""Light, weather and styles as drawings have them; a photograph goes on to the tools."""
DRAWN_CHANGES = Route("editor", model=CHANGES_EDITOR, yields=True)
"""Things of drawings taken away, recoloured, resized, moved and turned as drawings have it."""
DRAWN_BACKDROPS = Route("editor", model=BACKDROPS_EDITOR, yields=True)
"""Backdrops as drawings have them; a photograph goes on to a model."""
HELD_IN_THE_MIDDLE = frozenset(
    {
        *("eye", "iris", "nose", "mouth", "lip", "tooth", "ear", "eyebrow", "head", "face"),
        *("sun", "moon", "star", "cloud", "balloon", "kite", "bird", "plane", "airplane"),
        *("logo", "text", "sign", "window", "clock", "painting", "picture", "poster", "mirror"),
    }
)
"""What stands on nothing, so that it grows and shrinks about its middle; other things stay on
their foot."""


def routes(step: Step) -> tuple[Route, ...]:
    """The ways to do a step, best first; never empty."""
    if step.executor.startswith("tool:"):
        return (Route(step.executor, dict(step.params)),)
    if step.executor != "auto":
        return (Route("editor", model=step.executor),)
    made = TABLE[step.op](step)
    return made or (EDITOR,)


def usual(step: Step) -> Route:
    """The way to do a step whatever the picture is."""
    return next(way for way in routes(step) if not way.yields)


def _tool(
    name: str, args: dict[str, Any], strength: str = "", limit: float = 1.0
) -> tuple[Route, ...]:
    return (Route(f"tool:{name}", args, strength, limit),)


def _adjust(step: Step) -> tuple[Route, ...]:
    name, amount = step.params["property"], float(step.params["amount"])
    if name == "exposure":
        return _tool("exposure", {"stops": 3 * amount}, "stops", 5.0)
    if name in ("highlights", "shadows"):
        return _tool("highlights_shadows", {name: amount}, name)
    if name == "temperature":
        return _tool("temperature", {"amount": amount}, "amount")
    if name == "tint":
        return _tool("temperature", {"amount": 0.0, "tint": amount}, "tint")
    if name == "hue":
        return _tool("hue", {"degrees": 180 * amount}, "degrees", 180.0)
    if name == "gamma":
        return _tool("gamma", {"gamma": 2.0**amount}, "gamma", 4.0)
    if name == "noise":
        if amount < 0:
            return _tool("denoise", {"strength": -amount}, "strength")
        return _tool("grain", {"amount": amount}, "amount")
    return _tool(name, {"amount": amount}, "amount")


def _blur(step: Step) -> tuple[Route, ...]:
    kind = step.params.get("kind", "gaussian")
    name = "lens_blur" if kind == "lens" or step.target.category == "background" else "blur"
    return _tool(name, {"strength": step.params.get("strength", 0.5)}, "strength")


def _resize(step: Step) -> tuple[Route, ...]:
    params = {key: value for key, value in step.params.items() if value is not None}
    if step.target.is_whole_image:
        return _tool("resize", params)
    anchor = "center" if noun(step.target) in HELD_IN_THE_MIDDLE else "bottom"
    args = {"factor": params["factor"], "anchor": anchor}
    if wants_all(step.target):
        args["each"] = True
    return (DRAWN_CHANGES, *_tool("resize_object", args), EDITOR)


def _move(step: Step) -> tuple[Route, ...]:
    way = step.params.get("direction", "to")
    if way == "to":
        return (EDITOR,)
    amount = step.params.get("amount") or 0.1
    dx = {"left": -amount, "right": amount}.get(way, 0.0)
    dy = {"up": -amount, "down": amount}.get(way, 0.0)
    return (DRAWN_CHANGES, *_tool("move_object", {"dx": dx, "dy": dy}))


LIKENESS = 0.65
"""How far the light of a sky goes towards that of the colour it gets, before a second try."""


SHIFT = 0.25
"""What strength 1 of more or less of a colour is, as of any adjustment."""


def _recolor(step: Step) -> tuple[Route, ...]:
    colour = step.params["colour"]
    if step.params.get("flat"):
        return _tool("fill", {"colour": colour})
    if step.params.get("shift") and names_colour(colour):
        way = 1 if step.params["shift"] == "towards" else -1
        amount = SHIFT * way * float(step.params.get("strength", 1.0))
        return _tool("colour_shift", {"colour": colour, "amount": amount}, "amount")
    if is_many_coloured(colour):
        return (EDITOR,)  # a pattern, which a dye has not
    strength = float(step.params.get("strength", 1.0))
    args = {"colour": colour} | ({"depth": strength} if strength != 1 else {})
    made = _tool("recolor", args)
    if step.target.category == "sky":  # a sky has no paint; drawings' skies are flat
        (sky,) = _tool("sky_colour", args | {"likeness": LIKENESS}, "likeness")
        made = (replace(sky, unless=MOODS_EDITOR), *made)
    return (DRAWN_CHANGES, *made, EDITOR) if names_colour(colour) else made  # nobody knows it


def _background(step: Step) -> tuple[Route, ...]:
    new = step.params["new"]
    if names_colour(new):
        return _tool("fill", {"colour": new})
    return (DRAWN_BACKDROPS, EDITOR) if place_named(new) else (EDITOR,)


def _text(step: Step) -> tuple[Route, ...]:
    given = {key: value for key, value in step.params.items() if value not in (None, "")}
    return _tool("caption", given)


def _crop(step: Step) -> tuple[Route, ...]:
    given = {key: value for key, value in step.params.items() if value is not None}
    if not step.target.is_whole_image:
        given |= {"to_mask": True}
    return _tool("crop", given)


def _rotate(step: Step) -> tuple[Route, ...]:
    if step.params.get("straighten"):
        return _tool("straighten", {})
    degrees = {"degrees": step.params.get("degrees", 0.0)}
    if step.turns_frame:
        return _tool("rotate", degrees)
    return (DRAWN_CHANGES, *_tool("rotate_object", degrees))


def _flip(step: Step) -> tuple[Route, ...]:
    axis = {"axis": step.params["axis"]}
    if step.turns_frame:
        return _tool("flip", axis)
    return (DRAWN_CHANGES, *_tool("flip_object", axis))


def _weather(step: Step) -> tuple[Route, ...]:
    kind = step.params["kind"]
    if kind == "clear":
        return (EDITOR,)
    made = _tool(kind, {"strength": step.params.get("strength", 1.0)}, "strength", 2.0)
    return (DRAWN_MOODS, *made) if kind in ("rain", "snow", "fog") else made


def _lit(to: str, strength: float = 1.0) -> tuple[Route, ...]:
    return _tool("relight", {"to": to, "strength": strength}, "strength", 2.0)


def _relight(step: Step) -> tuple[Route, ...]:
    to, strength = step.params["to"], step.params.get("strength", 1.0)
    made = _lit(to, strength)
    return (DRAWN_MOODS, *made) if to in ("night", "sunset", "day") else made


PLAIN_LOOKS: dict[str, tuple[str, str, float]] = {
    "black and white": ("black_and_white", "strength", 1.0),
    "sepia": ("sepia", "strength", 1.0),
    "vignette": ("vignette", "amount", 0.4),
    "glow": ("glow", "amount", 0.5),
    "neon": ("neon", "amount", 0.6),
    "hdr": ("clarity", "amount", 0.7),
}
"""Looks that are one tool: its name, its strength argument, and what strength 1 means there."""


def _grade(step: Step) -> tuple[Route, ...]:
    look, strength = step.params["look"], float(step.params.get("strength", 1.0))
    recipe = step.params.get("recipe")
    if recipe is not None:
        args = {"name": look, "strength": strength, "recipe": recipe}
        return _tool("look", args, "strength", 2.0)
    if look == "letterbox":
        return _tool("letterbox", {})
    if look in PLAIN_LOOKS:
        name, key, full = PLAIN_LOOKS[look]
        return (*_styled(step, look), *_tool(name, {key: min(full * strength, 1.0)}, key))
    return _tool(
        "look",
        {"name": look, "strength": strength},
        "strength",
        2.0,
    )


LIGHTS_OF_SKY = frozenset({"night", "day", "sunset", "sunrise", "dusk", "golden hour", "blue hour"})
"""Lights that a sky may be given by its colours alone."""
_SKIES = frozenset({"a", "an", "the", "sky", "skies", "one", "like", "at"})


def _sky_lit(step: Step, words: str) -> tuple[Route, ...]:
    """A sky that is to be "a sunset", and no more than that: it is lit so, and stays the sky."""
    light = " ".join(word for word in words.lower().split() if word not in _SKIES)
    if step.target.category != "sky" or light not in LIGHTS_OF_SKY:
        return ()
    return _lit(light)


def _sky_drawn(step: Step, words: str, *, onto: bool = False) -> tuple[Route, ...]:
    """Another sky, or clouds and stars in the one that is there."""
    kind = sky_named(words) if step.target.category == "sky" else ""
    args = {"kind": kind} | ({"onto": True} if onto else {})
    # Real clouds behind a drawn sun would belong to neither.
    return (Route("tool:sky", args, unless=MOODS_EDITOR),) if kind else ()


def _add(step: Step) -> tuple[Route, ...]:
    what = step.params["what"]
    thing = thing_named(what) if step.target.category == "sky" else ""
    if thing:
        args = {"kind": thing, "side": side_named(str(step.params.get("where", "")))}
        return (Route("tool:sky_thing", args, unless=MOODS_EDITOR), EDITOR)
    return (*_sky_drawn(step, what, onto=not speaks_of_sky(what)), EDITOR)


def _replace(step: Step) -> tuple[Route, ...]:
    new = step.params["new"]
    return (*(_sky_drawn(step, new) or _sky_lit(step, new)), EDITOR)


def _restyle(step: Step) -> tuple[Route, ...]:
    words = step.params["style"]
    onto = sky_named(words) == "dramatic"  # another sky was not asked for
    if sky := _sky_lit(step, words) or _sky_drawn(step, words, onto=onto):
        return (*sky, EDITOR)
    style = drawing_style(words)
    strength = float(step.params.get("strength", 1.0))
    if strength < 1 and drawn_in_part(words):
        return (*_tool(style, {"strength": strength}), EDITOR)  # moods are drawn in full
    return (*_styled(step, words), *(_tool(style, {}) if style else ()), EDITOR)


def _styled(step: Step, words: str) -> tuple[Route, ...]:
    """A whole drawing in a style of its world, if words ask for one."""
    return (DRAWN_MOODS,) if step.target.is_whole_image and style_of_drawings(words) else ()


TABLE: dict[str, Callable[[Step], tuple[Route, ...]]] = {
    "adjust": _adjust,
    "blur": _blur,
    "sharpen": lambda step: _tool(
        "sharpen", {"strength": step.params.get("strength", 0.5)}, "strength"
    ),
    "recolor": _recolor,
    "remove": lambda _step: (DRAWN_CHANGES, *_tool("remove_object", {}), EDITOR),
    "resize": _resize,
    "move": _move,
    "relight": _relight,
    "weather": _weather,
    "background": _background,
    "text": _text,
    "crop": _crop,
    "rotate": _rotate,
    "flip": _flip,
    "grade": _grade,
    "replace": _replace,
    "add": _add,
    "restyle": _restyle,
}
"""How ``auto`` does each op."""
