"""A Postiz server on loopback that a test starts, breaks, restarts and looks into.

By hand, or for a client in another process: `python -m tests.postiz.server --port 5000 --channel tiktok:Shop`. It
prints its address and a key as one line of JSON, and obeys POST /control/{name} with JSON arguments, where name is a
method or property of `Workspace`: `/control/fail {"route": "POST /posts", "how": "drop_after"}`, `/control/posts`.
"""

from __future__ import annotations

import asyncio
import faulthandler
import socket
import threading
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Literal

import uvicorn
from starlette.types import ASGIApp

from editai.models import Connection
from tests.postiz import publishing, routes
from tests.postiz.faults import Fault, Faults, Faulty
from tests.postiz.state import Account, Delivery, Media, Organisation, Row, State, new_id

Layout = Literal["docker", "bare"]
BASES = {"docker": "/api/public/v1", "bare": "/public/v1"}


class Server(uvicorn.Server):
    """Hangs up when it ends: from Python 3.12 on it would end no sooner than the last of its connections."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in tuple(self.server_state.connections):
            connection.transport.abort()
        await super().shutdown(sockets)


class PostizServer:
    """One server: real HTTP on a port of its own, which it keeps over restarts, as it keeps its state.

    "docker" has the API below /api and the front end's page everywhere else, "bare" is the backend alone.
    """

    def __init__(self, layout: Layout = "docker", port: int = 0) -> None:
        self.state, self.faults = State(), Faults()
        self.layout = layout
        self.port = port
        self.wrap: Callable[[ASGIApp], ASGIApp] = lambda app: app
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def home(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """The base URL of the API."""
        return self.home + BASES[self.layout]

    def start(self) -> PostizServer:
        """Listen and answer; comes back when it does."""
        # Its protocol is named, else asyncio leaves Nagle's algorithm on, which holds each answer back for 40 ms.
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", self.port))
        self.port = listening.getsockname()[1]
        base = BASES[self.layout]
        app = Faulty(self.wrap(routes.app(self.state, base, self.home)), self.faults, base)
        config = uvicorn.Config(
            app, http="h11", ws="none", lifespan="off", log_level="critical", proxy_headers=False, timeout_keep_alive=5
        )
        server = self._server = Server(config)

        async def serve() -> None:
            self._loop = asyncio.get_running_loop()
            await server.serve(sockets=[listening])

        self._thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
        self._thread.start()
        while not server.started:
            time.sleep(0.005)
        return self

    def stop(self) -> None:
        """End at once, whoever is waiting for an answer; connections are closed."""
        assert self._server is not None
        assert self._thread is not None
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(10)
        if self._thread.is_alive():
            faulthandler.dump_traceback()  # where it waits
        assert not self._thread.is_alive()

    def restart(self) -> None:
        """Stop and start again on the same port with everything that was kept."""
        self.stop()
        self.start()

    def workspace(self) -> Workspace:
        """A new organisation of this server."""
        return Workspace(self, self.state.found_organisation())

    def run(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run something on the server's own loop and wait for it."""
        assert self._loop is not None

        async def working() -> None:
            await work()

        asyncio.run_coroutine_threadsafe(working(), self._loop).result(10)


class Workspace:
    """An organisation of a test server: what a store's owner has (`url`, `key`), and what only a test may see and do.

    Several workspaces of one server share nothing but its address; a fault set on one does not touch the others.
    """

    def __init__(self, server: PostizServer, organisation: Organisation) -> None:
        self.server, self.organisation = server, organisation
        self._rests = threading.Event()

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def key(self) -> str:
        return self.organisation.key

    @property
    def connection(self) -> Connection:
        return Connection(url=self.url, key=self.key)

    def add_channel(self, provider: str, name: str, disabled: bool = False, **more: Any) -> Account:
        """Connect an account. `more`: any other field of `Account`; they can be changed on what comes back as well."""
        made = Account(new_id(), name, provider, disabled, **more)
        with self.server.state.lock:
            self.organisation.channels[made.id] = made
        return made

    @property
    def posts(self) -> list[Row]:
        """What was really created and not deleted, in the order of creation."""
        with self.server.state.lock:
            return [row for row in self.organisation.rows.values() if not row.deleted]

    @property
    def media(self) -> list[Media]:
        return list(self.organisation.media)

    @property
    def deliveries(self) -> list[Delivery]:
        """What went out to the platforms."""
        return list(self.organisation.deliveries)

    @property
    def requests(self) -> list[str]:
        """Every request that came with this workspace's key and was acted on: "POST /posts"."""
        return list(self.organisation.requests)

    @property
    def bodies(self) -> list[Any]:
        """The JSON of every POST /posts that came as far as its rules, the refused ones too."""
        return list(self.organisation.bodies)

    def fail(self, route: str, how: str, times: int = 1, wait: float = 3600) -> None:
        """Let the next requests to a route go wrong; `how` and `wait` are told in `tests.postiz.faults`."""
        self.server.faults.waiting.setdefault(self.key, []).append(Fault(route, how, times, wait))

    def heal(self) -> None:
        """Forget all faults that have not happened yet."""
        self.server.faults.waiting.pop(self.key, None)

    def act_late(self) -> None:
        """Act on the requests whose answer was "late", after their clients have given up."""
        for act in self.server.faults.late.pop(self.key, []):
            self.server.run(act)

    def publish_due(self, now: datetime | None = None) -> int:
        """Let the worker publish what is due at `now`, by default at this moment. How many posts it handled."""
        with self.server.state.lock:
            return len(publishing.publish_due(self.organisation, now or self.server.state.clock()))

    def work(self, every_s: float = 0.1) -> None:
        """From now on publish what is due by itself, until `rest()`."""

        def loop() -> None:
            while not self._rests.wait(every_s):
                self.publish_due()

        threading.Thread(target=loop, daemon=True).start()

    def rest(self) -> None:
        """Publish nothing by itself any more."""
        self._rests.set()

    def restart(self) -> None:
        self.server.restart()


if __name__ == "__main__":
    from tests.postiz.control import main

    main()
