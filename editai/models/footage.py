"""What is seen: what is in the sources."""

from __future__ import annotations

from editai.models.base import Degradation, File, Model

STILL_MS = 8000
"""What a photo counts as, in a clip that is made of moving pictures."""


class Source(Model):
    """A source video, or a photo (`still`), as it is meant to be seen.

    `width_px` and `height_px` are of the displayed picture: rotation obeyed, pixels made square. `fps` is the
    average rate; `duration_ms` is of the picture, measured where the container says nothing. `stream` is the index
    of the picture among all streams (a cover image is not a picture). A photo has no sound and lasts `STILL_MS`, or as
    long as anybody wants to look at it. `interlaced`: each frame is two half pictures.
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
    still: bool = False
    interlaced: bool = False


class SourceShot(Model):
    """A stretch of one source without a cut inside."""

    source: int
    start_ms: int
    end_ms: int


class Area(Model):
    """A part of the displayed picture, 0 to 1 from its left and its top."""

    left: float
    top: float
    right: float
    bottom: float


class Luminance(Model):
    """How light a picture is, in cells: so many `columns`, row after row from the top left. `low` and `high` are the
    darkest and the lightest place in each cell, in percent of relative luminance (WCAG 2.2): 0 is black, 100 white."""

    columns: int
    low: tuple[int, ...]
    high: tuple[int, ...]


class Moment(Model):
    """A short stretch of a source (about half a second) and what can be seen in it.

    `sharpness`, `motion` and `exposure` are 0 to 1, comparable inside one job (1 is best lit for exposure);
    `focus_x`, `focus_y` say where the subject is, 0 to 1 of the displayed picture from the left and the top, and
    `subject` how far it reaches, where that is known. `face` is the height of the largest face in parts of the
    picture's, 0 for none. `frozen`: nothing changes; `black`: nothing is seen. Moments with the same `alike` look the
    same (perceptual hash), in whatever source. `luminance` is of all its pictures together.
    """

    source: int
    start_ms: int
    end_ms: int
    sharpness: float
    motion: float
    exposure: float
    focus_x: float
    focus_y: float
    subject: Area | None = None
    face: float = 0.0
    frozen: bool = False
    black: bool = False
    alike: int = -1
    luminance: Luminance | None = None


class Speech(Model):
    """Where somebody is heard to speak in the sources."""

    spans: tuple[SourceShot, ...]


class Footage(Model):
    """What is in the sources: streams, shots, and for each moment how good it is and where the subject is.

    `speech` is where somebody is heard to speak, where that was asked for.
    """

    sources: tuple[Source, ...]
    shots: tuple[SourceShot, ...]
    moments: tuple[Moment, ...]
    speech: tuple[SourceShot, ...] = ()
    degradations: tuple[Degradation, ...] = ()
