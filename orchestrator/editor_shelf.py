"""The editors of this installation, best first, built from what is on the machine."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.editors import REMEDY, EditorShelf
from smartedit_model.drawings import (
    BACKDROPS_EDITOR,
    CHANGES_EDITOR,
    MOODS_EDITOR,
    THINGS_EDITOR,
)

if TYPE_CHECKING:
    from smartedit_model.drawings.surroundings import Surroundings
    from tools.editing import Editor
    from tools.operation import Rgb

BEST_FIRST = ("smartedit-13b", "smartedit-7b", "smartedit-nano")
"""The models that ``auto`` tries, in order, after what draws without one."""


def default_shelf(models: Path) -> EditorShelf:
    """Every editor this installation knows; building the shelf loads nothing.

    Args:
        models: folder of imported weights, one folder a model.
    """
    # First what draws without a model, since no model draws that better.
    factories: dict[str, Callable[[], Editor]] = {
        THINGS_EDITOR: partial(_drawn_things, models),
        MOODS_EDITOR: partial(_drawn_moods, models),
        CHANGES_EDITOR: partial(_drawn_changes, models),
        BACKDROPS_EDITOR: partial(_drawn_backdrops, models),
    }
    factories |= {name: partial(_smartedit, name, models) for name in BEST_FIRST}
    return EditorShelf(factories, partial(_open_ended, models))


def _drawn_things(models: Path) -> Editor:
    from smartedit_model.drawings.drawer import DrawnThings

    return DrawnThings(*_sight(models))


def _drawn_moods(models: Path) -> Editor:
    from smartedit_model.drawings.moods import DrawnMoods

    return DrawnMoods(*_sight(models))


def _drawn_changes(models: Path) -> Editor:
    from smartedit_model.drawings.changing import DrawnChanges

    return DrawnChanges(*_sight(models))


def _drawn_backdrops(models: Path) -> Editor:
    from smartedit_model.drawings.backdrops import DrawnBackdrops

    return DrawnBackdrops(*_sight(models))


def _sight(models: Path) -> tuple[Path, Callable[[Rgb], Surroundings]]:
    """What editors of drawings see by: where the small SAM is, and what looks at a picture."""
    from orchestrator.witnesses import drawn_eyes
    from smartedit_model.sam.small import small_folder

    folder = small_folder(models)
    return folder, lambda image: drawn_eyes(folder).surroundings(image)


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
