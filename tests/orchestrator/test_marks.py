"""What a mark means when the words alone would point at something else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from orchestrator.plan import EditPlan, Preserve, Step
from orchestrator.planning import RulePlanner
from orchestrator.regions import marked_alone, said_of
from orchestrator.session import EditSession
from orchestrator.settings import RunSettings
from tools.grounding import Scene, UserHints
from tools.pictures import Picture
from tools.target import IMAGE, Relation, Target

RED = (slice(20, 50), slice(20, 50))
BLUE = (slice(60, 90), slice(100, 130))
IN_BLUE = (98, 58, 132, 92)


def squares() -> np.ndarray:
    """A red and a blue square on grey, HWC uint8."""
    picture = np.full((110, 160, 3), 180, np.uint8)
    picture[RED], picture[BLUE] = (205, 30, 30), (30, 60, 200)
    return picture


def step(number: int, phrase: str, **more: object) -> Step:
    """Recolour something named."""
    target = Target(phrase=phrase, category="square", attributes=("red",))
    return Step(
        id=f"s{number}",
        op="recolor",
        target=target.model_copy(update=more),
        instruction=f"Make {phrase} green",
        params={"colour": "green"},
    )


@pytest.mark.parametrize("alone", [True, False])
def test_a_mark_is_the_target_where_it_can_mean_nothing_else(tmp_path: Path, alone: bool) -> None:
    """One thing asked for: the marked one, though another fits the words. Two: the words decide."""
    steps = (step(1, "the red square"),) if alone else (step(1, "the red square"), step(2, "this"))
    plan = EditPlan(instruction="make it green", steps=steps)
    with EditSession.create(Picture(squares()), home=tmp_path) as session:
        session.edit(plan.instruction, plan=plan, settings=RunSettings(box=IN_BLUE))
        changed = (session.picture().rgb != squares()).any(axis=2)
    assert changed[BLUE].any()
    assert changed[RED].any() != alone


def test_what_else_a_mark_might_mean() -> None:
    """A promise, an exception or an anchor may be what was marked; a whole picture is not."""
    one = step(1, "the red square")
    whole = Step(id="s2", op="grade", target=IMAGE, instruction="Sepia", params={"look": "sepia"})
    square = Target(phrase="the blue square", category="square")
    scene = Scene(squares(), hints=UserHints(box=IN_BLUE))
    assert marked_alone(one, EditPlan(instruction="x", steps=(one, whole)), scene)
    kept = (Preserve(target=square),)
    assert not marked_alone(one, EditPlan(instruction="x", steps=(one,), constraints=kept), scene)
    for more in ({"exclude": square}, {"relation": Relation(kind="left_of", anchor=square)}):
        near = step(1, "the red square", **more)
        assert not marked_alone(near, EditPlan(instruction="x", steps=(near,)), scene)


def test_a_mark_off_the_anchor_is_the_target() -> None:
    """Its anchor may be marked instead, where that is found there, or is "this"."""
    scene = Scene(squares(), hints=UserHints(box=IN_BLUE))
    red = Target(phrase="the red square", category="square", attributes=("red",))
    lost = Target(phrase="the lamp", category="lamp")
    for anchor, alone in ((red, True), (lost, True), (Target(phrase="this"), False)):
        near = step(1, "the square", relation=Relation(kind="right_of", anchor=anchor))
        assert marked_alone(near, EditPlan(instruction="x", steps=(near,)), scene) == alone


def test_a_sentence_tells_its_target_where_it_is_about_nothing_else():
    """A model that reads sentences gets the person's own, or what was made of its part of it."""
    alone = RulePlanner().plan("please let the red cup disappear")
    assert said_of(alone.steps[0], alone) == alone.instruction
    two = RulePlanner().plan("remove the red cup and make the dog blue")
    assert [said_of(step, two) for step in two.steps] == [step.instruction for step in two.steps]
    kept = RulePlanner().plan("remove the red cup but keep the dog")
    assert said_of(kept.steps[0], kept) == kept.steps[0].instruction
    added = RulePlanner().plan("add a hat next to the dog")
    assert said_of(added.steps[0], added) == ""
