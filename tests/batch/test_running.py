"""A batch is submitted once, survives a restart, and makes again only what changed or failed."""

from __future__ import annotations

import csv
import errno
import io
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from editai import batch, jobs, library, products
from editai.aside import aside
from editai.errors import EditaiError
from editai.library import LOCAL_OWNER, Journal
from editai.models import BatchPlan, Covered, Facts, Job, Progress, Standing
from editai.settings import Settings
from tests.batch.conftest import feed_of
from tests.conftest import BOX
from tests.processes import HANGS_S, wait_for
from tests.shop import SCRIPT, Shop

Planned = Callable[..., BatchPlan]
Put = Callable[..., None]
A, B = ("A", "Lamp", "$5", "", SCRIPT), ("B", "Chair", "$6", "", SCRIPT)


def started(shop: Shop, plan: BatchPlan) -> str:
    """A batch that was started and taken in."""
    begun = batch.start(shop.shelf, shop.profile, plan)
    assert batch.take_in(shop.shelf)
    return begun


def of(shop: Shop, begun: str) -> list[Standing]:
    return list(shop.shelf.feeds.batch(shop.profile.id, begun))


def queued(shop: Shop) -> list[Job]:
    return [job for job in shop.shelf.journal.jobs(shop.profile.id) if job.state == "queued"]


def end(shop: Shop, job_id: str | None, error: EditaiError | None = None) -> None:
    """As the worker of this job would, without the work."""
    journal, token = shop.shelf.journal, "test"
    job = journal.claim(job_id or "", token)
    if error is not None:
        journal.fail(job.id, token, error)
        return
    clip_id = job.id
    shop.shelf.media.clip_folder(shop.profile.id, clip_id).mkdir(parents=True)
    journal.finish(job.id, token, clip_id, Progress(stage="done", percent=100))


@pytest.fixture
def made(shop: Shop, planned: Planned, put: Put) -> str:
    """A batch of A, which is made, and of B, whose job failed."""
    put("A.mp4", "B.mp4")
    begun = started(shop, planned(A, B))
    first, second = of(shop, begun)
    end(shop, first.job_id)
    end(shop, second.job_id, EditaiError("broken", "The renderer broke.", "Try again."))
    return begun


# ── started ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_product_is_a_job_of_a_product_of_the_store(shop: Shop, planned: Planned, put: Put) -> None:
    put("A.mp4", "B.mp4")
    standings = of(shop, started(shop, planned(A, B)))
    assert {each.job_id for each in standings} == {job.id for job in queued(shop)}
    assert [(job.brief.facts.title, job.brief.script) for job in reversed(queued(shop))] == [
        ("Lamp", SCRIPT), ("Chair", SCRIPT),
    ]  # fmt: skip
    assert {each.project_id for each in standings} == {each.id for each in shop.shelf.store.projects(shop.profile.id)}


def test_what_is_missing_is_in_the_batch_with_its_reason(shop: Shop, planned: Planned, put: Put) -> None:
    put("A.mp4")
    begun = started(shop, planned(A, B))
    assert [each.why for each in of(shop, begun)] == ["", "There is no video or photo named B."]
    now = shop.shelf.feeds.progress(shop.profile.id, begun)
    assert (now.products, now.queued, now.failed, now.over) == (2, 1, 1, False)


def test_a_video_that_cannot_be_used_is_a_reason_and_stops_no_other(
    shop: Shop, planned: Planned, put: Put, folder: Path
) -> None:
    put("A.mp4", "B.mp4")
    (folder / "A.mp4").write_text("my notes")
    first, second = of(shop, started(shop, planned(A, B)))
    assert first.job_id is None
    assert "video" in first.why
    assert second.state == "queued"


def test_a_batch_with_nothing_to_make_is_422(shop: Shop, planned: Planned) -> None:
    with pytest.raises(EditaiError) as caught:
        batch.start(shop.shelf, shop.profile, planned(A))
    assert caught.value.title == "422 nothing_to_make"


def test_a_plan_of_one_store_is_not_started_in_another(shop: Shop, planned: Planned, put: Put) -> None:
    put("A.mp4")
    other = shop.shelf.store.create_profile(LOCAL_OWNER, "Other")
    with pytest.raises(EditaiError) as caught:
        batch.start(shop.shelf, other, planned(A))
    assert caught.value.title == "409 batch_of_another_store"


