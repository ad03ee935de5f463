"""Edits of the drawn world made on purpose, good and bad, each with what it claims to be.

Good ones are exact targets, plain or with the mild flaws of a model inside the edit's mask; bad
ones are those of ``judge_check`` and two more. It judges nothing.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from smartedit_model.evaluation import judge_check as spoil
from smartedit_model.evaluation import judge_flaws as flaws
from smartedit_model.evaluation.crops import Image, Mask
from smartedit_model.world.catalogue import kind
from smartedit_model.world.edits import WHOLE, EditSample
from smartedit_model.world.query import Query
from smartedit_model.world.relations import holds
from smartedit_model.world.spec import OPS as WORLD_OPS
from smartedit_model.world.spec import PLAN_OPS
from smartedit_model.world.stream import sample as sample_of
from smartedit_model.world.wordings import table
from tools.target import IMAGE, Ordinal, Relation, Target
from tools.witness import Claim

GOOD = ("exact", "softened", "recoded")
BAD = (
    "nothing done", "half blended", "wrong object", "all objects", "wrong value", "artefact",
    "leak",
)  # fmt: skip
OPS = tuple(PLAN_OPS.get(op, op) for op in WORLD_OPS if op != "segment")
"""Ops of a plan; marking a thing is no edit of what is seen."""
SORTS = {"largest": "biggest", "smallest": "smallest"}


@dataclass(frozen=True, eq=False)
class LabelledEdit:
    """One result of an edit.

    Attributes:
        sort: of ``GOOD`` or ``BAD``.
        image: HWC uint8 RGB.
        allowed: HW bool, the mask of the step that made it; None for the whole picture. A wrong
            object is edited within its own mask: the step took it for the right one.
    """

    sort: str
    image: Image
    allowed: Mask | None

    @property
    def good(self) -> bool:
        """Whether it is what was asked for."""
        return self.sort in GOOD


def samples(split: str, each: int, seed: int = 0) -> Iterator[tuple[str, EditSample]]:
    """Edits with their plan's op, ``each`` of every op, from a split's stream."""
    left = dict.fromkeys(OPS, each)
    number = 0
    while any(left.values()):
        whole = any(left[op] for op in ("add", "background", "weather", "relight", "restyle"))
        local = any(left[op] for op in ("remove", "replace", "recolor", "resize", "move"))
        for task in (["whole"] if whole else []) + (["edit"] if local else []):
            made = sample_of(split, number, seed, None, {task: 1.0})
            if not isinstance(made, EditSample) or not made.valid:
                continue
            op = PLAN_OPS.get(made.op, made.op)
            if left.get(op):
                left[op] -= 1
                yield op, made
        number += 1


def edits(sample: EditSample, draw: random.Random) -> Iterator[LabelledEdit]:
    """Every sort of result that an edit offers."""
    right = None if sample.op in WHOLE else sample.mask
    yield LabelledEdit("exact", sample.target, right)
    yield LabelledEdit("softened", _inside(sample, softened(sample.target, draw)), right)
    yield LabelledEdit("recoded", _inside(sample, recoded(sample.target, draw)), right)
    for sort in ("nothing done", "half blended", "wrong object", "all objects", "wrong value"):
        made = spoil.SPOILERS[sort](sample, draw)
        if made is None or not (made != sample.target).any():
            continue
        allowed = right
        if right is not None and sort in ("wrong object", "all objects", "wrong value"):
            allowed = _around(sample.source, made)
        yield LabelledEdit(sort, made, allowed)
    yield LabelledEdit("artefact", artefact(sample, draw), right)
    if right is not None and (~right).sum() > 200:
        yield LabelledEdit("leak", leaked(sample, draw), right)


def softened(image: Image, draw: random.Random) -> Image:
    """As a sampler gives it back: a little soft, a little off in tone, a little noisy."""
    noise = np.random.default_rng(draw.randrange(2**32))
    out = cv2.GaussianBlur(image, (0, 0), draw.uniform(0.3, 0.7)).astype(np.float32)
    out += draw.uniform(-4, 4) + noise.normal(0, draw.uniform(1, 4), image.shape)
    return np.asarray(np.clip(np.rint(out), 0, 255), dtype=np.uint8)


def recoded(image: Image, draw: random.Random) -> Image:
    """As an autoencoder gives it back: smaller and back, then compressed."""
    size = image.shape[0]
    small = round(size * draw.uniform(0.65, 0.9))
    image = cv2.resize(image, (small, small), interpolation=cv2.INTER_AREA)
    image = cv2.resize(image, (size, size), interpolation=cv2.INTER_CUBIC)
    _, code = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, draw.randint(55, 92)])
    return np.asarray(cv2.imdecode(code, cv2.IMREAD_COLOR), dtype=np.uint8)


def artefact(sample: EditSample, draw: random.Random) -> Image:
    """The exact target with garbage where the edit was made, or on a thing of a whole edit."""
    scene = sample.edited
    owners = [owner for owner in sample.referred if scene.mask(owner).sum() > 30]
    if sample.op == "remove":
        return flaws.blob(sample.target, sample.region, draw)
    if sample.op == "add" and sample.spec is not None and sample.spec.added is not None:
        owners = [sample.spec.added.uid]
    if not owners:
        seen = [item.uid for item in scene.objects if item.mask.sum() > 60]
        owners = [draw.choice(seen)] if seen else []
    mask = scene.mask(*owners) if owners else sample.region
    return flaws.blob(sample.target, mask, draw)


def leaked(sample: EditSample, draw: random.Random) -> Image:
    """The exact target with a patch outside the mask a little off in tone."""
    outside = np.argwhere(~sample.mask)
    y, x = outside[draw.randrange(len(outside))]
    side = sample.source.shape[0] // 8
    image = sample.target.copy()
    part = image[max(y - side, 0) : y + side, max(x - side, 0) : x + side]
    part[:] = np.clip(part.astype(np.int16) + draw.choice((-6, 6)), 0, 255)
    return image


def _inside(sample: EditSample, image: Image) -> Image:
    """What compositing leaves of a model's picture: nothing outside the mask."""
    return np.where(sample.mask[:, :, None], image, sample.source)


