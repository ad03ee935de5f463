"""What is inserted in a clause and asks for nothing: ", however,", "hmm", ", but a faint one,".

Takes it out before clauses are cut; knows no wishes.
"""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.language.units import Unit

_HESITANT = frozenset({
    "let me think", "let me see", "what do you call it", "how do you say", "how do you call it",
    "how shall i put it", "what is the word", "as you can imagine", "as you can guess", "hmm", "hm",
    "um", "uh", "er",
})  # fmt: skip
"""What somebody says who looks for a word."""
_ASIDES = _HESITANT | frozenset(
    {"however", "mind you", "though", "please", "of course", "on the other hand"}
)

_INSERTED = frozenset({"however", "though", "mind you", "nevertheless", "on the other hand"})
"""Words that stand between a subject and what is said of it."""


def without_insertions(units: Sequence[Unit]) -> list[Unit]:
    """The units without a ", however," in the midst of a clause."""
    found: list[Unit] = []
    i = 0
    while i < len(units):
        aside = i + 2 < len(units) and units[i].norm == "," and units[i + 1].norm in _ASIDES
        if aside and units[i + 2].norm == "," and found:
            hesitant = units[i + 1].norm in _HESITANT
            if hesitant and not found[-1].has("prep", "det", "verb", "copula"):
                found.append(units[i])  # "by 30%, hmm, 20 is enough"
            i += 3
            continue
        if units[i].norm in _INSERTED and 0 < i + 1 < len(units) and found:
            said = units[i + 1].has("copula", "negation") and found[-1].kind == "word"
            if said and not found[-1].has("conjunction", "verb", "copula"):
                i += 1  # "the shepherd however is off limits"
                continue
        if found and units[i].norm == "," and (end := _contrasted(units, i)) > i:
            i = end
            continue
        found.append(units[i])
        i += 1
    return found


def _contrasted(units: Sequence[Unit], i: int) -> int:
    """Where ", not the one at the back," or ", but a faint one," ends; ``i`` where none is."""
    if i + 2 >= len(units) or units[i + 1].norm not in ("not", "but", "but not"):
        return i
    if units[i + 1].norm == "but" and not units[i + 2].has("det"):
        return i
    for end in range(i + 3, min(len(units), i + 9)):
        if units[end].norm == ",":
            ones = any(u.norm in ("one", "ones") for u in units[i:end])
            return end + 1 if ones else i
        if units[end].kind == "mark" or units[end].verb is not None:
            return i
    return i
