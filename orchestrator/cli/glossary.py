"""``smartedit teach``, ``glossary`` and ``forget``: words that the program does not know."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from memory.records import WordInfo
    from orchestrator.taught import Area

Session = Annotated[
    str | None, typer.Option(help="Only for this session; for all sessions without it.")
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


def teach(
    word: Annotated[str, typer.Argument(help='The word or phrase, as in "barometer".')],
    meaning: Annotated[str, typer.Argument(help='What it is: "the round brass dial".')],
    session: Session = None,
    image: Annotated[
        Path | None, typer.Option(help="A picture it is in, as an example of how it looks.")
    ] = None,
    crop: Annotated[
        str | None, typer.Option(help="x,y,w,h of it in that picture (or the session's).")
    ] = None,
    mask: Annotated[
        Path | None, typer.Option(help="Mask of it in that picture, white = it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Teach a word; with an example, things that look like it are found in other pictures."""
    from memory.store import SessionStore
    from orchestrator.cli.console import out, print_json
    from orchestrator.taught import teach as teach_word

    area = _area(crop)
    with SessionStore.open() as store:
        owner = None if session is None else store.session(session).id
        made = teach_word(
            store, word, meaning, session_id=owner, picture=image, area=area, mask_file=mask
        )
    if as_json:
        print_json(_facts(made))
        return
    where = "in all sessions" if owner is None else f"in session {owner}"
    shown = " and is known by how it looks" if made.example_mask_id else ""
    out().print(f"{made.word!r} now means {made.meaning!r} {where}{shown}", markup=False)


def glossary(session: Session = None, as_json: AsJson = False) -> None:
    """List the taught words."""
    from memory.store import SessionStore
    from orchestrator.cli.console import out, print_json

    with SessionStore.open() as store:
        owner = None if session is None else store.session(session).id
        known = store.glossary(owner)
    if as_json:
        print_json([_facts(word) for word in known])
        return
    if not known:
        out().print("no words have been taught; 'smartedit teach WORD MEANING' teaches one")
        return
    from rich.table import Table

    table = Table(show_edge=False, pad_edge=False)
    for column in ("word", "means", "holds", "example"):
        table.add_column(column, overflow="fold")
    for word in known:
        holds = "everywhere" if word.session_id is None else word.session_id
        table.add_row(_safe(word.word), _safe(word.meaning), holds, _example(word))
    out().print(table)


def forget(
    word: Annotated[str, typer.Argument(help="The word.")],
    session: Session = None,
) -> None:
    """Forget a taught word."""
    from memory.store import SessionStore
    from orchestrator.cli.console import out

    with SessionStore.open() as store:
        owner = None if session is None else store.session(session).id
        store.forget(word, session_id=owner)
    out().print(f"{word!r} is forgotten", markup=False)


def _area(text: str | None) -> Area | None:
    if text is None:
        return None
    from tools.errors import BadArguments

    try:
        values = [int(part) for part in text.replace(" ", "").split(",")]
    except ValueError:
        values = []
    if len(values) != 4 or min(values[2:]) < 1:
        raise BadArguments(f"--crop {text!r} is no area; give x,y,w,h in whole pixels")
    return values[0], values[1], values[2], values[3]


def _facts(word: WordInfo) -> dict[str, object]:
    return {
        "word": word.word,
        "meaning": word.meaning,
        "session": word.session_id,
        "example": word.example_mask_id,
    }


def _example(word: WordInfo) -> str:
    return "yes" if word.example_mask_id else ""


def _safe(text: str) -> str:
    from rich.markup import escape

    return escape(text)
