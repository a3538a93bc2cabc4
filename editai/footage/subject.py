"""What the subject of a take is, and how far it reaches: found for the whole take at once.

What moves by itself tells what the subject looks like: its colours, against the colours of all the rest, find it also
while it stands still (histogram back-projection: Swain and Ballard, "Color Indexing", IJCV 7, 1991). Faces count as
subjects wherever they are. In a take in which nothing moves, what stands out is all there is to go by.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from editai.footage.measure import Sample
from editai.models import Area

Maps = npt.NDArray[np.float32]

BINS = (6, 12, 12)
"""Of lightness and of the two colours of CIE Lab."""

LIKENESS, MOTION, STANDING_OUT = 0.55, 0.25, 0.2
"""What counts how much in the map of a take in which something moves."""

GRAIN = 3.0
"""So many times the median of a picture's changes is what its grain makes."""

ELSEWHERE = 0.35
"""What a likely colour is worth where nothing moves, AROUND cells near and within so many SECONDS (in samples)."""

AROUND, SECONDS, ACTIVE = 4.0, 9, 0.35

FACE = 1.5
"""How much a face adds, against the most interesting place."""

BESIDE = 2
"""Samples on each side that a sample is averaged with: a third of a second, so that nothing flickers."""

REACHES = 0.5
"""The subject reaches as far as the map is higher than this part of its highest place there."""


def maps(samples: Sequence[Sample]) -> Maps:
    """Where the subject is in each sample of one take: (samples, rows, columns), the highest place of each is 1."""
    standing: Maps = np.stack([sample.interest for sample in samples]).astype(np.float32) / np.float32(255)
    moving = np.stack([_moving(sample) for sample in samples])
    strongest = float(np.percentile(moving, 99.5))
    found: Maps = standing
    if strongest > 1e-6 and len(samples) > 2:
        moving = np.clip(moving / strongest, 0, 1).astype(np.float32)
        likeness = _likeness(np.stack([sample.lab for sample in samples]), moving)
        likeness *= ELSEWHERE + (1 - ELSEWHERE) * _where_it_moves(moving)
        found = np.asarray(LIKENESS * likeness + MOTION * _level(moving) + STANDING_OUT * _level(standing), np.float32)
    for number, sample in enumerate(samples):
        for face in sample.faces:
            found[number] += FACE * float(found[number].max()) * _drawn(face, found[number].shape)
    smooth = np.stack(
        [found[max(0, number - BESIDE) : number + BESIDE + 1].mean(axis=0) for number in range(len(samples))]
    )
    rest = np.median(smooth, axis=(1, 2), keepdims=True)
    above = np.clip(smooth - rest, 0, None)
    return np.asarray(above / np.maximum(above.max(axis=(1, 2), keepdims=True), 1e-6), np.float32)


def reach(map_: npt.NDArray[np.float32], at: tuple[float, float]) -> Area:
    """How far the subject around a place (x, y; 0 to 1) reaches, in parts of the picture."""
    rows, columns = map_.shape
    x, y = min(int(at[0] * columns), columns - 1), min(int(at[1] * rows), rows - 1)
    near = map_[max(0, y - rows // 8) : y + rows // 8 + 1, max(0, x - columns // 8) : x + columns // 8 + 1]
    over = (map_ >= REACHES * float(near.max())).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(over, connectivity=8)
    top, left = np.unravel_index(int(near.argmax()), near.shape)
    label = labels[max(0, y - rows // 8) + top, max(0, x - columns // 8) + left]
    x0, y0, width, height, _ = stats[label]
    return Area(left=x0 / columns, top=y0 / rows, right=(x0 + width) / columns, bottom=(y0 + height) / rows)


def _moving(sample: Sample) -> npt.NDArray[np.float32]:
    """How much each place changes, beyond what all of the picture does: that is grain, or the light."""
    if sample.moving is None:
        return np.zeros(sample.interest.shape, np.float32)
    return np.asarray(np.clip(sample.moving.astype(np.float32) - GRAIN * np.median(sample.moving), 0, None), np.float32)


def _likeness(lab: npt.NDArray[np.uint8], moving: Maps) -> Maps:
    """How much the colour of each place is one of those that move, 0 to 1."""
    bins = np.array(BINS)
    which = (lab.astype(int) * bins // 256).reshape(-1, 3)
    number = (which[:, 0] * BINS[1] + which[:, 1]) * BINS[2] + which[:, 2]
    total = int(bins.prod())
    everything = np.bincount(number, minlength=total).astype(np.float32)
    moved = np.bincount(number, weights=moving.ravel(), minlength=total).astype(np.float32)
    share = moved / (everything + 0.002 * number.size)
    share = cv2.GaussianBlur(share.reshape(BINS[0], -1), (0, 0), 0.6).ravel()  # the neighbouring colour is alike
    found = share[number].reshape(moving.shape)
    found = np.stack([cv2.GaussianBlur(each, (0, 0), 1.2) for each in found])
    return np.asarray(found / max(float(np.percentile(found, 98)), 1e-6), np.float32).clip(0, 1)


def _where_it_moves(moving: Maps) -> Maps:
    """Whether something moves near each place within the seconds around, 0 to 1: the same colour elsewhere is another
    thing."""
    near = np.stack([cv2.GaussianBlur(each, (0, 0), AROUND) for each in moving])
    seen = np.stack([near[max(0, at - SECONDS) : at + SECONDS + 1].max(axis=0) for at in range(len(near))])
    whole = near.max(axis=0, keepdims=True)
    return np.asarray(np.clip(np.maximum(_level(seen), 0.7 * _level(whole)) / ACTIVE, 0, 1), np.float32)


def _level(maps_: Maps) -> Maps:
    """Each map with 1 at its highest place."""
    return np.asarray(maps_ / np.maximum(maps_.max(axis=(1, 2), keepdims=True), 1e-6), np.float32)


def _drawn(face: Area, shape: tuple[int, ...]) -> npt.NDArray[np.float32]:
    """A soft spot where a face is."""
    rows, columns = shape
    spot = np.zeros((rows, columns), np.float32)
    top, bottom = int(face.top * rows), max(int(face.top * rows) + 1, int(face.bottom * rows))
    left, right = int(face.left * columns), max(int(face.left * columns) + 1, int(face.right * columns))
    spot[top:bottom, left:right] = 1
    return np.asarray(cv2.GaussianBlur(spot, (0, 0), 1.5), np.float32)
