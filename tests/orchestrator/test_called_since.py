"""What was just recoloured goes by its new colour: the old one no longer describes it."""

from __future__ import annotations

import pytest

from orchestrator.language.read import read_plan
from orchestrator.plan import EditPlan
from orchestrator.replanning import rest_by_rules


def plan_of(text: str) -> EditPlan:
    plan, _ = read_plan(text)
    return plan


@pytest.mark.parametrize("then", ["make it darker", "make it bigger", "move it to the left"])
def test_it_is_what_has_another_colour_now(then: str) -> None:
    """The second step looks for the blue plate, after the step that makes it."""
    first, second = plan_of(f"make the red plate blue, then {then}").steps
    assert first.op == "recolor"
    assert second.target.attributes == ("blue",)
    assert second.target.phrase == "the blue plate"
    assert "blue plate" in second.instruction
    assert second.depends_on == (first.id,)


def test_what_comes_before_keeps_the_old_name() -> None:
    """Sizes change before colours where no order is said: the plate is still red then."""
    first, second = plan_of("make the red plate blue and bigger").steps
    assert (first.op, second.op) == ("resize", "recolor")
    assert first.target.attributes == second.target.attributes == ("red",)


def test_places_and_parts_are_told_by_the_new_name_too() -> None:
    """What stands on it, what belongs to it, and all but it."""
    _, put = plan_of("make the red plate blue, then put an apple on it").steps
    assert put.params["where"] == "on the blue plate"
    _, rim = plan_of("make the red plate blue, then make its rim darker").steps
    assert rim.target.relation is not None
    assert rim.target.relation.anchor.attributes == ("blue",)
    _, rest = plan_of("make the red plate blue and blur everything else").steps
    assert rest.target.exclude is not None
    assert rest.target.exclude.attributes == ("blue",)


def test_other_things_of_the_old_colour_keep_it() -> None:
    """Only what was recoloured has another name."""
    _, cup = plan_of("make the red plate blue and make the red cup darker").steps
    assert cup.target.attributes == ("red",)
    assert cup.depends_on == ()


def test_what_could_not_be_recoloured_is_still_called_as_before() -> None:
    """The step after a recolouring that failed is about the red plate."""
    plan = plan_of("make the red plate blue, then make it darker")
    rest = rest_by_rules(plan, 1, frozenset({"s1"})).plan.steps[1]
    assert rest.target.attributes == ("red",)
    assert rest.depends_on == ()
