"""The door: who is not signed in gets to the sign-in pages and to nothing else.

A browser is sent there. A script gets 401 `not_signed_in`, from an endpoint as `gradio_client` shows errors; it signs
in as with any app of Gradio, `Client(url, auth=(email, password))`. What changes something is taken from our own pages
and from scripts alone: a page of another site, or of another port of this machine, is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from editai.errors import EditaiError, InvalidInput, NotSignedIn, RateLimited
from editai.library import Library
from editai.library.accounts import Accounts
from editai.ui import files, tickets
from editai.ui import sign_in_page as pages
from editai.ui.context import expected
from editai.ui.refused import Refused

OPEN = {*pages.FONTS, "/favicon.ico", "/gradio_api/startup-events"}
"""What is served to everybody: it is the same everywhere. The last is how Gradio asks itself whether it is up."""
SIGN_OUT = "/sign-out"
LOGIN = ("/login", "/login/")
"""Where `gradio_client` signs in."""
SAFE = ("GET", "HEAD", "OPTIONS")
LINK_SENT = "If this address has an account, an e-mail with a link is on its way. Open it, and choose a new password."
CONFIRM = "Look into your mail: you got a link that confirms your address. Open it, then sign in here."
CHANGED = "You have a new password. Sign in with it."
MOST_BYTES = 64_000
"""Of a form that is sent to these pages."""


class Door:
    """Stands before the app. Each request is let through with a ticket, and only to files of whoever has it."""

    def __init__(self, app: ASGIApp, accounts: Accounts, library: Library, quiet: Collection[int] = ()) -> None:
        """`quiet` are the events of the page of whose refusal nobody is told."""
        self._app, self._accounts, self._library = app, accounts, library
        self._refused = Refused(quiet)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "lifespan" or scope.get("path") in OPEN:
            await self._app(scope, receive, send)
        elif scope["type"] != "http":  # Gradio has no web sockets
            await send({"type": "websocket.close", "code": 1008})
        else:
            request = Request(scope, receive)
            if (answer := await self._answer(request)) is not None:
                await answer(scope, receive, send)
            else:
                await self._app(scope, receive, self._while_signed_in(request, send))

    async def _answer(self, request: Request) -> Response | None:
        """What the door itself answers; None where the request may pass."""
        path = request.scope["path"]  # not the one of its URL, which ends at a "?" that was encoded
        if request.method not in SAFE and not _is_ours(request.headers):
            return PlainTextResponse("EditAI takes this from its own page alone.", status_code=403)
        if path in pages.FORMS or path in LOGIN:
            return await self._page(request, path)
        if path == SIGN_OUT:
            return await self._sign_out(request)
        try:
            owner = tickets.signed_in(self._accounts.sessions, request.headers).owner.id
        except NotSignedIn as error:
            return await self._turn_away(request, error)
        if files.is_address(path) and not await run_in_threadpool(files.is_served, self._library, owner, path):
            return JSONResponse({"detail": "There is no such file."}, 404)
        if path.rstrip("/") == files.UPLOAD and request.method == "POST":
            return await files.keep_upload(self._app, request, self._library.settings, owner)
        return None

    async def _page(self, request: Request, path: str) -> Response:
        if request.method in SAFE:
            if self._is_signed_in(request) or path in LOGIN:
                return RedirectResponse("/", 303)
            if request.headers.get("sec-fetch-site") == "cross-site":  # from elsewhere the ticket is not sent along
                return HTMLResponse(pages.again(), headers={"Cache-Control": "no-store"})
            return _html(pages.draw(pages.FORMS[path]))
        if request.method != "POST":
            return PlainTextResponse("", 405)
        given = await _form(request)
        address = request.client.host if request.client else ""
        if path in LOGIN:
            return await run_in_threadpool(self._login, request, given, address)
        return await run_in_threadpool(self._submitted, request, pages.FORMS[path], given, address)

    def _submitted(self, request: Request, form: pages.Form, given: Mapping[str, str], address: str) -> Response:
        """What a form does; the page again where it fails, or where there is something to say."""
        email, password = given.get("email", "").strip(), given.get("password", "")
        try:
            if (form.email and not email) or (form.password and not password):
                raise InvalidInput("nothing_typed", "Something is missing.", "Fill in every field.")
            if form is pages.RESET:
                self._accounts.sessions.reset_password(email, address)
                return _html(pages.draw(pages.SIGN_IN, email, said=LINK_SENT))
            if form is pages.NEW_PASSWORD:
                self._accounts.sessions.new_password(given.get("token", ""), password, address)
                return _html(pages.draw(pages.SIGN_IN, said=CHANGED))
            if form is pages.SIGN_UP:
                self._accounts.sessions.sign_up(email, password, address)
            return self._with_ticket(RedirectResponse("/", 303), request, email, password, address)
        except Exception as error:  # noqa: BLE001 the edge of the app: whatever it is, it is told and logged
            known = expected(error)
            if form is pages.SIGN_UP and isinstance(known, NotSignedIn):  # made, or there already: the project says not
                return _html(pages.draw(pages.SIGN_IN, email, said=CONFIRM))
            return _html(pages.draw(form, email, known, token=given.get("token", "")), known)

    def _login(self, request: Request, given: Mapping[str, str], address: str) -> Response:
        """Signing in as Gradio has it: form fields `username` and `password`, a cookie back."""
        try:
            username, password = given.get("username", ""), given.get("password", "")
            return self._with_ticket(JSONResponse({"success": True}), request, username, password, address)
        except Exception as error:  # noqa: BLE001 the edge of the app: whatever it is, it is told and logged
            return _told(expected(error))

    def _with_ticket(self, response: Response, request: Request, email: str, password: str, address: str) -> Response:
        before = tickets.ticket(request.headers)
        tickets.give(response, request.headers.get("host", ""), self._accounts.sign_in(email, password, address))
        self._accounts.sessions.sign_out(before)  # nobody could use it any more
        return response

    async def _sign_out(self, request: Request) -> Response:
        response = RedirectResponse("/sign-in", 303)
        if request.method == "POST":
            await run_in_threadpool(self._accounts.sessions.sign_out, tickets.ticket(request.headers))
            tickets.take(response, request.headers.get("host", ""))
        return response

    async def _turn_away(self, request: Request, error: EditaiError) -> Response:
        """Who has no ticket: a browser's page goes to the sign-in, an event ends with an error, all else is 401."""
        if request.method in SAFE and "text/html" in request.headers.get("accept", ""):
            return RedirectResponse("/sign-in", 303)
        return await self._refused.answer(request, error) or _told(error)

    def _is_signed_in(self, request: Request) -> bool:
        try:
            tickets.signed_in(self._accounts.sessions, request.headers)
        except NotSignedIn:
            return False
        return True

    def _while_signed_in(self, request: Request, send: Send) -> Send:
        """Ends an answer that goes on for long, such as a job's progress, when its ticket does."""
        cut = False

        async def guarded(message: Message) -> None:
            nonlocal cut
            if cut:
                return
            if message["type"] == "http.response.body" and message.get("more_body") and not self._is_signed_in(request):
                cut, message = True, {"type": "http.response.body", "body": b"", "more_body": False}
            await send(message)

        return guarded


def _is_ours(headers: Mapping[str, str]) -> bool:
    """Whether a page of ours sends this, or a script; a browser says which site's page it is."""
    if (site := headers.get("sec-fetch-site")) is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form; none of one that is far too large."""
    if not request.headers.get("content-length", "").isdecimal() or int(request.headers["content-length"]) > MOST_BYTES:
        return {}
    async with request.form(max_files=0) as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


def _html(page: str, error: EditaiError | None = None) -> Response:
    headers = {"Cache-Control": "no-store", **_wait(error)}
    return HTMLResponse(page, error.status if error else 200, headers)


def _told(error: EditaiError) -> Response:
    """An error as a script reads it; `detail` is what Gradio's page shows."""
    told = {"detail": str(error), "title": error.title, **error.as_dict()}
    return JSONResponse(told, error.status, headers={"Cache-Control": "no-store", **_wait(error)})


def _wait(error: EditaiError | None) -> dict[str, str]:
    return {"Retry-After": str(error.retry_after_s)} if isinstance(error, RateLimited) else {}
