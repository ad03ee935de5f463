"""The SmartEdit editor: crops, options, cancelling, memory, availability, domain."""

import json
import shutil
import subprocess
import sys

import cv2
import numpy as np
import pytest
import torch

from smartedit_model import SmartEditPipeline
from smartedit_model.crops import fitted_size, plan_crop
from smartedit_model.cuda_graphs import CudaGraphs
from smartedit_model.domain import flatness, judge, write_drawn
from smartedit_model.editor import DEFAULTS, SmartEditEditor
from smartedit_model.errors import CaptureError, DeviceMemoryError, InputError
from smartedit_model.ladder import Rung, climb_down
from smartedit_model.options import chosen_options
from smartedit_model.ways import Ways, replays_graphs
from tools.editing import EditRequest
from tools.errors import BadArguments, Cancelled, EditorFailed, EditorUnavailable

FEW = {"steps": 2}


@pytest.fixture(scope="module")
def editor(tiny_folder):
    return SmartEditEditor("smartedit-tiny", tiny_folder, device="cpu")


@pytest.fixture
def photo():
    """A 150 x 200 picture of noise, HWC uint8 RGB."""
    return np.random.default_rng(0).integers(0, 256, (150, 200, 3), dtype=np.uint8)


@pytest.fixture
def corner():
    mask = np.zeros((150, 200), bool)
    mask[10:40, 5:30] = True
    return mask


def test_importing_it_imports_no_torch():
    """Building the shelf of editors must not wait for torch."""
    code = "import sys, smartedit_model.editor; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_only_a_crop_around_the_mask_changes(editor, photo, corner):
    """The result has the picture's size; far from the mask it is bit-identical."""
    before = photo.copy()
    out = editor.edit(EditRequest(photo, "make it red", mask=corner, options=FEW))
    assert out.image.shape == photo.shape
    assert out.image.dtype == np.uint8
    left, top, right, bottom = out.settings["box"]
    assert left <= 5
    assert right >= 30
    outside = np.ones((150, 200), bool)
    outside[top:bottom, left:right] = False
    assert outside.mean() > 0.5
    assert (out.image[outside] == photo[outside]).all()
    assert (out.image != photo).any()
    assert (photo == before).all()


def test_seed_reproduces(editor, photo):
    """The seed is the only source of randomness."""
    first, again, other = (
        editor.edit(EditRequest(photo, "make it red", seed=s, options=FEW)).image for s in (3, 3, 4)
    )
    assert (first == again).all()
    assert (first != other).any()


def test_progress_rises_to_one(editor, photo):
    """Progress is told after each step."""
    told = []
    editor.edit(EditRequest(photo, "red", options={"steps": 4}, progress=told.append))
    assert told == [0.25, 0.5, 0.75, 1.0]


@pytest.mark.parametrize("after", [0, 1, 3])
def test_cancel_stops_between_steps(editor, photo, after):
    """Cancelling stops before the next step, and the next edit runs."""
    told = []
    request = EditRequest(
        photo,
        "red",
        options={"steps": 5},
        progress=told.append,
        cancelled=lambda: len(told) >= after,
    )
    with pytest.raises(Cancelled):
        editor.edit(request)
    assert len(told) == after
    editor.edit(EditRequest(photo, "red", options=FEW))


@pytest.mark.parametrize(
    "change",
    [
        {"options": {"step": 3}},
        {"options": {"sampler": "magic"}},
        {"options": {"steps": 0}},
        {"options": {"guidance_text": "much"}},
        {"options": {"guidance_interval": (0.8, 0.2)}},
        {"options": {"guidance_interval": 3}},
        {"options": {"reuse_every": 0}},
        {"options": {"dtype": "int8"}},
        {"options": {"compile": "perhaps"}},
        {"options": {"quantize": "3bit"}},
        {"options": {"keep_every": 0}},
        {"options": {"offload": True}},
        {"options": {"compile": True, "offload": True}},
        {"options": {"compile": True, "keep_every": 2}},
        {"options": {"graphs": "perhaps"}},
        {"options": {"graphs": True}},
        {"options": {"steps": 1001}},
        {"options": {"context": -1}},
        {"style_image": np.zeros((8, 8, 3), np.uint8)},
        {"instruction": " "},
        {"mask": np.zeros((150, 200), bool)},
        {"mask": np.ones((3, 3), bool)},
    ],
)
def test_bad_requests_are_refused(editor, photo, change):
    """Unknown options, empty instructions and masks that do not fit are the caller's fault."""
    request = {"image": photo, "instruction": "red", "options": {}, **change}
    with pytest.raises(BadArguments):
        editor.edit(EditRequest(**request))


