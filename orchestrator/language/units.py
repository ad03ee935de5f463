"""Tokens to units: words that mean one thing joined, misspellings corrected, senses attached.

Knows words, not grammar: what a unit is in its clause is for others to decide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from orchestrator.language.lexicon import FRAME_SHARES, Lexicon, Senses, Verb, get_lexicon
from orchestrator.language.spelling import correct
from orchestrator.language.tokens import Token, tokenize
from orchestrator.language.unquoted import with_quotations


@dataclass(frozen=True, slots=True)
class Unit:
    """One or several words with one meaning.

    Attributes:
        index: its place among the instruction's units.
        text: as written, or as corrected.
        norm: normalised text.
        start: first character's place in the instruction.
        end: past the last character's place.
        kind: of its token ("word" where several were joined).
        senses: what it may mean.
        value: of a number.
        unit: of a number.
        written: as written, where it was corrected.
        gap: True where white space comes before it.
    """

    index: int
    text: str
    norm: str
    start: int
    end: int
    kind: str
    senses: Senses = field(default_factory=dict)
    value: float = 0.0
    unit: str = ""
    written: str = ""
    gap: bool = True

    def get(self, part: str) -> Any:
        """Its value as that part of speech, or None."""
        return self.senses.get(part)

    def has(self, *parts: str) -> bool:
        """Whether it may be one of these parts of speech."""
        return not self.senses.keys().isdisjoint(parts)

    @property
    def verb(self) -> Verb | None:
        """Its sense as a verb."""
        found = self.senses.get("verb")
        return found if isinstance(found, Verb) else None


def read_units(
    text: str, taught: Mapping[str, str] | None = None, looks: Sequence[str] = ()
) -> list[Unit]:
    """All units of an instruction, in order.

    Args:
        text: the instruction.
        taught: glossary words, which are nouns and never misspellings.
        looks: names of looks beyond the lexicon's own.
    """
    lexicon = get_lexicon()
    extra = _extra(taught or {}, looks)
    tokens, slips = _spelt(with_quotations(tokenize(text), text), lexicon, extra)
    shouting = _shouting(tokens)
    units: list[Unit] = []
    i = 0
    while i < len(tokens):
        token = tokens[i]
        count, senses = _longest(tokens, i, lexicon, extra)
        written = (
            text[token.start : tokens[i + count - 1].end]
            if slips & set(range(i, i + count))
            else ""
        )
        norm = " ".join(t.norm for t in tokens[i : i + count])
        shown = (
            text[token.start : tokens[i + count - 1].end] if count > 1 else token.text or token.norm
        )
        if written:
            shown = norm if count > 1 else token.text
        if shouting and token.kind == "word":
            shown = shown.lower()
        last = tokens[i + count - 1]
        gap = i == 0 or token.start > tokens[i - 1].end
        units.append(
            Unit(
                len(units),
                shown,
                norm,
                token.start,
                last.end,
                token.kind,
                senses,
                token.value,
                token.unit,
                written,
                gap,
            )
        )
        i += count
    return _with_units_of_measure(units)


def _spelt(
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
        if token.kind == "word" and token.norm not in taught:
            fixed = correct(lexicon, token.norm, verb_position=_expects_verb(found, lexicon))
        for word in fixed.split() or [""]:
            if word:
                slips.add(len(found))
            found.append(replace(token, text=word, norm=word) if word else token)
    return found, slips


_PARTS = frozenset({
    "face", "eyes", "hair", "dress", "shirt", "hand", "hands", "head", "nose", "skin", "smile",
    "arm",
    "arms", "leg", "legs", "teeth", "hat", "jacket", "tail", "ear", "ears", "collar", "shoes",
    "mouth",
    "beard", "lips", "neck", "shoulder", "veil", "tie", "coat", "eye", "fur", "paws", "cheeks",
})  # fmt: skip
"""What somebody has; a plural before them lacks its apostrophe ("my sisters face")."""


def _lacks_apostrophe(tokens: Sequence[Token], i: int, lexicon: Lexicon) -> bool:
    token, after = tokens[i], tokens[i + 1].norm if i + 1 < len(tokens) else ""
    if after not in _PARTS or not token.norm.endswith("s") or len(token.norm) < 4:
        return False
    owned = lexicon.senses(tokens[i - 1].norm).get("det") == "definite"
    singular = lexicon.singular(token.norm)
    someone = singular == token.norm[:-1] and singular in lexicon.known | lexicon.things
    return owned and someone and not lexicon.senses(token.norm)


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


def _says_to(tokens: Sequence[Token], i: int) -> bool:
    """Whether a "2" stands for "to" ("i want it 2 b white")."""
    after = tokens[i + 1] if i + 1 < len(tokens) else None
    return (
        tokens[i].text == "2"
        and after is not None
        and after.norm in ("b", "be", "the", "a", "make", "look")
    )


def _extra(taught: Mapping[str, str], looks: Sequence[str]) -> dict[str, Senses]:
    found: dict[str, Senses] = {}
    for phrase, senses in [
        *((w, {"taught": m}) for w, m in taught.items()),
        *((n, {"look": n}) for n in looks),
    ]:
        key = " ".join(token.norm for token in tokenize(phrase) if token.kind != "mark")
        found.setdefault(key, {}).update(senses)
    return found


def _shouting(tokens: Sequence[Token]) -> bool:
    letters = [c for token in tokens if token.kind == "word" for c in token.text if c.isalpha()]
    return len(letters) > 8 and sum(c.isupper() for c in letters) > 0.8 * len(letters)


def _longest(
    tokens: Sequence[Token], i: int, lexicon: Lexicon, extra: Mapping[str, Senses]
) -> tuple[int, Senses]:
    """How many tokens from ``i`` on make one entry, and its senses."""
    first = tokens[i]
    if first.kind not in ("word", "number"):
        return 1, {}
    best, senses = 1, lexicon.senses(first.norm)
    if first.norm[0] == "#" and len(first.norm) == 7:
        return 1, {"colour": first.norm}
    for words in lexicon.starts.get(first.norm, ()):
        n = len(words)
        if (
            n > best
            and i + n <= len(tokens)
            and all(
                tokens[i + k].norm == words[k] and tokens[i + k].kind != "quote" for k in range(n)
            )
        ):
            key = " ".join(words)
            if _allowed(lexicon.senses(key), words, tokens, i + n, lexicon):
                best, senses = n, lexicon.senses(key)
                break
    for key, more in extra.items():
        n = key.count(" ") + 1
        if n >= best and " ".join(t.norm for t in tokens[i : i + n]) == key:
            best, senses = n, {**lexicon.senses(key), **more}
            if "look" in more:
                senses.pop("wish", None)  # a user's own look of that name is what is meant
    return best, senses


_GRADABLE = (
    "scale", "size", "focus_adjective", "look", "style", "property", "weather", "wish", "more",
    "less", "degree", "conjunction",
    "prep", "connector", "contrast", "verb", "graded", "polite", "colour_noun", "place", "while",
    "direction", "except",
    "excess", "relight", "turn", "copula", "reason", "instead", "filler",
)  # fmt: skip


def _allowed(
    senses: Senses, words: tuple[str, ...], tokens: Sequence[Token], after: int, lexicon: Lexicon
) -> bool:
    """Whether a joined reading fits what follows ("a little warmer", but "a little girl")."""
    following = tokens[after] if after < len(tokens) else None
    ends = following is None or following.kind in ("mark", "number", "quote")
    if (
        words[1:] == ("of",)
        and words[0] in ("left", "right")
        and after >= 3
        and tokens[after - 3].norm in ("top", "upper", "bottom", "lower")
    ):
        return False  # "the top left of the picture"
    if "colour" in senses and _thing_and_colour(words, tokens, after, lexicon):
        return False
    if "verb" in senses and "colour" in lexicon.senses(words[0]) and after > len(words):
        if not _expects_verb(tokens[: after - len(words)], lexicon):
            return False  # "scale everything black down"
    if words == ("one", "more") and after > 2:
        before = lexicon.senses(tokens[after - 3].norm)
        if before.keys() & {"colour", "size", "side", "ordinal"} or before.get("det") == "definite":
            return False  # "the white one more to the left"
    if words[:3] == ("on", "top", "of") and "connector" in senses and not ends:
        before = tokens[after - len(words) - 1] if after > len(words) else None
        if before is not None and before.kind == "word" and before.norm not in ("and", "then"):
            return False  # "the apple on top of that cup"
    if words == ("make", "that") and not _corrects(tokens, after, lexicon):
        return False
    led = tokens[after - len(words) - 1] if after > len(words) else None
    if "verb" in senses and led is not None and "det" in lexicon.senses(led.norm):
        return "pronoun" in lexicon.senses(led.norm)  # "every toy with a bow"
    if "degree" in senses and words[0] in ("a", "so"):
        states = () if words[-1] in ("little", "so") else ("colour", "adjective", "gone")
        return (
            ends or bool({*_GRADABLE, *states} & lexicon.senses(following.norm).keys())
            if following
            else True
        )
    if (
        "place" in senses
        and words[-1] in ("left", "right", "top", "bottom")
        and following is not None
        and following.kind == "word"
    ):
        if following.norm in FRAME_SHARES:
            return False
        after_senses = lexicon.senses(following.norm)
        if (
            not after_senses
            or after_senses.keys() & {"compound", "whole", "text_noun", "background", "ones"}
            or following.norm in ("one", "ones")
        ):
            return bool(following.norm == "of")  # "on the left woman" is not a place
    if (words[-1] == "before" and "same" not in senses and "connector" not in senses) or (
        senses.keys() == {"place"} and following and following.norm == "of"
    ):
        return False
    if (
        "verb" in senses
        and len(words) > 1
        and words[-1] in ("up", "down", "out", "in", "off", "on")
    ):
        # "zoom in on", "clean up": the particle belongs to the verb unless a place follows it.
        return True
    return True


def _thing_and_colour(
    words: tuple[str, ...], tokens: Sequence[Token], after: int, lexicon: Lexicon
) -> bool:
    """Whether "the sky blue" is the sky, made blue, rather than a shade of blue."""
    if len(words) != 2 or after < 3 or "colour" not in lexicon.senses(words[1]):
        return False
    first = lexicon.senses(words[0])
    named = words[0] in lexicon.known | lexicon.things
    if not named or first.keys() & {"colour", "scale", "adjective", "det"}:
        return False
    before = tokens[after - 3]
    led = lexicon.senses(before.norm)
    definite = led.get("det") in ("definite", "all") or before.norm in ("only", "single")
    following = tokens[after] if after < len(tokens) else None
    names_on = following is not None and following.kind == "word"
    return definite and not (names_on and following and not lexicon.senses(following.norm))


def _corrects(tokens: Sequence[Token], after: int, lexicon: Lexicon) -> bool:
    """Whether "make that" takes back what was said ("make that blue"), not "make that cup blue"."""
    ahead = [t for t in tokens[after : after + 2] if t.kind != "mark"]
    if after == 2 or not ahead:
        return False
    senses = lexicon.senses(ahead[0].norm)
    return ahead[0].kind == "number" or "det" in senses or (len(ahead) == 1 and bool(senses))


def _expects_verb(before: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether a verb may stand after these tokens."""
    if not before:
        return True
    last = before[-1]
    if last.kind in ("mark", "quote", "number") or last.norm in ("to", "by"):
        return True
    ending = [" ".join(t.norm for t in before[-n:]) for n in range(1, min(6, len(before)) + 1)]
    return any(not _LEADS.isdisjoint(lexicon.senses(words)) for words in ending)


