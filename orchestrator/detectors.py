"""What finds named things in a picture, beside what needs no weights: asked in this order.

On drawings the recogniser; SAM 3 by words, where it is the run's segmenter. Choosing loads no
weights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.segmenters import DEFAULT, segmenter_for
from orchestrator.settings import ProgramSettings, RunSettings
from orchestrator.witnesses import witness_of
from tools.operation import Rgb

if TYPE_CHECKING:
    from memory.home import Home
    from tools.grounding import Grounder


def detectors_of(settings: RunSettings, home: Home, image: Rgb) -> tuple[Grounder, ...]:
    """The detectors for a picture, HWC uint8 RGB, in the order they are asked."""
    found: list[Grounder] = []
    drawn = witness_of(home, image)
    if drawn is not None:
        found.append(drawn)
    name = ProgramSettings().segmenter if settings.segmenter == DEFAULT else settings.segmenter
    if name.startswith("sam3:"):
        from smartedit_model.sam.hub import Sam3Grounder, Sam3Segmenter

        cutter = segmenter_for(settings, home)
        if isinstance(cutter, Sam3Segmenter):
            found.append(Sam3Grounder(cutter))
    return tuple(found)
