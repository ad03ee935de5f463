"""A UNet anew from latents: what a pool makes of shards, and what the stage leaves."""

import copy
import shutil

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import load_file

from smartedit_model import SmartEditPipeline, preset
from smartedit_model.adapters import adapter_path
from smartedit_model.errors import ConfigError, TrainingError
from smartedit_model.images import vision_pixels
from smartedit_model.tokenizer import train_tokenizer
from smartedit_model.training.__main__ import main
from smartedit_model.training.ahead import shard_path, write_shard
from smartedit_model.training.captions import DRAWN, coded, words
from smartedit_model.training.diffusing import Diffusing
from smartedit_model.training.latent_pool import LatentPool
from smartedit_model.training.latents import understood
from smartedit_model.training.losses import noise_loss
from smartedit_model.training.pool import ShardPool
from smartedit_model.training.recipe import Ahead, Pooling, load_recipe
from smartedit_model.training.stage_run import StageRun
from smartedit_model.training.stages import TrainSettings

PLAN = Ahead(mix={"edit": 0.7, "whole": 0.3}, together=2, seed=5, shard=8)
RECIPE = """
model: nano
size: 128
stages:
  before:
    kind: drawing
    settings: {steps: 1, batch: 2}
  redraw:
    kind: redraw
    takes: {before: [vision_tower, projector, language_model, qformer, bim, mask_head, vae]}
    ahead: {mix: {edit: 0.7, whole: 0.3}, together: 2, seed: 5, shard: 8}
    POOLING
    settings: {steps: 2, batch: 4, save_every: 1, ema: 0.9, learning_rate: 1.0e-2, late: 0.5,
               answered: 0.5, told: 0.5, absolute: true}
ship: redraw
"""


UPDATES = """
model: nano
size: 128
stages:
  before:
    kind: drawing
    settings: {steps: 1, batch: 2}
  adapt:
    kind: adapt
    takes: {before: [vision_tower, projector, language_model, qformer, bim, mask_head, vae, unet]}
    ahead: &ahead {mix: {edit: 0.7, whole: 0.3}, together: 2, seed: 5, shard: 8}
    pooling: &pool {reuse: 8, begin: 1, window: 2, waits: false}
    settings: &settings {steps: 2, batch: 4, save_every: 1, ema: 0.9, learning_rate: 1.0e-2,
                         lora_rank: 2, lora_alpha: 2.0, lora_dropout: 0.0}
  settle:
    kind: settle
    takes: {before: [vision_tower, projector, language_model, qformer, bim, mask_head, vae, unet],
            adapt: [unet_adapter]}
    ahead: *ahead
    pooling: *pool
    settings: *settings
ship: settle
"""


@pytest.fixture(scope="module")
def pipe():
    """A pipeline of the real sizes with random weights."""
    torch.manual_seed(0)
    made = SmartEditPipeline.from_scratch(
        preset("nano"), train_tokenizer(["remove the cat", "make the dog red"], 320)
    )
    made.vae.register_to_config(scaling_factor=0.9)
    made.unet.begin(0.9, torch.ones(24))
    return made


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    """Three shards of the plan."""
    folder = tmp_path_factory.mktemp("shards")
    for number in range(3):
        write_shard(PLAN, 128, folder, number)
    return folder


def pooled(shards, pipe, **changes):
    """A pool of latents."""
    return LatentPool(
        shards, PLAN, Pooling(**({"reuse": 1.0, "begin": 1, "window": 2} | changes)), pipe
    )


def test_a_pool_holds_what_the_model_makes_of_the_pictures(shards, pipe):
    """Latents, places and captions are those of the same examples from a pool of pictures."""
    pictures = ShardPool(
        shards,
        PLAN,
        Pooling(reuse=1.0, begin=1, window=1),
        pipe.answers.prompter,
        torch.device("cpu"),
    )
    pictures(0, 2)
    pool = pooled(shards, pipe, window=1)
    pool(0, 2)
    with torch.no_grad():
        wanted = pipe.vae.encode(pictures.held["target"].float() / 127.5 - 1).latent_dist.mode()
    torch.testing.assert_close(pool.held["target"].float(), wanted, atol=2e-3, rtol=2e-3)
    caption = pictures.held["caption"].long()
    there = pool.held["region"].flatten(1).sum(dim=1) > 0
    assert torch.equal(pool.held["captions"][there].long(), caption[there])
    assert (pool.held["captions"][~there][:, : len(DRAWN)] == 0).all()
    assert pool.held["condition"].shape == (8, 16, 192)
    assert pool.held["feature"].shape == (8, 128, 16, 16)
    assert 0 <= pool.held["chance"].min() <= pool.held["chance"].max() <= 1


