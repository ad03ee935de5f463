"""What a matched pattern asks for, in the conversation as it is: a command, or none after all.

Which words match which pattern is ``command_patterns``'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.errors import BadInstruction, ChangesHistory, NotEnglish, OnlyAsks
from orchestrator.language.command_patterns import Match
from orchestrator.language.command_types import (
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
    Greet,
    Help,
    History,
    Judge,
    Masks,
    OtherWay,
    Quit,
    Redo,
    Repeat,
    Resume,
    SaveAs,
    Show,
    ShowPlan,
    StartOver,
    Teach,
    Thank,
    Undo,
)
from orchestrator.language.loose import LOOSELY
from orchestrator.language.meant import correction
from orchestrator.language.other_way import meant
from orchestrator.language.pleasantries import PRAISING
from orchestrator.language.read import read_plan
from orchestrator.language.saving import saved_as
from orchestrator.language.tokens import tokenize
from orchestrator.plan import EditPlan


@dataclass(frozen=True)
class CommandContext:
    """What decides between readings.

    Attributes:
        earlier: plans in force, oldest first ("undo the blur" needs a blur).
        awaiting_approval: a plan waits for yes or no.
        last_was_undo: the last command was an undo ("put it back" then is a redo).
        tried: the plan of the last turn, where nothing of it was done.
        branches: names of the session's lines ("go back to noir" needs one).
        taught: the taught words, in lower case ("forget barometer" needs one).
    """

    earlier: tuple[EditPlan, ...] = ()
    awaiting_approval: bool = False
    last_was_undo: bool = False
    branches: frozenset[str] = frozenset()
    tried: EditPlan | None = None
    taught: frozenset[str] = frozenset()


_POINTING = frozenset({"it", "that", "this", "them", "these", "those", "he", "she", "they"})
"""What can be taught no meaning: "by that I mean the clock" is about what was said just before."""
_SIMPLE: dict[str, Command] = {
    "undo_turn": Undo(turn=True), "history": History(), "plan": ShowPlan(), "compare": Compare(),
    "save_plain": SaveAs(),
    "start_over": StartOver(), "cancel": Cancel(), "help": Help(), "quit": Quit(),
    "resume": Resume(), "masks": Masks(),
    "show": Show(), "glossary": Glossary(), "complain": Complain(), "branch": Branch(retry=False),
    "greet": Greet(), "thank": Thank(),
}  # fmt: skip


def command_of(
    match: Match,
    context: CommandContext,
    *,
    whole: bool,
    asked: bool,
    found: Sequence[Command | Edit],
) -> Command | None:
    """The command a match stands for; None where the conversation says it is none.

    Args:
        match: of a pattern.
        context: of the conversation.
        whole: nothing else is said in the message.
        asked: a question mark ends it.
        found: what the message asks for before it.
    """
    name = match.name
    if name == "approve":
        if whole and (context.awaiting_approval or match.plain):
            return Approve()
        return Thank() if len(match.words) > 1 and match.words[0] in PRAISING else None
    if name == "no" or (match.words == ("nope",) and not whole):
        return Cancel() if whole and context.awaiting_approval else None
    if (
        name in ("quit", "cancel", "help", "show", "compare", "resume", "plan")
        and not whole
        and len(match.words) == 1
        and not found
    ):
        return _SIMPLE[name] if name in ("compare", "cancel") else None
    if name == "other_way":
        return OtherWay() if meant(match.words, context.earlier) else None
    if name in ("judge", "judge_asked"):
        return Judge() if whole and (asked or name == "judge" or _only_asks(match)) else None
    if name == "ask_whether":
        return Ask() if whole and not _asks_for_something(match, context) else None
    if name in ("ask", "ask_done"):
        return Ask(done=name == "ask_done") if asked else None
    if name == "branch":
        return Branch(
            retry=match.words[0] not in ("branch", "fork", "new", "make", "create", "start", "open")
        )
    if name in _SIMPLE:
        return _SIMPLE[name]
    if name == "undo":
        return Undo(steps=max(1, match.number))
    if name == "redo":
        return Redo(steps=max(1, match.number))
    if name == "meant":
        last = context.earlier[-1] if context.earlier else None
        return correction(match, context.tried or last)
    if name == "repeat":
        return Redo() if context.last_was_undo else Repeat()
    if name == "restore":
        undone = context.last_was_undo or any(isinstance(c, Undo) for c in found)
        return Redo() if undone else Undo(turn=True)
    return _with_words(match, context)


def _asks_for_something(match: Match, context: CommandContext) -> bool:
    """Whether a question that a yes would answer is a wish ("is it ok to remove the dog?")."""
    try:
        plan, _ = read_plan(" ".join(match.words), earlier=context.earlier)
    except (BadInstruction, NotEnglish):
        return False
    except ChangesHistory:
        return True
    return not any(note.startswith(LOOSELY) for note in plan.notes)  # "is the dog gone?"


def _only_asks(match: Match) -> bool:
    """Whether a question without its mark is one all the same ("is the sky too dark")."""
    try:
        read_plan(" ".join(match.words))
    except OnlyAsks:
        return True
    except BadInstruction:
        return False
    return False


def _with_words(match: Match, context: CommandContext) -> Command | None:
    name, rest = match.name, match.rest
    if name == "go_back_before":
        return GoBack(before=rest)
    if name == "go_back_step":
        return GoBack(step=match.number)
    if name == "go_back_revision":
        return GoBack(revision=rest or match.word or match.words[-1])
    if name == "go_back_to":
        line = rest.removesuffix(" branch")
        return GoBack(revision=line) if line in context.branches else GoBack(to=rest)
    if name == "undo_thing":
        return GoBack(before=rest) if _was_done(rest, context.earlier) else None
    if name == "save":
        return saved_as(rest, match)
    if name == "branch_named":
        return Branch(name=rest)
    if name == "branch_word":
        return Branch(name=rest) if len(rest.split()) == 1 else None
    if name == "go_back_line":
        return GoBack(revision=rest) if rest in context.branches else None
    if name == "teach":
        return None if match.word in _POINTING else Teach(match.word, rest)
    if name == "forget":
        return Forget(match.word)
    if name == "forget_bare":  # "forget the rain" may mean what was done
        return Forget(rest) if rest.lower() in context.taught else None
    return None


def _was_done(words: str, earlier: Sequence[EditPlan]) -> bool:
    """Whether a step of the conversation is what the words name ("the blur", "the rain")."""
    wanted = {token.norm for token in tokenize(words)} - {
        "the",
        "a",
        "an",
        "that",
        "this",
        "my",
        "your",
    }
    for plan in earlier:
        for step in plan.steps:
            said = {step.op, *(str(v).lower() for v in step.params.values())}
            said |= {token.norm for token in tokenize(f"{step.instruction}")}
            if wanted and all(word in said or word.rstrip("s") in said for word in wanted):
                return True
    return False
