"""What Postiz answers, as values. Unknown fields, providers and states are taken as they come; what must be there and
is not makes the whole answer unreadable, because half a list of posts would be worse than none."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from editai.models import Channel, DayFigure, Uploaded

LONGEST_LABEL = 60


@dataclass(frozen=True)
class RemotePost:
    """A post as the server has it. `state` is QUEUE, PUBLISHED, ERROR, DRAFT or one that is not known yet.

    `publish_at` is UTC ("2027-02-01T10:00:00.000Z"). `content` is as Postiz stores it (`text.decode` reads it).
    `link` is what Postiz gives; it need not be the post's own. `release_id` "missing": TikTok holds it in the inbox.
    `error` is why it failed, which servers do not tell before their pull request 1868.
    """

    id: str
    channel_id: str
    content: str
    publish_at: str
    state: str
    link: str | None = None
    release_id: str | None = None
    error: str | None = None


@dataclass(frozen=True)
class Notification:
    """What Postiz told its user, in its own words; it does not say of which post. `created_at` is UTC."""

    id: str
    content: str
    created_at: str
    link: str | None = None


@dataclass(frozen=True)
class ProviderRules:
    """What the server asks of posts on a channel: the longest text, and the JSON schema of the settings, or nothing."""

    max_length: int
    schema: Mapping[str, Any]


@dataclass(frozen=True)
class Listed:
    """What a channel's tool gives: things to choose, each with its "id", what it is called as "name" or "title", and
    what else it has as a text; and what the tool says besides with yes or no."""

    items: tuple[Mapping[str, str], ...]
    said: Mapping[str, bool]


class Unreadable(ValueError):
    """Not what Postiz answers here."""


def channels(answer: object) -> tuple[Channel, ...]:
    """GET /integrations; what lacks an id or a provider is none."""
    return tuple(_channel(item) for item in _list(answer))


def uploaded(answer: object) -> Uploaded:
    """POST /upload."""
    return Uploaded(id=_text(answer, "id"), path=_text(answer, "path"))


def created(answer: object, channel_ids: Sequence[str]) -> tuple[str, ...]:
    """POST /posts: the ids of the posts, in the order of their channels."""
    made = [(_text(item, "integration"), _text(item, "postId")) for item in _list(answer)]
    if [channel_id for channel_id, _ in made] != list(channel_ids):
        raise Unreadable
    return tuple(post_id for _, post_id in made)


def posts(answer: object) -> tuple[RemotePost, ...]:
    """GET /posts. A post that repeats is listed once for each of its times; the first is taken."""
    found: dict[str, RemotePost] = {}
    for item in _list(_get(answer, "posts")):
        post = _post(item)
        found.setdefault(post.id, post)
    return tuple(found.values())


def notifications(answer: object) -> tuple[Notification, ...]:
    """GET /notifications, newest first."""
    return tuple(
        Notification(
            id=_maybe(item, "id") or "",
            content=_text(item, "content"),
            created_at=_utc(_text(item, "createdAt")),
            link=_address(item, "link"),
        )
        for item in _list(_get(answer, "notifications"))
    )


def figures(answer: object) -> tuple[DayFigure, ...]:
    """GET /analytics/ID and /analytics/post/ID: totals, which Postiz writes as texts, by their names and days.

    A post that lies in an inbox has none. What is no number, or of no day, is left out: platforms give "n/a".
    """
    if isinstance(answer, dict) and answer.get("missing") is True:
        return ()
    found = []
    for series in _list(answer):
        label = (_maybe(series, "label") or "").strip()[:LONGEST_LABEL]
        for item in _list(_get(series, "data")) if label else ():
            if (day := _day(_maybe(item, "date"))) and (total := _number(_get(item, "total"))) is not None:
                found.append(DayFigure(label=label, day=day, total=total))
    return tuple(found)


def listed(answer: object) -> Listed:
    """POST /integration-trigger/ID of a tool that lists something, by itself or beside what it says otherwise."""
    output = _get(answer, "output")
    if not isinstance(output, dict):
        return Listed(tuple(_listed_item(item) for item in _list(output)), {})
    items = next((value for value in output.values() if isinstance(value, list) and all(map(_is_item, value))), [])
    said = {name: value for name, value in output.items() if isinstance(value, bool)}
    return Listed(tuple(_listed_item(item) for item in items), said)


def _is_item(item: object) -> bool:
    return isinstance(item, dict) and "id" in item


def _listed_item(item: object) -> Mapping[str, str]:
    _text(item, "id")
    if not (_maybe(item, "name") or _maybe(item, "title")):
        raise Unreadable
    assert isinstance(item, dict)  # noqa: S101 it has an id
    return {str(name): text for name in item if (text := _maybe(item, name))}


def slot(answer: object) -> str:
    """GET /find-slot/ID: the next free of the channel's times, UTC ("2027-02-01T10:00:00.000Z")."""
    return _utc(_text(answer, "date"))


def provider_rules(answer: object) -> ProviderRules:
    """GET /integration-settings/ID; a sentence in place of a schema means that no settings are needed."""
    output = _get(answer, "output")
    length, schema = _get(output, "maxLength"), _get(output, "settings")
    if not isinstance(length, int):
        raise Unreadable
    return ProviderRules(length, schema if isinstance(schema, dict) else {})


def document(content: bytes) -> Any:
    """JSON as it came. Raises Unreadable."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise Unreadable from None


def _channel(item: object) -> Channel:
    return Channel(
        id=_text(item, "id"),
        name=_maybe(item, "name") or "",
        provider=_text(item, "identifier"),
        picture=_address(item, "picture") or "",
        handle=_maybe(item, "profile") or "",
        disabled=_get(item, "disabled") is True,
    )


def _post(item: object) -> RemotePost:
    return RemotePost(
        id=_text(item, "id"),
        channel_id=_maybe(_get(item, "integration"), "id") or "",
        content=_maybe(item, "content") or "",
        publish_at=_utc(_text(item, "publishDate")),
        state=_text(item, "state"),
        link=_address(item, "releaseURL"),
        release_id=_maybe(item, "releaseId"),
        error=_maybe(item, "error"),
    )


def _utc(text: str) -> str:
    """A date as Postiz writes it, with its Z; without an offset it is UTC."""
    try:
        read = datetime.fromisoformat(text)
        moment = read.astimezone(UTC) if read.tzinfo else read
    except (ValueError, OverflowError):
        raise Unreadable from None
    if not 1970 <= moment.year < 9000:  # no day before or after it can be reckoned with, nor would one be right
        raise Unreadable
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def _day(text: str | None) -> str | None:
    """The day of a date, with or without a time."""
    try:
        return date.fromisoformat((text or "")[:10]).isoformat()
    except ValueError:
        return None


def _number(value: object) -> float | None:
    try:
        read = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        return None
    return read if math.isfinite(read) else None


def _list(answer: object) -> list[object]:
    if not isinstance(answer, list):
        raise Unreadable
    return answer


def _get(item: object, name: str) -> Any:
    if not isinstance(item, dict):
        raise Unreadable
    return item.get(name)


def _text(item: object, name: str) -> str:
    _get(item, name)
    value = _maybe(item, name)
    if value is None:
        raise Unreadable
    return value


def _maybe(item: object, name: str) -> str | None:
    """A text that can be kept: one that was cut in the middle of an emoji ends in half of it."""
    value = item.get(name) if isinstance(item, dict) else None
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) and value else None


def _address(item: object, name: str) -> str | None:
    """A link that a page may show: nothing but the web's."""
    value = _maybe(item, name)
    return value if value and value.startswith(("https://", "http://")) else None
