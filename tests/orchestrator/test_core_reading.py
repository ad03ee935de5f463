"""The editing core's own reading: taken where it is sure and the planner was not, never else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from orchestrator.core_reading import chance_of, core_reading, is_for_core
from orchestrator.critic.review import review
from orchestrator.editors import EditorShelf
from orchestrator.errors import BadInstruction, PlanRefused
from orchestrator.plan import EditPlan
from orchestrator.planning import PlanContext, RulePlanner
from orchestrator.session import EditSession
from orchestrator.settings import RunSettings
from tools.editing import Availability, DomainVerdict, EditOutcome, EditRequest
from tools.operation import Rgb
from tools.pictures import Picture
from tools.understanding import Understanding

ODD = "the picture should no longer contain what photographers ask you to say"
CORE = "smartedit-some"


def planned(words: str) -> EditPlan | None:
    """The rules' plan; None where they read nothing."""
    try:
        return RulePlanner().plan(words)
    except BadInstruction:
        return None


@pytest.mark.parametrize(
    "words",
    [
        "remove the cup",  # in plain words
        "I would rather not see the cup, but keep the dog",  # a promise
    ],
)
def test_what_a_planner_reads_for_certain_is_not_for_the_core(words: str) -> None:
    assert not is_for_core(words, planned(words), PlanContext())


def test_several_steps_are_given_up_only_where_nothing_joins_two_wishes() -> None:
    """A planner that makes two of one wish may be wrong; two wishes are never made one."""
    two = planned("remove the cup and make the dog blue")
    assert two is not None
    said = Understanding("make the rabbit smaller", 0.8)
    for words, one in (
        ("compared with the other rabbit, the smaller one could lose some size", True),
        ("can the scene's axes, all together be painted green", True),
        ("replace the dog with a cat and the car with a bus", False),
        ("remove the cup. make the dog blue", False),
        ("remove blemishes, smooth skin, whiten teeth", False),
    ):
        assert (core_reading(words, two, said, CORE) is not None) is one
    assert core_reading("x", two, Understanding(said.said, 0.5), CORE) is None


def hearing(said: str, sure: float, single: float = 0.9, **ops: float) -> Understanding:
    """What a core understood, with what it hears in the words."""
    return Understanding(said, sure, single, ops, {"bigger": 0.9, "smaller": 0.1})


def test_the_less_likely_the_planners_reading_is_the_less_sure_the_core_must_be() -> None:
    """Both readings are judged by the words: a step of an op that they hardly ask for is weak."""
    wrong, right = planned("make the clock orange"), planned("move the clock to the left")
    assert wrong is not None
    assert right is not None
    moved = hearing("move the cup to the left", 0.7, move=0.95, recolor=0.01)
    assert core_reading("x", wrong, moved, CORE) is not None
    recoloured = hearing("make the clock blue", 0.7, move=0.95, recolor=0.7)
    assert core_reading("x", right, recoloured, CORE) is None


def test_a_size_that_the_words_speak_against_is_unlikely() -> None:
    bigger, smaller = planned("make the cat bigger"), planned("make the cat smaller")
    seen = hearing("make the cat bigger", 0.8, resize=1.0)
    assert bigger is not None
    assert smaller is not None
    assert chance_of(bigger, seen) > 5 * chance_of(smaller, seen)
    assert core_reading("x", smaller, seen, CORE) is not None
    assert core_reading("x", bigger, seen, CORE) is None


def test_what_a_core_has_no_word_for_stays_the_planners() -> None:
    """A shade, the background itself, a promise beside what is asked for."""
    dark = planned("recolor the sofa to dark red")
    assert core_reading("x", dark, hearing("make the sofa red", 0.99, recolor=1.0), CORE) is None
    words = "remove the background"
    behind = planned(words)
    assert core_reading(words, behind, hearing("remove the thing", 0.96, remove=1.0), CORE) is None
    kept = "keep the car but remove everything else"
    assert not is_for_core(kept, planned(kept), PlanContext())


def test_what_the_core_cannot_know_of_is_not_for_it() -> None:
    """Marks, taught words, and what "it" was in an earlier turn."""
    assert is_for_core(ODD, None, PlanContext())
    assert not is_for_core(ODD, None, PlanContext(marked=True))
    assert not is_for_core(ODD, None, PlanContext(glossary={"photographers": "people"}))
    earlier = (RulePlanner().plan("make the cup blue"),)
    assert is_for_core(ODD, None, PlanContext(earlier=earlier))
    assert not is_for_core("wouldn't it look nicer in pink?", None, PlanContext(earlier=earlier))


