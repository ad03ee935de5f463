"""Work that must end in time, even where it never looks at a clock.

An editor is asked to stop first; one that does not listen is left behind in its thread, which ends
with the process, and its answer, should it ever come, is dropped.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from tools.errors import EditorFailed

T = TypeVar("T")
LOOK = 0.05
"""Seconds between looks at the clock and at the person's wish to stop."""
GRACE = 2.0
"""Seconds an editor has for stopping once it was asked to."""


class TimedOut(EditorFailed):
    """The editor took longer than a step may; trying again would take as long."""

    retryable = False


class _Work(Generic[T]):
    def __init__(self, work: Callable[[Callable[[], bool]], T], stop: threading.Event) -> None:
        self._work, self._stop = work, stop
        self.answer: list[T] = []
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self.answer.append(self._work(self._stop.is_set))
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            self.error = error


def within(
    seconds: float,
    cancelled: Callable[[], bool],
    name: str,
    work: Callable[[Callable[[], bool]], T],
) -> T:
    """Do work in a thread of its own and wait for it no longer than allowed.

    Args:
        seconds: the limit.
        cancelled: whether the person wants to stop; passed on to the work.
        name: of the editor, for the error.
        work: is given a function that says when it should stop.

    Raises:
        TimedOut: it took longer.
        BaseException: whatever the work raised.
    """
    stop = threading.Event()
    doing: _Work[T] = _Work(work, stop)
    thread = threading.Thread(target=doing.run, name=f"editor {name}", daemon=True)
    thread.start()
    waited = 0.0
    while thread.is_alive() and waited < seconds:
        thread.join(LOOK)
        waited += LOOK
        if cancelled():
            stop.set()
            break
    late = thread.is_alive() and not stop.is_set()
    stop.set()
    thread.join(GRACE)
    if late or thread.is_alive():
        raise TimedOut(
            f"{name} did not answer within {seconds:.2g} s; "
            "allow it more time, or use another model"
        )
    if doing.error is not None:
        raise doing.error
    return doing.answer[0]
