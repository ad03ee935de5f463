"""Predicates of one word: "pinker", "gone", "twice as bright", "blue and white striped".

Knows the words of the lexicon and what each does to a thing or a picture. Predicates that are
phrases are in ``predicate_phrases``.
"""

from __future__ import annotations

import math

from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.drafts import WHOLE, Ref
from orchestrator.language.lexicon import Scale, Size
from orchestrator.language.making import (
    act,
    adjust,
    focus,
    recolor,
    remove,
    resize,
    says,
    shaped,
    tinge,
    wear,
)
from orchestrator.language.scene import apply_wish
from orchestrator.language.strength import STOPS_FULL
from orchestrator.language.units import Unit, join
from orchestrator.language.word_kinds import is_word_of


def word_predicate(reader: ClauseReader, unit: Unit, refs: tuple[Ref, ...], sign: int) -> bool:
    """A predicate of one word (or entry) the lexicon knows."""
    images = all(ref.is_image for ref in refs)
    if unit.has("gone"):
        reader.take()
        for ref in refs:
            remove(reader, ref)
        return True
    if unit.has("upside_down"):
        reader.take()
        for ref in refs:
            reader.draft("rotate", ref, degrees=180.0)
        return True
    if unit.has("wear"):
        return wear(reader, refs)
    if unit.has("says"):
        return says(reader, refs)
    if unit.has("action") and not images:
        return act(reader, unit, refs)
    if unit.norm in ("straight", "level") and all(ref.target.category == "horizon" for ref in refs):
        refs, images = (WHOLE,), True
    if unit.norm in ("straight", "level") and images:
        reader.take()
        for ref in refs:
            reader.draft("rotate", ref, straighten=True)
        return True
    if (
        unit.verb is not None
        and unit.verb.form == "ed"
        and not unit.has("scale", "focus_adjective", "look", "style")
    ):
        return False
    if unit.kind == "number" and unit.unit in ("ratio", "size"):
        return shaped(reader, unit)
    if unit.has("aspect") and images:
        return shaped(reader, unit)
    if (
        isinstance(unit.get("size"), Size)
        and not _opens_noun(reader)
        and not (images and isinstance(unit.get("scale"), Scale))
    ):
        reader.take()
        if reader.says("than"):
            reader.rest_text()
        size: Size = unit.get("size")
        for ref in refs:
            resize(reader, ref, size.sign * sign, size.base)
        return True
    if not images and not _opens_noun(reader) and _of_the_thing(reader, unit, refs):
        text = reader.take()[0].text
        for ref in refs:
            reader.draft("restyle", ref, style=text)
        return True
    if unit.has("scale") and not _opens_noun(reader) and not unit.has("colour"):
        reader.take()
        scale: Scale = unit.get("scale")
        for ref in refs:
            _graded(reader, ref, scale, scale.sign * sign)
        _tail(reader)
        return True
    if unit.has("focus_adjective"):
        reader.take()
        soft = int(unit.get("focus_adjective")) * sign > 0
        light = reader.says("light", "lighting", "shadow", "shadows", "contrast", "tones")
        if light:
            reader.take()
        for ref in refs:
            if light:
                adjust(reader, ref, "contrast", -1 if soft else 1)
            else:
                focus(reader, ref, blur=soft)
        _tail(reader)
        return True
    if unit.has("colour") and _coloured(reader, unit, refs, sign):
        return True
    if unit.has("wish") and images and not unit.has("scale"):
        reader.take()
        for ref in refs:
            apply_wish(reader, str(unit.get("wish")), ref)
        return True
    return False