def test_every_option_reaches_the_model(editor, photo):
    """Values may be text, as from a command line; another dtype reads the weights anew."""
    savings = {
        **FEW,
        "guidance_interval": "0.2,0.8",
        "reuse_every": "2",
        "keep_every": "2",
        "context": "0.3",
    }
    made = editor.edit(EditRequest(photo, "red", options=savings))
    told = made.settings
    assert told["guidance_interval"] == (0.2, 0.8)
    assert (told["reuse_every"], told["dtype"]) == (2, "float32")
    said = " ".join(made.notes)
    assert "approximated" in said
    assert "keep_every 2" in said
    half = editor.edit(EditRequest(photo, "red", options={**FEW, "dtype": "bfloat16"})).settings
    assert half["dtype"] == "bfloat16"
    assert editor._ways.dtype == "bfloat16"
    assert editor.edit(EditRequest(photo, "red", options=FEW)).settings["dtype"] == "float32"


def test_missing_and_damaged_weights_are_unavailable(tiny_folder, tmp_path, photo):
    """Missing weights name the remedy; damaged ones say what is wrong."""
    absent = SmartEditEditor("smartedit-7b", tmp_path / "no", remedy="smartedit models import")
    state = absent.availability()
    assert not state.ready
    assert state.remedy == "smartedit models import"
    assert absent.version.endswith("absent")
    with pytest.raises(EditorUnavailable):
        absent.edit(EditRequest(photo, "red"))
    shutil.copytree(tiny_folder, tmp_path / "no")  # as when a person imports it meanwhile
    assert not absent.version.endswith("absent")
    broken = tmp_path / "broken"
    shutil.copytree(tiny_folder, broken)
    (broken / "unet" / "diffusion_pytorch_model.safetensors").write_bytes(b"")
    with pytest.raises(EditorUnavailable, match="unet"):
        SmartEditEditor("broken", broken, device="cpu").edit(EditRequest(photo, "red"))


def test_supports_content_edits_only(editor):
    """Geometry and tone belong to deterministic tools."""
    assert editor.supports("replace")
    assert not editor.supports("crop")
    assert not editor.supports("adjust")


def test_domain_is_judged_by_the_folder(editor, tiny_folder, tmp_path, photo):
    """Without limits any picture is inside; with them a photograph is refused with a reason."""
    assert editor.domain(photo).inside
    folder = tmp_path / "nano"
    shutil.copytree(tiny_folder, folder)
    (folder / "domain.json").write_text(json.dumps({"kind": "drawn scenes", "min_flatness": 0.5}))
    nano = SmartEditEditor("nano", folder)
    verdict = nano.domain(photo)
    assert not verdict.inside
    assert "drawn scenes" in verdict.reason
    assert nano.domain(np.zeros((20, 20, 3), np.uint8)).inside
    assert flatness(np.zeros((2, 1, 3), np.uint8)) == 1.0


def test_drawn_things_on_a_background_that_is_not_flat_are_drawings(tmp_path, photo):
    """A photograph behind drawn things does not make them one; flat signs in one do not either."""
    write_drawn(tmp_path)
    noise = np.random.default_rng(0).integers(90, 160, (128, 128, 3), dtype=np.uint8)
    assert not judge(tmp_path, noise).inside
    assert not judge(tmp_path, photo).inside
    drawn = noise.copy()
    for at in (10, 50, 90):
        cv2.circle(drawn, (at + 12, 64), 12, (30, 30, 40), -1)
        cv2.circle(drawn, (at + 12, 64), 10, (230, 160, 40), -1)
    assert flatness(drawn) < 0.6
    assert judge(tmp_path, drawn).inside
    sign = noise.copy()
    cv2.circle(sign, (64, 64), 20, (30, 30, 40), -1)
    cv2.circle(sign, (64, 64), 17, (230, 160, 40), -1)
    assert not judge(tmp_path, sign).inside


