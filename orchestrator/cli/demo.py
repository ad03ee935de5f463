"""``smartedit demo``: the whole path on a real photograph, with a picture to look at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from orchestrator.report import RunReport

INSTRUCTION = (
    "Crop it to 4:5, blur the background, make it a little warmer, "
    "then add the caption 'Ready for launch' at the bottom."
)
OTHER = "make it noir"


def demo(
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for the pictures.")] = Path(
        "demo"
    ),
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Edit a photograph in four steps, undo one, branch; then a drawing that words point into."""
    import time

    import skimage.data
    from rich.markup import escape

    from orchestrator.cli.console import Follower, out, plan_table, print_json
    from orchestrator.cli.demo_drawing import drawn
    from orchestrator.history_view import history_lines
    from orchestrator.session import EditSession
    from orchestrator.settings import RunSettings
    from tools.contact_sheet import contact_sheet
    from tools.errors import PictureError
    from tools.pictures import Picture
    from tools.saving import save_picture

    console = out(json_mode=as_json)
    started = time.monotonic()
    # The same on every machine; and nobody waits for a language model to be opened.
    by_rules = RunSettings(planner="rules")
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PictureError(f"the folder {output} cannot be made: {error.strerror}") from error
    source = output / "astronaut.png"
    save_picture(Picture(skimage.data.astronaut()), source)
    with EditSession.create(source) as session:
        console.print(f"[bold]{source.name}[/], a NASA photograph; session {session.id}")
        console.print(f"[bold]you:[/] {escape(INSTRUCTION)}")
        console.print(plan_table(session.plan(INSTRUCTION, by_rules).dump()))
        follower = Follower(console)
        with follower.watching():
            first = session.edit(INSTRUCTION, settings=by_rules, on_event=follower)
        edited = session.picture()
        session.save(output / "edited.png")
        session.save(output / "edited.jpg")

        console.print("[bold]you:[/] undo")
        undone = session.undo()
        console.print(f"now at {undone.id}: {escape(undone.label)}")
        without = session.picture()

        console.print(f"[bold]you:[/] try that another way: {escape(OTHER)}")
        session.branch("noir", at=session.history()[1].id)
        with follower.watching():
            second = session.edit(OTHER, settings=by_rules, on_event=follower)
        noir = session.picture()
        session.save(output / "noir.jpg")

        sheet = contact_sheet(
            [
                (skimage.data.astronaut(), "the photograph"),
                (edited.rgb, f"edited in {len(first.steps)} steps"),
                (without.rgb, "one step undone"),
                (noir.rgb, "a branch: noir"),
            ],
            columns=4,
        )
        save_picture(Picture(sheet), output / "contact_sheet.png")
        console.print("[bold]history[/]")
        for line in history_lines(session):
            console.print(line, markup=False)
    console.print(_times(first))
    reports = [first, second]
    third = drawn(console, output)
    if third is not None:
        reports.append(third)
    console.print(
        f"look at [bold]{output / 'contact_sheet.png'}[/] and [bold]drawing_sheet.png[/] beside it "
        f"({time.monotonic() - started:.1f} s in all)"
    )
    worst = max(reports, key=lambda report: report.exit_code)
    if as_json:
        print_json(first.to_json() | {"image": str(output / "edited.png"), "status": worst.status})
    raise typer.Exit(worst.exit_code)


def _times(report: RunReport) -> object:
    """How long each step took, and where the time went."""
    from rich.table import Table

    table = Table(title="Seconds", title_justify="left", show_edge=False, pad_edge=False)
    parts = ("ground", "edit", "verify", "store")
    for column in ("step", "by", *parts, "all"):
        table.add_column(column, justify="left" if column in ("step", "by") else "right")
    for step in report.steps:
        spent = [f"{step['timing'].get(part, 0.0):.3f}" for part in parts]
        table.add_row(step["id"], step["executor"], *spent, f"{step['seconds']:.3f}")
    return table
