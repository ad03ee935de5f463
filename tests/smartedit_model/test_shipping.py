"""What the package ships: half precision, calibrated, hashed, with options of its own."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from smartedit_model import SmartEditPipeline, preset
from smartedit_model.config import MaskHeadConfig
from smartedit_model.editor import DEFAULTS, SmartEditEditor
from smartedit_model.errors import HashMismatchError
from smartedit_model.fingerprints import check_hashes
from smartedit_model.options import folder_defaults
from smartedit_model.registry import shipped_folder
from smartedit_model.training.grounding import Finding, find_all, shares
from smartedit_model.training.shipping import ship
from smartedit_model.training.world_data import world_tokenizer
from tools.editing import EditRequest
from tools.errors import BadArguments, EditorUnavailable
from tools.target import Target

FOUND = [Finding("plain", True, True, iou, sure) for iou, sure in ((0.9, 0.9), (0.2, 0.6))] * 4


@pytest.fixture
def trained(tmp_path):
    config = replace(preset("tiny"), mask_head=MaskHeadConfig(inner=8, scale=4))
    pipe = SmartEditPipeline.from_scratch(config, world_tokenizer(320, samples=20))
    pipe.save_pretrained(tmp_path / "final")
    return tmp_path / "final"


def test_a_shipped_model_edits_with_its_own_options(trained, tmp_path):
    """Its weights are halves, its card is kept, its options count unless a request has others."""
    out = tmp_path / "shipped"
    out.mkdir()
    (out / "CARD.md").write_text("what it is")
    fit = ship(trained, out, editing={"steps": 2, "guidance_text": 1.5}, found=FOUND)
    assert fit["answers"] == 8
    assert (out / "CARD.md").read_text() == "what it is"
    unet = load_file(out / "unet" / "diffusion_pytorch_model.safetensors")
    assert {tensor.dtype for tensor in unet.values()} == {torch.float16}
    assert check_hashes(out, "install it again") > 10
    told = [path.read_text() for path in out.rglob("*.json")]
    assert not any(str(tmp_path) in text for text in told)
    editor = SmartEditEditor("shipped", out)
    drawing = np.full((64, 64, 3), 90, np.uint8)
    with torch.no_grad():
        made = editor.edit(EditRequest(drawing, "make it red", op="recolor", seed=0, options={}))
        asked = editor.edit(
            EditRequest(drawing, "make it red", op="recolor", seed=0, options={"steps": 1})
        )
    assert (made.settings["steps"], made.settings["guidance_text"]) == (2, 1.5)
    assert asked.settings["steps"] == 1
    assert editor.domain(drawing).inside


def test_a_shipped_model_offers_only_what_it_does_well(trained, tmp_path):
    """Ops and ways of pointing that were not measured good are left to others."""
    out = tmp_path / "shipped"
    ship(trained, out, editing={}, found=FOUND, ops=["recolor"], reads=["several"])
    editor = SmartEditEditor("shipped", out)
    assert [editor.supports(op) for op in ("recolor", "replace", "crop")] == [True, False, False]
    assert editor.reader.claims(Target(phrase="all cups", category="cup", quantity="all"))
    assert not editor.reader.claims(Target(phrase="red cup", category="cup", attributes=("red",)))
    assert SmartEditEditor("plain", trained).supports("replace")


def test_the_model_of_the_package_is_whole_and_reads_drawings():
    """Its hashes hold, and it finds most things of held-out scenes that are named plainly."""
    folder = shipped_folder()
    assert check_hashes(folder, "install it again") > 20
    pipe = SmartEditPipeline.from_pretrained(folder, torch_dtype=torch.float32)
    found = find_all(pipe, "val", 20, categories=("plain",))
    assert shares(found)["plain"]["right"] >= 0.6


def test_a_changed_file_is_noticed(trained, tmp_path):
    """One byte more, and the folder is no longer what was shipped."""
    out = tmp_path / "shipped"
    ship(trained, out, editing={}, found=FOUND)
    (out / "domain.json").write_text("{} ")
    with pytest.raises(HashMismatchError, match=r"domain\.json"):
        check_hashes(out, "install it again")


def test_options_of_a_folder_are_checked(trained, tmp_path):
    """What no editor knows is neither shipped nor used."""
    with pytest.raises(BadArguments, match="colour"):
        ship(trained, tmp_path / "shipped", editing={"colour": 1}, found=FOUND)
    assert not (tmp_path / "shipped").exists()
    assert folder_defaults(trained, DEFAULTS) == DEFAULTS
    for text in ("[1", "[1]", json.dumps({"steps": -1})):
        (trained / "editing.json").write_text(text)
        with pytest.raises(EditorUnavailable, match=r"editing\.json"):
            folder_defaults(trained, DEFAULTS)
