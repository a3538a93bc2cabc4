"""How sharp, how lively and how well lit a picture is, and what in it draws the eye."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from editai.footage import alike, faces, focus, luminance
from editai.footage.focus import Map, Picture
from editai.footage.luminance import Cells
from editai.models import Area

FACES_EVERY = 3
"""Faces are looked for twice a second: that costs more than all the rest."""

LONG_SIDE = 160
"""Pixels of the long side in which motion is measured."""


@dataclass(slots=True)
class Sample:
    """One measured picture. `residual` is how much of it changed by itself since the last one; None at the start.

    `light` is its mean grey level, 0 to 255. `interest` is what stands out in it, `moving` where it changes by itself
    and `lab` its colours (CIE Lab), all of one small size. `looks` are 64 bits that are about the same for pictures
    that look alike. `luminance` is how light it is from place to place (`luminance.cells`).
    """

    at_ms: int
    detail: float
    residual: float | None
    shift: float
    exposure: float
    light: float
    interest: Picture
    moving: Picture | None
    lab: Picture
    faces: tuple[Area, ...]
    looks: int
    luminance: Cells


class Sampler:
    """Measures pictures one after the other; remembers only the last one, small and grey."""

    def __init__(self) -> None:
        self._last: Map | None = None
        self._window: Map | None = None
        self._faces: tuple[Area, ...] = ()
        self._count = 0

    def measure(self, at_ms: int, picture: Picture, curve: int = 0) -> Sample:
        """Measure a small BGR picture; `curve` is the transfer curve of its video (H.273)."""
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        residual, shift, moving = self._motion(grey)
        return Sample(
            at_ms=at_ms,
            detail=float(cv2.Laplacian(grey, cv2.CV_32F).var()),
            residual=residual,
            shift=shift,
            exposure=_exposure(grey),
            light=float(grey.mean()),
            interest=focus.interest(picture),
            moving=None if moving is None else _shrunk(np.clip(moving * 4, 0, 255).astype(np.uint8), picture),
            lab=cv2.cvtColor(_shrunk(picture, picture), cv2.COLOR_BGR2LAB).astype(np.uint8),
            faces=self._faces_of(grey),
            looks=alike.looks(grey),
            luminance=luminance.cells(picture, curve),
        )

    def _faces_of(self, grey: Picture) -> tuple[Area, ...]:
        """The faces, looked for in every `FACES_EVERY`th picture; they stay where they were in those between."""
        if self._count % FACES_EVERY == 0:
            self._faces = faces.faces(grey)
        self._count += 1
        return self._faces

    def _motion(self, grey: Picture) -> tuple[float | None, float, Map | None]:
        """How much changed by itself (grey levels), how far the whole picture moved (parts of its width), and where.

        The camera's own movement is found by phase correlation and taken out before the pictures are compared.
        """
        height, width = grey.shape
        size = (LONG_SIDE, max(8, round(LONG_SIDE * height / width)))
        now = cv2.GaussianBlur(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), (0, 0), 1.2).astype(np.float32)
        last, self._last = self._last, now
        if last is None or last.shape != now.shape:
            return None, 0.0, None
        if self._window is None or self._window.shape != now.shape:
            self._window = np.asarray(cv2.createHanningWindow(size, cv2.CV_32F), np.float32)
        (dx, dy), _ = cv2.phaseCorrelate(last * self._window, now * self._window)  # its own window spoils its inputs
        moved = cv2.warpAffine(
            last, np.array([[1, 0, dx], [0, 1, dy]], np.float32), size, borderMode=cv2.BORDER_REPLICATE
        )
        lighter = float(now.mean() - last.mean())  # a fade or a camera's exposure is no motion
        still, followed = cv2.absdiff(now - lighter, last), cv2.absdiff(now - lighter, moved)
        if float(still.mean()) <= float(followed.mean()):
            dx, dy, followed = 0.0, 0.0, still
        return float(followed.mean()), float(np.hypot(dx, dy)) / size[0], followed


def _shrunk(picture: Picture, whole: Picture) -> Picture:
    """Something of a picture in the size of a map of `whole`."""
    size = focus.map_size(whole.shape[1], whole.shape[0])
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _exposure(grey: Picture) -> float:
    """1 for a well lit picture, down to 0 for black or blown out."""
    dark, blown = float((grey < 24).mean()), float((grey > 245).mean())
    light = float(np.clip((grey.mean() - 20) / 60, 0, 1))
    return light * float(np.clip((1 - dark) / 0.4, 0, 1)) * float(np.clip((1 - blown) / 0.6, 0, 1))
