"""Less than a sentence: "warmer", "more contrast", "puddles on the road", "green".

A quality, a quantity, a colour or a thing alone; sentences about a thing are in ``subjects``.
"""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.language.besides import placed_thing
from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.drafts import WHOLE, Ref
from orchestrator.language.frames import FRAMES
from orchestrator.language.lexicon import Scale, Verb
from orchestrator.language.making import adjust, recolor
from orchestrator.language.phrase import Phrase
from orchestrator.language.predicates import read_predicate
from orchestrator.language.properties import property_of
from orchestrator.language.references import resolve
from orchestrator.language.scene import speaks_of_scene
from orchestrator.language.scene_or_style import scene_or_style
from orchestrator.language.units import Unit, join
from tools.target import Target

ADD = Verb("add", "add", "base", False)
"""What a thing that is only named asks for."""


def property_first(reader: ClauseReader) -> bool:
    """Read "brightness +20", "contrast up", "more contrast", "less noise", "bg blur"."""
    if reader.sees("more", "less") and not reader.sees("scale"):
        return (
            read_predicate(reader, subject_refs(reader))
            or (reader.sees("more") and _more_things(reader))
            or _fewer(reader)
        )
    if reader.sees("property") and not reader.sees("background"):
        phrase = reader.phrase("by", "to")
        found = property_of(phrase) if phrase is not None else None
        if found is None:
            return False
        name, ref = found
        number = reader.amount.number if reader.amount.number is not None else reader.amount.percent
        sign = -1 if (number or 0) < 0 or (reader.amount.stops or 0) < 0 else 1
        unit = reader.peek()
        if unit is not None and (
            unit.get("direction") == "down" or unit.has("less") or unit.norm in ("lower", "down")
        ):
            sign = -1
        way = unit.get("scale") if unit is not None and name in ("shadows", "highlights") else None
        if isinstance(way, Scale) and way.form == "more" and way.property == "brightness":
            sign = way.sign  # "highlights darker"
            reader.take()
            unit = None
        reader.take(1 if unit is not None and unit.has("direction", "less", "more", "size") else 0)
        adjust(reader, ref, name, sign)
        return True
    return False


def _more_things(reader: ClauseReader) -> bool:
    return FRAMES["add"](reader, ADD)


def _fewer(reader: ClauseReader) -> bool:
    if not reader.says("less", "fewer"):
        return False
    unit = reader.peek(1)
    if unit is None or unit.norm not in (
        "people",
        "clutter",
        "cars",
        "noise",
        "trees",
        "distractions",
    ):
        return False
    reader.take()
    return FRAMES["remove"](reader, Verb("remove", "remove", "base", False))


_LIGHT = frozenset(
    {
        "light",
        "lighting",
        "lights",
        "shadow",
        "shadows",
        "atmosphere",
        "high contrast",
        "low contrast",
    }
)
"""What falls on a whole picture and is no quality of one thing in it."""


def subject_refs(reader: ClauseReader) -> tuple[Ref, ...]:
    """What a predicate alone speaks of: what the clause before spoke of."""
    if any(unit.norm in _LIGHT for unit in reader.left):
        return (WHOLE,)  # "(orange leaves,) softer light": light is the picture's
    if reader.clause.link == "and" and reader.reading.subject:
        return reader.reading.subject
    latest = tuple(draft.ref for draft in reader.reading.latest)
    if reader.clause.link == "and" and reader.sees("graded") and latest:
        return latest[-1:]  # "(the plants look dead,) greener please"
    return (WHOLE,)


def predicate_alone(reader: ClauseReader) -> bool:
    """Read "warmer", "black and white", "slightly brighter"."""
    if reader.sees("det", "pronoun") and not reader.sees("aspect", "look", "style", "degree"):
        return False
    unit = reader.peek()
    if unit is None:
        return False
    if unit.get("prep") == "like":
        return read_predicate(reader, subject_refs(reader))
    if unit.has("whole") and reader.sees("except", offset=1):
        return False  # "everything but the sky in black and white"
    ratio = reader.peek(1)
    if unit.has("axis") and ratio is not None and ratio.unit == "ratio":  # "vertical 4:5"
        reader.take()
        unit = ratio
    if len(reader.left) > 1 and not _alone(reader):
        return False
    refs = subject_refs(reader)
    if unit.has("aspect", "look", "weather", "relight") or (
        unit.has("scale") and unit.get("scale").property in ("temperature", "contrast")
    ):
        refs = refs if reader.reading.subject and reader.clause.link == "and" else (WHOLE,)
    if unit.has("gone", "action", "wear"):
        return False
    if unit.has(
        "scale",
        "size",
        "focus_adjective",
        "wish",
        "aspect",
        "upside_down",
        "graded",
        "more",
        "less",
    ) or unit.unit in ("ratio", "size"):
        plain = getattr(unit.get("scale"), "form", "") == "plain"
        again = plain and reader.clause.link == "and" and reader.reading.complains
        again = again or (plain and reader.strength.excess)  # "way too dark"
        return read_predicate(reader, refs, complaint=again)
    said = any(u.has("copula") and not u.has("effect_noun") for u in reader.left)
    if _lists_things(reader.left):
        return False  # "lights on the shelf, snow outside": things, of which one is weather, too
    if speaks_of_scene(reader.left) and not said:
        return scene_or_style(
            reader, (WHOLE,) if unit.has("look", "weather", "relight", "style") else refs
        )
    if unit.has("colour") and reader.reading.subject:
        return read_predicate(reader, reader.reading.subject)
    return False


