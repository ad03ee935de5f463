"""The protocols that turn a phrase into a mask, and what they exchange.

Holds no grounder; implementations live in modules of their own and join through
``tools.grounders``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from tools.example_matching import Example
from tools.operation import HardMask, Rgb, SoftMask
from tools.target import Target
from tools.witness import Witness

Box = tuple[int, int, int, int]
"""XYXY half-open pixels: x0 <= x < x1, y0 <= y < y1."""


@dataclass(frozen=True)
class Region:
    """A candidate for what a phrase points at.

    Attributes:
        mask: HW bool, True = belongs to the target.
        soft: HW float32 [0, 1], the same with its natural edge (hair, sky through leaves); None =
            feather ``mask``.
        confidence: [0, 1], how often such a candidate is right.
        source: which grounder, and from what ("face detector", "sky", "your box").
        label: what it is ("face 2 of 3").
        outlined: its outline is as good as it gets, and no segmenter need cut it out anew.
        boxed: it is all of a box, with whatever else lies in it: nothing could outline the thing.
    """

    mask: HardMask
    confidence: float
    source: str
    label: str = ""
    soft: SoftMask | None = None
    outlined: bool = False
    boxed: bool = False


@dataclass(frozen=True)
class UserHints:
    """What the user marked: any of a point, a box, a brush or mask, in native pixels.

    Attributes:
        points: (x, y, positive) clicks.
        box: XYXY half-open.
        mask: HW bool from a brush or a mask file (white = edit).
    """

    points: tuple[tuple[int, int, bool], ...] = ()
    box: Box | None = None
    mask: HardMask | None = None

    @property
    def given(self) -> bool:
        """True where the user marked anything."""
        return bool(self.points) or self.box is not None or self.mask is not None


@dataclass(frozen=True)
class Scene:
    """A picture being grounded, with a cache grounders share ("faces" -> boxes, …).

    Attributes:
        image: HWC uint8 RGB at native resolution.
        key: content hash of the image; keys longer-lived caches.
        hints: what the user marked.
        glossary: taught words -> what they mean ("barometer": "the round brass dial").
        examples: taught words -> what they look like.
        found: results shared by the grounders of one picture.
        segmenter: what turns clicks and boxes into masks; None = GrabCut.
        reader: reads whole phrases in pictures of this kind; None = the grounders do what they can.
        detectors: find named things in pictures of this kind, asked before the offline grounders.
        witness: tells independently whether an edit of such a picture was made; None = nobody can.
        viewer: sees what such a picture is about; None = faces and statistics guess it.
        before: HWC uint8 RGB, small, by which the sort of the picture is told where an edit hid it;
            None = the picture itself tells.
    """

    image: Rgb
    key: str = ""
    hints: UserHints = field(default_factory=UserHints)
    glossary: dict[str, str] = field(default_factory=dict)
    examples: dict[str, Example] = field(default_factory=dict)
    found: dict[str, Any] = field(default_factory=dict)
    segmenter: Segmenter | None = None
    reader: Reader | None = None
    detectors: tuple[Grounder, ...] = ()
    witness: Witness | None = None
    viewer: Viewer | None = None
    before: Rgb | None = None

    @property
    def sort(self) -> Rgb:
        """HWC uint8 RGB by which it is told whether this is a drawing or a photograph."""
        return self.image if self.before is None else self.before


class Grounder(Protocol):
    """Turns a parsed phrase into candidate regions."""

    name: str

    def claims(self, target: Target) -> bool:
        """Cheaply, without the picture: is this a phrase it knows how to look for?"""
        ...

    def ground(self, scene: Scene, target: Target) -> list[Region]:
        """Candidates, best first; empty where nothing was found.

        All instances of the category are returned; ordinals, superlatives, relations and
        quantities are resolved over them by ``tools.grounders``.
        """
        ...


class Reader(Protocol):
    """Reads a whole phrase in a picture, order, relations and exclusions included.

    A model that sees picture and words together; where there is one for a kind of picture, its
    answer is final: nothing simpler is asked what it did not find.
    """

    name: str

    def claims(self, target: Target) -> bool:
        """Cheaply, without the picture: is this a phrase about things it may know?"""
        ...

    def read(self, scene: Scene, target: Target, said: str = "") -> Region | None:
        """What the phrase points at as a whole, or None where there is no such thing.

        Args:
            scene: the picture.
            target: the parsed phrase.
            said: the sentence it comes from, where that speaks of nothing else; a model that was
                taught whole sentences loses nothing of it that parsing lost.
        """
        ...


class Segmenter(Protocol):
    """Turns points, a box or a rough mask into a precise mask (SAM, else GrabCut)."""

    name: str

    def segment(
        self,
        scene: Scene,
        *,
        points: tuple[tuple[int, int, bool], ...] = (),
        box: Box | None = None,
        mask: HardMask | None = None,
    ) -> list[Region]:
        """Candidate masks, best first, at native resolution."""
        ...


class Viewer(Protocol):
    """Sees what a picture is about, whatever that is: a model of what stands out to people."""

    name: str

    def view(self, scene: Scene) -> SoftMask:
        """How likely each place belongs to the main subject: HW float32 [0, 1], of any size.

        Raises:
            GroundingFailed: its weights cannot be used.
        """
        ...


def is_precise(segmenter: Segmenter, image: Rgb) -> bool:
    """Whether a segmenter knows such pictures well enough to correct a rough mask.

    Optional of segmenters: those without a method ``precise(image)`` do not.
    """
    told = getattr(segmenter, "precise", None)
    return callable(told) and bool(told(image))
