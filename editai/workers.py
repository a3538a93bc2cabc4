"""Worker processes, and the thread in the app that keeps them alive.

Each worker is a process of its own, so that one that crashes costs no other job anything. It begins with the first job
that waits, models stay loaded in it from job to job, and when there has been nothing to do for a while it leaves, which
gives its memory back. It learns what it needs from one line on its standard input and knows by the end of that input
that the app is gone, also when the app was killed: then it ends its ffmpeg, hands its job back and leaves.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psutil

import editai
from editai import cluster, jobs, library, loaded, logs
from editai.aside import aside
from editai.errors import EditaiError
from editai.housekeeping import clear_away, tidy
from editai.library import Library
from editai.library.journal_losses import EXPIRY_SECONDS, LOST, TRIES
from editai.settings import Settings

POLL_SECONDS = 0.25
STOP_SECONDS = 2.0
"""How long a worker may take to hand its job back when it is asked to stop."""
CANCEL_SECONDS = 5.0
"""How long a worker may go on with a job that was cancelled, before it is killed and replaced."""
EXPIRY_CHECK_SECONDS = 5.0
TIDY_SECONDS = 600.0
"""How often the app looks whether there is too much in the data folder."""
LONGEST_PAUSE_SECONDS = 30.0
NICE = 10
"""How far a worker and its ffmpeg stand back: the page, and whatever else the owner does, goes before them."""

log = logging.getLogger(__name__)


class Supervisor:
    """Keeps up to `settings.workers` workers at work from `start()` to `stop()`, and the data folder in order; where
    there is a cluster, one that carries jobs there.

    A worker stays for `idle_s` after its last job, with what it has loaded.
    """

    def __init__(self, settings: Settings, idle_s: float = loaded.IDLE_SECONDS) -> None:
        self._settings = settings
        self._idle_s = idle_s
        self._tidying: Future[None] | None = None
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Clear away what a killed start left half-made, and begin. Raises what `library.open` raises, and where there
        is a cluster `cluster.require`."""
        if self._thread is not None:
            raise RuntimeError("this supervisor was started before")
        if self._settings.cluster is not None:
            cluster.require(self._settings)
        shelf = library.open(self._settings)
        clear_away(shelf)
        self._thread = threading.Thread(target=self._supervise, args=(shelf,), name="supervisor", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the workers and their ffmpeg within about 3 seconds; what they were doing goes back to the queue."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def _supervise(self, shelf: Library) -> None:
        number = 1 if self._settings.cluster else self._settings.workers  # it carries as many jobs as the cluster takes
        slots = [_Slot(self._settings, self._idle_s) for _ in range(number)]
        next_check, next_tidy, awake = 0.0, time.monotonic() + TIDY_SECONDS / 10, time.time()
        try:
            while not self._stopping.wait(POLL_SECONDS):
                try:
                    _staff(slots, shelf)
                    if time.time() - awake > EXPIRY_SECONDS / 2:  # this machine slept, and every heartbeat with it
                        next_check = time.monotonic() + EXPIRY_SECONDS
                    awake = time.time()
                    if time.monotonic() > next_check:
                        next_check = time.monotonic() + EXPIRY_CHECK_SECONDS
                        shelf.journal.requeue_expired()
                        loaded.give_back(0.0 if loaded.is_memory_short() else loaded.IDLE_SECONDS)  # the page's own
                    if time.monotonic() > next_tidy and (self._tidying is None or self._tidying.done()):
                        next_tidy = time.monotonic() + TIDY_SECONDS
                        self._tidying = aside(partial(_tidy, self._settings), "tidy")
                except Exception:  # a full disk or a locked database passes; without workers nothing goes on
                    log.exception("the supervisor goes on")
        finally:
            for slot in slots:
                slot.ask_to_stop()
            for slot in slots:
                slot.stop(shelf)
            shelf.close()


def _tidy(settings: Settings) -> None:
    try:
        with library.open(settings) as shelf:
            tidy(shelf)
    except Exception:  # it is tried again later; nobody waits for it
        log.exception("the data folder could not be tidied")


def _staff(slots: Sequence[_Slot], shelf: Library) -> None:
    """Clear up after dead workers, end those that do not hear a cancel, and start one for each job that waits for a
    worker, as far as there are places."""
    for slot in slots:
        slot.look_after(shelf)
    clinging = shelf.journal.clinging(CANCEL_SECONDS)
    for slot in slots:
        if slot.token in clinging:
            slot.kill()
    waiting = shelf.journal.waits()
    if waiting:
        busy = shelf.journal.tokens()
        waiting -= sum(slot.process is not None and slot.token not in busy for slot in slots)
    for slot in slots:
        if waiting > 0 and slot.is_free():
            slot.start()
            waiting -= 1


@dataclass
class _Slot:
    """A place for one worker: the process that fills it now, and the token under which that one claims jobs."""

    settings: Settings
    idle_s: float
    token: str = ""
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    pause: float = 0.0
    not_before: float = field(default_factory=time.monotonic)

    def look_after(self, shelf: Library) -> None:
        """Clear up after a worker that has left, or died: then the next one begins the later, the sooner that was."""
        if self.process is None or self.process.poll() is None:
            return
        status = self.process.returncode
        if status:
            log.warning("worker %d ended with %s", self.process.pid, status)
        self._bury(shelf, _died(status))
        crashed_soon = bool(status) and time.monotonic() - self.began < LONGEST_PAUSE_SECONDS
        self.pause = min(self.pause * 2 + 0.5, LONGEST_PAUSE_SECONDS) if crashed_soon else 0.0
        self.not_before = time.monotonic() + self.pause

    def is_free(self) -> bool:
        """Whether a worker may be started here now."""
        return self.process is None and time.monotonic() >= self.not_before

    def kill(self) -> None:
        """End the worker and all that it started, now."""
        if self.process is not None:
            end_tree(self.process.pid)

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.stdin is not None:
            with suppress(OSError):
                self.process.stdin.close()

    def stop(self, shelf: Library) -> None:
        """Wait for a worker that was asked to stop, for as long as it may take; then it is killed."""
        if self.process is None:
            return
        try:
            self.process.wait(STOP_SECONDS + 0.5)
        except subprocess.TimeoutExpired:
            self.kill()
            self.process.wait()
        for token in _tokens(shelf, self.token):
            shelf.journal.hand_back(token)
        self._bury(shelf)

    def start(self) -> None:
        """Start a worker."""
        self.token = uuid.uuid4().hex
        self.began = time.monotonic()
        self.process = begin({"token": self.token, "settings": told(self.settings), "idle_s": self.idle_s})

    def _bury(self, shelf: Library, died: EditaiError | None = None) -> None:
        """Hand back what the dead worker held, end its ffmpeg, remove what it left half-made; how it `died` is told if
        that was the last try."""
        if self.process is not None and self.process.stdin is not None:
            with suppress(OSError):
                self.process.stdin.close()
        self.process = None
        clear_away(shelf)
        for token in _tokens(shelf, self.token):
            shelf.journal.lost(token, died)


def _died(status: int) -> EditaiError | None:
    """What a job ends with whose last worker left with this status; None where that says nothing."""
    if status in (0, -signal.SIGTERM):
        return None
    killed = sys.platform != "win32" and status == -signal.SIGKILL
    how = "was ended by the system or by somebody" if killed else f"crashed with status {status}"
    return EditaiError(
        LOST.slug,
        f"The work on this clip was interrupted {TRIES} times; the last time the program that made it {how}.",
        LOST.hint if killed else "Press Retry. If it happens again, export the video as MP4 (H.264) and use that.",
    )


def begin(first: Mapping[str, Any]) -> subprocess.Popen[bytes]:
    """Start a worker process; what it needs is the first line of its input, and the end of that asks it to stop."""
    package = str(Path(editai.__file__).parents[1])
    paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    flags: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        flags = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "editai", "worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        **flags,
    )
    if process.stderr is not None:
        logs.relay(process.stderr)
    if process.stdin is not None:
        with suppress(OSError):  # it died at once: whoever looks after it sees it
            process.stdin.write(json.dumps(first).encode() + b"\n")
            process.stdin.flush()
    return process


