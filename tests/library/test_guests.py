"""Visitors of a demo: an hour each, owners of their own, and nothing is left of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from editai import library
from editai.errors import EditaiError
from editai.library import guests
from editai.library.guests import Guests
from editai.models import Brief
from editai.settings import Settings
from tests.conftest import BOX
from tests.library.samples import a_clip


@dataclass
class Clock:
    """Seconds, moved by hand."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[library.Library]:
    settings = Settings.model_validate({"_env_file": None, "home": tmp_path / "home", "demo": True, "offline": True})
    with library.open(settings) as opened:
        yield opened


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def visitors(shelf: library.Library, clock: Clock) -> Guests:
    return Guests(shelf, clock)


def title_of(act: Callable[[], object]) -> str:
    with pytest.raises(EditaiError) as caught:
        act()
    return caught.value.title


def files_of(shelf: library.Library) -> set[str]:
    folder = shelf.settings.folder
    return {
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and "editai.db" not in path.name
    }


def with_everything(shelf: library.Library, owner: str) -> str:
    """A store of this owner with a product, a clip, an upload and a job that waits; the job."""
    store = shelf.store.default_profile(owner)
    source = shelf.media.import_source(store.id, BOX)
    shelf.store.add_clip(a_clip(store.id))
    upload = shelf.settings.uploads / "of" / owner / "hash" / "lamp.mp4"
    upload.parent.mkdir(parents=True)
    upload.write_bytes(b"lamp")
    return shelf.journal.insert(store, Brief(sources=(source,), script="Meet the lamp.")).id


def test_each_visitor_is_an_owner_with_a_first_store(shelf: library.Library, visitors: Guests) -> None:
    one, other = visitors.of(visitors.arrive()), visitors.of(visitors.arrive())
    assert one.owner_id != other.owner_id
    mine = shelf.store.default_profile(one.owner_id)
    assert title_of(lambda: shelf.store.profile(other.owner_id, mine.id)) == "403 profile_forbidden"


def test_nobody_is_local_in_a_demo(shelf: library.Library, visitors: Guests) -> None:
    assert shelf.store.profiles(library.LOCAL_OWNER) == ()


@pytest.mark.parametrize("ticket", ["", "x", "\ud800"])
def test_a_ticket_that_nobody_got_is_nobodys(visitors: Guests, ticket: str) -> None:
    visitors.arrive()
    assert title_of(lambda: visitors.of(ticket)) == "401 visit_over"


def test_a_visit_lasts_for_an_hour(visitors: Guests, clock: Clock) -> None:
    ticket = visitors.arrive()
    clock.now = 3599.0
    assert visitors.seconds_left(visitors.of(ticket)) == 1.0
    clock.now = 3600.0
    assert title_of(lambda: visitors.of(ticket)) == "401 visit_over"


def test_after_it_nothing_of_it_is_left_and_nothing_of_others_is_touched(
    shelf: library.Library, visitors: Guests, clock: Clock
) -> None:
    leaving = visitors.of(visitors.arrive()).owner_id
    job = with_everything(shelf, leaving)
    gone = files_of(shelf)
    clock.now = 1800.0
    staying = visitors.of(visitors.arrive()).owner_id
    with_everything(shelf, staying)
    kept = files_of(shelf) - gone
    clock.now = 3600.0
    visitors.see_out()
    assert files_of(shelf) == kept
    assert shelf.store.profiles(leaving) == ()
    assert title_of(lambda: shelf.journal.whosever(job)) == "404 job_not_found"
    with shelf.database.read() as rows:
        told = "\n".join(rows.iterdump())
    assert leaving not in told
    assert "mirror" in told
    [store] = shelf.store.profiles(staying)
    assert [len(found) for found in (shelf.store.clips(store.id), shelf.journal.jobs(store.id))] == [1, 1]


def test_what_a_worker_still_holds_is_cancelled_and_goes_when_it_has_let_go(
    shelf: library.Library, visitors: Guests, clock: Clock
) -> None:
    job = with_everything(shelf, visitors.of(visitors.arrive()).owner_id)
    shelf.journal.claim(job, "worker")
    clock.now = 3600.0
    visitors.see_out()
    assert shelf.journal.whosever(job).state == "cancelled"
    shelf.journal.hand_back("worker")
    visitors.see_out()
    assert title_of(lambda: shelf.journal.whosever(job)) == "404 job_not_found"


def test_what_visitors_of_an_earlier_start_left_is_removed_at_the_next(
    shelf: library.Library, visitors: Guests, clock: Clock
) -> None:
    with_everything(shelf, visitors.of(visitors.arrive()).owner_id)
    Guests(shelf, clock).see_out()
    assert (files_of(shelf), shelf.owners.with_stores()) == (set(), [])


def test_there_is_room_for_so_many_at_a_time(visitors: Guests, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guests, "MOST", 2)
    visitors.arrive()
    visitors.arrive()
    assert title_of(visitors.arrive) == "503 demo_full"
    clock.now = 3600.0
    assert visitors.arrive()


def test_where_it_is_no_demo_nobody_visits(tmp_path: Path) -> None:
    with library.open(Settings(_env_file=None, home=tmp_path)) as shelf, guests.opened(shelf) as none:
        assert none is None
