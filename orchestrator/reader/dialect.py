"""A plan, said plainly: the dialect that the reader was taught to speak.

The reader weighs what the rules understood against what it would say itself; for that the rules'
plan must be said in its words. Plans that the dialect cannot say have no plain form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from orchestrator.plan import EditPlan, Preserve, Step, Style

_DETERMINED = (
    "the ", "a ", "an ", "my ", "his ", "her ", "their ", "our ", "your ", "its ", "all ", "every ",
    "everything", "both ", "each ", "those ", "these ", "this ", "that ", "one ", "two ", "three ",
    "any ", "whatever", "what ", "it", "some ", "no ",
)  # fmt: skip
"""How a phrase begins that needs no article."""
_SHAPES: Mapping[float, str] = MappingProxyType({
    1.0: "a square", 1.7778: "16:9", 1.3333: "4:3", 1.5: "3:2", 1.25: "5:4", 0.8: "4:5",
    0.75: "3:4", 0.5625: "9:16", 0.6667: "2:3",
})  # fmt: skip
_SIZES: Mapping[float, str] = MappingProxyType(
    {1.35: "bigger", 0.74: "smaller", 2.0: "twice as big", 0.5: "half as big"}
)


def plainly(plan: EditPlan) -> str | None:
    """A plan as commands joined by "; ", promises first; None where the dialect cannot say it."""
    told: list[str | None] = []
    for constraint in plan.constraints:
        if isinstance(constraint, Preserve):
            told.append(f"keep {the(constraint.target.phrase)} unchanged")
        else:
            told.append(None if isinstance(constraint, Style) else "keep the size")
    told += [command(step) for step in plan.steps]
    said = [text.replace(";", ",") for text in told if text]
    return "; ".join(said) if said and len(said) == len(told) else None


def command(step: Step) -> str | None:
    """A step as a command; None where the dialect cannot say it."""
    say = _COMMANDS.get(step.op)
    return None if say is None or step.executor.startswith("tool:") else say(step, step.params)


def is_plain(instruction: str, plain: str) -> bool:
    """Whether a reading, said plainly, is just what the person said: nothing is in doubt."""
    return _said_words(instruction) == _said_words(plain)


def _said_words(text: str) -> list[str]:
    words = re.findall(r"[\w%:']+", text.lower())
    return [word for word in words if word not in ("the", "a", "an", "please", "and", "then")]


def the(phrase: str) -> str:
    """A phrase with an article, unless it has one or needs none."""
    phrase = phrase.strip()
    if not phrase[:2].isupper() and not phrase.startswith("I "):
        phrase = phrase[:1].lower() + phrase[1:]
    owned = "'s " in phrase.split(" ")[0] + " "
    return phrase if owned or phrase.lower().startswith(_DETERMINED) else f"the {phrase}"


def _thing(step: Step, whole: str) -> str:
    return whole if step.target.is_whole_image else the(step.target.phrase)


def _near(value: float, known: Mapping[float, str], within: float) -> str | None:
    return next((text for key, text in known.items() if abs(value - key) <= within), None)


def _degree(amount: float) -> str:
    size = abs(amount)
    known = {0.25: "", 0.1: " slightly", 0.5: " a lot"}
    near = _near(size, known, 0.011)
    return f" by {round(100 * size)}%" if near is None else near


def _add(step: Step, params: Mapping[str, Any]) -> str:
    where = str(params.get("where", ""))
    if not where and not step.target.is_whole_image:
        where = f"to {the(step.target.phrase)}"
    return f"add {params['what']} {where}".strip()


def _resize(step: Step, params: Mapping[str, Any]) -> str | None:
    width, height, factor = (params.get(name) for name in ("width", "height", "factor"))
    if width and height:
        return f"resize to {width}x{height}"
    if factor is None:
        return None
    by = f"{round(100 * abs(factor - 1))}% {'bigger' if factor > 1 else 'smaller'}"
    return f"make {_thing(step, 'the picture')} {_near(factor, _SIZES, 0.015) or by}"


def _recolor(step: Step, params: Mapping[str, Any]) -> str:
    if params.get("flat"):
        return f"mark {the(step.target.phrase)} in {params['colour']}"
    if way := params.get("shift"):
        strength = float(params.get("strength", 1.0))
        how = "slightly " if strength < 1 else "much " if strength > 1 else ""
        more = "more" if way == "towards" else "less"
        return f"make {_thing(step, 'the picture')} {how}{more} {params['colour']}"
    return f"make {the(step.target.phrase)} {params['colour']}"


def _move(step: Step, params: Mapping[str, Any]) -> str:
    thing, way = the(step.target.phrase), params.get("direction", "to")
    if way in ("left", "right"):
        return f"move {thing} to the {way}"
    if way in ("up", "down"):
        return f"move {thing} {way}"
    to = str(params.get("to", ""))
    return f"move {thing} to {to}" if to.startswith("the ") else f"move {thing} {to}"


def _restyle(step: Step, params: Mapping[str, Any]) -> str:
    if step.target.is_whole_image:
        return f"make the picture look like {params['style']}"
    return f"make {the(step.target.phrase)} {params['style']}"


def _weather(step: Step, params: Mapping[str, Any]) -> str | None:
    if not step.target.is_whole_image:
        return None
    kind = str(params["kind"])
    return {"clear": "change the weather to clear", "storm": "add a storm"}.get(kind, f"add {kind}")


def _adjust(step: Step, params: Mapping[str, Any]) -> str | None:
    name, amount = str(params["property"]), float(params["amount"])
    more = amount > 0
    of = "" if step.target.is_whole_image else f" of {the(step.target.phrase)}"
    if name == "hue":
        return None
    if name == "noise":
        return ("add film grain" if more else "reduce the noise") + of
    if name == "tint":
        return f"make {_thing(step, 'it')} more {'magenta' if more else 'green'}"
    degree = _degree(amount)
    if name == "temperature":
        how = {" slightly": "slightly ", " a lot": "much "}.get(degree, "")
        by = degree if degree.startswith(" by") else ""
        return f"make {_thing(step, 'it')} {how}{'warmer' if more else 'cooler'}{by}"
    return f"{'increase' if more else 'decrease'} the {name}{of}{degree}"


def _blur(step: Step, params: Mapping[str, Any]) -> str:
    strength, thing = float(params.get("strength", 0.5)), _thing(step, "the picture")
    if strength >= 1:
        return f"pixelate {thing}"
    return f"blur {thing}" + (" slightly" if strength < 0.4 else " a lot" if strength > 0.6 else "")


def _text(_step: Step, params: Mapping[str, Any]) -> str | None:
    if params.get("size"):
        return None
    place, colour = params.get("place"), params.get("colour")
    return f"add the text '{params['text']}'" + "".join(
        [f" at the {place}" if place else "", f" in {colour}" if colour else ""]
    )


def _crop(step: Step, params: Mapping[str, Any]) -> str | None:
    if params.get("aspect"):
        shape = _near(float(params["aspect"]), _SHAPES, 0.001)
        return None if shape is None else f"crop to {shape}"
    return "crop tighter" if step.target.is_whole_image else f"crop to {the(step.target.phrase)}"


def _rotate(_step: Step, params: Mapping[str, Any]) -> str:
    if params.get("straighten"):
        return "straighten the picture"
    degrees = float(params.get("degrees", 0.0))
    way = "clockwise" if degrees > 0 else "counterclockwise"
    return f"rotate {abs(degrees):g} degrees {way}"


def _grade(step: Step, params: Mapping[str, Any]) -> str:
    look = str(params["look"])
    if step.target.is_whole_image:
        return "add a vignette" if look == "vignette" else f"make it {look}"
    return f"make {the(step.target.phrase)} {look}"


_COMMANDS: Mapping[str, Callable[[Step, Mapping[str, Any]], str | None]] = MappingProxyType({
    "remove": lambda step, _: f"remove {the(step.target.phrase)}",
    "replace": lambda step, params: f"replace {the(step.target.phrase)} with {params['new']}",
    "add": _add,
    "recolor": _recolor,
    "resize": _resize,
    "move": _move,
    "restyle": _restyle,
    "relight": lambda step, params: f"make {_thing(step, 'it')} {params['to']}",
    "weather": _weather,
    "background": lambda _, params: f"replace the background with {params['new']}",
    "adjust": _adjust,
    "blur": _blur,
    "sharpen": lambda step, _: f"sharpen {_thing(step, 'the picture')}",
    "text": _text,
    "crop": _crop,
    "rotate": _rotate,
    "flip": lambda _, params: f"flip {params['axis']}ly",
    "grade": _grade,
})  # fmt: skip
