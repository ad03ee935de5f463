"""What finds named things in a picture, beside what needs no weights: asked in this order.

On drawings the recogniser; SAM 3 by words, where it is the run's segmenter; the open-vocabulary
detector that the run or the machine's owner names. Choosing loads no weights.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from orchestrator.segmenters import DEFAULT, segmenter_for
from orchestrator.settings import ProgramSettings, RunSettings
from orchestrator.witnesses import witness_of
from tools.errors import DetectorUnavailable
from tools.operation import Rgb

if TYPE_CHECKING:
    from memory.home import Home
    from smartedit_model.detectors.detector import Detector
    from tools.grounding import Grounder

NONE = "none"


def detector_name(settings: RunSettings) -> str:
    """The detector of a run: what the run says, else what the machine's owner set."""
    name = settings.detector
    return (ProgramSettings().detector if name == DEFAULT else name) or NONE


def detector_for(settings: RunSettings) -> Detector | None:
    """The open-vocabulary detector of a run; None where none is wanted.

    Raises:
        DetectorUnavailable: there is none of that name, or its folder cannot be used.
    """
    name = detector_name(settings)
    return None if name == NONE else _opened(name)


def check_senses(settings: RunSettings, home: Home) -> None:
    """Make sure that the segmenter and the detector of a run can be had, without loading them.

    Raises:
        SegmenterUnavailable: there is none of that name, or its weights are not here.
        DetectorUnavailable: the same of the detector.
    """
    segmenter_for(settings, home)
    detector_for(settings)


def detector_state() -> tuple[str, str]:
    """The machine's detector as ``SMARTEDIT_DETECTOR`` names it, and why it cannot be used.

    The second is empty where it can, as far as can be told without loading it.
    """
    settings = RunSettings()
    try:
        detector_for(settings)
    except DetectorUnavailable as error:
        return detector_name(settings), str(error)
    return detector_name(settings), ""


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
    named = detector_for(settings)
    if named is not None:
        found.append(named)
    return tuple(found)


@cache
def _opened(name: str) -> Detector:
    """One a process, so that weights and answers outlive a turn."""
    from smartedit_model.detectors.detector import open_detector

    return open_detector(name)
