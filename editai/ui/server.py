"""Serving the page: on loopback only, on the next free port, asking nothing of any other machine."""

from __future__ import annotations

import contextlib
import io
import ipaddress
import logging
import os
import socket
import sys
import webbrowser
from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from editai.bundled import ASSETS
from editai.errors import Forbidden, Unavailable
from editai.library import Library
from editai.library.accounts import Accounts
from editai.settings import Settings
from editai.ui import page, theme
from editai.ui.context import Desk
from editai.ui.files import Page, sweep
from editai.ui.sign_in import Door

PORTS = 100
EVENTS = 1000
"""Events at a time. Gradio counts whoever follows a job as one, and its own 40 would leave no room for light ones."""
ROOM = 64_000_000
"""Bytes above the largest video that an upload may have, so that what is a little too large meets our own words."""

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
        "frame-ancestors 'self'",
    )
)
"""What the browser may load: nothing from another machine, whatever Gradio's page asks for."""

PROXIES = ("/gradio_api/proxy=", "/gradio_api/file=http:", "/gradio_api/file=https:")
"""Addresses at which Gradio would fetch something from another machine for the browser."""


class AtHome:
    """Keeps the app to this machine: refuses other host names (DNS rebinding) and fetching for the browser."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
        if not is_loopback(_hostname(host)):
            refused = PlainTextResponse("EditAI answers on this machine only.", status_code=421)
            await refused(scope, receive, send)
            return
        if scope["path"].startswith(PROXIES):
            await PlainTextResponse("EditAI fetches nothing from elsewhere.", status_code=403)(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = POLICY
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "same-origin"  # with "no-referrer" a form would not say whose it is
            await send(message)

        await self.app(scope, receive, guarded)


def start(
    settings: Settings, library: Library, accounts: Accounts | None = None, say: Callable[[str], None] = print
) -> Page:
    """Build the page and serve it from a thread of its own; `.local_url` says where, `.close()` ends it.

    With `accounts` everything but the sign-in pages is behind a sign-in.

    Raises Forbidden 403 `host_not_loopback`, Unavailable 503 `no_free_port`.
    """
    host = settings.host
    if not is_loopback(host):
        raise Forbidden(
            "host_not_loopback",
            f"EditAI answers on this machine only, and {host} would let others in without a sign-in.",
            "Leave EDITAI_HOST out, or set it to 127.0.0.1.",
        )
    port = free_port(host, settings.port)
    if port != settings.port and settings.port:
        say(f"Port {settings.port} is taken, so EditAI uses {port}.")
    settings.uploads.mkdir(parents=True, exist_ok=True)
    sweep(settings)
    built = page.build(Desk(settings, library, accounts))
    doors = [] if accounts is None else [Middleware(Door, accounts=accounts, library=library, quiet=built.quiet)]
    with contextlib.redirect_stdout(io.StringIO()):  # Gradio prints pictures that not every terminal can
        built.launch(
            server_name=host,
            server_port=port,
            prevent_thread_lock=True,
            quiet=True,
            share=False,
            inbrowser=False,
            show_error=False,
            ssr_mode=False,
            mcp_server=True,
            run_history=False,
            enable_monitoring=False,
            footer_links=["api"],
            favicon_path=ASSETS / "icon.png",
            theme=theme.theme(),
            css_paths=[ASSETS / "page.css", ASSETS / "profiles.css", ASSETS / "publish.css", ASSETS / "posts.css"],
            max_threads=EVENTS,
            max_file_size=settings.max_source_bytes + ROOM,
            allowed_paths=[],
            blocked_paths=[
                *map(str, (settings.database, settings.key_file, settings.folder / "profiles", settings.weights))
            ],
            app_kwargs={"middleware": [Middleware(AtHome), *doors]},
        )
    say(f"EditAI is running at {built.local_url.rstrip('/')} (Ctrl-C ends it).")
    return built


def stop(page: Page) -> None:
    """Stop serving within about a second. Whoever follows a job is cut off; the job is not."""
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # it remarks on every stream that is cut off
    page.server.config.timeout_graceful_shutdown = 1
    page.close(verbose=False)


def open_browser(url: str) -> None:
    """Open the page where somebody can see it: not in CI, over SSH or without a display."""
    if any(os.environ.get(name) for name in ("CI", "SSH_CONNECTION", "SSH_TTY")):
        return
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return
    with contextlib.suppress(webbrowser.Error):
        webbrowser.get().open(url)


def free_port(host: str, wanted: int) -> int:
    """`wanted` where it is free, else the next one that is; 0 gives any. Raises Unavailable 503 `no_free_port`."""
    for port in [0] if wanted == 0 else range(wanted, min(wanted + PORTS, 65_536)):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            if os.name != "nt":  # there it would allow two programs on one port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise Unavailable(
        "no_free_port", f"No port from {wanted} on is free.", "Set EDITAI_PORT to another number, such as 8800."
    )


def is_loopback(host: str) -> bool:
    """Whether this name or address can only mean the machine itself."""
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _hostname(host: str) -> str:
    return host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
