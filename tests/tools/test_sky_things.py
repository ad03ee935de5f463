"""Things drawn in the sky."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from tests.tools.test_skies import scenery
from tools.compositing import composite, unchanged_outside
from tools.errors import BadArguments
from tools.operation import Rgb, SoftMask, ToolContext
from tools.sky_shapes import SHAPES
from tools.sky_things import SkyThing, SkyThingArgs, draw_thing
from tools.strips import strip_rows

KINDS = get_args(SkyThing)


def _drawn(image: Rgb, mask: SoftMask, kind: str, side: str = "", seed: int = 1) -> Rgb:
    args = SkyThingArgs.model_validate({"kind": kind, "side": side})
    made = draw_thing(args, ToolContext(image, mask, None, seed))
    assert made.region is not None
    return composite(image, made.image, made.region)


def test_every_thing_has_a_shape() -> None:
    assert set(KINDS) == set(SHAPES)


@pytest.mark.parametrize("kind", KINDS)
def test_a_thing_is_drawn_by_its_seed_in_the_sky_alone(kind: str) -> None:
    image, mask = scenery()
    image = (image // 2).astype(np.uint8)
    one = _drawn(image, mask, kind)
    assert np.array_equal(one, _drawn(image, mask, kind))
    assert unchanged_outside(image, one, mask)
    apart = np.abs(one.astype(int) - image).max(axis=-1)
    assert apart.max() > 15
    assert (apart[mask == 1] == 0).mean() > 0.05, "most of a sky stays what it was"
    with strip_rows(11):
        assert np.array_equal(one, _drawn(image, mask, kind))


@pytest.mark.parametrize("kind", ["moon", "fireworks", "birds", "lightning"])
@pytest.mark.parametrize("side", ["left", "right"])
def test_a_side_is_kept_to(kind: str, side: str) -> None:
    image, mask = scenery()
    image = (image // 2).astype(np.uint8)
    apart = np.abs(_drawn(image, mask, kind, side).astype(float) - image).sum(axis=(0, 2))
    middle = float(np.average(np.arange(apart.size), weights=apart)) / apart.size
    assert middle < 0.4 if side == "left" else middle > 0.6


def test_what_stands_before_the_sky_hides_the_thing() -> None:
    image, mask = scenery()
    bow = _drawn(image, mask, "rainbow")
    assert np.array_equal(bow[mask == 0], image[mask == 0])


@pytest.mark.parametrize("mask", [None, np.zeros((240, 320), np.float32)])
def test_a_thing_needs_a_sky(mask: SoftMask | None) -> None:
    with pytest.raises(BadArguments, match=r"needs a mask|no room"):
        draw_thing(SkyThingArgs(kind="moon"), ToolContext(scenery()[0], mask))


def test_a_large_picture_gets_the_same_moon() -> None:
    from tools import sky_things

    image, mask = scenery()
    drawn_at = sky_things.DRAWN_AT
    assert drawn_at > 320
    small = _drawn((image // 3).astype(np.uint8), mask, "moon").astype(float)
    large_image, large_mask = scenery(480, 640)
    large = _drawn((large_image // 3).astype(np.uint8), large_mask, "moon").astype(float)
    assert abs(small[:120].max() - large[:240].max()) < 12
    assert abs((small[:120] > 150).mean() - (large[:240] > 150).mean()) < 0.01
