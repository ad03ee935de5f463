"""What people wear: which outline below a face is taken for it, and which is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
import pytest

from tests.tools.outliner import Outliner
from tools.errors import GroundingFailed
from tools.faces import Face
from tools.ground_clothes import ClothesGrounder
from tools.grounders import ground
from tools.grounding import Grounder, Region, Scene
from tools.operation import HardMask, Rgb
from tools.target import Ordinal, Relation, RelationKind, Target

SHAPE = (400, 300)
FACE = Face((120, 60, 180, 120), 0.9)
SKIN, SHIRT, JEANS, WALL = (200, 150, 120), (40, 90, 200), (60, 60, 80), (230, 230, 225)


def part(rows: slice, columns: slice) -> HardMask:
    mask = np.zeros(SHAPE, dtype=np.bool_)
    mask[rows, columns] = True
    return mask


HEAD = part(slice(50, 125), slice(115, 185))
CLOTH = part(slice(130, 250), slice(90, 210))
LEGS = part(slice(250, 390), slice(105, 195))
BUTTON = part(slice(170, 180), slice(145, 155))
PERSON = HEAD | CLOTH | LEGS


def picture(cloth: tuple[int, int, int] = SHIRT) -> Rgb:
    """Somebody before a wall, in a shirt and jeans."""
    image = np.empty((*SHAPE, 3), dtype=np.uint8)
    image[:] = WALL
    for mask, colour in ((HEAD, SKIN), (CLOTH, cloth), (LEGS, JEANS)):
        image[mask] = colour
    return image


class Detector:
    """Sees somebody, or nobody."""

    name = "detector"

    def __init__(self, *people: HardMask) -> None:
        self._people = people

    def claims(self, target: Target) -> bool:
        return target.category == "person"

    def ground(self, scene: Scene, target: Target) -> list[Region]:
        del scene, target
        return [Region(one, 0.9, self.name) for one in self._people]


ALL = Outliner(BUTTON, PERSON, CLOTH, LEGS)
SEEN = Detector(PERSON)


def worn(
    word: str,
    segmenter: Outliner | None = ALL,
    detector: Grounder | None = SEEN,
    *,
    faces: tuple[Face, ...] = (FACE,),
    image: Rgb | None = None,
    attributes: tuple[str, ...] = (),
) -> HardMask | None:
    """The garment that is found, None for none."""
    scene = Scene(
        picture() if image is None else image,
        segmenter=segmenter,
        detectors=() if detector is None else (detector,),
        found={"faces": faces},
    )
    target = Target(phrase=f"her {word}", category=word, attributes=attributes)
    regions = ClothesGrounder().ground(scene, target)
    assert all(word in region.label for region in regions)
    return regions[0].mask if regions else None


def test_the_outline_that_leaves_the_face_out_is_the_shirt() -> None:
    """Not the button, nor the person; legs lie below, and an outfit is both."""
    shirt, jeans, outfit = worn("shirt"), worn("jeans"), worn("clothes")
    assert shirt is not None
    assert jeans is not None
    assert outfit is not None
    assert np.array_equal(shirt, CLOTH)
    assert np.array_equal(jeans, LEGS)
    assert np.array_equal(outfit, CLOTH | LEGS)


def test_a_dress_is_the_longest_of_what_fits() -> None:
    """A bodice is a part of it; of a shirt the first outline is meant."""
    bodice = part(slice(130, 220), slice(90, 210))
    teller = Outliner(bodice, CLOTH | LEGS, PERSON)
    assert np.array_equal(worn("dress", teller), CLOTH | LEGS)
    assert np.array_equal(worn("top", teller), bodice)


@pytest.mark.parametrize(
    ("segmenter", "detector", "faces"),
    [
        (None, SEEN, (FACE,)),
        (Outliner(CLOTH, knows=False), SEEN, (FACE,)),
        (ALL, SEEN, ()),
        (ALL, Detector(), (FACE,)),  # what looked like a face is none
        (ALL, Detector(part(slice(0, 400), slice(220, 300))), (FACE,)),
        (Outliner(BUTTON, PERSON), SEEN, (FACE,)),
        (Outliner(part(slice(130, 250), slice(0, 300))), SEEN, (FACE,)),  # the wall beside
        (ALL, SEEN, (replace(FACE, box=(140, 80, 158, 98)),)),  # far too small
    ],
)
def test_where_nothing_fits_nothing_is_claimed(
    segmenter: Outliner | None, detector: Detector, faces: tuple[Face, ...]
) -> None:
    """Without a segmenter of photographs, without a person, and for outlines of other things."""
    assert worn("shirt", segmenter, detector, faces=faces) is None


def test_without_a_detector_faces_are_believed_and_legs_are_not_told() -> None:
    """Where people end is told by their outline alone."""
    assert np.array_equal(worn("shirt", detector=None), CLOTH)
    assert worn("jeans", detector=None) is None


def test_skin_is_nothing_worn() -> None:
    """A bare chest is none, and bare arms that an outline took along are left out."""
    assert worn("shirt", image=picture(SKIN)) is None
    image, arms = picture(), part(slice(200, 250), slice(90, 115))
    image[arms] = SKIN
    shirt = worn("shirt", image=image)
    assert shirt is not None
    assert shirt[arms].mean() < 0.15
    assert shirt[CLOTH & ~arms].mean() > 0.95


def test_bare_legs_in_the_shade_are_no_trousers() -> None:
    """They have the hue of the face, and far less of its light."""
    image = picture()
    image[LEGS] = (110, 74, 52)
    assert worn("trousers", image=image) is None


def test_a_colour_must_be_there() -> None:
    """The red shirt is none where the shirt is blue; the search by colours is left to others."""
    assert worn("shirt", attributes=("red",)) is None
    assert np.array_equal(worn("shirt", attributes=("blue",)), CLOTH)


def test_the_top_is_worn_by_somebody_or_a_place() -> None:
    """Alone it is the upper part of the picture."""
    grounder = ClothesGrounder()
    woman = Relation(kind="part_of", anchor=Target(phrase="the woman", category="woman"))
    assert grounder.claims(Target(phrase="the woman's top", category="top", relation=woman))
    assert not grounder.claims(Target(phrase="the top", category="top"))
    assert not grounder.claims(Target(phrase="the shoes", category="shoe"))
    assert grounder.claims(Target(phrase="his tank top", category="tank top"))
    assert not grounder.claims(Target(phrase="the table top", category="table top"))


def test_of_a_leather_jacket_the_jacket_is_looked_for() -> None:
    """Names of two words are told by the last."""
    shirt = worn("t shirt")
    assert shirt is not None
    assert np.array_equal(shirt, CLOTH)


def test_each_wears_their_own() -> None:
    """Two people, two regions; neither takes the other's face along."""
    other = Face((20, 60, 80, 120), 0.9)
    both = CLOTH | part(slice(60, 120), slice(20, 80))
    scene = Scene(picture(), segmenter=Outliner(both, CLOTH), found={"faces": (FACE, other)})
    regions = ClothesGrounder().ground(scene, Target(phrase="the shirts", category="shirt"))
    assert [np.array_equal(region.mask, CLOTH) for region in regions] == [True]


