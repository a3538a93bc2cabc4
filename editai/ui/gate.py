"""What stands before the app wherever several people use it: each request is somebody's, and sees files of theirs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection
from typing import ClassVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from editai.errors import EditaiError, NotSignedIn, RateLimited
from editai.library import Library
from editai.ui import files
from editai.ui.refused import Refused

ANYBODYS = frozenset({"/favicon.ico", "/gradio_api/startup-events"})
"""What is served to everybody: it is the same everywhere. The last is how Gradio asks itself whether it is up."""


class Gate(ABC):
    """Lets a request through with a ticket; which, and what happens without one, its two kinds say."""

    open: ClassVar[frozenset[str]] = ANYBODYS

    def __init__(self, app: ASGIApp, library: Library, quiet: Collection[int] = ()) -> None:
        """`quiet` are the events of the page of whose refusal nobody is told."""
        self._app, self._library = app, library
        self._refused = Refused(quiet)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "lifespan" or scope.get("path") in self.open:
            await self._app(scope, receive, send)
        elif scope["type"] != "http":  # Gradio has no web sockets
            await send({"type": "websocket.close", "code": 1008})
        else:
            request = Request(scope, receive)
            if (answer := await self._answer(request)) is not None:
                await answer(scope, receive, send)
            else:
                await self._app(scope, receive, self._while_it_holds(request, send))

    @abstractmethod
    def _owner(self, request: Request) -> str:
        """Whose ticket the request carries. Raises NotSignedIn 401."""

    @abstractmethod
    async def _own_page(self, request: Request, path: str) -> Response | None:
        """The answer of a page of the gate's own; None where this is none."""

    async def _without_ticket(self, request: Request, error: EditaiError) -> Response:
        """An event ends with an error, all else is 401."""
        return await self._refused.answer(request, error) or told(error)

    async def _answer(self, request: Request) -> Response | None:
        """What the gate itself answers; None where the request may pass."""
        path = request.scope["path"]  # not the one of its URL, which ends at a "?" that was encoded
        if (answer := await self._own_page(request, path)) is not None:
            return answer
        try:
            owner = self._owner(request)
        except NotSignedIn as error:
            return await self._without_ticket(request, error)
        if files.is_address(path) and not await run_in_threadpool(files.is_served, self._library, owner, path):
            return JSONResponse({"detail": "There is no such file."}, 404)
        if path.rstrip("/") == files.UPLOAD and request.method == "POST":
            return await files.keep_upload(self._app, request, self._library.settings, owner)
        return None

    def _holds(self, request: Request) -> bool:
        """Whether the request's ticket is somebody's, still."""
        try:
            self._owner(request)
        except NotSignedIn:
            return False
        return True

    def _while_it_holds(self, request: Request, send: Send) -> Send:
        """Ends an answer that goes on for long, such as a job's progress, when its ticket does."""
        cut = False

        async def guarded(message: Message) -> None:
            nonlocal cut
            if cut:
                return
            if message["type"] == "http.response.body" and message.get("more_body") and not self._holds(request):
                cut, message = True, {"type": "http.response.body", "body": b"", "more_body": False}
            await send(message)

        return guarded


def told(error: EditaiError) -> Response:
    """An error as a script reads it; `detail` is what Gradio's page shows."""
    body = {"detail": str(error), "title": error.title, **error.as_dict()}
    return JSONResponse(body, error.status, headers={"Cache-Control": "no-store", **wait(error)})


def wait(error: EditaiError | None) -> dict[str, str]:
    """The header that says when to try again, where the error knows."""
    return {"Retry-After": str(error.retry_after_s)} if isinstance(error, RateLimited) else {}
