"""Learning a low-rank update of a UNet from kept latents, and what the stage leaves."""

from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file

from smartedit_model import SmartEditPipeline, preset
from smartedit_model.adapters import DOWN, FILE, FOLDER, UP, adapter_path, merge_adapter, update_of
from smartedit_model.errors import ConfigError, TrainingError
from smartedit_model.fingerprints import file_hash
from smartedit_model.training.adapting import AdaptTraining
from smartedit_model.training.data import Example, Mixture
from smartedit_model.training.grounding import Finding
from smartedit_model.training.latents import LatentBatches, edits_of, make_latents
from smartedit_model.training.loop import Training
from smartedit_model.training.lora import lora_layers
from smartedit_model.training.recipe import Latents, load_recipe
from smartedit_model.training.shipping import ship
from smartedit_model.training.stage_run import StageRun
from smartedit_model.training.stages import TrainSettings, stage
from smartedit_model.training.updates import TIME, save_updated, write_adapter
from smartedit_model.training.world_data import world_tokenizer

PLAN = Latents(
    shards=2,
    understood=2,
    shard=4,
    together=2,
    ops={"remove": 1.0, "recolor": 0.5},
    mix={"edit": 1},
)
UNET = "unet/diffusion_pytorch_model.safetensors"
WEIGHTS = "mask_head/diffusion_pytorch_model.safetensors"
RECIPE = """
model: nano
size: 32
stages:
  draw:
    kind: drawing
    settings: {steps: 1, batch: 2}
  adapt:
    kind: adapt
    takes: {draw: [vision_tower, projector, language_model, qformer, bim, mask_head, unet, vae,
                   null_condition]}
    latents: {shards: 2, understood: 2, shard: 4, together: 2, ops: {remove: 1.0}, mix: {edit: 1.0}}
    settings: {steps: 2, batch: 2, save_every: 1, ema: 0.9, learning_rate: 1.0e-2, lora_rank: 2,
               lora_alpha: 2.0, answered: 0.5, told: 0.5}
ship: adapt
"""


@pytest.fixture
def pipe():
    """A pipeline of the real sizes whose UNet draws something."""
    torch.manual_seed(0)
    made = SmartEditPipeline.from_scratch(preset("nano"), world_tokenizer(320, samples=20))
    made.unet.begin(1.0, torch.ones(24))
    torch.nn.init.normal_(made.unet.conv_out.weight, std=0.02)
    made.vae.register_to_config(scaling_factor=0.9)
    return made


def test_latents_are_kept_once_and_told_from_each_other(pipe, tmp_path):
    """Edits of the ops that are asked for only; the model's own view where the plan wants it."""
    assert {made.op for made in edits_of(PLAN, 32, 1)} <= {"remove", "recolor"}
    make_latents(pipe, PLAN, 32, tmp_path)
    written = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert len(written) == 2
    make_latents(pipe, PLAN, 32, tmp_path)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == written
    batches = LatentBatches(tmp_path, PLAN)
    batch, again = batches(0, 16), LatentBatches(tmp_path, PLAN)(0, 16)
    assert all(
        torch.equal(a, b) for a, b in zip(*map(dict.values, map(vars, (batch, again))), strict=True)
    )
    assert batch.source.shape == batch.target.shape == (16, 24, 4, 4)
    assert 0 < batch.known.mean() < 1
    answered = batch.condition.flatten(1).abs().sum(dim=1) > 0
    assert torch.equal(answered, batch.known > 0)
    assert not torch.equal(batch.source, batch.target)


def test_a_low_rank_update_learns_and_is_merged_as_it_was_learned(pipe, tmp_path):
    """The loss falls, every learner moves, frozen weights do not, and the file says the same."""
    make_latents(pipe, PLAN, 32, tmp_path)
    batch = LatentBatches(tmp_path, PLAN)(0, 4)
    settings = TrainSettings(
        lora_rank=2,
        lora_alpha=4.0,
        lora_dropout=0.0,
        region_weight=4.0,
        drop=0.0,
        late=1.0,
        answered=0.5,
        told=0.5,
    )
    before = {name: tensor.clone() for name, tensor in pipe.unet.state_dict().items()}
    learner = AdaptTraining(pipe, settings)
    learners = {n: p for n, p in learner.named_parameters() if p.requires_grad}
    assert sum(p.numel() for p in learners.values()) < 0.05 * 13e6
    assert not any(TIME in name for name in learners)
    optimiser = torch.optim.Adam(learners.values(), lr=1e-2)
    losses = []
    for _ in range(12):
        torch.manual_seed(1)
        loss = learner(batch).total
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.9 * losses[0]
    assert [name for name, p in learners.items() if p.grad is None] == []
    torch.manual_seed(1)
    with torch.no_grad():
        apart = learner(batch).total
    path = write_adapter(learner.update.tensors(), tmp_path)
    learner.update.leave()
    after = pipe.unet.state_dict()
    assert after.keys() == before.keys()
    assert all(torch.equal(after[name], tensor) for name, tensor in before.items())
    merge_adapter(pipe.unet, path)
    again = AdaptTraining(pipe, replace(settings, lora_rank=1))
    torch.manual_seed(1)
    with torch.no_grad():  # the file is rounded to five bits of mantissa
        torch.testing.assert_close(again(batch).total, apart, rtol=5e-3, atol=0)


