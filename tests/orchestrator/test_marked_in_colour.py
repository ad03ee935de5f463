"""Marking a thing in a colour: read as such, one flat colour to the pixel, and checked so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from orchestrator.attempts import Candidate
from orchestrator.errors import BadInstruction
from orchestrator.language.read import read_plan
from orchestrator.plan import EditPlan, Step
from orchestrator.reader.dialect import plainly
from orchestrator.session import EditSession
from orchestrator.settings import RunSettings
from orchestrator.verification import verify
from tools.colour_names import rgb_of
from tools.grounding import Scene
from tools.operation import Rgb
from tools.pictures import Picture
from tools.target import Target

SPOT = (slice(20, 60), slice(15, 55))


def told(words: str, *, plain: bool = False) -> list[tuple[str, str, object, bool]]:
    """Op, target, colour and flatness of each step."""
    plan, _ = read_plan(words, plain=plain)
    return [
        (s.op, s.target.phrase, s.params.get("colour"), bool(s.params.get("flat")))
        for s in plan.steps
    ]


@pytest.mark.parametrize(
    ("words", "target", "colour"),
    [
        ("highlight the dog in red", "the dog", "red"),
        ("mark the cat in dark red", "the cat", "dark red"),
        ("segment the two dogs in blue", "the two dogs", "blue"),
        ("the dog should be highlighted in red", "the dog", "red"),
        ("have the book highlighted using brown", "the book", "brown"),
        ("I'd like a purple mask over the backpack", "the backpack", "purple"),
        ("indicate the tractor with a mask in gray", "the tractor", "gray"),
        ("cover the cat with a green mask", "the cat", "green"),
        ("make the pixels of the dog green", "the dog", "green"),
        ("mask the sky in pink", "the sky", "pink"),
        ("could you flag the pixels of the dog in green", "the dog", "green"),
        ("with blue, flag each pixel of the cup", "the cup", "blue"),
        ("give the cat a flat green mask", "the cat", "green"),
        ("let a solid blue layer be laid over the sofa", "the sofa", "blue"),
        ("turn the cup into a uniform blue mask", "the cup", "blue"),
        ("show me the two dogs as a flat green silhouette", "the two dogs", "green"),
        ("use pink for labelling the pixels of the cat", "the cat", "pink"),
        ("how about a solid pink overlay for the horse?", "the horse", "pink"),
        ("lasso the cat and fill the selection with blue", "the cat", "blue"),
        ("in pink, show me the pixels of the cat", "the cat", "pink"),
        ("hide the cup beneath a uniform blue mask of the same shape", "the cup", "blue"),
    ],
)
def test_marking_is_read_and_said_plainly(words: str, target: str, colour: str) -> None:
    assert told(words) == [("recolor", target, colour, True)]
    plan, _ = read_plan(words)
    said = plainly(plan)
    assert said == f"mark {target} in {colour}"
    assert told(said, plain=True) == [("recolor", target, colour, True)]
    assert "mark" in plan.steps[0].instruction.lower()


@pytest.mark.parametrize(
    ("words", "op"),
    [
        ("highlight the faces", "adjust"),
        ("add a red mask to the man", "add"),
        ("put a green mask on the man's face", "add"),
        ("make the mask green", "recolor"),
        ("highlight her hair with blonde", "recolor"),
        ("remove the pencil mark", "remove"),
    ],
)
def test_what_is_no_marking_stays_what_it_was(words: str, op: str) -> None:
    assert [(found[0], found[3]) for found in told(words)] == [(op, False)]


@pytest.mark.parametrize("words", ["mark it in red", "segment the dog"])
def test_there_must_be_something_to_mark_and_a_colour(words: str) -> None:
    """The whole picture in one colour is nobody's wish, and no colour is made up."""
    with pytest.raises(BadInstruction):
        read_plan(words)


def noise() -> Rgb:
    """Any picture, HWC uint8."""
    return np.random.default_rng(3).integers(0, 255, (80, 90, 3), np.uint8)


def marking() -> Step:
    """Mark what the user pointed at."""
    return Step(
        id="s1",
        op="recolor",
        target=Target(phrase="this", category="this"),
        instruction="Mark this in purple",
        params={"colour": "purple", "flat": True},
    )


def test_a_mark_is_of_one_colour_and_ends_where_the_thing_does(tmp_path: Path) -> None:
    plan = EditPlan(instruction="mark this in purple", steps=(marking(),))
    hard = np.zeros((80, 90), bool)
    hard[SPOT] = True
    with EditSession.create(Picture(noise()), home=tmp_path) as session:
        settings = RunSettings(mask_id=session.store.put_mask(hard).id)
        report = session.edit(plan.instruction, plan=plan, settings=settings)
        made = session.picture().rgb
    assert report.status == "done"
    assert (made[SPOT] == rgb_of("purple")).all()
    assert np.array_equal(made[~hard], noise()[~hard])


@pytest.mark.parametrize(("painted", "status"), [(1.0, "done"), (0.5, "failed"), (0.0, "failed")])
def test_only_a_whole_mark_is_done(painted: float, status: str) -> None:
    before, mask = noise(), np.zeros((80, 90), np.float32)
    mask[SPOT] = 1
    after = before.copy()
    after[20 : 20 + int(40 * painted), 15:55] = rgb_of("purple")
    found = verify(marking(), Scene(before), Scene(after), Candidate(after, None, mask))
    assert found["status"] == status
