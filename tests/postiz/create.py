"""POST /posts once its rules are kept: rows are made or replaced."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from tests.postiz import rules
from tests.postiz.publishing import sanitised
from tests.postiz.state import Account, Organisation, Row, new_id


def create(organisation: Organisation, body: dict[str, Any], now: datetime, domain: str = "") -> list[dict[str, str]]:
    """Make the posts of one request: all of them or, where a rule is broken, none. Raises `rules.Refused`.

    `type` is not checked: what is none of the four becomes a live post.
    """
    channels = rules.channels_of(body, organisation.channels)
    rules.check_fields(body, channels, domain)
    kind = body.get("type")
    for entry, channel in zip(body["posts"], channels, strict=True):
        rules.check_post(entry, channel, kind == "draft")
        row = existing(organisation, entry)
        if row and row.state == "PUBLISHED" and kind in {"schedule", "now"} and not body.get("republish"):
            raise rules.sentence(
                "This post was already published on the platform, to publish it again pass republish: true"
            )
    moment = now.replace(second=0, microsecond=0) if kind == "now" else rules.moment(body["date"])
    pairs = zip(body["posts"], channels, strict=True)
    made = [keep(organisation, entry, channel, body, moment) for entry, channel in pairs]
    return [{"postId": row.id, "integration": row.channel_id} for row in made]


def existing(organisation: Organisation, entry: dict[str, Any]) -> Row | None:
    """The post that an entry replaces: the one of its id; an id that is not known makes a new post."""
    row = organisation.rows.get(str(entry["value"][0].get("id")))
    return None if row is None or row.deleted else row


def keep(
    organisation: Organisation, entry: dict[str, Any], channel: Account, body: dict[str, Any], moment: datetime
) -> Row:
    """Keep one entry as a row. `update` touches neither state nor timer."""
    kind, old = body.get("type"), existing(organisation, entry)
    if old and kind == "update":
        state, timer = old.state, old.timer
    else:
        state = "DRAFT" if kind == "draft" else "QUEUE"
        timer = None if kind in {"draft", "update"} else moment
    wanted = {tag.get("label") for tag in body["tags"]}
    row = Row(
        id=old.id if old else new_id(),
        channel_id=channel.id,
        content=sanitised(entry["value"][0]["content"]),
        images=list(entry["value"][0]["image"]),
        comments=[sanitised(part["content"]) for part in entry["value"][1:]],
        delays=[part.get("delay") or 0 for part in entry["value"][1:]],
        settings=dict(entry.get("settings") or {}) | {"__type": channel.provider},
        publish_at=moment,
        state=state,
        timer=timer,
        group=str(uuid.uuid4()),
        tags=[tag for tag in organisation.tags if tag in wanted],
        interval=body.get("inter"),
        method=body.get("creationMethod", "API"),
        short_link=body["shortLink"],
    )
    if group := entry.get("group"):
        for other in organisation.rows.values():
            other.deleted = other.deleted or other.group == group
    organisation.rows[row.id] = row
    return row
