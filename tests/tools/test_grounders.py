"""The cascade over scripted grounders: order, superlatives, relations, exclusions, honesty."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools import masks
from tools.errors import GroundingFailed
from tools.ground_colours import colour_of
from tools.ground_hints import HintGrounder
from tools.ground_places import PlaceGrounder
from tools.grounders import default_grounders, ground
from tools.grounding import Region, Scene, UserHints
from tools.target import IMAGE, Ordinal, Relation, Target
from tools.wording import called, how_many, names_a_thing, noun, singular, wants_all

SHAPE = (100, 200)


class Scripted:
    """Finds what it was told to find."""

    name = "scripted"

    def __init__(self, **boxes):
        self.boxes = boxes

    def claims(self, target):
        return noun(target) in self.boxes

    def ground(self, scene, target):
        return [
            Region(masks.from_box(box, SHAPE), sure, "scripted", f"{noun(target)} {i}")
            for i, (box, sure) in enumerate(self.boxes[noun(target)])
        ]


DOGS = [((10, 50, 40, 80), 0.9), ((80, 40, 130, 90), 0.9), ((160, 60, 180, 80), 0.85)]
DESK = [((70, 80, 150, 100), 0.8)]
GROUNDERS = (
    HintGrounder(),
    PlaceGrounder(),
    Scripted(dog=DOGS, desk=DESK, tail=[((125, 60, 140, 64), 0.7)]),
)


def _scene(**hints):
    return Scene(np.full((*SHAPE, 3), 120, np.uint8), hints=UserHints(**hints))


def _find(target, **hints):
    return ground(_scene(**hints), target, GROUNDERS)


def _dog(phrase="the dog", **more):
    return Target(phrase=phrase, category="dog", **more)


@pytest.mark.parametrize(
    ("index", "side", "expected"),
    [
        (1, "left", 0), (2, "left", 1), (-1, "left", 2), (1, "right", 2), (3, "right", 0),
        (0, "left", 1), (1, "bottom", 2), (1, "front", 1), (1, "back", 2),
    ],
)  # fmt: skip
def test_ordinals_count_from_their_side(index, side, expected):
    """Left, right, top, front and back order the row; 0 is the middle, -1 the last."""
    found = _find(_dog(ordinal=Ordinal(index=index, side=side)))
    assert found.box == DOGS[expected][0]
    assert not found.ambiguous
    assert len(found.candidates) == 3


def test_a_row_that_is_too_short_is_an_error():
    """The fifth of three is not the third."""
    with pytest.raises(GroundingFailed, match="3 were found"):
        _find(_dog(ordinal=Ordinal(index=5)))


@pytest.mark.parametrize(
    ("word", "expected"),
    [("biggest", 1), ("smaller", 2), ("tallest", 1), ("leftmost", 0), ("nearest", 1)],
)
def test_superlatives_compare(word, expected):
    """Size, height, place and nearness decide."""
    assert _find(_dog(superlative=word)).box == DOGS[expected][0]


def test_a_superlative_that_cannot_be_measured_says_so():
    """Beauty is not a number."""
    with pytest.raises(GroundingFailed, match="cannot tell which is the 'cutest'"):
        _find(_dog(superlative="cutest"))


def test_a_close_call_is_reported():
    """Two of nearly one size are both named, with less confidence."""
    twins = Scripted(dog=[((0, 0, 30, 30), 0.9), ((50, 0, 81, 30), 0.9)])
    found = ground(_scene(), _dog(superlative="biggest"), (twins,))
    assert len(found.ambiguous) == 2
    assert found.confidence < 0.7


def test_brightness_is_compared_in_the_picture():
    """The brightest dog is the one with the brightest pixels."""
    image = np.full((*SHAPE, 3), 50, np.uint8)
    image[60:80, 160:180] = 220
    found = ground(Scene(image), _dog(superlative="brightest"), GROUNDERS)
    assert found.box == DOGS[2][0]


def test_ambiguity_is_reported_not_hidden():
    """Three dogs, one asked for: all are listed and the confidence falls."""
    found = _find(_dog())
    assert len(found.ambiguous) == 3
    assert found.confidence < 0.4
    assert "3 fit 'the dog'" in found.explanation


def test_plurals_and_all_mean_all():
    """A plural noun and quantity all take every candidate."""
    for target in (_dog("the dogs"), _dog("all dogs", quantity="all")):
        found = _find(target)
        assert found.mask.sum() == 900 + 2500 + 400
        assert not found.ambiguous


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("on", {1}), ("left_of", {0}), ("right_of", {2}), ("next_to", {0, 1, 2}), ("behind", {0, 2})],
)
def test_relations_filter(kind, expected):
    """Only candidates that stand to the anchor as said remain."""
    desk = Target(phrase="the desk", category="desk")
    target = _dog("the dogs", relation=Relation(kind=kind, anchor=desk))
    found = _find(target)
    boxes = {
        i for i, (box, _) in enumerate(DOGS) if found.mask[box[1] : box[3], box[0] : box[2]].all()
    }
    assert boxes == expected


def test_a_relation_nothing_satisfies_is_an_error():
    """No dog is above the desk's top but below it either."""
    desk = Target(phrase="the desk", category="desk")
    with pytest.raises(GroundingFailed, match="none below the desk"):
        _find(_dog(relation=Relation(kind="below", anchor=desk)))


