"""Requests that one tool answers exactly: a border, the user's colour table, a watermark.

Their steps name the tool, and their params are the tool's own arguments. Reads no pictures.
"""

from __future__ import annotations

from typing import Any

from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.drafts import WHOLE
from orchestrator.language.effects import head_ahead
from orchestrator.language.units import Unit
from orchestrator.ops import Op

BORDER_SHARE = 0.04
"""Width of a border nobody measured, as a share of the shorter side."""
WIDTHS = {
    "thin": 0.5,
    "narrow": 0.5,
    "slim": 0.5,
    "small": 0.5,
    "thick": 2.0,
    "wide": 2.0,
    "broad": 2.0,
}
"""What words for its width make of that."""
_BORDERS = frozenset({"border", "borders", "frame", "frames"})
_PLAIN = ("det", "stop", "pronoun", "colour", "size", "scale", "filler", "degree")


def read_own_tool(reader: ClauseReader) -> bool:
    """Read "a white border of 20 pixels", "my lut", "a watermark 'ACME'", "the logo"."""
    head = head_ahead(reader)
    words = [u for u in head or () if u.kind == "word" and not u.has("place")]
    if not words or not all(_fits(u) for u in words):
        return False
    named = {u.norm for u in words}
    if named & _BORDERS:
        return _on_the_picture(reader, head or []) and _border(reader, words)
    if named & {"lut", "luts"}:
        return _tool(reader, "grade", "lut", "Apply the colour table that was handed over", {})
    if "watermark" in named or ("logo" in named and words[0].get("det") != "indefinite"):
        return _on_the_picture(reader, head or []) and watermark(reader)
    return False


def _fits(unit: Unit) -> bool:
    return unit.has(*_PLAIN) or unit.norm in (
        *_BORDERS, "lut", "luts", "watermark", "logo", "my", "our", "company", "text",
        "plain", "solid",
    )  # fmt: skip


def _on_the_picture(reader: ClauseReader, head: list[Unit]) -> bool:
    """Whether nothing in the picture is named that it should stand on."""
    place, taken = reader.at, set(reader.taken)
    reader.take(len(head))
    on_thing = False
    while not reader.done:
        if reader.sees("prep") and not reader.says("with", "in", "of"):
            reader.take()
            phrase = reader.phrase()
            on_thing = on_thing or (
                phrase is not None and phrase.role != "image" and not phrase.pronoun
            )
        else:
            reader.take()
    reader.at, reader.taken = place, taken
    return not on_thing


def _border(reader: ClauseReader, words: list[Unit]) -> bool:
    colour = next((str(u.get("colour")) for u in words if u.has("colour")), "white")
    amount = reader.amount
    if amount.pixels:
        width = max(1, min(2000, round(amount.pixels)))
        params: dict[str, Any] = dict.fromkeys(("left", "top", "right", "bottom"), width)
    else:
        width_said = next((WIDTHS[u.norm] for u in words if u.norm in WIDTHS), 1.0)
        share = amount.percent / 100 if amount.percent else BORDER_SHARE * width_said
        params = {"amount": round(min(2.0, abs(share)), 3)}
    return _tool(reader, "crop", "pad", f"Add a {colour} border", {**params, "fill": colour})


def watermark(reader: ClauseReader) -> bool:
    """Read "a watermark 'ACME' bottom left", "the logo": words, or the logo handed over."""
    spot = next((str(u.get("place")) for u in reader.left if u.has("place")), "")
    quote = next((u.text for u in reader.left if u.kind == "quote"), "")
    params = {"text": quote[:120]} if quote else {}
    if spot not in ("", "front", "back"):
        params["place"] = spot
    what = f'the watermark "{quote}"' if quote else "the logo that was handed over"
    return _tool(reader, "text", "watermark", f"Lay {what} over the picture", params)


def _tool(
    reader: ClauseReader, op: Op, tool: str, instruction: str, params: dict[str, Any]
) -> bool:
    draft = reader.draft(op, WHOLE, instruction)
    draft.params = params
    draft.executor = f"tool:{tool}"
    count = reader.find(lambda u: u.norm == "," or u.has("conjunction"))
    reader.take(len(reader.left) if count is None else count)
    return True
