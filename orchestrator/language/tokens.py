"""Text to tokens with their places: words, numbers with units, quoted strings and marks.

Knows nothing of what words mean. One pass, linear in the length of the text.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Literal

from orchestrator.language.unclosed import unclosed_end

Kind = Literal["word", "number", "quote", "mark", "symbol"]

QUOTES = {
    '"': '"\u201d\u201c',
    "\u201c": '\u201d"\u201c',
    "\u201d": '\u201d"',
    "\u201e": '\u201c\u201d"',
    "'": "'\u2019",
    "\u2018": "\u2019'",
    "\u201a": "\u2018\u2019'",
    "\u00ab": "\u00bb",
    "\u00bb": "\u00ab\u00bb",
    "\u2039": "\u203a",
    "\u203a": "\u2039\u203a",
    "\u300c": "\u300d",
    "`": "`",
}
"""Opening quote -> characters that close it."""

APOSTROPHES = "'\u2019\u02bc"

CONTRACTIONS = {
    "don't": ("do", "not"), "dont": ("do", "not"), "doesn't": ("does", "not"), "doesnt": ("does",
    "not"),
    "didn't": ("did", "not"), "can't": ("can", "not"), "cant": ("can", "not"), "won't": ("will",
    "not"),
    "isn't": ("is", "not"), "isnt": ("is", "not"), "aren't": ("are", "not"), "wasn't": ("was",
    "not"),
    "shouldn't": ("should", "not"), "mustn't": ("must", "not"), "couldn't": ("could", "not"),
    "wouldn't": ("would", "not"), "haven't": ("have", "not"), "hasn't": ("has", "not"),
    "it's": ("it", "is"), "that's": ("that", "is"), "there's": ("there", "is"), "he's": ("he",
    "is"),
    "she's": ("she", "is"), "what's": ("what", "is"), "who's": ("who", "is"), "let's": ("let",
    "us"),
    "i'd": ("i", "would"), "i'm": ("i", "am"), "i'll": ("i", "will"), "i've": ("i", "have"),
    "why's": ("why", "is"), "here's": ("here", "is"), "how's": ("how", "is"),
    "where's": ("where", "is"), "everything's": ("everything", "is"), "one's": ("one", "is"),
    "ain't": ("is", "not"), "aint": ("is", "not"), "im": ("i", "am"),
    "shouldnt": ("should", "not"), "wouldnt": ("would", "not"), "couldnt": ("could", "not"),
    "didnt": ("did", "not"), "havent": ("have", "not"), "hasnt": ("has", "not"),
    "arent": ("are", "not"), "wasnt": ("was", "not"), "mustnt": ("must", "not"),
    "wont": ("will", "not"), "neednt": ("need", "not"), "thats": ("that", "is"),
    "theres": ("there", "is"), "youre": ("you", "are"), "theyre": ("they", "are"),
    "ive": ("i", "have"), "shes": ("she", "is"), "hes": ("he", "is"), "itll": ("it", "will"),
    "itd": ("it", "would"), "gotta": ("got", "to"), "lemme": ("let", "me"),
    "tryna": ("trying", "to"), "y'all": ("you",), "yall": ("you",), "'em": ("them",),
    "em": ("them",),
    "gonna": ("going", "to"), "wanna": ("want", "to"), "cannot": ("can", "not"), "id": ("i",
    "would"),
}  # fmt: skip
"""Short forms -> their words. Missing apostrophes are common in typed wishes."""

_SHORT_ENDS = {"n't": "not", "'ll": "will", "'ve": "have", "'re": "are", "'d": "would"}
"""Endings of short forms that are not listed -> their word ("the sky'll", "mum'd")."""
_SHORT_D = frozenset({"i", "you", "he", "she", "it", "we", "they", "that", "this", "who", "there"})
"""What "'d" follows as "would"; after other words it is the ending of a verb ("bokeh'd")."""

_SIDES = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "sixteen": 16}
_SIDE = rf"\b(?:\d{{1,2}}|{'|'.join(_SIDES)})"
"""A side in "3 to 1 strip", which is a shape where one of its nouns follows."""
_SCAN = re.compile(
    r"(?P<hex>\#[0-9a-fA-F]{6}\b)"
    r"|(?P<date>\d{1,4}[./-]\d{1,2}[./-]\d{2,4}\b)"
    r"|(?P<ratio>\d+(?:\.\d+)?\s?:\s?\d+(?:\.\d+)?(?![\d:])|\d{1,2} by \d{1,2}(?![\w%])"
    rf"|{_SIDE} to {_SIDE}(?=\s(?:strip|banner|crop|ratio|format|letterbox|panorama|header)\b)"
    r"|(?<=\bto )\d{1,2} to \d{1,2}(?![\w%]))"
    r"|(?P<size>\d+\s?[x×]\s?\d+(?:px)?\b)"
    r"|(?P<arrow>-+>|=+>|→)"
    r"|(?P<number>(?<![\w])[+\-−]?(?:\d+\s/\s\d+|\d+/\d+|\d+(?:[.,]\d+)?|\.\d+)"
    r"(?P<unit>\s?%|\s?°|[x×](?!\w)|px\b|ev\b|k\b|deg\b)?(?![^\W_]))"
    r"|(?P<word>w/o?(?=\s)|b\s?&\s?w\b|b/w\b|b/g\b|[^\W_]+(?:[-'’ʼ][^\W_]+)*)"
    r"|(?P<space>\s+)"
    r"|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the instruction.

    Attributes:
        text: as written (a quote without its marks).
        norm: lower case, plain apostrophes, contractions spelled out.
        start: first character's place.
        end: past the last character's place.
        kind: what it is. A ``symbol`` is a sign that carries meaning of its own, such as an emoji.
        value: of a number (16:9 is 1.7778).
        unit: of a number ("%", "deg", "x", "px", "ratio", "size", "stop").
    """

    text: str
    norm: str
    start: int
    end: int
    kind: Kind
    value: float = 0.0
    unit: str = ""


