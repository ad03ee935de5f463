"""Training: losses, dropout, LoRA, frozen parts, mixing, resuming, several processes."""

import copy
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from smartedit_model import SmartEditPipeline
from smartedit_model.errors import (
    ConfigError,
    MissingFileError,
    TrainingError,
    TruncatedFileError,
)
from smartedit_model.images import vision_pixels
from smartedit_model.mask_head import MaskHead
from smartedit_model.patch_autoencoder import PatchAutoencoder
from smartedit_model.training.autoencoder import autoencoder_loss, principal_start
from smartedit_model.training.cpu_attention import Float32Attention
from smartedit_model.training.data import IGNORE, Example, Mixture, collate
from smartedit_model.training.foundation import AutoencoderTraining, PixelBatch
from smartedit_model.training.loop import Training, learning_rate
from smartedit_model.training.lora import add_lora, merge_lora
from smartedit_model.training.losses import (
    drop_conditions,
    language_loss,
    mask_loss,
    noise_loss,
)
from smartedit_model.training.module import TrainingModule
from smartedit_model.training.stages import STAGES, TrainSettings, stage
from smartedit_model.training.world_data import world_pictures
from smartedit_model.vision import patch_features

SETTINGS = TrainSettings(
    steps=6, batch=2, learning_rate=3e-3, save_every=0, cpu=True, lora_rank=2, lora_alpha=4
)


def square(colour, back=(40, 90, 160)):
    image = Image.new("RGB", (64, 64), back)
    image.paste(colour, (16, 16, 48, 48))
    return image


EDITS = [
    Example(square((200, 40, 40)), "make the square green", square((40, 200, 40))),
    Example(square((200, 40, 40)), "remove the square", Image.new("RGB", (64, 64), (40, 90, 160))),
]
TALK = [Example(square((1, 2, 3)), "what is this", answer="a dark square")]


@pytest.fixture
def pipe(tiny):
    return copy.deepcopy(tiny)


def training(pipe, folder, *, name="scratch", settings=SETTINGS, examples=None):
    mixture = Mixture([examples or EDITS], seed=settings.seed)
    return Training(pipe, stage(name), settings, mixture, folder)


def test_labels_cover_the_answer_only(tiny):
    """Words of the answer, the answer tokens and the end are learned; question and padding not."""
    prompter = tiny.answers.prompter
    batch = collate([EDITS[0], TALK[0]], prompter, vision_side=32, size=(64, 64))
    question = len(prompter.question("make the square green"))
    assert (batch.labels[0, :question] == IGNORE).all()
    start = int(batch.answers[0])
    assert batch.ids[0, start : start + 4].tolist() == prompter.tokens.answer_ids
    assert batch.labels[0, start : start + 5].tolist() == [*prompter.tokens.answer_ids, 2]
    assert batch.is_edit.tolist() == [1.0, 0.0]
    pads = (batch.ids == 0).sum(1)
    assert pads.min() == 0
    assert (batch.labels[batch.ids == 0] == IGNORE).all()


def test_losses_are_what_they_say():
    """Noise loss ignores rows without a target; language loss ignores unlabelled positions."""
    a, b = torch.zeros(2, 4, 2, 2), torch.ones(2, 4, 2, 2)
    assert noise_loss(a, b, torch.tensor([1.0, 0.0])) == 0.5
    logits = torch.zeros(1, 3, 10)
    labels = torch.tensor([[IGNORE, 4, IGNORE]])
    torch.testing.assert_close(language_loss(logits, labels), torch.tensor(10.0).log())


def test_noise_counts_more_where_the_edit_happens():
    """The weight of a cell multiplies its error."""
    a, b = torch.zeros(1, 4, 1, 2), torch.ones(1, 4, 1, 2)
    weight = torch.tensor([[[[1.0, 5.0]]]])
    assert noise_loss(a, b, torch.ones(1), weight) == 3.0


