"""A vignette around the picture is a look of it; one around a thing is something to add there."""

from __future__ import annotations

import pytest

from orchestrator.language.read import read_plan


@pytest.mark.parametrize(
    "words",
    [
        "put a vignette around it",
        "add a vignette around it",
        "put a dark vignette around the photo",
        "add vignetting around the edges",
        "put a vignette round the whole thing",
        "add a soft vignette along the borders",
    ],
)
def test_a_vignette_around_it_is_a_look(words: str) -> None:
    """However its place is said, for that is where vignettes are."""
    (step,) = read_plan(words)[0].steps
    assert (step.op, step.params["look"]) == ("grade", "vignette")
    assert step.target.is_whole_image


def test_a_vignette_comes_after_what_is_said_with_it() -> None:
    """As part of a longer wish too."""
    steps = read_plan("make it warm and put a vignette around it")[0].steps
    assert [step.op for step in steps] == ["adjust", "grade"]


def test_around_a_thing_it_is_not_the_picture_s() -> None:
    """The dog is not to be lost."""
    (step,) = read_plan("add a vignette around the dog")[0].steps
    assert step.target.category == "dog"
