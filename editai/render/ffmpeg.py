"""The only place that starts ffmpeg: the program that comes with imageio-ffmpeg, one runner, one check.

A run happens in a work folder, with plain relative names of our own making; a file of the owner's is opened through
`user_input()` only. The runner yields how far it is, and ends the whole process group when it is closed, fails or
runs out of time. `end_orphans()` ends what a killed worker left running.
"""

from __future__ import annotations

import contextlib
import functools
import json
import logging
import os
import queue
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

from editai import containers
from editai.errors import EditaiError, OutOfSpace, Unavailable
from editai.models import Step, Work

log = logging.getLogger(__name__)

FILTERS = ("alimiter", "atempo", "ebur128", "fps", "overlay", "subtitles", "tonemap", "zscale")
ENCODERS = ("aac", "libx264", "mjpeg")
NO_SPACE = "No space left on device"
PID_FILE = "ffmpeg.pid"
FONT_CONFIG = "fonts.conf"

if sys.platform == "win32":
    _WINDOWS_FLAGS = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
else:
    _WINDOWS_FLAGS = 0

DECODING_S, DRAWING_S, HEARING_S = 0.008, 0.05, 0.05
"""What a megapixel of a source, a megapixel of a clip and a second of sound cost on one core, see `limit_s`."""

STARTING_S, OPENING_S, SLOWER = 60.0, 10.0, 12
"""A program that is looked over by a virus scanner before it starts, an input on a drive that sleeps, and how much
slower than the core that was measured on all may be: five times for a cheap laptop, the rest for what else runs."""

_HEARTBEAT_S, _ENDING_S = 0.4, 10
_KEPT_LINES = 4000


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the bundled program can do: the `encoders` it knows; `missing` names what a clip needs and it lacks."""

    program: str
    version: str
    missing: tuple[str, ...]
    encoders: frozenset[str] = frozenset()


@functools.cache
def program() -> str:
    """The path of the ffmpeg that came with the package (or that `IMAGEIO_FFMPEG_EXE` names), never the PATH's.

    Raises Unavailable: 503 `no_ffmpeg`.
    """
    import imageio_ffmpeg

    try:
        path = str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError:
        path = ""
    if not Path(path).is_absolute():
        raise Unavailable(
            "no_ffmpeg",
            "The ffmpeg program that comes with EditAI is missing here.",
            "Run `pip install --force-reinstall imageio-ffmpeg` and start again.",
        )
    return path


_checking = threading.Lock()


def capabilities() -> Capabilities:
    """What ffmpeg can do here; asked once per process. Raises Unavailable where it does not run at all."""
    with _checking:
        return _capabilities()


def check() -> None:
    """Make sure that ffmpeg runs and has all that a clip needs. Raises Unavailable: 503 `no_ffmpeg`."""
    found = capabilities()
    if found.missing:
        raise Unavailable(
            "no_ffmpeg",
            f"This ffmpeg cannot do what a clip needs; it lacks: {', '.join(found.missing)}.",
            "Unset IMAGEIO_FFMPEG_EXE so that the bundled ffmpeg is used.",
        )


def version() -> str:
    """The build, for cache keys and for `doctor`."""
    return capabilities().version


@functools.cache
def _capabilities() -> Capabilities:
    path = program()
    try:
        asked = {
            what: subprocess.run(
                [path, "-hide_banner", f"-{what}"], capture_output=True, text=True, errors="replace", timeout=30,
                stdin=subprocess.DEVNULL, check=True, start_new_session=True, creationflags=_WINDOWS_FLAGS,
            ).stdout
            for what in ("version", "filters", "encoders")
        }  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable(
            "no_ffmpeg",
            "The ffmpeg program that comes with EditAI does not run on this machine.",
            "Run `pip install --force-reinstall imageio-ffmpeg`; `python -m editai doctor` says more.",
        ) from error
    known = {word for what in ("filters", "encoders") for word in re.findall(r"^ \S+ +(\S+)", asked[what], re.M)}
    build = re.sub(r"^ffmpeg version (\S+).*", r"\1", asked["version"].splitlines()[0])
    encoders = frozenset(re.findall(r"^ \S+ +(\S+)", asked["encoders"], re.M))
    return Capabilities(path, build, tuple(name for name in FILTERS + ENCODERS if name not in known), encoders)


def user_input(path: Path, *options: str) -> list[str]:
    """Arguments that open a file of the owner's: as a video or photo on this disk, never as a playlist or a series."""
    whitelists = [item for name, value in containers.INPUT_OPTIONS.items() for item in (f"-{name}", value)]
    photo = containers.photo_format(path)
    return [*options, *whitelists, *(("-f", photo) if photo else ()), "-i", f"file:{path.resolve()}"]


