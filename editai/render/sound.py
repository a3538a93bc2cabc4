"""The sound: the voice over music and the shots' own sound, ducked, loud enough, as AAC as long as the picture.

Tracks are decoded to raw samples, mixed in numpy (one line of arithmetic that can be checked), brought to the target
loudness under a true-peak limiter, encoded, measured as AAC, and corrected.

The AAC encoder puts `PRIMING` samples before the sound, and a file without an edit list plays them. So that many
are left out at the start of the mix, and what follows stays in step with the picture.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from editai.models import Degradation, File, Mix, Plan, Span, Step, Track, Work, part_of
from editai.render import ffmpeg
from editai.render.graph import seconds, seek
from editai.render.loudness import Loudness, measure

RATE = 48_000
PRIMING = 1024  # of ffmpeg's own AAC encoder, at every rate

RAMP_DOWN_MS, RAMP_UP_MS = 200, 400  # craft: 150 to 400 ms; down before the word, up after it
SHORT_GAP_MS = 800  # a shorter pause of the voice stays ducked
FADE_MS = 15  # at every cut of the source's sound, against clicks
MOST_GAIN_DB = 6.0  # a bed that is raised further is mostly noise
MUTE_MS = 40  # into and out of a muted span, against clicks
SEAM_MS = 60  # music that begins again does so over its own end

TOLERANCE_LU = 0.2
ACCEPTED_LU = 0.5
LIMITER_MARGIN_DB = 0.5  # AAC adds peaks
TRIES = 4

RAW = ("-f", "f32le", "-ar", str(RATE), "-ac", "2")
# without noise substitution, which makes new peaks of up to 2 dB out of short knocks
ENCODER = shlex.split("-c:a aac -b:a 128k -aac_pns 0 -ar 48000 -ac 2 -flags:a +bitexact")
MUXER = shlex.split("-map_metadata -1 -fflags +bitexact -use_editlist 0 -f mp4")
FILE = "sound.m4a"

Samples = npt.NDArray[np.float32]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a source's sound: shots that follow one another in the source are one, and have no seam."""

    source: int
    start: Fraction
    frames: int
    speed: Fraction


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

    `files` finds the sources and the voice by sha256. Where there is nothing to hear, the sound is silence and a
    degradation says so.

    Raises OutOfSpace: 507 `disk_full`. EditaiError: 500 `render_failed`, `render_timeout`.
    """
    ffmpeg.check()
    samples = plan.frames * RATE // plan.fps
    yield Step(0.0, "Mixing the sound")
    mixed = np.zeros((samples, 2), np.float32)
    reference: float | None = None  # how loud the voice is, or what stands for it
    for track in sorted(plan.tracks, key=lambda track: ORDER[track.role]):
        if track.role == "voice" and track.file is not None:
            raw = ["-ac", "2", *RAW]
            sound, loud = yield from _decoded(ffmpeg.user_input(files[track.file.sha256]), [], raw, work, 0.1)
            _add(mixed, sound * _gain(track.gain_lu), track.start * RATE // plan.fps)
        elif track.role == "source" and any(plan.sources[shot.source].has_sound for shot in plan.shots):
            arguments, parts = _bed(plan, files)
            sound, loud = yield from _decoded(arguments, parts, list(RAW), work, 0.2)
            if loud.lufs is not None:
                _add(mixed, sound * _bed_gain(plan, track, loud.lufs, reference, samples)[: len(sound), None], 0)
        elif track.role == "music" and track.file is not None:
            options = ("-vn", *seek(Fraction(track.file_in_ms, 1000)), "-t", seconds(Fraction(samples, RATE)))
            raw = ["-ac", "2", *RAW]
            sound, loud = yield from _decoded(
                ffmpeg.user_input(files[track.file.sha256], *options), [], raw, work, 0.35
            )
            if loud.lufs is not None:
                sound = _repeated(sound, samples)
                _add(mixed, sound * _bed_gain(plan, track, loud.lufs, reference, samples)[:, None], 0)
        else:
            continue
        if reference is None:
            reference = loud.lufs
    (work / "mixed.f32").write_bytes(mixed.tobytes())
    del mixed
    found = yield from _finish(plan, samples, work)
    (work / "mixed.f32").unlink()
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
    if abs(found.lufs - plan.loudness_lufs) > ACCEPTED_LU:
        return (
            Degradation(
                slug="loudness_missed",
                message=f"The sound is at {found.lufs:.1f} LUFS instead of {plan.loudness_lufs:.0f}; "
                "it could not be made louder without distortion.",
            ),
        )
    return ()


ORDER = {"voice": 0, "source": 1, "music": 2}
"""The tracks in the order in which they are mixed: the first that is heard is what the others are measured against."""


# ── decoding ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _decoded(
    arguments: Sequence[str], parts: Sequence[str], raw: Sequence[str], work: Path, share: float
) -> Work[tuple[Samples, Loudness]]:
    """The sound that `arguments` open, as stereo samples at `RATE`, and how loud it is."""
    picked = ["-map", "0:a:0"]
    if parts:
        (work / "graph.txt").write_text(";\n".join(parts), "utf-8")
        picked = ["-/filter_complex", "graph.txt", "-map", "[bed]"]
    run = ffmpeg.run([*arguments, *picked, *raw, "track.f32"], work, limit_s=600)
    yield from _steps(run, share)
    loud = yield from _steps(measure([*RAW, "-i", "track.f32"], work), share + 0.1)
    samples = np.fromfile(work / "track.f32", np.float32).reshape(-1, 2)
    (work / "track.f32").unlink()
    (work / "graph.txt").unlink(missing_ok=True)
    return samples, loud


def _bed(plan: Plan, files: Mapping[str, Path]) -> tuple[list[str], list[str]]:
    """Inputs and filters that cut the sources' sound as the picture is cut, to the sample, labelled `[bed]`."""
    arguments: list[str] = []
    parts: list[str] = []
    pieces = stretches(plan)
    inputs = 0
    fade = FADE_MS / 1000
    for index, piece in enumerate(pieces):
        source = plan.sources[piece.source]
        count = piece.frames * RATE // plan.fps
        if source.has_sound:
            length = seconds(piece.frames * piece.speed / plan.fps + Fraction(1, 10))
            options = ("-vn", *seek(piece.start), "-t", length)
            arguments += ffmpeg.user_input(files[source.file.sha256], *options)
            tempo = f"atempo={float(piece.speed):.6f}," if piece.speed != 1 else ""
            parts.append(
                f"[{inputs}:a:0]aresample={RATE}:async=1:first_pts=0,aformat=sample_fmts=flt:channel_layouts=stereo,"
                f"{tempo}apad=whole_len={count},atrim=end_sample={count},asetpts=N/SR/TB,afade=t=in:d={fade},"
                f"afade=t=out:st={max(count / RATE - fade, 0):.6f}:d={fade}[a{index}]"
            )
            inputs += 1
        else:
            parts.append(f"anullsrc=r={RATE}:cl=stereo,aformat=sample_fmts=flt,atrim=end_sample={count}[a{index}]")
    joined = "".join(f"[a{index}]" for index in range(len(pieces)))
    return arguments, [*parts, f"{joined}concat=n={len(pieces)}:v=0:a=1[bed]"]


