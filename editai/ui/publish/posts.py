"""The store's posts: a list and a calendar of those that are wanted, and what can be done with each."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import gradio as gr

from editai import publish
from editai.models import OPEN_STATES, ListedPost, Post, PostFilter, PostState, Profile
from editai.publish import calendar
from editai.publish.calendar import Free, Span
from editai.publish.listing import between, midnight
from editai.publish.moment import written
from editai.publish.providers import provider
from editai.readable import count
from editai.ui import looks, words
from editai.ui.context import Desk, told_on_page
from editai.ui.publish import calendar as drawn
from editai.ui.publish import changing, pieces, rows
from editai.ui.publish.changing import SOON, Changing
from editai.ui.publish.rows import Acts
from editai.ui.tab import DRAWING, PRIVATE, Update

SHOWN = 20
IN_CALENDAR = 1000
LOOK_SECONDS = 2.0
SELDOM_SECONDS = 30.0
"""How often the list looks again while nothing happens yet, but something will."""
VIEWS: Mapping[str, Span | None] = {"List": None, "Week": "week", "Month": "month"}
SHOW: Mapping[str, tuple[PostState, ...]] = {
    "All posts": (),
    "Needs you": (),
    "To come": ("planned", "uploading", "sending", "unknown", "sent"),
    "Published": ("published",),
    "Failed": ("failed",),
    "Cancelled": ("cancelled",),
    "Taken off the list": (),
}


@dataclass(frozen=True)
class Wanted:
    """What of the posts is looked at: by which filters, and which page of the list or days of the calendar.

    `day` is one of the week or month that is shown, None for today; `free` are free times, once they were asked for,
    and `without` the channels that have none; `picked` is the post that was clicked.
    """

    view: str = "List"
    show: str = "All posts"
    provider: str = ""
    channel: str = ""
    clip: str = ""
    since: str = ""
    until: str = ""
    offset: int = 0
    day: date | None = None
    free: tuple[Free, ...] = ()
    without: tuple[str, ...] = ()
    picked: str = ""

    def __hash__(self) -> int:
        """Gradio's way to see that a state has changed."""
        return int(hashlib.sha256(repr(self).encode()).hexdigest()[:15], 16)

    @property
    def span(self) -> Span | None:
        """What of the calendar is shown; None: the list is."""
        return VIEWS[self.view]

    @property
    def filtered(self) -> bool:
        """Whether anything is left out."""
        return replace(self, view="List", offset=0, day=None, free=(), without=(), picked="") != Wanted()

    def filter(self, zone: str) -> PostFilter:
        """The posts that are meant. Raises InvalidInput 422 `day_unreadable`."""
        start, end = between(self.since, self.until, zone)
        if self.span:
            first, number = calendar.first_and_count(self.span, self.day or calendar.today(zone))
            last = date.fromordinal(first.toordinal() + number)
            start = max(start, written(midnight(first, zone)))
            end = min(end or "9", written(midnight(last, zone)))
        return PostFilter(
            states=SHOW[self.show],
            channel_id=self.channel,
            provider=self.provider,
            clip_id=self.clip,
            start=start,
            end=end,
            needs_owner=self.show == "Needs you",
            unlinked=self.show == "Taken off the list",
        )