def backdrop_alone(reader: ClauseReader) -> bool:
    """Read "(whiter teeth and) a plain grey background": what comes behind it all."""
    units = [u for u in reader.left if u.kind != "mark" and not u.has("polite")]
    new = len(units) > 2 and units[0].get("det") == "indefinite" and units[-1].has("background")
    if not new or any(u.has("prep", "negation", "scale", "more", "less") for u in units[1:-1]):
        return False
    behind = Ref(Target(phrase="the background", category="background"), "the background")
    reader.draft("background", behind, new=join(units[1:-1])[:500])
    reader.take(len(reader.left))
    reader.reading.mention((behind,))
    return True


def _lists_things(units: Sequence[Unit]) -> bool:
    """Whether a thing that is no scenery, and its place, stand between commas."""
    parts: list[list[Unit]] = [[]]
    for unit in units:
        if unit.norm == ",":
            parts.append([])
        else:
            parts[-1].append(unit)
    named = (part for part in parts if part and not speaks_of_scene(part))
    return len(parts) > 1 and any(placed_thing(part) for part in named)


def things_listed(reader: ClauseReader) -> bool:
    """Read "lights on the shelf, presents on the floor, snow outside": all of them new."""
    last = [u for u in reader.left if u.kind != "mark"][-2:]
    issues = len(last) == 2 and last[0].has("participle") and last[1].norm == "out"
    if issues and reader.sense("det") == "indefinite":
        reader.drop(lambda unit: unit is last[1])  # "a cabin with smoke coming out"
        return bare_wish(reader)
    return _lists_things(reader.left) and bare_wish(reader)


def issuing(reader: ClauseReader) -> bool:
    """Read "smoke from the chimney": something new, and what it comes from."""
    at = reader.find(lambda u: u.norm == "from" or u.norm.startswith(("coming", "rising")))
    things = reader.left[:at] if at else []
    if not things or any(u.has(*_NO_THING) or u.kind != "word" for u in things):
        return False
    return len(reader.left) > len(things) + 1 and FRAMES["add"](reader, ADD)


_NO_THING = (
    "det", "prep", "pronoun", "property", "verb", "place", "copula", "negation", "gone", "more",
    "less", "whole", "background", "direction", "polite", "relative", "number_word",
)  # fmt: skip


def colour_alone(reader: ClauseReader) -> bool:
    """Read "green": of what was spoken of last, else of the picture."""
    colour = reader.sense("colour")
    if colour is None or len(reader.left) > 1 or reader.clause.link in ("because", "if"):
        return False
    unit = reader.take()[0]
    it = Phrase(Target(phrase="it"), "it", (unit,), pronoun="one")
    spoken_of = any(mention.recent for mention in reader.reading.mentions)
    # "No, green" after a thing could not be made blue is about that thing.
    failed = () if spoken_of or reader.reading.marked else reader.reading.uncoloured
    refs = failed or resolve(reader.reading, it, "recolor")
    if all(ref.is_image for ref in refs):
        reader.reading.note(f"'{unit.text}' names no thing, so the whole picture is meant")
    for ref in refs:
        recolor(reader, ref, str(colour))
    return True


_TO_LOSE = frozenset({
    "shadow", "reflection", "glare", "stain", "dust", "scratch", "wrinkle", "bag", "spot", "crease",
    "clutter", "wire", "blemish", "smudge", "noise", "haze", "flare", "line", "hair", "trash",
    "litter", "watermark", "photobomber", "speck", "crack", "cable", "acne", "pimple", "rubbish",
})  # fmt: skip
"""What somebody who only names it wants to be rid of."""


def bare_wish(reader: ClauseReader) -> bool:
    """Read "puddles on the road", "a rainbow over the field": a thing and where, nothing more."""
    if any(u.has("copula", "negation", "pronoun") and u.norm != "one" for u in reader.left):
        return False
    if reader.sense("det") == "indefinite" and reader.left[-1].norm == "frame":
        return FRAMES["add"](reader, ADD)  # "a thin white frame"
    place, taken = reader.at, set(reader.taken)
    phrase = reader.phrase()
    ends = reader.done
    reader.at, reader.taken = place, taken
    if phrase is None or phrase.role or phrase.pronoun or phrase.determiner in ("definite", "all"):
        return False
    last = phrase.units[0] if len(phrase.units) == 1 else None
    placed = phrase.target.relation is not None or bool(phrase.place)
    if not placed and (phrase.determiner != "indefinite" or last is not None or not ends):
        return False
    if phrase.target.category in _TO_LOSE:
        return FRAMES["remove"](reader, Verb("remove", "remove", "base", False))
    if reader.reading.verb is not None and reader.clause.link not in ("and", "then", ""):
        return False
    return FRAMES["add"](reader, ADD)


def _alone(reader: ClauseReader) -> bool:
    """Whether every word ahead belongs to a predicate rather than to a noun."""
    return all(
        u.has(*PREDICATIVE)
        or u.kind == "mark"
        or u.norm in ("crop", "ratio", "format")
        or u.unit in ("ratio", "size")
        for u in reader.left[: reader.find(lambda u: u.has("except") or u.norm == "for")]
    )


PREDICATIVE = (
    "scale", "size", "focus_adjective", "wish", "look", "style", "weather", "relight", "graded",
    "effect_noun", "conjunction", "more", "less", "whole", "filler", "polite", "det", "colour",
    "season", "prep", "than", "aspect",
)  # fmt: skip
