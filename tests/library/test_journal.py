"""The journal: each job is worked on by one, ends once, and is never lost."""

from __future__ import annotations

import threading
from concurrent.futures import ProcessPoolExecutor

import pytest

from editai import library
from editai.errors import EditaiError, InvalidInput
from editai.library import LOCAL_OWNER, Library
from editai.library.journal_claims import OLDEST, TURN
from editai.library.journal_losses import EXPIRY_SECONDS, TRIES
from editai.models import Brief, Facts, File, Job, Profile, Progress
from editai.settings import Settings

BRIEF = Brief(sources=(File(name="x", sha256="ab" * 32, bytes=1),), facts=Facts(title="Tea"))
HALF = Progress(stage="picture", percent=50, message="Rendering the picture")
DONE = Progress(stage="done", percent=100)


@pytest.fixture
def job(shelf: Library, profile: Profile) -> Job:
    return shelf.journal.insert(profile, BRIEF)


def fall_silent(shelf: Library, job: Job) -> None:
    """As if the last sign of life had been just too long ago."""
    with shelf.database.transaction() as rows:
        rows.execute("UPDATE jobs SET heartbeat = heartbeat - ? WHERE id = ?", (EXPIRY_SECONDS + 1, job.id))


def test_a_new_job_is_queued_with_its_brief(shelf: Library, profile: Profile, job: Job) -> None:
    assert shelf.journal.job(profile.id, job.id) == job
    assert (job.state, job.brief, job.tries, job.progress, job.error) == ("queued", BRIEF, 0, None, None)


def test_a_job_remembers_the_profile_it_was_started_with(shelf: Library, profile: Profile, job: Job) -> None:
    shelf.store.update_profile(LOCAL_OWNER, profile.id, {"name": "Renamed"})
    assert shelf.journal.started_for(job.id) == profile


def test_the_jobs_of_a_product_are_listed_newest_first_and_no_others(shelf: Library, profile: Profile) -> None:
    lamp, _, again = (shelf.journal.insert(profile, BRIEF, project_id=each) for each in ("lamp", "tea", "lamp"))
    assert [job.id for job in shelf.journal.of_project(profile.id, "lamp", 9)] == [again.id, lamp.id]
    assert [job.id for job in shelf.journal.of_project(profile.id, "lamp", 1)] == [again.id]
    assert shelf.journal.of_project("another", "lamp", 9) == ()


def test_a_job_that_was_claimed_at_once_is_never_queued(shelf: Library, profile: Profile) -> None:
    job = shelf.journal.insert(profile, BRIEF, claimed_by="me")
    assert (job.state, job.tries) == ("running", 1)
    assert shelf.journal.claim_next("worker") is None


def test_the_oldest_job_is_claimed_first(shelf: Library, profile: Profile) -> None:
    inserted = [shelf.journal.insert(profile, BRIEF).id for _ in range(3)]
    claimed = [shelf.journal.claim_next(f"worker {number}") for number in range(4)]
    assert [job.id for job in claimed if job] == inserted
    assert claimed[-1] is None


def _claim_all(settings: Settings, token: str) -> list[str]:
    with library.open(settings) as opened:
        claimed = []
        while job := opened.journal.claim_next(token):
            claimed.append(job.id)
        return claimed


def test_no_job_is_claimed_twice_by_many_processes(
    shelf: Library, profile: Profile, settings: Settings, processes: ProcessPoolExecutor
) -> None:
    inserted = {shelf.journal.insert(profile, BRIEF).id for _ in range(200)}
    claimed = list(processes.map(_claim_all, [settings] * 8, [f"worker {number}" for number in range(8)]))
    flat = [job_id for one in claimed for job_id in one]
    assert len(flat) == 200
    assert set(flat) == inserted


def test_a_job_that_runs_cannot_be_claimed(shelf: Library, job: Job) -> None:
    shelf.journal.claim(job.id, "a")
    with pytest.raises(EditaiError) as caught:
        shelf.journal.claim(job.id, "b")
    assert caught.value.title == "409 job_taken"


