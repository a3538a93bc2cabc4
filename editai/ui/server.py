"""Serving the page on the next free port: to this machine alone unless people sign in. It asks nothing of another."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import socket
from collections.abc import Callable

from starlette.middleware import Middleware

from editai.bundled import ASSETS
from editai.errors import Unavailable
from editai.library import Library
from editai.library.accounts import Accounts
from editai.library.guests import Guests
from editai.settings import Settings
from editai.ui import agents, page, theme, translated
from editai.ui.at_home import AtHome, require_sign_in
from editai.ui.context import Desk
from editai.ui.files import Page, sweep
from editai.ui.reception import Reception
from editai.ui.sign_in import Door

PORTS = 100
EVENTS = 1000
"""Events at a time. Gradio counts whoever follows a job as one, and its own 40 would leave no room for light ones."""
ROOM = 64_000_000
"""Bytes above the largest video that an upload may have, so that what is a little too large meets our own words."""


def start(
    settings: Settings,
    library: Library,
    accounts: Accounts | None = None,
    say: Callable[[str], None] = print,
    guests: Guests | None = None,
) -> Page:
    """Build the page and serve it from a thread of its own; `.local_url` says where, `.close()` ends it.

    With `accounts` everything but the sign-in pages is behind a sign-in; with `guests` it is a demo, and listens to
    whoever the host that is set lets in.

    Raises Forbidden 403 `sign_in_needed`, Unavailable 503 `no_free_port`, `not_shared`.
    """
    require_sign_in(settings, people_sign_in=accounts is not None or guests is not None)
    host = settings.host
    port = free_port(host, settings.port)
    if port != settings.port and settings.port:
        say(f"Port {settings.port} is taken, so EditAI uses {port}.")
    settings.uploads.mkdir(parents=True, exist_ok=True)
    sweep(settings)
    built = page.build(Desk(settings, library, accounts, guests))
    doors = [Middleware(AtHome, public=settings.is_public, in_spaces=guests is not None)]
    if accounts is not None:
        doors.append(Middleware(Door, accounts=accounts, library=library, quiet=built.quiet))
    if guests is not None:
        doors.append(Middleware(Reception, guests=guests, library=library, quiet=built.quiet))
    with contextlib.redirect_stdout(io.StringIO()):  # Gradio prints pictures that not every terminal can
        built.launch(
            server_name=host,
            server_port=port,
            prevent_thread_lock=True,
            quiet=True,
            share=settings.share,
            inbrowser=False,
            _frontend=False,  # else Gradio asks itself for the page, and gives up where a busy machine takes 3 seconds
            show_error=False,
            ssr_mode=False,
            mcp_server=guests is None,  # its tools bring no ticket of the visitor along
            run_history=False,
            enable_monitoring=False,
            footer_links=["api"],
            favicon_path=ASSETS / "icon.png",
            theme=theme.theme(),
            js=translated.script((ASSETS / "page.js").read_text("utf-8")),
            i18n=built.i18n,
            css_paths=[ASSETS / f"{part}.css" for part in ("page", "profiles", "produce", "publish", "posts")],
            max_threads=EVENTS,
            max_file_size=settings.max_source_bytes + ROOM,
            allowed_paths=[],
            blocked_paths=[
                *map(str, (settings.database, settings.key_file, settings.folder / "profiles", settings.weights))
            ],
            app_kwargs={"middleware": doors},
        )
    if guests is None:
        agents.instruct(built)
    if accounts is not None:
        agents.sign_in(built, accounts.sessions)
    say(f"EditAI is running at {built.local_url.rstrip('/')} (Ctrl-C ends it).")
    if settings.is_public and guests is None:
        say(_how_others_reach_it(settings, built))
    return built


def _how_others_reach_it(settings: Settings, built: Page) -> str:
    if not settings.share:
        return (
            f"Others reach it by the name or address of this computer, at port {built.server_port}, and sign in. What "
            "they send can be read on the way: put a web server with a certificate before it."
        )
    if not built.share_url:
        built.close(verbose=False)
        raise Unavailable(
            "not_shared", "Gradio's relay gave EditAI no address.", "Look whether you are online, or leave --share out."
        )
    return f"Others reach it at {built.share_url}, through Gradio's relay in the internet, and sign in."


def stop(page: Page) -> None:
    """Stop serving within about a second. Whoever follows a job is cut off; the job is not."""
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # it remarks on every stream that is cut off
    page.server.config.timeout_graceful_shutdown = 1
    page.close(verbose=False)


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
