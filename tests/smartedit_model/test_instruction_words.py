"""What words alone ask for: op, size and side, in wordings that nobody taught."""

from itertools import islice

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from smartedit_model.errors import MissingFileError, TruncatedFileError
from smartedit_model.instruction_words import COLUMNS, FILE, FOLDER, ROWS, load_words, runs
from smartedit_model.training.instruction_words import Lesson, fitted, save, shares
from smartedit_model.training.said import held_out, instructions, joined
from smartedit_model.world.splits import rules_of
from smartedit_model.world.wordings import templates


def likeliest(chances):
    return max(chances, key=chances.__getitem__)


@pytest.mark.parametrize(
    ("text", "op", "way"),
    [
        ("what about a larger size for the rabbit apart from the pink one", "resize", "bigger"),
        ("the hat that is part of what is shown should have a greater size", "resize", "bigger"),
        ("I want that very cactus to take up less of the picture", "resize", "smaller"),
        ("the boat is too large for my taste", "resize", "smaller"),
        ("please make the smaller of the two cups larger", "resize", "bigger"),
        (
            "just the clock whose colour is anything but orange should go to the left",
            "move",
            "left",
        ),
        ("the cup left of the dog could go further to the right", "move", "right"),
        ("there should be no trace of the backpack in a colour that isn't orange", "remove", ""),
        ("have the book we find when we look at the photo highlighted using brown", "segment", ""),
        ("these things should be on a beach", "background", ""),
    ],
)
def test_the_shipped_words_hear_what_is_asked_for(text, op, way):
    told = load_words().hear(text)
    assert told.some > 0.5
    assert likeliest(told.op) == op
    assert way in ("", likeliest(told.size), likeliest(told.side))


@pytest.mark.parametrize(
    "text",
    [
        "brighten the photo a little and straighten the horizon",
        "remove the man on the left, sharpen the faces and add some film grain",
        "make it look like a summer evening in the seventies",
    ],
)
def test_what_is_not_one_edit_of_the_world_is_told_apart(text):
    assert load_words().hear(text).some < 0.5


def test_texts_are_of_training_wordings_alone():
    held = set(templates("instructions", "remove", rules_of("test")))
    said = list(islice(instructions(3), 400))
    assert {one.op for one in said} >= {"remove", "resize", "segment", "background"}
    assert not any(one.text == text.format(t="the cat") for one in said for text in held)
    assert all(one.op == "" for one in islice(joined(3), 20))
    assert [one.text for one in islice(instructions(3), 400)] == [one.text for one in said]


def test_it_learns_what_it_is_shown(tmp_path):
    """A few thousand instructions teach most of others; what is saved answers the same."""
    lesson = Lesson(single=3000, several=300, rounds=3)
    examples = [*islice(instructions(1), lesson.single), *islice(joined(2), lesson.several)]
    words = fitted(examples, lesson)
    asked = list(islice(instructions(5), 300))
    found = shares(words, asked)
    assert found["op"] > 0.7
    assert found["side"] > 0.8
    save(words, tmp_path)
    kept = shares(load_words(tmp_path), asked)
    assert abs(kept["op"] - found["op"]) < 0.03


def test_wordings_are_held_out_by_their_words():
    share = np.mean(
        [held_out(text) for text in templates("instructions", "move", rules_of("train"))]
    )
    assert 0.1 < share < 0.3


def test_runs_are_rows_each_once():
    rows = runs("The cup's handle: make it BIGGER, enlarging it!")
    assert len(set(rows.tolist())) == len(rows)
    assert rows.min() >= 0
    assert rows.max() < ROWS
    assert runs("").tolist()


def test_a_broken_file_is_named(tmp_path):
    with pytest.raises(MissingFileError, match="install again"):
        load_words(tmp_path / "nowhere")
    (tmp_path / FILE).write_bytes(b"no tensors")
    with pytest.raises(TruncatedFileError, match="broken"):
        load_words(tmp_path)
    parts = load_file(FOLDER / FILE)
    small = tmp_path / "small"
    small.mkdir()
    save_file({**parts, "table": parts["table"][:9]}, small / FILE)
    with pytest.raises(TruncatedFileError, match=str(COLUMNS)):
        load_words(small)
