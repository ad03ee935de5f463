"""What masks of a drawing show: a look says what is likely, the drawings say what explains it.

A mask is a thing where one drawing of the catalogue tells its pixels much better than all others.
Of masks that overlap, the surest stays, and its outline is mended by its drawing's. In a style of
drawing the paints are others, and nothing can be told by them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from smartedit_model.drawings.explaining import Explanation, explanations, untold
from smartedit_model.drawings.measures import share
from smartedit_model.drawings.outlines import silhouette
from smartedit_model.drawings.proposing import Proposal
from smartedit_model.drawings.sheet import Floats
from smartedit_model.drawings.skies import air
from smartedit_model.drawings.surroundings import Surroundings, natural, unit_of
from smartedit_model.evaluation.sight import NOTHING, UNCLEAR, Sight, answers
from smartedit_model.world.backdrops import LIGHTS
from smartedit_model.world.palette import colour_names, rgb
from tools.masks import union
from tools.operation import HardMask, Rgb

HINTS = 5
"""How many kinds, those that look likeliest, are laid over a mask whatever its outline."""
WEIGHED = 4
"""How many kinds of a mask are weighed."""
LEAD = 15.0
"""Levels beyond which it says no more to explain a mask better than all others."""
FAINT = 0.003
"""Chance that every kind has, whatever a look says."""
SLOPES = (-0.085, 0.334, 0.492, 4.683, -18.691, -36.076)
"""Of the error, the lead, the logarithm of a look's chance, the segmenter's own opinion, and of
being larger or smaller than such things are..."""
OFFSET = -1.574
"""... and where their log odds begin: fitted on 150 scenes of the train split
(``benchmarks/drawn_names.py --fit``)."""
LARGE, SMALL, FAR = 0.35, 0.9, 0.25
"""Logarithms of a height by a kind's own from which a thing is large, from which it is small, and
how far beyond counts: edits make things larger and smaller, too."""
SURE, CLOSER = 0.2, 0.6
"""Chance from which a mask is a thing, and the same of one that only a closer look found."""
PART = 0.5
"""Share of a mask inside a surer one's from which it is the same thing or a part of it."""


STANDS = 24.0
"""Levels that a drawing does not tell of a part of its mask, from which the part is another thing
that stands before it."""
PIECE, ITSELF = 0.7, 0.8
"""Share of a mask within a surer one's drawing from which it may be a piece of that; chance from
which it is a thing of its own all the same."""


@dataclass(frozen=True, eq=False)
class Recognised:
    """A thing that a drawing of the catalogue explains.

    Attributes:
        mask: HW bool, its outline mended.
        number: of the mask that it was recognised by.
        drawn: the drawing.
        sure: chance that it is that, [0, 1].
    """

    mask: HardMask
    number: int
    drawn: Explanation
    sure: float


@dataclass(frozen=True, eq=False)
class Guess:
    """A kind that a mask may show, as the numbers that speak for it: see ``SLOPES``."""

    number: int
    drawn: Explanation
    evidence: tuple[float, ...]

    @property
    def sure(self) -> float:
        """Chance that it is right, [0, 1]."""
        odds = OFFSET + float(np.dot(SLOPES, self.evidence))
        return float(1 / (1 + np.exp(-odds)))


def recognised(
    image: Rgb,
    found: Sequence[Proposal],
    glimpses: Sequence[Sight],
    around: Surroundings,
) -> list[Recognised]:
    """The things among some masks, the surest first; none in a style of drawing.

    Args:
        image: HWC uint8 RGB.
        found: masks that may be things.
        glimpses: what each looks like.
        around: the light and the weather.
    """
    if around.style != "none":
        return []
    bare = plain(image, around)
    best = sorted(guesses(bare, found, glimpses), key=lambda guess: -guess.sure)
    kept: list[Guess] = []
    drawn: list[HardMask] = []
    for guess in best:
        mask = found[guess.number].mask
        if guess.sure < (CLOSER if found[guess.number].closer else SURE):
            continue
        if any(_same(bare, guess, k, found) for k in kept):
            continue
        # A piece that another's mask missed is seldom explained well by a drawing of its own.
        if guess.sure < ITSELF and any(share(other, mask) > PIECE for other in drawn):
            continue
        kept.append(guess)
        drawn.append(silhouette(guess.drawn, mask.shape))
    mended = _mended([found[guess.number].mask for guess in kept], drawn)
    return [
        Recognised(mask, guess.number, guess.drawn, guess.sure)
        for guess, mask in zip(kept, mended, strict=True)
    ]


