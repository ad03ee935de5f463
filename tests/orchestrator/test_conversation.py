"""Talking about a picture: edits and commands mixed in plain words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import skimage.data

from memory.store import SessionStore
from orchestrator.conversation import Conversation
from orchestrator.editors import EditorShelf
from orchestrator.events import Event
from orchestrator.session import EditSession
from orchestrator.settings import RunSettings
from tests.orchestrator.conftest import photo
from tools.pictures import Picture


@pytest.fixture
def talk(store: SessionStore, tmp_path: Path) -> Conversation:
    """A conversation about ``photo()`` with tools only."""
    session = EditSession.create(Picture(photo()), store=store, editors=EditorShelf())
    return Conversation(session, default_save=tmp_path / "saved.png")


def _labels(talk: Conversation) -> list[str]:
    return [item.label for item in talk.session.history()][1:]


def test_an_edit_answers_with_its_report_and_the_picture(talk: Conversation) -> None:
    """What changed is shown, and what was not understood is said."""
    (answer,) = talk.say("make it darker")
    assert answer.report is not None
    assert answer.report.status == "done"
    assert answer.picture is not None
    assert answer.picture.mean() < photo().mean() - 5


def test_undo_takes_back_a_step_and_undo_that_a_whole_turn(talk: Conversation) -> None:
    """Two steps of one instruction: 'undo' leaves one, 'undo that' none."""
    talk.say("make it darker and add grain")
    assert len(_labels(talk)) == 2
    talk.say("undo")
    assert len(_labels(talk)) == 1
    talk.say("redo")
    talk.say("undo that")
    assert _labels(talk) == []
    assert np.array_equal(talk.session.picture().rgb, photo())


def test_one_sentence_may_hold_a_command_and_an_edit(talk: Conversation) -> None:
    """'Undo that and … instead' does both, in order."""
    talk.say("make it darker")
    answers = talk.say("undo that and flip it horizontally instead")
    assert len(answers) == 2
    assert np.array_equal(talk.session.picture().rgb, photo()[:, ::-1])


def test_each_answer_comes_before_the_next_wish_is_begun(talk: Conversation) -> None:
    """What is shown while the edit runs stands below "now at …", not above it."""
    talk.say("make it darker")
    begun: list[Event] = []
    talk.on_event = begun.append
    answers = talk.answers("undo that and flip it horizontally instead")
    assert "the original" in next(answers).lines[0]
    assert begun == []
    assert next(answers).report is not None
    assert begun
    assert next(answers, None) is None


def test_going_back_to_before_a_step_in_the_persons_words(talk: Conversation) -> None:
    """'Before the rain' is the state the rain was added to, and nothing after it is lost."""
    talk.say("make it darker")
    dark = talk.session.head.id
    talk.say("add rain")
    talk.say("add fog")
    talk.say("go back to before the rain")
    assert talk.session.head.id == dark
    talk.say("go back to the foggy version")
    assert len(_labels(talk)) == 3


def test_before_a_thing_is_before_it_was_made(talk: Conversation) -> None:
    """Not before what was done to it later."""
    talk.say("make it darker")
    dark = talk.session.head.id
    talk.say("add a white border")
    talk.say("blur the border")
    talk.say("go back to before the border")
    assert talk.session.head.id == dark


def test_steps_have_the_numbers_that_the_history_lists(talk: Conversation) -> None:
    """On other lines too, which a step made otherwise leaves behind."""
    talk.say("make it darker")
    talk.say("a bit less")
    talk.say("add rain")
    (listed,) = talk.say("history")
    for line in listed.lines[:-1]:
        number, revision = line[3:].split()[:2]
        talk.say(f"go back to step {number}")
        assert talk.session.head.id == revision, line
    (answer,) = talk.say("go back to step 9")
    assert (answer.failed, "this session has 3" in answer.lines[0]) == (True, True)


def test_pictures_of_two_sizes_are_compared_in_words(talk: Conversation) -> None:
    """Where pixels lie elsewhere the sizes are told."""
    talk.say("crop to a square")
    (answer,) = talk.say("compare")
    high, wide = photo().shape[:2]
    side = min(high, wide)
    assert f"original is {wide} x {high} pixels, this is {side} x {side}" in answer.lines[0]
    assert answer.picture is not None


def test_a_state_nobody_made_is_not_guessed(talk: Conversation) -> None:
    """'Before the explosion' names nothing; the picture stays where it is."""
    talk.say("make it darker")
    here = talk.session.head.id
    (answer,) = talk.say("go back to before the explosion")
    assert answer.failed
    assert "explosion" in answer.lines[0]
    assert talk.session.head.id == here


def test_trying_another_way_branches_with_another_seed(talk: Conversation) -> None:
    """The last wish again, from where it began; the first result stays reachable."""
    talk.say("add grain")
    first = talk.session.picture().rgb
    first_id = talk.session.head.id
    talk.say("try that another way")
    second = talk.session.picture().rgb
    assert not np.array_equal(first, second)
    assert len(_labels(talk)) == 1
    assert np.array_equal(talk.session.picture(first_id).rgb, first)
    assert len(talk.session.store.branches(talk.session.id)) == 2


def test_start_over_save_and_history(talk: Conversation, tmp_path: Path) -> None:
    """Back to the original, written under the name asked for, with everything still listed."""
    talk.say("make it darker")
    talk.say("start over")
    assert np.array_equal(talk.session.picture().rgb, photo())
    (saved,) = talk.say(f"save it as '{tmp_path / 'my photo.png'}'")
    assert not saved.failed, saved.lines
    assert (tmp_path / "my photo.png").exists()
    (listed,) = talk.say("history")
    assert any("darker" in line for line in listed.lines)


def test_comparing_shows_both_pictures_and_masks_show_where(talk: Conversation) -> None:
    """Something to look at, wider than one picture."""
    talk.say("make the red square blue")
    (compared,) = talk.say("compare")
    assert compared.picture is not None
    (masked,) = talk.say("show the mask")
    assert masked.picture is not None
    assert "%" in masked.lines[0]


def test_nothing_is_run_for_what_is_not_understood(talk: Conversation) -> None:
    """Signs without words get an explanation and leave no trace in the history."""
    (answer,) = talk.say("??!")
    assert answer.lines
    assert answer.report is None
    assert _labels(talk) == []


def test_errors_are_answers_not_crashes(talk: Conversation) -> None:
    """Nothing to undo, no such branch, no such folder: a line each."""
    for wish in ("undo", "redo", "save as /no/such/folder/x.png", "go back to step 7"):
        answers = talk.say(wish)
        assert answers[-1].failed, wish
        assert answers[-1].lines[0]


def test_words_can_be_taught_and_forgotten(talk: Conversation) -> None:
    """The glossary belongs to the session and can be listed."""
    talk.say("by widget I mean the red square")
    (listed,) = talk.say("glossary")
    assert any("widget" in line for line in listed.lines)
    answers = talk.say("make the widget blue")
    assert answers[0].report is not None
    assert answers[0].report.steps[0]["status"] == "done", answers[0].report.steps


def test_a_waiting_plan_is_approved_or_dropped_in_words(store: SessionStore) -> None:
    """'Yes' runs it, 'no' drops it."""
    session = EditSession.create(Picture(photo()), store=store, editors=EditorShelf())
    talk = Conversation(session, RunSettings(approve=True))
    (waiting,) = talk.say("make it darker")
    assert waiting.report is not None
    assert waiting.report.status == "waiting"
    (done,) = talk.say("yes")
    assert done.report is not None
    assert done.report.status == "done"
    talk.say("flip it")
    talk.say("no")
    assert session.unfinished() is None
    assert _labels(talk) == ["Make the picture darker"]


def test_another_way_with_words_replaces_the_shown_turn_only(talk: Conversation) -> None:
    """The turn that is shown is replaced, not a later one that was undone."""
    talk.say("make it darker")
    talk.say("flip it horizontally")
    talk.say("undo")
    talk.say("try that another way: make it brighter")
    assert _labels(talk) == ["Make the picture brighter"]


def test_another_way_of_what_has_no_other_way_says_so(talk: Conversation) -> None:
    """A deterministic tool comes out the same, and that is told."""
    talk.say("make it darker")
    (answer,) = talk.say("try that another way")
    assert any("came out the same" in line for line in answer.lines)


def test_the_original_file_is_never_written_over(talk: Conversation, tmp_path: Path) -> None:
    """Saving under the source's own name is refused."""
    source = tmp_path / "source.png"
    source.write_bytes(b"precious")
    talk.source = source
    (answer,) = talk.say(f"save as '{source}'")
    assert answer.failed
    assert source.read_bytes() == b"precious"


