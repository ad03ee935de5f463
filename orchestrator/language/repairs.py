"""Changes of mind: "make it red, no wait, blue" takes back what was just asked for.

Works on drafts; what counts as a change of mind is a list of words in the lexicon.
"""

from __future__ import annotations

from orchestrator.language.drafts import Draft, Reading


def take_back(reading: Reading, drafts: list[Draft]) -> None:
    """Forget steps that the person corrected, and say so."""
    gone = [draft for draft in drafts if draft in reading.drafts]
    for draft in gone:
        reading.drafts.remove(draft)
        for unit in draft.units:
            reading.claims.setdefault(unit, "note")
            reading.spoken.add(unit)
    if gone:
        said = ", ".join(
            " ".join([draft.op, draft.ref.words, *map(str, draft.params.values())])
            for draft in gone
        )
        reading.note(f"taken back by what follows it: {said}")
