"""What the small SAM learns from: a drawn picture, and prompts for things in it with exact masks.

Which lesson stands where follows from seed and number alone, so a run is resumed by its step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import torch
from PIL import Image
from torch import Tensor

from smartedit_model.sam.architecture import SamSize
from smartedit_model.sam.training.prompts import (
    Floats,
    Mask,
    click_in,
    click_outside,
    loose_box,
    mask_logits,
    rough_mask,
)
from smartedit_model.world.render import REFLECTED
from smartedit_model.world.scene import make_scene
from smartedit_model.world.splits import SEEDS, rules_of
from tools.masks import box_of
from tools.operation import Rgb

SMALLEST = 24
"""Pixels of a thing worth asking for."""
WORLD_SIDE = 128


@dataclass
class Prompts:
    """Prompts of one kind for several things of one picture; ``B`` things.

    Attributes:
        points: in the model's input pixels, ``(B, N, 2)`` float32, with ``labels`` ``(B, N)``:
            1 on it, 0 not on it, -1 none; or None.
        boxes: XYXY in the model's input pixels, ``(B, 4)`` float32, or None.
        masks: logits, ``(B, 1, side, side)``, or None.
        wanted: exact masks in the picture's pixels, ``(B, H, W)`` float32.
    """

    points: Tensor | None
    labels: Tensor | None
    boxes: Tensor | None
    masks: Tensor | None
    wanted: Tensor

    @property
    def single_click(self) -> bool:
        """Whether all there is are single clicks, for which several answers are given."""
        return (
            self.boxes is None
            and self.masks is None
            and self.labels is not None
            and (self.labels.shape[1] == 1)
        )


@dataclass
class Lesson:
    """A picture ready for the encoder, and its prompts.

    Attributes:
        pixels: ``(3, image_size, image_size)`` float32, RGB in [0, 255], padded by the mean.
        inner: height and width of the picture within the input.
        groups: prompts by kind.
    """

    pixels: Tensor
    inner: tuple[int, int]
    groups: list[Prompts]


def lesson(number: int, size: SamSize, *, seed: int, objects: int) -> Lesson:
    """The lesson of a number of the train split.

    Args:
        number: its place in the endless stream.
        size: of the model.
        seed: another seed, another stream.
        objects: prompts a group at most.
    """
    random = np.random.default_rng((seed, number))
    low, high = SEEDS["train"]
    side = WORLD_SIDE if random.random() < 0.7 else size.image_size
    scene = make_scene(int(random.integers(low, high)), side, None, rules_of("train"))
    things = things_of(scene.owner)
    image = scene.image
    if random.random() < 0.15:
        image, things = _cropped(image, things, random)
    if random.random() < 0.5:
        image = image[:, ::-1]
        things = [thing[:, ::-1] for thing in things]
    if random.random() < 0.4:
        image = _weathered(image, random)
    pixels, inner = fit(np.ascontiguousarray(image), size.image_size)
    chosen = [things[i] for i in random.permutation(len(things))[:objects]]
    chosen = [np.ascontiguousarray(thing) for thing in chosen]
    scale = max(inner) / max(image.shape[:2])
    groups = [
        _shown(chosen, size, inner, scale, random),
        _clicked(chosen, size, inner, scale, random),
    ]
    return Lesson(pixels, inner, groups)


def things_of(owner: np.ndarray[Any, np.dtype[np.uint8]]) -> list[Mask]:
    """The mask of everything in a scene large enough: objects, reflections and the backdrop."""
    counts = np.bincount(owner.ravel(), minlength=256)
    return [np.asarray(owner == value) for value in np.flatnonzero(counts >= SMALLEST)]


def objects_of(owner: np.ndarray[Any, np.dtype[np.uint8]]) -> list[Mask]:
    """The mask of every object of a scene, without reflections and backdrop."""
    counts = np.bincount(owner.ravel(), minlength=256)[:REFLECTED]
    return [np.asarray(owner == value) for value in np.flatnonzero(counts) if value]


def fit(image: Rgb, side: int) -> tuple[Tensor, tuple[int, int]]:
    """A picture as ``SamPredictor`` hands it to the encoder, before normalisation, and its size."""
    height, width = image.shape[:2]
    scale = side / max(height, width)
    inner = (int(height * scale + 0.5), int(width * scale + 0.5))
    resized = Image.fromarray(image).resize((inner[1], inner[0]), Image.Resampling.BILINEAR)
    return torch.from_numpy(np.array(resized)).permute(2, 0, 1).float(), inner


def _cropped(image: Rgb, things: list[Mask], random: np.random.Generator) -> tuple[Rgb, list[Mask]]:
    """A rectangle of the picture with what is seen of the things in it."""
    height, width = image.shape[:2]
    h, w = (int(random.uniform(0.6, 1.0) * side) for side in (height, width))
    top, left = int(random.integers(height - h + 1)), int(random.integers(width - w + 1))
    parts = [thing[top : top + h, left : left + w] for thing in things]
    seen = [part for part in parts if part.sum() >= SMALLEST]
    return image[top : top + h, left : left + w], seen


def _weathered(image: Rgb, random: np.random.Generator) -> Rgb:
    """Another exposure, tint, softness or noise, as an edited picture may have."""
    out = image.astype(np.float32)
    out = out * random.uniform(0.6, 1.3, 3).astype(np.float32) + random.uniform(-20, 20)
    if random.random() < 0.3:
        out = cv2.GaussianBlur(out, (0, 0), random.uniform(0.4, 1.2))
    if random.random() < 0.5:
        out = out + random.normal(0, random.uniform(1, 10), out.shape).astype(np.float32)
    return np.asarray(np.clip(out, 0, 255), dtype=np.uint8)


def _shown(
    things: list[Mask],
    size: SamSize,
    inner: tuple[int, int],
    scale: float,
    random: np.random.Generator,
) -> Prompts:
    """Boxes, sometimes with a click, sometimes with a rough mask."""
    kind = random.choice(("box", "click", "mask"), p=(0.7, 0.15, 0.15))
    boxes = np.stack([loose_box(thing, random) for thing in things]) * scale
    points = labels = masks = None
    if kind == "click":
        points, labels = _clicks(things, scale, random, most=2)
    if kind == "mask":
        rough = [rough_mask(thing, random) for thing in things]
        around = [np.array(box_of(mask) or (0, 0, 1, 1), dtype=np.float32) for mask in rough]
        boxes = np.stack(around) * scale
        masks = _logits(rough, size, inner)
    return _tensors(points, labels, boxes, masks, things)


def _clicked(
    things: list[Mask],
    size: SamSize,
    inner: tuple[int, int],
    scale: float,
    random: np.random.Generator,
) -> Prompts:
    """A single click, or several, or a click on a rough mask."""
    kind = random.choice(("one", "several", "mask"), p=(0.7, 0.18, 0.12))
    masks = None
    if kind == "several":
        points, labels = _clicks(things, scale, random, most=5)
    else:
        points = np.stack([click_in(thing, random) for thing in things])[:, None] * scale
        labels = np.ones(points.shape[:2], dtype=np.float32)
    if kind == "mask":
        masks = _logits([rough_mask(thing, random) for thing in things], size, inner)
    return _tensors(points, labels, None, masks, things)


def _clicks(
    things: list[Mask], scale: float, random: np.random.Generator, *, most: int
) -> tuple[Floats, Floats]:
    """Up to ``most`` clicks a thing, the first on it: ``(B, N, 2)`` and labels ``(B, N)``."""
    count = int(random.integers(2, most + 1)) if most > 1 else 1
    points = np.zeros((len(things), count, 2), dtype=np.float32)
    labels = np.full((len(things), count), -1, dtype=np.float32)
    for row, thing in enumerate(things):
        for place in range(int(random.integers(1, count + 1))):
            on = place == 0 or random.random() < 0.5
            click = click_in(thing, random) if on else click_outside(thing, random)
            points[row, place] = click * scale
            labels[row, place] = float(on)
    return points, labels


def _logits(rough: list[Mask], size: SamSize, inner: tuple[int, int]) -> Floats:
    side = 4 * size.grid
    share = side / size.image_size
    part = (max(round(inner[0] * share), 1), max(round(inner[1] * share), 1))
    return np.stack([mask_logits(mask, side, part) for mask in rough])[:, None]


def _tensors(
    points: Floats | None,
    labels: Floats | None,
    boxes: Floats | None,
    masks: Floats | None,
    things: list[Mask],
) -> Prompts:
    def tensor(array: Floats | None) -> Tensor | None:
        return None if array is None else torch.from_numpy(np.asarray(array, dtype=np.float32))

    wanted = torch.from_numpy(np.stack(things).astype(np.float32))
    return Prompts(tensor(points), tensor(labels), tensor(boxes), tensor(masks), wanted)
