"""What lies at an address that somebody else wrote: read with limits, and never from inside a private network.

A name may lead elsewhere each time it is looked up, so the address that was checked is the one that is connected to.
No cookie, no account and no proxy of this machine takes part, and no redirect is followed here.
"""

from __future__ import annotations

import functools
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv4 as it is reached from a network without it (RFC 6052)."""
UNICAST = ipaddress.IPv6Network("2000::/3")
"""All that is given out of IPv6 (RFC 4291)."""
PORTS = {"http": 80, "https": 443}
_PACKED = ("", "identity", "gzip", "deflate")
"""What a body may be packed with: at most a thousandfold, so that one block of 64 kB stays small enough to unpack."""
_LONGEST_CONNECT_S = 5.0


class Private(ValueError):
    """The address is inside a private network, or is nobody's."""


class TooMuch(ValueError):
    """There is more to read than is wanted."""


class TooSlow(ValueError):
    """It takes longer than it may."""


def is_public(address: Address) -> bool:
    """Whether an address lies in the open internet; an IPv4 one that is packed into IPv6 counts as what it is."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address not in UNICAST:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


@dataclass(frozen=True)
class Reach:
    """How far reading goes: in time from the first look-up to the last byte, in unpacked bytes, and where to.

    `any_port`: also past the web's own ports.
    """

    seconds: float
    most_bytes: int
    allowed: Callable[[Address], bool] = is_public
    any_port: bool = False


@dataclass(frozen=True)
class Answer:
    """What was answered, whatever its status; `url` is the address that was asked."""

    url: httpx.URL
    status: int
    headers: httpx.Headers
    body: bytes


@functools.cache
def certificates() -> ssl.SSLContext:
    """Whom to trust over https: the certificates that come along and those of this machine, which may know a server
    in the house. Read once, because that takes time."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context


def client(reach: Reach) -> httpx.Client:
    """What asks: it keeps no cookie and takes nothing from the environment."""
    return httpx.Client(
        timeout=httpx.Timeout(reach.seconds, connect=min(reach.seconds, _LONGEST_CONNECT_S)),
        headers={"Accept-Encoding": "gzip", "Connection": "close"},  # a kept one may be closed as it is used again
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        trust_env=False,
        verify=certificates(),
        follow_redirects=False,
    )


def read(asking: httpx.Client, url: httpx.URL, reach: Reach, until: float) -> Answer:
    """What is answered at `url`, read up to the moment `until` (`time.monotonic`).

    Raises Private, TooMuch, TooSlow, OSError where the name is not known, and httpx.HTTPError.
    """
    lost: httpx.HTTPError | None = None
    host = url.raw_host.decode("ascii")
    for address in _addresses(url, host, reach):
        # The address that was checked is the one that is asked: a name may lead elsewhere the next time.
        pinned = url.copy_with(host=address)
        named = {"Host": url.netloc.decode("ascii")}
        try:
            with asking.stream("GET", pinned, headers=named, extensions={"sni_hostname": host}) as answer:
                return Answer(url, answer.status_code, answer.headers, _body(answer, reach, until))
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:  # another address of the same server may do
            lost = error
            if time.monotonic() > until:
                break
    raise lost or httpx.ConnectError("no address")


def _addresses(url: httpx.URL, host: str, reach: Reach) -> list[str]:
    """The addresses of the machine behind a URL, in the system's order. All of them must be allowed."""
    port = url.port or PORTS[url.scheme]
    if port not in PORTS.values() and not reach.any_port:
        raise Private("not one of the web's own ports")
    found = [str(item[4][0]) for item in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not all(reach.allowed(ipaddress.ip_address(address)) for address in found):
        raise Private("the address is inside a private network")
    return list(dict.fromkeys(found))


def _body(answer: httpx.Response, reach: Reach, until: float) -> bytes:
    if answer.headers.get("content-encoding", "").strip().lower() not in _PACKED:
        raise httpx.DecodingError("packed in a way that was not asked for")
    body = bytearray()
    for block in answer.iter_bytes():
        body += block
        if len(body) > reach.most_bytes:
            raise TooMuch("more than may be read")
        if time.monotonic() > until:
            raise TooSlow("later than it may be")
    return bytes(body)
