"""The program's own sentences have one article, whatever a thing was called in an earlier turn."""

from __future__ import annotations

import re

import pytest

from orchestrator.language.articles import with_the
from orchestrator.language.read import read_plan

DOUBLED = re.compile(
    r"\b(the|a|an|his|her|their|its|my|our|both|all) (the|a|an|his|her|their|its|my|our|both)\b",
    re.IGNORECASE,
)
THENS = ("make it darker", "blur everything else", "make the other one green", "put a hat on it")


@pytest.mark.parametrize(
    "thing",
    ["her hair", "their shirts", "its door", "my car", "Anna's dress", "these cups", "hair"],
)
@pytest.mark.parametrize(
    "first", ["make {} red", "replace the dog with {}", "add {} on the left", "blur all but {}"]
)
def test_no_sentence_has_two_articles(thing: str, first: str) -> None:
    """Of the steps, their targets and the notes of a turn and of what follows it."""
    before, _ = read_plan(first.format(thing))
    plans = [before, *(read_plan(then, earlier=[before])[0] for then in THENS)]
    for plan in plans:
        told = [*plan.notes]
        for step in plan.steps:
            told += [step.instruction, step.target.phrase, *map(str, step.params.values())]
        assert [line for line in told if DOUBLED.search(line)] == []


@pytest.mark.parametrize(
    ("words", "named"),
    [("cup", "the cup"), ("her hair", "her hair"), ("the cup", "the cup"), ("", ""),
     ("Anna's dress", "Anna's dress"), ("two cups", "the two cups"), ("both cups", "both cups")],
)  # fmt: skip
def test_an_article_only_where_one_is_needed(words: str, named: str) -> None:
    """Owners and quantities stand in its place."""
    assert with_the(words) == named
