"""Verification catches what did not happen: nothing, too little, the wrong way, the wrong place."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from orchestrator.attempts import Candidate
from orchestrator.plan import Step
from orchestrator.verification import verify
from tests.orchestrator.conftest import photo
from tools.grounding import Scene
from tools.operation import Geometry, Rgb

RED = {"phrase": "the red square", "category": "square", "attributes": ["red"]}


def _shift(rgb: Rgb, *by: int) -> Rgb:
    return np.clip(rgb.astype(np.int16) + by, 0, 255).astype(np.uint8)


def _spread(rgb: Rgb, factor: float) -> Rgb:
    return np.clip((rgb.astype(np.float32) - 110) * factor + 110, 0, 255).astype(np.uint8)


def _grey(rgb: Rgb, share: float) -> Rgb:
    mean = rgb.mean(axis=2, keepdims=True)
    return np.clip(rgb + (mean - rgb) * share, 0, 255).astype(np.uint8)


def _paint(rgb: Rgb, colour: tuple[int, int, int]) -> Rgb:
    out = rgb.copy()
    out[20:60, 15:55] = colour
    return out


def _noise(rgb: Rgb) -> Rgb:
    return _shift(rgb + np.random.default_rng(1).integers(0, 30, rgb.shape, np.uint8), 0)


def _adjust(name: str, amount: float) -> dict[str, Any]:
    return {"op": "adjust", "params": {"property": name, "amount": amount}}


def _square_mask() -> np.ndarray[Any, Any]:
    mask = np.zeros(photo().shape[:2], np.float32)
    mask[20:60, 15:55] = 1
    return mask


def _judge(step: dict[str, Any], after: Rgb, mask: Any = None, **candidate: Any) -> dict[str, Any]:
    parsed = Step.model_validate({"id": "s1", "instruction": "do it"} | step)
    made = Candidate(after, None, mask, **candidate)
    return verify(parsed, Scene(photo()), Scene(after), made)


GOOD: list[tuple[dict[str, Any], Rgb]] = [
    (_adjust("brightness", 0.3), _shift(photo(), 30)),
    (_adjust("brightness", -0.3), _shift(photo(), -30)),
    (_adjust("exposure", 0.3), _shift(photo(), 30)),
    (_adjust("contrast", 0.3), _spread(photo(), 1.4)),
    (_adjust("contrast", -0.3), _spread(photo(), 0.6)),
    (_adjust("saturation", -0.5), _grey(photo(), 0.5)),
    (_adjust("temperature", 0.3), _shift(photo(), 20, 5, -20)),
    (_adjust("temperature", -0.3), _shift(photo(), -20, 0, 20)),
    (_adjust("tint", 0.3), _shift(photo(), 10, -12, 10)),
    (_adjust("noise", 0.4), _noise(photo())),
    (_adjust("noise", -0.4), cv2.GaussianBlur(photo(), (0, 0), 1.0)),
    ({"op": "blur", "params": {}}, cv2.GaussianBlur(photo(), (0, 0), 2.0)),
    ({"op": "weather", "params": {"kind": "fog"}}, _spread(photo(), 0.4)),
    ({"op": "weather", "params": {"kind": "snow"}}, _shift(photo(), 30)),
    ({"op": "relight", "params": {"to": "night"}}, _shift(photo(), -60, -60, -40)),
    ({"op": "relight", "params": {"to": "sunset"}}, _shift(photo(), 30, 0, -30)),
    ({"op": "grade", "params": {"look": "noir"}}, _grey(photo(), 1.0)),
]


def _name(value: Any) -> str | None:
    if isinstance(value, dict):
        return f"{value['op']} {value['params']}"
    return None


@pytest.mark.parametrize(("step", "after"), GOOD, ids=_name)
def test_what_was_asked_and_shows_is_done(step: dict[str, Any], after: Rgb) -> None:
    """An honest change of the right kind passes."""
    verdict = _judge(step, after)
    assert verdict["status"] == "done", verdict


@pytest.mark.parametrize(("step", "after"), GOOD, ids=_name)
def test_nothing_happened_is_never_done(step: dict[str, Any], after: Rgb) -> None:
    """The parent handed back as the result fails, with a reason."""
    verdict = _judge(step, photo())
    assert verdict["status"] == "failed"
    assert verdict["reason"]


@pytest.mark.parametrize(
    ("step", "after"),
    [
        (_adjust("brightness", 0.3), _shift(photo(), -30)),
        (_adjust("contrast", 0.3), _spread(photo(), 0.6)),
        (_adjust("temperature", 0.3), _shift(photo(), -20, 0, 20)),
        (_adjust("saturation", 0.5), _grey(photo(), 0.5)),
        ({"op": "blur", "params": {}}, _noise(photo())),
        ({"op": "relight", "params": {"to": "night"}}, _shift(photo(), 40)),
        ({"op": "weather", "params": {"kind": "fog"}}, _spread(photo(), 1.4)),
    ],
    ids=_name,
)
def test_the_wrong_way_fails(step: dict[str, Any], after: Rgb) -> None:
    """Darker is not brighter."""
    assert _judge(step, after)["status"] == "failed"


def test_a_pixel_outside_the_mask_fails_the_step_whatever_else_is_right() -> None:
    """The promise is exact: one pixel, one level."""
    after = _paint(photo(), (30, 120, 40))
    step = {"op": "recolor", "target": RED, "params": {"colour": "green"}}
    assert _judge(step, after, _square_mask())["status"] == "done"
    after[90, 120, 1] ^= 1
    verdict = _judge(step, after, _square_mask())
    assert verdict["status"] == "failed"
    assert verdict["unchanged_outside_mask"] is False


def test_another_colour_is_not_the_colour() -> None:
    """Purple is not green, however visible the change."""
    step = {"op": "recolor", "target": RED, "params": {"colour": "green"}}
    verdict = _judge(step, _paint(photo(), (140, 40, 160)), _square_mask())
    assert verdict["status"] == "failed"
    assert "green" in verdict["reason"]


def test_a_colour_that_nobody_knows_cannot_be_confirmed() -> None:
    """An editing model may know it; here it is neither done nor an error."""
    step = {"op": "recolor", "target": RED, "params": {"colour": "green orange"}}
    assert _judge(step, _paint(photo(), (40, 160, 60)), _square_mask())["status"] == "unverified"
    assert _judge(step, photo(), _square_mask())["status"] == "failed"


def test_nothing_was_recoloured_where_nothing_changed() -> None:
    """Half of it had the colour before; that is no recolouring, unless all of it had."""
    half = photo()
    half[20:42, 15:55] = (30, 160, 40)
    step = Step.model_validate(
        {"id": "s1", "instruction": "do it", "op": "recolor", "target": RED,
         "params": {"colour": "green"}}
    )  # fmt: skip
    same = verify(step, Scene(half), Scene(half), Candidate(half, None, _square_mask()))
    assert same["status"] == "failed"
    assert same["remedy"] == "stronger"
    green = _paint(photo(), (30, 160, 40))
    whole = verify(step, Scene(green), Scene(green), Candidate(green, None, _square_mask()))
    assert whole["status"] == "done"


def test_a_removed_thing_that_is_still_found_fails() -> None:
    """A slightly other red square is not an absence of red squares."""
    step = {"op": "remove", "target": RED, "params": {}}
    still = _judge(step, _paint(photo(), (170, 25, 25)), _square_mask())
    assert still["status"] == "failed"
    filled = photo()
    filled[20:60, 15:55] = np.random.default_rng(2).integers(105, 135, (40, 40, 3))
    assert _judge(step, filled, _square_mask())["status"] == "done"


def test_a_models_invention_is_unverified_not_done() -> None:
    """Other content stands there; nothing here can tell whether it is a fox."""
    step = {"op": "replace", "target": RED, "params": {"new": "a fox"}}
    verdict = _judge(step, _paint(photo(), (240, 240, 240)), _square_mask())
    assert verdict["status"] == "unverified"


def test_a_model_that_declined_has_failed() -> None:
    """No valid target: nothing changed, and that is said."""
    step = {"op": "replace", "target": RED, "params": {"new": "a fox"}}
    assert _judge(step, photo(), _square_mask(), declined=True)["status"] == "failed"


def test_a_crop_must_move_whole_pixels_and_have_its_shape() -> None:
    """Exact geometry is checked pixel by pixel, the aspect by its number."""
    step = {"op": "crop", "params": {"aspect": 1.0}}
    matrix = ((1.0, 0.0, 16.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    square = photo()[:, 16:112].copy()
    exact = {"geometry": Geometry(matrix, True)}
    assert _judge(step, square, **exact)["status"] == "done"
    assert _judge(step, photo()[:, 16:100].copy(), **exact)["status"] == "failed"
    square[5, 5] ^= 1
    assert _judge(step, square, **exact)["status"] == "failed"


def test_text_that_left_no_mark_fails() -> None:
    """The box the tool claims must hold strong new edges."""
    step = {"op": "text", "params": {"text": "Day one"}}
    box = {"facts": {"box": [10, 70, 110, 90]}}
    assert _judge(step, photo(), _square_mask(), **box)["status"] == "failed"
    written = photo()
    cv2.putText(written, "Day one", (12, 88), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (255, 255, 255), 2)
    mask = np.zeros(photo().shape[:2], np.float32)
    mask[60:] = 1
    assert _judge(step, written, mask, **box)["status"] == "done"


def test_a_plans_own_success_items_count() -> None:
    """The op may show and the promise still be broken."""
    keep = {"check": "unchanged", "target": RED}
    step = _adjust("brightness", 0.3) | {"success": [keep]}
    everything = _judge(step, _shift(photo(), 30))
    assert everything["status"] == "failed"
    spared = _shift(photo(), 30)
    spared[20:60, 15:55] = photo()[20:60, 15:55]
    assert _judge(step, spared)["status"] == "done"


@pytest.mark.parametrize("new", ["another square", "a bigger red square"])
def test_a_thing_of_the_same_kind_may_be_found_again(new: str) -> None:
    """A car that takes the place of a car is a car; that one is found is no fault."""
    gone = {"check": "absent", "target": RED}
    step = {"op": "replace", "target": RED, "params": {"new": new}, "success": [gone]}
    other = _paint(photo(), (205, 12, 12))
    other[30:50, 25:45] = (150, 40, 40)
    assert _judge(step, other, _square_mask())["status"] != "failed"
    fox = step | {"params": {"new": "a fox"}}
    assert _judge(fox, other, _square_mask())["status"] == "failed"


def test_a_sky_that_became_a_sunset_is_judged_by_its_light() -> None:
    """The tool says what light it gave; whether that is seen is measured."""
    sky = {"phrase": "the sky", "category": "sky"}
    step = {"op": "replace", "target": sky, "params": {"new": "a sunset"}}
    warm, cold = _shift(photo(), 30, 0, -30), _shift(photo(), -30, 0, 30)
    assert _judge(step, warm, facts={"lit_as": "sunset"})["status"] == "done"
    assert _judge(step, cold, facts={"lit_as": "sunset"})["status"] == "failed"
