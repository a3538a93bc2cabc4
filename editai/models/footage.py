"""What is seen: what is in the sources."""

from __future__ import annotations

from editai.models.base import Degradation, File, Model


class Source(Model):
    """A source video as it is meant to be seen.

    `width_px` and `height_px` are of the displayed picture: rotation obeyed, pixels made square. `fps` is the
    average rate; `duration_ms` is of the picture, measured where the container says nothing. `stream` is the index
    of the picture among all streams (a cover image is not a picture).
    """

    file: File
    stream: int
    duration_ms: int
    width_px: int
    height_px: int
    rotation: int
    fps: float
    codec: str
    hdr: bool = False
    has_sound: bool


class SourceShot(Model):
    """A stretch of one source without a cut inside."""

    source: int
    start_ms: int
    end_ms: int


class Moment(Model):
    """A short stretch of a source (about half a second) and what can be seen in it.

    `sharpness`, `motion` and `exposure` are 0 to 1, comparable inside one job (1 is best lit for exposure);
    `focus_x`, `focus_y` say where the subject is, 0 to 1 of the displayed picture from the left and the top.
    """

    source: int
    start_ms: int
    end_ms: int
    sharpness: float
    motion: float
    exposure: float
    focus_x: float
    focus_y: float


class Footage(Model):
    """What is in the sources: streams, shots, and for each moment how good it is and where the subject is."""

    sources: tuple[Source, ...]
    shots: tuple[SourceShot, ...]
    moments: tuple[Moment, ...]
    degradations: tuple[Degradation, ...] = ()
