"""What finds named things in a picture, beside what needs no weights: asked in this order.

On drawings the recogniser; SAM 3 by words, where it is the run's segmenter; the detector that the
run or the machine's owner names, or, unasked, that of 80 kinds of things in photographs where it
is installed. Choosing loads no weights.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from orchestrator.segmenters import DEFAULT, segmenter_for
from orchestrator.settings import ProgramSettings, RunSettings
from orchestrator.witnesses import witness_of
from smartedit_model.errors import OptionalDependencyError, WeightsError
from smartedit_model.photographs.words import NAME as THINGS
from tools.errors import DetectorUnavailable
from tools.operation import Rgb

if TYPE_CHECKING:
    from memory.home import Home
    from smartedit_model.photographs.things import ThingDetector
    from tools.grounding import Grounder

NONE = "none"


def detector_name(settings: RunSettings) -> str:
    """The detector of a run: what the run says, else what the machine's owner set.

    ``auto`` of both is the one that is installed, or none.
    """
    name = settings.detector
    name = (ProgramSettings().detector if name == DEFAULT else name) or NONE
    if name != DEFAULT:
        return name
    return THINGS if not _not_taken() else NONE


def detector_for(settings: RunSettings) -> Grounder | None:
    """The detector of a run; None where none is wanted.

    Raises:
        DetectorUnavailable: there is none of that name, or its files cannot be used.
    """
    name = detector_name(settings)
    if name == NONE:
        return None
    if name == THINGS:
        asked = settings.detector != DEFAULT or ProgramSettings().detector == THINGS
        return _things(checked=asked)
    return _opened(name)


def check_senses(settings: RunSettings, home: Home) -> None:
    """Make sure that the segmenter and the detector of a run can be had, without loading them.

    Raises:
        SegmenterUnavailable: there is none of that name, or its weights are not here.
        DetectorUnavailable: the same of the detector.
    """
    segmenter_for(settings, home)
    detector_for(settings)


def detector_state() -> tuple[str, str, str]:
    """The machine's detector, why it cannot be used, and what would help where there is none.

    The second is empty where it can, as far as can be told without loading it.
    """
    name = detector_name(RunSettings())
    try:
        if name == THINGS:
            _things(checked=True)
        else:
            detector_for(RunSettings())
    except DetectorUnavailable as error:
        return name, str(error), ""
    return name, "", _not_taken() if name == NONE else ""


def _not_taken() -> str:
    """Why ``auto`` is not the detector of things; empty where it is."""
    if not ProgramSettings().uses_installed:
        return "SMARTEDIT_INSTALLED_MODELS is not 'use'"
    return _why_no_things()


@cache
def _why_no_things() -> str:
    """Looked up once a process: it lists what is installed."""
    from smartedit_model.photographs.things import unusable

    return unusable()


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
    if named is not None and not (drawn is not None and named.name == THINGS):
        found.append(named)
    return tuple(found)


@cache
def _opened(name: str) -> Grounder:
    """One a process, so that weights and answers outlive a turn."""
    from smartedit_model.detectors.detector import open_detector

    return open_detector(name)


def _things(*, checked: bool) -> ThingDetector:
    """The detector of 80 kinds.

    Args:
        checked: compare its file with what was published at once, rather than when it is asked:
            a damaged one that nobody asked for must not stop what needs none.

    Raises:
        DetectorUnavailable: it is not on this machine, or not as published.
    """
    from smartedit_model.carried import checked as as_published
    from smartedit_model.photographs.things import WEIGHTS

    try:
        if checked:
            as_published(WEIGHTS)
            if _why_no_things():
                raise OptionalDependencyError(_why_no_things())
    except (WeightsError, OptionalDependencyError) as error:
        raise DetectorUnavailable(f"the detector {THINGS} cannot be used: {error}") from error
    return _one_of_things()


@cache
def _one_of_things() -> ThingDetector:
    from smartedit_model.photographs.things import ThingDetector

    return ThingDetector()
