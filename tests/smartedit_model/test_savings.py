"""What may be saved of an edit's work and memory: features kept, four bits, modules offloaded."""

import sys
from importlib import import_module
from importlib.util import find_spec

import numpy as np
import pytest
import torch
from transformers.utils import logging

from smartedit_model import Guidance, SmartEditPipeline
from smartedit_model.editor import SmartEditEditor
from smartedit_model.errors import InputError, OptionalDependencyError
from smartedit_model.feature_reuse import DeepFeatures
from smartedit_model.loading import check_compiler, computes_in, default_dtype, quiet
from tools.editing import EditRequest
from tools.errors import EditorUnavailable

WORDS = "make the cat red"


def latents(pipe, picture, **guidance):
    return pipe(
        picture,
        WORDS,
        generator=torch.Generator().manual_seed(0),
        num_inference_steps=4,
        output_type="latent",
        guidance=Guidance(**guidance),
    ).images


@pytest.mark.parametrize("more", [{}, {"sequential": True}, {"interval": (0.3, 1.0)}])
def test_kept_features_save_the_coarse_levels(tiny, picture, more):
    """The coarse blocks run every second step only; the result is near; nothing stays hooked."""
    runs = []
    handle = tiny.unet.mid_block.resnets[0].register_forward_hook(lambda *_: runs.append(1))
    exact = latents(tiny, picture, **more)
    whole = len(runs)
    saved = latents(tiny, picture, keep_every=2, **more)
    handle.remove()
    # With an interval, the first step is a batch of its own, and the three that follow another.
    assert len(runs) - whole == (3 if "interval" in more else whole // 2)
    error = float((saved - exact).norm() / exact.norm())
    assert 0 < error < 0.5
    assert "forward" not in tiny.unet.mid_block.__dict__
    assert torch.equal(latents(tiny, picture, **more), exact)


def test_kept_features_are_never_older_than_asked():
    """A batch that was left out of some steps is computed anew when it comes back."""
    unet = torch.nn.Module()
    unet.down_blocks = unet.up_blocks = torch.nn.ModuleList([torch.nn.ReLU(), torch.nn.ReLU()])
    unet.mid_block = torch.nn.ReLU()
    deep = DeepFeatures(unet, 3)
    made = []
    # As with a guidance interval: alone, then guided, then alone again.
    for step, batch in enumerate(["one"] * 5 + ["all"] * 4 + ["one"] * 4):
        with deep.call(batch, step):
            made.append(int(unet.mid_block(torch.full((1,), float(step)))))
    assert made == [0, 0, 0, 3, 3, 5, 5, 5, 8, 9, 9, 9, 12]


def test_features_are_given_back_after_an_error(tiny, picture):
    """A run that stops between two steps leaves the UNet as it was."""

    def stop(_pipe, _index, _timestep, _tensors):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tiny(picture, WORDS, guidance=Guidance(keep_every=2), callback_on_step_end=stop)
    assert all("forward" not in b.__dict__ for b in tiny.unet.down_blocks)


def test_what_keeps_no_features_says_so():
    """A UNet without coarse levels, or a compiled one, is refused with a reason."""
    with pytest.raises(InputError, match="coarse"):
        DeepFeatures(torch.nn.Linear(1, 1), 2)
    unet = torch.nn.Module()
    unet.down_blocks = unet.up_blocks = torch.nn.ModuleList([torch.nn.ReLU(), torch.nn.ReLU()])
    unet.mid_block = torch.nn.ReLU()
    assert len(DeepFeatures(unet, 2).blocks) == 3
    unet.compile()
    with pytest.raises(InputError, match="compiled"):
        DeepFeatures(unet, 2)


def test_cpus_compute_in_float32(monkeypatch):
    """Whatever the CPU, a seed gives one picture; what it lacks arithmetic for is told."""
    assert default_dtype("cpu") == torch.float32
    assert computes_in(torch.float32, "cpu")
    for flags, able in (({"avx2": True}, False), ({"avx512_bf16": True}, True)):
        monkeypatch.setattr(torch.cpu, "get_capabilities", lambda flags=flags: flags)
        assert computes_in(torch.bfloat16, "cpu") is able
        assert not computes_in(torch.float16, "cpu")


def test_loading_is_quiet_and_leaves_the_bars_as_they_were(capfd, tiny_folder):
    """An editor's loading prints nothing; a script that loads on its own still sees bars."""
    logging.enable_progress_bar()
    try:
        with quiet():
            SmartEditPipeline.from_pretrained(tiny_folder)
        assert capfd.readouterr().err == ""
        assert logging.is_progress_bar_enabled()
    finally:
        logging.disable_progress_bar()


def test_compiling_needs_a_compiler(monkeypatch):
    """Without a C++ compiler the option is refused before the first edit."""
    monkeypatch.setenv("CXX", "/nowhere/c++")
    with pytest.raises(OptionalDependencyError, match="/nowhere"):
        check_compiler(torch.device("cpu"))


def test_offloading_runs_each_module_where_it_should(tiny_folder, picture):
    """Modules come when they are called and go afterwards; the result is the same."""
    plain, offloaded = (SmartEditPipeline.from_pretrained(tiny_folder) for _ in range(2))
    with pytest.raises(InputError, match="no GPU"):
        offloaded.enable_model_cpu_offload()
    offloaded.enable_model_cpu_offload(device="cpu")
    for pipe in (plain, offloaded):
        pipe.set_progress_bar_config(disable=True)
    names = set(offloaded.components) - {"tokenizer", "scheduler", "mask_head", "instruction_head"}
    assert all(hasattr(offloaded.components[name], "_hf_hook") for name in names)
    first = latents(plain, picture)
    assert torch.equal(latents(offloaded, picture), first)

    def stop(_pipe, _index, _timestep, _tensors):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        offloaded(picture, WORDS, num_inference_steps=2, callback_on_step_end=stop)
    assert torch.equal(latents(offloaded, picture), first)


def test_four_bits_need_their_package(tiny_folder, monkeypatch):
    """Without bitsandbytes, the pipeline and the editor say what to install."""
    monkeypatch.setitem(sys.modules, "bitsandbytes", None)  # as if it were not there
    with pytest.raises(OptionalDependencyError, match="bitsandbytes"):
        SmartEditPipeline.from_pretrained(tiny_folder, quantize="4bit")
    editor = SmartEditEditor("tiny", tiny_folder, device="cpu", remedy="models import")
    request = EditRequest(np.zeros((64, 64, 3), np.uint8), WORDS, options={"quantize": "4bit"})
    with pytest.raises(EditorUnavailable, match="bitsandbytes") as caught:
        editor.edit(request)
    assert not caught.value.remedy
    assert editor.edit(EditRequest(request.image, WORDS, options={"steps": 1})).image.shape


def _packs_by_32() -> bool:
    """Whether the package packs layers for this processor; the tiny model is too slim for that."""
    return bool(import_module("bitsandbytes.functional").has_avx512bf16())


@pytest.mark.skipif(find_spec("bitsandbytes") is None, reason="needs the package bitsandbytes")
def test_four_bits_take_less_and_stay_near(tiny, tiny_folder, picture):
    """The language model's layers are kept in four bits, and the answer states stay near."""
    if _packs_by_32():
        pytest.skip("on this processor bitsandbytes takes only layers whose width 32 divides")
    small = SmartEditPipeline.from_pretrained(
        tiny_folder, torch_dtype=torch.float32, quantize="4bit"
    )
    small.set_progress_bar_config(disable=True)
    small.to("cpu")
    layer = small.language_model.model.layers[0].mlp.up_proj.weight
    before = tiny.language_model.model.layers[0].mlp.up_proj.weight
    assert layer.nbytes * 8 == before.nbytes
    assert small.unet.dtype == torch.float32
    image = torch.randn(1, 4, 48, generator=torch.Generator().manual_seed(0))
    exact = tiny.answers.prefill(image, [WORDS])
    near = small.answers.prefill(image, [WORDS])
    error = float((near - exact).norm() / exact.norm())
    assert 0 < error < 0.3
    assert torch.isfinite(latents(small, picture)).all()