def test_running_out_of_memory_climbs_down(editor, photo, monkeypatch):
    """Lower rungs are tried in turn; what was given up is noted; the next job runs."""
    pipe = editor._loaded(Ways())
    sizes = []
    real = type(pipe).__call__

    def greedy(self, *args, height, width, guidance, **kwargs):
        sizes.append((height, guidance.sequential))
        if height > 48:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return real(self, *args, height=height, width=width, guidance=guidance, **kwargs)

    square = photo[:100, :100]
    with monkeypatch.context() as patch:
        patch.setattr(type(pipe), "__call__", greedy)
        out = editor.edit(EditRequest(square, "red", options=FEW))
    assert sizes == [(64, False), (64, True), (48, True)]
    assert any("75%" in note for note in out.notes)
    assert out.image.shape == square.shape

    def starving(self, *args, **kwargs):
        raise torch.OutOfMemoryError("CUDA out of memory")

    with monkeypatch.context() as patch:
        patch.setattr(type(pipe), "__call__", starving)
        with pytest.raises(EditorFailed, match="memory"):
            editor.edit(EditRequest(square, "red", options=FEW))
    editor.edit(EditRequest(square, "red", options=FEW))


def test_weights_that_do_not_fit_end_in_a_clear_error(tiny_folder, photo, monkeypatch):
    """Memory that runs out while the weights are read fails that edit; the next one runs."""
    small = SmartEditEditor("tiny", tiny_folder, device="cpu")

    def full(*_args, **_kwargs):
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate")

    with monkeypatch.context() as patch:
        patch.setattr(SmartEditPipeline, "from_pretrained", full)
        with pytest.raises(EditorFailed, match="not enough memory"):
            small.edit(EditRequest(photo, "red", options=FEW))
    small.edit(EditRequest(photo, "red", options=FEW))


def test_what_pytorch_raises_fails_that_try_only(editor, photo, monkeypatch):
    """A driver's or compiler's error is told in one line, and the next edit runs."""
    pipe = editor._loaded(Ways())

    def fault(*_args, **_kwargs):
        raise RuntimeError("CUDA error: an illegal address\nCompile with TORCH_USE_CUDA_DSA")

    with monkeypatch.context() as patch:
        patch.setattr(type(pipe), "__call__", fault)
        with pytest.raises(EditorFailed, match="illegal address") as caught:
            editor.edit(EditRequest(photo, "red", options=FEW))
    assert "\n" not in str(caught.value)
    # So strong a guidance drives the latents out of float32's range.
    with pytest.raises(EditorFailed, match="NaN or infinity"):
        editor.edit(EditRequest(photo, "red", options={**FEW, "guidance_text": 1e39}))
    editor.edit(EditRequest(photo, "red", options=FEW))


@pytest.mark.parametrize(
    ("given", "device", "wanted"),
    [
        ({}, "cuda", True),
        ({}, "cpu", False),
        ({}, "mps", False),
        ({"graphs": "true", "reuse_every": 2, "guidance_interval": "0.2,0.8"}, "cuda", True),
        ({"graphs": "false"}, "cuda", False),
        ({"steps": 4}, "cuda", False),
        ({"steps": 4, "graphs": True}, "cuda", True),
        ({"steps": 20}, "cuda", True),
        ({"graphs": "auto", "compile": True}, "cuda", False),
        ({"graphs": "auto", "offload": True}, "cuda", False),
        ({"graphs": "auto", "keep_every": 2}, "cuda", False),
        ({"graphs": True}, "cpu", "CUDA GPU"),
        ({"graphs": True, "compile": True}, "cuda", "graphs and compile"),
        ({"graphs": True, "offload": True}, "cuda", "graphs and offload"),
        ({"graphs": True, "keep_every": 2}, "cuda", "graphs and keep_every"),
    ],
)
def test_graphs_are_replayed_on_a_gpu_where_nothing_forbids_them(given, device, wanted):
    """Of itself graphs give way; insisted on, what they do not go with is refused."""
    options = chosen_options(given, DEFAULTS)
    if isinstance(wanted, bool):
        assert replays_graphs(options, device) is wanted
        return
    with pytest.raises(BadArguments, match=wanted):
        replays_graphs(options, device)


