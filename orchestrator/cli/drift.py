"""``smartedit session drift`` and ``repair``: how far from the original, and making it anew."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

SessionId = Annotated[str, typer.Argument(help="Session id, or the beginning of it.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


def drift(
    session: SessionId,
    heat_map: Annotated[
        Path | None, typer.Option("--heat-map", help="Write a PNG of what was touched here.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """What share of the original is untouched, which turn touched what, and what it cost."""
    from orchestrator.cli.console import out, print_json
    from orchestrator.cli.output import check_output_of
    from orchestrator.drift import measure_drift
    from orchestrator.session import EditSession

    console = out(json_mode=as_json)
    with EditSession.open(session) as editing:
        check_output_of(editing, heat_map)
        found = measure_drift(editing)
        if heat_map is not None:
            from orchestrator.heatmap import heat_map as draw
            from tools.pictures import Picture
            from tools.saving import save_picture

            save_picture(Picture(draw(editing.picture().rgb, found)), heat_map)
        facts = {"session": editing.id, "revision": editing.info.head_id, **found.to_json()}
        facts["heat_map"] = None if heat_map is None else str(heat_map)
    if as_json:
        print_json(facts)
        return
    console.print(f"{found.untouched:.2%} of the picture is the original's, bit for bit")
    for turn in found.turns:
        console.print(
            f"turn {turn.number}: touched {turn.touched:.2%}, still seen {turn.shown:.2%}: "
            f"{', '.join(turn.steps)}",
            markup=False,
        )
    for where, pair in found.quality.items():
        before, after = pair["before"], pair["after"]
        console.print(
            f"{where}: sharpness {before.sharpness:.0f} -> {after.sharpness:.0f}, "
            f"noise {before.noise:.1f} -> {after.noise:.1f}, "
            f"blocks {before.blockiness:.2f} -> {after.blockiness:.2f}"
        )
    for line in found.warnings:
        console.print(f"[yellow]warning:[/] {line}")
    if heat_map is not None:
        console.print(f"heat map: {heat_map}", markup=False)


def repair(
    session: SessionId,
    branch: Annotated[str, typer.Option(help="Name of the new line.")] = "",
    as_json: AsJson = False,
) -> None:
    """Do all remembered steps again from the original, on a new branch; nothing is destroyed."""
    from orchestrator.cli.console import Follower, out, print_json
    from orchestrator.cli.interrupting import stopping_on_interrupt
    from orchestrator.repair import repair as run
    from orchestrator.session import EditSession

    console = out(json_mode=as_json)
    with EditSession.open(session) as editing:
        follower = Follower(console)
        with stopping_on_interrupt(editing.stop), follower.watching():
            done = run(editing, branch, on_event=follower)
        shown = editing.info
    for label in done.left_out:
        console.print(f"left out, since a later step overwrote it: {label}", markup=False)
    if done.complete:
        console.print(f"now on branch {done.branch}; the old line is {done.previous}")
    else:
        console.print(
            f"not every step could be done again; still on {done.previous}, "
            f"what was done is on branch {done.branch}"
        )
    if as_json:
        print_json(
            {
                "session": shown.id,
                "revision": shown.head_id,
                "branch": done.branch,
                "previous": done.previous,
                "complete": done.complete,
                "left_out": list(done.left_out),
                "turns": [report.to_json() for report in done.reports],
            }
        )
    if not done.complete:
        raise typer.Exit(3)
