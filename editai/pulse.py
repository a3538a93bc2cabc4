"""The pulse of a job while somebody works on it: its heartbeat and its progress in the row, and whether it is over."""

from __future__ import annotations

import logging
import threading
from types import TracebackType

from editai.library.journal import Journal
from editai.models import Progress

BEAT_SECONDS = 0.25

log = logging.getLogger(__name__)


class Pulse:
    """A thread that shows that the worker lives, carries its progress to the row, and learns when it is over."""

    def __init__(self, journal: Journal, job_id: str, token: str, stopping: threading.Event) -> None:
        self.progress: Progress | None = None
        self.over = threading.Event()
        self._ended = threading.Event()
        self._journal, self._job_id, self._token = journal, job_id, token
        self._stopping = stopping
        self._thread = threading.Thread(target=self._run, name=f"pulse-{job_id}", daemon=True)

    def __enter__(self) -> Pulse:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(BEAT_SECONDS):
            try:
                if self._stopping.is_set() or not self._journal.beat(self._job_id, self._token, self.progress):
                    self.over.set()
            except Exception as error:  # noqa: BLE001 one beat that was missed is not the end; twenty seconds are
                log.warning("the heartbeat could not be written: %s", error)
