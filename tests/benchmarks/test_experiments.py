"""What the experiments rest on: exact chains, honest judging, faults that are what they say."""

from __future__ import annotations

import random

import numpy as np
import pytest
from complex_wording import joined, matched, referred_words, wanted
from drawn_chain import Chain, chains, exact, holding
from drawn_plan import step_of
from drawn_sessions import Drawn, drawn_session, insisting, planned
from retries import step as replayed
from simulated_editor import FAULTS, NAME, Faults, SimulatedEditor, exact_edit, spoiled

from memory.store import SessionStore
from orchestrator.attempts import try_editor
from orchestrator.editors import EditorShelf
from orchestrator.regions import region_for
from orchestrator.settings import RunSettings
from tools.editing import EditRequest
from tools.grounding import Scene, UserHints
from tools.target import Target

TURNS = 4


@pytest.fixture(scope="module")
def chain() -> Chain:
    """Four edits of one test scene."""
    (made,) = chains(1, TURNS, seed=3)
    return made


def test_a_chain_is_the_same_for_the_same_seed(chain: Chain) -> None:
    """Another process measures the same sessions."""
    (again,) = chains(1, TURNS, seed=3)
    assert [s.instruction for s in again.samples] == [s.instruction for s in chain.samples]
    assert np.array_equal(again.after(TURNS).image, chain.after(TURNS).image)


def test_the_exact_pictures_hold_every_promise(chain: Chain) -> None:
    """After each turn the exact picture keeps all promises so far."""
    for turns in range(1, TURNS + 1):
        assert all(holding(chain, turns, chain.after(turns).image, exact))


def test_the_original_holds_none_of_them(chain: Chain) -> None:
    """A session that did nothing is not called a success."""
    asked = [chain.promise(number, TURNS) for number in range(TURNS)]
    told = [sample for sample in asked if sample is not None]
    assert told
    assert not any(exact(sample, chain.original.image) for sample in told)


def test_edits_of_added_things_do_not_break_the_judging() -> None:
    """Chains that add things and then edit them are judged like any other, at full length."""
    for chain in chains(6, 8, seed=11, size=64):
        for number in range(8):
            sample = chain.promise(number, 8)
            assert sample is None or exact(sample, chain.after(8).image)


def test_never_edited_pixels_are_the_same_in_all_exact_pictures(chain: Chain) -> None:
    """What no edit may change is not changed by the exact edits."""
    assert chain.never.any()
    before, after = chain.original.image, chain.after(TURNS).image
    assert np.array_equal(before[chain.never], after[chain.never])


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_breaks_the_edit(fault: str) -> None:
    """A spoiled edit is not the exact one; but for a leak, it does not pass for it either."""
    (made,) = chains(1, 1, seed=1, ops=("recolor", "replace"))
    sample = made.samples[0]
    bad = spoiled(sample, sample.source, fault, random.Random(0))
    assert not np.array_equal(bad, exact_edit(sample, sample.source))
    if fault == "leak":
        assert exact(sample, bad)
        assert not np.array_equal(bad[~sample.mask], sample.source[~sample.mask])
    elif fault not in ("artefact", "wrong colour"):
        assert not exact(sample, bad)


def test_the_simulated_editor_fails_as_often_as_stated() -> None:
    """At rate 0 every edit is exact; at rate 1 none is; and a seed decides the same way twice."""
    made = [c.samples[0] for c in chains(6, 1, seed=2, ops=("recolor", "remove"))]
    for rate, faults in ((0.0, {""}), (1.0, set(FAULTS))):
        editor = SimulatedEditor(Faults(rate, stubborn=0.0))
        for sample in made:
            editor.expect(sample)
            request = EditRequest(sample.source, sample.instruction, sample.mask, sample.op, seed=5)
            first, second = editor.edit(request), editor.edit(request)
            assert np.array_equal(first.image, second.image)
            assert set(editor.made) <= faults


def test_a_right_plan_is_told_from_a_wrong_one(chain: Chain) -> None:
    """The reference plan agrees with its edits, step by step; other ops and values do not."""
    wants = [wanted(sample) for sample in chain.samples]
    steps = [step_of(sample, number=n) for n, sample in enumerate(chain.samples, 1)]
    assert None not in matched(steps, wants, target=False)
    assert None in matched(steps[:-1], wants, target=False)
    assert None in matched([steps[0]] * len(steps), wants, target=False)


def test_the_joined_sentence_holds_every_target(chain: Chain) -> None:
    """Whatever way the parts are joined, no words of theirs are lost."""
    for seed in range(10):
        text = joined(chain.samples, random.Random(seed)).lower()
        for sample in chain.samples:
            assert referred_words(sample).lower() in text


