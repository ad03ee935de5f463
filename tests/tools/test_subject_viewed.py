"""What a viewer's map becomes: an outline where it is sure, an honest no where it is not."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import data

from tools.errors import GroundingFailed
from tools.grounders import ground
from tools.grounding import Region, Scene
from tools.subject import SURE, certainty, find_subject
from tools.target import Target

SUBJECT = Target(phrase="the subject", category="subject")
BACKGROUND = Target(phrase="the background", category="background")


class Scripted:
    """A viewer that was told what to see."""

    name = "scripted eyes"

    def __init__(self, likely):
        self.likely = np.asarray(likely, dtype=np.float32)

    def view(self, scene):
        """The map it was given."""
        return self.likely


def blob(inside=1.0, outside=0.0):
    """A square of 32 in a map of 64."""
    out = np.full((64, 64), outside, dtype=np.float32)
    out[16:48, 16:48] = inside
    return out


def flat(shape=(300, 400)):
    """A picture with a square where the map has one."""
    height, width = shape
    image = np.full((*shape, 3), 90, dtype=np.uint8)
    image[height // 4 : 3 * height // 4, width // 4 : 3 * width // 4] = 200
    return image


def test_certainty_is_the_expected_overlap():
    """1 for a map of ones and zeros, what is inside less what may be missed, 0 for nothing."""
    assert certainty(blob()) == 1
    assert certainty(blob(inside=0.8)) == pytest.approx(0.8, abs=1e-3)
    assert certainty(blob(outside=0.25)) == pytest.approx(1024 / (1024 + 768), abs=1e-3)
    assert certainty(blob(inside=0.4)) == 0


def test_a_sure_map_is_the_subject_and_the_rest_the_background():
    """Its edge lies on the picture's, and far from it nothing is half meant."""
    scene = Scene(flat(), viewer=Scripted(blob()))
    found, rest = ground(scene, SUBJECT), ground(scene, BACKGROUND)
    assert found.source == rest.source == "scripted eyes"
    assert found.confidence == 1
    expected = scene.image[..., 0] == 200
    assert np.count_nonzero(found.mask ^ expected) < 0.01 * expected.size
    assert found.soft[150, 200] == 1
    assert found.soft[10, 10] == 0
    assert np.array_equal(rest.mask, ~found.mask)


def test_an_undecided_map_is_no_subject():
    """Nor is what colours would guess, where there are no people."""
    unsure = Scripted(blob(inside=SURE - 0.05))
    assert find_subject(Scene(data.coffee()))
    assert find_subject(Scene(data.coffee(), viewer=unsure)) == []
    with pytest.raises(GroundingFailed, match="nothing in it stands out clearly"):
        ground(Scene(data.coffee(), viewer=unsure), BACKGROUND)


@pytest.mark.parametrize(("unsure", "source"), [(True, "faces"), (False, "scripted eyes")])
def test_a_face_decides_only_where_the_viewer_does_not(unsure, source):
    """What the viewer is sure of holds for people too; a face helps where it is not."""
    likely = blob(inside=0.6 if unsure else 1.0)
    scene = Scene(data.astronaut(), viewer=Scripted(likely))
    assert [found.source for found in find_subject(scene)] == [source]


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_all_or_nothing_is_no_subject(value):
    """A map without any edge says nothing about what is in front of what."""
    assert find_subject(Scene(flat(), viewer=Scripted(np.full((8, 8), value)))) == []


class FindsPeople:
    """A detector that knows where people are."""

    name = "scripted detector"

    def __init__(self, mask):
        self.mask = mask

    def claims(self, target):
        """People."""
        return target.category in ("people", "person", "dog")

    def ground(self, scene, target):
        """All of them, as one."""
        return [Region(self.mask, 0.9, self.name, "the people")]


@pytest.mark.parametrize("category", ["person", "dog"])
def test_behind_people_is_all_but_people(category):
    """A bus beside them is behind them; beside a dog it is what the picture is about."""
    people = np.zeros((300, 400), dtype=bool)
    people[100:140, 120:140] = True
    left_out = Target(phrase=f"the {category}s", category=category, quantity="all")
    behind = Target(phrase="the background", category="background", exclude=left_out)
    seen = Scripted(blob())
    found = ground(Scene(flat(), viewer=seen, detectors=(FindsPeople(people),)), behind)
    assert not found.mask[people].any()
    assert found.mask[200, 200] == (category == "person")
    assert found.mask[10, 10]


def test_all_but_a_thing_asks_who_finds_things():
    """No detector is asked of "everything", which is a place; the thing left out is none."""
    dog = np.zeros((300, 400), dtype=bool)
    dog[100:140, 120:140] = True
    left_out = Target(phrase="the dog", category="dog")
    rest = Target(phrase="everything but the dog", quantity="all_but", exclude=left_out)
    found = ground(Scene(flat(), detectors=(FindsPeople(dog),)), rest)
    assert np.array_equal(found.mask, ~dog)
