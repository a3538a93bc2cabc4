"""One app for a data folder: a second start finds the first one, and where it can be opened."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import httpx
from filelock import FileLock, Timeout

from editai.errors import Unavailable
from editai.settings import Settings

POLL_SECONDS = 0.25
PATIENCE_SECONDS = 60.0
"""How long the first app may take to start, on a slow disk and a busy machine."""
IS_UP = "/gradio_api/startup-events"
"""What every app of Gradio answers, also to whoever is not signed in."""


class Seat:
    """The place of the app that works with a data folder. It is free as soon as its process is gone, for any reason."""

    def __init__(self, settings: Settings) -> None:
        self._lock = FileLock(settings.folder / "app.lock", thread_local=False)
        self._note = settings.folder / "app.json"

    def tell(self, url: str) -> None:
        """Note where the app can be opened, for those who come later."""
        making = self._note.with_name(f".{os.getpid()}.app.json")
        making.write_text(json.dumps({"url": url}), "utf-8")
        making.replace(self._note)

    def take(self) -> bool:
        """Take the place, unless another process has it."""
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            return False
        self._note.unlink(missing_ok=True)  # of one that was killed
        return True

    def leave(self) -> None:
        """Give the place up."""
        self._note.unlink(missing_ok=True)
        self._lock.release()

    def address(self) -> str:
        """Where the app that has the place answers; "" where none does, or not yet."""
        with suppress(OSError, ValueError, LookupError, httpx.HTTPError):
            url = str(json.loads(self._note.read_text("utf-8"))["url"])
            if httpx.get(url + IS_UP, timeout=5, trust_env=False).is_success:
                return url
        return ""


@contextmanager
def seated(settings: Settings, patience_s: float = PATIENCE_SECONDS) -> Iterator[Seat | str]:
    """The data folder's place, or where the app answers that has it. An app that is starting is waited for.

    Raises Unavailable 503 `app_silent` where another has the place and says nothing for so long.
    """
    seat, until = Seat(settings), time.monotonic() + patience_s
    while not seat.take():
        if url := seat.address():
            yield url
            return
        if time.monotonic() > until:
            raise Unavailable(
                "app_silent",
                f"Another EditAI works with the data folder {settings.folder}, and does not answer.",
                "End it (Ctrl-C in its window), then start again.",
            )
        time.sleep(POLL_SECONDS)
    try:
        yield seat
    finally:
        seat.leave()
