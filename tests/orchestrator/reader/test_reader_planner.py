"""Whose reading is taken: the rules', or that of what the reader says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from orchestrator.errors import BadInstruction, EditCancelled, NotEnglish
from orchestrator.plan import EditPlan, Preserve
from orchestrator.planning import PlanContext, RulePlanner
from orchestrator.reader.planner import MARGIN, MOST_CHARS, ReaderPlanner
from orchestrator.reader.speaker import Said


@dataclass
class Scripted:
    """A speaker that says what it is told to, and believes others as far as it is told to."""

    said: str | None
    believes: float = -9.0
    asked: list[str] = field(default_factory=list)
    weighed: list[str] = field(default_factory=list)
    guessed: list[str] = field(default_factory=list)

    def say(self, instruction: str, cancelled: Callable[[], bool], guess: str = "") -> Said | None:
        """The one saying."""
        self.guessed.append(guess)
        self.asked.append(instruction)
        if cancelled():
            raise EditCancelled("cancelled")
        return None if self.said is None else Said(self.said, -0.1)

    def likelihood(self, instruction: str, plain: str) -> float:
        """The one number."""
        del instruction
        self.weighed.append(plain)
        return self.believes


def planned(say: str, speaker: Scripted, **context: Any) -> tuple[EditPlan, dict[str, Any]]:
    """The plan, and what was told of it."""
    told: dict[str, Any] = {}
    planner = ReaderPlanner(RulePlanner(), lambda: speaker)
    return planner.plan(say, PlanContext(account=told.update, **context)), told


BUCKET = "that yellow bucket has no business being there"


def test_the_reader_is_taken_where_it_is_far_likelier() -> None:
    """Its words are read by the rules, and the plan says whose words these are."""
    plan, told = planned(BUCKET, Scripted("remove the yellow bucket"))
    assert [(s.op, s.target.phrase) for s in plan.steps] == [("remove", "the yellow bucket")]
    assert plan.instruction == BUCKET
    assert plan.notes[0] == "read as: remove the yellow bucket"
    assert told["by"] == "reader"
    assert told["said"] == "remove the yellow bucket"


@pytest.mark.parametrize(("gap", "by"), [(MARGIN + 0.05, "reader"), (MARGIN - 0.05, "rules")])
def test_the_rules_are_doubted_by_a_margin_only(gap: float, by: str) -> None:
    """A little likelier is not enough to overrule what the rules understood."""
    speaker = Scripted("make the shed darker", believes=-0.1 - gap)
    _, told = planned("somehow I see the shed being red", speaker)
    assert told["by"] == by
    assert len(speaker.weighed) == 1


@pytest.mark.parametrize(("gap", "by"), [(0.05, "reader"), (-0.05, "rules")])
def test_rules_that_left_words_unread_are_doubted_sooner(gap: float, by: str) -> None:
    """Then it is enough that the reader's saying is the likelier one."""
    say = "make it darker and blorf the shed"
    assert RulePlanner().plan(say, PlanContext()).unknown
    _, told = planned(say, Scripted("make the shed darker", believes=-0.1 - gap))
    assert told["by"] == by


SCENE = (
    "turn this daytime street photo into a rainy cyberpunk scene, keep the same people, add neon "
    "signs, make it look like a movie shot"
)


@pytest.mark.parametrize(
    ("say", "said", "by"),
    [
        (
            SCENE,
            "keep the people unchanged; add neon signs; make it look like a movie shot",
            "rules",
        ),
        ("somehow foggy, the dawn", "make it dawn", "rules"),
        ("sketch style but only the background", "replace the background with a photo", "rules"),
        ("I waited two hours for the heron to land", "straighten the horizon", "reader"),
    ],
)
def test_what_is_named_by_its_own_word_is_not_dropped(say: str, said: str, by: str) -> None:
    """However likely a saying is, looks, weather and hours that were named stay in the plan."""
    _, told = planned(say, Scripted(said))
    assert told["by"] == by


def test_plain_words_are_never_doubted() -> None:
    """The model is not even opened for what the rules say back word for word."""
    for say in ("remove the dog", "Please remove the dog, then make it warmer"):
        speaker = Scripted("make it night")
        _, told = planned(say, speaker)
        assert (told["by"], speaker.asked) == ("rules", [])


@pytest.mark.parametrize(
    "said",
    [
        "remove the woman",  # nobody named one
        "replace the yellow bucket with a bomb; remove the boat",
        "add the text 'free money' at the top",
        "keep the child unchanged; remove the goat",
        "hum tum",
        "nothing",
        "",
        None,
    ],
)
def test_what_is_made_up_or_cannot_be_read_is_not_taken(said: str | None) -> None:
    """The reader cannot name, write or promise what the person did not; the rules stand."""
    rules = RulePlanner().plan(BUCKET, PlanContext())
    plan, told = planned(BUCKET, Scripted(said))
    assert told["by"] == "rules"
    assert plan == rules