def test_shards_enter_in_time_or_as_they_come(shards, pipe, monkeypatch):
    """A pool that waits depends on the step alone; one that does not goes on with what there is."""
    assert pooled(shards, pipe)(0, 4).known.sum() == 4
    waiting = pooled(shards, pipe, reuse=2.0)
    first = waiting(0, 4)
    assert waiting.entered == 1
    waiting(16, 4)
    assert waiting.entered == 2
    again = pooled(shards, pipe, reuse=2.0)(0, 4)
    assert torch.equal(first.source, again.source)
    eager = pooled(shards, pipe, waits=False)
    seen = [(eager(8 * n, 4), eager.entered)[1] for n in range(5)]
    assert seen == [1, 2, 3, 3, 3]
    monkeypatch.setattr("smartedit_model.training.pool.PATIENCE", 0.01)
    late = pooled(shards, pipe, begin=4)
    with pytest.raises(TrainingError, match="has not come"):
        late(0, 4)
    assert not shard_path(shards, 3).is_file()


def test_at_the_last_timestep_nothing_of_the_result_shows(pipe, monkeypatch):
    """A run begins with noise alone, so that is what is taught there."""
    seen = []

    def predict(noisy, source, step, condition, feature):
        seen.append(noisy)
        return noisy

    monkeypatch.setattr(pipe.unet, "predict", predict)
    torch.manual_seed(3)
    noise = Diffusing(pipe, TrainSettings(late=1.0, drop=0.0))
    rows = torch.ones(2)
    for target in (torch.zeros(2, 24, 16, 16), torch.full((2, 24, 16, 16), 9.0)):
        torch.manual_seed(4)
        loss = noise.of_latents(
            torch.zeros_like(target),
            target,
            torch.ones(2, 16, 16),
            rows,
            torch.zeros(2, 16, 192),
            None,
        )
        assert loss > 0
    assert torch.equal(*seen)


def test_absolute_errors_are_roots_of_the_squared(pipe):
    """The best guess of two equally likely results is as good as either, not better between."""
    made, one = torch.tensor([0.0, 2.0])[:, None, None, None], torch.ones(2)

    def cost(guess, absolute):
        return float(
            noise_loss(torch.full((2, 1, 1, 1), guess), made, one, scale=4.0, absolute=absolute)
        )

    assert cost(1.0, absolute=False) < cost(0.0, absolute=False)
    assert cost(0.0, absolute=True) == pytest.approx(2.0, abs=1e-2)
    assert cost(1.0, absolute=True) == pytest.approx(2.0, abs=1e-2)


def test_codes_are_the_same_from_lists_and_tensors():
    """A tensor is answered where it lies."""
    numbers = torch.randint(0, 2, (3, len(DRAWN)))
    assert torch.equal(coded(numbers, 64), coded(numbers.tolist(), 64))
    assert coded(numbers, 64).shape == (3, len(DRAWN), 64)
    assert all(len(words()[place]) > 1 for place in DRAWN)


