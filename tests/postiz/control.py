"""The test server as a process of its own, and the few routes by which it is told what to do."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.postiz.server import PostizServer, Workspace

OBEYED = {
    "add_channel",
    "posts",
    "media",
    "deliveries",
    "requests",
    "bodies",
    "fail",
    "heal",
    "act_late",
    "publish_due",
    "work",
}


class Control:
    """An ASGI app before another: POST /control/{name} is answered here."""

    def __init__(self, app: ASGIApp, workspace: Workspace) -> None:
        self.app, self.workspace = app, workspace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/control/"):
            await self.app(scope, receive, send)
            return
        arguments = json.loads(await Request(scope, receive).body() or b"{}")
        name = scope["path"].removeprefix("/control/")
        answer = await asyncio.to_thread(self.obey, name, arguments)
        await answer(scope, receive, send)

    def obey(self, name: str, arguments: dict[str, Any]) -> Response:
        if name not in OBEYED:
            return JSONResponse({"message": f"nothing is called {name}"}, 404)
        found = getattr(self.workspace, name)
        result = found(**arguments) if callable(found) else found
        return Response(json.dumps(result, default=plain), media_type="application/json")


def plain(value: Any) -> Any:
    return dataclasses.asdict(value) if dataclasses.is_dataclass(value) else str(value)  # type: ignore[arg-type]


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(description="A Postiz server for tests.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--bare", action="store_true", help="the backend alone, without /api")
    parser.add_argument("--channel", action="append", default=[], metavar="PROVIDER:NAME")
    parser.add_argument("--work", action="store_true", help="publish what is due by itself")
    wanted = parser.parse_args()
    server = PostizServer("bare" if wanted.bare else "docker", wanted.port)
    workspace = server.workspace()
    server.wrap = lambda app: Control(app, workspace)
    server.start()
    for channel in wanted.channel:
        workspace.add_channel(*channel.split(":", 1))
    if wanted.work:
        workspace.work()
    print(json.dumps({"url": workspace.url, "home": server.home, "key": workspace.key}), flush=True)
    while True:
        time.sleep(3600)
