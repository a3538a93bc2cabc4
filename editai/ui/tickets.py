"""The cookie that carries a ticket, and whose request it is."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import cookie_parser
from starlette.responses import Response

from editai.library.sessions import LASTS_S, Sessions, SignedIn


def ticket(headers: Mapping[str, str]) -> str:
    """The ticket that a request carries; "" where there is none."""
    return cookie_parser(headers.get("cookie", "")).get(_name(headers.get("host", "")), "")


def signed_in(sessions: Sessions, headers: Mapping[str, str]) -> SignedIn:
    """Who sends this. Raises NotSignedIn 401 `not_signed_in`."""
    return sessions.of(ticket(headers))


def give(response: Response, host: str, secret: str) -> None:
    """Have the browser keep the ticket: no script can read it, and no other site's page sends it."""
    response.set_cookie(_name(host), secret, max_age=LASTS_S, httponly=True, samesite="strict")


def take(response: Response, host: str) -> None:
    """Have the browser forget it."""
    response.delete_cookie(_name(host), httponly=True, samesite="strict")


def _name(host: str) -> str:
    """A cookie of one machine is sent to all its ports, so each app has a name of its own by `host`, "name:port"."""
    port = host.rpartition(":")[2]
    return f"editai-ticket-{port if port.isdecimal() else '80'}"
