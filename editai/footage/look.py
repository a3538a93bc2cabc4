"""Look at the sources: one small decode of each tells the cuts, and how good every moment is, and where to look."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter

from editai.containers import open_container
from editai.footage import alike, focus, subject
from editai.footage.cuts import Cuts
from editai.footage.luminance import Cells
from editai.footage.measure import Sample, Sampler
from editai.footage.probe import LOST_MS, SHORTEST_MS, picture_stream, probe, truncated, turn
from editai.models import (
    STILL_MS,
    Area,
    Degradation,
    File,
    Footage,
    Luminance,
    Moment,
    Source,
    SourceShot,
    Step,
    Work,
)

VERSION = 4
"""Raised when the same video would be seen differently."""

LONG_SIDE = 320
"""Pixels of the long side of the small picture that everything is measured on."""

CUTS_FPS = 30
"""Cuts are looked for in so many pictures a second: a frame of the clip."""

SAMPLES_FPS = 6
"""Sharpness, motion, light and subject are measured so many times a second."""

MOMENT_MS = 500
STEADY_LIGHT, FADED = 12.0, 0.15
"""Grey levels that the light may change within a moment; at twice that it counts as a fade, and is worth so much."""

STEADY, SHAKEN = 0.2, 0.6
"""Widths a second that the whole picture moves: up to the first it counts as filmed with care, from the second on
the motion is the camera's alone and worth nothing."""

HOLE_MS = 1000
"""So long no picture comes, and three pictures' time, where something was left out: nothing is shown."""

FROZEN, BLACK = 0.02, 8.0
"""Grey levels: what changes by less from picture to picture stands still, what is darker on the average is black."""

STEP_SECONDS = 0.3


def look(files: tuple[File, ...], paths: Mapping[str, Path]) -> Work[Footage]:
    """What is in the sources, from one small decode of each; `paths` finds them by sha256.

    Raises InvalidInput as `probe.check` does. A source that can be read only up to a point is used up to there, and
    the footage's degradations say so.
    """
    yield Step(0.0, "Opening the video")
    sources = [probe(paths[file.sha256], file) for file in files]
    whole = sum(source.duration_ms for source in sources)
    shots: list[SourceShot] = []
    seen: list[_Seen] = []
    degradations: list[Degradation] = []
    before = 0
    for number, source in enumerate(sources):
        if source.still:
            shots.append(SourceShot(source=number, start_ms=0, end_ms=STILL_MS))
            seen += _photo(number, source, paths[source.file.sha256])
            before += source.duration_ms
            continue
        watch = _Watch(source, paths[source.file.sha256])
        for at_ms in watch.run():
            yield Step(min(0.98, (before + at_ms) / whole), "Looking at the video")
        before += source.duration_ms
        sources[number], damage = watch.used()
        degradations += damage
        spans = watch.without_holes(watch.cuts.shots(watch.end_ms()))
        shots += [SourceShot(source=number, start_ms=start, end_ms=end) for start, end in spans]
        for start, end in spans:
            seen += _moments(number, start, end, watch.samples)
    yield Step(0.99, "Choosing what is worth showing")
    return Footage(
        sources=tuple(sources), shots=tuple(shots), moments=_comparable(seen), degradations=tuple(degradations)
    )


def fingerprint() -> dict[str, object]:
    """Everything besides the files that changes what `look` sees."""
    return {
        "look": VERSION,
        "av": av.__version__,
        "libraries": {name: list(number) for name, number in sorted(av.library_versions.items())},
        "cv2": cv2.__version__,
        "scenedetect": version("scenedetect-headless"),
    }


@dataclass(slots=True)
class _Seen:
    """A moment before its values were made comparable with the others of the job."""

    source: int
    start_ms: int
    end_ms: int
    detail: float
    motion: float
    exposure: float
    focus: tuple[float, float]
    subject: Area
    face: float
    frozen: bool
    black: bool
    looks: int
    luminance: Luminance


