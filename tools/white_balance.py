"""Colour temperature and tint, as a change of the light's colour.

Chromatic adaptation in linear light (Bradford, as in ICC profiles) from daylight to a light on the
Planckian locus (Kim et al. 2002). Pure colour arithmetic; the tool is in ``tools.colour``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.light import LUMINANCE

DAYLIGHT_KELVIN = 6504.0
_RGB_TO_XYZ = np.array(
    [
        [0.4123908, 0.3575843, 0.1804808],
        [0.2126390, 0.7151687, 0.0721923],
        [0.0193308, 0.1191948, 0.9505322],
    ]
)
_BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)


def planckian_xy(kelvin: float) -> tuple[float, float]:
    """CIE 1931 chromaticity of a black body, 1667 K to 25,000 K."""
    t = float(np.clip(kelvin, 1667.0, 25_000.0))
    if t < 4000:
        x = -0.2661239e9 / t**3 - 0.2343589e6 / t**2 + 0.8776956e3 / t + 0.179910
    else:
        x = -3.0258469e9 / t**3 + 2.1070379e6 / t**2 + 0.2226347e3 / t + 0.240390
    if t < 2222:
        y = -1.1063814 * x**3 - 1.34811020 * x**2 + 2.18555832 * x - 0.20219683
    elif t < 4000:
        y = -0.9549476 * x**3 - 1.37418593 * x**2 + 2.09137015 * x - 0.16748867
    else:
        y = 3.0817580 * x**3 - 5.87338670 * x**2 + 3.75112997 * x - 0.37001483
    return x, y


def adaptation(warmth: float, tint: float) -> NDArray[np.float64]:
    """3x3 matrix on linear RGB that turns daylight into another light; white keeps luminance.

    Args:
        warmth: mired away from daylight, in units of 100; above 0 is warmer (equal steps look
            equal in mired).
        tint: above 0 towards magenta, below towards green.
    """
    mired = 1e6 / DAYLIGHT_KELVIN + 100 * warmth
    source = planckian_xy(DAYLIGHT_KELVIN)
    x, y = planckian_xy(1e6 / max(mired, 40.0))
    # Across the locus, in xy, green lies up; 0.03 is about a strong fluorescent tube.
    target = (x, y - 0.03 * tint)
    cones_from, cones_to = (_BRADFORD @ _white(*xy) for xy in (source, target))
    xyz = np.linalg.inv(_BRADFORD) @ np.diag(cones_to / cones_from) @ _BRADFORD
    rgb = np.linalg.inv(_RGB_TO_XYZ) @ xyz @ _RGB_TO_XYZ
    return np.asarray(rgb / float(LUMINANCE[0] @ rgb @ np.ones(3)), dtype=np.float64)


def _white(x: float, y: float) -> NDArray[np.float64]:
    return np.array([x / y, 1.0, (1 - x - y) / y])


def relit(light: NDArray[Any], matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Apply an adaptation to linear RGB (..., 3), keeping each colour's luminance.

    What would exceed white is scaled back instead of clipped: near-whites take the light's colour
    and give up a little brightness, as paper under a lamp does.
    """
    weights = LUMINANCE[0].astype(np.float64)
    turned = np.maximum(light @ matrix.T, 0)
    before, after = light @ weights, turned @ weights
    turned = turned * (before / np.maximum(after, 1e-9))[..., None]
    peak = turned.max(axis=-1, keepdims=True)
    return np.asarray(turned / np.maximum(peak, 1), dtype=np.float64)
