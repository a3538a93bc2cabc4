"""The sound: the voice over music and the shots' own sound, ducked, loud enough, as AAC as long as the picture.

Tracks are decoded to raw samples, mixed in numpy (one line of arithmetic that can be checked, half a minute at a time,
so that a long clip takes no more memory than a short one), and brought to the target loudness (see `loudness`).

The AAC encoder puts `PRIMING` samples before the sound, and a file without an edit list plays them. So that many
are left out at the start of the mix, and what follows stays in step with the picture.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from editai.models import Degradation, File, Mix, Plan, Span, Step, Track, Work, part_of
from editai.render import ffmpeg
from editai.render.graph import seconds, seek
from editai.render.loudness import ACCEPTED_LU, MOST_INPUTS, RATE, RAW, Aim, Loudness, integrated, reach

RAMP_DOWN_MS, RAMP_UP_MS = 200, 400
"""Craft: 150 to 400 ms; down before the word, up after it."""

SHORT_GAP_MS = 800
"""A shorter pause of the voice stays ducked."""

CROSS_MS = 15
"""At every cut of the source's sound one piece goes over into the next, against clicks and holes in the room's tone."""

MOST_GAIN_DB = {"source": 6.0, "music": 20.0}
"""What is raised further is mostly noise: soon in what a camera heard, late in what was made to be listened to."""

MUTE_MS = 40
"""Into and out of a muted span, against clicks."""

SEAM_MS = 60
"""Music that begins again does so over its own end."""

BLOCK = 30 * RATE
"""Samples that are mixed at a time."""

ORDER = {"voice": 0, "source": 1, "music": 2}
"""The tracks in the order in which they are mixed: the first that is heard is what the others are measured against."""

FILE, MIXED, TRACK, PART = "sound.m4a", "mixed.f32", "track.f32", "part.f32"

_FRAME_BYTES = 8  # two samples of four

Samples = npt.NDArray[np.float32]
Gain = Callable[[int, int], Samples]
"""The factors of so many samples from a sample of the clip on."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a source's sound: shots that follow one another in the source are one, and have no seam."""

    source: int
    start: Fraction
    frames: int
    speed: Fraction


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of `count` samples as it is decoded: with so many more at its beginning and at its end."""

    heard: Stretch
    count: int
    before: int
    after: int

    @property
    def samples(self) -> int:
        return self.before + self.count + self.after


@dataclass(frozen=True, slots=True)
class Decoded:
    """A track in `work`/track.f32: how many samples it has, and how loud they are (None: nothing is heard)."""

    samples: int
    lufs: float | None


def stretches(plan: Plan) -> list[Stretch]:
    """The shots as they are heard."""
    heard: list[Stretch] = []
    for shot in plan.shots:
        start, speed = Fraction(shot.source_in, plan.fps), Fraction(shot.speed).limit_denominator(1000)
        last = heard[-1] if heard else None
        if (
            last is not None
            and (last.source, last.speed) == (shot.source, speed)
            and last.start + last.frames * speed / plan.fps == start
        ):
            heard[-1] = Stretch(last.source, last.start, last.frames + shot.frames, speed)
        else:
            heard.append(Stretch(shot.source, start, shot.frames, speed))
    return heard


def heard(plan: Plan) -> dict[str, object]:
    """Exactly what changes the sound of a plan, for the key of its cache."""
    bed = any(track.role == "source" for track in plan.tracks)
    return {
        "frames": plan.frames,
        "fps": plan.fps,
        "tracks": plan.tracks,
        "speech": plan.speech,
        "loudness": plan.loudness_lufs,
        "peak": plan.peak_dbtp,
        "stretches": [
            [plan.sources[piece.source].file.sha256, str(piece.start), piece.frames, str(piece.speed)]
            for piece in (stretches(plan) if bed else ())
        ],
    }


def mix(plan: Plan, files: Mapping[str, Path], work: Path) -> Work[Mix]:
    """Mix the plan's tracks into `work`/sound.m4a: AAC-LC, 48 kHz, stereo, `plan.frames` long.

    `files` finds the sources, the voice and the music by sha256. Where there is nothing to hear, the sound is silence
    and a degradation says so.

    Raises OutOfSpace: 507 `disk_full`. EditaiError: 500 `render_failed`, `render_timeout`.
    """
    ffmpeg.check()
    aim = Aim(plan.loudness_lufs, plan.peak_dbtp, plan.frames * RATE // plan.fps)
    yield Step(0.0, "Mixing the sound")
    with (work / MIXED).open("wb") as stream:
        stream.truncate(aim.samples * _FRAME_BYTES)
    reference: float | None = None  # how loud the voice is, or what stands for it
    for number, track in enumerate(sorted(plan.tracks, key=lambda track: ORDER[track.role])):
        run = _decoded(plan, track, files, aim, work)
        decoded = yield from _steps(run, 0.5 * number / len(plan.tracks), 0.5 * (number + 1) / len(plan.tracks))
        if decoded.lufs is not None:
            _lay(plan, track, decoded, reference, aim.samples, work)
            reference = decoded.lufs if reference is None else reference
        (work / TRACK).unlink(missing_ok=True)
    found = yield from _steps(reach(aim, MIXED, FILE, work), 0.5, 1.0)
    (work / MIXED).unlink()
    return Mix(
        folder=work,
        audio=File.of(work / FILE),
        loudness_lufs=found.lufs,
        peak_dbtp=found.peak_dbtp,
        degradations=_told(plan, found),
    )


def _told(plan: Plan, found: Loudness) -> tuple[Degradation, ...]:
    if found.lufs is None:
        return (Degradation(slug="silent", message="There is nothing to hear in this clip: no voice and no sound."),)
    if abs(found.lufs - plan.loudness_lufs) > ACCEPTED_LU + 0.01:
        return (
            Degradation(
                slug="loudness_missed",
                message=f"The sound is at {found.lufs:.1f} LUFS instead of {plan.loudness_lufs:.0f}; "
                "it could not be made louder without distortion.",
            ),
        )
    return ()


# ── decoding ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _decoded(plan: Plan, track: Track, files: Mapping[str, Path], aim: Aim, work: Path) -> Work[Decoded]:
    """The track's own sound in `work`/track.f32, stereo at `RATE`, from the frame where it begins; empty for none."""
    (work / TRACK).write_bytes(b"")
    if track.role == "source":
        pieces = _pieces(plan) if any(plan.sources[shot.source].has_sound for shot in plan.shots) else []
        for first in range(0, len(pieces), MOST_INPUTS):
            group = pieces[first : first + MOST_INPUTS]
            arguments, parts = _bed(plan, group, files)
            (work / "graph.txt").write_text(";\n".join(parts), "utf-8")
            arguments += ["-/filter_complex", "graph.txt", "-map", "[bed]"]
            yield from _run(arguments, PART, aim, work, first / len(pieces))
            _join(group, work)
    elif track.file is not None:
        begins = seek(Fraction(track.file_in_ms, 1000))
        arguments = ffmpeg.user_input(
            files[track.file.sha256], "-vn", *begins, "-t", seconds(Fraction(aim.samples, RATE))
        )
        # where an AAC file is read from its beginning or in the middle, its priming is counted once only like this
        arguments += ["-map", "0:a:0", "-af", f"aresample={RATE}:async=1:first_pts=0"]
        yield from _run(arguments, TRACK, aim, work, 0.0)
    length = (work / TRACK).stat().st_size // _FRAME_BYTES
    if not length:
        return Decoded(0, None)
    lufs = yield from _steps(integrated([*RAW, "-i", TRACK], work, limit_s=aim.limit_s), 0.8, 1.0)
    return Decoded(length, lufs)


