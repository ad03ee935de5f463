"""What something should become: "pinker", "20% smaller", "look like a movie shot", "smile".

Reads the words after "make X" (or standing alone): how many predicates there are, whether they
compare, complain or liken. Single words are read in ``predicate_words``; knows no verbs' frames.
"""

from __future__ import annotations

from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.drafts import Ref
from orchestrator.language.making import adjust, tinge, wear
from orchestrator.language.predicate_phrases import phrase_predicate
from orchestrator.language.predicate_words import word_predicate
from orchestrator.language.scene import apply_named
from orchestrator.language.scene_or_style import scene_or_style
from orchestrator.language.units import Unit, join


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
    return word_predicate(
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


def _like(reader: ClauseReader, refs: tuple[Ref, ...]) -> bool:
    reader.take()
    return scene_or_style(reader, refs)


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
    at = reader.find(lambda u: u.norm in ("on", "in"))
    if at and reader.sees("det", offset=at + 1):  # "less shine on the forehead": of that alone
        text = join(reader.take(at))
        reader.take()
        phrase = reader.phrase()
        refs = refs if phrase is None else reader.refs([phrase], "restyle")
    else:
        text = reader.rest_text()
    for ref in refs:
        reader.draft("restyle", ref, style=f"{words}{text}"[:500])
    return True


def _more_known(reader: ClauseReader, after: Unit, refs: tuple[Ref, ...], sign: int) -> bool:
    if isinstance(after.get("property"), str) and not after.has("scale"):
        reader.take(2)
        for ref in _where(reader, refs):
            adjust(reader, ref, after.get("property"), sign)
        return True
    if after.has("colour") and not after.has("scale"):
        reader.take(2)
        for ref in _where(reader, refs):
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
    return word_predicate(reader, after, refs, sign)


def _where(reader: ClauseReader, refs: tuple[Ref, ...]) -> tuple[Ref, ...]:
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