def test_progress_is_kept_while_it_beats(shelf: Library, profile: Profile, job: Job) -> None:
    shelf.journal.claim(job.id, "a")
    assert shelf.journal.beat(job.id, "a", HALF)
    assert shelf.journal.beat(job.id, "a")
    assert shelf.journal.job(profile.id, job.id).progress == HALF


def test_a_finished_job_has_its_clip(shelf: Library, profile: Profile, job: Job) -> None:
    shelf.journal.claim(job.id, "a")
    assert shelf.journal.finish(job.id, "a", "c" * 32, DONE)
    ended = shelf.journal.job(profile.id, job.id)
    assert (ended.state, ended.clip_id, ended.progress) == ("done", "c" * 32, DONE)
    assert ended.finished_at is not None


def test_a_failed_job_has_its_error(shelf: Library, profile: Profile, job: Job) -> None:
    error = InvalidInput("not_a_video", "This is no video: \ud800.", "Give another.")
    shelf.journal.claim(job.id, "a")
    assert shelf.journal.fail(job.id, "a", error)
    ended = shelf.journal.job(profile.id, job.id)
    assert (ended.state, ended.error) == ("failed", error.as_dict())


# ── who may write ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("what", ["beat", "finish", "fail"])
def test_a_worker_that_was_given_up_is_refused(shelf: Library, profile: Profile, job: Job, what: str) -> None:
    shelf.journal.claim(job.id, "dead")
    shelf.journal.lost("dead")
    shelf.journal.claim(job.id, "alive")
    before = shelf.journal.job(profile.id, job.id)
    assert not _write(shelf, job, "dead", what)
    assert shelf.journal.job(profile.id, job.id) == before


@pytest.mark.parametrize("what", ["beat", "finish", "fail"])
def test_nothing_overwrites_cancelled(shelf: Library, profile: Profile, job: Job, what: str) -> None:
    shelf.journal.claim(job.id, "a")
    shelf.journal.cancel(profile.id, job.id)
    assert not _write(shelf, job, "a", what)
    assert shelf.journal.job(profile.id, job.id).state == "cancelled"


def _write(shelf: Library, job: Job, token: str, what: str) -> bool:
    match what:
        case "beat":
            return shelf.journal.beat(job.id, token, HALF)
        case "finish":
            return shelf.journal.finish(job.id, token, "c" * 32, DONE)
        case _:
            return shelf.journal.fail(job.id, token, InvalidInput("x", "x"))


def test_cancel_and_finish_at_once_have_one_winner(shelf: Library, profile: Profile) -> None:
    for _ in range(30):
        job = shelf.journal.insert(profile, BRIEF, claimed_by="a")
        barrier = threading.Barrier(2)
        finished: list[bool] = []

        def finish(job: Job = job, barrier: threading.Barrier = barrier, finished: list[bool] = finished) -> None:
            barrier.wait()
            finished.append(shelf.journal.finish(job.id, "a", "c" * 32, DONE))

        worker = threading.Thread(target=finish)
        worker.start()
        barrier.wait()
        told = shelf.journal.cancel(profile.id, job.id).state
        worker.join()
        assert shelf.journal.job(profile.id, job.id).state == told == ("done" if finished[0] else "cancelled")


def test_cancelling_a_job_that_has_ended_changes_nothing(shelf: Library, profile: Profile, job: Job) -> None:
    shelf.journal.claim(job.id, "a")
    shelf.journal.finish(job.id, "a", "c" * 32, DONE)
    before = shelf.journal.job(profile.id, job.id)
    assert shelf.journal.cancel(profile.id, job.id) == before


def test_a_queued_job_that_was_cancelled_is_claimed_by_nobody(shelf: Library, profile: Profile, job: Job) -> None:
    shelf.journal.cancel(profile.id, job.id)
    assert shelf.journal.claim_next("a") is None


def test_another_profiles_jobs_do_not_exist(shelf: Library, job: Job) -> None:
    other = shelf.store.create_profile(LOCAL_OWNER, "Other")
    assert shelf.journal.jobs(other.id) == ()
    for operation in (shelf.journal.job, shelf.journal.cancel, shelf.journal.retry):
        with pytest.raises(EditaiError) as caught:
            operation(other.id, job.id)
        assert caught.value.title == "404 job_not_found"
    assert shelf.journal.whosever(job.id) == job


