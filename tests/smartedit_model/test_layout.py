"""Every tensor of the published layout is known by name and shape, at full size."""

import hashlib
import json
from pathlib import Path

import pytest
import torch

from smartedit_model import preset
from smartedit_model.build import build_modules
from smartedit_model.importing.layout import published_files
from smartedit_model.integrity import module_shapes

LAYOUT = json.loads((Path(__file__).parent / "goldens" / "published_layout.json").read_text())


@pytest.mark.parametrize("name", ["7b", "13b"])
def test_full_size_layout_is_the_published_one(name):
    """Names and shapes of all four files match the reference's, none missing, none left over."""
    config = preset(name)
    with torch.device("meta"):
        modules = build_modules(config).parts()
    shapes = {part: module_shapes(module) for part, module in modules.items()}
    files = published_files(shapes, config, rank=8)
    for kind, found in files.items():
        lines = "\n".join(sorted(f"{key} {list(shape)}" for key, shape in found.items()))
        assert len(found) == LAYOUT[name][kind]["count"]
        assert hashlib.sha256(lines.encode()).hexdigest() == LAYOUT[name][kind]["sha256"]


def test_full_size_parameter_counts():
    """The 7B model has LLaMA-7B's, SD-1.5's and ViT-L/14's sizes."""
    with torch.device("meta"):
        modules = build_modules(preset("7b")).parts()
    millions = {
        part: round(sum(p.numel() for p in module.parameters()) / 1e6)
        for part, module in modules.items()
    }
    assert millions["language_model"] == 6739
    assert millions["unet"] == 860
    assert millions["vision_tower"] == 303
    assert millions["vae"] == 84
