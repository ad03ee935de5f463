"""``smartedit run``: a script of stages over many pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from orchestrator.cli import options


def run(
    script: Annotated[Path, typer.Argument(help="The YAML file.")],
    pictures: Annotated[
        str | None, typer.Option("--input", help="A picture, a folder or a glob.")
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, max=64, help="Worker processes.")] = 1,
    style_image: options.StyleImage = None,
    looks: options.Looks = None,
    planner: Annotated[
        str | None,
        typer.Option(help="rules, provider:model or auto, in the place of the script's own."),
    ] = None,
    segmenter: Annotated[
        str | None,
        typer.Option(help="auto, grabcut, sam-nano, sam:vit_b …, in the place of the script's."),
    ] = None,
    detector: Annotated[
        str | None,
        typer.Option(help="none, owlv2:FOLDER …, in the place of the script's own."),
    ] = None,
    resume: Annotated[bool, typer.Option(help="Go on with half-done pictures.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write the JSON report here too.")] = None,
    as_json: options.AsJson = False,
) -> None:
    """Carry out a script over many pictures; pictures that are done are not done again."""
    import json
    import time

    from rich.markup import escape

    from memory.home import find_home
    from orchestrator.batch import run_batch
    from orchestrator.cli.console import MARKS, out, print_json
    from orchestrator.cli.examples import given_looks, with_style
    from orchestrator.cli.hints import parse_assets
    from orchestrator.detectors import check_senses
    from orchestrator.planning import get_planner
    from orchestrator.script import find_inputs, load_script
    from orchestrator.settings import RunSettings

    console = out(json_mode=as_json)
    loaded = load_script(script)
    said = {"planner": planner, "segmenter": segmenter, "detector": detector}
    loaded = loaded.model_copy(update={name: said[name] for name in said if said[name] is not None})
    # What is not there is told before the first picture.
    get_planner(loaded.planner)
    senses = RunSettings(segmenter=loaded.segmenter, detector=loaded.detector)
    check_senses(senses, find_home())
    found = find_inputs(loaded, script, pictures)
    started = time.monotonic()

    def tell(result: dict[str, Any]) -> None:
        mark = MARKS.get(result["status"], f"[yellow]{result['status']}[/]")
        again = " [dim](done before)[/]" if result["skipped"] else ""
        console.print(f"{mark}  {escape(result['picture'])}{again}")
        if result["reason"]:
            console.print(f"    [dim]{escape(result['reason'])}[/]")

    extras = {
        "assets": parse_assets(with_style(None, style_image)),
        "looks": given_looks(looks),
    }
    results = run_batch(loaded, found, jobs=jobs, resume=resume, extras=extras, on_result=tell)
    counts = {
        status: sum(result["status"] == status for result in results)
        for status in ("done", "partial", "failed")
    }
    whole = {
        "script": loaded.name,
        "status": _overall(counts, len(results)),
        "counts": counts,
        "pictures": results,
        "seconds": round(time.monotonic() - started, 3),
    }
    console.print(_table(results))
    console.print(
        ", ".join(f"{count} {status}" for status, count in counts.items())
        + f" of {len(results)} in {whole['seconds']:.1f} s"
    )
    if report is not None:
        part = report.with_suffix(report.suffix + ".part")
        part.write_text(json.dumps(whole, indent=2, ensure_ascii=False), encoding="utf-8")
        part.replace(report)
    if as_json:
        print_json(whole)
    raise typer.Exit({"done": 0, "partial": 3, "failed": 4}[str(whole["status"])])


def _overall(counts: dict[str, int], total: int) -> str:
    if counts["done"] == total:
        return "done"
    return "failed" if counts["failed"] == total else "partial"


def _table(results: list[dict[str, Any]]) -> Any:
    from rich.table import Table

    table = Table(show_edge=False, pad_edge=False)
    for column in ("picture", "status", "stages", "seconds", "result"):
        table.add_column(column, overflow="fold")
    for result in results:
        done = sum(stage["status"] == "done" for stage in result["stages"])
        table.add_row(
            Path(result["picture"]).name,
            result["status"],
            f"{done}/{len(result['stages'])}",
            f"{result['seconds']:.1f}",
            result["output"] or "",
        )
    return table