def _around(source: Image, made: Image) -> Mask:
    differs = (source != made).any(axis=2).astype(np.uint8)
    return np.asarray(cv2.dilate(differs, np.ones((5, 5), np.uint8)) > 0)


# -- claims ------------------------------------------------------------------------------------


def claim_of(op: str, sample: EditSample) -> Claim:
    """What a plan would say of a sample: its words' meaning, in a plan's terms.

    Raises:
        ValueError: the sample was not made by ``make_edit``.
    """
    spec = sample.spec
    if spec is None:
        raise ValueError("a sample without its spec claims nothing")
    if sample.op in WHOLE:
        names = {"background": "places", "style": "styles", "weather": "weather", "time": "time"}
        words = table(names[sample.op])[spec.value]
        return Claim(op, IMAGE, words if isinstance(words, str) else words[-1])
    if spec.added is not None:
        target, where = _place(sample)
        return Claim(op, target, kind(spec.value).name, spec.added.colour, where)
    if spec.target is None:
        raise ValueError(f"an edit {spec.op!r} without a target claims nothing")
    value, colour = spec.value, ""
    if op == "replace":
        value = kind(spec.value).name
        named = f"{spec.colour} {value}" in sample.instruction
        colour = spec.colour or "" if named else ""
    return Claim(op, target_of(spec.target), value, colour)


def target_of(query: Query) -> Target:
    """A query in a plan's terms; one that a plan has no terms for is words alone."""
    words = " ".join(filter(None, (query.colour, query.kind or query.group or "thing")))
    if query.fact or query.also:
        return Target(phrase=query.fact or words)
    category = "thing"
    if query.kind:
        category = kind(query.kind).name
    elif query.group:
        category = table("groups")[query.group][0]
    relation = None
    if query.mirror == "inside":
        relation = Relation(kind="in", anchor=Target(phrase="the mirror", category="mirror"))
    elif query.relation and query.other:
        relation = Relation(kind=query.relation, anchor=target_of(query.other))  # type: ignore[arg-type]
    ordinal = None
    if query.side:
        side, index = ("left", 0) if query.side == "middle" else (query.side, query.ordinal or 1)
        ordinal = Ordinal(index=index, side=side)  # type: ignore[arg-type]
    exclude = target_of(query.but) if query.but else None
    if query.not_kind or query.not_colour:
        exclude = Target(
            phrase=f"the {query.not_colour or ''} {query.not_kind or category}",
            category=kind(query.not_kind).name if query.not_kind else category,
            attributes=(query.not_colour,) if query.not_colour else (),
        )
    return Target(
        phrase=f"the {words}",
        category=category,
        attributes=(query.colour,) if query.colour else (),
        relation=relation,
        ordinal=ordinal,
        superlative=SORTS.get(query.size or "", ""),
        quantity="all" if query.several or exclude is not None else "one",
        exclude=exclude,
    )


def _place(sample: EditSample) -> tuple[Target, str]:
    """Beside what, or in which part of the picture, something was added."""
    added = sample.spec.added if sample.spec is not None else None
    part = sample.templates[1] if len(sample.templates) > 1 else ""
    if part in ("left", "right", "middle") or added is None:
        return IMAGE, part
    for item in sample.scene.spec.objects:
        name = item.entry.name
        if name in sample.instruction and holds("next_to", added, item):
            return Target(phrase=f"the {name}", category=name), ""
    return IMAGE, ""
