"""The main subject of a picture and what lies behind it.

What a model of such pictures sees comes first, where it is sure. Else, where there are faces, the
subject is the people (largest first). Where there is no model either, it is what stands out in
colour from the frame's border, near the middle, cut out by GrabCut. That guess is often wrong on
busy pictures; the confidence says how far the cut-out differs from what surrounds it.
"""

from __future__ import annotations

import cv2
import numpy as np

from tools.faces import find_faces
from tools.grabcut import cut, tidy
from tools.grounding import Region, Scene, Viewer
from tools.operation import HardMask, Rgb, SoftMask
from tools.people import find_people, person_mask
from tools.working import upsample, working

LOOK = 360
"""Longer side of what saliency and GrabCut see."""
SEGMENTS = 350
VIEWED = 640
"""Longer side on which the edge of what a model sees is fitted to the picture. At 1024, or with a
wider fit, hair and fur look no better and shadows are taken along."""
SURE = 0.68
"""How well a model's outline is expected to hold, at least. Of 70 photographs the eight below have
no subject (a street, a mountain, a crowd, letters, a market), or only part of it was seen; of the
others the doubtful ones (many small animals, a table with people) lie just above."""


def find_subject(scene: Scene) -> list[Region]:
    """The subject (cached in the scene); empty where nothing stands out."""
    if "subject" not in scene.found:
        scene.found["subject"] = _found(scene)
    found: list[Region] = scene.found["subject"]
    return list(found)


def _found(scene: Scene) -> list[Region]:
    if scene.viewer is None:
        return _people(scene) or _salient(scene)
    # Where a model is not sure, colours are not either; a face is still somebody's.
    return _viewed(scene, scene.viewer) or _people(scene)


def _viewed(scene: Scene, viewer: Viewer) -> list[Region]:
    """What a model sees, with its edge along the picture's own; empty where it is not sure."""
    likely = viewer.view(scene)
    confidence = certainty(likely)
    if confidence < SURE:
        return []
    work = working(scene, VIEWED)
    matte = cv2.resize(likely, (work.shape[1], work.shape[0]), interpolation=cv2.INTER_LINEAR)
    soft = upsample(scene.image, work.rgb, np.asarray(matte, dtype=np.float32))
    hard = np.asarray(soft > 0.5, dtype=np.bool_)
    if not hard.any() or hard.all():
        return []
    return [Region(hard, confidence, viewer.name, "what the picture is about", soft)]


def certainty(likely: SoftMask) -> float:
    """How well the outline at one half is expected to hold, in [0, 1]; HW float32 [0, 1].

    The expected overlap (intersection over union) with the true outline, if each place belongs to
    the subject as likely as the map says. 0 where nothing reaches one half.
    """
    inside = likely > 0.5
    if not inside.any():
        return 0.0
    missed = float(likely[~inside].sum(dtype=np.float64))
    hit = float(likely[inside].sum(dtype=np.float64))
    return round(hit / (int(np.count_nonzero(inside)) + missed), 3)


def _people(scene: Scene) -> list[Region]:
    """People whose faces are large enough to be what the picture is about."""
    faces = find_faces(scene)
    height, width = scene.image.shape[:2]
    largest = max((face.size for face in faces), default=0)
    if largest < 0.06 * min(height, width):
        return []
    people = find_people(scene)
    main = [person for person in people if person.face.size > 0.5 * largest]
    cuts = [person_mask(scene, person, people) for person in main]
    soft = cuts[0][1]
    for _, other in cuts[1:]:
        soft = np.maximum(soft, other)
    hard = np.asarray(soft > 0.5, dtype=np.bool_)
    confidence = round(min(person.confidence for person in main), 3)
    label = "the person" if len(main) == 1 else f"the {len(main)} people in front"
    return [Region(hard, confidence, "faces", label, soft)]