def graphed(tiny_folder, patch, call):
    """Return an editor on the CPU that takes itself to be on a GPU, and what `call` saw."""
    small = SmartEditEditor("tiny", tiny_folder, device="cpu")
    calls = []

    def replay(graphs, module, noise, *inputs):
        calls.append(graphs)
        return call(noise, *inputs)

    patch.setattr("smartedit_model.editor.replays_graphs", lambda *_: True)
    patch.setattr(CudaGraphs, "__call__", replay)
    return small, calls


def test_graphs_change_no_picture_and_are_kept(editor, tiny_folder, photo, monkeypatch):
    """They serve the next edit too; an edit that does without drops them."""
    plain = editor.edit(EditRequest(photo, "red", options=FEW))
    assert plain.settings["graphs"] is False
    small, calls = graphed(tiny_folder, monkeypatch, lambda noise, *inputs: noise(*inputs))
    for _ in range(2):
        made = small.edit(EditRequest(photo, "red", options=FEW))
        assert made.settings["graphs"] is True
        assert (made.image == plain.image).all()
    assert len(calls) == 4
    assert len(set(map(id, calls))) == 1
    monkeypatch.setattr("smartedit_model.editor.replays_graphs", lambda *_: False)
    small.edit(EditRequest(photo, "red", options=FEW))
    assert small._pipe.unet.graphs is None


def test_a_unet_that_cannot_be_captured_runs_without(editor, tiny_folder, photo, monkeypatch):
    """The edit is made all the same and says so in a line; it is not tried again."""

    def fault(*_):
        raise CaptureError("operation not permitted when stream is capturing")

    plain = editor.edit(EditRequest(photo, "red", options=FEW))
    small, calls = graphed(tiny_folder, monkeypatch, fault)
    for _ in range(2):
        made = small.edit(EditRequest(photo, "red", options=FEW))
        assert [note for note in made.notes if "graphs" in note] == [
            "ran without CUDA graphs, slower: operation not permitted when stream is capturing"
        ]
        assert made.settings["graphs"] is False
        assert (made.image == plain.image).all()
    assert len(calls) == 1


def test_graphs_are_the_first_thing_given_up_for_memory(tiny_folder, photo, monkeypatch):
    """What they hold is given back before anything slower is tried; the next edit tries them."""

    def full(*_):
        raise torch.OutOfMemoryError("CUDA out of memory")

    small, calls = graphed(tiny_folder, monkeypatch, full)
    for tried in (1, 2):
        made = small.edit(EditRequest(photo, "red", options=FEW))
        assert "out of memory, then ran without CUDA graphs" in made.notes
        assert small._pipe.unet.graphs is None
        assert len(calls) == tried


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")
def test_on_a_gpu_graphs_serve_crops_of_any_shape(tiny_folder, photo):
    """More shapes than are kept, cancelling, offloading: the pictures are as without."""
    small = SmartEditEditor("tiny", tiny_folder, device="cuda")
    shapes = [photo, photo[:100, :100], photo[:60], photo[:, :70], photo[:90, :120], photo[:40]]

    def edit(image, cancelled=lambda: False, **more):
        chosen = {"steps": 8, "dtype": "float32", **more}
        return small.edit(EditRequest(image, "red", options=chosen, cancelled=cancelled))

    for _ in range(2):
        replayed = [edit(image) for image in shapes]
        assert all(made.settings["graphs"] is True for made in replayed)
        assert not any("graphs" in note for made in replayed for note in made.notes)
        assert len(small._pipe.unet.graphs._kept) == 4
        stop = iter([False, True]).__next__
        with pytest.raises(Cancelled):
            edit(photo, stop)
    for image, made in zip(shapes, replayed, strict=True):
        plain = edit(image, graphs=False).image
        assert np.abs(made.image.astype(int) - plain).max() <= 1
    assert edit(photo, keep_every=2).settings["graphs"] is False
    assert edit(photo, offload=True).settings["graphs"] is False
    assert edit(photo).settings["graphs"] is True


