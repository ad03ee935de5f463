"""The editors of this installation, best first, built from what is on the machine."""

from __future__ import annotations

from pathlib import Path

from orchestrator.editors import EditorShelf


def default_shelf(models: Path) -> EditorShelf:
    """Every editor this installation knows; building the shelf loads nothing.

    Args:
        models: folder of imported weights, one folder a model.
    """
    return EditorShelf()
