"""The sky of a drawing: its place, its horizon, its clouds, and where its sun or moon stands.

The world paints a sky as one gradient between two known colours, so a pixel of it is known by its
colour and its row. It paints nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from smartedit_model.drawings.rims import Floats
from smartedit_model.world.backdrops import (
    CLOUD,
    GREY_CLOUD,
    LIGHTS,
    MOON,
    SKIES,
    STAR,
    SUNS,
)
from smartedit_model.world.mood import (
    FLAKE_COLOUR,
    FOG,
    STREAK,
    STREAK_SHARE,
    VEILS,
    fog_share,
)
from smartedit_model.world.palette import Colour
from smartedit_model.world.spec import TIMES
from tools.operation import HardMask, Rgb

NEAR = 10.0
"""Levels by which a pixel of the sky may be off: gradients are rounded, scans compressed."""
SURELY = 6.0
"""Levels within which a pixel is plain sky."""
LEAST = 0.03
"""Share of the picture below which what has a sky's colours is no sky."""
POCKET = 0.9
"""How far down to the horizon a patch that others cut off from the sky is still sky; lower down
panes of houses have the same colour by day."""
PARTLY = 0.12
"""Share of the one and of the other colour from which a pixel is a mixture."""
RIM = 0.012
"""Width in scene units that no rim of a cloud, star or moon has, be it in a scan."""
DISC = 0.001
"""Square scene units from which what is bright in the sky is a sun or a moon."""


@dataclass(frozen=True, eq=False)
class Sky:
    """The sky of a picture.

    Attributes:
        time: whose colours it has.
        region: HW bool, sky with all that floats in it.
        down: H float32, how far down each row is: 0 the zenith, 1 the horizon.
        clouds: HW float32, how much of each pixel is cloud.
        falling: HW float32, how much is a drop or flake.
        disc: middle of the sun or moon, x and y in pixels; None where none is seen.
    """

    time: str
    region: HardMask
    down: Floats
    clouds: Floats
    falling: Floats
    disc: tuple[float, float] | None

    @property
    def horizon(self) -> float:
        """The row of the horizon, in pixels."""
        rows = np.arange(len(self.down))
        slope = float(self.down[-1] - self.down[0]) / max(len(rows) - 1, 1)
        return float((1 - self.down[0]) / slope)


def veiled(colour: Colour | Floats, weather: str) -> Floats:
    """A colour, or an HWC picture, as it is seen through rain or snow."""
    plain = np.array(colour, np.float32)
    if weather not in VEILS:
        return plain
    veil, share = VEILS[weather]
    return np.asarray(plain * (1 - share) + np.array(veil, np.float32) * share, np.float32)


@dataclass(frozen=True, eq=False)
class Air:
    """What lies over a picture: every colour is ``share`` of ``veil``, and the rest its own.

    Attributes:
        veil: 3 float32.
        share: H x 1 x 1 float32.
    """

    veil: Floats
    share: Floats

    def without(self, image: Floats | Rgb) -> Floats:
        """An HWC picture as it would be without."""
        return np.asarray((image - self.veil * self.share) / (1 - self.share))


def air(weather: str, height: int) -> Air:
    """The rain, snow or fog in the air of a picture so high; drops and flakes are none of it."""
    if weather == "fog":
        down = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
        return Air(np.array(FOG, np.float32), np.asarray(fog_share(down), np.float32))
    colour, amount = VEILS.get(weather, ((0, 0, 0), 0.0))
    return Air(np.array(colour, np.float32), np.full((height, 1, 1), amount, np.float32))


def unveiled(image: Rgb, weather: str) -> Rgb:
    """A picture as it would be without the rain, snow or fog in the air; drops and flakes stay."""
    plain = air(weather, image.shape[0]).without(image)
    return np.asarray(np.clip(np.rint(plain), 0, 255), dtype=np.uint8)


def cloud_colour(time: str, weather: str) -> Colour:
    """What clouds look like, before any veil."""
    tint = CLOUD if weather == "clear" else GREY_CLOUD
    light = LIGHTS[time]
    return (tint[0] * light[0], tint[1] * light[1], tint[2] * light[2])


def sky_of(image: Rgb, time: str, weather: str) -> Sky | None:
    """The sky of a picture that seems to show a time and a weather; None where none is seen.

    Fog leaves too little of the sky's colours, and most styles change them.

    Args:
        image: HWC uint8 RGB.
        time: of ``spec.TIMES``; where another's colours are seen instead, that one's are taken.
        weather: of ``spec.WEATHERS``.
    """
    if weather == "fog":
        return None
    for tried in (time, *(other for other in TIMES if other != time)):
        found = _found(image.astype(np.float32), tried, weather)
        if found is not None:
            return found
    return None


def _found(image: Floats, time: str, weather: str) -> Sky | None:
    top, bottom = (veiled(colour, weather) for colour in SKIES[time])
    line = bottom - top
    along = (image - top) @ line / float(line @ line)
    off = np.linalg.norm(image - top - along[:, :, None] * line, axis=2)
    plain = (off < SURELY) & (along > -0.04) & (along < 1.04)
    upper = _touching(plain)
    if upper.mean() < LEAST:
        return None
    down = _rows(along, upper)
    if down is None:
        return None
    plane = top + np.clip(down, 0, 1)[:, None, None] * line
    return _filled(image, np.broadcast_to(plane, image.shape), down, time, weather)


