"""Recipes: what they may say, the material they train from, stages that build on one another."""

import copy
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from smartedit_model import SmartEditPipeline, preset
from smartedit_model.build import build_modules
from smartedit_model.errors import ConfigError, MissingFileError, TrainingError
from smartedit_model.mask_head import MaskHead
from smartedit_model.projector import Projector
from smartedit_model.tokenizer import train_tokenizer
from smartedit_model.training.__main__ import main
from smartedit_model.training.captions import PLACES
from smartedit_model.training.concepts import concepts_of, world_concepts
from smartedit_model.training.data import Mixture
from smartedit_model.training.drawing import DrawingTraining
from smartedit_model.training.finding import FindingTraining
from smartedit_model.training.foundation import set_positions
from smartedit_model.training.heads import concept_head, load_head, save_heads
from smartedit_model.training.loop import Loop
from smartedit_model.training.losses import Losses
from smartedit_model.training.reading import ReadingTraining
from smartedit_model.training.recipe import load_recipe, shipped_recipes
from smartedit_model.training.slips import slipped
from smartedit_model.training.stage_run import StageRun
from smartedit_model.training.stages import TrainSettings
from smartedit_model.training.world_data import (
    WorldBatches,
    WorldCrops,
    WorldDrawings,
    WorldExamples,
    WorldTexts,
    WorldViews,
    world_tokenizer,
)
from smartedit_model.world.catalogue import kinds
from smartedit_model.world.stream import group

SHORT = """
model: nano
size: 128
stages:
  autoencoder:
    kind: autoencoder
    settings: {steps: 2, batch: 2, save_every: 1, ema: 0.9}
  seeing:
    kind: seeing
    settings: {steps: 2, batch: 2, save_every: 1}
  reading:
    kind: reading
    settings: {steps: 2, batch: 8, save_every: 1}
  drawing:
    kind: drawing
    takes: {autoencoder: [vae]}
    settings: {steps: 1, batch: 2, save_every: 1}
  perceive:
    kind: perceive
    takes:
      seeing: [vision_tower, bim.matching.seen, patch_heads]
      reading: [language_model, qformer, bim.matching.asked, concept_head]
    mix: {segment: 1.0}
    together: 2
    settings: {steps: 1, batch: 2, save_every: 1}
  draw:
    kind: draw
    takes:
      perceive: [vision_tower, language_model, mask_head]
      drawing: [unet, vae, mask_head.to_unet]
    mix: {edit: 1.0}
    settings: {steps: 1, batch: 2, save_every: 1}
ship: draw
"""


@pytest.fixture
def short(tmp_path):
    path = tmp_path / "short.yaml"
    path.write_text(SHORT)
    return path


@pytest.mark.parametrize("name", shipped_recipes())
def test_shipped_recipes_are_valid(name):
    """Every recipe of the package can be read."""
    assert load_recipe(name).stages


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("kind: seeing", "kind: magic", "magic"),
        ("steps: 2", "stops: 2", "stops"),
        ("ship: draw", "ship: nothing", "nothing"),
        ("seeing: [vision_tower,", "draw: [vision_tower,", "no earlier stage"),
        ("seeing: [vision_tower,", "seeing: [soul,", "soul"),
        ("model: nano", "model: huge", "huge"),
        ("model: nano", "model: nano\nextra: 1", "extra"),
        ("stages:", "stages: [", "recipe"),
    ],
)
def test_bad_recipes_are_refused_by_name(short, old, new, named):
    """The message names the field that is wrong."""
    short.write_text(SHORT.replace(old, new, 1))
    with pytest.raises(ConfigError, match=named):
        load_recipe(str(short))


def test_missing_recipes_and_stages_are_named(short, tmp_path, capsys):
    """A recipe that is not there, a stage it has not, a stage run too early."""
    with pytest.raises(MissingFileError):
        load_recipe("nobody")
    with pytest.raises(MissingFileError):
        load_recipe(str(tmp_path / "no.yaml"))
    assert main([str(short), "--stage", "magic", "--out", str(tmp_path)]) == 2
    assert "perceive" in capsys.readouterr().err
    with pytest.raises(TrainingError, match="seeing"):
        StageRun(load_recipe(str(short)), "perceive", tmp_path, cpu=True)


