"""Predicates that are noun or adjective phrases: "a white fox", "a deep teal", "full of life".

Knows nothing of the words that say how much; those are in ``predicates``.
"""

from __future__ import annotations

from dataclasses import replace

from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.colour_words import shade_of
from orchestrator.language.drafts import Ref
from orchestrator.language.making import focus, recolor, replace_with
from orchestrator.language.phrases import PhraseReader
from orchestrator.language.plain_deeds import deed_of, participle
from orchestrator.language.scene import make_scene, speaks_of_scene
from orchestrator.language.units import Unit, join


def until_role(reader: ClauseReader) -> list[Unit]:
    """The units ahead up to what limits or contrasts them; none is taken."""
    ahead: list[Unit] = []
    for unit in reader.left:
        if unit.has("instead_of", "while", "except", "contrast"):
            break
        ahead.append(unit)
    return ahead


def phrase_predicate(reader: ClauseReader, refs: tuple[Ref, ...], generic: bool = True) -> bool:
    """A noun or adjective phrase: a scene, something else instead, or a state."""
    images = all(ref.is_image for ref in refs)
    ahead = until_role(reader)
    units = [u for u in ahead if u.kind != "mark"]
    if not units:
        return False
    if not images and (colour := shade_of(units) or _made_name(units)):
        reader.take(len(ahead))
        for ref in refs:
            recolor(reader, ref, colour)
        return True
    if speaks_of_scene(units) and (images or not units[0].has("det") or len(units) <= 3):
        background = all(ref.target.category == "background" for ref in refs)
        if background and units[0].has("det"):
            reader.take(len(ahead))
            for ref in refs:
                reader.draft("background", ref, new=join(units)[:500])
            return True
        done = [make_scene(reader, units, ref) for ref in refs]
        if all(done):
            reader.take(len(ahead))
            return True
    if not generic and not images and units[0].get("det") == "indefinite":
        return False  # "(make the hall brighter,) a long rug": nothing becomes a rug
    if units[0].has("det") and len(units) > 1:
        if images and units[0].get("det") != "indefinite":
            return False
        if images:
            reader.reading.note("a whole new scene needs an editing model; it was read as a style")
            text = reader.rest_text()
            for ref in refs:
                reader.draft("restyle", ref, style=text[:500])
            return True
        return become(reader, refs)
    strange = not units[0].has("adjective", "verb", "action")
    if images and generic and strange and reader.reading.plain and len(units) <= 3:
        text = reader.rest_text()  # "make it candlelight": a look that nobody listed
        reader.reading.note(f"'{text}' was read as a style")
        for ref in refs:
            reader.draft("restyle", ref, style=text[:500])
        return bool(text)
    if images or len(units) > 8 or not (generic or units[0].has("adjective")):
        return False
    state = _state(reader)
    if not generic and len(state) > 1 and state[-1].kind == "word" and not state[-1].senses:
        return False  # "(make the hall brighter,) wooden floor"
    text = join([as_doing(state[0]), *state[1:]]).strip(" ,")
    for ref in refs:
        reader.draft("restyle", ref, style=text[:500])
    return bool(text)


_MOST_OF_A_NAME = 4
_NAMING = ("compound", "deed", "action")
"""Senses that a noun before a colour may have, too."""


def _made_name(units: list[Unit]) -> str:
    """Read "cat yellow", "john deere green": a colour by the name of what is so; else ""."""
    if not 1 < len(units) <= _MOST_OF_A_NAME or not units[-1].has("colour"):
        return ""
    plain = all(u.kind == "word" and not set(u.senses) - set(_NAMING) for u in units[:-1])
    return join(units) if plain else ""


def as_doing(unit: Unit) -> Unit:
    """What a thing should do as what it should be doing ("(make the dog) juggle")."""
    verb = deed_of(unit) if not unit.has("adjective", "colour", "copula", "verb") else ""
    return replace(unit, text=participle(verb)) if verb else unit


def _state(reader: ClauseReader) -> list[Unit]:
    """Words of a state, up to an "and" before words that are no state."""
    count = reader.find(
        lambda u: u.has("conjunction", "contrast", "while", "instead_of", "except") or u.norm == ","
    )
    return reader.take(len(reader.left) if count is None else max(1, count))


def become(reader: ClauseReader, refs: tuple[Ref, ...]) -> bool:
    """Read "(make the dog) a white fox"."""
    found = PhraseReader(reader.units).read(reader.at, stops=frozenset({"instead"}))
    if found is None:
        return False
    phrase, place = found
    reader.take(place - reader.at)
    if phrase.target.category in ("blur", "bokeh"):
        for ref in refs:
            focus(reader, ref, blur=True)
        return True
    for ref in refs:
        replace_with(reader, ref, phrase.words)
    return True