def _strengths(talk: Conversation) -> list[float]:
    return [
        item.step["params"].get("strength", 1.0)
        for item in talk.session.history()
        if item.step.get("op") == "weather"
    ]


def test_less_rain_is_the_rain_made_again(talk: Conversation) -> None:
    """It is not rained on twice; the step is made weaker, from what was there before it."""
    talk.say("make it darker")
    dry = talk.session.picture().rgb
    talk.say("add rain")
    wet = talk.session.picture().rgb
    (answer,) = talk.say("actually less rain")
    assert answer.report is not None
    assert answer.report.status == "done"
    assert _strengths(talk) == [0.5]
    assert _labels(talk)[-1] == "Add rain to the picture at 50% strength"
    less = talk.session.picture().rgb
    assert 0 < np.abs(less.astype(int) - dry).mean() < np.abs(wet.astype(int) - dry).mean()
    talk.say("a bit more rain")
    assert _strengths(talk) == [0.625]
    assert _labels(talk)[-1] == "Add rain to the picture at 62% strength"


def test_what_became_of_a_wish_is_told_in_words(talk: Conversation) -> None:
    """Not in statuses and counts of one; what was to stay is told of too."""
    (answer,) = talk.say("make it darker")
    assert answer.lines[0] == "done"
    (answer,) = talk.say("make it warmer and add rain")
    assert answer.lines[0] == "done: 2 steps"
    (answer,) = talk.say("add a dragon")
    assert answer.lines[0] == "nothing was changed: 1 step skipped"
    (answer,) = talk.say("make it darker but keep the face unchanged")
    assert answer.lines[0] == "partly done: 1 step unverified"
    assert answer.lines[1].startswith("promise 'the face': cannot be told (looked for 'the face'")


