"""A store's own Postiz, over its public API: one instance for one address and key, which go nowhere else.

Errors are those of `refusals`. All but NoAnswer 504 `postiz_no_answer` mean that the server did not act:

    InvalidInput     422  postiz_address_wrong, postiz_refused
    Forbidden        403  postiz_key_refused
    PaymentRequired  402  postiz_plan
    TooLarge         413  postiz_too_large
    RateLimited      429  postiz_rate_limited, with `retry_after_s`
    Unavailable      503  postiz_unreachable, postiz_too_old

Nothing that acts is ever sent a second time from here. A question (GET) is asked once more where the connection broke.
"""

from __future__ import annotations

import io
import json
import re
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import httpx

from editai.errors import EditaiError, Forbidden, InvalidInput, NotFound, RateLimited
from editai.models import Channel, Connection, DayFigure, Uploaded, When
from editai.publish import answers, refusals
from editai.publish.address import normalise
from editai.publish.answers import Listed, Notification, ProviderRules, RemotePost, Unreadable

__all__ = ["Entry", "Notification", "Patience", "Postiz", "ProviderRules", "RemotePost", "normalise"]

T = TypeVar("T")
KINDS: Mapping[When, str] = {"now": "now", "scheduled": "schedule", "draft": "draft"}
METHODS: Mapping[refusals.Act, str] = {
    "ask": "GET",
    "tool": "POST",
    "upload": "POST",
    "post": "POST",
    "delete": "DELETE",
}
MAX_ANSWER_BYTES = 32 * 1024 * 1024
MAX_VIDEO_BYTES = 1024**3
"""What Postiz takes of a video."""
USABLE = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".mp4")
"""How the address of a file has to end, in small letters, for a post to take it; older servers keep some otherwise."""
KEEP_ALIVE_S = 4.0
"""Postiz closes a connection that was idle for 5 s."""
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
BROKEN = (httpx.ConnectError, httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds: for a connection, for an answer to a question, for one after creating posts (the
    server checks pictures and shortens links first), after an upload (it hands the file on to its storage) and for a
    free time (where it finds none it looks for ever)."""

    connect: float = 10
    answer: float = 30
    create: float = 90
    upload: float = 300
    slot: float = 10


@dataclass(frozen=True)
class Entry:
    """A post on one channel, to be created. `content` and `comments` are encoded (`text.encode`); `settings` are as
    `providers.as_sent` makes them.

    Each comment stands below the one before, and the server waits `comment_delay_min` minutes before each.

    `cover` is a picture that goes beside the video, or is its `thumbnail`; `cover_ms` is the moment of the video that
    is its cover. `alt` says what is seen. `remote_id` replaces the post of that id, where there is one, instead of
    making another.
    """

    channel_id: str
    content: str
    media: Uploaded | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    remote_id: str | None = None
    cover: Uploaded | None = None
    is_thumbnail: bool = False
    cover_ms: int | None = None
    alt: str = ""
    comments: Sequence[str] = ()
    comment_delay_min: int = 0


class Postiz(AbstractContextManager["Postiz"]):
    """The Postiz of one connection. Not following redirects, no proxy and no account from the environment.

    Raises InvalidInput 422 `postiz_address_wrong` and Forbidden 403 `postiz_key_refused` for what cannot be one.
    """

    def __init__(self, connection: Connection, patience: Patience = Patience()) -> None:
        self._base = normalise(connection.url)
        self._key = _usable(connection.key)
        self._patience = patience
        self.full_for_s = 0
        """For how many seconds the server takes no more posts, as it said when it took the last ones, or did not."""
        self.is_cut_off = False
        """Whether the last request did not even reach it."""
        self._http = httpx.Client(
            headers={
                "Authorization": self._key,
                "Accept": "application/json",
                "Accept-Encoding": "identity",  # so that an answer is as large as it arrives
                "User-Agent": "EditAI",
            },
            follow_redirects=False,
            trust_env=False,
            verify=_trusted(self._base),
            limits=httpx.Limits(max_connections=4, keepalive_expiry=KEEP_ALIVE_S),
        )

    def __repr__(self) -> str:
        return f"Postiz({urlsplit(self._base).netloc})"

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def is_of(self, connection: Connection) -> bool:
        """Whether this is the Postiz of that address and key."""
        return (self._base, self._key) == (normalise(connection.url), _usable(connection.key))

    def check(self) -> None:
        """Raises where this is no Postiz or the key is not one of it."""

        def connected(answer: object) -> None:
            if not (isinstance(answer, dict) and answer.get("connected") is True):
                raise Unreadable

        self._get("/is-connected", connected)

    def channels(self) -> tuple[Channel, ...]:
        """The accounts that are connected, disabled ones among them. One that must be connected anew looks healthy."""
        return self._get("/integrations", answers.channels)

    def settings_schema(self, channel_id: str) -> ProviderRules:
        """What the server asks of posts on this channel. Raises NotFound 404 `channel_not_found` as well."""
        return self._get(f"/integration-settings/{quote(channel_id, safe='')}", answers.provider_rules, since_2=True)

    def upload(self, path: Path, told: Callable[[float], None] = lambda _: None) -> Uploaded:
        """Send a video (MP4) or a picture (JPEG) from the disk; `told` hears how much was sent, 0 to 1, and may raise.

        Doing it again makes another file there and harms nothing. Raises NotFound 404 `clip_file_missing` as well, and
        Unavailable 503 `postiz_too_old` where the server keeps it under a name that it takes in no post.
        """
        try:
            file = _Watched(path, told)
        except OSError as error:
            hint = "Produce the clip again."
            raise NotFound("clip_file_missing", "The clip's video is not on this machine any more.", hint) from error
        with file:
            if file.size > MAX_VIDEO_BYTES:
                raise refusals.too_large("The clip's video is larger than 1 GB, the most that Postiz takes.")
            picture = path.suffix == ".jpg"  # older servers believe the type, newer ones look at the bytes
            part = ("poster.jpg", file, "image/jpeg") if picture else ("clip.mp4", file, "video/mp4")
            made = self._ask("upload", "/upload", self._patience.upload, answers.uploaded, files={"file": part})
        if not made.path.partition("?")[0].endswith(USABLE):
            raise refusals.too_old()
        return made

    def create(self, kind: When, publish_at: str, entries: Sequence[Entry]) -> tuple[str, ...]:
        """Create all posts in one request: all of them or, where one is refused, none. Their ids, in order.

        `publish_at` is a moment with its offset; a past one publishes at once, as "now" does. Raises NoAnswer 504
        `postiz_no_answer` where they may have been created, with an answer that cannot be read or none.
        """
        body = {
            "type": KINDS[kind],  # a type that Postiz does not know would be published
            "date": _utc(publish_at),
            "shortLink": False,
            "tags": [],
            "posts": [_entry(entry) for entry in entries],
        }
        content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        ids = [entry.channel_id for entry in entries]
        return self._ask(
            "post",
            "/posts",
            self._patience.create,
            lambda answer: answers.created(answer, ids),
            names=lambda: self._names(ids),
            content=content,
            headers={"Content-Type": "application/json"},
        )

    def posts(self, start: datetime, end: datetime) -> tuple[RemotePost, ...]:
        """The posts whose time lies between, both included; "now" is filed under its minute by the server's clock."""
        window = {"startDate": _utc(start.isoformat()), "endDate": _utc(end.isoformat())}
        return self._get("/posts", answers.posts, params=window)

    def run_tool(self, channel_id: str, tool: str, **asked: str) -> Listed:
        """What a channel's platform lists: its boards, its channels, the communities that a word finds. `asked` are
        the tool's arguments.

        Raises Conflict 409 `channel_disconnected`, NotFound 404 `channel_not_found` and Unavailable 503
        `postiz_too_old` as well.
        """
        route = f"/integration-trigger/{quote(channel_id, safe='')}"
        body = {"methodName": tool, "data": asked}
        return self._ask("tool", route, self._patience.answer, answers.listed, since_2=True, json=body)

    def delete(self, post_id: str) -> None:
        """Have a post taken out of Postiz and its calendar; what is published stays where it is published.

        The answer does not tell whether that was done: of a post that is not there it is the same as of a fault
        (NoAnswer 504). Look for it with `posts`.
        """
        self._ask("delete", f"/posts/{quote(post_id, safe='')}", self._patience.answer, lambda _: None)

    def free_slot(self, channel_id: str) -> str:
        """The next free one of a channel's posting times, in UTC. Ask for a channel that was just seen enabled: a
        server of this version looks for ever for the times of any other, and goes on when nobody listens any more."""
        route = f"/find-slot/{quote(channel_id, safe='')}"
        return self._ask("ask", route, self._patience.slot, answers.slot, since_2=True, tries=1)

    def post_figures(self, post_id: str, days: int) -> tuple[DayFigure, ...]:
        """What a published post brought in the last 7, 30 or 90 days, as far as its platform tells; nothing of one
        that lies in an inbox. Raises Unavailable 503 `postiz_too_old` as well."""
        route = f"/analytics/post/{quote(post_id, safe='')}"
        return self._get(route, answers.figures, params={"date": str(days)}, since_2=True)

    def channel_figures(self, channel_id: str, days: int) -> tuple[DayFigure, ...]:
        """The same of a whole channel."""
        route = f"/analytics/{quote(channel_id, safe='')}"
        return self._get(route, answers.figures, params={"date": str(days)}, since_2=True)

    def notifications(self) -> tuple[Notification, ...]:
        """The newest hundred of what Postiz told its user. Raises Unavailable 503 `postiz_too_old` as well."""
        return self._get("/notifications", answers.notifications, params={"page": "0"}, since_2=True)

    def _get(
        self, route: str, read: Callable[[object], T], params: Mapping[str, str] | None = None, since_2: bool = False
    ) -> T:
        """Ask. `since_2`: servers before 2.18 do not have this route."""
        return self._ask("ask", route, self._patience.answer, read, since_2=since_2, params=params)

    def _ask(
        self,
        act: refusals.Act,
        route: str,
        wait: float,
        read: Callable[[object], T],
        *,
        since_2: bool = False,
        names: Callable[[], Sequence[str]] = tuple,
        tries: int = 2,
        **request: Any,
    ) -> T:
        """Send a request, and read its success; only a question is tried again. Raises what the module says."""
        response, content = self._answer(act, route, wait, request, tries if act == "ask" else 1)
        if not response.is_success:
            said = refusals.Said(act, response.status_code, response.headers, content)
            if said.status == 404 and since_2 and "Cannot" in str(said.body.get("message")):
                raise refusals.too_old()
            error = refusals.refusal(said, names, self._key)
            if act == "post" and isinstance(error, RateLimited):
                self.full_for_s = error.retry_after_s
            raise error
        if act == "post":
            self.full_for_s = refusals.full_for_s(response.headers)
        if refusals.looks_like_a_page(response.headers, content):
            raise refusals.unreadable(act, page=True)
        try:
            return read(answers.document(content))
        except Unreadable:
            raise refusals.unreadable(act, page=False) from None

    def _answer(
        self, act: refusals.Act, route: str, wait: float, request: Mapping[str, Any], tries: int
    ) -> tuple[httpx.Response, bytes]:
        """What comes back, whatever it says; the body is empty where it cannot be read."""
        limits = httpx.Timeout(wait, connect=self._patience.connect, pool=self._patience.connect)
        try:
            with self._http.stream(METHODS[act], self._base + route, timeout=limits, **request) as response:
                self.is_cut_off = False
                return response, _bounded(response, time.monotonic() + wait)
        except httpx.TransportError as error:
            if isinstance(error, BROKEN) and tries > 1:
                return self._answer(act, route, wait, request, tries - 1)
            self.is_cut_off = isinstance(error, NOT_SENT)
            raise _lost(act, error) from None

    def _names(self, channel_ids: Sequence[str]) -> Sequence[str]:
        """What channels are called, to name them in an error; by their number where that cannot be learned."""
        try:
            known = {channel.id: channel.name for channel in self.channels()}
        except EditaiError:
            known = {}
        return [known.get(channel_id) or f"Account {i}" for i, channel_id in enumerate(channel_ids, 1)]


class _Watched(io.FileIO):
    """A file that says how much of it was read."""

    def __init__(self, path: Path, told: Callable[[float], None]) -> None:
        super().__init__(path, "rb")
        self.size = path.stat().st_size
        self._told = told

    def read(self, size: int | None = -1, /) -> bytes:
        chunk = super().read(size)
        self._told(min(1.0, self.tell() / self.size) if self.size else 1.0)
        return chunk


def _lost(act: refusals.Act, error: httpx.TransportError) -> EditaiError:
    """The error of a request without an answer: was nothing sent, or does nobody know?"""
    if isinstance(error, NOT_SENT):
        return refusals.not_reached(error)
    if isinstance(error, httpx.TimeoutException):
        return refusals.no_answer(act, "Your Postiz did not answer in time.")
    return refusals.no_answer(act, "The connection to your Postiz broke before it answered.")


def _bounded(response: httpx.Response, deadline: float) -> bytes:
    """The body, or nothing where it is packed or larger than an answer may be. Raises ReadTimeout as well."""
    if response.headers.get("content-encoding", "identity") != "identity":
        return b""
    content = bytearray()
    for chunk in response.iter_raw():
        content += chunk
        if len(content) > MAX_ANSWER_BYTES:
            return b""
        if time.monotonic() > deadline:
            raise httpx.ReadTimeout("the answer takes too long")
    return bytes(content)


def _entry(entry: Entry) -> dict[str, Any]:
    value: dict[str, Any] = {"content": entry.content, "image": _images(entry)}
    if entry.remote_id:
        value["id"] = entry.remote_id
    wait = {"delay": entry.comment_delay_min} if entry.comment_delay_min else {}
    comments = [{"content": comment, "image": [], **wait} for comment in entry.comments]
    return {"integration": {"id": entry.channel_id}, "value": [value, *comments], "settings": dict(entry.settings)}


def _images(entry: Entry) -> list[dict[str, Any]]:
    if entry.media is None:
        return []
    video = entry.media.model_dump() | ({"alt": entry.alt} if entry.alt else {})
    if entry.cover_ms:  # the beginning is what platforms take anyway
        video |= {"thumbnailTimestamp": entry.cover_ms}
    if entry.cover is None:
        return [video]
    if entry.is_thumbnail:
        return [video | {"thumbnail": entry.cover.path}]
    return [video, entry.cover.model_dump()]


def _utc(moment: str) -> str:
    """A moment as Postiz takes it without doubt. Raises InvalidInput 422 `moment_invalid` for one without an offset."""
    try:
        read = datetime.fromisoformat(moment)
        if read.tzinfo is None:
            raise ValueError(moment)
        return f"{read.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"
    except (ValueError, OverflowError):
        raise InvalidInput("moment_invalid", "A post needs a time with its offset from UTC.") from None


def _usable(key: str) -> str:
    """The key as a header may carry it. Whoever copied "Bearer " along means the same key."""
    key = re.sub(r"^bearer(\s+|$)", "", key.strip(), flags=re.IGNORECASE)
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        message = "The key is missing." if not key else "The key has characters in it that no key has."
        raise Forbidden("postiz_key_refused", message, refusals.NEW_KEY)
    return key


def _trusted(base: str) -> ssl.SSLContext:
    """The certificates that come along and those of this machine, which may know the shop's own server."""
    if not base.startswith("https:"):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody; to read certificates takes time
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context