class Posts(Acts):
    """The functions of list and calendar."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)

    def of(self, profile: Profile, wanted: Wanted) -> tuple[tuple[ListedPost, ...], int]:
        """The posts that are shown, and how many there are."""
        limit, offset = (IN_CALENDAR, 0) if wanted.span else (SHOWN, wanted.offset)
        return publish.listed(self.desk.library, profile, wanted.filter(profile.kit.time_zone), limit, offset)

    def refresh(self, profile: Profile, wanted: Wanted = Wanted()) -> list[Update]:
        """(how the posts stand, whether to look again by itself)."""
        found, total = self.of(profile, wanted)
        seconds = look_seconds([one.post for one in found])
        timer = gr.Timer(seconds, active=True) if seconds else gr.Timer(active=False)
        return [standing(profile, wanted, found, total), timer]

    def look(self, profile_id: str, wanted: Wanted, last: str, request: gr.Request) -> list[Update]:
        """The same while somebody looks on; they are drawn again only where something has changed."""
        with told_on_page():
            now, timer = self.refresh(self.desk.profile(request, profile_id), wanted)
            return [gr.skip() if now == last else now, timer]

    def anew(self, profile: Profile) -> list[Update]:
        """Everything as it is when a store is opened: (what is wanted, what is changed, the filters, `refresh`)."""
        return [Wanted(), Changing(), *self._filters(profile, Wanted()), *self.refresh(profile)]

    def opened(self, profile: Profile, wanted: Wanted) -> list[Update]:
        """The same when the tab is opened again: what was chosen stays."""
        return [gr.skip(), gr.skip(), *self._filters(profile, wanted), *self.refresh(profile, wanted)]

    def _filters(self, profile: Profile, wanted: Wanted) -> list[Update]:
        """(view, show, platform, channel, clip, from, to) with what there is to choose from."""
        found = self.desk.library.outbox.channels(profile.id)
        platforms = {channel.provider: provider(channel.provider).label for channel in found}
        clips = self.desk.library.store.clips(profile.id)
        titles = [(f"{clip.title} · {words.when(clip.created_at)}", clip.id) for clip in clips]
        return [
            wanted.view,
            wanted.show,
            gr.Dropdown([("All", ""), *((label, name) for name, label in platforms.items())], value=wanted.provider),
            gr.Dropdown([("All", ""), *((channel.name, channel.id) for channel in found)], value=wanted.channel),
            gr.Dropdown([("All", ""), *titles], value=wanted.clip),
            wanted.since or None,
            wanted.until or None,
        ]

    def narrow(
        self, profile_id: str, wanted: Wanted, view: str, show: str, platform: str, channel: str, clip: str,
        since: str | None, until: str | None, request: gr.Request,
    ) -> Wanted:  # fmt: skip
        """What the filters say; the list from its beginning."""
        with told_on_page():
            owner = self.desk.profile(request, profile_id)
            said = replace(
                wanted,
                view=view if view in VIEWS else "List",
                show=show if show in SHOW else "All posts",
                provider=platform or "",
                channel=channel or "",
                clip=clip or "",
                since=(since or "")[:10],
                until=(until or "")[:10],
                offset=0,
                picked="",
            )
            said.filter(owner.kit.time_zone)
            return said

    def turner(self, by: int) -> Any:
        """What the buttons do that go on to what is later (1) or earlier (-1): a page, a week, a month; 0: to today."""

        def turn(profile_id: str, wanted: Wanted, request: gr.Request) -> Wanted:
            with told_on_page():
                zone = self.desk.profile(request, profile_id).kit.time_zone
                if wanted.span is None:
                    return replace(wanted, offset=max(0, wanted.offset - by * SHOWN) if by else 0)
                day = wanted.day or calendar.today(zone)
                return replace(wanted, day=calendar.turned(wanted.span, day, by) if by else None, picked="")

        return turn

    def free_times(self, profile_id: str, wanted: Wanted, request: gr.Request) -> Wanted:
        """The next free time of each channel, as Postiz says."""
        with told_on_page():
            owner = self.desk.profile(request, profile_id)
            free, without = calendar.free_times(self.desk.library, owner)
            return replace(wanted, free=free, without=without)

    def pick(self, profile_id: str, wanted: Wanted, event: gr.EventData, request: gr.Request) -> list[Update]:
        """What was clicked in the calendar: a post, to be changed where it waits; or a day that has more, whose week is
        shown. (What is wanted, the view, what is changed.)"""
        with told_on_page():
            owner = self.desk.profile(request, profile_id)
            said = event._data or {}
            if said.get("day"):
                week = replace(wanted, view="Week", day=date.fromisoformat(str(said["day"])), picked="")
                return [week, "Week", gr.skip()]
            post = self.desk.library.outbox.post(owner.id, str(said.get("post") or ""))
            return [replace(wanted, picked=post.id), gr.skip(), Changing(post.id if changing.waits(post) else "")]


def moving(post: Post) -> bool:
    """Whether something will happen to this post within minutes."""
    if post.state == "sent":
        due = datetime.fromisoformat(post.publish_at).astimezone(UTC)
        return post.when != "draft" and due < datetime.now(UTC) + SOON
    return post.state in OPEN_STATES


def look_seconds(posts: Sequence[Post]) -> float:
    """How often to look what became of these posts; 0: nothing will, unless a person acts."""
    if any(moving(post) for post in posts):
        return LOOK_SECONDS
    return SELDOM_SECONDS if any(post.state == "sent" and post.when == "scheduled" for post in posts) else 0.0


def standing(profile: Profile, wanted: Wanted, found: Sequence[ListedPost], total: int) -> str:
    """A text that differs when anything about what is shown does."""
    told = (f"{one.post.id}:{one.post.state}:{one.post.updated_at}:{','.join(one.stale)}" for one in found)
    return " ".join([profile.id, repr(wanted), str(total), *told])


def build(desk: Desk, profile: gr.Dropdown) -> tuple[Posts, gr.State, Sequence[gr.components.Component], gr.State]:
    """Lay it out and connect it: (its functions, what is wanted, what `anew` gives, what changes after sending)."""
    does = Posts(desk)
    wanted, stands, sent = gr.State(Wanted()), gr.State(""), gr.State("")
    opened = gr.State(Changing())
    clock = gr.Timer(LOOK_SECONDS, active=False)
    gr.HTML(pieces.POSTS)
    with gr.Row(elem_classes="views"):
        view = gr.Radio(list(VIEWS), value="List", label="View", show_label=False, container=False)
        show = gr.Dropdown(list(SHOW), value="All posts", label="Show", interactive=True, min_width=150)
    with gr.Accordion("More filters", open=False), gr.Row(elem_classes="filters"):
        platform = gr.Dropdown([("All", "")], value="", label="Platform", interactive=True, min_width=130)
        channel = gr.Dropdown([("All", "")], value="", label="Channel", interactive=True, min_width=150)
        clip = gr.Dropdown([("All", "")], value="", label="Clip", interactive=True, min_width=150)
        since = gr.DateTime(type="string", include_time=False, label="From", interactive=True)
        until = gr.DateTime(type="string", include_time=False, label="To", interactive=True)
    for part in (platform, channel, clip):  # their choices are the store's; the library is asked for what they say
        part.preprocess = lambda chosen: chosen or ""
    filters = [view, show, platform, channel, clip, since, until]

    @gr.render(inputs=[profile, wanted], triggers=[stands.change], **DRAWING)  # type: ignore[untyped-decorator]
    def listed(profile_id: str, now: Wanted, request: gr.Request) -> None:
        with told_on_page():
            owner = does.desk.profile(request, profile_id)
            found, total = does.of(owner, now)
        if not found and not now.filtered and not now.span:
            gr.HTML(pieces.no_posts(owner.name))
            return
        if now.span:
            _calendar(does, owner, now, found, total, profile, wanted, view, opened, sent)
        else:
            _list(does, owner, now, found, total, profile, wanted, opened, sent)

    changing.build(desk, profile, opened, sent)
    gr.on(
        [view.input, show.input, platform.input, channel.input, clip.input, since.change, until.change],
        does.narrow, [profile, wanted, *filters], wanted, **PRIVATE,
    )  # fmt: skip
    gr.on([clock.tick, sent.change, wanted.change], does.look, [profile, wanted, stands], [stands, clock], **PRIVATE)
    return does, wanted, [wanted, opened, *filters, stands, clock], sent


def _list(
    does: Posts, owner: Profile, now: Wanted, found: Sequence[ListedPost], total: int, profile: gr.Dropdown,
    wanted: gr.State, opened: gr.State, sent: gr.State,
) -> None:  # fmt: skip
    if not found:
        gr.HTML(pieces.NONE_FIT)
    for one in found:
        rows.draw(does, owner, one, profile, opened, sent)
    if total > SHOWN:
        with gr.Row(elem_classes="turning"):
            later = gr.Button("Newer", size="sm", scale=0, interactive=now.offset > 0)
            last = min(now.offset + SHOWN, total)
            gr.HTML(looks.note(f"{now.offset + 1:,} to {last:,} of {count(total, 'post')}"))
            earlier = gr.Button("Older", size="sm", scale=0, interactive=last < total)
        later.click(does.turner(1), [profile, wanted], wanted, **PRIVATE)
        earlier.click(does.turner(-1), [profile, wanted], wanted, **PRIVATE)


def _calendar(
    does: Posts, owner: Profile, now: Wanted, found: Sequence[ListedPost], total: int, profile: gr.Dropdown,
    wanted: gr.State, view: gr.Radio, opened: gr.State, sent: gr.State,
) -> None:  # fmt: skip
    zone = owner.kit.time_zone
    assert now.span is not None  # noqa: S101 else it is the list
    today = calendar.today(zone)
    day = now.day or today
    shown = calendar.days(*calendar.first_and_count(now.span, day), found, now.free, zone)
    with gr.Row(elem_classes="turning"):
        back = gr.Button("Earlier", size="sm", scale=0)
        gr.HTML(f"<h4>{drawn.title(now.span, shown, day)}</h4>")
        home = gr.Button("Today", size="sm", scale=0)
        on = gr.Button("Later", size="sm", scale=0)
        free = gr.Button("Show the next free times", size="sm", scale=0)
    grid = gr.HTML(drawn.grid(now.span, shown, day, today, now.picked), js_on_load=drawn.CLICKED)
    gr.HTML(drawn.below(zone, found, total, now.free, now.without))
    for one in found:
        if one.post.id == now.picked:
            rows.draw(does, owner, one, profile, opened, sent, picked=True)
    for button, by in ((back, -1), (home, 0), (on, 1)):
        button.click(does.turner(by), [profile, wanted], wanted, **PRIVATE)
    free.click(does.free_times, [profile, wanted], wanted, **PRIVATE)
    # Each click counts, and one on the calendar that is just being drawn anew as well.
    grid.click(does.pick, [profile, wanted], [wanted, view, opened], **PRIVATE, key="pick", trigger_mode="multiple")
