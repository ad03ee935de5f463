"""Drawings that explain what masks show: names, colours, outlines; what nothing explains."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest

from smartedit_model.drawings.explaining import CAP, bulks, explanations, untold
from smartedit_model.drawings.outlines import silhouette
from smartedit_model.drawings.proposing import Proposal
from smartedit_model.drawings.recognising import colour_seen, plain, recognised
from smartedit_model.drawings.sheet import SIDE, covers, sheet
from smartedit_model.drawings.surroundings import Surroundings
from smartedit_model.evaluation.crops import box_of_mask
from smartedit_model.evaluation.judge_eye import Eye
from smartedit_model.evaluation.judge_weights import shipped_judge
from smartedit_model.evaluation.sight import Sight, answers
from smartedit_model.world.palette import linear_shade, shade
from smartedit_model.world.scene import Scene, SceneObject, make_scene
from tools.masks import iou


@cache
def seen_whole() -> list[tuple[Scene, SceneObject]]:
    """Things of plain scenes of which nothing is hidden, that cover a fiftieth at least."""
    found = []
    for seed in range(40):
        scene = make_scene(seed, 128)
        if scene.spec.style != "none":
            continue
        for item in scene.objects:
            x0, y0, x1, y1 = (side * 128 for side in item.box)
            apart = all(
                other.uid == item.uid
                or max(other.box[0], item.box[0]) > min(other.box[2], item.box[2])
                or max(other.box[1], item.box[1]) > min(other.box[3], item.box[3])
                for other in scene.objects
            )
            inside = min(x0, y0) > 0 and max(x1, y1) < 128
            if apart and inside and item.mask.mean() > 0.02:
                found.append((scene, item))
    return found


def around(scene: Scene) -> Surroundings:
    """The light and weather of a scene."""
    return Surroundings(time=scene.spec.time, weather=scene.spec.weather)


def test_things_are_named_and_coloured_by_what_explains_them() -> None:
    """Of things seen whole with exact masks nearly all get their own name, and colour."""
    cases = seen_whole()
    assert len(cases) >= 25
    best = [explanations(plain(scene.image, around(scene)), item.mask)[0] for scene, item in cases]
    kinds = [one.kind == item.kind for one, (_, item) in zip(best, cases, strict=True)]
    assert np.mean(kinds) >= 0.95
    colours = [
        colour_seen(one) == item.colour
        for one, right, (_, item) in zip(best, kinds, cases, strict=True)
        if right
    ]
    assert np.mean(colours) >= 0.95


def test_a_drawing_at_its_place_has_the_things_outline() -> None:
    """The silhouette of the best explanation covers the thing."""
    overlaps = [
        iou(silhouette(explanations(plain(scene.image, around(scene)), item.mask)[0], (128, 128)),
            item.mask)
        for scene, item in seen_whole()[:12]
    ]  # fmt: skip
    assert np.median(overlaps) > 0.85


def test_what_covers_a_part_is_not_told_by_the_drawing() -> None:
    """The lower half of a thing is told by its drawing, until it is painted over."""
    own, over = [], []
    for scene, item in seen_whole()[:12]:
        bare = plain(scene.image, around(scene))
        best = explanations(bare, item.mask)[0]
        rows, _ = np.nonzero(item.mask)
        lower = item.mask.copy()
        lower[: int(np.median(rows)) + 1] = False
        own.append(untold(bare, item.mask, best, lower))
        covered = np.where(lower[..., None], 255 - bare, bare).astype(np.float32)
        over.append(untold(covered, item.mask, best, lower))
    assert np.median(own) < np.median(over) / 2
    assert max(over) <= CAP


def test_bounds_that_miss_thin_parts_settle() -> None:
    """A mask without a quarter of the thing is still told by its drawing."""
    told = []
    for scene, item in seen_whole()[:16]:
        rows, _ = np.nonzero(item.mask)
        cut = item.mask.copy()
        cut[: int(np.quantile(rows, 0.2))] = False
        hints = (item.kind, "ball", "cup")
        told.append(
            explanations(plain(scene.image, around(scene)), cut, hints)[0].kind == item.kind
        )
    assert np.mean(told) >= 0.8


def test_specks_and_bridges_are_taken_off() -> None:
    """Of a body with a bridge to a speck, one of the pieces is the body alone; empty has none."""
    mask = np.zeros((40, 40), np.bool_)
    mask[10:25, 10:25] = True
    body = mask.copy()
    mask[17, 25:33] = True
    mask[16:19, 33:36] = True
    mask[2, 2] = True
    assert any(iou(piece, body) > 0.99 for piece in bulks(mask))
    assert not any(piece[2, 2] for piece in bulks(mask))
    assert explanations(np.zeros((40, 40, 3), np.float32), np.zeros((40, 40), np.bool_)) == []


def test_the_sheet_holds_every_drawing_both_ways_round() -> None:
    """Shares of paints add up to the cover, and a mirrored drawing is the mirror image."""
    all_of = sheet()
    assert covers().max() <= 1.001
    assert covers().min() >= 0
    grid = covers().reshape(-1, SIDE, SIDE)
    for plain_one, mirrored in zip(range(0, 40, 2), range(1, 40, 2), strict=True):
        assert all_of.names[plain_one][0] == all_of.names[mirrored][0]
        assert np.abs(grid[plain_one] - grid[mirrored][:, ::-1]).mean() < 0.02


@pytest.mark.parametrize("steps", [-3, -1, 0, 1, 2])
def test_shades_are_linear(steps: int) -> None:
    """The factor and offset say what shading does."""
    draw = random.Random(steps)
    for _ in range(20):
        red, green, blue = (draw.uniform(0, 240) for _ in range(3))
        factor, offset = linear_shade(steps)
        told = [
            factor * value + more for value, more in zip((red, green, blue), offset, strict=True)
        ]
        assert np.allclose(told, shade((red, green, blue), steps), atol=1e-6)


def blind() -> Sight:
    """A look that tells nothing."""
    chances = {
        head: np.full(len(names), 1 / len(names), np.float32) for head, names in answers().items()
    }
    return Sight(chances)


def test_of_overlapping_masks_the_explained_one_stays() -> None:
    """A thing, a part of it and a piece of backdrop: one thing is recognised, by its name."""
    scene, item = seen_whole()[0]
    part = item.mask.copy()
    part[:, : int(np.nonzero(item.mask)[1].mean())] = False
    empty = np.zeros_like(item.mask)
    corner = min(
        ((0, 0), (0, 108), (108, 0), (108, 108)),
        key=lambda at: int((scene.owner[at[0] : at[0] + 20, at[1] : at[1] + 20] > 0).sum()),
    )
    empty[corner[0] + 2 : corner[0] + 18, corner[1] + 2 : corner[1] + 18] = True
    masks = [empty, part, item.mask]
    boxes = [box for mask in masks if (box := box_of_mask(mask)) is not None]
    looks = Eye(shipped_judge()).look(scene.image, boxes, 1)
    found = [Proposal(mask, sure) for mask, sure in zip(masks, (0.56, 0.8, 0.8), strict=True)]
    known = recognised(scene.image, found, looks, around(scene))
    assert [one.drawn.kind for one in known] == [item.kind]
    assert iou(known[0].mask, item.mask) > 0.85


def test_in_a_style_nothing_is_told_by_paints() -> None:
    """A sketch is left to looks."""
    scene, item = seen_whole()[0]
    sketched = replace(around(scene), style="sketch")
    assert recognised(scene.image, [Proposal(item.mask, 0.9)], [blind()], sketched) == []


def test_light_and_weather_are_taken_off() -> None:
    """At night, too, most things seen whole are named by their drawings."""
    told = []
    for seed in range(200):
        scene = make_scene(seed, 128)
        if scene.spec.time != "night" or scene.spec.style != "none":
            continue
        for item in scene.objects:
            if item.mask.mean() > 0.03:
                best = explanations(plain(scene.image, around(scene)), item.mask, (item.kind,))
                told.append(best[0].kind == item.kind)
    assert len(told) >= 5
    assert np.mean(told) >= 0.75


def test_pictures_of_any_shape_are_looked_at() -> None:
    """A wide picture's thing is explained at its place."""
    scene, item = seen_whole()[1]
    wide = cv2.copyMakeBorder(scene.image, 0, 0, 0, 60, cv2.BORDER_REPLICATE)
    mask = np.pad(item.mask, ((0, 0), (0, 60)))
    best = explanations(plain(wide, around(scene)), mask)[0]
    assert best.kind == item.kind
    assert iou(silhouette(best, mask.shape), mask) > 0.7
