"""How a request carries a ticket, and whose it is: a browser and a script in a cookie; an agent, which has no place for
cookies, as `Authorization: Bearer TICKET`. No other site's page can have a browser send either."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import cookie_parser
from starlette.responses import Response

from editai.library.sessions import LASTS_S, Sessions, SignedIn


def ticket(headers: Mapping[str, str]) -> str:
    """The ticket that a request carries; "" where there is none."""
    kept = cookie_parser(headers.get("cookie", "")).get(_name(headers.get("host", "")), "")
    scheme, _, shown = headers.get("authorization", "").partition(" ")
    return kept or (shown.strip() if scheme.lower() == "bearer" else "")


def header(ticket: str) -> dict[str, str]:
    """The header by which an agent shows its ticket."""
    return {"authorization": f"Bearer {ticket}"}


def signed_in(sessions: Sessions, headers: Mapping[str, str]) -> SignedIn:
    """Who sends this. Raises NotSignedIn 401 `not_signed_in`."""
    return sessions.of(ticket(headers))


def give(response: Response, host: str, secret: str, lasts_s: int = LASTS_S, *, within_others: bool = False) -> None:
    """Have the browser keep the ticket: no script can read it, and no other site's page sends it.

    `within_others`: also where the page is shown inside another site's, which takes an encrypted connection; then the
    browser keeps a ticket for each such site.
    """
    name = _name(host)
    if within_others:
        kept = f"{name}={secret}; Max-Age={lasts_s}; Path=/; HttpOnly; Secure; SameSite=None; Partitioned"
        response.headers.append("set-cookie", kept)  # Starlette writes "Partitioned" on Python 3.14 alone
    else:
        response.set_cookie(name, secret, max_age=lasts_s, httponly=True, samesite="strict")


def take(response: Response, host: str) -> None:
    """Have the browser forget it."""
    response.delete_cookie(_name(host), httponly=True, samesite="strict")


def _name(host: str) -> str:
    """A cookie of one machine is sent to all its ports, so each app has a name of its own by `host`, "name:port"."""
    port = host.rpartition(":")[2]
    return f"editai-ticket-{port if port.isdecimal() else '80'}"
