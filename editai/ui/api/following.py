"""Endpoints that tell what became of a store's posts and what they brought, and let go of those that are over."""

from __future__ import annotations

from typing import Any

import gradio as gr

from editai import publish
from editai.models import By, Model, PostFilter, PostState
from editai.publish.listing import between
from editai.ui.api import answers
from editai.ui.api.confirming import require
from editai.ui.api.wishes import checked
from editai.ui.context import Desk, told_to_scripts

ENDPOINTS = ("posts", "unlink_post", "analytics")
MOST = 1000


class PostsAsked(Model):
    """Which posts a script asks for, before it is believed."""

    states: tuple[PostState, ...]
    needs_owner: bool
    unlinked: bool
    limit: int
    offset: int


class BroughtAsked(Model):
    """The same of what posts brought."""

    by: By
    days: int
    figure: str


class Following:
    """One method for each endpoint. Gradio gives the request; scripts see the other parameters only."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def posts(
        self,
        request: gr.Request,
        clip: str = "",
        states: list[str] | None = None,
        channel: str = "",
        provider: str = "",
        since: str = "",
        until: str = "",
        needs_owner: bool = False,
        unlinked: bool = False,
        limit: int = MOST,
        offset: int = 0,
        profile: str = "",
    ) -> list[dict[str, Any]]:
        """The store's posts with what became of them, newest first; what is left out of the arguments leaves none out.

        Args:
            clip: only those of this clip, by the id that `/clips` gives.
            states: only those in these: "planned", "uploading", "sending", "sent", "published", "failed", "unknown",
                "cancelled".
            channel: only those on this channel, by the id that `/channels` gives.
            provider: only those on this platform, by Postiz's name of it, such as "tiktok".
            since: only those that go out on this day or later, on the store's clock, such as "2027-02-01".
            until: only those that go out on this day or before.
            needs_owner: only those with which something has to be done: `to_do` says what.
            unlinked: those that were unlinked, in place of all others.
            limit: at most so many, up to 1000.
            offset: so many are passed over first, to go on where the last answer ended.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.

        Returns:
            Posts {id, clip_id, clip_title, channel, state, when, publish_at, local_time, link, error, stale, to_do,
            needs_owner, ...}; stale names what of the product changed since the clip was made, to_do what to do.
        """
        with told_to_scripts():
            owner = self._desk.profile(request, profile)
            flags = {"needs_owner": needs_owner, "unlinked": unlinked, "limit": limit, "offset": offset}
            asked = checked(PostsAsked, states=tuple(states or ()), **flags)
            start, end = between(since, until, owner.kit.time_zone)
            wanted = PostFilter(
                states=asked.states,
                channel_id=channel,
                provider=provider,
                clip_id=clip,
                start=start,
                end=end,
                needs_owner=asked.needs_owner,
                unlinked=asked.unlinked,
            )
            limit, offset = min(max(asked.limit, 0), MOST), max(asked.offset, 0)
            found, _ = publish.listed(self._desk.library, owner, wanted, limit, offset)
            return [answers.post(one, owner) for one in found]

    def unlink_post(self, request: gr.Request, post: str, confirm: bool = False, profile: str = "") -> dict[str, Any]:
        """Have a post that is over followed no longer: it leaves the lists, and its figures are deleted.

        What is published stays where it is published: delete it in the account itself. A post that is still to go out
        is taken back with `/cancel_post`.

        Args:
            post: the id that `/publish` and `/posts` give.
            confirm: true unlinks it; without it nothing is done, and the refusal says what would be.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            owner = self._desk.profile(request, profile)
            found = self._desk.library.outbox.post(owner.id, post)
            require(confirm, f"It would delete the figures of the post on {found.channel.name}, and follow it no more.")
            (one,) = answers.told(self._desk, owner, [publish.unlink(self._desk.library, owner, post)])
            return one

    def analytics(
        self, request: gr.Request, by: By = "clip", days: int = 30, figure: str = "", profile: str = ""
    ) -> dict[str, Any]:
        """What the store's published posts brought, as Postiz tells it; the figures come in by themselves.

        Args:
            by: what posts are told apart by: "clip", "voice", "style" (of the captions) or "opening" (whether the clip
                begins with a question, a number or a statement).
            days: the posts of so many days back, at most 366.
            figure: what is counted, by one of the names in `figures`; empty for views, where there are any.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.

        Returns:
            {by, days, figure, figures, lines, worked, young, unknown, posts, channels}. lines: what the posts of each
            kind had together by each day. worked: {name, posts, median, lowest, highest, few} of what each post had a
            week after it went out; few says that there are too few posts to tell. young posts are not compared yet, and
            of the unknown nothing is kept from their first week. posts: what each one had last, by figure. channels:
            figures of whole channels by day.
        """
        with told_to_scripts():
            owner = self._desk.profile(request, profile)
            asked = checked(BroughtAsked, by=by, days=days, figure=figure)
            found = publish.brought(self._desk.library, owner, by=asked.by, days=asked.days, figure=asked.figure)
            return found.model_dump(mode="json")
