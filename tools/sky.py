"""The sky: smooth, blue, bright or glowing, open to the top of the frame.

Where nothing of the kind reaches the top it finds no sky. A plain studio wall looks the same to it;
with a large face in front the confidence is lowered accordingly.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from tools.cielab import lab_of
from tools.faces import find_faces
from tools.grabcut import cut
from tools.grounding import Region, Scene
from tools.operation import HardMask, SoftMask
from tools.sky_clouds import through_clouds
from tools.sky_lattice import before_clear_sky
from tools.sky_limits import above_water, inside_border, through_leaves
from tools.sky_outlined import without_solid_things
from tools.working import upsample, working

LOOK = 400
SMOOTH = 14.0
"""Largest Lab gradient per pixel, at ``LOOK`` size, inside a seed of sky."""
LEAST = 0.015
"""A smaller share of the picture is not worth calling sky."""


def find_sky(scene: Scene) -> list[Region]:
    """The sky as one region, or none (cached in the scene)."""
    if "sky" not in scene.found:
        scene.found["sky"] = _look(scene)
    found: list[Region] = scene.found["sky"]
    return list(found)


def _look(scene: Scene) -> list[Region]:
    box = inside_border(scene.image)
    if box is None:
        return _look_inside(scene)
    x0, y0, x1, y1 = box
    framed = []
    inside = Scene(scene.image[y0:y1, x0:x1], segmenter=scene.segmenter)
    for region in _look_inside(inside):
        hard = np.zeros(scene.image.shape[:2], dtype=np.bool_)
        hard[y0:y1, x0:x1] = region.mask
        soft = None
        if region.soft is not None:
            soft = np.zeros(hard.shape, dtype=np.float32)
            soft[y0:y1, x0:x1] = region.soft
        framed.append(replace(region, mask=hard, soft=soft))
    return framed


def _look_inside(scene: Scene) -> list[Region]:
    work = working(scene, LOOK)
    small = work.rgb
    if min(small.shape[:2]) < 24:
        return []
    lab = lab_of(small)
    seed = _seed(lab)
    if seed.mean() < LEAST:
        return []
    seed, walls = through_clouds(small, lab, seed, _sky_colour(lab))
    labels = np.full(seed.shape, cv2.GC_PR_BGD, dtype=np.uint8)
    labels[seed] = cv2.GC_PR_FGD
    inner = cv2.erode(seed.view(np.uint8), np.ones((5, 5), np.uint8), borderValue=1) > 0
    labels[inner] = cv2.GC_FGD
    labels[round(0.93 * len(labels)) :][~seed[round(0.93 * len(labels)) :]] = cv2.GC_BGD
    labels[~_sky_colour(lab, loose=True) | walls] = cv2.GC_BGD
    mask, _ = cut(small, labels, rounds=2, specks=0.0005)
    mask = above_water(_open_above(mask, seed, lab), lab)
    mask = without_solid_things(scene, mask, lab)
    confidence, label = _judge(scene, lab, mask)
    if confidence <= 0:
        return []
    # Sky shows through leaves and lattices, so its own colour decides along the edge.
    soft = upsample(scene.image, small, mask.astype(np.float32), radius=3, eps=3e-4, contrast=1.4)
    soft = before_clear_sky(scene.image, through_leaves(scene.image, soft))
    hard = np.asarray(soft > 0.5, dtype=np.bool_)
    return [Region(hard, confidence, "sky", label, soft)]


def _sky_colour(lab: SoftMask, *, loose: bool = False) -> HardMask:
    """Blue (by day or night), bright and colourless (overcast), or glowing (sunset)."""
    light, a, b = lab[..., 0], lab[..., 1], lab[..., 2]
    slack = 6.0 if loose else 0.0
    blue = (b < -4 + slack) & (b < -0.35 * np.abs(a) + slack) & (light > 6 - slack)
    overcast = (light > 62 - 3 * slack) & (np.hypot(a, b) < 9 + slack)
    glow = (light > 45 - slack) & (a > -4 - slack) & (b > 12 - slack) & (a < 50)
    green = (a < -12) & (b > 5)
    return np.asarray((blue | overcast | glow) & ~green, dtype=np.bool_)


def _seed(lab: SoftMask) -> HardMask:
    """Smooth, sky-coloured, and connected to the top of the frame."""
    blurred = cv2.GaussianBlur(lab, (0, 0), 1.0)
    steps = [cv2.Sobel(blurred, cv2.CV_32F, dx, 1 - dx, ksize=3) / 4 for dx in (0, 1)]
    slope = np.sqrt(sum((step**2).sum(axis=2) for step in steps))
    flat = (slope < SMOOTH / 2) & _sky_colour(blurred)
    flat &= cv2.blur((slope < SMOOTH / 4).astype(np.float32), (9, 9)) > 0.75
    _, parts = cv2.connectedComponents(flat.astype(np.uint8), connectivity=4)
    top = np.bincount(parts[:3].ravel(), minlength=int(parts.max()) + 1)
    top[0] = 0
    wide = np.flatnonzero(top > 0.12 * parts[:3].size)
    if wide.size == 0:
        return np.zeros(flat.shape, dtype=np.bool_)
    out = np.isin(parts, wide)
    colour = np.median(blurred[out], axis=0)
    for narrow in np.flatnonzero((top > 0.01 * parts[:3].size) & (top <= 0.12 * parts[:3].size)):
        beside = parts == narrow  # beyond a tower or a tree
        if np.linalg.norm(np.median(blurred[beside], axis=0) - colour) < 12:
            out |= beside
    return np.asarray(out, dtype=np.bool_)


def _open_above(mask: HardMask, seed: HardMask, lab: SoftMask) -> HardMask:
    """Parts that hold seed, and gaps of sky between branches above the sky's lowest row."""
    _, parts, stats, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=8)
    seeded = np.unique(parts[mask & seed])
    out = np.isin(parts, seeded[seeded > 0])
    if not out.any():
        return np.asarray(out, dtype=np.bool_)
    lowest = int(np.quantile(np.nonzero(out)[0], 0.98))
    colour = np.median(lab[out], axis=0)
    for part in range(1, len(stats)):
        if part in seeded or stats[part, cv2.CC_STAT_AREA] < 6:
            continue
        inside = parts == part
        bottom = stats[part, cv2.CC_STAT_TOP] + stats[part, cv2.CC_STAT_HEIGHT]
        if bottom < lowest and np.linalg.norm(np.median(lab[inside], axis=0) - colour) < 14:
            out |= inside
    return np.asarray(out, dtype=np.bool_)


