"""Fetching a product's page: from a server on this machine, which a test has to allow; nothing else is private."""

from __future__ import annotations

import gzip
import ipaddress
import socket
import threading
import time
from typing import Any

import pytest

from editai import __version__, web
from editai.errors import EditaiError
from editai.facts import fetch
from editai.facts.fetch import PUBLIC
from tests.facts.site import Reply, Site, here
from tests.processes import HANGS_S

PAGE = b"<html><title>Lamp</title></html>"


def refused(url: str, reach: web.Reach = PUBLIC) -> EditaiError:
    with pytest.raises(EditaiError) as caught:
        fetch(url, reach)
    assert caught.value.hint
    return caught.value


# ── what arrives ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_page_arrives_with_the_address_it_was_found_at(site: Site) -> None:
    site.replies["/lamp"] = Reply(PAGE)
    page = fetch(site.url("/lamp#reviews"), here())
    assert (page.content, page.url) == (PAGE, site.url("/lamp"))


def test_the_shop_sees_who_asks_and_nothing_else_of_us(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    site.replies["/lamp"] = Reply(PAGE)
    fetch(site.url("/lamp"), here())
    assert site.headers[0] == {
        "host": f"127.0.0.1:{site.port}",
        "user-agent": f"EditAI/{__version__}",
        "accept": "text/html, application/xhtml+xml",
        "accept-encoding": "gzip",
        "connection": "close",
    }


def test_a_cookie_is_not_sent_back(site: Site) -> None:
    site.replies["/lamp"] = Reply(status=302, headers={"Location": "/there", "Set-Cookie": "visitor=7; Path=/"})
    site.replies["/there"] = Reply(PAGE)
    fetch(site.url("/lamp"), here())
    assert site.asked == ["/lamp", "/there"]
    assert not any("cookie" in headers for headers in site.headers)


def test_a_packed_page_is_unpacked(site: Site) -> None:
    site.replies["/lamp"] = Reply(
        gzip.compress(PAGE), headers={"Content-Type": "text/html", "Content-Encoding": "gzip"}
    )
    assert fetch(site.url("/lamp"), here()).content == PAGE


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("text/html; charset=iso-8859-1", "<p>Größe</p>".encode("latin-1")),
        ("text/html", '<meta charset="windows-1252"><p>Größe</p>'.encode("cp1252")),
        ("text/html", "<p>Größe</p>".encode()),
        ("text/html", "\ufeff<p>Größe</p>".encode("utf-16-le")),
    ],
    ids=["header", "meta", "utf-8", "byte order mark"],
)
def test_a_page_is_read_in_the_encoding_that_it_has(site: Site, kind: str, content: bytes) -> None:
    site.replies["/lamp"] = Reply(content, headers={"Content-Type": kind})
    assert "<p>Größe</p>" in fetch(site.url("/lamp"), here()).html


# ── where it leads ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "[::]", "2130706433", "0x7f000001",
        "017700000001", "127.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "[fe80::1]", "[fc00::1]",
        "[fec0::1]", "[::127.0.0.1]", "[ff02::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
    ],
)  # fmt: skip
def test_a_private_address_is_not_asked_however_it_is_written(site: Site, host: str) -> None:
    reach = web.Reach(2, 1000, any_port=True)
    assert refused(site.url("/", host), reach).title == "422 page_address_private"
    assert site.asked == []


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:2800:220:1::1", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e"]
)
def test_an_address_of_the_open_internet_is_public(address: str) -> None:
    assert web.is_public(ipaddress.ip_address(address))


