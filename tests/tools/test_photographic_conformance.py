"""What every photographic tool promises, whatever it does."""

import numpy as np
import pytest
import skimage.data

from tools.errors import BadArguments, Cancelled
from tools.operation import ToolContext
from tools.registry import get_tool, parse_args
from tools.strips import strip_rows

STILL = {
    "exposure": {"stops": 0},
    "brightness": {"amount": 0},
    "contrast": {"amount": 0},
    "gamma": {"gamma": 1},
    "levels": {"black": 0, "white": 1},
    "curves": {"points": [[0, 0], [1, 1]]},
    "highlights_shadows": {"highlights": 0, "shadows": 0},
    "clarity": {"amount": 0},
    "saturation": {"amount": 0},
    "vibrance": {"amount": 0},
    "temperature": {"amount": 0},
    "hue": {"degrees": 0},
    "black_and_white": {"strength": 0},
    "sepia": {"strength": 0},
    "recolor": {"strength": 0},
    "colour_shift": {"amount": 0},
    "sharpen": {"strength": 0},
    "denoise": {"strength": 0},
    "blur": {"strength": 0},
    "lens_blur": {"strength": 0},
    "vignette": {"amount": 0},
    "grain": {"amount": 0},
    "glow": {"amount": 0},
    "relight": {"strength": 0},
    "fog": {"strength": 0},
    "rain": {"strength": 0},
    "snow": {"strength": 0},
    "storm": {"strength": 0},
    "neon": {"amount": 0},
    "look": {"strength": 0},
    "sketch": {"strength": 0},
    "cartoon": {"strength": 0},
    "watercolour": {"strength": 0},
    "oil_painting": {"strength": 0},
    "poster": {"strength": 0},
    "pixel_art": {"strength": 0},
}
"""The arguments with which each tool does nothing."""
NAMES = sorted(STILL)
SEEDED = (
    *("fog", "rain", "snow", "storm", "grain", "look"),
    *("sketch", "watercolour", "oil_painting"),
)


def photo():
    """A small real photograph."""
    return np.ascontiguousarray(skimage.data.chelsea()[40:200, 60:260])


def run(name, image, values=None, **context):
    """A tool's result on a picture."""
    tool = get_tool(name)
    return tool.run(parse_args(tool, values or {}), ToolContext(image=image, **context))


@pytest.mark.parametrize("name", NAMES)
def test_defaults_change_the_picture_and_leave_the_input_alone(name):
    """The default arguments do something visible; shape and type stay, the input is not touched."""
    image = photo()
    kept = image.copy()
    image.flags.writeable = False
    result = run(name, image).image
    assert result.shape == image.shape
    assert result.dtype == np.uint8
    assert not np.shares_memory(result, image)
    assert np.array_equal(image, kept)
    assert not np.array_equal(result, image)


@pytest.mark.parametrize("name", NAMES)
def test_no_strength_is_bit_identical(name):
    """With nothing asked for, every pixel stays as it is."""
    image = photo()
    assert np.array_equal(run(name, image, STILL[name]).image, image)


@pytest.mark.parametrize("name", NAMES)
def test_same_seed_same_pixels(name):
    """The same arguments and seed give the same pixels; chance comes from the seed alone."""
    image = photo()
    once, again = run(name, image, seed=3).image, run(name, image, seed=3).image
    assert np.array_equal(once, again)
    other = run(name, image, seed=4).image
    assert np.array_equal(once, other) != (name in SEEDED)


@pytest.mark.parametrize("name", NAMES)
def test_strips_leave_no_seam(name):
    """Whether the picture is worked on in one piece or in strips of 19 rows does not show."""
    image = photo()
    with strip_rows(10_000):
        whole = run(name, image).image.astype(int)
    with strip_rows(19):
        pieces = run(name, image).image.astype(int)
    assert np.abs(whole - pieces).max() <= 1


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", [(1, 1), (3, 2), (1, 40), (40, 1), (17, 33)])
def test_tiny_pictures_work(name, shape):
    """Pictures smaller than any window keep their size."""
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (*shape, 3), dtype=np.uint8)
    assert run(name, image).image.shape == image.shape


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [0, 128, 255])
def test_constant_pictures_stay_sound(name, value):
    """A flat picture gives no division by zero (numpy warnings are errors here)."""
    image = np.full((40, 48, 3), value, dtype=np.uint8)
    with np.errstate(all="raise", under="ignore"):
        assert run(name, image).image.shape == image.shape


@pytest.mark.parametrize("name", NAMES)
def test_masks_are_taken_whatever_they_hold(name):
    """An empty, a full and a soft mask all work."""
    image = photo()
    soft = np.linspace(0, 1, image.shape[1], dtype=np.float32)[None].repeat(image.shape[0], 0)
    for mask in (np.zeros_like(soft), np.ones_like(soft), soft):
        assert run(name, image, mask=mask).image.shape == image.shape


@pytest.mark.parametrize("name", [n for n in NAMES if n != "denoise"])
def test_work_stops_when_asked(name):
    """A caller that says stop is obeyed."""
    with pytest.raises(Cancelled):
        run(name, photo(), cancelled=lambda: True)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("exposure", {"stops": 9}),
        ("levels", {"black": 0.6, "white": 0.5}),
        ("curves", {"points": [[0.5, 0], [0.2, 1]]}),
        ("curves", {"points": [[0, 0], [1, 3]]}),
        ("recolor", {"colour": "blurple-ish nonsense"}),
        ("look", {"name": "xyzzy"}),
        ("relight", {"to": "teatime"}),
    ],
)
def test_arguments_out_of_range_are_refused(name, values):
    """What makes no sense is refused by name before any pixel is touched."""
    with pytest.raises(BadArguments, match=f"tool:{name}"):
        parse_args(get_tool(name), values)