def _salient(scene: Scene) -> list[Region]:
    work = working(scene, LOOK)
    small = work.rgb
    if min(small.shape[:2]) < 16:
        return []
    saliency = saliency_map(small)
    sharp, trust = focus_map(working(scene, 640).rgb, saliency.shape)
    saliency = (1 - 0.65 * trust) * saliency + 0.65 * trust * sharp
    level = float(np.quantile(saliency, 0.80))
    labels = np.full(saliency.shape, cv2.GC_PR_BGD, dtype=np.uint8)
    if trust > 0.7:  # focus alone outlines the subject; colours only settle its edge
        labels[saliency > 0.40] = cv2.GC_PR_FGD
        labels[saliency > 0.55] = cv2.GC_FGD
        labels[saliency < 0.12] = cv2.GC_BGD
    else:
        labels[saliency > max(level, 0.35)] = cv2.GC_PR_FGD
        labels[saliency > max(float(np.quantile(saliency, 0.93)), 0.6)] = cv2.GC_FGD
    edge = max(2, min(saliency.shape) // 50)
    border = np.ones(saliency.shape, dtype=np.bool_)
    border[edge:-edge, edge:-edge] = False
    labels[border & (saliency < 0.2)] = cv2.GC_BGD
    mask, _ = cut(small, labels, rounds=3)
    mask = tidy(mask, 0.12)
    share = float(mask.mean())
    if not 0.005 < share < 0.85:
        return []
    confidence = _stands_out(small, mask, saliency)
    if confidence < 0.25:
        return []
    matte = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 0.8)
    soft = upsample(scene.image, small, matte, radius=4)
    hard = np.asarray(soft > 0.5, dtype=np.bool_)
    if not hard.any():
        return []
    return [Region(hard, confidence, "saliency", "what stands out", soft)]


def saliency_map(rgb: Rgb) -> SoftMask:
    """How much each part stands out: HW float32 [0, 1].

    Superpixels are compared with those along the border (geodesic distance: a region that can be
    reached from the border without crossing an edge is background) and weighted to the middle.
    """
    lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB)
    side = max(int(np.sqrt(rgb.shape[0] * rgb.shape[1] / SEGMENTS)), 4)
    slic = cv2.ximgproc.createSuperpixelSLIC(lab, cv2.ximgproc.SLICO, side)
    slic.iterate(6)
    slic.enforceLabelConnectivity(25)
    labels = slic.getLabels()
    count = int(labels.max()) + 1
    sizes = np.maximum(np.bincount(labels.ravel(), minlength=count), 1)
    colour = np.stack(
        [np.bincount(labels.ravel(), lab[..., i].ravel(), count) / sizes for i in range(3)], axis=1
    )
    ys, xs = np.indices(labels.shape)
    place = np.stack(
        [np.bincount(labels.ravel(), c.ravel(), count) / sizes for c in (xs, ys)], axis=1
    )
    away = _from_border(labels, colour, count)
    weight = np.exp(-_distance_to_middle(place, labels.shape) / 0.35)
    contrast = _contrast(colour, place / max(labels.shape), sizes)
    score = _unit(away) * (0.5 + 0.5 * weight) + 0.5 * _unit(contrast) * weight
    out: SoftMask = _unit(score).astype(np.float32)[labels]
    return np.asarray(cv2.GaussianBlur(out, (0, 0), side / 4), dtype=np.float32)


