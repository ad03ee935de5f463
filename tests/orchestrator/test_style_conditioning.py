"""An editor that can look at a second picture is shown the example; others never are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from memory.store import SessionStore
from orchestrator.editors import EditorShelf
from orchestrator.session import EditSession
from orchestrator.settings import RunSettings
from tests.orchestrator.conftest import PaintEditor, photo
from tools.editing import EditOutcome, EditRequest
from tools.pictures import Picture


class Looking(PaintEditor):
    """Keeps what it was shown."""

    def __init__(self, takes_style: bool) -> None:
        super().__init__()
        self.takes_style = takes_style
        self.shown: list[object] = []

    def edit(self, request: EditRequest) -> EditOutcome:
        self.shown.append(request.style_image)
        return super().edit(request)


@pytest.mark.parametrize("takes", [True, False])
def test_the_example_reaches_only_editors_that_take_one(
    store: SessionStore, tmp_path: Path, takes: bool
) -> None:
    """Redrawing in the style of the picture hands it to an editor that says it can use it."""
    example = np.full((20, 30, 3), 77, np.uint8)
    Image.fromarray(example).save(tmp_path / "style.png")
    editor = Looking(takes)
    session = EditSession.create(
        Picture(photo()), store=store, editors=EditorShelf({"paint": lambda: editor})
    )
    settings = RunSettings(assets={"style": str(tmp_path / "style.png")})
    session.edit("redraw it in the style of this picture", settings=settings)
    assert editor.shown
    given = editor.shown[0]
    assert np.array_equal(given, example) if takes else given is None
