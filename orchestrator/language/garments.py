"""A "top" that is worn, told from the top of something: "her top", "the striped top".

Knows words only; what is meant by "her" is for others to say.
"""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.language.owners import PEOPLE
from orchestrator.language.places import FRAME_NOUNS

_WEARERS = frozenset({"her", "his", "my", "your", "our", "their"})
_KINDS = frozenset({
    "striped", "plaid", "checkered", "floral", "patterned", "dotted", "lace", "lacy", "silk",
    "cotton", "linen", "leather", "velvet", "knitted", "denim", "satin", "wool", "woollen",
    "sleeveless", "sleeved", "ruffled", "frilly", "cropped", "fitted", "tight", "loose", "sheer",
})  # fmt: skip
"""What is said of cloth and of cuts, and hardly of a side of a picture."""
_ON = frozenset({"wears", "wearing", "wore", "on"})
_LEFT_OR_RIGHT = frozenset({"left", "right", "of", "and"})
"""What follows a place: "the top left", "her top and bottom half", "the top of her head"."""


def is_worn(words: Sequence[str], at: int, *, coloured: bool, named: bool) -> bool:
    """Whether the "top" at a place among normalised words is a garment.

    Args:
        words: of the whole instruction, one or several joined an entry.
        at: where "top" stands.
        coloured: the word before it is a colour.
        named: the word after it is a thing, of which this is the upper one ("her top lip").
    """
    before = words[at - 1] if at else ""
    after = words[at + 1] if at + 1 < len(words) else ""
    if named or after in FRAME_NOUNS | _LEFT_OR_RIGHT:
        return False
    if before in _WEARERS | _KINDS or coloured:
        return True
    if before == "'s":
        return at > 1 and words[at - 2] in PEOPLE
    # "the top she is wearing", "the top that she has on"
    clause = words[at + 1 : at + 6]
    who = clause[1:] if clause and clause[0] in ("that", "which") else clause
    worn = any(word in _ON for word in who[1:5])
    return bool(who) and who[0] in ("she", "he", "they", "i", "she's", "he's") and worn
