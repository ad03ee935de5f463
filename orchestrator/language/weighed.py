"""How much of what was just asked: "(make it bigger,) but only slightly", "…, just a touch".

A clause that holds nothing but a degree; it changes the drafts before it and makes none.
"""

from __future__ import annotations

import math

from orchestrator.language.amounts import STRENGTHS, has_strength
from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.drafts import Draft
from orchestrator.language.strength import HOW_MUCH, Strength


def weighed_afterwards(reader: ClauseReader) -> bool:
    """Give the drafts of the clause before the amount that this clause alone consists of."""
    amount, reading = reader.amount, reader.reading
    latest = [draft for draft in reading.latest if draft in reading.drafts]
    if not latest or not (amount.level in HOW_MUCH or amount.percent is not None):
        return False
    weighed = [draft for draft in latest if _weigh(draft, amount)]
    reader.made.extend(weighed)
    return bool(weighed)


def _weigh(draft: Draft, amount: Strength) -> bool:
    """Whether a draft has an amount; it is what was said then."""
    params = draft.params
    if draft.op == "resize" and "factor" in params:
        params["factor"] = round(amount.resize(1 if params["factor"] > 1 else -1), 3)
    elif draft.op == "adjust":
        params["amount"] = round(math.copysign(amount.adjust(), params["amount"]), 3)
    elif draft.op == "move" and "amount" in params:
        params["amount"] = amount.move()
    elif has_strength(draft.op, params):
        params["strength"] = amount.share(*STRENGTHS[draft.op])
    else:
        return False
    return True
