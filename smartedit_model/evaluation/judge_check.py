"""Checks the judge itself: exact targets must pass, failed edits made on purpose must not.

``python -m smartedit_model.evaluation.judge_check --limit 100`` prints a table, op by op.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from smartedit_model.evaluation import judge_flaws as flaws
from smartedit_model.evaluation.crops import Image
from smartedit_model.evaluation.judge import SceneJudge, bystanders
from smartedit_model.evaluation.judging import Judge
from smartedit_model.evaluation.world_bench import WorldBench
from smartedit_model.world.cases import CHOICES
from smartedit_model.world.edits import WHOLE, EditSample, EditSpec, edit_spec
from smartedit_model.world.errors import ImpossibleEditError
from smartedit_model.world.layout import fitting
from smartedit_model.world.palette import colour_names
from smartedit_model.world.query import Query
from smartedit_model.world.render import REFLECTED
from smartedit_model.world.scene import draw_scene
from smartedit_model.world.spec import SceneSpec

Spoiler = Callable[[EditSample, random.Random], Image | None]
PASSING = ("exact", "degraded")
"""The sorts of result that must be accepted; all others must be rejected."""


def exact(sample: EditSample, _draw: random.Random) -> Image:
    """The exact target."""
    return sample.target


def degraded(sample: EditSample, draw: random.Random) -> Image:
    """The exact target as a small autoencoder would give it back."""
    return flaws.degraded(sample.target, draw)


def nothing(sample: EditSample, _draw: random.Random) -> Image | None:
    """The source, where something was to be done."""
    return sample.source if sample.valid else None


def half(sample: EditSample, _draw: random.Random) -> Image | None:
    """Half of the edit, seen through."""
    return flaws.blended(sample.source, sample.target, 0.5) if sample.valid else None


def wrong_object(sample: EditSample, draw: random.Random) -> Image | None:
    """The same edit of something else; where nothing was to be done, something is removed."""
    others = _others(sample)
    if sample.op == "add":
        return _other_kind(sample, draw)
    if sample.op in WHOLE:
        return _other_look(sample, draw)
    if not others:
        return None
    if not sample.valid:
        return _drawn(sample, EditSpec("remove", Query()), (draw.choice(others),))
    return _edit_of(sample, (draw.choice(others),))


def all_objects(sample: EditSample, _draw: random.Random) -> Image | None:
    """The same edit of everything."""
    others = _others(sample)
    if not sample.valid or sample.op in (*WHOLE, "add") or not others:
        return None
    return _edit_of(sample, (*sample.referred, *others))


def wrong_value(sample: EditSample, draw: random.Random) -> Image | None:
    """The right object, but another kind, colour or direction than was asked for."""
    if not sample.valid or sample.op not in ("replace", "recolor", "resize", "move", "segment"):
        return None
    if sample.op == "segment":
        turned = sample.target.copy()
        turned[sample.region] = 255 - turned[sample.region]
        return turned
    spec = _spec_of(sample)
    if sample.op == "recolor":
        had = {sample.scene.spec.get(owner % REFLECTED).colour for owner in sample.referred}
        others = [name for name in colour_names() if name not in (spec.value, *had)]
        return _drawn(sample, replace(spec, value=draw.choice(others)), sample.referred)
    if sample.op == "replace":
        present = {item.kind for item in sample.edited.spec.objects}
        others = [key for key in fitting(sample.scene.spec.backdrop) if key not in present]
        return _drawn(sample, replace(spec, value=draw.choice(others)), sample.referred)
    turn = {"left": "right", "right": "left", "bigger": "smaller", "smaller": "bigger"}
    return _drawn(sample, replace(spec, value=turn[spec.value]), sample.referred)


SPOILERS: dict[str, Spoiler] = {
    "exact": exact,
    "degraded": degraded,
    "nothing done": nothing,
    "half blended": half,
    "wrong object": wrong_object,
    "all objects": all_objects,
    "wrong value": wrong_value,
}


def _others(sample: EditSample) -> list[int]:
    """What else there is that the same edit could be made of."""
    spec = sample.scene.spec
    owners = [thing.owner for thing in bystanders(sample)[0] if thing.owner < REFLECTED]
    return [owner for owner in owners if spec.get(owner).entry.role == "object"]


def _edit_of(sample: EditSample, owners: tuple[int, ...]) -> Image | None:
    if sample.op == "segment":
        asked = np.median(sample.target[sample.region], axis=0).astype(np.uint8)
        marked = sample.source.copy()
        marked[sample.scene.mask(*owners)] = asked
        return marked
    return _drawn(sample, _spec_of(sample), owners)


def _spec_of(sample: EditSample) -> EditSpec:
    """The edit, without its target."""
    owner = sample.referred[0]
    uid = owner % REFLECTED
    before, after = sample.scene.spec, sample.edited.spec
    if sample.op == "remove":
        return EditSpec("remove", Query())
    if owner >= REFLECTED:
        shown = next(m for glass in after.objects for m in glass.shows if m.uid == uid)
        return EditSpec(sample.op, Query(), shown.kind or shown.colour or "", colour=shown.colour)
    old, new = before.get(uid), after.get(uid)
    if sample.op == "move":
        way = new.x - old.x
        return EditSpec("move", Query(), "right" if way > 0 else "left", amount=abs(way))
    if sample.op == "resize":
        return EditSpec("resize", Query(), "bigger" if new.scale > old.scale else "smaller")
    if sample.op == "recolor":
        return EditSpec("recolor", Query(), new.colour)
    return EditSpec("replace", Query(), new.kind, colour=new.colour)


def _drawn(sample: EditSample, spec: EditSpec, owners: tuple[int, ...]) -> Image | None:
    try:
        edited = edit_spec(sample.scene.spec, spec, owners)
    except ImpossibleEditError:
        return None
    return draw_scene(edited, sample.scene.size).image


def _other_kind(sample: EditSample, draw: random.Random) -> Image:
    """Something else is added."""
    known = {item.uid for item in sample.scene.spec.objects}
    new = next(item for item in sample.edited.spec.objects if item.uid not in known)
    kinds = {item.kind for item in sample.edited.spec.objects}
    key = draw.choice([k for k in fitting(sample.scene.spec.backdrop) if k not in kinds])
    other = replace(new, kind=key, scale=1.0)
    other = replace(other, scale=(new.box[3] - new.box[1]) / (other.box[3] - other.box[1]))
    return draw_scene(sample.scene.spec.put(other), sample.scene.size).image


def _other_look(sample: EditSample, draw: random.Random) -> Image:
    """The picture gets another look than was asked for."""
    head = "backdrop" if sample.op == "background" else sample.op
    had = {getattr(sample.scene.spec, head), getattr(sample.edited.spec, head)}
    value = draw.choice([name for name in WHOLE[sample.op] if name not in had])
    edited: SceneSpec = edit_spec(sample.scene.spec, EditSpec(sample.op, value=value), ())
    return draw_scene(edited, sample.scene.size).image


def check_judge(
    judge: Judge, number: int, categories: tuple[str, ...] = CHOICES
) -> Iterator[tuple[str, str, str, bool, list[str]]]:
    """Judge results made on purpose, of cases of the test split.

    Yields each case's key, its op (or `none`), the sort of result, whether it was accepted, and
    what was not as it must be.
    """
    bench = WorldBench(judge, number, categories)
    for key in bench.keys:
        sample = bench.sample(key)
        draw = random.Random(key)
        for sort, spoil in SPOILERS.items():
            result = spoil(sample, draw)
            if result is not None and (sort in PASSING or (result != sample.target).any()):
                verdict = judge.judge(sample, result)
                op = sample.op if sample.valid else "none"
                yield key, op, sort, verdict.aligned, verdict.failures


def main() -> None:
    """Print the share of accepted results as a table, and all of it as one JSON line."""
    parser = argparse.ArgumentParser(description="Check the judge of the drawn world.")
    parser.add_argument("--limit", type=int, default=100, help="cases a category")
    parser.add_argument("--show", action="store_true", help="print what was judged wrongly")
    given = parser.parse_args()
    counts: dict[str, dict[str, list[int]]] = {}
    for key, op, sort, accepted, failures in check_judge(SceneJudge(), given.limit):
        for name in (op, "all"):
            cell = counts.setdefault(name, {}).setdefault(sort, [0, 0])
            cell[0] += accepted
            cell[1] += 1
        if given.show and accepted != (sort in PASSING):
            print(key, op, sort, "; ".join(failures))  # noqa: T201 - what was asked for
    for op, row in counts.items():
        cells = (f"{s}: {row[s][0]}/{row[s][1]}" if s in row else "" for s in SPOILERS)
        print(f"{op:11}", *(f"{cell:24}" for cell in cells))  # noqa: T201 - what was asked for
    print(json.dumps(counts))  # noqa: T201 - what was asked for


if __name__ == "__main__":
    main()