def test_an_exact_edit_survives_the_mask_of_its_step() -> None:
    """What an editor made rightly is not cut off: every op, at the place that was marked."""
    for chain in chains(4, 4, seed=5):
        for sample in chain.samples:
            editor = SimulatedEditor(Faults(0.0, 0.0))
            editor.expect(sample)
            marked = UserHints() if sample.op == "add" else UserHints(mask=sample.region)
            step = step_of(sample, executor=NAME)
            region = region_for(step, Scene(sample.source, hints=marked), None)
            made = try_editor(
                editor, step, sample.source, None, region.soft, seed=0, options={}, assets={},
                cancelled=lambda: False, progress=lambda _share: None,
            )  # fmt: skip
            assert exact(sample, made.rgb), (sample.op, sample.instruction)
            if made.mask is None:  # a new thing too faint to tell where it stands
                assert sample.op == "add"
            else:
                assert np.array_equal(made.rgb[made.mask == 0], sample.source[made.mask == 0])


def test_the_reader_speaks_of_the_edit_that_comes_next(chain: Chain) -> None:
    """A run keeps it from step to step; where the product must find things there is none."""
    first, second = chain.samples[:2]
    editor = SimulatedEditor()
    reader = editor.reader
    assert reader is not None
    for sample in (first, second):
        editor.expect(sample)
        found = reader.read(Scene(sample.source), Target(phrase="the thing", category="thing"))
        if sample.region.any():
            assert found is not None
            assert np.array_equal(found.mask, sample.region)
    assert SimulatedEditor(sees=False).reader is None


def test_a_plan_insists_on_its_executor() -> None:
    """A wish that is one step is planned; what is read as several is not."""
    plan = planned("remove the dog", NAME)
    assert plan is not None
    assert [step.executor for step in plan.steps] == [NAME]
    assert insisting(plan, "auto").steps[0].executor == "auto"
    assert planned("remove the dog and add a cat", NAME) is None


def test_replayed_steps_follow_the_policy() -> None:
    """Undecided tries are drawn again while there are tries; the most trusted is kept."""

    def row(status: str, trust: float, good: bool) -> dict[str, object]:
        told = {
            "status": status, "reason": "", "remedy": "", "leakage": 0.0, "scores": {},
            "checks": [{"name": "seen", "passed": {"done": True, "failed": False}.get(status)}],
            "confidence": trust, "undecided": status == "unverified",
        }  # fmt: skip
        return {"good": good, "verdict": told}

    doubted, wrong = row("unverified", 0.6, True), row("failed", 0.0, False)
    three = RunSettings(max_attempts=3)
    kept = RunSettings(max_attempts=3, retry_undecided=False)
    assert replayed([doubted], [wrong], 0.0, three, random.Random(0)) == (True, True, 3)
    assert replayed([doubted], [wrong], 0.0, kept, random.Random(0)) == (True, True, 1)
    assert replayed([doubted], [wrong], 1.0, three, random.Random(0)) == (False, False, 3)
    sure = row("done", 0.9, True)
    assert replayed([sure], [wrong], 0.0, three, random.Random(0)) == (True, True, 1)


@pytest.mark.slow
def test_a_marked_session_of_exact_edits_keeps_every_promise(store: SessionStore) -> None:
    """With an editor that makes no faults, nothing is refused, and what became of turns is told."""
    (made,) = chains(1, 2, seed=3, ops=("recolor", "remove"))
    editor = SimulatedEditor(Faults(0.0, 0.0), sees=False)
    with_ = Drawn(store, EditorShelf({NAME: lambda: editor}), NAME, exact, editor, 0)
    outcome = drawn_session(made, "marked", with_)
    assert outcome.kept[2]
    assert outcome.identical
    assert outcome.why == {"right": 2}
    bare = drawn_session(made, "bare", with_)
    assert bare.kept[2]
    assert not bare.why


def test_a_plan_is_right_about_a_drawn_edit_by_op_and_value() -> None:
    """What ``core_reading`` counts: one step, its op and value; targets are another question."""
    from core_reading import is_right
    from wordings import planned as plan_of

    from orchestrator.planning import RulePlanner
    from smartedit_model.world.stream import sample

    made = next(
        one
        for number in range(200)
        if (one := sample("val", number, 1, ("plain",), {"edit": 1.0})).op == "recolor"
    )
    colour = made.spec.value
    other = "blue" if colour != "blue" else "red"
    assert is_right(made, plan_of(RulePlanner(), f"make the thing {colour}"))
    assert not is_right(made, plan_of(RulePlanner(), f"make the thing {other}"))
    assert not is_right(made, plan_of(RulePlanner(), "remove the thing"))
    assert not is_right(made, plan_of(RulePlanner(), f"make the cup and the dog {colour}"))
    assert not is_right(made, None)
