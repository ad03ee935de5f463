"""What the reader's language model knows of single words, for the pointer of drawings."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.planning import RULES, planner_name
from orchestrator.reader.base import is_ready

if TYPE_CHECKING:
    from smartedit_model.drawings.word_vectors import WordVectors


def word_vectors(planner: str) -> WordVectors | None:
    """Vectors of words, where the reader is installed and the planner is not ``rules`` alone.

    Raises:
        PlannerUnavailable: something of the reader is missing or not what it should be.
        BadSettings: an environment variable does not fit.
    """
    if planner_name(planner) == RULES or not is_ready():
        return None
    from orchestrator.reader.opening import opened_base

    return _opened(opened_base())


@cache
def _opened(folder: Path) -> WordVectors:
    from smartedit_model.drawings.word_vectors import WordVectors

    return WordVectors(folder)
