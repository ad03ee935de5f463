"""``smartedit models …``: what models there are, and how to get, import and check them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.filesize import decimal

app = typer.Typer(help="Models: list, pull, import, verify.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="smartedit-7b, smartedit-13b, sam:vit_b, …")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask about space.")]


@app.command("list")
def list_models(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Every model this installation knows, and whether it is here."""
    from orchestrator.cli.console import out, print_json
    from smartedit_model.registry import list_models as rows

    found = rows(_models_folder())
    if as_json:
        print_json(
            [
                {
                    "name": row.entry.name,
                    "summary": row.entry.summary,
                    "present": row.present,
                    "folder": str(row.folder),
                    "bytes": row.bytes,
                }
                for row in found
            ]
        )
        return
    for row in found:
        state = f"[green]here[/], {decimal(row.bytes)}" if row.present else "not here"
        out().print(f"[bold]{row.entry.name}[/]  {state}\n    {row.entry.summary}")


@app.command()
def pull(name: Name, yes: Yes = False) -> None:
    """Download the public parts of a model, sizes first; says where a licence must be accepted."""
    from orchestrator.cli.approval import confirmed
    from orchestrator.cli.console import out
    from smartedit_model.photographs.packages import PACKED, refuse_pull
    from smartedit_model.pulling import pull_model

    if name.startswith("sam:"):
        _pull_sam(name, yes)
        return
    if name in PACKED:
        refuse_pull(name)

    def confirm(plan: Any) -> bool:
        for repository, size in plan.sizes.items():
            out().print(f"{repository}: {decimal(size)}")
        question = f"Fetch {decimal(plan.needed)} ({decimal(plan.free)} free)?"
        return yes or confirmed(question, otherwise="--yes")

    for repository, folder in pull_model(name, _models_folder() / "parts", confirm=confirm).items():
        out().print(f"{repository}: {folder}")


@app.command("import")
def import_model(
    name: Name,
    checkpoint: Annotated[
        Path, typer.Option(help="SmartEdit's checkpoint folder, or SAM's published file.")
    ],
    llava: Annotated[Path | None, typer.Option(help="LLaVA-1.1, full or as a delta.")] = None,
    sd: Annotated[
        Path | None, typer.Option(help="timbrooks/instruct-pix2pix; as pulled when omitted.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Where the model goes.")
    ] = None,
    llama: Annotated[Path | None, typer.Option(help="LLaMA, where LLaVA is a delta.")] = None,
    clip: Annotated[
        Path | None, typer.Option(help="openai/clip-vit-large-patch14; as pulled when omitted.")
    ] = None,
    step: Annotated[
        int | None, typer.Option(help="Training step, where the checkpoint holds several.")
    ] = None,
    yes: Yes = False,
) -> None:
    """Turn the published weights into one checked folder; an interrupted import goes on."""
    from orchestrator.cli.approval import confirmed
    from orchestrator.cli.console import out
    from smartedit_model.photographs.packages import PACKED, refuse_pull
    from smartedit_model.pulling import pulled_parts
    from smartedit_model.registry import import_model as run

    if name in PACKED:
        refuse_pull(name)
    if name.startswith("sam:"):
        from smartedit_model.sam.official import bring

        where = bring(name, checkpoint, _models_folder())
        out().print(f"imported: {where}; use it with --segmenter {name}")
        return
    pulled = pulled_parts(_models_folder() / "parts")
    sd = sd or pulled["timbrooks/instruct-pix2pix"]
    clip = clip or pulled["openai/clip-vit-large-patch14"]
    if llava is None or sd is None:
        raise typer.BadParameter(
            f"{name} is made of three folders: give --llava and --sd too "
            f"(`smartedit models pull {name}` fetches the latter)"
        )
    target = output or _models_folder() / name

    def confirm(plan: Any) -> bool:
        for part, size in plan.sizes.items():
            out().print(f"{part}: {decimal(size)}")
        question = f"Write {decimal(plan.needed)} to {target} ({decimal(plan.free)} free)?"
        return yes or confirmed(question, otherwise="--yes")

    target.parent.mkdir(parents=True, exist_ok=True)
    with _progress() as progress:
        run(
            name,
            checkpoint=checkpoint,
            llava=llava,
            sd=sd,
            out=target,
            confirm=confirm,
            progress=progress,
            llama_dir=llama,
            clip_dir=clip,
            steps=step,
        )
    use = name if output is None else target
    out().print(f"imported: {target}; use it with --model {use}", soft_wrap=True)


@app.command()
def verify(
    name: Annotated[str, typer.Argument(help="A model's name or folder, or KIND:FOLDER.")],
    quick: Annotated[bool, typer.Option(help="Names and shapes only.")] = False,
) -> None:
    """Check that a model is whole: names, shapes, hashes, no NaN; of detectors by KIND:FOLDER."""
    from orchestrator.cli.console import out
    from smartedit_model.detectors.kinds import KINDS
    from smartedit_model.photographs.packages import PACKED
    from smartedit_model.registry import model_folder, verify_model

    if name.startswith("sam:"):
        from smartedit_model.sam.official import verify as verify_checkpoint

        lines = verify_checkpoint(name, _models_folder(), deep=not quick)
    elif name == "sam-nano":
        from smartedit_model.sam.small import small_folder, verify_small

        lines = verify_small(small_folder(_models_folder()))
    elif name.partition(":")[0] in KINDS:
        from smartedit_model.detectors.detector import open_detector

        lines = open_detector(name).verify()
    elif name in PACKED:
        lines = PACKED[name].verify()
    else:
        lines = verify_model(model_folder(name, _models_folder()), deep=not quick)
    for line in lines:
        out().print(f"[green]✓[/] {line}")


def _pull_sam(name: str, yes: bool) -> None:
    """Fetch a SAM checkpoint from its publisher."""
    from orchestrator.cli.approval import confirmed
    from orchestrator.cli.console import out
    from smartedit_model.sam.official import pull

    def confirm(size: int, free: int) -> bool:
        question = f"Fetch {decimal(size)} ({decimal(free)} free)?"
        return yes or confirmed(question, otherwise="--yes")

    where = pull(name, _models_folder(), confirm=confirm)
    out().print(f"{name}: {where}; use it with --segmenter {name}")


def _models_folder() -> Path:
    from memory.home import find_home

    return find_home().models


@contextmanager
def _progress() -> Iterator[Any]:
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    from orchestrator.cli.console import out

    bar = Progress(TextColumn("{task.description}"), BarColumn(), DownloadColumn(), console=out())
    task = bar.add_task("importing")

    def progress(part: str, written: int, total: int) -> None:
        if not bar.live.is_started:  # not before: the question about space has the terminal
            bar.start()
        bar.update(task, description=part, completed=written, total=total)

    try:
        yield progress
    finally:
        if bar.live.is_started:
            bar.stop()
