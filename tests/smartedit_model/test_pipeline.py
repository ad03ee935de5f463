"""The pipeline as its users meet it: calling, saving, loading, options."""

import copy
import subprocess
import sys

import numpy as np
import pytest
import torch
from PIL import Image

from smartedit_model import Guidance, SmartEditPipeline
from smartedit_model.errors import ConfigError, InputError, InstructionError, NonFiniteResultError
from smartedit_model.integrity import SETTINGS


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_import_is_light():
    """Importing the package and its registry imports no torch."""
    code = (
        "import sys, smartedit_model, smartedit_model.errors, smartedit_model.config;"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_same_seed_same_picture(tiny, picture):
    """A seed fixes the result; another seed gives another."""
    first, again, other = (
        np.asarray(
            tiny(picture, "make the cat red", generator=seeded(s), num_inference_steps=2).images[0]
        )
        for s in (1, 1, 2)
    )
    assert (first == again).all()
    assert (first != other).any()


def test_saved_folder_gives_the_same_picture(tiny, tiny_folder, picture):
    """Loading a saved folder gives bit-identical results."""
    loaded = SmartEditPipeline.from_pretrained(tiny_folder)
    loaded.set_progress_bar_config(disable=True)
    kwargs = {"num_inference_steps": 2, "height": 64, "width": 64}
    a = tiny(picture, "make the cat red", generator=seeded(), **kwargs).images[0]
    b = loaded(picture, "make the cat red", generator=seeded(), **kwargs).images[0]
    assert a.tobytes() == b.tobytes()
    assert all(loaded.config[key] == tiny.config[key] for key in SETTINGS)


def test_loads_in_half_precision(tiny_folder, picture):
    """A dtype can be asked for and the pipeline runs in it."""
    loaded = SmartEditPipeline.from_pretrained(tiny_folder, torch_dtype=torch.bfloat16)
    loaded.set_progress_bar_config(disable=True)
    assert loaded.unet.dtype == loaded.language_model.dtype == torch.bfloat16
    out = loaded(picture, "make the cat red", num_inference_steps=2)
    assert out.images[0].size == (64, 64)


def test_batch_equals_singles(tiny, picture):
    """Different pictures and instructions in one pass equal separate passes."""
    other = Image.radial_gradient("L").resize((64, 64)).convert("RGB")
    jobs = [(picture, "make the cat red"), (other, "remove the dog on the left, it is too big")]
    kwargs = {"num_inference_steps": 3, "output_type": "latent"}
    batch = tiny(
        [j[0] for j in jobs],
        [j[1] for j in jobs],
        generator=[seeded(5), seeded(6)],
        **kwargs,
    ).images
    singles = [
        tiny(image, text, generator=seeded(5 + i), **kwargs).images
        for i, (image, text) in enumerate(jobs)
    ]
    torch.testing.assert_close(batch, torch.cat(singles), rtol=1e-3, atol=1e-3)


def test_keeps_the_aspect(tiny):
    """A wide picture is edited wide, near the model's own area."""
    wide = Image.new("RGB", (300, 100))
    image = tiny(wide, "make the cat red", num_inference_steps=1).images[0]
    assert image.width > 2.2 * image.height
    assert 0.7 < image.width * image.height / 64**2 < 1.4


@pytest.mark.parametrize("sampler", ["euler_a", "euler", "dpm", "unipc", "ddim"])
def test_samplers_run(tiny, picture, sampler):
    """Every sampler name gives a finite result."""
    out = tiny(
        picture, "make the cat red", sampler=sampler, num_inference_steps=3, output_type="latent"
    )
    assert torch.isfinite(out.images).all()


@pytest.mark.parametrize(
    ("kwargs", "rows"),
    [
        ({}, 24),
        ({"guidance": Guidance(image=1.0)}, 16),
        ({"guidance": Guidance(text=1.0, image=1.0)}, 8),
        ({"guidance": Guidance(text=0.0)}, 16),
        ({"guidance": Guidance(text=1.5, image=1.5)}, 16),
        ({"guidance": Guidance(text=0.0, image=0.0)}, 8),
        ({"guidance": Guidance(interval=(0.25, 0.75))}, 16),
        ({"guidance": Guidance(reuse_every=2)}, 16),
    ],
)
def test_guidance_options_save_work(tiny, picture, kwargs, rows):
    """Each saving computes as many UNet rows as it says, of 24 at 8 steps."""
    out = tiny(picture, "make the cat red", num_inference_steps=8, **kwargs)
    assert out.unet_rows == rows


@pytest.mark.parametrize(("text", "image"), [(7.5, 1.0), (0.0, 1.5), (1.5, 1.5)])
def test_skipped_branch_is_exact(tiny, picture, text, image):
    """A branch whose weight is 0 cancels: leaving it out changes nothing."""
    kwargs = {"num_inference_steps": 3, "output_type": "latent"}
    left_out, counted = (
        tiny(
            picture, "make the cat red", generator=seeded(), guidance=Guidance(*strengths), **kwargs
        )
        for strengths in ((text, image), (text + 1e-6, image + 2e-6))
    )
    assert left_out.unet_rows < counted.unet_rows
    torch.testing.assert_close(left_out.images, counted.images, rtol=1e-3, atol=1e-3)


def test_half_precision_stays_near(tiny, tiny_folder, picture):
    """In bfloat16 only the networks round: noise, guidance and sampler stay in float32."""
    half = SmartEditPipeline.from_pretrained(tiny_folder, torch_dtype=torch.bfloat16)
    half.set_progress_bar_config(disable=True)
    exact, near = (
        pipe(
            picture,
            "make the cat red",
            generator=seeded(),
            num_inference_steps=4,
            output_type="latent",
        ).images
        for pipe in (tiny, half)
    )
    assert near.dtype == torch.float32
    assert (near - exact).norm() < 0.05 * exact.norm()


def test_result_that_is_not_finite_is_named(tiny, picture):
    """NaN ends in an error instead of a black picture."""
    bad = torch.full((1, 4, 16, 16), float("nan"))
    with pytest.raises(NonFiniteResultError, match="float32"):
        tiny(picture, "make the cat red", num_inference_steps=1, latents=bad)
    with pytest.raises(NonFiniteResultError, match="picture"):
        tiny.decode_latents(bad)


def test_unet_deep_copies_and_stays_plain(tiny):
    """The conditioned UNet survives a deep copy and takes plain input without the feature."""
    clone = copy.deepcopy(tiny.unet)
    latents, source = torch.randn(1, 4, 16, 16), torch.randn(1, 4, 16, 16)
    condition, feature = torch.randn(1, 9, 32), torch.zeros(1, 16, 16, 16)
    with torch.no_grad():
        a = clone.predict(latents, source, torch.tensor(5), condition, feature)
        b = clone(torch.cat([latents, source], 1), torch.tensor(5), condition).sample
    torch.testing.assert_close(a, b)


def test_callback_can_change_latents_and_stop(tiny, picture):
    """The step callback sees every step, and what it raises stops the run."""
    seen = []

    def callback(pipe, step, timestep, tensors):
        seen.append(step)
        if step == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tiny(picture, "make the cat red", num_inference_steps=4, callback_on_step_end=callback)
    assert seen == [0, 1]


@pytest.mark.parametrize(
    ("args", "kwargs", "error"),
    [
        (("   ",), {}, InstructionError),
        (("paint </s> it",), {}, InstructionError),
        (("paint <img_3> it",), {}, InstructionError),
        (("word " * 600,), {}, InstructionError),
        (("red",), {"height": 63, "width": 64}, InputError),
        (("red",), {"height": 64}, InputError),
        (("red",), {"sampler": "magic"}, InputError),
        (("red",), {"output_type": "jpeg"}, InputError),
        ((["red", "blue"],), {}, InputError),
        (("red",), {"num_inference_steps": 0}, InputError),
        (("red",), {"num_inference_steps": 1001}, InputError),
        (("red",), {"generator": [seeded(), seeded()]}, InputError),
        (("red",), {"latents": torch.zeros(1, 4, 3, 3)}, InputError),
        (("red",), {"places": torch.zeros(1, 64, 64)}, InputError),
    ],
)
def test_bad_input_is_named(tiny, picture, args, kwargs, error):
    """Bad input gets its own error with one line."""
    with pytest.raises(error) as caught:
        tiny(picture, *args, **kwargs)
    assert "\n" not in str(caught.value)


def test_bad_guidance_is_named():
    """Guidance options are checked when they are made."""
    with pytest.raises(InputError):
        Guidance(interval=(0.8, 0.2))
    for name in ("reuse_every", "keep_every"):
        with pytest.raises(InputError, match=name):
            Guidance(**{name: 0})


def test_unknown_quantisation_is_named(tiny_folder):
    """Only 4-bit is known."""
    with pytest.raises(ConfigError):
        SmartEditPipeline.from_pretrained(tiny_folder, quantize="3bit")


def test_sequential_branches_give_the_same(tiny, picture):
    """Running the branches one at a time changes memory, not the result."""
    kwargs = {"num_inference_steps": 3, "output_type": "latent"}
    together, alone = (
        tiny(
            picture,
            "make the cat red",
            generator=seeded(),
            guidance=Guidance(sequential=sequential),
            **kwargs,
        ).images
        for sequential in (False, True)
    )
    torch.testing.assert_close(together, alone, rtol=1e-3, atol=1e-3)


@pytest.mark.slow
def test_conditioned_unet_compiles_as_one_graph(tiny):
    """The BIM feature enters without a graph break, and the compiled result is the same."""
    inputs = (
        torch.randn(1, 4, 16, 16),
        torch.randn(1, 4, 16, 16),
        torch.tensor(5),
        torch.randn(1, 9, 32),
        torch.randn(1, 16, 16, 16),
    )
    unet = copy.deepcopy(tiny.unet)
    compiled = torch.compile(unet.predict, backend="eager", fullgraph=True)
    with torch.no_grad():
        torch.testing.assert_close(compiled(*inputs), unet.predict(*inputs))
