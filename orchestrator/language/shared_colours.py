"""The colour that is said once for several things: "paint the cup and the plate blue".

A clause is read before the one behind it, so a thing whose colour comes later has one that a rule
chose; here it gets the one that was meant. Works on drafts.
"""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.language.clauses import Clause
from orchestrator.language.drafts import Draft, Reading

RULE_COLOURS = ("blue", "red", "green", "black")
"""What a thing becomes where no colour is named: the first that is not mentioned."""


def share_colours(clauses: Sequence[Clause], reading: Reading) -> None:
    """Give things the colour said behind them, and tell which colour is a rule's."""
    for draft, after in reversed(list(zip(reading.drafts, reading.drafts[1:], strict=False))):
        if draft.ruled and _named(after) and _goes_on(draft, after, clauses):
            draft.params["colour"] = after.params["colour"]
            draft.ruled = False
    for draft in reading.drafts:
        if draft.ruled:
            reading.note(
                f"which colour should {draft.ref.words} become? None was named, so the first of "
                f"{', '.join(RULE_COLOURS)} that the instruction does not mention is used: "
                f"{draft.params['colour']}"
            )


def _named(draft: Draft) -> bool:
    return draft.op == "recolor" and not draft.ruled and not draft.params.get("shift")


def _goes_on(draft: Draft, after: Draft, clauses: Sequence[Clause]) -> bool:
    """Whether two drafts are of one clause, or the second's has no verb of its own."""
    for clause in clauses:
        spoken = {unit.index for unit in clause.units}
        if after.units & spoken:
            first = clause.units[0]
            without = clause.link == "and" and (first.verb is None or first.has("det"))
            return without or bool(draft.units & spoken)
    return False
