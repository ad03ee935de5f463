"""Grounders for people and what belongs to them: faces, heads, eyes, mouths, skin and hair."""

from __future__ import annotations

import cv2
import numpy as np

from tools import masks
from tools.faces import Face, cascade, face_mask, find_faces
from tools.grounding import Region, Scene
from tools.masks import dilate, empty, from_ellipse
from tools.operation import HardMask, SoftMask
from tools.people import find_people, person_mask
from tools.refining import redrawn
from tools.target import Target
from tools.wording import noun
from tools.working import reduced, upsample, working

FACE = frozenset({"face", "head"})
PERSON = frozenset({
    "person", "human", "man", "woman", "boy", "girl", "child", "kid", "lady", "guy", "gentleman",
    "someone", "somebody", "people", "folk", "family", "couple", "crowd", "group", "he", "she",
    "him", "her", "they", "them", "astronaut", "bride", "groom", "player", "worker", "student",
    "teacher", "dancer", "singer", "pedestrian", "passer-by", "tourist", "model", "friend",
    "mother", "father", "mom", "mum", "dad", "sister", "brother", "grandmother", "grandfather",
})  # fmt: skip
GROUPS = frozenset({"people", "folk", "family", "couple", "crowd", "group", "they", "them"})
PLAIN_PERSON = frozenset({"person", "human", "someone", "somebody", "people"})
EYE = frozenset({"eye"})
MOUTH = frozenset({"mouth", "smile", "lip", "tooth"})
SKIN = frozenset({"skin", "complexion"})
HAIR = frozenset({"hair", "haircut", "hairstyle"})
HAND = 0.12
"""The smallest piece of skin, as a share of a face's square: hands are larger, straps are not."""


class PeopleGrounder:
    """Everything that hangs on a face."""

    name = "people"

    def claims(self, target: Target) -> bool:
        """A person, however called, or a part of one."""
        return noun(target) in FACE | PERSON | EYE | MOUTH | SKIN | HAIR

    def ground(self, scene: Scene, target: Target) -> list[Region]:
        """One region a face, head, body, eye or mouth; one for all skin, one for all hair."""
        head = noun(target)
        key = f"people:{head}"
        if key not in scene.found:
            scene.found[key] = self._find(scene, head)
        found: list[Region] = scene.found[key]
        return list(found)

    def _find(self, scene: Scene, head: str) -> list[Region]:
        faces = find_faces(scene)
        if not faces:
            return []
        if head in FACE:
            return _faces(scene, faces, whole_head=head == "head")
        if head in EYE:
            return [eye for face in faces for eye in _eyes(scene, face)]
        if head in MOUTH:
            return [mouth for face in faces for mouth in _mouth(scene, face)]
        if head in SKIN:
            return _skin(scene, faces)
        if head in HAIR:
            return _hair(scene, faces)
        return _bodies(scene, head)


def _faces(scene: Scene, faces: tuple[Face, ...], *, whole_head: bool) -> list[Region]:
    out = []
    for number, face in enumerate(faces, 1):
        hard, soft = face_mask(scene, face, head=whole_head)
        label = _in_row("head" if whole_head else "face", number, len(faces))
        out.append(Region(hard, face.confidence, "face detector", label, _kept(soft, faces)))
    return sorted(out, key=lambda region: -region.confidence)


def _kept(soft: SoftMask, several: tuple[object, ...]) -> SoftMask | None:
    """Soft edges are kept for a few only: each costs four bytes a pixel of the whole picture."""
    return soft if len(several) <= 4 else None


def _in_row(noun: str, number: int, of: int) -> str:
    return f"the {noun}" if of == 1 else f"{noun} {number} of {of} from the left"


def _all_bodies(scene: Scene) -> list[HardMask]:
    """Every person's mask (cached in the scene)."""
    if "bodies" not in scene.found:
        people = find_people(scene)
        scene.found["bodies"] = [person_mask(scene, person, people) for person in people]
    return [hard for hard, _ in scene.found["bodies"]]


def _bodies(scene: Scene, head: str) -> list[Region]:
    people = find_people(scene)
    out = []
    _all_bodies(scene)
    for number, person in enumerate(people, 1):
        hard, soft = scene.found["bodies"][number - 1]
        label = _in_row("person", number, len(people))
        if head not in PLAIN_PERSON | GROUPS:
            label += f"; nothing here can tell whether it is a {head}"
        confidence = person.confidence * (1.0 if head in PLAIN_PERSON | GROUPS else 0.85)
        out.append(Region(hard, round(confidence, 3), "face and body", label, _kept(soft, people)))
    if head in GROUPS and len(out) > 1:
        together = np.logical_or.reduce([region.mask for region in out])
        least = min(region.confidence for region in out)
        return [Region(together, least, "face and body", f"{len(out)} people")]
    return sorted(out, key=lambda region: -region.confidence)


def _eyes(scene: Scene, face: Face) -> list[Region]:
    """Both eyes: where the eye cascade sees them, else where a face has them."""
    if face.profile:
        return []
    x0, y0, _, _ = face.box
    side = face.size
    upper = scene.image[y0 : y0 + round(0.6 * side), x0 : x0 + side]
    scale = 200 / side
    grey = cv2.cvtColor(np.ascontiguousarray(upper), cv2.COLOR_RGB2GRAY)
    grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    hits = cascade("eye_tree_eyeglasses").detectMultiScale(grey, 1.05, 2, 0, (24, 24), (70, 70))
    boxes = np.asarray(hits, dtype=float).reshape(-1, 4) / scale
    out = []
    for name, share in (("left", 0.30), ("right", 0.70)):
        centre, sure = (x0 + share * side, y0 + 0.40 * side), 0.45
        for x, y, w, h in boxes:
            middle = (x0 + x + w / 2, y0 + y + h / 2)
            if np.hypot(middle[0] - centre[0], middle[1] - centre[1]) < 0.16 * side:
                centre, sure = middle, 0.8
                break
        mask = from_ellipse(centre, (0.13 * side, 0.07 * side), 0, _shape(scene))
        confidence = round(sure * face.confidence, 3)
        out.append(Region(mask, confidence, "eye detector", f"the {name} eye in the picture"))
    return out


