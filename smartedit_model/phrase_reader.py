"""The core as a reader of phrases: one pass of language model and BIM tells where a phrase points.

It uses the editor's own pipeline, so weights are in memory once. It edits nothing.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from PIL import Image

from smartedit_model.errors import AnswerTokensError, InputError, InstructionError
from tools.errors import EditorUnavailable, GroundingFailed
from tools.grounding import Region, Scene
from tools.operation import Rgb, SoftMask
from tools.target import Target

if TYPE_CHECKING:
    from smartedit_model.pipeline import SmartEditPipeline

ASKING = "segment {phrase} in red"
"""Words the mask head was taught with."""
CALIBRATION = "grounding.json"
"""In the model folder: how sure the head is when it is right, measured on held-out pictures, and
which ways of telling a thing from others (``WAYS``) it reads well."""
THERE = 0.5
"""Chance from which what a sentence speaks of is there. Of 108 validation sentences about things
that are none is below; of 80 about things that are not, three in four (docs/quality.md)."""
WAYS = ("unnamed", "attributes", "relation", "ordinal", "superlative", "several")
"""By what a phrase may pick its target, beside naming a kind of thing: ``unnamed`` names none."""


@dataclass(frozen=True, eq=False)
class Reading:
    """Where a sentence points.

    Attributes:
        soft: HW float32, the chance of each pixel that it is meant, [0, 1].
        valid: the chance that there is such a thing.
    """

    soft: SoftMask
    valid: float


class PhraseReader:
    """Reads phrases with a SmartEdit model that has a mask head.

    Args:
        name: What the model is called.
        folder: Its folder.
        load: Returns the loaded pipeline.
    """

    def __init__(self, name: str, folder: Path, load: Callable[[], SmartEditPipeline]) -> None:
        self.name = name
        self._folder = folder
        self._load = load

    def claims(self, target: Target) -> bool:
        """Whether the phrase names something at all, in a way that the model reads well."""
        if not target.phrase.strip() or target.is_whole_image:
            return False
        return set(ways_of(target)) <= set(self._measured.get("reads", WAYS))

    @cached_property
    def _measured(self) -> dict[str, Any]:
        """What the folder says of its own measurement; empty where there is none."""
        path = self._folder / CALIBRATION
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}

    def read(self, scene: Scene, target: Target, said: str = "") -> Region | None:
        """What the phrase points at, or None where the model sees no such thing.

        The sentence itself is read first: the model was taught whole sentences, and what a plan
        made of one may have lost what tells the thing from its like.

        Raises:
            GroundingFailed: The model cannot be loaded or cannot read the phrase; or it read the
                sentence, and what that speaks of is not there.
        """
        found = self._in_sentence(scene, target.phrase, said) if said else None
        if found is None:
            return self._region(target.phrase, self._asked(scene, target.phrase))
        region = self._region(target.phrase, found)
        if region is None or found.valid < THERE:
            # A shorter phrase would only find the like of it.
            raise GroundingFailed(
                f"{self.name} sees no such {target.phrase.removeprefix('the ')!r} in this picture: "
                "mark what you mean with --box, --point or --mask"
            )
        return region

    def reading(self, scene: Scene, target: Target, said: str = "") -> Reading | None:
        """What the model itself makes of a phrase, for one who weighs it; None where it cannot.

        Args:
            scene: the picture.
            target: the phrase.
            said: the sentence it comes from, where that speaks of nothing else.
        """
        try:
            found = self._in_sentence(scene, target.phrase, said) if said else None
            return found or self._asked(scene, target.phrase)
        except GroundingFailed:
            return None

    def _asked(self, scene: Scene, phrase: str) -> Reading:
        return self._kept(scene, phrase, ASKING.format(phrase=phrase))

    def _in_sentence(self, scene: Scene, phrase: str, said: str) -> Reading | None:
        try:
            return self._kept(scene, phrase, said)
        except GroundingFailed:
            return None  # too long for the model, perhaps; the phrase alone is shorter

    def _kept(self, scene: Scene, phrase: str, sentence: str) -> Reading:
        key = f"{self.name}: {sentence}"
        if key not in scene.found:
            scene.found[key] = self._read(scene.image, phrase, sentence)
        found: Reading = scene.found[key]
        return found

    def _read(self, image: Rgb, phrase: str, sentence: str) -> Reading:
        try:
            pipe = self._load()
            seen = pipe.ground([Image.fromarray(image)], [sentence])
        except EditorUnavailable as error:
            raise GroundingFailed(f"{self.name} cannot look for {phrase!r}: {error}") from error
        except (AnswerTokensError, InputError, InstructionError) as error:
            raise GroundingFailed(f"{self.name} cannot read {phrase!r}: {error}") from error
        soft = fitted(seen.chance[0].cpu().numpy(), image.shape[:2])
        return Reading(soft, float(seen.valid[0]))

    def _region(self, phrase: str, found: Reading) -> Region | None:
        mask = found.soft > 0.5
        if not mask.any():
            return None
        return Region(
            mask=mask,
            confidence=calibrated(certainty(found.soft, found.valid), self._measured),
            source=f"{self.name}'s mask head",
            label=phrase,
        )


def ways_of(target: Target) -> tuple[str, ...]:
    """Return by what a target is picked, of ``WAYS``."""
    from smartedit_model.drawings.naming import kinds_meant

    used = {
        "unnamed": not kinds_meant(target),
        "attributes": bool(target.attributes),
        "relation": target.relation is not None,
        "ordinal": target.ordinal is not None,
        "superlative": bool(target.superlative),
        "several": target.quantity != "one",
    }
    return tuple(way for way in WAYS if used[way])


def fitted(chance: np.ndarray, size: tuple[int, ...]) -> SoftMask:
    """Return chances ``(G, G)`` of a picture seen squeezed square at its own ``size``, HW."""
    height, width = size
    out: SoftMask = cv2.resize(
        np.asarray(chance, dtype=np.float32), (width, height), interpolation=cv2.INTER_LINEAR
    )
    return out


def certainty(chance: SoftMask, valid: float) -> float:
    """Return how sure the head is, [0, 1]: of there being a target, and of its pixels."""
    inside = chance > 0.5
    return valid * float(chance[inside].mean()) if inside.any() else 0.0


def calibrated(sure: float, fit: Mapping[str, Any]) -> float:
    """Return how often an answer of this certainty is right, by a folder's measurement.

    Without a measurement the certainty stands for itself, halved: nobody has checked it.
    """
    if not fit:
        return sure / 2
    edge = min(max(sure, 1e-4), 1 - 1e-4)
    logit = float(fit["slope"]) * math.log(edge / (1 - edge)) + float(fit["offset"])
    return 1 / (1 + math.exp(-logit))
