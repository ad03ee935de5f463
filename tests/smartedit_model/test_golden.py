"""The same numbers as the public reference at every stage (see goldens/README.md).

``benchmarks/core_goldens.py`` runs the same stages on another device.
"""

import json
import zlib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from smartedit_model.build import build_modules, reference_scheduler
from smartedit_model.config import (
    BIMConfig,
    LanguageConfig,
    QFormerConfig,
    SmartEditConfig,
    UNetConfig,
    VAEConfig,
    VisionConfig,
)
from smartedit_model.guidance import Guidance, GuidedNoise
from smartedit_model.images import to_images, vision_pixels
from smartedit_model.importing.layout import published_name
from smartedit_model.integrity import canonical
from smartedit_model.mllm import AnswerEncoder
from smartedit_model.pipeline import SmartEditPipeline
from smartedit_model.prompt import Prompter, TokenIds
from smartedit_model.samplers import make_sampler
from smartedit_model.vision import patch_features

GOLDEN = json.loads((Path(__file__).parent / "goldens" / "reference.json").read_text())
TOLERANCE = 1e-4
INSTRUCTION = "Make the small cat on the left red, please."
CONFIG = SmartEditConfig(
    name="golden",
    vision=VisionConfig(layers=2, mlp=256),
    language=LanguageConfig(hidden=64, layers=2, heads=4, mlp=128),
    qformer=QFormerConfig(layers=3, mlp=256),
    bim=BIMConfig(),
    unet=UNetConfig(channels=(320, 64), attention=(True, False), layers_per_block=1),
    vae=VAEConfig(channels=(32, 32, 32, 32), layers_per_block=1),
    resolution=128,
)


def formula(name: str, shape: tuple[int, ...]) -> torch.Tensor:
    z = np.random.RandomState(zlib.crc32(name.encode())).standard_normal(shape)
    if len(shape) >= 2:
        z = z / np.sqrt(int(np.prod(shape[1:])))
    else:
        z = 1 + 0.1 * z if name.endswith("weight") else 0.1 * z
    return torch.from_numpy(z.astype(np.float32))


def reference_key(component: str, name: str) -> str:
    if component == "vision_tower":
        return f"vision_model.{canonical(name)}"
    if component == "language_model":
        return name
    if component == "vae":
        return f"vae.{name}"
    return "null" if component == "null_condition" else published_name(component, name)


def toy_tokenizer() -> SimpleNamespace:
    """A tokenizer of whole words whose ids are checksums, with LLaMA's leading mark."""

    class Toy(SimpleNamespace):
        def __call__(self, text, add_special_tokens):
            words = ("▁" + text.replace(" ", " ▁")).split()
            return {"input_ids": [3 + zlib.crc32(w.encode()) % 31997 for w in words]}

    return Toy(bos_token_id=1, eos_token_id=2)


def picture() -> Image.Image:
    y, x = np.mgrid[0:128, 0:128]
    array = np.stack([x * 2 % 256, y * 2 % 256, (x + y) * 3 % 256], -1)
    return Image.fromarray(array.astype(np.uint8))


def noise(seed: int) -> torch.Tensor:
    values = np.random.RandomState(seed).standard_normal((1, 4, 16, 16))
    return torch.from_numpy(values.astype(np.float32))


def golden_errors(stage: str, tensor: torch.Tensor) -> tuple[float, float]:
    """Return the worst of 256 entries relative to the stage's root mean square, and the norm's."""
    wanted = GOLDEN[stage]
    flat = tensor.detach().cpu().double().flatten()
    assert list(tensor.shape) == wanted["shape"]
    scale = wanted["norm"] / np.sqrt(flat.numel())
    index = (np.arange(256, dtype=np.int64) * 245489) % flat.numel()
    worst = (flat[index] - torch.tensor(wanted["samples"])).abs().max() / scale
    return float(worst), float(abs(flat.norm() / wanted["norm"] - 1))


def assert_golden(stage: str, tensor: torch.Tensor) -> None:
    worst, norm = golden_errors(stage, tensor)
    assert worst < TOLERANCE, f"{stage} is off by {worst:.1e} of its size"
    assert norm < TOLERANCE


@pytest.fixture(scope="module")
def modules():
    return golden_modules("cpu")


def golden_modules(device):
    built = build_modules(CONFIG)
    for component, module in built.parts().items():
        for name, tensor in module.state_dict().items():
            tensor.copy_(formula(reference_key(component, name), tuple(tensor.shape)))
        module.to(device)
    return built


