"""A store's lists: read from an index in the order in which they are shown, whatever other stores keep."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from editai import profiles
from editai.library import LOCAL_OWNER, Library
from editai.models import PostFilter, Profile

POSTS = ["editai_posts_of_profile", "posts_elsewhere_of_profile"]
"""Of this machine, and of the owner's others."""
ASKED: dict[str, tuple[Callable[[Library, Profile], object], list[str]]] = {
    "profiles": (lambda shelf, mine: shelf.store.profiles(LOCAL_OWNER), ["sqlite_autoindex_profiles_2"]),
    "the default": (lambda shelf, mine: shelf.store.default_profile(LOCAL_OWNER), ["profiles_one_default"]),
    "projects": (lambda shelf, mine: shelf.store.projects(mine.id), ["editai_projects_of_profile"]),
    "how many projects": (lambda shelf, mine: shelf.store.count_projects(mine.id), ["editai_projects_of_profile"]),
    "clips": (lambda shelf, mine: shelf.store.clips(mine.id), ["editai_clips_of_profile"]),
    "clips this month": (lambda shelf, mine: shelf.store.count_clips(mine.id, "2026"), ["editai_clips_of_profile"]),
    "jobs": (lambda shelf, mine: shelf.journal.jobs(mine.id), ["jobs_of_profile"]),
    "running jobs": (lambda shelf, mine: shelf.journal.running(mine.id), ["jobs_running"]),
    "open jobs": (lambda shelf, mine: shelf.journal.unended(mine.id, 1), ["jobs_unended"]),
    "what jobs did": (lambda shelf, mine: shelf.journal.activity(mine.id), ["jobs_of_profile"]),
    "posts": (lambda shelf, mine: shelf.outbox.posts(mine.id), POSTS),
    "posts of a clip": (
        lambda shelf, mine: shelf.outbox.posts(mine.id, "x"),
        ["editai_posts_of_clip", "posts_elsewhere_of_clip"],
    ),
    "what posts did": (lambda shelf, mine: shelf.outbox.activity(mine.id), POSTS),
    "unfinished posts": (lambda shelf, mine: shelf.outbox.unfinished(mine.id), ["editai_posts_unfinished"]),
    "clips of unfinished posts": (
        lambda shelf, mine: shelf.outbox.unfinished_clips(mine.id),
        ["editai_posts_unfinished"],
    ),
    "costs": (lambda shelf, mine: shelf.costs.list(mine), ["api_costs_of_profile"]),
    "money": (lambda shelf, mine: shelf.costs.spent(mine), ["api_costs_of_profile"]),
    "secrets": (lambda shelf, mine: shelf.secrets.shown(mine.id), ["sqlite_autoindex_secrets_1"]),
    "the last batch": (lambda shelf, mine: shelf.feeds.newest(mine.id), ["feed_products_newest"]),
    "all jobs": (lambda shelf, mine: shelf.journal.counts(), ["jobs_open"]),
}


def queries(shelf: Library, ask: Callable[[], object]) -> list[str]:
    """Every query that `ask` makes."""
    seen: list[str] = []
    with shelf.database.read() as rows:  # the connection that is lent out next
        rows.set_trace_callback(seen.append)
    ask()
    with shelf.database.read() as rows:
        rows.set_trace_callback(None)
    found = [statement for statement in seen if statement.startswith("SELECT")]
    assert found
    return found


def plans(shelf: Library, ask: Callable[[], object]) -> list[str]:
    """How SQLite runs each query that `ask` makes, as EXPLAIN QUERY PLAN tells it."""
    asked = queries(shelf, ask)
    with shelf.database.read() as rows:
        return [row["detail"] for query in asked for row in rows.execute(f"EXPLAIN QUERY PLAN {query}").fetchall()]


@pytest.mark.parametrize("what", ASKED)
def test_a_list_is_read_from_its_index(shelf: Library, profile: Profile, what: str) -> None:
    ask, indexes = ASKED[what]
    details = plans(shelf, lambda: ask(shelf, profile))
    assert [detail.split("INDEX ")[1].split(" ")[0] for detail in details] == indexes
    if what != "all jobs":  # of all stores, on purpose: that index holds nothing but what is open
        assert all(detail.startswith("SEARCH ") for detail in details)


def test_a_stores_page_reads_and_sorts_no_table(shelf: Library, profile: Profile) -> None:
    details = plans(shelf, lambda: profiles.overview(shelf, profile))
    assert all(detail.startswith("SEARCH ") and " INDEX " in detail for detail in details)


def test_a_stores_page_counts_rows_and_fetches_none(shelf: Library, profile: Profile) -> None:
    asked = queries(shelf, lambda: profiles.overview(shelf, profile))
    assert [query for query in asked if not query.startswith(("SELECT count(", "SELECT coalesce("))] == []


@pytest.mark.parametrize("wanted", [PostFilter(), PostFilter(states=("failed",), provider="tiktok", needs_owner=True)])
def test_posts_are_looked_through_without_reading_them(shelf: Library, profile: Profile, wanted: PostFilter) -> None:
    details = plans(shelf, lambda: shelf.outbox.search(profile.id, wanted, 20, 0, ["x"]))
    through = [detail for detail in details if "editai_posts_listed" in detail]
    assert len(through) == 2
    assert all("COVERING INDEX editai_posts_listed (profile_id=?)" in detail for detail in through)
    assert not any(detail.startswith("SCAN editai_posts") for detail in details)


def test_posts_of_a_time_are_read_from_the_index_of_their_times(shelf: Library, profile: Profile) -> None:
    month = PostFilter(start="2027-02-01T00:00:00.000Z", end="2027-03-01T00:00:00.000Z")
    details = plans(shelf, lambda: shelf.outbox.search(profile.id, month, 20))
    assert sum("editai_posts_by_time (profile_id=? AND publish_at>? AND publish_at<?)" in item for item in details) == 2