def test_views_tell_what_stands_where():
    """Kinds, colours and boxes belong to the picture; the same number gives the same batch."""
    made, again = WorldViews()(5, 3), WorldViews()(5, 3)
    assert torch.equal(made.vision, again.vision)
    assert made.kind.shape == (3, 256)
    assert made.cover.shape == (3, 256, 64)
    assert int(made.kind.max()) <= len(kinds())
    there = made.kind > 0
    assert 0 < there.float().mean() < 0.9
    assert (made.cover.sum(-1)[there] >= 16).all()
    box = made.box[there]
    assert (box[:, :2] < box[:, 2:]).all()
    assert (made.colour[there] > 0).float().mean() > 0.9


def test_examples_know_their_region_and_meaning():
    """What is spoken of has pixels, and its words are among the concepts; nothing has neither."""
    known = set(world_concepts())
    valid = none = 0
    for index in range(60):
        example = WorldExamples(mix={"edit": 1.0})[index]
        assert set(example.concepts) <= known
        if "op:none" in example.concepts:
            none += 1
            assert not example.region.any()
        elif not example.region.all():
            valid += 1
            assert example.region.any()
            assert any(c.startswith("target:") for c in example.concepts)
    assert valid
    assert none


def test_examples_of_one_scene_share_its_picture():
    """Neighbours look at one picture object and still ask for different things."""
    examples = WorldExamples(mix={"segment": 0.8, "question": 0.2}, together=4)
    shared, asked = 0, set()
    for first in range(0, 24, 4):
        four = [examples[first + i] for i in range(4)]
        shared += len({id(e.source) for e in four}) == 1
        asked |= {e.instruction for e in four}
    assert shared >= 4
    assert len(asked) >= 20


def test_examples_may_favour_what_is_hard():
    """With one category alone, every target is picked in its way."""
    place = PLACES.index("side")
    examples = WorldExamples(
        mix={"segment": 1.0}, together=4, categories={"left_right": 1.0, "plain": 0.0}
    )
    assert all(examples[n].caption[place] for n in range(24))
    plain = WorldExamples(mix={"segment": 1.0}, together=4, categories={"plain": 1.0})
    assert not any(plain[n].caption[place] for n in range(24))


def test_concepts_tell_by_which_words_a_thing_is_picked():
    """Two instructions that mean different things of one picture are told apart by concepts."""
    told = {}
    for number in range(40):
        for made in group("train", number, mix={"segment": 1.0}, size=48):
            if made.spec.target is not None and made.spec.target.several is False:
                told.setdefault(concepts_of(made), set()).add((made.spec.target, made.spec.value))
    assert len(told) > 100
    # Facts share their target; everything else is told exactly.
    blurred = [q for q in told.values() if len({replace(t, fact=None) for t, _ in q}) > 1]
    assert len(blurred) < 0.02 * len(told)


def _learned(learner, batch, *, rate, steps, seed=None):
    """The losses of a batch seen again and again; with a seed, with the same noise every time."""
    optimiser = torch.optim.Adam([p for p in learner.parameters() if p.requires_grad], lr=rate)
    losses = []
    for _ in range(steps):
        if seed is not None:
            torch.manual_seed(seed)
        loss = learner(batch).total
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    return losses


def test_reading_learns_what_is_asked_for():
    """A few steps of a tiny model tell the concepts better than no answer does."""
    torch.manual_seed(0)
    pipe = SmartEditPipeline.from_scratch(preset("tiny"), world_tokenizer(320, samples=20))
    learner = ReadingTraining(pipe, len(world_concepts()))
    batch = WorldTexts(pipe.answers.prompter)(0, 16)
    assert batch.ids.shape[0] == batch.concepts.shape[0] == 16
    tail = batch.ids[0, batch.answers[0] :][: pipe.answers.prompter.tokens.answers]
    assert tail.tolist() == pipe.answers.prompter.tokens.answer_ids
    losses = _learned(learner, batch, rate=5e-3, steps=25)
    assert losses[-1] < 0.6 * losses[0]
    unmoved = [n for n, p in learner.named_parameters() if p.requires_grad and p.grad is None]
    assert unmoved == []


