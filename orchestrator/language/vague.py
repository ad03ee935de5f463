"""Requests that do not say what is wrong: "fix the sky", until a complaint says it.

Works on drafts; what is a complaint is for ``subjects`` to say.
"""

from __future__ import annotations

from orchestrator.language.drafts import Draft, Reading, Ref

BETTER = "in better condition"
"""What a thing becomes where nobody said what is wrong with it."""


_OF_COLOURS = frozenset({"saturation", "brightness"})
"""Properties as which "a bit grey" is read."""


def _is_vague(draft: Draft) -> bool:
    return draft.op == "restyle" and draft.params.get("style") == BETTER


def told_at_last(reading: Reading) -> tuple[Ref, ...]:
    """Read "(fix the sky,) it is too dark": the vague request is dropped, its target is meant."""
    latest = [draft for draft in reading.latest if draft in reading.drafts]
    if not latest or not all(_is_vague(draft) for draft in latest):
        return ()
    for draft in latest:
        reading.drafts.remove(draft)
    return tuple(draft.ref for draft in latest)


def without_vague(reading: Reading) -> None:
    """Drop what another step puts right: a vague request, a tint of what gets a colour."""
    for draft in [d for d in reading.drafts if _is_vague(d)]:
        others = [d for d in reading.drafts if d is not draft and not _is_vague(d)]
        told = next((d for d in others if d.ref.target.category == draft.ref.target.category), None)
        if told is not None and not draft.ref.is_image:
            told.units |= draft.units
            reading.drafts.remove(draft)
    coloured = {
        d.ref.target.category
        for d in reading.drafts
        if d.op == "recolor" and not d.params.get("shift")
    }
    for draft in [d for d in reading.drafts if not d.ref.is_image]:
        name = draft.params.get("property")
        tinted = name in ("tint", "temperature") or (draft.loosely and name in _OF_COLOURS)
        complained = (draft.op == "adjust" and tinted) or draft.params.get("shift") == "away"
        if complained and draft.ref.target.category in coloured:
            reading.drafts.remove(draft)  # "it came out purple, but it is really blue"
    straightened = [d for d in reading.drafts if d.op == "rotate" and d.params.get("straighten")]
    for draft in straightened[1:]:
        if draft.ref.target.category == straightened[0].ref.target.category:
            straightened[0].units |= draft.units
            reading.drafts.remove(draft)