def test_a_relation_that_cannot_be_checked_costs_confidence():
    """The anchor is unknown: the candidates stay, the doubt is told."""
    sofa = Target(phrase="the sofa", category="sofa")
    first = Ordinal(index=1)
    sure = _find(_dog(ordinal=first)).confidence
    found = _find(_dog(ordinal=first, relation=Relation(kind="on", anchor=sofa)))
    assert found.confidence < sure
    assert "could not check 'on the sofa'" in found.explanation


def test_exclusions_are_exactly_zero():
    """What is left out has weight exactly 0 in the soft mask."""
    tail = Target(phrase="the tail", category="tail")
    found = _find(_dog("the dog but not the tail", superlative="biggest", exclude=tail))
    out = masks.from_box((125, 60, 140, 64), SHAPE)
    assert not found.mask[out].any()
    assert (found.soft[out] == 0).all()
    assert found.mask.sum() == 2500 - 5 * 4


def test_everything_but():
    """All_but of nothing in particular is the complement of what is excluded."""
    biggest = _dog(superlative="biggest")
    found = _find(Target(phrase="everything but the big dog", quantity="all_but", exclude=biggest))
    assert found.mask.sum() == 200 * 100 - 2500
    assert (found.soft[50:80, 90:120] == 0).all()


def test_an_exclusion_that_cannot_be_found_is_an_error():
    """A promise that cannot be kept is not made."""
    collar = Target(phrase="the collar", category="collar")
    with pytest.raises(GroundingFailed, match="'collar'"):
        _find(_dog(exclude=collar))


def test_an_unknown_thing_says_what_can_be_done():
    """The reason names the word, how to mark it, and what can be found."""
    with pytest.raises(GroundingFailed) as caught:
        ground(_scene(), Target(phrase="the barometer", category="barometer"))
    message = str(caught.value)
    for part in ("'barometer'", "--box", "--point", "--mask", "faces", "sky", "colour"):
        assert part in message
    assert "\n" not in message


def test_pointing_words_need_a_mark():
    """Without a mark "it" is nothing; with one it is what was marked."""
    it = Target(phrase="it", category="it")
    with pytest.raises(GroundingFailed, match="names nothing by itself"):
        _find(it)
    marked = masks.from_box((5, 5, 25, 25), SHAPE)
    found = _find(it, mask=marked)
    assert (found.mask == marked).all()
    assert found.confidence == 1
    assert (found.soft[~marked] == 0).all()


