"""Questions before anything is changed: asked, answered, changed, and kept across a kill."""

from __future__ import annotations

import signal
import textwrap
from pathlib import Path

import numpy as np
import pytest
import skimage.data

from memory.store import SessionStore
from orchestrator.conversation import Conversation
from orchestrator.editors import EditorShelf
from orchestrator.errors import BadReply, PlanRefused
from orchestrator.questions import Answer, Question
from orchestrator.session import EditSession
from orchestrator.settings import RunSettings
from tests.forking import ForkServer
from tests.orchestrator.conftest import photo, plan_of
from tools.operation import Rgb
from tools.pictures import Picture, load_picture

BRIGHTER = {"op": "adjust", "params": {"property": "brightness", "amount": 0.3}}
MIRROR = {"op": "flip", "params": {"axis": "horizontal"}}
FACE = {"phrase": "the face", "category": "face"}
BRIGHT_FACE = BRIGHTER | {"target": FACE}
APPROVE, ASK = RunSettings(approve=True), RunSettings(ask=True)


def twins() -> Rgb:
    """A real photo beside its mirror image: two faces, equally good."""
    astronaut = skimage.data.astronaut()[:256, 96:352]
    return np.ascontiguousarray(np.hstack([astronaut, astronaut[:, ::-1]]))


@pytest.fixture
def faces(store: SessionStore) -> EditSession:
    return EditSession.create(Picture(twins()), store=store, editors=EditorShelf())


@pytest.fixture
def plain(store: SessionStore) -> EditSession:
    return EditSession.create(Picture(photo()), store=store, editors=EditorShelf())


def asked(session: EditSession) -> Question:
    question = session.question()
    assert question is not None
    return question


def changed_halves(session: EditSession) -> tuple[bool, bool]:
    """Whether the left and the right half differ from the original."""
    differs = (session.picture().rgb != twins()).any(axis=2)
    return bool(differs[:, :256].any()), bool(differs[:, 256:].any())


# -- which one is meant --------------------------------------------------------------------------


def test_a_script_takes_the_largest_and_says_so(faces: EditSession) -> None:
    """Nobody is asked where nobody wanted to be; the rule is in the report."""
    report = faces.edit("a test", plan=plan_of(BRIGHT_FACE))
    assert report.status == "done"
    assert any("took the largest" in note for note in report.steps[0]["notes"])


@pytest.mark.parametrize(("label", "halves"), [("a", (True, False)), ("b", (False, True))])
def test_the_one_that_was_said_is_changed(
    faces: EditSession, label: str, halves: tuple[bool, bool]
) -> None:
    """Asked "which of the two faces?", the answer decides, and nothing else is touched."""
    waiting = faces.edit("a test", plan=plan_of(BRIGHT_FACE), settings=ASK)
    assert waiting.status == "waiting"
    assert len(faces.history()) == 1
    question = asked(faces)
    assert question.kind == "which"
    (place,) = question.unclear
    assert [option.where.split(",")[0] for option in place.options] == ["left", "right"]
    report = faces.answer(question.choose(label))
    assert report.status == "done"
    assert changed_halves(faces) == halves
    assert faces.question() is None


def test_both_may_be_meant(faces: EditSession) -> None:
    faces.edit("a test", plan=plan_of(BRIGHT_FACE), settings=ASK)
    faces.answer(asked(faces).choose("*"))
    assert changed_halves(faces) == (True, True)


def test_a_choice_moves_with_the_picture(faces: EditSession) -> None:
    """The left face stays the chosen one after the picture is mirrored."""
    faces.edit("a test", plan=plan_of(MIRROR, BRIGHT_FACE), settings=ASK)
    report = faces.answer(asked(faces).choose("a"))
    assert [step["status"] for step in report.steps] == ["done", "done"]
    back = faces.picture().rgb[:, ::-1]
    differs = (back != twins()).any(axis=2)
    assert differs[:, :256].any()
    assert not differs[:, 256:].any()


def test_one_answer_holds_for_every_step_on_the_same_thing(faces: EditSession) -> None:
    blur = {"op": "blur", "params": {"strength": 0.5}, "target": FACE}
    faces.edit("a test", plan=plan_of(BRIGHT_FACE, blur), settings=ASK)
    question = asked(faces)
    assert [place.step for place in question.unclear] == ["s1"]
    faces.answer(question.choose("b"))
    assert changed_halves(faces) == (False, True)


