"""What the editors that draw without a model share: which pictures they take, and how they say no.

Each draws into drawings alone, sees them through the eyes it is given, and takes a step's typed
wish, never its words. It draws nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from smartedit_model import domain
from smartedit_model.drawings.surroundings import Surroundings
from smartedit_model.sam.small import is_here
from tools.editing import Availability, DomainVerdict, EditOutcome, EditRequest
from tools.errors import BadArguments, Cancelled
from tools.operation import Rgb


class DrawingEditor:
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

    def _begin(self, request: EditRequest) -> None:
        """Refuse what no such editor does.

        Raises:
            BadArguments: there are no options.
            Cancelled: the caller said stop.
        """
        if request.options:
            option = next(iter(request.options))
            raise BadArguments(f"{self.name} has no option {option!r}; it has none")
        if request.cancelled():
            raise Cancelled("stopped before anything was drawn")


def declined(request: EditRequest, reason: str) -> EditOutcome:
    """The picture as it was, and why."""
    request.progress(1.0)
    return EditOutcome(request.image.copy(), notes=(reason,), declined=True)
