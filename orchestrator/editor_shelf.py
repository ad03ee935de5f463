"""The editors of this installation, best first, built from what is on the machine."""

from __future__ import annotations

import importlib
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

DRAWN = {
    THINGS_EDITOR: ("smartedit_model.drawings.drawer", "DrawnThings"),
    MOODS_EDITOR: ("smartedit_model.drawings.moods", "DrawnMoods"),
    CHANGES_EDITOR: ("smartedit_model.drawings.changing", "DrawnChanges"),
    BACKDROPS_EDITOR: ("smartedit_model.drawings.backdrops", "DrawnBackdrops"),
}
"""Editors that draw without a model, best first -> module (loaded when asked for) and class."""
BEST_FIRST = ("smartedit-13b", "smartedit-7b", "smartedit-nano")
"""The models that ``auto`` tries, in order, after what draws without one."""


def default_shelf(models: Path) -> EditorShelf:
    """Every editor this installation knows; building the shelf loads nothing.

    Args:
        models: folder of imported weights, one folder a model.
    """
    # First what draws without a model, since no model draws that better.
    factories: dict[str, Callable[[], Editor]] = {
        **{name: partial(_drawn, name, models) for name in DRAWN},
        **{name: partial(_smartedit, name, models) for name in BEST_FIRST},
    }
    return EditorShelf(factories, partial(_open_ended, models), painters=DRAWN)


def _drawn(name: str, models: Path) -> Editor:
    module, made = DRAWN[name]
    editor: Editor = getattr(importlib.import_module(module), made)(*_sight(models))
    return editor


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
