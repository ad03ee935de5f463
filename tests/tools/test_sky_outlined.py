"""Large things of the sky's colour, which a segmenter that knows photographs tells from it."""

from __future__ import annotations

import numpy as np
import pytest

from tools.cielab import lab_of
from tools.errors import GroundingFailed
from tools.grounding import Box, Region, Scene
from tools.operation import HardMask, Rgb
from tools.sky_outlined import without_solid_things

SHAPE = (120, 200)


def picture(thing: tuple[int, int, int]) -> Rgb:
    """Blue above, green below, and a tower of some colour before the blue."""
    image = np.empty((*SHAPE, 3), dtype=np.uint8)
    image[:] = (110, 160, 220)
    image[80:] = (60, 110, 50)
    image[20:80, 90:120] = thing
    return image


class Teller:
    """A segmenter that leaves the tower, and a branch, out of the sky."""

    name = "teller"

    def __init__(self, *, knows: bool = True, lost: bool = False) -> None:
        self._knows, self._lost = knows, lost
        self.clicks: tuple[tuple[int, int, bool], ...] = ()

    def precise(self, _image: Rgb) -> bool:
        return self._knows

    def segment(
        self,
        scene: Scene,
        *,
        points: tuple[tuple[int, int, bool], ...] = (),
        box: Box | None = None,
        mask: HardMask | None = None,
    ) -> list[Region]:
        self.clicks = points
        if scene.image.shape[:2] != SHAPE:
            return []
        found = sky()
        found[20:80, 90:120] = False
        found[:40, 30:33] = False
        if self._lost:
            found[:, 40:] = False
        return [Region(found, 0.9, self.name)]


def sky() -> HardMask:
    """All of the blue, the tower with it."""
    found = np.zeros(SHAPE, dtype=np.bool_)
    found[:80] = True
    return found


def left(teller: Teller | None, thing: tuple[int, int, int] = (130, 150, 190)) -> HardMask:
    """What stays of the sky."""
    image = picture(thing)
    scene = Scene(image, segmenter=teller)
    return without_solid_things(scene, sky(), lab_of(image))


def test_a_tower_is_given_up_and_what_lies_between_branches_is_not() -> None:
    """Of what the outline leaves out, only solid parts; clicks are where sky is."""
    teller = Teller()
    kept = left(teller)
    assert not kept[30:75, 95:115].any()
    assert kept[:40, 30:33].all()
    assert kept[:, 140:].sum() == sky()[:, 140:].sum()
    assert len(teller.clicks) > 2
    assert all(sky()[y, x] for x, y, _ in teller.clicks)


def test_a_cloud_that_the_outline_leaves_out_stays() -> None:
    """It is nearly white."""
    assert np.array_equal(left(Teller(), (240, 242, 245)), sky())


@pytest.mark.parametrize("teller", [None, Teller(knows=False), Teller(lost=True)])
def test_without_a_segmenter_that_sees_the_sky_nothing_changes(teller: Teller | None) -> None:
    """None at all, one by colours, or one whose outline is another thing."""
    assert np.array_equal(left(teller), sky())


@pytest.mark.parametrize("shape", [(2400, 1047), (4000, 245), (3000, 200), (30, 600), (2, 300)])
def test_clicks_lie_in_pictures_of_any_shape(shape: tuple[int, int]) -> None:
    """However long a picture is, and where all of it is sky."""
    teller = Teller()
    image = np.full((*shape, 3), (110, 160, 220), dtype=np.uint8)
    small = np.ones((max(shape[0] * 200 // max(shape), 1), 200 * shape[1] // max(shape)), np.bool_)
    for part in (small, small & (np.arange(small.shape[0]) < 0.9 * small.shape[0])[:, None]):
        lab = np.zeros((*part.shape, 3), dtype=np.float32)
        teller.clicks = ()
        without_solid_things(Scene(image, segmenter=teller), part, lab)
        assert all(0 <= x < shape[1] and 0 <= y < shape[0] for x, y, _ in teller.clicks)


def test_a_segmenter_that_cannot_be_used_takes_no_sky_away() -> None:
    """Its damaged weights are told by the steps that need it."""

    class Damaged(Teller):
        def segment(self, scene: Scene, **_: object) -> list[Region]:
            raise GroundingFailed("the weights are damaged")

    assert np.array_equal(left(Damaged()), sky())
