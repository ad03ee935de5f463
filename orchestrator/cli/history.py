"""``smartedit session …``: what happened, and going back and forth in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from orchestrator.session import EditSession

app = typer.Typer(help="Sessions: list, look, undo, redo, branch, export.", no_args_is_help=True)

SessionId = Annotated[str, typer.Argument(help="Session id, or the beginning of it.")]
Out = Annotated[
    Path | None, typer.Option("-o", "--output", help="Save the picture now shown here.")
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


@app.command("list")
def list_sessions(as_json: AsJson = False) -> None:
    """All sessions, newest first."""
    from memory.store import SessionStore
    from orchestrator.cli.console import out, print_json

    with SessionStore.open() as store:
        sessions = store.sessions()
    if as_json:
        print_json(
            [
                {
                    "session": info.id,
                    "title": info.title,
                    "branch": info.branch,
                    "revision": info.head_id,
                    "revisions": info.revisions,
                    "updated": info.updated_at.isoformat(),
                }
                for info in sessions
            ]
        )
        return
    from rich.table import Table

    if not sessions:
        out().print("no sessions yet; 'smartedit edit PICTURE \"…\"' starts one")
        return
    table = Table(show_edge=False, pad_edge=False)
    for column in ("session", "picture", "steps", "branch", "last change"):
        table.add_column(column)
    for info in sessions:
        when = info.updated_at.astimezone().strftime("%Y-%m-%d %H:%M")
        table.add_row(info.id, info.source_name, str(info.revisions - 1), info.branch, when)
    out().print(table)


@app.command()
def show(session: SessionId, output: Out = None, as_json: AsJson = False) -> None:
    """The history of a session; -o saves the picture now shown."""
    from orchestrator.cli.console import out, print_json
    from orchestrator.cli.output import check_output_of
    from orchestrator.history_view import history_lines

    with _open(session) as editing:
        check_output_of(editing, output)
        if output is not None:
            _save(editing, output, out(json_mode=as_json))
        if as_json:
            print_json(_facts(editing, output))
            return
        for line in history_lines(editing):
            out().print(line, markup=False)
        if output is not None:
            out().print(f"saved: {output}", markup=False)


@app.command()
def undo(
    session: SessionId,
    steps: Annotated[int, typer.Argument(min=1, help="How many steps.")] = 1,
    output: Out = None,
    as_json: AsJson = False,
) -> None:
    """Take back the last step, or several."""
    _move(session, output, as_json, lambda editing: editing.undo(steps))


@app.command()
def redo(
    session: SessionId,
    steps: Annotated[int, typer.Argument(min=1, help="How many steps.")] = 1,
    output: Out = None,
    as_json: AsJson = False,
) -> None:
    """Do again what was undone."""
    _move(session, output, as_json, lambda editing: editing.redo(steps))


@app.command()
def checkout(
    session: SessionId,
    revision: Annotated[str, typer.Argument(help="A branch, a step's number, or a revision id.")],
    output: Out = None,
    as_json: AsJson = False,
) -> None:
    """Show any revision, or switch to a branch."""
    _move(session, output, as_json, lambda editing: editing.checkout(revision))


@app.command()
def branch(
    session: SessionId,
    name: Annotated[str, typer.Argument(help="Name of the new line; none lists them.")] = "",
    at: Annotated[str | None, typer.Option(help="Revision it starts from.")] = None,
    as_json: AsJson = False,
) -> None:
    """Start another line of edits from here, or list the lines."""
    from orchestrator.cli.console import out, print_json

    if name:
        _move(session, None, as_json, lambda editing: editing.branch(name, at))
        return
    with _open(session) as editing:
        lines = editing.store.branches(editing.id)
    if as_json:
        print_json(
            [
                {"name": line.name, "revision": line.position_id, "current": line.current}
                for line in lines
            ]
        )
        return
    for line in lines:
        out().print(f"{'*' if line.current else ' '} {line.name}  {line.position_id}")


@app.command()
def diff(
    session: SessionId,
    before: Annotated[str, typer.Argument(help="A revision; the original by default.")] = "",
    after: Annotated[str, typer.Argument(help="Another; the shown one by default.")] = "",
    as_json: AsJson = False,
) -> None:
    """How much and where two revisions differ."""
    from orchestrator.cli.console import out, print_json

    with _open(session) as editing:
        pair = [
            editing.find_revision(before or editing.info.root_id),
            editing.find_revision(after or editing.info.head_id),
        ]
        first, second = pair[0].id, pair[1].id
        found = editing.store.diff(first, second)
    if as_json:
        print_json(
            {
                "from": first,
                "to": second,
                "changed_pixels": found.changed_pixels,
                "changed_share": found.changed_share,
                "box": found.box,
                "same_shape": found.same_shape,
            }
        )
        return
    labels = [item.label if item.parent_id else "the original" for item in pair]
    out().print(f"{first} ({labels[0]}) against {second} ({labels[1]}):", markup=False)
    if not found.same_shape:
        out().print("the two differ in size; every pixel counts as changed")
    elif found.box is None:
        out().print("identical, bit for bit")
    else:
        x0, y0, x1, y1 = found.box
        out().print(
            f"{found.changed_pixels} pixels differ ({found.changed_share:.2%}), "
            f"all within x {x0}-{x1}, y {y0}-{y1}; the rest is identical, bit for bit"
        )


@app.command()
def resume(
    session: SessionId,
    output: Out = None,
    discard: Annotated[bool, typer.Option(help="Give the unfinished run up instead.")] = False,
    as_json: AsJson = False,
) -> None:
    """Continue a run that was interrupted, at the step it was in."""
    from dataclasses import replace

    from orchestrator.cli.approval import settle
    from orchestrator.cli.console import Follower, out, print_json, report_lines
    from orchestrator.cli.interrupting import stopping_on_interrupt
    from orchestrator.cli.output import remembered_output

    console = out(json_mode=as_json)
    with _open(session) as editing:
        if discard:
            editing.discard_unfinished()
        follower = Follower(console)
        with stopping_on_interrupt(editing.stop), follower.watching():
            report = editing.resume(on_event=follower)
        if report is None:
            console.print("nothing is unfinished")
            return
        report = settle(console, editing, follower, report)
        target = output or remembered_output(editing)
        if target is not None and report.status in ("done", "partial"):
            # Where the run was to write was agreed when it began.
            _save(editing, target, console, overwrite=output is None)
            report = replace(report, image=str(target))
        for line in report_lines(report):
            console.print(line)
        if as_json:
            print_json(report.to_json())
    raise typer.Exit(report.exit_code)


@app.command()
def export(
    session: SessionId,
    path: Annotated[Path, typer.Argument(help="The zip file to write.")],
) -> None:
    """Write a session with its whole history to one file."""
    from orchestrator.cli.console import out

    with _open(session) as editing:
        editing.store.export(editing.id, path)
    out().print(f"written: {path}")


@app.command("import")
def import_session(path: Annotated[Path, typer.Argument(help="An exported session.")]) -> None:
    """Read an exported session."""
    from memory.store import SessionStore
    from orchestrator.cli.console import out

    with SessionStore.open() as store:
        info = store.import_session(path)
    out().print(f"session {info.id}: {info.revisions - 1} steps")


@app.command()
def delete(
    session: SessionId,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete a session; 'gc' then frees its space."""
    from orchestrator.cli.approval import confirmed
    from orchestrator.cli.console import out

    with _open(session) as editing:
        steps = editing.info.revisions - 1
        if not yes:
            question = f"Delete session {editing.id} with its {steps} steps?"
            if not confirmed(question, otherwise="--yes"):
                out().print("nothing was deleted")
                return
        editing.delete()
        out().print(f"deleted {editing.id}")


