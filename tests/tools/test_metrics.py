"""Metrics: known values and masks."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from skimage import data

from tools import masks, metrics
from tools.errors import BadArguments


@pytest.fixture(scope="module")
def photo():
    return data.astronaut()


def test_identical_pictures_are_as_alike_as_can_be(photo):
    """PSNR infinite, SSIM 1, colour difference 0."""
    assert math.isinf(metrics.psnr(photo, photo))
    assert metrics.ssim(photo, photo) == pytest.approx(1)
    assert metrics.delta_e(photo, photo) == 0


def test_psnr_of_a_known_error():
    """An even error of 16 levels is 20 log10(255/16) dB."""
    a = np.full((300, 40, 3), 100, np.uint8)
    assert metrics.psnr(a, a + 16) == pytest.approx(20 * math.log10(255 / 16))


def test_masks_limit_what_is_compared(photo):
    """A change outside the mask does not count; inside it does."""
    other = photo.copy()
    other[:100] = 0
    low = masks.from_box((0, 200, 512, 512), photo.shape[:2])
    assert math.isinf(metrics.psnr(photo, other, low))
    assert metrics.ssim(photo, other, low) == pytest.approx(1)
    assert metrics.delta_e(photo, other, low) == 0
    high = masks.from_box((0, 0, 512, 90), photo.shape[:2])
    assert metrics.psnr(photo, other, high) < 20
    assert metrics.ssim(photo, other, high) < 0.6
    assert metrics.delta_e(photo, other, high) > 10


def test_a_mask_of_one_pixel_at_the_corner_has_an_ssim(photo):
    """The window is shifted inside the picture."""
    mask = masks.from_box((511, 511, 512, 512), photo.shape[:2])
    assert metrics.ssim(photo, photo, mask) == pytest.approx(1)


def test_delta_e_of_a_known_pair():
    """Black against white is 100 in CIEDE2000."""
    black = np.zeros((9, 9, 3), np.uint8)
    assert metrics.delta_e(black, black + 255) == pytest.approx(100, abs=0.1)


def test_mean_lab_of_pure_red():
    """Pure red in sRGB is L 53.2, a 80.1, b 67.2."""
    red = np.zeros((9, 9, 3), np.uint8)
    red[..., 0] = 255
    assert metrics.mean_lab(red) == pytest.approx((53.2, 80.1, 67.2), abs=0.3)


def test_blur_lowers_sharpness(photo):
    """The more blurred, the less sharp; a flat picture has none."""
    levels = [metrics.sharpness(cv2.GaussianBlur(photo, (0, 0), s)) for s in (0.5, 1.5, 4)]
    assert metrics.sharpness(photo) > levels[0] > levels[1] > levels[2] > 0
    assert metrics.sharpness(np.full((20, 20, 3), 9, np.uint8)) == 0


def test_what_cannot_be_compared_is_refused(photo):
    """Other sizes, empty masks and tiny pictures are errors."""
    with pytest.raises(BadArguments, match="cannot be compared"):
        metrics.psnr(photo, photo[:-1])
    with pytest.raises(BadArguments, match="empty mask"):
        metrics.delta_e(photo, photo, masks.empty(photo.shape[:2]))
    with pytest.raises(BadArguments, match="7x7"):
        metrics.ssim(photo[:5, :5], photo[:5, :5])
