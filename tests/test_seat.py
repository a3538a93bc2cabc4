"""One app for a data folder."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from editai.errors import EditaiError
from editai.seat import Seat, seated
from editai.settings import Settings


@pytest.fixture
def settings(settings: Settings) -> Settings:
    settings.folder.mkdir(parents=True)
    return settings


class _Up(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    """Where something answers as a running app does."""
    server = HTTPServer(("127.0.0.1", 0), _Up)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_the_first_has_the_place_and_the_second_is_told_where_it_is(settings: Settings, url: str) -> None:
    with seated(settings) as first:
        assert isinstance(first, Seat)
        first.tell(url)
        with seated(settings) as second:
            assert second == url


def test_the_place_is_free_again_afterwards(settings: Settings) -> None:
    for _ in range(2):
        with seated(settings) as place:
            assert isinstance(place, Seat)


def test_what_a_killed_app_noted_is_not_believed(settings: Settings, url: str) -> None:
    Seat(settings).tell(url)
    with seated(settings) as place:
        assert isinstance(place, Seat)
        assert place.address() == ""


def test_one_that_says_nothing_is_named_with_its_folder(settings: Settings) -> None:
    with seated(settings), pytest.raises(EditaiError) as caught, seated(settings, patience_s=0.1):
        pass
    assert caught.value.title == "503 app_silent"
    assert str(settings.folder) in str(caught.value)
