"""Where "but" leaves something out: "everything but the woman", "black and white but the car".

Looks at units only; gives such a "but" the sense of "except" before clauses are cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from orchestrator.language.units import Unit

_ALL = frozenset({
    "everything", "everywhere", "all", "everyone", "everybody", "anything", "anyone",
    "all of it", "whole thing", "the whole", "every", "all the rest",
})  # fmt: skip
LOOK_AHEAD = 8
_SAYS_WHAT = (
    "scale", "size", "focus_adjective", "colour", "look", "style", "weather", "relight", "same",
    "gone", "action", "wish", "copula", "negation", "more", "less", "degree", "excess", "says",
)  # fmt: skip
"""Senses of a last word that make "but the grass greener" a wish of its own."""


_SENTENCE = frozenset({
    "can", "could", "may", "might", "should", "must", "will", "would", "shall", "needs", "ought",
    "goes", "stays", "remains", "gets", "looks", "seems", "becomes", "spoils", "ruins", "bothers",
    "distracts", "annoys", "blocks", "wrecks", "clutters", "photobombs", "bugs", "irritates",
    "disturbs", "draws", "steals", "spoil", "ruin", "bother", "distract", "annoy", "wreck",
})  # fmt: skip
"""Words that make a sentence of what follows "but" ("but the drone can go")."""


def mark_exceptions(units: list[Unit]) -> list[Unit]:
    """The units, with each "but" that leaves something out read as "except"."""
    return [
        replace(unit, senses={"except": True}) if _leaves_out(units, i) else unit
        for i, unit in enumerate(units)
    ]


def _leaves_out(units: Sequence[Unit], i: int) -> bool:
    if units[i].norm not in ("but", "only not") or i == 0 or i + 1 >= len(units):
        return False
    after = units[i + 1]
    if after.kind != "word" or after.has("polite", "negation", "contrast", "filler", "degree"):
        return False
    if units[i - 1].norm in _ALL:
        return after.verb is None or after.verb.both or after.has("det")
    return after.has("det") and not after.has("more", "less") and _only_a_thing(units, i + 1)


def _only_a_thing(units: Sequence[Unit], start: int) -> bool:
    """Whether up to the next mark there is a thing and nothing that is said of it."""
    last = None
    for place in range(start, min(len(units), start + LOOK_AHEAD)):
        unit = units[place]
        if unit.kind == "mark":
            break
        if unit.kind != "word" or (unit.verb is not None and not unit.verb.both):
            return False
        if unit.has("copula", "negation", "contrast", "while", "relative", "same", "conjunction"):
            return False
        if unit.norm.split()[0] in _SENTENCE:
            return False
        last = unit
    if last is None:
        return False
    return last.norm in ("one", "ones") or not last.has(*_SAYS_WHAT, "det", "prep", "stop")
