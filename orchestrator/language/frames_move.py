"""Verb frame of putting a thing elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.drafts import Ref
from orchestrator.language.frames_text import writing_moved
from orchestrator.language.lexicon import Verb
from orchestrator.language.making import add_thing, adjust
from orchestrator.language.properties import property_of
from orchestrator.language.units import Unit, join
from orchestrator.language.word_kinds import is_word_of
from tools.target import Target

BEFORE_PLACE = frozenset({
    "to", "on", "in", "next_to", "near", "behind", "under", "above", "below", "in_front_of",
    "left_of", "right_of", "between", "at", "from", "around", "over",
})  # fmt: skip
"""Prepositions that say where to, so that they end what is moved."""


def frame_move(reader: ClauseReader, verb: Verb) -> bool:
    """Read "move the cup to the left", "put the cup on the table", "center the subject"."""
    if verb.base in ("center", "centre", "recenter", "recentre"):
        found = reader.phrase()
        ref = (
            reader.refs([found], "move")[0]
            if found
            else Ref(Target(phrase="the subject", category="subject"), "the subject")
        )
        if ref.is_image:
            ref = Ref(Target(phrase="the subject", category="subject"), "the subject")
        reader.draft("move", ref, direction="to", to="the center")
        reader.skip("place")
        reader.rest_text() if reader.sees("prep") else ""
        return True
    if writing_moved(reader) or (verb.base == "put" and _posed(reader)):
        return True
    if (done := _destination_last(reader)) is not None:
        return done
    phrase = reader.phrase(*BEFORE_PLACE)
    if phrase is None:
        return False
    if (tone := property_of(phrase)) is not None and verb.base in (
        "pull",
        "push",
        "drag",
        "bring",
    ):
        adjust(reader, tone[1], tone[0], 1 if verb.base == "push" else -1)
        return True
    spot = phrase.place
    if spot and phrase.units[-1].has("place"):
        inner = [u for u in phrase.units if not u.has("place")]
        place = reader.at
        reader.at = place - len(phrase.units)
        phrase = reader.phrase(attach=False) or phrase
        reader.at = place
        del inner
    refs = reader.refs([phrase], "move")
    if reader.says("from"):
        reader.take()
        reader.phrase("to", "onto", "on")
    if spot in ("left", "right"):
        return _moved(reader, refs, spot, "")
    if spot:
        return _moved(reader, refs, "to", f"the {spot}")
    reader.skip("filler")
    while reader.sees("degree", "size"):
        reader.take()
    if (done := _nearer_or_farther(reader, refs)) is not None:
        return done
    unit = reader.peek()
    if (
        unit is not None
        and unit.has("direction")
        and not (unit.has("prep") and reader.peek(1) is not None)
    ):
        reader.take()
        return _moved(reader, refs, str(unit.get("direction")), "")
    if unit is not None and unit.has("place"):
        reader.take()
        where = str(unit.get("place"))
        aside = where in ("left", "right")
        return _moved(reader, refs, where if aside else "to", "" if aside else f"the {where}")
    if unit is not None and unit.norm in ("in", "into") and _dressed(reader, refs):
        return True
    if unit is not None and unit.has("prep", "except"):
        text = reader.rest_text()
        words = text.removeprefix("to ").removeprefix("towards ").removeprefix("toward ")
        return _moved(reader, refs, "to", words)
    moved = reader.reading.drafts[-1] if reader.reading.drafts else None
    if moved is not None and moved.op == "move" and moved.ref.target == refs[0].target:
        return reader.done  # "the table would be better on the left: move it"
    reader.taken.clear()
    reader.reading.note(f"it does not say where to move {refs[0].words}")
    return False


_PUSHES = frozenset({"push", "pull", "pump", "bump"})
"""What may be done to a slider or to a thing."""


def pushed_aside(reader: ClauseReader, verb: Verb) -> bool:
    """Whether the way that ends the words is a side: sliders go up and down."""
    words = [u for u in reader.left if u.kind == "word" and not u.has("polite", "filler")]
    if verb.base not in _PUSHES or len(words) < 2:
        return False
    ways = (words[-1].get(part) for part in ("place", "side", "direction"))
    return any(str(way).rstrip("_") in ("left", "right") for way in ways)


def _posed(reader: ClauseReader) -> bool:
    """Read "put her hair up in a bun", "put his hands in his pockets": a pose, not a place."""
    place, taken = reader.at, set(reader.taken)
    phrase = reader.phrase("in", "on", "to", "into", "up", "down")
    how = reader.rest_text()
    if phrase is None or not how or not is_word_of("body", phrase.target.category):
        reader.at, reader.taken = place, taken
        return False
    for ref in reader.refs([phrase], "restyle"):
        reader.draft("restyle", ref, style=f"put {how}"[:500], fixed=f"Put {ref.words} {how}")
    return True


_AWAY = frozenset({"away", "away from", "apart", "off", "out of", "out", "clear of"})
_EACH_OTHER = frozenset({"together", "closer together", "nearer together"})


def _nearer_or_farther(reader: ClauseReader, refs: tuple[Ref, ...]) -> bool | None:
    """Read "(move the chair) away from the table", "closer", "closer together"; else None."""
    words = join(reader.left).strip(" ,").lower()
    if words in _EACH_OTHER:
        reader.rest_text()
        return _moved(reader, refs, "to", "each other")
    if words in ("closer", "nearer", "further away", "farther away", "away"):
        reader.reading.spoken |= {unit.index for unit in reader.left}
        reader.rest_text()  # what is nearer stands lower in a picture
        return _moved(reader, refs, "down" if words in ("closer", "nearer") else "up", "")
    ahead = reader.peek(1) if reader.says("further", "farther", "well", "far") else reader.peek()
    if ahead is not None and ahead.norm in _AWAY and len(reader.left) > 1:
        return _moved(reader, refs, "to", reader.rest_text())
    return None


CLOTHES = frozenset(
    {
        "suit",
        "dress",
        "coat",
        "jacket",
        "costume",
        "uniform",
        "shirt",
        "t-shirt",
        "sweater",
        "kimono",
        "tuxedo",
        "gown",
        "armor",
        "armour",
        "robe",
        "outfit",
        "hoodie",
        "skirt",
        "hat",
    }
)


def _dressed(reader: ClauseReader, refs: tuple[Ref, ...]) -> bool:
    """Read "put the man in a suit": he wears it, he is not moved."""
    place, taken = reader.at, set(reader.taken)
    reader.take()
    worn = reader.phrase()
    if worn is None or worn.determiner != "indefinite" or worn.target.category not in CLOTHES:
        reader.at, reader.taken = place, taken
        return False
    for ref in refs:
        add_thing(reader, worn.words, ref, f"on {ref.words}")
    return True


_FURTHER = frozenset({"further", "farther", "more", "over", "across", "along", "way", "the", "to"})
"""Words before a direction that add nothing to it ("further to the left", "over to the right")."""
_FAR = frozenset(
    {
        "far",
        "way",
        "way over",
        "far over",
        "well",
        "right",
        "a lot",
        "much",
        "far left",
        "far right",
    }
)
_WAYS = {
    "long": "strong", "good": "strong", "fair": "moderate", "little": "slight", "short": "slight",
    "small": "slight", "big": "strong", "considerable": "strong",
}  # fmt: skip
"""Words before "way" in "a long way to the left"."""
_TOWARDS = frozenset({"to", "onto", "into", "towards", "toward"})


def _destination_last(reader: ClauseReader) -> bool | None:
    """Read "the cup on the left to the right": the last place is where to, those before say which.

    None where what stands before the last place is not one whole thing.
    """
    ahead = reader.left
    end = len(ahead)
    while end and (
        ahead[end - 1].has("filler", "polite", "degree") or ahead[end - 1].kind == "mark"
    ):
        end -= 1
    if not end:
        return None
    last = ahead[end - 1]
    way = str(last.get("place") or last.get("direction") or last.get("side") or "").rstrip("_")
    if way in ("left", "right") or (last.norm in ("up", "down") and end > 2):
        start = end - 1
        while start and (ahead[start - 1].norm in _FURTHER or ahead[start - 1].has("degree")):
            start -= 1
        start = _how_far(reader, ahead, start, end)
        return _whole_thing_to(reader, start, way, "")
    start = next((i for i in range(end - 1, 0, -1) if ahead[i].norm in _TOWARDS), 0)
    told = any(u.has("prep", "place") for u in ahead[:start])
    if not told or ahead[start - 1].norm in ("next", "close", "closer", "nearer"):
        return None
    words = join(ahead[start + 1 : end])
    return _whole_thing_to(reader, start, "to", words)


def _how_far(reader: ClauseReader, ahead: Sequence[Unit], start: int, end: int) -> int:
    """Hear "a long way", "far", "all the way" before a direction; where such words begin."""
    words = [unit.norm for unit in ahead[start:end]]
    long = start > 1 and words[:1] == ["way"] and ahead[start - 1].norm in _WAYS
    if long:
        level, start = _WAYS[ahead[start - 1].norm], start - 1
        start -= 1 if start and ahead[start - 1].has("det") else 0
    else:
        level = "extreme" if "all the way" in words else ""
        far = _FAR & set(words) or any(" far " in word for word in words)
        level = level or ("strong" if far else "")
    if level and not reader.strength.level:
        reader.strength = replace(reader.strength, level=level)
    return start


def _whole_thing_to(reader: ClauseReader, start: int, way: str, to: str) -> bool | None:
    """Move what the first ``start`` units name; None where they are more or less than one thing."""
    place, taken = reader.at, set(reader.taken)
    phrases = reader.phrases_before(start)
    whole = bool(phrases) and reader.at == place + start
    if not whole or any(p.role == "image" or property_of(p) is not None for p in phrases):
        reader.at, reader.taken = place, taken
        return None
    refs = reader.refs(phrases, "move")
    reader.take(len(reader.left))
    return _moved(reader, refs, way, to)


def _moved(reader: ClauseReader, refs: tuple[Ref, ...], direction: str, to: str) -> bool:
    amount = None if direction == "to" else reader.amount.move()
    for ref in refs:
        if ref.is_image:
            return False
        reader.draft("move", ref, direction=direction, amount=amount, to=to[:500])
    reader.reading.mention(refs)
    return True
