"""What the editors that draw without a model share: which pictures they take, and how they say no.

Each draws into drawings alone, sees them through the eyes it is given, and takes a step's typed
wish, never its words. It draws nothing itself.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from smartedit_model import domain
from smartedit_model.drawings.surroundings import Surroundings
from smartedit_model.sam.small import is_here
from tools.editing import Availability, DomainVerdict, EditOutcome, EditRequest, Wish
from tools.errors import BadArguments, Cancelled
from tools.operation import Rgb


class DrawingEditor(ABC):
    """An editor of drawings, but for what it draws.

    Args:
        folder: of the small SAM, whose ``domain.json`` says which pictures are drawings.
        look: tells what is seen in a drawing, HWC uint8 RGB.
    """

    name: str
    version: str
    """Of the code; there is nothing else that results come from."""
    ops: frozenset[str]
    """What it can be asked for."""
    takes: str
    """How it says that a picture is none of its own: "draws into drawings"."""

    def __init__(self, folder: Path, look: Callable[[Rgb], Surroundings]) -> None:
        self._folder, self._look = folder, look

    def availability(self) -> Availability:
        """Whether the eyes it sees drawings with are there."""
        if is_here(self._folder):
            return Availability(True)
        return Availability(False, f"there is no small SAM in {self._folder}")

    def supports(self, op: str) -> bool:
        """Whether it can be asked for an op."""
        return op in self.ops

    def domain(self, image: Rgb) -> DomainVerdict:
        """Whether the picture is a drawing."""
        found = domain.judge(self._folder, image)
        if found.inside:
            return found
        reason = f"{self.name} {self.takes}, and this is none"
        return DomainVerdict(False, found.confidence, reason)

    def suits(self, wish: Wish, image: Rgb) -> DomainVerdict:
        """Whether it does what is wished, and whether the picture is a drawing."""
        refusal = self._refusal(wish)
        return DomainVerdict(False, reason=refusal) if refusal else self.domain(image)

    def edit(self, request: EditRequest) -> EditOutcome:
        """Do what is wished, or decline.

        Raises:
            BadArguments: there are no options, or what is to be replaced is too large.
            Cancelled: the caller said stop.
        """
        if request.options:
            option = next(iter(request.options))
            raise BadArguments(f"{self.name} has no option {option!r}; it has none")
        if request.cancelled():
            raise Cancelled("stopped before anything was drawn")
        refusal = self._refusal(request.wish)
        if request.wish is None or refusal:
            return declined(request, refusal)
        return self._made(request, request.wish)

    @abstractmethod
    def _refusal(self, wish: Wish | None) -> str:
        """Why a wish is none for this editor, whatever the picture is; empty where it is one."""

    @abstractmethod
    def _made(self, request: EditRequest, wish: Wish) -> EditOutcome:
        """What comes of a wish that is one for this editor."""


def outcome(request: EditRequest, image: Rgb, note: str, settings: dict[str, Any]) -> EditOutcome:
    """What was drawn, by an editor that drew just where the picture has changed."""
    request.progress(1.0)
    drawn = np.asarray((image != request.image).any(axis=2))
    return EditOutcome(image, notes=(note,), settings=settings, drawn=drawn)


def declined(request: EditRequest, reason: str) -> EditOutcome:
    """The picture as it was, and why."""
    request.progress(1.0)
    return EditOutcome(request.image.copy(), notes=(reason,), declined=True)
