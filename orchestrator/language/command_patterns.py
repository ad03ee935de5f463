"""Fitting a request to the patterns of ``data/commands.yaml``.

A pattern has a handful of elements, so a fit takes constant time a pattern. Knows no command's
meaning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from orchestrator.language.tokens import Token
from orchestrator.language.word_files import word_file

NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "couple": 2,
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "few": 3, "twice": 2, "once": 1,
    "both": 2,
}  # fmt: skip

BEFORE = frozenset({
    "please", "pls", "plz", "could", "can", "would", "will", "you", "no", "nope", "wait", "oops",
    "actually", "hmm", "ok", "okay", "well", "so",
    "oh", "sorry", "just", "hey", "now", "whoops", "ugh", "kindly", "i", "like", "want", "to",
    "let", "us", "and", "then", "nah", "instead", "maybe", "perhaps", "go", "ahead", "yes",
    "yeah", "alright", "also", "think", "should", "we", "quickly", "smartedit", "lets",
})  # fmt: skip
"""Words a request may begin with that say nothing."""
AFTER = frozenset(
    {
        "please",
        "pls",
        "plz",
        "thanks",
        "thank",
        "you",
        "now",
        "then",
        "again",
        "for",
        "me",
        "instead",
        "sorry",
        "ok",
        "okay",
        "actually",
        "first",
        "thx",
        "!",
        "?",
        ".",
    }
)
"""Words it may end with."""

MAX_WORD = 4
"""Tokens of a word that is taught."""


@dataclass(frozen=True)
class Match:
    """A fit.

    Attributes:
        name: of the command.
        words: the request without politeness.
        number: a number in it, or 0.
        rest: the words of its last slot, verbatim.
        word: the word slot, verbatim.
        plain: the request had no words around the pattern.
        takes_rest: it has a slot for the rest.
    """

    name: str
    words: tuple[str, ...]
    number: int = 0
    rest: str = ""
    word: str = ""
    plain: bool = True
    takes_rest: bool = False


Element = tuple[frozenset[str], bool]
"""Words that fit, and whether it may be missing. Slots are {"<n>"} and so on."""


@cache
def patterns() -> tuple[tuple[str, tuple[Element, ...]], ...]:
    """All patterns, in the order of the file."""
    rows: dict[str, list[str]] = word_file("commands")
    return tuple((name, _elements(row)) for name, listed in rows.items() for row in listed)


def _elements(pattern: str) -> tuple[Element, ...]:
    found: list[Element] = []
    for part in pattern.split():
        optional = part.startswith("[")
        found.append((frozenset(part.strip("[]").split("|")), optional))
    return tuple(found)


def match_command(tokens: Sequence[Token], text: str) -> Match | None:
    """The command that a whole request is, or None.

    Args:
        tokens: of the request; marks inside it stand for nothing.
        text: the message, from which slots are cut verbatim.
    """
    plain = [token for token in tokens if token.kind != "mark" or token.norm == "?"]
    return _anchored(plain, text, tokens) or _undone_thing(plain, text)


def _undone_thing(tokens: Sequence[Token], text: str) -> Match | None:
    """Read "undo the blur": whether that was ever done is for the caller to know."""
    start = next((i for i, token in enumerate(tokens) if token.norm not in BEFORE), len(tokens))
    words = tokens[start:]
    while words and words[-1].norm in AFTER:
        words = words[:-1]
    if len(words) < 2 or words[0].norm not in ("undo", "revert"):
        return None
    return Match(
        "undo_thing",
        tuple(t.norm for t in words),
        0,
        _verbatim(words[1:], text),
        "",
        start == 0,
        True,
    )


def _anchored(plain: Sequence[Token], text: str, tokens: Sequence[Token]) -> Match | None:
    for start in range(len(plain) + 1):
        for end in _ends(plain, start):
            found = _match(plain[start:end], text, tokens)
            if found is not None:
                whole = start == 0 and end == len(plain)
                return Match(
                    found.name,
                    found.words,
                    found.number,
                    found.rest,
                    found.word,
                    whole,
                    found.takes_rest,
                )
        if start < len(plain) and plain[start].norm not in BEFORE:
            break
    return None


def _ends(tokens: Sequence[Token], start: int) -> list[int]:
    """Where a request may end: all of it first, then without politeness."""
    ends = [len(tokens)]
    while ends[-1] - 1 > start and tokens[ends[-1] - 1].norm in AFTER and len(ends) < 4:
        ends.append(ends[-1] - 1)
    return ends


def _match(tokens: Sequence[Token], text: str, around: Sequence[Token]) -> Match | None:
    if not tokens:
        return None
    for name, elements in patterns():
        slots = _fit(elements, tokens, 0, 0, {})
        if slots is None:
            continue
        rest, word = "", ""
        if "<rest>" in slots:
            low = slots["<rest>"][0]
            rest = _raw(tokens, low, text, around)
        if "<id>" in slots:
            low = slots["<id>"][0]
            rest = tokens[low].text
        if "<word>" in slots:
            low, high = slots["<word>"]
            word = _verbatim(tokens[low:high], text)
        number = _number(tokens[slots["<n>"][0]]) if "<n>" in slots else 0
        if "<rest>" in slots and not rest:
            continue
        return Match(
            name, tuple(t.norm for t in tokens), number, rest, word, True, "<rest>" in slots
        )
    return None


def _raw(tokens: Sequence[Token], low: int, text: str, around: Sequence[Token]) -> str:
    """The last slot with the marks around it ("/tmp/x.png", "~/a b.png")."""
    words = tokens[low:]
    if len(words) == 1 and words[0].kind == "quote":
        return words[0].text
    start = tokens[low - 1].end if low else words[0].start
    return text[start : words[-1].end].strip().strip("\"'“”‘’").lstrip(":=").strip()


def _verbatim(tokens: Sequence[Token], text: str) -> str:
    if len(tokens) == 1 and tokens[0].kind == "quote":
        return tokens[0].text
    return text[tokens[0].start : tokens[-1].end].strip().strip("\"'“”‘’") if tokens else ""


def _number(token: Token) -> int:
    return int(token.value) if token.kind == "number" else NUMBERS.get(token.norm, 0)


Slots = dict[str, tuple[int, int]]


def _fit(
    elements: Sequence[Element], tokens: Sequence[Token], e: int, t: int, slots: Slots
) -> Slots | None:
    """Where the slots are if the elements from ``e`` fit the tokens from ``t``, else None."""
    if e == len(elements):
        return slots if t == len(tokens) else None
    words, optional = elements[e]
    if "<rest>" in words:
        return {**slots, "<rest>": (t, len(tokens))} if t < len(tokens) else None
    if "<word>" in words:
        for high in range(t + 1, min(len(tokens), t + MAX_WORD) + 1):
            found = _fit(elements, tokens, e + 1, high, {**slots, "<word>": (t, high)})
            if found is not None:
                return found
        return None
    if t < len(tokens):
        slot = _slot(words, tokens[t])
        if slot is not None:
            found = _fit(
                elements, tokens, e + 1, t + 1, {**slots, slot: (t, t + 1)} if slot else slots
            )
            if found is not None:
                return found
    return _fit(elements, tokens, e + 1, t, slots) if optional else None


def _slot(words: frozenset[str], token: Token) -> str | None:
    """Read "" where a word fits, the slot's name where a slot does, None where nothing does."""
    if token.norm in words and token.kind != "quote":
        return ""
    if "<n>" in words and (
        (token.kind == "number" and token.value >= 0 and not token.unit) or token.norm in NUMBERS
    ):
        return "<n>"
    if (
        "<id>" in words
        and token.kind in ("word", "quote", "number")
        and any(c.isdigit() for c in token.norm)
    ):
        return "<id>"
    return None
