"""The reception of a demo: whoever opens its page is let in as somebody new, and served files of theirs alone.

A browser gets its ticket with the page; a script with `Client(url, auth=("demo", "demo"))`, whatever it says there.
"""

from __future__ import annotations

from collections.abc import Collection

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp

from editai.errors import EditaiError
from editai.library import Library
from editai.library.guests import LASTS_S, Guests
from editai.ui import languages, tickets
from editai.ui.gate import Gate, told
from editai.ui.sign_in import LOGIN

AGAIN = "visit"
"""Asked for with a ticket that was just given."""
COOKIES = "This demo knows you by a cookie, and your browser keeps none of it. Open it in a window of its own."


class Reception(Gate):
    """Where anybody may visit: whoever opens the page is let in."""

    def __init__(self, app: ASGIApp, guests: Guests, library: Library, quiet: Collection[int] = ()) -> None:
        super().__init__(app, library, quiet)
        self._guests = guests

    def _owner(self, request: Request) -> str:
        return self._guests.of(tickets.ticket(request.headers)).owner_id

    async def _own_page(self, request: Request, path: str) -> Response | None:
        if path not in LOGIN or request.method != "POST":
            return None
        try:
            return await self._let_in(request, JSONResponse({"success": True}))
        except EditaiError as error:  # there is no room
            return told(error)

    async def _without_ticket(self, request: Request, error: EditaiError) -> Response:
        """A browser that opens the page becomes a visitor."""
        asks_for_page = request.scope["path"] == "/" and request.method == "GET"
        if not asks_for_page or "text/html" not in request.headers.get("accept", ""):
            return await super()._without_ticket(request, error)
        if AGAIN in request.query_params:  # the ticket that it just got did not come back
            return PlainTextResponse(languages.asked(request.headers).text(COOKIES), 403)
        try:
            return await self._let_in(request, RedirectResponse(f"/?{AGAIN}", 303))
        except EditaiError as full:
            return PlainTextResponse(languages.asked(request.headers).text(str(full)), full.status)

    async def _let_in(self, request: Request, response: Response) -> Response:
        ticket = await run_in_threadpool(self._guests.arrive)
        # A Space shows its app inside its own page, which is another site's: a strict cookie would not be sent there.
        within = request.headers.get("x-forwarded-proto", request.url.scheme) == "https"
        tickets.give(response, request.headers.get("host", ""), ticket, LASTS_S, within_others=within)
        return response