def test_mask_loss_prefers_the_right_place():
    """A right mask costs next to nothing, a wrong one much; unknown rows nothing."""
    region = torch.zeros(2, 4, 4)
    region[:, :2] = 1
    right, wrong = (region - 0.5) * 40, (0.5 - region) * 40
    known = torch.ones(2)
    assert mask_loss(right, region, known) < 0.01
    assert mask_loss(wrong, region, known) > 1
    assert mask_loss(wrong, region, torch.zeros(2)) == 0


def test_perception_needs_a_mask_head(pipe):
    """A stage that teaches the mask head is refused for a model without one."""
    with pytest.raises(TrainingError, match="mask head"):
        TrainingModule(pipe, stage("perceive"), SETTINGS)


def test_average_is_kept_resumed_and_exported(tiny, tmp_path):
    """The moving average goes on bit-exactly after a stop, and takes the weights' place."""
    settings = replace(SETTINGS, ema=0.5)
    whole = training(copy.deepcopy(tiny), tmp_path / "a", settings=settings)
    whole.run()
    first = training(copy.deepcopy(tiny), tmp_path / "b", settings=settings)
    first.run(until=3)
    second = training(copy.deepcopy(tiny), tmp_path / "b", settings=settings)
    second.resume(first.save())
    second.run()
    last = state(whole.module)
    for run in (whole, second):
        run.use_average()
    wanted, found = state(whole.module), state(second.module)
    assert all(torch.equal(wanted[n], found[n]) for n in wanted)
    assert any(not torch.equal(wanted[n], last[n]) for n in wanted)


def test_batches_are_the_same_from_other_processes(tiny, tmp_path):
    """Workers change when batches are made, not what is in them."""
    runs = []
    for workers in (0, 1):
        settings = replace(SETTINGS, steps=2, workers=workers)
        runs.append(training(copy.deepcopy(tiny), tmp_path, settings=settings))
        runs[-1].run()
    first, second = (state(run.module) for run in runs)
    assert all(torch.equal(first[n], second[n]) for n in first)


def test_conditions_are_dropped_as_published():
    """Below 5 % the text goes, below 10 % both, below 15 % the image."""
    chance = torch.tensor([0.02, 0.07, 0.12, 0.5])
    text, image = drop_conditions(
        chance, 0.05, torch.ones(4, 2, 3), torch.zeros(4, 2, 3), torch.ones(4, 4, 1, 1)
    )
    assert text[:, 0, 0].tolist() == [0, 0, 1, 1]
    assert image[:, 0, 0, 0].tolist() == [1, 0, 0, 1]


def test_lora_starts_as_identity_and_merges_exactly():
    """LoRA changes nothing at first, something later, and merging keeps what it does."""
    torch.manual_seed(0)
    model = nn.ModuleDict({"q_proj": nn.Linear(6, 6), "k_proj": nn.Linear(6, 6)})
    x = torch.randn(3, 6)
    before = model["q_proj"](x)
    assert add_lora(model, rank=2, alpha=4) == 1
    torch.testing.assert_close(model["q_proj"](x), before)
    nn.init.normal_(model["q_proj"].up)
    adapted = model["q_proj"](x)
    assert not torch.allclose(adapted, before)
    assert merge_lora(model) == 1
    torch.testing.assert_close(model["q_proj"](x), adapted)
    with pytest.raises(TrainingError):
        add_lora(model, rank=2, alpha=4, targets=("nothing",))


