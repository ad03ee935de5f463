"""Words that stand beside a value on which somebody settles: "20 is enough", "white is better".

Knows words alone; what the value changes is ``corrected``'s.
"""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.language.units import Unit

ENOUGH = frozenset({
    "enough", "plenty", "fine", "better", "sufficient", "okay", "ok", "right", "best", "nicer",
    "do", "good", "perfect",
})  # fmt: skip
"""What is said of the value that one settles on."""
BESIDE = frozenset({
    "is", "will", "would be", "should be", "as", "big", "large", "small", "by", "to", "it", "do",
    "should", "will be", "would", "size", "the", "that", "of", "s", "much", "only", "just",
    "rather", "long", "tall", "wide", "high", "actually", "a", "in",
})  # fmt: skip
"""Words that may stand beside the value."""


def settles(units: Sequence[Unit]) -> bool:
    """Whether words ahead settle on a value: "20 is enough", "white is better"."""
    value = bool(units) and (units[0].kind == "number" or units[0].has("colour", "factor"))
    said = [u.norm for u in units[1:4]]
    return value and len(said) > 1 and said[0] in BESIDE and bool(set(said[1:]) & ENOUGH)
