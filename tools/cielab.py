"""CIE Lab, the space in which differences are measured: L in [0, 100], a and b signed."""

from __future__ import annotations

import cv2
import numpy as np

from tools.operation import Rgb, SoftMask


def lab_of(rgb: Rgb) -> SoftMask:
    """A picture in Lab, HWC float32.

    Args:
        rgb: HWC uint8.
    """
    scaled = np.ascontiguousarray(rgb).astype(np.float32) / np.float32(255)
    lab: SoftMask = cv2.cvtColor(scaled, cv2.COLOR_RGB2LAB)
    return lab