def test_drawing_learns_from_captions_and_places():
    """Every part that is to learn does, and the loss falls on a batch seen again and again."""
    torch.manual_seed(0)
    pipe = SmartEditPipeline.from_scratch(preset("nano"), world_tokenizer(320, samples=20))
    learner = DrawingTraining(pipe, TrainSettings(region_weight=4.0, drop=0.0))
    pipe.unet.begin(pipe.vae.config.scaling_factor, torch.ones(24))
    batch = WorldDrawings(size=32)(0, 2)
    losses = _learned(learner, batch, rate=2e-3, steps=12, seed=1)
    assert losses[-1] < 0.8 * losses[0]
    unmoved = [n for n, p in learner.named_parameters() if p.requires_grad and p.grad is None]
    assert unmoved == []


def test_finding_learns_from_captions_without_words():
    """Tower, BIM and mask head learn, and the loss falls; what the UNet needs stays as it is."""
    torch.manual_seed(0)
    pipe = SmartEditPipeline.from_scratch(preset("nano"), world_tokenizer(320, samples=20))
    examples = WorldExamples(mix={"segment": 1.0}, together=4)
    batches = WorldBatches(Mixture([examples], together=4), pipe.answers.prompter)
    batch = batches(0, 8)
    assert len(batch.vision) < len(batch.view) == 8
    learner = FindingTraining(pipe, TrainSettings())
    losses = _learned(learner, batch, rate=1e-3, steps=8, seed=1)
    assert losses[-1] < 0.8 * losses[0]
    moved = {n.split(".")[0] for n, p in learner.named_parameters() if p.grad is not None}
    assert moved == {"vision_tower", "bim", "mask_head", "patch_heads"}
    assert not any(p.requires_grad for p in pipe.bim.to_unet.parameters())


def test_finding_is_not_told_what_is_shown_or_whether_it_is():
    """The code of the target and the lack of one are for the picture to tell."""
    pipe = SmartEditPipeline.from_scratch(preset("nano"), world_tokenizer(320, samples=20))
    examples = WorldExamples(mix={"segment": 1.0}, together=4)
    batch = WorldBatches(Mixture([examples], together=4), pipe.answers.prompter)(0, 40)
    absent = batch.absent
    assert 0 < absent.float().mean() < 0.5
    op, target = PLACES.index("op"), PLACES.index("target")
    assert (batch.captions[absent, op] > 0).all()
    learner = FindingTraining(pipe, TrainSettings())
    torch.manual_seed(0)
    told = learner._condition(batch)
    again = replace(batch, captions=batch.captions.clone())
    again.captions[:, target] = 1
    torch.manual_seed(0)
    assert torch.equal(told, learner._condition(again))


def test_slips_leave_what_decides():
    """Instructions are varied, never empty, and keep names, colours and sides."""
    draw = random.Random(0)
    said = "please make the second cup from the left, not the red one, blue"
    varied = {slipped(said, draw) for _ in range(200)}
    assert len(varied) > 80
    kept = [text for text in varied if all(w in text for w in (" cup", " not ", " red ", "blue"))]
    assert len(kept) == len(varied)
    assert slipped("the", random.Random(3)).strip()
    assert [slipped(said, random.Random(n)) for n in range(9)] == [
        slipped(said, random.Random(n)) for n in range(9)
    ]


def test_blending_unet_keeps_the_source_where_its_gates_are_shut():
    """Its noise then leads exactly back to the source; open, a silent network gives the mean."""
    pipe = SmartEditPipeline.from_scratch(preset("nano"), world_tokenizer(320, samples=20))
    unet = pipe.unet
    unet.begin(2.0, torch.linspace(0.5, 3.0, 24))
    torch.manual_seed(0)
    source, noisy = torch.randn(2, 24, 8, 8), torch.randn(2, 24, 8, 8)
    step = torch.tensor([400, 900])
    rest = (torch.randn(2, 16, 192), torch.zeros(2, 128, 8, 8))
    alpha = pipe.scheduler.alphas_cumprod[step][:, None, None, None]
    spread = torch.linspace(0.5, 3.0, 24)[:, None, None]
    for logit, wanted in (
        (-30.0, 2.0 * source),
        (30.0, alpha.sqrt() * spread**2 / (alpha * spread**2 + 1 - alpha) * noisy),
    ):
        torch.nn.init.constant_(unet.conv_out.bias[24:], logit)
        with torch.no_grad():
            noise = unet.predict(noisy, source, step, *rest)
        clean = (noisy - (1 - alpha).sqrt() * noise) / alpha.sqrt()
        torch.testing.assert_close(clean, wanted, rtol=1e-3, atol=1e-3)


