"""Grounder for what people wear, as a segmenter that knows photographs outlines it below a face.

Nothing here knows clothes. A segmenter that is shown the chest outlines the shirt, or the person,
or a button; what is kept has the size, the place and not the colour of skin, and leaves the face
out. So a shirt is not told from a jacket, and where nothing fits nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import cv2
import numpy as np

from tools.cielab import lab_of
from tools.coloured import colours_in, of_colours
from tools.errors import GroundingFailed
from tools.faces import Face, find_faces
from tools.ground_colours import colour_of
from tools.ground_people import PERSON
from tools.ground_places import is_worn
from tools.grounding import Region, Scene
from tools.masks import (
    box_of,
    clip_box,
    components,
    dilate,
    empty,
    from_ellipse,
    iou,
    union,
    without_specks,
)
from tools.operation import HardMask, SoftMask
from tools.outlines import deepest, knows_photographs
from tools.target import Target
from tools.wording import POINTING, noun

UPPER = frozenset({
    "shirt", "t-shirt", "tshirt", "tee", "top", "blouse", "jacket", "coat", "sweater", "jumper",
    "hoodie", "pullover", "cardigan", "vest", "suit", "uniform", "dress", "gown", "tunic",
    "sweatshirt", "blazer", "robe", "jersey", "overcoat", "raincoat", "parka", "polo", "kimono",
})  # fmt: skip
LONG = frozenset({"dress", "gown", "coat", "overcoat", "robe", "raincoat", "uniform", "kimono"})
"""Of these the largest outline is meant, which may reach below the waist."""
LOWER = frozenset({"trouser", "pant", "jean", "skirt", "short", "legging", "slack"})
ALL = frozenset({"clothe", "clothing", "outfit", "garment", "attire"})
TOPS = frozenset({"tank top", "crop top"})
"""Tops that are no places; of other names of two words the last tells what it is."""
WEARERS = "clothes: people"
"""Where a scene keeps the outlines of people."""
SURE = 0.55
SMALLEST = 24
"""Side of a face, in pixels, below which nothing is told of what is worn below it."""
FACE = 0.15
"""How much of an outline's own face it may cover, and of another's."""
LEAST, MOST = 2.4, 45.0
"""Area of what is worn, in squares of the face."""
BUST = 1.2
"""Least area of it for each face that the picture goes on below the chin, likewise."""
ASIDE = 3.5
"""How far it reaches to either side, in faces."""
ABOVE, BESIDE = 0.25, 0.06
"""How much of it may lie above the chin (collars, shoulders, bowed heads), and farther aside."""
CHEST = ((0.0, 0.9), (-0.55, 1.0), (0.55, 1.0))
"""Where the chest is clicked: from the middle of the chin, in faces."""
SLEEVES = ((-1.3, 2.0), (1.3, 2.0))
"""Where it is clicked instead if the chest shows something else, such as a helmet's ring."""
BELLY = 1.3
"""How far below the chin something of it must lie, in faces, if the picture goes on there."""
SKIN, ALIKE = 0.4, (22.0, 6.0, 8.0)
"""How much of it may be like the face: within so much of its middle in L, a and b."""
HUE, PALEST, DEEPEST = 15.0, 12.0, 45.0
"""Degrees from the face's hue, and the chroma, within which what is lit otherwise is skin."""
APART = 15.0
"""How far from the face's its hue must be, in a and b, for skin to be taken out of it."""
SAME = 0.5
"""Overlap from which what two people wear is one thing, and the nearer one's."""
SAMPLE = 4000
"""Pixels of an outline that are looked at for that."""
PERSONAL = 0.75
"""How much of what somebody wears must lie in their outline, where a detector tells people."""
LEGS = (0.06, 0.65)
"""Share of a person's outline that is what they wear below."""


