"""Verb frames of geometry: crop, rotate, flip, resize."""

from __future__ import annotations

import math

from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.crop_sides import crop_side
from orchestrator.language.drafts import WHOLE, Ref
from orchestrator.language.frames_cut import cut_grown
from orchestrator.language.frames_remove import defect
from orchestrator.language.lexicon import Verb
from orchestrator.language.making import pixels, remove, resize
from orchestrator.language.phrase import Phrase
from orchestrator.language.places import is_frame_part, side_alone

RESIZE_SIGNS = {
    "shrink": -1, "scale down": -1, "downscale": -1, "halve": -1, "downsize": -1, "minify": -1,
    "shrink down": -1, "slim": -1, "slim down": -1, "trim down": -1, "shorten": -1, "narrow": -1,
    "size down": -1, "reduce the size of": -1, "make smaller": -1, "scale back down": -1,
}  # fmt: skip


def frame_crop(reader: ClauseReader, verb: Verb) -> bool:
    """Read "crop to a square", "crop 16:9", "crop out the man", "zoom in on the face"."""
    if verb.base in ("cut", "trim", "frame") and any(u.has("property") for u in reader.left):
        return defect(reader) is not None
    if (
        reader.says("out", "away", "off")
        and reader.peek(1) is not None
        and reader.amount.percent is None
    ):
        return _crop_out(reader)
    if cut_grown(reader, verb):
        return True
    if (
        verb.base in ("cut", "trim")
        and reader.left
        and not any(u.has("aspect", "whole") or u.kind == "number" for u in reader.left)
        and reader.sees("det")
    ):
        return _crop_out(reader)
    while reader.says("tighter", "tight", "tightly", "closer"):
        reader.take()
    phrase = None
    if not reader.sees("aspect") and not (reader.sees_number()):
        phrase = reader.phrase("to", "into", "for", "around", "on", "by", "in", "as", "at")
    if phrase is not None and phrase.role != "image" and reader.says("out", "away"):
        reader.take()
        for ref in reader.refs([phrase], "remove"):
            remove(reader, ref)
        return True
    reader.skip("filler")
    while reader.says(
        "to",
        "into",
        "in",
        "on",
        "around",
        "for",
        "a",
        "as",
        "down",
        "at",
        "closer",
        "by",
        "tighter",
        "tightly",
        "tight",
        "onto",
        "close",
        "so",
        "just",
        "the",
        "format",
        "ratio",
        "an",
    ) and not (
        reader.says("the", "a", "an")
        and not reader.sees("aspect", offset=1)
        and not reader.sees_number(1)
    ):
        reader.take()
    return _crop_to(reader, phrase)


def _crop_to(reader: ClauseReader, phrase: Phrase | None) -> bool:
    unit = reader.peek()
    if unit is not None and unit.kind == "number" and unit.unit == "size":
        wide, _, tall = unit.norm.replace("×", "x").replace("px", "").partition("x")
        reader.take()
        reader.draft("crop", WHOLE, aspect=round(int(wide) / max(1, int(tall)), 4))
        reader.reading.note(f"'{unit.text}' was read as a shape, not a size in pixels")
        return True
    if unit is not None and (unit.has("aspect") or unit.unit == "ratio"):
        reader.take()
        aspect = unit.value if unit.unit == "ratio" else float(unit.get("aspect"))
        reader.draft("crop", WHOLE, aspect=round(aspect, 4))
        reader.skip("effect_noun", "whole", "filler")
        while reader.says("aspect", "ratio", "format", "shape", "crop") or reader.sees(
            "aspect_noun"
        ):
            reader.take()
        if reader.says("around", "on", "to", "for"):
            reader.taken.discard(-1)
        return True
    if unit is not None and unit.norm == "square":
        reader.take()
        reader.draft("crop", WHOLE, aspect=1.0)
        return True
    target = reader.phrase() if unit is not None else None
    if (target is None and phrase is not None and phrase.role not in ("image", "")) or (
        target is None and phrase is not None and not phrase.pronoun and phrase.role != "image"
    ):
        target = phrase
    amount, share = reader.amount.percent, reader.amount.factor
    if amount is None and share is not None and share < 1 and reader.amount.to:
        amount = 100 * share  # "cut it to a third"
    if target is not None and target.role != "image":
        ref = reader.refs([target], "move")[0]
        reader.take_if("off", "away", "out")
        if is_frame_part(ref.target) and not reader.amount.to and target is phrase:
            return crop_side(reader, (ref,))
        reader.draft("crop", ref)
        return True
    if amount is not None and _from_one_side(reader, phrase):
        return _left_undone(reader, "a plan cannot say how much to crop from one side")
    if amount is not None:
        sides = 2 if _of_each_side(reader) else 1
        keep = amount / 100 if reader.amount.to else 1 - sides * amount / 100
        reader.draft("crop", WHOLE, keep=round(min(1.0, max(0.05, keep)), 3))
        reader.take_if("off", "away")
        return True
    keep = {"slight": 0.9, "strong": 0.6, "extreme": 0.5}.get(reader.amount.level, 0.8)
    reader.draft("crop", WHOLE, keep=keep)
    reader.reading.note(f"it does not say how far to crop; {keep:.0%} of each side is kept")
    return True


