"""What is evaluated: anything that makes pictures of instructions, in batches.

A SmartEdit folder runs as a pipeline, many cases in one pass; any other model runs through the
`Editor` protocol, one by one; `copy` gives every picture back and shows what the metrics are worth.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from PIL import Image as PilImage

from smartedit_model.errors import SmartEditModelError
from smartedit_model.evaluation.crops import Image, Mask
from smartedit_model.evaluation.errors import EvaluationSetupError
from tools.editing import Editor, EditRequest
from tools.errors import EditorUnavailable, ToolError


@dataclass(frozen=True, eq=False)
class Ask:
    """One edit to be made: HWC uint8 RGB picture, words, op of the plan's language, seed."""

    image: Image
    instruction: str
    op: str
    seed: int


@dataclass(frozen=True, eq=False)
class Made:
    """What came of it.

    Attributes:
        image: HWC uint8 RGB of the asked picture's size.
        seconds: its share of the batch's time.
        region: HW bool, where the model believes the instruction's target is; None if it is silent.
        declined: whether the model said that there is no target.
        error: why there is no result; the picture is then the source.
    """

    image: Image
    seconds: float
    region: Mask | None = None
    declined: bool = False
    error: str = ""


class Subject(Protocol):
    """A model under evaluation."""

    @property
    def name(self) -> str:
        """What it is called in reports."""
        ...

    def prepare(self) -> dict[str, Any]:
        """Load what is needed and tell what it is, for the report.

        Raises:
            EditorUnavailable: weights or packages are missing.
        """
        ...

    def make(self, asks: Sequence[Ask]) -> list[Made]:
        """Make some edits of pictures of one size."""
        ...


@runtime_checkable
class Grounds(Protocol):
    """A model that can tell where an instruction's target is, without making the edit."""

    def ground(self, images: Sequence[PilImage.Image], instructions: Sequence[str]) -> Any:
        """Masks (B, H, W), bool or chances in [0, 1], at any size; or what has them as `chance`."""
        ...


class CopySubject:
    """Gives every picture back as it is."""

    name = "copy"

    def prepare(self) -> dict[str, Any]:
        """Nothing to load."""
        return {"model": self.name}

    def make(self, asks: Sequence[Ask]) -> list[Made]:
        """The sources."""
        return [Made(ask.image.copy(), 0.0) for ask in asks]


@dataclass
class EditorSubject:
    """Any `Editor`, one case at a time. A case that fails is a case not done, and says why."""

    editor: Editor
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The editor's name."""
        return self.editor.name

    def prepare(self) -> dict[str, Any]:
        """Check that the editor can run."""
        present = self.editor.availability()
        if not present.ready:
            raise EditorUnavailable(present.reason, present.remedy)
        return {"model": self.name, "version": self.editor.version, "options": self.options}

    def make(self, asks: Sequence[Ask]) -> list[Made]:
        """Ask the editor once for each."""
        return [self._one(ask) for ask in asks]

    def _one(self, ask: Ask) -> Made:
        request = EditRequest(
            ask.image, ask.instruction, op=ask.op, seed=ask.seed, options=dict(self.options)
        )
        started = time.perf_counter()
        try:
            outcome = self.editor.edit(request)
        except EditorUnavailable:
            raise
        except (ToolError, SmartEditModelError) as error:
            seconds = time.perf_counter() - started
            return Made(ask.image, seconds, error=str(error) or type(error).__name__)
        seconds = time.perf_counter() - started
        return Made(outcome.image, seconds, outcome.region, outcome.declined)


