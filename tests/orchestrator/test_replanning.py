"""After a step that was not done, the rest is rewritten where it stands alone, else skipped."""

from __future__ import annotations

import numpy as np
import pytest

from memory.store import SessionStore
from orchestrator.editors import EditorShelf
from orchestrator.plan import EditPlan
from orchestrator.planning import RulePlanner
from orchestrator.replanning import rest_by_rules
from orchestrator.session import EditSession
from orchestrator.settings import RunSettings
from tests.orchestrator.conftest import PaintEditor, photo, plan_of
from tools.pictures import Picture


def planned(words: str) -> EditPlan:
    return RulePlanner().plan(words)


def test_what_needs_a_thing_that_never_came_is_skipped() -> None:
    """There is no fox to make bigger."""
    found = rest_by_rules(
        planned("replace the dog with a fox and make the fox bigger"), 1, frozenset({"s1"})
    )
    assert found.skipped == ("s2",)
    assert found.changed == ()


def test_a_new_colour_that_never_came_is_no_longer_said() -> None:
    """The blue car is still the car."""
    plan = planned("make the car blue, then move the blue car to the left")
    found = rest_by_rules(plan, 1, frozenset({"s1"}))
    moved = found.plan.steps[1]
    assert moved.target.phrase == "the car"
    assert moved.instruction == "Move the car to the left"
    assert not found.skipped


def test_what_was_to_stand_where_nothing_was_removed_replaces_it() -> None:
    """A removal that failed and a new thing in its place become one replacement."""
    plan = plan_of(
        {"op": "remove", "target": {"phrase": "the lamp", "category": "lamp"}},
        {"op": "add", "params": {"what": "a vase in its place"}, "depends_on": ["s1"]},
    )
    new = rest_by_rules(plan, 1, frozenset({"s1"})).plan.steps[1]
    assert (new.op, new.target.phrase, new.params) == ("replace", "the lamp", {"new": "a vase"})


def test_what_only_waited_its_turn_goes_on() -> None:
    """A caption after a crop, a blur after a background: they do not need what failed."""
    plan = plan_of(
        {"op": "crop", "params": {"aspect": 1.0}},
        {"op": "text", "params": {"text": "hi"}, "depends_on": ["s1"]},
    )
    assert rest_by_rules(plan, 1, frozenset({"s1"})).plan.steps[1].depends_on == ()


def test_a_persons_own_order_is_kept() -> None:
    """A step on the whole picture that was said to build on another is skipped with it."""
    brighter = {"op": "adjust", "params": {"property": "brightness", "amount": 0.3}}
    plan = plan_of({"op": "remove"}, brighter | {"depends_on": ["s1"]})
    found = rest_by_rules(plan, 1, frozenset({"s1"}))
    assert found.skipped == ("s2",)


def test_skipping_runs_on_through_the_chain() -> None:
    """What needs a skipped step is skipped too."""
    vague = {"op": "adjust", "params": {"property": "brightness", "amount": 0.1}}
    plan = plan_of({"op": "remove"}, vague | {"depends_on": ["s1"]}, vague | {"depends_on": ["s2"]})
    assert rest_by_rules(plan, 1, frozenset({"s1"})).skipped == ("s2", "s3")


def test_a_run_does_the_rewritten_rest_and_says_so(store: SessionStore) -> None:
    """Removal fails for want of surroundings; the vase replaces the thing instead, and is told."""
    red = {"phrase": "the red square", "category": "square", "attributes": ["red"]}
    plan = plan_of(
        {"op": "remove", "target": red, "executor": "smartedit-none"},
        {"op": "add", "target": red, "params": {"what": "a vase in its place"}},
    )
    shelf = EditorShelf({"paint": PaintEditor})
    session = EditSession.create(Picture(photo()), store=store, editors=shelf)
    report = session.edit("a test", plan=plan)
    assert [step["status"] for step in report.steps] == ["skipped", "unverified"]
    assert report.steps[1]["op"] == "replace"
    (record,) = report.replans
    assert record["by"] == "rules"
    assert record["changed"][0]["after"] == "Replace the red square with a vase"
    assert report.to_json()["replans"] == [record]
    assert len(session.plans_in_force()) == 1
    assert not np.array_equal(session.picture().rgb, photo())


def test_a_failing_model_never_loops_the_plan(store: SessionStore) -> None:
    """Many failing steps end; the plan is written anew a bounded number of times."""
    red = {"phrase": "the red square", "category": "square", "attributes": ["red"]}
    steps = [
        {"op": "recolor", "target": red, "params": {"colour": "green"}, "executor": "smartedit-x"},
        *(
            {
                "op": "adjust",
                "target": {**red, "phrase": "the green square", "attributes": ["green"]},
                "params": {"property": "brightness", "amount": 0.1 * n},
            }
            for n in range(1, 6)
        ),
    ]
    session = EditSession.create(Picture(photo()), store=store, editors=EditorShelf())
    report = session.edit("a test", plan=plan_of(*steps), settings=RunSettings())
    assert len(report.replans) <= 3
    assert [step["status"] for step in report.steps[1:]] == ["done"] * 5


@pytest.mark.parametrize("at", [1, 2])
def test_at_the_end_of_a_plan_there_is_nothing_to_change(at: int) -> None:
    """Steps already worked on stay as they are."""
    plan = plan_of({"op": "remove"}, {"op": "remove"})
    found = rest_by_rules(plan, at, frozenset({"s1", "s2"}))
    assert found.plan.steps[:at] == plan.steps[:at]
