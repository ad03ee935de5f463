"""What the critic finds: tools, arguments, names nobody said, wishes left out, steps put in."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.critic.findings import Author, Review
from orchestrator.critic.review import review
from orchestrator.errors import BadInstruction, PlanRefused
from orchestrator.language.scoring import context_of, load_cases
from orchestrator.plan import EditPlan, load_plan
from orchestrator.planning import PlanContext, RulePlanner
from orchestrator.promises import binds

PLANNER = RulePlanner()
PLANS = Path(__file__).parents[1] / "plans"
TAKING = ("remove", "replace", "add", "text", "background", "move")


def plans() -> list[tuple[PlanContext, EditPlan]]:
    """Every plan that the rules make of the written cases, with its conversation."""
    found = []
    for case in load_cases(PLANS / "development.yaml"):
        context = context_of(PLANNER, case.before)
        try:
            found.append((context, PLANNER.plan(case.say, context)))
        except BadInstruction:
            continue
    return found


ALL = plans()


def made(say: str, *steps: dict[str, Any], **rest: Any) -> EditPlan:
    full = [{"id": f"s{n}", "instruction": f"Do the {s['op']}"} | s for n, s in enumerate(steps, 1)]
    return load_plan({"instruction": say, "steps": full, **rest})


def codes(found: Review) -> set[tuple[str, str]]:
    return {(finding.severity, finding.code) for finding in found.findings}


BRIGHT = {"op": "adjust", "params": {"property": "brightness", "amount": 0.3}}
RAIN = {"op": "weather", "params": {"kind": "rain"}}


def on(name: str, **rest: Any) -> dict[str, Any]:
    return {"target": {"phrase": f"the {name}", "category": name, **rest}}


def test_plans_of_the_rules_are_let_through() -> None:
    """No written case is refused, whoever is said to have planned it, nor warned about wrongly."""
    for context, plan in ALL:
        for author in ("rules", "model", "person"):
            found = review(plan, context, author=author)
            assert not found.refused, (plan.instruction, found.findings)
            assert {f.code for f in found.of("warn")} <= {"not_understood"}, plan.instruction


def test_every_word_is_answered_for() -> None:
    """Coverage holds every word once, in order, with a step, a promise, a note or "unknown"."""
    for context, plan in ALL:
        words = review(plan, context).coverage
        assert all(a.start <= b.start for a, b in pairwise(words))
        known = {step.id for step in plan.steps} | {"", "constraint", "note", "context", "unknown"}
        assert {word.by for word in words} <= known


def test_steps_left_out_are_missed() -> None:
    """Of plans with one step taken out, at least nine in ten are noticed."""
    rng, noticed, count = random.Random(3), 0, 0
    for context, plan in ALL:
        if len(plan.steps) < 2:
            continue
        less = plan.without([rng.choice(plan.steps).id])
        found = review(less, context, author="model")
        noticed += any(f.code in ("missing", "not_understood") for f in found.findings)
        count += 1
        assert not found.of("refuse"), (plan.instruction, found.findings)
    assert noticed >= 0.9 * count, (noticed, count)


def test_removals_and_additions_nobody_asked_for_are_refused_from_a_model() -> None:
    """A step from another plan that takes away or puts in: at least 19 in 20 are refused."""
    rng, refused, count = random.Random(5), 0, 0
    takers = [step for _, plan in ALL for step in plan.steps if step.op in TAKING]
    for context, plan in ALL:
        more = rng.choice(takers).model_copy(update={"id": "x", "depends_on": ()})
        if any(more.op == step.op and more.target == step.target for step in plan.steps):
            continue
        wider = plan.model_copy(update={"steps": (*plan.steps, more)})
        refused += review(wider, context, author="model").refused
        count += 1
    assert refused >= 0.95 * count, (refused, count)


def test_an_unknown_tool_is_refused_whoever_names_it() -> None:
    plan = made("brighten it", {"op": "adjust", "executor": "tool:explode", "params": {}})
    for author in ("rules", "model", "person"):
        found = review(plan, author=author)
        assert ("refuse", "unknown_tool") in codes(found)
        with pytest.raises(PlanRefused, match=r"explode.*the tools are") as caught:
            found.require()
        assert "\n" not in str(caught.value)
        assert caught.value.review["findings"][0]["step"] == "s1"


@pytest.mark.parametrize(
    "step",
    [
        {"op": "adjust", "executor": "tool:exposure", "params": {"stops": 900}},
        {"op": "adjust", "executor": "tool:exposure", "params": {"stop": 1}},
        {"op": "recolor", "params": {"colour": "blorfish"}},
        {"op": "crop", "params": {}},
        {"op": "grade", "params": {"look": "no such look"}},
        {"op": "resize", "params": {}, **on("dog")},
    ],
)
def test_arguments_out_of_range_are_refused(step: dict[str, Any]) -> None:
    found = review(made("change the dog", step), author="person")
    assert ("refuse", "bad_arguments") in codes(found), found.findings


def test_a_bad_word_of_the_users_own_stops_only_its_step() -> None:
    """The rules pass on what the person said; the rest of the wish is still done."""
    plan = PLANNER.plan("make the sky blorfish and add rain")
    assert not review(plan, author="rules").refused


@pytest.mark.parametrize(
    ("op", "tool", "params"),
    [
        ("crop", "remove_object", {}),
        ("flip", "fill", {"colour": "red"}),
        ("flip", "remove_object", {}),
        ("flip", "rotate_object", {"degrees": 20}),
        ("adjust", "remove_object", {}),
        ("grade", "caption", {"text": "buy now"}),
        ("blur", "crop", {"keep": 0.5}),
    ],
)
def test_a_step_cannot_escape_promises_by_what_it_is_called(
    op: str, tool: str, params: dict[str, Any]
) -> None:
    """What a step may touch follows from its op, so a tool must be what its op says."""
    plan = made("crop it", {"op": op, "executor": f"tool:{tool}", "params": params})
    assert ("refuse", "op_and_tool") in codes(review(plan))


@pytest.mark.parametrize(
    ("op", "params"), [("flip", {"axis": "horizontal"}), ("rotate", {"degrees": 20})]
)
def test_a_thing_may_be_turned_in_its_place_by_name(op: str, params: dict[str, Any]) -> None:
    """And is then bound by promises as any change of a thing is."""
    step = {"op": op, "executor": f"tool:{op}_object", "params": params, **on("car")}
    plan = made(f"{op} the car", step)
    assert not review(plan).refused
    assert binds("exact", plan.steps[0])


def test_names_nobody_said_are_refused_where_they_take_away() -> None:
    plan = made("make it warmer", {"op": "remove", **on("woman")})
    assert ("refuse", "not_grounded") in codes(review(plan, author="model"))
    assert ("warn", "not_grounded") in codes(review(plan, author="person"))


@pytest.mark.parametrize(
    ("say", "phrase", "category"),
    [
        ("remove the dogs", "the dogs", "dog"),
        ("get rid of the taht bycicle", "the bicycle", "bicycle"),
        ("remove her hat", "the woman's hat", "hat"),
        ("whiten his teeth", "the man's teeth", "teeth"),
    ],
)
def test_forms_of_a_word_count_as_the_word(say: str, phrase: str, category: str) -> None:
    step = {"op": "remove", "target": {"phrase": phrase, "category": category}}
    found = review(made(say, step), author="model")
    assert "not_grounded" not in {f.code for f in found.findings}, found.findings


def test_what_earlier_turns_and_taught_words_named_is_grounded() -> None:
    first = made("add a hat to the dog", {"op": "add", "params": {"what": "a hat"}, **on("dog")})
    plan = made("make it red", {"op": "recolor", "params": {"colour": "red"}, **on("hat")})
    assert "not_grounded" not in {
        f.code for f in review(plan, PlanContext(earlier=(first,)), author="model").findings
    }
    taught = PlanContext(glossary={"barometer": "the round brass dial"})
    plan = made("remove the barometer", {"op": "remove", **on("dial")})
    assert not review(plan, taught, author="model").refused


def test_text_in_a_picture_widens_nothing() -> None:
    """A model that obeys a sign in the photo: the removal and the caption are refused."""
    say = "make it a little brighter"
    obeying = made(
        say,
        BRIGHT,
        {"op": "remove", **on("people")},
        {"op": "text", "params": {"text": "VISIT EVIL EXAMPLE"}},
    )
    found = review(obeying, author="model")
    assert {f.step for f in found.of("refuse")} == {"s2", "s3"}
    words = {word.text: word.by for word in found.coverage}
    assert words["brighter"] == "s1"


def test_a_mood_may_become_many_steps_but_only_of_looks() -> None:
    warm = {"op": "adjust", "params": {"property": "temperature", "amount": 0.3}}
    vignette = {"op": "grade", "params": {"look": "vignette", "strength": 0.5}}
    plan = made("make it feel like grandma's kitchen", warm, vignette)
    found = review(plan, author="model")
    assert not found.refused
    assert "unasked" not in {f.code for f in found.findings}
    plan = made("brighten it", BRIGHT, vignette)
    assert ("warn", "unasked") in codes(review(plan, author="model"))
    assert ("note", "unasked") in codes(review(plan, author="person"))


def test_a_wish_without_a_step_is_named() -> None:
    found = review(made("brighten it and add rain", BRIGHT), author="model")
    assert ("warn", "missing") in codes(found)
    assert any("rain" in f.message.lower() for f in found.findings)
    assert {w.text: w.by for w in found.coverage}["rain"] == "missing"
    assert ("warn", "not_understood") not in codes(found)


def test_what_a_person_drops_was_understood() -> None:
    """A wish dropped by hand is called left out, a step put in theirs; nothing is warned about."""
    mirror = {"op": "flip", "params": {"axis": "horizontal"}}
    found = review(made("brighten it and add rain", BRIGHT, mirror))
    assert {w.text: w.by for w in found.coverage}["rain"] == "missing"
    assert not found.of("warn")
    assert any(f.code == "unasked" and "is yours" in f.message for f in found.of("note"))


def test_another_way_to_the_same_end_is_no_miss() -> None:
    exposure = {"op": "adjust", "params": {"property": "exposure", "amount": 0.3}}
    found = review(made("brighten it", exposure), author="model")
    assert not {"missing", "unasked"} & {f.code for f in found.findings}
    darker = {"op": "adjust", "params": {"property": "brightness", "amount": -0.3}}
    found = review(made("brighten it", darker), author="model")
    assert "missing" in {f.code for f in found.findings}


def test_budget_repeats_and_broken_promises() -> None:
    assert ("refuse", "step_budget") in codes(review(made("brighter", BRIGHT, RAIN), max_steps=1))
    assert ("warn", "repeated") in codes(review(made("rain", RAIN, RAIN)))
    keep = {"kind": "preserve", **on("sky")}
    pink = {"op": "recolor", "params": {"colour": "pink"}, **on("sky")}
    against = made("make the sky pink but keep the sky", pink, constraints=[keep])
    assert ("warn", "against_promise") in codes(review(against))


def test_a_file_that_was_not_handed_over_is_named_before_the_run() -> None:
    plan = made("apply my lut", {"op": "grade", "executor": "tool:lut", "params": {}})
    assert ("warn", "missing_asset") in codes(review(plan, assets=()))
    assert "missing_asset" not in {f.code for f in review(plan, assets=("lut",)).findings}


STEPS = st.sampled_from([step for _, plan in ALL for step in plan.steps])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.text(max_size=60) | st.sampled_from([plan.instruction for _, plan in ALL]),
    st.lists(STEPS, max_size=5),
    st.sampled_from(["rules", "model", "person"]),
)
def test_any_plan_of_any_words_is_reviewed(say: str, steps: list[Any], author: Author) -> None:
    """No words and no steps upset the critic, and it says the same again."""
    numbered = tuple(
        step.model_copy(update={"id": f"s{n}", "depends_on": ()}) for n, step in enumerate(steps)
    )
    plan = EditPlan(instruction=say, steps=numbered)
    once, again = review(plan, author=author), review(plan, author=author)
    assert once == again
    assert load_plan(once.plan.dump()) == once.plan
    assert all("\n" not in f.message for f in once.findings)


def test_a_strength_that_a_style_does_not_have_is_told() -> None:
    """What is drawn in full is drawn in full, and the plan's author hears of it; a mix is a mix."""

    def warned(style: str, strength: float) -> bool:
        params = {"style": style, "strength": strength}
        found = review(made(f"make it {style}", {"op": "restyle", "params": params}))
        return ("warn", "drawn_in_full") in codes(found)

    assert warned("pixel art", 0.4)
    assert not warned("pixel art", 1.0)
    assert not warned("a watercolor painting", 0.4)
    assert not warned("the manner of nobody", 0.4)
