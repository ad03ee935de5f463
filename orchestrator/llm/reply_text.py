"""The JSON value in a model's reply, whatever stands around it.

Small local models think aloud, put their answer into Markdown, explain it, comment it, or write a
function call as text. All of that is left out; the value itself is not repaired beyond comments and
commas before a closing bracket. It does not know what a plan is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pydantic_core import from_json

_THOUGHT = re.compile(r"<(think|thinking|thought|reasoning)>.*?</\1>", re.S | re.I)
_THOUGHT_END = re.compile(r"</(?:think|thinking|thought|reasoning)>", re.I)
_FENCE = re.compile(r"```[\w+-]*[ \t]*\n?(.*?)```", re.S)
_OPENING = re.compile(r"[{\[]")
MOST_STARTS = 40
"""Brackets at which a value is looked for; prose has a few, hostile replies thousands."""
_CLOSING = {"{": "}", "[": "]"}


def values_in(text: str) -> Iterator[Any]:
    """The JSON objects and lists in a reply, those in Markdown fences first, in order.

    Args:
        text: of a bounded length.
    """
    said = _spoken(text)
    for part in (*_FENCE.findall(said), said):
        yield from _values(part)


def _spoken(text: str) -> str:
    """A reply without what the model thought aloud, also where the opening tag is left out."""
    rest = _THOUGHT.sub(" ", text)
    *_, last = _THOUGHT_END.split(rest)
    return last


def _values(text: str) -> Iterator[Any]:
    whole, value = _read(text)
    if whole:
        yield value
        return
    at = 0
    for _ in range(MOST_STARTS):
        found = _OPENING.search(text, at)
        if found is None:
            return
        cleaned, at = _span(text, found.start())
        if not at:
            return  # what is in a value that was cut is not the whole answer
        read, value = _read(cleaned)
        if read and value:  # "[]" in a sentence is no answer
            yield value


def _read(text: str) -> tuple[bool, Any]:
    """Whether a text is a JSON object or list, and that."""
    if text.strip()[:1] not in _CLOSING:
        return False, None
    try:
        return True, from_json(text, allow_inf_nan=False)
    except ValueError:
        return False, None


def _span(text: str, start: int) -> tuple[str, int]:
    """From an opening bracket to the one that closes it, without comments and spare commas.

    Returns:
        The text between, and where it ends; 0 where nothing closes it.
    """
    kept: list[str] = []
    open_ones: list[str] = []
    at = start
    for token in _TOKEN.finditer(text, start):
        if token.start() > at:
            kept.append(text[at : token.start()])
        at = token.end()
        piece = token.group()
        if piece[0] in "/#":
            continue
        if piece in _CLOSING:
            open_ones.append(_CLOSING[piece])
        elif piece in "}]":
            if open_ones.pop() != piece:
                return "", 0
            _drop_spare_comma(kept)
        kept.append(piece)
        if not open_ones:
            return "".join(kept), at
    return "", 0


_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\n]*|/\*.*?\*/|#[^\n"]*(?=\n)|[{}\[\]]', re.S)
"""Texts (so that what is in them is left alone), comments and brackets."""


def _drop_spare_comma(kept: list[str]) -> None:
    while kept and not kept[-1].strip():
        kept.pop()
    if kept and kept[-1].rstrip().endswith(",") and not kept[-1].startswith('"'):
        kept[-1] = kept[-1].rstrip()[:-1]
