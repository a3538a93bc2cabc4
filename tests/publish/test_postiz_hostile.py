"""The client and servers that are no Postiz, or one that nobody should trust: nothing of a store's gets out."""

from __future__ import annotations

import logging
import socket
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from io import BufferedIOBase
from pathlib import Path

import pytest

from editai.errors import EditaiError, Forbidden, InvalidInput, NoAnswer, RateLimited, Unavailable
from editai.models import Connection
from editai.publish import postiz as client
from editai.publish.postiz import Entry, Patience, Postiz
from tests.publish.canned import KEY, Answer, Canned, reply

PATIENT = Patience()
Serve = Callable[[Answer], Canned]
POST = [Entry("c1", "<p>Tea</p>")]
AT = "2030-02-01T10:00:00.000Z"


def asked(server: Canned | Connection, patience: Patience = PATIENT) -> EditaiError:
    """The error that a list of accounts ends with."""
    connection = server if isinstance(server, Connection) else server.connection
    with Postiz(connection, patience) as opened, pytest.raises(EditaiError) as caught:
        opened.channels()
    return caught.value


def created(server: Canned) -> EditaiError:
    """The error that a post ends with."""
    with Postiz(server.connection) as opened, pytest.raises(EditaiError) as caught:
        opened.create("now", AT, POST)
    return caught.value


# ── nothing was sent ─────────────────────────────────────────────────────────────────────────────────────────────


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.mark.parametrize("act", ["ask", "create"])
def test_a_server_that_does_not_run_is_not_reached(act: str) -> None:
    connection = Connection(url=f"http://127.0.0.1:{closed_port()}", key=KEY)
    with Postiz(connection) as server, pytest.raises(Unavailable) as caught:
        server.channels() if act == "ask" else server.create("now", AT, POST)
    assert caught.value.title == "503 postiz_unreachable"


def test_a_name_that_nobody_has_is_not_reached() -> None:
    assert asked(Connection(url="https://no-such-shop.invalid", key=KEY)).title == "503 postiz_unreachable"


def test_a_server_that_does_not_take_the_call_is_not_reached() -> None:
    with socket.socket() as deaf, socket.socket() as one, socket.socket() as two:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        for other in (one, two):  # the queue of connections is full
            other.setblocking(False)
            other.connect_ex(deaf.getsockname())
        connection = Connection(url=f"http://127.0.0.1:{deaf.getsockname()[1]}", key=KEY)
        assert asked(connection, Patience(connect=0.3)).title == "503 postiz_unreachable"


def test_a_server_without_a_certificate_gets_no_key(canned: Serve) -> None:
    server = canned(reply([]))
    error = asked(Connection(url=server.home.replace("http:", "https:"), key=KEY))
    assert error.title == "503 postiz_unreachable"
    assert "http://" in error.hint
    assert server.requests == []


# ── this is no Postiz ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "answer",
    [
        reply("<!DOCTYPE html><html></html>", kind="text/html"),
        reply("<!DOCTYPE html><html></html>", kind="application/json"),
        reply("OK", kind="text/plain"),
        reply(""),
        reply('[{"id": "c1"'),
        reply("[" * 100_000),
        reply({"error": "no such thing"}),
        reply([{"id": "c1", "name": "no platform"}]),
        reply([{"id": 7, "identifier": "x"}]),
        reply(["c1"]),
        reply("null"),
        reply([], content_encoding="gzip"),
        reply("<html>", 404, "text/html"),
        reply("<html>The plain HTTP request was sent to HTTPS port</html>", 400, "text/html"),
        reply("<html>", 405, "text/html"),
        reply({"message": "Cannot GET /api/public/v1/integrations", "statusCode": 404}, 404),
        reply("", 302, location="https://elsewhere.example/login"),
    ],
)
def test_an_answer_that_is_none_of_a_postiz_means_a_wrong_address(canned: Serve, answer: Answer) -> None:
    assert asked(canned(answer)).title == "422 postiz_address_wrong"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "null",
        '{"postId": "p1"}',
        '[{"postId": "p1"}]',
        '[{"postId": "p1", "integration": "another"}]',
        '[{"postId": "p1", "integration": "c1"}, {"postId": "p2", "integration": "c1"}]',
        "<html></html>",
    ],
)
def test_a_success_that_says_nothing_leaves_open_what_became_of_the_post(canned: Serve, body: str) -> None:
    server = canned(reply(body, 201))
    assert created(server).title == "504 postiz_no_answer"
    assert len(server.requests) == 1


