"""Looks and style pictures handed over on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from orchestrator.plan import EditPlan

STYLE_HELP = "A picture whose colours and tones are taken over."
LOOKS_HELP = "Your own looks (YAML), beside those of the data folder."


def with_style(assets: list[str] | None, style_image: Path | None) -> list[str]:
    """The assets with the style picture among them."""
    return [*(assets or []), *([] if style_image is None else [f"style={style_image}"])]


def with_style_words(words: str, style_image: Path | None) -> str:
    """The instruction, asking for the style of the picture that was handed over."""
    if style_image is None:
        return words
    from orchestrator.style_wish import with_words

    return with_words(words)


def given_looks(path: Path | None) -> dict[str, Any]:
    """The looks of ``--looks FILE``; none where it was not given.

    Raises:
        BadArguments: the file does not fit; one line with the line and field.
    """
    if path is None:
        return {}
    from orchestrator.looks import looks_from

    return looks_from(path)


def spelled_out(plan: EditPlan, looks: dict[str, Any], assets: list[str]) -> EditPlan:
    """A plan that is only shown, as ``EditSession`` would run it."""
    from memory.home import find_home
    from orchestrator.cli.hints import parse_assets
    from orchestrator.looks import look_book, spell_out
    from orchestrator.style_wish import settled

    book = look_book(find_home().root, looks)
    return settled(spell_out(plan, book), parse_assets(assets))


def look_words(looks: dict[str, Any]) -> tuple[str, ...]:
    """Words for looks that the planner should know, from the data folder and ``--looks``."""
    from memory.home import find_home
    from orchestrator.looks import look_book, words_for_planner

    return words_for_planner(look_book(find_home().root, looks))