class ClothesGrounder:
    """What is worn on the body, by everybody whose face is seen."""

    name = "clothes"

    def claims(self, target: Target) -> bool:
        """A garment that is worn on the upper or the lower body; "the top" if somebody wears it."""
        head = _head(target)
        worn = head != "top" or is_worn(target) or noun(target) in TOPS
        return head in UPPER | LOWER | ALL and worn

    def ground(self, scene: Scene, target: Target) -> list[Region]:
        """One region a person, of the colour that was said; none without a good segmenter.

        Raises:
            GroundingFailed: the segmenter cannot be used, and no colour tells where else to look.
        """
        if not knows_photographs(scene) or _is_nobodys(target):
            return []
        head = _head(target)
        key = f"clothes:{head}"
        if key not in scene.found:
            try:
                scene.found[key] = _worn(scene, head, target.category or head)
            except GroundingFailed:
                if colour_of(target) is None:
                    raise
                return []  # the search by colours needs no outlines
        regions: list[Region] = list(scene.found[key])
        colours = [one for said in target.attributes for one in colours_in(said)]
        return of_colours(scene, regions, colours) if colours and regions else regions


def _is_nobodys(target: Target) -> bool:
    """Whether it hangs, lies or is a doll's: what people wear is something else."""
    relation = target.relation
    if relation is None or relation.kind not in ("part_of", "on"):
        return False
    return noun(relation.anchor) not in PERSON | POINTING


def is_worn_by_somebody(region: Region) -> bool:
    """Whether a region is what this grounder found: there is a body in it, not a wall behind it."""
    return region.source.partition(",")[0] == ClothesGrounder.name


def wearers(scene: Scene) -> int:
    """How many people are seen, with or without what they wear."""
    people: list[HardMask] | None = scene.found.get(WEARERS)
    if people is not None:
        return len(people)
    return sum(face.size >= SMALLEST for face in find_faces(scene))


def _head(target: Target) -> str:
    """The garment: of a leather jacket the jacket."""
    return noun(target).rpartition(" ")[2]


def _worn(scene: Scene, head: str, called: str) -> list[Region]:
    faces = [face for face in find_faces(scene) if face.size >= SMALLEST]
    people = _people(scene)
    worn: list[tuple[float, HardMask]] = []
    for face in faces:
        person = _person_of(face, people)
        if people is not None and person is None:
            continue  # what looks like a face is none
        upper = _upper(scene, face, faces, person, long=head in LONG | ALL)
        parts = [] if upper is None or head in LOWER else [upper]
        if head in LOWER | ALL and person is not None and upper is not None:
            legs = _lower(scene, face, person, upper)
            parts += [] if legs is None else [legs]
        if parts:
            mask = _without_bare(scene, face, union(parts, scene.image.shape[:2]))
            worn.append((_aside(mask, face), mask))
    own: list[HardMask] = []
    for _, mask in sorted(worn, key=lambda one: one[0]):  # a neighbour's is the neighbour's
        if all(iou(mask, other) <= SAME for other in own):
            own.append(mask)
    source = f"{ClothesGrounder.name}, outlined by {_name(scene)}"
    label = f"what is worn below a face, taken for the {called}"
    return [Region(mask, SURE, source, label) for mask in own if mask.any()]


def _aside(mask: HardMask, face: Face) -> float:
    """How far a mask lies to the side of a face, in faces."""
    columns = np.nonzero(mask.any(axis=0))[0]
    return float(abs(columns.mean() - face.centre[0]) / face.size) if len(columns) else 0.0


def _people(scene: Scene) -> list[HardMask] | None:
    """Outlines of people, asked once a picture; None where no detector that can be used tells."""
    people = Target(phrase="the people", category="person", quantity="all")
    for eye in scene.detectors if WEARERS not in scene.found else ():
        if eye.claims(people):
            try:
                scene.found[WEARERS] = [region.mask for region in eye.ground(scene, people)]
                break
            except GroundingFailed:
                continue
    found: list[HardMask] | None = scene.found.get(WEARERS)
    return found