class Clickless(Outliner):
    """A segmenter that takes boxes only, or whose weights are damaged."""

    def segment(self, scene: Scene, **_: object) -> list[Region]:
        del scene
        raise GroundingFailed("it takes no clicks")


def test_where_a_segmenter_cannot_be_used_colours_still_tell() -> None:
    """The blue shirt is looked for by its colour; of a shirt it is said why it is not found."""
    scene = Scene(picture(), segmenter=Clickless(), found={"faces": (FACE,)})
    blue = ground(scene, Target(phrase="the blue shirt", category="shirt", attributes=("blue",)))
    assert blue.source == "colour"
    assert blue.mask[CLOTH].mean() > 0.9
    with pytest.raises(GroundingFailed, match="takes no clicks"):
        ground(scene, Target(phrase="the shirt", category="shirt"))


class Damaged(Detector):
    """A detector whose weights cannot be used."""

    def ground(self, scene: Scene, target: Target) -> list[Region]:
        del scene, target
        raise GroundingFailed("its weights are damaged")


def test_a_damaged_detector_is_as_none() -> None:
    """Faces are believed then, as where no detector is installed."""
    assert np.array_equal(worn("shirt", detector=Damaged()), CLOTH)


def test_what_a_neighbour_wears_is_nobody_elses() -> None:
    """One whose shirt was not found is not given the rim of the shirt of who stands before them."""
    neighbour = part(slice(40, 390), slice(185, 290)) & ~CLOTH | part(
        slice(140, 240), slice(200, 210)
    )
    detector = Detector(PERSON, neighbour)
    scene = Scene(picture(), segmenter=ALL, detectors=(detector,), found={"faces": (FACE,)})

    def of(side: Literal["left", "right"]) -> Target:
        person = Target(phrase="the man", category="person", ordinal=Ordinal(index=1, side=side))
        relation = Relation(kind="part_of", anchor=person)
        return Target(phrase="the man's shirt", category="shirt", relation=relation)

    assert np.array_equal(ground(scene, of("left")).mask, CLOTH)
    with pytest.raises(GroundingFailed, match="none part of"):
        ground(scene, of("right"))


def test_of_whom_nothing_was_found_is_said() -> None:
    """Everybody's clothes are one person's here; of one person's nobody else matters."""
    aside = part(slice(40, 390), slice(230, 290))
    scene = Scene(
        picture(), segmenter=ALL, detectors=(Detector(PERSON, aside),), found={"faces": (FACE,)}
    )
    everybody = Target(phrase="the shirts", category="shirt", quantity="all")
    assert "of 1 other person it was not found" in ground(scene, everybody).explanation
    one = Target(phrase="the shirt", category="shirt")
    assert "other person" not in ground(scene, one).explanation


@pytest.mark.parametrize(("kind", "whose"), [("on", "hanger"), ("part_of", "doll")])
def test_what_hangs_or_is_a_dolls_is_not_what_people_wear(kind: RelationKind, whose: str) -> None:
    """Where the hanger is not found, the suit of somebody in the picture is none of it."""
    scene = Scene(picture(), segmenter=ALL, detectors=(SEEN,), found={"faces": (FACE,)})
    on = Relation(kind=kind, anchor=Target(phrase=f"the {whose}", category=whose))
    suit = Target(phrase=f"the suit of the {whose}", category="suit", relation=on)
    assert ClothesGrounder().ground(scene, suit) == []
    worn_by = on.model_copy(update={"anchor": Target(phrase="the woman", category="woman")})
    theirs = suit.model_copy(update={"relation": worn_by})
    assert ClothesGrounder().ground(scene, theirs)
