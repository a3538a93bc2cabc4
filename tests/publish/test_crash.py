"""kill -9 at every step of publishing: afterwards there is one post or none, never two, and its row says which."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable
from multiprocessing.context import ForkServerContext, ForkServerProcess

import pytest

from editai.settings import Settings
from tests.apps import started
from tests.processes import wait_for
from tests.publish import dying
from tests.publish.stores import Store

pytestmark = pytest.mark.usefixtures("hasty")

UPLOAD, CREATE = "editai.publish.postiz:Postiz.upload", "editai.publish.postiz:Postiz.create"
SENDS_NOTHING_TWICE = [
    pytest.param(UPLOAD, "before", 1, id="before the upload"),
    pytest.param("editai.publish.postiz:_Watched.read", "after", 1, id="during the upload"),
    pytest.param(UPLOAD, "after", 1, id="after the upload, before its answer was stored"),
    pytest.param("editai.publish.postiz:Postiz.channels", "before", 1, id="after the upload was stored"),
    pytest.param("editai.publish.postiz:Postiz.posts", "after", 1, id="before it was noted what is there"),
    pytest.param(CREATE, "before", 0, id="before the create call"),
    pytest.param(CREATE, "after", 1, id="after it acted, before its answer was stored"),
    pytest.param("editai.publish.sending:_Batch.create", "after", 1, id="after its answer was stored"),
]


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Starts processes from one that has imported everything and opened nothing."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.publish.dying"])
    return context


@pytest.fixture
def deliverer(store: Store, processes: ForkServerContext) -> Callable[..., ForkServerProcess]:
    """Starts a process that delivers for the store: `deliverer(where it kills itself, "before" or "after")`."""

    def start(*death: str) -> ForkServerProcess:
        process = processes.Process(target=dying.deliver, args=(store.shelf.media.home, store.profile.id, *death))
        process.start()
        return process

    return start


@pytest.mark.parametrize(("where", "when", "posts"), SENDS_NOTHING_TWICE)
def test_a_process_that_dies_leaves_one_post_or_none(
    store: Store, deliverer: Callable[..., ForkServerProcess], where: str, when: str, posts: int
) -> None:
    store.publish()
    process = deliverer(where, when)
    process.join()
    assert process.exitcode == -signal.SIGKILL
    store.settle()
    assert len(store.postiz.deliveries) == len(store.postiz.posts) == posts
    assert store.post.state == ("published" if posts else "failed")
    assert store.created == posts


@pytest.mark.parametrize(
    ("route", "how", "state", "posts"),
    [
        ("POST /upload", "hang_before", "uploading", 1),
        ("POST /upload", "hang_after", "uploading", 1),
        ("POST /posts", "hang_before", "sending", 0),
        ("POST /posts", "hang_after", "sending", 1),
    ],
)
def test_a_process_that_dies_in_the_middle_of_a_request_leaves_one_post_or_none(
    store: Store, deliverer: Callable[..., ForkServerProcess], route: str, how: str, state: str, posts: int
) -> None:
    store.postiz.fail(route, how)
    store.publish()
    process = deliverer()
    wait_for(lambda: (store.post.state == state and how == "hang_before") or route in store.postiz.requests)
    process.kill()
    process.join()
    assert store.post.state == state
    store.settle()
    assert len(store.postiz.deliveries) == len(store.postiz.posts) == posts
    assert store.post.state == ("published" if posts else "failed")


def test_a_post_that_a_dead_process_did_not_create_goes_out_once_when_it_is_retried(
    store: Store, deliverer: Callable[..., ForkServerProcess]
) -> None:
    store.publish()
    deliverer(CREATE, "before").join()
    store.settle()
    store.watch.ahead *= 0
    store.retry()
    store.settle()
    assert (store.post.state, len(store.postiz.deliveries)) == ("published", 1)


def test_a_process_that_dies_when_it_learns_of_the_end_is_followed_by_one_that_writes_it_down(
    store: Store, deliverer: Callable[..., ForkServerProcess]
) -> None:
    store.publish()
    store.deliver()
    store.postiz.publish_due()
    store.shelf.outbox.keep([store.post.model_copy(update={"not_before": ""})])
    deliverer("editai.publish.outcome:as_there", "after").join()
    assert store.post.state == "sent"
    store.settle()
    assert (store.post.state, len(store.postiz.deliveries)) == ("published", 1)


@pytest.mark.slow
def test_the_app_ends_on_ctrl_c_whatever_a_server_takes_and_goes_on_at_the_next_start(
    store: Store, settings: Settings
) -> None:
    store.postiz.fail("POST /upload", "hang_before")
    store.publish()
    with started(settings.home) as app:
        wait_for(lambda: store.post.state == "uploading")
        status, left = app.end()
    assert (status, left) == (0, [])
    assert store.post.state == "uploading"
    store.settle()
    assert (store.post.state, len(store.postiz.deliveries)) == ("published", 1)
