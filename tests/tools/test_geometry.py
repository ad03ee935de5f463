"""What the geometry tools promise: whole pixels where possible, a true matrix always."""

from __future__ import annotations

import json
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from skimage import data

from tools.errors import BadArguments
from tools.operation import ToolContext, ToolResult
from tools.registry import get_tool, parse_args, tool_names

GEOMETRY = ("crop", "flip", "pad", "resize", "rotate", "straighten")
PLACES = ["top", "bottom", "left", "right", "center", "top left", "bottom right"]


def make(name: str, image: NDArray[np.uint8], mask: Any = None, alpha: Any = None,
         **values: Any) -> ToolResult:  # fmt: skip
    tool = get_tool(name)
    context = ToolContext(image, mask=mask, alpha=alpha)
    result: ToolResult = tool.run(parse_args(tool, values), context)
    return result


def numbered(width: int, height: int) -> NDArray[np.uint8]:
    """A picture in which no two pixels are alike."""
    y, x = np.mgrid[:height, :width]
    return np.dstack([x % 256, y % 256, (x // 256) * 16 + y // 256]).astype(np.uint8)


def ramp(width: int, height: int) -> NDArray[np.uint8]:
    """A picture that is linear in x and y, which every good resampling reproduces."""
    y, x = np.mgrid[:height, :width]
    planes = [x / width, y / height, (x / width + y / height) / 2]
    return np.rint(np.dstack(planes) * 255).astype(np.uint8)


def parents_of(result: ToolResult) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Parent x and y of every output pixel."""
    assert result.geometry is not None
    assert json.loads(json.dumps(result.facts)) == result.facts
    height, width = result.image.shape[:2]
    y, x = np.mgrid[:height, :width]
    m = np.array(result.geometry.matrix)
    return m[0, 0] * x + m[0, 1] * y + m[0, 2], m[1, 0] * x + m[1, 1] * y + m[1, 2]


def check_exact(result: ToolResult, image: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> None:
    """Every output pixel that has a parent equals it, bit by bit, alpha included."""
    assert result.geometry is not None
    assert result.geometry.exact
    assert result.alpha is not None
    x, y = (np.rint(part).astype(int) for part in parents_of(result))
    inside = (x >= 0) & (x < image.shape[1]) & (y >= 0) & (y < image.shape[0])
    assert inside.any()
    assert np.array_equal(result.image[inside], image[y[inside], x[inside]])
    assert np.array_equal(result.alpha[inside], alpha[y[inside], x[inside]])


sides = st.integers(2, 40)
exact_calls = st.one_of(
    st.fixed_dictionaries(
        {"aspect": st.floats(0.1, 8), "anchor": st.sampled_from(PLACES)},
        optional={"keep": st.floats(0.1, 1)},
    ).map(lambda v: ("crop", v)),
    st.sampled_from([("flip", {"axis": "horizontal"}), ("flip", {"axis": "vertical"})]),
    st.integers(-4, 4).map(lambda n: ("rotate", {"degrees": 90.0 * n})),
    st.tuples(
        st.sampled_from(["white", "#123456", "reflect", "edge", "blur", "transparent"]),
        st.floats(0.05, 2),
        st.none() | st.floats(0.2, 5),
    ).map(lambda v: ("pad", {"fill": v[0], "amount": v[1], "aspect": v[2]})),
)


@settings(max_examples=150, deadline=None)
@given(sides, sides, exact_calls)
def test_exact_tools_keep_every_pixel(
    width: int, height: int, call: tuple[str, dict[str, Any]]
) -> None:
    """Crop, flip, quarter turns and padding move pixels without touching one."""
    image = numbered(width, height)
    alpha = np.ascontiguousarray(image[..., 0] * 5 + image[..., 1] * 3)
    before = image.copy()
    check_exact(make(call[0], image, alpha=alpha, **call[1]), image, alpha)
    assert np.array_equal(image, before)


@settings(max_examples=60, deadline=None)
@given(
    sides.map(lambda n: n + 20),
    sides.map(lambda n: n + 20),
    st.one_of(
        st.tuples(st.floats(-180, 180), st.sampled_from(["crop", "expand"])).map(
            lambda v: ("rotate", {"degrees": v[0], "fit": v[1]})
        ),
        st.floats(0.3, 3).map(lambda f: ("resize", {"factor": f})),
        st.tuples(st.integers(10, 120), st.integers(10, 120)).map(
            lambda v: ("resize", {"width": v[0], "height": v[1]})
        ),
    ),
)
def test_resampled_pixels_come_from_where_the_matrix_says(
    width: int, height: int, call: tuple[str, dict[str, Any]]
) -> None:
    """On a picture linear in x and y, each output value is the parent's at the mapped place."""
    image = ramp(width, height)
    result = make(call[0], image, **call[1])
    x, y = parents_of(result)
    # Near the border the kernels see the reflection, which is not linear.
    inside = (x > 3) & (x < width - 4) & (y > 3) & (y < height - 4)
    expected = np.dstack([x / width, y / height, (x / width + y / height) / 2]) * 255
    off = np.abs(result.image.astype(float) - expected)[inside]
    assert off.size == 0 or off.max() < 255 / min(width, height) * 0.35 + 2


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 400), st.integers(1, 400), st.floats(-360, 360))
def test_rotating_with_crop_leaves_no_empty_corner(width: int, height: int, angle: float) -> None:
    """Every pixel of a turned and cut picture has its parent inside the picture."""
    result = make("rotate", np.zeros((height, width, 3), np.uint8), degrees=angle)
    x, y = parents_of(result)
    if min(result.image.shape[:2]) > 1:
        assert x.min() >= -0.51
        assert y.min() >= -0.51
        assert x.max() <= width - 0.49
        assert y.max() <= height - 0.49


@settings(max_examples=50, deadline=None)
@given(sides, sides, st.integers(-3, 3))
def test_turning_back_is_the_identity(width: int, height: int, quarters: int) -> None:
    """A quarter turn and its opposite give the same pixels and undo each other's matrix."""
    image = numbered(width, height)
    there = make("rotate", image, degrees=90.0 * quarters)
    back = make("rotate", there.image, degrees=-90.0 * quarters)
    assert np.array_equal(back.image, image)
    assert there.geometry is not None
    assert back.geometry is not None
    both = np.array(there.geometry.matrix) @ np.array(back.geometry.matrix)
    assert np.allclose(both, np.eye(3))
    for axis in ("horizontal", "vertical"):
        once = make("flip", image, axis=axis)
        assert np.array_equal(make("flip", once.image, axis=axis).image, image)


def test_clockwise_means_clockwise() -> None:
    """A mark at the top goes to the right by 90 degrees, and by 45 degrees to the upper right."""
    image = np.zeros((101, 101, 3), np.uint8)
    image[5:15, 45:56] = 255
    quarter = make("rotate", image, degrees=90).image
    assert quarter[50, 90].min() == 255
    eighth = make("rotate", image, degrees=45, fit="expand").image
    y, x = np.nonzero(eighth[..., 0] > 128)
    middle = eighth.shape[0] / 2
    assert x.mean() > middle + 20
    assert y.mean() < middle - 20


def test_expanding_fills_the_corners() -> None:
    """The new corners have the colour asked for, or are transparent."""
    image = np.full((60, 90, 3), 200, np.uint8)
    red = make("rotate", image, degrees=30, fit="expand", fill="red")
    assert tuple(red.image[0, 0]) == (255, 0, 0)
    assert tuple(red.image[red.image.shape[0] // 2, red.image.shape[1] // 2]) == (200, 200, 200)
    clear = make("rotate", image, degrees=30, fit="expand", fill="transparent")
    assert clear.alpha is not None
    assert clear.alpha[0, 0] == 0
    assert clear.alpha[clear.alpha.shape[0] // 2, clear.alpha.shape[1] // 2] == 255


@pytest.mark.parametrize("call", [("resize", {"factor": 0.31}), ("rotate", {"degrees": 17.0})])
def test_hidden_colours_do_not_bleed(call: tuple[str, dict[str, Any]]) -> None:
    """The colour behind transparent pixels does not darken the visible edge."""
    image = np.zeros((80, 80, 3), np.uint8)
    alpha = np.zeros((80, 80), np.uint8)
    image[20:60, 20:60], alpha[20:60, 20:60] = 240, 255
    result = make(call[0], image, alpha=alpha, **call[1])
    assert result.alpha is not None
    assert result.image[result.alpha > 25].min() >= 236


def test_crop_boxes_in_pixels_and_shares() -> None:
    """The same box in pixels and in shares keeps the same pixels; what sticks out is cut."""
    image = numbered(100, 50)
    pixels = make("crop", image, box=(10, 5, 60, 45))
    shares = make("crop", image, box=(0.1, 0.1, 0.6, 0.9), unit="share")
    assert np.array_equal(pixels.image, image[5:45, 10:60])
    assert np.array_equal(shares.image, pixels.image)
    assert make("crop", image, box=(90, -20, 500, 30)).facts["box"] == [90, 0, 100, 30]
    with pytest.raises(BadArguments, match="holds none"):
        make("crop", image, box=(200, 0, 300, 10))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 90), st.integers(0, 40), st.floats(0, 2), st.none() | st.floats(0.3, 3))
def test_cropping_to_a_mask_keeps_all_of_it(
    left: int, top: int, margin: float, aspect: float | None
) -> None:
    """The mask's box stays inside unless the aspect cannot be had within the picture."""
    mask = np.zeros((50, 100), np.float32)
    mask[top : top + 9, left : left + 9] = 1.0
    result = make("crop", numbered(100, 50), mask=mask, to_mask=True, margin=margin, aspect=aspect)
    box = result.facts["box"]
    if aspect is not None and margin <= 0.5:
        width, height = result.facts["size"]
        assert abs(width - height * aspect) <= max(1.0, aspect)
    if margin <= 0.5:
        assert box[0] <= left
        assert box[1] <= top
        assert box[2] >= min(left + 9, 100)
        assert box[3] >= min(top + 9, 50)
    with pytest.raises(BadArguments, match="mask"):
        make("crop", numbered(100, 50), mask=np.zeros((50, 100), np.float32), to_mask=True)


def test_square_crop_and_anchor() -> None:
    """An aspect of 1 gives a square as large as the picture allows, at the anchor."""
    image = numbered(90, 60)
    assert make("crop", image, aspect=1).facts["box"] == [15, 0, 75, 60]
    assert make("crop", image, aspect=1, anchor="left").facts["box"] == [0, 0, 60, 60]
    assert make("crop", image, aspect=1, anchor="top right").facts["box"] == [30, 0, 90, 60]


def test_resize_sizes() -> None:
    """One side keeps the shape; two sides are met exactly, by cutting rather than distorting."""
    image = ramp(90, 60)
    assert make("resize", image, width=45).facts["size"] == [45, 30]
    assert make("resize", image, longest=30).facts["size"] == [30, 20]
    assert make("resize", image, factor=2).facts["size"] == [180, 120]
    cover = make("resize", image, width=50, height=50)
    assert cover.facts["size"] == [50, 50]
    assert "30 columns" in cover.notes[0]
    assert make("resize", image, width=50, height=50, fit="inside").facts["size"] == [50, 33]
    assert make("resize", image, width=50, height=50, fit="stretch").notes == ()
    with pytest.raises(BadArguments, match="million"):
        make("resize", image, width=65_000, height=65_000)


def test_linear_light_keeps_the_energy_of_fine_patterns() -> None:
    """A fine black and white pattern shrinks to the grey of half the light, not half the code."""
    board = np.indices((64, 64)).sum(axis=0) % 2 * 255
    image = np.dstack([board] * 3).astype(np.uint8)
    assert abs(int(make("resize", image, factor=0.25).image[8, 8, 0]) - 128) <= 3
    assert abs(int(make("resize", image, factor=0.25, linear=True).image[8, 8, 0]) - 188) <= 3


@pytest.mark.parametrize("angle", [-7.0, -2.0, 1.5, 5.0])
def test_a_tilted_sea_is_levelled(angle: float) -> None:
    """A horizon tilted by a known angle is found to a quarter of a degree, and taken out."""
    rng = np.random.default_rng(1)
    image = np.full((600, 900, 3), (150, 190, 230), np.uint8)
    image[330:] = (30, 70, 110)
    image = np.clip(image + rng.normal(0, 6, image.shape), 0, 255).astype(np.uint8)
    tilted = make("rotate", cv2.GaussianBlur(image, (0, 0), 1.2), degrees=angle).image
    result = make("straighten", tilted)
    assert abs(result.facts["tilt"] - angle) < 0.25
    assert abs(result.facts["degrees"] + angle) < 0.25
    again = make("straighten", result.image)
    assert abs(again.facts["tilt"]) < 0.25


@pytest.mark.parametrize("name", ["chelsea", "coffee"])
def test_unsure_straightening_leaves_the_picture_alone(name: str) -> None:
    """Where lines agree on nothing, nothing is turned, and a note says so."""
    image = getattr(data, name)()
    result = make("straighten", image)
    assert np.array_equal(result.image, image)
    assert result.geometry is not None
    assert result.geometry.exact
    assert "not turned" in result.notes[0]
    assert result.facts["unsure"]


@pytest.mark.parametrize("name", ["rocket", "astronaut", "camera"])
def test_real_photos_are_levelled_to_where_they_were(name: str) -> None:
    """A real photo turned by three degrees is found to be turned by three more than before."""
    image = getattr(data, name)()
    image = np.dstack([image] * 3) if image.ndim == 2 else image
    before = make("straighten", image, certainty=0).facts["tilt"]
    turned = make("rotate", image, degrees=3).image
    assert abs(make("straighten", turned).facts["tilt"] - before - 3) < 0.4


def test_arguments_are_checked() -> None:
    """Nonsense is refused by name before any pixel is touched."""
    image = numbered(20, 20)
    for name, values in [
        ("crop", {}),
        ("crop", {"box": (0, 0, 5, 5), "to_mask": True}),
        ("crop", {"box": (0, 0, float("nan"), 5)}),
        ("pad", {}),
        ("resize", {}),
        ("resize", {"factor": 2, "width": 5}),
        ("pad", {"amount": 0.1, "fill": "blorf"}),
        ("rotate", {"degrees": 1000}),
    ]:
        with pytest.raises(BadArguments):
            make(name, image, **values)


def test_geometry_tools_are_listed() -> None:
    """The registry knows every geometry tool by its kind."""
    assert set(GEOMETRY) <= set(tool_names())
    assert {get_tool(name).kind for name in GEOMETRY} == {"geometry"}
