"""More or less of a colour than there is: read, done, checked and told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from memory.store import SessionStore
from orchestrator.attempts import Candidate
from orchestrator.conversation import Conversation
from orchestrator.editors import EditorShelf
from orchestrator.errors import BadPlan
from orchestrator.language.read import read_plan
from orchestrator.plan import Step, load_plan
from orchestrator.reader.dialect import plainly
from orchestrator.regions import region_for
from orchestrator.repair import repair
from orchestrator.routing import routes
from orchestrator.session import EditSession
from orchestrator.verification import verify
from tests.orchestrator.conftest import photo
from tools.errors import GroundingFailed
from tools.grounding import Scene
from tools.operation import Rgb
from tools.pictures import Picture


def _steps(text: str) -> list[tuple[str, str, dict[str, Any]]]:
    plan, _ = read_plan(text)
    assert not plan.unknown, text
    return [(step.op, step.target.phrase, step.params) for step in plan.steps]


MORE, LESS = {"shift": "towards"}, {"shift": "away"}
SAID: list[tuple[str, str, dict[str, Any]]] = [
    ("make the grass greener", "the grass", {"colour": "green"} | MORE),
    ("make the sky bluer", "the sky", {"colour": "blue"} | MORE),
    ("make her dress redder", "her dress", {"colour": "red"} | MORE),
    ("make the car more blue", "the car", {"colour": "blue"} | MORE),
    ("make the water more turquoise", "the water", {"colour": "turquoise"} | MORE),
    ("make the background greener", "the background", {"colour": "green"} | MORE),
    ("make the grass much greener", "the grass", {"colour": "green", "strength": 2.0} | MORE),
    ("make the sky a bit more blue", "the sky", {"colour": "blue", "strength": 0.4} | MORE),
    ("make the cup a bit pink", "the cup", {"colour": "pink", "strength": 0.4} | MORE),
    ("the grass 30% greener", "the grass", {"colour": "green", "strength": 1.2} | MORE),
    ("add more green to the grass", "the grass", {"colour": "green"} | MORE),
    ("give the sky more blue", "the sky", {"colour": "blue"} | MORE),
    ("more green in the trees", "the trees", {"colour": "green"} | MORE),
    ("add a touch of pink to her cheeks", "her cheeks", {"colour": "pink", "strength": 0.4} | MORE),
    ("shift the leaves towards yellow", "the leaves", {"colour": "yellow"} | MORE),
    ("the grass is not green enough", "the grass", {"colour": "green"} | MORE),
    ("the water could use some more blue", "the water", {"colour": "blue"} | MORE),
    ("make the picture more turquoise", "the whole image", {"colour": "turquoise"} | MORE),
    ("make the shadows teal", "the shadows", {"colour": "teal"} | MORE),
    ("less red in the face", "the face", {"colour": "red"} | LESS),
    ("make the sky less blue", "the sky", {"colour": "blue"} | LESS),
    ("the skin has too much red", "the skin", {"colour": "red"} | LESS),
    ("there is too much green in the water", "the water", {"colour": "green"} | LESS),
    ("his skin is too orange", "his skin", {"colour": "orange"} | LESS),
]


@pytest.mark.parametrize(("text", "thing", "params"), SAID)
def test_more_and_less_of_a_colour_is_no_new_paint(
    text: str, thing: str, params: dict[str, Any]
) -> None:
    """However it is said, and with how much of it."""
    assert _steps(text) == [("recolor", thing, params)]


@pytest.mark.parametrize(
    ("text", "colour"),
    [("make the car blue", "blue"), ("paint the wall green", "green"),
     ("give the car a coat of red", "red"), ("make the suit darker blue", "dark blue")],
)  # fmt: skip
def test_a_colour_that_a_thing_is_to_have_is_a_paint(text: str, colour: str) -> None:
    """Nothing compares it with what is there."""
    ((op, _, params),) = _steps(text)
    assert (op, params) == ("recolor", {"colour": colour})


def test_two_ways_of_one_thing_are_two_steps() -> None:
    """Less of one colour and more of another."""
    first, second = _steps("make the shirt less blue and more green")
    assert first[2] == {"colour": "blue"} | LESS
    assert second[2] == {"colour": "green"} | MORE


def test_a_thing_keeps_its_name_when_it_only_gets_bluer() -> None:
    """The red car that is bluer is no blue car."""
    _, (_, thing, _) = _steps("make the red car bluer, then brighten the red car")
    assert thing == "the red car"


@pytest.mark.parametrize(
    "text", ["make the grass greener", "make the sky much more blue", "make the face less red"]
)
def test_it_is_said_again_plainly(text: str) -> None:
    """The dialect of the reader has it."""
    plan, _ = read_plan(text)
    said = plainly(plan)
    assert said is not None
    again, _ = read_plan(said, plain=True)
    assert [(s.op, s.params) for s in again.steps] == [(s.op, s.params) for s in plan.steps]


def _step(colour: str, shift: str, **more: Any) -> Step:
    return Step.model_validate(
        {
            "id": "s1",
            "op": "recolor",
            "instruction": "do it",
            "target": {"phrase": "the thing", "category": "thing"},
            "params": {"colour": colour, "shift": shift} | more,
        }
    )


@pytest.mark.parametrize(
    ("step", "amount"),
    [
        (_step("green", "towards"), 0.25),
        (_step("green", "away"), -0.25),
        (_step("green", "towards", strength=0.4), 0.1),
        (_step("green", "away", strength=2.0), -0.5),
    ],
)
def test_a_tool_does_it(step: Step, amount: float) -> None:
    """In drawings, too: nothing is drawn anew."""
    way = routes(step)[0]
    assert (way.executor, way.args["amount"]) == ("tool:colour_shift", pytest.approx(amount))


def test_a_mark_has_no_more_or_less() -> None:
    """Marked in one flat colour, and only shifted, cannot both be."""
    step = _step("green", "towards").model_dump(mode="json")
    step["params"]["flat"] = True
    with pytest.raises(BadPlan, match="flat"):
        load_plan({"instruction": "do it", "steps": [step]})


INSIDE = np.zeros(photo().shape[:2], np.float32)
INSIDE[5:90, 5:60] = 1


def _moved(*by: int) -> Rgb:
    new = np.clip(photo().astype(int) + by, 0, 255).astype(np.uint8)
    return np.where(INSIDE[..., None] > 0, new, photo()).astype(np.uint8)


def _filled() -> Rgb:
    return np.where(INSIDE[..., None] > 0, (30, 138, 52), photo()).astype(np.uint8)


@pytest.mark.parametrize(
    ("shift", "after", "status"),
    [
        ("towards", _moved(-6, 6, -6), "done"),
        ("away", _moved(6, -6, 6), "done"),
        ("towards", _moved(6, -6, 6), "failed"),
        ("away", _moved(-6, 6, -6), "failed"),
        ("towards", photo(), "failed"),
        ("towards", _filled(), "failed"),
    ],
)
def test_it_is_checked_by_where_the_colours_went(shift: str, after: Rgb, status: str) -> None:
    """The wrong way, nothing at all, and a flat fill are seen."""
    judged = verify(
        _step("green", shift), Scene(photo()), Scene(after), Candidate(after, None, INSIDE)
    )
    assert judged["status"] == status, judged


def test_what_is_only_roughly_placed_loses_a_colour_and_gets_none() -> None:
    """A patch of red around the lips would show; less yellow around the teeth does not."""
    scene = Scene(photo())
    lips = {"target": {"phrase": "the lips", "category": "lip"}}
    given = Step.model_validate(_step("red", "towards").model_dump() | lips)
    taken = Step.model_validate(_step("red", "away").model_dump() | lips)
    with pytest.raises(GroundingFailed, match="rough place"):
        region_for(given, scene, None)
    with pytest.raises(GroundingFailed) as refused:  # this picture has no face
        region_for(taken, scene, None)
    assert "rough place" not in str(refused.value)


@pytest.fixture
def talk(store: SessionStore, tmp_path: Path) -> Conversation:
    """A conversation about ``photo()`` with tools only."""
    session = EditSession.create(Picture(photo()), store=store, editors=EditorShelf())
    return Conversation(session, default_save=tmp_path / "saved.png")


def _square(talk: Conversation) -> Any:
    return talk.session.picture().rgb[25:55, 20:50].reshape(-1, 3).mean(axis=0)


def test_a_red_square_gets_bluer_and_stays_between(talk: Conversation) -> None:
    """Nothing outside changes; again is more of it, and less is less."""
    (answer,) = talk.say("make the red square bluer")
    assert answer.report is not None
    assert answer.report.status == "done", answer.lines
    once = _square(talk)
    assert 45 < once[2] < 160
    assert once[0] > 120
    changed = (talk.session.picture().rgb != photo()).any(axis=2)
    assert changed[:15].sum() == 0
    assert changed[:, 62:].sum() == 0
    talk.say("even bluer")
    assert _square(talk)[2] > once[2] + 5
    talk.say("less blue")
    assert _square(talk)[2] < once[2] + 3


def test_less_red_of_what_was_made_less_red_is_more_of_that(talk: Conversation) -> None:
    """And "too much" is less of it."""
    talk.say("less red in the red square")
    once = _square(talk)
    talk.say("even less red")
    twice = _square(talk)
    assert twice[0] < once[0]
    talk.say("that's too much")
    assert _square(talk)[0] > twice[0]


def test_a_repair_does_each_of_them_again(talk: Conversation) -> None:
    """A second shift starts from the first; a paint needs none of what was before."""
    mark = "mark 15,20,55,60: "
    talk.say(mark + "make this greener")
    talk.say(mark + "make this bluer")
    assert repair(talk.session).left_out == ()
