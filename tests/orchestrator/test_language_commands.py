"""Commands and edits of a conversation."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.language.command_meanings import CommandContext
from orchestrator.language.command_types import (
    Again,
    Approve,
    Ask,
    Branch,
    Cancel,
    Command,
    Compare,
    Complain,
    Edit,
    Forget,
    Glossary,
    GoBack,
    Help,
    History,
    Masks,
    Quit,
    Redo,
    Resume,
    Rewrite,
    SaveAs,
    Show,
    ShowPlan,
    StartOver,
    Teach,
    Undo,
)
from orchestrator.language.commands import interpret
from orchestrator.language.read import read_plan
from orchestrator.planning import RulePlanner

TURN = Undo(turn=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("undo", [Undo()]),
        ("Undo!", [Undo()]),
        ("UNDO", [Undo()]),
        ("please undo", [Undo()]),
        ("no, undo", [Undo()]),
        ("undo that", [TURN]),
        ("wait, no, undo that", [TURN]),
        ("undo that please, thanks", [TURN]),
        ("could you undo it?", [TURN]),
        ("go back", [TURN]),
        ("take that back", [TURN]),
        ("undo the last step", [Undo()]),
        ("undo the last two steps", [Undo(2)]),
        ("undo 3", [Undo(3)]),
        ("undo three steps", [Undo(3)]),
        ("go back 2 steps", [Undo(2)]),
        ("redo", [Redo()]),
        ("redo 2 steps", [Redo(2)]),
        ("undo the undo", [Redo()]),
        ("undo that and make the sky pink instead", [TURN, Edit("make the sky pink")]),
        ("Undo that! Then crop to a square.", [TURN, Edit("crop to a square")]),
        ("remove the man and undo", [Edit("remove the man"), Undo()]),
        ("go back to before the rain", [GoBack(before="the rain")]),
        ("undo everything since the rain", [GoBack(before="the rain")]),
        ("go back to step 3", [GoBack(step=3)]),
        ("go back to the cyberpunk version", [GoBack(to="cyberpunk version")]),
        ("revert to revision 8f3a2c1", [GoBack(revision="8f3a2c1")]),
        (
            "go back to before the rain and make it night",
            [GoBack(before="the rain"), Edit("make it night")],
        ),
        ("start over", [StartOver()]),
        ("go back to the original", [StartOver()]),
        ("undo everything", [StartOver()]),
        ("reset", [StartOver()]),
        ("history", [History()]),
        ("what did you do so far?", [History()]),
        ("what was step 1?", [History()]),
        ("show the plan", [ShowPlan()]),
        ("compare", [Compare()]),
        ("compare with the original", [Compare()]),
        ("show me the before and after", [Compare()]),
        ("save", [SaveAs()]),
        ("save it as out.png", [SaveAs("out.png")]),
        ('save as "my photo (1).png"', [SaveAs("my photo (1).png")]),
        ("save it as my holiday photo.jpg", [SaveAs("my holiday photo.jpg")]),
        ("save it as /tmp/a b/out.final.png", [SaveAs("/tmp/a b/out.final.png")]),
        (
            "please save this to ~/Pictures/edited photo.jpg",
            [SaveAs("~/Pictures/edited photo.jpg")],
        ),
        ("save as 'black and white.png' and quit", [SaveAs("black and white.png"), Quit()]),
        ("make the sky blue, then save it as x.png", [Edit("make the sky blue"), SaveAs("x.png")]),
        ("branch", [Branch()]),
        ("branch called night", [Branch("night")]),
        ("go to branch main", [GoBack(revision="main")]),
        ("switch to main", [GoBack(revision="main")]),
        ("checkout main", [GoBack(revision="main")]),
        ("switch to branch night", [GoBack(revision="night")]),
        ("try that another way", [Branch(retry=True)]),
        ("yes", [Approve()]),
        ("yes please", [Approve()]),
        ("looks good", [Approve()]),
        ("cancel", [Cancel()]),
        ("stop", [Cancel()]),
        ("never mind", [Cancel()]),
        ("help", [Help()]),
        ("?", [Help()]),
        ("what can you do?", [Help()]),
        ("quit", [Quit()]),
        ("continue", [Resume()]),
        ("show me the mask", [Masks()]),
        ("show me the picture", [Show()]),
        ("by barometer I mean the round brass dial", [Teach("barometer", "the round brass dial")]),
        ("forget the word barometer", [Forget("barometer")]),
        ("glossary", [Glossary()]),
        ("yes, remove the dog", [Edit("remove the dog")]),
    ],
)
def test_plain_words_are_commands(text: str, expected: list[Command | Edit]) -> None:
    """What people say for a command is that command, mixed with edits where both occur."""
    assert interpret(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "undo the top button of his shirt",
        "undo her braids",
        "remove the history book",
        "go back to school sign",
        "make the stop sign red",
        "save the dog from the water",
        "make the exit sign green",
        "exit sign should be green",
        "help me remove the car",
        "add a help sign",
        "make a branch on the tree",
        "add a branch to the tree",
        "compare the two dogs and remove the smaller one",
        "redo the kitchen in blue",
        "open the door and close the window",
        "leave the door alone",
        "cancel the noise in the background",
        "remove the back of the chair",
        "show more of the sky",
        "continue the pattern on the left",
        "do the same to the other one",
        "go ahead and remove the cat",
        "add a plan of the house on the wall",
        "make the cat quit smoking",
        "start with the sky",
        "put the hat back on the man",
        "black and white",
    ],
)
def test_edits_that_look_like_commands_stay_edits(text: str) -> None:
    """A request that only holds a command's word is an edit, word for word."""
    assert interpret(text) == [Edit(text)]