@pytest.mark.parametrize("hostile", ["", "' OR 1=1 --", "\0", "\ud800"], ids=ascii)
def test_an_id_that_is_none_is_not_found(shelf: Library, profile: Profile, hostile: str) -> None:
    with pytest.raises(EditaiError) as caught:
        shelf.journal.job(profile.id, hostile)
    assert caught.value.title == "404 job_not_found"


# ── what is lost is found ────────────────────────────────────────────────────────────────────────────────────────


def test_a_silent_job_goes_back_to_the_queue(shelf: Library, profile: Profile, job: Job) -> None:
    shelf.journal.claim(job.id, "a")
    fall_silent(shelf, job)
    shelf.journal.requeue_expired()
    assert shelf.journal.job(profile.id, job.id).state == "queued"


def test_a_job_that_beats_is_left_alone_however_long_it_takes(shelf: Library, profile: Profile, job: Job) -> None:
    shelf.journal.claim(job.id, "a")
    fall_silent(shelf, job)
    shelf.journal.beat(job.id, "a")
    shelf.journal.requeue_expired()
    assert shelf.journal.job(profile.id, job.id).state == "running"


def test_after_three_tries_a_job_that_was_lost_has_failed(shelf: Library, profile: Profile, job: Job) -> None:
    states = []
    for _ in range(TRIES):
        shelf.journal.claim(job.id, "a")
        fall_silent(shelf, job)
        shelf.journal.requeue_expired()
        states.append(shelf.journal.job(profile.id, job.id).state)
    ended = shelf.journal.job(profile.id, job.id)
    assert states == ["queued", "queued", "failed"]
    assert ended.tries == TRIES
    assert ended.error is not None
    assert ended.error["slug"] == "worker_lost"


def test_the_last_error_that_is_known_is_what_a_job_fails_with(shelf: Library, profile: Profile, job: Job) -> None:
    crashed = EditaiError("worker_lost", "It crashed.")
    for error in (InvalidInput("x", "An earlier one."), crashed, None):
        shelf.journal.claim(job.id, "a")
        assert shelf.journal.job(profile.id, job.id).error is None  # it has not failed
        shelf.journal.lost("a", error)
    ended = shelf.journal.job(profile.id, job.id)
    assert (ended.state, ended.error) == ("failed", crashed.as_dict())


def test_a_job_that_is_done_in_the_end_tells_of_no_error(shelf: Library, profile: Profile, job: Job) -> None:
    shelf.journal.claim(job.id, "a")
    shelf.journal.lost("a", EditaiError("worker_lost", "It crashed."))
    shelf.journal.claim(job.id, "b")
    shelf.journal.finish(job.id, "b", "c" * 32, DONE)
    assert shelf.journal.job(profile.id, job.id).error is None


def test_a_job_that_was_handed_back_counts_no_try(shelf: Library, profile: Profile, job: Job) -> None:
    for _ in range(TRIES + 2):
        shelf.journal.claim(job.id, "a")
        shelf.journal.hand_back("a")
    assert shelf.journal.job(profile.id, job.id).tries == 0
    assert shelf.journal.job(profile.id, job.id).state == "queued"


def test_a_retry_starts_anew_with_the_same_brief(shelf: Library, profile: Profile, job: Job) -> None:
    shelf.journal.claim(job.id, "a")
    shelf.journal.beat(job.id, "a", HALF)
    shelf.journal.fail(job.id, "a", InvalidInput("x", "x"))
    assert shelf.journal.retry(profile.id, job.id) == job


def test_a_worker_that_has_not_heard_of_the_cancel_does_not_hold_the_retry(
    shelf: Library, profile: Profile, job: Job
) -> None:
    shelf.journal.claim(job.id, "slow")
    shelf.journal.cancel(profile.id, job.id)
    shelf.journal.retry(profile.id, job.id)
    assert not shelf.journal.beat(job.id, "slow", HALF)
    shelf.journal.hand_back("slow")
    assert shelf.journal.job(profile.id, job.id).state == "queued"


