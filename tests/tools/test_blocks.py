"""Still lines: what is counted, where, and how exactly neighbours must agree."""

from __future__ import annotations

import numpy as np
import pytest

from tools.blocks import still_lines


def _blocks(side: int, wide: int = 48) -> np.ndarray:
    """A picture of square blocks, none like its neighbours; HWC uint8."""
    draw = np.random.default_rng(3).permutation(256)[: (wide // side) ** 2]
    grey = draw.reshape(wide // side, wide // side).astype(np.uint8)
    return np.repeat(np.kron(grey, np.ones((side, side), np.uint8))[..., None], 3, axis=2)


@pytest.mark.parametrize(("side", "still"), [(4, 36 / 47), (8, 42 / 47)])
def test_lines_within_blocks_are_still(side: int, still: float) -> None:
    """All but the borders of the blocks are."""
    assert still_lines(_blocks(side)) == pytest.approx(still)


def test_neighbours_may_differ_by_so_many_levels_only() -> None:
    """A ramp of one level a row is still within one level, and not exactly."""
    ramp = np.repeat(np.arange(48, dtype=np.uint8)[:, None, None], 48, axis=1).repeat(3, axis=2)
    assert still_lines(ramp, within=1) == 1.0
    assert still_lines(ramp) == pytest.approx(0.5)  # its columns are still, its rows are not


def test_only_what_is_inside_is_looked_at() -> None:
    """Noise outside the mask counts for nothing, and too short a line is no line."""
    picture = _blocks(8)
    picture[:, :16] = np.random.default_rng(0).integers(0, 256, (48, 16, 3))
    inside = np.ones(picture.shape[:2], np.bool_)
    inside[:, :16] = False
    assert still_lines(picture, inside) == still_lines(picture[:, 16:])
    assert still_lines(picture[:8, :8]) == 0.0
