"""What a batch will do is said before it does anything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from statistics import median

import pytest

from editai import batch, voices
from editai.batch import of_files, plan
from editai.errors import EditaiError
from editai.facts import read_feed
from editai.models import BatchPlan, Voice
from editai.profiles.studio import studio
from tests.batch.conftest import feed_of
from tests.shop import Shop

Planned = Callable[..., BatchPlan]
Put = Callable[..., None]


def does(plan: BatchPlan) -> dict[str, str]:
    return {entry.product.sku: entry.does for entry in plan.entries}


def why(plan: BatchPlan) -> list[str]:
    return [entry.why for entry in plan.entries if entry.does == "missing"]


def test_a_product_with_a_video_is_made_and_one_without_is_missing(planned: Planned, put: Put) -> None:
    put("A.mp4")
    seen = planned(("A", "Lamp", "$5"), ("B", "Chair"))
    assert does(seen) == {"A": "new", "B": "missing"}
    assert why(seen) == ["There is no video or photo named B."]
    assert (len(seen.to_make), seen.unmade) == (1, 1)


def test_photos_alone_will_do(planned: Planned, put: Put) -> None:
    put("A-1.jpg", "A-2.png")
    assert does(planned(("A", "Lamp"))) == {"A": "new"}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("A", "Lamp", "cheap"), "Line 2: 'cheap' is no price."),
        (("", "Lamp", "$5"), "Line 2 has no SKU."),
        (("A", "Lamp", "$5", "../A.mp4"), "../A.mp4 is not in the folder."),
    ],
)
def test_what_is_wrong_with_a_row_is_said_of_it(planned: Planned, put: Put, row: tuple[str, ...], reason: str) -> None:
    put("A.mp4")
    seen = planned(row)
    assert (why(seen), seen.unmade, seen.notes) == ([reason], 1, ())


def test_a_row_without_a_title_counts_among_those_that_cannot_be_made(planned: Planned, put: Put) -> None:
    put("A.mp4")
    seen = planned(("A", "Lamp"), ("B", ""))
    assert (does(seen), seen.lost, seen.unmade) == ({"A": "new"}, ("Line 3 has no title.",), 1)


def test_two_rows_that_say_different_things_of_a_sku_are_both_left_out(planned: Planned, put: Put) -> None:
    put("A.mp4")
    seen = planned(("A", "Lamp", "$5"), ("A", "Lamp", "$6"))
    assert why(seen) == ["Lines 2 and 3 have the same SKU A."] * 2


def test_the_same_row_twice_is_one_product(planned: Planned, put: Put) -> None:
    put("A.mp4")
    assert [entry.does for entry in planned(("A", "Lamp", "$5"), ("A", "Lamp", "$5")).entries] == ["new"]


def test_a_feed_without_a_usable_row_is_422(shop: Shop) -> None:
    with pytest.raises(EditaiError) as caught:
        plan(shop.shelf, shop.profile, feed_of(("A", "")), of_files(()))
    assert caught.value.title == "422 feed_empty"


def test_nothing_is_written(shop: Shop, planned: Planned, put: Put) -> None:
    put("A.mp4")
    planned(("A", "Lamp"))
    assert shop.shelf.feeds.products(shop.profile.id) == ()
    assert shop.shelf.journal.jobs(shop.profile.id) == ()


# ── time and money ───────────────────────────────────────────────────────────────────────────────────────────────


def test_the_time_is_that_of_the_stores_last_jobs(busy: Shop, folder: Path, put: Put) -> None:
    put("NEW.mp4")
    seen = plan(busy.shelf, busy.profile, feed_of(("NEW", "Lamp")), batch.folder_of(folder))
    took = median(busy.shelf.feeds.earlier(busy.profile.id))
    assert (seen.measured, seen.entries[0].seconds) == (True, round(took))


def test_without_any_it_is_a_usual_one(planned: Planned, put: Put, shop: Shop) -> None:
    put("A.mp4", "B.mp4")
    seen = planned(("A", "Lamp"), ("B", "Lamp"))
    assert (seen.measured, seen.seconds) == (False, round(120 / shop.settings.workers))


def test_a_free_voice_costs_nothing_and_a_paid_one_by_its_letters(shop: Shop, folder: Path, put: Put) -> None:
    put("A.mp4", "B.mp4")
    feed = feed_of(("A", "Lamp", "", "", "x" * 100), ("B", "Lamp", "", "", "x" * 50))
    assert plan(shop.shelf, shop.profile, feed, batch.folder_of(folder)).cost == 0
    shop.shelf.secrets.keep(shop.profile.id, "elevenlabs", "nobodys-key")
    (voice, *_) = voices.engine("elevenlabs").voices(studio(shop.shelf, shop.profile))
    paid = shop.profile.changed({"voice": Voice.parse(str(voice))})
    first, second = plan(shop.shelf, paid, feed, batch.folder_of(folder)).entries
    assert first.cost == 2 * second.cost > 0


# ── a large feed ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_ten_thousand_products_are_planned_with_a_handful_of_queries(shop: Shop, folder: Path) -> None:
    (folder / "P0.jpg").write_bytes(b"x")
    text = "sku,title,price,video\n" + "".join(f"P{number},Lamp,$5,P0.jpg\n" for number in range(10_000))
    feed = read_feed(text.encode(), "feed.csv")
    asked: list[str] = []
    with shop.shelf.database.read() as rows:
        rows.set_trace_callback(asked.append)
    seen = plan(shop.shelf, shop.profile, feed, batch.folder_of(folder))
    assert len(seen.to_make) == 10_000
    started = batch.start(shop.shelf, shop.profile, seen)
    shop.shelf.feeds.progress(shop.profile.id, started)
    batch.coverage(shop.shelf, shop.profile)
    assert sum(statement.startswith(("SELECT", "\n    SELECT")) for statement in asked) < 20
