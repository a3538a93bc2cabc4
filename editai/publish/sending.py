"""Sending one batch: a clip is uploaded once (and its smaller copy, where a platform wants one), and one request
creates its posts on all channels that were chosen.

What is about to happen is written down before it happens, so that whoever finds the rows after a crash knows what may
have happened: up to `uploading` nothing was published, from `sending` on the server has to be asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from editai import covers, renditions
from editai.errors import Conflict, EditaiError, NoAnswer, RateLimited
from editai.library import Library
from editai.library.store import clip_file_missing
from editai.models import Measurement, Post, Uploaded, finished
from editai.platforms import rendition_size
from editai.publish import check, prices, text
from editai.publish.moment import words, written
from editai.publish.outcome import (
    Answers,
    Clock,
    arrived,
    as_there,
    channel_vanished,
    failed,
    later,
    parse,
    stamp,
    unknown,
)
from editai.publish.postiz import Entry, Postiz
from editai.publish.providers import as_sent, provider, takes_cover

LATEST = timedelta(hours=1)
"""What could not be sent for longer after its time is not sent any more: a clip of yesterday may be wrong today."""
TRIES = 3
"""How often what publishes nothing (an upload, a question) is tried where no answer comes."""
PAUSE = timedelta(seconds=10)
CUT_OFF_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(minutes=10)
LATE = timedelta(minutes=2)
"""So long after its time a post is said to be late."""
SHOWN_PERCENT = 10
FULL = "Your Postiz takes no more posts for now: its limit for an hour is used up."
CUT_OFF = "Your Postiz cannot be reached. It is tried again every minute, and goes out by itself when that is over."


def send(shelf: Library, server: Postiz, posts: Sequence[Post], clock: Clock) -> None:
    """Send planned posts of one act: the same clip at the same time. Whatever happens is in their rows.

    A refusal is one of the whole batch, because then nothing was created. Where the server says to wait, or cannot be
    reached, it is waited; where no answer comes before the creating request, that is tried again: until its time, and
    of what is due three times in all.
    """
    batch = _Batch(shelf, server, posts, clock)
    if batch.prepare():
        batch.create()


def too_late(post: Post, clock: Clock) -> bool:
    """Whether the time of a post that was not sent is over for too long."""
    return post.when != "draft" and clock() - parse(post.publish_at) > LATEST


class _Batch:
    """The posts of a batch that are still to be sent; every step writes down what it did."""

    def __init__(self, shelf: Library, server: Postiz, posts: Sequence[Post], clock: Clock) -> None:
        self._shelf, self._server, self._clock = shelf, server, clock
        self._clip = shelf.media.placed(shelf.store.clip(posts[0].profile_id, posts[0].clip_id))
        self.posts: Sequence[Post] = posts

    def prepare(self) -> bool:
        """Everything before the creating request; nothing is published yet. False: there is nothing left to create."""
        try:
            before, uploads = (self.leave_out_late, self.require_price), (self.upload, self.upload_cover)
            for step in (*before, *uploads, self.leave_out_channels, self.leave_out_there):
                check.require_fresh(self._shelf, self._clip)
                step()
                if not self.posts:
                    return False
            check.require_fresh(self._shelf, self._clip)
        except NoAnswer as error:
            self.keep(_tried(post, error, self._clock) for post in self.posts)
            return False
        except EditaiError as error:
            self.keep(_refused(post, error, self._clock) for post in self.posts)
            return False
        return self.is_connected()

    def is_connected(self) -> bool:
        """Whether the store still has this account after an upload of minutes; where not, the next pass says so."""
        with suppress(EditaiError):
            return self._server.is_of(self._shelf.secrets.connection(self._clip.profile_id))
        return False

    def create(self) -> None:
        """Create the posts, in one request and once. What came of it is written down, whatever it is."""
        begun = {"state": "sending", "sent_at": stamp(self._clock())}
        self.keep((post.model_copy(update=begun) for post in self.posts), durable=True)
        first = self.posts[0]
        try:
            remote_ids = self._server.create(first.when, first.publish_at, [self._entry(post) for post in self.posts])
        except NoAnswer:
            changed = [unknown(post, self._clock()) for post in self.posts]
        except EditaiError as error:
            changed = [_refused(post, error, self._clock) for post in self.posts]
        else:
            pairs = zip(self.posts, remote_ids, strict=True)
            changed = [arrived(post, remote_id, self._clock()) for post, remote_id in pairs]
        self.keep(changed, durable=True)

    def keep(self, changed: Iterable[Post], *, durable: bool = False) -> None:
        """Write the posts down; those that went another way are no longer part of the batch."""
        kept = self._shelf.outbox.keep(changed, durable=durable)
        self.posts = [post for post in kept if post.state in {"planned", "uploading", "sending"}]

    def leave_out_late(self) -> None:
        """Fail what is too late: the app was closed, or the key was locked, when it should have gone out."""
        self.keep(failed(post, time_over(post)) if too_late(post, self._clock) else post for post in self.posts)

    def require_price(self) -> None:
        """Send nothing whose price is another one on the product's page by now. A page that does not answer is no
        reason to keep a post from going out at its time."""
        seen = prices.look(check.brief_of(self._shelf, self._clip), self._shelf.settings.offline)
        self.keep(prices.held_back(post, seen) for post in self.posts)

    def upload(self) -> None:
        """Upload what each post shows, unless that was done; a second upload leaves a file that nobody uses."""
        for size in dict.fromkeys(self._size(post) for post in self.posts):
            there = next((post.media for post in self.posts if post.media and self._size(post) == size), None)
            try:
                media = there or self._uploaded(self._file(size))
            except EditaiError as error:
                if size is None or isinstance(error, NoAnswer | RateLimited):
                    raise
                self.keep(failed(post, error) if self._size(post) == size else post for post in self.posts)
                continue
            told = {"media": media, "note": ""}
            self.keep(post.model_copy(update=told) if self._size(post) == size else post for post in self.posts)

    def upload_cover(self) -> None:
        """Upload the covers for the platforms that take one with a video, unless that was done: each picture once."""
        wanted = [post for post in self.posts if takes_cover(post.channel.provider, post.settings)]
        for moment in dict.fromkeys(post.cover_ms for post in wanted):
            those = [post for post in wanted if post.cover_ms == moment]
            cover = next((post.cover for post in those if post.cover), None) or self._server.upload(self._cover(moment))
            ids = {post.id for post in those}
            self.keep(post.model_copy(update={"cover": cover}) if post.id in ids else post for post in self.posts)

    def _cover(self, moment: int | None) -> Path:
        """The frame at this moment, in milliseconds; None: the poster."""
        if moment is not None:
            return covers.frame(self._shelf, self._clip, moment)
        path = self._clip.path(self._clip.poster)
        if not path.is_file():
            raise clip_file_missing()
        return path

    @cached_property
    def _measured(self) -> Measurement:
        return self._shelf.media.report(self._clip).measurement

    def _size(self, post: Post) -> tuple[int, int] | None:
        """The size (width, height) of the smaller copy that this post shows; None: it shows the clip itself."""
        measured = self._measured
        return rendition_size(post.channel.provider, post.settings, measured.width_px, measured.height_px)

    def _file(self, size: tuple[int, int] | None) -> Path:
        path = self._clip.path(self._clip.video)
        if not path.is_file():
            raise clip_file_missing()
        if size is None:
            return path
        self.keep(post.model_copy(update={"note": "A smaller copy is being made."}) for post in self.posts)
        return finished(renditions.smaller(self._shelf, self._clip, size))

    def _uploaded(self, path: Path) -> Uploaded:
        self._note("uploading", 0)
        shown = 0

        def told(fraction: float) -> None:
            nonlocal shown
            if fraction * 100 >= shown + SHOWN_PERCENT:
                shown = int(fraction * 100)
                self._note("uploading", shown)

        return self._server.upload(path, told)

    def leave_out_channels(self) -> None:
        """Fail what is for a channel that vanished or was disabled since the dry run."""
        channels = {channel.id: channel for channel in self._server.channels()}
        changed = []
        for post in self.posts:
            there = channels.get(post.channel.id)
            if there is None:
                post = failed(post, channel_vanished(post.channel, "Connect it again in Postiz. Nothing was sent."))
            elif there.disabled:
                post = failed(post, _channel_disabled(post))
            changed.append(post)
        self.keep(changed)

    def leave_out_there(self) -> None:
        """Note which posts were on the server before; one that is sent again after an error may be out by now."""
        now = self._clock()
        timed = [_on_time(post, now) for post in self.posts]
        answers = Answers(self._server, timed, now)
        changed = []
        for post in timed:
            remote = answers.by_id(post.remote_id) if post.remote_id else None
            post = post.model_copy(update={"remote_id": remote.id if remote else None, "seen": tuple(answers.near)})
            if remote and remote.state in {"PUBLISHED", "QUEUE"}:
                post = as_there(answers, arrived(post, remote.id, now), remote)
            changed.append(post)
        self.keep(changed)

    def _entry(self, post: Post) -> Entry:
        return entry_of(post, self._clip.title)

    def _note(self, state: str, percent: int) -> None:
        said = {"state": state, "note": f"The video is being uploaded: {percent} %."}
        self.keep(post.model_copy(update=said) for post in self.posts)


def entry_of(post: Post, title: str) -> Entry:
    """A post as its server takes it; `title` is what its clip is called."""
    here = provider(post.channel.provider)
    return Entry(
        channel_id=post.channel.id,
        content=text.encode(post.text, here.name),
        media=post.media,
        cover=post.cover if here.cover else None,
        is_thumbnail=here.cover == "thumbnail",
        cover_ms=post.cover_ms if here.cover == "moment" else None,
        alt=text.clean(post.alt) or text.clean(title),
        comments=[text.encode(comment, here.name) for comment in post.comments],
        comment_delay_min=post.comment_delay_min,
        settings=as_sent(here.name, post.settings, post.cover),
        remote_id=post.remote_id,
    )


def _on_time(post: Post, now: datetime) -> Post:
    """The post with the time that it has if it is sent now; one that is late keeps what it was meant for."""
    if post.when == "now":
        return post.model_copy(update={"publish_at": written(now)})
    if post.when == "scheduled" and now - parse(post.publish_at) > LATE:
        return _meant_for_earlier(post, now)
    return post


def _meant_for_earlier(post: Post, at: datetime) -> Post:
    was = (post.meant_for or post.publish_at) if post.when == "scheduled" else ""
    return post.model_copy(update={"publish_at": written(at), "meant_for": was})


def _refused(post: Post, error: EditaiError, clock: Clock) -> Post:
    """The post after a clear no: it waits where the server says for how long, or cannot be reached, else it has
    failed."""
    if isinstance(error, RateLimited):
        return put_off(post, error.retry_after_s, clock)
    if error.slug == "postiz_unreachable":
        return cut_off(post, clock)
    return failed(post.model_copy(update={"sent_at": None}), error)


def cut_off(post: Post, clock: Clock) -> Post:
    """The post planned for when its server can be reached again; failed once that is too late for it."""
    unsent = post.model_copy(update={"state": "planned", "sent_at": None})
    if too_late(post, clock):
        return failed(unsent, time_over(post))
    return later(unsent, clock() + CUT_OFF_PAUSE, CUT_OFF)


def put_off(post: Post, seconds: int, clock: Clock) -> Post:
    """The post planned for when the server takes posts again; a time before that moves with it."""
    until = clock() + timedelta(seconds=seconds)
    note = f"{FULL} It goes out by itself after {words(stamp(until), 'UTC')}."
    moved = post if parse(post.publish_at) >= until else _meant_for_earlier(post, until)
    return later(moved.model_copy(update={"state": "planned", "sent_at": None}), until, note)


def _tried(post: Post, error: NoAnswer, clock: Clock) -> Post:
    """The post planned for another try, or failed after the last: there is none as long as its time is to come."""
    is_due = post.when == "now" or (post.when == "scheduled" and parse(post.publish_at) <= clock())
    if not is_due or post.asked + 1 < TRIES:
        again = post.model_copy(update={"state": "planned", "sent_at": None, "asked": post.asked + 1})
        pause = min(PAUSE * 2 ** min(post.asked, TRIES * 2), LONGEST_PAUSE)
        return later(again, clock() + pause, "Postiz did not answer. It is tried again.")
    told = "Postiz did not answer, so nothing was sent."
    return failed(
        post.model_copy(update={"sent_at": None}),
        NoAnswer(error.slug, told, "Try again when Postiz and the network between are well."),
    )


def time_over(post: Post) -> Conflict:
    """The post was not sent when it should have been."""
    return Conflict(
        "post_too_late",
        f"It could not be sent to {post.channel.name} at its time, {words(post.publish_at, 'UTC')}, nor soon after it.",
        "Nothing was sent. Publish it again where it is still wanted.",
    )


def _channel_disabled(post: Post) -> Conflict:
    return Conflict(
        "channel_disabled",
        f"{post.channel.name} is switched off in this store's Postiz.",
        "Switch it on there, then try again. Nothing was sent.",
    )