def _mouth(scene: Scene, face: Face) -> list[Region]:
    """The mouth: the reddest part of the lower face, within where mouths are."""
    if face.profile:
        return []
    side = face.size
    cx, _ = face.centre
    y0 = face.box[1]
    seek = from_ellipse((cx, y0 + 0.80 * side), (0.26 * side, 0.14 * side), 0, _shape(scene))
    left, right = round(cx - 0.3 * side), round(cx + 0.3 * side)
    top, bottom = round(y0 + 0.6 * side), round(y0 + side)
    part = np.ascontiguousarray(scene.image[max(top, 0) : bottom, max(left, 0) : right])
    inside = seek[max(top, 0) : bottom, max(left, 0) : right]
    centre, sure = (cx, y0 + 0.80 * side), 0.4
    if part.size and inside.any():
        lab = cv2.cvtColor(part, cv2.COLOR_RGB2LAB).astype(np.float32)
        red = np.where(inside, lab[..., 1], 0)
        strong = inside & (red > np.quantile(red[inside], 0.8))
        spread = float(red[inside].std())
        if spread > 2.5:
            ys, xs = np.nonzero(strong)
            centre = (float(np.median(xs)) + max(left, 0), float(np.median(ys)) + max(top, 0))
            sure = 0.65
    mask = from_ellipse(centre, (0.23 * side, 0.11 * side), 0, _shape(scene))
    label = "the mouth, where a face has it"
    return [Region(mask, round(sure * face.confidence, 3), "face proportions", label)]


def _skin(scene: Scene, faces: tuple[Face, ...]) -> list[Region]:
    """Pixels of the colour of the faces, on people."""
    work = working(scene, 640)
    body = reduced(masks.union(_all_bodies(scene), _shape(scene)), work)
    lab = cv2.cvtColor(work.rgb, cv2.COLOR_RGB2LAB).astype(np.float32)
    skin = empty(work.shape)
    for face in faces:
        x, y = (v * work.scale for v in face.centre)
        side = face.size * work.scale
        core = from_ellipse((x, y + 0.1 * side), (0.28 * side, 0.38 * side), 0, work.shape)
        colours = lab[core]
        if len(colours) < 20:
            continue
        middle = np.median(colours, axis=0)
        width = np.maximum(1.5 * np.median(np.abs(colours - middle), axis=0), (14.0, 3.5, 3.5))
        far = np.abs(lab - middle) / width
        alike = (far[..., 0] < 3.2) & (np.hypot(far[..., 1], far[..., 2]) < 2.4)
        near = from_ellipse((x, y + 2.2 * side), (2.6 * side, 3.6 * side), 0, work.shape)
        head = from_ellipse((x, y - 0.15 * side), (0.95 * side, 1.05 * side), 0, work.shape)
        front = from_ellipse((x, y + 0.05 * side), (0.55 * side, 0.70 * side), 0, work.shape)
        # Fair hair has the skin's colour, and so has a strap; hands are larger than a strap.
        found = alike & near & body & ~(head & ~front)
        skin |= _opened(found, least=HAND * side**2)
    opened = cv2.morphologyEx(skin.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    if not opened.any():
        return []
    soft = upsample(scene.image, work.rgb, opened.astype(np.float32), radius=3)
    hard = np.asarray(soft > 0.5, dtype=np.bool_)
    label = "skin of the faces' colour, on people; clothes of that colour are taken too"
    return [Region(hard, 0.55, "skin colour", label, soft)] if hard.any() else []


def _opened(mask: HardMask, least: float) -> HardMask:
    """Without threads, and without pieces of fewer pixels than ``least``."""
    opened = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    pieces = masks.components(np.asarray(opened > 0, dtype=np.bool_), least / mask.size)
    return masks.union(pieces, (mask.shape[0], mask.shape[1]))


def _hair(scene: Scene, faces: tuple[Face, ...]) -> list[Region]:
    """What is head and not face, above the chin."""
    together = empty(_shape(scene))
    bodies = masks.union(_all_bodies(scene), _shape(scene))
    for face in faces:
        if face.profile:
            continue
        around = from_ellipse(
            (face.centre[0], face.centre[1] - 0.15 * face.size),
            (0.95 * face.size, 1.05 * face.size),
            0,
            _shape(scene),
        )
        front, _ = face_mask(scene, face)
        hair: HardMask = bodies & around & ~dilate(front, max(face.size // 60, 1))
        hair[round(face.box[3] - 0.1 * face.size) :] = False
        if np.count_nonzero(hair) > 0.12 * face.size**2:
            together |= hair
    if not together.any():
        return []
    label = "hair, or whatever is worn on the head"
    # Hair below the chin, and a bow that is none, are for an outline to tell.
    return [redrawn(scene, Region(together, 0.45, "head less face", label))]


def _shape(scene: Scene) -> tuple[int, int]:
    return scene.image.shape[0], scene.image.shape[1]
