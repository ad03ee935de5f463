"""When the drift monitor warns: after how many rewritings of a picture, of which kind.

    python benchmarks/wear.py [--quick] [--limit N] [--seed N]

Photographs shipped with scikit-image are worn as careless editing wears them (saved as JPEG, sent
through a smaller size, softened, given noise), ten times over; the monitor's measures compare each
state with the original. Beside it, false alarms: regions rightly edited by tools, after which no
warning is due. A quality warning counts only where the eye would agree, so few are wanted early.
"""

from __future__ import annotations

import argparse
import io
import json
import random
from collections.abc import Callable

import cv2
import numpy as np
from photo_sessions import PHOTOS, photograph
from PIL import Image
from provenance import provenance

from tools.metrics import psnr
from tools.operation import Rgb, ToolContext
from tools.quality import falls, quality_of
from tools.registry import get_tool, parse_args

TURNS = 10
AT = (1, 3, 5, 10)
HEALTHY: tuple[tuple[str, dict[str, float]], ...] = (
    ("brightness", {"amount": 0.25}),
    ("brightness", {"amount": -0.25}),
    ("contrast", {"amount": 0.25}),
    ("contrast", {"amount": -0.25}),
    ("saturation", {"amount": 0.25}),
    ("temperature", {"amount": 0.25}),
    ("temperature", {"amount": -0.25}),
    ("black_and_white", {"strength": 1.0}),
    ("sepia", {"strength": 1.0}),
    ("sharpen", {"strength": 0.5}),
)
"""Tools, with their usual arguments, that wear nothing."""


def _jpeg(quality: int) -> Callable[[Rgb, int], Rgb]:
    def wear(rgb: Rgb, turn: int) -> Rgb:
        # An edit between two savings shifts the grid, as a crop of a pixel does.
        buffer = io.BytesIO()
        Image.fromarray(np.roll(rgb, turn % 8, axis=1)).save(buffer, "JPEG", quality=quality)
        return np.roll(np.asarray(Image.open(buffer)), -(turn % 8), axis=1)

    return wear


def _smaller(share: float) -> Callable[[Rgb, int], Rgb]:
    def wear(rgb: Rgb, _turn: int) -> Rgb:
        size = (round(rgb.shape[1] * share), round(rgb.shape[0] * share))
        small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
        back = cv2.resize(small, (rgb.shape[1], rgb.shape[0]), interpolation=cv2.INTER_CUBIC)
        return np.asarray(back, dtype=np.uint8)

    return wear


def _soft(sigma: float) -> Callable[[Rgb, int], Rgb]:
    return lambda rgb, _turn: np.asarray(cv2.GaussianBlur(rgb, (0, 0), sigma), dtype=np.uint8)


def _noisy(levels: float) -> Callable[[Rgb, int], Rgb]:
    def wear(rgb: Rgb, turn: int) -> Rgb:
        noise = np.random.default_rng(turn).normal(0, levels, rgb.shape)
        return np.clip(rgb + noise, 0, 255).astype(np.uint8)

    return wear


WEAR: dict[str, Callable[[Rgb, int], Rgb]] = {
    "JPEG, quality 90": _jpeg(90),
    "JPEG, quality 60": _jpeg(60),
    "through 80% of its size": _smaller(0.8),
    "through 50% of its size": _smaller(0.5),
    "softened by 0.4 px": _soft(0.4),
    "noise of 2 levels": _noisy(2.0),
}

KEYS = dict(
    zip(WEAR, ("jpeg_90", "jpeg_60", "size_80", "size_50", "softened", "noise"), strict=True)
)
"""How the closing line calls them."""


def main() -> None:
    """Measure, print tables, end in one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="2 photographs")
    parser.add_argument("--limit", type=int, default=len(PHOTOS), help="photographs")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    photos = [photograph(n, 384) for n in PHOTOS[: 2 if options.quick else options.limit]]
    print(f"share of {len(photos)} photographs with a warning, and PSNR at the end")
    print(f"{'':>26} " + " ".join(f"{f'turn {at}':>8}" for at in AT) + f" {'dB':>6}")
    result: dict[str, object] = {"benchmark": "wear", "photographs": len(photos)}
    for name, wear in WEAR.items():
        warned, quality = dict.fromkeys(AT, 0), 0.0
        for original in photos:
            now = original
            for turn in range(1, TURNS + 1):
                now = wear(now, turn)
                if turn in AT:
                    warned[turn] += bool(_warnings(original, now))
            quality += psnr(original, now) / len(photos)
        shares = [warned[at] / len(photos) for at in AT]
        print(f"{name:>26} " + " ".join(f"{share:8.2f}" for share in shares) + f" {quality:6.1f}")
        result |= {
            f"{KEYS[name]}_warned_at_{at}": round(share, 3)
            for at, share in zip(AT, shares, strict=True)
        }
    alarms = [_edited(rgb, tool, args, options.seed) for rgb in photos for tool, args in HEALTHY]
    told = [name for name in alarms if name]
    print(f"false alarms: {len(told)} of {len(alarms)} healthy edits {sorted(set(told))}")
    result |= {"false_alarms": round(len(told) / len(alarms), 4)}
    print(json.dumps(result | provenance(options.seed)))


def _warnings(before: Rgb, after: Rgb) -> list[str]:
    everywhere = np.ones(before.shape[:2], dtype=np.bool_)
    old, new = quality_of(before, everywhere), quality_of(after, everywhere)
    return [] if old is None or new is None else falls(old, new)


def _edited(rgb: Rgb, name: str, args: dict[str, float], seed: int) -> str:
    """The tool's name where its healthy edit of a third of the picture raises an alarm; else ""."""
    draw = random.Random(f"{name}/{args}/{seed}")
    height, width = rgb.shape[:2]
    mask = np.zeros((height, width), dtype=np.float32)
    x0, y0 = draw.randrange(width // 3), draw.randrange(height // 3)
    mask[y0 : y0 + height // 2, x0 : x0 + width // 2] = 1
    tool = get_tool(name)
    made = tool.run(parse_args(tool, args), ToolContext(rgb, mask, None, seed)).image
    inside = np.asarray(mask > 0)
    old, new = quality_of(rgb, inside), quality_of(np.where(inside[..., None], made, rgb), inside)
    return name if old is not None and new is not None and falls(old, new) else ""


if __name__ == "__main__":
    main()