def test_a_batch_of_another_store_is_404(shop: Shop, made: str) -> None:
    other = shop.shelf.store.create_profile(LOCAL_OWNER, "Other")
    for ask in (
        lambda: shop.shelf.feeds.progress(other.id, made),
        lambda: shop.shelf.feeds.batch(other.id, made),
        lambda: batch.retry(shop.shelf, other, made),
        lambda: batch.cancel(shop.shelf, other, made),
        lambda: batch.results(shop.shelf, other, made),
    ):
        with pytest.raises(EditaiError) as caught:
            ask()
        assert caught.value.title == "404 batch_not_found"
    assert batch.coverage(shop.shelf, other) == ()


def test_a_store_that_is_deleted_takes_its_feeds_along(shop: Shop, folder: Path, put: Put) -> None:
    other = shop.shelf.store.create_profile(LOCAL_OWNER, "Other")
    put("A.mp4")
    batch.start(shop.shelf, other, batch.plan(shop.shelf, other, feed_of(A), batch.folder_of(folder)))
    shop.shelf.delete_profile(LOCAL_OWNER, other.id)
    assert shop.shelf.feeds.waiting() is None


# ── once ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_started_is_taken_in_after_a_restart(shop: Shop, planned: Planned, put: Put) -> None:
    put("A.mp4")
    begun = batch.start(shop.shelf, shop.profile, planned(A))
    intake = batch.Intake(shop.settings)
    with library.open(shop.settings) as again:
        intake.start()
        while again.feeds.progress(shop.profile.id, begun).waiting:
            threading.Event().wait(0.05)
        intake.stop()
    assert len(queued(shop)) == 1


