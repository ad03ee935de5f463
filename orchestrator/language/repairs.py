"""Changes of mind: "make it red, no wait, blue" takes back what was just asked for.

Works on drafts; what counts as a change of mind is a list of words in the lexicon.
"""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.language.drafts import Draft, Reading
from orchestrator.language.units import Unit, join


def take_back(reading: Reading, drafts: list[Draft]) -> None:
    """Forget steps that the person corrected, and remember to say so."""
    gone = [draft for draft in drafts if draft in reading.drafts]
    for draft in gone:
        reading.drafts.remove(draft)
        for unit in draft.units:
            reading.claims.setdefault(unit, "note")
            reading.spoken.add(unit)
    if gone:
        reading.taken_back.append(set().union(*(draft.units for draft in gone)))


def tell_taken_back(units: Sequence[Unit], reading: Reading) -> None:
    """Note each wish that was taken back, in the person's own words."""
    for gone in reading.taken_back:
        said = join([unit for unit in units if unit.index in gone])
        reading.note(f"taken back by what follows it: {said.rstrip(', ;')!r}")
