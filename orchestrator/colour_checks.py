"""Whether a place has the colour that was asked for, by name and by pixel.

Knows what colours are called; how tone moved is for ``tone_checks``.
"""

from __future__ import annotations

import numpy as np

from orchestrator.checking import Check, Evidence, visible
from orchestrator.shift_checks import shifted
from tools import oklab
from tools.colour_names import colours_named, is_colour, names_colour, rgb_of
from tools.metrics import difference_map
from tools.recolor import GREY

COLOURED, HARDLY_COLOURED = 0.5, 0.35
"""Share that must have a colour, and below which it surely has not."""
UNSEEN, OWN_COLOUR = 0.5, 0.9
"""Mean change inside the mask below which nothing was recoloured; share that must have the colour
for that to be right, since it was of that colour before."""
RECOLOURED, PART_RECOLOURED = 8.0, 0.08
"""Difference in Lab from which a pixel was recoloured; least share of a place where any was."""
SAME_HUE = 35.0
"""Degrees around the Oklab hue circle within which two paints are shades of one colour: a light's
own tint turns a pale paint by about that much, the next name lies further."""
FLAT = 0.999
"""Share of a marked place that must be of exactly one colour."""


def coloured(evidence: Evidence) -> Check:
    """The place has the colour; or what was recoloured of it has: wheels and leaves may stay."""
    change = evidence.change
    wanted = str(evidence.params.get("colour", ""))
    if change is None or evidence.mask is None or not wanted:
        return visible(evidence)
    if evidence.params.get("flat") and names_colour(wanted):
        return _marked(evidence, wanted)
    if evidence.params.get("shift") and names_colour(wanted):
        return shifted(evidence, wanted)
    if together := colours_named(wanted):
        return _of_all(evidence, wanted, together)
    if not names_colour(wanted):
        seen = visible(evidence)
        reason = f"nobody here knows what colour {wanted!r} is"
        return Check(f"is {wanted}", None, seen.measured, reason) if seen.passed else seen
    if evidence.params.get("strength", 1.0) != 1:
        return _tempered(evidence, wanted)
    inside = evidence.mask > 0.9
    if not inside.any():
        inside = evidence.mask > 0
    share = is_colour(evidence.after.image[inside], wanted).share
    numbers = {"share": round(share, 3), "delta_e": round(change.delta_e, 2)}
    recoloured = inside & (difference_map(evidence.before.image, evidence.after.image) > RECOLOURED)
    if recoloured.sum() >= PART_RECOLOURED * inside.sum():
        numbers["of_recoloured"] = round(
            is_colour(evidence.after.image[recoloured], wanted).share, 3
        )
        share = max(share, numbers["of_recoloured"])
    if change.delta_e < UNSEEN and share < OWN_COLOUR:
        return Check(f"is {wanted}", False, numbers, "hardly anything changed", "stronger")
    if share >= COLOURED:
        return Check(f"is {wanted}", True, numbers)
    reason = f"only {share:.0%} of it is {wanted}"
    if share >= HARDLY_COLOURED:
        return Check(f"is {wanted}", None, numbers, reason)
    return Check(f"is {wanted}", False, numbers, reason, "stronger")


def _of_all(evidence: Evidence, wanted: str, colours: tuple[str, ...]) -> Check:
    """The place shows each of several colours, and they are most of it."""
    name = f"is {wanted}"
    change = evidence.change
    inside = np.asarray(evidence.mask) > 0.5
    if change is None or not inside.any() or change.delta_e < UNSEEN:
        return Check(name, False, {}, "hardly anything changed", "stronger")
    shares = {c: is_colour(evidence.after.image[inside], c).share for c in colours}
    numbers = {f"share of {colour}": round(share, 3) for colour, share in shares.items()}
    missing = [colour for colour, share in shares.items() if share < PART_RECOLOURED]
    if missing:
        return Check(name, False, numbers, f"hardly any of it is {missing[0]}", "stronger")
    whole = sum(shares.values())
    if whole >= COLOURED:
        return Check(name, True, numbers)
    told = f"only {whole:.0%} of it is of these colours"
    return Check(name, None if whole >= HARDLY_COLOURED else False, numbers, told)


def _marked(evidence: Evidence, wanted: str) -> Check:
    """The place is one flat colour, to the pixel."""
    inside = np.asarray(evidence.mask == 1.0)
    exact = (evidence.after.image == np.array(rgb_of(wanted), np.uint8)).all(axis=2)
    share = float(exact[inside].mean()) if inside.any() else 0.0
    numbers = {"share": round(share, 4)}
    if share >= FLAT:
        return Check(f"is marked in {wanted}", True, numbers)
    return Check(f"is marked in {wanted}", False, numbers, f"only {share:.0%} of it is {wanted}")


def _tempered(evidence: Evidence, wanted: str) -> Check:
    """Paler or deeper than the colour's name: what was recoloured must have its hue.

    Of a paint without a hue, it must have come nearer to how light that is.
    """
    name = f"is a shade of {wanted}"
    before, after = evidence.before.image, evidence.after.image
    inside = np.asarray(evidence.mask) > 0.5
    found = inside & (difference_map(before, after) > RECOLOURED / 2)
    numbers = {"recoloured": round(float(found.sum() / max(inside.sum(), 1)), 3)}
    if found.sum() < PART_RECOLOURED * inside.sum() or not found.any():
        return Check(name, False, numbers, "hardly anything changed")
    old, new = (np.median(oklab.from_display(one[found] / 255), axis=0) for one in (before, after))
    goal = oklab.from_display(np.asarray(rgb_of(wanted)) / 255)
    if float(oklab.chroma(goal)) < GREY:
        nearer = abs(new[0] - goal[0]) < abs(old[0] - goal[0])
        return Check(name, bool(nearer), numbers, "" if nearer else f"it is no nearer to {wanted}")
    turn = np.angle(complex(new[1], new[2]) / complex(goal[1], goal[2]), deg=True)
    numbers["hue_off"] = round(float(turn), 1)
    if abs(turn) <= SAME_HUE:
        return Check(name, True, numbers)
    return Check(name, False, numbers, f"its hue is {abs(turn):.0f} degrees off {wanted}")
