"""SAM as a ``Segmenter``: clicks, a box or a rough mask to masks; or everything there is.

Embeddings come from a cache; masks leave the decoder small and only the chosen ones are carried to
native resolution, so a 50-megapixel photo costs no more than its own masks. It finds no words.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import torch
from segment_anything import SamAutomaticMaskGenerator, SamPredictor
from torch.nn import functional as F

from smartedit_model.errors import SmartEditModelError
from smartedit_model.fingerprints import content_key
from smartedit_model.sam.embeddings import Embeddings
from smartedit_model.sam.many_clicks import decode_clicks
from tools.errors import GroundingFailed
from tools.grounding import Box, Region, Scene
from tools.masks import box_of, check_prompts, iou
from tools.operation import HardMask, Rgb, SoftMask
from tools.working import upsample

Points = tuple[tuple[int, int, bool], ...]
Floats = np.ndarray[Any, np.dtype[np.float32]]
ROUGH = 8.0
"""Logit of a rough mask where it is certain."""
SAME = 0.9
"""Two answers that overlap this much are one."""
FINE_ENOUGH = 3.0
"""Up to this many native pixels a mask cell, plain interpolation is as good as following edges."""
EVERYTHING_SIDE = 1024
"""Longer side of what everything-mode looks at: the official models' own resolution."""


@dataclass(frozen=True)
class Everything:
    """Thresholds of everything-mode, all in [0, 1] but the first.

    Attributes:
        side: clicks along one side of the picture.
        claimed: smallest IoU that the model must expect of its mask.
        stable: how little a mask may depend on the threshold.
    """

    side: int = 32
    claimed: float = 0.88
    stable: float = 0.95


class CachedPredictor(SamPredictor):  # type: ignore[misc]  # the package ships no types
    """The package's predictor, with embeddings from a cache.

    Args:
        model: the SAM.
        embeddings: the cache.
        version: names the weights within the cache.
    """

    def __init__(self, model: Any, embeddings: Embeddings, version: str) -> None:
        super().__init__(model)
        self._embeddings, self._version = embeddings, version

    def set_image(self, image: Rgb, image_format: str = "RGB") -> None:
        """Make ready for a picture, HWC uint8 RGB; embeds it only where the cache cannot help."""
        prompts = self.model.prompt_encoder
        shape = (1, prompts.embed_dim, *prompts.image_embedding_size)
        key = f"{self._version}-{content_key(image)}"

        def make() -> torch.Tensor:
            super(CachedPredictor, self).set_image(image, image_format)
            features: torch.Tensor = self.features
            return features

        found = self._embeddings.get(key, shape, make)
        self.reset_image()
        self.features = found.to(self.device)
        height, width = image.shape[:2]
        self.original_size = (height, width)
        self.input_size = self.transform.get_preprocess_shape(
            height, width, self.model.image_encoder.img_size
        )
        self.is_image_set = True


