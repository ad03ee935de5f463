"""The editors of this installation, best first, built from what is on the machine."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.editors import REMEDY, EditorShelf

if TYPE_CHECKING:
    from tools.editing import Editor

DRAWN = "drawn-things"
"""Draws what its catalogue holds, without a model; first, since no model draws that better."""
MOODS = "drawn-moods"
"""Redraws the light and weather of drawings, without a model."""
BEST_FIRST = ("smartedit-13b", "smartedit-7b", "smartedit-nano")
"""The models that ``auto`` tries after them, in order."""


def default_shelf(models: Path) -> EditorShelf:
    """Every editor this installation knows; building the shelf loads nothing.

    Args:
        models: folder of imported weights, one folder a model.
    """
    factories: dict[str, Callable[[], Editor]] = {DRAWN: partial(_drawn_things, models)}
    factories[MOODS] = partial(_drawn_moods, models)
    factories |= {name: partial(_smartedit, name, models) for name in BEST_FIRST}
    return EditorShelf(factories, partial(_open_ended, models))


def _drawn_things(models: Path) -> Editor:
    from orchestrator.witnesses import drawn_eyes
    from smartedit_model.drawings.drawer import DrawnThings
    from smartedit_model.sam.small import small_folder

    folder = small_folder(models)
    return DrawnThings(folder, lambda image: drawn_eyes(folder).surroundings(image))


def _drawn_moods(models: Path) -> Editor:
    from orchestrator.witnesses import drawn_eyes
    from smartedit_model.drawings.moods import DrawnMoods
    from smartedit_model.sam.small import small_folder

    folder = small_folder(models)
    return DrawnMoods(folder, lambda image: drawn_eyes(folder).surroundings(image))


def _smartedit(name: str, models: Path) -> Editor:
    from smartedit_model.editor import SmartEditEditor
    from smartedit_model.registry import model_folder

    remedy = REMEDY.replace("smartedit-7b", name) if name in BEST_FIRST else REMEDY
    if name == "smartedit-nano":
        remedy = ""
    return SmartEditEditor(name, model_folder(name, models), remedy=remedy)


def _open_ended(models: Path, name: str) -> Editor | None:
    """``diffusers:NAME``, a folder of weights, or another name under the models folder."""
    if name.startswith("diffusers:"):
        from smartedit_model.diffusers_editor import DiffusersEditor

        return DiffusersEditor(name.removeprefix("diffusers:"))
    from smartedit_model.registry import model_folder

    folder = model_folder(name, models)
    return _smartedit(name, models) if folder.is_dir() else None