def test_what_is_not_even_http_is_no_answer(canned: Serve) -> None:
    assert asked(canned(lambda out: out.write(b"SSH-2.0-OpenSSH_9.6\r\n"))).title == "504 postiz_no_answer"


def test_unknown_fields_and_states_are_taken_as_they_come(canned: Serve) -> None:
    post = {
        "id": "p1",
        "content": None,
        "publishDate": "2027-02-01T10:00:00",
        "state": "ARCHIVED",
        "error": None,
        "releaseURL": "javascript:alert(1)",
        "settings": {"an": "object"},
    }
    with Postiz(canned(reply({"posts": [post], "total": 1})).connection) as server:
        (read,) = server.posts(datetime.now(UTC), datetime.now(UTC))
    assert (read.state, read.publish_at) == ("ARCHIVED", "2027-02-01T10:00:00.000Z")
    assert (read.channel_id, read.content, read.link) == ("", "", None)


# ── what it refuses ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        (reply({"msg": "No subscription found"}, 401), "402 postiz_plan"),
        (reply("", 401), "403 postiz_key_refused"),
        (reply("<html>", 401, "text/html", www_authenticate="Basic"), "403 postiz_key_refused"),
        (reply({"msg": "Unauthorized"}, 403), "403 postiz_key_refused"),
        (reply("<html>", 413, "text/html"), "413 postiz_too_large"),
        (reply("", 409), "422 postiz_refused"),
        (reply("packed", 400, content_encoding="gzip"), "422 postiz_refused"),
        (reply({"msg": "No file provided"}, 400), "422 postiz_refused"),
        (reply("<html>", 520, "text/html"), "504 postiz_no_answer"),
    ],
)
def test_a_refusal_has_its_error_whoever_gave_it(canned: Serve, answer: Answer, title: str) -> None:
    server = canned(answer)
    assert created(server).title == title
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [("120", 120), ("0", 1), ("-5", 1), ("1e9", 86_400), ("soon", 3600), ("nan", 3600), ("", 3600)],
)
def test_a_wait_is_one_that_can_be_kept(canned: Serve, retry_after: str, seconds: int) -> None:
    error = created(canned(reply("", 429, retry_after=retry_after)))
    assert isinstance(error, RateLimited)
    assert error.retry_after_s == seconds


def test_a_wait_may_be_given_as_a_date(canned: Serve) -> None:
    at = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 600))
    error = created(canned(reply("", 429, retry_after=at)))
    assert isinstance(error, RateLimited)
    assert 500 < error.retry_after_s <= 600


def test_words_of_a_server_are_shown_in_one_line_that_ends(canned: Serve) -> None:
    error = created(canned(reply({"message": "Bad\r\n\x1b[31mluck " + "!" * 10_000}, 400)))
    assert "Bad [31mluck" in error.message
    assert len(error.message) < 400


# ── a server that wants to do harm ───────────────────────────────────────────────────────────────────────────────


