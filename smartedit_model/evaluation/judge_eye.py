"""Looks at places of a picture with the judge's network, several times with small shifts.

It knows names and probabilities, no edits.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from smartedit_model.evaluation.crops import WHOLE, Box, Image, cut, looked_at, moved
from smartedit_model.evaluation.judge_net import JudgeNet
from smartedit_model.evaluation.sight import Chances, Sight

GLANCES = (
    (0.0, 0.0, 1.0),
    (-0.06, 0.0, 1.04),
    (0.06, 0.0, 0.97),
    (0.0, -0.06, 1.0),
    (0.0, 0.06, 1.05),
)
"""Shifts (in shares of the box) and stretch of each look; their chances are averaged."""


class Eye:
    """Names what stands at places of a picture.

    Args:
        net: the judge's network.
    """

    def __init__(self, net: JudgeNet) -> None:
        self._net = net

    def look(self, image: Image, places: Sequence[Box], glances: int = len(GLANCES)) -> list[Sight]:
        """What is seen in each place of a picture, HWC uint8 RGB; fewer glances are quicker."""
        if not places:
            return []
        picture = looked_at(image)
        crops = [
            cut(picture, moved(place, dx, dy, stretch, stretch))
            for place in places
            for dx, dy, stretch in GLANCES[:glances]
        ]
        return self._seen(crops, glances)

    def look_at_all(self, image: Image) -> Sight:
        """The look of a whole picture."""
        return self._seen([cut(looked_at(image), WHOLE)], 1)[0]

    @torch.inference_mode()
    def _seen(self, crops: list[Image], looks: int) -> list[Sight]:
        told = self._net(torch.from_numpy(np.stack(crops)))
        means: dict[str, Chances] = {
            head: logits.softmax(1).view(-1, looks, logits.shape[1]).mean(1).numpy()
            for head, logits in told.items()
        }
        count = len(crops) // looks
        return [Sight({head: rows[i] for head, rows in means.items()}) for i in range(count)]
