"""A picture to the detector's input, and its output to things: arithmetic, without weights."""

import numpy as np
import pytest

from smartedit_model.photographs.boxes import (
    Boxes,
    Seen,
    decoded,
    of_kinds,
    prepared,
    together,
    with_smaller,
)

SHAPE = (300, 400)
CAT, DOG, COW = 0, 1, 2


def boxes(*rows):
    """Corners and the scores of cat, dog and cow."""
    corners = np.array([row[0] for row in rows], np.float32).reshape(-1, 4)
    return Boxes(corners, np.array([row[1] for row in rows], np.float32).reshape(-1, 3))


def kinds(*numbers):
    return np.isin(np.arange(3), numbers)


def found(seen, wanted, taken_for=None, most=9):
    return of_kinds(seen, kinds(*wanted), kinds(*(taken_for or wanted)), 0.25, SHAPE, most)


@pytest.mark.parametrize("shape", [(480, 640), (640, 480), (33, 1000), (1, 1), (64, 64)])
def test_the_input_has_sides_that_the_network_takes(shape):
    """The longer side is as asked, the other padded to a multiple of 32 in grey."""
    batch, scale = prepared(np.full((*shape, 3), 255, np.uint8), 640)
    assert batch.shape[:2] == (1, 3)
    assert max(batch.shape[2:]) == 640
    assert not any(side % 32 for side in batch.shape[2:])
    assert scale == 640 / max(shape)
    assert batch[0, :, 0, 0].tolist() == [1, 1, 1]
    height = max(round(shape[0] * scale), 1)
    if height < batch.shape[2]:
        assert np.allclose(batch[0, :, height, 0], 114 / 255)


def test_colours_are_in_the_order_red_green_blue():
    """A red picture is red in the first plane."""
    batch, _ = prepared(np.full((32, 32, 3), (255, 0, 0), np.uint8), 32)
    assert batch[0, :, 5, 5].tolist() == [1, 0, 0]


def test_answers_are_scaled_back_to_the_picture():
    """Centre, width and height in the input become corners in native pixels."""
    output = np.zeros((1, 7, 2), np.float32)
    output[0, :, 0] = (100, 60, 40, 20, 0.1, 0.8, 0.0)
    output[0, 4:, 1] = 0.05  # fainter than anything
    seen = decoded(output, 0.5, 3)
    assert seen.corners.tolist() == [[160, 100, 240, 140]]
    assert np.allclose(seen.scores, [[0.1, 0.8, 0.0]])


def test_an_answer_of_another_shape_is_refused():
    """It would be another network's."""
    with pytest.raises(ValueError, match=r"\(1, 9, 5\), not \(1, 7, boxes\)"):
        decoded(np.zeros((1, 9, 5), np.float32), 1.0, 3)


def test_one_thing_is_one_box_and_two_are_two():
    """Of boxes that overlap much the best stays; the best thing comes first."""
    seen = boxes(
        ((10, 10, 110, 110), (0, 0.6, 0)),
        ((12, 12, 112, 112), (0, 0.9, 0)),
        ((200, 10, 300, 110), (0, 0.95, 0)),
    )
    assert [one.box for one in found(seen, [DOG])] == [(200, 10, 300, 110), (12, 12, 112, 112)]
    assert len(found(seen, [DOG], most=1)) == 1


def test_a_dog_that_is_a_little_like_a_cat_is_no_cat():
    """Unless the two are said to look alike: then the person's word goes."""
    seen = boxes(((10, 10, 110, 110), (0.4, 0.6, 0)))
    assert found(seen, [CAT]) == ()
    (one,) = found(seen, [CAT], [CAT, DOG])
    assert (one.score, one.kind) == (pytest.approx(0.4), DOG)
    (animal,) = found(seen, [CAT, DOG, COW])
    assert animal.score == pytest.approx(0.6)


def test_boxes_end_at_the_frame():
    """What sticks out is cut off; what lies outside is left out, and so is what scores little."""
    seen = boxes(
        ((-20, -20, 50, 50), (0, 0, 0.9)),
        ((500, 10, 600, 50), (0, 0, 0.9)),
        ((100, 100, 200, 200), (0, 0, 0.2)),
    )
    assert [one.box for one in found(seen, [COW])] == [(0, 0, 50, 50)]


def test_an_empty_answer_finds_nothing():
    """No boxes, of one look or of two."""
    assert found(together(boxes(), boxes()), [DOG]) == ()


def test_a_closer_look_adds_small_things_and_no_parts():
    """Half a truck is no second truck; what stands beside it is one."""
    truck = Seen((10, 10, 210, 110), 0.9, COW)
    half, again = Seen((110, 10, 212, 110), 0.95, COW), Seen((8, 8, 205, 112), 0.97, COW)
    small = Seen((300, 50, 330, 70), 0.4, COW)
    assert with_smaller([truck], [again, half, small]) == (truck, small)
    assert with_smaller([], [small]) == (small,)
