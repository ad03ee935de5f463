"""What is tried next: chosen from what failed, within the limits, and never without end."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from orchestrator.diagnosis import Fault, diagnose
from orchestrator.policy import REMEDIES, Way, next_move
from orchestrator.ranking import best, worth
from orchestrator.settings import RunSettings

GUIDED = {"guidance_text": 7.5, "guidance_image": 1.5}
EDITOR = Way(deterministic=False, guidance=GUIDED, wordings=4)


def verdict(status: str = "failed", **changed: Any) -> dict[str, Any]:
    """A report of a try; by default another thing than asked for stands there now."""
    passed = {"failed": False, "unverified": None, "done": True}[status]
    report = {
        "status": status,
        "reason": "it is not a fox",
        "remedy": "",
        "leakage": 0.0,
        "scores": {"delta_e": 30.0},
        "checks": [{"name": "is what was asked", "passed": passed}],
    }
    return report | changed


NOTHING = verdict(scores={"delta_e": 0.1})
REPORTS: dict[Fault, dict[str, Any]] = {
    "error": verdict(checks=[], scores={}),
    "not found": verdict(checks=[{"name": "target found", "passed": False}]),
    "nothing": NOTHING,
    "elsewhere": verdict(scores={"delta_e": 0.1}, leakage=0.03),
    "weak": verdict(remedy="stronger"),
    "left over": verdict(remedy="wider"),
    "spill": verdict(leakage=0.9),
    "wrong": verdict(),
}


def move(report: dict[str, Any], way: Way = EDITOR, attempt: int = 1, **more: Any) -> Any:
    settings = RunSettings(**more.pop("settings", {}))
    tuning = more.pop("tuning", {})
    seconds = more.pop("seconds", 1.0)
    return next_move(
        report, attempt=attempt, seconds=seconds, way=way, tuning=tuning, settings=settings
    )


def test_what_cannot_be_told_is_tried_again_within_the_budget() -> None:
    """Another try is made to choose from, until the tries are used up; then the best is taken."""
    doubted = verdict("unverified", undecided=True, confidence=0.4)
    found = move(doubted)
    assert (found.kind, found.tuning) == ("again", {"seed_offset": 1})
    assert move(doubted, attempt=3).kind == "accept"
    assert move(doubted, settings={"retry_undecided": False}).kind == "accept"
    assert move(doubted, way=Way(deterministic=True)).kind == "accept"
    assert move(doubted, seconds=500.0, settings={"step_seconds": 600.0}).kind == "accept"
    assert move(verdict("unverified")).kind == "accept"


def test_what_can_hardly_be_seen_is_tried_again_with_more_of_it() -> None:
    """Where too little shows to tell, another seed alone would show as little."""
    faint = verdict("unverified", undecided=True, remedy="stronger")
    found = move(faint)
    assert found.kind == "again"
    assert found.tuning == {"seed_offset": 1, "guidance_text": 1.35}
    assert "more guidance" in found.reason
    assert move(faint, way=Way(deterministic=False)).tuning == {"seed_offset": 1}


def test_of_what_cannot_be_told_the_most_trusted_is_kept() -> None:
    """The witness's trust tells tries of one standing apart."""
    tries = [
        {"image_id": name, "verdict": verdict("unverified", undecided=True, confidence=trust)}
        for name, trust in (("a", 0.3), ("b", 0.7), ("c", 0.5))
    ]
    kept = best(tries)
    assert kept is not None
    assert kept["image_id"] == "b"


@pytest.mark.parametrize("fault", list(REPORTS))
def test_each_failure_is_told_from_the_report(fault: Fault) -> None:
    """The kind of failure is read from the checks, the scores and the leakage."""
    assert diagnose(REPORTS[fault]) == fault


@pytest.mark.parametrize(
    ("fault", "changed"),
    [
        ("error", {"seed_offset"}),
        ("not found", {"wording"}),
        ("nothing", {"guidance_text", "guidance_image", "seed_offset"}),
        ("elsewhere", {"wording", "seed_offset"}),
        ("weak", {"guidance_text", "seed_offset"}),
        ("left over", {"grow", "seed_offset"}),
        ("spill", {"wording", "guidance_image", "seed_offset"}),
        ("wrong", {"wording", "seed_offset"}),
    ],
)
def test_the_remedy_is_chosen_from_what_failed(fault: Fault, changed: set[str]) -> None:
    """Each failure changes what may mend it, and the reason says what and why."""
    found = move(REPORTS[fault])
    assert found.kind == "retry"
    assert set(found.tuning) == changed
    assert ":" in found.reason


def test_the_same_failure_again_gets_the_next_remedy() -> None:
    """What did not help is not simply repeated."""
    again = move(NOTHING, Way(False, guidance=GUIDED, wordings=4, met=("nothing",)), 2)
    assert {"wording", "guidance_text", "seed_offset"} <= set(again.tuning)


def test_more_pull_and_less_hold_when_nothing_changed() -> None:
    """The words pull harder and the picture holds back less, each within its span."""
    found = move(NOTHING, tuning={"guidance_text": 1.9})
    assert found.tuning["guidance_text"] == 2.0
    assert found.tuning["guidance_image"] < 1


