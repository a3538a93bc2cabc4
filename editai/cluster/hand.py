"""The Dask worker itself: a process that offers what it can do, takes parts of jobs, and says how far it is.

It is started, watched over and started again by `machine`. A part is taken back where its job was cancelled, the app
is gone or the scheduler is: Dask cannot interrupt what runs in a thread, so a plugin hears of it and ends the work.
What cannot be interrupted, a model in the middle of a sentence, ends with the process.
"""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import os
import socket
import sys
import threading
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

import dask
import psutil
from distributed import Worker, WorkerPlugin, get_worker

from editai import jobs
from editai.cluster.bench import Bench
from editai.cluster.task import RENDERS, SPEAKS, TOPIC, Made, Task, Told, build
from editai.errors import Cancelled
from editai.models import File, Progress
from editai.settings import Settings
from editai.workers import CANCEL_SECONDS, STOP_SECONDS

POLL_SECONDS = 0.25
BEAT_SECONDS = 0.5
PLUGIN = "editai"
REPLACED = 75
"""The exit status of a worker that could not be interrupted (EX_TEMPFAIL): another takes its place."""

log = logging.getLogger(__name__)


class Hand(WorkerPlugin):  # type: ignore[misc] # Dask is not typed
    """A worker's plugin: it has the bench, and knows of each running part whether it is still wanted."""

    name = PLUGIN

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings, self.bench = settings, Bench(settings, folder)
        self.stopping = False
        self._running: dict[str, threading.Event] = {}

    def transition(self, key: str, start: str, finish: str, **_: Any) -> None:
        """Dask says that a task begins, or is no longer wanted; called in its own thread."""
        if finish == "executing":
            self._running[key] = threading.Event()
        elif start in {"executing", "long-running"} and finish not in {"memory", "error"} and key in self._running:
            self._running[key].set()

    def teardown(self, worker: Worker) -> None:
        """The worker ends, or has lost its scheduler: nobody waits for what runs here."""
        del worker
        self.take_back()

    def take_back(self) -> None:
        """End all that runs."""
        for over in list(self._running.values()):
            over.set()

    def is_busy(self) -> bool:
        """Whether a part is still at work."""
        return bool(self._running)

    def run(self, text: str, run: str) -> Made:
        """One part, in a thread of the worker's."""
        worker = get_worker()
        key = str(worker.get_current_task())
        over = self._running.setdefault(key, threading.Event())
        ended = threading.Event()
        threading.Thread(target=_leave_where_stuck, args=(over, ended), daemon=True).start()
        try:
            with _Voice(worker, run) as voice:
                return self.bench.work(Task.model_validate_json(text), over, voice.tell)
        except Cancelled:
            return Made(interrupted=True)
        except Exception as error:  # noqa: BLE001 whatever it is, the app has to know
            told = jobs.in_words(error, f"part-{run}", self.settings)
            where = f"That was on the worker {socket.gethostname()}."
            return Made(error=type(told)(told.slug, told.message, f"{told.hint} {where}".strip()).as_dict())
        finally:
            self._running.pop(key, None)
            ended.set()
            over.set()
            with suppress(OSError):
                self.bench.tidy()


def work(text: str, run: str) -> str:
    """What the scheduler hands to a worker: a `Task` as JSON; gives a `Made` as JSON."""
    hand: Hand = get_worker().plugins[PLUGIN]
    return hand.run(text, run).model_dump_json()


class _Voice:
    """A thread that says that the worker lives and how far a part is."""

    def __init__(self, worker: Worker, run: str) -> None:
        self._worker = worker
        self._told = Told(run=run, attempt=uuid.uuid4().hex, worker=worker.address)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._say, name=f"voice-{run}", daemon=True)

    def __enter__(self) -> _Voice:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def tell(self, progress: Progress, still: File | None, preview: File | None) -> None:
        said = progress.model_dump_json(exclude={"still", "preview", "clip"})
        self._told = self._told.model_copy(update={"progress": said, "still": still, "preview": preview})

    def _say(self) -> None:
        while True:
            self._worker.log_event(TOPIC, self._told.model_dump(mode="json"))
            if self._ended.wait(BEAT_SECONDS):
                return


def _leave_where_stuck(over: threading.Event, ended: threading.Event) -> None:
    over.wait()
    if not ended.wait(CANCEL_SECONDS):
        leave(REPLACED)


def leave(status: int) -> None:
    """End this process and all that it started, now."""
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            child.kill()
    os._exit(status)


# ── the process ──────────────────────────────────────────────────────────────────────────────────────────────────


def serve(address: str, settings: Settings, folder: Path, stopping: threading.Event) -> int:
    """Work for the scheduler at `address` until `stopping` is set; where it goes away, until it is back."""
    logging.getLogger("distributed").setLevel(logging.ERROR)

    def in_time() -> None:
        stopping.wait()
        time.sleep(STOP_SECONDS)
        leave(0)

    threading.Thread(target=in_time, daemon=True).start()
    asyncio.run(_serve(address, settings, folder, stopping))
    return 0


async def _serve(address: str, settings: Settings, folder: Path, stopping: threading.Event) -> None:
    hand = Hand(settings, folder)
    while not stopping.is_set():
        worker = Worker(
            address,
            name=f"{socket.gethostname()}-{uuid.uuid4().hex[:8]}",
            nthreads=2 if _offers().get(SPEAKS) else 1,
            resources=_offers(),
            plugins=(hand,),
            memory_limit=None,
            local_directory=str(folder / "dask"),
        )
        life = asyncio.ensure_future(_live(worker, address))
        while not life.done() and not stopping.is_set():
            await asyncio.wait({life}, timeout=POLL_SECONDS)
        if stopping.is_set():
            hand.take_back()
            while hand.is_busy():
                await asyncio.sleep(POLL_SECONDS / 5)
            await worker.close(timeout=1)
            life.cancel()
        with suppress(asyncio.CancelledError, OSError, TimeoutError):
            await life


async def _live(worker: Worker, address: str) -> None:
    """From the first try to reach the scheduler until it is gone again."""
    started = asyncio.ensure_future(worker.start())
    if not (await asyncio.wait({started}, timeout=2))[0]:
        _say(f"The scheduler at {address} does not answer; this worker begins when it does.")
    await started
    _say(f"This worker works for the cluster at {address}.")
    await worker.finished()


def _offers() -> dict[str, float]:
    """What this worker can do, as Dask resources; Dask's own configuration may say otherwise of the graphics card.

    A worker with a graphics card speaks for one clip while it renders another.
    """
    configured: dict[str, float] = dask.config.get("distributed.worker.resources", {})
    speaks = float(configured.get(SPEAKS, _has_graphics()))
    return {build(): 1 + speaks, RENDERS: 1, **({SPEAKS: speaks} if speaks else {})}


def _has_graphics() -> bool:
    """Whether the voices find a graphics card: they run on torch there, or not on it at all."""
    if importlib.util.find_spec("torch") is None:
        return False
    from editai.voices.on_torch import device

    return device() == "cuda"


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