def test_late_edits_are_drawn_from_noise_alone():
    """With all of them late, the UNet is asked at the last timestep only."""
    pipe = SmartEditPipeline.from_scratch(preset("nano"), world_tokenizer(320, samples=20))
    pipe.unet.begin(1.0, torch.ones(24))
    asked = []
    plain = pipe.unet.predict
    pipe.unet.predict = lambda *given: asked.append(given[2]) or plain(*given)
    batch = WorldDrawings(size=32)(0, 4)
    for late in (1.0, 0.0):
        torch.manual_seed(0)
        DrawingTraining(pipe, TrainSettings(late=late))(batch)
    assert (asked[0] == 999).all()
    assert (asked[1] < 999).all()


def test_crops_are_pieces_of_the_picture():
    batch = WorldCrops()(8, 4)
    assert batch.pixels.shape == (4, 3, 64, 64)
    assert batch.pixels.abs().max() <= 1
    assert not torch.equal(batch.pixels[0], batch.pixels[1])


def test_positions_differ_everywhere():
    """No two patches begin with the same position, and it is not small."""
    tower = build_modules(preset("nano")).vision_tower
    set_positions(tower)
    weight = next(p for n, p in tower.named_parameters() if "position_embedding" in n)[1:]
    distance = torch.cdist(weight, weight) + 10 * torch.eye(len(weight))
    assert distance.min() > 0.3
    assert weight.std() > 0.2


def test_pooled_projector_sees_every_patch_of_its_cell():
    """With ``pool`` 2, a token changes exactly when one of its four patches does."""
    projector = Projector(4, 8, 2)
    features = torch.randn(1, 16, 4)
    before = projector(features)
    assert before.shape == (1, 4, 8)
    for patch, token in ((0, 0), (5, 0), (3, 1), (8, 2), (15, 3)):
        changed = features.clone()
        changed[0, patch] += 1
        moved = (projector(changed) - before).abs().sum(-1)[0] > 1e-6
        assert moved.nonzero().flatten().tolist() == [token]


def test_mask_head_reads_cells_in_place():
    """A patch moves the mask at its own cells only."""
    head = MaskHead(width=6, hidden=5, inner=8, scale=4).eval()
    image, condition = torch.randn(1, 6, 8, 8), torch.randn(1, 3, 5)
    with torch.no_grad():
        before, valid = head(image, condition)
        image[0, :, 2, 6] += 5
        after, _ = head(image, condition)
    assert before.shape == (1, 32, 32)
    assert valid.shape == (1,)
    ys, xs = ((after - before).abs()[0] > 1e-5).nonzero(as_tuple=True)
    assert (int(ys.min()), int(ys.max())) == (8, 11)
    assert (int(xs.min()), int(xs.max())) == (24, 27)


@pytest.mark.slow
def test_stages_build_on_one_another_and_the_result_grounds(short, tmp_path):
    """Every stage runs, stops, goes on and exports; the last model edits, grounds and declines."""
    out = tmp_path / "run"
    for name in ("autoencoder", "seeing", "reading", "drawing", "perceive"):
        told = []
        run = StageRun(load_recipe(str(short)), name, out, cpu=True)
        assert run.run(tell=told.append)
        assert run.done
    assert main([str(short), "--stage", "draw", "--out", str(out), "--minutes", "0", "--cpu"]) == 3
    assert main([str(short), "--stage", "draw", "--out", str(out), "--cpu"]) == 0
    early = SmartEditPipeline.from_pretrained(out / "seeing" / "final").vision_tower
    pipe = SmartEditPipeline.from_pretrained(out / "draw" / "final")
    assert len(list((out / "draw").glob("step-*"))) == 1
    perceived = SmartEditPipeline.from_pretrained(out / "perceive" / "final").vision_tower
    same = [
        torch.equal(a, b)
        for a, b in zip(perceived.parameters(), pipe.vision_tower.parameters(), strict=True)
    ]
    assert all(same)
    assert any(
        not torch.equal(a, b)
        for a, b in zip(early.parameters(), perceived.parameters(), strict=True)
    )
    pipe.set_progress_bar_config(disable=True)
    scene = Image.fromarray(np.full((128, 128, 3), 90, np.uint8))
    for bias, declined in ((50.0, False), (-50.0, True)):
        nn.init.constant_(pipe.mask_head.valid.bias, bias)
        found = pipe.ground([scene], ["remove the cat"])
        assert found.chance.shape == (1, 128, 128)
        assert bool((found.chance == 0).all()) is declined
        made = pipe(scene, "remove the cat", num_inference_steps=1)
        assert made.declined == [declined]
        assert (np.asarray(made.images[0]) == np.asarray(scene)).all() == declined
    left, right = torch.zeros(1, 128, 128), torch.zeros(1, 128, 128)
    left[:, :, :64], right[:, :, 64:] = 1, 1
    there = [
        pipe(scene, "remove the cat", num_inference_steps=1, latents=noise, places=place)
        for noise in (torch.randn(1, pipe.vae.config.latent_channels, 16, 16),)
        for place in (left, right)
    ]
    assert [made.declined for made in there] == [[False], [False]]  # somebody else found it
    assert (np.asarray(there[0].images[0]) != np.asarray(there[1].images[0])).any()


