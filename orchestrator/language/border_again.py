"""The border that was put around the picture, wanted otherwise: "thicker", "make the border black".

Knows words and the plans in force; does nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.language.command_types import Reframe
from orchestrator.language.tokens import Token
from orchestrator.language.units import read_units
from orchestrator.plan import EditPlan, Step

LONGEST = 14
"""Words of a request beyond which it says more than this."""
WIDER = 1.6
"""What a border's width is multiplied by, where nobody says how much."""
_NAMES = frozenset({"border", "borders", "frame", "frames", "edge", "edging", "mat"})
_WIDER = frozenset({
    "thicker", "wider", "bigger", "larger", "broader", "fatter", "heavier", "chunkier", "stronger",
})  # fmt: skip
_NARROWER = frozenset({
    "thinner", "narrower", "smaller", "slimmer", "skinnier", "finer", "lighter", "subtler",
})  # fmt: skip
_TOO = {
    **dict.fromkeys(("thin", "narrow", "small", "slim", "skinny", "fine"), 1),
    **dict.fromkeys(("thick", "wide", "big", "large", "broad", "fat", "heavy", "chunky"), -1),
}
_A_BIT = frozenset({"bit", "little", "slightly", "touch", "tad", "somewhat"})
_MUCH = frozenset({"much", "lot", "far", "way", "considerably"})
_SIDES = frozenset({"left", "right", "top", "bottom"})
_AT = frozenset({"on", "at", "along", "side", "only", "just", "hand"})
"""What stands beside a side ("at the bottom only")."""
_GONE = frozenset({"remove", "delete", "without", "lose"})
_AROUND = frozenset({
    "make", "it", "that", "this", "the", "its", "a", "an", "please", "no", "but", "now", "should",
    "be", "want", "i", "would", "like", "is", "looks", "can", "could", "you", "we", "have", "of",
    "around", "hmm", "hm", "ok", "and", "with", "change", "to", "turn", "more", "less", "not",
    "enough", "too", "even", "instead", "in", "colour", "color", "white", "use", "get", "rid",
    "actually", "there", "was", "them", "so",
}) | _A_BIT | _MUCH  # fmt: skip


def border_again(
    tokens: Sequence[Token], earlier: Sequence[EditPlan], *, alone: bool
) -> Reframe | None:
    """The wish to have the border another way; None where the words say another thing.

    Args:
        tokens: of one request.
        earlier: plans in force, oldest first.
        alone: it is the whole message; "black" is half of "black and white".
    """
    steps = [step for plan in earlier for step in plan.steps]
    words = [token.norm for token in tokens if token.kind == "word"]
    others = [token for token in tokens if token.kind not in ("word", "mark")]
    named = bool(_NAMES & set(words))
    if not words or others or len(words) > LONGEST or not any(map(is_border, steps)):
        return None
    if not named and not is_border(steps[-1]):
        return None  # "it" is what was done last
    sides = [w for w in words if w in _SIDES]
    if len(sides) == 1:
        words = [w for w in words if w not in _SIDES and w not in _AT]
    told = [w for w in words if w not in _NAMES and w not in _AROUND]
    colour = _colour(words)
    if named and told and told[0] in _GONE and len(told) == 1:
        return Reframe(gone=True)
    factor = _factor(words, told)
    if factor is not None:
        return Reframe(wider=factor, side="".join(sides))
    if sides:
        return None
    # "Make it black" is of the border by name, or of a colour alone.
    if (
        colour
        and (named or (alone and words[0] in ("in", "no", "but", colour)))
        and told in ([], [colour])
    ):
        return None if words[0] in ("add", "put") else Reframe(colour=colour)
    return None


def is_border(step: Step) -> bool:
    """Whether a step put a border of a width around the picture."""
    return step.executor == "tool:pad" and not step.params.get("aspect")


def _factor(words: Sequence[str], told: Sequence[str]) -> float | None:
    said = set(words)
    if len(told) != 1:
        return None
    sign = (told[0] in _WIDER) - (told[0] in _NARROWER)
    if not sign and told[0] in _TOO:
        sign = _TOO[told[0]] if "too" in said else -_TOO[told[0]] * _as_wished(said)
    elif sign and "not" in said:
        return None
    share = 1.25 if _A_BIT & said and "too" not in said else 2.5 if _MUCH & said else WIDER
    return round(share**sign, 3) if sign else None


def _as_wished(said: set[str]) -> int:
    """Read "less thick" and "not thick enough": which way an adjective alone is meant."""
    if "less" in said:
        return -1
    return 1 if "more" in said or {"not", "enough"} <= said else 0


def _colour(words: Sequence[str]) -> str:
    found = [u for u in read_units(" ".join(words)) if u.has("colour")]
    return str(found[0].get("colour")) if len(found) == 1 else ""
