"""People: the body below each face, cut out by colour.

A body is a guess from the proportions of a face, so it can miss limbs that reach far; that is why
its confidence stays below a face's. People seen from behind are not found: OpenCV's detector of
upright figures missed everyone on street photos and reported a car's wheel instead.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from tools.faces import Face, find_faces
from tools.grabcut import cut
from tools.grounding import Box, Scene
from tools.masks import dilate, from_ellipse
from tools.operation import HardMask, Rgb, SoftMask
from tools.working import upsample

CUT = 420
"""Longer side of the picture a body is cut out of."""

TRUNK, BAY = 1.0, 0.4
"""Half the width of a trunk, and of the widest collar that is closed, in faces."""
REACHED = 0.04
"""A body that is expected this near to the frame, as a share of the width, may be cut by it."""


@dataclass(frozen=True)
class Person:
    """A person.

    Attributes:
        box: XYXY native pixels where the body is expected.
        face: the face it hangs from.
        confidence: [0, 1].
    """

    box: Box
    face: Face
    confidence: float


def find_people(scene: Scene) -> tuple[Person, ...]:
    """People from left to right (cached in the scene)."""
    if "people" not in scene.found:
        shape = (scene.image.shape[0], scene.image.shape[1])
        people = []
        for face in find_faces(scene):
            box = _below(face, shape)
            # A bust cut by the frame is easier to guess than legs on a pavement.
            bust = box[3] == shape[0]
            people.append(Person(box, face, round((0.85 if bust else 0.65) * face.confidence, 3)))
        scene.found["people"] = tuple(people)
    found: tuple[Person, ...] = scene.found["people"]
    return found


def _below(face: Face, shape: tuple[int, int]) -> Box:
    """Where the body of a face should be: three heads wide, seven high, cut by the frame."""
    x, _ = face.centre
    side = face.size
    return (
        max(round(x - 1.7 * side), 0),
        max(round(face.box[1] - 0.6 * side), 0),
        min(round(x + 1.7 * side), shape[1]),
        min(round(face.box[1] + 8.0 * side), shape[0]),
    )


def person_mask(
    scene: Scene, person: Person, others: tuple[Person, ...] = ()
) -> tuple[HardMask, SoftMask]:
    """The pixels of a person; the faces of ``others`` are kept out."""
    height, width = scene.image.shape[:2]
    x0, y0, x1, y1 = person.box
    pad_x, pad_y = round(0.35 * (x1 - x0)), round(0.06 * (y1 - y0))
    window = (
        max(x0 - pad_x, 0), max(y0 - pad_y, 0), min(x1 + pad_x, width), min(y1 + pad_y, height)
    )  # fmt: skip
    crop = scene.image[window[1] : window[3], window[0] : window[2]]
    scale = min(1.0, CUT / max(crop.shape[:2]))
    size = (max(round(crop.shape[1] * scale), 8), max(round(crop.shape[0] * scale), 8))
    small = np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_AREA))
    labels = _labels(small, window, scale, person, width)
    for other in others:
        if other is not person:
            _forbid(labels, _in_window(other.face, window, scale))
    mask, _ = cut(small, labels, rounds=3)
    mask = _attached(mask, labels == cv2.GC_FGD)
    mask = _without_holes(mask, _in_window(person.face, window, scale))
    soft: SoftMask = np.zeros((height, width), dtype=np.float32)
    matte = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 1.0)
    soft[window[1] : window[3], window[0] : window[2]] = upsample(crop, small, matte, radius=3)
    return np.asarray(soft > 0.5, dtype=np.bool_), soft


def _in_window(face: Face, window: Box, scale: float) -> tuple[float, float, float]:
    x, y = face.centre
    return (x - window[0]) * scale, (y - window[1]) * scale, face.size * scale


def _labels(
    small: Rgb, window: Box, scale: float, person: Person, width: int
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """What is surely, probably and surely not the person, from the proportions of a body."""
    shape = small.shape[:2]
    bottom = round((person.box[3] - window[1]) * scale)
    labels = np.full(shape, cv2.GC_PR_BGD, dtype=np.uint8)
    cx, cy, side = _in_window(person.face, window, scale)
    margin, shoulder = max(round(0.04 * shape[1]), 1), max(round(cy + 1.15 * side), 0)
    # Arms go on beyond a frame that the body reaches.
    labels[: None if person.box[0] > REACHED * width else shoulder, :margin] = cv2.GC_BGD
    labels[: None if person.box[2] < (1 - REACHED) * width else shoulder, -margin:] = cv2.GC_BGD
    labels[: max(round(cy - 1.25 * side), 0)] = cv2.GC_BGD
    for sign in (-1, 1):  # beside the head and above the shoulders there is air
        air = [
            (cx + sign * 0.95 * side, cy - 4 * side), (cx + sign * 0.95 * side, cy + 0.40 * side),
            (cx + sign * 2.2 * side, cy + 1.2 * side), (cx + sign * 4 * side, cy + 1.2 * side),
            (cx + sign * 4 * side, cy - 4 * side),
        ]  # fmt: skip
        cv2.fillPoly(labels, [np.array(air, dtype=np.int32)], cv2.GC_BGD)
    _body(labels, (cx, cy, side), bottom)
    _fill(labels, (cx, cy - 0.15 * side), (0.58 * side, 0.82 * side), cv2.GC_PR_FGD)
    _fill(labels, (cx, cy + 0.03 * side), (0.36 * side, 0.52 * side), cv2.GC_FGD)
    return labels


def _forbid(
    labels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], head: tuple[float, float, float]
) -> None:
    """Keep another person's head and chest out."""
    cx, cy, side = head
    taken = labels == cv2.GC_FGD
    _fill(labels, (cx, cy - 0.1 * side), (0.55 * side, 0.8 * side), cv2.GC_BGD)
    _fill(labels, (cx, cy + 2.0 * side), (0.5 * side, 1.2 * side), cv2.GC_BGD)
    labels[taken] = cv2.GC_FGD


