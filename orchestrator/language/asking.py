"""Questions that ask how it is and wish for nothing: "is the sky too dark?", "does it look ok?".

Knows the forms of such questions, not their answers. A wish in a question's form ("is it possible
to brighten it?", "can the sky be bluer?") is none of this module's, and a negated question ("isn't
it too dark?") says what is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from orchestrator.language.clauses import Clause
from orchestrator.language.coverage import is_content
from orchestrator.language.units import Unit

_BE = frozenset({"is", "are", "was", "were", "am"})
_DO = frozenset({"does", "do", "did", "has"})
_SELVES = frozenset({"i", "we", "you", "he", "she", "they", "it", "this", "that", "everything"})
_LOOKS = frozenset({
    "look", "seem", "appear", "feel", "looks", "seems", "appears", "feels", "come across",
    "stand out", "work", "match", "fit", "turn", "come",
})  # fmt: skip
"""What something is asked to do where "do" might still be a deed ("do the sky pink")."""
_MINE = ("is it just me", "is it only me")
"""What makes of a question a complaint: "is it just me or is it too dark?"."""
_THINKING = frozenset({"think", "find", "reckon", "believe", "feel", "suppose", "say"})
_WISHING = frozenset({
    "possible", "ok", "okay", "doable", "feasible", "able", "way", "chance", "any way",
    "any chance", "allowed", "permitted", "could", "can", "should", "would", "might",
    "may", "if", "to", "ok to", "okay to", "not", "version",
})  # fmt: skip
"""Words with which a question is a wish or a complaint after all."""


def with_questions(clauses: Sequence[Clause]) -> list[Clause]:
    """The clauses, those that only ask how it is marked as such; they may name what "it" is."""
    said = " ".join(unit.norm for clause in clauses for unit in clause.units)
    if any(mine in said for mine in _MINE):
        return list(clauses)
    return [
        replace(clause, remark=True, story=True, asks=True) if is_question(clause) else clause
        for clause in clauses
    ]


def only_asks(clauses: Sequence[Clause]) -> bool:
    """Whether nothing but questions is said."""
    told = [clause for clause in clauses if clause.asks or any(map(is_content, clause.units))]
    return bool(told) and all(clause.asks for clause in told)


def is_question(clause: Clause) -> bool:
    """Whether a clause asks how something is: "is the sky too dark", "do the eyes look odd"."""
    units = _opened(clause.units)
    if clause.remark or clause.link in ("if", "because", "while") or len(units) < 3:
        return False
    if any(_wishes(unit) for unit in units):
        return False
    first, second = units[0].norm, units[1]
    subject = (
        second.norm in _SELVES or second.norm == "there" or second.has("det", "background", "rest")
    )
    if first in _BE:
        return subject or (first in ("are", "were") and _names(second))
    if first not in _DO or not (subject or _names(second)):
        return False
    if second.norm == "you":
        return units[2].norm in _THINKING and any(u.has("copula") or _says(u) for u in units[3:])
    if first in ("does", "has"):
        return True
    return second.get("det") != "indefinite" and any(_says(unit) for unit in units[2:])


def _opened(units: Sequence[Unit]) -> list[Unit]:
    """The units from the first that is no greeting and no filler, without marks."""
    found = [unit for unit in units if unit.kind != "mark"]
    while found and found[0].norm not in _BE | _DO and found[0].has("filler", "polite", "contrast"):
        if found[0].norm == "so" and len(found) > 1 and found[1].norm in _DO:
            break  # "(the stain has to go,) so does the flare"
        found = found[1:]
    return found


def _wishes(unit: Unit) -> bool:
    if unit.kind == "quote" or unit.norm in _WISHING:
        return True
    verb = unit.verb
    deed = verb is not None and verb.form == "base" and not verb.both
    deed = deed and not unit.has("scale", "adjective", "focus_adjective", "size")
    return deed and not _says(unit) and unit.norm not in _BE | _DO | _THINKING


def _says(unit: Unit) -> bool:
    return unit.norm in _LOOKS


def _names(unit: Unit) -> bool:
    """Whether a bare noun stands there ("are colours too strong")."""
    named = unit.kind == "word" and (not unit.senses or unit.has("property", "compound"))
    return named or (unit.norm.endswith("s") and unit.kind == "word" and unit.verb is None)