def focus_map(rgb: Rgb, shape: tuple[int, ...]) -> tuple[SoftMask, float]:
    """What is in focus, HW float32 [0, 1] at ``shape``, and how far focus tells the subject.

    The trust, in [0, 1], is high where the middle is sharp and the frame's sides are not: a shallow
    depth of field. Where everything is sharp it is 0.
    """
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
    fine = np.abs(grey - cv2.GaussianBlur(grey, (0, 0), 1.2))
    sharp = np.sqrt(cv2.GaussianBlur(fine, (0, 0), max(rgb.shape[1] / 40, 1)))
    low, high = np.quantile(sharp, [0.05, 0.97])
    if high - low < 0.2:
        return np.zeros(shape, dtype=np.float32), 0.0
    sharp = np.clip((sharp - low) / (high - low), 0, 1)
    out: SoftMask = cv2.resize(sharp, (shape[1], shape[0]), interpolation=cv2.INTER_AREA)
    ys, xs = np.indices(out.shape)
    apart = np.hypot(ys / shape[0] - 0.5, xs / shape[1] - 0.5)
    middle = float(np.average(out, weights=np.exp(-((apart / 0.25) ** 2))))
    depth = max(min(shape[:2]) // 16, 1)
    sides = (out[:depth], out[:, :depth], out[:, -depth:])  # subjects often stand on the bottom
    around = float(np.mean([side.mean() for side in sides]))
    return out, float(np.clip((middle - around - 0.2) / 0.25, 0, 1))


Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Ints = np.ndarray[tuple[int, ...], np.dtype[np.int32]]


def _from_border(labels: Ints, colour: Floats, count: int) -> Floats:
    """Shortest way from each superpixel to the border, in colour steps."""
    from scipy.sparse import coo_matrix  # 0.1 s to import, and only this needs it
    from scipy.sparse.csgraph import dijkstra

    pairs = np.concatenate(
        [
            np.stack([labels[:, :-1].ravel(), labels[:, 1:].ravel()], axis=1),
            np.stack([labels[:-1].ravel(), labels[1:].ravel()], axis=1),
        ]
    )
    pairs = np.unique(np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1), axis=0)
    steps = np.linalg.norm(colour[pairs[:, 0]] - colour[pairs[:, 1]], axis=1)
    steps = np.maximum(steps - 4.0, 0.05)  # gradients of light are not edges
    edge = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    # Border pieces unlike the rest of the border may be the subject touching the frame.
    typical = np.median(colour[edge], axis=0)
    apart = np.linalg.norm(colour[edge] - typical, axis=1)
    entry = np.where(apart > 1.5 * np.median(apart) + 10, 0.3 * apart, 0.01)
    rows = np.concatenate([pairs[:, 0], np.full(len(edge), count)])
    cols = np.concatenate([pairs[:, 1], edge])
    graph = coo_matrix((np.concatenate([steps, entry]), (rows, cols)), (count + 1, count + 1))
    out: Floats = dijkstra(graph.tocsr(), directed=False, indices=count)[:count]
    return np.where(np.isfinite(out), out, 0.0)


def _contrast(colour: Floats, place: Floats, sizes: Ints) -> Floats:
    apart = np.linalg.norm(colour[:, None] - colour[None], axis=2)
    near = np.exp(-(np.linalg.norm(place[:, None] - place[None], axis=2) ** 2) / 0.18)
    out: Floats = (apart * near) @ sizes / (near @ sizes)
    return out


def _distance_to_middle(place: Floats, shape: tuple[int, ...]) -> Floats:
    offset = place / np.array([shape[1], shape[0]]) - 0.5
    return np.asarray((offset**2).sum(axis=1) / 0.35, dtype=np.float64)


def _unit(values: Floats) -> Floats:
    low, high = np.quantile(values, [0.02, 0.98])
    return np.asarray(np.clip((values - low) / max(float(high - low), 1e-6), 0, 1), np.float64)


def _stands_out(small: Rgb, mask: HardMask, saliency: SoftMask) -> float:
    """[0, 0.7]: how much more salient the inside is, and how whole and how central it is."""
    inside, outside = float(saliency[mask].mean()), float(saliency[~mask].mean())
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8))
    whole = float(stats[1:, cv2.CC_STAT_AREA].max() / mask.sum())
    touching = float(np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]]).mean())
    return round(float(np.clip((inside - outside) * whole * (1 - touching), 0, 0.7)), 3)
