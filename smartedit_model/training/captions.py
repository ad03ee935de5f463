"""What a picture should become, in a few words of fixed places, and a code for each word.

It takes the place of CLIP's text encoder in models trained from nothing (section 3.4, stage 1): the
UNet learns to draw from codes while nobody can read yet, and the language model's answer is then
drawn to the same codes. A code is a fixed random vector, normalised as the Q-Former's output is, so
nothing of it need be kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import torch
from torch import Tensor

from smartedit_model.world.catalogue import kinds
from smartedit_model.world.edits import OPS, WHOLE, EditSample
from smartedit_model.world.palette import colour_names
from smartedit_model.world.render import REFLECTED
from smartedit_model.world.spec import BACKDROPS, STYLES, TIMES, WEATHERS

NOTHING = "-"
"""The word of a place that says nothing."""
SEED = 23
PLACES = ("op", "target", "kind", "colour", "setting", "way")


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
    }


def caption_of(made: EditSample) -> tuple[int, ...]:
    """Return the number of the word at each place, for an edit."""
    told = dict.fromkeys(PLACES, NOTHING)
    spec = made.spec
    if made.valid and spec is not None:
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
    return tuple(words()[place].index(told[place]) for place in PLACES)


@cache
def _codes(hidden: int) -> tuple[Tensor, ...]:
    source = torch.Generator().manual_seed(SEED)
    tables = []
    for place in PLACES:
        table = torch.randn(len(words()[place]), hidden, generator=source)
        tables.append(torch.nn.functional.layer_norm(table, (hidden,)))
    return tuple(tables)


def coded(captions: Sequence[Sequence[int]], hidden: int) -> Tensor:
    """Return the codes of captions, ``(B, len(PLACES), hidden)``."""
    numbers = torch.tensor([list(caption) for caption in captions])
    return torch.stack(
        [table[numbers[:, place]] for place, table in enumerate(_codes(hidden))], dim=1
    )
