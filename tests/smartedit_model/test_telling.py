"""The instruction head is taught on a finished model's answers, and shipped with it."""

import json
import shutil

import pytest
import torch

from smartedit_model import SmartEditPipeline
from smartedit_model.errors import TrainingError
from smartedit_model.fingerprints import verify_model
from smartedit_model.training.captions import words
from smartedit_model.training.telling import TOLD, Answers, Lesson, shares, taught, teach


def answers_that_tell(number):
    """States in which each place has its own value, plainly written."""
    source = torch.Generator().manual_seed(0)
    sizes = [min(len(words()[place]), 8) for place in TOLD]
    asked = torch.stack([torch.randint(n, (number,), generator=source) for n in sizes], dim=1)
    states = torch.zeros(number, len(TOLD), 16)
    for at in range(len(TOLD)):
        states[torch.arange(number), at, asked[:, at]] = 4.0
    return Answers(states.half(), asked)


@pytest.mark.parametrize("inner", [0, 48])
def test_what_the_answers_tell_is_learnt(inner):
    head = taught(answers_that_tell(600), Lesson(rounds=40, inner=inner))
    found = shares(head, answers_that_tell(200))
    assert set(found) == set(TOLD)
    assert min(found.values()) > 0.95


def test_the_same_lesson_gives_the_same_head():
    one, other = (taught(answers_that_tell(100), Lesson(rounds=2)) for _ in range(2))
    assert torch.equal(one.words.weight, other.words.weight)


def test_nothing_to_learn_from_is_an_error():
    none = Answers(torch.zeros(0, 8, 16), torch.zeros(0, len(TOLD), dtype=torch.long))
    with pytest.raises(TrainingError, match="no answers"):
        taught(none, Lesson())


def test_a_folder_gets_a_head_with_its_hashes(tiny_folder, tmp_path):
    """Written in place; the model is whole, and tells in words of every place."""
    folder = tmp_path / "model"
    shutil.copytree(tiny_folder, folder)
    found = teach(folder, Lesson(examples=12, rounds=1))
    assert set(found) <= set(TOLD)
    assert "instruction_head" in json.loads((folder / "model_index.json").read_text())
    assert any("hashes" in line for line in verify_model(folder))
    pipe = SmartEditPipeline.from_pretrained(folder)
    assert tuple(pipe.instruction_head.places) == TOLD
