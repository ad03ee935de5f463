"""Things are told apart by the boxes that patches tell of, counted, and set beside each other."""

import pytest
import torch

from smartedit_model.matching import Matching
from smartedit_model.things import BINS, FEATURES, pooled, standing

SIDE = 16


def scene(*things):
    """Boxes, looks and marks of a grid; a thing is x0, y0, x1, y1 in patches, kind and marks."""
    box = torch.rand(1, SIDE, SIDE, 4, generator=torch.Generator().manual_seed(1))
    kind = torch.zeros(1, SIDE, SIDE, 4)
    kind[..., 3] = 1.0
    marks = {name: torch.zeros(1, SIDE, SIDE) for name in ("meant", "mirrored", "beside", "other")}
    for x0, y0, x1, y1, of, *names in things:
        here = (0, slice(y0, y1), slice(x0, x1))
        box[here] = torch.tensor([x0, y0, x1, y1]) / SIDE
        kind[here] = torch.eye(4)[of]
        for name in names:
            marks[name][here] = 1.0
    flat = {name: mark.flatten(1) for name, mark in marks.items()}
    return box.flatten(1, 2), [kind.flatten(1, 2)], flat


def told(*things):
    """Features of each thing's middle, by name."""
    box, looks, marks = scene(*things)
    out = standing(box, looks, **marks)[0]
    assert out.min() >= 0
    assert out.max() <= 1 + 1e-6
    rows = []
    for x0, y0, x1, y1, *_ in things:
        row = out[SIDE * ((y0 + y1) // 2) + (x0 + x1) // 2].tolist()
        rows.append(dict(zip(FEATURES, row, strict=True)))
    return rows


def yes(row, *names):
    """The names among these that hold."""
    return {name for name in names if row[name] > 0.5}


COUNTS = [f"{n}_{side}" for side in ("left", "right") for n in range(BINS)]


def test_two_cups_are_first_from_either_side_whatever_their_sizes():
    """The number of things counts, not how much of the picture they take."""
    small, large = told((2, 6, 4, 9, 0, "meant"), (9, 3, 15, 12, 0, "meant"))
    assert yes(small, *COUNTS, "middle", "only") == {"0_left", "1_right"}
    assert yes(large, *COUNTS, "middle", "only") == {"1_left", "0_right"}
    assert yes(small, "largest", "smallest") == {"smallest"}
    assert yes(large, "largest", "smallest") == {"largest"}
    assert small["by_largest"] == pytest.approx(6 / 54, abs=0.01)
    assert large["by_smallest"] == pytest.approx(6 / 54, abs=0.01)


def test_each_of_three_has_its_number_and_one_is_in_the_middle():
    """Ordinals from the left and from the right; a thing of another kind does not count."""
    cups = [(1, 4, 3, 8, 0, "meant"), (6, 2, 10, 9, 0, "meant"), (12, 5, 15, 8, 0, "meant")]
    found = told(*cups, (4, 11, 9, 15, 1))
    for n, row in enumerate(found[:3]):
        assert yes(row, *COUNTS) == {f"{n}_left", f"{2 - n}_right"}
        assert bool(yes(row, "middle")) == (n == 1)
    assert not yes(found[3], *FEATURES)


def test_more_than_the_last_number_are_as_many():
    """Seven in a row: the last of them has at least as many to its left as can be told."""
    row = told(*((2 * n, 4, 2 * n + 2, 8, 0, "meant") for n in range(7)))[-1]
    assert yes(row, *COUNTS) == {f"{BINS - 1}_left", "0_right"}


def test_things_that_touch_are_told_apart_by_their_boxes():
    """Side by side without a gap they are two; one box over both is one thing alone."""
    left, right = told((3, 4, 7, 10, 0, "meant"), (7, 4, 11, 10, 0, "meant"))
    assert yes(left, *COUNTS, "only") == {"0_left", "1_right"}
    assert yes(right, *COUNTS, "only") == {"1_left", "0_right"}
    (one,) = told((3, 4, 11, 10, 0, "meant"))
    assert yes(one, *COUNTS, "only", "largest", "smallest") == {"0_left", "0_right", "only"}


def test_uncertain_boxes_are_settled_by_their_thing():
    """Noise of half a patch on every bound of every patch leaves the counts as they are."""
    box, looks, marks = scene((1, 4, 4, 9, 0, "meant"), (6, 4, 10, 9, 0, "meant"))
    noise = torch.randn(box.shape, generator=torch.Generator().manual_seed(0))
    out = standing(box + 0.03 * noise, looks, **marks)[0]
    first = out[:, FEATURES.index("1_right")].reshape(SIDE, SIDE)
    assert first[4:9, 1:4].min() > 0.5
    assert first[4:9, 6:10].max() < 0.5


def test_nothing_marked_tells_nothing():
    """Without marks all features vanish, and no number is undefined."""
    box, looks, marks = scene((3, 4, 7, 10, 0))
    assert not standing(box, looks, **marks).any()
    looks = [torch.zeros_like(looks[0])]
    marks["meant"][:] = 1.0
    assert standing(torch.zeros_like(box), looks, **marks).isfinite().all()


def test_things_stand_to_the_one_they_are_told_by():
    """Beside, to the left of and on a lamp; the lamp itself is not what is meant."""
    lamp = (7, 5, 10, 13, 1, "beside", "meant")
    near, far, lamp_itself = told((4, 7, 7, 13, 0, "meant"), (0, 7, 2, 13, 0, "meant"), lamp)
    names = ("left_of", "right_of", "next_to", "on", "in_front_of", "nearest")
    assert yes(near, *names) == {"left_of", "next_to", "nearest"}
    assert yes(far, *names) == {"left_of"}
    assert yes(lamp_itself, *names) == set()
    assert yes(lamp_itself, "beside") == {"beside"}
    table = (4, 8, 13, 14, 1, "beside")
    cup, chair = told((7, 5, 9, 9, 0, "meant"), (0, 8, 3, 14, 2, "meant"), table)[:2]
    assert yes(cup, "on", "most_on", "next_to") == {"on", "most_on"}
    assert yes(chair, "on", "most_on") == set()
    dog = told((8, 9, 12, 15, 0, "meant"), (6, 4, 13, 12, 1, "beside"))[0]
    assert yes(dog, "in_front_of", "most_in_front_of", "on") == {"in_front_of", "most_in_front_of"}


def test_a_thing_is_named_by_all_its_patches():
    """One unsure patch is outvoted by its thing; the other thing keeps its own name."""
    box, (kinds,), marks = scene((3, 4, 7, 10, 0, "meant"), (9, 4, 13, 10, 1, "meant"))
    unsure = SIDE * 6 + 4
    kinds[0, unsure] = torch.tensor([0.4, 0.6, 0.0, 0.0])
    (named,) = pooled(box, [kinds], marks["meant"])
    assert named[0, unsure, 0] > 0.9
    assert named[0, SIDE * 6 + 10, 1] > 0.9


def test_words_of_kind_and_colour_count_only_what_is_both():
    """The leftmost red cup has blue cups to its left; what is not meant is left out."""
    made = Matching(12, 6, 2, (4, 3), things=True)
    made.norm = torch.nn.Identity()
    with torch.no_grad():
        made.seen.weight.zero_()
        made.seen.weight[:, :7] = 20 * torch.eye(7)
        made.seen.bias.zero_()
        made.box.weight.zero_()
        made.box.weight[:, 7:11] = torch.eye(4)
        made.box.bias.zero_()
        made.reflected.weight.zero_()
        made.reflected.weight[0, 11] = 20
        made.reflected.bias.fill_(-10)
        made.choose.bias[FEATURES.index("0_left")] = 20
    features = torch.zeros(1, SIDE, SIDE, 12)
    features[..., 0] = features[..., 4] = 1  # neither kind nor colour
    cups = {"blue": (0, 6, 0), "red": (4, 5, 0), "later": (8, 5, 0), "mirrored": (12, 5, 1)}
    for x, colour, glass in cups.values():
        features[0, 5:9, x : x + 3] = 0
        for channel in (2, colour):  # the second kind
            features[0, 5:9, x : x + 3, channel] = 1
        features[0, 5:9, x : x + 3, 7:11] = torch.tensor([x, 5, x + 3, 9]) / SIDE
        features[0, 5:9, x : x + 3, 11] = glass
    patches = features.flatten(1, 2)
    asked = torch.full((1, 3, 7), -8.0)

    def picked():
        found = made(patches, torch.zeros(1, 2, 6), asked).picked
        at = found.reshape(SIDE, SIDE)[7]
        return {name for name, (x, *_) in cups.items() if at[x + 1] > 0.5}

    asked[0, 0, 2] = 8.0
    assert picked() == {"blue"}
    asked[0, 0, 5] = 8.0  # red
    assert picked() == {"red"}
    asked[0, 0, 5] = -8.0
    asked[0, 2, 6] = 8.0  # not blue
    assert picked() == {"red"}


def test_counting_is_the_same_in_half_precision_training():
    """Under autocast the boxes and counts stay in float32, and gradients reach the choice."""
    torch.manual_seed(0)
    made = Matching(8, 6, 2, (3, 2), things=True)
    torch.nn.init.normal_(made.enter_things.weight)  # it begins silent
    features, condition = torch.randn(2, 16, 8), torch.randn(2, 2, 6)
    plain = made(features, condition)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        half = made(features, condition)
        made.marked(half).sum().backward()
    assert half.told["box"].dtype == half.standing.dtype == torch.float32
    assert torch.allclose(half.told["box"], plain.told["box"], atol=1e-5)
    assert made.choose.weight.grad.abs().sum() > 0
    assert made.box.weight.grad is None
