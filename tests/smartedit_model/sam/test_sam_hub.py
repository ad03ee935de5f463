"""SAM 2 and SAM 3 of transformers, run with tiny random configurations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from smartedit_model.sam.choosing import SegmenterShelf
from smartedit_model.sam.hub import Sam2Segmenter, Sam3Grounder, Sam3Segmenter
from tools import masks
from tools.errors import BadArguments, GroundingFailed, SegmenterUnavailable
from tools.grounding import Scene
from tools.target import IMAGE, Target

SIDE = 64


def picture() -> Any:
    """A picture of noise, HWC uint8."""
    return np.random.default_rng(4).integers(0, 256, (48, 60, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def sam2_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SAM 2 of random weights, saved in transformers' layout."""
    from transformers import (
        Sam2Config,
        Sam2HieraDetConfig,
        Sam2ImageProcessor,
        Sam2Model,
        Sam2Processor,
        Sam2VisionConfig,
    )

    backbone = Sam2HieraDetConfig(
        hidden_size=8,
        num_attention_heads=1,
        image_size=[SIDE, SIDE],
        blocks_per_stage=[1, 1, 2, 1],
        embed_dim_per_stage=[8, 16, 32, 64],
        num_attention_heads_per_stage=[1, 1, 2, 2],
        window_size_per_stage=[8, 4, 4, 2],
        global_attention_blocks=[3],
    )
    vision = Sam2VisionConfig(
        backbone_config=backbone,
        backbone_channel_list=[64, 32, 16, 8],
        backbone_feature_sizes=[[16, 16], [8, 8], [4, 4]],
        fpn_hidden_size=32,
    )
    config = Sam2Config(
        vision_config=vision,
        prompt_encoder_config={"hidden_size": 32, "image_size": SIDE, "patch_size": 16},
        mask_decoder_config={
            "hidden_size": 32,
            "mlp_dim": 32,
            "num_attention_heads": 2,
            "iou_head_hidden_dim": 32,
        },
    )
    torch.manual_seed(1)
    folder = tmp_path_factory.mktemp("sam2")
    Sam2Model(config).save_pretrained(folder)
    processor = Sam2ImageProcessor(
        size={"height": SIDE, "width": SIDE}, mask_size={"height": 16, "width": 16}
    )
    Sam2Processor(processor).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def sam3_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SAM 3 of random weights with a tokenizer of single letters."""
    from transformers import (
        CLIPTokenizer,
        Sam3Config,
        Sam3ImageProcessor,
        Sam3Model,
        Sam3Processor,
        Sam3VisionConfig,
        Sam3ViTConfig,
    )

    torch.manual_seed(2)
    side = 56
    backbone = Sam3ViTConfig(
        hidden_size=32,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        image_size=side,
        pretrain_image_size=side,
        patch_size=14,
        window_size=2,
        global_attn_indexes=[1],
    )
    vision = Sam3VisionConfig(
        backbone_config=backbone,
        fpn_hidden_size=32,
        backbone_feature_sizes=[[16, 16], [8, 8], [4, 4]],
    )
    small = {"hidden_size": 32, "num_attention_heads": 2}
    deep = small | {"num_layers": 1, "intermediate_size": 32}
    config = Sam3Config(
        vision_config=vision,
        text_config={
            "vocab_size": 600,
            "hidden_size": 32,
            "intermediate_size": 32,
            "projection_dim": 32,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "max_position_embeddings": 32,
        },
        geometry_encoder_config=deep,
        detr_encoder_config=deep,
        detr_decoder_config=deep | {"num_queries": 6},
        mask_decoder_config=small,
    )
    folder = tmp_path_factory.mktemp("sam3")
    Sam3Model(config).save_pretrained(folder)
    letters = [chr(c) for c in range(ord("a"), ord("z") + 1)]
    words = [*letters, *(f"{c}</w>" for c in letters), "<|startoftext|>", "<|endoftext|>"]
    tokenizer = CLIPTokenizer(vocab={word: i for i, word in enumerate(words)}, merges=[])
    tokenizer.model_max_length = 32
    processor = Sam3ImageProcessor(
        size={"height": side, "width": side}, mask_size={"height": 16, "width": 16}
    )
    Sam3Processor(processor, tokenizer).save_pretrained(folder)
    return folder


def test_sam2_takes_clicks_boxes_and_masks(sam2_folder: Path) -> None:
    """Every prompt gives masks of the picture's size, best first; a box bounds them."""
    cut, scene = Sam2Segmenter(sam2_folder), Scene(picture())
    click = cut.segment(scene, points=((30, 20, True),))
    assert click
    assert [r.confidence for r in click] == sorted((r.confidence for r in click), reverse=True)
    for prompt in (
        {"points": ((30, 20, True), (2, 2, False))},
        {"box": (10, 5, 40, 30)},
        {"mask": masks.from_box((10, 5, 40, 30), (48, 60))},
    ):
        found = cut.segment(scene, **prompt)
        assert len(found) <= 1
        for region in found:
            assert region.mask.shape == (48, 60)
            if "box" in prompt:
                assert not region.mask[30:].any()