def told(settings: Settings) -> dict[str, Any]:
    """The settings as a worker is told them: with the keys, which a dump hides; nobody's token is among them."""
    keys = {name: key.get_secret_value() for name in ("secret_key", "supabase_key") if (key := getattr(settings, name))}
    return settings.model_dump(mode="json") | keys


def serve() -> int:
    """The life of a worker process: `python -m editai worker`, started by a supervisor, or by `cluster.machine` on a
    machine that works for a cluster. Returns the exit status."""
    first = _first_line()
    if not first:
        return 1
    read = json.loads(first)
    settings = Settings.model_validate(read["settings"])
    logs.tell_app()
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is meant for the app, which stops its workers in order
    threading.Thread(target=_until_app_is_gone, args=(stopping,), daemon=True).start()
    if "cluster" in read:
        from editai.cluster import hand  # Dask is an extra

        return hand.serve(str(read["cluster"]), settings, Path(read["folder"]), stopping)
    token, idle_s = str(read["token"]), float(read["idle_s"])
    threading.Thread(target=_leave_in_time, args=(stopping, settings, token), daemon=True).start()
    if settings.cluster is not None:
        from editai.cluster import carrier

        carrier.serve(settings.cluster, settings, token, idle_s, stopping)
    else:
        _work(settings, token, idle_s, stopping)
    return 0


