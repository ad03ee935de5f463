"""Cases of a category: samples of a split that ask for one kind of thing, each made by its number.

Tests and measurements of a split draw from here, so that they mean the same by a category.
"""

from __future__ import annotations

from smartedit_model.world.edits import EditSample
from smartedit_model.world.errors import UnknownNameError, WorldDataError
from smartedit_model.world.refer import CATEGORIES
from smartedit_model.world.stream import sample

TASKS_ALONE = ("whole", "segment")
"""Tasks of the stream that are categories of their own: no referring category tells them apart."""
CHOICES = (*CATEGORIES, *TASKS_ALONE)
"""Every category of case."""
SHOWN = tuple(name for name in CATEGORIES if name != "none")
"""Referring categories whose thing is in the picture: nothing else can be pointed at."""


def drawn_case(
    split: str, category: str, number: int, seed: int = 0, *, size: int = 128
) -> EditSample:
    """One case.

    Args:
        split: ``train``, ``val`` or ``test``.
        category: of ``CHOICES``.
        number: which of the category's.
        seed: another seed gives other cases of the same split.
        size: side of the pictures in pixels.

    Raises:
        UnknownNameError: a split or category that the world does not know.
    """
    if category not in CHOICES:
        raise UnknownNameError("category", category, CHOICES)
    task = category if category in TASKS_ALONE else "edit"
    chosen = SHOWN if category in TASKS_ALONE else (category,)
    made = sample(split, number, seed, chosen, {task: 1.0}, size=size)
    if not isinstance(made, EditSample):
        raise WorldDataError(f"case {category}/{number} is a question, not an edit")
    return made
