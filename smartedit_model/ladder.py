"""Ways to run with less and less memory, tried in turn.

It knows no model: a rung is a name and something to call.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from smartedit_model.errors import DeviceMemoryError

T = TypeVar("T")

#: What PyTorch's allocators and cuBLAS say when memory is full.
_FULL = (
    "out of memory",
    "can't allocate memory",
    "not enough memory: you tried to allocate",
    "cublas_status_alloc_failed",
)


@dataclass(frozen=True)
class Rung(Generic[T]):
    """One way to run.

    Attributes:
        note: What it gives up, in words for the report; empty for the full way.
        run: Runs.
    """

    note: str
    run: Callable[[], T]


def climb_down(rungs: Sequence[Rung[T]]) -> tuple[T, tuple[str, ...]]:
    """Run the first rung that fits into memory.

    Args:
        rungs: From the best to the most frugal.

    Returns:
        The result and a note where a lower rung was needed.

    Raises:
        DeviceMemoryError: None fits; memory is free again, so that the next job can run.
    """
    tried = []
    for rung in rungs:
        try:
            result = rung.run()
        except (MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
            tried.append(rung.note or "as asked")
        else:
            return result, (f"out of memory, then ran {rung.note}",) if tried else ()
        free_memory()
    raise DeviceMemoryError(
        f"not enough memory even after trying: {', '.join(tried)}; close other programs or edit "
        "a smaller picture"
    )


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that the device's or the machine's memory is full."""
    import torch

    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    text = str(error).lower()
    return any(words in text for words in _FULL)


def free_memory() -> None:
    """Give back memory that failed work still holds."""
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if torch.backends.mps.is_available():
        torch.mps.empty_cache()
