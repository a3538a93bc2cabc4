"""Render slots: so many processes of a data folder may render at a time, whoever asks; the others wait."""

from __future__ import annotations

from contextlib import suppress
from types import TracebackType

from filelock import FileLock, Timeout

from editai.settings import Settings

POLL_SECONDS = 0.25
WAITING = "Waiting for another clip to be finished"


class Slot:
    """One of the data folder's `settings.workers` render slots, which workers, the page and the command line share.

    It is free again at the end of the context, or as soon as its process is gone, however it went.
    """

    def __init__(self, settings: Settings) -> None:
        # not bound to a thread: Gradio takes each step of a generator in whichever is free
        paths = [settings.home / f"render-{number}.lock" for number in range(settings.workers)]
        self._locks = [FileLock(path, thread_local=False) for path in paths]
        self._held: FileLock | None = None

    def take(self) -> bool:
        """Take one that is free, unless one is held already; whether one is held now."""
        for lock in self._locks if self._held is None else ():
            with suppress(Timeout):
                lock.acquire(timeout=0)
                self._held = lock
                break
        return self._held is not None

    def __enter__(self) -> Slot:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._held is not None:
            self._held.release()
            self._held = None
