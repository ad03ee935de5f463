"""More or less of what a step before made: "less rain", "the fog is too much", "tone it down".

Only of steps that are made with a strength and cannot be made weaker by a further step: rain does
not stop where less rain is added, and less blue of a car that was made blue is no cooler picture.
Knows words and the plans in force; does nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orchestrator.drawing_styles import drawn_in_part
from orchestrator.language.colour_words import is_tone, plain_colour, tinted
from orchestrator.language.command_types import Again
from orchestrator.language.tokens import Token
from orchestrator.plan import EditPlan, Step

STRENGTHS: dict[str, tuple[float, float]] = {
    "weather": (1.0, 2.0), "relight": (1.0, 2.0), "grade": (1.0, 2.0),
    "blur": (0.5, 1.0), "sharpen": (0.5, 1.0), "restyle": (1.0, 1.0), "recolor": (1.0, 2.0),
}  # fmt: skip
"""Ops that are made with a strength -> the usual one, and the most."""
ADJUST = "adjust"
RECOLOR = "recolor"
_PAINT = frozenset({"colour", "color", "paint", "shade", "recolouring", "recoloring"})
"""Words for what a recolouring made, whatever the colour is."""
_LIGHTNESS = frozenset({"lighter"})
"""Of a paint: another colour, light blue, and no less of it."""
_LESS = frozenset({
    "less", "weaker", "softer", "subtler", "gentler", "lighter", "milder", "reduce", "weaken",
    "soften", "down", "back", "weak", "lessen", "thinner",
})  # fmt: skip
_MORE = frozenset({
    "more", "stronger", "heavier", "thicker", "denser", "increase", "intensify", "strengthen", "up",
    "harder",
})  # fmt: skip
SMALL = frozenset({"bit", "little", "slightly", "touch", "tad", "somewhat"})
LARGE = frozenset({"much", "lot", "far", "way", "considerably"})
_AROUND = frozenset({
    "actually", "a", "please", "pls", "the", "of", "that", "this", "it", "make", "with", "i",
    "want", "would", "like", "but", "just", "is", "was", "some", "there", "should", "be", "so",
    "as", "too", "not", "enough", "let", "us", "have", "can", "you", "could", "now", "effect",
    "tone", "dial", "turn", "even", "strong", "its", "only", "maybe", "still", "hm", "hmm", "ok",
    "no", "isn't", "s",
})  # fmt: skip
"""Words beside those that say how much and of what."""
_BARE = frozenset({"less", "more", "weaker", "stronger", "subtler", "much", "strong"})
"""Of what was done last, where nothing is named."""
FACTORS = {(-1, 0): 0.5, (-1, 1): 0.75, (-1, 2): 0.33, (1, 0): 1.5, (1, 1): 1.25, (1, 2): 2.0}
"""Sign, and how much of it (0 some, 1 a bit, 2 a lot) -> what the strength is multiplied by."""


def more_or_less_again(
    tokens: Sequence[Token], earlier: Sequence[EditPlan], *, adjusted: bool = False
) -> Again | None:
    """The wish to have a step before with another strength; None where the words say another thing.

    Args:
        tokens: of one request.
        earlier: plans in force, oldest first.
        adjusted: light and colour too, where no step is named; a further step could do that, but
            would round twice and tone down one of several.
    """
    words = [token.norm for token in tokens if token.kind == "word"]
    if not words or len(words) != len([t for t in tokens if t.kind != "mark"]):
        return None
    about = [w for w in words if w not in _LESS | _MORE | SMALL | LARGE | _AROUND]
    sign = _sign(words) or _colour_sign(words, about)
    if sign == 0:
        return None
    if not about and not _is_bare(words):
        return None
    about = [plain_colour(word) or word for word in about]
    steps = _candidates(earlier, named=bool(about))
    if adjusted and any(step.op == ADJUST and tinted(step, about) for step in steps[-1:]):
        return Again("", FACTORS[sign, _degree(words)])
    made = [step for step in steps if is_about(step, about)]
    if not made or (made[-1].op == RECOLOR and _LIGHTNESS & set(words)):
        return None
    if about and made[-1].params.get("shift") == "away":
        sign = -sign  # "less red", of what was made less red: more of that
    return Again(" ".join(about), FACTORS[sign, _degree(words)])


def _sign(words: Sequence[str]) -> int:
    """Which way; 0 where neither is said, or both."""
    said = set(words)
    if said & {"much", "strong"} and ("too" in said or ("much" in said and said & SMALL)):
        return -1  # "too strong", "a bit much"
    if "not" in said or "isn't" in said:
        if "enough" in said:
            return 1
        return -1 if said & {"much", "strong"} and said & {"so", "as", "that"} else 0
    less, more = bool(said & _LESS), bool(said & _MORE)
    return 0 if less == more else 1 if more else -1


def _colour_sign(words: Sequence[str], about: Sequence[str]) -> int:
    """Read "too blue" and "bluer", which say with a colour alone which way."""
    if not any(is_tone(word) for word in about) or "not" in words:
        return 0
    if "too" in words:
        return -1
    return 1 if any(word != plain_colour(word) != "" for word in about) else 0


def _degree(words: Sequence[str]) -> int:
    if "too" in words or "not" in words:
        return 0  # "too much" is no great deal less
    return 1 if SMALL & set(words) else 2 if LARGE & set(words) else 0


def _is_bare(words: Sequence[str]) -> bool:
    said = set(words)
    turned = bool({"tone", "dial", "turn"} & said and {"up", "down"} & said)
    return turned or bool(_BARE & said)


def _candidates(earlier: Sequence[EditPlan], *, named: bool) -> list[Step]:
    steps = [step for plan in earlier for step in plan.steps]
    return steps if named else steps[-1:]


def only_by_changing(again: Again, earlier: Sequence[EditPlan]) -> bool:
    """Whether no further step can do it: less rain, or more of a colour that is named.

    "Tone it down", of a colour given last, a further step can do: the thing gets paler.
    """
    made = [s for plan in earlier for s in plan.steps if is_about(s, again.words.split())]
    if made and made[-1].op == RECOLOR:
        return bool(again.words)
    return again.factor < 1


def is_about(step: Step, about: Sequence[str]) -> bool:
    """Whether a step is made with a strength, and is what the words name."""
    if not has_strength(step.op, step.params) or step.executor != "auto":
        return False
    made = {step.op, *(w for v in step.params.values() if isinstance(v, str) for w in v.split())}
    if step.op != RECOLOR:
        return all(any(_same(word, other) for other in made) for word in about)
    made |= _PAINT
    thing = {word for word in step.target.phrase.lower().split() if not plain_colour(word)}
    named = [word for word in about if word not in thing]
    return bool(named or not about) and all(word in made for word in named)


def has_strength(op: str, params: Mapping[str, object]) -> bool:
    """Whether a step of an op is made with a strength; of styles, those drawn in part are."""
    if op == RECOLOR and params.get("flat"):
        return False
    return op in STRENGTHS and (op != "restyle" or drawn_in_part(str(params.get("style", ""))))


def _same(word: str, made: str) -> bool:
    """Rain, rainy, raining; blur, blurring."""
    short, long = sorted((word, made), key=len)
    return long.startswith(short) and len(short) >= 3 and len(long) - len(short) <= 4
