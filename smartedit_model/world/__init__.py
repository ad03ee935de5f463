"""A drawn world: scenes whose every object, mask and relation is known, and exact edits of them.

It gives training and test material; it knows no model and imports no torch. Names are resolved on
first use, so importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from smartedit_model.world.edits import EditSample, EditSpec, make_edit
    from smartedit_model.world.kinds import kind, kinds
    from smartedit_model.world.query import Query, resolve
    from smartedit_model.world.questions import Question, questions
    from smartedit_model.world.samples import samples
    from smartedit_model.world.scene import Scene, SceneObject, make_scene
    from smartedit_model.world.splits import Rules, rules_of

_WHERE = {
    "EditSample": "edits",
    "EditSpec": "edits",
    "Query": "query",
    "Question": "questions",
    "Rules": "splits",
    "Scene": "scene",
    "SceneObject": "scene",
    "kind": "kinds",
    "kinds": "kinds",
    "make_edit": "edits",
    "make_scene": "scene",
    "questions": "questions",
    "resolve": "query",
    "rules_of": "splits",
    "samples": "samples",
}

__all__ = [
    "EditSample",
    "EditSpec",
    "Query",
    "Question",
    "Rules",
    "Scene",
    "SceneObject",
    "kind",
    "kinds",
    "make_edit",
    "make_scene",
    "questions",
    "resolve",
    "rules_of",
    "samples",
]


def __getattr__(name: str) -> Any:
    """Imports the module of a public name on first use."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
    globals()[name] = value  # a module of the same name must not shadow the function
    return value
