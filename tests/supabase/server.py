"""A Supabase project on loopback: supabase-py on one side, a real Postgres on the other.

It speaks only what EditAI asks of PostgREST, GoTrue and Supabase Storage, and answers 501 to anything else.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time

import uvicorn
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from tests.postiz.faults import Fault, Faults, Faulty
from tests.postiz.server import Server
from tests.supabase import tokens
from tests.supabase.auth import Auth
from tests.supabase.postgres import Database
from tests.supabase.rest import Rest
from tests.supabase.storage import Storage


class _Waiting(Faults):
    """Faults for whoever asks next."""

    def take(self, key: str, route: str) -> Fault | None:
        return super().take("", route)


class SupabaseServer:
    """A project over a database: `url`, `anon_key`, `service_key`, and what only a test may see and do."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.rest, self.auth = Rest(database), Auth(database)
        self.storage = Storage(self.rest)
        self.anon_key, self.service_key = tokens.key("anon"), tokens.key("service_role")
        self._faults = _Waiting()
        # Its protocol is named, else asyncio leaves Nagle's algorithm on, which holds each answer back for 40 ms.
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        app = Faulty(self._app, self._faults, "")
        config = uvicorn.Config(app, http="h11", ws="none", lifespan="off", log_level="critical", proxy_headers=False)
        server = self._server = Server(config)
        self._thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])), daemon=True)
        self._thread.start()
        while not server.started:
            time.sleep(0.005)

    def fail(self, route: str, how: str, times: int = 1, wait: float = 0) -> None:
        """Let the next requests meet a fault (see `tests.postiz.faults`): `fail("POST /rest/v1/*", "drop_after")`."""
        self._faults.waiting.setdefault("", []).append(Fault(route, how, times, wait))

    def heal(self) -> None:
        """Forget the faults that did not happen, and what was seen."""
        self._faults.waiting.clear()
        self.rest.seen.clear()
        self.auth.lifetime_s, self.auth.confirms, self.auth.refreshes = 3600, False, 0
        self.auth.mailed.clear()
        self.storage.largest = 10**9
        self.storage.sent.clear()

    def stop(self) -> None:
        """End at once, whoever is waiting for an answer."""
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(10)
        self.rest.close()
        assert not self._thread.is_alive()

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = await request.body()
        await (await run_in_threadpool(self._answer, request, body))(scope, receive, send)

    def _answer(self, request: Request, body: bytes) -> Response:
        signed = request.method == "GET" and request.url.path.startswith("/storage/v1/object/sign/")
        if not signed and request.headers.get("apikey") not in (self.anon_key, self.service_key):
            return JSONResponse({"message": "Invalid API key"}, 401)
        for begin, part in (("/rest/v1/", self.rest), ("/auth/v1/", self.auth), ("/storage/v1/", self.storage)):
            if request.url.path.startswith(begin):
                return part.answer(request, body)
        return JSONResponse({"message": f"this test server knows no {request.url.path}"}, 501)