def limit_s(*, inputs: int = 1, decoded_mp: float = 0.0, drawn_mp: float = 0.0, sound_s: float = 0.0) -> float:
    """After how many seconds a run is stuck and not slow, by its work: megapixels of all frames, seconds of sound.

    Measured on one core of an AMD EPYC 9005 (2026): decoding takes 0.0015 s for a megapixel of MPEG-2, 0.005 of
    H.264, VP9 and AV1, 0.008 of 10-bit HEVC (and 0.025 of lossless FFV1, which leaves it a third of `SLOWER`); cutting,
    scaling, captions, a joint and x264 0.04, 0.012 more for HDR; mixing and measuring a second of sound 0.05.
    """
    cost = decoded_mp * DECODING_S + drawn_mp * DRAWING_S + sound_s * HEARING_S
    return STARTING_S + OPENING_S * inputs + SLOWER * cost


def run(
    arguments: Sequence[str],
    cwd: Path,
    *,
    limit_s: float,
    length_ms: int | None = None,
    stdin: int = subprocess.DEVNULL,
    stdout: int = subprocess.PIPE,
    trying: bool = False,
) -> Work[str]:
    """Run ffmpeg in `cwd`, yielding how far it is (0 to 1) at least twice a second; return what it logged.

    `length_ms` is the length of the output (without it the fractions stay 0). Closing the generator, an error and
    the time limit end the whole process group. Only fonts of `cwd` are found: the system's never enter a clip.
    `stdin` and `stdout` are descriptors of pipes for raw frames; who takes the output says how far it is. `trying`: a
    failure is an answer and no trouble.

    Raises OutOfSpace: 507 `disk_full`. EditaiError: 500 `render_failed`, 500 `render_timeout`.
    """
    command = [program(), "-hide_banner", "-nostdin", "-y", "-v", "level+verbose", "-nostats"]
    if stdout == subprocess.PIPE:
        command += ["-progress", "pipe:1", "-stats_period", "0.25"]
    command += arguments
    log.debug("in %s: %s", cwd, shlex.join(command))
    (cwd / FONT_CONFIG).write_text("<fontconfig></fontconfig>\n", "utf-8")
    process = subprocess.Popen(
        command, cwd=cwd, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, text=True,
        encoding="utf-8", errors="replace", env=os.environ | {"FONTCONFIG_FILE": str((cwd / FONT_CONFIG).resolve())},
        start_new_session=True, creationflags=_WINDOWS_FLAGS,
    )  # fmt: skip
    lines: deque[str] = deque(maxlen=_KEPT_LINES)
    news: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    pipes = [pipe for pipe in (process.stderr, process.stdout) if pipe is not None]
    readers = [
        threading.Thread(target=_drain, args=(pipe, lines if pipe is process.stderr else None, news), daemon=True)
        for pipe in pipes
    ]
    try:
        _note_pid(process, cwd)
        for reader in readers:
            reader.start()
        yield from _follow(news, len(pipes), limit_s, length_ms)
        try:
            process.wait(timeout=_ENDING_S)
        except subprocess.TimeoutExpired as error:
            raise _too_long(_ENDING_S) from error
    finally:
        _end(process)
        for reader in readers:
            if reader.ident is not None:
                reader.join(timeout=2)
        for pipe in pipes:
            pipe.close()
        for name in (PID_FILE, FONT_CONFIG):
            (cwd / name).unlink(missing_ok=True)
    if process.returncode != 0:
        raise _failure(process.returncode, lines, logging.DEBUG if trying else logging.ERROR)
    return "\n".join(lines)


