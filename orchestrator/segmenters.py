"""Which segmenter a run uses, from its settings and what is on the machine.

Choosing loads nothing; weights are read when the first click or box must become a mask.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.settings import ProgramSettings, RunSettings

if TYPE_CHECKING:
    from memory.home import Home
    from smartedit_model.sam.choosing import SegmenterShelf
    from tools.grounding import Segmenter

DEFAULT = "auto"


@cache
def shelf_of(models: Path, cache_folder: Path, carried: bool) -> SegmenterShelf:
    """The segmenters of a home, one shelf a process, so that embeddings outlive a turn.

    Args:
        models: folder of weights.
        cache_folder: for embeddings.
        carried: whether ``auto`` takes weights that installed packages carry.
    """
    from smartedit_model.sam.choosing import SegmenterShelf

    return SegmenterShelf(models, cache_folder, carried=carried)


def segmenter_for(settings: RunSettings, home: Home) -> Segmenter:
    """The segmenter of a run: what the run says, else what the machine's owner set.

    Raises:
        SegmenterUnavailable: there is none of that name, or its weights are not here.
    """
    program = ProgramSettings()
    name = program.segmenter if settings.segmenter == DEFAULT else settings.segmenter
    shelf = shelf_of(home.models, home.cache, program.uses_installed)
    return shelf.get(name, force=settings.force)
