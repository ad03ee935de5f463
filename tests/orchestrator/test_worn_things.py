"""What somebody wears is not taken away: there is a body in it, of which nothing is seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from orchestrator.language.read import read_plan
from orchestrator.plan import Step
from orchestrator.regions import region_for
from tests.tools.test_ground_clothes import ALL, CLOTH, FACE, SEEN, picture
from tools.errors import GroundingFailed
from tools.grounding import Scene, UserHints


def _step(text: str) -> Step:
    plan, _ = read_plan(text)
    assert not plan.unknown, text
    return plan.steps[0]


def _scene() -> Scene:
    return Scene(picture(), segmenter=ALL, detectors=(SEEN,), found={"faces": (FACE,)})


@pytest.mark.parametrize("text", ["remove the shirt", "move the shirt to the left"])
def test_a_shirt_is_not_taken_away(text: str) -> None:
    """The wall behind them would be seen through whoever wears it."""
    with pytest.raises(GroundingFailed, match="somebody wears 'the shirt'"):
        region_for(_step(text), _scene(), None)


@pytest.mark.parametrize(
    "text", ["blur the shirt", "make the shirt red", "replace the shirt by a coat"]
)
def test_a_shirt_is_changed_where_it_is(text: str) -> None:
    """What leaves something in its place is done."""
    region = region_for(_step(text), _scene(), None)
    assert region.soft is not None
    assert (region.soft > 0.5)[CLOTH].mean() > 0.95


def test_what_was_marked_is_filled() -> None:
    """Whoever marks it has seen what it is."""
    scene = replace(_scene(), hints=UserHints(mask=CLOTH))
    region = region_for(_step("remove the shirt"), scene, None, marked=True)
    assert region.soft is not None
    assert (region.soft > 0.5)[CLOTH].mean() > 0.95


def test_all_but_a_shirt_may_go() -> None:
    """Then it is what stays."""
    region = region_for(_step("remove everything except the shirt"), _scene(), None)
    assert region.soft is not None
    assert np.mean(region.soft[CLOTH] < 0.5) > 0.8
