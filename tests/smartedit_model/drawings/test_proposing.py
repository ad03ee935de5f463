"""Masks that may be things: from the whole picture, and from a closer look at its corners."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest

from smartedit_model.drawings.proposing import (
    CLICKS,
    CLOSER,
    GRID,
    LEAST,
    SMALL,
    overlaps,
    proposals,
)
from smartedit_model.drawings.things import things_in
from smartedit_model.evaluation.judge_eye import Eye
from smartedit_model.evaluation.judge_weights import shipped_judge
from smartedit_model.fingerprints import content_version
from smartedit_model.sam.segmenter import SamSegmenter
from smartedit_model.sam.small import NAME, load_small, shipped_folder
from smartedit_model.world.cases import drawn_case
from smartedit_model.world.relations import relations
from tools.grounding import Scene
from tools.masks import iou
from tools.operation import HardMask, Rgb

SIDE = 128


class Plain:
    """Gives, for each click, all pixels of just its colour; from afar only large areas."""

    def __init__(self, least: float) -> None:
        self.least, self.looks = least, 0

    def clicked(
        self, scene: Scene, points: Sequence[tuple[int, int]], least: float
    ) -> list[tuple[HardMask, float]]:
        """Areas of one colour."""
        self.looks += 1
        found = []
        for x, y in points:
            off = np.abs(scene.image.astype(int) - scene.image[y, x].astype(int)).sum(axis=2)
            mask = off < 60
            if self.least <= mask.mean() <= 0.45:
                found.append((mask, 0.9))
        return found


def picture(*squares: tuple[int, int, int]) -> Rgb:
    """White with coloured squares, each by its corner and its side."""
    image = np.full((SIDE, SIDE, 3), 255, np.uint8)
    for number, (x, y, side) in enumerate(squares):
        image[y : y + side, x : x + side] = ((200, 0, 0), (0, 160, 0), (0, 0, 200))[number % 3]
    return image


def square(x: int, y: int, side: int) -> HardMask:
    """Where a square is."""
    mask = np.zeros((SIDE, SIDE), np.bool_)
    mask[y : y + side, x : x + side] = True
    return mask


def test_what_is_large_is_found_from_afar_and_once() -> None:
    """The closer look brings it no second time, and is made in every corner."""
    proposer = Plain(0.0)
    found = proposals(picture((20, 20, 40)), proposer)
    assert proposer.looks == 5
    assert [one.closer for one in found if iou(one.mask, square(20, 20, 40)) > 0.9] == [False]


def test_what_is_small_is_found_by_a_closer_look_at_its_place() -> None:
    """From afar nothing so small is given; its mask lies where it stands, and is told apart."""
    at = (98, 96, 12)
    found = proposals(picture(at), Plain(0.012))
    assert [one.closer for one in found] == [True]
    assert iou(found[0].mask, square(*at)) > 0.8


def test_what_a_closer_look_cuts_is_left_out() -> None:
    """A thing across the edge of a look is not taken for the half of it that is seen there."""
    edge = round(SIDE * CLOSER)
    found = proposals(picture((edge - 8, 10, 16)), Plain(0.0))
    assert all(iou(one.mask, square(edge - 8, 10, 16)) > 0.9 for one in found)


@pytest.mark.parametrize("shape", [(96, 128), (128, 70)])
def test_pictures_of_any_shape_are_looked_at(shape: tuple[int, int]) -> None:
    """Masks have the picture's size; what a closer look finds is small."""
    image = picture((70 if shape[1] > 90 else 40, 60, 14))[: shape[0], : shape[1]]
    found = proposals(np.ascontiguousarray(image), Plain(0.0))
    assert found
    for one in found:
        assert one.mask.shape == shape
        assert LEAST <= one.mask.mean() <= (SMALL if one.closer else 0.45)
    assert GRID > CLICKS


def test_overlaps_are_counted() -> None:
    """Shared pixels of each two, and pixels of each; nothing of nothing."""
    both, area = overlaps([square(0, 0, 10), square(5, 0, 10)])
    assert both.tolist() == [[100, 50], [50, 100]]
    assert area.tolist() == [100, 100]
    assert overlaps([])[0].shape == (0, 0)


@cache
def seen() -> tuple[SamSegmenter, Eye]:
    """The shipped small SAM and recogniser."""
    folder = shipped_folder()
    sam = SamSegmenter(NAME, lambda: load_small(folder), content_version(folder))
    return sam, Eye(shipped_judge())


def test_things_that_stand_on_others_are_recognised() -> None:
    """Of small things upon larger ones many are found and named; what they stand on is, too."""
    told, under = [], []
    for number in range(200):
        scene = drawn_case("val", "relation", number, 3).scene
        things = {item.uid: item for item in scene.objects}
        both = [
            (things[one.subject], things[one.other])
            for one in relations(scene.spec)
            if one.name == "on" and 0.003 < things[one.subject].mask.mean() < 0.03
        ]
        if not both or scene.spec.style != "none" or len(told) >= 8:
            continue
        found = things_in(Scene(scene.image), *seen())
        for pair in both:
            for ours, one in zip((told, under), pair, strict=True):
                ours.append(any(iou(t.mask, one.mask) > 0.5 and t.kind == one.kind for t in found))
    assert len(told) >= 8
    assert np.mean(told) >= 0.35
    assert np.mean(under) >= 0.7
