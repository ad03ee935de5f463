"""What an edit of the drawn world is about, as words that a learner is made to tell.

Telling them teaches the condition what is asked for long before pictures could: what is done, to
what, by which words it is told from others, and what it becomes. It knows no model.
"""

from __future__ import annotations

from functools import cache

from smartedit_model.world.catalogue import kinds
from smartedit_model.world.edits import EditSample
from smartedit_model.world.palette import colour_names
from smartedit_model.world.query import Query
from smartedit_model.world.relations import RELATIONS
from smartedit_model.world.render import REFLECTED
from smartedit_model.world.spec import BACKDROPS, OPS, STYLES, TIMES, WEATHERS

ABSENT = "op:none"
"""Nothing in the picture is what is asked for: the one concept that words alone do not tell."""
_ORDINALS = 6
_NESTED = ("other", "but", "also")


@cache
def world_concepts() -> tuple[str, ...]:
    """Every concept, in order."""
    colours = colour_names()
    values = (*kinds(), *colours, *BACKDROPS, *WEATHERS, *TIMES, *STYLES)
    ways = ("bigger", "smaller", "left", "right")
    by = (
        *("left", "right", "middle", "largest", "smallest", "inside", "outside"),
        *map(str, range(_ORDINALS + 1)),
        *RELATIONS,
        *("several", "fact", "group", *_NESTED),
    )
    return (
        *(f"op:{op}" for op in OPS),
        ABSENT,
        *(f"target:{key}" for key in kinds()),
        *(f"value:{value}" for value in dict.fromkeys((*values, *ways))),
        *(f"by:{way}" for way in by),
        *(f"colour:{colour}" for colour in colours),
        *(f"not:{name}" for name in (*kinds(), *colours)),
        *(f"beside:{key}" for key in kinds()),
    )


def concepts_of(made: EditSample) -> tuple[str, ...]:
    """Return what an edit is about: its op, its target, how that is told, its new value."""
    told = {f"op:{made.op}"}
    told |= {f"target:{made.scene.spec.get(o % REFLECTED).kind}" for o in made.referred}
    if not made.valid:
        told.add(ABSENT)
    spec = made.spec
    if spec is not None:
        told |= {f"value:{spec.value}"} if spec.value else set()
        told |= {f"value:{spec.colour}"} if spec.colour else set()
        told |= {f"value:{spec.added.colour}"} if spec.added is not None else set()
        told |= set(_told(spec.target)) if spec.target is not None else set()
    return tuple(name for name in world_concepts() if name in told)


def _told(query: Query) -> list[str]:
    """Return by which words a query picks."""
    told = [f"by:{name}" for name in ("several", "fact", "group", *_NESTED) if getattr(query, name)]
    picking = (query.side, query.size, query.mirror, query.relation)
    told += [f"by:{name}" for name in picking if name]
    told += [f"by:{min(query.ordinal, _ORDINALS)}"] if query.side else []
    told += [f"target:{query.kind}"] if query.kind else []
    told += [f"colour:{query.colour}"] if query.colour else []
    told += [f"not:{name}" for name in (query.not_kind, query.not_colour) if name]
    for nested in (query.other, query.but):
        told += [f"beside:{nested.kind}"] if nested is not None and nested.kind else []
    told += _told(query.also) if query.also is not None else []
    return told
