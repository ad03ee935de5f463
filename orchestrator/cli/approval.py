"""Asking a person about a plan on the terminal before anything is changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import typer
from rich.prompt import Prompt

from orchestrator.cli.console import Follower, plan_footnotes, plan_table
from tools.errors import BadArguments

if TYPE_CHECKING:
    from rich.console import Console

    from orchestrator.plan import EditPlan

QUESTION = "Run it? [b]y[/]es, [b]n[/]o, or the steps to drop (as in 's2 s3')"


def ask(console: Console, follower: Follower) -> Callable[[EditPlan], EditPlan | None]:
    """A question to put to the user: gives back the plan to run, or None to cancel."""

    def answer(plan: EditPlan) -> EditPlan | None:
        follower.pause()
        while True:
            console.print(plan_table(plan.dump()))
            for line in plan_footnotes(plan.dump()):
                console.print(line, style="dim", markup=False)
            try:
                reply = Prompt.ask(QUESTION, console=console, default="y").strip().lower()
            except EOFError:
                return None  # nobody there to agree
            if reply in ("y", "yes"):
                follower.go_on()
                return plan
            if reply in ("n", "no", "cancel"):
                return None
            try:
                plan = plan.without(reply.replace(",", " ").split())
            except KeyError as error:
                console.print(f"there is no step {error.args[0]!r}")

    return answer


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
