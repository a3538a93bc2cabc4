"""Faults between the network and the server: set for one route of one organisation, they happen once or more.

how           what the client meets                                         did the server act
slow          the answer comes `seconds` late                               yes
hang_before   no answer, the connection stays open                          no
hang_after    no answer, the connection stays open                          yes
drop_before   the connection ends without an answer                         no
drop_during   it ends when a part of the body has been read                 no
drop_after    it ends without an answer                                     yes
cut_after     it ends in the middle of the answer                           yes
garbage_after a 2xx with broken JSON                                        yes
late          it ends without an answer                                     when `act_late()` is called
500_before    any status: what Postiz, or a proxy before it, would say      no
500_after     any status                                                    yes
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOWS = ("slow", "hang_before", "hang_after", "drop_before", "drop_during", "drop_after", "cut_after", "garbage_after")
NEST = {500: "Internal server error", 413: "request entity too large", 429: "ThrottlerException: Too Many Requests"}
PROXY = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center><hr>nginx</body></html>"


@dataclass
class Fault:
    """`route` is "POST /posts", `*` stands for anything. `wait` is Retry-After for 429, and how slow "slow" is."""

    route: str
    how: str
    times: int
    wait: float

    def __post_init__(self) -> None:
        code, _, when = self.how.partition("_")
        if self.how not in (*HOWS, "late") and not (code.isdigit() and when in {"before", "after"}):
            raise ValueError(f"no such fault: {self.how}")


@dataclass
class Faults:
    """The faults that wait for a request, by organisation, and the requests that wait to be acted on."""

    waiting: dict[str, list[Fault]] = field(default_factory=dict)
    late: dict[str, list[Callable[[], Awaitable[None]]]] = field(default_factory=dict)

    def take(self, key: str, route: str) -> Fault | None:
        for fault in self.waiting.get(key, []):
            if fault.times > 0 and fnmatchcase(route, fault.route):
                fault.times -= 1
                return fault
        return None


class Faulty:
    """An ASGI app around another; `base` is where the API begins."""

    def __init__(self, app: ASGIApp, faults: Faults, base: str) -> None:
        self.app, self.faults, self.base = app, faults, base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fault = None
        if scope["type"] == "http":
            headers = dict(scope["headers"])
            key = headers.get(b"authorization", b"").decode("latin-1")
            fault = self.faults.take(key, f"{scope['method']} {scope['path'].removeprefix(self.base)}")
        if fault is None:
            await self.app(scope, receive, send)
        elif fault.how == "late":
            replay = await read(receive)
            abort(receive)
            self.faults.late.setdefault(key, []).append(lambda: self.app(scope, replay, swallow))
        else:
            await self.happen(fault, scope, receive, send)

    async def happen(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one fault happen to one request."""
        what, _, when = fault.how.partition("_")
        if what == "slow":
            await asyncio.sleep(fault.wait)
            await self.app(scope, receive, send)
            return
        if when == "during":
            await receive()
        elif when == "after":
            await self.app(scope, receive, swallow)
        if what == "hang":
            while (await receive())["type"] != "http.disconnect":
                pass
        elif what == "drop":
            abort(receive)
        elif what == "cut":
            await answer(send, 201, b'[{"postId":"c', "application/json", length=400)
            abort(receive)
        elif what == "garbage":
            await answer(send, 201, b'[{"postId":"c', "application/json")
        else:
            await refuse(send, int(what), fault.wait)


async def read(receive: Receive) -> Receive:
    """The whole request, to be read again."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)

    async def replay() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


async def swallow(message: Message) -> None:
    """An answer that nobody gets."""


def abort(receive: Receive) -> None:
    """End the connection at once; the client sees it reset or closed."""
    cycle: Any = receive.__self__  # type: ignore[attr-defined]  # uvicorn's own, which knows the connection
    cycle.transport.abort()


async def answer(send: Send, status: int, body: bytes, kind: str, length: int = 0, retry_after: str = "") -> None:
    told = {"content-type": kind, "content-length": str(length or len(body)), "retry-after": retry_after}
    pairs = [(name.encode(), value.encode()) for name, value in told.items() if value]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body, "more_body": bool(length)})


async def refuse(send: Send, status: int, wait: float) -> None:
    """An error as Postiz words it, or as the proxy in front of it does."""
    if status in {403, 408, 502, 503, 504}:
        await answer(send, status, PROXY.format(status).encode(), "text/html")
    else:
        body = {"statusCode": status, "message": NEST.get(status, "Cannot do this")}
        retry_after = str(round(wait)) if status == 429 else ""
        await answer(send, status, json.dumps(body).encode(), "application/json", retry_after=retry_after)