def tokenize(text: str) -> list[Token]:
    """All tokens of a text, in order; spaces and control characters only separate."""
    found: list[Token] = []
    hopeless: set[str] = set()
    at = 0
    while at < len(text):
        quote = _quoted(text, at, hopeless)
        if quote is not None:
            found.append(quote)
            at = quote.end
            continue
        match = _SCAN.match(text, at)
        if match is None:  # pragma: no cover - the last alternative matches any character
            break
        found.extend(_tokens_of(match))
        at = match.end()
    return _tidied(found)


_ITS_IS = frozenset({
    "not", "too", "so", "very", "a", "an", "kinda", "really", "just", "way", "all", "still", "got",
    "been", "looking", "quite", "rather", "totally", "super", "gone", "supposed", "ruining",
    "blocking", "sort", "going", "coming", "barely", "hardly", "such", "no", "the", "in", "on",
})  # fmt: skip
"""What no genitive stands before: "the sky's too dull" is "the sky is too dull"."""
_IS_LAST = frozenset({
    "pretty", "distracting", "blurry", "crooked", "tilted", "wonky", "overexposed", "underexposed",
    "perfect", "fine", "great", "off", "dark", "bright", "dull", "ugly", "flat", "noisy", "grainy",
    "yellow", "blue", "green", "orange", "pink", "grey", "gray", "dirty", "empty", "bad", "good",
})  # fmt: skip
"""What none stands before at the end of what is said ("the window's dirty")."""


def _tidied(tokens: list[Token]) -> list[Token]:
    """Numbers of a list ("1.", "(2)") made marks; "its too dark" read as "it is too dark"."""
    found: list[Token] = []
    counted = 0
    for i, token in enumerate(tokens):
        after = tokens[i + 1] if i + 1 < len(tokens) else None
        before = tokens[i - 1] if i else None
        opens = before is None or before.kind == "mark"
        next_in_list = counted > 0 and token.value == counted + 1
        if token.norm in ("minus", "plus") and after is not None and after.kind == "number":
            continue  # said with the number that follows
        if before is not None and before.norm == "minus" and token.kind == "number":
            text = f"-{token.text}"
            found.append(
                replace(token, text=text, norm=text, start=before.start, value=-token.value)
            )
        elif (
            token.kind == "number"
            and not token.unit
            and (opens or next_in_list)
            and after is not None
            and after.norm in (")", ".", ":", "/")
            and after.start == token.end
            and token.text.isdigit()
        ):
            counted = int(token.text)
            found.append(Token(token.text, ";", token.start, token.end, "mark"))
        elif (
            token.kind == "word"
            and len(token.norm) == 1
            and after is not None
            and after.norm == ")"
            and after.start == token.end
            and (opens or (found and found[-1].kind == "mark"))
        ):
            found.append(Token(token.text, ";", token.start, token.end, "mark"))  # "a) …, b) …"
        elif token.norm in ("'s", "its") and _says_is(tokens, i):
            if token.norm == "its":
                found.append(Token(token.text, "it", token.start, token.end, "word"))
            found.append(Token("", "is", token.start, token.end, "word"))
        else:
            found.append(token)
    return found


def _says_is(tokens: list[Token], i: int) -> bool:
    """Whether the "'s" or "its" at a place is an "is" of which the apostrophe tells nothing."""
    after = tokens[i + 1].norm if i + 1 < len(tokens) else ""
    ends = i + 2 >= len(tokens) or tokens[i + 2].kind == "mark"
    return after in _ITS_IS or (after in _IS_LAST and ends)


