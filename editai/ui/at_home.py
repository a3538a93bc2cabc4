"""Who may talk to the app: its own page and scripts; and where nobody signs in, from this machine alone.

A browser says which site's page sends something, and a page of another site, or of another port of this machine, is not
let change anything. It says as well by which name it reached the app: another one than this machine's own (DNS
rebinding) is refused where nothing else keeps strangers out.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from editai.errors import Forbidden
from editai.settings import Settings, is_loopback

SAFE = ("GET", "HEAD", "OPTIONS")

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",  # Gradio renders its templates by evaluating them
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",  # the last: a demo adds to it
    )
)
"""What the browser may load: nothing from another machine, whatever Gradio's page asks for."""

SPACES = "https://huggingface.co https://*.hf.space"
"""Who may show a demo inside a page of theirs, besides itself."""

PROXIES = ("/gradio_api/proxy=", "/gradio_api/file=http:", "/gradio_api/file=https:")
"""Addresses at which Gradio would fetch something from another machine for the browser."""


class AtHome:
    """Stands before everything else; with `public`, whoever signs in or visits may come from anywhere."""

    def __init__(self, app: ASGIApp, *, public: bool = False, in_spaces: bool = False) -> None:
        """`in_spaces`: the page may be shown inside that of a Space."""
        self._app, self._public = app, public
        self._policy = f"{POLICY} {SPACES}" if in_spaces else POLICY

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif (refused := self._refusal(scope)) is not None:
            await refused(scope, receive, send)
        else:
            await self._app(scope, receive, _guarded(send, self._policy))

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        if not self._public and not is_loopback(_hostname(headers.get("host", ""))):
            return PlainTextResponse("EditAI answers on this machine only.", status_code=421)
        if scope["path"].startswith(PROXIES):
            return PlainTextResponse("EditAI fetches nothing from elsewhere.", status_code=403)
        if scope["method"] not in SAFE and not _is_ours(headers):
            return PlainTextResponse("EditAI takes this from its own page alone.", status_code=403)
        return None


def require_sign_in(settings: Settings, *, people_sign_in: bool) -> None:
    """Raise Forbidden 403 `sign_in_needed` where others could reach the app and nobody would have to sign in."""
    if people_sign_in or not settings.is_public:
        return
    where = f"At {settings.host or 'an empty host'} other computers can reach EditAI"
    if settings.share:
        where = "--share gives EditAI an address that everybody can open"
    raise Forbidden(
        "sign_in_needed",
        f"{where}, and nobody would have to sign in: whoever finds it could use your stores, their files and accounts.",
        "Set EDITAI_SUPABASE_URL and EDITAI_SUPABASE_KEY, so that people sign in; or start EditAI for this computer "
        "alone, without --host and --share (EDITAI_HOST, EDITAI_SHARE).",
    )


def _is_ours(headers: Mapping[str, str]) -> bool:
    """Whether a page of ours sends this, or a script; a browser says which site's page it is."""
    if (site := headers.get("sec-fetch-site")) is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


def _guarded(send: Send, policy: str) -> Send:
    """`send`, with what a browser is to keep to."""

    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Content-Security-Policy"] = policy
            headers["X-Content-Type-Options"] = "nosniff"
            headers["Referrer-Policy"] = "same-origin"  # with "no-referrer" a form would not say whose it is
        await send(message)

    return guarded


def _hostname(host: str) -> str:
    return host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
