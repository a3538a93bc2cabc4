"""Channels, checks and posts as scripts get them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from editai import publish
from editai.models import Channel, DryRun, ListedPost, Post, Profile, Series
from editai.publish import moment
from editai.publish.providers import Provider
from editai.ui.context import Desk


def channel(found: Channel, here: Provider) -> dict[str, Any]:
    """A channel with what can be said on its platform, as the store's Postiz describes it."""
    shown = {"name", "label", "kind", "hint", "choices", "default", "required", "when"}
    return {
        **found.model_dump(mode="json"),
        "platform": here.label,
        "longest_text": here.max_text,
        "settings": [setting.model_dump(mode="json", include=shown) for setting in here.settings],
        "differs": list(here.differs),
    }


def dry_run(run: DryRun) -> dict[str, Any]:
    """What a check found."""
    return {**run.model_dump(mode="json", exclude={"logo"}), "refused": run.refused}


def planned(run: Series, confirmed: bool, posts: list[dict[str, Any]]) -> dict[str, Any]:
    """A series, and the posts that were made of it."""
    shown = {"runs": [dry_run(each) for each in run.runs], "handed_over_by": run.handed_over_by}
    return {"confirmed": confirmed, "series": {**shown, "refused": run.refused}, "posts": posts}


def told(desk: Desk, owner: Profile, posts: Sequence[Post]) -> list[dict[str, Any]]:
    """Posts of the store."""
    return [post(one, owner) for one in publish.told(desk.library, owner, posts)]


def post(listed: ListedPost, owner: Profile) -> dict[str, Any]:
    """A post with what its clip is called, and its time on the store's clock."""
    return {
        **listed.post.model_dump(mode="json", exclude={"batch", "media", "cover", "seen", "asked", "not_before"}),
        "clip_title": listed.clip_title,
        "local_time": moment.words(listed.post.publish_at, owner.kit.time_zone),
        "needs_owner": listed.post.needs_owner,
        "stale": list(listed.stale),
        "to_do": listed.to_do,
    }
