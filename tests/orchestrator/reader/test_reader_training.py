"""Teaching the reader: the pairs, a lesson that is learned, a stop that changes nothing."""

from __future__ import annotations

import contextlib
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel

from orchestrator.errors import BadInstruction
from orchestrator.language.read import read_plan
from orchestrator.language.scoring import load_cases
from orchestrator.reader.opening import quiet
from orchestrator.reader.speaker import NOTHING, ModelSpeaker
from orchestrator.reader.training import (
    PAIRS,
    BadPairs,
    Lesson,
    batches,
    read_pairs,
    teach,
)
from tests.orchestrator.reader.tiny_reader import tiny_model

PLANS = Path(__file__).parent.parent / "plans"
MORE_PAIRS = PAIRS / "second"
"""Pairs that the shipped adapter was not taught (its card says why)."""
TWO = [("could the car be red", "make the car red"), ("lose the tree", "remove the tree")]
QUICK = Lesson(steps=12, batch=2, learning_rate=0.05, warmup=1, rank=4, first_layer=0)


def taught(out: Path, lesson: Lesson = QUICK, minutes: float = 1e9) -> tuple[bool, list[float]]:
    """Whether the lesson is through, and the losses it told."""
    model, tokenizer = tiny_model()
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        done = teach(model, ModelSpeaker(model, tokenizer), TWO, lesson, out, minutes)
    return done, [json.loads(line)["loss"] for line in told.getvalue().splitlines()]


def words(text: str) -> str:
    """A text without case and marks."""
    return " ".join(re.findall(r"\w+", text.lower()))


@pytest.mark.parametrize(
    "name",
    [
        *("test", "validation", "round_9", "round_10", "round_11", "round_13", "round_14"),
        *("round_15", "round_16"),
    ],
)
def test_no_pair_is_of_a_set_that_measures(name: str) -> None:
    """What the reader is measured on it was not taught."""
    pairs = read_pairs(PAIRS) + read_pairs(MORE_PAIRS)
    taught_words = {words(messy) for messy, _ in pairs}
    measured = {words(case.say) for case in load_cases(PLANS / f"{name}.yaml")}
    assert not taught_words & {text for text in measured if len(text.split()) > 4}


def test_the_rules_read_what_the_reader_is_taught_to_say() -> None:
    """Of the plain sides, nearly all are read whole: a saying that nobody reads is no use."""
    pairs = (read_pairs(PAIRS) + read_pairs(MORE_PAIRS))[::90]
    whole = 0
    for _, plain in pairs:
        with contextlib.suppress(BadInstruction):
            plan, _ = read_plan(plain, plain=True) if plain != NOTHING else (None, None)
            whole += plan is None or not plan.unknown
    assert whole >= 0.97 * len(pairs)


def test_bad_lines_are_named(tmp_path: Path) -> None:
    """File and line; an empty folder too."""
    with pytest.raises(BadPairs, match="no pairs"):
        read_pairs(tmp_path)
    (tmp_path / "a.tsv").write_text("# a comment\nmake it warm pls\tmake it warmer\nno tab here\n")
    with pytest.raises(BadPairs, match=r"a\.tsv:3"):
        read_pairs(tmp_path)


def test_batches_go_on_where_they_stopped() -> None:
    """Step for step the same, and every pair comes once a round."""
    pairs = [([n], [n]) for n in range(37)]
    lesson = Lesson(batch=4)
    whole = [batch for batch, _ in zip(batches(pairs, lesson, 0), range(30), strict=False)]
    rest = [batch for batch, _ in zip(batches(pairs, lesson, 11), range(19), strict=False)]
    assert rest == whole[11:]
    assert sorted(p for batch in whole[:10] for p in batch) == sorted(pairs)


def test_two_pairs_are_learned_and_the_adapter_opens(tmp_path: Path) -> None:
    """The loss falls by far, and the adapter on the untaught model says what was taught."""
    lesson = Lesson(steps=60, batch=2, learning_rate=0.05, warmup=5, rank=8, first_layer=0)
    done, losses = taught(tmp_path, lesson)
    assert done
    assert losses[-1] < 0.7 * losses[0]
    model, tokenizer = tiny_model()
    before = ModelSpeaker(model, tokenizer).likelihood(*TWO[0])
    with quiet():
        adapted: Any = PeftModel.from_pretrained(model, str(tmp_path))
    speaker = ModelSpeaker(adapted.merge_and_unload(), tokenizer)
    assert speaker.likelihood(*TWO[0]) > before + 1
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "adapter_config.json",
        "adapter_model.safetensors",
    ]


def test_a_stop_changes_nothing(tmp_path: Path) -> None:
    """Stopped at once and gone on: the same adapter, bit for bit."""
    assert taught(tmp_path / "whole")[0]
    assert not taught(tmp_path / "parts", minutes=0)[0]
    assert (tmp_path / "parts" / "training.pt").is_file()
    assert taught(tmp_path / "parts")[0]
    from safetensors.torch import load_file

    whole, parts = (
        load_file(tmp_path / name / "adapter_model.safetensors") for name in ("whole", "parts")
    )
    assert whole.keys() == parts.keys()
    assert all(torch.equal(whole[name], parts[name]) for name in whole)