def test_a_mark_wins_where_it_touches_and_not_elsewhere():
    """A mark on a dog is that dog; a mark far from all dogs is about something else."""
    on_second = masks.from_box((85, 45, 120, 85), SHAPE)
    assert _find(_dog(), mask=on_second).source == "your mask"
    away = masks.from_box((0, 0, 10, 10), SHAPE)
    found = _find(_dog(ordinal=Ordinal(index=1)), mask=away)
    assert found.box == DOGS[0][0]
    assert "was not used" in found.explanation


def test_a_mark_is_not_given_up_for_a_guess():
    """A thing found elsewhere with little confidence does not set aside what was marked."""
    away = masks.from_box((0, 0, 10, 10), SHAPE)
    guesses = (HintGrounder(), Scripted(cup=[((80, 40, 120, 80), 0.3)]))
    found = ground(_scene(mask=away), Target(phrase="the cup", category="cup"), guesses)
    assert found.source == "your mask"


def test_a_mark_settles_which_of_several_is_meant():
    """Words that tell things apart are not held against the mark, even where nothing knows them."""
    marked = masks.from_box((85, 45, 120, 85), SHAPE)
    beside = Relation(kind="next_to", anchor=Target(phrase="the lamp", category="lamp"))
    found = _find(Target(phrase="the cup", category="cup", relation=beside), mask=marked)
    assert found.source == "your mask"
    assert (found.mask == marked).all()


def test_ice_cream_is_not_cream():
    """The last word of a name of two words is no colour."""
    ice = Target(phrase="the ice cream", category="ice cream")
    assert colour_of(ice) is None
    assert colour_of(Target(phrase="the cream jacket", category="jacket")) == "beige"
    red = Target(phrase="the red ice cream", category="ice cream", attributes=("red",))
    assert colour_of(red) == "red"


def test_taught_words_stand_for_their_meaning():
    """A glossary entry is looked up before anything is sought."""
    scene = Scene(np.zeros((*SHAPE, 3), np.uint8), glossary={"rex": "the biggest dog"})
    found = ground(scene, Target(phrase="rex", category="rex", superlative="biggest"), GROUNDERS)
    assert found.box == DOGS[1][0]


@pytest.mark.parametrize(
    ("phrase", "category", "expected"),
    [
        ("the top half", "half", (0, 0, 200, 50)),
        ("the left third", "third", (0, 0, 67, 100)),
        ("the bottom edge", "edge", (0, 90, 200, 100)),
        ("the upper left corner", "corner", (0, 0, 50, 25)),
        ("the right side", "side", (133, 0, 200, 100)),
    ],
)
def test_places_in_the_frame_are_exact(phrase, category, expected):
    """Halves, thirds, edges and corners are where they are said to be."""
    found = _find(Target(phrase=phrase, category=category))
    assert found.confidence == 1
    assert found.box is not None
    assert np.abs(np.subtract(found.box, expected)).max() <= 1


def test_the_border_is_a_frame():
    """All four sides, equally deep, and the middle free."""
    found = _find(Target(phrase="the border", category="border"))
    assert found.box == (0, 0, 200, 100)
    assert not found.mask[10:-10, 10:-10].any()


def test_the_whole_image_ignores_marks():
    """It is exactly everything."""
    found = _find(IMAGE, mask=masks.from_box((0, 0, 5, 5), SHAPE))
    assert found.mask.all()
    assert (found.soft == 1).all()


