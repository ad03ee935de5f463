"""Plans said plainly: what the rules read in the dialect is said again as it was."""

from __future__ import annotations

import pytest

from orchestrator.language.read import read_plan
from orchestrator.plan import EditPlan, Step, Style
from orchestrator.reader.dialect import plainly

SAID = (
    "remove the lamppost behind the man",
    "remove the second cup from the left; make the red car blue",
    "replace the dog with a white fox",
    "add a red umbrella next to the dog",
    "make my dress red",
    "make the car bigger",
    "make the logo 20% smaller",
    "make the picture twice as big",
    "resize to 1080x1350",
    "move the lamp to the left",
    "move the lamp to the top right",
    "make the picture look like watercolour painting",
    "make the woman smiling",
    "make it night; add rain; make it cyberpunk",
    "change the weather to clear",
    "replace the background with a beach",
    "increase the brightness of the face slightly",
    "decrease the contrast a lot",
    "increase the saturation by 40%",
    "make it warmer",
    "make it slightly cooler",
    "reduce the noise",
    "blur the background; sharpen the eyes",
    "pixelate the license plate",
    "add the text 'Grand Opening' at the top in red",
    "crop to 16:9; rotate 90 degrees clockwise; flip horizontally",
    "straighten the picture",
    "add a vignette; make it black and white",
    "keep the sky unchanged; make the grass green",
)

HUE = {"property": "hue", "amount": 1}


@pytest.mark.parametrize("said", SAID)
def test_what_is_read_is_said_again(said: str) -> None:
    """The rules read a plain saying, and their plan is said in the same words, in its own order."""
    plan, _ = read_plan(said, plain=True)
    again = plainly(plan)
    assert again is not None
    assert sorted(again.split("; ")) == sorted(said.split("; "))


@pytest.mark.parametrize(
    "plan",
    [
        EditPlan(instruction="x"),
        EditPlan(instruction="x", constraints=(Style(style="noir"),)),
        EditPlan(
            instruction="x",
            steps=(
                Step(
                    id="s1", op="adjust", instruction="x", params={"property": "hue", "amount": 1}
                ),
            ),
        ),
        EditPlan(
            instruction="x",
            steps=(
                Step(
                    id="s1", op="crop", instruction="x", executor="tool:pad", params={"left": 0.1}
                ),
            ),
        ),
    ],
)
def test_what_the_dialect_lacks_is_not_said(plan: EditPlan) -> None:
    """Nothing is left out silently: a plan that cannot be said whole is not said at all."""
    assert plainly(plan) is None
