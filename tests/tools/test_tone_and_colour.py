"""What the tone and colour tools do to light and colour."""

import numpy as np
import pytest
import skimage.data
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from tools import colour_names, oklab
from tools.light import LINEAR, decode_values, encode_values, roll_off, to_display, to_light
from tools.operation import ToolContext
from tools.registry import get_tool, parse_args


def run(name, image, **values):
    tool = get_tool(name)
    return tool.run(parse_args(tool, values), ToolContext(image=image)).image


def colours(seed=0, size=(80, 90)):
    return np.random.default_rng(seed).integers(0, 256, (*size, 3), dtype=np.uint8)


def ramp():
    return np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)


def test_every_code_survives_linear_light():
    """Going to linear light and back changes no code."""
    assert np.array_equal(to_display(to_light(ramp())), ramp())


@given(st.floats(0, 1))
def test_the_transfer_curves_invert_each_other(value):
    """Encoding undoes decoding."""
    assert float(encode_values(decode_values(np.array(value)))) == pytest.approx(value, abs=1e-6)


@given(st.floats(1, 32), st.floats(0.2, 0.8))
def test_roll_off_is_monotone_and_ends_at_white(peak, start):
    """No tone order is lost, and the brightest value lands on white."""
    values = np.linspace(0, peak, 200)
    rolled = roll_off(values, peak, start)
    assert (np.diff(rolled) > -1e-6).all()
    assert rolled[-1] == pytest.approx(1, abs=1e-4)
    low = values < start
    assert np.allclose(rolled[low], values[low], atol=1e-6)


def test_one_stop_doubles_light_below_the_shoulder():
    """+1 EV doubles linear light where nothing is near clipping."""
    image = colours() // 3
    before, after = LINEAR[image], LINEAR[run("exposure", image, stops=1.0)]
    step = LINEAR[np.minimum(image.astype(int) * 2 + 4, 255)] * 0.02 + 4e-3
    assert (np.abs(after - 2 * before) <= step).all()


def test_one_stop_less_halves_light():
    """-1 EV halves linear light everywhere."""
    image = colours()
    before, after = LINEAR[image], LINEAR[run("exposure", image, stops=-1.0)]
    assert np.abs(after - before / 2).max() < 5e-3


@pytest.mark.parametrize("name", ["exposure", "brightness", "contrast", "gamma"])
def test_tone_keeps_hue(name):
    """Changing tone does not change the order of channels nor tint greys."""
    image = colours(1)
    result = run(name, image)
    order = np.argsort(image, axis=-1, kind="stable")
    sorted_after = np.take_along_axis(result, order, axis=-1).astype(int)
    assert (np.diff(sorted_after, axis=-1) >= 0).all()
    grey = run(name, ramp())
    assert (grey == grey[..., :1]).all()
    assert (np.diff(grey[0, :, 0].astype(int)) >= 0).all()


@pytest.mark.parametrize("amount", [-1.0, -0.4, 0.4, 1.0])
def test_contrast_keeps_its_pivot(amount):
    """Middle grey stays; what is darker gets darker with more contrast, and the reverse."""
    result = run("contrast", ramp(), amount=amount)[0, :, 0].astype(int)
    assert abs(result[117] - 117) <= 1
    assert np.sign(result[60] - 60) == -np.sign(amount)


@given(
    st.lists(st.floats(0, 1), min_size=2, max_size=6, unique=True).map(sorted),
    st.lists(st.floats(0, 1), min_size=6, max_size=6).map(sorted),
)
@settings(max_examples=25, deadline=None)
def test_rising_points_give_a_rising_curve(inputs, outputs):
    """A curve through rising points never turns back between them."""
    if min(np.diff(inputs)) < 1e-3:
        return
    points = tuple(zip(inputs, outputs, strict=False))
    result = run("curves", ramp(), points=points)[0, :, 0].astype(int)
    assert (np.diff(result) >= 0).all()


def test_shadows_open_without_touching_highlights():
    """Lifting shadows brightens dark areas and leaves bright ones."""
    image = np.zeros((100, 200, 3), dtype=np.uint8)
    image[:, :100], image[:, 100:] = 30, 235
    result = run("highlights_shadows", image, shadows=1.0, highlights=0.0)
    assert result[50, 20, 0] > 55
    assert abs(int(result[50, 180, 0]) - 235) <= 2


def test_saturation_takes_colour_away_and_keeps_lightness():
    """-1 leaves grey of the same Oklab lightness."""
    image = colours(2)
    result = run("saturation", image, amount=-1.0)
    assert (np.ptp(result.astype(int), axis=-1) <= 1).all()
    before, after = (oklab.from_display(x / 255)[..., 0] for x in (image, result))
    assert np.abs(before - after).max() < 0.02


def test_vibrance_spares_skin():
    """A dull blue gains more colour than skin does."""
    patches = np.zeros((80, 80, 3), dtype=np.uint8)
    patches[:40], patches[40:] = (115, 122, 140), (205, 160, 135)
    result = run("vibrance", patches, amount=1.0)
    before, after = (oklab.chroma(oklab.from_display(x / 255)) for x in (patches, result))
    gain = after / before
    assert gain[5, 5] > 1.6
    assert gain[70, 5] < 1.35


