"""Topics: "sky: bluer", "background - blur": what the wishes after a colon or a dash are about.

Rewrites a clause to name its topic; knows where a topic's reach ends, not what the clause asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from orchestrator.language.clauses import Clause
from orchestrator.language.phrases import PhraseReader
from orchestrator.language.units import Unit, word_at
from orchestrator.language.verbless_starts import LASTING

_OPENS = frozenset({":", "-", "–", "—"})
_ENDS = frozenset({"\n", ".", "!", "?", ";", "•", "*", "|"})
_NO_TOPIC = (
    "scale", "look", "style", "weather", "relight", "wish", "gone", "property", "aspect", "polite",
    "copula", "connector", "negation", "says", "focus_adjective", "domain", "same",
)  # fmt: skip


def with_topics(clauses: Sequence[Clause]) -> list[Clause]:
    """The clauses, each under a topic naming it; a topic's own clause becomes part of the next."""
    found: list[Clause] = []
    topic: tuple[Unit, ...] = ()
    opener: Clause | None = None
    for i, clause in enumerate(clauses):
        marks = {unit.norm for unit in clause.linking}
        if topic and marks & _ENDS and opener is None:
            topic = ()
        following = clauses[i + 1] if i + 1 < len(clauses) else None
        if following is not None and _asked_and_told(clause, following):
            topic, opener = _named(clause.units), clause
            continue
        sized = following is not None and _is_size(following) and (not i or bool(marks & _ENDS))
        opens = sized or (following is not None and _opens(following))
        if opens and is_topic(clause, definite=sized):
            topic = () if clause.units[-1].has("whole") else _named(clause.units)
            if not topic:  # "product shot: …" is of the picture, as what follows is anyway
                found.append(replace(clause, remark=True))
            opener = clause if topic else None
            continue
        said = _about(clause, topic) if topic else clause
        if opener is not None:  # ". The dog, twice as big" is no second cat to be removed
            said = replace(said, link=opener.link, linking=opener.linking)
        opener = None
        found.append(said)
    return found


def _opens(clause: Clause) -> bool:
    marks = [unit.norm for unit in clause.linking if unit.kind == "mark"]
    return bool(marks) and marks[0] in _OPENS and not set(marks) & _ENDS


def _asked_and_told(clause: Clause, following: Clause) -> bool:
    """Read "the bin? gone.", "her smile? bigger": a thing, and what is to become of it."""
    alone = clause.units[0].verb if len(clause.units) == 1 else None
    noun = alone is not None and alone.both  # "bin?"
    if [unit.norm for unit in following.linking][:1] != ["?"] or not (noun or is_topic(clause)):
        return False
    told = [unit for unit in following.units if not unit.has("polite", "filler", "degree")]
    if not told or len(told) > 3 or any(unit.has("det", "copula") for unit in told):
        return False
    if [u.norm for u in told] in (["get", "rid"], ["get rid"]):
        return True
    if told[0].verb is not None and told[0].verb.form == "base":
        return len(told) == 1 or told[1].has("pronoun")
    return told[0].has(*_TOLD) or told[0].norm in _AWAY


_TOLD = ("gone", "colour", "scale", "size", "look", "style", "focus_adjective", "more", "less")
"""Senses of words that say what becomes of a thing."""
_AWAY = frozenset({"out", "away", "off", "bye", "begone", "up", "down", "fewer", "higher", "lower"})


def _quantity(clause: Clause, topic: tuple[Unit, ...]) -> Unit | None:
    """The "fewer" of "trees: fewer"; None where more is said, or a quality has so much."""
    told = [u for u in clause.units if not u.has("polite", "filler", "degree") and u.norm != "many"]
    alone = len(told) == 1 and told[0].norm in _QUANTITIES
    measured = any(unit.has("property", "text_noun", "colour_noun") for unit in topic)
    return told[0] if alone and not measured else None


_QUANTITIES = frozenset({"more", "fewer", "less", "some more"})


def _is_size(clause: Clause) -> bool:
    """Read ", a third smaller", ", twice as big": how large, and no more, behind a comma."""
    words = [unit for unit in clause.units if not unit.has("polite")]
    told = any(unit.has("size") for unit in words)
    amount = all(unit.kind == "number" or unit.has("size", "det", "factor") for unit in words)
    return [unit.norm for unit in clause.linking] == [","] and len(words) > 1 and told and amount


def is_topic(clause: Clause, *, definite: bool = False) -> bool:
    """Whether a clause is a noun phrase and nothing more; ``definite``: one with "the" or "my"."""
    units = clause.units
    if definite and (not units or units[0].get("det") != "definite"):
        return False
    if not units or len(units) > 8 or units[0].kind != "word":
        return False
    if units[-1].norm in LASTING:
        return False  # "the tattoo survives"
    if any(u.has(*_NO_TOPIC) or _does(units, i) for i, u in enumerate(units)):
        return False
    named = _named(units)
    read = PhraseReader(named).read(0)
    return read is not None and read[1] == len(named) and not read[0].pronoun


def _does(units: Sequence[Unit], i: int) -> bool:
    """Whether the unit at a place is a verb; "the throw" is none."""
    verb = units[i].verb
    if verb is None or units[i].has("text_noun"):
        return False
    return not (verb.both and i > 0 and units[i - 1].has("det"))


def _named(units: tuple[Unit, ...]) -> tuple[Unit, ...]:
    """The units of a topic with an article, as it would stand in a sentence."""
    first = units[0]
    if first.has("only"):  # "just the background: …"
        return (word_at(first, "the"), *units[1:])
    if first.has("det", "text_noun"):
        return units
    return (
        word_at(first, "the"),
        replace(first, text=first.norm if first.text.istitle() else first.text),
        *units[1:],
    )


def _about(clause: Clause, topic: tuple[Unit, ...]) -> Clause:
    units = clause.units
    if clause.link == "because":
        return clause
    if (count := _quantity(clause, topic)) is not None:
        return replace(clause, units=(count, *(topic[1:] if topic[0].has("det") else topic)))
    pronoun = next((i for i, u in enumerate(units) if u.norm in ("it", "them", "this")), None)
    if topic[-1].has("text_noun") and all(u.has("place", "colour") for u in units):
        return clause  # "title: …, top center, white"
    if topic[-1].has("text_noun"):
        return replace(clause, units=(*topic, *units))
    if pronoun is not None:
        return replace(clause, units=(*units[:pronoun], *topic, *units[pronoun + 1 :]))
    verb = next((i for i, u in enumerate(units) if u.verb is not None), None)
    if verb is None or (units[verb].has("colour", "scale") and len(units) == 1):
        return replace(clause, units=(*topic, *units))
    after = units[verb + 1] if verb + 1 < len(units) else None
    if verb == 0 and (after is None or after.kind != "word" or after.has("degree", "prep")):
        return replace(clause, units=(units[0], *topic, *units[1:]))
    named = units[verb].verb
    if named is not None and named.cls in ("make", "change"):
        return replace(clause, units=(*units[: verb + 1], *topic, *units[verb + 1 :]))
    if verb == 0 and not any(u.has("prep", "place") for u in units):
        inside = word_at(topic[0], "in")
        return replace(clause, units=(*units, inside, *topic))
    return clause