def _coloured(reader: ClauseReader, unit: Unit, refs: tuple[Ref, ...], sign: int) -> bool:
    """Read "red", "green and white", "blue and white striped", "(too) yellow"."""
    images = all(ref.is_image for ref in refs)
    if not images and (both := _two_colours(reader)):
        reader.take(len(reader.left))
        for ref in refs:
            recolor(reader, ref, both)
        return True
    if not images and (pattern := _patterned(reader)):
        reader.take(len(reader.left))
        for ref in refs:
            reader.draft("restyle", ref, style=pattern)
        return True
    if not (unit.has("style", "look") and images) and not _opens_noun(reader):
        reader.take()
        slightly = reader.amount.level == "slight" or reader.amount.factor is not None
        graded = bool(unit.get("graded")) or slightly  # "a bit pink", "twice as green"
        for ref in refs:
            if sign < 0:  # "it's too yellow"
                tinge(reader, ref, str(unit.get("colour")), sign)
                continue
            recolor(reader, ref, str(unit.get("colour")), graded=graded)
        return True
    return False


_TOUCHED = frozenset(
    {"soft", "softer", "smooth", "smoother", "fuzzy", "fuzzier", "crisp", "crisper"}
)
"""What a thing may be to the touch and a picture to the eye."""


def _of_the_thing(reader: ClauseReader, unit: Unit, refs: tuple[Ref, ...]) -> bool:
    """Whether "clear", "flat" or "sharp" is a state of the things rather than of their picture."""
    nouns = [ref.target.category for ref in refs]
    if unit.norm in ("clear", "clearer", "clearest"):
        return unit.norm == "clear" or all(is_word_of("see_through", noun) for noun in nouns)
    if not reader.reading.plain:
        return False
    photographic = any(is_word_of("retouched", noun) for noun in nouns)
    if unit.norm in ("flat", "flatter") or unit.norm in _TOUCHED:
        return not photographic
    return unit.norm in ("sharp", "sharper") and all(is_word_of("pointed", n) for n in nouns)


_PATTERNS = frozenset({
    "striped", "checked", "checkered", "chequered", "spotted", "dotted", "plaid", "tartan",
    "marbled", "speckled", "patterned", "floral", "polka-dot", "polka-dotted", "polka dots",
})  # fmt: skip


def _two_colours(reader: ClauseReader) -> str:
    """Read "green and white": one thing in two colours; "" where more or less is said."""
    units = reader.left
    named = len(units) == 3 and units[0].has("colour") and units[2].has("colour")
    return join(units) if named and units[1].norm in ("and", "&") else ""


def _patterned(reader: ClauseReader) -> str:
    """Read "blue and white striped": a pattern in its colours; "" where it is none."""
    units = reader.left
    told = all(u.has("colour", "conjunction") or u.norm == "," for u in units[:-1])
    return join(units) if len(units) > 1 and units[-1].norm in _PATTERNS and told else ""


def _graded(reader: ClauseReader, ref: Ref, scale: Scale, sign: int) -> None:
    """Read "brighter", "twice as bright" (one stop more), "half as bright" (one stop less)."""
    factor = reader.amount.factor
    if factor is None or factor <= 0 or (factor < 1 and scale.form != "plain"):
        adjust(reader, ref, scale.property, sign)
    elif scale.property in ("brightness", "exposure"):
        amount = max(-1.0, min(1.0, sign * math.log2(factor) / STOPS_FULL))
        reader.draft("adjust", ref, property="exposure", amount=round(amount, 3))
    else:
        adjust(reader, ref, scale.property, sign if factor > 1 else -sign)


def _opens_noun(reader: ClauseReader) -> bool:
    after = reader.peek(1)
    return (
        after is not None
        and after.kind == "word"
        and not after.has(
            "conjunction",
            "prep",
            "filler",
            "polite",
            "connector",
            "degree",
            "place",
            "contrast",
            "more",
            "less",
            "effect_noun",
            "whole",
            "except",
            "stop",
            "instead_of",
            "instead",
            "scale",
        )
    )


def _tail(reader: ClauseReader) -> None:
    """Read "brighter than before", "as dark as possible", "in tone": nothing new."""
    if reader.says("than", "as"):
        reader.rest_text()
    elif reader.says("in") and reader.sees("effect_noun", "colour_noun", offset=1):
        reader.take(2)
    elif reader.sees("effect_noun", "whole") and reader.peek(1) is None:
        reader.take()