def test_a_part_of_a_thing_is_cut_to_it():
    """The left half of a thing lies in the thing."""
    second = _dog(ordinal=Ordinal(index=2))
    target = Target(
        phrase="the left half of the second dog",
        category="half",
        relation=Relation(kind="part_of", anchor=second),
    )
    found = _find(target)
    x0, y0, x1, y1 = DOGS[1][0]
    assert found.box == (x0, y0, (x0 + x1) // 2, y1)


def test_a_part_without_anything_of_the_thing_is_refused():
    """A corner of the box around something round holds nothing of it."""
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    diamond = np.asarray(abs(y - 50) + abs(x - 100) < 40)

    class Round(Scripted):
        def ground(self, scene, target):
            return [Region(diamond, 0.9, "scripted")]

    corner = Target(
        phrase="the top left corner of the kite",
        category="corner",
        relation=Relation(kind="part_of", anchor=Target(phrase="the kite", category="kite")),
    )
    with pytest.raises(GroundingFailed, match="does not reach into"):
        ground(_scene(), corner, (PlaceGrounder(), Round(kite=[])))


@given(st.text(max_size=60), st.text(max_size=20))
@settings(deadline=None, max_examples=150)
def test_any_words_are_answered_or_refused(phrase, category):
    """Whatever is typed, the answer is a mask of the picture's size or a one-line reason."""
    target = Target(phrase=phrase, category=category)
    for grounder in default_grounders():
        grounder.claims(target)
    try:
        found = ground(_scene(), target, GROUNDERS)
    except GroundingFailed:
        pass
    else:
        masks.check_mask(found.soft, SHAPE)


LEFTMOST = Ordinal(index=1, side="left")


@pytest.mark.parametrize(
    ("phrase", "more", "expected"),
    [
        ("the two dogs on the left", {"ordinal": LEFTMOST}, (0, 1)),
        ("the 2 dogs on the right", {"ordinal": Ordinal(index=1, side="right")}, (1, 2)),
        ("the three dogs on the left", {"ordinal": LEFTMOST}, (0, 1, 2)),
        ("the last two dogs", {"ordinal": Ordinal(index=-1)}, (1, 2)),
        ("two of the dogs on the left", {"ordinal": LEFTMOST}, (0, 1)),
        ("the two biggest dogs", {"superlative": "biggest"}, (0, 1)),
        ("the two smallest dogs", {"superlative": "smallest"}, (0, 2)),
        ("the left one of the two dogs", {"ordinal": LEFTMOST}, (0,)),
        ("the biggest of the three dogs", {"superlative": "biggest"}, (1,)),
        ("the second of the two dogs", {"ordinal": Ordinal(index=2, side="left")}, (1,)),
        ("the dog on the left of the two chairs", {"ordinal": LEFTMOST}, (0,)),
    ],
)
def test_a_count_gives_so_many(phrase, more, expected):
    """The two on the left are two; one of two is one."""
    mask = _find(_dog(phrase, **more)).mask
    there = tuple(i for i, (box, _) in enumerate(DOGS) if mask[masks.from_box(box, SHAPE)].all())
    assert there == expected
    assert how_many(_dog(phrase, **more)) == len(expected)


@pytest.mark.parametrize(
    ("phrase", "side", "expected"),
    [
        ("the dogs on the right", "right", (1, 2)),
        ("the dogs on the left", "left", (0,)),
        ("all the dogs on the right", "right", (1, 2)),
        ("all of the dogs on the right", "right", (1, 2)),
        ("the right one of the dogs", "right", (2,)),
        ("the first of the dogs on the right", "right", (2,)),
        ("the dog on the right", "right", (2,)),
        ("the dogs at the top", "top", (0, 1)),
        ("the dogs at the bottom", "bottom", (0, 1, 2)),
        ("the dogs in front", "front", (1,)),
        ("the dogs in the middle", "middle", (1,)),
        ("the dog in the middle", "middle", (1,)),
    ],
)
def test_a_plural_on_a_side_is_all_that_stand_there(phrase, side, expected):
    """The dogs on the right are all in that half; of none there, those farthest to that side."""
    quantity = "all" if phrase.startswith("all") else "one"
    place = Ordinal(index=0) if side == "middle" else Ordinal(index=1, side=side)
    mask = _find(_dog(phrase, ordinal=place, quantity=quantity)).mask
    there = tuple(i for i, (box, _) in enumerate(DOGS) if mask[masks.from_box(box, SHAPE)].all())
    assert there == expected


@pytest.mark.parametrize("more", [{"ordinal": LEFTMOST}, {"superlative": "biggest"}])
def test_fewer_than_were_counted_are_refused(more):
    """Five of three dogs are not three, and not one."""
    with pytest.raises(GroundingFailed, match=r"asked for.*5.*3 were found"):
        _find(_dog("the five biggest dogs" if "superlative" in more else "the five dogs", **more))


def test_what_is_counted_is_not_left_to_a_reader_that_points():
    """A reader takes the two dogs for one of them; what finds each of them is asked."""

    class Points:
        name = "points"

        def claims(self, target):
            return True

        def read(self, scene, target, said=""):
            return Region(masks.from_box(DOGS[0][0], SHAPE), 0.99, "points", "dog")

    plain = _scene()
    scene = Scene(plain.image, hints=plain.hints, reader=Points(), detectors=(Scripted(dog=DOGS),))
    assert ground(scene, _dog("the dog on the left", ordinal=LEFTMOST)).source == "points"
    both = ground(scene, _dog("the two dogs on the left", ordinal=LEFTMOST))
    assert both.source == "scripted"
    assert both.mask[masks.from_box(DOGS[1][0], SHAPE)].all()


@pytest.mark.parametrize(
    ("plural", "expected"),
    [("dogs", "dog"), ("people", "person"), ("leaves", "leaf"), ("boxes", "box"),
     ("berries", "berry"), ("grass", "grass"), ("glasses", "glass"), ("sky", "sky")],
)  # fmt: skip
def test_singulars(plural, expected):
    """Nouns are compared in the singular."""
    assert singular(plural) == expected
    assert wants_all(Target(phrase=f"the {plural}", category=expected)) == (plural != expected)


def test_nothing_stands_behind_itself():
    """The one dog asked for "behind the dog" is not that dog: better refused than removed."""
    one = Scripted(dog=DOGS[:1])
    target = _dog("the dog behind the dog", relation=Relation(kind="behind", anchor=_dog()))
    with pytest.raises(GroundingFailed, match="none behind the dog"):
        ground(_scene(), target, (one,))


@pytest.mark.parametrize("phrase", ["this", "it", "everything", "the rest"])
def test_words_that_point_name_no_thing(phrase):
    """They are one, not many, and no model that looks for things by name is asked for them."""
    for target in (Target(phrase=phrase), Target(phrase=phrase, category=phrase.split()[-1])):
        assert not names_a_thing(target)
        assert not wants_all(target)


def test_a_model_is_asked_for_looks_and_noun():
    """Articles, order and relations are left out; the noun is in the singular."""
    cups = Target(phrase="the two red cups on the left", category="cup", attributes=("red",))
    assert names_a_thing(cups)
    assert called(cups) == "red cup"
    assert called(Target(phrase="a red cup", category="a red cup")) == "red cup"
    assert not names_a_thing(IMAGE)


def test_one_of_several_is_not_all():
    """Any one will do: one is taken, and that others fit is said."""
    found = _find(_dog("one of the dogs"))
    assert len(found.chosen) == 1
    assert len(found.ambiguous) == 3


class Knife:
    """A segmenter that shrinks what it is asked for to the disc in its box."""

    name = "knife"

    def __init__(self, knows):
        self.knows = knows

    def precise(self, _image):
        return self.knows

    def segment(self, scene, *, points=(), box=None, mask=None):
        x0, y0, x1, y1 = box
        middle, axes = ((x0 + x1) / 2, (y0 + y1) / 2), ((x1 - x0) / 2, (y1 - y0) / 2)
        disc = masks.from_ellipse(middle, axes, 0, SHAPE)
        return [Region(disc, 0.9, self.name)]


class Rough:
    """A reader that answers with two rough boxes."""

    name = "rough"

    def claims(self, target):
        return True

    def read(self, scene, target, said=""):
        mask = masks.from_box(DOGS[0][0], SHAPE) | masks.from_box(DOGS[1][0], SHAPE)
        return Region(mask, 0.8, "rough reader")


def test_a_readers_rough_masks_are_outlined_part_by_part():
    """A segmenter that knows such pictures outlines every part; one that does not is not asked."""
    for knows in (True, False):
        scene = Scene(np.full((*SHAPE, 3), 120, np.uint8), reader=Rough(), segmenter=Knife(knows))
        found = ground(scene, _dog())
        rough = Rough().read(scene, _dog()).mask
        assert bool(found.mask[50, 10]) is not knows  # a corner of the first box
        assert ("outlined by knife" in found.source) is knows
        assert masks.iou(found.mask, rough) > 0.6


def test_an_outline_that_is_something_else_is_not_taken():
    """Where the segmenter points elsewhere, the rough mask stays."""

    class Astray(Knife):
        def segment(self, scene, *, points=(), box=None, mask=None):
            return [Region(masks.from_box((190, 0, 200, 10), SHAPE), 0.9, self.name)]

    scene = Scene(np.full((*SHAPE, 3), 120, np.uint8), reader=Rough(), segmenter=Astray(True))
    rough = Rough().read(scene, _dog()).mask
    assert np.array_equal(ground(scene, _dog()).mask, rough)


def test_detectors_come_after_marks_and_before_what_needs_no_weights():
    """Marks win; things are the detector's; places, tones and skies are never asked of it."""
    blank = np.full((*SHAPE, 3), 120, np.uint8)
    finds = (Scripted(dog=DOGS[:1], half=DESK, sky=DESK, shadow=DESK),)
    scene = Scene(blank, detectors=finds)
    assert ground(scene, _dog()).source == "scripted"
    assert ground(scene, Target(phrase="the left half", category="half")).source == "place"
    lit = np.tile(np.linspace(0, 255, SHAPE[1], dtype=np.uint8)[None, :, None], (SHAPE[0], 1, 3))
    shadows = Target(phrase="the shadows", category="shadow")
    assert ground(Scene(lit, detectors=finds), shadows).source == "tone"
    painted = UserHints(mask=masks.from_box((12, 52, 30, 70), SHAPE))
    marked = Scene(blank, detectors=finds, hints=painted)
    assert ground(marked, _dog()).source == "your mask"
    with pytest.raises(GroundingFailed):
        ground(scene, Target(phrase="the sky", category="sky"))
    with pytest.raises(GroundingFailed):
        ground(scene, Target(phrase="the zebra", category="zebra"))


def _of(kind, anchor):
    return Relation(kind=kind, anchor=Target(phrase=f"the {anchor}", category=anchor))


def test_a_thing_that_belongs_to_another_is_taken_whole():
    """The dog's bowl stands beside it; the man in the coat is no piece of cloth."""
    blank = np.full((*SHAPE, 3), 120, np.uint8)
    finds = Scripted(
        dog=[((10, 50, 40, 80), 0.9)],
        bowl=[((150, 60, 170, 80), 0.95), ((38, 70, 50, 80), 0.9)],
        man=[((80, 10, 100, 90), 0.9), ((120, 10, 140, 90), 0.95)],
        coat=[((81, 30, 99, 45), 0.9)],
    )
    scene = Scene(blank, detectors=(finds,))
    bowl = Target(phrase="the dog's bowl", category="bowl", relation=_of("part_of", "dog"))
    assert ground(scene, bowl).box == (38, 70, 50, 80)
    man = Target(phrase="the man in the coat", category="man", relation=_of("in", "coat"))
    assert ground(scene, man).box == (80, 10, 100, 90)
    far = Target(phrase="the bowl on the coat", category="bowl", relation=_of("on", "coat"))
    with pytest.raises(GroundingFailed, match="none on the coat"):
        ground(scene, far)


def test_what_is_not_in_the_background_is_no_thing_in_it():
    """A background lies all around the subject, whose middle tells nothing."""

    class Behind:
        name = "behind"

        def claims(self, target):
            return noun(target) == "background"

        def ground(self, scene, target):
            return [Region(~masks.from_box(DOGS[1][0], SHAPE), 0.8, self.name)]

    blank = np.full((*SHAPE, 3), 120, np.uint8)
    dogs = Target(
        phrase="the dogs in the background",
        category="dog",
        quantity="all",
        relation=_of("in", "background"),
    )
    found = ground(Scene(blank), dogs, (*GROUNDERS, Behind()))
    assert len(found.chosen) == 2
    assert not (found.mask & masks.from_box(DOGS[1][0], SHAPE)).any()
