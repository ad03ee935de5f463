"""A plan's own success items where the user marked the thing, or another of its kind is there."""

from __future__ import annotations

from typing import Any

import numpy as np

from orchestrator.attempts import Candidate
from orchestrator.plan import Step
from orchestrator.verification import verify
from tests.orchestrator.conftest import photo
from tools.grounding import Scene, UserHints
from tools.operation import Rgb

RED = {"phrase": "the red square", "category": "square", "attributes": ["red"]}
THING = {"phrase": "the red thing", "category": "thing", "attributes": ["red"]}
MARK = UserHints(box=(15, 20, 55, 60))
GONE = "is gone"


def _replaced(target: dict[str, Any]) -> Step:
    items = [{"check": "absent", "target": target}]
    return Step.model_validate(
        {
            "id": "s1",
            "instruction": "replace it",
            "op": "replace",
            "target": target,
            "params": {"new": "a fox"},
            "success": items,
        }
    )


def _painted(rgb: Rgb, colour: tuple[int, int, int]) -> Rgb:
    out = rgb.copy()
    out[20:60, 15:55] = colour
    return out


def _verdict(step: Step, before: Rgb, after: Rgb, hints: UserHints | None = None) -> dict[str, Any]:
    mask = np.zeros(before.shape[:2], np.float32)
    mask[20:60, 15:55] = 1
    marks = hints or UserHints()
    return verify(
        step, Scene(before, hints=marks), Scene(after, hints=marks), Candidate(after, None, mask)
    )


def test_the_mark_is_not_taken_for_the_thing_that_stood_there() -> None:
    """What the user marked still lies there after a replacement; the thing does not."""
    made = _verdict(_replaced(RED), photo(), _painted(photo(), (240, 240, 240)), MARK)
    assert made["status"] == "unverified"
    nothing = _verdict(_replaced(RED), photo(), photo(), MARK)
    assert nothing["status"] == "failed"


def test_another_of_its_kind_elsewhere_is_not_the_one_that_was_replaced() -> None:
    """Two red squares, one replaced: the other is found, and was not spoken of."""
    two = photo()
    two[70:90, 90:120] = (200, 30, 30)
    made = _verdict(_replaced(RED), two, _painted(two, (240, 240, 240)))
    checks = {check["name"]: check["passed"] for check in made["checks"]}
    assert checks[f"the red square {GONE}"] is not False


def test_the_thing_itself_where_it_stood_is_still_there() -> None:
    """A slightly other red square in its place is no replacement."""
    made = _verdict(_replaced(RED), photo(), _painted(photo(), (170, 25, 25)))
    assert made["status"] == "failed"
    assert "still found" in made["reason"]


def test_a_new_thing_may_be_a_thing_of_that_colour() -> None:
    """What "the red thing" means fits a red fox in its place as well, so words cannot tell."""
    made = _verdict(_replaced(THING), photo(), _painted(photo(), (170, 25, 25)))
    assert made["status"] == "unverified"
    assert not any(GONE in check["name"] for check in made["checks"])


def test_words_that_fit_another_better_do_not_fail_what_was_acted_on() -> None:
    """Two red squares, and the words find the larger: the smaller was meant, and replaced."""
    two = photo()
    two[70:90, 90:120] = (200, 30, 30)
    small = two.copy()
    small[70:90, 90:120] = (240, 240, 240)
    mask = np.zeros(two.shape[:2], np.float32)
    mask[70:90, 90:120] = 1
    made = verify(_replaced(RED), Scene(two), Scene(small), Candidate(small, None, mask))
    checks = {check["name"]: check["passed"] for check in made["checks"]}
    assert checks[f"the red square {GONE}"] is True
