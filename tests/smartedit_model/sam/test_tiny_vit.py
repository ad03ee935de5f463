"""MobileSAM: its encoder's sizes, its published weights, and what it cuts out of a photograph."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skimage
import torch

from smartedit_model.carried import find
from smartedit_model.sam import official
from smartedit_model.sam.choosing import SegmenterShelf
from smartedit_model.sam.loading import expected
from smartedit_model.sam.tiny_vit import TinyVitEncoder, TinyVitSize, build_mobile
from tools.grounders import ground
from tools.grounding import Scene
from tools.masks import iou
from tools.pictures import load_picture
from tools.target import Target

ITEM = official.CHECKPOINTS["mobile"]
SMALL = TinyVitSize(
    image_size=64,
    widths=(8, 16, 24, 32),
    depths=(1, 1, 2, 1),
    heads=(1, 2, 4),
    windows=(3, 4, 3),
    channels=16,
    classes=5,
)
CUP = (172, 18, 425, 310)
"""A box around the cup, XYXY pixels."""
real = pytest.mark.skipif(
    ITEM.carried is None or find(ITEM.carried) is None,
    reason="MobileSAM's package is not installed",
)


@pytest.fixture(scope="module")
def coffee() -> Any:
    """A photograph of a cup on a red saucer, 400 x 600."""
    return load_picture(Path(skimage.__file__).parent / "data" / "coffee.png").rgb


def test_an_embedding_is_a_sixteenth_of_the_picture() -> None:
    """Also where windows do not divide the grid."""
    encoder = TinyVitEncoder(SMALL).eval()
    with torch.no_grad():
        out = encoder(torch.rand(2, 3, 64, 64))
    assert out.shape == (2, 16, 4, 4)
    assert out.isfinite().all()


def test_each_picture_of_a_batch_is_embedded_by_itself() -> None:
    """Windows of one never meet those of another."""
    torch.manual_seed(3)
    encoder = TinyVitEncoder(SMALL).eval()
    pictures = torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        both, alone = encoder(pictures), encoder(pictures[1:])
    assert torch.allclose(both[1:], alone, atol=1e-6)


def test_what_lies_far_beyond_a_window_reaches_it_through_later_blocks() -> None:
    """The convolution between windows carries news across their borders."""
    torch.manual_seed(3)
    encoder = TinyVitEncoder(SMALL).eval()
    picture = torch.rand(1, 3, 64, 64)
    changed = picture.clone()
    changed[..., 48:] = 0
    with torch.no_grad():
        moved = (encoder(picture) - encoder(changed)).abs().amax(dim=1)
    assert moved[0, :, 0].max() > 0


def test_published_size_fits_the_architecture() -> None:
    """On the meta device, its tensors take the published bytes less the pickle's own."""
    _, shapes = expected(build_mobile)
    numbers = sum(torch.Size(shape).numel() for shape in shapes.values())
    assert 0 < ITEM.bytes - 4 * numbers < 600 * len(shapes)
    assert shapes["image_encoder.layers.2.blocks.5.attn.attention_biases"] == (5, 14 * 14)


@real
def test_published_weights_embed_as_the_reference_does() -> None:
    """Goldens were computed with the reference's own modules on the same numbers."""
    model = official.load(ITEM, official.path_of(ITEM, Path("nowhere")))
    ramp = torch.linspace(-1.5, 2.0, 1024)
    rows = [ramp[:, None] * ramp[None, :].cos(), torch.sin(7 * ramp)[:, None] + 0 * ramp]
    picture = torch.stack([*rows, ramp[None, :] + 0 * ramp[:, None]])[None]
    with torch.no_grad():
        out = model.image_encoder(picture)
    places = out[0, 0, 0, 0], out[0, 17, 31, 40], out[0, 128, 63, 5], out[0, 255, 20, 63]
    got = [float(value) for value in (*places, out.mean(), out.std())]
    golden = [-0.118901, 0.051132, -0.046897, -0.11307, -0.002953, 0.104579]
    assert np.allclose(got, golden, atol=2e-5), got


@real
def test_a_box_becomes_the_thing_in_it(coffee: Any, tmp_path: Path) -> None:
    """The cup with its coffee, from a box drawn by hand; not its saucer, not the table."""
    best = SegmenterShelf(tmp_path).get("sam:mobile").segment(Scene(coffee), box=CUP)[0]
    inside = best.mask[CUP[1] : CUP[3], CUP[0] : CUP[2]]
    assert inside.sum() > 0.99 * best.mask.sum()
    assert 0.45 < inside.mean() < 0.8
    for row, column in ((30, 290), (150, 300), (240, 300), (280, 220)):  # rim, coffee, side, handle
        assert best.mask[row, column], (row, column)
    for row, column in ((60, 150), (200, 120), (330, 330), (200, 460)):  # table and saucer
        assert not best.mask[row, column], (row, column)


@real
def test_auto_takes_it_for_photographs_where_it_may(coffee: Any, tmp_path: Path) -> None:
    """Not where packages are to be ignored."""
    assert SegmenterShelf(tmp_path).best_for(coffee).name == "sam:mobile"
    assert SegmenterShelf(tmp_path, carried=False).best_for(coffee).name == "grabcut"


@real
def test_hair_is_drawn_anew_where_a_sam_is_here(tmp_path: Path) -> None:
    """The outline of the whole head of hair, without the forehead."""
    picture = load_picture(Path(skimage.__file__).parent / "data" / "astronaut.png").rgb
    sam = SegmenterShelf(tmp_path).get("sam:mobile")
    hair = Target(phrase="her hair", category="hair")
    rough, fine = ground(Scene(picture), hair), ground(Scene(picture, segmenter=sam), hair)
    assert "outlined by sam:mobile" in fine.source
    assert iou(rough.mask, fine.mask) > 0.7
    assert fine.mask[30, 215]  # the top of her hair
    assert not fine.mask[110, 225]  # between the eyes


@real
def test_official_weights_that_somebody_brought_go_first(coffee: Any, tmp_path: Path) -> None:
    """A package with MobileSAM does not push aside a larger model."""
    item = official.CHECKPOINTS["vit_b"]
    path = official.own_path(item, tmp_path)
    path.parent.mkdir()
    with path.open("wb") as file:
        file.truncate(item.bytes)  # nothing is read until the first click
    assert SegmenterShelf(tmp_path).best_for(coffee).name == "sam:vit_b"