def test_put_it_back_depends_on_what_was_done() -> None:
    """Read "Put it back" takes back the last edit, or brings back what was just undone."""
    assert interpret("actually put it back") == [TURN]
    assert interpret("actually put it back", CommandContext(last_was_undo=True)) == [Redo()]


def test_undo_of_a_named_step_needs_that_step() -> None:
    """Read "Undo the blur" is a command where a blur was made, and an edit where none was."""
    blurred = CommandContext(earlier=(RulePlanner().plan("blur the background"),))
    assert interpret("undo the blur", blurred) == [GoBack(before="the blur")]
    assert interpret("undo the blur") == [Edit("undo the blur")]


def test_no_cancels_only_a_waiting_plan() -> None:
    """Read "No" refuses a plan that waits for approval; alone it is not a command."""
    assert interpret("no", CommandContext(awaiting_approval=True)) == [Cancel()]
    assert interpret("no") == [Edit("no")]


def test_nothing_is_nothing() -> None:
    """An empty message asks for nothing."""
    assert interpret("") == []
    assert interpret(" \n ") == []


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_message_is_read(text: str) -> None:
    """No message makes the reading fail, and edits are cut from the message verbatim."""
    for item in interpret(text):
        if isinstance(item, Edit):
            assert item.text
            assert item.text in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("what is the cat's fur colour?", [Ask()]),
        ("whats the cat's fur colour?", [Ask()]),
        ("how big is this picture?", [Ask()]),
        ("is it raining?", [Ask()]),
        ("is it raining", [Ask()]),
        ("is there a dog?", [Ask()]),
        ("is the dress blue?", [Ask()]),
        ("is the dog gone?", [Ask()]),
        ("is it possible to make it warmer?", [Edit("is it possible to make it warmer")]),
        ("is it ok to remove the dog?", [Edit("is it ok to remove the dog")]),
        ("is there any way to remove the dog?", [Edit("is there any way to remove the dog")]),
        ("did you blur the background?", [Ask(done=True)]),
        ("how did you make the sky darker?", [Ask(done=True)]),
        ("how much rain did you add?", [Ask(done=True)]),
        ("how do I undo?", [Help()]),
        ("how can I save it?", [Help()]),
        # Wishes in the form of questions, and questions that lead to one.
        ("how about black and white?", [Edit("how about black and white")]),
        ("what if it was night?", [Edit("what if it was night")]),
        ("why is it so dark?", [Edit("why is it so dark")]),
        (
            "what is that can doing there? remove it",
            [Edit("what is that can doing there? remove it")],
        ),
    ],
)
def test_a_question_is_no_wish(text: str, expected: list[Command | Edit]) -> None:
    """Who asks wants to know, and nothing is changed for it."""
    assert interpret(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("branch greenish", [Branch(name="greenish")]),
        ("branch is too dark", [Edit("branch is too dark")]),
        ("branch off here", [Branch()]),
        ("switch to noir", [GoBack(revision="noir")]),
        ("go back to the noir branch", [GoBack(revision="noir")]),
        ("go back to the warm version", [GoBack(revision="warm version")]),
        ("switch to sepia", [Edit("switch to sepia")]),
    ],
)
def test_a_line_is_begun_and_found_by_its_name(text: str, expected: list[Command | Edit]) -> None:
    """As 'help' says: "branch NAME"; and back to it only where there is one of that name."""
    context = CommandContext(branches=frozenset({"main", "noir", "warm version"}))
    assert interpret(text, context) == expected