def _person_of(face: Face, people: list[HardMask] | None) -> HardMask | None:
    x, y = (int(at) for at in face.centre)
    holding = [person for person in people or () if person[y, x]]
    return min(holding, key=lambda person: int(person.sum()), default=None)


def _upper(
    scene: Scene, face: Face, faces: Iterable[Face], person: HardMask | None, *, long: bool
) -> HardMask | None:
    """What is worn on the chest; None where no outline has its place and size."""
    fit = []
    for places in (CHEST, CHEST[:1], SLEEVES):
        clicks = _clicks(scene, [_at(face, *place) for place in places])
        fit = [one for one in _outlines(scene, clicks) if _fits(scene, one, face, faces, person)]
        if fit and not long:
            return fit[0]
        if fit:
            return max(fit, key=lambda one: int(one.sum()))
    return None


def _fits(
    scene: Scene,
    outline: HardMask,
    face: Face,
    faces: Iterable[Face],
    person: HardMask | None,
) -> bool:
    shape = (outline.shape[0], outline.shape[1])
    area, square = int(outline.sum()), face.size**2
    # Of a bust little is in the picture.
    least = min(LEAST, BUST * (shape[0] - face.box[3]) / face.size)
    if not least * square <= area <= MOST * square:
        return False
    if any(_covered(outline, one) > FACE for one in faces):
        return False
    x, chin = _at(face, 0, 0)
    # Counted by rows and columns: a list of an outline's pixels takes 16 bytes each.
    rows, columns = np.count_nonzero(outline, axis=1), np.count_nonzero(outline, axis=0)
    above = rows[np.arange(shape[0]) < chin].sum()
    aside = columns[np.abs(np.arange(shape[1]) - x) > ASIDE * face.size].sum()
    if above > ABOVE * area or aside > BESIDE * area:
        return False
    low = chin + BELLY * face.size
    if low < shape[0] - 1 and not rows[np.arange(shape[0]) >= low].any():
        return False
    if person is not None and (outline & person).sum() < PERSONAL * area:
        return False
    return not _is_skin(scene, face, outline)


def _covered(outline: HardMask, face: Face) -> float:
    """How much of a face's oval an outline covers."""
    x0, y0, x1, y1 = clip_box(face.box, (outline.shape[0], outline.shape[1]))
    left, top, right, bottom = face.box
    moved = replace(face, box=(left - x0, top - y0, right - x0, bottom - y0))
    return float(outline[y0:y1, x0:x1][_oval(moved, (y1 - y0, x1 - x0))].mean())


def _is_skin(scene: Scene, face: Face, outline: HardMask) -> bool:
    """Whether much of an outline has the colour of the face: arms, hands, a bare chest."""
    apart = np.abs(_labs(scene, outline) - _tone(scene, face))
    return bool(np.mean(np.all(apart < ALIKE, axis=1)) > SKIN)


def _is_bare(scene: Scene, face: Face, outline: HardMask) -> bool:
    """Whether much of an outline has the face's hue, however lit: arms on a table, bare legs.

    Trousers of that hue are left out, too: a coloured arm is worse than none found.
    """
    own = _tone(scene, face)
    labs = _labs(scene, outline)
    chroma = np.hypot(labs[:, 1], labs[:, 2])
    off = np.arctan2(labs[:, 2], labs[:, 1]) - np.arctan2(own[2], own[1])
    alike = np.cos(off) > np.cos(np.deg2rad(HUE))
    skin = alike & (chroma > PALEST) & (chroma < DEEPEST)
    return bool(np.mean(skin) > SKIN) or _is_skin(scene, face, outline)


