"""Ways of the shipped model that are cut."""

from __future__ import annotations

from pathlib import Path

import torch
from cuts import CUTS, Cut

from smartedit_model import SmartEditPipeline
from smartedit_model.registry import model_folder


def test_only_what_is_cut_changes_the_answer(tmp_path: Path) -> None:
    """The whole answers as the pipeline's own BIM does; without a way it does not."""
    pipe = SmartEditPipeline.from_pretrained(model_folder("smartedit-nano", tmp_path))
    pipe.to(dtype=torch.float32)
    features, condition = torch.randn(1, 256, 192), torch.randn(1, 16, 192)
    with torch.no_grad():
        own = pipe.bim(features, condition, (1, 1)).image_map
        for name, same in (("whole", True), ("no_marks", False), ("picture_deaf", False)):
            found = Cut(pipe, CUTS[name]).find(features, condition)[2].image_map
            assert torch.allclose(found, own, atol=1e-5) == same, name
