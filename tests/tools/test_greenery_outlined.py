"""Grass and plants, which colours find in part and a segmenter that knows photographs outlines."""

from __future__ import annotations

import numpy as np
import pytest

from tests.tools.outliner import Outliner
from tools.greenery_outlined import grass_outlined, plants_outlined
from tools.ground_scenery import SceneryGrounder
from tools.grounding import Scene
from tools.operation import HardMask, Rgb
from tools.outlines import deepest
from tools.target import Target

SHAPE = (240, 320)
HORIZON, TREES = 120, (95, 120)


def rows(top: int, bottom: int) -> HardMask:
    """All between two rows."""
    found = np.zeros(SHAPE, dtype=np.bool_)
    found[top:bottom] = True
    return found


def picture() -> Rgb:
    """Sky, a strip of trees, and a meadow of which two fifths are green and the rest is dry."""
    draw = np.random.default_rng(4)
    image = np.empty((*SHAPE, 3), dtype=np.float64)
    image[:] = (170, 200, 240)
    image[slice(*TREES)] = (60, 110, 50)
    image[HORIZON:] = (190, 170, 120)
    image[HORIZON:, :130] = (110, 150, 60)
    image[TREES[0] :] += draw.normal(0, 18, (SHAPE[0] - TREES[0], SHAPE[1], 1))
    return np.clip(image, 0, 255).astype(np.uint8)


def found(word: str, segmenter: Outliner | None) -> HardMask | None:
    """What the grounder finds of a word in the picture."""
    regions = SceneryGrounder().ground(Scene(picture(), segmenter=segmenter), Target(phrase=word))
    return regions[0].mask if regions else None


def test_a_meadow_is_found_whole_and_trees_are_not_it() -> None:
    """By colours the green of both is grass and the dry half is not; the outline tells."""
    meadow, trees = rows(HORIZON, SHAPE[0]), rows(*TREES)
    alone = found("the grass", None)
    assert alone is not None
    assert alone[150:, 200:].mean() < 0.2
    teller = Outliner(meadow, trees)
    grass = found("the grass", teller)
    assert grass is not None
    assert grass[HORIZON + 8 :].mean() > 0.98
    assert grass[: HORIZON - 8].mean() < 0.02
    wood = found("the trees", teller)
    assert wood is not None
    assert wood[100:114].mean() > 0.95
    assert wood[HORIZON + 8 :].mean() < 0.02


@pytest.mark.parametrize(
    "teller",
    [
        Outliner(rows(HORIZON, SHAPE[0]), knows=False),
        Outliner(rows(HORIZON, SHAPE[0]), broken=True),
        Outliner(),
        Outliner(rows(230, 240)),  # of a part of it
    ],
)
def test_without_a_good_outline_colours_decide(teller: Outliner) -> None:
    """A segmenter of drawings, one that cannot be used, and one that sees something else."""
    told, alone = found("the grass", teller), found("the grass", None)
    assert told is not None
    assert alone is not None
    assert np.array_equal(told, alone)


def test_sand_with_green_tufts_is_no_grass() -> None:
    """An outline of which little was green is of something else."""
    green = rows(200, 212)
    assert grass_outlined(Scene(picture(), segmenter=Outliner(rows(150, 240))), green) is None
    assert grass_outlined(Scene(picture(), segmenter=Outliner(rows(190, 220))), green) is not None


def test_plants_gain_what_lies_between_their_leaves_only() -> None:
    """A hole in a tree is filled; a wall with ivy on it is not taken; it is asked a few times."""
    tree = np.zeros(SHAPE, dtype=np.bool_)
    tree[40:160, 40:140] = True
    leaves = tree.copy()
    leaves[80:100, 80:100] = False
    ivy = np.zeros(SHAPE, dtype=np.bool_)
    ivy[60:120, 200:230] = True
    wall = np.zeros(SHAPE, dtype=np.bool_)
    wall[20:220, 190:310] = True
    teller = Outliner(tree, wall)
    plants = plants_outlined(Scene(picture(), segmenter=teller), leaves | ivy)
    assert np.array_equal(plants, tree | ivy)
    assert 2 <= teller.asked <= 4


def test_clicks_lie_deep_and_apart() -> None:
    """The deepest first; a sliver has none, and nothing has none."""
    mask = np.zeros(SHAPE, dtype=np.bool_)
    mask[100:180, 20:300] = True
    places = deepest(mask)
    assert len(places) > 3
    assert all(mask[y, x] for x, y in places)
    assert abs(places[0][1] - 140) < 4
    gaps = [np.hypot(a[0] - b[0], a[1] - b[1]) for a in places for b in places if a is not b]
    assert min(gaps) > 20
    assert deepest(np.zeros(SHAPE, dtype=np.bool_)) == []
    assert deepest(rows(100, 102)) == []


def test_of_what_is_green_all_over_the_middle_is_clicked() -> None:
    """No place is deeper than another, and a corner is the worst to ask about."""
    assert deepest(np.ones(SHAPE, dtype=np.bool_)) == [(160, 120)]
