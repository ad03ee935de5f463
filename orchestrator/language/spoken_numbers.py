"""Numbers in words that are the level of a tone: "saturation minus thirty", "contrast up ten".

Only behind a tone or a sign; "plus two cats" and "add a plus one" are left as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from orchestrator.language.lexicon import get_lexicon
from orchestrator.language.units import Unit

_SIGNS = {"minus": -1.0, "plus": 1.0}
_LEADS = frozenset({"by", "to", "at", "up", "down"})
"""What may stand between a tone and its level."""
_HUNDRED = 100


def with_spoken_levels(units: Sequence[Unit]) -> list[Unit]:
    """The units, a number that is said in words as the level of a tone being one."""
    found: list[Unit] = []
    at = 0
    while at < len(units):
        value, end = _spoken(units, at)
        sign = found[-1] if found and found[-1].norm in _SIGNS else None
        if sign is not None and units[at].kind == "number":
            value, end = units[at].value, at + 1  # "plus one stop"
        if end > at and _ends(units, end) and _is_level(found, sign is not None):
            if sign is not None:
                found.pop()
            found.append(_number(units[at:end], sign, value))
            at = end
            continue
        found.append(units[at])
        at += 1
    return [replace(unit, index=i) for i, unit in enumerate(found)]


def _is_level(before: Sequence[Unit], signed: bool) -> bool:
    """Whether a number after these words is the level of a tone, or stands alone with its sign."""
    words = list(before[:-1] if signed else before)
    if signed and (not words or words[-1].kind == "mark"):
        return True
    while words and words[-1].norm in _LEADS:
        words.pop()
    return bool(words) and words[-1].has("property")


def _spoken(units: Sequence[Unit], at: int) -> tuple[float, int]:
    """The number that begins at a unit ("twenty five", "twenty-five"), and where it ends."""
    value, end = _words(units[at].norm.replace("-", " ").split())
    if not end:
        return 0.0, at
    more = units[at + 1].get("number_word") if at + 1 < len(units) else None
    if value >= 20 and value % 10 == 0 and more is not None and more < 10:
        return value + more, at + 2
    return value, at + 1


def _words(words: Sequence[str]) -> tuple[float, bool]:
    """The number that one word or two say, and whether they say one."""
    said = [float(get_lexicon().senses(word).get("number_word") or 0) for word in words]
    if not 0 < len(said) <= 2 or 0 in said:
        return 0.0, False
    first, last = said[0], said[-1]
    if len(said) == 1:
        return first, True
    if last == _HUNDRED:
        return first * last, True
    return first + last, first >= 20 and last < 10


def _ends(units: Sequence[Unit], end: int) -> bool:
    """Whether nothing that is counted follows ("plus two cats")."""
    after = units[end] if end < len(units) else None
    return (
        after is None
        or after.kind == "mark"
        or after.has("conjunction", "property", "polite", "connector", "contrast")
    )


def _number(units: Sequence[Unit], sign: Unit | None, value: float) -> Unit:
    first = units[0]
    if sign is not None:
        value *= _SIGNS[sign.norm]
    text = f"{value:+g}" if sign is not None else f"{value:g}"
    start = sign.start if sign is not None else first.start
    return replace(
        first, text=text, norm=text, start=start, end=units[-1].end, kind="number", senses={},
        value=value,
    )  # fmt: skip