def _quoted(text: str, at: int, hopeless: set[str]) -> Token | None:
    """The quoted string that opens here; ``hopeless`` remembers quotes that nothing closes."""
    opener = text[at]
    closers = QUOTES.get(opener)
    if closers is None or opener in hopeless:
        return None
    if opener in "'\u2018" and at > 0 and text[at - 1].isalnum():
        return None
    if at + 1 >= len(text) or (opener == "'" and text[at + 1].isspace()):
        return None
    start = at + 1
    for end in range(start, len(text)):
        if text[end] not in closers:
            continue
        inside_word = (
            text[end] in APOSTROPHES
            and end + 1 < len(text)
            and text[end + 1].isalnum()
            and text[end - 1].isalnum()
        )
        if inside_word:
            continue
        content = clean(text[start:end])
        if not content:
            return Token(text[at : end + 1], " ", at, end + 1, "mark")
        return Token(content, content, at, end + 1, "quote")
    end = unclosed_end(text, at)
    content = clean(text[start:end])
    if content:
        return Token(content, content, at, end, "quote")
    hopeless.add(opener)
    return None


def clean(text: str) -> str:
    """Whitespace and control characters folded to single spaces."""
    return " ".join("".join(" " if _is_control(c) else c for c in text).split())


def _is_smiley(char: str) -> bool:
    """Whether a sign only says how somebody feels."""
    code = ord(char)
    faces = 0x1F600 <= code <= 0x1F64F or 0x1F910 <= code <= 0x1F97A or 0x1F440 <= code <= 0x1F450
    return faces or 0x1F493 <= code <= 0x1F49F or char in "❤♥✨🔥💯🎉🙏☺💔💀"


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn") and char != "\u200d"


def _tokens_of(match: re.Match[str]) -> list[Token]:
    start, end, text = match.start(), match.end(), match.group()
    kind = match.lastgroup
    if kind == "space":
        return [Token("\n", "\n", start, end, "mark")] if text.count("\n") else []
    if match.group("hex"):
        return [Token(text, text.lower(), start, end, "word")]
    if match.group("date"):
        return [Token(text, text, start, end, "word")]
    if match.group("ratio"):
        sides = re.split(":| by | to ", text.lower())
        wide, tall = (float(_SIDES.get(side.strip(), side)) for side in sides)
        return [_number(match, wide / tall if tall else 0.0, "ratio")]
    if match.group("size"):
        return [_number(match, 0.0, "size")]
    if match.group("arrow"):
        return [Token(text, "->", start, end, "word")]
    if match.group("number"):
        return [
            _number(
                match, _value(match), _UNITS.get((match.group("unit") or "").strip().lower(), "")
            )
        ]
    if match.group("word"):
        return _words(text, start)
    return _other(text, start)


_UNITS = {
    "%": "%",
    "°": "deg",
    "deg": "deg",
    "x": "x",
    "×": "x",
    "px": "px",
    "ev": "stop",
    "k": "k",
}


def _number(match: re.Match[str], value: float, unit: str) -> Token:
    text = match.group()
    return Token(
        text, text.lower().replace(" ", ""), match.start(), match.end(), "number", value, unit
    )


def _value(match: re.Match[str]) -> float:
    unit = match.group("unit") or ""
    digits = match.group()[: len(match.group()) - len(unit)].replace("−", "-").replace(" ", "")
    if "/" in digits:
        top, bottom = digits.split("/")
        return float(top) / float(bottom) if float(bottom) else 0.0
    # "1,5" is a decimal comma; "1,080" would be a separator, which sizes do not use.
    return float(digits.replace(",", "."))


def _words(text: str, start: int) -> list[Token]:
    end = start + len(text)
    norm = text.lower()
    for apostrophe in APOSTROPHES[1:]:
        norm = norm.replace(apostrophe, "'")
    parts = CONTRACTIONS.get(norm)
    if parts is not None and text != "ID":
        return [
            Token(text if i == 0 else "", part, start, end, "word") for i, part in enumerate(parts)
        ]
    short = next((e for e in _SHORT_ENDS if norm.endswith(e) and len(norm) > len(e)), "")
    if short and (short != "'d" or norm[: -len(short)] in _SHORT_D):
        base = norm[: -len(short)]
        parts = (base, _SHORT_ENDS[short])
        return [
            Token(text[: len(base)] if i == 0 else "", part, start, end, "word")
            for i, part in enumerate(parts)
        ]
    if short == "'d":
        norm = re.sub("e?'d$", "ed", norm)
    if norm.endswith("'s"):
        cut = end - 2
        return [
            Token(text[:-2], norm[:-2], start, cut, "word"),
            Token(text[-2:], "'s", cut, end, "word"),
        ]
    if "&" in norm:
        norm = norm.replace(" ", "")
    return [Token(text, norm, start, end, "word")]


def _other(text: str, start: int) -> list[Token]:
    if _is_control(text) or text == "\ufe0f" or unicodedata.combining(text):
        return []
    if text == "&" or text == "+":
        return [Token(text, text, start, start + 1, "word")]
    if _is_smiley(text):
        return [Token(text, ".", start, start + 1, "mark")]
    if unicodedata.category(text) in ("So", "Sc", "Sk") or ord(text) > 0x1F000:
        return [Token(text, text, start, start + 1, "symbol")]
    if text in APOSTROPHES:
        return [Token(text, "'", start, start + 1, "mark")]
    return [Token(text, text, start, start + 1, "mark")]