def test_a_concept_head_is_carried_to_the_stage_that_takes_it(tmp_path):
    """What one stage learned to tell, the next tells from its first step; others are refused."""
    given, taken = (nn.Module() for _ in range(2))
    given.concept_head, taken.concept_head = concept_head(4, 3), concept_head(4, 3)
    save_heads(given, tmp_path)
    load_head(taken, "concept_head", tmp_path)
    assert torch.equal(given.concept_head.weight, taken.concept_head.weight)
    taken.concept_head = concept_head(4, 5)
    with pytest.raises(TrainingError, match="other sizes"):
        load_head(taken, "concept_head", tmp_path)
    with pytest.raises(TrainingError, match="missing"):
        load_head(taken, "concept_head", tmp_path / "nowhere")
    with pytest.raises(TrainingError, match="no use"):
        load_head(nn.Module(), "concept_head", tmp_path)


def test_a_language_model_keeps_the_tokenizer_it_learned_with(tmp_path):
    """Wordings that the world gains later change new tokenizers, not those of trained models."""
    (tmp_path / "two.yaml").write_text("""
model: nano
size: 128
stages:
  reading: {kind: reading}
  perceive: {kind: perceive, takes: {reading: [language_model]}, settings: {batch: 2}}
ship: perceive
""")
    tokenizer = train_tokenizer(["a vocabulary of its own"], 300)
    earlier = SmartEditPipeline.from_scratch(preset("nano"), tokenizer)
    earlier.save_pretrained(tmp_path / "reading" / "final")
    run = StageRun(load_recipe(str(tmp_path / "two.yaml")), "perceive", tmp_path, cpu=True)
    assert run.pipe.tokenizer.get_vocab() == earlier.tokenizer.get_vocab()
    assert len(run.pipe.tokenizer) < len(world_tokenizer(3072, samples=4))


def test_a_part_may_learn_more_slowly():
    """Its parameters have a rate of their own; everything else keeps the whole one."""
    module = nn.ModuleDict({"language_model": nn.Linear(2, 2), "bim": nn.Linear(2, 2)})

    def moved(rate):
        torch.manual_seed(0)
        parts = copy.deepcopy(module)
        parts.forward = lambda batch: Losses(sum(p.square().sum() for p in parts.parameters()))
        rates = {"language_model": rate}
        settings = TrainSettings(steps=2, learning_rate=0.1, rates=rates, cpu=True)
        loop = Loop(parts, settings, lambda _first, _count: Batchless(), Path())
        loop.run()
        with torch.no_grad():
            return [float((parts[n].weight - module[n].weight).abs().max()) for n in module]

    slow, even, none = moved(0.1), moved(1.0), moved(0.0)
    assert slow[0] == pytest.approx(0.1 * even[0], rel=0.3)
    assert slow[1] == pytest.approx(even[1], rel=0.01)
    assert none[1] == pytest.approx(even[1], rel=0.01)
    assert none[0] == 0.0


class Batchless:
    """A batch with nothing in it."""

    def to(self, device):
        return self
