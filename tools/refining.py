"""From a rough mask to the outline of the thing, by the scene's segmenter.

Only a segmenter that knows such pictures is asked; colours and edges alone would rather spoil what
a model saw. It finds nothing itself.
"""

from __future__ import annotations

from dataclasses import replace

from tools.grounding import Region, Scene, is_precise
from tools.masks import box_of, components, iou, pad_box, pixels, union

SMALLEST = 0.001
"""Share of the picture below which a part of a rough mask is noise."""
ALIKE = 0.45
"""Overlap with the rough part that an outline must have to take its place."""
ROOM = 0.005
"""How far around a rough part its outline is looked for, as a share of the diagonal."""


def refined(scene: Scene, region: Region) -> Region:
    """The region with each of its parts cut out anew; as it is where nothing better is known."""
    cutter = scene.segmenter
    shape = (scene.image.shape[0], scene.image.shape[1])
    if region.outlined or cutter is None or not is_precise(cutter, scene.image):
        return region
    parts = components(region.mask, SMALLEST)
    outlines = []
    for part in parts:
        box = box_of(part)
        if box is None:
            continue
        found = cutter.segment(scene, box=pad_box(box, pixels(ROOM, shape), shape))
        good = found and iou(found[0].mask, part) >= ALIKE
        outlines.append(found[0].mask if good else part)
    if not outlines:
        return region
    source = f"{region.source}, outlined by {cutter.name}"
    return replace(region, mask=union(outlines, shape), soft=None, source=source)


def redrawn(scene: Scene, region: Region) -> Region:
    """The region as the segmenter draws it when shown all of it; as it is where nothing is better.

    For what is no box of its own, such as hair around a face.
    """
    cutter = scene.segmenter
    if cutter is None or not region.mask.any() or not is_precise(cutter, scene.image):
        return region
    found = cutter.segment(scene, mask=region.mask)
    if not found or iou(found[0].mask, region.mask) < ALIKE:
        return region
    source = f"{region.source}, outlined by {cutter.name}"
    return replace(region, mask=found[0].mask, soft=found[0].soft, source=source, outlined=True)
