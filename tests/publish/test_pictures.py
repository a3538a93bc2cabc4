"""Channel pictures: fetched from a server on this machine, which stands for the store's own Postiz and for others."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PIL import Image

from editai.library import Media
from editai.models import Channel
from editai.publish import pictures

STORE, OTHER = "a" * 32, "b" * 32


def image(kind: str, width: int = 400, height: int = 300) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (width, height), (200, 80, 20)).save(made, kind)
    return made.getvalue()


@dataclass
class Site:
    """A web server that counts what it is asked for and sends what a test put there."""

    port: int = 0
    asked: list[str] = field(default_factory=list)
    sends: dict[str, bytes] = field(default_factory=dict)
    drip_s: float = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture
def site() -> Iterator[Site]:
    here = Site()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            here.asked.append(self.path)
            if self.path.startswith("/to"):
                self.send_response(302)
                self.send_header("Location", self.path.removeprefix("/to"))
                self.end_headers()
                return
            body = here.sends.get(self.path)
            self.send_response(200 if body is not None else 404)
            self.end_headers()
            with suppress(OSError):  # whoever asked has had enough
                for at in range(0, len(body or b""), 65_536):
                    self.wfile.write((body or b"")[at : at + 65_536])
                    time.sleep(here.drip_s)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.daemon_threads = True
    here.port = server.server_port
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield here
    server.shutdown()
    server.server_close()


Fetch = Callable[..., Path | None]


@pytest.fixture
def fetch(tmp_path: Path, site: Site) -> Fetch:
    """Fetch one picture for a store whose Postiz is the site, unless told otherwise."""

    def one(address: str, server: str | None = None, store: str = STORE) -> Path | None:
        channel = Channel(id="c", name="Lamps", provider="tiktok", picture=address)
        url = f"{site.url}/api" if server is None else server
        return pictures.fetch(Media(tmp_path), store, [channel], url).get("c")

    return one


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_is_kept_as_a_small_png_whatever_it_was(site: Site, fetch: Fetch, kind: str) -> None:
    site.sends["/face.txt"] = image(kind)
    kept = fetch(f"{site.url}/face.txt")
    assert kept is not None
    with Image.open(kept) as drawn:
        assert (drawn.format, drawn.size) == ("PNG", (96, 72))


def test_a_picture_that_is_kept_is_not_fetched_again(site: Site, fetch: Fetch) -> None:
    site.sends["/face"] = image("PNG")
    assert fetch(f"{site.url}/face") == fetch(f"{site.url}/face")
    assert site.asked == ["/face"]


def test_a_picture_lies_among_the_stores_own_files(site: Site, fetch: Fetch, tmp_path: Path) -> None:
    site.sends["/face"] = image("PNG")
    mine, theirs = fetch(f"{site.url}/face"), fetch(f"{site.url}/face", store=OTHER)
    assert mine is not None
    assert theirs is not None
    assert mine.is_relative_to(Media(tmp_path).folder(STORE))
    assert theirs.is_relative_to(Media(tmp_path).folder(OTHER))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433"])
def test_a_private_address_is_not_asked_unless_it_is_the_stores_own_postiz(site: Site, fetch: Fetch, host: str) -> None:
    site.sends["/face"] = image("PNG")
    assert fetch(f"http://{host}:{site.port}/face", "https://postiz.example/api") is None
    assert site.asked == []


@pytest.mark.parametrize(
    "address",
    ["", "/no-picture.jpg", "file:///etc/hostname", "ftp://127.0.0.1/x", "data:image/png;base64,AAAA", "http://"],
)
def test_what_is_no_web_address_is_not_fetched(fetch: Fetch, address: str) -> None:
    assert fetch(address) is None


def test_a_redirect_is_not_followed(site: Site, fetch: Fetch) -> None:
    site.sends["/face"] = image("PNG")
    assert fetch(f"{site.url}/to/face") is None
    assert site.asked == ["/to/face"]


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>hello</html>", b"<svg xmlns='http://www.w3.org/2000/svg'/>", image("PNG")[:200], image("BMP")],
    ids=["empty", "page", "svg", "cut off", "another format"],
)
def test_what_is_no_picture_is_none(site: Site, fetch: Fetch, content: bytes) -> None:
    site.sends["/face"] = content
    assert fetch(f"{site.url}/face") is None


def test_too_many_bytes_are_not_read(site: Site, fetch: Fetch) -> None:
    site.sends["/face"] = image("PNG") + bytes(2 * pictures.MOST_BYTES)
    assert fetch(f"{site.url}/face") is None


def test_too_many_pixels_are_not_drawn(site: Site, fetch: Fetch) -> None:
    site.sends["/face"] = image("PNG", 5000, 5000)
    assert len(site.sends["/face"]) < pictures.MOST_BYTES
    assert fetch(f"{site.url}/face") is None


def test_a_server_that_takes_its_time_is_not_waited_for(
    site: Site, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "SECONDS", 0.2)
    site.sends["/face"], site.drip_s = image("PNG") + bytes(1_500_000), 0.1
    assert fetch(f"{site.url}/face") is None


def test_what_could_not_be_had_is_not_asked_for_again_at_once(
    site: Site, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fetch(f"{site.url}/gone") is None
    assert fetch(f"{site.url}/gone") is None
    assert site.asked == ["/gone"]
    monkeypatch.setattr(pictures, "AGAIN_SECONDS", -1.0)
    site.sends["/gone"] = image("PNG")
    assert fetch(f"{site.url}/gone") is not None
