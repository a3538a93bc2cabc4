"""What posts and channels brought: asked of the store's own Postiz, politely, and kept by the day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from editai.library import LOCAL_OWNER
from editai.models import DayFigure, Followed
from editai.publish import Postiz, figures
from editai.publish.answers import Unreadable
from editai.publish.answers import figures as read
from editai.publish.figures import AT_ONCE, NEVER, next_time, span
from editai.publish.outcome import stamp, utc_now
from tests.postiz.server import Workspace
from tests.publish.stores import Store

pytestmark = pytest.mark.usefixtures("hasty")
TODAY = utc_now().date()


def day(ago: int) -> str:
    return (TODAY - timedelta(days=ago)).isoformat()


@pytest.fixture
def out(store: Store) -> Store:
    """A store with a post that is published, and has had 40 views by today, its channel 7 followers."""
    store.publish()
    store.settle()
    [row] = store.postiz.posts
    row.figures = {"Views": {day(1): "15", day(0): "40"}, "Likes": {day(0): "3"}}
    [account] = store.postiz.organisation.channels.values()
    account.figures = {"Followers": {day(0): "7"}}
    store.watch.forward(minutes=10)
    return store


def ask(store: Store, **later: float) -> None:
    store.watch.forward(**later)
    figures.ask(store.shelf, store.profile.id, store.watch)


def kept(store: Store) -> dict[str, float]:
    """The last figure of the store's post, by its label."""
    found = store.shelf.figures.of_posts(store.profile.id, "")
    return {item.label: item.total for item in found.get(store.post.id, ())}


def asked(store: Store) -> int:
    return sum(request.startswith("GET /analytics") for request in store.postiz.requests)


# ── what Postiz says ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_totals_are_texts_and_are_read_as_numbers(server: Postiz, store: Store) -> None:
    answer = [{"label": "Views", "data": [{"total": "123", "date": "2027-02-01"}], "percentageChange": 5}]
    assert read(answer) == (DayFigure(label="Views", day="2027-02-01", total=123),)


@pytest.mark.parametrize(
    "answer", [[], {"missing": True}, [{"label": "Views", "data": []}], [{"label": "", "data": 0}]]
)
def test_where_there_is_nothing_there_is_no_figure(answer: object) -> None:
    assert read(answer) == ()


@pytest.mark.parametrize("total", ["n/a", "", None, True, "nan", "inf", [1]])
def test_what_is_no_number_is_left_out(total: object) -> None:
    data = [{"total": total, "date": "2027-02-01"}, {"total": "4", "date": "soon"}, {"total": 5, "date": "2027-02-02"}]
    assert [item.total for item in read([{"label": "Views", "data": data}])] == [5]


@pytest.mark.parametrize("answer", [{}, "x", [{"label": "Views"}], None])
def test_another_answer_is_unreadable(answer: object) -> None:
    with pytest.raises(Unreadable):
        read(answer)


def test_the_server_is_asked_for_days_that_it_knows(server: Postiz, postiz: Workspace) -> None:
    channel = postiz.add_channel("mastodon", "Shop")
    channel.figures = {"Views": {day(20): "2"}}
    assert server.channel_figures(channel.id, 7) == ()
    assert [item.total for item in server.channel_figures(channel.id, 30)] == [2]
    assert server.post_figures("nobody's", 7) == ()


# ── kept by the day ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_figures_of_a_post_and_of_its_channel_are_kept_by_the_day(out: Store) -> None:
    ask(out)
    found = out.shelf.figures.of_posts(out.profile.id, "")[out.post.id]
    assert [(item.label, item.day, item.total) for item in found] == [
        ("Views", day(1), 15),
        ("Likes", day(0), 3),
        ("Views", day(0), 40),
    ]
    [channel] = out.shelf.figures.of_channels(out.profile.id, day(7)).values()
    assert [item.total for item in channel] == [7]


def test_a_newer_figure_of_a_day_takes_the_place_of_the_earlier(out: Store) -> None:
    ask(out)
    out.postiz.posts[0].figures["Views"][day(0)] = "55"
    ask(out, hours=4)
    assert kept(out)["Views"] == 55


def test_nothing_is_asked_for_that_is_not_out(store: Store) -> None:
    store.publish(when="draft")
    store.deliver()
    ask(store, hours=30)
    assert asked(store) == 0


