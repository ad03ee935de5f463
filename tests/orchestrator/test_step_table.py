"""The table of a plan in terminals of any width: lines end between words."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from orchestrator.cli.approval import question_table
from orchestrator.cli.console import plan_table
from orchestrator.cli.step_table import StepTable, fitted
from orchestrator.language.read import read_plan
from orchestrator.questions import Question, StepPlace

PLAN, _ = read_plan(
    "make the red plate on the left blue, then make it much darker, blur the background, add rain"
)
QUESTION = Question(
    kind="plan",
    session="s",
    run="r",
    image="i",
    plan=PLAN,
    places=(StepPlace(step="s1", found="missing", note="there is no plate: mark what you mean"),),
)


def printed(table: StepTable, width: int) -> list[str]:
    console = Console(width=width, color_system=None, force_terminal=False)
    with console.capture() as capture:
        console.print(table)
    return capture.get().splitlines()


def words_of(lines: list[str]) -> set[str]:
    return set(re.findall(r"[^\s│┃━╇┼]+", " ".join(lines)))


@pytest.mark.parametrize("table", [plan_table(PLAN.dump()), question_table(QUESTION)])
@pytest.mark.parametrize("width", [30, 40, 50, 60, 66, 72, 80, 100, 200])
def test_no_word_is_broken(table: StepTable, width: int) -> None:
    """Every word of every step is there whole, and no line is too long."""
    lines = printed(table, width)
    assert max(map(len, lines)) <= width
    wanted = {
        word
        for step in PLAN.steps
        for text in (step.id, step.op, step.instruction, step.target.phrase)
        for word in text.split()
    }
    assert {word.strip(",") for word in wanted} <= {w.strip(",") for w in words_of(lines)}


def test_a_wide_terminal_has_columns_and_a_narrow_one_lines() -> None:
    """The names of the columns stand above, or before what they are of."""
    assert "settings" in printed(question_table(QUESTION), 120)[1]
    narrow = printed(question_table(QUESTION), 36)
    assert any(line.endswith("after: s1") for line in map(str.rstrip, narrow))


@given(
    st.lists(st.lists(st.text("ab ", max_size=40), min_size=3, max_size=3), min_size=2, max_size=6),
    st.integers(10, 120),
)
@settings(max_examples=60, deadline=None)
def test_columns_hold_their_longest_word_and_fit(columns: list[list[str]], width: int) -> None:
    """Or it is said that they cannot."""
    widths = fitted(columns, width)
    longest = [max((len(w) for cell in c for w in cell.split()), default=0) for c in columns]
    gaps = 3 * (len(columns) - 1)
    if widths is None:
        assert sum(longest) + gaps > width
    else:
        assert all(w >= least for w, least in zip(widths, longest, strict=True))
        assert sum(widths) + gaps <= width