def _without_bare(scene: Scene, face: Face, worn: HardMask) -> HardMask:
    """What is worn without the arms, the cheeks and the specks that an outline took along."""
    box = box_of(worn)
    if box is None:
        return worn
    x0, y0, x1, y1 = box
    own = _tone(scene, face)
    cloth = np.median(_labs(scene, worn), axis=0)
    if np.hypot(*(cloth - own)[1:]) < APART:  # its folds cannot be told from skin
        return worn
    part = cv2.medianBlur(np.ascontiguousarray(scene.image[y0:y1, x0:x1]), 5)
    alike = np.all(np.abs(lab_of(part) - own) < ALIKE, axis=2).astype(np.uint8)
    reach = np.ones((max(face.size // 16, 3),) * 2, np.uint8)
    bare = empty((worn.shape[0], worn.shape[1]))
    bare[y0:y1, x0:x1] = cv2.morphologyEx(alike, cv2.MORPH_OPEN, reach) > 0
    bare |= from_ellipse(face.centre, (0.5 * face.size, 0.55 * face.size), 0, bare.shape)
    return union(without_specks(components(worn & ~bare)), bare.shape)


def _tone(scene: Scene, face: Face) -> SoftMask:
    """The colour of a face, (3,) Lab, measured once: every outline below it is compared with it."""
    key = f"tone:{face.box}"
    if key not in scene.found:
        shape = (scene.image.shape[0], scene.image.shape[1])
        scene.found[key] = np.median(_labs(scene, _oval(face, shape)), axis=0)
    tone: SoftMask = scene.found[key]
    return tone


def _labs(scene: Scene, mask: HardMask) -> SoftMask:
    """Some pixels of a mask, as (N, 3) Lab."""
    pixels = scene.image[mask]
    some = pixels[:: max(len(pixels) // SAMPLE, 1)]
    labs: SoftMask = lab_of(np.ascontiguousarray(some[None]))[0]
    return labs


def _lower(scene: Scene, face: Face, person: HardMask, upper: HardMask) -> HardMask | None:
    """What is worn on the legs: of a person, what is deepest below the waist."""
    shape = (person.shape[0], person.shape[1])
    left = person & ~dilate(upper, max(face.size // 12, 1))
    _, waist = _at(face, 0, 2.2)
    left[: min(max(round(waist), 0), shape[0])] = False
    places = deepest(left, 2)
    if not places:
        return None
    whole = int(person.sum())
    for count in (2, 1):
        clicks = tuple((x, y, True) for x, y in places[:count])
        for one in _outlines(scene, clicks):
            area = int(one.sum())
            over = int((one & upper).sum())
            small = LEGS[0] * whole <= area <= LEGS[1] * whole
            inside = (one & person).sum() >= PERSONAL * area
            bare = _covered(one, face) > 0 or _is_bare(scene, face, one)
            if small and inside and over <= 0.1 * area and not bare:
                return one & ~upper
    return None


def _at(face: Face, right: float, down: float) -> tuple[float, float]:
    """A place from the middle of the chin, in faces, as (x, y) pixels."""
    return face.centre[0] + right * face.size, face.box[3] + down * face.size


def _clicks(scene: Scene, places: list[tuple[float, float]]) -> tuple[tuple[int, int, bool], ...]:
    """Those of some places that lie in the picture, as clicks."""
    height, width = scene.image.shape[:2]
    return tuple((int(x), int(y), True) for x, y in places if 0 <= x < width and 0 <= y < height)


def _outlines(scene: Scene, clicks: tuple[tuple[int, int, bool], ...]) -> list[HardMask]:
    if scene.segmenter is None or not clicks:
        return []
    return [region.mask for region in scene.segmenter.segment(scene, points=clicks)]


def _oval(face: Face, shape: tuple[int, int]) -> HardMask:
    """The middle of a face: brows, nose and mouth."""
    return from_ellipse(face.centre, (0.32 * face.size, 0.4 * face.size), 0, shape)


def _name(scene: Scene) -> str:
    return "" if scene.segmenter is None else scene.segmenter.name
