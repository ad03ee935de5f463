"""Tokens to units: words that mean one thing joined, misspellings corrected, senses attached.

Knows words, not grammar: what a unit is in its clause is for others to decide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from orchestrator.language.garments import is_worn
from orchestrator.language.joins import Joint, allowed
from orchestrator.language.lexicon import Lexicon, Senses, Verb, get_lexicon
from orchestrator.language.slips import spelt_right
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
    text: str,
    taught: Mapping[str, str] | None = None,
    looks: Sequence[str] = (),
    *,
    spelt: bool = False,
) -> list[Unit]:
    """All units of an instruction, in order.

    Args:
        text: the instruction.
        taught: glossary words, which are nouns and never misspellings.
        looks: names of looks beyond the lexicon's own.
        spelt: it is known to be spelt right, so that no word is a misspelling of another.
    """
    lexicon = get_lexicon()
    extra = _extra(tuple((taught or {}).items()), tuple(looks))
    tokens, slips = with_quotations(tokenize(text), text), set[int]()
    if not spelt:
        tokens, slips = spelt_right(tokens, lexicon, extra)
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
        begins = token if token.text or count == 1 else tokens[i + 1]  # "that's looking"
        shown = text[begins.start : tokens[i + count - 1].end] if count > 1 else token.text
        if written:
            shown = norm if count > 1 else token.text
        if shouting and token.kind == "word":
            shown = shown.lower()
        last = tokens[i + count - 1]
        gap = i == 0 or begins.start > tokens[i - 1].end
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
    return _with_units_of_measure(_with_garments(_with_people(units), lexicon))


_PEOPLE = frozenset({"guys", "folks", "lads", "ladies", "gents"})


def _with_people(units: Sequence[Unit]) -> list[Unit]:
    """Read "the two guys" as people, not as who is asked ("guys, can you …")."""
    return [
        replace(unit, senses={})
        if i and unit.norm in _PEOPLE and units[i - 1].has("det", "number_word", "size", "colour")
        else unit
        for i, unit in enumerate(units)
    ]


def _with_garments(units: Sequence[Unit], lexicon: Lexicon) -> list[Unit]:
    """Read "her top" and "the striped top" as what somebody wears, not as a side."""
    if not any(unit.norm == "top" for unit in units):
        return list(units)
    words = [unit.norm for unit in units]
    found: list[Unit] = []
    for i, unit in enumerate(units):
        coloured = i > 0 and units[i - 1].has("colour")
        after = units[i + 1] if i + 1 < len(units) else None
        named = (
            after is not None
            and lexicon.singular(after.norm) in lexicon.things
            and not after.has("colour")
        )
        worn = unit.norm == "top" and is_worn(words, i, coloured=coloured, named=named)
        found.append(replace(unit, senses={}) if worn else unit)
    return found


@lru_cache(maxsize=8)
def _extra(taught: tuple[tuple[str, str], ...], looks: tuple[str, ...]) -> dict[str, Senses]:
    """Senses of taught words and of looks, by their normalised tokens; not to be changed."""
    found: dict[str, Senses] = {}
    for phrase, senses in [
        *((w, {"taught": m}) for w, m in taught),
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
            if allowed(Joint(words, lexicon.senses(key), tokens, i + n, lexicon)):
                best, senses = n, lexicon.senses(key)
                break
    for key, more in extra.items():
        if not key.startswith(first.norm):
            continue
        n = key.count(" ") + 1
        if n >= best and " ".join(t.norm for t in tokens[i : i + n]) == key:
            best, senses = n, {**lexicon.senses(key), **more}
            if "look" in more:
                senses.pop("wish", None)  # a user's own look of that name is what is meant
    return best, senses


_ROUGHLY = frozenset({"about", "around", "roughly", "approximately", "nearly", "almost", "circa"})


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
        elif (
            joined
            and measure
            and joined[-1].get("number_word")
            and (measure == "stop" or not joined[-1].has("pronoun"))
        ):
            number = joined.pop()
            unit = Unit(
                0, f"{number.text} {unit.text}", number.norm, number.start, unit.end, "number",
                {}, float(number.get("number_word")), str(measure), "", number.gap,
            )  # fmt: skip
        if joined and joined[-1].norm in _ROUGHLY and unit.unit == "stop":
            about = joined.pop()  # "about two stops"
            unit = replace(unit, text=f"{about.text} {unit.text}", start=about.start)
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


def word_at(unit: Unit, text: str, senses: Senses | None = None) -> Unit:
    """A word that nobody wrote, as if it had been said where a unit stands.

    Args:
        unit: where.
        text: the word, or several that mean one thing.
        senses: what it means; None = what the lexicon says.
    """
    meant = get_lexicon().senses(text) if senses is None else senses
    return replace(unit, text=text, norm=text, senses=meant, kind="word", written="", gap=True)
