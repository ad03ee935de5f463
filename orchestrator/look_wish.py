"""Whether an instruction as a whole is nothing but the wish for a look of the look-book.

"Forest" and "wedding" are things to a reader of sentences, "wes anderson" and "y2k" are nothing.
Where nothing else is said ("y2k", "make it wes anderson", "give it a forest vibe") the look is
meant. It reads no sentence beyond that and makes no plan.
"""

from __future__ import annotations

import re

from orchestrator.language.lexicon import get_lexicon
from tools.lookbook import LookBook

_IT = r"(?:it|this|that|everything|(?:the|this|my)\s+(?:picture|photo|image|shot|pic))"
_KIND = (
    r"(?:look|style|vibes?|feel|feeling|mood|aesthetics?|atmosphere|treatment|effect|filter|theme)"
)
_MADE = r"(?:film|movie|photo|photograph|picture|scene|shot|advert|set|still|card|post)"
_A = r"(?:(?:an?|the|that|some|my|our)\s+)?"
_LOOK = r"(?P<look>\S.*?)"
_FRAMES = (
    rf"(?:(?:much|more|very|really|super|a bit|a little)\s+)*{_LOOK}",
    rf"(?:make|turn|get)\s+{_IT}\s+(?:look\s+|feel\s+|go\s+|into\s+)?"
    rf"(?:(?:much|more|very|really|super|all|a bit|a little)\s+)*{_LOOK}",
    rf"make\s+{_IT}\s+(?:look|feel)\s+(?:like|straight out of|as if from)\s+"
    rf"(?:it(?:'s| is| was)\s+)?(?:from\s+|in\s+)?{_A}{_LOOK}(?:\s+(?:{_MADE}|{_KIND}))?",
    rf"(?:give|lend)\s+(?:{_IT}|me)\s+{_A}{_LOOK}\s+{_KIND}",
    rf"(?:i'?d?\s+(?:want|like)|add|apply|use|with|in|go for|going for)\s+{_A}{_LOOK}\s+{_KIND}",
    rf"{_A}{_LOOK}\s+{_KIND}",
    rf"{_A}{_KIND}\s+(?:of|like|from)\s+{_A}{_LOOK}",
    rf"(?:like|as)\s+(?:it(?:'s| is)\s+)?(?:from\s+)?{_A}{_LOOK}(?:\s+{_MADE})?",
    rf"(?:make\s+{_IT}\s+)?(?:(?:ready|good|fit)\s+)?for\s+{_A}{_LOOK}"
    rf"(?:\s+(?:{_MADE}|page|site|profile|listing))?",
)
_POLITE = r"(?:(?:please|can you|could you|just|now|ok)\s+)*"
_WISHES = tuple(re.compile(rf"{_POLITE}{frame}(?:,?\s+please)?[.!?]*", re.I) for frame in _FRAMES)
_PARTS = re.compile(r"\s*[,.;:!?]+\s+|\s+(?:but|and|then|with|without|while|keeping)\s+", re.I)
"""What parts the wishes of an instruction."""
LONGEST = 120
"""Characters of an instruction that can be such a wish."""


def looks_meant(instruction: str, book: LookBook) -> tuple[str, ...]:
    """Words of the look-book that a part of an instruction consists of: "old money, but …".

    Of a bare word only the first part is asked, and only where it names nothing one sees: "forest,
    but greener" may be about trees.
    """
    said = " ".join(instruction.split())
    known = {word.casefold() for word, _ in book.words()}
    lexicon = get_lexicon()
    found: list[str] = []
    for place, part in enumerate(_PARTS.split(said)):
        if not 0 < len(part) <= LONGEST:
            continue
        for form, wish in enumerate(_WISHES):
            match = wish.fullmatch(part)
            word = match["look"].casefold() if match else ""
            if word not in known or lexicon.senses(word):
                continue
            if form or (not place and (" " in word or word not in lexicon.known | lexicon.things)):
                found.append(word)
            break
    return tuple(dict.fromkeys(found))


def look_said(instruction: str, book: LookBook) -> str:
    """The word of the look-book that an instruction consists of; "" where it is more, or another.

    Words that the planner knows for anything stay what they are.

    Args:
        instruction: the person's words.
        book: the built-in looks and the user's.
    """
    said = " ".join(instruction.split())
    if len(said) > LONGEST:
        return ""
    known = {word.casefold() for word, _ in book.words()}
    lexicon = get_lexicon()
    for wish in _WISHES:
        found = wish.fullmatch(said)
        word = found["look"].casefold() if found else ""
        if word in known and not lexicon.senses(word):
            return word
    return ""
