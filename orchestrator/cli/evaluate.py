"""``smartedit eval``: a model on a benchmark folder, or on the drawn world's test split."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from smartedit_model.evaluation.bench import Bench, Record
    from smartedit_model.evaluation.subjects import Subject


def evaluate(
    folder: Annotated[
        Path | None,
        typer.Argument(help="A Reason-Edit folder; the built-in test split when omitted."),
    ] = None,
    model: Annotated[
        str, typer.Option(help="A name, a SmartEdit folder, diffusers:NAME, or copy.")
    ] = "smartedit-nano",
    product: Annotated[
        bool,
        typer.Option(
            "--product",
            help="The whole product around the model (auto or a name): plan, tools, verification.",
        ),
    ] = False,
    output: Annotated[
        Path | None, typer.Option("-o", "--out", help="Folder of the run; eval/MODEL otherwise.")
    ] = None,
    number: Annotated[
        int | None, typer.Option("--limit", min=1, help="Cases a category; 200 of the test split.")
    ] = None,
    categories: Annotated[
        str | None, typer.Option(help="left_right,size,mirror,colour,multiple,reasoning,…")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the model's noise.")] = 0,
    batch: Annotated[int, typer.Option(min=1, help="Cases in one pass.")] = 8,
    size: Annotated[int, typer.Option(min=32, max=2048, help="Side of drawn pictures.")] = 128,
    option: Annotated[
        list[str] | None, typer.Option("--option", help="NAME=VALUE for the model, as steps=20.")
    ] = None,
    baseline: Annotated[
        list[Path] | None, typer.Option(help="Another run's report.json, for the table.")
    ] = None,
    clip: Annotated[Path | None, typer.Option(help="A CLIP folder, for the CLIP score.")] = None,
    shown: Annotated[int, typer.Option(min=0, help="Cases a category with pictures.")] = 24,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Measure a model; a run that was stopped goes on where it was."""
    from memory.home import find_home
    from orchestrator.cli.console import out, print_json
    from orchestrator.editor_shelf import default_shelf
    from smartedit_model.evaluation.models import parse_options, subject_of
    from smartedit_model.evaluation.report import HTML, write_report
    from smartedit_model.evaluation.run import evaluate as run
    from smartedit_model.evaluation.summary import read_baselines, summarise

    console = out(json_mode=as_json)
    chosen = [name.strip() for name in categories.split(",")] if categories else None
    models = find_home().models
    others = read_baselines(baseline or [])
    given = parse_options(option or [])
    subject: Subject
    if product:
        from orchestrator.evaluated import ProductSubject
        from orchestrator.settings import RunSettings

        subject = ProductSubject(models, RunSettings(model=model, editor_options=given))
    else:
        subject = subject_of(model, models, default_shelf(models).get, given)
    bench = _bench(folder, chosen, number, size, clip)
    called = re.sub(r"[^\w.-]+", "_", subject.name)
    target = output or Path("eval") / f"{called}-{bench.name}"
    opened = subject if isinstance(subject, AbstractContextManager) else nullcontext()
    with opened, _progress(console) as tell:
        records, told = run(bench, subject, target, seed=seed, batch=batch, on_case=tell)
    summary = summarise(bench, records, told, seed)
    summary["baselines"] = others
    write_report(bench, records, summary, target, shown=shown)
    console.print(_table(summary))
    console.print(f"report: {target / HTML}")
    if as_json:
        print_json(summary)
    raise typer.Exit(3 if summary["errors"] else 0)


def _bench(
    folder: Path | None,
    categories: list[str] | None,
    number: int | None,
    size: int,
    clip: Path | None,
) -> Bench:
    if folder is not None:
        from smartedit_model.evaluation.folder_bench import FolderBench
        from smartedit_model.evaluation.preservation import LearnedMetrics

        return FolderBench(folder, LearnedMetrics(clip), categories, number)
    from smartedit_model.evaluation.judge import SceneJudge
    from smartedit_model.evaluation.world_bench import WorldBench

    return WorldBench(SceneJudge(), number or 200, categories, size=size)


def _progress(console: Any) -> Any:
    from contextlib import contextmanager

    @contextmanager
    def showing() -> Any:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

        columns = ("evaluating", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task("evaluating", total=None)

            def tell(done: int, total: int, _record: Record) -> None:
                bar.update(task, completed=done, total=total)

            yield tell

    return showing()


def _table(summary: dict[str, Any]) -> Any:
    from rich.table import Table

    table = Table(show_edge=False, pad_edge=False)
    for column in ("category", "cases", "Ins-align", "95%", "PSNR", "SSIM", "IoU", "seconds"):
        table.add_column(column, justify="left" if column == "category" else "right")
    rows = dict(summary["categories"])
    for name in ("understanding", "all"):
        if summary.get(name):
            rows[f"[bold]{name}[/]"] = summary[name]
    for name, row in rows.items():
        aligned = f"{row['ins_align']:.3f}" if "ins_align" in row else ""
        interval = "–".join(f"{v:.3f}" for v in row.get("interval", []))
        means = [_mean(row, key) for key in ("psnr", "ssim", "iou", "seconds")]
        table.add_row(name, str(row["count"]), aligned, interval, *means)
    return table


def _mean(row: dict[str, Any], key: str) -> str:
    if key in row:
        return f"{row[key]['value']:.3f}"
    return "identical" if key == "psnr" and row.get("identical") else ""
