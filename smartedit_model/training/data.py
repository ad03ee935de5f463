"""Examples of every kind in one stream, mixed by weight, the same at every restart.

Perception data arrive as edits ("mark the pixels of X in red"), conversations as questions with
an answer. Which example stands where follows from the seed alone, so nothing need be remembered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from smartedit_model.errors import TrainingError
from smartedit_model.images import vae_pixels, vision_pixels
from smartedit_model.prompt import Prompter

IGNORE = -100


@dataclass(frozen=True)
class Example:
    """One thing to learn from.

    Attributes:
        source: The picture before.
        instruction: What to do, or a question about the picture.
        target: The picture after; None for a conversation or an alignment example.
        answer: The answer of a conversation; None where the image tokens are the answer.
        text_features: Condition to align with, ``(Q, hidden)``; stage 1 only.
        region: HW bool, where what the instruction speaks of is seen; None where that is unknown.
        changed: HW bool, where target and source may differ; None for everywhere.
        concepts: What is asked for, as words of ``TrainSettings.concepts``; None where unknown.
        caption: Words of ``captions``; None where there is no edit.
        asked: What ``asked`` tells, ``(roles, classes)``; None where unknown.
        patches: What stands at each patch of the source; see ``foundation.PATCH_LABELS``.
    """

    source: Image.Image
    instruction: str
    target: Image.Image | None = None
    answer: str | None = None
    text_features: Tensor | None = None
    region: np.ndarray[Any, np.dtype[np.bool_]] | None = None
    changed: np.ndarray[Any, np.dtype[np.bool_]] | None = None
    concepts: tuple[str, ...] | None = None
    caption: tuple[int, ...] | None = None
    asked: np.ndarray[Any, np.dtype[np.float32]] | None = None
    patches: tuple[Tensor, ...] | None = None


class Examples(Protocol):
    """A list of examples that makes them when asked."""

    def __len__(self) -> int:
        """How many there are."""
        ...

    def __getitem__(self, index: int) -> Example:
        """Make one."""
        ...


class Mixture:
    """Several kinds of examples in one endless stream.

    Args:
        kinds: The kinds.
        weights: How often each is drawn, relative to the others; by length when omitted.
        seed: Fixes the order.
        together: How many neighbours of a kind follow one another.

    Raises:
        TrainingError: A kind is empty or the weights do not fit.
    """

    def __init__(
        self,
        kinds: Sequence[Examples],
        weights: Sequence[float] | None = None,
        seed: int = 0,
        together: int = 1,
    ) -> None:
        lengths = [len(kind) for kind in kinds]
        shares = list(weights) if weights is not None else [float(n) for n in lengths]
        if not kinds or min(lengths) == 0:
            raise TrainingError("a kind of examples is empty; leave it out or fill it")
        if len(shares) != len(kinds) or min(shares) < 0 or sum(shares) <= 0:
            raise TrainingError(f"weights {shares} do not fit {len(kinds)} kinds; give one each")
        self.kinds = list(kinds)
        self.shares = np.array(shares) / sum(shares)
        self.seed, self.together = seed, together

    def __getitem__(self, position: int) -> Example:
        """Return the example at a position of the stream."""
        number, place = divmod(position, self.together)
        random = np.random.default_rng((self.seed, number))
        kind = self.kinds[int(random.choice(len(self.kinds), p=self.shares))]
        drawn = int(random.integers(len(kind) // self.together))
        return kind[drawn * self.together + place]


@dataclass
class Batch:
    """Tensors of some examples; ``B`` examples, ``L`` tokens after the image.

    Attributes:
        vision: CLIP-normalised pictures, each once, ``(V, 3, side, side)``.
        view: Which of them each example looks at, ``(B,)``.
        source: Sources in [-1, 1], ``(B, 3, height, width)``.
        target: Targets in [-1, 1], ``(B, 3, height, width)``; the source where there is none.
        ids: Tokens after the image, right-padded with 0, ``(B, L)``.
        labels: What to predict at each of them, ``IGNORE`` where nothing, ``(B, L)``.
        answers: Where each row's answer tokens begin in ``ids``, ``(B,)``; 0 where there are none.
        is_edit: 1.0 where there is a target, ``(B,)``.
        text_features: ``(B, Q, hidden)`` or None.
        region: Where the target is seen, ``(B, side, side)`` in [0, 1].
        region_known: 1.0 where ``region`` counts, ``(B,)``.
        changed: Where the edit happens, ``(B, height, width)`` in [0, 1].
        concepts: 1.0 for each concept that is asked for, ``(B, C)``.
        concepts_known: 1.0 where ``concepts`` counts, ``(B,)``.
        captions: Numbers of words, ``(B, places)``; empty where no example has a caption.
        captions_known: 1.0 where ``captions`` counts, ``(B,)``.
        asked: What ``Example.asked`` says, ``(B, roles, classes)``; empty where no example has it.
        asked_known: 1.0 where ``asked`` counts, ``(B,)``.
        patches: What ``Example.patches`` says of each of ``vision``, or nothing.
    """

    vision: Tensor
    view: Tensor
    source: Tensor
    target: Tensor
    ids: Tensor
    labels: Tensor
    answers: Tensor
    is_edit: Tensor
    text_features: Tensor | None
    region: Tensor
    region_known: Tensor
    changed: Tensor
    concepts: Tensor
    concepts_known: Tensor
    captions: Tensor
    captions_known: Tensor
    asked: Tensor
    asked_known: Tensor
    patches: tuple[Tensor, ...] = ()

    @property
    def absent(self) -> Tensor:
        """Whether each picture is known to hold nothing of what is spoken of, bool, ``(B,)``."""
        return (self.region_known > 0) & (self.region.flatten(1).sum(dim=1) == 0)

    @property
    def first_views(self) -> list[int]:
        """The first example that looks at each picture: each once, though several look at it."""
        views = self.view.tolist()
        return [views.index(view) for view in range(len(self.vision))]

    def to(self, device: torch.device) -> Batch:
        """Return the batch on a device."""
        moved: dict[str, Any] = {
            k: v.to(device) if isinstance(v, Tensor) else v for k, v in vars(self).items()
        }
        moved["patches"] = tuple(label.to(device) for label in self.patches)
        return Batch(**moved)


def tokens_of(
    prompter: Prompter, instruction: str, answer: str | None = None
) -> tuple[list[int], int]:
    """Return an example's tokens after the image, the last of which ends it, and how many ask.

    Args:
        prompter: Turns words into tokens.
        instruction: What to do, or a question.
        answer: In words; the image tokens are the answer without it.
    """
    said = (
        prompter.answered(instruction)
        if answer is None
        else prompter.answered_with(instruction, answer)
    )
    end = int(prompter.tokenizer.eos_token_id)
    return [*said, end], len(prompter.question(instruction))


def collate(
    examples: Sequence[Example],
    prompter: Prompter,
    *,
    vision_side: int,
    size: tuple[int, int],
    concepts: Sequence[str] = (),
) -> Batch:
    """Return a batch of examples; ``size`` is the diffusion model's (height, width)."""
    rows, labels, starts = [], [], []
    for example in examples:
        row, asking = tokens_of(prompter, example.instruction, example.answer)
        starts.append(len(row) - 1 - prompter.tokens.answers if example.answer is None else 0)
        rows.append(row)
        labels.append([IGNORE] * asking + row[asking:])
    longest = max(len(row) for row in rows)
    views = {id(e.source): e.source for e in examples}
    places = {key: place for place, key in enumerate(views)}
    features = [e.text_features for e in examples if e.text_features is not None]
    captions, captions_known = _stacked([e.caption for e in examples], torch.long)
    asked, asked_known = _stacked([e.asked for e in examples], torch.float32)
    seen = {id(e.source): e.patches for e in examples if e.patches is not None}
    labels_of = [seen[key] for key in views if key in seen]
    return Batch(
        vision=vision_pixels(list(views.values()), vision_side),
        view=torch.tensor([places[id(e.source)] for e in examples]),
        source=vae_pixels([e.source for e in examples], size),
        target=vae_pixels([e.target or e.source for e in examples], size),
        ids=torch.tensor([row + [0] * (longest - len(row)) for row in rows]),
        labels=torch.tensor([row + [IGNORE] * (longest - len(row)) for row in labels]),
        answers=torch.tensor(starts),
        is_edit=torch.tensor([float(e.target is not None) for e in examples]),
        text_features=torch.stack(features) if len(features) == len(examples) else None,
        region=torch.stack([_cells(e.region, (vision_side,) * 2, empty=0.0) for e in examples]),
        region_known=torch.tensor([float(e.region is not None) for e in examples]),
        changed=torch.stack([_cells(e.changed, size, empty=1.0) for e in examples]),
        concepts=torch.tensor(
            [[float(c in (e.concepts or ())) for c in concepts] for e in examples]
        ),
        concepts_known=torch.tensor([float(e.concepts is not None) for e in examples]),
        captions=captions,
        captions_known=captions_known,
        asked=asked,
        asked_known=asked_known,
        patches=tuple(torch.stack(parts) for parts in zip(*labels_of, strict=True))
        if len(labels_of) == len(views)
        else (),
    )


def _stacked(rows: Sequence[Any], dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Return rows as a tensor, zero where a row is None, and which rows are known, ``(B,)``."""
    known = torch.tensor([float(row is not None) for row in rows])
    given = [torch.as_tensor(row, dtype=dtype) for row in rows if row is not None]
    like = given[0] if given else torch.zeros(0, dtype=dtype)
    made = [
        torch.zeros_like(like) if row is None else torch.as_tensor(row, dtype=dtype) for row in rows
    ]
    return torch.stack(made), known


def _cells(mask: Any, size: tuple[int, int], *, empty: float) -> Tensor:
    """Return what share of each of ``size`` cells a mask covers; all ``empty`` without one."""
    if mask is None:
        return torch.full(size, empty)
    pixels = torch.from_numpy(np.ascontiguousarray(mask)).float()[None, None]
    return F.interpolate(pixels, size=size, mode="area")[0, 0]
