"""What a place of a picture looks like to the judge: names, and how likely each is.

For every head of its network (``judge_net``) there is one answer more than the world has names:
`nothing` and `unclear` for kinds, `unclear` for looks. It looks at nothing itself, and imports no
torch, so that what only reads sights does not load it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from smartedit_model.world.catalogue import kinds
from smartedit_model.world.palette import colour_names
from smartedit_model.world.spec import BACKDROPS, STYLES, TIMES, WEATHERS

Chances = np.ndarray[Any, np.dtype[np.float32]]

NOTHING, UNCLEAR = "nothing", "unclear"
LIKELY = 0.3
"""A name with at least this chance may be meant, even where another is likelier."""
KEPT = 0.5
"""Share of its chance that a name must keep for a thing to be still what it was."""


@cache
def answers() -> dict[str, tuple[str, ...]]:
    """The names that each head chooses between, in the order of its outputs."""
    return {
        "kind": (*kinds(), NOTHING, UNCLEAR),
        "colour": colour_names(),
        "background": (*BACKDROPS, UNCLEAR),
        "weather": (*WEATHERS, UNCLEAR),
        "time": (*TIMES, UNCLEAR),
        "style": (*STYLES, UNCLEAR),
    }


@dataclass(frozen=True, eq=False)
class Sight:
    """What a place or picture looks like: the chance of each name, head by head."""

    chances: dict[str, Chances]

    def name(self, head: str) -> str:
        """The likeliest name."""
        return answers()[head][int(self.chances[head].argmax())]

    def chance(self, head: str, name: str) -> float:
        """The chance of a name, in [0, 1]."""
        return float(self.chances[head][answers()[head].index(name)])

    def may_be(self, head: str, name: str) -> bool:
        """Whether a name is the likeliest, or likely enough."""
        return self.name(head) == name or self.chance(head, name) >= LIKELY

    def keeps(self, head: str, name: str, before: Sight) -> bool:
        """Whether it may still be called what it was called before."""
        kept = self.chance(head, name) >= KEPT * before.chance(head, name)
        return kept or self.may_be(head, name)

    def told(self, head: str) -> str:
        """The likeliest name and its chance, in words."""
        return f"{self.name(head)} ({float(self.chances[head].max()):.2f})"