@pytest.mark.parametrize("name", list(STAGES))
def test_stages_train_exactly_their_parts(pipe, name):
    """Every learner gets a gradient, everything else none; old words never do."""
    chosen = STAGES[name]
    pipe.mask_head = MaskHead(32, 32, inner=8, scale=2, unet=16) if chosen.perception else None
    settings = replace(SETTINGS, concepts=("op:recolor", "value:green"))
    module = TrainingModule(pipe, chosen, settings).train()
    region = np.zeros((64, 64), bool)
    region[16:48, 16:48] = True
    examples = [
        replace(e, text_features=torch.ones(9, 32), region=region, concepts=("op:recolor",))
        for e in EDITS
    ]
    batch = collate(
        examples, module.prompter, vision_side=32, size=(64, 64), concepts=settings.concepts
    )
    torch.manual_seed(0)
    module(batch).total.backward()
    learning = {n.split(".")[0] for n, p in module.named_parameters() if p.grad is not None}
    expected = {"qformer"} if chosen.reader else set()
    expected |= {"language_model"} if chosen.language != "frozen" else set()
    expected |= {"unet"} if chosen.unet else set()
    expected |= {"bim"} if chosen.bim and not chosen.update else set()
    expected |= {"vision_tower"} if chosen.vision else set()
    expected |= {"projector"} if chosen.projector else set()
    expected |= {"mask_head"} if chosen.perception else set()
    expected |= {"concept_head"} if chosen.perception and chosen.reader else set()
    assert learning == expected
    if not chosen.reader:
        ways = {n for n, p in module.named_parameters() if p.grad is not None and "unet." not in n}
        assert ways <= {n for n, _ in module.named_parameters() if ".to_unet." in n}
    missing = [n for n, p in module.named_parameters() if p.requires_grad and p.grad is None]
    assert missing == []
    if chosen.language == "lora":
        grad = pipe.language_model.get_input_embeddings().weight.grad
        assert (grad[:320] == 0).all()
        assert (grad[320:] != 0).any()
        names = [n for n, p in pipe.language_model.named_parameters() if p.requires_grad]
        assert all(n.endswith((".down", ".up", "lm_head.weight", "tokens.weight")) for n in names)


def test_a_picture_is_seen_once_however_many_look_at_it(pipe):
    """Examples of one picture share its features, and lose nothing by it."""
    first, second = EDITS[0], EDITS[1]
    shared = [first, second, replace(first, instruction="paint it red")]
    apart = [first, second, replace(shared[2], source=first.source.copy())]
    module = TrainingModule(pipe, STAGES["edit+bim"], SETTINGS).eval()
    batches = [collate(e, module.prompter, vision_side=32, size=(64, 64)) for e in (shared, apart)]
    assert [len(batch.vision) for batch in batches] == [2, 3]
    assert batches[0].view.tolist() == [0, 1, 0]
    totals = []
    for batch in batches:
        torch.manual_seed(0)
        totals.append(module(batch).total.detach())
    torch.testing.assert_close(*totals)


def test_a_mixture_keeps_neighbours_together():
    """With ``together``, examples that belong together follow one another."""
    mixture = Mixture([list(range(40))], seed=3, together=4)
    drawn = [mixture[i] for i in range(80)]
    rows = [drawn[i : i + 4] for i in range(0, 80, 4)]
    assert all(row == list(range(row[0], row[0] + 4)) and row[0] % 4 == 0 for row in rows)
    assert len({row[0] for row in rows}) > 5


def test_unknown_stage_lists_the_stages():
    with pytest.raises(ConfigError, match=r"edit\+bim"):
        stage("magic")


def test_mixture_follows_weights_and_seed():
    """Kinds come as often as their weights say, the same for the same seed."""
    kinds = [list("ab"), list("xyz")]
    mixture = Mixture(kinds, [0.85, 0.15], seed=1)
    drawn = [mixture[i] for i in range(2000)]
    counts = Counter(d in "xyz" for d in drawn)
    assert abs(counts[True] / 2000 - 0.15) < 0.03
    assert drawn == [Mixture(kinds, [0.85, 0.15], seed=1)[i] for i in range(2000)]
    assert drawn != [Mixture(kinds, [0.85, 0.15], seed=2)[i] for i in range(2000)]
    for bad in (([[], ["a"]], None), (kinds, [1.0]), (kinds, [0.0, 0.0])):
        with pytest.raises(TrainingError):
            Mixture(*bad)


