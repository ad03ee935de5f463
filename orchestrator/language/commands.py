"""The language of a conversation: what a person says is split into commands and edits.

Anything that is not wholly a command is an edit. Commands are whole requests that fit a pattern of
``data/commands.yaml``; nothing here runs them.
"""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.language.amounts import more_or_less_again
from orchestrator.language.border_again import border_again
from orchestrator.language.command_meanings import CommandContext, command_of
from orchestrator.language.command_patterns import match_command
from orchestrator.language.command_types import (
    Again,
    Branch,
    Command,
    Complain,
    Edit,
    GoBack,
    Greet,
    Rewrite,
    StartOver,
    Teach,
    Thank,
    Undo,
)
from orchestrator.language.pleasantries import LEADS, are_remarks, only_kind, only_leads
from orchestrator.language.taken_back import taken_back
from orchestrator.language.tokens import Token, tokenize
from orchestrator.language.writing_again import writing_again

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
    # "Remove the dial. By the dial, I mean the clock" needs the word before the wish.
    return sorted(found, key=lambda one: not isinstance(one, Teach))


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
        if match is None:
            continue
        apart = match.name == "meant" or _teaches(match.name, segments[i : i + count])
        if count > 1 and match.takes_rest and not apart:
            continue
        # "Thanks, bye": what only leads in leaves the rest a whole message.
        led = i == 0 or (not found and only_kind(segments[:i], text, leads=True) is not None)
        whole = count == len(segments) - i and led
        asked = whole and text[tokens[-1].end :].lstrip()[:1] == "?"
        command = command_of(match, context, whole=whole, asked=asked, found=found)
        if command is not None:
            return command, count
    alone = i + 1 == len(segments) and all(t.norm in LEADS for s in segments[:i] for t in s)
    framed = None if found else border_again(segments[i], context.earlier, alone=alone)
    return framed or more_or_less_again(segments[i], context.earlier, adjusted=True), 1


def _teaches(name: str, segments: Sequence[Sequence[Token]]) -> bool:
    """Read "by the barometer, I mean the clock": the word and what it means, apart."""
    led = [token.norm for token in segments[-1][:2]]
    return name == "teach" and len(segments) == 2 and led in (["i", "mean"], ["we", "mean"])


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