# ── politely ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_is_asked_every_few_hours_at_first_then_daily_and_at_last_no_more() -> None:
    now = utc_now()
    for age, wait in ((timedelta(hours=1), timedelta(hours=3)), (timedelta(days=3), timedelta(days=1))):
        post = Followed(id=1, profile_id="s", post_id="p", channel_id="c", server="", publish_at=stamp(now - age))
        assert next_time(post, now) == stamp(now + wait)
    old = Followed(id=1, profile_id="s", post_id="p", channel_id="c", server="", publish_at=stamp(now - timedelta(91)))
    assert next_time(old, now) == NEVER
    channel = Followed(id=1, profile_id="s", post_id=None, channel_id="c", server="")
    assert next_time(channel, now) == stamp(now + timedelta(days=1))


def test_nothing_is_asked_for_again_before_its_time(out: Store) -> None:
    for _ in range(3):
        ask(out, minutes=50)
    assert asked(out) == 2, "one post and one channel, once"


@pytest.mark.parametrize(
    ("last", "out", "days"),
    [(None, None, 90), (None, 3, 7), (None, 20, 30), (1, 50, 7), (6, 50, 7), (7, 50, 30), (29, 50, 30), (200, 300, 90)],
)
def test_what_has_been_since_the_last_figures_is_asked_for(last: int | None, out: int | None, days: int) -> None:
    today = date(2027, 2, 1)
    followed = Followed(
        id=1, profile_id="s", post_id="p", channel_id="c", server="",
        publish_at=None if out is None else f"{today - timedelta(days=out)}T10:00:00.000Z",
        last_day=None if last is None else str(today - timedelta(days=last)),
    )  # fmt: skip
    assert span(followed, today) == days


def test_a_round_asks_for_a_few_and_leaves_the_others_for_the_next(out: Store) -> None:
    with out.shelf.database.transaction() as rows:
        rows.executemany(
            "INSERT INTO editai_followed (profile_id, channel_id, server, due) VALUES (?, ?, ?, '')",
            [(out.profile.id, f"c{number}", out.postiz.url) for number in range(AT_ONCE + 5)],
        )
    for number in range(AT_ONCE + 5):
        account = out.postiz.add_channel("mastodon", f"More {number}")
        with out.shelf.database.transaction() as rows:
            rows.execute("UPDATE editai_followed SET channel_id = ? WHERE channel_id = ?", (account.id, f"c{number}"))
    ask(out)
    assert asked(out) == AT_ONCE
    assert out.shelf.figures.due(out.profile.id, stamp(out.watch()), 99) == ()
    ask(out, minutes=2)
    assert asked(out) == AT_ONCE + 7


def test_a_server_that_is_not_well_is_left_alone(out: Store) -> None:
    out.postiz.fail("GET /analytics/*", "429_before", times=1, wait=7200)
    ask(out)
    ask(out, hours=1)
    assert kept(out) == {}
    ask(out, hours=1.1)
    assert kept(out)["Views"] == 40


def test_a_channel_that_the_server_does_not_know_hides_nothing_else(out: Store) -> None:
    [account] = out.postiz.organisation.channels.values()
    account.deleted = True
    ask(out)
    assert kept(out)["Views"] == 40


def test_a_store_that_is_connected_elsewhere_asks_nobody(out: Store, postiz_server: object) -> None:
    out.shelf.secrets.forget(out.profile.id, "postiz")
    before = asked(out)
    ask(out)
    assert asked(out) == before


# ── whose they are ───────────────────────────────────────────────────────────────────────────────────────────────────


def rows_left(store: Store) -> int:
    with store.shelf.database.read() as rows:
        return int(rows.execute("SELECT count(*) FROM editai_figures").fetchone()[0])


def test_another_store_sees_none_of_them(out: Store) -> None:
    ask(out)
    other = out.shelf.store.create_profile(LOCAL_OWNER, "Other")
    assert out.shelf.figures.of_posts(other.id, "") == out.shelf.figures.of_channels(other.id, "") == {}
    assert out.shelf.figures.due(other.id, NEVER, 99) == ()


def test_figures_are_deleted_with_what_they_are_of(out: Store) -> None:
    ask(out)
    out.shelf.delete_clip(out.profile.id, out.post.clip_id)
    assert rows_left(out) == 1, "its channel's"


def test_an_unlinked_post_is_not_followed(out: Store) -> None:
    from editai import publish

    ask(out)
    publish.unlink(out.shelf, out.profile, out.post.id)
    assert rows_left(out) == 1, "its channel's"


def test_a_stores_figures_are_deleted_with_it(out: Store) -> None:
    ask(out)
    other = out.shelf.store.create_profile(LOCAL_OWNER, "Other")
    out.shelf.store.set_default_profile(LOCAL_OWNER, other.id)
    out.shelf.delete_profile(LOCAL_OWNER, out.profile.id)
    assert rows_left(out) == 0
