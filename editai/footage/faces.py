"""Faces in a small picture, by OpenCV's cascade for upright faces (Viola and Jones, CVPR 2001)."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import cv2

from editai.footage.focus import Picture
from editai.models import Area

SMALLEST = 0.12
"""Of the picture's height: a smaller face is not what a clip is about."""

NEIGHBOURS, STEP = 6, 1.15
"""How many overlapping finds make a face, and from size to size: strict, because a product that is taken for a face
would be worse than a face that is overlooked."""


def faces(grey: Picture) -> tuple[Area, ...]:
    """The faces of a grey picture, in parts of it."""
    height, width = grey.shape
    least = max(20, round(SMALLEST * height))
    found = _cascade().detectMultiScale(
        cv2.equalizeHist(grey), scaleFactor=STEP, minNeighbors=NEIGHBOURS, minSize=(least, least)
    )
    return tuple(
        Area(left=x / width, top=y / height, right=(x + w) / width, bottom=(y + h) / height) for x, y, w, h in found
    )


@functools.cache
def _cascade() -> Any:
    return cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / "haarcascade_frontalface_default.xml"))
