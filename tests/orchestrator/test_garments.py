"""A top that is worn is no part of the picture, and the top of the picture is nobody's."""

from __future__ import annotations

import numpy as np
import pytest

from orchestrator.language.read import read_plan
from tools.errors import GroundingFailed
from tools.grounders import ground
from tools.grounding import Scene
from tools.target import Relation, Target

WOMAN = Target(phrase="the woman", category="woman")


@pytest.mark.parametrize(
    ("words", "phrase"),
    [
        ("make her top yellow", "her top"),
        ("change the colour of his top to yellow", "his top"),
        ("recolor the woman's top to red", "the woman's top"),
        ("make the top she wears yellow", "the top she wears"),
        ("make the top that she's wearing yellow", "the top that she's wearing"),
        ("make the yellow top blue", "the yellow top"),
        ("make the striped top blue", "the striped top"),
        ("her top should be green", "her top"),
    ],
)
def test_a_top_that_is_worn_is_a_thing(words: str, phrase: str) -> None:
    """With its wearer or its colour, and at no side of the picture."""
    target = read_plan(words)[0].steps[0].target
    assert (target.phrase, target.category, target.ordinal) == (phrase, "top", None)


@pytest.mark.parametrize(
    ("words", "category"),
    [
        ("make the top yellow", "side"),
        ("make the top of the picture darker", "side"),
        ("brighten the top half", "half"),
        ("make the top right corner darker", "corner"),
        ("make her top half brighter", "half"),
        ("make her top lip red", "lip"),
        ("put a hat on top of her head", "head"),
    ],
)
def test_the_top_of_something_stays_a_place(words: str, category: str) -> None:
    """Of the picture, of a row, of a head."""
    assert read_plan(words)[0].steps[0].target.category == category


@pytest.mark.parametrize(
    "target",
    [
        Target(phrase="her top", category="top"),
        Target(phrase="the top", category="top", relation=Relation(kind="part_of", anchor=WOMAN)),
        Target(phrase="the striped top", category="top", attributes=("striped",)),
    ],
)
def test_no_garment_is_found_at_the_top_of_the_picture(target: Target) -> None:
    """Whoever planned it; the place of that name is still found."""
    scene = Scene(np.full((90, 120, 3), 120, dtype=np.uint8))
    with pytest.raises(GroundingFailed, match="nothing here can find 'top'"):
        ground(scene, target)
    place = ground(scene, Target(phrase="the top", category="top"))
    assert place.mask[:30].all()
    assert not place.mask[30:].any()
