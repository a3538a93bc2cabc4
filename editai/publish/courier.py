"""The courier: what is in the outbox is sent, and what was sent is followed until it is known what became of it, and
then for what it brings (`figures`).

`deliver` does for one store what is due, and nobody else does so at the same time. `Courier` calls it while the app
runs, for each store in a thread of its own: one store's slow server holds up no other store.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from filelock import FileLock, Timeout

from editai import library
from editai.errors import Conflict, EditaiError, NotFound
from editai.library import Library, Outbox
from editai.models import Post
from editai.publish import check, figures, prices
from editai.publish.outcome import (
    SOON,
    Clock,
    alike,
    ask,
    cannot_ask,
    failed,
    later,
    parse,
    server_changed,
    stamp,
    utc_now,
)
from editai.publish.outcome import unknown as as_unknown
from editai.publish.postiz import Postiz
from editai.publish.sending import PAUSE, cut_off, put_off, send, time_over, too_late
from editai.settings import Settings

POLL_SECONDS = 0.5
STOP_SECONDS = 0.2
"""How long work in progress may take to end by itself; then it is left to end with the app."""
PUT_OFF_SECONDS = 30.0
MOST_AT_ONCE = 16

UNSENT = frozenset({"planned", "uploading"})
CAN_BE_MENDED = frozenset({"secret_locked", "key_file_unusable"})
"""Why a store's key cannot be read although it has one: a post waits for the person to see to it."""
BEHIND = "It waits until it is known whether the same text has reached this account already."

log = logging.getLogger(__name__)


def deliver(shelf: Library, profile_id: str, clock: Clock = utc_now) -> bool:
    """Do what is due for one store: send what is planned, ask what became of what was sent.

    False, and nothing done: somebody else is at it. What goes wrong is in the rows; raises only what keeps them from
    being written (OutOfSpace 507 `disk_full`).
    """
    lock = shelf.media.folder(profile_id) / "publish.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(lock, timeout=0):
            _deliver(shelf, profile_id, clock)
    except Timeout:
        return False
    return True


def _deliver(shelf: Library, profile_id: str, clock: Clock) -> None:
    posts = _found(shelf.outbox, profile_id, clock)
    due = [post for post in posts if post.not_before <= stamp(clock())]
    if not due:
        return
    try:
        connection = shelf.secrets.connection(profile_id)
        server = Postiz(connection)
    except EditaiError as error:
        shelf.outbox.keep(_without_server(post, error, clock) for post in due)
        return
    elsewhere = [post for post in due if post.server != connection.url]
    shelf.outbox.keep(_without_server(post, server_changed(post), clock) for post in elsewhere)
    here = [post for post in due if post.server == connection.url]
    with server:
        for batch in _batches(post for post in here if post.state in UNSENT):
            with _others_may_act():
                if server.full_for_s:  # one request more, and it would take none for an hour from then
                    shelf.outbox.keep(put_off(post, server.full_for_s, clock) for post in batch)
                    continue
                if server.is_cut_off:  # a hundred batches would wait for a network that is not there, one by one
                    shelf.outbox.keep(cut_off(post, clock) for post in batch)
                    continue
                open_now = shelf.outbox.unfinished(profile_id)  # the batch before may have had no answer just now
                if any(alike(post, other) for post in batch for other in open_now if other.state == "unknown"):
                    shelf.outbox.keep(later(post, clock() + PAUSE, BEHIND) for post in batch)
                else:
                    send(shelf, server, batch, clock)
        if asked_about := [post for post in here if post.state not in UNSENT]:
            with _others_may_act():
                ask(shelf.outbox, server, _priced(shelf, asked_about, clock), clock)


def _found(outbox: Outbox, profile_id: str, clock: Clock) -> Sequence[Post]:
    """The store's unfinished posts. Nobody is at work but us: what is `sending` was left so by a crash."""
    posts = outbox.unfinished(profile_id)
    left = [post for post in posts if post.state == "sending"]
    if not left:
        return posts
    outbox.keep((as_unknown(post, clock()) for post in left), durable=True)
    return outbox.unfinished(profile_id)


def _batches(posts: Iterable[Post]) -> Collection[Sequence[Post]]:
    """What goes in one request each: of one act, at one time. A retried post may have another than its batch."""
    batches: dict[tuple[str, str, str], list[Post]] = {}
    for post in posts:
        at = "" if post.when == "now" else post.publish_at
        batches.setdefault((post.batch, post.when, at), []).append(post)
    return batches.values()