def _judge(scene: Scene, lab: SoftMask, mask: HardMask) -> tuple[float, str]:
    """How sure it is sky, and what kind; 0 where it is not."""
    share = float(mask.mean())
    top = float(mask[: max(len(mask) // 50, 1)].mean())
    if share < LEAST or share > 0.97 or top < 0.15:
        return 0.0, ""
    inside = lab[mask]
    light, a, b = (float(v) for v in np.median(inside, axis=0))
    rest = float(np.median(lab[~mask][:, 0]))
    rows = np.nonzero(mask)[0]
    if np.quantile(rows, 0.9) > 0.97 * len(mask):
        return 0.0, ""  # reaches down to the bottom: a wall or a studio, not sky
    if b < -4 and b < -0.35 * abs(a):
        confidence, kind = 0.85, "blue sky" if light > 35 else "night sky"
    elif np.hypot(a, b) < 10 and light > 62 and light > rest + 12:
        confidence, kind = 0.7, "overcast sky"
    elif b >= 10 and light > rest + 15:
        confidence, kind = 0.55, "glowing sky"
    else:
        return 0.0, ""
    confidence -= 0.2 * (top < 0.5)
    texture = float(np.abs(cv2.Laplacian(lab[..., 0], cv2.CV_32F))[mask].mean())
    confidence -= 0.15 * (texture > 2.5)
    height, width = scene.image.shape[:2]
    if any(face.size > 0.12 * min(height, width) for face in find_faces(scene)):
        if kind != "blue sky":
            return 0.0, ""
        return 0.35, "blue sky, or a plain blue backdrop behind the face"
    return round(confidence, 3), kind


def find_clouds(scene: Scene) -> list[Region]:
    """The colourless parts of a blue sky."""
    sky = find_sky(scene)
    if not sky:
        return []
    work = working(scene, LOOK)
    lab = lab_of(work.rgb)
    height, width = work.shape
    inside = cv2.resize(sky[0].mask.view(np.uint8), (width, height)) > 0
    if not inside.any() or np.quantile(lab[..., 2][inside], 0.1) > -8:
        return []  # no blue to tell clouds from
    cloud = inside & (lab[..., 2] > -8) & (lab[..., 0] > 55)
    cloud = cv2.morphologyEx(cloud.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) > 0
    if cloud.mean() < 0.003:
        return []
    soft = np.minimum(
        upsample(scene.image, work.rgb, cloud.astype(np.float32), eps=1e-3), sky[0].mask
    ).astype(np.float32)
    hard = np.asarray(soft > 0.5, dtype=np.bool_)
    return [Region(hard, 0.55, "sky", "clouds", soft)] if hard.any() else []
