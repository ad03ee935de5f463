"""The benchmark's metrics agree with the reference's own code, on pictures made by formula."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from smartedit_model.evaluation.errors import EvaluationSetupError
from smartedit_model.evaluation.preservation import LearnedMetrics, Trio, preserved
from smartedit_model.evaluation.statistics import mean_of

GOLDENS = json.loads(Path(__file__).with_name("reference_metrics.json").read_text("utf-8"))


def picture(height, width, number):
    y, x, c = np.mgrid[0:height, 0:width, 0:3].astype(np.float64)
    waves = 80 * np.sin(x / (7 + number) + c) + 47 * np.cos(y / (11 + 2 * number) - c * number)
    return np.rint(127.5 + waves).astype(np.uint8)


def mask(height, width, number):
    """A disc with a soft edge, so that masks that are neither 0 nor 255 are measured too."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    far = np.hypot((x - width * (0.3 + 0.1 * number)) / width, (y - height * 0.5) / height)
    return np.clip(np.rint((0.25 - far) * 1500), 0, 255).astype(np.uint8)


def trio(number, height, width):
    source = Image.fromarray(picture(height, width, number))
    small = np.asarray(source.resize((256, 256), resample=Image.Resampling.BICUBIC)) // 2
    edited = picture(256, 256, number + 0.3).astype(int) // 2 + small
    edited = Image.fromarray(np.clip(edited, 0, 255).astype(np.uint8))
    return Trio.of(source, edited, Image.fromarray(mask(height, width, number)))


@pytest.mark.parametrize("golden", GOLDENS, ids=lambda golden: str(golden["size"]))
def test_metrics_are_the_references(golden):
    """PSNR, SSIM and MSE within 1e-4 of what the published evaluation code computes."""
    found = preserved(trio(golden["number"], *golden["size"]))
    for name in ("psnr", "ssim", "mse"):
        assert found[name] == pytest.approx(golden[name], abs=1e-4), name


def test_what_lies_inside_the_mask_does_not_count():
    """An edit that stays inside a hard mask keeps the rest perfectly."""
    source = picture(256, 256, 1)
    hard = np.zeros((256, 256), np.uint8)
    hard[64:128, 64:128] = 255
    edited = source.copy()
    edited[64:128, 64:128] = 255 - edited[64:128, 64:128]
    found = preserved(Trio.of(*(Image.fromarray(a) for a in (source, edited, hard))))
    assert math.isinf(found["psnr"])
    assert found["mse"] == 0
    assert found["ssim"] == pytest.approx(1.0)


def test_learned_metrics_without_weights_say_so(tmp_path):
    """No number is made up where the weights are missing."""
    learned = LearnedMetrics(hub=tmp_path)
    assert "SqueezeNet" in learned.missing["lpips"]
    assert learned.lpips(trio(0, 64, 64)) is None
    with pytest.raises(EvaluationSetupError, match=r"config\.json"):
        LearnedMetrics(clip=tmp_path)


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")
def test_lpips_runs_where_its_weights_are(tmp_path):
    """With a SqueezeNet in the hub's folder (random here): 0 for the same, more for another."""
    from torchvision.models import squeezenet1_1

    torch.manual_seed(0)
    (tmp_path / "checkpoints").mkdir()
    weights = squeezenet1_1(weights=None).state_dict()
    torch.save(weights, tmp_path / "checkpoints" / "squeezenet1_1-b8a52dc0.pth")
    learned = LearnedMetrics(hub=tmp_path)
    assert "lpips" not in learned.missing
    different = trio(0, 256, 256)
    same = Trio(different.source, different.source, different.mask)
    assert learned.lpips(same) == pytest.approx(0.0, abs=1e-6)
    assert learned.lpips(different) > 1e-3


def test_crop_of_the_clip_score_is_the_references():
    """The mask's bounds without their last row and column; nothing for an empty mask."""
    source = Image.fromarray(picture(256, 256, 0))
    bright = np.zeros((256, 256), np.uint8)
    bright[10:20, 30:50] = 255
    crop = Trio.of(source, source, Image.fromarray(bright)).edited_crop()
    assert crop.shape == (3, 9, 19)
    assert torch.equal(crop, torch.from_numpy(picture(256, 256, 0)[10:19, 30:49]).permute(2, 0, 1))
    empty = Trio.of(source, source, Image.fromarray(bright * 0))
    assert empty.edited_crop() is None


def test_intervals_hold_the_mean_and_leave_out_what_was_not_measured():
    """None and infinity are no values; the interval narrows with more cases."""
    few = mean_of([1.0, 0.0, 1.0, None, math.inf, 1.0])
    many = mean_of([1.0, 0.0, 1.0, 1.0] * 50)
    assert few.count == 4
    assert few.value == many.value == 0.75
    assert few.low <= 0.75 <= few.high
    assert many.high - many.low < few.high - few.low
    assert mean_of([None]) is None
