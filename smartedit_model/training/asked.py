"""Which classes an instruction asks for, and in which role: what ``matching`` is taught.

It follows from the words alone, so it can be told before any picture is understood: a fact or a
group asks for every kind that it fits, whatever the picture shows. It knows no model.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from smartedit_model.matching import ROLES
from smartedit_model.world.catalogue import kinds, members
from smartedit_model.world.edits import EditSample
from smartedit_model.world.facts import fact
from smartedit_model.world.palette import colour_names
from smartedit_model.world.query import Query

GROUPS = (1 + len(kinds()), 1 + len(colour_names()))
"""Sizes of the groups of ``matching``: kinds and colours, each with none first."""
Asked = npt.NDArray[np.float32]


def asked_of(made: EditSample) -> Asked | None:
    """Return 1.0 for each class asked for, ``(roles, classes)``; None without a target in words."""
    if made.spec is None or made.spec.target is None:
        return None
    table = np.zeros((len(ROLES), sum(GROUPS)), np.float32)
    _ask(table, made.spec.target, 0)
    return table


def class_of(kind: str | None = None, colour: str | None = None) -> int:
    """Return the number of a kind's or a colour's class."""
    if kind is not None:
        return 1 + list(kinds()).index(kind)
    return GROUPS[0] + 1 + colour_names().index(str(colour))


def _ask(table: Asked, query: Query, role: int) -> None:
    named = (query.kind,) if query.kind else ()
    of_group = members(query.group) if query.group else ()
    fitting = tuple(fact(query.fact).fits) if query.fact else ()
    for kind in (*named, *of_group, *fitting):
        table[role, class_of(kind)] = 1.0
    if query.colour:
        table[role, class_of(colour=query.colour)] = 1.0
    if query.not_kind:
        table[2, class_of(query.not_kind)] = 1.0
    if query.not_colour:
        table[2, class_of(colour=query.not_colour)] = 1.0
    if query.other:
        _ask(table, query.other, 1)
    if query.but:
        _ask(table, query.but, 2)
    if query.also:
        _ask(table, query.also, role)
