"""Many clicks in one picture: the same masks as the package's decoder draws, only fewer of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from smartedit_model.sam.embeddings import Embeddings
from smartedit_model.sam.many_clicks import AT_ONCE, decode_clicks
from smartedit_model.sam.segmenter import CachedPredictor, SamSegmenter
from tools.grounding import Scene

CLICKS = [(7 * i % 120, 11 * i % 90) for i in range(AT_ONCE + 5)]


def prompts(tiny_sam: Any) -> tuple[CachedPredictor, torch.Tensor, torch.Tensor]:
    """A predictor that has a picture, and the embeddings of ``CLICKS`` in it."""
    image = np.random.default_rng(3).integers(0, 256, (96, 128, 3), dtype=np.uint8)
    predictor = CachedPredictor(tiny_sam, Embeddings(), "test")
    predictor.set_image(image)
    places = predictor.transform.apply_coords(np.array(CLICKS, dtype=np.float64), (96, 128))
    given = torch.as_tensor(places, dtype=torch.float32)[:, None]
    labels = torch.ones(len(CLICKS), 1, dtype=torch.int64)
    sparse, dense = tiny_sam.prompt_encoder(points=(given, labels), boxes=None, masks=None)
    return predictor, sparse, dense


@torch.inference_mode()
def test_every_click_is_decoded_as_the_package_does(tiny_sam: Any) -> None:
    """All four masks of each, in order, with the IoU expected of each."""
    predictor, sparse, dense = prompts(tiny_sam)
    theirs, expected = tiny_sam.mask_decoder.predict_masks(
        predictor.features, tiny_sam.prompt_encoder.get_dense_pe(), sparse, dense
    )
    logits, claimed = decode_clicks(tiny_sam, predictor.features, sparse, dense, -float("inf"))
    torch.testing.assert_close(logits, theirs.flatten(0, 1), rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(claimed, expected.flatten(), rtol=1e-4, atol=1e-5)


@torch.inference_mode()
def test_only_masks_of_which_enough_is_expected_are_drawn(tiny_sam: Any) -> None:
    """They are those of all that reach it; where none does there are none."""
    predictor, sparse, dense = prompts(tiny_sam)
    every, claimed = decode_clicks(tiny_sam, predictor.features, sparse, dense, -float("inf"))
    least = float(claimed.median())
    some, sure = decode_clicks(tiny_sam, predictor.features, sparse, dense, least)
    assert 0 < len(some) < len(every)
    torch.testing.assert_close(some, every[claimed >= least], rtol=1e-4, atol=1e-5)
    assert bool((sure >= least).all())
    none, _ = decode_clicks(tiny_sam, predictor.features, sparse, dense, float("inf"))
    assert len(none) == 0


def test_the_segmenter_gives_masks_at_the_pictures_size(tiny_sam: Any) -> None:
    """Four a click, with a share of certainty each."""
    image = np.random.default_rng(3).integers(0, 256, (96, 128, 3), dtype=np.uint8)
    cut = SamSegmenter("sam-test", lambda: tiny_sam, "test", embeddings=Embeddings())
    found = cut.clicked(Scene(image), CLICKS)
    assert len(found) == 4 * len(CLICKS)
    assert all(mask.shape == (96, 128) and 0 <= sure <= 1 for mask, sure in found)
