"""Runs a conversation with a model so that it can be stopped at any moment and never overruns.

The conversation gets an event loop and a thread of its own: the caller may be in a loop already (a
notebook, a server), and nothing of the caller's tracing context reaches the model's client.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from tools.errors import Cancelled

T = TypeVar("T")
POLL_SECONDS = 0.05
CLOSING_SECONDS = 2.0


def run_stoppable(
    talk: Callable[[], Coroutine[Any, Any, T]], cancelled: Callable[[], bool], seconds: float
) -> T:
    """The result of a conversation.

    Args:
        talk: starts it.
        cancelled: polled meanwhile.
        seconds: it may take, all in all.

    Raises:
        Cancelled: the user asked to stop; the connection is closed.
        TimeoutError: it took longer.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="planner") as pool:
        return pool.submit(lambda: asyncio.run(_watched(talk, cancelled, seconds))).result()


async def _watched(
    talk: Callable[[], Coroutine[Any, Any, T]], cancelled: Callable[[], bool], seconds: float
) -> T:
    task = asyncio.ensure_future(talk())
    end = asyncio.get_running_loop().time() + seconds
    try:
        while not task.done():
            await asyncio.wait({task}, timeout=POLL_SECONDS)
            if task.done():
                break
            if cancelled():
                raise Cancelled("cancelled while planning")
            if asyncio.get_running_loop().time() > end:
                raise TimeoutError(f"planning took more than {seconds:g} s")
        return task.result()
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait({task}, timeout=CLOSING_SECONDS)
            if task.done() and not task.cancelled():
                task.exception()  # seen; what it says no longer matters
