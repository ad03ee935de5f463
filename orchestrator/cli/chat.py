"""``smartedit chat``: a conversation about one picture on the terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestrator.cli import options

if TYPE_CHECKING:
    from rich.console import Console

    from orchestrator.cli.console import Follower
    from orchestrator.conversation import Conversation
    from orchestrator.showing import Answer


def chat(
    image: options.Picture,
    session: options.Session = None,
    approve: options.Approve = False,
    model: options.Model = "",
    planner: options.Planner = "auto",
    segmenter: options.Segmenter = "auto",
    detector: options.Detector = "auto",
    seed: options.Seed = 0,
    asset: options.Assets = None,
    style_image: options.StyleImage = None,
    looks: options.Looks = None,
    option: options.ModelOptions = None,
    tries: options.Tries = 3,
    best_of: options.BestOf = 1,
    force: options.Force = False,
    preview: Annotated[bool, typer.Option(help="Show pictures in the terminal.")] = True,
) -> None:
    """Edit by talking: edits and commands such as 'undo that' mixed; 'help' says more."""
    from memory.home import find_home
    from orchestrator.cli.console import Follower, out
    from orchestrator.cli.edit import default_output, open_session
    from orchestrator.cli.examples import given_looks, with_style
    from orchestrator.cli.hints import parse_assets, parse_options
    from orchestrator.conversation import Conversation
    from orchestrator.detectors import check_senses
    from orchestrator.history_view import position_line
    from orchestrator.settings import ProgramSettings, RunSettings

    console = out()
    program = ProgramSettings()
    settings = RunSettings(
        seed=seed,
        model=model or program.model,
        planner=planner,
        segmenter=segmenter,
        detector=detector,
        approve=approve,
        ask=True,
        max_attempts=tries,
        best_of=best_of,
        force=force,
        editor_options=parse_options(option or []),
        assets=parse_assets(with_style(asset, style_image)),
        looks=given_looks(looks),
    )
    check_senses(settings, find_home())  # what is not there is told before anyone talks
    opened, is_new = open_session(image, session)
    with opened as editing:
        follower = Follower(console, tells_plan=not approve)
        talk = Conversation(
            editing,
            settings,
            follower,
            None,
            default_output(editing),
            None if image == "-" else Path(image),
        )
        for note in editing.info.picture_meta.get("notes", []) if is_new else []:
            console.print(f"note: {note}", style="dim", markup=False)
        console.print(f"session {editing.id}; 'help' says what can be said, 'quit' leaves")
        console.print(position_line(editing), style="dim", markup=False)
        left, asked = editing.unfinished(), talk.question()
        if asked is not None:
            _show(asked, console, preview=preview and program.inline_preview)
        elif left is not None:
            console.print(
                f"{left.instruction!r} was interrupted: 'continue' goes on with it", markup=False
            )
        _talk(talk, console, follower, preview=preview and program.inline_preview)
        console.print(f"[dim]go on later with: smartedit chat - --session {editing.id}[/]")


def _talk(talk: Conversation, console: Console, follower: Follower, *, preview: bool) -> None:
    """Read, answer, until told to stop or the input ends."""
    from orchestrator.cli.interrupting import stopping_on_interrupt

    read = _reader(talk) if sys.stdin.isatty() else input
    while True:
        try:
            text = read()
        except KeyboardInterrupt:
            continue  # at the prompt Ctrl-C clears the line, as shells do
        except EOFError:
            return
        if not text.strip():
            continue
        answers = talk.answers(text)
        while True:
            with stopping_on_interrupt(talk.session.stop), follower.watching():
                answer = next(answers, None)
            if answer is None:
                break
            _show(answer, console, preview=preview)
            if answer.quit:
                return


def _reader(talk: Conversation) -> Callable[[], str]:
    """A line editor with history that survives the conversation."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.history import FileHistory

    kept = talk.session.store.home.cache / "chat_history"
    lines: PromptSession[str] = PromptSession("you> ", history=FileHistory(str(kept)))
    return lines.prompt


def _show(answer: Answer, console: Console, *, preview: bool) -> None:
    for line in answer.lines:
        console.print(line, style="red" if answer.failed else None, markup=False)
    if answer.picture is None or not preview or not console.is_terminal:
        return
    # Asks the terminal what it can on import, so only when there is one.
    from PIL import Image
    from textual_image.renderable import Image as Inline

    from tools.contact_sheet import thumbnail

    console.print(Inline(Image.fromarray(thumbnail(answer.picture, 960)), width=60, height="auto"))
