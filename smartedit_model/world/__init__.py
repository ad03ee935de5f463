"""A drawn world: scenes whose every object, mask and relation is known, and exact edits of them.

It gives training and test material; it knows no model and imports no torch. Names are resolved on
first use, so importing the package costs nothing. No module is called like a public name: an
imported module would hide it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from smartedit_model.world.asking import Question, questions
    from smartedit_model.world.catalogue import kind, kinds
    from smartedit_model.world.edits import EditSample, EditSpec, make_edit
    from smartedit_model.world.proposals import propose
    from smartedit_model.world.query import Query, resolve
    from smartedit_model.world.refer import Reference, references
    from smartedit_model.world.scene import Scene, SceneObject, draw_scene, make_scene
    from smartedit_model.world.splits import Rules, rules_of
    from smartedit_model.world.stream import sample, samples

_WHERE = {
    "EditSample": "edits",
    "EditSpec": "edits",
    "Query": "query",
    "Question": "asking",
    "Reference": "refer",
    "Rules": "splits",
    "Scene": "scene",
    "SceneObject": "scene",
    "draw_scene": "scene",
    "kind": "catalogue",
    "kinds": "catalogue",
    "make_edit": "edits",
    "make_scene": "scene",
    "propose": "proposals",
    "questions": "asking",
    "references": "refer",
    "resolve": "query",
    "rules_of": "splits",
    "sample": "stream",
    "samples": "stream",
}

__all__ = [
    "EditSample",
    "EditSpec",
    "Query",
    "Question",
    "Reference",
    "Rules",
    "Scene",
    "SceneObject",
    "draw_scene",
    "kind",
    "kinds",
    "make_edit",
    "make_scene",
    "propose",
    "questions",
    "references",
    "resolve",
    "rules_of",
    "sample",
    "samples",
]


def __getattr__(name: str) -> Any:
    """Imports the module of a public name on first use."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
