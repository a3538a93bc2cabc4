"""The store's posts: where each stands, when it goes out, its link, and what can be done about one that failed."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import gradio as gr

from editai import publish
from editai.errors import EditaiError
from editai.models import OPEN_STATES, Post, Profile
from editai.ui import clips
from editai.ui.context import Desk, told_on_page
from editai.ui.publish import pieces
from editai.ui.tab import Update

SHOWN = 20
LOOK_SECONDS = 2.0
SOON = timedelta(minutes=2)
PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}


class Posts:
    """The list's functions."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def of(self, profile: Profile) -> Sequence[Post]:
        """The store's last posts, newest first."""
        return publish.posts(self.desk.library, profile)[:SHOWN]

    def refresh(self, profile: Profile) -> list[Update]:
        """(how the posts stand, whether to look again by itself)."""
        found = self.of(profile)
        return [standing(profile, found), gr.Timer(active=any(moving(post) for post in found))]

    def look(self, profile_id: str, last: str, request: gr.Request) -> list[Update]:
        """The same while somebody looks on; the list is drawn again only where something has changed."""
        with told_on_page():
            now, timer = self.refresh(self.desk.profile(request, profile_id))
            return [gr.skip() if now == last else now, timer]

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

    def title(self, profile: Profile, clip_id: str) -> str:
        """What the clip of a post is called."""
        try:
            return clips.find(self.desk, profile.id, clip_id).title
        except EditaiError:
            return "A clip that was deleted"


def moving(post: Post) -> bool:
    """Whether something will happen to this post within minutes."""
    if post.state == "sent":
        due = datetime.fromisoformat(post.publish_at).astimezone(UTC)
        return post.when != "draft" and due < datetime.now(UTC) + SOON
    return post.state in OPEN_STATES


def waits(post: Post) -> bool:
    """Whether this post can still be given another time, or be taken back."""
    return post.state in {"planned", "uploading"} or (post.state == "sent" and post.when != "now")


def standing(profile: Profile, found: Sequence[Post]) -> str:
    """A text that differs when anything about the list does."""
    return " ".join([profile.id, *(f"{post.id}:{post.state}:{post.updated_at}" for post in found)])


def build(desk: Desk, profile: gr.Dropdown) -> tuple[Posts, gr.State, gr.Timer, gr.State]:
    """Lay the list out and connect it: (its functions, how the posts stand, the clock, what changes after sending)."""
    does = Posts(desk)
    stands = gr.State("")
    sent = gr.State("")
    clock = gr.Timer(LOOK_SECONDS, active=False)

    @gr.render(inputs=profile, triggers=[stands.change], show_progress="hidden")  # type: ignore[untyped-decorator]
    def listed(profile_id: str, request: gr.Request) -> None:
        with told_on_page():
            owner = does.desk.profile(request, profile_id)
            found = does.of(owner)
        if found:
            gr.HTML(pieces.posts_of(owner.name))
        for post in found:
            _row(does, owner, post, profile, sent)

    gr.on([clock.tick, sent.change], does.look, [profile, stands], [stands, clock], **PRIVATE)
    return does, stands, clock, sent


def _row(does: Posts, owner: Profile, post: Post, profile: gr.Dropdown, sent: gr.State) -> None:
    """A post; a failed one with its button. What reached the server may be out: that one is asked for twice."""
    failed, reached = post.state == "failed", bool(post.sent_at)
    with gr.Row(elem_classes="recent"):
        gr.HTML(pieces.post(post, does.title(owner, post.clip_id), owner.kit.time_zone))
        retry = gr.Button("Retry", size="sm", scale=0, visible=failed)
        change = gr.Button("Change", size="sm", scale=0, visible=waits(post))
    if waits(post):
        _change(does, owner, post, change, profile, sent)
    if failed and reached:
        with gr.Row(visible=False, elem_classes="recent") as sure:
            gr.HTML(pieces.BEFORE_RETRYING)
            send = gr.Button("It is not there: send it again", size="sm", scale=0)
        retry.click(lambda: (gr.Button(visible=False), gr.Row(visible=True)), None, [retry, sure], **PRIVATE)
        retry = send
    if failed:
        retry.click(does.retrier(post.id), profile, sent, **PRIVATE)


def _change(does: Posts, owner: Profile, post: Post, change: gr.Button, profile: gr.Dropdown, sent: gr.State) -> None:
    """What can be done with a post that is not out: another time, or not at all."""
    with gr.Row(visible=False, elem_classes="recent changing") as row:
        zone = owner.kit.time_zone
        label = f"Publish this draft at ({zone})" if post.when == "draft" else f"New time in {zone}"
        at = gr.DateTime(_local(post, zone), type="string", label=label, interactive=True)
        move = gr.Button("Schedule it" if post.when == "draft" else "Move it", size="sm", scale=0)
        cancel = gr.Button("Cancel it", variant="stop", size="sm", scale=0)
    change.click(lambda: (gr.Button(visible=False), gr.Row(visible=True)), None, [change, row], **PRIVATE)
    move.click(does.mover(post.id), [profile, at], sent, **PRIVATE)
    cancel.click(does.taker_back(post.id), profile, sent, **PRIVATE)


def _local(post: Post, zone: str) -> str:
    """When the post goes out, on the store's clock; a draft, and what is over, tomorrow at that hour."""
    at = datetime.fromisoformat(post.publish_at).astimezone(ZoneInfo(zone))
    now = datetime.now(ZoneInfo(zone))
    if at <= now + SOON:
        at = at.replace(year=now.year, month=now.month, day=now.day) + timedelta(days=1)
    return f"{at:%Y-%m-%d %H:%M:00}"
