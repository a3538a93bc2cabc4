"""`python -m editai worker tcp://…`: a machine that works for a cluster.

This process does no work. It keeps one that does, as the app keeps its workers: one that crashes is followed by
another, its ffmpeg ends, and what it left half-made goes. Ctrl-C and SIGTERM end both, and leave nothing of the stores
here.
"""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from filelock import FileLock, Timeout

from editai import cluster, render, workers
from editai.errors import InvalidInput
from editai.library.depot import Depot
from editai.library.media import Media, remove
from editai.settings import SCHEDULER, Settings

log = logging.getLogger(__name__)


def keep(address: str, settings: Settings) -> int:
    """Work until Ctrl-C or SIGTERM; the exit status. Raises InvalidInput 422 `address_invalid`, and what
    `cluster.require` and `Depot.open` raise."""
    if not SCHEDULER.fullmatch(address):
        raise InvalidInput(
            "address_invalid", f"{address} is not a scheduler's address.", "It looks like tcp://render-box:8786."
        )
    cluster.require(settings)
    Depot.open(settings.media_url or "")
    logging.basicConfig(format="%(asctime)s %(message)s")
    stopping = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: stopping.set())
    with _folder(settings.home) as folder:
        pause = 0.0
        while not stopping.wait(pause):
            _clear_away(folder)
            began, status = time.monotonic(), _work(address, settings, folder, stopping)
            if status:
                log.warning("the worker ended with %d", status)
            crashed_soon = time.monotonic() - began < workers.LONGEST_PAUSE_SECONDS
            pause = min(pause * 2 + 0.5, workers.LONGEST_PAUSE_SECONDS) if crashed_soon else 0.0
    return 0


def _work(address: str, settings: Settings, folder: Path, stopping: threading.Event) -> int:
    """The life of one worker process; its exit status."""
    process = workers.begin({"cluster": address, "folder": str(folder), "settings": workers.told(settings)})
    try:
        while process.poll() is None and not stopping.wait(workers.POLL_SECONDS):
            pass
        if process.stdin is not None:
            with suppress(OSError):
                process.stdin.close()
        return process.wait(workers.STOP_SECONDS + 0.5)
    except subprocess.TimeoutExpired:
        workers.end_tree(process.pid)
        return process.wait()


def _clear_away(folder: Path) -> None:
    """What a worker that is gone left: its ffmpeg, and what it was making."""
    render.end_orphans(folder / "profiles")
    Media(folder).sweep()
    remove(folder / "dask")


@contextmanager
def _folder(home: Path) -> Iterator[Path]:
    """A folder for this worker alone. After a crash the next one finds it again, with the finished stages in it."""
    home.mkdir(parents=True, exist_ok=True)
    for number in count():
        folder = home / f"cluster-{number}"
        lock = FileLock(folder.with_suffix(".lock"))
        try:
            lock.acquire(timeout=0)
        except Timeout:
            continue
        try:
            sys.stderr.write(f"Working in {folder}; Ctrl-C ends it.\n")
            folder.mkdir(exist_ok=True)
            yield folder
        finally:
            _clear_away(folder)
            remove(folder)
            lock.release()
            folder.with_suffix(".lock").unlink(missing_ok=True)
        return
