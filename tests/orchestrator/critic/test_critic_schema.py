"""Untrusted plans: dependencies are ordered or refused, anything else gets one line."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.critic.schema import read_untrusted
from orchestrator.errors import BadPlan
from orchestrator.plan import EditPlan

BRIGHT = {"op": "adjust", "params": {"property": "brightness", "amount": 0.3}}


def values(**needs: list[str]) -> dict[str, Any]:
    steps = [
        BRIGHT | {"id": name, "instruction": f"do {name}", "depends_on": wanted}
        for name, wanted in needs.items()
    ]
    return {"instruction": "brighter", "steps": steps}


def refused_or_read(untrusted: Any) -> EditPlan | None:
    """The plan, or None where it was refused in one line."""
    said = ""
    try:
        return read_untrusted(untrusted)[0]
    except BadPlan as error:
        said = str(error)
    assert said
    assert "\n" not in said
    return None


def test_steps_are_put_after_what_they_depend_on_and_the_user_is_told() -> None:
    plan, findings = read_untrusted(values(a=["b"], b=[], c=["a"]))
    assert [step.id for step in plan.steps] == ["b", "a", "c"]
    assert [(f.severity, f.code) for f in findings] == [("note", "reordered")]
    assert "b, a, c" in findings[0].message


def test_a_sound_order_is_left_as_it_is() -> None:
    plan, findings = read_untrusted(values(a=[], b=["a"]))
    assert [step.id for step in plan.steps] == ["a", "b"]
    assert findings == ()


@pytest.mark.parametrize(
    ("needs", "says"),
    [
        ({"a": ["a"]}, "a -> a"),
        ({"a": ["b"], "b": ["a"]}, "a -> b -> a"),
        ({"x": [], "a": ["x", "c"], "b": ["a"], "c": ["b"]}, "a -> c -> b -> a"),
        ({"a": ["b"], "b": ["c"], "c": ["b"]}, "b -> c -> b"),
        ({"a": ["nowhere"]}, "nowhere"),
    ],
)
def test_a_circle_is_refused_by_name(needs: dict[str, list[str]], says: str) -> None:
    with pytest.raises(BadPlan, match=says):
        read_untrusted(values(**needs))


@given(
    st.dictionaries(
        st.sampled_from("abcdefg"), st.lists(st.sampled_from("abcdefg"), max_size=3), max_size=7
    )
)
def test_whatever_depends_on_what_the_order_is_sound_or_the_plan_refused(
    needs: dict[str, list[str]],
) -> None:
    """Every plan that comes out has each step once, after all it depends on."""
    plan = refused_or_read(values(**needs))
    if plan is None:
        return
    assert {step.id for step in plan.steps} == set(needs)
    seen: set[str] = set()
    for step in plan.steps:
        assert set(step.depends_on) <= seen
        seen.add(step.id)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["id", "op", "steps", "depends_on", "params", "x"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(JSON, JSON)
def test_no_values_do_more_than_be_refused(first: Any, second: Any) -> None:
    """Whatever a file holds, the answer is a plan or one line."""
    for given_values in (first, {"instruction": "x", "steps": second}):
        refused_or_read(given_values)
