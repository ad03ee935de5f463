"""What stands at each patch, what the words ask for, and where the two agree.

Ours, not the paper's; the published models do without. Two linear heads name the same classes
(kinds of things, colours): one of each patch, one of the condition. Their product marks the patches
that show what is asked for, and the BIM begins with these marks, and with how they lie around each
patch. A product of picture and words that attention alone would have to discover, and who
stands to the left of whom, is what a small model needs most examples for.

With ``things``, patches also tell the bounds of what they show and whether it is a reflection, so
that things can be counted (``things``), and the words choose one of the features that follow.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from smartedit_model.things import FEATURES, pooled, standing

ROLES = ("meant", "beside", "not")
"""As what a class is asked for: as the target, as what it is told by, as what it is not."""
AROUND = 6
"""How many things are told of where each mark lies."""
EXPECTED = 20.0
"""How much likelier a class is where it is spoken of than where it is not."""
LOUD = 5.0
"""Factor on how things stand: what begins at zero is heard after some dozen steps, not hundreds."""
REACH = 5
"""Side of the neighbourhood of a patch, in patches."""


@dataclass(frozen=True)
class Matched:
    """What the heads say.

    Attributes:
        features: Normalised patch features, ``(B, N, C)``.
        seen: Logits of each patch's classes, all groups side by side, ``(B, N, K)``; the first
            of each group stands for none of them.
        asked: Logits of each class being asked for in each role, ``(B, R, K)``.
        marks: How well each patch fits, by role and group, in [0, 1], ``(B, N, R * G)``.
        around: Where the marks lie seen from each patch, as far as the words heed it: none of it
            to twice as much, ``(B, N, 6 * R * G)``; see :func:`surroundings`.
        told: What else the heads tell of each patch, by the names of ``training.patches``:
            ``box``, ``(B, N, 4)``, and logits of ``reflected``, ``(B, N, 1)``; empty without
            ``things``.
        standing: How the thing at each patch stands to the others, ``(B, N, F)``; see
            :func:`things.standing`. None without ``things``.
        picked: Whether it stands as the words say, in [0, 1], ``(B, N, 1)``; None without.
    """

    features: Tensor
    seen: Tensor
    asked: Tensor
    marks: Tensor
    around: Tensor
    told: dict[str, Tensor] = field(default_factory=dict)
    standing: Tensor | None = None
    picked: Tensor | None = None


def surroundings(marks: Tensor) -> Tensor:
    """Return where the marks lie seen from each patch.

    In this order, for each mark: the share of all of it in columns to the left, to the right, in
    rows above, below; how densely it lies about the patch; and that density by the highest in the
    picture, so that what is larger than others of its kind shows.

    Args:
        marks: In [0, 1], ``(B, N, M)``, ``N`` a square grid by rows.

    Returns:
        ``(B, N, 6 * M)``, in [0, 1].
    """
    side = math.isqrt(marks.shape[1])
    grid = marks.transpose(1, 2).reshape(len(marks), -1, side, side)  # (B, M, g, g)
    shares = [_beyond(grid.sum(dim=2))[..., None, :], _beyond(grid.sum(dim=3))[..., :, None]]
    total = grid.sum(dim=(2, 3), keepdim=True).clamp(min=1.0)
    sides = [(part / total).expand_as(grid) for share in shares for part in share.unbind(1)]
    near = F.avg_pool2d(grid, REACH, stride=1, padding=REACH // 2)
    most = near.amax(dim=(2, 3), keepdim=True).clamp(min=0.5 / REACH**2)
    out = torch.cat([*sides, near, near / most], dim=1)
    return out.flatten(2).transpose(1, 2)


def _beyond(line: Tensor) -> Tensor:
    """Return what of each line ``(B, M, g)`` lies before and behind each place, stacked at 1."""
    before = line.cumsum(dim=-1) - line
    behind = line.sum(dim=-1, keepdim=True) - before - line
    return torch.stack([before, behind], dim=1)


class Matching(nn.Module):
    """The two heads, and with ``things`` two more of each patch and one of the words.

    Args:
        width: Channels of the patch features.
        hidden: Width of the condition.
        queries: Queries of the condition: each may speak of something else, so all are read.
        groups: Classes of each group, the first of which is none.
        things: Whether things are told apart and counted.
    """

    def __init__(
        self,
        width: int,
        hidden: int,
        queries: int,
        groups: tuple[int, ...],
        *,
        things: bool = False,
    ) -> None:
        super().__init__()
        self.groups = tuple(groups)
        classes = sum(groups)
        self.norm = nn.LayerNorm(width)
        self.seen = nn.Linear(width, classes)
        self.asked = nn.Linear(queries * hidden, len(ROLES) * classes)
        nn.init.constant_(self.asked.bias, -4.0)  # few classes are asked for at a time
        self.enter = nn.Linear((1 + AROUND) * len(ROLES) * len(groups), width)
        # "On the left" heeds what lies to the left; nothing is heeded more or less to begin with.
        self.heed = nn.Linear(queries * hidden, AROUND * len(ROLES) * len(groups))
        nn.init.zeros_(self.heed.weight)
        nn.init.zeros_(self.heed.bias)
        nn.init.normal_(self.enter.weight)  # as loud as the normalised features beside them
        self.things = things
        if things:
            self.box = nn.Linear(width, 4)
            self.reflected = nn.Linear(width, 1)
            # An expression picks by one way of standing: "the second from the left" by one number.
            self.choose = nn.Linear(queries * hidden, len(FEATURES))
            nn.init.zeros_(self.choose.weight)
            nn.init.zeros_(self.choose.bias)
            self.enter_things = nn.Linear(1 + len(FEATURES), width, bias=False)
            nn.init.zeros_(self.enter_things.weight)  # a model that did without is not disturbed

    def forward(self, features: Tensor, condition: Tensor, asked: Tensor | None = None) -> Matched:
        """Compare patch features with conditions.

        Args:
            features: ``(B, N, width)``.
            condition: ``(B, Q, hidden)``.
            asked: What is asked for, if it is known better than from the condition; logits,
                ``(B, R, K)``.
        """
        features = self.norm(features)
        seen = self.seen(features)  # (B, N, K)
        if asked is None:
            asked = self.asked(condition.flatten(1)).unflatten(1, (len(ROLES), -1))  # (B, R, K)
        wanted = asked.sigmoid().split(self.groups, dim=-1)
        marks = [
            patch.softmax(dim=-1)[..., 1:] @ want[..., 1:].transpose(1, 2)  # (B, N, R)
            for patch, want in zip(seen.split(self.groups, dim=-1), wanted, strict=True)
        ]
        side_by_side = torch.cat(marks, dim=-1)
        heeded = 2 * self.heed(condition.flatten(1)).sigmoid()[:, None]  # (B, 1, 6 * R * G)
        around = heeded * surroundings(side_by_side)
        matched = Matched(features, seen, asked, side_by_side, around)
        return self._with_things(matched, condition) if self.things else matched

    def own_heads(self) -> dict[str, nn.Linear]:
        """Return the heads that tell ``Matched.told``, by name."""
        return {"box": self.box, "reflected": self.reflected} if self.things else {}

    @property
    def tells(self) -> tuple[str, ...]:
        """Names of what is told of each patch beside its classes."""
        return tuple(self.own_heads())

    def tell(self, features: Tensor) -> dict[str, Tensor]:
        """Return what else is told of patches, by name, float32; see :class:`Matched`.

        Args:
            features: Normalised, ``(B, N, width)``.
        """
        # Half precision would move bounds by a tenth of a patch.
        with torch.autocast(features.device.type, enabled=False):
            return {
                name: F.linear(features.float(), head.weight.float(), head.bias.float())
                for name, head in self.own_heads().items()
            }

    def _with_things(self, matched: Matched, condition: Tensor) -> Matched:
        told = self.tell(matched.features)
        stand = self._standing(matched, told)
        chosen = self.choose(condition.flatten(1)).float().softmax(dim=-1)  # (B, F)
        picked = stand @ chosen[:, :, None]  # (B, N, 1)
        return replace(matched, told=told, standing=stand, picked=picked)

    @torch.no_grad()
    def _standing(self, matched: Matched, told: dict[str, Tensor]) -> Tensor:
        """Return how the things stand that fit the words in every group that they speak of."""
        seen, asked = matched.seen.float(), matched.asked.float().sigmoid()
        chances = [part.softmax(dim=-1) for part in torch.split(seen, list(self.groups), dim=-1)]
        there = 1 - chances[0][..., 0]  # (B, N): something, not the backdrop
        looks = pooled(told["box"], [chance[..., 1:] for chance in chances], there)
        fits = there[..., None].expand(-1, -1, len(ROLES))
        spoken = torch.zeros_like(asked[..., 0])  # (B, R): whether the role is spoken of at all
        for look, want in zip(looks, torch.split(asked, list(self.groups), dim=-1), strict=True):
            named = want[..., 1:].amax(dim=-1)  # (B, R): whether the group is spoken of
            hit = (look @ want[..., 1:].transpose(1, 2)).clamp(max=1)  # (B, N, R)
            # What is spoken of is likely to be there: a faint likeness to it says more than else.
            hit = EXPECTED * hit / (1 + (EXPECTED - 1) * hit)
            fits = fits * (1 - named[:, None] * (1 - hit))
            spoken = torch.maximum(spoken, named)
        meant, beside, other = fits.unbind(dim=-1)
        beside, other = beside * spoken[:, None, 1], other * spoken[:, None, 2]
        glass = told["reflected"][..., 0].sigmoid()
        real = 1 - glass
        return standing(
            told["box"], looks, meant * real * (1 - other), meant * glass, beside * real, other
        )

    def marked(self, matched: Matched) -> Tensor:
        """Return the features with the marks and their surroundings, ``(B, N, width)``."""
        told = torch.cat([matched.marks, matched.around], dim=-1)
        out: Tensor = matched.features + self.enter(told)
        if matched.standing is not None and matched.picked is not None:
            stand = LOUD * torch.cat([matched.picked, matched.standing], dim=-1)
            out = out + self.enter_things(stand.to(out.dtype))
        return out