def test_what_is_kept_is_what_an_edit_is_told(pipe):
    """The same picture and words give the same condition and place, kept or at once."""
    draw = np.random.default_rng(0)
    pictures = [Image.fromarray(draw.integers(0, 256, (128, 128, 3), np.uint8)) for _ in range(2)]
    said, cells = ["remove the cat", "make the dog red"], (128 // pipe.vae_factor,) * 2
    kept = understood(pipe, vision_pixels(pictures, 128), torch.arange(2), said, cells)
    told = pipe.encode(pictures, said, cells)
    assert torch.equal(kept["condition"], told.condition)
    chance = told.mask_logits.sigmoid()
    assert torch.equal(kept["feature"] + pipe.mask_head.place(chance, cells), told.feature)
    assert torch.equal(kept["chance"], F.interpolate(chance[:, None], cells, mode="area")[:, 0])


def test_latents_are_understood_with_a_mask_head_only(pipe):
    """A model without one is refused, and says so."""
    blind = copy.copy(pipe)
    blind.register_modules(mask_head=None)
    pixels = torch.zeros(1, 3, 128, 128)
    with pytest.raises(TrainingError, match="mask head"):
        understood(blind, pixels, torch.arange(1), ["remove the cat"], (8, 8))
    assert pipe.mask_head is not None


def test_the_stage_learns_a_unet_and_nothing_else(pipe, shards, tmp_path):
    """All else is taken over; shards are made by the stage's own plan, which the command knows."""
    path = tmp_path / "recipe.yaml"
    path.write_text(RECIPE.replace("POOLING", "pooling: {reuse: 8, begin: 1, window: 2}"))
    recipe, out = load_recipe(str(path)), tmp_path / "out"
    assert recipe.ahead is None
    assert recipe.ahead_of("redraw") == PLAN
    made = tmp_path / "made"
    asked = [str(path), "--ahead", "1", "--shards", str(made)]
    assert main(asked) == 2  # the recipe itself makes nothing ahead
    assert main([*asked, "--of", "redraw"]) == 0
    assert shard_path(made, 0).read_bytes() == shard_path(shards, 0).read_bytes()
    pipe.save_pretrained(out / "before" / "final")
    with pytest.raises(TrainingError, match="--shards"):
        StageRun(recipe, "redraw", out, cpu=True)
    run = StageRun(recipe, "redraw", out, cpu=True, shards=shards)
    learners = {n for n, p in run.loop.module.named_parameters() if p.requires_grad}
    assert learners
    assert all(name.startswith("unet.") for name in learners)
    assert run.run(tell=lambda line: None)
    old, new = (
        SmartEditPipeline.from_pretrained(out / name / "final") for name in ("before", "redraw")
    )
    assert not torch.equal(old.unet.conv_in.weight, new.unet.conv_in.weight)
    for name in ("vae", "bim", "mask_head", "language_model"):
        pairs = zip(getattr(old, name).parameters(), getattr(new, name).parameters(), strict=True)
        assert all(torch.equal(a, b) for a, b in pairs), name
    assert F.mse_loss(old.unet.spread, new.unet.spread) < 100  # measured anew, finite


def test_an_update_is_learned_and_settled_from_the_pool(pipe, shards, tmp_path):
    """The UNet stays what it was; its update is written whole, then in eight bits."""
    path = tmp_path / "recipe.yaml"
    path.write_text(UPDATES)
    recipe, out = load_recipe(str(path)), tmp_path / "out"
    pipe.save_pretrained(out / "before" / "final")
    pipe.save_pretrained(out / "adapt" / "final")
    with pytest.raises(TrainingError, match="adapt has made no unet_adapter for settle"):
        StageRun(recipe, "settle", out, cpu=True, shards=shards)
    shutil.rmtree(out / "adapt")
    for name in ("adapt", "settle"):
        assert StageRun(recipe, name, out, cpu=True, shards=shards).run(tell=lambda line: None)
    files = {name: adapter_path(out / name / "final") for name in ("adapt", "settle")}
    kinds = {name: {t.dtype for t in load_file(path).values()} for name, path in files.items()}
    assert kinds["adapt"] == {torch.float16}
    assert kinds["settle"] == {torch.float16, torch.float8_e4m3fn}
    same = [
        SmartEditPipeline.from_pretrained(out / name / "final", adapt=False).unet.conv_in.weight
        for name in ("before", "settle")
    ]
    assert torch.equal(*same)
    path.write_text(UPDATES.replace("            adapt: [unet_adapter]}", "            }"))
    with pytest.raises(ConfigError, match="takes the unet_adapter of another"):
        load_recipe(str(path))


def test_without_pooling_the_stage_has_nothing_to_learn_from(tmp_path):
    """The recipe is refused when it is read, and says what is missing."""
    path = tmp_path / "recipe.yaml"
    path.write_text(RECIPE.replace("    POOLING\n", ""))
    with pytest.raises(ConfigError, match=r"redraw learns from what is made ahead.*pooling"):
        load_recipe(str(path))


def test_only_this_stage_may_go_on_without_waiting(tmp_path):
    """``waits: false`` is refused where it would do nothing, and taken where it does something."""
    hasty = "pooling: {reuse: 8, begin: 1, window: 2, waits: false}"
    path = tmp_path / "recipe.yaml"
    path.write_text(RECIPE.replace("POOLING", hasty))
    pooling = load_recipe(str(path)).stage("redraw").pooling
    assert pooling is not None
    assert not pooling.waits
    path.write_text(RECIPE.replace("POOLING", hasty).replace("kind: redraw", "kind: draw"))
    with pytest.raises(ConfigError, match=r"kind draw waits for its shards.*waits: false"):
        load_recipe(str(path))


@pytest.mark.parametrize("kind", ["autoencoder", "seeing", "reading"])
def test_stages_that_cannot_learn_from_shards_are_refused(kind, tmp_path):
    """They would begin otherwise, and stop at the first batch."""
    path = tmp_path / "recipe.yaml"
    pooled = RECIPE.replace("POOLING", "pooling: {reuse: 8, begin: 1, window: 2}")
    path.write_text(pooled.replace("kind: redraw", f"kind: {kind}"))
    with pytest.raises(ConfigError, match=f"kind {kind} cannot learn from shards"):
        load_recipe(str(path))
