"""Where the subject of a picture is, and how it moves through a shot.

What stands out is made of two things: what breaks the regularity of the picture (spectral residual: Hou and Zhang,
"Saliency Detection: A Spectral Residual Approach", CVPR 2007), and what has another colour than the rest
(frequency-tuned: Achanta et al., "Frequency-tuned Salient Region Detection", CVPR 2009); `subject` adds what moves. The
path of the subject through a shot is the one that keeps the most interest in
view without haste, found for the whole shot at once; so it cannot jitter.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
Map = npt.NDArray[np.float32]

LONG_SIDE = 48
"""Pixels of a map's long side: finer than any crop has to be placed."""

SPECTRAL, COLOUR = 0.3, 0.7
"""What each kind of interest counts."""

CENTRE = 0.15
"""The mild belief that people film what matters in the middle: a view at the edge has to show so much more."""

VIEW = 0.45
"""Part of the picture that is kept around the subject: between the 9:16 crops of a 16:9 and a 4:3 picture."""

HASTE, RUSH = 0.1, 3.0
"""Price of moving the view from one moment to the next, in interest of a moment: by the way in parts of the picture,
and by its square, so that one long way is made of small steps."""


def interest(picture: Picture) -> Picture:
    """What stands out in a small BGR picture: a map, 0 to 255, `LONG_SIDE` pixels long."""
    size = map_size(picture.shape[1], picture.shape[0])
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    parts = [(SPECTRAL, _spectral_residual(small)), (COLOUR, _other_colour(small))]
    total = sum((weight * _even(part) for weight, part in parts), np.zeros(size[::-1], np.float32))
    total = cv2.GaussianBlur(total, (0, 0), LONG_SIDE / 24)
    return np.asarray(total * (255 / max(float(total.max()), 1e-6)), np.uint8)


def map_size(width: int, height: int) -> tuple[int, int]:
    """Width and height of the map of a picture of this shape."""
    scale = LONG_SIDE / max(width, height)
    return max(4, round(width * scale)), max(4, round(height * scale))


def follow(maps: Sequence[npt.NDArray[np.floating]]) -> list[tuple[float, float]]:
    """The subject's place (x, y; 0 to 1) in each of the maps of one shot, in order."""
    columns = np.stack([each.sum(axis=0) for each in maps])
    rows = np.stack([each.sum(axis=1) for each in maps])
    return list(zip(_path(columns), _path(rows), strict=True))


def _path(profiles: npt.NDArray[np.floating]) -> list[float]:
    """The way through the profiles (moments x places) with the most interest in view and the least haste."""
    moments, places = profiles.shape
    at = (np.arange(places) + 0.5) / places
    view = np.clip(1 - (np.abs(at[:, None] - at[None, :]) / (VIEW * 0.75)) ** 2, 0, None)
    seen = (profiles / np.maximum(profiles.sum(axis=1, keepdims=True), 1e-9)) @ view - CENTRE * (2 * at - 1) ** 2
    away = np.abs(at[:, None] - at[None, :])
    haste = HASTE * away + RUSH * away**2
    best, came = seen[0], np.zeros((moments, places), int)
    for moment in range(1, moments):
        options = best[None, :] - haste
        came[moment] = options.argmax(axis=1)
        best = seen[moment] + options.max(axis=1)
    place = int(best.argmax())
    way = [place]
    for moment in range(moments - 1, 0, -1):
        place = int(came[moment, place])
        way.append(place)
    return [float(at[place]) for place in reversed(way)]


def _spectral_residual(picture: Picture) -> Map:
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32)
    spectrum = np.fft.fft2(grey)
    amplitude = np.log(np.abs(spectrum) + 1e-6).astype(np.float32)
    residual = amplitude - cv2.blur(amplitude, (3, 3))
    back = np.fft.ifft2(np.exp(residual + 1j * np.angle(spectrum)))
    return np.asarray(cv2.GaussianBlur((np.abs(back) ** 2).astype(np.float32), (0, 0), LONG_SIDE / 24), np.float32)


def _other_colour(picture: Picture) -> Map:
    lab = cv2.cvtColor(picture, cv2.COLOR_BGR2LAB).astype(np.float32)
    lab[..., 0] *= 0.5  # shadows and windows differ in light, products in colour
    away = cv2.GaussianBlur(lab, (0, 0), 1) - lab.mean(axis=(0, 1))
    return np.asarray((away**2).sum(axis=2), np.float32)


def _even(part: Map) -> Map:
    """Parts of any scale made comparable: the mean becomes 1, a flat part counts nothing."""
    part = part - part.min()
    mean = float(part.mean())
    return np.clip(part / mean, 0, 8) if mean > 1e-6 else np.zeros_like(part)