def _follow(news: queue.SimpleQueue[str | None], pipes: int, limit_s: float, length_ms: int | None) -> Work[None]:
    """Steps, from the progress lines, until the program has closed all of its pipes."""
    fraction = 0.0
    deadline = time.monotonic() + limit_s
    yield Step(fraction)
    while True:
        if time.monotonic() > deadline:
            raise _too_long(limit_s)
        try:
            line = news.get(timeout=_HEARTBEAT_S)
        except queue.Empty:
            yield Step(fraction)
            continue
        if line is None:
            pipes -= 1
            if not pipes:
                return
            continue
        name, _, value = line.partition("=")
        if name == "out_time_us" and value.isdigit() and length_ms:
            fraction = max(fraction, min(int(value) / 1000 / length_ms, 1.0))
        elif name == "progress":
            yield Step(fraction)


def _drain(pipe: IO[str], lines: deque[str] | None, news: queue.SimpleQueue[str | None]) -> None:
    """Read a pipe to its end, so that the program never waits for us: the log into `lines`, progress as news."""
    with contextlib.suppress(ValueError):  # the pipe was closed under us: the run is over
        for line in pipe:
            if lines is None:
                news.put(line.strip())
            else:
                lines.append(line.rstrip())
    news.put(None)


def _too_long(seconds: float) -> EditaiError:
    log.error("ffmpeg did not end within %.0f s", seconds)
    return EditaiError(
        "render_timeout",
        "Rendering took far too long and was stopped.",
        "Close other programs and try again; a shorter or smaller source helps too.",
    )


def _failure(status: int, lines: Iterable[str], level: int) -> EditaiError:
    told = [line for line in lines if re.search(r"\[(error|fatal|panic)\]", line)]
    log.log(level, "ffmpeg ended with %d: %s", status, " | ".join(told[-3:]) or "nothing was said")
    if any(NO_SPACE in line for line in told) or status == 228:  # 228: -ENOSPC as an exit status
        return OutOfSpace(
            "disk_full", "The disk is full.", "Free some space (old clips, the recycle bin) and press Produce again."
        )
    return EditaiError(
        "render_failed",
        "The clip could not be rendered.",
        "Try again; if it fails again, export the source as MP4 (H.264) and use that.",
    )


# ── nothing is left running ──────────────────────────────────────────────────────────────────────────────────────


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        _kill_group(process.pid)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=2)


def _kill_group(pid: int) -> None:
    """End the process and all that it started; it has nothing to save, its folder is thrown away."""
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)  # the group has the number of its leader
    else:
        with contextlib.suppress(psutil.Error):
            leader = psutil.Process(pid)
            for member in [*leader.children(recursive=True), leader]:
                member.kill()


def _note_pid(process: subprocess.Popen[str], cwd: Path) -> None:
    """Write down who runs what, for `end_orphans()`; a program that has ended already needs no note."""
    with contextlib.suppress(psutil.Error):
        owner = psutil.Process()
        note = {
            "pid": process.pid,
            "created": psutil.Process(process.pid).create_time(),
            "owner": owner.pid,
            "owner_created": owner.create_time(),
        }
        (cwd / PID_FILE).write_text(json.dumps(note), "utf-8")


def end_orphans(folder: Path) -> int:
    """End every ffmpeg below `folder` whose worker is gone (killed, crashed); return how many were ended.

    To be called before half-made stage folders are swept away, because the notes lie in them.
    """
    ended = 0
    for path in list(folder.rglob(PID_FILE)):
        try:
            note = json.loads(path.read_text("utf-8"))
            pid, owner = int(note["pid"]), int(note["owner"])
            created, owner_created = float(note["created"]), float(note["owner_created"])
        except (OSError, ValueError, KeyError, TypeError):
            continue  # removed meanwhile, or cut off by the kill itself
        if _alive(owner, owner_created, within_s=3600) is not None:  # in doubt it lives: see `_alive`
            continue
        orphan = _alive(pid, created, within_s=1)
        if orphan is not None and "ffmpeg" in orphan.name().lower():
            _kill_group(pid)
            ended += 1
        path.unlink(missing_ok=True)
    return ended


def _alive(pid: int, created: float, within_s: float) -> psutil.Process | None:
    """The process of that number, if it began at `created`, give or take `within_s`, and is not a zombie.

    A process's start is told by today's clock: setting the clock, or waking the machine up, moves it.
    """
    try:
        process = psutil.Process(pid)
        same = abs(process.create_time() - created) < within_s and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return None
    return process if same else None