def test_sam3_takes_boxes_and_words_but_no_clicks(sam3_folder: Path) -> None:
    """A box bounds, a phrase finds instances, a click is refused with what to do instead."""
    cut, scene = Sam3Segmenter(sam3_folder), Scene(picture())
    for region in cut.segment(scene, box=(10, 5, 40, 30)):
        assert region.mask.shape == (48, 60)
        assert not region.mask[30:].any()
    everything = cut.find(scene, "cat", threshold=0.0)
    assert everything
    assert all(region.mask.shape == (48, 60) for region in everything)
    assert len(cut.find(scene, "cat", threshold=1.0)) == 0
    with pytest.raises(GroundingFailed, match="not clicks"):
        cut.segment(scene, points=((30, 20, True),))
    with pytest.raises(BadArguments):
        cut.find(scene, " ")


def test_sam3_as_a_grounder(sam3_folder: Path) -> None:
    """It claims named things, not the whole image, and answers with regions."""
    grounder = Sam3Grounder(Sam3Segmenter(sam3_folder))
    cat = Target(phrase="the red cat", category="cat", attributes=("red",))
    assert grounder.claims(cat)
    assert not grounder.claims(IMAGE)
    assert isinstance(grounder.ground(Scene(picture()), cat), list)


@pytest.mark.parametrize("kind", ["sam2", "sam3"])
def test_missing_and_damaged_folders(kind: str, tmp_path: Path, request: Any) -> None:
    """No folder is told at once; damaged or pickled weights at first use, in one line."""
    import shutil

    shelf = SegmenterShelf(tmp_path)
    with pytest.raises(SegmenterUnavailable, match=r"config\.json"):
        shelf.get(f"{kind}:{tmp_path / 'nowhere'}")
    scene, box = Scene(picture()), (10, 5, 40, 30)
    for damage in ("truncated", "pickle"):
        folder = tmp_path / damage
        shutil.copytree(request.getfixturevalue(f"{kind}_folder"), folder)
        weights = folder / "model.safetensors"
        if damage == "pickle":
            weights.rename(folder / "pytorch_model.bin")
        else:
            weights.write_bytes(weights.read_bytes()[:-64])
        with pytest.raises(GroundingFailed, match="cannot be used"):
            shelf.get(f"{kind}:{folder}").segment(scene, box=box)


def test_sam3_without_words_is_refused(sam3_folder: Path, tmp_path: Path) -> None:
    """A folder without a tokenizer would find nothing by any word; that is told at once."""
    import shutil

    folder = tmp_path / "mute"
    shutil.copytree(sam3_folder, folder)
    (folder / "tokenizer.json").unlink()
    with pytest.raises(SegmenterUnavailable, match="no tokenizer"):
        SegmenterShelf(tmp_path).get(f"sam3:{folder}")