def test_learning_rate_warms_up_and_decays():
    settings = TrainSettings(steps=100, warmup=10, learning_rate=1.0)
    rates = [learning_rate(settings, i) for i in range(100)]
    assert rates[0] == 0.1
    assert max(rates) == 1.0
    assert rates[-1] < 0.001


def state(module):
    return {n: p.detach().clone() for n, p in module.named_parameters() if p.requires_grad}


def test_resumed_run_is_bit_identical(tiny, tmp_path):
    """Stopping, saving and resuming in a fresh object gives the very same weights."""
    whole = training(copy.deepcopy(tiny), tmp_path / "a", examples=EDITS + TALK)
    whole.run()
    first = training(copy.deepcopy(tiny), tmp_path / "b", examples=EDITS + TALK)
    first.run(until=3)
    folder = first.save()
    second = training(copy.deepcopy(tiny), tmp_path / "b", examples=EDITS + TALK)
    second.resume(folder)
    assert second.step == 3
    second.run()
    wanted, found = state(whole.module), state(second.module)
    assert wanted.keys() == found.keys()
    assert all(torch.equal(wanted[n], found[n]) for n in wanted)


def test_foreign_checkpoints_are_refused(tiny, tmp_path):
    """A missing checkpoint, another seed and another stage are named."""
    run = training(copy.deepcopy(tiny), tmp_path)
    folder = run.save()
    with pytest.raises(MissingFileError):
        run.resume(tmp_path / "no")
    other = training(copy.deepcopy(tiny), tmp_path, settings=replace(SETTINGS, seed=9))
    with pytest.raises(TrainingError, match="seed"):
        other.resume(folder)
    edit = training(copy.deepcopy(tiny), tmp_path, name="edit")
    with pytest.raises(TrainingError, match="stage"):
        edit.resume(folder)


@pytest.mark.parametrize("name", ["learned", "optimizer"])
def test_damaged_checkpoints_are_named_and_change_nothing(tiny, tmp_path, name):
    """A file that is cut short or gone is told by its name, before a weight is touched."""
    run = training(copy.deepcopy(tiny), tmp_path)
    run.run(until=1)
    file = run.save() / f"{name}.safetensors"
    before = state(run.module)
    file.write_bytes(file.read_bytes()[:-8])
    with pytest.raises(TruncatedFileError, match=name):
        run.resume(file.parent)
    file.unlink()
    with pytest.raises(MissingFileError, match=name):
        run.resume(file.parent)
    assert all(torch.equal(before[n], tensor) for n, tensor in state(run.module).items())


def test_frozen_rows_do_not_decay(tiny, tmp_path):
    """Of the words' tables only the added tokens learn, whatever the weight decay."""
    settings = replace(SETTINGS, weight_decay=0.5, learning_rate=1e-2)
    run = training(copy.deepcopy(tiny), tmp_path, name="edit", settings=settings)
    language = run.pipe.language_model
    tables = [language.get_input_embeddings().weight, language.get_output_embeddings().weight]
    before = [table.detach().clone() for table in tables]
    run.run(until=1)
    base = run.pipe.answers.prompter.tokens.img
    for old, new in zip(before, tables, strict=True):
        assert torch.equal(old[:base], new[:base])
        assert not torch.equal(old[base:], new[base:])


def test_editing_after_training_sees_the_new_weights(tiny, tmp_path):
    """What the language model kept of the prompt is dropped with the weights it came from."""
    pipe = copy.deepcopy(tiny)
    image = torch.randn(1, 16, 48, generator=torch.Generator().manual_seed(0))
    pipe.answers.prefill(image, ["red"])
    run = training(pipe, tmp_path)
    run.run(until=1)
    found = pipe.answers.prefill(image, ["red"])
    pipe.answers.forget()
    assert torch.equal(found, pipe.answers.prefill(image, ["red"]))