def test_undo_takes_back_the_wish_for_less_and_not_the_rain(talk: Conversation) -> None:
    """What was shown before the wish is shown again, what it undid is told, and redo redoes it."""
    talk.say("add rain")
    talk.say("make it darker")
    full = talk.session.head.id
    for undo in ("undo", "undo that"):
        talk.say("actually less rain")
        less = talk.session.head.id
        assert _strengths(talk) == [0.5]
        (answer,) = talk.say(undo)
        assert talk.session.head.id == full
        assert _strengths(talk) == [1.0]
        assert answer.lines[-1] == 'undone: "actually less rain"'
        talk.say("redo")
        assert talk.session.head.id == less
        talk.say(undo)
    (answer,) = talk.say("undo")
    assert answer.lines[-1] == "undone: Make the picture darker"
    assert _labels(talk) == ["Add rain to the picture"]


def test_several_steps_are_undone_wishes_for_less_among_them(talk: Conversation) -> None:
    """Each counts as one; where there are not so many, nothing moves."""
    talk.say("add rain")
    full = talk.session.head.id
    talk.say("less rain")
    talk.say("make it darker")
    here = talk.session.head.id
    (answer,) = talk.say("undo the last 7 steps")
    assert answer.failed
    assert talk.session.head.id == here
    talk.say("undo the last two steps")
    assert talk.session.head.id == full


