"""A step's wish put otherwise, for a model that did not follow the first wording.

Built from the step's typed fields, not by transforming its sentence: what is meant is named by
kind, colour and place, and the verb is changed. It asks no model (``orchestrator.llm`` may) and
looks at no pixels beyond the colour inside the mask.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from orchestrator.plan import Step
from tools.colour_names import family_shares, names_colour
from tools.masks import centre_of
from tools.operation import Rgb, SoftMask
from tools.target import Target

CLEAR = 0.6
"""Share of a region that must be of a colour for the region to be called by it."""
MOST = 4
"""Wordings that are tried at most."""
SMALL_PART = 0.5
"""A region larger than this share of the picture has no place in it worth naming."""


def wordings(step: Step, rgb: Rgb, mask: SoftMask | None) -> tuple[str, ...]:
    """Other ways to ask for the step, best first, none like its own instruction.

    Args:
        step: what is wished.
        rgb: HWC uint8, the picture it is wished of.
        mask: HW float32, where it may act; None = everywhere.
    """
    phrases = described(step.target, rgb, mask)
    forms = FORMS[step.op](step) if step.op in FORMS else ()
    made: list[str] = []
    for number in range(max(len(phrases), len(forms))):
        # Each new wording changes both the verb and how the thing is named, where both can.
        if not forms:
            break
        form, phrase = forms[number % len(forms)], phrases[number % len(phrases)]
        made.append(form.format(t=phrase))
    made += [form.format(t=phrases[0]) for form in forms]
    said = {_essence(step.instruction)}
    out: list[str] = []
    for text in made:
        if _essence(text) not in said:
            said.add(_essence(text))
            out.append(text)
    return tuple(out[:MOST])


def described(target: Target, rgb: Rgb, mask: SoftMask | None) -> tuple[str, ...]:
    """The target in other words, fullest first: kind, colour and place; then as it was said."""
    if target.is_whole_image:
        return ("the picture",)
    inside = None if mask is None else np.asarray(mask > 0.5)
    place = "" if inside is None or not inside.any() else _place(inside)
    own = target.phrase
    told_apart = target.relation or target.ordinal or target.superlative or target.exclude
    if not target.category or target.quantity != "one" or told_apart:
        return tuple(dict.fromkeys((f"{own}, {place}" if place else own, own)))
    colour = _colour(target, rgb, inside)
    looks = [a for a in target.attributes if not _is_colour(a)]
    name = " ".join(word for word in (*looks, colour, target.category) if word)
    short = f"the {name}"
    full = f"{short} {place}" if place else short
    return tuple(dict.fromkeys((full, own if place and place in own else f"{own} {place}", short)))


def _colour(target: Target, rgb: Rgb, inside: Any) -> str:
    """The colour that was said, else the one the region clearly has."""
    said = [a for a in target.attributes if _is_colour(a)]
    if said or inside is None or not inside.any():
        return " ".join(said)
    pixels = rgb[inside]
    pixels = pixels[:: max(len(pixels) // 2000, 1)]
    shares = family_shares(pixels)
    best = max(shares, key=lambda name: shares[name])
    return best if shares[best] >= CLEAR else ""


def _is_colour(word: str) -> bool:
    return names_colour(word)


def _place(inside: np.ndarray[Any, np.dtype[np.bool_]]) -> str:
    """Where it is, in words: "on the left", "at the top right", "in the middle"."""
    if inside.mean() > SMALL_PART:
        return ""
    x, y = centre_of(inside)
    across = ("left", "", "right")[_third(x / inside.shape[1])]
    down = ("top", "", "bottom")[_third(y / inside.shape[0])]
    if down and across:
        return f"at the {down} {across}"
    if across:
        return f"on the {across}"
    return f"at the {down}" if down else "in the middle"


def _third(share: float) -> int:
    return 0 if share < 0.38 else 2 if share > 0.62 else 1


def _essence(text: str) -> str:
    return " ".join(text.lower().replace(",", " ").split())


def _literal(text: str) -> str:
    """Words of a person inside a form; braces are theirs."""
    return text.replace("{", "{{").replace("}", "}}")


Forms = Callable[[Step], tuple[str, ...]]


def _replace(step: Step) -> tuple[str, ...]:
    new = _literal(str(step.params["new"]))
    return (f"turn {{t}} into {new}", f"replace {{t}} with {new}", f"put {new} where {{t}} is")


def _recolor(step: Step) -> tuple[str, ...]:
    colour = _literal(str(step.params["colour"]))
    if way := step.params.get("shift"):
        more = "more" if way == "towards" else "less"
        return (f"make {{t}} {more} {colour}", f"give {{t}} {more} {colour}")
    return (f"make {{t}} {colour}", f"change the colour of {{t}} to {colour}")


def _add(step: Step) -> tuple[str, ...]:
    what = _literal(str(step.params["what"]))
    where = _literal(str(step.params.get("where") or ""))
    if not where and not step.target.is_whole_image:
        where = "next to {t}"
    tail = f" {where}" if where else ""
    return (f"put {what}{tail}", f"add {what}{tail}", f"place {what}{tail}")


def _resize(step: Step) -> tuple[str, ...]:
    bigger = float(step.params.get("factor") or 1.0) > 1
    if bigger:
        return ("make {t} bigger", "enlarge {t}")
    return ("make {t} smaller", "shrink {t}")


def _move(step: Step) -> tuple[str, ...]:
    way = str(step.params.get("direction", "to"))
    where = str(step.params.get("to") or "") if way == "to" else f"to the {way}"
    where = {"to the up": "up", "to the down": "down"}.get(where, where)
    where = _literal(where)
    return (f"move {{t}} {where}", f"shift {{t}} {where}") if where else ()


def _background(step: Step) -> tuple[str, ...]:
    new = _literal(str(step.params["new"]))
    return (f"change the background to {new}", f"replace the background with {new}")


def _restyle(step: Step) -> tuple[str, ...]:
    style = _literal(str(step.params["style"]))
    return (f"turn {{t}} into {style}", f"make {{t}} look like {style}")


def _relight(step: Step) -> tuple[str, ...]:
    to = _literal(str(step.params["to"]))
    return (f"make it {to}", f"change the time of day to {to}")


def _weather(step: Step) -> tuple[str, ...]:
    word = {"rain": "rainy", "snow": "snowy", "fog": "foggy", "storm": "stormy", "clear": "dry"}
    kind = str(step.params["kind"])
    return (f"make it {word[kind]}", f"let it be {word[kind]}")


FORMS: dict[str, Forms] = {
    "remove": lambda _step: ("take away {t}", "remove {t}", "erase {t}"),
    "replace": _replace,
    "recolor": _recolor,
    "add": _add,
    "resize": _resize,
    "move": _move,
    "background": _background,
    "restyle": _restyle,
    "relight": _relight,
    "weather": _weather,
}
"""How each semantic op may be asked for; ``{t}`` is the target."""
