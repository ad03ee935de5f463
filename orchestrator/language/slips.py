"""Slips of the pen: misspelt words, and short words that stand for another ("way to dark").

Corrects tokens before they are joined into units. How a word is spelt is ``spelling``'s; which
words are taken for which is ``confusions``'s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from orchestrator.language.confusions import confused
from orchestrator.language.joins import expects_verb
from orchestrator.language.lexicon import Lexicon, Senses
from orchestrator.language.spelling import correct
from orchestrator.language.tokens import Token

_PARTS = frozenset({
    "face", "eyes", "hair", "dress", "shirt", "hand", "hands", "head", "nose", "skin", "smile",
    "arm",
    "arms", "leg", "legs", "teeth", "hat", "jacket", "tail", "ear", "ears", "collar", "shoes",
    "mouth",
    "beard", "lips", "neck", "shoulder", "veil", "tie", "coat", "eye", "fur", "paws", "cheeks",
})  # fmt: skip
"""What somebody has; a plural before them lacks its apostrophe ("my sisters face")."""
_THE = frozenset({"the", "teh", "my", "his", "her", "its", "our", "their", "your"})
_ALL_OF_IT = frozenset({"thing", "picture", "photo", "image", "pic", "scene", "lot", "shot"})


def spelt_right(
    tokens: Sequence[Token], lexicon: Lexicon, extra: Mapping[str, Senses]
) -> tuple[list[Token], set[int]]:
    """The tokens with misspelt words corrected, and the places of those that were.

    Before words are joined, so that "traffc light" is one thing as "traffic light" is.
    """
    taught = {word for key in extra for word in key.split()}
    found: list[Token] = []
    slips: set[int] = set()
    for i, token in enumerate(tokens):
        fixed = ""
        if token.kind == "number" and _says_to(tokens, i):
            token = replace(token, kind="word", text="to", norm="to", value=0.0)
        if i and _lacks_apostrophe(tokens, i, lexicon):
            cut = token.end - 1
            found.append(replace(token, text=token.text[:-1], norm=token.norm[:-1], end=cut))
            found.append(replace(token, text="'s", norm="'s", start=cut))
            continue
        if token.norm == "to" and _says_too(tokens, i, lexicon):
            token = replace(token, text="too", norm="too")
        if token.norm == "too" and _leads(tokens, i, _THE):
            token = replace(token, text="to", norm="to")  # "add snow too the roof"
        if token.norm == "hole" and _leads(tokens, i, _ALL_OF_IT):
            token = replace(token, text="whole", norm="whole")
        if token.norm in ("an", "en") and _says_and(tokens, i, lexicon):
            token = replace(token, text="and", norm="and")
        if token.kind == "word" and token.norm not in taught:
            verb, last = expects_verb(found, lexicon), found[-1] if found else None
            ahead = tokens[i + 1] if i + 1 < len(tokens) else None
            fixed = confused(lexicon, last, token, ahead, verb=verb) or correct(
                lexicon, token.norm, verb_position=verb, name=_names(tokens, i)
            )
        for word in fixed.split() or [""]:
            if word:
                slips.add(len(found))
            found.append(replace(token, text=word, norm=word) if word else token)
    return found, slips


def _lacks_apostrophe(tokens: Sequence[Token], i: int, lexicon: Lexicon) -> bool:
    token, after = tokens[i], tokens[i + 1].norm if i + 1 < len(tokens) else ""
    if after not in _PARTS or not token.norm.endswith("s") or len(token.norm) < 4:
        return False
    owned = lexicon.senses(tokens[i - 1].norm).get("det") == "definite"
    singular = lexicon.singular(token.norm)
    someone = singular == token.norm[:-1] and singular in lexicon.known | lexicon.things
    return owned and someone and not lexicon.senses(token.norm)


def _names(tokens: Sequence[Token], i: int) -> bool:
    """Whether a word is written as a name: a capital within a sentence."""
    begins = not i or (tokens[i - 1].kind == "mark" and tokens[i - 1].norm != ",")
    return tokens[i].text.istitle() and not begins


def _says_too(tokens: Sequence[Token], i: int, lexicon: Lexicon) -> bool:
    """Whether a "to" is a "too" ("its way to dark")."""
    before = tokens[i - 1].norm if i else ""
    after = lexicon.senses(tokens[i + 1].norm) if i + 1 < len(tokens) else {}
    ends = (
        i + 2 >= len(tokens) or tokens[i + 2].kind == "mark" or tokens[i + 2].norm in ("and", "for")
    )
    led = before in (
        "way",
        "is",
        "are",
        "bit",
        "little",
        "looks",
        "look",
        "far",
        "its",
        "much",
        "just",
    )
    return led and ends and bool(after.keys() & {"scale", "size", "colour", "focus_adjective"})


def _leads(tokens: Sequence[Token], i: int, words: frozenset[str]) -> bool:
    """Whether one of some words follows at once, and a word stands before."""
    after = tokens[i + 1].norm if i + 1 < len(tokens) else ""
    return i > 0 and tokens[i - 1].kind == "word" and after in words


def _says_and(tokens: Sequence[Token], i: int, lexicon: Lexicon) -> bool:
    """Whether an "an" is an "and" ("sharpen the eyes an smooth the skin")."""
    if not 0 < i < len(tokens) - 2:
        return False
    word = tokens[i + 1].norm
    verb = lexicon.senses(word).get("verb") or lexicon.senses(
        correct(lexicon, word, verb_position=True)
    ).get("verb")
    sounded = word[:1] not in "aeiouh"
    after = lexicon.senses(tokens[i + 2].norm)
    return sounded and verb is not None and verb.form == "base" and "det" in after


def _says_to(tokens: Sequence[Token], i: int) -> bool:
    """Whether a "2" stands for "to" ("i want it 2 b white")."""
    after = tokens[i + 1] if i + 1 < len(tokens) else None
    return (
        tokens[i].text == "2"
        and after is not None
        and after.norm in ("b", "be", "the", "a", "make", "look")
    )