def _left_undone(reader: ClauseReader, why: str) -> bool:
    """Plan nothing, say why, and let every word be reported as not understood."""
    reader.reading.note(why)
    reader.rest_text()
    reader.taken.clear()
    reader.said.clear()
    return True


_ALL_SIDES = frozenset({"all", "each", "every", "both", "sides", "edges", "all sides"})


def _of_each_side(reader: ClauseReader) -> bool:
    """Read "(trim 5%) off every side": twice that of the width and of the height."""
    words = {word for unit in reader.clause.units for word in unit.norm.split()}
    return bool(
        words & {"each", "every", "all", "both"} and words & {"side", "edge", "sides", "edges"}
    )


def _from_one_side(reader: ClauseReader, phrase: Phrase | None) -> bool:
    """Read "(crop 30%) from the left": less of one side alone."""
    units = [*reader.left, *(phrase.units if phrase is not None else ())]
    return not any(u.norm in _ALL_SIDES for u in units) and any(
        u.has("side", "place", "direction") for u in units
    )


def _crop_out(reader: ClauseReader) -> bool:
    reader.take_if("out", "away", "off")
    phrases = reader.phrases("so")
    reader.take_if("off", "away", "out")
    sides = [side_alone(phrase.target, phrase.units) for phrase in phrases]
    named = zip(sides, phrases, strict=True)
    cut = tuple(Ref(side, phrase.with_article) for side, phrase in named if side is not None)
    if len(cut) == len(phrases) and crop_side(reader, cut):
        return True  # "a little off the bottom": of the frame, whatever was spoken of before
    refs = reader.refs(phrases, "remove")
    if crop_side(reader, refs):
        return True
    for ref in refs:
        remove(reader, ref)
    if refs:
        reader.reading.note(
            "'crop out' was read as removing it, so that the rest of the picture stays"
        )
    return bool(refs)