@pytest.mark.parametrize(("state", "title"), [("queued", "409 job_not_ended"), ("done", "409 job_done")])
def test_only_what_failed_or_was_cancelled_is_retried(
    shelf: Library, profile: Profile, job: Job, state: str, title: str
) -> None:
    if state == "done":
        shelf.journal.claim(job.id, "a")
        shelf.journal.finish(job.id, "a", "c" * 32, DONE)
    with pytest.raises(EditaiError) as caught:
        shelf.journal.retry(profile.id, job.id)
    assert caught.value.title == title


def test_a_worker_clings_to_a_cancelled_job_until_it_lets_go(shelf: Library, profile: Profile, job: Job) -> None:
    shelf.journal.claim(job.id, "a")
    assert shelf.journal.clinging(0) == set()
    shelf.journal.cancel(profile.id, job.id)
    assert shelf.journal.clinging(60) == set()
    assert shelf.journal.clinging(0) == {"a"}
    shelf.journal.hand_back("a")
    assert shelf.journal.clinging(0) == set()


def test_jobs_are_listed_newest_first_and_counted(shelf: Library, profile: Profile) -> None:
    inserted = [shelf.journal.insert(profile, BRIEF).id for _ in range(3)]
    shelf.journal.claim_next("a")
    assert [job.id for job in shelf.journal.jobs(profile.id)] == inserted[::-1]
    assert shelf.journal.counts() == {"queued": 2, "running": 1}


def test_of_many_jobs_the_newest_few_are_listed_or_the_oldest_that_are_open(shelf: Library, profile: Profile) -> None:
    inserted = [shelf.journal.insert(profile, BRIEF).id for _ in range(4)]
    shelf.journal.cancel(profile.id, inserted[0])
    shelf.journal.claim(inserted[1], "a")
    assert [job.id for job in shelf.journal.jobs(profile.id, 2)] == inserted[:1:-1]
    assert [job.id for job in shelf.journal.unended(profile.id)] == inserted[1:]
    assert [job.id for job in shelf.journal.unended(profile.id, 1)] == inserted[1:2]


# ── whose turn it is ─────────────────────────────────────────────────────────────────────────────────────────────


def taken(shelf: Library, count: int = 1) -> list[str]:
    """Who gets the next so many turns, each job done before the next is claimed."""
    stores = []
    for number in range(count):
        job = shelf.journal.claim_next(f"worker {number}")
        assert job is not None
        stores.append(job.profile_id or "")
        shelf.journal.finish(job.id, f"worker {number}", "c" * 32, DONE)
    return stores


def test_what_somebody_waits_for_goes_before_a_batch(shelf: Library, profile: Profile) -> None:
    batched = shelf.journal.insert(profile, BRIEF, batch="b" * 32)
    clicked = shelf.journal.insert(profile, BRIEF)
    assert [shelf.journal.claim_next("a"), shelf.journal.claim_next("b")] == [
        shelf.journal.whosever(clicked.id),
        shelf.journal.whosever(batched.id),
    ]
    assert (clicked.batch, batched.batch) == (None, "b" * 32)


def test_a_retry_keeps_its_place_behind_what_somebody_waits_for(shelf: Library, profile: Profile) -> None:
    batched = shelf.journal.insert(profile, BRIEF, batch="b" * 32)
    shelf.journal.cancel(profile.id, batched.id)
    assert shelf.journal.retry(profile.id, batched.id).batch == "b" * 32


def test_stores_take_turns_however_much_one_has_queued(shelf: Library, profile: Profile) -> None:
    other = shelf.store.create_profile(LOCAL_OWNER, "Other")
    for store, count in ((profile, 6), (other, 3)):
        for _ in range(count):
            shelf.journal.insert(store, BRIEF)
    turns = taken(shelf, 9)
    assert [turns[at : at + 2].count(other.id) for at in (0, 2, 4)] == [1, 1, 1]
    assert turns[6:] == [profile.id] * 3


