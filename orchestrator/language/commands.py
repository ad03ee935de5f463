"""The language of a conversation: what a person says is split into commands and edits.

Anything that is not wholly a command is an edit. Commands are whole requests that fit a pattern of
``data/commands.yaml``; nothing here runs them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.errors import BadInstruction, ChangesHistory, NotEnglish
from orchestrator.language.amounts import more_or_less_again
from orchestrator.language.border_again import border_again
from orchestrator.language.command_patterns import Match, match_command
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
    Greet,
    Help,
    History,
    Judge,
    Masks,
    Meant,
    OtherWay,
    Quit,
    Rather,
    Redo,
    Reframe,
    Repeat,
    Resume,
    Rewrite,
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
from orchestrator.language.pleasantries import LEADS, PRAISING, are_remarks, only_kind, only_leads
from orchestrator.language.read import read_plan
from orchestrator.language.saving import saved_as
from orchestrator.language.taken_back import taken_back
from orchestrator.language.tokens import Token, tokenize
from orchestrator.language.writing_again import writing_again
from orchestrator.plan import EditPlan

__all__ = [
    "Again",
    "Approve",
    "Ask",
    "Branch",
    "Cancel",
    "Command",
    "CommandContext",
    "Compare",
    "Complain",
    "Edit",
    "Forget",
    "Glossary",
    "GoBack",
    "Greet",
    "Help",
    "History",
    "Judge",
    "Masks",
    "Meant",
    "OtherWay",
    "Quit",
    "Rather",
    "Redo",
    "Reframe",
    "Repeat",
    "Resume",
    "Rewrite",
    "SaveAs",
    "Show",
    "ShowPlan",
    "StartOver",
    "Teach",
    "Thank",
    "Undo",
    "interpret",
]


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


MAX_JOINED = 3
"""Segments tried together as one command ("before and after")."""
MAX_COMMAND_WORDS = 60


def interpret(text: str, context: CommandContext | None = None) -> list[Command | Edit]:
    """What a person asks for, in order.

    Args:
        text: one message.
        context: of the conversation.

    Returns:
        Commands and edits; empty where the message holds neither a word nor a sign.
    """
    context = context or CommandContext()
    tokens = tokenize(text)
    segments = _segments(text, tokens)
    if (kind := only_kind(segments, text)) is not None and not context.awaiting_approval:
        return [kind]
    found: list[Command | Edit] = []
    edit: list[tuple[int, int]] = []
    i = 0
    while i < len(segments):
        command, used = _command_at(text, segments, i, context, found)
        if command is None and not edit and not any(isinstance(one, Edit) for one in found):
            request = text[segments[i][0].start : segments[i][-1].end]
            again = bool(found) and isinstance(found[-1], Rewrite)
            command = writing_again(request, context.earlier, spoken_of=again)
            if command is None and not found and context.tried is None:
                command, used = _unsaid(text, segments, i, context)
        if isinstance(command, Greet | Thank) and (edit or found or i + used < len(segments)):
            if not edit and len(segments[i]) > 1:  # "lovely, dark and moody" is a wish
                i += used
                continue
            command = None
        if isinstance(command, Undo | GoBack) and edit and not found and are_remarks(text, edit):
            edit.clear()
        if isinstance(command, Complain) and i + used < len(segments):
            # Of what follows it says why: of "go back" nothing, of an edit maybe something.
            then, _ = _command_at(text, segments, i + used, context, found)
            if then is not None:
                i += used
                continue
            command = None
        if command is None:
            if not only_leads(segments[i], edit, last=i + 1 == len(segments)):
                edit.append((segments[i][0].start, segments[i][-1].end))
        else:
            _flush(text, edit, found)
            if found and _said_twice(found[-1], command):
                found.pop()
            found.append(command)
        i += used
    _flush(text, edit, found)
    return found


def _unsaid(
    text: str, segments: Sequence[Sequence[Token]], i: int, context: CommandContext
) -> tuple[Command | None, int]:
    """What takes the last deed back from a segment on, and how many segments say it."""
    for count in dict.fromkeys((len(segments) - i, 1)):
        request = text[segments[i][0].start : segments[i + count - 1][-1].end]
        command = taken_back(
            request,
            text[: segments[i][0].start],
            context.earlier,
            last_was_undo=context.last_was_undo,
        )
        if command is not None:
            return command, count
    return None, 1


def _said_twice(one: Command | Edit, two: Command) -> bool:
    """Read "too much, less of that": one wish, of which the second half says how much."""
    if not isinstance(one, Again) or not isinstance(two, Again):
        return False
    return one.words in ("", two.words) and (one.factor < 1) == (two.factor < 1)


def _segments(text: str, tokens: Sequence[Token]) -> list[list[Token]]:
    """Tokens between marks, "and" and "then"."""
    found: list[list[Token]] = [[]]
    for i, token in enumerate(tokens):
        if _divides(text, tokens, i):
            found.append([])
        else:
            found[-1].append(token)
    return [segment for segment in found if segment]


def _divides(text: str, tokens: Sequence[Token], i: int) -> bool:
    token = tokens[i]
    if token.kind == "mark" and token.norm in (",", ".", ";", "!", "?", "\n", "—", "–", ":"):
        # "out.png", "C:\\x" and "3:2" hold no end of a request.
        alone = token.norm == "?" and len(tokens) == 1
        return not alone and (
            token.end >= len(text) or text[token.end].isspace() or token.norm == "\n"
        )
    return token.kind == "word" and token.norm in ("and", "then", "but", "&")


def _command_at(
    text: str,
    segments: Sequence[Sequence[Token]],
    i: int,
    context: CommandContext,
    found: Sequence[Command | Edit],
) -> tuple[Command | None, int]:
    """The command that starts at a segment and how many segments it takes."""
    for count in range(min(MAX_JOINED, len(segments) - i), 0, -1):
        tokens = _between(text, segments[i], segments[i + count - 1])
        if len(tokens) > MAX_COMMAND_WORDS:
            continue
        match = match_command(tokens, text)
        if match is None or (count > 1 and match.takes_rest and match.name != "meant"):
            continue
        # "Thanks, bye": what only leads in leaves the rest a whole message.
        led = i == 0 or (not found and only_kind(segments[:i], text, leads=True) is not None)
        whole = count == len(segments) - i and led
        asked = whole and text[tokens[-1].end :].lstrip()[:1] == "?"
        command = _command(match, context, whole=whole, asked=asked, found=found)
        if command is not None:
            return command, count
    alone = i + 1 == len(segments) and all(t.norm in LEADS for s in segments[:i] for t in s)
    framed = None if found else border_again(segments[i], context.earlier, alone=alone)
    return framed or more_or_less_again(segments[i], context.earlier, adjusted=True), 1


def _between(text: str, first: Sequence[Token], last: Sequence[Token]) -> list[Token]:
    start, end = first[0].start, last[-1].end
    if first is last:
        return list(first)
    return [_moved(token, start) for token in tokenize(text[start:end])]


def _moved(token: Token, by: int) -> Token:
    return Token(
        token.text,
        token.norm,
        token.start + by,
        token.end + by,
        token.kind,
        token.value,
        token.unit,
    )


def _flush(text: str, edit: list[tuple[int, int]], found: list[Command | Edit]) -> None:
    if not edit:
        return
    words = text[edit[0][0] : edit[-1][1]].strip(" ,;")
    if found and isinstance(found[-1], Undo | GoBack | StartOver | Branch):
        words = _without_instead(words)
    if words:
        found.append(Edit(words))
    edit.clear()


def _without_instead(words: str) -> str:
    """Read "(undo that and) make the sky pink instead": instead of what was undone."""
    lower = words.lower().rstrip(" .!")
    return (
        words[: len(lower) - len("instead")].rstrip(" ,") if lower.endswith(" instead") else words
    )


_SIMPLE: dict[str, Command] = {
    "undo_turn": Undo(turn=True), "history": History(), "plan": ShowPlan(), "compare": Compare(),
    "save_plain": SaveAs(),
    "start_over": StartOver(), "cancel": Cancel(), "help": Help(), "quit": Quit(),
    "resume": Resume(), "masks": Masks(),
    "show": Show(), "glossary": Glossary(), "complain": Complain(), "branch": Branch(retry=False),
    "greet": Greet(), "thank": Thank(),
}  # fmt: skip


def _command(
    match: Match,
    context: CommandContext,
    *,
    whole: bool,
    asked: bool,
    found: Sequence[Command | Edit],
) -> Command | None:
    """The command a match stands for; None where the conversation says it is none."""
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
        return Judge() if whole and (asked or name == "judge") else None
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
        return Teach(match.word, rest)
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
