"""Which things marked patches make up, and how each stands to the others: counting, without words.

Ours, as ``matching`` is. Patches belong to one thing as far as the boxes they tell of agree. A
marked patch divided by its thing's size is a share of one thing, so sums of shares count things:
how many stand to the left of mine is then a number, whatever their sizes. "The second from the
left", "the larger one" and "the one beside the lamp" each are one feature. Nothing is learned here
and no gradient passes: who is counted is taught by the lessons of what stands at each patch.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

BINS = 5
"""Numbers of things that are told apart: none, one, ... and as many as that or more."""
FEATURES = (
    "meant", "mirrored", "beside", "not",
    *(f"{n}_left" for n in range(BINS)),
    *(f"{n}_right" for n in range(BINS)),
    "middle", "only", "largest", "smallest", "by_largest", "by_smallest",
    "left_of", "right_of", "next_to", "on", "in_front_of",
    "most_next_to", "most_on", "most_in_front_of", "nearest",
)  # fmt: skip
"""What is told of each patch, in order; see :func:`standing`."""
ALIKE = (0.2, 0.5)
"""Likeness of two patches' classes at which they cannot be of one thing, and at which they may."""
SAME = (0.15, 0.45)
"""Overlap (IoU) of two patches' boxes up to which they tell of two things, and from which of one:
things of a kind hide little of each other, and boxes are told half a patch wrong."""
ROUNDS = 2
"""How often patches take over what their like agree on, so that things part clearly."""
LEAST = 1.0
"""Patches below which a thing counts in part only: half a marked patch may be a mistake."""
APART = 0.1
"""Distance of middles from which one thing is left or right of another of another kind."""
GAP = 0.05
"""Largest gap between neighbours."""


@torch.no_grad()
def standing(
    box: Tensor,
    looks: Sequence[Tensor],
    meant: Tensor,
    mirrored: Tensor,
    beside: Tensor,
    other: Tensor,
) -> Tensor:
    """Return how the thing at each patch stands to the other things that are marked.

    In the order of ``FEATURES``: the four marks; of the patches that are meant, as far as they are,
    how many other things that are meant lie to the left and to the right (a feature each number),
    whether as many to the left as to the right, none at all, none larger, none smaller; the thing's
    size by that of the largest and the smallest by its own; of the patches that are meant and not
    what they are told by, as far as they are, how they stand to the thing ``beside``, that by the
    best there is, and whether none is nearer to it.

    Args:
        box: Bounds x0, y0, x1, y1 in [0, 1] of the thing that each patch shows, ``(B, N, 4)``.
        looks: How probable each class of each group is at each patch, ``(B, N, K)`` each, none left
            out: what looks otherwise is another thing, however the boxes lie.
        meant: Whether a patch shows what is meant, in [0, 1], ``(B, N)``.
        mirrored: Whether it shows a reflection of what is meant, ``(B, N)``.
        beside: Whether it shows what the target is told by, ``(B, N)``.
        other: Whether it shows what is not meant, ``(B, N)``.

    Returns:
        In [0, 1], float32, ``(B, N, len(FEATURES))``.
    """
    with torch.autocast(box.device.type, enabled=False):  # counts must be exact
        meant, mirrored, beside, other = (m.float() for m in (meant, mirrored, beside, other))
        box, alike = _tidy(box.float()), _alike(looks)
        mine, anchor = _crisp(meant), _crisp(beside)
        own = meant[..., None] * _among(box, alike, mine)
        told_by = (meant * (1 - beside))[..., None]
        related = told_by * _beside(box, alike, mine * (1 - anchor), anchor)
        marks = torch.stack([meant, mirrored, beside, other], dim=-1)
        return torch.cat([marks, own, related], dim=-1)


@torch.no_grad()
def pooled(box: Tensor, looks: Sequence[Tensor], there: Tensor) -> list[Tensor]:
    """Return what the patches of a thing together say of its classes: one alone is often unsure.

    Args:
        box: As for :func:`standing`.
        looks: How probable each class of each group is, none left out, ``(B, N, K)`` each.
        there: Whether a patch shows anything but the backdrop, in [0, 1], ``(B, N)``.

    Returns:
        As ``looks``, each patch's classes adding up to one.
    """
    with torch.autocast(box.device.type, enabled=False):
        looks = [look.float() for look in looks]
        same = _alike(looks) * same_box(_tidy(box.float())) * there.float()[:, None]
        return [_shares(same @ look) for look in looks]


