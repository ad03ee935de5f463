"""What a thing is called once it has another colour: the red plate made blue is the blue plate.

Within one instruction the steps after the recolouring call it so, and wait for it; in a
conversation the turns after it do. Knows drafts and steps; reads no words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from orchestrator.language.drafts import Draft
from orchestrator.language.lexicon import get_lexicon
from tools.target import Target


def since(target: Target, op: str, params: Mapping[str, Any]) -> Target:
    """What a step was about, as it is called afterwards; itself where its name still fits."""
    was = _old_colour(target, op, params)
    if not was:
        return target
    colour = str(params["colour"])
    attributes = tuple(colour if a == was else a for a in target.attributes)
    update = {"attributes": attributes, "phrase": _recoloured(target.phrase, was, colour)}
    return target.model_copy(update=update)


def called_by(target: Target, was: Target, op: str, params: Mapping[str, Any]) -> bool:
    """Whether a target is what a step gave another colour, called by that colour.

    What was only pointed at ("this") may be called anything.
    """
    painted = op == "recolor" and not (params.get("flat") or params.get("shift"))
    if not painted or was.is_whole_image or target.exclude is not None:
        return False
    lexicon, colour = get_lexicon(), str(params["colour"])
    others = {a for a in was.attributes if "colour" not in lexicon.senses(a)}
    if set(target.attributes) != others | {colour}:
        return False
    if not was.category:
        return target.relation is None and target.ordinal is None
    told = target.relation is None and target.ordinal is None
    same_place = (target.relation, target.ordinal) == (was.relation, was.ordinal)
    return target.category in ("", was.category) and (told or same_place)


def call_as_since(ordered: Sequence[Draft]) -> None:
    """Rename in each draft what an earlier one gives another colour, and make it wait for that.

    Args:
        ordered: in the order of doing.
    """
    for i, draft in enumerate(ordered):
        old = draft.ref.target
        new = since(old, draft.op, draft.params)
        if new == old:
            continue
        was, colour = _old_colour(old, draft.op, draft.params), str(draft.params["colour"])
        for later in ordered[i + 1 :]:
            target = _within(later.ref.target, old, new)
            if target == later.ref.target:
                continue
            words = _recoloured(later.ref.words, was, colour)
            later.ref = replace(later.ref, target=target, words=words)
            if later.exclude is not None:
                later.exclude = _within(later.exclude, old, new)
            later.fixed = later.fixed.replace(old.phrase, new.phrase)
            where = later.params.get("where")
            if isinstance(where, str):
                later.params = later.params | {"where": where.replace(old.phrase, new.phrase)}
            if draft not in later.needs:
                later.needs.append(draft)


def _old_colour(target: Target, op: str, params: Mapping[str, Any]) -> str:
    """The colour in a target's name that a step takes from it; "" where there is none."""
    painted = op == "recolor" and not (params.get("flat") or params.get("shift"))
    if not painted or str(params["colour"]).startswith("#"):
        return ""
    lexicon = get_lexicon()
    was = [a for a in target.attributes if "colour" in lexicon.senses(a)]
    return was[0] if len(was) == 1 else ""


def _recoloured(words: str, was: str, colour: str) -> str:
    return re.sub(rf"\b{re.escape(was)}\b", colour, words, count=1)


def _within(target: Target, old: Target, new: Target) -> Target:
    """The target with ``new`` for ``old``, also where it says where something is or is left out."""
    if target == old:
        return new
    update: dict[str, Any] = {}
    if target.relation is not None:
        anchor = _within(target.relation.anchor, old, new)
        if anchor != target.relation.anchor:
            update["relation"] = target.relation.model_copy(update={"anchor": anchor})
    if target.exclude is not None and target.exclude != (left := _within(target.exclude, old, new)):
        update["exclude"] = left
    if not update:
        return target
    update["phrase"] = target.phrase.replace(old.phrase, new.phrase)
    return target.model_copy(update=update)
