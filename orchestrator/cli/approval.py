"""Asking a person about a plan on the terminal, before anything is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer
from rich.markup import escape
from rich.prompt import Prompt

from orchestrator.cli.console import Follower, plan_footnotes, review_texts
from orchestrator.cli.interrupting import stopping_on_interrupt
from orchestrator.cli.step_table import StepTable
from tools.errors import BadArguments, ToolError

if TYPE_CHECKING:
    from rich.console import Console

    from orchestrator.questions import Question
    from orchestrator.report import RunReport
    from orchestrator.session import EditSession

PROMPT = "Run it? [b]y[/]es, [b]n[/]o, or a change ([b]?[/] for help)"


def settle(
    console: Console, editing: EditSession, follower: Follower, report: RunReport
) -> RunReport:
    """Ask until nothing is asked any more; the end of the input, or Ctrl-C, says no.

    The question is in the session: a process that is killed here leaves it for
    ``smartedit session resume``.
    """
    from orchestrator.errors import OrchestratorError
    from orchestrator.replies import HELP, parse_reply

    shown: Question | None = None
    while report.status == "waiting":
        question = editing.question()
        if question is None:
            return report
        if question != shown:
            show_question(console, editing, question)
            shown = question
        try:
            text = Prompt.ask(PROMPT, console=console, default="y")
        except (EOFError, KeyboardInterrupt):
            text = "no"  # nobody there to agree
        if text.strip() in ("?", "help"):
            console.print(HELP, markup=False)
            continue
        try:
            answer = parse_reply(text, question, editing.plan)
            if answer is None:
                console.print(f"{text!r} is no answer to this; it takes", markup=False)
                console.print(HELP, markup=False)
                continue
            with stopping_on_interrupt(editing.stop), follower.watching():
                report = editing.answer(answer, on_event=follower)
        except (OrchestratorError, ToolError) as error:
            if editing.question() is None:
                raise
            console.print(str(error), style="red", markup=False)
    return report


def show_question(console: Console, editing: EditSession, question: Question) -> None:
    """The plan as a table, what the critic says, what is unclear, and where it is drawn."""
    from orchestrator.question_view import which_lines

    console.print(question_table(question))
    for line in plan_footnotes(question.plan.dump()):
        console.print(line, style="dim", markup=False)
    for line in review_texts(question.review, everything=True):
        console.print(line)
    for line in which_lines(question):
        console.print(line, style="bold", markup=False)
    drawn = editing.question_picture(question)
    console.print(f"the plan drawn on the picture: {drawn}", markup=False, soft_wrap=True)


def question_table(question: Question) -> StepTable:
    """A plan as a person judges it: what, where and how much of the picture, with what settings."""
    from orchestrator.question_view import missing_note, place_text, settings_text

    rows = []
    for step in question.plan.steps:
        place = question.place(step.id)
        where = escape(place_text(step, place, question.choices))
        if place is not None and place.found == "missing":
            where = f"[red]{where}[/]\n[dim]{escape(missing_note(place))}[/]"
        after, settings = ", ".join(step.depends_on), escape(settings_text(step))
        rows.append((step.id, step.op, escape(step.instruction), where, settings, after))
    return StepTable(("", "op", "what", "where", "settings", "after"), tuple(rows))


def confirmed(question: str, *, otherwise: str) -> bool:
    """Ask yes or no; where there is nobody to ask, that is a no.

    Args:
        question: to ask.
        otherwise: the option that answers yes in advance.

    Raises:
        BadArguments: the input ended before an answer.
    """
    try:
        return typer.confirm(question)
    except typer.Abort:
        raise BadArguments(
            f"there is nobody to ask {question!r}; say yes with {otherwise}"
        ) from None
