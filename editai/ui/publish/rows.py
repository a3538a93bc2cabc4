"""One post in the store's list, and what can be done with it: another time, not at all, again, off the list."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import gradio as gr

from editai import publish
from editai.models import ListedPost, Post, Profile
from editai.publish.planning import OVER
from editai.ui.context import Desk, told_on_page
from editai.ui.publish import pieces
from editai.ui.tab import Update

SOON = timedelta(minutes=2)
PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}


class Acts:
    """What the buttons of a post do. Each gives what tells the list that something changed."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def retrier(self, post_id: str) -> Callable[..., Update]:
        """What the button does that sends a failed post again."""

        def retry(profile_id: str, request: gr.Request) -> Update:
            with told_on_page():
                publish.retry(self.desk.library, self.desk.profile(request, profile_id), post_id)
                return uuid.uuid4().hex

        return retry

    def mover(self, post_id: str) -> Callable[..., Update]:
        """What the button does that gives a post another time; a draft is scheduled by it."""

        def move(profile_id: str, at: str, request: gr.Request) -> Update:
            with told_on_page():
                publish.move(self.desk.library, self.desk.profile(request, profile_id), post_id, at or "")
                return uuid.uuid4().hex

        return move

    def taker_back(self, post_id: str) -> Callable[..., Update]:
        """What the button does that takes a post back."""

        def take_back(profile_id: str, request: gr.Request) -> Update:
            with told_on_page():
                publish.cancel(self.desk.library, self.desk.profile(request, profile_id), post_id)
                return uuid.uuid4().hex

        return take_back

    def unlinker(self, post_id: str) -> Callable[..., Update]:
        """What the button does that takes a post off the list."""

        def unlink(profile_id: str, request: gr.Request) -> Update:
            with told_on_page():
                publish.unlink(self.desk.library, self.desk.profile(request, profile_id), post_id)
                return uuid.uuid4().hex

        return unlink

    def slot_finder(self, post_id: str) -> Callable[..., Update]:
        """What the button does that looks up the channel's next free time, for the box in which a time is chosen."""

        def next_slot(profile_id: str, request: gr.Request) -> Update:
            with told_on_page():
                owner = self.desk.profile(request, profile_id)
                post = self.desk.library.outbox.post(owner.id, post_id)
                at = datetime.fromisoformat(publish.free_slot(self.desk.library, owner, post.channel.id))
                return f"{at.astimezone(ZoneInfo(owner.kit.time_zone)):%Y-%m-%d %H:%M:%S}"

        return next_slot


def waits(post: Post) -> bool:
    """Whether this post can still be given another time, or be taken back."""
    return post.state in {"planned", "uploading"} or (post.state == "sent" and post.when != "now")


def draw(does: Acts, owner: Profile, listed: ListedPost, profile: gr.Dropdown, sent: gr.State) -> None:
    """A post with its buttons. What reached the server may be out: before that is sent again, it is asked twice."""
    post = listed.post
    failed = post.state == "failed" and not post.unlinked
    with gr.Row(elem_classes="recent"):
        gr.HTML(pieces.post(listed, owner.kit.time_zone))
        if failed:
            retry = gr.Button("Retry", size="sm", scale=0)
        if waits(post):
            change = gr.Button("Change", size="sm", scale=0)
        if post.state in OVER and not post.unlinked:
            off = gr.Button("Take off the list", size="sm", scale=0)
    if waits(post):
        _change(does, owner, post, change, profile, sent)
    if failed:
        _retry(does, post, retry, profile, sent)
    if post.state in OVER and not post.unlinked:
        _take_off(does, post, off, profile, sent)


def _retry(does: Acts, post: Post, retry: gr.Button, profile: gr.Dropdown, sent: gr.State) -> None:
    if post.sent_at:
        with gr.Row(visible=False, elem_classes="recent") as sure:
            gr.HTML(pieces.BEFORE_RETRYING)
            send = gr.Button("It is not there: send it again", size="sm", scale=0)
        retry.click(lambda: (gr.Button(visible=False), gr.Row(visible=True)), None, [retry, sure], **PRIVATE)
        retry = send
    retry.click(does.retrier(post.id), profile, sent, **PRIVATE)


def _take_off(does: Acts, post: Post, off: gr.Button, profile: gr.Dropdown, sent: gr.State) -> None:
    """What is published stays so, which is said before it leaves the list."""
    if post.state == "published":
        with gr.Row(visible=False, elem_classes="recent") as sure:
            gr.HTML(pieces.stays_published(post.channel.name))
            unlink = gr.Button("Take it off", size="sm", scale=0)
        off.click(lambda: (gr.Button(visible=False), gr.Row(visible=True)), None, [off, sure], **PRIVATE)
        off = unlink
    off.click(does.unlinker(post.id), profile, sent, **PRIVATE)


def _change(does: Acts, owner: Profile, post: Post, change: gr.Button, profile: gr.Dropdown, sent: gr.State) -> None:
    """What can be done with a post that is not out: another time, or not at all."""
    with gr.Row(visible=False, elem_classes="recent changing") as row:
        zone = owner.kit.time_zone
        label = f"Publish this draft at ({zone})" if post.when == "draft" else f"New time in {zone}"
        at = gr.DateTime(_local(post, zone), type="string", label=label, interactive=True)
        slot = gr.Button("Next free time", size="sm", scale=0)
        move = gr.Button("Schedule it" if post.when == "draft" else "Move it", size="sm", scale=0)
        cancel = gr.Button("Cancel it", variant="stop", size="sm", scale=0)
    change.click(lambda: (gr.Button(visible=False), gr.Row(visible=True)), None, [change, row], **PRIVATE)
    slot.click(does.slot_finder(post.id), profile, at, **PRIVATE)
    move.click(does.mover(post.id), [profile, at], sent, **PRIVATE)
    cancel.click(does.taker_back(post.id), profile, sent, **PRIVATE)


def _local(post: Post, zone: str) -> str:
    """When the post goes out, on the store's clock; a draft, and what is over, tomorrow at that hour."""
    at = datetime.fromisoformat(post.publish_at).astimezone(ZoneInfo(zone))
    now = datetime.now(ZoneInfo(zone))
    if at <= now + SOON:
        at = at.replace(year=now.year, month=now.month, day=now.day) + timedelta(days=1)
    return f"{at:%Y-%m-%d %H:%M:00}"