@pytest.mark.parametrize("amount", [-0.8, -0.3, 0.3, 0.8])
def test_temperature_keeps_luminance_of_midtones(amount):
    """Warming shifts red against blue and leaves luminance."""
    image = (colours(3) // 2) + 20
    result = run("temperature", image, amount=amount)
    weights = np.array([0.2126, 0.7152, 0.0722])
    before, after = LINEAR[image] @ weights, LINEAR[result] @ weights
    assert np.abs(after - before).mean() < 0.004
    balance = (result[..., 0].astype(int) - result[..., 2]) - (
        image[..., 0].astype(int) - image[..., 2]
    )
    assert np.sign(balance.mean()) == np.sign(amount)


def test_black_and_white_is_grey_and_a_red_filter_darkens_sky():
    """All channels are equal; behind a red filter blue sky goes dark."""
    image = colours(4)
    image[:20] = (90, 140, 220)
    plain, red = run("black_and_white", image), run("black_and_white", image, filter="red")
    for result in (plain, red):
        assert (np.ptp(result.astype(int), axis=-1) <= 1).all()
    assert red[5, 5, 0] < plain[5, 5, 0] - 20


def test_sepia_is_brown_in_midtones_and_keeps_black_and_white():
    """Red over green over blue, strongest in the middle, none at the ends."""
    result = run("sepia", np.repeat(ramp(), 80, axis=0))[0].astype(int)
    assert result[128, 0] > result[128, 1] > result[128, 2]
    assert np.ptp(result[0]) <= 1
    assert np.ptp(result[255]) <= 1


def _shaded(colour):
    """A lit ball-like patch: one paint from shadow to light, with fine texture."""
    light = np.linspace(0.45, 1.25, 90)[None, :, None]
    texture = 1 + 0.03 * np.random.default_rng(5).standard_normal((80, 90, 1))
    base = decode_values(np.array(colour) / 255)
    return np.round(255 * encode_values(base * light * texture)).astype(np.uint8)


@pytest.mark.parametrize("wanted", ["red", "navy blue", "dark green", "yellow", "white", "black"])
@pytest.mark.parametrize("old", [(235, 235, 232), (22, 22, 24), (128, 128, 128), (200, 30, 40)])
def test_recolor_reaches_the_named_colour_and_keeps_shading(old, wanted):
    """From white, black, grey and red things alike; what was lighter stays lighter."""
    image = _shaded(old)
    result = run("recolor", image, colour=wanted)
    match = colour_names.is_colour(result, wanted)
    assert match.share > 0.6, match
    assert match.delta_e < 13, match
    columns = oklab.from_display(result / 255)[..., 0].mean(axis=0)
    assert np.corrcoef(columns, np.arange(90))[0, 1] > 0.9
    assert np.ptp(columns) > 0.03


@pytest.mark.parametrize("wanted", ["blue", "black", "dark green"])
@pytest.mark.parametrize("printed", [(255, 255, 255), (255, 251, 219)])
def test_recolor_keeps_white_print_white(wanted, printed):
    """A title on a green book stays as light as it was, whatever the book is painted with."""
    image = np.full((60, 60, 3), (73, 170, 82), np.uint8)
    image[20:30, 15:45] = printed
    result = run("recolor", image, colour=wanted)
    assert result[20:30, 15:45].min() > 225
    assert colour_names.is_colour(result[40:], wanted).share > 0.9


@pytest.mark.parametrize("wanted", ["orange", "pink", "blue"])
def test_recolored_leaves_are_not_blown_to_white(wanted):
    """Lit leaves over dark gaps: the lit ones have the colour, and the gaps stay dark."""
    rng = np.random.default_rng(6)
    lit = rng.random((80, 90, 1)) < 0.4
    leaves = np.where(lit, (120, 135, 60), (40, 52, 18)) + rng.normal(0, 12, (80, 90, 1))
    made = run("recolor", np.clip(leaves, 0, 255).astype(np.uint8), colour=wanted)
    lab = oklab.from_display(made / 255)
    goal = oklab.from_display(np.asarray(colour_names.rgb_of(wanted)) / 255)
    assert np.median(oklab.chroma(lab[lit[..., 0]])) > 0.6 * oklab.chroma(goal)
    assert (lab[..., 0] > 0.97).mean() < 0.01
    assert np.median(lab[~lit[..., 0], 0]) < 0.85 * goal[0]


def test_recolor_measures_inside_the_mask_only():
    """What lies outside does not sway what the object's paint is taken to be."""
    ball, image = _shaded((200, 30, 40)), np.full((80, 180, 3), 250, dtype=np.uint8)
    image[:, :90] = ball
    mask = np.zeros((80, 180), dtype=np.float32)
    mask[:, :90] = 1
    tool = get_tool("recolor")
    args = parse_args(tool, {"colour": "blue"})
    inside = tool.run(args, ToolContext(image=image, mask=mask)).image[:, :90]
    alone = tool.run(args, ToolContext(image=ball)).image
    assert np.abs(inside.astype(int) - alone.astype(int)).max() <= 1


def test_a_colour_that_pillow_has_drawn_with_is_still_known():
    ImageDraw.Draw(Image.new("RGB", (4, 4))).point((1, 1), fill="black")
    ImageDraw.Draw(Image.new("RGB", (4, 4))).point((1, 1), fill="teal")
    colour_names.names.cache_clear()
    assert colour_names.rgb_of("black") == (0, 0, 0)
    assert colour_names.rgb_of("teal") == (0, 128, 128)


@pytest.mark.parametrize("name", colour_names.FAMILIES)
def test_basic_colours_recognise_themselves(name):
    """A patch of a basic colour is that colour, and another family is not."""
    patch = np.full((20, 20, 3), colour_names.rgb_of(name), dtype=np.uint8)
    assert colour_names.is_colour(patch, name).share == 1
    other = "blue" if name in ("red", "orange", "brown", "yellow") else "orange"
    assert colour_names.is_colour(patch, other).share == 0


def test_colour_words_are_understood_or_the_nearest_named():
    """Modifiers, articles, hex and spelling variants work; nonsense lists near names."""
    dark, plain = colour_names.rgb_of("dark teal"), colour_names.rgb_of("teal")
    assert sum(dark) < sum(plain)
    assert colour_names.rgb_of("#1af") == (17, 170, 255)
    assert colour_names.rgb_of("Navy-Blue") == colour_names.rgb_of("navy blue")
    with pytest.raises(colour_names.BadArguments, match="turquoise"):
        colour_names.rgb_of("turqoise")


def test_nearest_name_finds_the_name_itself():
    """Looking up a name's own value gives a name of that value."""
    for name in ("teal", "mustard", "crimson"):
        found = colour_names.nearest_name(colour_names.lab_of(name))
        assert colour_names.rgb_of(found) == colour_names.rgb_of(name)


@given(st.integers(0, 2**31))
@settings(max_examples=20, deadline=None)
def test_fitting_keeps_lightness_and_hue(seed):
    """A colour outside sRGB loses chroma only."""
    rng = np.random.default_rng(seed)
    lab = np.stack(
        [rng.uniform(0.1, 0.95, 50), rng.uniform(-0.5, 0.5, 50), rng.uniform(-0.5, 0.5, 50)], axis=1
    )
    fitted = oklab.fit(lab)
    assert np.allclose(fitted[:, 0], lab[:, 0])
    assert np.allclose(oklab.hue(fitted), oklab.hue(lab), atol=1e-6)
    light = oklab.to_light(fitted)
    assert light.min() > -1e-3
    assert light.max() < 1 + 1e-3


def test_large_pictures_get_the_same_colours_as_small_ones():
    """The table that large pictures go through agrees with direct evaluation."""
    image = np.ascontiguousarray(skimage.data.astronaut()[:300, :300])
    small = np.ascontiguousarray(image[40:200, 100:300])
    for name in ("saturation", "temperature", "sepia", "hue"):
        through_table = run(name, image)[40:200, 100:300].astype(int)
        error = np.abs(through_table - run(name, small))
        assert error.max() <= 6
        assert error.mean() < 0.35


def test_hue_turned_all_the_way_round_comes_back():
    """120 degrees three times is where it was, where the gamut allowed it."""
    image = (skimage.data.chelsea()[:90, :90] // 3) + 70
    turned = image
    for _ in range(3):
        turned = run("hue", turned, degrees=120.0)
    assert np.abs(turned.astype(int) - image.astype(int)).mean() < 3


def test_recolouring_leaves_what_is_not_painted():
    """Ink on a coloured thing, black and coloured parts of a white one: none is a shade of it."""
    brown, ink, white, tyre, pane = (
        (150, 95, 50), (25, 24, 25), (240, 240, 240), (20, 20, 20), (90, 150, 230),
    )  # fmt: skip
    for paint, others in ((brown, (ink,)), (white, (tyre, pane))):
        picture = np.full((40, 60, 3), paint, np.uint8)
        for at, other in enumerate(others):
            picture[5:12, 5 + 20 * at : 15 + 20 * at] = other
        made = run("recolor", picture, colour="red").astype(int)
        for at, other in enumerate(others):
            assert np.abs(made[8, 10 + 20 * at] - np.array(other)).max() <= 12
        assert made[30, 30, 0] > made[30, 30, 1] + 60


def test_shares_of_all_families_are_those_of_each() -> None:
    """Measured together or one by one."""
    pixels = np.random.default_rng(5).integers(0, 256, (40, 30, 3), dtype=np.uint8)
    together = colour_names.family_shares(pixels)
    assert together == {
        name: colour_names.is_colour(pixels, name).share for name in colour_names.FAMILIES
    }