def _body(
    labels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]],
    head: tuple[float, float, float],
    bottom: int,
) -> None:
    """Shoulders and trunk below a head; the chest is certain, the rest probable."""
    cx, cy, side = head
    neck, shoulder = cy + 0.6 * side, cy + 1.15 * side
    outline = [
        (cx - 0.3 * side, neck), (cx + 0.3 * side, neck),
        (cx + 1.15 * side, shoulder), (cx + 1.3 * side, bottom),
        (cx - 1.3 * side, bottom), (cx - 1.15 * side, shoulder),
    ]  # fmt: skip
    cv2.fillPoly(labels, [np.array(outline, dtype=np.int32)], cv2.GC_PR_FGD)
    end = min(cy + 3.0 * side, bottom)
    if end > shoulder:
        middle, half = (shoulder + end) / 2, (end - shoulder) / 2
        _fill(labels, (cx, middle), (0.40 * side, half), cv2.GC_FGD)


def _fill(
    labels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]],
    centre: tuple[float, float],
    axes: tuple[float, float],
    value: int,
) -> None:
    labels[from_ellipse(centre, axes, 0, (labels.shape[0], labels.shape[1]))] = value


def _attached(mask: HardMask, sure: HardMask) -> HardMask:
    """Only what hangs together with the certain part, give or take a small gap."""
    bridged = dilate(mask, 2)
    _, parts = cv2.connectedComponents(bridged.view(np.uint8), connectivity=8)
    keep = np.unique(parts[sure & bridged])
    return np.asarray(np.isin(parts, keep[keep > 0]) & mask, dtype=np.bool_)


def _without_holes(mask: HardMask, head: tuple[float, float, float]) -> HardMask:
    """Bays and holes between neck and chest are a collar, a scarf or a print.

    Background shows between arm and body, further out.
    """
    cx, cy, side = head
    size = max(round(BAY * side), 1) * 2 + 1
    ellipse = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    closed = cv2.morphologyEx(mask.view(np.uint8), cv2.MORPH_CLOSE, ellipse) > 0
    trunk = np.zeros(mask.shape, dtype=np.bool_)
    left, right = max(round(cx - TRUNK * side), 0), max(round(cx + TRUNK * side), 0)
    trunk[max(round(cy + 0.6 * side), 0) :, left:right] = True
    return np.asarray(mask | (closed & trunk), dtype=np.bool_)