# ── mixing ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _gain(decibels: float) -> float:
    return float(10 ** (decibels / 20))


def _add(mixed: Samples, sound: Samples, start: int) -> None:
    """Add a track from sample `start` on; what does not fit is left out."""
    sound = sound[max(-start, 0) :]
    start = max(start, 0)
    fits = sound[: max(len(mixed) - start, 0)]
    mixed[start : start + len(fits)] += fits


def _bed_gain(plan: Plan, track: Track, bed_lufs: float, voice_lufs: float | None, samples: int) -> Samples:
    """The factor of every sample of the source's sound: `gain_lu` against the voice, `duck_lu` while it speaks.

    The bed is raised by at most `MOST_GAIN_DB` in the finished sound. Without a voice the bed is the sound, and
    brought to the target as a whole.
    """
    if voice_lufs is None:
        level, most = track.gain_lu, track.gain_lu
    else:
        level = voice_lufs - bed_lufs + track.gain_lu
        most = MOST_GAIN_DB - (plan.loudness_lufs - voice_lufs)
    ducked = level - track.gain_lu + track.duck_lu
    times, levels = ramps(plan.speech, plan.fps, min(level, most), min(ducked, most))
    gain = np.power(10, np.interp(np.arange(samples), times, levels) / 20).astype(np.float32)
    return gain * _open(track, plan.fps, samples)


