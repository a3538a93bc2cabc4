"""How an event is told that nobody is signed in.

A script and the page send an event to Gradio's queue and read what becomes of it from a stream of messages; an error
is told there or not at all. So the event is taken, never run, and its stream says why.
"""

from __future__ import annotations

import json
import uuid
from collections import OrderedDict
from collections.abc import Collection

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from editai.errors import EditaiError
from editai.ui import languages
from editai.ui.context import headline

JOIN, READ = "/gradio_api/queue/join", "/gradio_api/queue/data"
ON_PAGE = "Please sign in: open this page again. What is being produced goes on."
MOST_BYTES = 1_000_000
"""Of an event whose sender is told in this way."""
REMEMBERED = 1000
"""Visits whose events wait to be told; those of whoever never asks are forgotten."""


class Refused:
    """The events that were not run, by the visit that they are of."""

    def __init__(self, quiet: Collection[int] = ()) -> None:
        self._quiet = quiet
        self._events: OrderedDict[str, list[tuple[str, bool]]] = OrderedDict()

    async def answer(self, request: Request, error: EditaiError) -> Response | None:
        """The answer to a request of Gradio's queue; None to any other."""
        match request.method, request.scope["path"].rstrip("/"):
            case "POST", path if path == JOIN:
                return await self._take(request)
            case "GET", path if path == READ:
                return self._tell(request, error)
        return None

    async def _take(self, request: Request) -> Response | None:
        length = request.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > MOST_BYTES:
            return None
        try:
            asked = json.loads(await request.body())
            visit, is_told = str(asked["session_hash"])[:64], asked.get("fn_index") not in self._quiet
        except (ValueError, LookupError, TypeError, AttributeError):
            return None
        event = uuid.uuid4().hex
        self._events.setdefault(visit, []).append((event, is_told))
        self._events.move_to_end(visit)
        if len(self._events) > REMEMBERED:
            self._events.popitem(last=False)
        return JSONResponse({"event_id": event})

    def _tell(self, request: Request, error: EditaiError) -> Response | None:
        events = self._events.pop(request.query_params.get("session_hash", "")[:64], [])
        if not events:
            return None
        on_page = "sec-fetch-mode" in request.headers  # which only browsers send
        spoken = languages.asked(request.headers)
        title = spoken.text(headline(error)) if on_page else error.title
        said = spoken.text(ON_PAGE) if on_page else str(error)
        ended = [
            {
                "msg": "process_completed",
                "event_id": event,
                "output": {"error": said, "title": title, "visible": is_told, "duration": 10},
                "success": False,
            }
            for event, is_told in events
        ]
        lines = (f"data: {json.dumps(message)}\n\n" for message in (*ended, {"msg": "close_stream"}))
        return Response("".join(lines), media_type="text/event-stream")