def _priced(shelf: Library, posts: Sequence[Post], clock: Clock) -> Sequence[Post]:
    """The posts; those that Postiz is to publish soon with what their product's page asks by now, which is said."""
    seen: dict[str, prices.Seen] = {}
    told = []
    for post in posts:
        left = parse(post.publish_at) - clock()
        if post.state == "sent" and post.when == "scheduled" and timedelta(0) < left <= SOON:
            if post.clip_id not in seen:
                clip = shelf.store.clip(post.profile_id, post.clip_id)
                seen[post.clip_id] = prices.look(check.brief_of(shelf, clip), shelf.settings.offline)
            [post] = shelf.outbox.keep([prices.noted(post, seen[post.clip_id])])
        told.append(post)
    return told


def _without_server(post: Post, error: EditaiError, clock: Clock) -> Post:
    """What becomes of a post while its server cannot be spoken to at all."""
    if post.state not in UNSENT:
        return cannot_ask(post, error, clock())
    if error.slug not in CAN_BE_MENDED:
        return failed(post, error)
    if too_late(post, clock):
        return failed(post, time_over(post))
    return later(post, clock() + PAUSE, f"{error.message} {error.hint}")


@contextmanager
def _others_may_act() -> Iterator[None]:
    """A post whose clip is deleted while somebody works on it needs no more work; one that its owner moved or took back
    meanwhile is looked at anew."""
    try:
        yield
    except (NotFound, Conflict) as error:
        if error.slug not in {"post_not_found", "clip_not_found", "post_changed"}:
            raise
        log.info("left where it is: %s", error.message)


class Courier:
    """Delivers for every store from `start()` to `stop()`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stopping = threading.Event()
        self._shelf: Library | None = None
        self._watching: threading.Thread | None = None
        self._at_work: dict[tuple[str, str], threading.Thread] = {}
        self._put_off: dict[tuple[str, str], float] = {}

    def start(self) -> None:
        """Begin; what was interrupted by the last end is taken up. Raises what `library.open` raises."""
        self._shelf = shelf = library.open(self._settings)
        self._watching = threading.Thread(target=self._watch, args=(shelf,), name="courier", daemon=True)
        self._watching.start()

    def stop(self) -> None:
        """Begin nothing new, and give what is under way a fifth of a second.

        An upload or a question is then left where it is: the threads end with the app, and the rows know enough to
        go on from at the next start.
        """
        self._stopping.set()
        deadline = time.monotonic() + STOP_SECONDS
        for thread in self._threads():
            thread.join(max(0.0, deadline - time.monotonic()))
            if thread.is_alive():
                return
        if self._shelf is not None:
            self._shelf.close()

    def _threads(self) -> Iterator[threading.Thread]:
        if self._watching is not None:
            yield self._watching
        yield from self._at_work.values()  # looked at when the one that adds to them has ended

    def _watch(self, shelf: Library) -> None:
        while not self._stopping.wait(POLL_SECONDS):
            try:
                self._look_round(shelf)
            except Exception:  # a full disk or a locked database passes
                log.exception("the courier goes on")

    def _look_round(self, shelf: Library) -> None:
        """Begin with every store that has something due and nobody at it: with its posts, and beside them with its
        figures, for which no post waits."""
        self._at_work = {key: thread for key, thread in self._at_work.items() if thread.is_alive()}
        now = stamp(utc_now())
        for what, profile_ids, work in (
            ("posts", shelf.outbox.profiles_with_work(now), self._deliver),
            ("figures", shelf.figures.profiles_due(now), self._ask),
        ):
            for profile_id in profile_ids:
                key = (profile_id, what)
                if len(self._at_work) >= MOST_AT_ONCE:
                    return
                if key not in self._at_work and self._put_off.get(key, 0.0) < time.monotonic():
                    thread = threading.Thread(target=work, args=(shelf, profile_id), name="courier", daemon=True)
                    self._at_work[key] = thread
                    thread.start()

    def _deliver(self, shelf: Library, profile_id: str) -> None:
        done = False
        try:
            done = deliver(shelf, profile_id)
        except Exception:  # the rows are as they were; whatever it is may have passed by the next time
            log.exception("nothing could be delivered for the store %s", profile_id)
        if not done:
            self._put_off[profile_id, "posts"] = time.monotonic() + PUT_OFF_SECONDS

    def _ask(self, shelf: Library, profile_id: str) -> None:
        try:
            figures.ask(shelf, profile_id)
        except Exception:  # the rows are as they were
            log.exception("no figures could be kept for the store %s", profile_id)
            self._put_off[profile_id, "figures"] = time.monotonic() + PUT_OFF_SECONDS