def _open(track: Track, fps: int, samples: int) -> Samples:
    """The factor of every sample that fades a track in and out at the clip's ends and silences its muted spans."""
    at = np.arange(samples)
    factor = np.ones(samples, np.float32)
    if track.fade_in:
        factor *= np.clip(at / (track.fade_in * RATE / fps), 0, 1).astype(np.float32)
    if track.fade_out:
        factor *= np.clip((samples - at) / (track.fade_out * RATE / fps), 0, 1).astype(np.float32)
    soft = MUTE_MS * RATE / 1000
    for span in track.muted:
        outside = np.maximum(span.start * RATE / fps - at, at - span.end * RATE / fps)
        factor *= np.clip(outside / soft, 0, 1).astype(np.float32)
    return factor


def _repeated(sound: Samples, samples: int) -> Samples:
    """The sound for as long as is needed: where it is too short it begins again, faded over its own end."""
    seam = min(SEAM_MS * RATE // 1000, len(sound) // 2)
    coming = np.linspace(0, 1, seam, dtype=np.float32)[:, None]
    while len(sound) < samples:
        again = sound.copy() if len(sound) < samples // 2 else sound[: samples - len(sound) + seam].copy()
        over = sound[-seam:] * np.sqrt(1 - coming) + again[:seam] * np.sqrt(coming)
        sound = np.concatenate([sound[:-seam], over, again[seam:]])
    return sound[:samples]


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


def _steps(run: Work[T], share: float) -> Work[T]:
    return part_of(run, share, share, "Mixing the sound")


# ── loud enough ──────────────────────────────────────────────────────────────────────────────────────────────────


def _finish(plan: Plan, samples: int, work: Path) -> Work[Loudness]:
    """Encode mixed.f32 at the target loudness, measured after AAC and corrected until it is there."""
    raw = yield from _steps(measure([*RAW, "-i", "mixed.f32"], work), 0.5)
    if raw.lufs is None:
        return (yield from _encode(0.0, plan.peak_dbtp - LIMITER_MARGIN_DB, samples, work, 0.9))
    gain, ceiling = plan.loudness_lufs - raw.lufs, plan.peak_dbtp - LIMITER_MARGIN_DB
    tried: list[tuple[float, float, float]] = []  # how bad, gain, ceiling
    for turn in range(TRIES):
        found = yield from _encode(gain, ceiling, samples, work, 0.55 + 0.08 * turn)
        if found.lufs is None or found.peak_dbtp is None:
            return found
        off, over = plan.loudness_lufs - found.lufs, max(found.peak_dbtp - plan.peak_dbtp, 0)
        if abs(off) <= TOLERANCE_LU and over == 0:
            return found
        tried.append((abs(off) + 10 * over, gain, ceiling))
        gain += off
        ceiling -= over + 0.1 if over else 0
    _, gain, ceiling = min(tried)
    return (yield from _encode(gain, ceiling, samples, work, 0.95))


def _encode(gain_db: float, ceiling_db: float, samples: int, work: Path, share: float) -> Work[Loudness]:
    """One try: gain, limit at 192 kHz (where the true peaks are), leave the priming out, encode, measure."""
    filters = (
        f"volume={gain_db:.2f}dB:precision=float,aresample=192000,"
        f"alimiter=limit={_gain(ceiling_db):.6f}:attack=5:release=60:level=0:latency=1,"
        f"aresample={RATE},apad=whole_len={samples},atrim=start_sample={PRIMING}:end_sample={samples},asetpts=N/SR/TB,"
        f"afade=t=in:d={FADE_MS / 1000}"
    )
    arguments = [*RAW, "-i", "mixed.f32", "-af", filters, *ENCODER, *MUXER, FILE]
    yield from _steps(ffmpeg.run(arguments, work, limit_s=600), share)
    return (yield from _steps(measure(["-i", FILE], work), share + 0.05))
