"""English words of growing and shrinking, so that what was learnt of one holds for its like.

A list and a function; it knows no model and no picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


GROWING = _listed(
    "bigger larger greater taller wider broader higher enlarge enlarged enlarging enlarges "
    "enlargement grow grows growing grown grew magnify magnified magnifying magnification inflate "
    "inflated inflating expand expanded expanding expansion swell swells swelling swollen upsize "
    "upsized upscale upscaled increase increased increasing increases gain gains gaining raise "
    "raised raising boost boosted widen widened heighten heightened broaden broadened extend "
    "extended stretch stretched augment augmented up upward upwards outgrow fatten"
)
SHRINKING = _listed(
    "smaller shrink shrinks shrinking shrunk shrank shrunken downsize downsized downscale "
    "downscaled lessen lessened diminish diminished diminishing dwindle reduce reduced reduces "
    "reducing reduction decrease decreased decreasing decreases compress compressed contract "
    "contracted shorter narrower shorten shortened narrow narrowed lower lowered lowering "
    "miniature miniaturise minify down downward downwards halve halved half cut lose loses tinier "
    "littler slimmer thinner trim"
)
BIG = _listed("big large great huge tall wide enormous gigantic massive giant broad high oversized")
SMALL = _listed("small little tiny short mini wee minute undersized")
TURNING = _listed(
    "not isn't aren't wasn't don't doesn't shouldn't no never than too enough more less fewer so "
    "as much size if space room place area picture of keep leave longer still further now"
)
"""Small words that turn the others' sense: "too big", "less of the picture", "not as large"."""

_CLASSES = (("+", GROWING), ("-", SHRINKING), ("big", BIG), ("small", SMALL))


def of_size(words: Iterable[str]) -> Iterator[str]:
    """What of some words speaks of size, each by its class; the others are left out."""
    for word in words:
        named = next((name for name, members in _CLASSES if word in members), None)
        if named is not None or word in TURNING:
            yield named or word
