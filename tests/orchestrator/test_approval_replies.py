"""Words as answers: a small closed grammar, and nothing else is taken for one."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.errors import BadInstruction, BadReply
from orchestrator.plan import load_plan
from orchestrator.planning import RulePlanner
from orchestrator.questions import Option, Question, StepPlace
from orchestrator.replies import parse_reply
from tests.orchestrator.conftest import plan_of

PLAN = plan_of(
    {"op": "adjust", "params": {"property": "brightness", "amount": 0.3}},
    {"op": "flip", "params": {"axis": "horizontal"}},
    {"op": "blur", "params": {"strength": 0.5}, "depends_on": ["s2"]},
)
OPTIONS = tuple(
    Option(label=label, where=label, box=(x, 0, x + 10, 10), area=area, hard="h", soft="s")
    for label, x, area in (("a", 0, 0.1), ("b", 50, 0.3), ("c", 90, 0.2))
)
QUESTION = Question(
    kind="plan",
    session="s",
    run="r",
    image="i",
    plan=PLAN,
    places=(StepPlace(step="s1", found="region", options=OPTIONS),),
)
WHICH = QUESTION.model_copy(update={"kind": "which"})


def reply(text: str, question: Question = QUESTION):  # type: ignore[no-untyped-def]
    return parse_reply(text, question, RulePlanner().plan)


@pytest.mark.parametrize("text", ["y", "yes", "OK", "Go ahead!", "run it"])
def test_yes(text: str) -> None:
    assert reply(text).action == "run"


@pytest.mark.parametrize("text", ["n", "No.", "cancel", "never mind"])
def test_no(text: str) -> None:
    assert reply(text).action == "cancel"


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("drop s1", "s2 s3"),
        ("drop 1 and 3", "s2"),
        ("s1", "s2 s3"),
        ("remove step 2", "s1 s3"),
        ("drop the second", "s1 s3"),
        ("move s1 after s3", "s2 s3 s1"),
        ("s2 before s1", "s2 s1 s3"),
        ("s1 last", "s2 s3 s1"),
        ("order s2 s1 s3", "s2 s1 s3"),
        ("s2 first", "s2 s1 s3"),
    ],
)
def test_steps_are_dropped_and_moved(text: str, order: str) -> None:
    assert " ".join(step.id for step in reply(text).plan.steps) == order


def test_settings_and_new_words() -> None:
    assert reply("s1 amount=-0.2").plan.steps[0].params["amount"] == -0.2
    assert reply("set s3 kind=lens strength=1").plan.steps[2].params == {
        "kind": "lens",
        "strength": 1,
    }
    anew = reply("s2: make it black and white and add rain").plan
    assert [step.op for step in anew.steps] == ["adjust", "weather", "grade", "blur"] or [
        step.op for step in anew.steps
    ] == ["adjust", "grade", "weather", "blur"]
    assert anew.steps[-1].depends_on == ("s2",)
    assert load_plan(anew.dump()) == anew
    assert reply("also add snow").plan.steps[-1].op == "weather"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("a", "a"), ("s1 b", "b"), ("s1b", "b"), ("2", "b"), ("the left one", "a"),
        ("the rightmost", "c"), ("the middle one", "b"), ("the biggest", "b"),
        ("the smallest one", "a"), ("the third", "c"), ("all of them", "*"), ("s1=c", "c"),
    ],
)  # fmt: skip
def test_which_one(text: str, label: str) -> None:
    answer = reply(text)
    assert (answer.action, answer.choices) == ("change", {"s1": label})
    assert reply(text, WHICH).action == "run"


def test_a_box() -> None:
    assert reply("s1 box 1, 2,30,40").boxes == {"s1": (1, 2, 30, 40)}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("drop s9", "s9"),
        ("s3 before s2", "builds on s2"),
        ("order s1 s2", "every step once"),
        ("s1 amount=9", "less than or equal to 1"),
        ("s1 colour=red", "settings: property, amount"),
        ("drop s1 s2 s3", "every step"),
    ],
)
def test_what_does_not_fit_says_what_would(text: str, says: str) -> None:
    with pytest.raises(BadReply, match=says):
        reply(text)


@pytest.mark.parametrize(
    "text",
    ["make it darker", "remove the dog", "undo", "go back to before the rain", "save as x.png",
     "remove the second dog from the left", "what?", ""],
)  # fmt: skip
def test_what_is_no_answer_is_left_alone(text: str) -> None:
    assert reply(text) is None


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.text(max_size=30)
    | st.lists(
        st.sampled_from(
            [
                "s1",
                "s2",
                "9",
                "drop",
                "move",
                "before",
                "order",
                "box",
                "1,2,3,4",
                "a",
                "=",
                ":",
                "amount=1",
                "also",
                "first",
                "the",
                "yes",
            ]
        ),
        max_size=6,
    ).map(" ".join)
)
def test_any_words_give_an_answer_a_refusal_or_nothing(text: str) -> None:
    """And any plan in an answer fits the schema."""
    answer = None
    try:
        answer = reply(text)
    except (BadReply, BadInstruction) as error:
        said = str(error)
    else:
        said = ""
    assert "\n" not in said
    if answer is not None and answer.plan is not None:
        assert load_plan(answer.plan.dump()) == answer.plan
