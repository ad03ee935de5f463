"""What the benchmarks of editors of drawings share: cases, the whole product, sheets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count, islice
from pathlib import Path

import cv2
import numpy as np

from orchestrator.evaluated import ProductSubject
from smartedit_model.evaluation.subjects import Ask
from smartedit_model.world.edits import EditSample
from smartedit_model.world.stream import sample
from tools.operation import Rgb

Maker = Callable[[EditSample, int], Rgb]
"""Makes an edit of the world: the case and its number -> the result."""
SHOWN, ACROSS = 24, 8
"""Cases on a sheet, and in a row of it."""


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


def column(case: EditSample, made: Rgb) -> Rgb:
    """A case for a sheet: before, as it was made, as it should be."""
    return np.vstack([case.source, made, case.target])


def save_sheet(columns: list[Rgb], path: Path) -> None:
    """Write the first cases as one picture, whole rows of them."""
    whole = min(SHOWN, len(columns) // ACROSS * ACROSS)
    rows = [np.hstack(columns[at : at + ACROSS]) for at in range(0, whole, ACROSS)]
    cv2.imwrite(str(path), cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR))
