"""What a picture should become, in a few words of fixed places, and a code for each word.

It takes the place of CLIP's text encoder in models trained from nothing (section 3.4, stage 1): the
UNet learns to draw and the BIM to find from codes while nobody can read yet, and the language
model's answer is then drawn to the same codes. A code is a fixed random vector, normalised as the
Q-Former's output is, so nothing of it need be kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import torch
from torch import Tensor

from smartedit_model.instruction_reader import NOTHING
from smartedit_model.world.catalogue import kinds
from smartedit_model.world.edits import WHOLE, EditSample
from smartedit_model.world.facts import fact
from smartedit_model.world.palette import colour_names
from smartedit_model.world.query import Query
from smartedit_model.world.relations import RELATIONS
from smartedit_model.world.render import REFLECTED
from smartedit_model.world.spec import BACKDROPS, OPS, STYLES, TIMES, WEATHERS
from smartedit_model.world.wordings import table

SEED = 23
DRAWN = ("op", "target", "kind", "colour", "setting", "way")
"""What is to be drawn: the op, the kind it is made on, and what that becomes."""
PICKED = (
    "said", "tint", "side", "ordinal", "size", "mirror", "relation", "other", "other_tint", "sort",
)  # fmt: skip
"""By what the target is picked: its kind or group as said, its colour, its place among its like,
its size, what it stands by (``other``), and how these are joined (``sort``)."""
PLACES = (*DRAWN, *PICKED)
_ORDINALS = 6
UNSURE = 0.6
"""Largest standard deviation of the noise on codes, which are of unit variance."""


@cache
def words() -> dict[str, tuple[str, ...]]:
    """Every word that can stand at each place."""
    settings = dict.fromkeys((*BACKDROPS, *WEATHERS, *TIMES, *STYLES))
    return {
        "op": (NOTHING, *OPS),
        "target": (NOTHING, *kinds()),
        "kind": (NOTHING, *kinds()),
        "colour": (NOTHING, *colour_names()),
        "setting": (NOTHING, *settings),
        "way": (NOTHING, "bigger", "smaller", "left", "right"),
        "said": (NOTHING, *kinds(), *table("groups")),
        "tint": (NOTHING, *colour_names()),
        "side": (NOTHING, "left", "right", "middle"),
        "ordinal": (NOTHING, *map(str, range(1, _ORDINALS + 1))),
        "size": (NOTHING, "largest", "smallest"),
        "mirror": (NOTHING, "inside", "outside"),
        "relation": (NOTHING, *RELATIONS),
        "other": (NOTHING, *kinds()),
        "other_tint": (NOTHING, *colour_names()),
        "sort": (NOTHING, "several", "other", "but", "also", "not", "fact"),
    }


def caption_of(made: EditSample) -> tuple[int, ...]:
    """Return the number of the word at each place, for an edit as it is asked for.

    Whether the picture holds what is spoken of is not told; see ``undone``.
    """
    told: dict[str, str] = dict.fromkeys(PLACES, NOTHING)
    spec = made.spec
    if spec is not None:
        shown = {made.scene.spec.get(owner % REFLECTED).kind for owner in made.referred}
        told["op"] = made.op
        told["target"] = shown.pop() if len(shown) == 1 else NOTHING
        place = {"replace": "kind", "add": "kind", "resize": "way", "move": "way"}.get(made.op)
        if made.op in WHOLE:
            place = "setting"
        if made.op in ("recolor", "segment"):
            place = "colour"
        if place is not None:
            told[place] = spec.value
        colour = spec.added.colour if spec.added is not None else spec.colour
        # A colour that nobody asked for is for the model to choose.
        if colour and colour in made.instruction:
            told["colour"] = colour
    if spec is not None and spec.target is not None:
        told |= _picked(spec.target)
    return tuple(words()[place].index(told[place]) for place in PLACES)


def undone(captions: Tensor, absent: Tensor) -> Tensor:
    """Return captions with nothing to draw where there is no target.

    Args:
        captions: ``(B, places)``.
        absent: Whether the picture holds nothing of what is spoken of, bool, ``(B,)``.
    """
    drawn = torch.arange(captions.shape[1], device=captions.device) < len(DRAWN)
    return captions.masked_fill(absent[:, None] & drawn, 0)


def _picked(query: Query) -> dict[str, str]:
    """Return what is said of the target at the places of ``PICKED``."""
    told = {
        "said": query.kind or query.group,
        "tint": query.colour,
        "side": query.side,
        "ordinal": str(min(query.ordinal, _ORDINALS)) if query.ordinal else None,
        "size": query.size,
        "mirror": query.mirror,
        "relation": query.relation,
        "other": query.not_kind,
        "other_tint": query.not_colour,
    }
    sorts = [name for name in ("also", "but", "other", "fact") if getattr(query, name)]
    if query.fact:
        fitting = tuple(fact(query.fact).fits)
        told["said"] = told["said"] or (fitting[0] if len(fitting) == 1 else None)
    for nested in (query.other, query.but, query.also):
        if nested is not None:
            told |= {"other": nested.kind, "other_tint": nested.colour}
    if query.not_kind or query.not_colour:
        sorts.append("not")
    if query.several:
        sorts.append("several")
    return {place: word for place, word in told.items() if word} | {
        "sort": sorts[0] if sorts else NOTHING
    }


@cache
def code_tables(hidden: int) -> tuple[Tensor, ...]:
    """Return the codes of every word at each place, ``(words, hidden)`` each."""
    source = torch.Generator().manual_seed(SEED)
    tables = []
    for place in PLACES:
        codes = torch.randn(len(words()[place]), hidden, generator=source)
        tables.append(torch.nn.functional.layer_norm(codes, (hidden,)))
    return tuple(tables)


def coded(captions: Sequence[Sequence[int]] | Tensor, hidden: int) -> Tensor:
    """Return the codes of captions, or of their first places, ``(B, places, hidden)``.

    A tensor of numbers is answered on its own device, without waiting for it.
    """
    numbers = captions if isinstance(captions, Tensor) else torch.tensor([*map(list, captions)])
    tables = code_tables_on(hidden, numbers.device)
    return torch.stack(
        [
            codes[numbers[:, place]]
            for place, codes in zip(range(numbers.shape[1]), tables, strict=False)
        ],
        dim=1,
    )


@cache
def code_tables_on(hidden: int, device: torch.device) -> tuple[Tensor, ...]:
    """Return :func:`code_tables` on a device, brought there once."""
    return tuple(table.to(device) for table in code_tables(hidden))


def as_answered(codes: Tensor, queries: int) -> Tensor:
    """Return a condition that holds codes as a language model may come to answer them.

    It will only come near its codes, and what further queries will hold is not known yet: noise
    teaches to do with the one and without the others.

    Args:
        codes: ``(B, places, hidden)``.
        queries: Queries of the condition.

    Returns:
        ``(B, queries, hidden)``; the noise comes from PyTorch's global source.
    """
    apart = UNSURE * torch.rand(len(codes), 1, 1, device=codes.device)
    near = codes + apart * torch.randn_like(codes)
    free = queries - codes.shape[1]
    rest = torch.randn(len(codes), free, codes.shape[2], device=codes.device)
    return torch.cat([near, rest], dim=1)