def test_ladder_lets_other_errors_through():
    """Only a full memory makes the ladder go on."""

    def fault():
        raise RuntimeError("wrong shape")

    def full():
        raise MemoryError

    with pytest.raises(RuntimeError, match="wrong shape"):
        climb_down([Rung("", fault), Rung("b", lambda: 1)])
    with pytest.raises(DeviceMemoryError, match="as asked, b"):
        climb_down([Rung("", full), Rung("b", full)])
    assert climb_down([Rung("", full), Rung("b", lambda: 7)])[0] == 7


@pytest.mark.parametrize("place", [(0, 0), (900, 1400), (500, 700)])
def test_crops_hold_the_region_with_context(place):
    """The crop stays inside, holds the region and context, and is at most about 2:1."""
    mask = np.zeros((1000, 1500), bool)
    top, left = place
    mask[top : top + 40, left : left + 100] = True
    crop = plan_crop(mask.shape, mask, resolution=128, multiple=8)
    x0, y0, x1, y1 = crop.box
    assert 0 <= x0 <= left
    assert x1 >= min(left + 100, 1500)
    assert 0 <= y0 <= top
    assert min(top + 40, 1000) <= y1 <= 1000
    assert (x1 - x0, y1 - y0) == (200, 128)
    assert abs(crop.size[1] / crop.size[0] - 200 / 128) < 0.1
    assert 0.8 < crop.size[0] * crop.size[1] / 128**2 < 1.2


def test_a_mask_is_cut_as_the_picture_is():
    """The part of a mask at the model's size, in shares; whole where the crop is the picture."""
    mask = np.zeros((1000, 1500), bool)
    mask[500:540, 700:800] = True
    crop = plan_crop(mask.shape, mask, resolution=128, multiple=8)
    part = crop.cut_mask(mask)
    assert part.shape == crop.size
    x0, y0, x1, y1 = crop.box
    assert abs(part.mean() - mask.sum() / ((x1 - x0) * (y1 - y0))) < 0.01
    row, column = np.argwhere(part == part.max()).mean(axis=0)
    assert abs(row / part.shape[0] - (520 - y0) / (y1 - y0)) < 0.05
    assert abs(column / part.shape[1] - (750 - x0) / (x1 - x0)) < 0.05


def test_thin_regions_get_a_fair_aspect():
    """A very thin region grows across, so that the model sees a natural aspect."""
    mask = np.zeros((800, 800), bool)
    mask[400:404, 50:600] = True
    crop = plan_crop(mask.shape, mask, resolution=64, multiple=8)
    assert (crop.box[2] - crop.box[0]) / (crop.box[3] - crop.box[1]) <= 2.01


@pytest.mark.parametrize("shape", [(50, 50_000), (90_000, 30)])
def test_very_long_pictures_cost_no_more_than_square_ones(shape):
    """Where a side would fall below what the model can take, the other gives way."""
    height, width = fitted_size(shape, 256, 64)
    assert min(height, width) == 64
    assert height * width <= 1.1 * 256**2
    assert (height > width) == (shape[0] > shape[1])


def test_large_regions_take_the_whole_picture():
    """Where most would be covered, the model sees everything."""
    mask = np.zeros((100, 100), bool)
    mask[10:80, 10:80] = True
    assert plan_crop(mask.shape, mask, resolution=64, multiple=8).box == (0, 0, 100, 100)
    with pytest.raises(InputError):
        plan_crop((100, 100), np.zeros((100, 100), bool), resolution=64, multiple=8)
