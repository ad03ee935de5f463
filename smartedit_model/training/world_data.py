"""Material of the drawn world for every stage; any batch is made from its number alone.

Which split is used is the caller's word: recipes name ``train``, and ``val`` for curves.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from smartedit_model.images import vae_normalised, vae_pixels, vision_pixels
from smartedit_model.matching import ROLES
from smartedit_model.prompt import Prompter
from smartedit_model.tokenizer import train_tokenizer
from smartedit_model.training.asked import GROUPS, asked_of, class_of
from smartedit_model.training.captions import caption_of, undone
from smartedit_model.training.concepts import concepts_of, world_concepts
from smartedit_model.training.data import Batch, Example, Mixture, collate
from smartedit_model.training.drawing import DrawBatch
from smartedit_model.training.foundation import PixelBatch, ViewBatch
from smartedit_model.training.reading import TextBatch
from smartedit_model.training.slips import slipped
from smartedit_model.world.edits import WHOLE, EditSample
from smartedit_model.world.layout import FOCI
from smartedit_model.world.palette import colour_names
from smartedit_model.world.render import REFLECTED
from smartedit_model.world.scene import Mask, Scene, make_scene
from smartedit_model.world.splits import SEEDS, rules_of
from smartedit_model.world.stream import group, sample
from smartedit_model.world.wordings import every_wording

PATCH = 8
"""Side of a patch of the tower in pixels, for what stands at each."""


@dataclass(frozen=True)
class WorldExamples:
    """Edits and questions of a split as examples.

    Attributes:
        split: ``train`` or ``val``.
        seed: Another seed gives other samples.
        size: Side of the pictures in pixels.
        count: How many there are before they come again.
        mix: Weight of each task of ``world.stream.TASKS``.
        together: How many in a row are of one scene, and hold its picture as one object.
        categories: Weight of each of ``world.refer.CATEGORIES``, where several are of one scene.
    """

    split: str = "train"
    seed: int = 0
    size: int = 128
    count: int = 2**40
    mix: Mapping[str, float] | None = None
    together: int = 1
    categories: Mapping[str, float] | None = None

    def __len__(self) -> int:
        """How many there are."""
        return self.count

    def __getitem__(self, index: int) -> Example:
        """Make one."""
        number, place = divmod(index % self.count, self.together)
        mix = tuple(sorted(self.mix.items())) if self.mix else None
        kinds = tuple(sorted(self.categories.items())) if self.categories else None
        made = group_examples(self.split, number, self.seed, mix, self.together, self.size, kinds)
        return made[place]


@lru_cache(maxsize=4)
def group_examples(
    split: str,
    number: int,
    seed: int,
    mix: tuple[tuple[str, float], ...] | None,
    together: int,
    size: int,
    categories: tuple[tuple[str, float], ...] | None,
) -> tuple[Example, ...]:
    """Make group ``number`` of a split: ``together`` examples; see :class:`WorldExamples`."""
    weights = dict(mix) if mix else None
    if together == 1:
        made = [sample(split, number, seed, mix=weights, size=size)]
    else:
        made = group(
            split,
            number,
            seed,
            weights,
            count=together,
            size=size,
            categories=dict(categories) if categories else None,
        )
    pictures: dict[int, Image.Image] = {}
    patches: dict[int, tuple[Tensor, ...]] = {}
    found = []
    for place, one in enumerate(made):
        pixels = one.source if isinstance(one, EditSample) else one.image
        picture = pictures.setdefault(id(pixels), Image.fromarray(pixels))
        if isinstance(one, EditSample):
            if id(pixels) not in patches:
                patches[id(pixels)] = patch_labels(one.scene, PATCH)
            example = edit_example(one, picture)
            said = example.instruction
            if split == "train":
                said = slipped(said, random.Random(f"{seed}/{number}/{place}"))
            found.append(replace(example, instruction=said, patches=patches[id(pixels)]))
        else:
            found.append(Example(picture, one.text, answer=one.answer))
    return tuple(found)


def edit_example(made: EditSample, source: Image.Image | None = None) -> Example:
    """Return an edit of the drawn world as an example; ``source`` is its picture if at hand."""
    return Example(
        source=source or Image.fromarray(made.source),
        instruction=made.instruction,
        target=Image.fromarray(made.target),
        region=edit_region(made),
        changed=made.mask,
        concepts=concepts_of(made),
        caption=caption_of(made),
        asked=asked_of(made),
    )


def edit_region(made: EditSample) -> Mask:
    """Return where the edit is made, HW bool.

    It is what is spoken of as the source shows it; where a new thing will stand; everywhere.
    """
    if made.op in WHOLE:
        return np.ones_like(made.region)
    if made.spec is not None and made.spec.added is not None:
        return made.edited.mask(made.spec.added.uid)
    return made.region


def scene_of(split: str, number: int, size: int) -> Scene:
    """Return scene ``number`` of a split, each category's scenes in turn."""
    low, _ = SEEDS[split]
    foci = (*FOCI, None)
    return make_scene(low + number, size, foci[number % len(foci)], rules_of(split))