def same_box(box: Tensor) -> Tensor:
    """Return how far two patches tell of one thing, in [0, 1], ``(B, N, N)``.

    Args:
        box: ``(B, N, 4)``.
    """
    x0, y0, x1, y1 = box.unbind(dim=-1)
    wide = torch.minimum(x1[:, :, None], x1[:, None]) - torch.maximum(x0[:, :, None], x0[:, None])
    high = torch.minimum(y1[:, :, None], y1[:, None]) - torch.maximum(y0[:, :, None], y0[:, None])
    both = wide.clamp(min=0) * high.clamp(min=0)  # (B, N, N)
    area = _area(box)
    either = area[:, :, None] + area[:, None, :] - both
    return _ramp(both / either, *SAME)


def _alike(looks: Sequence[Tensor]) -> Tensor:
    """Return how far two patches look alike in every group, in [0, 1], ``(B, N, N)``."""
    alike = torch.ones((), device=looks[0].device)
    for chance in looks:
        each = _shares(chance.float()).sqrt()
        shared = each @ each.transpose(1, 2)  # Bhattacharyya's coefficient
        alike = alike * _ramp(shared, *ALIKE)
    return alike


def _ramp(value: Tensor, low: float, high: float) -> Tensor:
    """Return 0 up to ``low`` and 1 from ``high``: no tail, or many strangers would add up."""
    return ((value - low) / (high - low)).clamp(0, 1)


def _shares(chance: Tensor) -> Tensor:
    return chance / chance.sum(dim=-1, keepdim=True).clamp(min=1e-6)


def _tidy(box: Tensor) -> Tensor:
    """Return boxes with their corners in order and no side shorter than a fraction of a patch."""
    low = torch.minimum(box[..., :2], box[..., 2:])
    high = torch.maximum(box[..., :2], box[..., 2:])
    return torch.cat([low, torch.maximum(high, low + 0.02)], dim=-1)


def _area(box: Tensor) -> Tensor:
    return (box[..., 2:] - box[..., :2]).prod(dim=-1)


def _crisp(mark: Tensor) -> Tensor:
    """Return a mark that is nearly yes or no: many faint ones must not add up to a thing."""
    return ((mark - 0.5) / 0.08).sigmoid() * (mark > 0.1)


