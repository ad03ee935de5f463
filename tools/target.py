"""Referring expressions: what a phrase such as "the second cup from the left" points at.

Pure data, shared by planners (which write it) and grounders (which read it). It does not parse
language and does not look at pictures.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Side = Literal["left", "right", "top", "bottom", "front", "back"]
RelationKind = Literal[
    "on",
    "under",
    "in",
    "behind",
    "in_front_of",
    "left_of",
    "right_of",
    "above",
    "below",
    "next_to",
    "near",
    "between",
    "part_of",
    "reflection_of",
    "with",
    "without",
    "wearing",
    "holding",
    "at",
]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Relation(_Frozen):
    """How the target stands to another thing: ``{kind: on, anchor: {phrase: "the desk"}}``."""

    kind: RelationKind
    anchor: Target


class Ordinal(_Frozen):
    """A place in a row: index 2 from the left is "the second from the left"; -1 is the last."""

    index: int = Field(ge=-50, le=50)
    side: Side = "left"


class Target(_Frozen):
    """A parsed referring expression.

    Attributes:
        phrase: the user's own words, verbatim ("the smaller of the two dogs").
        category: head noun, singular, lower case ("dog"); "" where the phrase names none.
        attributes: adjectives that describe looks ("red", "wooden").
        relation: how it stands to another thing.
        ordinal: its place in a row. "the left dog" is ``{index: 1, side: left}``; "the middle
            one" is ``{index: 0, side: left}``.
        superlative: "biggest", "smallest", "tallest", "nearest", "brightest"… ("" for none).
        quantity: ``one``, ``all`` ("all the cups") or ``all_but`` ("everything but the dog", where
            ``exclude`` holds the dog).
        exclude: what is left out of the target ("the sneakers but not the laces").
    """

    phrase: str = Field(max_length=2000)
    category: str = ""
    attributes: tuple[str, ...] = ()
    relation: Relation | None = None
    ordinal: Ordinal | None = None
    superlative: str = ""
    quantity: Literal["one", "all", "all_but"] = "one"
    exclude: Target | None = None

    @property
    def is_whole_image(self) -> bool:
        """True where the target is the picture itself."""
        return self.category in WHOLE_IMAGE


WHOLE_IMAGE = frozenset({"image", "picture", "photo", "photograph", "scene", "shot", "frame"})
"""Categories that mean the picture itself."""

IMAGE = Target(phrase="the whole image", category="image")
"""The whole image, the target of global steps."""

Relation.model_rebuild()
