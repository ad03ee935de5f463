"""What each op promised, tested on the pixels: one check an op, by independent measurement.

A check sees the pictures before and after and the mask; it never asks the tool or model that made
the edit. ``passed`` is None where nothing on this machine can tell; such a step ends unverified.
The checks themselves are in ``tone_checks``, ``colour_checks``, ``content_checks`` and
``geometry_checks``.
"""

from __future__ import annotations

from orchestrator.checking import Checker, visible
from orchestrator.colour_checks import coloured
from orchestrator.content_checks import by_a_model, gone, lettered, restyled
from orchestrator.geometry_checks import reshaped
from orchestrator.tone_checks import adjusted, blurred, graded, relit, sharpened, weathered

CHECKERS: dict[str, Checker] = {
    "adjust": adjusted,
    "blur": blurred,
    "sharpen": sharpened,
    "recolor": coloured,
    "remove": gone,
    "crop": reshaped,
    "rotate": reshaped,
    "flip": reshaped,
    "resize": reshaped,
    "weather": weathered,
    "relight": relit,
    "grade": graded,
    "text": lettered,
    "move": visible,
    "background": visible,
    "replace": by_a_model,
    "add": by_a_model,
    "restyle": restyled,
}
"""The check each op must pass."""
