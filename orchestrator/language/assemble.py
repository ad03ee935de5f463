"""Drafts to a plan: merged where one pass does, ordered by what must come first, numbered.

Order: geometry, what is there (removals, moves, replacements, the background, additions), changes
of things, light, weather, tones and looks of the whole, text last; among those of one kind as they
were said. What a later request builds on always comes before it.
"""

from __future__ import annotations

import heapq
from typing import Any

from orchestrator.language.called_since import call_as_since
from orchestrator.language.drafts import Draft, Reading
from orchestrator.language.wording import instruction_of, success_of
from orchestrator.plan import Step
from orchestrator.sky_words import belongs_in_the_sky, sky_named, thing_named
from tools.target import Target

MAX_STEPS = 64
_GEOMETRY = {"rotate": 0, "flip": 0, "crop": 2, "resize": 3}
_LOCAL = {
    "remove": 10, "move": 11, "replace": 12, "resize": 13, "background": 14, "add": 15,
    "restyle": 16, "recolor": 16, "adjust": 16, "relight": 16, "weather": 16, "grade": 16,
    "sharpen": 16, "blur": 16, "rotate": 13, "flip": 13, "crop": 2
}  # fmt: skip
_GLOBAL = {
    "relight": 30, "weather": 31, "restyle": 29, "adjust": 33, "sharpen": 33, "blur": 33,
    "grade": 33, "remove": 10, "replace": 12, "background": 14, "add": 15, "recolor": 33
}  # fmt: skip


def rank(draft: Draft) -> int:
    """Where a kind of step belongs."""
    if draft.op == "text":
        return 50
    if draft.executor == "tool:pad":
        return 51  # a border goes around everything that was done
    if (
        draft.op == "adjust"
        and draft.params.get("property") == "noise"
        and draft.params["amount"] < 0
        and draft.ref.is_image
    ):
        return 5  # noise is removed before anything is painted over it
    if draft.op == "weather" and draft.ref.is_image and draft.params.get("kind") != "fog":
        return 32  # what falls is nearer than the air behind it
    if draft.ref.is_image:
        return _GEOMETRY.get(draft.op, _GLOBAL.get(draft.op, 20))
    return _LOCAL.get(draft.op, 20)


def _in_the_sky(draft: Draft) -> str:
    """Whether a sky is drawn, or a ``thing`` in one; "" for neither."""
    key = {"replace": "new", "add": "what", "restyle": "style"}.get(draft.op, "")
    words = str(draft.params.get(key, ""))
    if draft.op == "add" and draft.ref.is_image and not belongs_in_the_sky(words):
        return ""
    if not draft.ref.is_image and draft.ref.target.category != "sky":
        return ""
    if draft.op == "add" and thing_named(words):
        return "thing"
    return "sky" if sky_named(words) and (draft.op == "add" or not draft.ref.is_image) else ""


def merge(drafts: list[Draft]) -> list[Draft]:
    """Same op on the same target joined; opposite amounts add up."""
    kept: list[Draft] = []
    replaced: dict[int, Draft] = {}
    for draft in _overridden(drafts):
        twin = next((other for other in kept if _same(other, draft)), None)
        if twin is None:
            kept.append(draft)
            continue
        replaced[id(draft)] = twin
        twin.units |= draft.units
        twin.own |= draft.own
        twin.needs += [n for n in draft.needs if n is not twin and n not in twin.needs]
        twin.behind += draft.behind
        twin.exclude = twin.exclude or draft.exclude
        twin.spare += tuple(spared for spared in draft.spare if spared not in twin.spare)
        if draft.op == "relight" and "strength" not in draft.params:
            twin.params = draft.params  # a time of day that was named counts fully
        if draft.op == "adjust" and draft.params != twin.params:
            twin.params["amount"] = round(
                max(-1.0, min(1.0, twin.params["amount"] + draft.params["amount"])), 3
            )
        elif draft.op in ("crop", "resize", "recolor", "text"):
            twin.params = draft.params  # the later wish about one thing counts
    for draft in kept:
        # What was said twice may need itself ("replace A with B. Replace A with B").
        draft.needs = [
            n for need in draft.needs if (n := replaced.get(id(need), need)) is not draft
        ]
        draft.behind = [
            n for come in draft.behind if (n := replaced.get(id(come), come)) is not draft
        ]
    return kept


_KIN = {"saturation": "colour", "vibrance": "colour", "brightness": "light", "exposure": "light"}
"""Properties of which one is as good as another, where only a mood asks for it."""


def _overridden(drafts: list[Draft]) -> list[Draft]:
    """The drafts without those of a mood or a complaint where the property was asked for, too.

    "Make it pop, more contrast" asks for more contrast once, and as much as was said of it.
    """
    kept: list[Draft] = []
    for draft in drafts:
        express = [d for d in drafts if d is not draft and draft.loosely and _settles(d, draft)]
        for other in express[:1]:
            other.units |= draft.units
        if not express:
            kept.append(draft)
    return kept


def _settles(express: Draft, loose: Draft) -> bool:
    if express.loosely or express.op != "adjust" or loose.op != "adjust":
        return False
    one, two = (str(draft.params["property"]) for draft in (express, loose))
    return _KIN.get(one, one) == _KIN.get(two, two) and express.ref.target == loose.ref.target