@pytest.mark.parametrize("words", ["asdfgh qwert", "mach das bild bitte viel wärmer"])
def test_no_model_is_shown_what_is_no_english(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    monkeypatch.delenv("SMARTEDIT_PLANNER", raising=False)
    monkeypatch.setattr("orchestrator.reader.base.is_ready", lambda: False)
    core = Sure("make it night")
    with session_with(core, tmp_path, 120) as session, pytest.raises(BadInstruction):
        session.edit(words)
    assert core.asked == []


def test_the_core_is_heard_where_it_is_sure_and_says_something_else() -> None:
    seen = Understanding("remove the cheese", 0.9)
    plan = core_reading(ODD, None, seen, CORE)
    assert plan is not None
    assert [step.op for step in plan.steps] == ["remove"]
    assert plan.instruction == ODD
    assert plan.notes == (f"{CORE} understood: remove the cheese",)
    other = planned("put the dog to the left edge")
    assert other is not None
    for sure, taken in ((0.95, True), (0.5, False)):
        found = core_reading("x", other, Understanding("remove the dog", sure), CORE)
        assert (found is not None) is taken
    same = planned("move the dog to the left")
    assert core_reading("x", same, Understanding("move the cat to the left", 0.99), CORE) is None
    assert core_reading(ODD, None, None, CORE) is None
    assert core_reading(ODD, None, Understanding("remove the cheese", 0.2), CORE) is None


def test_a_core_may_name_what_it_sees_and_a_language_model_may_not() -> None:
    plan = core_reading(ODD, None, Understanding("remove the cheese", 0.9), CORE)
    assert plan is not None
    found = review(plan, author="core")
    assert not found.findings
    assert {word.by for word in found.coverage} <= {"", "s1"}
    with pytest.raises(PlanRefused, match="cheese"):
        review(plan, author="model").require()


class Sure:
    """An editor whose core says the same of everything, and that edits nothing."""

    name = CORE
    version = "1"

    def __init__(self, said: str) -> None:
        self.said, self.asked = said, []

    @property
    def understands(self) -> Sure:
        return self

    def understand(self, instruction: str) -> Understanding:
        self.asked.append(instruction)
        return Understanding(self.said, 0.97)

    def availability(self) -> Availability:
        return Availability(ready=True)

    def supports(self, op: str) -> bool:
        return False

    def domain(self, image: Rgb) -> DomainVerdict:
        return DomainVerdict(inside=bool(image.mean() < 250), reason="too bright")

    def edit(self, request: EditRequest) -> EditOutcome:
        raise AssertionError(f"not made for {request.op}")


def session_with(core: Sure, home: Path, level: int) -> EditSession:
    """A session on a plain picture of one brightness."""
    picture = Picture(np.full((60, 80, 3), level, np.uint8))
    return EditSession.create(picture, home=home, editors=EditorShelf({CORE: lambda: core}))


@pytest.mark.parametrize("level", [120, 255])
def test_a_session_asks_the_core_in_its_own_pictures_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, level: int
) -> None:
    """Read by the core and marked so in the report; in another picture the refusal stands."""
    monkeypatch.delenv("SMARTEDIT_PLANNER", raising=False)
    monkeypatch.setattr("orchestrator.reader.base.is_ready", lambda: False)
    core = Sure("make it night")
    with session_with(core, tmp_path, level) as session:
        if level == 255:
            with pytest.raises(BadInstruction):
                session.edit(ODD)
            assert core.asked == []
            return
        report = session.edit(ODD)
        assert core.asked == [ODD]
        assert [step["op"] for step in report.plan["steps"]] == ["relight"]
        assert report.planning["by"] == f"core:{CORE}"
        assert report.planning["core"] == {"said": "make it night", "sure": 0.97}
        assert report.status == "done"
        assert session.history()[-1].step["instruction"]


def test_who_names_a_planner_gets_its_plan(tmp_path: Path) -> None:
    core = Sure("make it night")
    with session_with(core, tmp_path, 120) as session, pytest.raises(BadInstruction):
        session.edit(ODD, settings=RunSettings(planner="rules"))
    assert core.asked == []
