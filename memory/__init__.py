"""The session store: immutable revisions in a DAG, content-addressed pixels, chat log.

Names are loaded when they are first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from memory.errors import StoreError
    from memory.home import Home, find_home
    from memory.records import (
        AttemptInfo,
        BranchInfo,
        CheckProblem,
        Difference,
        GcReport,
        MessageInfo,
        MoveInfo,
        RevisionInfo,
        RunInfo,
        SessionInfo,
        StoredImage,
        WordInfo,
    )
    from memory.store import SessionStore

__all__ = [
    "AttemptInfo",
    "BranchInfo",
    "CheckProblem",
    "Difference",
    "GcReport",
    "Home",
    "MessageInfo",
    "MoveInfo",
    "RevisionInfo",
    "RunInfo",
    "SessionInfo",
    "SessionStore",
    "StoreError",
    "StoredImage",
    "WordInfo",
    "find_home",
]

_HOMES = {
    "SessionStore": "memory.store",
    "StoreError": "memory.errors",
    "Home": "memory.home",
    "find_home": "memory.home",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES.get(name, "memory.records")), name)
