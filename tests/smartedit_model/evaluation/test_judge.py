"""The judge accepts exact targets, rejects edits not made, and comes whole with the package."""

import json
import random

import numpy as np
import pytest
import torch

from smartedit_model.errors import TrainingError
from smartedit_model.evaluation import judge_check, judge_traces
from smartedit_model.evaluation.crops import WHOLE, box_of_mask, cut, moved, overlap
from smartedit_model.evaluation.errors import EvaluationSetupError, JudgeWeightsError
from smartedit_model.evaluation.judge import SceneJudge, bystanders
from smartedit_model.evaluation.judge_net import JudgeNet
from smartedit_model.evaluation.judge_training import JudgeRecipe, JudgeTraining, train_judge
from smartedit_model.evaluation.judge_views import IGNORED, views
from smartedit_model.evaluation.judge_weights import load_judge, save_judge, shipped_judge
from smartedit_model.evaluation.sight import answers
from smartedit_model.evaluation.world_bench import WorldBench

CATEGORIES = ("left_right", "size", "colour", "reasoning", "none")


@pytest.fixture(scope="module")
def judged():
    """40 test cases: the judge's verdicts on exact target, source and half-blended edit."""
    judge = SceneJudge()
    bench = WorldBench(judge, 8, CATEGORIES)
    found = {"exact": [], "nothing done": [], "half blended": []}
    for key in bench.keys:
        sample = bench.sample(key)
        for sort, verdicts in found.items():
            result = judge_check.SPOILERS[sort](sample, random.Random(key))
            if result is not None:
                verdicts.append((key, judge.judge(sample, result)))
    return found


def test_exact_targets_are_accepted(judged):
    """Of 40, at most three are not recognised; the documentation has the numbers."""
    wrong = [(key, verdict.failures) for key, verdict in judged["exact"] if not verdict.aligned]
    assert len(judged["exact"]) == 40
    assert len(wrong) <= 3, wrong


def test_sources_are_rejected(judged):
    """Doing nothing is no edit."""
    assert len(judged["nothing done"]) == 32
    assert [key for key, verdict in judged["nothing done"] if verdict.aligned] == []


def test_half_blended_edits_are_rejected(judged):
    """An edit that is seen through is not made."""
    passed = [key for key, verdict in judged["half blended"] if verdict.aligned]
    assert len(passed) <= 2, passed


def test_the_same_result_is_judged_the_same():
    """Twice, and by a judge made anew."""
    sample = WorldBench(SceneJudge(), 1, ("plain",)).sample("plain/00000")
    first, second = (SceneJudge().judge(sample, sample.target) for _ in range(2))
    assert first == second


def test_a_result_of_another_size_is_refused():
    """It cannot be compared with the scene."""
    judge = SceneJudge()
    sample = WorldBench(judge, 1, ("plain",)).sample("plain/00000")
    with pytest.raises(EvaluationSetupError, match="cannot be judged"):
        judge.judge(sample, sample.target[:64])


def test_bystanders_are_what_is_not_spoken_of():
    """Neither the target nor its reflection is among them."""
    bench = WorldBench(SceneJudge(), 4, ("mirror", "left_right"))
    for key in bench.keys:
        sample = bench.sample(key)
        before, after = bystanders(sample)
        assert [t.owner for t in before] == [t.owner for t in after]
        assert not {t.owner for t in before} & set(sample.referred)


def test_a_look_half_there_misses_a_quarter_of_its_energy():
    """All of it misses nothing, the source misses all."""
    rng = np.random.default_rng(1)
    source = rng.integers(90, 110, (32, 32, 3), dtype=np.uint8)
    exact = (source + 40).astype(np.uint8)
    half = (source + 20).astype(np.uint8)
    assert judge_traces.share_missing(source, exact, exact) == 0
    assert judge_traces.share_missing(source, source, exact) == 1
    assert judge_traces.share_missing(source, half, exact) == pytest.approx(0.25, abs=0.03)