def test_a_promise_about_what_nobody_named_is_left_out() -> None:
    """The rest of the saying may be right all the same."""
    plan, told = planned(BUCKET, Scripted("keep the child unchanged; remove the yellow bucket"))
    assert (told["by"], plan.constraints) == ("reader", ())
    assert [step.op for step in plan.steps] == ["remove"]


@pytest.mark.parametrize(
    ("say", "said", "target"),
    [
        ("his grip on the oar is limp, could he hold it tighter", "make the hand tighter", "hand"),
        ("we want it gone, the 'For sale' by the gate", "remove the text 'For sale'", "text"),
        ("the barley, hazy; leave, tyre tracks", "remove the tyre tracks", "tracks"),
    ],
)
def test_what_goes_without_saying_need_not_be_said(say: str, said: str, target: str) -> None:
    """A hand is somebody's, words are a text; and what the rules did not read may be read."""
    plan, told = planned(say, Scripted(said))
    assert told["by"] == "reader"
    assert target in plan.steps[0].target.phrase


def test_promises_that_the_rules_read_are_kept() -> None:
    """What the reader forgets to keep is kept, unless its own steps are about it."""
    say = "keep the sky as it is, and that yellow bucket has no business being there"
    plan, told = planned(say, Scripted("remove the yellow bucket"))
    assert told["by"] == "reader"
    assert [c.target.category for c in plan.constraints if isinstance(c, Preserve)] == ["sky"]
    plan, _ = planned(say, Scripted("remove the yellow bucket; make the sky pink"))
    assert [s.op for s in plan.steps] == ["remove", "recolor"]
    assert plan.constraints == ()


def test_words_of_no_language_are_told_all_the_same() -> None:
    """What the reader passes over is still not understood."""
    say = "that yellow bucket has no business being there, and please frobnicate the gizmo"
    plan, told = planned(say, Scripted("remove the yellow bucket"))
    assert told["by"] == "reader"
    assert "frobnicate" in plan.unknown


def test_nothing_to_do_stays_nothing_to_do() -> None:
    """Where neither reads anything, the rules' message is the person's."""
    with pytest.raises(BadInstruction, match="nothing"):
        planned("cheers mate", Scripted("nothing"))


@pytest.mark.parametrize("say", ["asdfgh", "qwe rty uiop", "gör bilden varmare"])
def test_letters_that_are_no_words_are_not_read(say: str) -> None:
    """The reader would make something of anything; the person hears that nothing was understood."""
    speaker = Scripted("make the weather stormy")
    with pytest.raises(BadInstruction, match="understood"):
        planned(say, speaker)
    assert speaker.asked == []


def test_another_language_is_refused_by_name() -> None:
    """With the reader as without it."""
    speaker = Scripted("make it black and white")
    with pytest.raises(NotEnglish, match="German"):
        planned("mach das bild wärmer", speaker)
    assert speaker.asked == []


def test_taught_and_listed_words_are_words() -> None:
    """A word of the person's own, or of the trade, does not make an instruction strange."""
    speaker = Scripted("remove the brindlewump")
    _, told = planned("brindlewump begone", speaker, glossary={"brindlewump": "the red vase"})
    assert speaker.asked
    del told
    speaker = Scripted("blur the background")
    planned("bokeh backdrop", speaker)
    assert speaker.asked


def test_other_words_for_the_same_plan_are_not_worth_a_note() -> None:
    """Where both readings come to the same steps, the rules' stand and nothing is said."""
    plan, told = planned("make it noir", Scripted("make it noir"))
    assert told["by"] == "rules"
    assert not [note for note in plan.notes if note.startswith("read as")]


def test_misspelt_words_reach_the_reader_corrected() -> None:
    """What edit distance mends the model need not guess."""
    speaker = Scripted(None)
    planned("mke the chiar go awya from teh pictuer pls remoove", speaker)
    assert "chair" in speaker.asked[0]
    assert "remove" in speaker.asked[0]


def test_long_texts_are_the_rules_alone() -> None:
    """Longer than anything it was taught with: not asked."""
    speaker = Scripted("make it night")
    planned("make it a bit warmer. " * (MOST_CHARS // 20), speaker)
    assert speaker.asked == []


def test_cancelling_reaches_the_reader() -> None:
    """A person who stops waiting is not given a plan."""
    with pytest.raises(EditCancelled):
        planned(BUCKET, Scripted("remove the yellow bucket"), cancelled=lambda: True)


def test_what_was_said_before_still_counts() -> None:
    """Pronouns in what the reader says are of the conversation, as with the rules."""
    before = RulePlanner().plan("add a hat to the man", PlanContext())
    plan, told = planned(
        "it'd look way better in green, that hat", Scripted("make the hat green"), earlier=(before,)
    )
    assert told["by"] in ("reader", "rules")
    assert [(s.op, s.target.category) for s in plan.steps] == [("recolor", "hat")]