_LEADS = frozenset(
    {"conjunction", "connector", "polite", "contrast", "while", "negation", "filler"}
)
"""Parts of speech that a verb may follow."""


def _with_units_of_measure(units: list[Unit]) -> list[Unit]:
    """Join "20 percent", "90 degrees", "2 stops" into one number each; renumber."""
    joined: list[Unit] = []
    for unit in units:
        measure = unit.get("unit")
        if unit.has("measure_stop"):  # "half a stop"
            value = float(unit.get("measure_stop"))
            unit = replace(unit, kind="number", senses={}, value=value, unit="stop")
        share = joined[-2] if len(joined) > 1 and joined[-1].norm == "of" else None
        if share is not None and share.kind == "number" and not share.unit and unit.unit == "stop":
            joined = joined[:-2]  # "2/3 of a stop"
            unit = replace(
                unit, text=f"{share.text} of {unit.text}", start=share.start, value=share.value
            )
        if joined and measure and joined[-1].kind == "number" and not joined[-1].unit:
            number = joined.pop()
            unit = Unit(
                0, f"{number.text} {unit.text}", number.norm, number.start, unit.end, "number",
                {}, number.value, str(measure), "", number.gap,
            )  # fmt: skip
        elif joined and measure and joined[-1].get("number_word") and not joined[-1].has("pronoun"):
            number = joined.pop()
            unit = Unit(
                0, f"{number.text} {unit.text}", number.norm, number.start, unit.end, "number",
                {}, float(number.get("number_word")), str(measure), "", number.gap,
            )  # fmt: skip
        joined.append(unit)
    return [
        Unit(i, u.text, u.norm, u.start, u.end, u.kind, u.senses, u.value, u.unit, u.written, u.gap)
        for i, u in enumerate(joined)
    ]


def join(units: Sequence[Unit]) -> str:
    """The units as text again, spaced as they were."""
    parts: list[str] = []
    for previous, unit in zip([None, *units], units, strict=False):
        if previous is not None and unit.text and (unit.gap or unit.index != previous.index + 1):
            parts.append(" ")
        parts.append(f'"{unit.text}"' if unit.kind == "quote" else unit.text)
    return "".join(parts).strip()