def _agreed(box: Tensor, alike: Tensor, mark: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Let each patch's box be what its thing's marked patches agree on.

    Returns:
        The boxes, ``(B, N, 4)``; who is of one thing, ``(B, N, N)``; and how many marked patches
        the thing at each patch has, ``(B, N)``.
    """
    for _ in range(ROUNDS):
        same = alike * same_box(box)
        size = same @ mark[..., None]
        mean = same @ (mark[..., None] * box) / size.clamp(min=1e-6)
        # A patch with none of its like about it keeps its own word.
        box = torch.where(size > 0.5, mean, box)
    same = alike * same_box(box)
    return box, same, (same @ mark[..., None])[..., 0]


def _among(box: Tensor, alike: Tensor, mark: Tensor) -> Tensor:
    """Return how each patch's thing stands among those marked, ``(B, N, 2 * BINS + 6)``."""
    box, same, size = _agreed(box, alike, mark)
    share = mark / size.clamp(min=LEAST)  # of a thing
    others = share[:, None, :] * (1 - same)  # (B, N, N): what each patch adds to those beside mine
    x = (box[..., 0] + box[..., 2]) / 2
    behind = ((x[:, :, None] - x[:, None, :]) / 0.015).sigmoid()  # the other's to the left of mine
    total = others.sum(dim=-1)
    left = (others * behind).sum(dim=-1)
    right = total - left
    log = _area(box).log()
    larger = (others * ((log[:, None, :] - log[:, :, None]) / 0.06).sigmoid()).sum(dim=-1)
    smaller = total - larger
    only = _near(total, 0)
    real = torch.where(share * size.clamp(max=LEAST) > 0.01, log, torch.nan)
    most = real.nan_to_num(-torch.inf).amax(dim=1, keepdim=True)
    least = real.nan_to_num(torch.inf).amin(dim=1, keepdim=True)
    several = 1 - only
    told = [
        *_counted(left),
        *_counted(right),
        _near(left - right, 0) * several,
        only,
        _near(larger, 0) * several,
        _near(smaller, 0) * several,
        (log - most).clamp(max=0).exp(),
        (least - log).clamp(max=0).exp(),
    ]
    return torch.stack(told, dim=-1)


def _counted(number: Tensor) -> list[Tensor]:
    """Return whether it is none, one, ... and at least the last."""
    return [*(_near(number, n) for n in range(BINS - 1)), (number - BINS + 2).clamp(0, 1)]


def _near(number: Tensor, n: int) -> Tensor:
    """Return one within a quarter of ``n``, and nothing from three quarters on."""
    return (1.5 - 2 * (number - n).abs()).clamp(0, 1)


def _beside(box: Tensor, alike: Tensor, mark: Tensor, anchor: Tensor) -> Tensor:
    """Return how each patch's thing stands to the one marked as ``anchor``, ``(B, N, 9)``."""
    mine, _, _ = _agreed(box, alike, mark)
    there, _, size = _agreed(box, alike, anchor)
    best = (anchor * size).argmax(dim=1)  # a patch of the thing that most speaks for
    theirs = there.gather(1, best[:, None, None].expand(-1, 1, 4))  # (B, 1, 4)
    found = (anchor * size).amax(dim=1, keepdim=True).clamp(max=1)  # (B, 1): whether there is one
    ax0, ay0, ax1, ay1 = mine.unbind(dim=-1)
    bx0, by0, bx1, by1 = theirs.unbind(dim=-1)
    across, up = (ax0 + ax1 - bx0 - bx1) / 2, ay1 - by1
    gap = torch.maximum(ax0, bx0) - torch.minimum(ax1, bx1)
    deep = torch.minimum(ay1, by1) - torch.maximum(ay0, by0)
    level = deep / torch.minimum(ay1 - ay0, by1 - by0)
    on, under = _stands(mine, theirs), _stands(theirs, mine)
    next_to = _more(-gap, -GAP, 0.012) * _more(level, 0.25, 0.06) * (1 - on) * (1 - under)
    front = _more(-gap, 0.02, 0.01) * _more(deep, 0.0, 0.01) * _more(up, 0.03, 0.012)
    apart = (gap.clamp(min=0).square() + (-deep).clamp(min=0).square()).sqrt()
    closest = torch.where(mark > 0.5, apart, torch.inf).amin(dim=1, keepdim=True)
    nearest = (-(apart - closest).clamp(min=0) / 0.03).exp()
    held = torch.stack([next_to, on, front], dim=-1)
    peak = (held * mark[..., None]).amax(dim=1, keepdim=True)
    told = [_more(-across, APART, 0.012), _more(across, APART, 0.012), next_to, on, front]
    most = (held / peak.clamp(min=0.2)).clamp(max=1).unbind(dim=-1)
    return torch.stack([*told, *most, nearest], dim=-1) * found[..., None]


def _stands(upper: Tensor, lower: Tensor) -> Tensor:
    """Return whether one stands on another: within its width, with its foot well above its."""
    ax0, _, ax1, ay1 = upper.unbind(dim=-1)
    bx0, by0, bx1, by1 = lower.unbind(dim=-1)
    shared = (torch.minimum(ax1, bx1) - torch.maximum(ax0, bx0)) / (ax1 - ax0)
    wide = _more(shared, 0.75, 0.05) * _more((bx1 - bx0) / (ax1 - ax0), 1.05, 0.03)
    return wide * _more(by1 - ay1, 0.06, 0.012) * _more(ay1 - by0, -0.03, 0.012)


def _more(value: Tensor, than: float, blur: float) -> Tensor:
    return ((value - than) / blur).sigmoid()
