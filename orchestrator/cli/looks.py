"""``smartedit looks``: every named look with what it is made of and where it comes from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from tools.lookbook import LookBook

PREVIEW_SIDE = 360


def looks(
    name: Annotated[str, typer.Argument(help="Only this one, with all its amounts.")] = "",
    looks_file: Annotated[
        Path | None, typer.Option("--looks", help="Your own looks (YAML) too.")
    ] = None,
    preview: Annotated[
        Path | None, typer.Option(help="Show every look (or the one) on this picture.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Where the preview is written.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """List the looks an instruction may ask for; a look's amounts can be copied into your own."""
    from memory.home import find_home
    from orchestrator.cli.console import out, print_json
    from orchestrator.cli.examples import given_looks
    from orchestrator.looks import FILE_NAME, look_book

    home = find_home()
    book = look_book(home.root, given_looks(looks_file))
    names = [book.name(name)] if name else sorted(book.looks)
    if preview is not None:
        written = _preview(book, names, preview, output or Path("looks.png"))
        out(json_mode=as_json).print(f"written: {written}", markup=False)
    if as_json:
        print_json({one: {"source": book.sources[one], **book.looks[one].dump()} for one in names})
        return
    if name:
        _show(book, names[0])
        return
    if preview is not None:
        return
    from rich.table import Table

    table = Table(show_edge=False, pad_edge=False)
    for column in ("look", "what", "source"):
        table.add_column(column, overflow="fold")
    for one in names:
        table.add_row(one, book.looks[one].about or book.looks[one].in_words(), book.sources[one])
    out().print(table)
    out().print(
        f"{len(names)} looks; 'smartedit looks NAME' shows the amounts of one; "
        f"your own go into {home.root / FILE_NAME}",
        style="dim",
        markup=False,
    )


def _show(book: LookBook, name: str) -> None:
    """One look as YAML that can be copied."""
    import yaml

    from orchestrator.cli.console import out

    console = out()
    console.print(f"# {book.sources[name]}: {book.looks[name].in_words()}", style="dim")
    text = yaml.safe_dump({name: book.looks[name].dump()}, sort_keys=False, allow_unicode=True)
    console.print(text.rstrip(), markup=False, soft_wrap=True)


def _preview(book: LookBook, names: list[str], picture: Path, output: Path) -> Path:
    """A contact sheet of looks on a small copy of the user's own picture."""
    from orchestrator.cli.output import check_output
    from tools.contact_sheet import contact_sheet
    from tools.fields import shrink
    from tools.pictures import Picture, load_picture
    from tools.saving import save_picture, spare

    check_output(output)
    spare(output, picture)
    small = shrink(load_picture(picture).rgb, PREVIEW_SIDE)
    tiles = [(small, "as it is"), *((_given(book, one, small), one) for one in names)]
    save_picture(Picture(contact_sheet(tiles, columns=min(5, len(tiles)))), output)
    return output


def _given(book: LookBook, name: str, image: Any) -> Any:
    from orchestrator.looks import spell_out
    from orchestrator.plan import load_plan
    from orchestrator.routing import usual
    from tools.operation import ToolContext
    from tools.registry import get_tool, parse_args

    step = {"id": "s1", "op": "grade", "instruction": name, "params": {"look": name}}
    for part in spell_out(load_plan({"instruction": name, "steps": [step]}), book).steps:
        way = usual(part)
        tool = get_tool(way.executor.removeprefix("tool:"))
        image = tool.run(parse_args(tool, way.args), ToolContext(image=image)).image
    return image
