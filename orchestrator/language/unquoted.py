"""Writing that nobody put in quotes: "put Happy Birthday Tom at the top" -> one quotation.

Told by capitals and by the words around them; knows no lexicon. Plain lower-case writing ("write
the words see you soon") is left to the turns of phrase, which need no capitals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from orchestrator.language.tokens import Token

_WRITING = frozenset({
    "text", "texts", "words", "word", "caption", "title", "headline", "heading", "subtitle",
    "tagline", "slogan", "quote", "lettering", "message", "phrase", "letters", "hashtag", "label",
    "watermark", "greeting", "inscription", "banner", "writing", "credit", "name", "date", "names",
})  # fmt: skip
_WRITES = frozenset({
    "write", "type", "print", "inscribe", "spell", "caption", "title", "captioned", "entitled",
    "reads", "reading", "says", "saying", "say", "read", "titled", "letter", "spelling", "stating",
})  # fmt: skip
"""Words that writing follows at once."""
_PUTS = frozenset({
    "put", "add", "place", "insert", "stick", "slap", "include", "overlay", "have", "want", "need",
    "show", "pop", "just", "stamp", "splash", "plaster", "stencil", "emblazon",
})  # fmt: skip
"""Words that writing or a thing may follow."""
_BETWEEN = frozenset(
    {"the", "a", "an", "with", "that", "which", "of", ":", "my", "our", "some", "it"}
)
_JOINS = frozenset({
    "of", "the", "and", "&", "to", "in", "on", "at", "for", "a", "'s", "'", "!", "?", "with", "is",
    "are", "you", "we", "i", "by", "from", "or", "not", "be", "+", "-", "off", "%", "us", "my", "n",
    "our", "your", ",", "no", "all", "one", "day", "years", "#", "@", "since", "est", ".",
})  # fmt: skip
"""What may stand between two capitals of one piece of writing."""
_GREETS = frozenset({
    "happy", "merry", "welcome", "congratulations", "congrats", "thank", "thanks", "love", "best",
    "sale", "sold", "open", "closed", "free", "new", "coming", "grand", "save", "just", "good",
    "hello", "goodbye", "dear", "get", "i", "we", "you", "est", "since", "summer", "winter", "the",
    "for", "beware", "keep", "no", "wet", "out", "under", "mind", "wanted", "lost", "danger",
    "private",
})  # fmt: skip
"""Words that writing often opens with."""
_AFTER = frozenset({"at", "in", "on", "across", "along", "over", "above", "below", "under", "top",
                    "bottom", "somewhere", "underneath"})  # fmt: skip
_DATED = frozenset({"date", "year", "stamp"})
LONGEST = 14


def with_quotations(tokens: Sequence[Token], text: str) -> list[Token]:
    """The tokens, each piece of unquoted writing made a quote token.

    Args:
        tokens: of the instruction.
        text: the instruction, for the words as they were written.
    """
    tokens = _without_colons(tokens)
    letters = [c for c in text if c.isalpha()]
    if sum(c.isupper() for c in letters) > 0.5 * max(1, len(letters)):
        return list(tokens)  # who shouts tells nothing by capitals
    found: list[Token] = []
    i = 0
    while i < len(tokens):
        dictated = _dictated(tokens, i)
        end = max(_ends(tokens, i), dictated)
        if dictated > i and found[-1].norm == ":":
            found.pop()  # "add text 'remove the dog'"
        if end > i:
            first, last = tokens[i], tokens[end - 1]
            words = text[first.start : last.end].strip(" ,.")
            found.append(replace(first, text=words, norm=words, end=last.end, kind="quote"))
            i = end
            continue
        found.append(tokens[i])
        i += 1
    return found


def _without_colons(tokens: Sequence[Token]) -> list[Token]:
    """Read 'caption: "Day one"' as 'caption "Day one"': what is quoted is no list of wishes."""
    last = len(tokens) - 1
    return [
        token
        for i, token in enumerate(tokens)
        if not (
            token.norm in (":", "=", "->")
            and 0 < i < last
            and tokens[i + 1].kind == "quote"
            and tokens[i - 1].norm in _WRITING | _WRITES
        )
    ]


def _ends(tokens: Sequence[Token], i: int) -> int:
    """Where the writing that begins at a place ends; the place itself where none does."""
    dated = tokens[i].kind == "word" and tokens[i].text[:1].isdigit()
    if not i or not (_capital(tokens[i]) or (dated and tokens[i - 1].norm in _DATED)):
        return i
    led = i - 1
    while led > 0 and tokens[led].norm in _BETWEEN:
        led -= 1
    end = _run(tokens, i)
    if any(t.kind == "quote" for t in tokens[i : end + 1]):
        return i
    before = tokens[led].norm
    if before in _WRITES or (before in _WRITING and tokens[i - 1].norm not in ("of", "the", "a")):
        return end
    if tokens[i - 1].norm == ":" and _written_topic(tokens, i - 1):
        return next((k for k in range(i, len(tokens)) if tokens[k].norm in "\n;"), len(tokens))
    words = [t for t in tokens[i:end] if t.kind in ("word", "number")]
    after = tokens[end].norm if end < len(tokens) else ""
    told = words[0].norm in _GREETS or any(t.kind == "number" for t in words) or _shouted(words)
    if before in _PUTS and led == i - 1 and told and (len(words) > 1 or _shouted(words)):
        return end if after in _AFTER or not after or after in ".!;\n" else i
    return i


_SETS_DOWN = _PUTS | _WRITES | frozenset({"with", "use", "make", "give", "overlay", "draw"})
"""Words that may lead to "text:" where it is to be written."""
_GOES_ON = frozenset({"then", "and", "also", "plus", "finally"})
"""Words behind a comma with which the next wish begins."""


def _dictated(tokens: Sequence[Token], i: int) -> int:
    """Where what stands behind "add text:" ends, in capitals or not; ``i`` where none begins.

    Whatever it says is written and never done ("add text: remove the dog").
    """
    if i < 2 or tokens[i - 1].norm != ":" or tokens[i].kind not in ("word", "number"):
        return i
    start = next((k + 1 for k in range(i - 2, -1, -1) if tokens[k].norm in _SENTENCE), 0)
    led = [t.norm for t in tokens[start : i - 1]]
    comma = max((k for k, norm in enumerate(led) if norm == ","), default=-1)
    led = led[comma + 1 :]
    while led and led[0] in ("please", "and", "then", "also", "finally"):
        led = led[1:]
    verb = bool(led) and led[0] in _WRITES - {"reading", "says", "reads"}
    noun = bool(led) and led[-1] in _WRITING
    bare = noun and len(led) == 1 and led[0] not in ("name", "date", "names", "watermark")
    if not led or not ((verb and len(led) < 4) or bare or (noun and led[0] in _SETS_DOWN)):
        return i
    end = next((k for k in range(i, len(tokens)) if tokens[k].norm in _SENTENCE), len(tokens))
    for k in range(i, end - 1):
        if tokens[k].norm == "," and tokens[k + 1].norm in _GOES_ON:
            end = k
            break
    return i if any(t.kind == "quote" for t in tokens[i:end]) else end


_SENTENCE = frozenset({".", "!", "?", ";", "\n"})
"""Marks that end a sentence."""


def _written_topic(tokens: Sequence[Token], colon: int) -> bool:
    """Read "Caption at bottom: …": a topic that is writing."""
    start = max(0, colon - 6)
    topic = tokens[start:colon]
    cut = next((k for k in range(len(topic) - 1, -1, -1) if topic[k].kind == "mark"), -1)
    return any(t.norm in _WRITING for t in topic[cut + 1 :])


def _capital(token: Token) -> bool:
    first = token.text[:1]
    return token.kind == "word" and (first.isupper() or first in "#@") and token.text != "I"


def _shouted(words: Sequence[Token]) -> bool:
    return all(t.text.isupper() and len(t.text) > 2 for t in words if t.kind == "word")


def _run(tokens: Sequence[Token], i: int) -> int:
    """Where a run of capitals, numbers and the small words between them ends."""
    end = i + 1
    at = end
    while at < len(tokens) and at - i < LONGEST:
        token = tokens[at]
        number = token.kind == "number" or token.text[:1].isdigit()
        if (
            _capital(token)
            or token.text == "I"
            or (number and at == end)
            or (token.norm in ("!", "?") and at == end and token.start == tokens[at - 1].end)
        ):
            end = at + 1
        elif (
            token.norm not in _JOINS
            or token.norm == "\n"
            or (
                token.norm == "."
                and not (at + 1 < len(tokens) and tokens[at + 1].start == token.end)
            )
        ):
            break
        at += 1
    return end
