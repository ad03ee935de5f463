"""Weather: what is wet, and where."""

from __future__ import annotations

import numpy as np
import pytest
import skimage.data

from tools.operation import Rgb, ToolContext
from tools.relight import RelightArgs, relight
from tools.sky_estimate import sky_field
from tools.weather import FogArgs, RainArgs, SnowArgs, StormArgs, fog, rain, snow, storm


def _picture(*, sky: bool) -> Rgb:
    """Brown ground with a white wall standing on its middle; above, sky or more of the ground."""
    image = np.full((200, 300, 3), (96, 70, 50), np.uint8)
    if sky:
        image[:60] = (120, 160, 225)
    image[60:110, 120:180] = 250
    return image


@pytest.mark.parametrize(("tool", "args"), [(rain, RainArgs()), (storm, StormArgs())])
def test_ground_mirrors_only_under_a_sky(tool, args):
    """A wet street shows what stands on it; a table does not show its cup upside down."""
    mirrored = {}
    for sky in (True, False):
        image = _picture(sky=sky)
        assert (float(sky_field(image).small.mean()) > 0.1) is sky
        wet = tool(args, ToolContext(image)).image.astype(float)
        beside = (wet[145:185, 60:105].mean() + wet[145:185, 195:240].mean()) / 2
        mirrored[sky] = wet[145:185, 125:175].mean() - beside
    assert mirrored[True] > 5
    assert abs(mirrored[False]) < mirrored[True] / 2


@pytest.mark.parametrize(("tool", "args"), [(rain, RainArgs()), (storm, StormArgs())])
def test_leaves_mirror_nothing(tool, args):
    """Treetops at the bottom of a view are no wet street: no pale smear lies over them."""
    image = _picture(sky=True)
    leaves = np.random.Generator(np.random.PCG64(1)).integers(10, 110, (100, 150, 1))
    image[110:] = np.kron(leaves[:45], np.ones((2, 2, 1)))
    wet = tool(args, ToolContext(image)).image.astype(float)
    under_wall, beside = wet[145:185, 125:175], wet[145:185, 60:105]
    assert abs(under_wall.mean() - beside.mean()) < 4


@pytest.mark.parametrize(("tool", "args"), [(rain, RainArgs()), (storm, StormArgs())])
def test_what_is_black_stays_dark_in_a_rainy_night(tool, args):
    """The air between is as dark as the night; streaks are still seen in it."""
    night = relight(RelightArgs(to="night"), ToolContext(skimage.data.astronaut())).image
    visor = tool(args, ToolContext(night)).image[420:500, 300:460].astype(float)
    assert np.median(visor) < 42
    assert np.percentile(visor, 99) > np.median(visor) + 25


@pytest.mark.parametrize(("tool", "args"), [(rain, RainArgs()), (storm, StormArgs())])
def test_clouds_take_little_light_from_a_night(tool, args):
    """A day is dimmed; a night, which is dark already, hardly."""
    day = skimage.data.astronaut()
    night = relight(RelightArgs(to="night"), ToolContext(day)).image
    kept = [
        np.percentile(tool(args, ToolContext(image)).image, 90) / np.percentile(image, 90)
        for image in (day, night)
    ]
    assert kept[0] < 0.95
    assert kept[1] > kept[0] + 0.08


@pytest.mark.parametrize(
    ("tool", "args", "most"), [(fog, FogArgs(), 1.4), (snow, SnowArgs(), 1.43)]
)
def test_air_does_not_shine_at_night(tool, args, most):
    """Fog and falling snow have the light that is there; a night stays one."""
    night = relight(RelightArgs(to="night"), ToolContext(skimage.data.astronaut())).image
    assert tool(args, ToolContext(night)).image.mean() < most * night.mean()


def _under(blue: bool) -> Rgb:
    """Speckled ground under a blue sky or under a red one."""
    image = np.empty((240, 320, 3), np.uint8)
    image[:] = (110, 165, 235) if blue else (235, 140, 60)
    image[:150] = image[:150] * np.linspace(0.8, 1, 150)[:, None, None]
    image[150:] = (70, 84, 48)
    noise = np.random.default_rng(1).integers(-9, 10, (90, 320, 1))
    image[150:] = np.clip(image[150:].astype(int) + noise, 0, 255)
    return image


@pytest.mark.parametrize(
    ("tool", "args"), [(rain, RainArgs()), (snow, SnowArgs()), (storm, StormArgs())]
)
def test_no_rain_or_snow_falls_from_a_blue_sky(tool, args):
    """The sky loses its blue; one that is not blue keeps its own colour."""
    blue, red = (tool(args, ToolContext(_under(is_blue))).image[:120] for is_blue in (True, False))
    colour = blue.reshape(-1, 3).astype(int).mean(axis=0)
    assert colour[2] - colour[0] < 30 < 235 - 110
    warm = red.reshape(-1, 3).astype(int).mean(axis=0)
    assert warm[0] - warm[2] > 40


def test_leaves_mirror_nothing_in_the_rain():
    """What is rough at the bottom of a picture is no wet street."""
    image = _picture(sky=True)
    rough = image.copy()
    noise = np.random.default_rng(2).integers(-70, 71, (*rough[120:].shape[:2], 1))
    rough[120:] = np.clip(rough[120:].astype(int) + noise, 0, 255)
    seen = []
    for picture in (image, rough):
        wet = rain(RainArgs(), ToolContext(picture)).image.astype(float)
        beside = (wet[145:185, 60:105].mean() + wet[145:185, 195:240].mean()) / 2
        seen.append(wet[145:185, 125:175].mean() - beside)
    assert seen[0] > 5
    assert seen[1] < seen[0] / 3
