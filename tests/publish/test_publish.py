"""Publishing is an act: what was checked is planned once, and a failed post is sent again only by somebody's will."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from editai import publish
from editai.errors import EditaiError
from editai.models import Finding
from tests.postiz.server import Workspace
from tests.publish.stores import Store, in_hours

pytestmark = pytest.mark.usefixtures("hasty")


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(EditaiError) as caught:
        act()
    return caught.value.title


@pytest.fixture
def failed(store: Store) -> Store:
    """A store whose only post got no answer, was not found for ten minutes, and has failed."""
    store.postiz.fail("POST /posts", "500_before")
    store.publish()
    store.settle()
    assert store.post.state == "failed"
    return store


# ── publish ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_checked_is_planned_and_nothing_is_sent_yet(store: Store) -> None:
    clip = store.clip()
    checked = store.checked(clip, "Meet the lamp.\r\nNow.")
    before = store.postiz.requests
    [post] = publish.publish(store.shelf, store.profile, checked)
    assert (post.state, post.text, post.clip_id, post.server) == (
        "planned",
        "Meet the lamp.\nNow.",
        clip.id,
        checked.server,
    )
    assert post.channel == checked.posts[0].channel
    assert store.postiz.requests == before


def test_a_refused_dry_run_is_not_published(store: Store) -> None:
    checked = store.checked(store.clip())
    finding = Finding(severity="refuse", slug="text_too_long", message="The text is too long.")
    [post] = checked.posts
    refused = checked.model_copy(update={"posts": (post.model_copy(update={"findings": (finding,)}),)})
    assert refusal(lambda: publish.publish(store.shelf, store.profile, refused)) == "422 post_refused"
    assert store.posts == []


def test_a_dry_run_of_another_store_is_not_published(store: Store) -> None:
    other = store.shelf.store.create_profile(store.profile.owner_id, "Other")
    checked = store.checked(store.clip())
    assert refusal(lambda: publish.publish(store.shelf, other, checked)) == "403 dry_run_forbidden"
    renamed = checked.model_copy(update={"profile_id": other.id})
    assert refusal(lambda: publish.publish(store.shelf, other, renamed)) == "404 clip_not_found"


def test_a_dry_run_for_another_server_is_not_published(store: Store, new_postiz: Callable[[], Workspace]) -> None:
    checked = store.checked(store.clip())
    store.shelf.secrets.connect(store.profile.id, new_postiz().connection)
    assert refusal(lambda: publish.publish(store.shelf, store.profile, checked)) == "409 connection_changed"


def test_a_clip_that_became_stale_after_the_check_is_not_published(store: Store) -> None:
    clip = store.clip()
    checked = store.checked(clip)
    store.change_product(clip)
    assert refusal(lambda: publish.publish(store.shelf, store.profile, checked)) == "409 clip_stale"


def test_a_time_that_passed_after_the_check_is_not_published(store: Store) -> None:
    checked = store.checked(store.clip(), when="scheduled", at=in_hours(1))
    late = checked.model_copy(update={"publish_at": "2026-01-01T10:00:00.000Z"})
    assert refusal(lambda: publish.publish(store.shelf, store.profile, late)) == "422 time_in_past"


@pytest.mark.parametrize("again", [False, True])
def test_a_double_click_is_one_act(store: Store, again: bool) -> None:
    checked = store.checked(store.clip(), again=again)
    first = publish.publish(store.shelf, store.profile, checked)
    store.deliver()
    second = publish.publish(store.shelf, store.profile, checked)
    store.settle()
    assert [post.id for post in second] == [post.id for post in first]
    assert len(store.postiz.deliveries) == 1


def test_of_sixteen_acts_at_once_one_is_planned(store: Store) -> None:
    clip = store.clip()
    acts = [store.checked(clip, f"Meet the lamp {index}.") for index in range(16)]

    def act(index: int) -> str:
        try:
            publish.publish(store.shelf, store.profile, acts[index])
        except EditaiError as error:
            return error.title
        return "planned"

    with ThreadPoolExecutor(16) as pool:
        assert sorted(pool.map(act, range(16))) == ["409 already_posted"] * 15 + ["planned"]


def test_a_clip_goes_to_a_channel_again_where_that_is_meant(store: Store) -> None:
    clip = store.clip()
    store.publish(clip)
    store.settle()
    publish.publish(store.shelf, store.profile, store.checked(clip, again=True))
    store.settle()
    assert len(store.postiz.deliveries) == 2


def test_what_failed_before_its_time_may_be_scheduled_for_that_time_again(store: Store) -> None:
    clip, at = store.clip(), in_hours(5)
    store.postiz.fail("POST /posts", "400_before")
    store.publish(clip, when="scheduled", at=at)
    assert store.deliver()[0].state == "failed"
    store.publish(clip, when="scheduled", at=at)
    assert [post.state for post in store.deliver()] == ["failed", "sent"]


def test_a_draft_that_failed_is_sent_again_as_a_draft(store: Store) -> None:
    store.postiz.fail("POST /posts", "400_before")
    store.publish(when="draft")
    store.deliver()
    assert store.retry().when == "draft"
    store.deliver()
    assert [row.state for row in store.postiz.posts] == ["DRAFT"]


def test_what_may_be_there_after_all_is_published_anew_only_where_that_is_meant(failed: Store) -> None:
    clip = failed.shelf.store.clip(failed.profile.id, failed.post.clip_id)
    checked = failed.checked(clip)
    assert [finding.slug for finding in checked.posts[0].findings if finding.severity == "refuse"] == ["already_posted"]
    unchecked = checked.model_copy(update={"posts": (checked.posts[0].model_copy(update={"findings": ()}),)})
    assert refusal(lambda: publish.publish(failed.shelf, failed.profile, unchecked)) == "409 already_posted"
    assert not failed.checked(clip, again=True).refused


def test_posts_are_the_stores_own(store: Store) -> None:
    clip = store.clip()
    [post] = store.publish(clip)
    other = store.shelf.store.create_profile(store.profile.owner_id, "Other")
    assert publish.posts(store.shelf, store.profile, clip.id) == (post,)
    assert publish.posts(store.shelf, other) == ()
    assert refusal(lambda: publish.posts(store.shelf, other, clip.id)) == "404 clip_not_found"


# ── retry ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_failed_post_that_is_not_there_is_sent_again(failed: Store) -> None:
    planned = failed.retry()
    assert (planned.state, planned.error, planned.sent_at) == ("planned", None, None)
    failed.watch.ahead *= 0
    failed.settle()
    assert (failed.post.state, len(failed.postiz.deliveries)) == ("published", 1)


def test_a_server_that_acted_after_the_search_was_given_up_is_found_before_anything_is_sent(store: Store) -> None:
    store.postiz.fail("POST /posts", "late")
    store.publish()
    store.settle()
    assert store.post.state == "failed"
    store.postiz.act_late()
    store.postiz.publish_due()
    assert refusal(store.retry) == "409 post_published"
    assert (store.post.state, len(store.postiz.deliveries)) == ("published", 1)


def test_what_is_in_the_queue_after_all_is_followed_and_not_sent_again(store: Store) -> None:
    store.postiz.fail("POST /posts", "late")
    store.publish()
    store.settle()
    store.postiz.act_late()
    assert refusal(store.retry) == "409 post_on_its_way"
    store.settle()
    assert (store.post.state, len(store.postiz.deliveries)) == ("published", 1)


def test_what_stands_there_with_an_error_is_sent_again_in_its_place(store: Store) -> None:
    [channel] = store.postiz.organisation.channels.values()
    channel.refuses = "Media is too small"
    store.publish()
    store.settle()
    [row] = store.postiz.posts
    channel.refuses = ""
    assert store.retry().remote_id == row.id
    store.settle()
    assert (store.post.state, store.post.remote_id, len(store.postiz.deliveries)) == ("published", row.id, 1)
    assert len(store.postiz.posts) == 1


def test_a_repeat_without_an_answer_is_found_in_its_place(store: Store) -> None:
    [channel] = store.postiz.organisation.channels.values()
    channel.refuses = "Media is too small"
    store.publish()
    store.settle()
    channel.refuses = ""
    store.retry()
    store.postiz.fail("POST /posts", "drop_after")
    assert store.deliver()[0].state == "unknown"
    store.settle()
    assert (store.post.state, len(store.postiz.posts), len(store.postiz.deliveries)) == ("published", 1, 1)


def test_a_repeat_that_was_not_acted_on_ends_as_the_error_that_it_was(store: Store) -> None:
    [channel] = store.postiz.organisation.channels.values()
    channel.refuses = "Media is too small"
    store.publish()
    store.settle()
    store.retry()
    store.postiz.fail("POST /posts", "drop_before")
    store.deliver()
    assert store.deliver(minutes=9)[0].state == "unknown"
    store.deliver(minutes=2)
    assert (store.post.state, (store.post.error or {})["slug"]) == ("failed", "post_failed")
    assert store.postiz.deliveries == []


def test_an_error_that_became_a_success_is_not_sent_again(store: Store) -> None:
    [channel] = store.postiz.organisation.channels.values()
    channel.unconfirmed = True
    store.publish()
    store.settle()
    assert store.post.state == "failed"
    [row] = store.postiz.posts
    row.state = "PUBLISHED"
    assert refusal(store.retry) == "409 post_published"
    assert (store.post.state, store.created) == ("published", 1)


def test_what_was_published_between_the_click_and_the_sending_is_not_sent(store: Store) -> None:
    [channel] = store.postiz.organisation.channels.values()
    channel.unconfirmed = True
    store.publish()
    store.settle()
    store.retry()
    [row] = store.postiz.posts
    row.state = "PUBLISHED"
    store.deliver()
    assert (store.post.state, store.created) == ("published", 1)


def test_a_repeat_that_was_refused_is_looked_for_again_before_the_next(store: Store) -> None:
    [channel] = store.postiz.organisation.channels.values()
    channel.unconfirmed = True
    store.publish()
    store.settle()
    store.retry()
    store.postiz.fail("POST /posts", "401_before")
    assert store.deliver()[0].state == "failed"
    [row] = store.postiz.posts
    row.state = "PUBLISHED"
    assert refusal(store.retry) == "409 post_published"
    assert (store.post.state, store.created) == ("published", 1)


def test_7_20_a_post_is_retried_only_once_it_has_failed(store: Store) -> None:
    store.postiz.fail("POST /posts", "drop_after")
    store.publish()
    assert refusal(store.retry) == "409 post_on_its_way"
    store.deliver()
    assert refusal(store.retry) == "409 post_unknown"
    store.deliver(seconds=3)
    assert refusal(store.retry) == "409 post_on_its_way"
    store.settle()
    assert refusal(store.retry) == "409 post_published"
    assert store.created == 1


def test_another_stores_post_is_not_there_to_retry(failed: Store) -> None:
    other = failed.shelf.store.create_profile(failed.profile.owner_id, "Other")
    assert refusal(lambda: publish.retry(failed.shelf, other, failed.post.id)) == "404 post_not_found"


def test_unasked_nothing_is_sent_again(failed: Store) -> None:
    failed.postiz.fail("GET /posts", "500_before")
    assert refusal(failed.retry) == "504 postiz_no_answer"
    assert failed.post.state == "failed"


def test_a_retry_goes_to_no_other_server(failed: Store, new_postiz: Callable[[], Workspace]) -> None:
    failed.shelf.secrets.connect(failed.profile.id, new_postiz().connection)
    assert refusal(failed.retry) == "409 connection_changed"


def test_a_stale_clip_is_not_retried(failed: Store) -> None:
    failed.change_product(failed.shelf.store.clip(failed.profile.id, failed.post.clip_id))
    assert refusal(failed.retry) == "409 clip_stale"


def test_a_scheduled_post_that_failed_before_its_time_keeps_it(store: Store) -> None:
    store.postiz.fail("POST /posts", "400_before")
    [planned] = store.publish(when="scheduled", at=in_hours(5))
    store.deliver()
    again = store.retry()
    assert (again.when, again.publish_at) == ("scheduled", planned.publish_at)


def test_of_two_failed_posts_of_a_clip_one_is_retried_at_a_time(store: Store) -> None:
    clip = store.clip()
    for text in ("Meet the lamp.", "Meet it again."):
        store.postiz.fail("POST /posts", "400_before")
        store.publish(clip, text)
        store.deliver()
    first, second = store.posts
    publish.retry(store.shelf, store.profile, first.id)
    assert refusal(lambda: publish.retry(store.shelf, store.profile, second.id)) == "409 already_posted"


def test_of_two_retries_at_once_one_is_planned(failed: Store) -> None:
    def retry(_: int) -> str:
        try:
            failed.retry()
        except EditaiError as error:
            return error.slug
        return "planned"

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(retry, range(2))).count("planned") == 1