def test_an_editor_without_guidance_and_words_gets_another_seed() -> None:
    """What cannot be turned is not turned; something must differ all the same."""
    found = move(NOTHING, Way(deterministic=False))
    assert found.tuning == {"seed_offset": 1}


def test_another_editor_gets_half_of_the_tries() -> None:
    """One model does not use up every try while another could have its turn."""
    way = Way(False, True, GUIDED, 4, met=("wrong",))
    assert move(verdict(), way, attempt=2, settings={"max_attempts": 4}).kind == "switch"
    assert move(verdict(), EDITOR, attempt=2, settings={"max_attempts": 4}).kind == "retry"


def test_tools_answer_to_strength_mask_and_a_switch() -> None:
    """A weak tool is strengthened twice at most; a left rim gets one wider mask, then the model."""
    tool = Way(deterministic=True, others=True)
    weak = move(verdict(remedy="stronger"), tool)
    assert weak.tuning == {"strength": 1.6}
    tired = move(verdict(remedy="stronger"), tool, 2, tuning={"strength": 1.6**2})
    assert tired.kind == "switch"
    assert set(move(verdict(remedy="wider"), tool).tuning) == {"grow"}
    wide = Way(deterministic=True, others=True, met=("left over",))
    assert move(verdict(remedy="wider"), wide, 2).kind == "switch"
    assert move(verdict(), Way()).kind == "give_up"


def test_limits_of_tries_and_time_end_a_step() -> None:
    """What may stand is accepted whatever is left; what may not is given up at either limit."""
    tool, weak = Way(deterministic=True), verdict(remedy="stronger")
    assert move(weak, tool, attempt=3).kind == "give_up"
    assert move(weak, tool, seconds=1e6).kind == "give_up"
    assert move(weak, tool, tuning={"strength": 3.0}).kind == "give_up"
    assert move(verdict("done"), tool, attempt=3, seconds=1e6).kind == "accept"
    assert move(verdict("unverified"), tool).kind == "accept"


def test_best_of_makes_more_of_models_only() -> None:
    """An accepted try is one of N where another would differ, and the last where not."""
    settings = {"best_of": 3}
    assert move(verdict("done"), settings=settings).kind == "again"
    assert move(verdict("done"), attempt=3, settings=settings).kind == "accept"
    assert move(verdict("done"), Way(), settings=settings).kind == "accept"


def test_no_try_begins_that_would_not_end_in_time() -> None:
    """The time a try took so far is what the next one is reckoned to take."""
    late = move(verdict(), seconds=6.0, settings={"step_seconds": 10.0})
    assert late.kind == "give_up"
    assert "out of time" in late.reason
    enough = move(verdict("done"), seconds=6.0, settings={"step_seconds": 10.0, "best_of": 3})
    assert enough.kind == "accept"


@settings(deadline=None)
@given(
    faults=st.lists(st.sampled_from(sorted(REPORTS)), min_size=12, max_size=12),
    most=st.integers(1, 10),
    wordings=st.integers(0, 4),
    others=st.integers(0, 3),
)
@example(
    faults=["error", "error", "nothing", "error", "nothing", "nothing", "weak", *["error"] * 5],
    most=8,
    wordings=0,
    others=1,
)  # guidance is as far as it goes by the seventh try
def test_every_step_ends(faults: list[Fault], most: int, wordings: int, others: int) -> None:
    """However tries fail, there are never more than allowed, and no two alike in a row."""
    tuning: dict[str, Any] = {}
    met: list[Fault] = []
    for attempt, fault in enumerate(faults, 1):
        way = Way(False, others > 0, GUIDED, wordings, tuple(met))
        found = move(REPORTS[fault], way, attempt, tuning=tuning, settings={"max_attempts": most})
        if found.kind == "give_up":
            assert attempt == most
            return
        assert attempt < most
        met.append(fault)
        if found.kind == "switch":
            others, met = others - 1, []
            continue
        assert found.tuning != tuning
        wordings -= found.tuning.get("wording", 0) > tuning.get("wording", 0)
        tuning = found.tuning
    pytest.fail("twelve tries and no end")


def test_every_failure_has_a_remedy() -> None:
    """No kind of failure is met without an idea."""
    assert set(REMEDIES) == set(REPORTS)


def test_the_best_try_is_the_one_that_stands_best() -> None:
    """Verified before unverified before refused; then what redrew less of the rest."""
    tries = [
        {"number": n, "image_id": image, "verdict": report}
        for n, image, report in (
            (1, "a", verdict()),
            (2, "b", verdict("unverified", leakage=0.4)),
            (3, "c", verdict("unverified", leakage=0.1)),
            (4, None, REPORTS["error"]),
        )
    ]
    found = best(tries)
    assert found is not None
    assert found["number"] == 3
    assert worth(verdict()) > worth(NOTHING)
    assert worth(verdict("done")) > worth(verdict("unverified")) > worth(verdict())
    assert best(tries[3:]) is None