@dataclass
class _Watch:
    """One source while it is watched: no picture is kept, only what was measured."""

    source: Source
    path: Path
    cuts: Cuts = field(init=False)
    samples: list[Sample] = field(default_factory=list)
    pictures: int = 0
    last_ms: int = 0
    damaged: int = 0
    holes: list[tuple[int, int]] = field(default_factory=list)

    def run(self) -> Iterator[int]:
        """Decode once; yields how far it is in milliseconds, a few times a second."""
        step = max(1, round(self.source.fps / CUTS_FPS))
        rate = self.source.fps / step
        every = max(1, round(rate / SAMPLES_FPS))
        self.cuts = Cuts(rate)
        scale, sampler = VideoReformatter(), Sampler()
        told = time.monotonic()
        for number, (at_ms, frame) in enumerate(self._frames()):
            if self.pictures and at_ms - self.last_ms > max(HOLE_MS, 3000 * step / self.source.fps):
                self.holes.append((self.last_ms + round(1000 / self.source.fps), at_ms))
            if number % step == 0:
                picture = _small(frame, self.source, scale)
                self.cuts.add(at_ms, picture)
                if self.pictures % every == 0:
                    self.samples.append(sampler.measure(at_ms, picture, int(frame.color_trc or 0)))
                self.pictures += 1
                self.last_ms = at_ms
            if time.monotonic() - told > STEP_SECONDS:
                told = time.monotonic()
                yield at_ms
        if not self.pictures or self.end_ms() < SHORTEST_MS:
            raise truncated("hardly a picture in it can be read")

    def without_holes(self, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """The shots without the stretches in which the clock went on and no picture came."""
        for from_ms, to_ms in self.holes:
            parts = [part for start, end in spans for part in ((start, min(end, from_ms)), (max(start, to_ms), end))]
            spans = [(start, end) for start, end in parts if end - start >= MOMENT_MS // 2]
        return spans

    def used(self) -> tuple[Source, list[Degradation]]:
        """The source as far as it can be read, and what has to be said about that."""
        end_ms, seconds = self.end_ms(), self.source.duration_ms / 1000
        if self.source.duration_ms - end_ms > LOST_MS:
            said = (
                f"The video cannot be read after {end_ms / 1000:.1f} of its {seconds:.1f} seconds; that part is used."
            )
            return self.source.model_copy(update={"duration_ms": end_ms}), [Degradation(slug="damaged", message=said)]
        if self.damaged > self.source.fps / 2:  # a few pictures nobody sees
            said = f"About {self.damaged / self.source.fps:.1f} seconds of the video's {seconds:.1f} are damaged."
            return self.source, [Degradation(slug="damaged", message=said)]
        return self.source, []

    def end_ms(self) -> int:
        """The end of the last picture that could be read, by the packets' word where it is near."""
        usual = round(1000 / self.source.fps)
        end = self.last_ms + usual * max(1, round(self.source.fps / CUTS_FPS))
        return self.source.duration_ms if self.source.duration_ms - end <= LOST_MS else end

    def _frames(self) -> Iterator[tuple[int, VideoFrame]]:
        """Every picture with its time in milliseconds from the container's start, in order; damage is counted."""
        with open_container(self.path) as container:
            stream = picture_stream(container)
            stream.codec_context.thread_type = "AUTO"
            start = (container.start_time or 0) / av.time_base
            last = -1
            packets = container.demux(stream)
            while True:
                try:
                    packet = next(packets, None)
                    frames = packet.decode() if packet is not None else []
                except av.InvalidDataError:
                    self.damaged += 1
                    continue
                if packet is None:
                    return
                for frame in frames:
                    if not isinstance(frame, VideoFrame) or frame.time is None:
                        continue
                    at_ms = round((frame.time - start) * 1000)
                    if at_ms > last:  # some files repeat a time or go back at a damaged place
                        last = at_ms
                        yield at_ms, frame


def _small(frame: VideoFrame, source: Source, scale: VideoReformatter) -> focus.Picture:
    """The displayed picture, `LONG_SIDE` pixels long, BGR: square pixels, turned upright."""
    width, height = source.width_px, source.height_px
    ratio = min(1.0, LONG_SIDE / max(width, height))
    size = max(16, round(width * ratio)), max(16, round(height * ratio))
    quarter = turn(frame) // 90
    stored = size[::-1] if quarter % 2 else size
    scaled = scale.reformat(frame, *stored, format="bgr24", interpolation=Interpolation.FAST_BILINEAR, threads=1)
    return np.ascontiguousarray(np.rot90(scaled.to_ndarray(), quarter), np.uint8)


def _photo(number: int, source: Source, path: Path) -> list[_Seen]:
    """The moments of a photo: all alike, and nothing moves by itself."""
    with open_container(path) as container:
        frame = next(container.decode(picture_stream(container)))
    sample = Sampler().measure(0, _small(frame, source, VideoReformatter()))
    (seen,) = _moments(number, 0, 1, [sample])
    return [replace(seen, start_ms=at, end_ms=at + MOMENT_MS, frozen=False) for at in range(0, STILL_MS, MOMENT_MS)]


def _moments(source: int, start_ms: int, end_ms: int, samples: list[Sample]) -> list[_Seen]:
    """The moments of one shot, of about half a second each; a shot between two samples takes the nearest."""
    inside = _between(samples, start_ms, end_ms)
    if not inside:
        inside = [min(samples, key=lambda sample: abs(sample.at_ms - start_ms))]
    count = max(1, round((end_ms - start_ms) / MOMENT_MS))
    edges = [start_ms + (end_ms - start_ms) * number // count for number in range(count + 1)]
    groups: list[list[Sample]] = []
    for begin, end in pairwise(edges):
        groups.append(_between(inside, begin, end) or (groups[-1][-1:] if groups else inside[:1]))
    number = {id(sample): at for at, sample in enumerate(inside)}
    maps = subject.maps(inside)
    maps = np.stack([np.mean([maps[number[id(sample)]] for sample in group], axis=0) for group in groups])
    first, found = inside[0], []
    for begin, end, group, map_, way in zip(edges[:-1], edges[1:], groups, maps, focus.follow(list(maps)), strict=True):
        reach = subject.reach(map_, way)
        later = [sample for sample in group if sample is not first]
        found.append(
            _Seen(
                source=source,
                start_ms=begin,
                end_ms=end,
                detail=float(np.median([sample.detail for sample in group])),
                motion=_liveliness(later),
                exposure=float(np.min([sample.exposure for sample in group])) * _steadiness(group),
                focus=((reach.left + reach.right) / 2, (reach.top + reach.bottom) / 2),
                subject=reach,
                face=max((face.bottom - face.top for sample in group for face in sample.faces), default=0.0),
                frozen=bool(later) and all((sample.residual or 0.0) < FROZEN for sample in later),
                black=all(sample.light < BLACK for sample in group),
                looks=group[len(group) // 2].looks,
                luminance=_lightness([sample.luminance for sample in group]),
            )
        )
    return found


def _between(samples: list[Sample], start_ms: int, end_ms: int) -> list[Sample]:
    """The samples from `start_ms` up to `end_ms`; they are in order."""
    first, beyond = (bisect_left(samples, at_ms, key=lambda sample: sample.at_ms) for at_ms in (start_ms, end_ms))
    return samples[first:beyond]


def _lightness(pictures: Sequence[Cells]) -> Luminance:
    """The darkest and the lightest of these pictures, place by place."""
    found = np.stack(pictures)
    low, high = np.floor(100 * found[:, 0].min(axis=0)).astype(int), np.ceil(100 * found[:, 1].max(axis=0)).astype(int)
    return Luminance(columns=low.shape[1], low=tuple(low.ravel().tolist()), high=tuple(high.ravel().tolist()))


def _steadiness(group: list[Sample]) -> float:
    """1 where the light stays, down to `FADED` in a fade: no moment of a fade is well lit, least of all to open on."""
    change = abs(group[-1].light - group[0].light)
    return float(np.clip(1 - (change - STEADY_LIGHT) / STEADY_LIGHT, FADED, 1))


def _liveliness(group: list[Sample]) -> float:
    """Grey levels that change by themselves, less what a shaken camera brings."""
    values = [
        sample.residual * float(np.clip((SHAKEN - sample.shift * SAMPLES_FPS) / (SHAKEN - STEADY), 0, 1))
        for sample in group
        if sample.residual is not None
    ]
    return float(np.mean(values)) if values else 0.0


def _comparable(seen: list[_Seen]) -> tuple[Moment, ...]:
    """The moments with sharpness and motion on one scale for the job: its best twentieth is 1."""
    detail = np.sqrt([each.detail for each in seen])
    motion = np.sqrt([each.motion for each in seen])
    most_detail, most_motion = float(np.percentile(detail, 95)), float(np.percentile(motion, 95))
    looks = alike.groups([each.looks for each in seen])
    return tuple(
        Moment(
            source=each.source,
            start_ms=each.start_ms,
            end_ms=each.end_ms,
            sharpness=round(min(1.0, float(detail[number]) / max(most_detail, 1e-6)), 4),
            motion=round(min(1.0, float(motion[number]) / max(most_motion, 1e-6)), 4),
            exposure=round(each.exposure, 4),
            focus_x=round(each.focus[0], 4),
            focus_y=round(each.focus[1], 4),
            subject=each.subject,
            face=round(each.face, 4),
            frozen=each.frozen,
            black=each.black,
            alike=looks[number],
            luminance=each.luminance,
        )
        for number, each in enumerate(seen)
    )
