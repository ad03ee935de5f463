"""What a person sees: progress while a run works, and its result as a table.

Everything goes to standard error when ``--json`` owns standard output.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from orchestrator.cli.step_table import StepTable
from orchestrator.events import (
    AttemptJudged,
    Event,
    PlanReady,
    StepFinished,
    StepGrounded,
    StepProgress,
    StepStarted,
)
from orchestrator.report import RunReport

MARKS = {
    "done": "[green]✓ done[/]",
    "unverified": "[yellow]? unverified[/]",
    "skipped": "[yellow]- skipped[/]",
    "failed": "[red]✗ failed[/]",
}


def out(*, json_mode: bool = False) -> Console:
    """The console for results: standard output, or standard error beside ``--json``.

    Lines are broken between words on a terminal only: in a file or a pipe a command or a path that
    was broken could not be used.
    """
    console = Console(stderr=json_mode, highlight=False)
    console.soft_wrap = not console.is_terminal
    return console


def print_json(value: Any) -> None:
    """One JSON object on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


class Follower:
    """Turns a run's events into progress on a terminal, or into lines elsewhere.

    Args:
        console: where to.
        tells_plan: say what is worth knowing of the plan; not where a question shows all of it.
    """

    def __init__(self, console: Console, *, tells_plan: bool = True) -> None:
        self._console = console
        self._tells_plan = tells_plan
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._reason = ""

    @contextmanager
    def watching(self) -> Iterator[Follower]:
        """Show progress meanwhile."""
        if not self._console.is_terminal:
            yield self
            return
        with Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
        ) as self._progress:
            self._task = self._progress.add_task("planning", total=1.0)
            yield self
        self._progress = None

    def __call__(self, event: Event) -> None:
        """Show one event."""
        match event:
            case PlanReady() if not self._tells_plan:
                self._reason = ""
            case PlanReady(plan, review):
                self._reason = ""
                for note in plan["notes"]:
                    self._console.print(f"[dim]note: {escape(note)}[/]")
                for line in review_texts(review, told=bool(plan["unknown"])):
                    self._console.print(line)
            case StepStarted(_, number, total, instruction):
                self._bar(f"{number}/{total} {instruction}", 0.0)
            case StepGrounded():
                self._bar(None, 0.05)
            case StepProgress(_, fraction):
                self._bar(None, fraction)
            case AttemptJudged(_, number, executor, False, reason):
                self._console.print(
                    f"  [yellow]try {number} ({escape(executor)}) not accepted:[/] {escape(reason)}"
                )
            case StepFinished(_, result):
                # Steps that ask for one thing fail for one reason; told twice it hides the rest.
                again = bool(result["reason"]) and result["reason"] == self._reason
                self._reason = result["reason"]
                shown = result | {"reason": "for the same reason"} if again else result
                self._console.print(step_line(shown))

    def _bar(self, title: str | None, fraction: float) -> None:
        if self._progress is None or self._task is None:
            return
        if title is not None:
            self._progress.update(self._task, description=escape(title[:70]))
        self._progress.update(self._task, completed=fraction)


def step_line(result: dict[str, Any]) -> str:
    """A step's outcome in one line."""
    line = f"{MARKS[result['status']]}  {escape(result['instruction'])}"
    line += f"  [dim]{escape(result['executor'] or '')} {result['seconds']:.2f} s[/]"
    if result["reason"]:
        line += f"\n    [dim]{escape(result['reason'])}[/]"
    if result.get("nearest_try") is not None:
        line += f"\n    [dim]none was accepted; try {result['nearest_try']} came nearest[/]"
    for note in result["notes"]:
        line += f"\n    [dim]{escape(note)}[/]"
    return line


def plan_table(plan: dict[str, Any]) -> StepTable:
    """A plan as a person reads it."""
    rows = tuple(
        (
            step["id"],
            step["op"],
            escape(step["target"]["phrase"]),
            escape(step["instruction"]),
            ", ".join(step["depends_on"]),
        )
        for step in plan["steps"]
    )
    return StepTable(("", "op", "where", "what", "after"), rows)


def plan_footnotes(plan: dict[str, Any]) -> list[str]:
    """Constraints, notes and words not understood, a line each."""
    lines = []
    for constraint in plan["constraints"]:
        if constraint["kind"] == "preserve":
            how = "not a pixel changes" if constraint["level"] == "exact" else "stays the same"
            lines.append(f"preserve: {constraint['target']['phrase']} ({how})")
        elif constraint["kind"] == "style":
            lines.append(f"style: {constraint['style']}")
        else:
            lines.append("the picture keeps its size and shape")
    lines += [f"note: {note}" for note in plan["notes"]]
    if plan["unknown"]:
        lines.append("not understood: " + ", ".join(repr(word) for word in plan["unknown"]))
    return lines


def review_texts(
    review: dict[str, Any], *, everything: bool = False, told: bool = False
) -> list[str]:
    """What the critic says, as marked-up lines.

    Args:
        review: JSON of ``orchestrator.critic.findings.Review``.
        everything: notes too, and what stands for each word.
        told: what was not understood has been said already.
    """
    from orchestrator.question_view import coverage_line

    colours = {"refuse": "red", "warn": "yellow", "note": "dim"}
    lines = []
    for item in review.get("findings", []):
        told_already = told and item["code"] == "not_understood"
        if everything or (item["severity"] != "note" and not told_already):
            colour = colours[item["severity"]]
            lines.append(f"[{colour}]{item['severity']}:[/] [dim]{escape(item['message'])}[/]")
    covered = coverage_line(review.get("coverage", [])) if everything else ""
    return [*lines, f"[dim]{escape(covered)}[/]"] if covered else lines


def planning_line(planning: dict[str, Any]) -> str:
    """What a language model took to plan: "planned by openai:x: 2 calls, 912 tokens, 1.2 s"."""
    calls = planning["calls"]
    line = f"planned by {planning['by']}: {calls} call{'s' if calls > 1 else ''}"
    if planning.get("fallback"):  # the calls are the model's that was asked first
        line += f" of {planning['planner']}"
    line += f", {planning['input_tokens'] + planning['output_tokens']} tokens"
    if planning.get("cost") is not None:
        line += f", cost {planning['cost']:.4f}"
    return f"{line}, {planning['seconds']:.1f} s"


def replan_lines(record: dict[str, Any]) -> list[str]:
    """How the rest of a plan was changed after a step was given up, a line a step."""
    lines = []
    for item in record["changed"]:
        said = f"after {record['after']}: {item['id']} is now {item['after']!r} ({item['why']})"
        lines.append(f"[dim]{escape(said)}[/]")
    return lines


def report_lines(report: RunReport) -> list[str]:
    """How a run ended, a line each."""
    colour = {"done": "green", "partial": "yellow"}.get(report.status, "red")
    lines = [f"[{colour}]{report.status}[/] in {report.seconds:.2f} s, revision {report.revision}"]
    if report.image:
        lines.append(f"saved: {escape(report.image)}")
    if report.planning.get("calls"):
        lines.append(f"[dim]{escape(planning_line(report.planning))}[/]")
    lines += [line for record in report.replans for line in replan_lines(record)]
    if any(len(step.get("tries", ())) > 1 for step in report.steps):
        lines.append(f"[dim]every try: smartedit session tries {report.session}[/]")
    untouched = report.final.get("untouched")
    if untouched and any(step["mask_id"] for step in report.steps):
        lines.append(f"[dim]{untouched:.1%} of the pixels are as they were before[/]")
    return [*lines, *(f"[dim]{escape(line)}[/]" for line in report.promise_lines())]
