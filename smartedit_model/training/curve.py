"""The curve of a training: mean losses, kept as lines of JSON while it runs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from smartedit_model.training.losses import Losses

Tell = Callable[[str], None]
EVERY = 25
"""Steps a line."""


class Curve:
    """Mean losses, a line of JSON every ``EVERY`` steps, in a file and told.

    Args:
        path: The file; lines are added to it.
        tell: Called with each line.
    """

    def __init__(self, path: Path, tell: Tell) -> None:
        self.path, self.tell = path, tell
        self.seen: list[dict[str, Tensor]] = []
        self.since = time.monotonic()

    def __call__(self, step: int, losses: Losses) -> None:
        """Take the losses of a step."""
        parts = {"total": losses.total, **losses.parts}
        self.seen.append({name: part.detach() for name, part in parts.items()})
        if step % EVERY:
            return
        # They are read only now: at each step it would mean to wait for the device. A batch of
        # questions only has fewer losses than others.
        names = dict.fromkeys(name for step_parts in self.seen for name in step_parts)
        kept = {name: [s[name] for s in self.seen if name in s] for name in names}
        mean = {name: round(float(torch.stack(found).mean()), 5) for name, found in kept.items()}
        now = time.monotonic()
        line: dict[str, Any] = {"step": step, "seconds": round(now - self.since, 1), **mean}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        self.tell(json.dumps(line))
        self.seen, self.since = [], now
