"""``smartedit session tries``: what was tried at each step, kept or not."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def tries(
    session: Annotated[str, typer.Argument(help="Session id, or the beginning of it.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Draw them side by side into this file.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array on stdout.")] = False,
) -> None:
    """Every try at every step, the refused ones too, with why and with what was changed."""
    from dataclasses import asdict

    from orchestrator.cli.console import out, print_json
    from orchestrator.cli.output import check_output_of
    from orchestrator.session import EditSession
    from orchestrator.tries_view import tries_lines, tries_of, tries_sheet

    console = out(json_mode=as_json)
    with EditSession.open(session) as editing:
        check_output_of(editing, output)
        found = tries_of(editing)
        sheet = None if output is None else tries_sheet(editing, found)
    if output is not None and sheet is not None:
        from tools.pictures import Picture
        from tools.saving import save_picture

        save_picture(Picture(sheet), output)
        console.print(f"drawn: {output}", markup=False)
    if as_json:
        print_json([asdict(item) for item in found])
        return
    for line in tries_lines(found) or ["nothing was tried yet"]:
        console.print(line, markup=False)
