"""Clauses that ask for nothing by themselves: remarks, stories, reasons, aims and conditions.

Each is told in a note, and what it names may be spoken of next.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from orchestrator.language import promises
from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.clauses import Clause
from orchestrator.language.coverage import is_content
from orchestrator.language.drafts import Reading
from orchestrator.language.references import resolve
from orchestrator.language.stories import spoils, told_until
from orchestrator.language.units import join


def aimed(clause: Clause, reading: Reading) -> None:
    """Read "isolate the bird (by …)": what is named may be meant by the words that follow."""
    aside(clause, reading, "taken as what the next words are to bring about")
    verb = next((i for i, u in enumerate(clause.units) if u.verb is not None), -1)
    reader = ClauseReader(replace(clause, units=clause.units[verb + 1 :]), reading)
    phrase = reader.phrase(predicates=True)
    if phrase is not None and phrase.role != "image" and not phrase.pronoun:
        reading.mention(resolve(reading, phrase))


def aside(clause: Clause, reading: Reading, why: str) -> None:
    """Note what a clause says and why nothing is done about it."""
    words = _said(clause)
    if not any(is_content(u) for u in clause.units):
        return
    reading.note(f"{why}: {words}")
    for unit in clause.units:
        reading.claims.setdefault(unit.index, "note")


def mention_things(clause: Clause, reading: Reading) -> None:
    """Speak of the things of a story, of which "it" and "him" may be next."""
    if any(u.norm in ("this", "it") and v.has("prep") for u, v in pairwise(clause.units[1:])):
        return  # "I found this in the attic": "it" is still the picture
    reader = ClauseReader(clause, reading)
    while not reader.done and not spoils(reader.left[0]):
        last = reader.units[reader.at - 1].norm if reader.at else ""
        weather = reader.sees("weather") and last in ("was", "were", "had")  # "there was fog"
        named = (reader.sees("det") and not reader.sees("pronoun")) or weather
        end = told_until(reader.left)
        phrase = reader.phrase(predicates=True, end=end) if named and end else None
        if phrase is None:
            reader.take()
        elif phrase.target.category and not phrase.pronoun:
            reading.mention(resolve(reading, phrase))


def _said(clause: Clause) -> str:
    """The clause as it was written, with the "so" of a purpose."""
    led = clause.linking[-1:] if clause.linking and clause.linking[-1].norm == "so" else ()
    units = [*led, *clause.units]
    whole = [u for i, u in enumerate(units) if not i or u.start != units[i - 1].start]
    return join(whole).strip(" ,")


_LASTS = frozenset({"survives", "survive", "remains", "remain", "keeps", "keep", "lives", "lasts"})


def promised(clause: Clause) -> bool:
    """Read "as long as the dog stays the same": what must hold afterwards, not before."""
    word = clause.linking[-1].norm if clause.linking else ""
    if word in ("only if", "if", "only") and any(u.has("same") for u in clause.units):
        return True  # "darken it, but only if the dog stays the same"
    if word in ("only if", "if"):
        return any(u.has("negation") for u in clause.units) and any(
            u.verb is not None and u.verb.cls == "touch" for u in clause.units
        )
    if word not in ("as long as", "so long as", "provided that", "on condition that", "provided"):
        return False
    return any(
        u.has("same", "negation") or u.norm in _LASTS or "stay" in u.norm for u in clause.units
    )


def hold(clause: Clause, reading: Reading) -> bool:
    """Read "(as long as) the pond doesn't freeze" as the promise that the pond stays."""
    if not any(u.has("negation") for u in clause.units):
        return False
    reader = ClauseReader(clause, reading)
    reader.skip("filler", "polite")
    phrases = reader.phrases(predicates=True)
    stated = not reader.done and reader.sees("negation", "copula")
    if not phrases or not stated or any(p.pronoun or p.role == "image" for p in phrases):
        return False
    refs = reader.refs(phrases)
    reader.rest_text()
    for ref in refs:
        promises.preserve(reader, ref)
    reading.note(f"taken as a promise: {_said(clause)}")
    for unit in (*clause.units, *clause.linking):
        reading.claims.setdefault(unit.index, "constraint")
    return True


_FINDING = (
    "find", "see", "notice", "spot", "you", "we", "i", "make", "out", "you can", "can", "recognise",
    "recognize", "still", "come across", "you could", "could", "discern", "there is", "there are",
)  # fmt: skip
"""Words of a condition before what is to be there."""


def condition(clause: Clause, reading: Reading) -> None:
    """Read "if there are any cars": names them; whether there are is for the grounder to find."""
    aside(clause, reading, "this condition is not checked beforehand")
    reader = ClauseReader(clause, reading)
    reader.skip("filler", "polite", "copula", "stop") if not reader.sees("det") else None
    while reader.says(*_FINDING):
        reader.take()
    found = [
        p
        for p in reader.phrases()
        if p.role != "image" and not p.pronoun and not p.units[-1].has("adjective", "scale")
    ]
    reading.mention(ref for phrase in found for ref in resolve(reading, phrase))