class SamSegmenter:
    """A SAM behind the ``Segmenter`` protocol. Weights are loaded when first used.

    Args:
        name: shown in reports.
        load: loads the model; its errors end as ``GroundingFailed`` with the same line.
        version: names the weights in the embedding cache.
        embeddings: the cache, shared where several pictures are worked on.
        everything: thresholds of ``everything``.
        single_first: a single click's first answer is the mask of the model's single-mask token.
            The official models taught it with clear prompts alone, so among theirs the one of
            the highest expected IoU leads.
        device: where the model runs.
    """

    def __init__(
        self,
        name: str,
        load: Callable[[], Any],
        version: str,
        *,
        embeddings: Embeddings | None = None,
        everything: Everything | None = None,
        single_first: bool = False,
        device: str = "cpu",
    ) -> None:
        self.name = name
        self._load, self._version, self._device = load, version, device
        self._embeddings = embeddings or Embeddings()
        self._everything = everything or Everything()
        self._single_first = single_first
        self._predictor: CachedPredictor | None = None
        self._lock = threading.Lock()

    def precise(self, _image: Rgb) -> bool:
        """Its outlines are better than a rough mask."""
        return True

    def segment(
        self,
        scene: Scene,
        *,
        points: Points = (),
        box: Box | None = None,
        mask: HardMask | None = None,
    ) -> list[Region]:
        """Candidate masks at native resolution, best first; none where the model sees nothing.

        One click is ambiguous and may give several answers; anything more gives one. A box bounds
        the result; a mask is where to start from; clicks say what belongs and what does not.

        Raises:
            BadArguments: nothing was given, or it lies outside the picture.
            GroundingFailed: the weights cannot be used; says why.
        """
        shape = (scene.image.shape[0], scene.image.shape[1])
        bounds = check_prompts(shape, points, box, mask)
        with self._lock, torch.inference_mode():
            predictor = self._ready()
            predictor.set_image(scene.image)
            logits, claimed = _decode(predictor, points, bounds, mask, self._single_first)
            inner = predictor.input_size
            side = predictor.model.image_encoder.img_size
        regions: list[Region] = []
        for answer, sure in zip(logits, claimed, strict=True):
            region = self._region(scene.image, answer, inner, side, bounds, float(sure))
            if region is not None and all(iou(region.mask, r.mask) < SAME for r in regions):
                regions.append(region)
        return regions

    def everything(self, scene: Scene) -> list[Region]:
        """All things the model can tell apart in a picture, largest first.

        Raises:
            GroundingFailed: the weights cannot be used; says why.
        """
        image = scene.image
        scale = min(1.0, EVERYTHING_SIDE / max(image.shape[:2]))
        small = image
        if scale < 1:
            size = (max(round(image.shape[1] * scale), 1), max(round(image.shape[0] * scale), 1))
            small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA))
        limits = self._everything
        with self._lock, torch.inference_mode():
            predictor = self._ready()
            generator = SamAutomaticMaskGenerator(
                predictor.model,
                points_per_side=limits.side,
                pred_iou_thresh=limits.claimed,
                stability_score_thresh=limits.stable,
                min_mask_region_area=max(4, small.shape[0] * small.shape[1] // 20_000),
            )
            generator.predictor = predictor
            found = generator.generate(small)
        regions = []
        for number, item in enumerate(sorted(found, key=lambda one: -one["area"]), 1):
            matte = item["segmentation"].astype(np.float32)
            soft = matte if scale == 1 else upsample(image, small, matte, radius=2)
            hard = np.asarray(soft > 0.5, dtype=np.bool_)
            if hard.any():
                sure = float(np.clip(item["predicted_iou"], 0, 1))
                regions.append(Region(hard, sure, self.name, f"thing {number}", soft))
        return regions

    def clicked(
        self, scene: Scene, points: Sequence[tuple[int, int]], least: float = 0.0
    ) -> list[tuple[HardMask, float]]:
        """Masks for many clicks at once, each alone: at most four a click, with the IoU expected.

        Args:
            scene: the picture.
            points: (x, y) of each click, at least one.
            least: IoU that must be expected of a mask, in [0, 1].

        Raises:
            GroundingFailed: the weights cannot be used; says why.
        """
        height, width = scene.image.shape[:2]
        with self._lock, torch.inference_mode():
            predictor = self._ready()
            predictor.set_image(scene.image)
            model = predictor.model
            places = predictor.transform.apply_coords(
                np.array(points, dtype=np.float64), (height, width)
            )
            given = torch.as_tensor(places, dtype=torch.float32, device=predictor.device)
            labels = torch.ones(len(points), 1, dtype=torch.int64, device=predictor.device)
            sparse, dense = model.prompt_encoder(
                points=(given[:, None], labels), boxes=None, masks=None
            )
            enough = least if least > 0 else -math.inf  # an expected IoU may be below 0
            logits, claimed = decode_clicks(model, predictor.features, sparse, dense, enough)
            if not len(logits):
                return []
            share = logits.shape[-1] / model.image_encoder.img_size
            rows, columns = (max(round(value * share), 1) for value in predictor.input_size)
            found = F.interpolate(
                logits[None, :, :rows, :columns].float(), (height, width), mode="bilinear"
            )
            masks = (found[0] > 0).cpu().numpy()
            sure = claimed.float().clamp(0, 1).cpu().numpy()
        return [(mask, float(value)) for mask, value in zip(masks, sure, strict=True)]

    def _ready(self) -> CachedPredictor:
        """Load the weights, once.

        Raises:
            GroundingFailed: they cannot be used.
        """
        if self._predictor is None:
            try:
                model = self._load().to(self._device)
            except SmartEditModelError as error:
                raise GroundingFailed(f"{self.name} cannot be used: {error}") from error
            self._predictor = CachedPredictor(model, self._embeddings, self._version)
        return self._predictor

    def _region(
        self,
        image: Rgb,
        logits: Floats,
        inner: tuple[int, int],
        side: int,
        bounds: Box | None,
        claimed: float,
    ) -> Region | None:
        """One answer at native resolution; None where nothing is left of it."""
        soft = to_native(image, logits, inner, side)
        if bounds is not None:
            x0, y0, x1, y1 = bounds
            within: SoftMask = np.zeros_like(soft)
            within[y0:y1, x0:x1] = soft[y0:y1, x0:x1]
            soft = within
        hard = np.asarray(soft > 0.5, dtype=np.bool_)
        if not hard.any():
            return None
        sure = float(np.clip(claimed, 0.0, 1.0))
        return Region(hard, sure, self.name, "cut out by SAM", soft)


def _decode(
    predictor: CachedPredictor,
    points: Points,
    box: Box | None,
    mask: HardMask | None,
    single_first: bool,
) -> tuple[Floats, Floats]:
    """Small masks as logits ``(M, side, side)`` and their expected IoUs ``(M,)``, best first."""
    model, device = predictor.model, predictor.device
    start = None
    around = box
    if mask is not None:
        start = torch.from_numpy(_as_logits(mask, predictor)).to(device)
        # SAM was taught masks together with what they come from.
        around = box or (box_of(mask) if not points else None)
    given = None
    if points:
        places = np.array([(x, y) for x, y, _ in points], dtype=np.float64)
        moved = predictor.transform.apply_coords(places, predictor.original_size)
        signs = torch.tensor([[int(positive) for _, _, positive in points]], device=device)
        given = (torch.as_tensor(moved, dtype=torch.float32, device=device)[None], signs)
    corners = None
    if around is not None:
        moved = predictor.transform.apply_boxes(np.array(around), predictor.original_size)
        corners = torch.as_tensor(moved, dtype=torch.float32, device=device)
    sparse, dense = model.prompt_encoder(points=given, boxes=corners, masks=start)
    masks, expected = model.mask_decoder.predict_masks(
        image_embeddings=predictor.features,
        image_pe=model.prompt_encoder.get_dense_pe(),
        sparse_prompt_embeddings=sparse,
        dense_prompt_embeddings=dense,
    )  # (1, 4, side, side), (1, 4): of the single-mask token, then of the three for one click
    logits, claimed = masks[0].float().cpu().numpy(), expected[0].float().cpu().numpy()
    if len(points) != 1 or corners is not None or start is not None:
        return logits[:1], claimed[:1]
    order = 1 + np.argsort(-claimed[1:], kind="stable")
    if single_first:
        order = np.concatenate([np.zeros_like(order[:1]), order])
    return logits[order], claimed[order]


def _as_logits(mask: HardMask, predictor: CachedPredictor) -> Floats:
    """A native mask as the prompt encoder takes it: ``(1, 1, side, side)`` float32."""
    model = predictor.model
    side = model.prompt_encoder.mask_input_size[0]
    share = side / model.image_encoder.img_size
    height, width = (max(round(value * share), 1) for value in predictor.input_size)
    small = cv2.resize(mask.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)
    out = np.full((1, 1, side, side), -ROUGH, dtype=np.float32)
    out[0, 0, :height, :width] = (2 * small - 1) * ROUGH
    return out


def to_native(image: Rgb, logits: Floats, inner: tuple[int, int], side: int) -> SoftMask:
    """A small mask of the padded square as a soft mask of the picture, HW float32 [0, 1].

    Args:
        image: HWC uint8 RGB, native.
        logits: ``(s, s)`` float32.
        inner: height and width the picture takes of the model's input.
        side: of the model's input.
    """
    share = logits.shape[0] / side
    height, width = (max(round(value * share), 1) for value in inner)
    part = np.ascontiguousarray(logits[:height, :width])
    native = (image.shape[1], image.shape[0])
    if max(native) / max(part.shape) <= FINE_ENOUGH:
        grown = cv2.resize(part, native, interpolation=cv2.INTER_LINEAR)
        return _chance(grown)
    small = np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA))
    return upsample(image, small, _chance(part), radius=2)


def _chance(logits: Floats) -> SoftMask:
    grown = np.exp(-np.clip(logits, -30, 30)).astype(np.float32)
    out: SoftMask = np.float32(1) / (np.float32(1) + grown)
    out[out < 0.02] = 0
    out[out > 0.98] = 1
    return out
