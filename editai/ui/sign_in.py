"""The door: who is not signed in gets to the sign-in pages and to nothing else.

A browser is sent there. A script gets 401 `not_signed_in`, from an endpoint as `gradio_client` shows errors; it signs
in as with any app of Gradio, `Client(url, auth=(email, password))`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp

from editai.errors import EditaiError, InvalidInput, NotSignedIn
from editai.library import Library
from editai.library.accounts import Accounts
from editai.ui import languages, tickets
from editai.ui import sign_in_page as pages
from editai.ui.at_home import SAFE
from editai.ui.context import expected
from editai.ui.gate import ANYBODYS, Gate, told, wait

SIGN_OUT = "/sign-out"
LOGIN = ("/login", "/login/")
"""Where `gradio_client` signs in."""
LINK_SENT = "If this address has an account, an e-mail with a link is on its way. Open it, and choose a new password."
CONFIRM = "Look into your mail: you got a link that confirms your address. Open it, then sign in here."
CHANGED = "You have a new password. Sign in with it."
MOST_BYTES = 64_000
"""Of a form that is sent to these pages."""


class Door(Gate):
    """Where people sign in: its own pages, and nothing else, to whoever is not."""

    open = ANYBODYS | frozenset(pages.FONTS)

    def __init__(self, app: ASGIApp, accounts: Accounts, library: Library, quiet: Collection[int] = ()) -> None:
        super().__init__(app, library, quiet)
        self._accounts = accounts

    def _owner(self, request: Request) -> str:
        return tickets.signed_in(self._accounts.sessions, request.headers).owner.id

    async def _own_page(self, request: Request, path: str) -> Response | None:
        if path in pages.FORMS or path in LOGIN:
            return await self._page(request, path)
        return await self._sign_out(request) if path == SIGN_OUT else None

    async def _without_ticket(self, request: Request, error: EditaiError) -> Response:
        """A browser's page goes to the sign-in."""
        if request.method in SAFE and "text/html" in request.headers.get("accept", ""):
            return RedirectResponse("/sign-in", 303)
        return await super()._without_ticket(request, error)

    async def _page(self, request: Request, path: str) -> Response:
        if request.method in SAFE:
            if self._holds(request) or path in LOGIN:
                return RedirectResponse("/", 303)
            if request.headers.get("sec-fetch-site") == "cross-site":  # from elsewhere the ticket is not sent along
                return HTMLResponse(pages.again(), headers={"Cache-Control": "no-store"})
            return _html(request, pages.draw(pages.FORMS[path]))
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
                return _html(request, pages.draw(pages.SIGN_IN, email, said=LINK_SENT))
            if form is pages.NEW_PASSWORD:
                self._accounts.sessions.new_password(given.get("token", ""), password, address)
                return _html(request, pages.draw(pages.SIGN_IN, said=CHANGED))
            if form is pages.SIGN_UP:
                self._accounts.sessions.sign_up(email, password, address)
            return self._with_ticket(RedirectResponse("/", 303), request, email, password, address)
        except Exception as error:  # noqa: BLE001 the edge of the app: whatever it is, it is told and logged
            known = expected(error)
            if form is pages.SIGN_UP and isinstance(known, NotSignedIn):  # made, or there already: the project says not
                return _html(request, pages.draw(pages.SIGN_IN, email, said=CONFIRM))
            return _html(request, pages.draw(form, email, known, token=given.get("token", "")), known)

    def _login(self, request: Request, given: Mapping[str, str], address: str) -> Response:
        """Signing in as Gradio has it: form fields `username` and `password`, a cookie back."""
        try:
            username, password = given.get("username", ""), given.get("password", "")
            return self._with_ticket(JSONResponse({"success": True}), request, username, password, address)
        except Exception as error:  # noqa: BLE001 the edge of the app: whatever it is, it is told and logged
            return told(expected(error))

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


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form; none of one that is far too large."""
    if not request.headers.get("content-length", "").isdecimal() or int(request.headers["content-length"]) > MOST_BYTES:
        return {}
    async with request.form(max_files=0) as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


def _html(request: Request, page: str, error: EditaiError | None = None) -> Response:
    """A page in the language of whoever asks for it."""
    spoken = languages.asked(request.headers)
    said = spoken.markup(page).replace('<html lang="en">', f'<html lang="{spoken.code}">', 1)
    headers = {"Cache-Control": "no-store", **wait(error)}
    return HTMLResponse(said, error.status if error else 200, headers)