def test_a_kill_before_the_job_is_noted_makes_no_second_one(
    shop: Shop, planned: Planned, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("A.mp4")
    batch.start(shop.shelf, shop.profile, planned(A))
    real, killed = Journal.insert, list[bool]()

    def insert(journal: Journal, *given: Any, **named: Any) -> Job:
        if not killed:
            killed.append(True)
            raise KeyboardInterrupt
        job = real(journal, *given, **named)
        raise KeyboardInterrupt(job.id)

    monkeypatch.setattr(Journal, "insert", insert)
    for _ in range(2):  # before the job is there, and at the moment when it is
        with pytest.raises(KeyboardInterrupt):
            batch.take_in(shop.shelf)
    monkeypatch.undo()
    assert batch.take_in(shop.shelf)
    assert len(queued(shop)) == 1


def test_a_product_is_not_submitted_a_second_time(shop: Shop, planned: Planned, put: Put) -> None:
    put("A.mp4")
    begun = started(shop, planned(A))
    with pytest.raises(EditaiError) as caught:
        jobs.submit(shop.shelf, shop.profile, [BOX], script=SCRIPT, batch=begun, sku="A")
    assert caught.value.title == "409 taken_in"
    assert len(queued(shop)) == 1


def test_two_stores_are_taken_in_in_turn(shop: Shop, folder: Path, put: Put) -> None:
    put("A.mp4", "B.mp4")
    stores = [shop.profile, shop.shelf.store.create_profile(LOCAL_OWNER, "Other")]
    for store in stores:
        batch.start(shop.shelf, store, batch.plan(shop.shelf, store, feed_of(A, B), batch.folder_of(folder)))
    order: list[tuple[str, str]] = []
    while found := shop.shelf.feeds.waiting(after=order[-1][0] if order else ""):
        _, profile_id, waiting = found
        order.append((profile_id, waiting.product.sku))
        shop.shelf.feeds.refuse(profile_id, waiting.batch, waiting.product.sku, "Not now.")
    assert [sku for _, sku in order] == ["A", "A", "B", "B"]


# ── what is in the way of all ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """What the disk is said to have free."""
    said = {"bytes": 0}
    monkeypatch.setattr("editai.library.media.Media.free_bytes", lambda _: said["bytes"])
    monkeypatch.setattr("editai.batch.intake.HELD_SECONDS", 0.05)
    return said


@pytest.fixture
def intake(shop: Shop) -> Iterator[batch.Intake]:
    """The app's, started."""
    intake = batch.Intake(shop.settings)
    intake.start()
    yield intake
    intake.stop()


def held(shop: Shop, begun: str) -> str:
    return shop.shelf.feeds.progress(shop.profile.id, begun).held


def test_a_full_disk_is_no_products_fault_and_is_said_once_for_all(
    shop: Shop, planned: Planned, put: Put, free: dict[str, int]
) -> None:
    put("A.mp4", "B.mp4")
    begun = batch.start(shop.shelf, shop.profile, planned(A, B))
    assert not batch.take_in(shop.shelf)
    assert [each.why for each in of(shop, begun)] == ["", ""]
    assert "has 0 bytes free" in held(shop, begun)
    assert "by itself when there is room" in held(shop, begun)
    assert shop.shelf.store.projects(shop.profile.id) == ()


def test_a_disk_that_fills_up_when_all_is_queued_is_said_for_the_batch(
    shop: Shop, planned: Planned, put: Put, free: dict[str, int]
) -> None:
    free["bytes"] = 10**12
    put("A.mp4")
    begun = batch.start(shop.shelf, shop.profile, planned(A))
    assert batch.take_in(shop.shelf)
    assert held(shop, begun) == ""
    free["bytes"] = 0
    (job,) = shop.shelf.journal.jobs(shop.profile.id)
    run = aside(partial(jobs.run_job, job.id, shop.settings), "work")
    wait_for(lambda: "has 0 bytes free" in held(shop, begun), what="the job to wait")
    batch.cancel(shop.shelf, shop.profile, begun)
    assert run.result(HANGS_S).state == "cancelled"


def test_a_disk_that_fills_up_while_a_video_is_copied_holds_the_others_too(
    shop: Shop, planned: Planned, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("A.mp4", "B.mp4")
    begun = batch.start(shop.shelf, shop.profile, planned(A, B))

    def fills_up(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("editai.products.keep", fills_up)
    assert not batch.take_in(shop.shelf)
    assert [each.why for each in of(shop, begun)] == ["", ""]
    assert "is full" in held(shop, begun)


def test_what_waited_for_room_is_taken_in_when_there_is_some(
    shop: Shop, planned: Planned, put: Put, free: dict[str, int], intake: batch.Intake
) -> None:
    put("A.mp4", "B.mp4")
    begun = batch.start(shop.shelf, shop.profile, planned(A, B))
    wait_for(lambda: held(shop, begun), what="the disk to be found full")
    free["bytes"] = 10**12
    wait_for(lambda: len(queued(shop)) == 2, what="both to be taken in")
    wait_for(lambda: not shop.shelf.feeds.held(), what="nothing to be in the way")


def test_what_waits_for_room_can_be_cancelled(shop: Shop, planned: Planned, put: Put, free: dict[str, int]) -> None:
    put("A.mp4")
    begun = batch.start(shop.shelf, shop.profile, planned(A))
    batch.take_in(shop.shelf)
    batch.cancel(shop.shelf, shop.profile, begun)
    assert shop.shelf.feeds.progress(shop.profile.id, begun).over
    assert batch.take_in(shop.shelf)
    assert shop.shelf.feeds.held() == ""


def test_an_error_of_the_intake_itself_reaches_those_who_wait_and_passes(
    shop: Shop, planned: Planned, put: Put, free: dict[str, int], intake: batch.Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    free["bytes"] = 10**12
    put("A.mp4")

    def breaks(*_: object) -> bool:
        raise ValueError("a secret detail")

    with monkeypatch.context() as broken:
        broken.setattr("editai.batch.intake.take_in", breaks)
        begun = batch.start(shop.shelf, shop.profile, planned(A))
        told = wait_for(lambda: held(shop, begun), what="it to be told")
    assert "not foreseen" in told
    assert "secret" not in told
    wait_for(lambda: queued(shop), what="the intake to go on")


def test_a_data_folder_that_cannot_be_opened_is_said_where_the_intake_is_started(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where the folder should be")
    with pytest.raises(EditaiError) as caught:
        batch.Intake(Settings(_env_file=None, home=tmp_path / "home")).start()
    assert caught.value.title == "503 data_folder_unusable"


# ── the same feed again ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_same_feed_again_makes_only_what_failed(shop: Shop, planned: Planned, made: str) -> None:
    seen = planned(A, B)
    assert [(entry.does, entry.why) for entry in seen.entries] == [
        ("made", ""), ("again", "Last time: The renderer broke. Try again."),
    ]  # fmt: skip
    started(shop, seen)
    assert [job.brief.facts.title for job in queued(shop)] == ["Chair"]


def test_what_is_being_made_is_not_made_twice(shop: Shop, planned: Planned, put: Put) -> None:
    put("A.mp4")
    begun = started(shop, planned(A))
    seen = planned(A)
    assert [entry.does for entry in seen.entries] == ["making"]
    again = started(shop, seen)
    assert (again != begun, len(queued(shop)), len(of(shop, again))) == (True, 1, 1)


def test_another_price_makes_the_same_product_again(shop: Shop, planned: Planned, made: str) -> None:
    seen = planned(("A", "Lamp", "$4", "", SCRIPT))
    assert [(entry.does, entry.why) for entry in seen.entries] == [("changed", "Changed: the price.")]
    started(shop, seen)
    (job,) = queued(shop)
    assert job.brief.facts.price == "$4"
    assert len(shop.shelf.store.projects(shop.profile.id)) == 2


def test_a_price_change_needs_no_video_again(shop: Shop, planned: Planned, made: str, folder: Path) -> None:
    (folder / "A.mp4").unlink()
    seen = planned(("A", "Lamp", "$4", "", SCRIPT), ("C", "Table"))
    assert [entry.does for entry in seen.entries] == ["changed", "missing"]
    started(shop, seen)
    assert len(queued(shop)) == 1


def test_an_outdated_job_is_cancelled_for_the_new_one(shop: Shop, planned: Planned, put: Put) -> None:
    put("A.mp4")
    started(shop, planned(A))
    started(shop, planned(("A", "Lamp", "$4", "", SCRIPT)))
    assert [(job.state, job.brief.facts.price) for job in shop.shelf.journal.jobs(shop.profile.id)] == [
        ("queued", "$4"), ("cancelled", "$5"),
    ]  # fmt: skip


def test_a_file_that_was_only_touched_is_the_same_and_another_one_is_not(
    shop: Shop, planned: Planned, made: str, put: Put, folder: Path
) -> None:
    put("A.mp4")  # once more, at another time
    assert planned(A).entries[0].does == "made"
    content = bytearray(BOX.read_bytes())
    content[-1] ^= 1
    (folder / "A.mp4").write_bytes(content)
    assert planned(A).entries[0].why == "Changed: the video."


def test_a_clip_that_was_deleted_is_made_again(shop: Shop, planned: Planned, made: str) -> None:
    shop.shelf.media.delete_clip_media(shop.profile.id, of(shop, made)[0].clip_id or "")
    assert planned(A).entries[0].does == "again"


def test_a_product_that_was_deleted_is_made_anew(shop: Shop, planned: Planned, made: str) -> None:
    shop.shelf.delete_project(shop.profile.id, of(shop, made)[1].project_id or "")
    started(shop, planned(B))
    (job,) = queued(shop)
    assert shop.shelf.store.project(shop.profile.id, job.project_id or "").title == "Chair"


def test_a_script_that_the_owner_wrote_for_a_product_stays(shop: Shop, planned: Planned, put: Put) -> None:
    put("A.mp4")
    begun = started(shop, planned(("A", "Lamp", "$5")))
    products.update(shop.shelf, shop.profile, of(shop, begun)[0].project_id or "", {"script": "Meet the lamp."})
    started(shop, planned(("A", "Lamp", "$4")))
    assert queued(shop)[0].brief.script == "Meet the lamp."


# ── retried, cancelled, told ─────────────────────────────────────────────────────────────────────────────────────


def test_a_retry_makes_what_failed_and_nothing_else(shop: Shop, made: str) -> None:
    assert batch.retry(shop.shelf, shop.profile, made) == 1
    assert [each.state for each in of(shop, made)] == ["done", "queued"]


def test_a_retry_takes_in_what_was_refused(shop: Shop, planned: Planned, put: Put, folder: Path) -> None:
    put("A.mp4")
    whole = (folder / "A.mp4").read_bytes()
    (folder / "A.mp4").write_bytes(whole[:200_000])
    begun = started(shop, planned(A))
    assert of(shop, begun)[0].failed
    (folder / "A.mp4").write_bytes(whole)
    assert batch.retry(shop.shelf, shop.profile, begun) == 1
    batch.take_in(shop.shelf)
    assert of(shop, begun)[0].state == "queued"


def test_a_retry_leaves_alone_what_the_feed_has_to_mend(shop: Shop, planned: Planned, put: Put) -> None:
    put("A.mp4", "B.mp4")
    begun = started(shop, planned(A, ("B", "Chair", "cheap")))
    assert batch.retry(shop.shelf, shop.profile, begun) == 0
    assert of(shop, begun)[1].why == "Line 3: 'cheap' is no price."


def test_cancelling_takes_back_what_waits_and_what_is_queued(shop: Shop, planned: Planned, put: Put) -> None:
    put("A.mp4", "B.mp4")
    begun = started(shop, planned(A))
    begun = batch.start(shop.shelf, shop.profile, planned(A, B))
    batch.cancel(shop.shelf, shop.profile, begun)
    batch.take_in(shop.shelf)
    assert queued(shop) == []
    assert [each.why for each in of(shop, begun)] == ["It was cancelled."] * 2
    assert [batch.state_of(each) for each in of(shop, begun)] == ["cancelled"] * 2  # whether it had a job or not


def test_the_results_are_a_table_that_a_spreadsheet_reads_and_does_not_reckon(
    shop: Shop, planned: Planned, put: Put
) -> None:
    put("A.mp4")
    begun = started(shop, planned(("A", "=1+1", "$5", "", SCRIPT), B))
    end(shop, of(shop, begun)[0].job_id)
    content = batch.results(shop.shelf, shop.profile, begun, ["Line 4 has no title."])
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [(row["sku"], row["title"], row["state"], row["reason"]) for row in rows] == [
        ("A", "'=1+1", "done", ""),
        ("B", "Chair", "missing", "There is no video or photo named B."),
        ("", "", "unread", "Line 4 has no title."),
    ]


# ── coverage ─────────────────────────────────────────────────────────────────────────────────────────────────────


def told(found: tuple[Covered, ...]) -> list[tuple[str, str, str]]:
    return [(each.sku, each.clip, each.why) for each in found]


def test_what_has_no_clip_comes_first_with_its_reason(shop: Shop, made: str) -> None:
    assert told(batch.coverage(shop.shelf, shop.profile)) == [
        ("B", "none", "The renderer broke. Try again."), ("A", "fresh", ""),
    ]  # fmt: skip


def test_a_clip_of_an_older_price_is_stale_until_there_is_a_new_one(shop: Shop, planned: Planned, made: str) -> None:
    begun = started(shop, planned(("A", "Lamp", "$4", "", SCRIPT)))
    assert told(batch.coverage(shop.shelf, shop.profile))[1] == ("A", "stale", "Since then changed: the price.")
    end(shop, of(shop, begun)[0].job_id)
    assert told(batch.coverage(shop.shelf, shop.profile))[1] == ("A", "fresh", "")


def test_a_product_whose_facts_are_as_they_were_is_fresh(shop: Shop, made: str) -> None:
    (*_, fresh) = batch.coverage(shop.shelf, shop.profile)
    assert fresh.clip_id == of(shop, made)[0].clip_id
    assert of(shop, made)[0].product.facts == Facts(title="Lamp", price="$5")


# ── for real ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_a_price_change_speaks_nothing_again_and_looks_at_no_video_again(
    shop: Shop, planned: Planned, put: Put
) -> None:
    put("A.mp4")
    shop.shelf.store.update_profile(LOCAL_OWNER, shop.profile.id, {"format": "1:1", "end_card": False})

    def run(price: str) -> None:
        started(shop, planned(("A", "Lamp", price, "", SCRIPT)))
        job, *_ = queued(shop)
        assert jobs.run_job(job.id, shop.settings).state == "done"

    run("$5")
    before = {stage: shop.results(stage) for stage in ("narration", "footage", "sound", "inserts", "picture")}
    run("$4")
    again = {stage for stage, kept in before.items() if shop.results(stage) != kept}
    assert again == {"inserts", "picture"}
