"""What is made ahead: the same examples as made in turn, however they are made and kept."""

import pytest
import torch

from smartedit_model import SmartEditPipeline, preset
from smartedit_model.errors import ConfigError, TrainingError
from smartedit_model.tokenizer import train_tokenizer
from smartedit_model.training.__main__ import main
from smartedit_model.training.ahead import make_shard, shard_path, write_shard
from smartedit_model.training.concepts import world_concepts
from smartedit_model.training.data import collate
from smartedit_model.training.pool import PooledDrawings, ShardPool
from smartedit_model.training.recipe import Ahead, Pooling, load_recipe
from smartedit_model.training.world_data import WorldExamples

PLAN = Ahead(mix={"edit": 0.6, "segment": 0.2, "whole": 0.2}, together=2, seed=3, shard=8)
SIZE = 128

RECIPE = """
model: nano
size: 128
ahead: {mix: {edit: 0.8, segment: 0.2}, together: 2, shard: 4}
stages:
  autoencoder:
    kind: autoencoder
    settings: {steps: 1, batch: 4, save_every: 1}
  drawing:
    kind: drawing
    takes: {autoencoder: [vae]}
    pooling: {reuse: 2, begin: 1, window: 2}
    settings: {steps: 3, batch: 4, save_every: 2}
  perceive:
    kind: perceive
    pooling: {reuse: 4, begin: 1, window: 2}
    settings: {steps: 2, batch: 4, save_every: 1, workers: 3}
ship: perceive
"""


@pytest.fixture(scope="module")
def prompter():
    words = [e.instruction for e in _examples(16)]
    return SmartEditPipeline.from_scratch(
        preset("nano"), train_tokenizer(words, 600)
    ).answers.prompter


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shards")
    for number in range(3):
        write_shard(PLAN, SIZE, folder, number)
    return folder


def _examples(count):
    of = WorldExamples(size=SIZE, seed=PLAN.seed, mix=PLAN.mix, together=PLAN.together)
    return [of[n] for n in range(count)]


def pool(shards, prompter, **changes):
    pooling = Pooling(**({"reuse": 1.0, "begin": 1, "window": 2} | changes))
    return ShardPool(shards, PLAN, pooling, prompter, torch.device("cpu"))


def test_a_batch_is_what_collate_makes_of_the_same_examples(shards, prompter):
    batch = pool(shards, prompter)(0, 8)
    examples = _examples(8)
    assert make_shard(PLAN, SIZE, 0)[1] == [e.instruction for e in examples]
    # Which groups were drawn is the pool's choice; their pictures tell.
    order = []
    for view in range(4):
        first = batch.source[2 * view]
        fits = [
            n
            for n in range(0, 8, 2)
            if torch.equal(
                collate([examples[n]], prompter, vision_side=SIZE, size=(SIZE, SIZE)).source[0],
                first,
            )
        ]
        order += [fits[0], fits[0] + 1]
    chosen = [examples[n] for n in order]
    wanted = collate(
        chosen, prompter, vision_side=SIZE, size=(SIZE, SIZE), concepts=world_concepts()
    )
    for name in ("source", "target", "region", "changed", "ids", "labels", "answers", "concepts"):
        assert torch.allclose(getattr(batch, name), getattr(wanted, name), atol=1e-6), name
    for name in ("captions", "asked", "asked_known", "is_edit", "region_known", "absent"):
        assert torch.equal(getattr(batch, name), getattr(wanted, name)), name
    assert torch.allclose(batch.vision[batch.view], wanted.vision[wanted.view], atol=1e-6)
    firsts = [batch.patches[n][batch.view] for n in range(5)]
    for found, told in zip(firsts, (p[wanted.view] for p in wanted.patches), strict=True):
        assert torch.allclose(found.float(), told.float(), atol=1e-6)


