"""Routes that yield: an editor for some pictures is asked first, and the tools do the others."""

from __future__ import annotations

import numpy as np
import pytest

from memory.store import SessionStore
from orchestrator.editors import EditorShelf
from orchestrator.session import EditSession
from orchestrator.settings import RunSettings
from tests.orchestrator.conftest import photo, plan_of
from tools.editing import Availability, DomainVerdict, EditOutcome, EditRequest
from tools.operation import Rgb
from tools.pictures import Picture

NIGHT: dict[str, object] = {"op": "relight", "params": {"to": "night"}, "scope": "global"}


class Lamplighter:
    """Makes night by halving, of the pictures that are its own.

    Args:
        inside: whether the pictures are.
        works: it changes anything.
    """

    name = "drawn-moods"
    version = "1"

    def __init__(self, *, inside: bool = True, works: bool = True) -> None:
        self._inside, self._works = inside, works
        self.calls = 0

    def availability(self) -> Availability:
        """Always."""
        return Availability(True)

    def supports(self, op: str) -> bool:
        """Light alone."""
        return op == "relight"

    def domain(self, image: Rgb) -> DomainVerdict:
        """As it was told."""
        return DomainVerdict(self._inside, reason="not its kind")

    def edit(self, request: EditRequest) -> EditOutcome:
        """Halve."""
        self.calls += 1
        image = request.image // 2 if self._works else request.image.copy()
        return EditOutcome(np.asarray(image, dtype=np.uint8))


def night(store: SessionStore, editor: Lamplighter, *, force: bool = False) -> dict[str, object]:
    """The report of a night made with that editor on the shelf."""
    shelf = EditorShelf({editor.name: lambda: editor})
    session = EditSession.create(Picture(photo()), store=store, editors=shelf)
    report = session.edit("a test", plan=plan_of(NIGHT), settings=RunSettings(force=force))
    return report.steps[0]


def test_its_own_pictures_it_does(store: SessionStore) -> None:
    """Once, and the report names it."""
    editor = Lamplighter()
    step = night(store, editor)
    assert (step["status"], step["executor"], editor.calls) == ("done", "drawn-moods", 1)


@pytest.mark.parametrize("force", [False, True])
def test_other_pictures_the_tools_do(store: SessionStore, force: bool) -> None:
    """As if it were not there; forcing a model is not about this one."""
    editor = Lamplighter(inside=False)
    step = night(store, editor, force=force)
    assert (step["status"], step["executor"], editor.calls) == ("done", "tool:relight", 0)


def test_where_nothing_changed_the_tools_follow_at_once(store: SessionStore) -> None:
    """It would only do the same again."""
    editor = Lamplighter(works=False)
    step = night(store, editor)
    tries = step["tries"]
    assert isinstance(tries, list)
    assert [told["executor"] for told in tries] == ["drawn-moods", "tool:relight"]
    assert step["status"] == "done"