def test_a_store_that_comes_later_does_not_catch_up_at_the_others_cost(shelf: Library, profile: Profile) -> None:
    for _ in range(8):
        shelf.journal.insert(profile, BRIEF)
    taken(shelf, 4)
    other = shelf.store.create_profile(LOCAL_OWNER, "Other")
    for _ in range(4):
        shelf.journal.insert(other, BRIEF)
    turns = taken(shelf, 6)
    assert turns == [other.id, profile.id] * 3


def test_the_store_of_which_fewest_jobs_run_is_next(shelf: Library, profile: Profile) -> None:
    other = shelf.store.create_profile(LOCAL_OWNER, "Other")
    for store in (profile, other, other):
        shelf.journal.insert(store, BRIEF)
    for number in range(2):  # both run one
        shelf.journal.claim_next(f"worker {number}")
    for _ in range(2):
        shelf.journal.insert(profile, BRIEF)
    last = [job for job in shelf.journal.jobs(other.id) if job.state == "running"]
    shelf.journal.cancel(other.id, last[0].id)
    third = shelf.journal.claim_next("worker 2")
    assert third is not None
    assert third.profile_id == other.id


def test_a_turn_is_found_quickly_however_much_is_queued(shelf: Library) -> None:
    """Not one of the queries reads a queue from end to end, or sorts it."""
    with shelf.database.read() as rows:
        for query, values in ((TURN, ()), (OLDEST, (0, ""))):
            steps = [row["detail"] for row in rows.execute(f"EXPLAIN QUERY PLAN {query}", values).fetchall()]
            reading = [step for step in steps if " jobs " in step]
            assert all(" USING INDEX " in step for step in reading), steps
            assert [step for step in reading if step.startswith("SCAN")] == reading[:1] * (query is TURN)  # LIMIT 1


def test_every_store_is_served_alike_by_many_processes(
    shelf: Library, profile: Profile, settings: Settings, processes: ProcessPoolExecutor
) -> None:
    other = shelf.store.create_profile(LOCAL_OWNER, "Other")
    for store in (profile, other):
        for _ in range(100):
            shelf.journal.insert(store, BRIEF)
    list(processes.map(_claim_some, [settings] * 5, [f"worker {number}" for number in range(5)]))
    running = {store.id: shelf.journal.activity(store.id) for store in (profile, other)}
    with shelf.database.read() as rows:
        found = rows.execute("SELECT profile_id, count(*) FROM jobs WHERE state = 'running' GROUP BY 1").fetchall()
    assert {row[0]: row[1] for row in found} == dict.fromkeys(running, 50)


def _claim_some(settings: Settings, token: str) -> None:
    with library.open(settings) as opened:
        for _ in range(20):
            opened.journal.claim_next(token)


# ── paused ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_begins_while_the_queue_is_paused_and_what_runs_goes_on(
    shelf: Library, profile: Profile, job: Job
) -> None:
    running = shelf.journal.claim_next("a")
    waiting = shelf.journal.insert(profile, BRIEF)
    shelf.journal.pause()
    assert shelf.journal.claim_next("b") is None
    assert shelf.journal.waits() == 0
    assert running is not None
    assert shelf.journal.finish(running.id, "a", "c" * 32, DONE)
    shelf.journal.resume()
    assert shelf.journal.waits() == 1
    taken = shelf.journal.claim_next("b")
    assert taken is not None
    assert taken.id == waiting.id


def test_a_queued_job_says_that_the_queue_is_paused(shelf: Library, profile: Profile, job: Job) -> None:
    running = shelf.journal.insert(profile, BRIEF, claimed_by="a")
    shelf.journal.pause()
    assert {each.id: each.paused for each in shelf.journal.jobs(profile.id)} == {job.id: True, running.id: False}
    assert shelf.journal.job(profile.id, job.id).paused
    shelf.journal.resume()
    assert not shelf.journal.job(profile.id, job.id).paused


def test_a_pause_outlives_the_app(shelf: Library, settings: Settings) -> None:
    shelf.journal.pause()
    with library.open(settings) as again:
        assert again.journal.is_paused()