def leading(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Have the system's look-up give these addresses, one list a time; returns the names it is asked for."""
    asked: list[str] = []
    left = list(answers)

    def look_up(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in left.pop(0)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def test_a_name_with_one_private_address_among_others_is_not_asked(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    leading(monkeypatch, ["93.184.215.14", "127.0.0.1"])
    reach = web.Reach(2, 1000, any_port=True)
    assert refused(site.url("/", "shop.example"), reach).title == "422 page_address_private"
    assert site.asked == []


def test_a_name_is_looked_up_once_and_the_address_that_was_checked_is_asked(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.replies["/lamp"] = Reply(PAGE)
    real = socket.getaddrinfo
    asked: list[Any] = []

    def rebinding(host: Any, port: Any, *rest: Any, **options: Any) -> Any:
        """The name leads to the shop the first time and to a router the second."""
        asked.append(host)
        if host != "shop.example":
            return real(host, port, *rest, **options)
        return real("127.0.0.1" if asked.count(host) == 1 else "192.168.0.1", port, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    page = fetch(site.url("/lamp", "shop.example"), here())
    assert (page.content, asked.count("shop.example")) == (PAGE, 1)
    assert site.headers[0]["host"] == f"shop.example:{site.port}"


def test_a_second_address_is_tried_where_the_first_does_not_answer(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.replies["/lamp"] = Reply(PAGE)
    real = socket.getaddrinfo

    def two(host: Any, port: Any, *rest: Any, **options: Any) -> Any:
        first, second = (real(each, port, *rest, **options) for each in ("127.0.0.2", "127.0.0.1"))
        return first + second if host == "shop.example" else real(host, port, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", two)
    reach = web.Reach(5, 1000, lambda address: address.is_loopback, any_port=True)
    assert fetch(site.url("/lamp", "shop.example"), reach).content == PAGE


def test_a_redirect_into_a_private_network_is_not_followed(site: Site) -> None:
    site.replies["/lamp"] = Reply(status=302, headers={"Location": f"http://127.0.0.2:{site.port}/lamp"})
    assert refused(site.url("/lamp"), here()).title == "422 page_address_private"
    assert site.asked == ["/lamp"]


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://127.0.0.1/x", "http://owner:secret@127.0.0.1/"])
def test_a_redirect_to_what_is_no_page_is_not_followed(site: Site, location: str) -> None:
    site.replies["/lamp"] = Reply(status=301, headers={"Location": location})
    assert refused(site.url("/lamp"), here()).title == "422 page_address_invalid"


def test_five_redirects_are_followed_and_no_more(site: Site) -> None:
    for number in range(6):
        site.replies[f"/{number}"] = Reply(status=302, headers={"Location": f"/{number + 1}"})
    site.replies["/6"] = Reply(PAGE)
    assert fetch(site.url("/1"), here()).url == site.url("/6")
    assert refused(site.url("/0"), here()).title == "503 page_unavailable"


@pytest.mark.parametrize(
    "address",
    [
        "", "  ", "my lamp", "ftp://shop.example/lamp", "file:///etc/passwd", "javascript:alert(1)", "https://",
        "http://shop.example:8080/lamp", "http://shop.example:22/", "http://[::1", f"https://shop.example/{'a' * 2000}",
        "https://shop.example:99999/", "http://0177.0.0.1/",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_page_is_refused(address: str) -> None:
    assert refused(address).title == "422 page_address_invalid"


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    error = refused("https://owner:hunter2@shop.example/lamp")
    assert error.title == "422 page_address_invalid"
    assert "hunter2" not in f"{error!r}{error}"


def test_a_name_in_another_alphabet_is_looked_up_as_browsers_do(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = leading(monkeypatch, ["127.0.0.1"])
    refused("https://straße.example/lamp")
    assert asked == ["xn--strae-oqa.example"]


def test_a_bare_address_is_asked_over_https(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = leading(monkeypatch, ["127.0.0.1"])
    assert refused("shop.example/lamp").title == "422 page_address_private"
    assert asked == ["shop.example"]


# ── limits ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_too_large_a_page_is_not_read(site: Site) -> None:
    site.replies["/lamp"] = Reply(bytes(100_001))
    assert refused(site.url("/lamp"), here()).title == "413 page_too_large"


def test_a_page_that_unpacks_to_too_much_is_not_read(site: Site) -> None:
    packed = gzip.compress(bytes(50_000_000))
    assert len(packed) < 100_000
    site.replies["/lamp"] = Reply(packed, headers={"Content-Type": "text/html", "Content-Encoding": "gzip"})
    assert refused(site.url("/lamp"), here()).title == "413 page_too_large"


def test_a_packing_that_was_not_asked_for_is_not_undone(site: Site) -> None:
    site.replies["/lamp"] = Reply(b"?", headers={"Content-Type": "text/html", "Content-Encoding": "br"})
    assert refused(site.url("/lamp"), here()).title == "503 page_unavailable"


@pytest.mark.parametrize(
    "slow",
    [
        Reply(bytes(2000), drip_s=0.5),
        Reply(PAGE, headers={f"X-{number}": "1" for number in range(50)}, head_drip_s=1),
    ],
    ids=["body", "headers"],
)
def test_a_page_that_trickles_is_not_waited_for(site: Site, slow: Reply) -> None:
    site.replies["/lamp"] = slow
    began = time.monotonic()
    assert refused(site.url("/lamp"), here(seconds=0.4)).title == "504 page_no_answer"
    assert time.monotonic() - began < HANGS_S


def test_a_look_up_that_takes_too_long_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: go_on.wait(2 * HANGS_S))
    began = time.monotonic()
    assert refused("http://shop.example/lamp", web.Reach(0.3, 1000)).title == "504 page_no_answer"
    assert time.monotonic() - began < HANGS_S
    go_on.set()


# ── what a shop refuses ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (404, "There is no page"),
        (410, "There is no page"),
        (401, "not to programs"),
        (403, "not to programs"),
        (429, "not to programs"),
        (500, "a fault of its own"),
        (503, "a fault of its own"),
        (204, "did not send the page"),
    ],
)
def test_what_the_shop_answered_is_told(site: Site, status: int, said: str) -> None:
    site.replies["/lamp"] = Reply(b"" if status == 204 else b"no", status=status)
    error = refused(site.url("/lamp"), here())
    assert error.title == "503 page_unavailable"
    assert said in error.message
    assert f"({status})" in error.message


def test_a_file_that_is_no_page_is_refused_by_its_kind(site: Site) -> None:
    site.replies["/lamp"] = Reply(b"%PDF", headers={"Content-Type": "application/pdf"})
    error = refused(site.url("/lamp"), here())
    assert error.title == "422 page_not_html"
    assert "application/pdf" in error.message


def test_a_server_that_is_not_there_is_said() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    error = refused(f"http://127.0.0.1:{port}/lamp", here())
    assert error.title == "503 page_unavailable"
    assert "No connection" in error.message


def test_a_name_that_nobody_has_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    error = refused("https://no-such-shop.example/lamp")
    assert error.title == "503 page_unavailable"
    assert "no-such-shop.example" in error.message


def test_a_connection_that_breaks_is_said(site: Site) -> None:
    site.replies["/lamp"] = Reply(PAGE, headers={"Content-Type": "text/html", "Content-Length": "5000"})
    error = refused(site.url("/lamp"), here())
    assert error.title == "503 page_unavailable"
    assert "broke off" in error.message
