"""What is not a matter of time: how loud the finished sound is, how many frames there are, and whether a clap is seen
when it is heard."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np

from benchmarks.edit import Media, ffmpeg, plan_for
from editai import footage, quality, render
from editai.models import FPS, File, Films, Plan, Subtitles, Track, finished
from editai.render import ffmpeg as runner
from editai.render import loudness

SOUNDS = ((5, ("voice",)), (15, ("voice", "music")), (30, ("voice", "source")), (60, ("voice", "source", "music")))
"""Seconds, and what is heard."""

LUFS, LU_OFF, PEAK_DBTP = -14.0, 0.3, -1.0
CLAP_SECONDS = 20
BURST = 2000
"""Samples: longer than a clap, shorter than from one to the next where a cut brings two together."""

Told = tuple[str, float, float | None, str]
"""What, the value, the most that it shall be, and a note."""


def rows(media: Media, folder: Path, quick: bool) -> Iterator[Told]:
    """Loudness and sync, as lines of the table."""
    found = [_loudness(media, folder, seconds, heard) for seconds, heard in SOUNDS[: 2 if quick else None]]
    told = "; ".join(f"{lufs:.1f} LUFS {peak:.1f} dBTP" for lufs, peak in found)
    yield "loudness after AAC, furthest from -14 LUFS", max(abs(lufs - LUFS) for lufs, _ in found), LU_OFF, told
    yield "true peak after AAC, highest, dBTP", max(peak for _, peak in found), PEAK_DBTP, ""
    clapper = _clapper(folder)
    for shots in (1, 10) if quick else (1, 10, 50):
        missing, ends, apart = _sync(clapper, shots, folder)
        yield f"frames too many or too few, {shots} shots", missing, 0, ""
        yield f"picture's end to sound's end in frames, {shots} shots", ends, 1, ""
        yield f"a flash to its clap in frames, {shots} shots", apart, 1, ""


def _loudness(media: Media, folder: Path, seconds: int, heard: tuple[str, ...]) -> tuple[float, float]:
    plan = plan_for(media, media.sources["hd"], seconds * FPS, max(1, seconds // 3))
    tracks = tuple(track for track in plan.tracks if track.role in heard)
    with tempfile.TemporaryDirectory(dir=folder) as work:
        mix = finished(render.mix(plan.model_copy(update={"tracks": tracks}), media.paths, Path(work)))
        limit_s = runner.limit_s(sound_s=seconds)
        loud = finished(loudness.measure(["-i", mix.audio.name], Path(work), limit_s=limit_s))
    assert loud.lufs is not None
    assert loud.peak_dbtp is not None
    return loud.lufs, loud.peak_dbtp


def _clapper(folder: Path) -> Path:
    """Black and silent; at half of every second a white frame and a short burst of sound."""
    path, size = folder / "clapper.mp4", "480x270"
    ffmpeg(
        *("-f", "lavfi", "-i", f"color=black:s={size}:r={FPS}:d={CLAP_SECONDS}"),
        *("-f", "lavfi", "-i", "aevalsrc='if(between(mod(t,1),0.5,0.52),0.7*sin(2*PI*1000*t),0)':s=44100"),
        *("-vf", f"drawbox=c=white:t=fill:enable='eq(mod(n,{FPS}),{FPS // 2})'", "-t", CLAP_SECONDS),
        *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", path),
    )
    return path


def _sync(clapper: Path, shots: int, folder: Path) -> tuple[float, float, float]:
    """Frames missing, frames from the picture's end to the sound's, and from a flash to its clap at worst."""
    file = File.of(clapper)
    source = footage.probe(clapper, file)
    media = Media(sources={"hd": source}, voice=file, music=file, logo=file, paths={file.sha256: clapper})
    without = frozenset({"joints", "captions", "inserts"})
    plan = plan_for(media, source, max(shots * 40, 300), shots, without=without)
    plan = _upright(plan, source.width_px, source.height_px)
    work = {name: folder / f"clap {name}" for name in ("sound", "picture")}
    for path in work.values():
        path.mkdir()
    mix = finished(render.mix(plan, media.paths, work["sound"]))
    nothing = Subtitles(ass="[Script Info]\nScriptType: v4.00+\n", srt="", vtt="WEBVTT\n")
    clip = finished(render.draw(plan, nothing, mix, Films(), media.paths, work["picture"]))
    found = finished(quality.measure(clip))
    apart = _apart(clip.path(clip.video))
    for path in work.values():
        shutil.rmtree(path)
    return abs(found.frames - plan.frames), abs(found.picture_end_ms - found.sound_end_ms) * FPS / 1000, apart


def _upright(plan: Plan, width: int, height: int) -> Plan:
    """The plan at a quarter of its size, with nothing but the source's sound, as loud as it is."""
    small = {"width_px": 270, "height_px": 480, "tracks": (Track(role="source"),), "speech": (), "poster_frame": 0}
    assert width * 16 > height * 9
    return plan.model_copy(update=small)


def _apart(clip: Path) -> float:
    """The frames between a flash and the clap next to it, at worst."""
    with av.open(str(clip)) as container:
        bright = [frame.to_ndarray(format="gray").mean() > 128 for frame in container.decode(video=0)]
    with av.open(str(clip)) as container:
        heard = np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)
    sound = np.abs(heard).max(axis=0)
    loud = np.flatnonzero(sound > sound.max() / 4)
    starts = loud[np.flatnonzero(np.diff(loud, prepend=-48000) > BURST)] * FPS / 48000
    flashes = np.flatnonzero(bright)
    return float(max(np.abs(starts - flash).min() for flash in flashes))
