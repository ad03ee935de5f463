"""How much of what was just asked: "(make it bigger,) but only slightly", "…, just a touch".

A clause that holds nothing but a degree, or how hard it rains ("make it rain, harder"); it changes
the drafts before it and makes none.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from orchestrator.language.amounts import FACTORS, LARGE, SMALL, STRENGTHS, has_strength
from orchestrator.language.articles import with_a
from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.drafts import Draft
from orchestrator.language.strength import HOW_MUCH, Strength
from orchestrator.language.units import Unit, join
from orchestrator.language.word_kinds import is_of


def weighed_afterwards(reader: ClauseReader) -> bool:
    """Give the drafts of the clause before the amount that this clause alone consists of."""
    amount, reading = reader.amount, reader.reading
    latest = [draft for draft in reading.latest if draft in reading.drafts]
    if not latest or not (amount.level in HOW_MUCH or amount.percent is not None):
        return False
    weighed = [draft for draft in latest if _weigh(draft, amount)]
    reader.made.extend(weighed)
    return bool(weighed)


def looking(reader: ClauseReader) -> bool:
    """Read "(add a rainbow,) very faint": how what was just added looks."""
    latest = _latest(reader)
    words = [u for u in reader.left if u.kind != "mark" and not u.has("polite", "filler")]
    words = [u for u in words if not u.has("conjunction")]
    if len(latest) != 1 or latest[0].op != "add" or latest[0].fixed or not words:
        return False
    told = [u for u in words if not u.has("degree") and u.norm not in ("away", "off")]
    if reader.clause.link not in ("and", "but") or not all(map(_says_looks, told)):
        return False
    if not told and not any(u.norm == "far" for u in words):
        return False
    said = join([u for u in reader.clause.units if not u.has("polite")]).strip(" ,")
    _look(latest[0], said)
    reader.made.append(latest[0])
    reader.take(len(reader.left))
    return True


def _says_looks(unit: Unit) -> bool:
    """Whether a word says how a new thing looks ("tall", "black"), and nothing of the picture."""
    return is_of("appearing", [unit]) or (unit.has("colour", "size") and not unit.has("look"))


def _look(draft: Draft, said: str) -> None:
    """Make what a draft adds look as it is said."""
    first, _, rest = str(draft.params["what"]).partition(" ")
    if first.lower() in ("a", "an"):
        what = with_a(f"{said} {rest}")
    elif first.lower() in ("some", "the", "two", "three"):
        what = f"{first.lower()} {said} {rest}"
    else:
        what = f"{said} {first} {rest}".strip()
    draft.params["what"] = what[:500]


_HARDER = {
    "stronger": 1, "harder": 1, "heavier": 1, "thicker": 1, "denser": 1, "more intense": 1,
    "more intensely": 1, "hard": 1, "more heavily": 1, "heavily": 1, "more strongly": 1, "more": 1,
    "weaker": -1, "milder": -1, "gentler": -1, "subtler": -1, "thinner": -1, "less intense": -1,
    "fainter": -1, "more subtle": -1, "less strong": -1, "more gently": -1,
}  # fmt: skip
_OF_WEATHER = {"lighter": -1, "softer": -1, "finer": -1, "less heavy": -1, "less": -1}
"""What makes weather weaker and says another thing of light and looks."""


_THAN = frozenset({"that", "this", "now", "before", "it", "is", "was", "then", "last", "time"})
"""Words for what there was before."""


def harder(reader: ClauseReader) -> bool:
    """Read "(make it rain) harder", "(add fog,) a bit thicker" of what was just asked for."""
    drafts = _with_strength(reader.made or _latest(reader))
    words = [u.norm for u in reader.left if u.kind != "mark" and not u.has("polite")]
    if "than" in words:
        at = words.index("than")
        if not set(words[at + 1 :]) <= _THAN:
            return False
        words = words[:at]
    told, level = _how_much(words, reader.amount)
    said = " ".join(told).removesuffix(" of it")
    weather = bool(drafts) and all(draft.op == "weather" for draft in drafts)
    sign = _HARDER.get(said) or (_OF_WEATHER.get(said, 0) if weather else 0)
    if not sign or not drafts:
        return False
    for draft in drafts:
        heard = bool(level) and draft in reader.made  # "much" was heard already
        _strengthen(reader, draft, FACTORS[sign, level], anew=heard)
    reader.reading.spoken |= {unit.index for unit in reader.left}
    reader.take(len(reader.left))
    return True


_TOO = frozenset({"too", "so", "that", "as", "overly", "very", "not so", "not as"})
_HARD = frozenset({
    "hard", "heavy", "thick", "strong", "dense", "intense", "harsh", "heavily", "strongly",
})  # fmt: skip


def softened(reader: ClauseReader) -> bool:
    """Read "(make it rain,) not too hard", "(add fog,) not so thick": half as strong."""
    units = [u for u in reader.clause.units if u.kind != "mark" and not u.has("polite")]
    drafts = _with_strength(_latest(reader))
    norms = [u.norm for u in units]
    denied = bool(units) and (units[0].has("negation", "less") or norms[0].startswith("not"))
    denied = denied or any(u.norm == "but not" for u in reader.clause.linking)
    told = len(norms) > 1 and norms[-1] in _HARD and set(norms[:-1]) <= _TOO | {"not", "but"}
    if not (drafts and denied and told):
        return False
    for draft in drafts:
        _strengthen(reader, draft, FACTORS[-1, 0])
    reader.reading.spoken |= {unit.index for unit in units}
    reader.taken |= {unit.index for unit in units}
    reader.take(len(reader.left))
    return True


def as_strong(reader: ClauseReader) -> bool:
    """Read "(add rain, but) half as strong", "twice as much": a share of what is usual."""
    units = [u for u in reader.left if u.kind != "mark" and not u.has("polite", "only", "filler")]
    units = [u for u in units if not u.has("contrast")]
    told = len(units) == 2 and units[0].has("factor") and units[0].norm.endswith(" as")
    if not told or units[1].norm not in _HARD | {"much"}:
        return False
    factor = float(units[0].get("factor"))
    drafts = [d for d in reader.made or _latest(reader) if has_strength(d.op, d.params)]
    for draft in drafts:
        _strengthen(reader, draft, factor)
    if not drafts:
        return False
    reader.reading.spoken |= {unit.index for unit in reader.left}
    reader.take(len(reader.left))
    return True


def _latest(reader: ClauseReader) -> list[Draft]:
    """What the clause before asked for, as far as it is still asked for."""
    return [d for d in reader.reading.latest if d in reader.reading.drafts]


def _with_strength(drafts: Sequence[Draft]) -> list[Draft]:
    return [d for d in drafts if has_strength(d.op, d.params) and d.executor == "auto"]


def _strengthen(reader: ClauseReader, draft: Draft, factor: float, *, anew: bool = False) -> None:
    """Make a draft so many times as strong as it is, or as is usual (``anew``)."""
    usual, top = STRENGTHS[draft.op]
    now = usual if anew else float(draft.params.get("strength", usual))
    draft.params["strength"] = round(min(top, now * factor), 3)
    if draft not in reader.made:
        reader.made.append(draft)


def _how_much(words: Sequence[str], amount: Strength) -> tuple[list[str], int]:
    """The words without those that say how much harder, and that: 0 some, 1 a bit, 2 a lot."""
    level = {"slight": 1, "strong": 2, "extreme": 2}.get(amount.level, 0)
    told: list[str] = []
    for word in words:
        parts = set(word.split())
        if parts & SMALL:
            level = 1
        elif parts & LARGE:
            level = 2
        elif word not in ("a", "but", "even", "and", "just", "really", "it", "is", "only"):
            told.append(word)
    return told, level


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
