"""A language model that plans is asked again: other words for a step, another way for the rest."""

from __future__ import annotations

import json

import pytest

from memory.store import SessionStore
from orchestrator.editors import EditorShelf
from orchestrator.llm.rewording import reword
from orchestrator.plan import Step
from orchestrator.report import RunReport
from orchestrator.session import EditSession
from orchestrator.settings import RunSettings
from tests.orchestrator.conftest import PaintEditor, photo
from tests.orchestrator.llm.conftest import KEY, MODEL, Answer, ChatServer, fails, plans, says
from tools.editing import EditOutcome, EditRequest
from tools.pictures import Picture
from tools.target import Target

RED = {"phrase": "the red square", "category": "square", "attributes": ["red"]}
REPLACE = {
    "op": "replace",
    "target": RED,
    "instruction": "Replace the red square with a fox",
    "params": {"new": "a fox"},
}
DARKER = {"op": "adjust", "params": {"property": "brightness", "amount": -0.3}}
WORDS = "replace the red square with a fox, then make it darker"
STEP = Step(
    id="s1",
    op="replace",
    target=Target.model_validate(RED),
    instruction="Replace the red square with a fox",
    params={"new": "a fox"},
)


class Deaf(PaintEditor):
    """Changes nothing; remembers the words."""

    def __init__(self) -> None:
        super().__init__("deaf")
        self.asked: list[str] = []

    def edit(self, request: EditRequest) -> EditOutcome:
        self.asked.append(request.instruction)
        return EditOutcome(request.image.copy())


def worded(text: str) -> Answer:
    return says(json.dumps({"instruction": text}))


def run(store: SessionStore, editor: PaintEditor) -> RunReport:
    shelf = EditorShelf({editor.name: lambda: editor})
    session = EditSession.create(Picture(photo()), store=store, editors=shelf)
    return session.edit(WORDS, settings=RunSettings(planner=MODEL))


def test_the_models_words_are_tried(store: SessionStore, server: ChatServer) -> None:
    """Where nothing changed twice, the third try asks in the model's words.

    Then it is asked for another way, and its answer, the same again, changes nothing.
    """
    text = "draw a fox over the red square on the left"
    server.script = [plans(REPLACE, DARKER), worded(text), plans(REPLACE, DARKER)]
    deaf = Deaf()
    report = run(store, deaf)
    assert deaf.asked[-1] == text
    assert [step["status"] for step in report.steps] == ["failed", "done"]
    told = json.loads(server.texts(1).rsplit("\n", 1)[-1])
    assert told["op"] == "replace"
    assert told["failed"]
    assert report.replans == ()
    assert '"status": "failed"' in server.texts(2)


def test_another_way_is_planned_and_reported(store: SessionStore, server: ChatServer) -> None:
    """The model gives the failed wish up for a recolouring; what was done is not done twice."""
    recolour = {
        "op": "recolor",
        "target": RED,
        "instruction": "Make the red square orange like a fox",
        "params": {"colour": "orange"},
    }
    server.script = [
        plans(REPLACE, DARKER),
        worded("put a fox where the red square is"),
        plans(recolour, DARKER),
    ]
    report = run(store, Deaf())
    assert [(step["op"], step["status"]) for step in report.steps] == [
        ("replace", "failed"),
        ("recolor", "done"),
        ("adjust", "done"),
    ]
    assert report.replans[0]["by"] == "model"
    assert report.status == "partial"


@pytest.mark.parametrize(
    "answer",
    [
        fails(500),
        says("put a fox there"),
        worded(""),
        worded("see http://example.com/fox"),
        worded("x" * 400),
        says(json.dumps({"instruction": 7})),
        worded(f"a fox {KEY}"),
    ],
    ids=["error", "no json", "empty", "address", "long", "number", "key"],
)
def test_words_that_are_no_sentence_are_not_used(server: ChatServer, answer: Answer) -> None:
    """Errors, prose, addresses, endless or secret text: the step keeps wordings of its own."""
    server.script = [answer]
    assert reword(MODEL, STEP, "nothing changed", (STEP.instruction,)) == ""
    assert len(server.asked) == 1


def test_a_run_goes_on_when_the_model_is_gone(store: SessionStore, server: ChatServer) -> None:
    """With the server down after planning, rules reword and replan; the report is as complete."""
    server.script = [plans(REPLACE, DARKER), fails(500)]
    deaf = Deaf()
    report = run(store, deaf)
    assert len(deaf.asked) == 3
    assert len(set(deaf.asked)) > 1
    assert [step["status"] for step in report.steps] == ["failed", "done"]