def _touching(mask: HardMask) -> HardMask:
    """The parts of a mask that reach the picture's upper edge."""
    _, numbered = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)
    kept = np.unique(numbered[:2])
    return np.asarray(np.isin(numbered, kept[kept > 0]))


def _rows(along: np.ndarray[Any, Any], mask: HardMask) -> Floats | None:
    """How far down each row is, from where the sky is seen; None where it does not go down."""
    count = mask.sum(axis=1)
    rows = np.nonzero(count >= 3)[0]
    if len(rows) < 6:
        return None
    seen = np.array([np.median(along[row][mask[row]]) for row in rows])
    weight = np.sqrt(count[rows])
    slope, start = np.polyfit(rows, seen, 1, w=weight)
    fitting = np.abs(start + slope * rows - seen) < 0.06
    if np.count_nonzero(fitting) < max(6, len(rows) // 2):
        return None
    slope, start = np.polyfit(rows[fitting], seen[fitting], 1, w=weight[fitting])
    if slope * len(mask) < 0.4:  # a plain wall
        return None
    return np.asarray(start + slope * np.arange(len(mask)), np.float32)


def _filled(image: Floats, plane: Floats, down: Floats, time: str, weather: str) -> Sky | None:
    """The sky with what floats in it: every pixel that is a mixture of two of its colours."""
    top = veiled(SKIES[time][0], weather)
    disc = veiled(MOON if time == "night" else SUNS[time], weather)
    cloud = veiled(cloud_colour(time, weather), weather)
    falls: dict[str, Floats] = {"snow": np.array(FLAKE_COLOUR, np.float32)}
    if weather == "rain":
        falls["rain"] = STREAK_SHARE * np.array(STREAK, np.float32) + (1 - STREAK_SHARE) * plane
    mixtures = [("disc", plane, disc)]
    if time == "night":  # what makes the moon a crescent is a disc of the sky's darkest colour
        star = veiled(STAR, weather)
        mixtures += [("dark", plane, top), ("dark", disc, top), ("star", plane, star)]
    else:
        mixtures += [("cloud", plane, cloud), ("cloud", disc, cloud)]
    if weather in falls:
        mixtures += [("fall", plane, falls[weather]), ("fall", cloud, falls[weather])]
    best = np.linalg.norm(image - plane, axis=2)
    sure = (best < SURELY) & (down < 1.02)[:, None]
    parts = {name: np.zeros(best.shape, np.float32) for name in ("disc", "cloud", "fall")}
    mixed = np.zeros(best.shape, np.bool_)
    for name, base, other in mixtures:
        line = np.broadcast_to(other - base, image.shape)
        length = np.maximum((line * line).sum(axis=2), 1.0)
        share = np.clip(((image - base) * line).sum(axis=2) / length, 0, 1)
        off = np.linalg.norm(image - base - share[:, :, None] * line, axis=2)
        nearer = off < best - 1.0
        best = np.where(nearer, off, best)
        mixed = np.where(nearer, (share > PARTLY) & (share < 1 - PARTLY), mixed)
        for part in parts:
            parts[part] = np.where(nearer, share if part == name else 0, parts[part])
    likely = (best < NEAR) & (down < 1.02)[:, None] & ~_thick(mixed)
    region = _with_pockets(likely, sure, down, panes=time == "day")
    if region.mean() < LEAST:
        return None
    low = {name: np.where(region & (part > 0.06), part, 0) for name, part in parts.items()}
    return Sky(
        time,
        region,
        down,
        low["cloud"].astype(np.float32),
        low["fall"].astype(np.float32),
        _middle(low["disc"]),
    )


def _thick(mixed: HardMask) -> HardMask:
    """Patches of mixed colour that are more than a rim, such as the front of a house."""
    side = max(3, round(RIM * min(mixed.shape))) | 1
    plain = mixed.astype(np.uint8)
    core = cv2.morphologyEx(plain, cv2.MORPH_OPEN, np.ones((side, side), np.uint8)) > 0
    _, numbered = cv2.connectedComponents(plain, connectivity=4)
    return np.asarray(np.isin(numbered, np.unique(numbered[core])) & mixed)


def _with_pockets(likely: HardMask, sure: HardMask, down: Floats, *, panes: bool) -> HardMask:
    """The likely pixels that hang together with plain sky, cut-off patches of it included."""
    count, numbered, stats, _ = cv2.connectedComponentsWithStats(
        likely.astype(np.uint8), connectivity=4
    )
    plain = np.bincount(numbered[sure & likely], minlength=count)
    low = panes & (down[np.minimum(stats[:, cv2.CC_STAT_TOP], len(down) - 1)] > POCKET)
    area = stats[:, cv2.CC_STAT_AREA]
    unit = min(likely.shape)
    kept = (plain >= 0.3 * area) & (~low | (area > 0.003 * unit * unit))
    kept |= (stats[:, 1] == 0) & (plain > 0)
    kept[0] = False
    return np.asarray(kept[numbered])


def _middle(share: NDArray[np.floating]) -> tuple[float, float] | None:
    """The middle of the largest bright thing in the sky."""
    count, _, stats, centres = cv2.connectedComponentsWithStats((share > 0.5).astype(np.uint8))
    if count < 2:
        return None
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    unit = min(share.shape)
    if stats[largest, cv2.CC_STAT_AREA] < DISC * unit * unit:
        return None
    return float(centres[largest][0]), float(centres[largest][1])
