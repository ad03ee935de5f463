"""Words written for another word that is one too: "rite 'Open'", "torn it into a painting".

No spelling is wrong there; what stands around tells. Which words are taken for which, and where, is
in ``data/confusions.yaml``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from orchestrator.language.lexicon import Lexicon
from orchestrator.language.tokens import Token
from orchestrator.language.word_files import word_file


@dataclass(frozen=True)
class Place:
    """Where a word stands for another one.

    Attributes:
        meant: the other word.
        verb: a request must be able to begin there.
        after: words and senses of which the one before must be or have one; none: any.
        before: the same of the next one.
    """

    meant: str
    verb: bool
    after: frozenset[str]
    before: frozenset[str]


def confused(
    lexicon: Lexicon, before: Token | None, word: Token, after: Token | None, *, verb: bool
) -> str:
    """The word that another one stands for where it is, or "".

    Args:
        lexicon: for what the words around mean.
        before: the token before it, corrected.
        word: the token itself.
        after: the token behind it, as written.
        verb: a request may begin here.
    """
    for place in _places().get(word.norm, ()):
        if place.verb and not verb:
            continue
        if _is(lexicon, before, place.after) and _is(lexicon, after, place.before):
            return place.meant
    return ""


def _is(lexicon: Lexicon, token: Token | None, wanted: frozenset[str]) -> bool:
    if not wanted:
        return True
    if token is None or (token.kind == "mark" and "" in wanted):
        return "" in wanted
    if token.kind != "word":
        return token.kind in wanted
    senses = lexicon.senses(token.norm)
    named = lexicon.singular(token.norm) in lexicon.known | lexicon.things
    # "make what lies there red" is no "bloke what lies there".
    noun = "noun" in wanted and named and "verb" not in senses
    return noun or token.norm in wanted or not wanted.isdisjoint(senses)


@cache
def _places() -> Mapping[str, Sequence[Place]]:
    found: dict[str, list[Place]] = {}
    rows: list[dict[str, Any]] = word_file("confusions")["rows"]
    for row in rows:
        verb = row.get("at") == "verb"
        after, before = frozenset(row.get("after", ())), frozenset(row.get("before", ()))
        for word, meant in row["read"].items():
            found.setdefault(word, []).append(Place(meant, verb, after, before))
    return found
