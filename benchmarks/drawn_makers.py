"""What the benchmarks of editors of drawings share: cases, the whole product, sheets."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import count, islice
from pathlib import Path

import cv2
import numpy as np

from memory.home import find_home
from orchestrator.evaluated import ProductSubject
from orchestrator.settings import RunSettings
from smartedit_model.evaluation.judge import SceneJudge
from smartedit_model.evaluation.subjects import Ask
from smartedit_model.world.edits import EditSample
from smartedit_model.world.stream import sample
from tools.operation import Rgb

Maker = Callable[[EditSample, int], Rgb]
"""Makes an edit of the world: the case and its number -> the result."""
SHOWN, ACROSS = 24, 8
"""Cases on a sheet, and in a row of it."""
WAYS = ("tools", "editor", "words")
"""By the photographic tools, by the editor for drawings alone, by the whole product from words."""


def edits(
    split: str,
    task: str,
    wanted: Callable[[EditSample], bool],
    limit: int,
    *,
    seed: int,
    size: int,
) -> Iterator[EditSample]:
    """The first so many edits of a stream that can be made and are wanted."""
    stream = (sample(split, n, seed, None, {task: 1.0}, size=size) for n in count())
    found = (m for m in stream if isinstance(m, EditSample) and m.valid and wanted(m))
    return islice(found, limit)


def by_words(subject: ProductSubject) -> Maker:
    """The whole product, given the world's own sentence."""
    return lambda case, number: (
        subject.make([Ask(case.source, case.instruction, case.op, number)])[0].image
    )


def options(about: str | None, *, limit: int, seed: int, each: str = "") -> ArgumentParser:
    """What benchmarks ask that compare ways of making the same edits.

    Args:
        about: what the benchmark says of itself.
        limit: cases.
        seed: of the stream of cases.
        each: what there are so many cases of, as " an op"; nothing for all together.
    """
    parser = ArgumentParser(description=about)
    parser.add_argument("--quick", action="store_true", help=f"8 cases{each}")
    parser.add_argument("--ways", nargs="+", default=["tools", "editor"], choices=WAYS)
    parser.add_argument("--limit", type=int, default=limit, help=f"cases{each}")
    parser.add_argument("--size", type=int, default=128, help="side of the pictures")
    parser.add_argument("--seed", type=int, default=seed, help="another seed gives other cases")
    parser.add_argument("--sheet", default=None, help="a folder for pictures of the first 24")
    return parser


def ways(
    asked: Namespace, by_tools: Maker, by_editor: Callable[[], Maker], settings: RunSettings
) -> Iterator[tuple[str, Maker]]:
    """The ways that are asked for, each with its maker; only while it is asked for the next."""
    with ProductSubject(find_home().models, settings) as product:
        makers: dict[str, Callable[[], Maker]] = {
            "tools": lambda: by_tools,
            "editor": by_editor,
            "words": lambda: by_words(product),
        }
        for way in asked.ways:
            yield way, makers[way]()


def judged(
    cases: Iterable[EditSample], make: Maker, named: Callable[[EditSample], str], sheet: Path | None
) -> dict[str, list[bool]]:
    """Whether each case came out right, by what it is named.

    Args:
        cases: edits.
        make: makes them.
        named: what a case counts as.
        sheet: where the first of them are shown; None for nowhere.
    """
    judge, right = SceneJudge(), defaultdict[str, list[bool]](list)
    shown: list[Rgb] = []
    for number, case in enumerate(cases):
        picture = make(case, number)
        right[named(case)].append(judge.judge(case, picture).aligned)
        shown.append(column(case, picture))
    if sheet is not None:
        save_sheet(shown, sheet)
    return right


def column(case: EditSample, made: Rgb) -> Rgb:
    """A case for a sheet: before, as it was made, as it should be."""
    return np.vstack([case.source, made, case.target])


def save_sheet(columns: list[Rgb], path: Path) -> None:
    """Write the first cases as one picture, whole rows of them."""
    whole = min(SHOWN, len(columns) // ACROSS * ACROSS)
    rows = [np.hstack(columns[at : at + ACROSS]) for at in range(0, whole, ACROSS)]
    cv2.imwrite(str(path), cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR))
