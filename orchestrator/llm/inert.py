"""Whether a text from a model is plain words: no address, path, code or hidden characters.

Nothing in a plan is ever opened, fetched or executed. This check keeps a reply from smuggling in
text that would look like an instruction to whoever reads the plan later: a person, a terminal or an
editing model. What the person said themselves may be said back.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

_SUSPECT: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "an address",
        re.compile(r"[a-z][a-z0-9+.-]{1,20}:/{1,3}\S*|\b(?:www\.|mailto:|data:)\S+", re.I),
    ),
    ("an address", re.compile(r"\S+@\S+\.\S+")),
    (
        "a path",
        re.compile(
            r"(?:^|(?<=[\s\"'(=,]))(?:~|\.{1,2})?[/\\]{1,2}[\w.~][^\s]*|\b[A-Za-z]:\\\S*|\.\.[/\\]"
        ),
    ),
    (
        "a file name",
        re.compile(
            r"\b[\w-]+\.(?:py|sh|exe|bat|js|json|ya?ml|toml|txt|env|pem|key|db|sql|zip|cube|ttf|otf"
            r"|png|jpe?g|gif|tiff?|webp|bmp|svg|html?|pdf|safetensors|ckpt|pt|bin)\b",
            re.I,
        ),
    ),
    (
        "code",
        re.compile(r"`|\$[({]|\{\{|</?[a-z!][^>]*>|__\w+__|\b(?:import|eval|exec)\s*\(", re.I),
    ),
)
_JOINERS = "\u200c\u200d"
"""Part of ordinary words in some scripts, and of emoji."""
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories nobody sees: control, format, surrogate, private, unassigned, separators."""


def oddity(text: str, said: str = "") -> str:
    """What in a text is not plain words; "" where all of it is.

    Args:
        text: from a model.
        said: what the person wrote; what stands there verbatim is no oddity, except hidden
            characters.
    """
    hidden = next((c for c in text if unicodedata.category(c) in _HIDDEN and c not in _JOINERS), "")
    if hidden:
        return f"a hidden character (U+{ord(hidden):04X})"
    own = said.casefold()
    for name, pattern in _SUSPECT:
        for match in pattern.finditer(text):
            if match.group().casefold() not in own:
                return name
    return ""


def texts_in(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a JSON value, keys of objects too, each with where it is ("steps.0.target")."""
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield where, str(key)
            yield from texts_in(item, f"{where}.{key}" if where else str(key))
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from texts_in(item, f"{where}.{number}" if where else str(number))


def words_of(texts: Iterable[str]) -> set[str]:
    """Words and numbers of texts, folded, for comparing."""
    return {word for text in texts for word in re.findall(r"\w+", text.casefold())}


def printable(text: str, most: int = 200) -> str:
    """A text for a message: visible characters only, cut."""
    seen = "".join(c if unicodedata.category(c) not in _HIDDEN else " " for c in text[: most + 1])
    seen = " ".join(seen.split())
    return seen if len(seen) <= most else f"{seen[: most - 1]}…"
