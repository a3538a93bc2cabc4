"""How light a picture is from place to place, coarsely: what words that are laid over it have to stand out from."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from editai.contrast import CHANNELS, linear
from editai.footage.focus import Picture

Cells = npt.NDArray[np.float32]

LONG_SIDE = 24
"""Cells along the long side: in an upright crop of a wide picture each is as wide as one or two letters."""

FINER = 4
"""Each cell's darkest and lightest place are of so many each way: a highlight smaller than a stroke hides no letter."""

_PARTS = np.array([linear(level / 255) for level in range(256)], np.float32)[:, None] * np.array(
    CHANNELS[::-1], np.float32
)
"""What each level of blue, green and red adds to the luminance."""


HDR_WHITE = {16: 0.58, 18: 0.75}
"""The signal of a white page in HDR video, by its transfer curve (H.273: PQ, HLG; ITU-R BT.2408, 203 cd/m2): the clip
shows it as white."""


def cells(picture: Picture, curve: int = 0) -> Cells:
    """The lowest and the highest relative luminance (WCAG 2.2) in each cell of a small BGR picture: (2, rows, columns),
    0 to 1. `curve` is the transfer curve of its video."""
    height, width = picture.shape[:2]
    scale = LONG_SIDE / max(width, height)
    rows, columns = max(1, round(height * scale)), max(1, round(width * scale))
    fine = cv2.resize(picture, (columns * FINER, rows * FINER), interpolation=cv2.INTER_AREA)
    light = cv2.LUT(fine, _PARTS[None]).sum(axis=2)
    parts = light.reshape(rows, FINER, columns, FINER)
    white = linear(HDR_WHITE.get(curve, 1.0))
    return (np.stack([parts.min(axis=(1, 3)), parts.max(axis=(1, 3))]) / white).clip(0, 1)
