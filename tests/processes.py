"""What runs on this machine, as seen from outside, and waiting for it to change."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import psutil

from editai.render import ffmpeg

T = TypeVar("T")

HANGS_S = 15
"""What must not wait for something that takes longer still is given so many seconds: machines are shared, and a busy
one says nothing of how fast the product is. Speed is for `benchmarks/`."""


def wait_for(look: Callable[[], T | None], seconds: float = 60, what: str = "") -> T:
    """The first thing that `look` gives; a test fails where it gives nothing for `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds} s for {what or look.__name__} in vain")


def renderers(home: Path) -> list[psutil.Process]:
    """Every ffmpeg that works below the data folder, whoever started it."""
    found = []
    for process in psutil.process_iter():
        try:
            ours = "ffmpeg" in process.name().lower() and Path(process.cwd()).is_relative_to(home.resolve())
            if ours and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.Error, FileNotFoundError):
            continue
    return found


FOR_EVER = ("-re", "-f", "lavfi", "-i", "testsrc2=s=64x64:r=10", "-f", "null", "-")
"""What ffmpeg can be told that takes no end."""

WORKER = """
import sys
from pathlib import Path
from editai.render import ffmpeg
for _ in ffmpeg.run(sys.argv[2:], Path(sys.argv[1]), limit_s=60):
    pass
"""


def left_running(folder: Path) -> psutil.Process:
    """An ffmpeg in `folder` whose worker was killed and is gone."""
    folder.mkdir(parents=True)
    note = folder / ffmpeg.PID_FILE
    worker = subprocess.Popen([sys.executable, "-c", WORKER, str(folder), *FOR_EVER])
    wait_for(lambda: note.is_file() and note.read_text("utf-8"), what="the worker to run ffmpeg")
    (orphan,) = psutil.Process(worker.pid).children()
    os.kill(worker.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    worker.wait()
    return orphan


def held(home: Path) -> list[psutil.Process]:
    """The same, and each stands still from now on: so that it is not through before a test acts."""
    found = []
    for process in renderers(home):
        with suppress(psutil.NoSuchProcess):  # it has just ended
            process.suspend()
            found.append(process)
    return found


def half_made(home: Path) -> list[Path]:
    """What stages and imports have begun and not finished."""
    return [path for path in home.glob("profiles/*/*/**/.*") if path.name.count(".") == 2 and path.name[1].isdigit()]


def is_gone(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def children_named(name: str) -> list[psutil.Process]:
    """The processes below this test whose command line has `name` as an argument."""
    found = []
    for child in psutil.Process(os.getpid()).children(recursive=True):
        try:
            if name in child.cmdline():
                found.append(child)
        except psutil.Error:
            continue
    return found
