"""A product's page, fetched from the shop as any browser would, within limits."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

import httpx

from editai import __version__, web
from editai.aside import aside
from editai.errors import EditaiError, InvalidInput, NoAnswer, TooLarge, Unavailable
from editai.web import Answer, Reach

MOST_REDIRECTS = 5
LONGEST_ADDRESS = 2000
PUBLIC = Reach(seconds=15, most_bytes=5_000_000)
"""Shops that any browser can reach, on the web's own ports."""

_HEADERS = {"User-Agent": f"EditAI/{__version__}", "Accept": "text/html, application/xhtml+xml"}
_MOVED = frozenset({301, 302, 303, 307, 308})
_BY_HAND = "Type the product's facts yourself, or take them from your shop's product feed."
_EXAMPLE = "It looks like https://my-shop.com/products/lamp; copy it from the browser."


@dataclass(frozen=True)
class Page:
    """A page as it was sent: where it was found in the end, its bytes, and what the server calls them."""

    url: str
    content: bytes
    content_type: str

    @property
    def html(self) -> str:
        """The page as text, by the encoding that its server, its first bytes or it itself names."""
        from w3lib.encoding import html_to_unicode

        return str(html_to_unicode(self.content_type, self.content)[1])


def fetch(url: str, reach: Reach = PUBLIC) -> Page:
    """The page at `url`, after at most five redirects, each of which is checked like the address itself.

    Errors: 422 `page_address_invalid`, `page_address_private`, `page_not_html`; 413 `page_too_large`; 503
    `page_unavailable` where the shop refused or could not be reached; 504 `page_no_answer` where it took too long.
    """
    at = _checked(_address(url), reach)
    with web.client(reach) as asking:
        asking.headers.update(_HEADERS)
        result = aside(lambda: _followed(asking, at, reach), "page")  # looking up a name knows no time limit
        try:
            answer = result.result(timeout=reach.seconds)
        except (TimeoutError, httpx.TimeoutException, web.TooSlow):
            raise NoAnswer(
                "page_no_answer",
                f"{at.host} did not send the page within {reach.seconds:g} seconds.",
                f"Try again later. {_BY_HAND}",
            ) from None
        except web.TooMuch:
            raise TooLarge(
                "page_too_large",
                f"The page is larger than {reach.most_bytes / 1e6:g} MB.",
                f"Give the address of the product's own page. {_BY_HAND}",
            ) from None
        except web.Private:
            raise InvalidInput(
                "page_address_private",
                "This address leads into a private network.",
                f"Give the product's public address. {_EXAMPLE}",
            ) from None
        except (httpx.HTTPError, OSError, UnicodeError) as error:
            raise _lost(at, error) from None
    return _page(answer)


def _address(text: str) -> httpx.URL:
    """What was typed as an address. Raises 422 `page_address_invalid`, never repeating it: it may hold a password."""
    text = text.strip().strip("<>\"'")
    if not text:
        raise _invalid("The address is missing.")
    if re.search(r"\s", text):
        raise _invalid("This is not an address of a page.")
    try:
        return httpx.URL(text if "://" in text else f"https://{text}")
    except (httpx.InvalidURL, UnicodeError):
        raise _invalid("This is not an address of a page.") from None


def _checked(url: httpx.URL, reach: Reach) -> httpx.URL:
    """Where to go, as far as the address itself says. Raises like `_address`."""
    if len(str(url)) > LONGEST_ADDRESS:
        raise _invalid("The address is too long for one of a page.")
    if url.scheme not in web.PORTS or not url.host:
        raise _invalid("The address of a page begins with https:// or http://.")
    if url.userinfo:
        raise _invalid("The address has a user name or a password in it.")
    if not (reach.any_port or url.port in (None, *web.PORTS.values())):
        raise _invalid("The address has a number after its colon that pages of shops do not have.")
    return url.copy_with(fragment=None)


def _invalid(message: str) -> InvalidInput:
    return InvalidInput("page_address_invalid", message, _EXAMPLE)


def _followed(asking: httpx.Client, url: httpx.URL, reach: Reach) -> Answer:
    until = time.monotonic() + reach.seconds
    for _ in range(MOST_REDIRECTS + 1):
        answer = web.read(asking, url, reach, until)
        if answer.status not in _MOVED or "location" not in answer.headers:
            return answer
        url = _checked(url.join(answer.headers["location"]), reach)
    raise Unavailable("page_unavailable", f"{url.host} leads in a circle, from one address to the next.", _BY_HAND)


def _lost(url: httpx.URL, error: Exception) -> EditaiError:
    if isinstance(error, OSError | UnicodeError):
        what = f"There is no server named {url.host}, or this computer is not connected to the internet."
    elif isinstance(error, httpx.ConnectError):
        what = f"No connection to {url.host} could be made."
    else:
        what = f"What {url.host} sent broke off, or is no answer of a web server."
    return Unavailable("page_unavailable", what, f"Check the address and try again later. {_BY_HAND}")


def _page(answer: Answer) -> Page:
    host, status = answer.url.host, answer.status
    if status != 200:
        if status in (404, 410):
            what, hint = f"There is no page at this address on {host} ({status}).", f"Check the address. {_BY_HAND}"
        elif status in (401, 402, 403, 429, 451):
            what, hint = f"{host} shows this page to people, but not to programs ({status}).", _BY_HAND
        elif status >= 500:
            what, hint = f"{host} has a fault of its own ({status}).", f"Try again later. {_BY_HAND}"
        else:
            what, hint = f"{host} did not send the page ({status}).", f"Check the address. {_BY_HAND}"
        raise Unavailable("page_unavailable", what, hint)
    kind = answer.headers.get("content-type", "")
    if kind.partition(";")[0].strip().lower() not in ("text/html", "application/xhtml+xml"):
        raise InvalidInput(
            "page_not_html",
            f"What lies at this address is no web page but {kind.partition(';')[0].strip()[:60] or 'something else'}.",
            f"Give the address of the product's page. {_EXAMPLE}",
        )
    return Page(str(answer.url), answer.body, kind)
