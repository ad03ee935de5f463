"""A benchmark in sections: each tells what it found as soon as it is through.

So a run that is stopped loses nothing, and one that may take so many seconds leaves out what it
has no time for. It measures nothing.
"""

from __future__ import annotations

import gc
import json
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psutil
import torch

from smartedit_model.errors import SmartEditModelError

#: What an optional section may fail with, on a machine nobody has tried it on. PyTorch's
#: compiler and memory errors are RuntimeErrors.
FAILURES = (
    SmartEditModelError,
    RuntimeError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ImportError,
    OSError,
)


@dataclass
class Sections:
    """The sections of a run.

    Attributes:
        benchmark: Name of the benchmark, which every line begins with.
        budget: Seconds the process may take since it was started; no limit when None.
    """

    benchmark: str
    budget: float | None = None
    started: float = field(default_factory=lambda: psutil.Process().create_time())
    failed: list[str] = field(default_factory=list)

    @property
    def left(self) -> float:
        """Seconds that are left."""
        taken = time.time() - self.started
        return float("inf") if self.budget is None else self.budget - taken

    def must(self, name: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Run a section that others build on, and print what it found as a line of JSON."""
        start = time.perf_counter()
        told = work()
        self._print(name, {**told, "section_seconds": round(time.perf_counter() - start, 2)})
        return told

    def may(self, name: str, needs: float, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Run a section unless ``needs`` seconds are more than are left; ``{}`` if left out.

        One that fails is told of and counted in :attr:`failed`; the others go on.
        """
        if needs > self.left:
            self._print(name, {"skipped": f"needs about {needs:.0f} s, {self.left:.0f} s left"})
            return {}
        try:
            return self.must(name, work)
        except FAILURES as error:
            traceback.print_exc(limit=-8)
            self._print(name, {"failed": f"{type(error).__name__}: {str(error)[:300]}"})
            self.failed.append(name)
            return {}
        finally:
            gc.collect()
            if torch.cuda.is_available():
                torch.cuda.empty_cache()

    def _print(self, name: str, told: dict[str, Any]) -> None:
        since = round(time.time() - self.started, 1)
        line = {"benchmark": self.benchmark, "section": name, **told, "at_seconds": since}
        sys.stderr.flush()
        print(json.dumps(line), flush=True)
