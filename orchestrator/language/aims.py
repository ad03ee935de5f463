"""Aims named before the wishes that bring them about: "I'd like a cleaner desk: get rid of …".

Such a clause asks for nothing by itself. Only clauses are looked at; what an aim names may be
spoken of next, which ``asides`` sees to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from orchestrator.language.clauses import Clause
from orchestrator.language.phrase import more_so
from orchestrator.language.units import Unit

_ANNOUNCING = frozenset({":", "—", "–"})
"""Marks behind which stands how it is to be done."""
_TIDYING = frozenset({"clean up", "clear up", "tidy up", "tidy", "clean", "declutter", "clear"})
"""Verbs of what is done by taking other things away."""


def with_aims(clauses: Sequence[Clause]) -> list[Clause]:
    """The clauses, those that only say what the next ones are for marked as aims."""
    found = list(clauses)
    for i, (clause, after) in enumerate(pairwise(clauses)):
        announced = any(unit.norm in _ANNOUNCING for unit in after.linking)
        if announced and clause.link not in ("if", "because", "while") and _is_aim(clause.units):
            found[i] = replace(clause, aim=True)
    return found


def _is_aim(units: Sequence[Unit]) -> bool:
    said = [u for u in units if u.kind != "mark" and not u.has("filler")]
    wanted = [u for u in said if not u.has("polite")]
    if len(wanted) < 2:
        return False
    verb = wanted[0].verb
    if verb is not None and verb.base in _TIDYING and wanted[1].has("det", "pronoun"):
        return len(wanted) < 6
    wishes = len(wanted) < len(said) and wanted[0].get("det") == "indefinite"
    return wishes and len(wanted) > 2 and _more_of_it(wanted[1])


def _more_of_it(unit: Unit) -> bool:
    """Whether an adjective compares what is wanted with what is there ("a cleaner desk")."""
    return (
        more_so(unit)
        or (unit.norm.endswith("ier") and unit.has("wish"))
        or unit.has("more", "less")
    )
