"""What something should become: "pinker", "20% smaller", "look like a movie shot", "smile".

Reads the words after "make X" (or standing alone) and drafts the steps. Knows adjectives and what
they mean for pictures, not verbs' frames.
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
    pixels,
    recolor,
    remove,
    resize,
    says,
    tinge,
    wear,
)
from orchestrator.language.predicate_phrases import phrase_predicate, until_role
from orchestrator.language.scene import apply_named, apply_wish, make_scene, speaks_of_scene
from orchestrator.language.strength import STOPS_FULL
from orchestrator.language.units import Unit, join
from orchestrator.language.word_kinds import is_word_of


def read_predicate(
    reader: ClauseReader, refs: tuple[Ref, ...], *, complaint: bool = False, generic: bool = True
) -> bool:
    """Draft what the words ahead make of ``refs``.

    Args:
        reader: at the predicate.
        refs: what is changed.
        complaint: the words say what is wrong ("is too dark"), so that the opposite is wanted.
        generic: whether words nobody listed may be a state of their own ("wet").
    """
    any_done = False
    while not reader.done:
        place = reader.at
        if any_done and reader.says("for"):
            break  # "4:5 for instagram": what it is for is no wish
        if any_done and reader.says("like", "as in") and reader.made:
            reader.reading.note(f"taken as a likeness: {reader.rest_text()}")
            break  # "turquoise like in the Maldives"
        if not _one(reader, refs, complaint, generic and not any_done):
            reader.at = place
            break
        any_done = True
        while reader.says(",") or reader.sees("conjunction", "filler", "polite"):
            reader.take()
    return any_done


def _one(reader: ClauseReader, refs: tuple[Ref, ...], complaint: bool, generic: bool) -> bool:
    if (
        reader.says("look")
        and (after := reader.peek(1)) is not None
        and (
            after.norm in ("at", "into", "toward", "towards", "away", "away from", "up", "down")
            or after.has("direction", "place")
        )
    ):
        return _looks(reader, refs)
    while (
        reader.sees("filler", "polite")
        or (reader.sees("copula") and not reader.sees("wish"))
        or reader.says(
            "look", "appear", "seem", "feel", "become", "be", "looking", "get", "go", "turn", "grow"
        )
    ):
        reader.take()
    sign = -1 if complaint else 1
    if reader.sense("prep") in ("like", "to"):
        return _like(reader, refs)
    if reader.sees("more", "less"):
        more = reader.sees("more") and not reader.says("lower", "less")
        if (after := reader.peek(1)) is not None and after.kind != "mark":
            return _more(reader, refs, sign if more else -sign)
    unit = reader.peek()
    if unit is None:
        return False
    if str(unit.get("participle")) in ("wearing", "holding"):
        return wear(reader, refs)
    if reader.sees("det") and reader.says("size", offset=1):
        reader.take()
    return _word(
        reader, unit if not unit.has("det") else reader.peek() or unit, refs, sign
    ) or phrase_predicate(reader, refs, generic)


def _looks(reader: ClauseReader, refs: tuple[Ref, ...]) -> bool:
    """Read "(make the dog) look at the camera"."""
    tail = reader.rest_text()
    for ref in refs:
        reader.draft(
            "restyle", ref, fixed=f"Make {ref.words} {tail}", style=f"looking {tail[5:]}"[:500]
        )
    return True


def _word(reader: ClauseReader, unit: Unit, refs: tuple[Ref, ...], sign: int) -> bool:
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
        return _shaped(reader, unit)
    if unit.has("aspect") and images:
        return _shaped(reader, unit)
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
    if unit.has("colour") and not images and (both := _two_colours(reader)):
        reader.take(len(reader.left))
        for ref in refs:
            recolor(reader, ref, both)
        return True
    if unit.has("colour") and not images and (pattern := _patterned(reader)):
        reader.take(len(reader.left))
        for ref in refs:
            reader.draft("restyle", ref, style=pattern)
        return True
    if (
        unit.has("colour")
        and not (unit.has("style", "look") and images)
        and not _opens_noun(reader)
    ):
        reader.take()
        for ref in refs:
            if sign < 0:  # "it's too yellow"
                tinge(reader, ref, str(unit.get("colour")), sign)
                continue
            recolor(reader, ref, str(unit.get("colour")), graded=bool(unit.get("graded")))
        return True
    if unit.has("wish") and images and not unit.has("scale"):
        reader.take()
        for ref in refs:
            apply_wish(reader, str(unit.get("wish")), ref)
        return True
    return False


_TOUCHED = frozenset(
    {"soft", "softer", "smooth", "smoother", "fuzzy", "fuzzier", "crisp", "crisper"}
)


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


def _shaped(reader: ClauseReader, unit: Unit) -> bool:
    reader.take()
    aspect = unit.value if unit.unit == "ratio" else unit.get("aspect")
    if aspect and 0.02 < float(aspect) < 50:
        reader.draft("crop", WHOLE, aspect=round(float(aspect), 4))
        while reader.sees("effect_noun", "whole", "filler", "aspect_noun") or reader.says(
            "crop", "ratio", "format", "shape"
        ):
            reader.take()
        return True
    if unit.unit == "size":
        return pixels(reader, unit)
    return False


def _like(reader: ClauseReader, refs: tuple[Ref, ...]) -> bool:
    reader.take()
    return scene_or_style(reader, refs)


def scene_or_style(reader: ClauseReader, refs: tuple[Ref, ...]) -> bool:
    """A described look ahead: known parts become steps, other words a style."""
    ahead = until_role(reader)
    if not ahead:
        return False
    units = [u for u in ahead if u.kind != "mark"]
    if any(u.kind == "number" and u.unit == "ratio" for u in units) or (
        len([u for u in units if not u.has("det")]) == 1 and units[-1].has("aspect")
    ):
        unit = next(u for u in units if u.kind == "number" or u.has("aspect"))
        reader.take(reader.units.index(unit) - reader.at)
        return _shaped(reader, unit)
    if speaks_of_scene(units):
        for ref in refs:
            whole = (
                WHOLE
                if all(u.has("look", "det", "whole", "weather", "relight") for u in units)
                and ref.is_image
                else ref
            )
            if not make_scene(reader, units, whole):
                return False
        reader.take(len(ahead))
        return True
    words = join([u for u in ahead if not (u is ahead[0] and u.norm in ("style",))]).strip(" ,")
    if not words:
        return False
    reader.take(len(ahead))
    single = [u for u in units if not u.has("det", "effect_noun", "whole")]
    if (
        len(single) == 1
        and single[0].has("wish", "scale", "colour")
        and all(r.is_image for r in refs)
    ):
        named = single[0]
        part = "wish" if named.has("wish") else "scale"
        if named.has(part):
            for ref in refs:
                apply_named(reader, part, named.get("wish") if part == "wish" else named.norm, ref)
            return True
    for ref in refs:
        reader.draft("restyle", ref, style=words[:500])
    return True


def _more(reader: ClauseReader, refs: tuple[Ref, ...], sign: int) -> bool:
    """Read "more contrast", "less red", "more majestic", "more trees"."""
    after = reader.peek(1)
    if after is None:
        return False
    if after.has(
        "scale", "focus_adjective", "size", "colour", "wish", "look", "style", "weather"
    ) or isinstance(after.get("property"), str):
        return _more_known(reader, after, refs, sign)
    if after.has("det", "prep", "mark"):
        return False
    words = "more " if sign > 0 else "less "
    if all(ref.is_image for ref in refs):
        return False
    reader.take()
    text = reader.rest_text()
    for ref in refs:
        reader.draft("restyle", ref, style=f"{words}{text}"[:500])
    return True


def _more_known(reader: ClauseReader, after: Unit, refs: tuple[Ref, ...], sign: int) -> bool:
    if isinstance(after.get("property"), str) and not after.has("scale"):
        reader.take(2)
        for ref in property_refs(reader, refs):
            adjust(reader, ref, after.get("property"), sign)
        return True
    if after.has("colour") and not after.has("scale"):
        reader.take(2)
        for ref in property_refs(reader, refs):
            tinge(reader, ref, str(after.get("colour")), sign)
        return True
    if sign < 0 and after.has("look", "weather", "style") and not after.has("scale"):
        return False
    reader.take()
    if after.has("look", "style", "weather") and not after.has("scale", "focus_adjective", "size"):
        reader.take()
        part = next(p for p in ("look", "style", "weather") if after.has(p))
        for ref in refs:
            apply_named(reader, part, str(after.get(part)), ref)
        reader.skip("effect_noun", "whole")
        return True
    return _word(reader, after, refs, sign)


def property_refs(reader: ClauseReader, refs: tuple[Ref, ...]) -> tuple[Ref, ...]:
    """Read "more contrast in the sky": where the property is meant."""
    if reader.sees("prep") and not reader.says("to", "with", "than"):
        place = reader.at
        reader.take()
        phrases = reader.phrases()
        if phrases:
            found = reader.refs(phrases, "adjust")
            reader.reading.mention(found)
            return found
        reader.at = place
    return refs