@app.command()
def gc(
    dry_run: Annotated[bool, typer.Option(help="Only say what would go.")] = False,
    grace: Annotated[int, typer.Option(min=0, help="Keep what is younger, in seconds.")] = 3600,
) -> None:
    """Free the space of what no session needs any more."""
    from memory.store import SessionStore
    from orchestrator.cli.console import out

    with SessionStore.open() as store:
        freed = store.gc(dry_run=dry_run, grace_seconds=grace)
    word = "would free" if dry_run else "freed"
    out().print(
        f"{word} {freed.bytes / 1e6:.1f} MB in {freed.files} files; "
        f"{freed.kept_bytes / 1e6:.1f} MB are in use"
    )


def _open(session: str) -> EditSession:
    from orchestrator.session import EditSession

    return EditSession.open(session)


def _save(editing: EditSession, output: Path, console: Console, *, overwrite: bool = False) -> None:
    for note in editing.save(output, overwrite=overwrite):
        console.print(f"note: {note}", style="dim", markup=False)


def _facts(editing: EditSession, output: Path | None) -> dict[str, Any]:
    info = editing.info
    return {
        "session": info.id,
        "revision": info.head_id,
        "branch": info.branch,
        "undo_steps": info.undo_steps,
        "redo_steps": info.redo_steps,
        "image": None if output is None else str(output),
        "branches": {line.name: line.position_id for line in editing.store.branches(editing.id)},
        "revisions": [
            {"revision": item.id, "parent": item.parent_id, "label": item.label}
            for item in editing.store.all_revisions(editing.id)
        ],
        "history": [
            {"revision": item.id, "label": item.label, "status": item.report.get("status", "")}
            for item in editing.history()
        ],
    }


def _move(session: str, output: Path | None, as_json: bool, go: Any) -> None:
    """Move in the history, then show where that led."""
    from orchestrator.cli.console import out, print_json
    from orchestrator.cli.output import check_output_of
    from orchestrator.history_view import position_line

    with _open(session) as editing:
        check_output_of(editing, output)
        go(editing)
        if output is not None:
            _save(editing, output, out(json_mode=as_json))
        if as_json:
            print_json(_facts(editing, output))
            return
        out().print(position_line(editing), markup=False)
        if output is not None:
            out().print(f"saved: {output}", markup=False)