def test_an_endless_answer_does_not_fill_the_memory(canned: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MAX_ANSWER_BYTES", 1_000_000)

    def flood(out: BufferedIOBase) -> None:
        out.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
        while True:
            out.write(b" " * 65_536)

    assert asked(canned(flood)).title == "422 postiz_address_wrong"


def test_an_answer_that_drips_is_given_up(canned: Serve) -> None:
    def drip(out: BufferedIOBase) -> None:
        out.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
        while True:
            out.write(b" ")
            time.sleep(0.02)

    assert isinstance(asked(canned(drip), Patience(answer=0.3)), NoAnswer)


def test_endless_headers_are_given_up(canned: Serve) -> None:
    def headers(out: BufferedIOBase) -> None:
        out.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            out.write(b"X-More: " + b"x" * 1000 + b"\r\n")

    assert isinstance(asked(canned(headers)), NoAnswer)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_with_the_key(canned: Serve, status: int) -> None:
    other = canned(reply([]))
    error = asked(canned(reply("", status, location=f"{other.home}/api/public/v1/integrations")))
    assert isinstance(error, InvalidInput)
    assert error.slug == "postiz_address_wrong"
    assert other.requests == []


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_proxy_of_the_environment_does_not_see_the_key(
    canned: Serve, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    proxy, server = canned(reply([])), canned(reply([]))
    monkeypatch.setenv(name, proxy.home)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with Postiz(server.connection) as opened:
        opened.channels()
    assert proxy.requests == []
    assert server.requests == [("GET", "/api/public/v1/integrations", KEY)]


def test_an_account_of_the_environment_is_not_used(
    canned: Serve, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login owner password other-key\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("POSTIZ_API_KEY", "other-key")
    server = canned(reply([]))
    with Postiz(server.connection) as opened:
        opened.channels()
    assert server.requests[0][2] == KEY


@pytest.mark.parametrize("key", ["", "  ", "Bearer ", "key\r\nX-Evil: 1", "schlüssel", "two words", "\x00"])
def test_a_key_that_can_be_none_is_refused_and_not_repeated(canned: Serve, key: str) -> None:
    server = canned(reply([]))
    with pytest.raises(Forbidden) as caught:
        Postiz(Connection(url=server.home, key=key))
    assert caught.value.title == "403 postiz_key_refused"
    assert server.requests == []
    if key.strip(" \0"):
        assert key not in str(caught.value)


ECHOES = [
    reply({"message": f"Invalid key {KEY}"}, 400),
    reply({"message": [f"posts.0.settings.{KEY} must be {KEY}"]}, 400),
    reply({"provider": KEY, "name": KEY, "message": KEY}, 400),
    reply({"msg": KEY}, 401),
    reply({"message": KEY}, 402),
    reply({"msg": KEY}, 403),
    reply({"message": KEY}, 409),
    reply({"message": KEY}, 500),
    reply(KEY, 201),
]


@pytest.mark.parametrize("answer", ECHOES)
def test_8_6_a_key_is_in_no_error_and_no_log_even_where_the_server_sends_it_back(
    canned: Serve, caplog: pytest.LogCaptureFixture, tmp_path: Path, answer: Answer
) -> None:
    caplog.set_level(logging.DEBUG)
    (tmp_path / "clip.mp4").write_bytes(bytes(100))
    shown = ""
    with Postiz(canned(answer).connection) as server:
        acts: list[Callable[[], object]] = [
            lambda: server.create("now", AT, POST),
            server.channels,
            server.check,
            lambda: server.upload(tmp_path / "clip.mp4"),
        ]
        for act in acts:
            with pytest.raises(EditaiError) as caught:
                act()
            shown += "".join(traceback.format_exception(caught.value)) + repr(caught.value) + str(caught.value)
            shown += str(caught.value.as_dict())
        shown += repr(server) + str(server) + repr(server.__dict__["_http"])
    logged = "".join(f"{record.getMessage()} {record.args}" for record in caplog.records)
    assert "httpcore" in {record.name.partition(".")[0] for record in caplog.records}
    assert KEY not in shown
    assert KEY not in logged


def test_a_key_in_a_redirect_is_not_repeated(canned: Serve) -> None:
    error = asked(canned(reply("", 302, location=f"https://{KEY}:{KEY}@evil.example/{KEY}")))
    assert "https://evil.example" in error.message
    assert KEY not in "".join(traceback.format_exception(error))


def test_a_key_in_place_of_an_answer_is_not_repeated(canned: Serve) -> None:
    error = asked(canned(lambda out: out.write(KEY.encode() + b"\r\n\r\n")))
    assert KEY not in "".join(traceback.format_exception(error))


# ── what cannot be kept or reckoned with ─────────────────────────────────────────────────────────────────────────────


def test_a_text_that_was_cut_in_the_middle_of_an_emoji_can_be_kept(canned: Serve) -> None:
    half = {"id": "c1", "identifier": "x", "name": "Lamps \ud83d", "picture": None, "profile": None}
    with Postiz(canned(reply([half])).connection) as server:
        [channel] = server.channels()
    assert channel.name == "Lamps ?"


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_post_of_a_year_that_nothing_can_be_reckoned_with_is_unreadable(canned: Serve, year: str) -> None:
    post = {"id": "p1", "integration": {"id": "c1"}, "content": "", "publishDate": f"{year}-12-31", "state": "QUEUE"}
    with Postiz(canned(reply({"posts": [post]})).connection) as server, pytest.raises(InvalidInput):
        server.posts(datetime(2030, 2, 1, tzinfo=UTC), datetime(2030, 2, 2, tzinfo=UTC))