def test_batches_follow_from_their_number_alone(shards, prompter):
    straight = pool(shards, prompter)
    steps = [straight(8 * n, 8) for n in range(3)]
    late = pool(shards, prompter)(16, 8)
    assert torch.equal(steps[2].target, late.target)
    assert torch.equal(steps[2].ids, late.ids)
    assert not torch.equal(steps[1].ids[:, :4], steps[2].ids[:, :4])


def test_shards_enter_by_how_often_they_are_seen_and_leave(shards, prompter):
    found = pool(shards, prompter, reuse=2.0)
    found(8, 8)
    assert found.entered == 1
    found(16, 8)
    assert found.entered == 2
    found = pool(shards, prompter)
    batch = found(16, 64)
    first_shard = torch.from_numpy(make_shard(PLAN, SIZE, 0)[0]["source"]).float() / 127.5 - 1
    for picture in first_shard:
        assert not (batch.source == picture).flatten(1).all(dim=1).any()


def test_drawings_have_nothing_to_draw_where_nothing_is_there(shards, prompter):
    of = pool(shards, prompter)
    whole, drawn = of(0, 64), PooledDrawings(of)(0, 64)
    assert torch.equal(drawn.captions[~whole.absent], whole.captions[~whole.absent])
    assert (drawn.captions[whole.absent][:, :3] == 0).all()


def test_a_shard_is_made_once_and_whole(tmp_path):
    plan = PLAN.model_copy(update={"shard": 2})
    path = write_shard(plan, SIZE, tmp_path, 0)
    before = path.stat().st_mtime_ns
    assert write_shard(plan, SIZE, tmp_path, 0).stat().st_mtime_ns == before
    assert [p.name for p in tmp_path.iterdir()] == [shard_path(tmp_path, 0).name]


def test_batches_must_hold_whole_groups(shards, prompter):
    with pytest.raises(TrainingError, match="whole groups of 2"):
        pool(shards, prompter)(0, 3)


def test_a_shard_that_does_not_come_is_named(tmp_path, prompter, monkeypatch):
    monkeypatch.setattr("smartedit_model.training.pool.PATIENCE", 0.1)
    with pytest.raises(TrainingError, match=r"shard-000000.*--ahead"):
        pool(tmp_path, prompter)(0, 2)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("ahead: {mix: {edit: 0.8, segment: 0.2}, together: 2, shard: 4}", "", "nothing ahead"),
        ("shard: 4", "shard: 5", "whole groups"),
        ("segment: 0.2", "question: 0.2", "questions"),
        ("reuse: 2", "reuse: 0", "reuse"),
    ],
)
def test_bad_plans_are_refused(tmp_path, old, new, named):
    path = tmp_path / "recipe.yaml"
    path.write_text(RECIPE.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError, match=named):
        load_recipe(str(path))


def test_stages_learn_from_what_was_made_ahead(tmp_path, capsys):
    recipe, shards, out = tmp_path / "r.yaml", tmp_path / "shards", tmp_path / "out"
    recipe.write_text(RECIPE, encoding="utf-8")
    run = [str(recipe), "--out", str(out), "--cpu"]
    assert main([*run, "--stage", "autoencoder"]) == 0
    assert main([*run, "--stage", "drawing"]) == 2
    assert "--shards" in capsys.readouterr().err
    make = [*run, "--ahead", "3", "--shards", str(shards), "--processes", "2"]
    assert main(make) == 0
    assert "3 of 3 shards" in capsys.readouterr().out
    for name in ("drawing", "perceive"):
        assert main([*run, "--stage", name, "--shards", str(shards)]) == 0
        assert (out / name / "final" / "model_index.json").is_file()


def test_nothing_is_drawn_for_an_untrained_autoencoder(tmp_path, capsys):
    """A stage's folder holds every part, trained or not."""
    recipe = tmp_path / "r.yaml"
    recipe.write_text(RECIPE.replace("    takes: {autoencoder: [vae]}\n", ""), encoding="utf-8")
    assert main([str(recipe), "--out", str(tmp_path), "--cpu", "--stage", "drawing"]) == 2
    assert "never trained" in capsys.readouterr().err