def test_nobody_is_asked_where_all_is_clear(plain: EditSession) -> None:
    assert plain.edit("a test", plan=plan_of(BRIGHTER), settings=ASK).status == "done"


def test_answers_that_fit_nothing_leave_the_question_waiting(faces: EditSession) -> None:
    faces.edit("a test", plan=plan_of(BRIGHT_FACE), settings=ASK)
    question = asked(faces)
    for wrong in (
        Answer(action="run", choices={"s1": "z"}),
        Answer(action="run", choices={"s9": "a"}),
        Answer(action="change", boxes={"s1": (0, 0, 9999, 10)}),
        Answer(action="change", plan=question.plan.model_copy(update={"steps": ()})),
    ):
        with pytest.raises(BadReply):
            faces.answer(wrong)
    bad = {"op": "adjust", "executor": "tool:explode", "params": {}}
    with pytest.raises(PlanRefused, match="explode"):
        faces.answer(question.change(plan_of(bad)))
    assert asked(faces) == question
    assert faces.answer(question.cancel()).status == "cancelled"
    with pytest.raises(BadReply, match="nothing is asked"):
        faces.answer(question.run_it())


# -- the plan ------------------------------------------------------------------------------------


def test_a_plan_is_changed_asked_again_and_run(plain: EditSession) -> None:
    """Dropped, reordered, set: each change comes back as a question about the new plan."""
    noise = {"op": "adjust", "params": {"property": "noise", "amount": 0.4}}
    plain.edit("a test", plan=plan_of(BRIGHTER, MIRROR, noise), settings=APPROVE)
    again = plain.answer(asked(plain).change(asked(plain).plan.without(["s1"])))
    assert again.status == "waiting"
    assert again.question["plan"]["steps"][0]["id"] == "s2"
    report = plain.answer(asked(plain).run_it())
    assert [step["id"] for step in report.steps] == ["s2", "s3"]


def test_a_box_says_where(plain: EditSession) -> None:
    """A target nothing can find is shown as missing, and found where the box is."""
    thing = {"phrase": "the gizmo", "category": "gizmo"}
    plain.edit("a test", plan=plan_of(BRIGHTER | {"target": thing}), settings=APPROVE)
    place = asked(plain).place("s1")
    assert place is not None
    assert place.found == "missing"
    again = plain.answer(asked(plain).box("s1", (12, 16, 58, 64)))
    assert again.question["places"][0]["found"] == "region"
    report = plain.answer(asked(plain).run_it())
    assert report.status == "done", report.steps
    differs = (plain.picture().rgb != photo()).any(axis=2)
    assert differs.any()
    assert not differs[70:].any()
    assert not differs[:, 70:].any()


def test_the_drawing_shows_every_step_and_changes_nothing(faces: EditSession) -> None:
    """A PNG in the data folder, large enough to read, coloured where the steps act."""
    faces.edit("a test", plan=plan_of(BRIGHT_FACE, MIRROR), settings=APPROVE)
    path = faces.question_picture(asked(faces))
    drawn = load_picture(path).rgb
    assert path.is_relative_to(faces.store.home.root)
    assert drawn.shape[1] == 1000
    assert drawn.shape[0] > 500
    assert len(faces.history()) == 1


def test_a_deleted_session_leaves_no_drawing(faces: EditSession) -> None:
    """The drawn plan shows the picture, so it goes with the session."""
    faces.edit("a test", plan=plan_of(BRIGHT_FACE), settings=ASK)
    drawing = faces.question_picture(asked(faces))
    assert drawing.is_file()
    faces.delete()
    assert not drawing.exists()


def test_dropping_a_step_changes_no_other_steps_grain(plain: EditSession) -> None:
    """Merged mirrorings leave the noise of a later step as it was."""
    noise = {"op": "adjust", "params": {"property": "noise", "amount": 0.4}}
    merged = plain.edit("a test", plan=plan_of(MIRROR, MIRROR, MIRROR, noise))
    assert [step["id"] for step in merged.steps] == ["s1", "s4"]
    assert merged.review["findings"][-1]["code"] in ("merged", "unasked")
    seeds = [item["settings"]["seed"] for item in merged.steps]
    assert seeds == [0, 3000]