def _run(arguments: Sequence[str], target: str, aim: Aim, work: Path, share: float) -> Work[str]:
    run = ffmpeg.run([*arguments, *RAW, target], work, limit_s=aim.limit_s)
    return (yield from _steps(run, 0.8 * share, 0.8 * share))


def _pieces(plan: Plan) -> list[Piece]:
    """The stretches as they are decoded: each with half a seam more at both sides, but for the clip's ends."""
    heard, half = stretches(plan), CROSS_MS * RATE // 2000
    return [
        Piece(each, each.frames * RATE // plan.fps, half if number else 0, half if number + 1 < len(heard) else 0)
        for number, each in enumerate(heard)
    ]


def _bed(plan: Plan, pieces: Sequence[Piece], files: Mapping[str, Path]) -> tuple[list[str], list[str]]:
    """Inputs and filters that cut the sources' sound as the picture is cut, to the sample, labelled `[bed]`."""
    arguments: list[str] = []
    parts: list[str] = []
    inputs = 0
    fade = CROSS_MS / 1000
    for index, piece in enumerate(pieces):
        heard, source = piece.heard, plan.sources[piece.heard.source]
        if source.has_sound:
            start = heard.start - Fraction(piece.before, RATE) * heard.speed
            length = seconds(Fraction(piece.samples, RATE) * heard.speed + Fraction(1, 10))
            options = ("-vn", *seek(max(start, Fraction(0))), "-t", length)
            arguments += ffmpeg.user_input(files[source.file.sha256], *options)
            tempo = f"atempo={float(heard.speed):.6f}," if heard.speed != 1 else ""
            late = f"adelay={int(-start / heard.speed * RATE)}S:all=1," if start < 0 else ""
            parts.append(
                f"[{inputs}:a:0]aresample={RATE}:async=1:first_pts=0,aformat=sample_fmts=flt:channel_layouts=stereo,"
                f"{tempo}{late}apad=whole_len={piece.samples},atrim=end_sample={piece.samples},asetpts=N/SR/TB,"
                f"afade=t=in:d={fade}:curve=qsin,"
                f"afade=t=out:st={max(piece.samples / RATE - fade, 0):.6f}:d={fade}:curve=qsin[a{index}]"
            )
            inputs += 1
        else:
            silence = f"anullsrc=r={RATE}:cl=stereo,aformat=sample_fmts=flt,atrim=end_sample={piece.samples}"
            parts.append(f"{silence}[a{index}]")
    joined = "".join(f"[a{index}]" for index in range(len(pieces)))
    return arguments, [*parts, f"{joined}concat=n={len(pieces)}:v=0:a=1[bed]"]


def _join(pieces: Sequence[Piece], work: Path) -> None:
    """Put the pieces of part.f32 behind what is in track.f32, each over the end of the one before it."""
    with (work / PART).open("rb") as made, (work / TRACK).open("r+b") as track:
        for piece in pieces:
            seam = 2 * piece.before * _FRAME_BYTES
            track.seek(-seam, 2)
            there = np.frombuffer(track.read(), np.float32)
            over = np.frombuffer(made.read(seam), np.float32)
            track.seek(-seam, 2)
            track.write((there + over).tobytes())
            left = piece.samples * _FRAME_BYTES - seam
            while left:
                block = made.read(min(left, BLOCK))
                track.write(block)
                left -= len(block)
    (work / PART).unlink()
    (work / "graph.txt").unlink()


# ── mixing ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _lay(plan: Plan, track: Track, decoded: Decoded, reference: float | None, samples: int, work: Path) -> None:
    """Add track.f32 to mixed.f32; what goes beyond the clip's end is left out."""
    begins, length = track.start * RATE // plan.fps, decoded.samples
    if track.role == "voice":
        gain: Gain = partial(_even, _gain(track.gain_lu))
    else:
        gain = partial(_bed_gain, plan, track, _levels(plan, track, decoded.lufs or 0.0, reference), samples)
    read = partial(_repeated, work / TRACK, length) if track.role == "music" else partial(_read, work / TRACK)
    ends = samples if track.role == "music" else min(begins + length, samples)
    with (work / MIXED).open("r+b") as mixed:
        for first in range(begins, ends, BLOCK):
            count = min(BLOCK, ends - first)
            mixed.seek(first * _FRAME_BYTES)
            there = np.frombuffer(mixed.read(count * _FRAME_BYTES), np.float32).reshape(-1, 2)
            mixed.seek(first * _FRAME_BYTES)
            mixed.write((there + read(first - begins, count) * gain(first, count)[:, None]).tobytes())


def _read(path: Path, first: int, count: int) -> Samples:
    return np.fromfile(path, np.float32, 2 * count, offset=first * _FRAME_BYTES).reshape(-1, 2)


def _repeated(path: Path, length: int, first: int, count: int) -> Samples:
    """`count` samples of a sound of `length` that begins again and again, faded over its own end each time."""
    seam = min(SEAM_MS * RATE // 1000, length // 2)
    period = length - seam
    sound = np.empty((count, 2), np.float32)
    at = 0
    while at < count:
        turn, inside = divmod(first + at, period)
        part = _read(path, inside, min(count - at, period - inside))
        if turn and inside < seam:
            ending = _read(path, period + inside, min(len(part), seam - inside))
            coming = (np.arange(inside, inside + len(ending), dtype=np.float32) / seam)[:, None]
            part[: len(ending)] = part[: len(ending)] * np.sqrt(coming) + ending * np.sqrt(1 - coming)
        sound[at : at + len(part)] = part
        at += len(part)
    return sound


def _gain(decibels: float) -> float:
    return float(10 ** (decibels / 20))


def _even(factor: float, _first: int, count: int) -> Samples:
    return np.full(count, factor, np.float32)


def _levels(plan: Plan, track: Track, own_lufs: float, reference: float | None) -> tuple[list[float], list[float]]:
    """The level in dB over time of what is not the voice, as `ramps` has it.

    It is `gain_lu` against the voice, and `duck_lu` while it speaks, and is raised by at most `MOST_GAIN_DB` in the
    finished sound. Without a voice it is the sound itself, and is brought to the target as a whole.
    """
    if reference is None:
        level, most = track.gain_lu, track.gain_lu
    else:
        level = reference - own_lufs + track.gain_lu
        most = MOST_GAIN_DB[track.role] - (plan.loudness_lufs - reference)
    ducked = level - track.gain_lu + track.duck_lu
    return ramps(plan.speech, plan.fps, min(level, most), min(ducked, most))


def _bed_gain(
    plan: Plan, track: Track, levels: tuple[list[float], list[float]], samples: int, first: int, count: int
) -> Samples:
    """The factors that hold a track at its levels, fade it in and out at the clip's ends, and mute its spans."""
    at = np.arange(first, first + count)
    factor = np.power(10, np.interp(at, *levels) / 20)
    if track.fade_in:
        factor *= np.clip(at / (track.fade_in * RATE / plan.fps), 0, 1)
    if track.fade_out:
        factor *= np.clip((samples - at) / (track.fade_out * RATE / plan.fps), 0, 1)
    soft = MUTE_MS * RATE / 1000
    for span in track.muted:
        begins, ends = span.start * RATE / plan.fps, span.end * RATE / plan.fps
        here = slice(*np.searchsorted(at, (begins - soft, ends + soft)))
        factor[here] *= np.clip(np.maximum(begins - at[here], at[here] - ends) / soft, 0, 1)
    return np.asarray(factor, np.float32)


def ramps(speech: Sequence[Span], fps: int, free: float, ducked: float) -> tuple[list[float], list[float]]:
    """The bed's level in dB over time, as corners (sample, dB): down before each word, up after the last of a run."""
    times, levels = [0.0], [free]
    for span in _runs(speech, fps):
        start, end = span.start * RATE / fps, span.end * RATE / fps
        corners = ((start - RAMP_DOWN_MS * RATE / 1000, free), (start, ducked), (end, ducked))
        for time, level in (*corners, (end + RAMP_UP_MS * RATE / 1000, free)):
            times.append(time)
            levels.append(level)
    if len(times) > 1 and times[1] <= 0:  # the voice begins at once: so does the ducking
        levels[0] = float(np.interp(0, times[1:], levels[1:]))
        kept = [index for index, time in enumerate(times) if index == 0 or time > 0]
        times, levels = [times[index] for index in kept], [levels[index] for index in kept]
    return times, levels


def _runs(speech: Sequence[Span], fps: int) -> list[Span]:
    """The spans, with the pauses closed that are too short to let the bed come up."""
    runs: list[Span] = []
    for span in sorted(speech, key=lambda span: span.start):
        if runs and (span.start - runs[-1].end) * 1000 < SHORT_GAP_MS * fps:
            runs[-1] = Span(start=runs[-1].start, end=max(runs[-1].end, span.end))
        else:
            runs.append(span)
    return runs


def _steps(run: Work[T], begin: float, end: float) -> Work[T]:
    return part_of(run, begin, end, "Mixing the sound")
