"""Marks in a conversation: the next edit is made there, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from memory.store import SessionStore
from orchestrator.conversation import HELP, Conversation
from orchestrator.editors import EditorShelf
from orchestrator.said_marks import SaidMark, read_mark
from orchestrator.session import EditSession
from tests.orchestrator.conftest import photo
from tools.operation import HardMask
from tools.pictures import Picture


@pytest.fixture
def talk(store: SessionStore, tmp_path: Path) -> Conversation:
    """A conversation about ``photo()`` with tools only."""
    session = EditSession.create(Picture(photo()), store=store, editors=EditorShelf())
    return Conversation(session, default_save=tmp_path / "saved.png")


@pytest.mark.parametrize(
    ("said", "box", "points", "wish"),
    [
        ("mark 4,6,20,18", (4, 6, 20, 18), (), ""),
        ("mark 4,6-20,18", (4, 6, 20, 18), (), ""),
        ("Mark 4,6 - 20,18", (4, 6, 20, 18), (), ""),
        ("mark 4, 6 to 20, 18: make it red", (4, 6, 20, 18), (), "make it red"),
        ("mark 12,9", None, ((12, 9, True),), ""),
        ("mark 12,9 -30,4: blur it", None, ((12, 9, True), (30, 4, False)), "blur it"),
    ],
)
def test_boxes_and_points_are_read(said, box, points, wish) -> None:
    """In the ways that people write them; a minus sign excludes."""
    mark = read_mark(said)
    assert mark is not None
    assert (mark.box, mark.points, mark.wish) == (box, points, wish)
    assert mark.given


@pytest.mark.parametrize(
    "said",
    [
        "mark the cup in blue",
        "mark the 3 cups on the left in red",
        "highlight 4,6,20,18",
        "make it darker",
        "mark 4,6,20",
        "mark cup",
    ],
)
def test_what_is_no_mark_is_left_to_the_planner(said) -> None:
    """Marking a thing with a colour is an edit."""
    assert read_mark(said) is None


def test_the_next_edit_is_made_at_the_mark_and_the_one_after_is_not(talk: Conversation) -> None:
    """Outside the box every pixel stays; a mark serves once."""
    high, wide = photo().shape[:2]
    box = (wide // 4, high // 4, wide // 2, high // 2)
    (answer,) = talk.say(f"mark {','.join(map(str, box))}")
    assert not answer.failed
    assert answer.picture is not None
    assert "next edit" in answer.lines[0]
    talk.say("make it darker")
    made = talk.session.picture().rgb
    changed = (made != photo()).any(axis=-1)
    rows, columns = np.nonzero(changed)
    assert changed.any()
    assert columns.min() >= box[0] - 3
    assert columns.max() < box[2] + 3
    assert rows.min() >= box[1] - 3
    assert rows.max() < box[3] + 3
    talk.say("make it darker")  # "it" is what was marked
    again = talk.session.picture().rgb
    assert np.array_equal((again != photo()).any(axis=-1), changed)
    assert again[changed].mean() < made[changed].mean() - 2
    talk.say("add grain")
    assert (talk.session.picture().rgb[0] != again[0]).any()


def test_a_mark_and_its_wish_fit_in_one_message(talk: Conversation) -> None:
    """What stands behind the colon is done there at once."""
    high, wide = photo().shape[:2]
    answers = talk.say(f"mark 0,0,{wide // 2},{high}: make it darker")
    assert len(answers) == 2
    assert answers[1].report is not None
    made = talk.session.picture().rgb
    assert np.array_equal(made[:, wide // 2 + 4 :], photo()[:, wide // 2 + 4 :])
    assert not np.array_equal(made, photo())


def test_what_is_marked_is_meant_and_not_what_was_written(talk: Conversation) -> None:
    """After a caption "remove this" takes away the caption, unless something is marked."""
    talk.say('write "Hi" at the top')
    talk.say("mark 4,30,14,38: make this darker")
    talk.say('write "Bye" at the top')
    (_, answer) = talk.say("mark 4,30,14,38: remove this")
    assert answer.report is not None
    assert answer.report.steps[0]["op"] == "remove"
    talk.say('write "Again" at the top')
    before = len(talk.session.history())
    talk.say("remove this")
    assert len(talk.session.history()) == before - 1


def test_a_mask_from_a_file_serves_too(talk: Conversation, tmp_path: Path) -> None:
    """White is where the edit is made."""
    mask = np.zeros(photo().shape[:2], np.uint8)
    mask[: len(mask) // 2] = 255
    path = tmp_path / "mask.png"
    Image.fromarray(mask).save(path)
    assert not talk.say(f"mark {path}")[0].failed
    talk.say("make it darker")
    made = talk.session.picture().rgb
    assert np.array_equal(made[len(mask) // 2 :], photo()[len(mask) // 2 :])
    assert not np.array_equal(made, photo())
    assert talk.say(f"mark {tmp_path / 'none.png'}")[0].failed


def _half(path: Path, *, upper: bool) -> Path:
    """A mask file of the upper or the lower half of ``photo()``."""
    mask = np.zeros(photo().shape[:2], np.uint8)
    middle = len(mask) // 2
    mask[slice(None, middle) if upper else slice(middle, None)] = 255
    Image.fromarray(mask).save(path)
    return path


def test_a_mask_file_is_read_once(store: SessionStore, tmp_path: Path) -> None:
    """When it is marked; the edit uses what it showed."""
    read: list[Path] = []

    class Counting(EditSession):
        def user_mask(self, path: Path) -> HardMask:
            read.append(path)
            return super().user_mask(path)

    path = _half(tmp_path / "mask.png", upper=True)
    talk = Conversation(Counting.create(Picture(photo()), store=store, editors=EditorShelf()))
    talk.say(f"mark {path}: make it darker")
    assert read == [path]
    assert np.array_equal(talk.session.picture().rgb[-1], photo()[-1])


@pytest.mark.parametrize("change", ["other", "gone", "cropped"])
def test_a_mask_file_is_what_it_is_when_the_edit_is_made(
    talk: Conversation, tmp_path: Path, change: str
) -> None:
    """Another mask by then is that mask; none, or one that fits the picture no more, is refused."""
    path = _half(tmp_path / "mask.png", upper=True)
    assert not talk.say(f"mark {path}")[0].failed
    if change == "other":
        _half(path, upper=False)
    elif change == "gone":
        path.unlink()
    else:
        talk.session.edit("crop to a square")
        assert talk.session.shown_shape() != photo().shape[:2]
    before = talk.session.picture().rgb
    (answer,) = talk.say("make it darker")
    assert answer.failed == (change != "other")
    made = talk.session.picture().rgb
    assert np.array_equal(made[0], before[0])
    assert np.array_equal(made[-1], before[-1]) == (change != "other")


def test_marks_are_forgotten_when_asked(talk: Conversation) -> None:
    """Then the whole picture is meant again."""
    assert "nothing" in talk.say("unmark")[0].lines[0]
    talk.say("mark 2,2,9,9")
    assert "forgotten" in talk.say("forget the mark")[0].lines[0]
    talk.say("make it darker")
    assert (talk.session.picture().rgb[-1] != photo()[-1]).any()


@pytest.mark.parametrize(
    ("said", "why"),
    [("mark 9,9,2,2", "no box"), ("mark 9000,10", "outside"), ("mark 9000,0,9100,9", "outside")],
)
def test_marks_that_cannot_be_are_refused(talk: Conversation, said: str, why: str) -> None:
    """One line says why, and nothing is marked."""
    (answer,) = talk.say(said)
    assert answer.failed
    assert why in answer.lines[0]
    assert talk._mark == SaidMark()


def test_what_needs_a_mark_says_how_to_give_one_here(talk: Conversation) -> None:
    """The advice of the command line is of no use in a conversation."""
    (answer,) = talk.say("remove the accordion")
    assert answer.report is not None
    told, why = " ".join(answer.lines), answer.report.steps[0]["reason"]
    assert ("--box" in why) == ("mark X,Y" in told)
    (answer,) = talk.say("remove this")  # nothing is marked
    assert answer.report is not None
    assert "--box" in answer.report.steps[0]["reason"]
    assert "mark X,Y" in " ".join(answer.lines)
    assert "mark" in HELP
