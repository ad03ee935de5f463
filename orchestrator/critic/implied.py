"""What goes without saying: words that a plan may use because others were said.

Stars are in the sky, a groom has a hand, a typo is in a text: a plan that says so names nothing
that nobody spoke of. Which they are stands in ``language/data/implied.yaml``.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from functools import cache

from orchestrator.language.lexicon import get_lexicon
from orchestrator.language.word_files import word_file


def implied(said: AbstractSet[str], *, quoted: bool) -> set[str]:
    """The words that go without saying where these were said.

    Args:
        said: single words, as written and as corrected, pronouns too.
        quoted: whether something stood in quotation marks.
    """
    singular = get_lexicon().singular
    bare = said | {singular(word) for word in said}
    found: set[str] = set()
    if bare & (_words("pronouns") | _words("persons") | _words("people") | _relatives()):
        found |= _words("people") | _words("of_people")
    found |= {word for word, by in _table().items() if bare & by}
    return found | _words("quoted") if quoted else found


@cache
def _words(key: str) -> frozenset[str]:
    return frozenset(map(str, word_file("implied")[key]))


@cache
def _relatives() -> frozenset[str]:
    return frozenset(map(str, word_file("kinds")["relative"]))


@cache
def _table() -> dict[str, frozenset[str]]:
    rows = word_file("implied")["implied"]
    return {str(word): frozenset(map(str, by)) for word, by in rows.items()}
