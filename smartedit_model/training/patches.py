"""Tell what stands at each patch: the lesson that makes a vision tower see.

Kind and colour are told by the heads of ``matching``, which are part of the model, and so are
reflection and box where it tells things apart; the rest by heads that are thrown away.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from smartedit_model.matching import Matched
from smartedit_model.training.data import Batch

LABELS = ("kind", "colour", "reflected", "box", "cover")
"""What is told of each patch, in the order of ``world_data.patch_labels``."""


class PatchHeads(nn.Module):
    """Heads beside those of ``matching``.

    Args:
        width: Channels of the patch features.
        patch: Side of a patch in pixels.
        known: Labels that heads of the model tell; see ``losses``.
    """

    def __init__(self, width: int, patch: int, known: Collection[str] = ()) -> None:
        super().__init__()
        sizes = {"reflected": 1, "box": 4, "cover": patch**2}
        self.heads = nn.ModuleDict(
            {name: nn.Linear(width, size) for name, size in sizes.items() if name not in known}
        )

    def losses_of(
        self, matched: Matched, groups: tuple[int, ...], batch: Batch
    ) -> dict[str, Tensor]:
        """Return what :meth:`losses` does of what a BIM saw in a batch, each picture once."""
        first = batch.first_views
        known = {name: told[first] for name, told in matched.told.items()}
        features, seen = matched.features[first], matched.seen[first]
        return self.losses(features, seen, groups, batch.patches, known)

    def losses(
        self,
        features: Tensor,
        seen: Tensor,
        groups: tuple[int, ...],
        labels: tuple[Tensor, ...],
        known: Mapping[str, Tensor],
    ) -> dict[str, Tensor]:
        """Return how badly each label is told, and the share of kinds told right.

        Args:
            features: Normalised patch features, ``(B, N, C)``.
            seen: Logits of kinds and colours, ``(B, N, K)``.
            groups: How many of each.
            labels: ``LABELS``: kind and colour ``(B, N)``, 0 for the backdrop; reflected 1.0 or
                0.0, ``(B, N)``; bounds x0, y0, x1, y1 in [0, 1], ``(B, N, 4)``; whether each pixel
                belongs to an object, ``(B, N, patch * patch)``.
            known: What heads of the model tell, by label; ``Matched.told``.
        """
        kind, colour, reflected, box, cover = labels
        told = {name: head(features).float() for name, head in self.heads.items()}
        told |= {name: said.float() for name, said in known.items()}
        of_kind, of_colour = seen[..., : groups[0]].float(), seen[..., groups[0] :].float()
        there = (kind > 0).float()
        inside = there.sum().clamp(min=1)
        offset = (told["box"] - box).abs().sum(dim=-1)
        right: Any = of_kind.argmax(-1) == kind
        return {
            "kind": F.cross_entropy(of_kind.flatten(0, 1), kind.flatten()),
            "colour": F.cross_entropy(of_colour.flatten(0, 1), colour.flatten()),
            "reflected": F.binary_cross_entropy_with_logits(told["reflected"][..., 0], reflected),
            "box": (offset * there).sum() / inside,
            "cover": F.binary_cross_entropy_with_logits(told["cover"], cover),
            "kind_right": ((right.float() * there).sum() / inside).detach(),
        }


def patch_total(parts: dict[str, Tensor]) -> Tensor:
    """Return the loss to minimise of what :meth:`PatchHeads.losses` returns."""
    return torch.stack([part for name, part in parts.items() if name != "kind_right"]).sum()
