"""Read "keep the shape of the hat and change only its colour" as one wish about the hat.

What is done to a thing's colour leaves its shape alone by itself; taken for a promise about the
thing, the first half would forbid the second. Rewrites clauses; knows no steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from orchestrator.language.clauses import Clause
from orchestrator.language.units import Unit, word_at

_FORMS = frozenset({
    "shape", "form", "size", "position", "pose", "outline", "texture", "material", "design",
    "place", "proportions", "pattern", "shading",
})  # fmt: skip
"""What a thing keeps in another colour."""
_KEEPING = frozenset({"keep", "leave", "preserve", "retain", "maintain", "hold"})
_CHANGING = frozenset({"change", "make", "recolor", "replace"})
"""Classes of verbs that may follow."""
_OWNERS = frozenset({"its", "their", "his", "her"})
_ONLY = frozenset({"only", "just", "nothing but"})


def with_kept_forms(clauses: Sequence[Clause]) -> list[Clause]:
    """The clauses, a promise about a thing's form being part of the change that follows it."""
    found: list[Clause] = []
    for clause in _whole(clauses):
        thing = _kept(found[-1]) if found else ()
        changed = _of_thing(clause, thing) if thing else None
        if changed is not None:
            before = found.pop()
            told = before.spoken | {u.index for u in (*before.units, *clause.units)}
            linking = (*before.linking, *clause.linking)
            changed = replace(changed, link=before.link, linking=linking, spoken=told)
        found.append(changed or clause)
    return found


def _whole(clauses: Sequence[Clause]) -> list[Clause]:
    """The clauses, "change only its colour" being one."""
    found: list[Clause] = []
    for clause in clauses:
        lone = found[-1] if found and len(found[-1].units) == 1 else None
        verb = lone.units[0].verb if lone is not None else None
        only = [unit.norm for unit in clause.linking] == ["only"]
        if lone is not None and verb is not None and verb.cls in _CHANGING and only:
            spoken = lone.spoken | {unit.index for unit in clause.linking}
            found[-1] = replace(lone, units=(*lone.units, *clause.units), spoken=spoken)
        else:
            found.append(clause)
    return found


def _kept(clause: Clause) -> tuple[Unit, ...]:
    """The hat of "keep the shape of the hat"; nothing where it is another clause."""
    units = clause.units
    while units and units[0].has("polite"):
        units = units[1:]
    norms = [unit.norm for unit in units]
    if len(norms) < 5 or norms[0] not in _KEEPING or "of" not in norms[2:4]:
        return ()
    at = norms.index("of")
    return units[at + 1 :] if norms[at - 1] in _FORMS else ()


def _of_thing(clause: Clause, thing: tuple[Unit, ...]) -> Clause | None:
    """The clause with "the colour of the hat" for "its colour"; None where it has none."""
    units = [unit for unit in clause.units if unit.norm not in _ONLY]
    verb = units[0].verb if units else None
    if verb is None or verb.cls not in _CHANGING:
        return None
    if len(units) > 1 and units[1].norm in ("it", "them"):
        return replace(clause, units=(units[0], *thing, *units[2:]))
    at = next((i for i, unit in enumerate(units) if unit.norm in _OWNERS), -1)
    if at < 1 or at + 1 >= len(units):
        return None
    owner, colour = units[at], units[at + 1]
    if not colour.has("colour_noun"):
        return None
    the, of = word_at(owner, "the"), word_at(owner, "of")
    return replace(clause, units=(*units[:at], the, colour, of, *thing, *units[at + 2 :]))
