"""How much surer a core must be than it is, by what a planner made of the same words."""

from __future__ import annotations

from dataclasses import replace

from orchestrator.plan import EditPlan
from orchestrator.planning import RulePlanner
from orchestrator.reading_odds import chance_of, is_loose, op_of, surplus
from tools.understanding import Understanding

SEEN = Understanding("remove the cup", 0.8, 0.9, {"remove": 0.9, "mark": 0.05, "move": 0.05})


def plan(words: str) -> EditPlan:
    return RulePlanner().plan(words)


def test_a_reading_that_stands_against_a_likely_one_needs_to_be_surer() -> None:
    likely, unlikely = plan("remove the hat"), plan("move the hat to the left")
    assert surplus(SEEN, likely, may_be_joined=False) < surplus(SEEN, unlikely, may_be_joined=False)
    assert surplus(SEEN, unlikely, may_be_joined=False) < surplus(SEEN, None, may_be_joined=False)


def test_what_speaks_for_two_wishes_counts_only_where_a_planner_heard_them() -> None:
    one, two = plan("remove the hat"), plan("remove the hat and the dog")
    assert surplus(SEEN, two, may_be_joined=True) < surplus(SEEN, two, may_be_joined=False)
    assert surplus(SEEN, one, may_be_joined=True) == surplus(SEEN, one, may_be_joined=False)


def test_a_thing_without_a_name_is_doubted() -> None:
    """A sentence of things that no core knows is often none of its own."""
    for said in ("remove the thing", "remove all the things"):
        nameless = replace(SEEN, said=said)
        plan_ = plan("make the hat red")
        left, right = (surplus(s, plan_, may_be_joined=False) for s in (nameless, SEEN))
        assert left < right


def test_a_thing_restyled_is_read_loosely() -> None:
    assert is_loose(plan("make the hat look like glass"))
    assert not is_loose(plan("make the picture look like an oil painting"))


def test_a_mark_is_no_other_colour_of_a_thing() -> None:
    marked, red = plan("highlight the hat in red"), plan("make the hat red")
    assert (op_of(marked.steps[0]), op_of(red.steps[0])) == ("mark", "recolor")
    assert chance_of(marked, SEEN) < chance_of(plan("remove the hat"), SEEN)
