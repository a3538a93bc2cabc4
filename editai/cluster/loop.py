"""An event loop in a thread of its own, for all clients of Dask's that a link has.

Dask starts a loop for each client, and leaves it running for good where the scheduler does not answer or went away; an
app whose cluster is away tries again and again.
"""

from __future__ import annotations

import asyncio
import threading

from tornado.ioloop import IOLoop


class Loop:
    """Runs from `start()` to `stop()`."""

    def __init__(self) -> None:
        self._io: IOLoop | None = None
        self._ended = asyncio.Event()
        self._running = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._live()), name="cluster loop", daemon=True)

    @property
    def io(self) -> IOLoop:
        """The loop as Dask takes it; it runs."""
        if self._io is None:
            raise RuntimeError("this loop was not started")
        return self._io

    def start(self) -> None:
        """Begin."""
        self._thread.start()
        self._running.wait()

    def stop(self) -> None:
        """End it, with whatever is still under way in it."""
        self.io.add_callback(self._ended.set)
        self._thread.join()

    async def _live(self) -> None:
        self._io = IOLoop.current()
        self._running.set()
        await self._ended.wait()
