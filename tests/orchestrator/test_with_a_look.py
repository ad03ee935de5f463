"""What comes with a look: things, writing and effects are wishes of their own; borders, frames."""

from __future__ import annotations

import pytest

from orchestrator.planning import PlanContext, RulePlanner


def told(say: str) -> list[str]:
    """What each step says, in order."""
    return [step.instruction for step in RulePlanner().plan(say, PlanContext()).steps]


@pytest.mark.parametrize(
    ("say", "steps"),
    [
        ("give it a cyberpunk look with neon signs", {"Add neon signs"}),
        (
            "give it a cyberpunk look with neon signs, rain and puddles",
            {"Add neon signs", "Add puddles", "Add rain to the picture"},
        ),
        ("make it a winter scene with snow and a snowman", {"Add a snowman"}),
        ("make it a foggy morning with deer", {"Add deer", "Add fog to the picture"}),
        ("make it an old sepia photo with scratches and a white border", {"Add a white border"}),
        ("change this to a sunset with birds in the sky", {"Add birds in the sky"}),
    ],
)
def test_things_that_come_with_a_look_are_added(say: str, steps: set[str]) -> None:
    """They were lost, or passed for what is there already."""
    assert steps <= set(told(say))


@pytest.mark.parametrize(
    "say",
    [
        "turn it into an oil painting with thick brush strokes",
        "turn the photo into a cartoon with bold outlines",
        "turn it into a pencil sketch with the girl in colour",
        "remove the vintage car with stickers",
        "make it vintage with warm tones",
    ],
)
def test_how_a_look_is_done_is_no_thing(say: str) -> None:
    """Nor is what belongs to a thing that was named."""
    assert not [step for step in told(say) if step.startswith("Add")]


@pytest.mark.parametrize(
    ("say", "step"),
    [
        ("put a thin black frame around it", "Add a black border"),
        ("frame it in white", "Add a white border"),
        ("remove the frame", "Remove the picture frame"),
        ("add a wooden frame around the mirror", "Add a wooden frame around the mirror"),
        ("turn this into a sunset", "Relight the picture as sunset"),
        ("put a sunset behind them", "Replace the background with a sunset"),
    ],
)
def test_frames_are_borders_and_a_sunset_is_light(say: str, step: str) -> None:
    """A frame was a crop, which threw a fifth of each side away."""
    assert told(say) == [step]


def test_a_thin_border_is_thinner() -> None:
    """Words say how wide it is where no number does."""
    thin, plain, thick = (
        RulePlanner().plan(f"add a {w} black border", PlanContext()).steps[0].params["amount"]
        for w in ("thin", "plain", "thick")
    )
    assert thin < plain < thick


def test_what_falls_is_in_front_of_the_fog() -> None:
    """Fog over flakes takes them away."""
    assert told("add snow and fog") == ["Add fog to the picture", "Add snow to the picture"]
