"""Cutting out the subject keeps it; cutting out a thing takes it away."""

from __future__ import annotations

import pytest

from orchestrator.language.read import read_plan


@pytest.mark.parametrize(
    "words",
    [
        "cut out the subject",
        "cut the subject out",
        "extract the foreground from the background",
        "cut out the main subject",
    ],
)
def test_the_subject_is_what_stays(words: str) -> None:
    """As whoever works on pictures says it."""
    (step,) = read_plan(words)[0].steps
    assert (step.op, step.target.category) == ("background", "background")


@pytest.mark.parametrize(
    ("words", "category"), [("cut out the dog", "dog"), ("remove the subject", "subject")]
)
def test_a_thing_is_what_goes(words: str, category: str) -> None:
    """A dog that is cut out is gone, and so is a subject that is removed."""
    (step,) = read_plan(words)[0].steps
    assert (step.op, step.target.category) == ("remove", category)
