"""Which moments look the same: a perceptual hash of each, and groups of those that differ in few bits.

The hash is the signs of the differences between neighbours in a picture of 9 by 8 pixels (dHash): 64 bits that keep
through scaling, compression and small changes of light.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from editai.footage.focus import Picture

SAME_BITS = 5
"""Pictures that differ in no more bits look the same; frames of one video that moves differ in about twice as many."""


def looks(grey: Picture) -> int:
    """The 64 bits of a grey picture."""
    small = cv2.resize(grey, (9, 8), interpolation=cv2.INTER_AREA).astype(int)
    bits = (small[:, 1:] > small[:, :-1]).ravel()
    return int.from_bytes(np.packbits(bits).tobytes())


def groups(hashes: Sequence[int]) -> list[int]:
    """A number for each: that of the first one before it that looks the same, or a new one."""
    firsts: list[int] = []
    found = []
    for one in hashes:
        number = next((at for at, other in enumerate(firsts) if (one ^ other).bit_count() <= SAME_BITS), len(firsts))
        if number == len(firsts):
            firsts.append(one)
        found.append(number)
    return found