def test_export_merges_lora(tiny, tmp_path):
    """What is exported loads for editing and acts as the adapted model did."""
    run = training(copy.deepcopy(tiny), tmp_path, name="edit+bim")
    run.run(until=2)
    image = torch.randn(1, 16, 48)
    run.pipe.answers.forget()
    adapted = run.pipe.answers.prefill(image, ["make the square green"])
    run.export(tmp_path / "model")
    loaded = SmartEditPipeline.from_pretrained(tmp_path / "model")
    merged = loaded.answers.prefill(image, ["make the square green"])
    torch.testing.assert_close(merged, adapted, rtol=1e-4, atol=1e-5)


def test_inference_does_not_import_training():
    """Editing code never imports training code."""
    code = (
        "import sys, smartedit_model.pipeline, smartedit_model.editor, smartedit_model.registry;"
        "sys.exit(any(n.startswith('smartedit_model.training') for n in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_autoencoder_loss_trains_both_halves(pipe):
    """The autoencoder's loss reaches encoder and decoder."""
    pipe.vae.requires_grad_(True)
    autoencoder_loss(pipe.vae, torch.rand(1, 3, 32, 32) * 2 - 1).backward()
    assert all(p.grad is not None for p in pipe.vae.parameters())


@pytest.mark.slow
def test_two_pictures_are_learned(tiny, tmp_path):
    """Overfitting two edits makes the whole loss fall tenfold, and the model writes its answer."""
    settings = replace(SETTINGS, steps=700, batch=4, learning_rate=4e-3, warmup=20, drop=0.0)
    run = training(copy.deepcopy(tiny), tmp_path, settings=settings)
    losses = []
    run.run(log=lambda step, loss: losses.append(float(loss.total.detach())))
    assert np.mean(losses[-40:]) < np.mean(losses[:5]) / 10
    pixels = vision_pixels([EDITS[0].source], 32)
    image = run.pipe.projector(patch_features(run.pipe.vision_tower, pixels)).detach()
    run.pipe.answers.forget()
    greedy = run.pipe.answers.decode(image, ["make the square green"], temperature=0.0)
    forced = run.pipe.answers.prefill(image, ["make the square green"])
    torch.testing.assert_close(greedy, forced, rtol=1e-3, atol=1e-4)


_DDP = """
import os, sys, pathlib
sys.path.insert(0, sys.argv[1])
import torch, conftest, test_training as t
torch.set_num_threads(1)
run = t.training(conftest.build_tiny(), pathlib.Path(sys.argv[2]) / os.environ["WORLD_SIZE"],
                 settings=t.replace(t.SETTINGS, steps=3, batch=int(sys.argv[3]), drop=0.0))
run.run()
run.save()
total = sum(float(p.double().sum()) for p in run.module.parameters())
gathered = run.accelerator.gather(torch.tensor([total], dtype=torch.float64))
assert (gathered == gathered[0]).all(), gathered
"""


@pytest.mark.slow
def test_two_processes_stay_equal(tmp_path):
    """Two gloo processes train by DDP, hold the same weights and leave one checkpoint."""
    script = tmp_path / "ddp.py"
    script.write_text(_DDP)
    here = str(Path(__file__).parent)
    command = [
        *(sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"),
        *(str(script), here, str(tmp_path), "1"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    assert (tmp_path / "2" / "step-000003" / "learned.safetensors").is_file()


_FSDP = """
import sys
sys.path.insert(0, sys.argv[1])
import copy, torch, conftest, pytest, test_training as t
import torch.distributed as dist
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard
from smartedit_model.training.module import TrainingModule
torch.set_num_threads(1)
dist.init_process_group("gloo")
mesh = init_device_mesh("cpu", (dist.get_world_size(),))
pipe = conftest.build_tiny()
settings = t.replace(t.SETTINGS, drop=0.0)
torch.manual_seed(0)  # each process makes its own LoRA layers
module = TrainingModule(pipe, t.stage("edit+bim"), settings).train()
whole = copy.deepcopy(module)
for part in list(module.modules()):
    if type(part).__name__ in ("LlamaDecoderLayer", "BasicTransformerBlock"):
        fully_shard(part, mesh=mesh)
fully_shard(module, mesh=mesh)
batch = t.collate(t.EDITS[:1], pipe.answers.prompter, vision_side=32, size=(64, 64))
told = []
for model in (whole, module):
    learners = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(learners, lr=1e-3)
    for step in range(2):
        torch.manual_seed(step)
        loss = model(batch).total
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        told.append(float(loss.detach()))
mine = sum(p.to_local().numel() for p in module.parameters())
full = sum(p.numel() for p in whole.parameters())
assert told[:2] == pytest.approx(told[2:], rel=1e-5)
assert told[0] != told[1]
assert mine < 0.6 * full
dist.destroy_process_group()
"""


@pytest.mark.slow
def test_two_processes_share_the_weights(tmp_path):
    """Sharded over two gloo processes by FSDP, a stage learns what it learns unsharded.

    Accelerate offers FSDP on GPUs only, so PyTorch's own is asked here, for the same layers.
    """
    script = tmp_path / "fsdp.py"
    script.write_text(_FSDP)
    command = [
        *(sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"),
        *(str(script), str(Path(__file__).parent)),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]


def test_attention_in_float32_answers_in_the_type_asked_for():
    """As exact as float32, in the inputs' or autocast's type; other functions are left alone."""
    torch.manual_seed(0)
    q, k, v = (torch.randn(2, 3, 7, 8, requires_grad=True) for _ in range(3))
    plain = nn.functional.scaled_dot_product_attention(q, k, v)
    with Float32Attention():
        assert torch.equal(nn.functional.scaled_dot_product_attention(q, k, v), plain)
        with torch.autocast("cpu", torch.bfloat16):
            mixed = nn.functional.scaled_dot_product_attention(q, k, v)
            assert (q @ k.transpose(-1, -2)).dtype == torch.bfloat16
    assert mixed.dtype == torch.bfloat16
    assert torch.equal(mixed, plain.bfloat16())
    mixed.sum().backward()
    assert q.grad is not None
    assert q.grad.dtype == torch.float32


def test_a_patch_autoencoder_begins_as_the_principal_components_of_patches():
    """What an untrained one brings back is as good as the best linear code of its size."""
    vae = PatchAutoencoder(channels=(8, 8), latent_channels=6)
    pixels = world_pictures("train", 24, 64)
    principal_start(vae, pixels)
    with torch.no_grad():
        back = vae.decode(vae.encode(pixels).latent_dist.mode()).sample
    patches = nn.functional.unfold(pixels, 8, stride=8).transpose(1, 2).flatten(0, 1).double()
    lost = torch.linalg.svdvals(patches - patches.mean(0))[6:].square().sum() / patches.numel()
    shift = patches.mean(0).reshape(3, 64).var(dim=1, correction=0).mean()
    assert float((back - pixels).square().mean()) == pytest.approx(float(lost + shift), rel=1e-3)


def test_a_patch_autoencoder_learns_from_there():
    """A few steps bring the pictures back better, through both branches."""
    torch.manual_seed(0)
    vae = PatchAutoencoder(channels=(8, 8), latent_channels=6)
    batch = PixelBatch(world_pictures("train", 8, 64))
    principal_start(vae, batch.pixels)
    learner = AutoencoderTraining(vae)
    optimiser = torch.optim.Adam(learner.parameters(), lr=2e-3)
    losses = []
    for _ in range(30):
        loss = learner(batch).total
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.96 * losses[0]
    assert all(p.grad is not None for p in vae.parameters())
