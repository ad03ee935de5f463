"""What reads whole phrases in a picture: on drawings the pointer, elsewhere an editor's own model.

Choosing loads no weights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.reader.words import word_vectors
from orchestrator.witnesses import witness_of
from tools.operation import Rgb

if TYPE_CHECKING:
    from memory.home import Home
    from orchestrator.editors import EditorShelf
    from orchestrator.settings import RunSettings
    from tools.grounding import Reader


def reader_of(editors: EditorShelf, settings: RunSettings, home: Home, image: Rgb) -> Reader | None:
    """The reader for a picture, HWC uint8 RGB, where there is any.

    Raises:
        PlannerUnavailable: the small language model is installed, but not whole.
    """
    core = editors.reader(image, model=settings.model, force=settings.force)
    eyes = witness_of(home, image)
    return core if eyes is None else eyes.reader(core, word_vectors(settings.planner))