@pytest.mark.parametrize("text", ["too much, less of that", "less of that, it is too much"])
def test_less_said_twice_is_one_wish(text: str) -> None:
    """A complaint and what would put it right are not two halvings."""
    plan, _ = read_plan("add rain")
    (again,) = interpret(text, CommandContext(earlier=(plan,)))
    assert isinstance(again, Again)
    assert again.factor == 0.5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("make the text bigger", [Rewrite(larger=1.35)]),
        ("bigger", [Rewrite(larger=1.35)]),
        ("move it to the bottom", [Rewrite(place="bottom")]),
        ("no, at the bottom", [Rewrite(place="bottom")]),
        ("put the text in the top right", [Rewrite(place="top right")]),
        ("make it red", [Rewrite(colour="red")]),
        ('change the caption to say "Bye"', [Rewrite(text="Bye")]),
        ("remove the text", [Rewrite(gone=True)]),
        (
            "make the text bigger and put it at the top",
            [Rewrite(larger=1.35), Rewrite(place="top")],
        ),
        # What is done to pictures, and what is written on things in them.
        ("make it warmer", [Edit("make it warmer")]),
        ("crop it", [Edit("crop it")]),
        ("make the sky bigger", [Edit("make the sky bigger")]),
        ("remove the text on the sign", [Edit("remove the text on the sign")]),
        ('write "Bye" at the top', [Edit('write "Bye" at the top')]),
    ],
)
def test_what_was_written_last_is_it(text: str, expected: list[Command | Edit]) -> None:
    """Writing is written again; an editing model could hardly move it."""
    plan, _ = read_plan('write "Hello" in the top left corner in yellow')
    assert interpret(text, CommandContext(earlier=(plan,))) == expected


def test_it_is_the_writing_only_where_nothing_came_after() -> None:
    """By name it can be meant at any time; where nothing was written it is the picture's own."""
    written, _ = read_plan('write "Hello"')
    darker, _ = read_plan("make it darker")
    later = CommandContext(earlier=(written, darker))
    assert interpret("make it bigger", later) == [Edit("make it bigger")]
    assert interpret("make the text bigger", later) == [Rewrite(larger=1.35)]
    never = CommandContext(earlier=(darker,))
    assert interpret("make the text bigger", never) == [Edit("make the text bigger")]


@pytest.mark.parametrize(
    "text",
    [
        'write "Hi" in the top left corner',
        "write 'Day 1.' in white",
        "write Happy Birthday in big letters",
    ],
)
def test_writing_on_the_picture_is_no_saving(text: str) -> None:
    """Only what is written to a file is saved."""
    assert interpret(text) == [Edit(text.rstrip(" ,;"))]
    assert interpret("write it to 'a b.png'") == [SaveAs("a b.png")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("that's awful", [Complain()]),
        ("thats awful, go back", [TURN]),
        ("I don't like it. undo", [Undo()]),
        ("it looks weird, make it darker", [Edit("it looks weird, make it darker")]),
        ("it looks too dark", [Edit("it looks too dark")]),
    ],
)
def test_a_complaint_is_no_wish_and_stops_none(text: str, expected: list[Command | Edit]) -> None:
    """It asks for nothing itself; what is said after it is done."""
    assert interpret(text) == expected


def test_too_much_light_or_colour_is_less_of_that_wish() -> None:
    """As of rain; by its name it stays a further step ("less contrast")."""
    plan, _ = read_plan("make it nicer")
    context = CommandContext(earlier=(plan,))
    assert interpret("hm, a bit too much", context) == [Again("", 0.5)]
    assert interpret("less contrast", context) == [Edit("less contrast")]