def test_masks_of_a_waiting_question_are_not_collected(faces: EditSession) -> None:
    faces.edit("a test", plan=plan_of(BRIGHT_FACE), settings=ASK)
    faces.store.gc(grace_seconds=0)
    assert faces.answer(asked(faces).choose("a")).status == "done"


# -- killed while it waits -----------------------------------------------------------------------

WAIT_AND_DIE = """
    import os, signal, sys
    from pathlib import Path
    from memory.store import SessionStore
    from orchestrator.editors import EditorShelf
    from orchestrator.session import EditSession
    from orchestrator.settings import RunSettings
    from tests.orchestrator.conftest import plan_of
    from tests.orchestrator.test_approval import BRIGHT_FACE, MIRROR

    def die(question):
        Path(sys.argv[2]).write_text(question.model_dump_json())
        os.kill(os.getpid(), signal.SIGKILL)
    with SessionStore.open(Path(sys.argv[1])) as store:
        session = EditSession.open("victim", store=store, editors=EditorShelf())
        session.edit(
            "a test",
            plan=plan_of(MIRROR, BRIGHT_FACE),
            settings=RunSettings(approve=True),
            approve=die,
        )
"""


def test_a_process_killed_at_the_question_leaves_it_for_the_next(
    home: Path, tmp_path: Path, forks: ForkServer
) -> None:
    """Reopened, the same question waits; the answer leads to the same pixels."""
    with SessionStore.open(home) as store:
        EditSession.create(Picture(twins()), store=store, session_id="victim")
        calm = EditSession.create(Picture(twins()), store=store, editors=EditorShelf())
        calm.edit("a test", plan=plan_of(MIRROR, BRIGHT_FACE), settings=APPROVE)
        calm.answer(asked(calm).choose("b"))
        calm.answer(asked(calm).run_it())
        expected = calm.picture().rgb
    note = tmp_path / "question.json"
    killed = forks.run(textwrap.dedent(WAIT_AND_DIE), str(home), str(note))
    assert killed.returncode == -signal.SIGKILL
    with SessionStore.open(home) as store:
        session = EditSession.open("victim", store=store, editors=EditorShelf())
        question = asked(session)
        assert question == Question.model_validate_json(note.read_text())
        session.answer(question.choose("b"))
        report = session.answer(asked(session).run_it())
        assert report.status == "done"
        assert np.array_equal(session.picture().rgb, expected)
        assert store.check() == []


# -- in a conversation ---------------------------------------------------------------------------


def test_chat_asks_which_and_takes_the_answer_in_words(faces: EditSession) -> None:
    talk = Conversation(faces, ASK)
    (question,) = talk.say("make the face brighter")
    assert "which of the 2" in question.lines[0]
    assert question.picture is not None
    again = Conversation(EditSession.open(faces.id, store=faces.store), ASK).question()
    assert again is not None
    assert again.lines == question.lines
    (done,) = talk.say("the right one")
    assert done.report is not None
    assert done.report.status == "done"
    assert changed_halves(faces) == (False, True)


def test_a_plan_is_edited_in_chat(plain: EditSession) -> None:
    talk = Conversation(plain, APPROVE)
    talk.say("make it darker and add rain")
    (also,) = talk.say("also flip it horizontally")
    assert any("s3" in line for line in also.lines)
    rain = next(step.id for step in asked(plain).plan.steps if step.op == "weather")
    (fewer,) = talk.say(f"drop {rain}")
    assert not any(line.startswith(rain) for line in fewer.lines)
    dark = next(step.id for step in asked(plain).plan.steps if step.op == "adjust")
    (wrong,) = talk.say(f"{dark} amount=7")
    assert wrong.failed
    assert "less than or equal to 1" in wrong.lines[0]
    (done,) = talk.say("yes")
    assert done.report is not None
    assert [step["op"] for step in done.report.steps] == ["adjust", "flip"]


def test_another_wish_gives_the_question_up(plain: EditSession) -> None:
    talk = Conversation(plain, APPROVE)
    talk.say("make it darker")
    (other,) = talk.say("make it black and white")
    assert any("black and white" in line.lower() for line in other.lines)
    talk.say("no")
    assert plain.unfinished() is None
    assert len(plain.history()) == 1