class PipelineSubject:
    """A SmartEdit folder, a batch of cases in one pass.

    Args:
        name: what it is called in the report.
        folder: the model's folder.
        device: where it runs; the fastest there is when omitted.
        options: keyword arguments of the pipeline's call (`num_inference_steps`, `sampler`, …).
    """

    def __init__(
        self,
        name: str,
        folder: Path,
        *,
        device: str | None = None,
        options: dict[str, Any] | None = None,
    ) -> None:
        self.name = name
        self.folder = folder
        self._device = device
        self._options = options or {}
        self._pipe: Any = None

    def prepare(self) -> dict[str, Any]:
        """Load the pipeline."""
        from smartedit_model.editor import default_device
        from smartedit_model.fingerprints import content_version
        from smartedit_model.loading import default_dtype, speed_up
        from smartedit_model.pipeline import SmartEditPipeline

        if not (self.folder / "model_index.json").is_file():
            raise EditorUnavailable(f"{self.folder} holds no SmartEdit model", "")
        device = self._device or default_device()
        dtype = default_dtype(device)
        pipe = SmartEditPipeline.from_pretrained(self.folder, torch_dtype=dtype)
        pipe.set_progress_bar_config(disable=True)
        pipe.to(device)
        speed_up(pipe, compile_unet=False, channels_last=True)
        self._pipe = pipe
        return {
            "model": self.name,
            "version": content_version(self.folder),
            "device": device,
            "dtype": str(dtype).removeprefix("torch."),
            "options": {key: str(value) for key, value in self._options.items()},
            "grounds": _can_ground(pipe),
        }

    def make(self, asks: Sequence[Ask]) -> list[Made]:
        """Edit and, where the pipeline can, ground the asked pictures in one pass each."""
        import torch

        if self._pipe is None:
            raise EvaluationSetupError("the pipeline is not loaded; call prepare() first")
        pictures = [PilImage.fromarray(ask.image) for ask in asks]
        words = [ask.instruction for ask in asks]
        started = time.perf_counter()
        try:
            out = self._pipe(
                pictures,
                words,
                generator=[torch.Generator("cpu").manual_seed(ask.seed) for ask in asks],
                **self._options,
            )
        except SmartEditModelError as error:
            if len(asks) > 1:  # one bad case must not take the others with it
                return [made for ask in asks for made in self.make([ask])]
            seconds = time.perf_counter() - started
            return [Made(asks[0].image, seconds, error=str(error) or type(error).__name__)]
        seconds = (time.perf_counter() - started) / len(asks)
        declined = getattr(out, "declined", None) or [False] * len(asks)
        found = self._found(out, pictures, words)
        regions = [
            # Whoever says that there is nothing has found nothing.
            None if found is None else _sized(found[number], ask.image) & (not declined[number])
            for number, ask in enumerate(asks)
        ]
        return [
            Made(_as_large(image, ask.image), seconds, region, bool(no))
            for ask, image, region, no in zip(asks, out.images, regions, declined, strict=True)
        ]

    def _found(
        self, out: Any, pictures: list[PilImage.Image], words: list[str]
    ) -> list[Any] | None:
        """The regions that came with the edit, or else those of a pass of their own."""
        found: Any = getattr(out, "regions", None)
        if found is None and _can_ground(self._pipe):
            found = self._pipe.ground(pictures, words)
            found = getattr(found, "chance", found)
        if hasattr(found, "detach"):
            found = found.detach().float().cpu().numpy()
        return None if found is None else list(found)


def _can_ground(pipe: object) -> bool:
    """Whether a pipeline tells where; one that could, but was built without a mask head, cannot."""
    return isinstance(pipe, Grounds) and getattr(pipe, "mask_head", pipe) is not None


def _as_large(image: PilImage.Image, source: Image) -> Image:
    size = (source.shape[1], source.shape[0])
    if image.size != size:
        image = image.resize(size, PilImage.Resampling.BICUBIC)
    return np.asarray(image.convert("RGB"))


def _sized(mask: Any, source: Image) -> Mask:
    """A mask of any size and type, as bool of the source's size."""
    import cv2

    chances = np.squeeze(np.asarray(mask)).astype(np.float32)
    size = (source.shape[1], source.shape[0])
    if chances.shape != source.shape[:2]:
        chances = cv2.resize(chances, size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(chances > 0.5)