def frame_rotate(reader: ClauseReader, verb: Verb) -> bool:
    """Read "rotate 90 degrees clockwise", "straighten the horizon"."""
    turned = reader.drop(lambda u: u.has("turn"))
    part = reader.drop(lambda u: u.has("turn_amount"))
    if verb.base.startswith(("straight", "level")) or verb.base in ("unskew", "deskew"):
        found = reader.phrase()
        if (
            found is None
            or found.role == "image"
            or found.pronoun
            or found.target.category
            in ("horizon", "line", "angle", "perspective", "tilt", "horizon line")
        ):
            words = found.with_article if found is not None and not found.pronoun else "the picture"
            reader.draft("rotate", WHOLE, fixed=f"Straighten {words}", straighten=True)
        else:
            reader.draft("rotate", reader.refs([found], "move")[0], straighten=True)
        return True
    upside = reader.drop(lambda u: u.has("upside_down"))
    found = reader.phrase("by", "to")
    side = -1 if turned and turned[0].get("turn") < 0 else 1
    while reader.says("to", "by", "the", "a"):
        reader.take()
    if reader.sees("side", "direction", "place"):
        unit = reader.take()[0]
        side = -1 if "left" in unit.norm else 1
    number = reader.amount.degrees if reader.amount.degrees is not None else reader.amount.number
    if number is None:
        bare = reader.drop(lambda u: (u.kind == "number" and not u.unit) or u.has("number_word"))
        said = bare[0].get("number_word") if bare else None
        number = float(said) if said else bare[0].value if bare else None
    if found is not None and found.target.ordinal is not None and not found.target.category:
        side = -1 if found.target.ordinal.side == "left" else 1
        found = None
    if found is not None and found.place in ("left", "right"):
        side = -1 if found.place == "left" else 1
        found = None if found.role == "image" else found
    if number is None and part:
        number = float(part[0].get("turn_amount"))
    if upside:
        number = 180.0
    if number is None:
        number = 180.0 if reader.amount.factor == 0.5 else 90.0
        if reader.amount.level == "slight":
            number = 5.0
        elif verb.base == "tilt":
            number = 10.0
        reader.reading.note(
            f"it does not say how far to turn; {number:g} degrees "
            f"{'clockwise' if side > 0 else 'counterclockwise'} was chosen"
        )
    refs = reader.refs([found], "rotate") if found is not None else (WHOLE,)
    turn = math.fmod(side * number, 360.0)
    if turn == 0.0:
        return _left_undone(reader, f"turning by {number:g} degrees leaves everything as it is")
    for ref in refs:
        reader.draft("rotate", ref, degrees=turn)
    return True


def frame_flip(reader: ClauseReader, verb: Verb) -> bool:
    """Read "flip horizontally", "mirror it"."""
    axis = reader.drop(lambda u: u.has("axis", "upside_down"))
    found = reader.phrase("to", "so")
    pointed = (
        "move" if verb.base == "mirror in place" else "flip"
    )  # "it" is a thing, or the picture
    refs = reader.refs([found], pointed) if found is not None else (WHOLE,)
    if found is not None and found.target.category in ("color", "colour"):
        reader.reading.note("inverting colours is not among what a plan can say")
        reader.taken.clear()
        return False
    vertical = bool(axis) and (axis[0].get("axis") == "vertical" or axis[0].has("upside_down"))
    for ref in refs:
        reader.draft("flip", ref, axis="vertical" if vertical else "horizontal")
    reader.reading.mention(refs)
    return True


def frame_resize(reader: ClauseReader, verb: Verb) -> bool:
    """Read "enlarge the bear", "shrink it by half", "resize to 1920x1080"."""
    sign = RESIZE_SIGNS.get(verb.base, 1)
    reader.take_if("up", "down")
    found = reader.phrases("to", "so", *reader.manner())
    refs = reader.refs(found, "resize") if found else (WHOLE,)
    reader.take_if("up")
    if reader.take_if("down"):
        sign = -1
    while reader.says("to", "by", "at", "exactly"):
        reader.take()
    unit = reader.peek()
    if unit is not None and unit.unit == "size":
        reader.take()
        reader.skip("unit")
        return pixels(reader, unit)
    if reader.amount.pixels:
        tall = any(u.norm in ("tall", "high", "height") for u in reader.clause.units)
        reader.take(len(reader.left))
        side = int(reader.amount.pixels)
        if tall:
            reader.draft("resize", WHOLE, height=side)
        else:
            reader.draft("resize", WHOLE, width=side)
        return True
    named = {"double": 2.0, "halve": 0.5, "triple": 3.0}
    for ref in refs:
        if verb.base in named:
            ref_of = _size_of(ref)
            reader.draft("resize", ref_of, factor=named[verb.base])
        else:
            resize(reader, _size_of(ref), sign, verb.base)
    reader.reading.mention(refs)
    return True


def _size_of(ref: Ref) -> Ref:
    """Read "double the size of the dog": the dog."""
    relation = ref.target.relation
    if ref.target.category == "size":
        return Ref(relation.anchor, relation.anchor.phrase) if relation is not None else WHOLE
    return ref