def _work(settings: Settings, token: str, idle_s: float, stopping: threading.Event) -> None:
    """Make clips here until `stopping` is set, or nothing has waited for `idle_s` seconds."""
    _stand_back()
    with library.open(settings) as shelf:
        idle_since = time.monotonic()
        while not stopping.is_set():
            job = shelf.journal.claim_next(token)
            if job is not None:
                jobs.run_job(job.id, settings, token, stopping)
                idle_since = time.monotonic()
                if loaded.is_memory_short():
                    loaded.give_back(0.0)
            elif time.monotonic() - idle_since > idle_s or loaded.is_memory_short():
                break
            else:
                stopping.wait(POLL_SECONDS)


def end_tree(pid: int) -> None:
    """Kill a process and everything below it; one that is gone already is fine."""
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):  # itself first: it must not report its ffmpeg's death
            with suppress(psutil.NoSuchProcess):
                one.kill()


def _tokens(shelf: Library, token: str) -> list[str]:
    """The tokens under which a worker holds jobs: its own, or one for each that it carries to a cluster."""
    return [each for each in shelf.journal.tokens() if each.startswith(token)]


def _first_line() -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            return b""
        line += byte
    return line


def _stand_back() -> None:
    """Let others go first on a busy processor; what this process starts inherits that."""
    if sys.platform == "win32":
        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    else:
        os.nice(NICE)


def _until_app_is_gone(stopping: threading.Event) -> None:
    while os.read(0, 1):
        pass
    stopping.set()


def _leave_in_time(stopping: threading.Event, settings: Settings, token: str) -> None:
    """Where the work does not stop in time by itself, end it.

    A model that is in the middle of a sentence cannot be interrupted.
    """
    stopping.wait()
    time.sleep(STOP_SECONDS)
    try:
        with library.open(settings) as shelf:
            for each in _tokens(shelf, token):
                shelf.journal.hand_back(each)  # before ffmpeg ends: the job must not fail of that
    finally:
        for child in psutil.Process().children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                child.kill()
        os._exit(0)