def test_ghosts_shine_through_in_proportion():
    """The measure is the share of the old picture in the new, whatever else is new."""
    rng = np.random.default_rng(0)
    old, new = (rng.integers(0, 255, (64, 64, 3), dtype=np.uint8) for _ in range(2))
    mask = np.ones((64, 64), bool)
    assert judge_traces.shines_through(old, old, mask) == pytest.approx(1, abs=1e-5)
    assert judge_traces.shines_through(old, new, mask) == pytest.approx(0, abs=0.1)
    mixed = (old // 2 + new // 2).astype(np.uint8)
    assert judge_traces.shines_through(old, mixed, mask) == pytest.approx(0.5, abs=0.1)


def test_marks_are_measured_where_they_tell_something():
    """All of the region is 1, half of it 0.5, nothing 0; the rest of the picture counts too."""
    source = np.full((40, 40, 3), 200, np.uint8)
    meant = np.zeros((40, 40), bool)
    meant[10:30, 10:30] = True
    full, part = source.copy(), source.copy()
    full[meant] = (222, 52, 56)
    part[10:20, 10:30] = (222, 52, 56)
    assert judge_traces.marked_overlap(source, full, "red", meant) == 1.0
    assert judge_traces.marked_overlap(source, part, "red", meant) == 0.5
    assert judge_traces.marked_overlap(source, source, "red", meant) == 0.0
    everything = np.full_like(source, (222, 52, 56))
    assert judge_traces.marked_overlap(source, everything, "red", meant) == 0.25


@pytest.mark.parametrize(
    "box", [(0.2, 0.2, 0.4, 0.5), (-0.3, -0.2, 0.1, 0.3), (0.9, 0.9, 1.4, 1.2), (2, 2, 3, 3), WHOLE]
)
def test_crops_are_of_one_size_wherever_the_box_is(box):
    """Also where it hangs over the picture's edge, or lies beside it."""
    crop = cut(np.full((128, 128, 3), 77, np.uint8), box)
    assert crop.shape == (64, 64, 4)
    assert (crop[:, :, :3] == 77).all()
    assert crop[:, :, 3].any()


def test_boxes():
    """Bounds of a mask in picture sides; moving and overlapping."""
    mask = np.zeros((10, 20), bool)
    mask[2:4, 5:10] = True
    box = box_of_mask(mask)
    assert box == (0.25, 0.2, 0.5, 0.4)
    assert box_of_mask(mask & False) is None
    assert overlap(box, box) == pytest.approx(1.0)
    assert overlap(box, moved(box, 0.5, 0)) == pytest.approx(1 / 3)
    assert overlap(box, moved(box, 2, 0)) == 0.0


def test_views_are_the_same_from_their_number_and_known_to_the_heads():
    """Training data can be made anew; every label is an answer that its head has."""
    first, second = (list(views("train", 5)) for _ in range(2))
    assert len(first) == len(second) > 3
    for a, b in zip(first, second, strict=True):
        assert a.labels == b.labels
        assert (a.crop == b.crop).all()
        for number, names in zip(a.labels, answers().values(), strict=True):
            assert number == IGNORED or 0 <= number < len(names)


SHORT = JudgeRecipe(steps=4, batch=8, warmup=1, keep_every=2, bfloat16=False)


def test_training_goes_on_from_its_checkpoint_to_the_same_bits(tmp_path):
    """Stopped after two steps and begun again, it ends as one that was not stopped."""
    whole = train_judge(SHORT, tmp_path / "whole")
    stopped = JudgeTraining.begin(SHORT, tmp_path)
    for _ in range(2):
        stopped.advance()
    stopped.keep(tmp_path)
    resumed = train_judge(SHORT, tmp_path)
    for name, value in whole.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[name]), name
    with pytest.raises(TrainingError, match="another recipe"):
        JudgeTraining.begin(JudgeRecipe(steps=5, batch=8), tmp_path)


def test_shipped_weights_are_small_and_checked(tmp_path):
    """At most 3 MB and 1.5 million parameters; a changed byte, or other names, are noticed."""
    assert sum(p.numel() for p in shipped_judge().parameters()) <= 1_500_000
    save_judge(JudgeNet(), tmp_path, {})
    weights, card = tmp_path / "judge.safetensors", tmp_path / "judge.json"
    assert weights.stat().st_size <= 3_000_000
    load_judge(tmp_path)
    good = weights.read_bytes()
    weights.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    with pytest.raises(JudgeWeightsError, match="has changed"):
        load_judge(tmp_path)
    weights.write_bytes(good)
    told = json.loads(card.read_text("utf-8"))
    told["answers"]["kind"].pop()
    card.write_text(json.dumps(told), "utf-8")
    with pytest.raises(JudgeWeightsError, match="train the judge anew"):
        load_judge(tmp_path)
    weights.unlink()
    with pytest.raises(JudgeWeightsError, match="is missing"):
        load_judge(tmp_path)
