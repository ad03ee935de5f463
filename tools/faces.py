"""Faces: where they are, how sure that is, and which pixels belong to them.

Uses the cascades that ship inside OpenCV. A hit counts only when a second witness agrees: another
cascade or eyes in the right place; skin colour raises or lowers the confidence where the picture
has colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from tools.errors import GroundingFailed
from tools.grabcut import cut
from tools.grounding import Box, Scene
from tools.masks import from_ellipse
from tools.operation import HardMask, Rgb, SoftMask
from tools.working import Work, upsample, working

LOOK = 800
"""Longer side of the copy in which frontal faces are looked for; profiles at about half of it."""
SMALLEST = 24


@dataclass(frozen=True)
class Face:
    """A face.

    Attributes:
        box: XYXY native pixels, from the brows to the chin.
        confidence: [0, 1].
        profile: seen from the side.
    """

    box: Box
    confidence: float
    profile: bool = False

    @property
    def size(self) -> int:
        """Side of the box."""
        return self.box[2] - self.box[0]

    @property
    def centre(self) -> tuple[float, float]:
        """Middle of the box (x, y)."""
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2


@cache
def cascade(name: str) -> cv2.CascadeClassifier:
    """A cascade that ships inside OpenCV, by the middle of its file name.

    Raises:
        GroundingFailed: this OpenCV build lacks it.
    """
    folder = getattr(getattr(cv2, "data", None), "haarcascades", "")
    path = Path(folder) / f"haarcascade_{name}.xml"
    if not path.is_file():
        raise GroundingFailed(f"this OpenCV lacks {path.name}; install opencv-contrib-python 4.x")
    return cv2.CascadeClassifier(str(path))


def find_faces(scene: Scene) -> tuple[Face, ...]:
    """Faces from left to right (cached in the scene)."""
    if "faces" not in scene.found:
        work = working(scene, LOOK)
        grey = cv2.equalizeHist(cv2.cvtColor(work.rgb, cv2.COLOR_RGB2GRAY))
        found = _frontal(grey, work.rgb)
        found += [p for p in _profiles(grey, work.rgb) if not any(_touch(p, f) for f in found)]
        shape = (scene.image.shape[0], scene.image.shape[1])
        native = [Face(work.native_box(f.box, shape), f.confidence, f.profile) for f in found]
        scene.found["faces"] = tuple(sorted(native, key=lambda f: f.box[0]))
    faces: tuple[Face, ...] = scene.found["faces"]
    return faces


Grey = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


def _frontal(grey: Grey, rgb: Rgb) -> list[Face]:
    boxes = cascade("frontalface_alt2").detectMultiScale(grey, 1.1, 3, minSize=(SMALLEST, SMALLEST))
    out = []
    for x, y, side, _ in np.asarray(boxes, dtype=int).reshape(-1, 4):
        witnesses = _second_opinion(grey, (x, y, side))
        if not witnesses:  # skin colour alone would let an ear or a nose pass for a face
            continue
        skin = skin_share(rgb[y : y + side, x : x + side])
        if skin is not None:
            witnesses += (skin > 0.35) - (skin < 0.12)
        if witnesses <= 0:
            continue
        confidence = {1: 0.6, 2: 0.82}.get(witnesses, 0.92)
        out.append(Face((int(x), int(y), int(x + side), int(y + side)), confidence))
    return out


def _second_opinion(grey: Grey, hit: tuple[int, int, int]) -> int:
    """How many other detectors agree: the default cascade, and eyes in the upper half."""
    x, y, side = hit
    pad = side // 3
    crop = grey[max(y - pad, 0) : y + side + pad, max(x - pad, 0) : x + side + pad]
    scale = 120 / max(crop.shape)
    crop = cv2.resize(crop, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    small = round(0.4 * 120)
    agrees = len(cascade("frontalface_default").detectMultiScale(crop, 1.1, 3, 0, (small, small)))
    upper = grey[y : y + round(0.6 * side), x : x + side]
    scale = 160 / side
    upper = cv2.resize(upper, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    eyes = len(cascade("eye_tree_eyeglasses").detectMultiScale(upper, 1.1, 2, 0, (20, 20)))
    return (agrees > 0) + (eyes > 0)


def _profiles(grey: Grey, rgb: Rgb) -> list[Face]:
    """Side views; the cascade knows one side, so the picture is mirrored for the other."""
    shrink = 0.55
    small = cv2.resize(grey, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    out: list[Face] = []
    for mirrored in (False, True):
        view = np.ascontiguousarray(small[:, ::-1]) if mirrored else small
        boxes, _, weights = cascade("profileface").detectMultiScale3(
            view, 1.15, 4, 0, (SMALLEST, SMALLEST), outputRejectLevels=True
        )
        hits = np.asarray(boxes, dtype=int).reshape(-1, 4)
        for (x, y, side, _), weight in zip(hits, np.ravel(weights), strict=True):
            left = small.shape[1] - x - side if mirrored else x
            x0, y0, x1, y1 = (round(v / shrink) for v in (left, y, left + side, y + side))
            skin = skin_share(rgb[y0:y1, x0:x1])
            if weight < 1.0 or skin is None or skin < 0.3:
                continue
            face = Face((x0, y0, x1, y1), 0.45, profile=True)
            if not any(_touch(face, other) for other in out):
                out.append(face)
    return out


def skin_share(rgb: Rgb) -> float | None:
    """Share of pixels in the range of human skin under most lights; None for grey pictures."""
    if rgb.size == 0:
        return None
    spread = rgb.max(axis=2).astype(np.int16) - rgb.min(axis=2)
    if float(spread.mean()) < 6:
        return None
    ycc = cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2YCrCb)
    cr, cb = ycc[..., 1], ycc[..., 2]
    return float(((cr > 133) & (cr < 182) & (cb > 78) & (cb < 132)).mean())


def _touch(a: Face, b: Face) -> bool:
    ax, ay = a.centre
    bx, by = b.centre
    return bool(np.hypot(ax - bx, ay - by) < 0.6 * max(a.size, b.size))


def face_mask(scene: Scene, face: Face, *, head: bool = False) -> tuple[HardMask, SoftMask]:
    """The pixels of a face from forehead to chin, or of the whole head with its hair.

    An ellipse of a face's proportions says where to look; colour decides inside it.
    """
    window, small, work = _close_up(scene, face, 1.1 if head else 0.6)
    shape = small.shape[:2]
    side = face.size * work.scale
    cx, cy = ((c - o) * work.scale for c, o in zip(face.centre, window[:2], strict=True))
    if head:
        outer = from_ellipse((cx, cy - 0.12 * side), (0.72 * side, 0.95 * side), 0, shape)
        likely = from_ellipse((cx, cy - 0.10 * side), (0.55 * side, 0.78 * side), 0, shape)
    else:
        outer = from_ellipse((cx, cy + 0.04 * side), (0.50 * side, 0.70 * side), 0, shape)
        likely = from_ellipse((cx, cy + 0.05 * side), (0.44 * side, 0.62 * side), 0, shape)
    core = from_ellipse((cx, cy + 0.06 * side), (0.30 * side, 0.42 * side), 0, shape)
    labels = np.full(shape, cv2.GC_BGD, dtype=np.uint8)
    labels[outer] = cv2.GC_PR_BGD
    labels[likely] = cv2.GC_PR_FGD
    labels[core] = cv2.GC_FGD
    mask, _ = cut(small, labels, rounds=3)
    mask = _rounded(mask | core, round(0.06 * side)) & outer
    x0, y0, x1, y1 = window
    soft: SoftMask = np.zeros(scene.image.shape[:2], dtype=np.float32)
    soft[y0:y1, x0:x1] = upsample(
        scene.image[y0:y1, x0:x1], small, cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 1.2)
    )
    return np.asarray(soft > 0.5, dtype=np.bool_), soft


def _close_up(scene: Scene, face: Face, margin: float) -> tuple[Box, Rgb, Work]:
    """The face with a margin (a share of its size), at most 200 pixels wide."""
    pad = round(margin * face.size)
    height, width = scene.image.shape[:2]
    x0, y0 = max(face.box[0] - pad, 0), max(face.box[1] - pad, 0)
    x1, y1 = min(face.box[2] + pad, width), min(face.box[3] + pad, height)
    crop = scene.image[y0:y1, x0:x1]
    scale = min(1.0, 200 / max(crop.shape[:2]))
    size = (max(round(crop.shape[1] * scale), 4), max(round(crop.shape[0] * scale), 4))
    small = np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_AREA))
    return (x0, y0, x1, y1), small, Work(small, scale)


def _rounded(mask: HardMask, radius: int) -> HardMask:
    """Close notches (eyebrows, a moustache, glasses) and cut spikes."""
    size = 2 * max(radius, 1) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    closed = cv2.morphologyEx(mask.view(np.uint8), cv2.MORPH_CLOSE, disc, borderValue=0)
    return np.asarray(cv2.morphologyEx(closed, cv2.MORPH_OPEN, disc) > 0, dtype=np.bool_)
