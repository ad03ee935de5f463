"""The words the planner knows, read once from ``data/*.yaml``.

Holds entries (a word or several, each with its senses) and how words inflect. Does not look at any
instruction.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from orchestrator.language.tokens import tokenize
from orchestrator.language.word_files import word_file
from tools.lookbook import looks

FRAME_SHARES = frozenset({"half", "third", "quarter", "part", "area", "section", "portion"})
"""Nouns for a share of the frame, which its side precedes ("in the left half")."""
Senses = dict[str, Any]
"""Part of speech -> what the word means as that part ("colour" -> "navy blue")."""


@dataclass(frozen=True)
class Verb:
    """A verb form.

    Attributes:
        cls: its class in ``verbs.yaml``.
        base: the dictionary form.
        form: "base", "s", "ing" or "ed".
        both: it is a noun or an adjective as well.
    """

    cls: str
    base: str
    form: str
    both: bool


@dataclass(frozen=True)
class Scale:
    """An adjective on a photographic scale ("brighter").

    Attributes:
        property: the ``adjust`` property.
        sign: +1 or -1.
        form: "plain", "more" or "most".
    """

    property: str
    sign: int
    form: str


@dataclass(frozen=True)
class Size:
    """An adjective of size."""

    sign: int
    base: str
    form: str


@dataclass
class Lexicon:
    """All entries.

    Attributes:
        entries: phrase (normalised tokens joined by spaces) -> senses.
        starts: first word -> the longer phrases it may begin, longest first.
        known: words that are never corrected, and that others may be corrected to.
        plain: words that are never corrected, nor anything to them.
        things: nouns of no grammar of their own, which longer misspellings are corrected to.
        singulars: irregular plural -> singular.
        same: words that only look like plurals.
        data: the scene file's lists, for those who need more than senses.
    """

    entries: dict[str, Senses] = field(default_factory=dict)
    starts: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    plain: frozenset[str] = frozenset()
    things: frozenset[str] = frozenset()
    singulars: dict[str, str] = field(default_factory=dict)
    same: set[str] = field(default_factory=set)
    measures: set[str] = field(default_factory=set)
    wishes: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    implied_night: frozenset[str] = frozenset()

    def add(self, phrase: str, part: str, value: Any) -> None:
        """Give a phrase a sense; the first one given for a part of speech stays."""
        words = tuple(token.norm for token in tokenize(phrase) if token.kind != "mark")
        if not words:
            return
        key = " ".join(words)
        if part in self.entries.setdefault(key, {}):
            return
        self.entries[key][part] = value
        if len(words) > 1:
            rows = self.starts.setdefault(words[0], [])
            if words not in rows:
                rows.append(words)

    def finish(self) -> None:
        """Sort what has to be tried longest first."""
        for rows in self.starts.values():
            rows.sort(key=len, reverse=True)

    def senses(self, phrase: str) -> Senses:
        """Senses of a phrase; of a plural noun, also those of its singular."""
        return self.entries.get(phrase, {})

    def compound_words(self) -> Iterator[tuple[str, ...]]:
        """The words of every compound noun."""
        for phrase, senses in self.entries.items():
            if "compound" in senses:
                yield tuple(phrase.split())

    def singular(self, noun: str) -> str:
        """Dictionary form of a noun ("sneakers" -> "sneaker", "people" -> "person")."""
        if " " in noun:
            head, last = noun.rsplit(" ", 1)
            return f"{head} {self.singular(last)}"
        if noun in self.singulars:
            return self.singulars[noun]
        if noun in self.same or len(noun) < 4 or not noun.endswith("s"):
            return noun
        if noun.endswith(("ss", "us", "is")):
            return noun
        if (
            noun.endswith("ies")
            and len(noun) > 4
            and noun not in ("movies", "cookies", "selfies", "hoodies")
        ):
            return noun[:-3] + "y"
        if noun.endswith(("ches", "shes", "sses", "xes", "zes")):
            return noun[:-2]
        if noun.endswith("oes") and len(noun) > 5 and noun != "shoes":
            return noun[:-2]
        return noun[:-1]


@cache
def get_lexicon() -> Lexicon:
    """The lexicon, read on first use."""
    lexicon = Lexicon()
    _nouns(lexicon, word_file("nouns"))
    _verbs(lexicon, word_file("verbs"))
    _scene(lexicon, word_file("scene"))
    _words(lexicon, word_file("words"))
    lexicon.plain |= _pattern_words()
    lexicon.finish()
    return lexicon


PATTERNS = ("first_turns", "complaints", "marking", "constructions", "openers")
"""Data files whose patterns name words that no other file need list."""


def _pattern_words() -> frozenset[str]:
    """Every word that a pattern names, which is therefore no misspelling."""
    texts: list[str] = []
    for name in PATTERNS:
        data = word_file(name)
        texts += [word for words in data.get("words", {}).values() for word in words]
        for row in (*data.get("turns", ()), *data.get("families", ()), *data.get("openers", ())):
            texts += row["say"]
            texts += (
                [w for ws in row["mean"].values() for w in ws]
                if "families" in data and (isinstance(row.get("mean"), dict))
                else []
            )
    kinds = [word for words in word_file("kinds").values() for word in words]
    return frozenset(word for text in (*texts, *kinds) for word in re.findall(r"[a-z]{4,}", text))


def inflections(base: str) -> Iterator[tuple[str, str]]:
    """Regular forms of a verb, as (form, text); a phrasal verb inflects its first word."""
    first, _, rest = base.partition(" ")
    tail = f" {rest}" if rest else ""
    doubled = first[-1] if _doubles(first) else ""
    if first.endswith("e"):
        stem = first[:-1]
        yield "s", first + "s" + tail
        yield "ing", stem + "ing" + tail
        yield "ed", first + "d" + tail
    elif first.endswith("y") and first[-2:-1] not in tuple("aeiou"):
        yield "s", first[:-1] + "ies" + tail
        yield "ing", first + "ing" + tail
        yield "ed", first[:-1] + "ied" + tail
    else:
        plural = "es" if first.endswith(("s", "sh", "ch", "x", "z")) else "s"
        yield "s", first + plural + tail
        yield "ing", first + doubled + "ing" + tail
        yield "ed", first + doubled + "ed" + tail


def _doubles(word: str) -> bool:
    return (
        3 <= len(word) <= 4
        and word[-1] not in "aeiouwxyrl"
        and word[-2] in "aeiou"
        and word[-3] not in "aeiou"
    ) or word in ("blur", "photoshop")


def comparatives(adjective: str) -> Iterator[tuple[str, str]]:
    """Regular degrees of an adjective, as (form, text)."""
    if " " in adjective or "-" in adjective or len(adjective) > 8:
        return
    if adjective.endswith("e"):
        stem = adjective[:-1]
    elif adjective.endswith("y"):
        stem = adjective[:-1] + "i"
    elif (
        len(adjective) <= 4
        and adjective[-1] not in "aeiouwrl"
        and adjective[-2] in "aeiou"
        and adjective[-3:-2] not in tuple("aeiou")
    ):
        stem = adjective + adjective[-1]
    else:
        stem = adjective
    yield "more", stem + "er"
    yield "most", stem + "est"


def _verbs(lexicon: Lexicon, data: dict[str, Any]) -> None:
    irregular: dict[str, list[str]] = data["irregular"]
    for cls, row in data.items():
        if row is irregular:
            continue
        both = set(row.get("both", ()))
        for base in [*row["words"], *(b for b in both if b not in row["words"])]:
            lexicon.add(base, "verb", Verb(cls, base, "base", base in both))
            first, _, rest = base.partition(" ")
            if first in irregular:
                forms = irregular[first]
                named = zip(("ing", "ed", "ed"), forms, strict=False)
                listed = [(form, f"{text} {rest}".strip()) for form, text in named]
                listed.append(("s", f"{first}s {rest}".strip()))
            else:
                listed = list(inflections(base))
            for form, text in listed:
                if not text.split()[0].endswith("_"):
                    lexicon.add(text, "verb", Verb(cls, base, form, base in both or form == "s"))


def _nouns(lexicon: Lexicon, data: dict[str, Any]) -> None:
    lexicon.singulars.update(data["irregular"])
    lexicon.same.update(data["same"])
    lexicon.measures.update(data["mass_of"])
    for word in data["compounds"]:
        lexicon.add(word, "compound", word)
    lexicon.known.update(word for row in ("known", "same", "mass_of") for word in data[row])
    lexicon.known.update(data["irregular"])
    lexicon.things = frozenset(data["things"])
    lexicon.plain = frozenset(data["plain"]) | lexicon.things


def _scene(lexicon: Lexicon, data: dict[str, Any]) -> None:
    for part, section in (
        ("weather", "weather"),
        ("relight", "light"),
        ("look", "looks"),
        ("style", "styles"),
    ):
        for name, words in data[section].items():
            for word in [*words, name]:
                lexicon.add(word, part, name)
                for form, text in comparatives(word) if part in ("weather", "look") else ():
                    lexicon.add(text, part, name)
                    if form == "more":
                        lexicon.add(text, "graded", True)
    for name, wish in data["wishes"].items():
        lexicon.wishes[name] = [step.model_dump() for step in looks()[name].steps]
        for word in wish["words"]:
            lexicon.add(word, "wish", name)
    lexicon.implied_night = frozenset(data["implied_night"])


def _number(text: str) -> str | float:
    try:
        return float(text)
    except ValueError:
        return text


def _words(lexicon: Lexicon, data: dict[str, Any]) -> None:
    for part, rows in data.items():
        if part == "scale":
            _graded(lexicon, rows)
        elif part == "size":
            for word, sign in rows.items():
                lexicon.add(word, "size", Size(int(sign), word, "plain"))
                for form, text in comparatives(word):
                    lexicon.add(text, "size", Size(int(sign), word, form))
        elif part == "colour":
            for word in _PLURAL_COLOURS:
                lexicon.add(f"{word}s", "colour", word)
            for word in rows:
                lexicon.add(word, "colour", word)
                for form, text in comparatives(word) if " " not in word and len(word) < 7 else ():
                    lexicon.add(text, "colour", word)
                    lexicon.add(text, "graded", form == "more")
        elif part == "stop":
            for word in rows:
                lexicon.add(word, "stop", True)
        elif part == "do_same":
            for word in rows:
                lexicon.add(word, "do_same", True)
        elif isinstance(rows, dict):
            _mapped(lexicon, part, rows)
        else:
            for word in rows:
                lexicon.add(word, part, True)


_PLURAL_COLOURS = ("red", "green", "blue", "yellow", "purple", "pink", "brown", "cyan", "magenta")
"""Colours of which a picture has several: "tone down the reds"."""


def _graded(lexicon: Lexicon, rows: dict[str, list[str]]) -> None:
    for word, (name, sign) in rows.items():
        lexicon.add(word, "scale", Scale(name, int(sign), "plain"))
        for form, text in comparatives(word):
            lexicon.add(text, "scale", Scale(name, int(sign), form))


def _mapped(lexicon: Lexicon, part: str, rows: dict[str, Any]) -> None:
    """Either value -> its words, or word -> its value."""
    for key, value in rows.items():
        if isinstance(value, list):
            for word in value:
                lexicon.add(word, part, key)
        else:
            lexicon.add(key, part, _number(value))


def known_words(lexicon: Lexicon, parts: Iterable[str]) -> set[str]:
    """Single words that have one of these senses."""
    wanted = set(parts)
    return {
        word
        for word, senses in lexicon.entries.items()
        if " " not in word and wanted & senses.keys()
    }
