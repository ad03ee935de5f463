"""Runs an operation over a picture in row strips, on all cores, in bounded memory.

Knows nothing of what the operation does. A 50-megapixel picture in float32 is 600 MB a copy; in
strips of about a quarter of a megapixel the working copies fit in the processor's cache instead.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np

from tools.errors import Cancelled
from tools.operation import Rgb, ToolContext

PIXELS_PER_STRIP = 1 << 18
_forced_rows: ContextVar[int | None] = ContextVar("strip_rows", default=None)

BlockFunction = Callable[[Rgb, int], Rgb]
"""(block HWC uint8, row of its first line in the picture) -> block of the same size."""


@contextmanager
def strip_rows(rows: int) -> Iterator[None]:
    """Force the height of strips, to prove that results do not depend on it."""
    token = _forced_rows.set(rows)
    try:
        yield
    finally:
        _forced_rows.reset(token)


def map_strips(context: ToolContext, function: BlockFunction, *, halo: int = 0) -> Rgb:
    """Apply ``function`` to every strip of ``context.image`` and join the results.

    Args:
        context: gives the picture, and is asked whether to stop and told how far the work is.
        function: pure; called from several threads at once.
        halo: rows of neighbourhood that a window operation needs above and below. The function
            sees them in its block and returns them too; they are cut off here. At the top and
            bottom of the picture there are none, so the function's own border rule applies there
            as it would on the whole picture.

    Returns:
        HWC uint8 RGB of the picture's size, a new array.

    Raises:
        Cancelled: the caller asked to stop.
    """
    image = context.image
    height, width = image.shape[:2]
    rows = _forced_rows.get() or max(1, PIXELS_PER_STRIP // width, 3 * halo)
    tops = range(0, height, rows)
    result = np.empty_like(image)

    def work(top: int) -> None:
        if context.cancelled():
            raise Cancelled("stopped as asked; nothing was changed")
        first, last = max(0, top - halo), min(height, top + rows + halo)
        done = function(image[first:last], first)
        end = min(height, top + rows)
        result[top:end] = done[top - first : end - first]

    if len(tops) == 1:
        work(0)
        context.progress(1.0)
        return result
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        for index, _ in enumerate(pool.map(work, tops), start=1):
            context.progress(index / len(tops))
    return result