def test_a_stage_leaves_the_update_beside_the_unet_that_was(pipe, tmp_path):
    """It goes on where it stopped; what is shipped has the old UNet, byte for byte."""
    path = tmp_path / "recipe.yaml"
    path.write_text(RECIPE)
    recipe, out = load_recipe(str(path)), tmp_path / "out"
    pipe.save_pretrained(out / "draw" / "final")
    stopped = StageRun(recipe, "adapt", out, cpu=True)
    assert not stopped.run(minutes=0, tell=lambda line: None)
    assert StageRun(recipe, "adapt", out, cpu=True).run(tell=lambda line: None)
    old, new = out / "draw" / "final", out / "adapt" / "final"
    assert file_hash(old / UNET) == file_hash(new / UNET)
    assert file_hash(old / WEIGHTS) == file_hash(new / WEIGHTS)
    pipes = [SmartEditPipeline.from_pretrained(folder) for folder in (old, new)]
    assert not torch.equal(*(each.unet.conv_in.weight for each in pipes))
    shipped = tmp_path / "shipped"
    found = [Finding("plain", True, True, iou, 0.8) for iou in (0.9, 0.2)]
    ship(new, shipped, editing={}, found=found)
    assert (shipped / FOLDER / FILE).read_bytes() == (new / FOLDER / FILE).read_bytes()
    kept = SmartEditPipeline.from_pretrained(shipped, torch_dtype=torch.float32, adapt=False)
    stored = (kept.unet.conv_in.weight, pipes[0].unet.conv_in.weight)
    torch.testing.assert_close(*stored, atol=1e-3, rtol=2e-2)


def test_an_update_settles_in_eight_bits_and_learns_what_that_lost(pipe, tmp_path):
    """It comes nearer to what it said in full, and the file holds that."""
    make_latents(pipe, PLAN, 32, tmp_path)
    batch = LatentBatches(tmp_path, PLAN)(0, 8)
    settings = TrainSettings(
        lora_rank=4,
        lora_alpha=4.0,
        lora_dropout=0.0,
        drop=0.0,
        late=1.0,
        answered=0.5,
        told=0.5,
        absolute=True,
    )
    learner = AdaptTraining(pipe, settings)
    for layer in lora_layers(pipe.unet).values():
        torch.nn.init.normal_(layer.up, std=0.05)
    full = learner.update.tensors()
    learner.update.leave()
    settling = AdaptTraining(pipe, settings, settled=full)
    assert settling.update.step > 0
    learners = [p for p in settling.parameters() if p.requires_grad]
    optimiser = torch.optim.Adam(learners, lr=3e-3 * settling.update.step)
    losses = []
    for _ in range(25):
        torch.manual_seed(1)
        loss = settling(batch).total
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert min(losses[-5:]) < 0.95 * losses[0]
    said = settling.update.tensors()
    save_updated(pipe, settling.update, tmp_path / "settled")
    path = adapter_path(tmp_path / "settled")
    stored = load_file(path)
    assert {t.dtype for n, t in stored.items() if "lora" in n} == {torch.float8_e4m3fn}
    for name, tensor in update_of(path).items():
        if name.endswith(DOWN):
            other = name.removesuffix(DOWN) + UP
            product = tensor.flatten(1).T @ update_of(path)[other].flatten(1).T
            wanted = said[name].flatten(1).T @ said[other].flatten(1).T
            torch.testing.assert_close(product, wanted, atol=1e-5, rtol=1e-4)
    with pytest.raises(TrainingError, match="another rank"):
        AdaptTraining(pipe, replace(settings, lora_rank=3), settled=full)


def test_a_published_model_is_adapted_from_pictures(tiny_folder, picture, tmp_path):
    """Only the update of its UNet learns, and the folder that is left is the old one and a file."""
    pipe = SmartEditPipeline.from_pretrained(tiny_folder)
    examples = Mixture([[Example(picture, "make the cat red", target=picture.rotate(90))]])
    settings = TrainSettings(steps=2, batch=2, learning_rate=1e-2, lora_rank=2, cpu=True)
    run = Training(pipe, stage("adapt"), settings, examples, tmp_path / "run", size=(64, 64))
    learned = {name for name, p in run.module.named_parameters() if p.requires_grad}
    assert learned
    assert all(name.startswith("unet.") for name in learned)
    run.run()
    run.export(tmp_path / "adapted")
    for path in sorted(tiny_folder.rglob("*.safetensors")):
        again = tmp_path / "adapted" / path.relative_to(tiny_folder)
        assert file_hash(path) == file_hash(again), path
    unets = [SmartEditPipeline.from_pretrained(f).unet for f in (tiny_folder, tmp_path / "adapted")]
    assert not torch.equal(unets[0].conv_out.weight, unets[1].conv_out.weight)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("ops: {remove: 1.0}", "ops: {vanish: 1.0}", "vanish"),
        ("ops: {remove: 1.0}", "ops: {remove: 2.0}", "share is from 0 to 1"),
        ("ops: {remove: 1.0}", "ops: {remove: 0.0}", "nothing is kept"),
        ("kind: adapt", "kind: draw", "cannot learn from latents"),
    ],
)
def test_plans_that_cannot_be_are_refused(tmp_path, old, new, named):
    """The message says what is wrong."""
    path = tmp_path / "recipe.yaml"
    path.write_text(RECIPE.replace(old, new))
    with pytest.raises(ConfigError, match=named):
        load_recipe(str(path))