def test_another_way_is_undone_to_the_first(talk: Conversation) -> None:
    """The first result is shown again, not what was there before both."""
    talk.say("add grain")
    first = talk.session.head.id
    talk.say("try that another way")
    talk.say("undo")
    assert talk.session.head.id == first


def test_what_came_after_is_made_again_on_top(talk: Conversation) -> None:
    """And the line as it was keeps a name."""
    talk.say("add rain and flip it horizontally")
    talk.say("make it darker")
    before = talk.session.head
    talk.say("too much rain")
    assert _strengths(talk) == [0.5]
    assert len(_labels(talk)) == 3
    assert _labels(talk)[-1] == before.label
    assert before.id in {line.position_id for line in talk.session.store.branches(talk.session.id)}


@pytest.mark.parametrize(
    "words", ["less", "tone it down", "that's too much", "not so strong please"]
)
def test_less_alone_is_of_the_last_step(talk: Conversation, words: str) -> None:
    """As long as that was made with a strength."""
    talk.say("add fog")
    talk.say(words)
    assert _strengths(talk) == [0.5]


def test_more_or_less_of_what_nobody_made_is_an_edit(talk: Conversation) -> None:
    """More fog where there is none is fog; less contrast is less contrast."""
    talk.say("add rain")
    talk.say("more fog")
    assert _strengths(talk) == [1.0, 1.0]
    talk.say("less contrast")
    assert talk.session.head.step["op"] == "adjust"
    assert _strengths(talk) == [1.0, 1.0]


def test_as_strong_as_it_can_be(talk: Conversation) -> None:
    """There is an end, and it is told; nothing is made."""
    talk.say("add rain")
    talk.say("much more rain")
    head = talk.session.head.id
    (answer,) = talk.say("even more rain")
    assert answer.failed
    assert "as strong as it can be" in answer.lines[0]
    assert talk.session.head.id == head


def test_a_question_changes_nothing_and_is_answered(talk: Conversation) -> None:
    """What was done is told; of what the picture shows nothing is known, but its size is."""
    talk.say("make it darker")
    here = talk.session.head.id
    (done,) = talk.say("did you blur the background?")
    assert any("darker" in line for line in done.lines)
    (asked,) = talk.say("what is the cat's fur colour?")
    assert any("pixels" in line for line in asked.lines)
    assert talk.session.head.id == here


def test_a_branch_is_left_and_found_again_by_its_name(talk: Conversation) -> None:
    """Any word names a branch, one that names a colour too."""
    talk.say("branch greenish")
    assert talk.session.info.branch == "greenish"
    talk.say("make it darker")
    talk.say("switch to main")
    assert _labels(talk) == []
    talk.say("switch to greenish")
    assert len(_labels(talk)) == 1


def test_less_of_a_look_is_less_of_all_its_steps(talk: Conversation) -> None:
    """A look of two steps is asked for by one word, and gets weaker as one."""
    (first,) = talk.say("make it dramatic")
    assert first.report is not None
    assert not [f for f in first.report.review["findings"] if f["code"] == "unasked"]
    talk.say("less of that")
    clarity, look = (item.step for item in talk.session.history()[1:])
    assert clarity["params"] == {"property": "clarity", "amount": 0.3}
    assert clarity["instruction"].startswith("Adjust clarity, 0.3 (")
    assert look["params"]["strength"] == 0.5