@dataclass(frozen=True)
class WorldCrops:
    """Batches of square pieces of scenes, some in other weather, light or style by themselves."""

    split: str = "train"
    size: int = 128
    crop: int = 64
    each: int = 4

    def __call__(self, first: int, count: int) -> PixelBatch:
        """Return ``count`` pieces, ``each`` of a scene."""
        draw = np.random.default_rng((7, first))
        pieces = []
        for place in range(first, first + count, self.each):
            scene = scene_of(self.split, place // self.each, self.size)
            for _ in range(self.each):
                y, x = draw.integers(0, self.size - self.crop + 1, size=2)
                pieces.append(scene.image[y : y + self.crop, x : x + self.crop])
        pixels = torch.from_numpy(np.stack(pieces[:count])).permute(0, 3, 1, 2)
        return PixelBatch(vae_normalised(pixels))


@dataclass(frozen=True)
class WorldBatches:
    """Batches of examples that nobody reads: their concepts are left out."""

    examples: Mixture
    prompter: Prompter
    size: int = 128

    def __call__(self, first: int, count: int) -> Batch:
        """Return examples ``first`` to ``first + count``."""
        chosen = [self.examples[first + n] for n in range(count)]
        return collate(chosen, self.prompter, vision_side=self.size, size=(self.size, self.size))


@dataclass(frozen=True)
class WorldDrawings:
    """Batches of edits told by caption and place."""

    split: str = "train"
    size: int = 128
    each: int = 2

    def __call__(self, first: int, count: int) -> DrawBatch:
        """Return edits ``first`` to ``first + count``, ``each`` of a scene."""
        mix = {"edit": 0.74, "segment": 0.04, "whole": 0.22}
        made: list[EditSample] = []
        for place in range(first, first + count, self.each):
            found = group(self.split, place // self.each, 2, mix, count=self.each, size=self.size)
            made += [one for one in found if isinstance(one, EditSample)]
        side = (self.size, self.size)
        return DrawBatch(
            source=vae_pixels([Image.fromarray(one.source) for one in made], side),
            target=vae_pixels([Image.fromarray(one.target) for one in made], side),
            changed=torch.from_numpy(np.stack([one.mask for one in made])).float(),
            region=torch.from_numpy(np.stack([edit_region(one) for one in made])).float(),
            captions=undone(
                torch.tensor([caption_of(one) for one in made]),
                torch.tensor([not one.valid for one in made]),
            ),
        )


@dataclass(frozen=True)
class WorldTexts:
    """Batches of instructions with what they are about; pictures are not made large for it."""

    prompter: Prompter
    split: str = "train"
    each: int = 8

    def __call__(self, first: int, count: int) -> TextBatch:
        """Return instructions ``first`` to ``first + count``, ``each`` of a scene."""
        mix = {"segment": 0.7, "edit": 0.1, "whole": 0.2}
        rows, told, captions, asked = [], [], [], []
        for place in range(first, first + count, self.each):
            draw = random.Random(f"{self.split}/{place}")
            for made in group(self.split, place // self.each, 1, mix, count=self.each, size=48):
                if isinstance(made, EditSample):
                    said = slipped(made.instruction, draw)
                    rows.append(self.prompter.answered(said))
                    told.append(set(concepts_of(made)))
                    captions.append(caption_of(made))
                    asked.append(asked_of(made))
        longest, tail = max(map(len, rows)), self.prompter.tokens.answers
        none = np.zeros((len(ROLES), sum(GROUPS)), np.float32)
        return TextBatch(
            ids=torch.tensor([row + [0] * (longest - len(row)) for row in rows]),
            answers=torch.tensor([len(row) - tail for row in rows]),
            concepts=torch.tensor(
                [[float(name in about) for name in world_concepts()] for about in told]
            ),
            captions=torch.tensor(captions),
            asked=torch.from_numpy(np.stack([none if row is None else row for row in asked])),
            asked_known=torch.tensor([float(row is not None) for row in asked]),
        )


@dataclass(frozen=True)
class WorldViews:
    """Batches of scenes with what stands at each patch."""

    split: str = "train"
    size: int = 128
    patch: int = 8

    def __call__(self, first: int, count: int) -> ViewBatch:
        """Return scenes ``first`` to ``first + count``."""
        scenes = [scene_of(self.split, n, self.size) for n in range(first, first + count)]
        told = [patch_labels(scene, self.patch) for scene in scenes]
        vision = vision_pixels([Image.fromarray(s.image) for s in scenes], self.size)
        return ViewBatch(vision, *(torch.stack(parts) for parts in zip(*told, strict=True)))


def patch_labels(scene: Scene, patch: int) -> tuple[Tensor, ...]:
    """Return kind, colour, reflected, box and cover of each patch; see ``ViewBatch``."""
    side = scene.size // patch
    grid = scene.owner.reshape(side, patch, side, patch).transpose(0, 2, 1, 3)
    owner = grid.reshape(side * side, patch * patch)
    kind_at, colour_at = np.zeros(len(owner), np.int64), np.zeros(len(owner), np.int64)
    reflected, box = np.zeros(len(owner), np.float32), np.zeros((len(owner), 4), np.float32)
    most = np.full(len(owner), 0.25 * patch * patch)  # less than a quarter is backdrop
    for number in np.unique(scene.owner):
        if number == 0:
            continue
        share = (owner == number).sum(axis=1)
        here = share > most
        most = np.where(here, share, most)
        shown_kind, shown_colour = _as_shown(scene, int(number))
        kind_at[here] = class_of(shown_kind)
        if shown_colour in colour_names():
            colour_at[here] = class_of(colour=shown_colour) - GROUPS[0]
        reflected[here] = float(number >= REFLECTED)
        ys, xs = np.nonzero(scene.owner == number)
        bounds = (xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)
        box[here] = np.array(bounds, np.float32) / scene.size
    cover = (owner > 0).astype(np.float32)
    arrays: tuple[Any, ...] = (kind_at, colour_at, reflected, box, cover)
    return tuple(torch.from_numpy(a) for a in arrays)


def _as_shown(scene: Scene, owner: int) -> tuple[str, str]:
    """Return kind and colour of what is seen: a reflection may differ from its object."""
    item = scene.spec.get(owner % REFLECTED)
    if owner >= REFLECTED:
        for glass in scene.spec.objects:
            for shown in glass.shows:
                if shown.uid == item.uid:
                    return shown.kind or item.kind, shown.colour or item.colour
    return item.kind, item.colour


def world_pictures(split: str, count: int, size: int) -> Tensor:
    """Return scenes in [-1, 1], ``(count, 3, size, size)``, as the autoencoder reads them."""
    scenes = [Image.fromarray(scene_of(split, n, size).image) for n in range(count)]
    return vae_pixels(scenes, (size, size))


@cache
def world_tokenizer(vocab: int, samples: int = 1500) -> Any:
    """Return a tokenizer learned from the train split's instructions, questions and answers.

    Args:
        vocab: Rows of the language model before the added tokens.
        samples: How many are read beside the wordings; making them takes nearly all the time.
    """
    texts = list(every_wording(rules_of("train")))
    for number in range(samples):
        made = sample("train", number, seed=1, size=32)
        asked = made.instruction if isinstance(made, EditSample) else made.text
        texts += [asked, made.answer]
    return train_tokenizer(texts, vocab)
