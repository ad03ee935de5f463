"""The ``Editor`` protocol: anything that edits a crop of a picture from an instruction.

Implemented by the SmartEdit pipeline and by adapters over other pipelines; the executor knows only
this. Holds no editor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from tools.grounding import Reader
from tools.operation import HardMask, Rgb
from tools.target import Target

SEMANTIC_OPS = frozenset({
    "replace", "remove", "add", "recolor", "resize", "move", "restyle", "relight", "weather",
    "background",
})  # fmt: skip
"""Ops of a plan that are edits of content; the others are done better by deterministic tools."""


@dataclass(frozen=True)
class Availability:
    """Whether an editor can run here and now.

    Attributes:
        ready: weights and packages are present.
        reason: one line where it is not ("the weights of smartedit-7b are not on this machine").
        remedy: the exact command that would make it ready.
    """

    ready: bool
    reason: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class DomainVerdict:
    """Whether a picture is of the kind an editor was made for."""

    inside: bool
    confidence: float = 1.0
    reason: str = ""


@dataclass(frozen=True)
class Wish:
    """What a step asks for, typed, for editors that do not read its words.

    Attributes:
        op: the plan's op.
        params: the op's parameters, as the plan has them (``what`` and ``where`` of "add").
        target: what the step acts on; of "add", what the new thing is placed at.
    """

    op: str
    params: Mapping[str, Any]
    target: Target


@dataclass(frozen=True)
class EditRequest:
    """One edit of one crop.

    Attributes:
        image: HWC uint8 RGB at native resolution: the crop around the region, or the whole picture.
        instruction: what to do, for this step alone.
        mask: HW bool of ``image``'s size, True = may change; None = everything. Editors without
            masks ignore it; the executor composites inside it anyway.
        op: the plan's op ("replace", "remove", …).
        seed: the only source of randomness.
        options: editor-specific settings the user or the retry policy chose (``steps``,
            ``guidance_text``, ``guidance_image``, …); unknown keys are an error.
        style_image: HWC uint8 RGB exemplar, for editors that take one.
        wish: the same edit, typed; None where only words are known.
        thing: HW bool of ``image``'s size: the target's own outline, where ``mask`` is wider than
            it or is all of the picture; None = nothing had to be found.
        cancelled: polled between denoising steps.
        progress: told a fraction in [0, 1].
    """

    image: Rgb
    instruction: str
    mask: HardMask | None = None
    op: str = ""
    seed: int = 0
    options: dict[str, Any] = field(default_factory=dict)
    style_image: Rgb | None = None
    wish: Wish | None = None
    thing: HardMask | None = None
    cancelled: Callable[[], bool] = field(default=lambda: False)
    progress: Callable[[float], None] = field(default=lambda _fraction: None)


@dataclass(frozen=True)
class EditOutcome:
    """What an editor gives back.

    Attributes:
        image: HWC uint8 RGB, exactly the size of the request's image.
        notes: facts for the report ("ran at 256 px", "retried after running out of memory").
        settings: everything needed to reproduce the run (steps, guidance, model hash, dtype).
        region: HW bool the editor itself believes the instruction is about, or None. Never
            evidence of success.
        declined: True where the editor found no valid target and changed nothing.
        drawn: HW bool, for editors that know to the pixel where they drew: the step's mask is
            then that, less what is promised to stay, as of a tool that chooses its own region.
            None = the editor cannot tell, and its result is blended inside the step's mask.
    """

    image: Rgb
    notes: tuple[str, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    region: HardMask | None = None
    declined: bool = False
    drawn: HardMask | None = None


def takes_style(editor: object) -> bool:
    """Whether an editor can look at an exemplar beside the picture (``EditRequest.style_image``).

    Editors that can say so by an attribute ``takes_style``; most have none.
    """
    return bool(getattr(editor, "takes_style", False))


def tunable(editor: object) -> Mapping[str, float]:
    """The options a retry may turn, with their usual values, for editors that name such.

    They offer them as an attribute ``tunable``: ``guidance_text`` (how hard the words pull) and
    ``guidance_image`` (how hard the picture does).
    """
    found: Mapping[str, float] = getattr(editor, "tunable", {})
    return found


def reader_of(editor: object) -> Reader | None:
    """What reads whole phrases with the editor's own model, for editors that have such a thing.

    They offer it as an attribute ``reader``; building it loads nothing.
    """
    reader: Reader | None = getattr(editor, "reader", None)
    return reader


def suits(editor: Editor, wish: Wish | None, image: Rgb) -> DomainVerdict:
    """Whether an editor was made for a picture and, where it can say, for what is wished of it.

    Editors that can make only some wishes say so by a method ``suits(wish, image)``; of the others
    the picture decides.
    """
    asked: Callable[[Wish, Rgb], DomainVerdict] | None = getattr(editor, "suits", None)
    return editor.domain(image) if asked is None or wish is None else asked(wish, image)


class Editor(Protocol):
    """Edits a crop from an instruction. Construction is cheap; weights load on first use."""

    name: str

    @property
    def version(self) -> str:
        """Identifies code and weights, for the history."""
        ...

    def availability(self) -> Availability:
        """Whether it can run, without loading weights; cheap enough to call for every step."""
        ...

    def supports(self, op: str) -> bool:
        """Whether it was made for the op."""
        ...

    def domain(self, image: Rgb) -> DomainVerdict:
        """Whether the picture is of the kind it was made for."""
        ...

    def edit(self, request: EditRequest) -> EditOutcome:
        """Make the edit.

        Raises:
            EditorUnavailable: weights or packages are missing.
            OutOfDomain: the picture is outside what it was made for.
            EditorFailed: this try failed; another may succeed.
            Cancelled: ``request.cancelled`` said stop.
        """
        ...
