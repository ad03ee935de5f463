"""The look-book: named looks as data, found by name or alias, each with where it came from.

Holds the looks that come with the program and joins the user's to them. Reading files is
``tools.looks_file``'s, applying a look ``tools.looks``'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import Field
from rapidfuzz import fuzz, process

from tools.errors import BadArguments
from tools.look_recipe import LookStep, Recipe, told

BUILT_IN = "built in"
"""The source of the looks that come with the program."""
_ENDINGS = re.compile(
    r" (look|style|vibe|vibes|feel|feeling|mood|grade|aesthetic|atmosphere|filter|effect|tones?"
    r"|photos?|photograph|picture|image|shot|scene)$"
)


class Look(Recipe):
    """One look: a recipe with its other names, and steps that are made before it.

    Attributes:
        about: one line for people.
        aliases: other words for it.
        steps: plan steps on the whole picture, in order, before the recipe.
    """

    about: str = Field(default="", max_length=200)
    aliases: tuple[str, ...] = Field(default=(), max_length=40)
    steps: tuple[LookStep, ...] = Field(default=(), max_length=8)

    def dump(self) -> dict[str, Any]:
        """Everything that is set, as plain JSON values; ``Look.model_validate`` reads it back."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def in_words(self) -> str:
        """The steps and amounts in one line."""
        made = [
            f"{step.op} ({', '.join(f'{k} {v}' for k, v in step.params.items())})"
            for step in self.steps
        ]
        return ", ".join([*made, told(self.amounts())] if self.amounts() else made)


@dataclass(frozen=True)
class LookBook:
    """Looks by name; later sources win over earlier ones.

    Attributes:
        looks: by name.
        sources: name -> "built in" or the file it came from.
    """

    looks: Mapping[str, Look]
    sources: Mapping[str, str]
    _known: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Index names before aliases and the user's before those that come with the program."""
        order = sorted(self.looks, key=lambda name: self.sources[name] == BUILT_IN)
        for name in order:
            self._known.setdefault(key(name), name)
        for name in order:
            for alias in self.looks[name].aliases:
                if self.sources[name] != BUILT_IN and self._is_built_in(alias):
                    self._known[key(alias)] = name
                self._known.setdefault(key(alias), name)

    def _is_built_in(self, words: str) -> bool:
        held = self._known.get(key(words))
        return held is not None and self.sources[held] == BUILT_IN

    def find(self, text: str) -> str | None:
        """The name of the look that a name or alias means; None where there is none."""
        return self._known.get(key(text))

    def name(self, text: str) -> str:
        """As ``find``, for words that must name a look.

        Raises:
            BadArguments: no such look; lists the nearest ones.
        """
        found = self.find(text)
        if found is not None:
            return found
        near = process.extract(key(text), self._known.keys(), scorer=fuzz.WRatio, limit=8)
        nearest = list(dict.fromkeys(self._known[match[0]] for match in near))[:4]
        raise BadArguments(f"there is no look {text!r}; the nearest are: {', '.join(nearest)}")

    def words(self) -> Iterator[tuple[str, str]]:
        """Every name and alias with the name of its look."""
        for name, look in self.looks.items():
            for word in (name, *look.aliases):
                yield word, name

    def with_looks(self, more: Mapping[str, Look], source: str) -> LookBook:
        """This book with more looks, which take the place of those of the same name."""
        kept = {name: look for name, look in self.looks.items() if key(name) not in map(key, more)}
        sources = {name: self.sources[name] for name in kept}
        return LookBook({**kept, **more}, {**sources, **dict.fromkeys(more, source)})


def key(text: str) -> str:
    """Words as they are compared: lower case, without article, hyphens and "look"."""
    words = re.sub(r"[-_\s]+", " ", text.strip().lower())
    words = re.sub(r"^(a|an|the|like a|like an|like the|like) ", "", words)
    return _ENDINGS.sub("", words)


@cache
def built_in() -> LookBook:
    """The looks that come with the program."""
    import yaml

    from tools.looks_file import parse_looks

    text = files("tools").joinpath("looks.yaml").read_text(encoding="utf-8")
    fast = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # not everywhere is the library in C
    found = parse_looks(text, "looks.yaml", loader=fast)
    return LookBook(found, dict.fromkeys(found, BUILT_IN))


def looks() -> Mapping[str, Look]:
    """Every built-in look by its name."""
    return built_in().looks


def look_name(text: str) -> str:
    """The name of the built-in look that a name or alias means.

    Raises:
        BadArguments: no such look; lists the nearest ones.
    """
    return built_in().name(text)
