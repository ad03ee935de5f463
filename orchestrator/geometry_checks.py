"""Whether a picture was reshaped as asked, with every kept pixel where the mapping says.

Exact: looks at whole pictures, never at samples.
"""

from __future__ import annotations

import numpy as np

from orchestrator.checking import Check, Evidence, visible
from tools.operation import Geometry, Rgb


def reshaped(evidence: Evidence) -> Check:
    """Geometry: every kept pixel must be where the mapping says, bit for bit if it is exact."""
    geometry = evidence.geometry
    if geometry is None:
        return visible(evidence)
    if evidence.facts.get("unsure"):
        # The tool left the picture alone, which may be right: nobody can tell, the tool least.
        return Check("level", None, {}, "the picture was left as it was")
    before, after = evidence.before.image, evidence.after.image
    ratio = {"width": float(after.shape[1]), "height": float(after.shape[0])}
    wanted = evidence.params.get("aspect")
    if isinstance(wanted, int | float) and not isinstance(wanted, bool):
        off = abs(after.shape[1] / after.shape[0] / wanted - 1)
        if off > 2 / min(after.shape[:2]) + 0.005:
            return Check("the right shape", False, ratio, f"it is not {wanted:.3g} : 1")
    for side, length in (("width", after.shape[1]), ("height", after.shape[0])):
        asked = evidence.params.get(side)
        if isinstance(asked, int) and asked != length:
            return Check("the right size", False, ratio, f"its {side} is {length}, not {asked}")
    if not geometry.exact:
        return Check("reshaped", True, ratio)
    same = _matches(before, after, geometry)
    return Check("kept pixels identical", same, ratio, "" if same else "kept pixels changed")


def _matches(before: Rgb, after: Rgb, geometry: Geometry) -> bool:
    """Whether every pixel that maps into the parent equals the parent's."""
    matrix = np.asarray(geometry.matrix, dtype=np.float64)
    height, width = after.shape[:2]
    columns = np.arange(width)
    for y in range(height):  # a row at a time keeps 50 megapixels within little memory
        source = matrix @ np.stack([columns, np.full(width, y), np.ones(width)])
        x, row = np.rint(source[0]).astype(np.intp), np.rint(source[1]).astype(np.intp)
        valid = (x >= 0) & (x < before.shape[1]) & (row >= 0) & (row < before.shape[0])
        if not np.array_equal(after[y, valid], before[row[valid], x[valid]]):
            return False
    return True