@pytest.fixture(scope="module")
def stages(modules):
    return golden_stages(modules, "cpu")


def golden_stages(modules, device):
    """Every stage up to the condition, computed by this package."""
    with torch.no_grad():
        pixels = vision_pixels([picture()], 224).to(device)
        features = patch_features(modules.vision_tower, pixels)
        projected = modules.projector(features)
        prompter = Prompter(toy_tokenizer(), CONFIG.prompt_style, TokenIds.of(CONFIG))
        states = AnswerEncoder(modules.language_model, prompter).prefill(projected, [INSTRUCTION])
        queries = modules.qformer(states)
        seen = modules.bim(features, queries, (16, 16))
    return SimpleNamespace(
        prompter=prompter,
        projected=projected,
        states=states,
        queries=queries,
        feature=seen.feature,
        text_delta=seen.text_delta,
        condition=seen.condition,
        image_map=seen.image_map,
    )


def test_prompt_ids(stages):
    """The tokens around the image and of the answer are the reference's."""
    ids = GOLDEN["prompt_ids"]
    first_placeholder = ids.index(32003)
    prompter = stages.prompter
    assert prompter.prefix() == ids[:first_placeholder]
    assert prompter.answered(INSTRUCTION) == ids[first_placeholder + 1 :]


@pytest.mark.parametrize(
    "stage", ["projected", "states", "queries", "feature", "text_delta", "condition"]
)
def test_understanding_stage(stages, stage):
    """Projected image tokens, answer states, Q-Former and both BIM outputs agree."""
    assert_golden(stage, getattr(stages, stage))


@pytest.fixture(scope="module")
def run(modules, stages):
    return golden_run(modules, stages, "cpu")


def golden_run(modules, stages, device):
    """A four-step run with given noise, recording the UNet's and the guided predictions."""
    pipe = SmartEditPipeline(
        **modules.parts(), tokenizer=toy_tokenizer(), scheduler=reference_scheduler()
    )
    branches, guided, originals = [], [], []

    class Recording(GuidedNoise):
        def _branches(self, *args):
            branches.append(super()._branches(*args))
            return branches[-1]

    with torch.no_grad():
        sampler = make_sampler("euler_a", reference_scheduler().config)
        sampler.set_timesteps(4, device=device)
        noises = iter(noise(100 + i).to(device) for i in range(4))
        latents = noise(7).to(device) * sampler.init_noise_sigma
        model = Recording(
            modules.unet,
            pipe.source_latents([picture()], (128, 128)),
            stages.condition,
            modules.null_condition(1),
            stages.feature,
            Guidance(),
            4,
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                "diffusers.schedulers.scheduling_euler_ancestral_discrete.randn_tensor",
                lambda *_, **__: next(noises),
            )
            for index, timestep in enumerate(sampler.timesteps):
                scaled = sampler.scale_model_input(latents, timestep)
                guided.append(model(scaled, timestep, index))
                step = sampler.step(guided[-1], timestep, latents)
                originals.append(step.pred_original_sample)
                latents = step.prev_sample
        pixels = modules.vae.decode(latents / modules.vae.config.scaling_factor).sample
    return SimpleNamespace(branches=branches, guided=guided, originals=originals, pixels=pixels)


@pytest.mark.parametrize(("stage", "index"), [("text", 0), ("image", 1), ("none", 2)])
def test_noise_prediction(run, stage, index):
    """Each guidance branch's noise agrees."""
    assert_golden(f"noise_{stage}", run.branches[0][index])


def test_guided_steps(run):
    """The guided noise of the first step and the guided original of the last agree.

    The reference guides originals and turns them back into noise, which at the last, small sigma
    costs it digits; so the last step is compared as an original.
    """
    assert_golden("guided_first", run.guided[0])
    assert_golden("guided_original_last", run.originals[-1])


def test_final_image(run):
    """The final picture with the same noise agrees."""
    unit = (run.pixels / 2 + 0.5).clamp(0, 1).permute(0, 2, 3, 1)
    assert_golden("image", unit)
    assert np.asarray(to_images(run.pixels)[0]).shape == (128, 128, 3)


def test_token_ids_are_the_published_ones():
    """The added tokens follow LLaMA's 32000 rows in the published order."""
    tokens = TokenIds.of(CONFIG)
    assert (tokens.img, tokens.im_start, tokens.im_end) == (32000, 32001, 32002)
    assert (tokens.answer_ids[0], tokens.answer_ids[-1], CONFIG.vocab) == (32003, 32034, 32035)
