"""The address of a Postiz: what a person typed or copied from the browser, as the base that the API lies below."""

from __future__ import annotations

import ipaddress
import itertools
import re
from urllib.parse import SplitResult, urlsplit

import httpx

from editai.errors import InvalidInput

API = "public/v1"
CLOUD = f"https://api.postiz.com/{API}"
CLOUD_HOSTS = frozenset({"postiz.com", "www.postiz.com", "app.postiz.com", "platform.postiz.com", "api.postiz.com"})
BACKEND_PORT = 3000
"""Where Postiz's backend listens when there is no front end before it; then the API is not below /api."""
EXAMPLES = "It looks like https://postiz.my-shop.com for a server of your own, and https://platform.postiz.com there."

_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*\.?")
_SEGMENT = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*")


def normalise(url: str) -> str:
    """The base URL of the public API, without a slash at its end, from any address of that Postiz.

    A bare host is taken for the official image, whose API is below /api; port 3000 for the backend itself; a path
    that leads to the API is kept, the path of a page is not, nor is anything after it. `http` stays what was typed
    (in the cloud it is always https), and without a scheme it is https.

    Raises InvalidInput 422 `postiz_address_wrong`, never repeating what was typed: it may hold a password.
    """
    parts = _split(url.strip().strip("<>\"'"))
    host, port = _host(parts), _port(parts)
    if host in CLOUD_HOSTS:
        return CLOUD
    authority = f"[{host}]" if ":" in host else host
    if port and (parts.scheme, port) not in {("https", 443), ("http", 80)}:
        authority += f":{port}"
    return f"{parts.scheme}://{authority}/{_path(parts, port)}"


def _split(text: str) -> SplitResult:
    if not text:
        raise _wrong("The address of your Postiz is missing.")
    if re.search(r"[\s\\\x00-\x1f\x7f]", text):
        raise _wrong("The address has a space or a character in it that no address has.")
    try:
        parts = urlsplit(text if "://" in text else f"https://{text.lstrip('/')}")
    except ValueError:
        raise _wrong("This is not an address.") from None
    if parts.scheme not in {"http", "https"}:
        raise _wrong("The address must begin with https:// (or http:// inside your own network).")
    if "@" in parts.netloc:
        raise _wrong("The address has a user name or a password in it.", "Leave out everything up to the @.")
    return parts


def _host(parts: SplitResult) -> str:
    try:
        typed = parts.hostname or ""
        host = httpx.URL(scheme=parts.scheme, host=typed).raw_host.decode("ascii").lower()
        if ":" in typed and "%" not in typed:
            return str(ipaddress.IPv6Address(typed))
    except (ValueError, httpx.InvalidURL):
        raise _wrong("The name of the server in this address cannot be one.") from None
    if len(host) > 253 or not _HOST.fullmatch(host):
        raise _wrong("The name of the server in this address cannot be one.")
    return host


def _port(parts: SplitResult) -> int | None:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise _wrong("The number after the colon in this address must be from 1 to 65535.")
    return port


def _path(parts: SplitResult, port: int | None) -> str:
    """Where the API lies on its server."""
    typed = [segment for segment in parts.path.split("/") if segment]
    for i, pair in enumerate(itertools.pairwise(typed)):
        if pair == ("public", "v1"):
            return _joined(typed[:i])
    if "api" in typed:
        return _joined(typed[: typed.index("api") + 1])
    return API if port == BACKEND_PORT else f"api/{API}"


def _joined(before: list[str]) -> str:
    if not all(_SEGMENT.fullmatch(segment) for segment in before):
        raise _wrong("The path in this address has characters in it that cannot be used.")
    return "/".join([*before, API])


def _wrong(message: str, hint: str = EXAMPLES) -> InvalidInput:
    return InvalidInput("postiz_address_wrong", message, hint)