def _same(one: Draft, two: Draft) -> bool:
    if (
        one.op != two.op
        or one.executor != two.executor
        or one.ref.target != two.ref.target
        or one.fixed != two.fixed
        or one.exclude != two.exclude
    ):
        return False
    if one.op == "adjust":
        return bool(one.params["property"] == two.params["property"])
    if one.op == "recolor":
        painted = not one.params.get("shift") and not two.params.get("shift")
        return painted or (one.params["colour"] == two.params["colour"])
    if one.op in ("blur", "sharpen", "remove"):
        return True
    if one.op == "relight":
        return bool(one.params["to"] == two.params["to"])
    if one.op == "crop":
        return one.params.keys() == two.params.keys()
    return one.params == two.params


def order(drafts: list[Draft]) -> list[Draft]:
    """By rank, but never before what a draft needs or, where that allows it, comes behind."""
    index = {id(draft): i for i, draft in enumerate(drafts)}
    waiting = {
        i: {index[id(n)] for n in draft.needs if id(n) in index and index[id(n)] != i}
        for i, draft in enumerate(drafts)
    }
    for i, draft in enumerate(drafts):
        for other in draft.behind:
            j = index.get(id(other), i)
            if j != i and not _reaches(waiting, j, i):
                waiting[i].add(j)
    followers: dict[int, list[int]] = {i: [] for i in range(len(drafts))}
    for i, needed in waiting.items():
        for n in needed:
            followers[n].append(i)
    # What something needs must not wait behind later ranks: it inherits the earliest rank of its
    # followers only through the heap order, so ready drafts are simply taken by rank.
    ready = [(rank(drafts[i]), i) for i, needed in waiting.items() if not needed]
    heapq.heapify(ready)
    done: list[Draft] = []
    while ready:
        _, i = heapq.heappop(ready)
        done.append(drafts[i])
        for j in followers[i]:
            waiting[j].discard(i)
            if not waiting[j]:
                heapq.heappush(ready, (rank(drafts[j]), j))
    return done


def _reaches(waiting: dict[int, set[int]], start: int, goal: int) -> bool:
    """Whether ``start`` waits for ``goal``, directly or not."""
    seen: set[int] = set()
    open_ones = [start]
    while open_ones:
        at = open_ones.pop()
        if at == goal:
            return True
        if at not in seen:
            seen.add(at)
            open_ones.extend(waiting[at])
    return False


def depend(drafts: list[Draft]) -> None:
    """Add the needs that kinds of steps have of each other."""
    _behind_the_hour(drafts)
    for draft in drafts:
        if draft.op == "text":
            _need(
                draft,
                [
                    d
                    for d in drafts
                    if d.op in ("crop", "rotate", "flip")
                    and d.ref.is_image
                    and d.executor == "auto"
                ],
            )
        if draft.op == "background":
            _need(draft, [d for d in drafts if d.op == "remove"])
        for other in drafts:
            if other is draft or other.order >= draft.order or draft.ref.is_image:
                continue
            same = other.ref.target == draft.ref.target
            if (
                same
                and other.op in ("replace", "move", "resize", "background")
                and draft.op not in ("remove", "replace", "background")
            ):
                _need(draft, [other])


def _behind_the_hour(drafts: list[Draft]) -> None:
    """Skies come behind the hour, which would paint its own over them.

    Things come behind their sky too, and behind the clouds that weather brings.
    """
    drawn = {id(draft): _in_the_sky(draft) for draft in drafts}
    hours = [d for d in drafts if d.op == "relight" and d.ref.is_image]
    skies = [d for d in drafts if drawn[id(d)] == "sky" or d.op == "weather"]
    for draft in drafts:
        if drawn[id(draft)]:
            draft.behind += hours
        if drawn[id(draft)] == "thing":
            draft.behind += skies


def _need(draft: Draft, others: list[Draft]) -> None:
    for other in others:
        if other is not draft and other not in draft.needs and draft not in other.needs:
            draft.needs.append(other)


def steps_of(reading: Reading) -> tuple[tuple[Step, ...], dict[int, str]]:
    """The plan's steps, and for each unit the step that stands for it."""
    drafts = merge(reading.drafts)
    depend(drafts)
    ordered = order(drafts)
    if len(ordered) > MAX_STEPS:
        reading.note(
            f"a plan holds at most {MAX_STEPS} steps; "
            f"the last {len(ordered) - MAX_STEPS} requests are left out"
        )
        ordered = ordered[:MAX_STEPS]
    call_as_since(ordered)
    names = {id(draft): f"s{i}" for i, draft in enumerate(ordered, 1)}
    steps: list[Step] = []
    claims = {unit: names[id(draft)] for draft in reversed(ordered) for unit in draft.own}
    for draft in ordered:
        target = _target(draft)
        exclude = draft.exclude or draft.ref.target.exclude
        steps.append(
            Step(
                id=names[id(draft)],
                op=draft.op,
                target=target,
                instruction=instruction_of(draft, exclude),
                params=_params(draft),
                scope=draft.scope,
                executor=draft.executor,
                depends_on=tuple(names[id(n)] for n in draft.needs if id(n) in names),
                success=success_of(draft, target, exclude),
            )
        )
        for unit in draft.units:
            claims.setdefault(unit, names[id(draft)])
    return tuple(steps), claims


def _target(draft: Draft) -> Target:
    target = draft.ref.target
    new = str(draft.params.get("what", ""))
    anywhere = target.is_whole_image or target.category == "background"
    if draft.op == "add" and anywhere and belongs_in_the_sky(new):
        target = Target(phrase="the sky", category="sky")
    if draft.exclude is not None and target.exclude is None:
        update: dict[str, Any] = {"exclude": draft.exclude}
        return target.model_copy(update=update)
    return target


def _params(draft: Draft) -> dict[str, Any]:
    return dict(draft.params)
