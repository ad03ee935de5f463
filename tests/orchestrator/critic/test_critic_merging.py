"""Merged steps give the same pixels, by construction and by trying."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.critic.merging import merge
from orchestrator.plan import EditPlan
from orchestrator.routing import routes
from tests.orchestrator.conftest import plan_of
from tools.operation import Rgb, ToolContext
from tools.registry import get_tool, parse_args

FLIPS: list[dict[str, Any]] = [
    {"op": "flip", "params": {"axis": axis}} for axis in ("horizontal", "vertical")
]
TURNS: list[dict[str, Any]] = [
    {"op": "rotate", "params": {"degrees": float(degrees)}}
    for degrees in (-360, -270, -180, -90, 0, 90, 180, 270, 360)
]
BRIGHT: dict[str, Any] = {"op": "adjust", "params": {"property": "brightness", "amount": 0.2}}
SLANTED: dict[str, Any] = {"op": "rotate", "params": {"degrees": 7.0}}


def made(plan: EditPlan, rgb: Rgb) -> Rgb:
    """The picture after all steps, each done by its tool."""
    for step in plan.steps:
        way = routes(step)[0]
        tool = get_tool(way.executor.removeprefix("tool:"))
        rgb = tool.run(parse_args(tool, way.args), ToolContext(rgb)).image
    return rgb


@settings(deadline=None)  # the first call loads OpenCV
@given(st.lists(st.sampled_from([*FLIPS, *TURNS, BRIGHT, SLANTED]), min_size=1, max_size=6))
def test_merging_never_changes_a_pixel_and_never_adds_a_step(steps: list[dict[str, Any]]) -> None:
    plan = plan_of(*steps)
    merged = merge(plan).plan
    rgb = np.random.default_rng(1).integers(0, 256, (12, 17, 3), dtype=np.uint8)
    assert np.array_equal(made(plan, rgb), made(merged, rgb))
    assert 1 <= len(merged.steps) <= len(plan.steps)
    assert len({step.id for step in merged.steps}) == len(merged.steps)


@settings(deadline=None)  # the first call loads OpenCV
@given(st.lists(st.sampled_from([*FLIPS, *TURNS]), min_size=3, max_size=6))
def test_any_row_of_mirrorings_and_quarter_turns_becomes_at_most_two_steps(
    steps: list[dict[str, Any]],
) -> None:
    """Unless together they change nothing, where the plan is left to say so itself."""
    merged = merge(plan_of(*steps)).plan
    rgb = np.arange(12 * 17 * 3, dtype=np.uint8).reshape(12, 17, 3)
    assert len(merged.steps) <= 2 or np.array_equal(made(merged, rgb), rgb)


def test_what_depended_on_a_merged_step_depends_on_what_took_its_place() -> None:
    turn = TURNS[5]
    plan = plan_of(BRIGHT, turn, turn | {"depends_on": ["s1"]}, BRIGHT | {"depends_on": ["s3"]})
    result = merge(plan)
    assert [(step.id, step.op, step.depends_on) for step in result.plan.steps] == [
        ("s1", "adjust", ()), ("s2", "rotate", ()), ("s4", "adjust", ("s2",)),
    ]  # fmt: skip
    assert "s2, s3" in result.findings[0].message


def test_idle_steps_are_left_out() -> None:
    idle = {"op": "adjust", "params": {"property": "contrast", "amount": 0.0}}
    plan = plan_of(idle, BRIGHT | {"depends_on": ["s1"]})
    assert [(step.id, step.depends_on) for step in merge(plan).plan.steps] == [("s2", ())]


def test_a_plan_with_promises_or_checks_is_left_alone() -> None:
    """Each geometric step widens promised masks, so fewer would not protect the same pixels."""
    keep = {"kind": "preserve", "target": {"phrase": "the face", "category": "face"}}
    promised = plan_of(*FLIPS, constraints=[keep])
    assert merge(promised).plan == promised
    checked = {**FLIPS[0], "success": [{"check": "present", "phrase": "a dog"}]}
    assert merge(plan_of(checked, FLIPS[0])).plan == plan_of(checked, FLIPS[0])


def test_two_brightenings_stay_two() -> None:
    """They round in between, so that one stronger step is not the same picture."""
    assert len(merge(plan_of(BRIGHT, BRIGHT)).plan.steps) == 2
