"""What belongs to a letter rather than to a wish: greetings, names spoken to, signatures.

Such words ask for nothing. Each is made polite, as "please" is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from orchestrator.language.units import Unit

_GREETINGS = frozenset({
    "hi", "hello", "hey", "dear", "hi there", "hey there", "hello there", "good morning",
    "good evening", "good afternoon", "greetings", "good day", "yo",
})  # fmt: skip
_CLOSES = frozenset({
    "thanks", "thank you", "thx", "ty", "cheers", "many thanks", "thanks again", "thanks a lot",
    "thanks so much", "thank you so much", "thank you very much", "regards", "best regards",
    "kind regards", "warm regards", "best wishes", "sincerely", "yours sincerely", "best", "love",
    "yours", "xx", "xxx", "xoxo", "x", "warmly", "respectfully", "yours truly", "lots of love",
    "in advance", "all the best", "take care", "hugs", "much love", "thanks in advance",
    "cheers mate",
})  # fmt: skip
_VOCATIVES = frozenset({
    "mom", "mommy", "mum", "mummy", "dad", "daddy", "grandma", "grandpa", "nan", "auntie", "uncle",
    "honey", "sweetie", "darling", "computer", "robot", "team", "all", "everyone", "guys", "man",
    "love", "boss", "chief", "friend", "friends", "babe", "sis", "fam", "editor", "ladies",
    "gentlemen", "colleagues", "sir", "madam", "miss", "teacher", "doctor", "folks", "bot",
})  # fmt: skip
_ASKS = (
    "can you",
    "could you",
    "would you",
    "will you",
    "please",
    "can u",
    "could u",
    "pls",
    "plz",
)
_OPENS = frozenset({",", "\n", "!", "-", "–", "—", "."})
_LONGEST_NAME = 3


def without_letter(units: Sequence[Unit]) -> list[Unit]:
    """The units with those of greetings, vocatives and signatures made polite."""
    found = list(units)
    for i, unit in enumerate(found):
        if unit.has("polite") and i and found[i - 1].norm in _ARTICLES:
            named = {part: value for part, value in unit.senses.items() if part != "polite"}
            found[i] = replace(unit, senses=named)  # "the dude", "the well"
        elif unit.norm in _GREETINGS:
            _made_polite(found, i, _name(found, i + 1, ends=True))
        elif (unit.norm == "actually" and i > 1 and _corrects(found, i)) or (
            unit.norm in ("no", "nah", "nope") and i and _alone(found, i)
        ):
            found[i] = replace(unit, senses={"repair": True})
        elif unit.norm in _PRAISES and i and found[i - 1].kind == "word" and _named(found, i - 1):
            found[i] = replace(unit, senses={"same": True})  # "the sky looks good"
        elif unit.norm in _VOCATIVES and _spoken_to(found, i):
            _made_polite(found, i, i + 1)
    _sign(found)
    return found


_ARTICLES = frozenset({"the", "a", "an"})
_PRAISES = frozenset({"looks good", "looks great"})


def _corrects(units: Sequence[Unit], i: int) -> bool:
    """Read "make him smile, actually make him laugh"."""
    after = units[i + 1] if i + 1 < len(units) else None
    marked = units[i - 1].norm in (",", ".", "-", "–", "—")
    asked = after.verb if after is not None else None
    first = next((u.verb for u in units[:i] if u.verb is not None), None)
    if asked is None or first is None or not marked:
        return False
    return asked.form == "base" and asked.cls == first.cls


def _alone(units: Sequence[Unit], i: int) -> bool:
    """Whether a word stands between marks (", no, …")."""
    after = units[i + 1] if i + 1 < len(units) else None
    return (
        units[i - 1].norm in (",", ".", "-", "–", "—") and after is not None and after.norm == ","
    )


def _named(units: Sequence[Unit], i: int) -> bool:
    """Whether a noun with a "the" before it stands at a place."""
    return any(u.has("det") for u in units[max(0, i - 3) : i]) and not units[i].has(
        "whole", "pronoun", "conjunction"
    )


def _made_polite(units: list[Unit], start: int, end: int) -> None:
    for i in range(start, end):
        if units[i].kind == "word":
            units[i] = replace(units[i], senses={"polite": True})


def _name(units: Sequence[Unit], start: int, *, ends: bool) -> int:
    """Where a name of at most three words ends, or ``start`` where none stands there."""
    at = start
    while at < len(units) and at - start < _LONGEST_NAME and units[at].kind == "word":
        named = units[at].text[:1].isupper() and units[at].verb is None
        if not (named or units[at].norm in _VOCATIVES or units[at].norm in ("and", "the")):
            break
        at += 1
    closed = at >= len(units) or units[at].norm in _OPENS
    return at if closed or not ends else start


def _spoken_to(units: Sequence[Unit], i: int) -> bool:
    """Read "mommy can you", "ok team, please": a name before a request."""
    before = units[i - 1] if i else None
    opens = before is None or before.norm in (".", "!", "?", "\n") or before.has("polite")
    after = next((u for u in units[i + 1 : i + 3] if u.norm != ","), None)
    return opens and after is not None and after.norm.startswith(_ASKS)


def _sign(units: list[Unit]) -> None:
    """Make "…, thanks, Margaret" at the end polite."""
    for i in range(len(units) - 1, max(-1, len(units) - 9), -1):
        closes = units[i].norm in _CLOSES
        dash = units[i].norm in ("-", "–", "—", "\n") and i >= len(units) - 3
        if not closes and not dash:
            continue
        before = units[i - 1] if i else None
        if closes and before is not None and before.kind == "word" and not before.has("polite"):
            continue  # "make it with love"
        at = i + 1
        while at < len(units) and (units[at].kind == "mark" or units[at].norm in _CLOSES):
            at += 1
        end = _name(units, at, ends=False)
        while end < len(units) and (
            units[end].kind in ("mark", "symbol") or units[end].norm in _CLOSES
        ):
            end += 1
        if end == len(units) and (closes or end - at > 0):
            _made_polite(units, i if closes else at, len(units))
        return