def guesses(bare: Floats, found: Sequence[Proposal], glimpses: Sequence[Sight]) -> list[Guess]:
    """What each mask may show; ``bare`` as ``plain`` gives it, the rest as for ``recognised``."""
    out = []
    for number, (seen, sight) in enumerate(zip(found, glimpses, strict=True)):
        chances = {
            name: float(chance)
            for name, chance in zip(answers()["kind"], sight.chances["kind"], strict=True)
            if name not in (NOTHING, UNCLEAR)
        }
        hints = sorted(chances, key=lambda key: -chances[key])[:HINTS]
        told = explanations(bare, seen.mask, hints)
        looks = {one.kind: float(np.log(chances[one.kind] + FAINT)) for one in told}
        likely = sorted(told, key=lambda one: one.error - 2 * looks[one.kind])[:WEIGHED]
        for one in likely:
            next_best = min((o.error for o in told if o.kind != one.kind), default=2 * LEAD)
            lead = min(next_best - one.error, LEAD)
            told_by = (one.error, lead, looks[one.kind], seen.claimed, *_odd_size(one, bare.shape))
            out.append(Guess(number, one, told_by))
    return out


def _odd_size(one: Explanation, shape: tuple[int, ...]) -> tuple[float, float]:
    """How much larger, and smaller, than things of its kind a drawing is laid out."""
    _, height = natural(one.kind)
    by = float(np.log(max(one.box[3] - one.box[1], 1) / unit_of(shape) / height))
    return min(max(by - LARGE, 0), FAR), min(max(-by - SMALL, 0), FAR)


def plain(image: Rgb, around: Surroundings) -> Floats:
    """A picture, HWC, without the light and weather in it, float32."""
    clear = air(around.weather, image.shape[0]).without(image.astype(np.float32))
    return np.asarray(clear / np.array(LIGHTS[around.time], np.float32), dtype=np.float32)


def _same(bare: Floats, guess: Guess, kept: Guess, found: Sequence[Proposal]) -> bool:
    """Whether a mask is the same thing as a surer one, or one is a part of the other."""
    mask, other = found[guess.number].mask, found[kept.number].mask
    within, around = share(mask, other), share(other, mask)
    if max(within, around) <= PART:
        return False
    if within > PART and around > PART:
        return True
    if within > around:
        return guess.sure < ITSELF or not _before(bare, mask, kept, found)
    return not _before(bare, other, guess, found)


def _before(bare: Floats, part: HardMask, whole: Guess, found: Sequence[Proposal]) -> bool:
    """Whether a part of a mask is something that stands before the thing that it shows."""
    return untold(bare, found[whole.number].mask, whole.drawn, part) > STANDS


def _mended(masks: list[HardMask], drawn: list[HardMask]) -> list[HardMask]:
    """Each mask with what its drawing surely covers, and without what it surely does not."""
    near = np.ones((3, 3), np.uint8)
    out = []
    for i, (mask, outline) in enumerate(zip(masks, drawn, strict=True)):
        others = union((*masks[:i], *masks[i + 1 :]), (mask.shape[0], mask.shape[1]))
        covered = outline.astype(np.uint8)
        core = (cv2.erode(covered, near) > 0) & ~(others & ~mask)
        out.append(np.asarray((mask | core) & (cv2.dilate(covered, near) > 0)))
    return out


def named(sight: Sight, one: Recognised) -> Sight:
    """What a thing looks like, with the name and the colour that its drawing has."""
    chances: dict[str, Any] = dict(sight.chances)
    chances["kind"] = _with(chances["kind"], answers()["kind"].index(one.drawn.kind), one.sure)
    colour = answers()["colour"].index(colour_seen(one.drawn))
    chances["colour"] = _with(chances["colour"], colour, COLOUR_SURE)
    return Sight(chances)


COLOUR_SURE = 0.95
"""Chance that a thing has the colour that fits its drawing best."""


def _with(chances: Floats, number: int, chance: float) -> Floats:
    """Chances among which one is known; the rest keep their shares of what is left."""
    out = chances.astype(np.float32, copy=True)
    out[number] = 0
    out *= (1 - chance) / max(float(out.sum()), 1e-6)
    out[number] = chance
    return out


def colour_seen(drawn: Explanation) -> str:
    """The name of a drawing's main paint."""
    off = [float(np.abs(np.array(rgb(name)) - drawn.main).sum()) for name in colour_names()]
    return colour_names()[int(np.argmin(off))]
