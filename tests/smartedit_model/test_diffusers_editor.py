"""Five diffusers pipelines behind the Editor protocol, driven through their real classes."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from smartedit_model.diffusers_editor import FAMILIES, DiffusersEditor
from tools.editing import EditRequest
from tools.errors import BadArguments, Cancelled, EditorFailed, EditorUnavailable

CALL = {
    "flux2-klein": {"text_encoder_out_layers": (1,), "max_sequence_length": 64},
    "flux-kontext": {"max_sequence_length": 32},
}
FEW = {"steps": 2}


@pytest.fixture(scope="module")
def tiny_diffusers():
    path = Path(__file__).with_name("tiny_diffusers.py")
    spec = importlib.util.spec_from_file_location("smartedit_model_tiny_diffusers", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


SLOW = ("qwen-image-edit-plus", "longcat-image-edit")


@pytest.fixture(
    scope="module",
    params=[pytest.param(f, marks=[pytest.mark.slow] * (f in SLOW)) for f in FAMILIES],
)
def editor(request, tiny_diffusers):
    """A tiny pipeline of each family; the two that fix a megapixel are given a smaller one."""
    from diffusers.pipelines.longcat_image import pipeline_longcat_image_edit as longcat
    from diffusers.pipelines.qwenimage import pipeline_qwenimage_edit_plus as qwen

    whole = longcat.calculate_dimensions
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(qwen, "VAE_IMAGE_SIZE", 64 * 64)
        patch.setattr(qwen, "CONDITION_IMAGE_SIZE", 64 * 64)
        patch.setattr(longcat, "calculate_dimensions", lambda _, ratio: whole(64 * 64, ratio))
        yield DiffusersEditor(
            request.param,
            load=lambda: tiny_diffusers.build(request.param),
            device="cpu",
            resolution=96,
            call=CALL.get(request.param),
        )


@pytest.fixture
def photo():
    return np.random.default_rng(0).integers(0, 256, (150, 200, 3), dtype=np.uint8)


def corner():
    mask = np.zeros((150, 200), bool)
    mask[10:40, 5:30] = True
    return mask


def test_edits_a_crop_and_tells_progress(editor, photo):
    """Size and surroundings are kept, progress reaches one, and the seed reproduces."""
    told = []
    request = EditRequest(
        photo, "make it red", mask=corner(), seed=3, options=FEW, progress=told.append
    )
    out = editor.edit(request)
    assert out.image.shape == photo.shape
    assert (out.image[110:] == photo[110:]).all()
    assert (out.image[:, 120:] == photo[:, 120:]).all()
    assert (out.image[10:40, 5:30] != photo[10:40, 5:30]).any()
    assert told == [0.5, 1.0]
    assert (editor.edit(request).image == out.image).all()
    assert out.settings["pipeline"] == editor.family.cls


def test_cancel_stops_between_steps(editor, photo):
    """Cancelling stops before the next step, and the next edit runs."""
    told = []
    request = EditRequest(
        photo,
        "red",
        options={"steps": 4},
        progress=told.append,
        cancelled=lambda: len(told) >= 2,
    )
    with pytest.raises(Cancelled):
        editor.edit(request)
    assert told == [0.25, 0.5]
    editor.edit(EditRequest(photo, "red", options=FEW))


def test_out_of_memory_gets_smaller_then_fails_clearly(editor, photo, monkeypatch):
    """A full memory leads to smaller sizes, then to one clear error; the next job runs."""
    sizes = []

    def full(self, *args, **kwargs):
        sizes.append(kwargs["image"].size)
        raise torch.OutOfMemoryError("CUDA out of memory")

    with monkeypatch.context() as patch:
        patch.setattr(type(editor._pipe or editor._load()), "__call__", full)
        with pytest.raises(EditorFailed, match="memory"):
            editor.edit(EditRequest(photo, "red", options=FEW))
    assert len(sizes) == (1 if editor.family.fixed else 3)
    assert sorted(sizes, reverse=True) == sizes
    editor.edit(EditRequest(photo, "red", options=FEW))


def test_bad_requests_are_refused(editor, photo):
    """Unknown options and empty instructions are the caller's fault."""
    with pytest.raises(BadArguments, match="magic"):
        editor.edit(EditRequest(photo, "red", options={"magic": 1}))
    with pytest.raises(BadArguments, match="empty"):
        editor.edit(EditRequest(photo, "  "))
    if not editor.family.style:
        with pytest.raises(BadArguments, match="style"):
            editor.edit(EditRequest(photo, "red", style_image=photo))


def test_absent_weights_name_the_remedy(tmp_path, photo):
    """Without weights an editor says how to get them; an unknown name lists the choices."""
    absent = DiffusersEditor("flux2-klein", tmp_path)
    assert not absent.availability().ready
    assert "hf download" in absent.availability().remedy
    with pytest.raises(EditorUnavailable):
        absent.edit(EditRequest(photo, "red"))
    with pytest.raises(EditorUnavailable, match="flux2-klein"):
        DiffusersEditor("flux9")


def test_reads_a_saved_folder(tiny_diffusers, tmp_path, photo):
    """A local folder of safetensors is loaded; a damaged one is refused in one line."""
    tiny_diffusers.build("instruct-pix2pix").save_pretrained(tmp_path / "model")
    editor = DiffusersEditor("instruct-pix2pix", tmp_path / "model", device="cpu", resolution=64)
    assert editor.availability().ready
    assert len(editor.version) > 8
    editor.edit(EditRequest(photo, "red", options=FEW))
    (tmp_path / "model" / "unet" / "diffusion_pytorch_model.safetensors").write_bytes(b"")
    broken = DiffusersEditor("instruct-pix2pix", tmp_path / "model", device="cpu", resolution=64)
    with pytest.raises(EditorUnavailable) as caught:
        broken.edit(EditRequest(photo, "red", options=FEW))
    assert "\n" not in str(caught.value)