def test_writing_is_written_again_and_what_came_after_done_on_top(talk: Conversation) -> None:
    """Bigger, elsewhere, in another colour, other words, and gone; never twice over itself."""
    talk.say('write "Hi" in the top left corner')
    talk.say("make it darker")
    talk.say("make the text bigger")
    talk.say("move the text to the bottom")
    first = talk.session.history()[1].step["params"]
    assert first.get("place", "bottom") == "bottom"
    assert first["size"] == pytest.approx(0.062 * 1.35, abs=0.01)
    (answer,) = talk.say('make the text red and change the text to "Bye"')[1:]
    assert answer.report is not None
    assert answer.report.status == "done"
    assert answer.report.review["findings"] == []
    labels = _labels(talk)
    assert labels[0].startswith('Write "Bye" on the picture at the bottom in red')
    assert labels[1:] == ["Make the picture darker"]
    talk.say("remove the text")
    assert _labels(talk) == ["Make the picture darker"]
    talk.say("undo")
    assert _labels(talk) == labels
    talk.say("start over")
    talk.say('write "Hi"')
    talk.say("remove it")
    assert np.array_equal(talk.session.picture().rgb, photo())


def test_less_of_a_vague_wish_is_less_of_all_it_was(talk: Conversation) -> None:
    """Two steps of light and colour stand for "nicer"; "less" is not one more step on top."""
    talk.say("make it nicer")
    amounts = [item.step["params"]["amount"] for item in talk.session.history()[1:]]
    talk.say("that's too much")
    steps = [item.step for item in talk.session.history()[1:]]
    assert [step["params"]["amount"] for step in steps] == [round(a / 2, 3) for a in amounts]
    assert all(step["instruction"].endswith(" at 50% strength") for step in steps)
    talk.say("make it darker")
    talk.say("more")
    assert [item.step["params"]["amount"] for item in talk.session.history()[1:]] == [
        *(round(a / 2, 3) for a in amounts),
        -0.375,
    ]


def test_a_look_for_words_that_name_none_is_what_was_asked_for(talk: Conversation) -> None:
    """The look-book's "vintage" is the old photograph; the step says for which words it stands."""
    (answer,) = talk.say("make it look like an old photograph")
    assert answer.report is not None
    assert answer.report.review["findings"] == []
    assert "old photograph" in talk.session.head.label


@pytest.fixture
def suit(store: SessionStore, tmp_path: Path) -> Conversation:
    """A conversation about a photo with an orange suit in it."""
    picture = Picture(np.ascontiguousarray(skimage.data.astronaut()))
    session = EditSession.create(picture, store=store, editors=EditorShelf())
    return Conversation(session, default_save=tmp_path / "saved.png")


def test_a_taught_word_means_its_thing_also_when_it_has_changed(suit: Conversation) -> None:
    """What was taught as orange and made green is found again, in a question about it too."""
    suit.say("by barometer I mean the orange suit")
    (first,) = suit.say("make the barometer green")
    (second,) = suit.say("make the barometer red")
    assert first.report is not None
    assert second.report is not None
    one, two = first.report.steps[0], second.report.steps[0]
    assert (one["status"], two["status"]) == ("done", "done")
    assert two["mask_area"] == pytest.approx(one["mask_area"], rel=0.02)
    assert two["mask_source"] == "the step that found the barometer before"
    waiting = suit.session.edit("blur the barometer", settings=RunSettings(approve=True))
    assert waiting.status == "waiting"
    question = suit.session.question()
    assert question is not None
    assert question.places[0].found == "region"
    suit.session.discard_unfinished()
    suit.say("by barometer I mean the face")
    (third,) = suit.say("make the barometer darker")
    assert third.report is not None
    assert third.report.steps[0]["mask_source"] != two["mask_source"]


def test_a_taught_word_is_forgotten_in_plain_words(talk: Conversation) -> None:
    """To forget one is a command where that word was taught, and only there."""
    talk.say("by barometer I mean the brass dial")
    (answer,) = talk.say("forget the barometer")
    assert answer.lines == ("'barometer' is forgotten",)
    (again,) = talk.say("forget the barometer")
    assert "is forgotten" not in again.lines[0]
