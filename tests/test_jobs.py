"""Jobs: refused early, run once, ended always; what went wrong is a sentence in the row."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from editai import captions, footage, jobs, plan, quality, render, script, voices
from editai.aside import aside
from editai.errors import EditaiError
from editai.library import LOCAL_OWNER, Media
from editai.library.feeds import NO_ROOM
from editai.library.sqlite import SqliteStore
from editai.models import Clip, Job, Voice
from tests.conftest import BOX
from tests.processes import HANGS_S, half_made, held, is_gone, left_running, renderers, wait_for
from tests.shop import SCRIPT, Shop

# ── several clips at once ────────────────────────────────────────────────────────────────────────────────────────


def each(shop: Shop, **wishes: Any) -> list[Job]:
    return jobs.submit_each(shop.shelf, shop.profile, (BOX,), script=SCRIPT, **wishes)


def test_a_job_is_queued_for_each_format_and_variant(shop: Shop) -> None:
    queued = each(shop, format="1:1", more_formats=["9:16"], variants=2, seed=5)
    assert [(job.brief.format, job.brief.seed) for job in queued] == [("1:1", 5), ("1:1", 6), ("9:16", 5), ("9:16", 6)]


def test_several_clips_are_of_one_product(shop: Shop) -> None:
    queued = each(shop, variants=3)
    (product,) = shop.shelf.store.projects(shop.profile.id)
    assert {job.project_id for job in queued} == {product.id}
    assert product.brief == queued[0].brief


def test_the_same_format_twice_is_one_clip(shop: Shop) -> None:
    assert len(each(shop, more_formats=["9:16", "9:16"])) == 1


@pytest.mark.parametrize(
    ("wish", "title"),
    [
        ({"variants": 0}, "422 variants_invalid"),
        ({"variants": 11}, "422 variants_invalid"),
        ({"variants": "2"}, "422 variants_invalid"),
        ({"more_formats": ["16:10"]}, "422 choice_unknown"),
    ],
    ids=str,
)
def test_several_that_cannot_be_made_are_refused_before_the_first(shop: Shop, wish: dict[str, Any], title: str) -> None:
    with pytest.raises(EditaiError) as caught:
        each(shop, **wish)
    assert caught.value.title == title
    assert_nothing_was_begun(shop)


# ── asked for once more ──────────────────────────────────────────────────────────────────────────────────────────


def again(shop: Shop, token: str = "a second one", **wishes: Any) -> list[str]:
    """The jobs of a command that makes two formats and runs them itself."""
    return [job.id for job in each(shop, more_formats=["1:1"], claimed_by=token, **wishes)]


def test_a_command_that_is_given_again_goes_on_with_the_jobs_that_it_left(shop: Shop) -> None:
    left = again(shop, "killed")
    assert again(shop) == left
    assert len(shop.shelf.store.projects(shop.profile.id)) == 1


def test_another_wish_is_another_job(shop: Shop) -> None:
    assert not {*again(shop, "killed")} & {*again(shop, seed=1)}


def test_a_store_that_was_changed_meanwhile_gets_another_job(shop: Shop) -> None:
    left = again(shop, "killed")
    shop.shelf.store.update_profile(LOCAL_OWNER, shop.profile.id, {"call_to_action": "Come in."})
    assert not {*left} & {*again(shop.with_kit())}


def test_what_has_ended_is_made_again(shop: Shop) -> None:
    left = again(shop, "killed")
    shop.shelf.journal.cancel_all(shop.profile.id)
    assert not {*left} & {*again(shop)}


# ── refused before any work ──────────────────────────────────────────────────────────────────────────────────────


def _playlist(path: Path) -> None:
    path.write_text("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")


BAD_FILES: dict[str, tuple[Callable[[Path], object], str]] = {
    "not there": (lambda path: None, "422 not_a_video"),
    "a folder": (lambda path: path.mkdir(), "422 not_a_video"),
    "zero bytes": (lambda path: path.write_bytes(b""), "422 empty_file"),
    "a text": (lambda path: path.write_text("my notes"), "422 not_a_video"),
    "a playlist": (_playlist, "422 not_a_video"),
    "cut off": (lambda path: path.write_bytes(BOX.read_bytes()[:200_000]), "422 truncated_video"),
}


def assert_nothing_was_begun(shop: Shop) -> None:
    assert shop.shelf.journal.jobs(shop.profile.id) == ()
    assert shop.shelf.store.projects(shop.profile.id) == ()
    assert not shop.shelf.media.folder(shop.profile.id).exists()


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_file_that_is_no_video_is_refused(shop: Shop, tmp_path: Path, kind: str) -> None:
    make, title = BAD_FILES[kind]
    make(tmp_path / "video.mp4")
    with pytest.raises(EditaiError) as caught:
        shop.submit(BOX, tmp_path / "video.mp4")
    assert caught.value.title == title
    assert caught.value.hint
    assert_nothing_was_begun(shop)


@pytest.mark.parametrize(
    ("wish", "title"),
    [
        ({"voice": Voice(engine="kokoro", name="nobody")}, "422 voice_not_found"),
        ({"voice": Voice(engine="", name="")}, "422 voice_not_found"),
        ({"caption_style": "nothing"}, "422 caption_style_not_found"),
        ({"format": "16:10"}, "422 choice_unknown"),
        ({"encoder": "h263"}, "422 choice_unknown"),
        ({"source_sound": "loud"}, "422 choice_unknown"),
        ({"platforms": ("myspace",)}, "422 platform_unknown"),
        ({"script": "word " * 20_000}, "422 script_too_long"),
        ({"script": " \n\t "}, "422 script_empty"),
        ({"script": "Хороший чай для всей семьи на каждый день."}, "422 script_language"),
    ],
    ids=str,
)
def test_a_wish_that_cannot_be_met_is_refused(shop: Shop, wish: dict[str, Any], title: str) -> None:
    with pytest.raises(EditaiError) as caught:
        shop.submit(**wish)
    assert caught.value.title == title
    assert_nothing_was_begun(shop)


def test_no_video_at_all_is_refused(shop: Shop) -> None:
    with pytest.raises(EditaiError) as caught:
        jobs.submit(shop.shelf, shop.profile, [], script=SCRIPT)
    assert caught.value.title == "422 no_video"


@pytest.mark.parametrize("sound", ["none", "without speech"])
def test_nothing_to_say_is_refused(shop: Shop, ffmpeg: Callable[..., None], tmp_path: Path, sound: str) -> None:
    video = BOX
    if sound == "none":
        video = tmp_path / "mute.mp4"
        ffmpeg("-i", BOX, "-an", "-c", "copy", video)
    with pytest.raises(EditaiError) as caught:
        shop.submit(video, script="")
    assert caught.value.title == "422 nothing_to_say"
    assert_nothing_was_begun(shop)


@pytest.mark.parametrize(
    ("limits", "title"),
    [
        ({"max_source_minutes": 0.1}, "413 too_long"),
        ({"max_source_bytes": 1000}, "413 too_large"),
        ({"min_free_bytes": 10**18}, "507 disk_full"),
    ],
    ids=str,
)
def test_the_settings_limits_hold(shop: Shop, limits: dict[str, Any], title: str) -> None:
    shop.shelf = replace(shop.shelf, settings=shop.settings.model_copy(update=limits))
    with pytest.raises(EditaiError) as caught:
        shop.submit()
    assert caught.value.title == title
    assert_nothing_was_begun(shop)


@pytest.mark.parametrize(
    "name", ["it's 100% {mine}.mp4", "-y.mp4", "a'b:c\\d[e];f,g.mp4", "größe 茶 🍵.mov"], ids=ascii
)
def test_a_hostile_file_name_is_only_a_name(shop: Shop, copy_of: Callable[[Path, str], Path], name: str) -> None:
    job = shop.submit(copy_of(BOX, name))
    [file] = job.brief.sources
    assert file.name == file.sha256
    assert name not in job.model_dump_json()


# ── run ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def first_done(busy: Shop) -> Job:
    return [job for job in busy.shelf.journal.jobs(busy.profile.id) if job.state == "done"][-1]


@pytest.mark.slow
def test_a_job_that_is_done_has_a_clip_in_its_profile(busy: Shop) -> None:
    job = first_done(busy)
    assert job.progress is not None
    assert job.clip_id is not None
    clip = busy.shelf.store.clip(busy.profile.id, job.clip_id)
    assert (job.progress.percent, job.progress.stage, job.tries, job.error) == (100, "done", 1, None)
    assert (clip.job_id, clip.title) == (job.id, SCRIPT)
    assert (clip.project_id, clip.brief) == (job.project_id, job.brief)
    assert clip.path(clip.video).stat().st_size == clip.video.bytes
    assert busy.shelf.media.report(clip).script == SCRIPT


@pytest.mark.slow
def test_a_job_runs_once(busy: Shop) -> None:
    done = first_done(busy)
    with pytest.raises(EditaiError) as caught:
        jobs.run_job(done.id, busy.settings)
    assert caught.value.title == "409 job_taken"


@pytest.mark.slow
def test_only_who_claimed_a_job_runs_it(busy: Shop) -> None:
    job = busy.submit(claimed_by="somebody")
    with pytest.raises(EditaiError) as caught:
        jobs.run_job(job.id, busy.settings, "somebody else")
    assert caught.value.title == "409 job_taken"
    assert jobs.run_job(job.id, busy.settings, "somebody").state == "done"


@pytest.mark.slow
def test_a_retry_after_the_clip_was_kept_keeps_it_once(busy: Shop) -> None:
    """As after a crash between keeping the clip and writing that the job is done."""
    job = busy.submit()
    assert jobs.run_job(job.id, busy.settings).state == "done"
    with busy.shelf.database.transaction() as rows:
        rows.execute("UPDATE jobs SET state = 'queued', clip_id = NULL WHERE id = ?", (job.id,))
    again = jobs.run_job(job.id, busy.settings)
    assert [clip.id for clip in busy.shelf.store.clips(busy.profile.id) if clip.job_id == job.id] == [again.clip_id]


@pytest.mark.slow
def test_another_try_first_ends_what_the_one_before_left_running(busy: Shop) -> None:
    """Whoever took the job back may have looked while the killed worker was still ending, and let its ffmpeg live."""
    job = busy.submit(claimed_by="killed")
    busy.shelf.journal.lost("killed")
    orphan = left_running(busy.shelf.media.cache(busy.profile.id) / "picture" / ".999999999.x")
    assert jobs.run_job(job.id, busy.settings).state == "done"
    assert is_gone(orphan.pid)
    assert half_made(busy.settings.home) == []


@pytest.mark.slow
def test_following_shows_each_change_up_to_the_end(busy: Shop) -> None:
    job = busy.submit()
    following = jobs.follow(busy.shelf, busy.profile.id, job.id, poll_s=0.01)
    rows = [next(following)]
    thread = threading.Thread(target=jobs.run_job, args=(job.id, busy.settings))
    thread.start()
    rows += following
    thread.join()
    assert rows[0].state == "queued"
    assert rows[-1].state == "done"
    assert all(before != after for before, after in pairwise(rows))


# ── cancelled, stopped, deleted ──────────────────────────────────────────────────────────────────────────────────


def started(shop: Shop, job: Job, stage: str, **more: Any) -> threading.Thread:
    """Run the job in a thread, up to where it works in `stage`; an ffmpeg that draws the picture then stands still."""
    thread = threading.Thread(target=jobs.run_job, args=(job.id, shop.settings), kwargs=more)
    thread.start()

    def is_there() -> bool:
        progress = shop.job(job.id).progress
        return progress is not None and progress.stage == stage

    wait_for(is_there, what=f"the job to be in stage {stage}")
    if stage == "picture":
        wait_for(lambda: held(shop.settings.home), what="ffmpeg")
    return thread


@pytest.mark.slow
def test_cancelling_ends_ffmpeg_and_a_retry_goes_on_from_the_last_finished_stage(busy: Shop) -> None:
    job = busy.submit(caption_style="clean")
    thread = started(busy, job, "picture")
    narrations, pictures = busy.results("narration"), busy.results("picture")
    assert jobs.cancel(busy.shelf, busy.profile.id, job.id).state == "cancelled"
    wait_for(lambda: not renderers(busy.settings.home), seconds=10, what="ffmpeg to end")
    thread.join()
    assert busy.job(job.id).state == "cancelled"
    assert half_made(busy.settings.home) == []
    assert busy.results("picture") == pictures

    assert jobs.retry(busy.shelf, busy.profile.id, job.id).state == "queued"
    assert jobs.run_job(job.id, busy.settings).state == "done"
    assert busy.results("narration") == narrations


@pytest.mark.slow
def test_a_job_that_is_asked_to_stop_goes_back_to_the_queue(busy: Shop) -> None:
    job = busy.submit(hook_card=True)
    stopping = threading.Event()
    thread = started(busy, job, "picture", stopping=stopping)
    stopping.set()
    thread.join()
    left = busy.job(job.id)
    assert (left.state, left.tries) == ("queued", 0)
    assert renderers(busy.settings.home) == []
    jobs.cancel(busy.shelf, busy.profile.id, job.id)


@pytest.mark.slow
def test_deleting_the_profile_ends_its_job_and_leaves_no_file(busy: Shop) -> None:
    gone = busy.shelf.store.create_profile(LOCAL_OWNER, "Gone soon")
    job = jobs.submit(busy.shelf, gone, [BOX], script=SCRIPT)
    thread = started(busy, job, "narration")
    busy.shelf.delete_profile(LOCAL_OWNER, gone.id)
    thread.join()
    left = busy.job(job.id)
    assert (left.state, left.profile_id) == ("cancelled", None)
    assert not busy.shelf.media.folder(gone.id).exists()


@pytest.mark.slow
def test_a_product_that_is_deleted_while_its_clip_is_being_kept_takes_it_along(
    busy: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, keep = busy.submit(), SqliteStore.add_clip

    def late(store: SqliteStore, clip: Clip) -> None:
        busy.shelf.delete_project(busy.profile.id, job.project_id or "")
        keep(store, clip)

    monkeypatch.setattr(SqliteStore, "add_clip", late)
    assert jobs.run_job(job.id, busy.settings).state == "cancelled"
    clip_id = uuid.uuid5(uuid.NAMESPACE_OID, job.id).hex
    assert clip_id not in {clip.id for clip in busy.shelf.store.clips(busy.profile.id)}
    assert not busy.shelf.media.clip_folder(busy.profile.id, clip_id).exists()


# ── what goes wrong ends in a sentence ───────────────────────────────────────────────────────────────────────────


def fails(*_: object, **__: object) -> Any:
    raise ValueError("a secret detail of /home/somebody")


STEPS: dict[str, tuple[object, str]] = {
    "script": (script, "settle"),
    "narration": (voices, "speak"),
    "footage": (footage, "look"),
    "cues": (captions, "make_cues"),
    "plan": (plan, "make"),
    "subtitles": (captions, "write"),
    "sound": (render, "mix"),
    "picture": (render, "draw"),
    "report": (quality, "measure"),
    "heard": (quality, "listen"),
    "clip": (Media, "keep_clip"),
}


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS)
def test_a_fault_in_any_step_fails_the_job_with_a_sentence(
    busy: Shop, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    job = busy.submit()
    where, name = STEPS[step]
    monkeypatch.setattr(where, name, fails)
    with busy.without(step):
        ended = jobs.run_job(job.id, busy.settings)
    monkeypatch.undo()
    assert ended.state == "failed"
    assert ended.error is not None
    assert (ended.error["status"], ended.error["slug"]) == (500, "internal_error")
    assert "secret" not in ended.model_dump_json()
    assert "a secret detail" in (busy.settings.home / "logs" / f"job-{job.id}.log").read_text("utf-8")
    assert half_made(busy.settings.home) == []


def test_a_log_that_cannot_be_written_does_not_keep_the_job_running(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = shop.submit()
    (shop.settings.home / "logs").write_text("a file where the folder should be")
    monkeypatch.setattr(script, "from_draft", fails)
    ended = jobs.run_job(job.id, shop.settings)
    assert ended.state == "failed"
    assert ended.error is not None
    assert ended.error["slug"] == "internal_error"


def test_an_end_that_cannot_be_written_counts_as_a_try_and_is_told_after_the_last(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from editai.library import Journal

    job = shop.submit()
    monkeypatch.setattr(script, "from_draft", fails)
    monkeypatch.setattr(Journal, "fail", fails)
    for _ in range(3):
        with pytest.raises(ValueError, match="secret"):
            jobs.run_job(job.id, shop.settings)
    ended = shop.job(job.id)
    assert (ended.state, ended.tries) == ("failed", 3)
    assert ended.error is not None
    assert ended.error["slug"] == "internal_error"


def test_a_job_shows_that_it_lives_while_its_work_says_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    job, go_on = shop.submit(), threading.Event()

    def hangs(*_: object) -> None:
        go_on.wait(60)
        raise ValueError

    def beat() -> float:
        with shop.shelf.database.read() as rows:
            return float(rows.execute("SELECT coalesce(heartbeat, 0) FROM jobs WHERE id = ?", (job.id,)).fetchone()[0])

    monkeypatch.setattr(script, "from_draft", hangs)
    worker = threading.Thread(target=jobs.run_job, args=(job.id, shop.settings))
    worker.start()
    first = wait_for(beat, what="a heartbeat")
    wait_for(lambda: beat() > first + 1, what="another one")
    go_on.set()
    worker.join()
    assert shop.job(job.id).state == "failed"


def test_an_error_of_ours_is_kept_as_it_is(shop: Shop) -> None:
    job = shop.submit()
    shop.shelf.media.source(shop.profile.id, job.brief.sources[0]).unlink()
    ended = jobs.run_job(job.id, shop.settings)
    assert ended.state == "failed"
    assert ended.error is not None
    assert (ended.error["status"], ended.error["slug"]) == (404, "source_not_found")


def test_old_logs_do_not_pile_up(shop: Shop) -> None:
    for number in range(jobs.KEPT_LOGS + 5):
        jobs.unexpected(ValueError("x"), f"job-{number}", shop.settings)
    assert len(list((shop.settings.home / "logs").iterdir())) == jobs.KEPT_LOGS


# ── a disk that fills up while jobs are queued ───────────────────────────────────────────────────────────────────


@pytest.fixture
def waiting(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> tuple[Job, dict[str, int], Future[Job]]:
    """A job that waits for room, what the disk is said to have free, and its run."""
    job, free = shop.submit(), {"bytes": shop.settings.min_free_bytes + 10_000_000}  # too little for its clip
    monkeypatch.setattr("editai.library.media.Media.free_bytes", lambda _: free["bytes"])
    monkeypatch.setattr(jobs, "ROOM_SECONDS", 0.05)
    monkeypatch.setattr(script, "from_draft", fails)
    run = aside(partial(jobs.run_job, job.id, shop.settings), "work")
    wait_for(lambda: (now := shop.job(job.id).progress) and NO_ROOM in now.message, what="the job to wait")
    return job, free, run


def test_it_waits_says_what_it_needs_and_goes_on_by_itself(
    shop: Shop, waiting: tuple[Job, dict[str, int], Future[Job]]
) -> None:
    job, free, run = waiting
    told = shop.job(job.id)
    assert (told.state, told.error) == ("running", None)
    assert told.progress is not None
    assert "has 510.0 MB free; this needs" in told.progress.message
    free["bytes"] = 10**12
    ended = run.result(HANGS_S)
    assert ended.error is not None
    assert ended.error["slug"] == "internal_error"  # it has begun, and failed of what was put in its way


def test_one_that_waits_for_room_can_be_cancelled(shop: Shop, waiting: tuple[Job, dict[str, int], Future[Job]]) -> None:
    job, _, run = waiting
    jobs.cancel(shop.shelf, shop.profile.id, job.id)
    assert run.result(HANGS_S).state == "cancelled"


# ── one render at a time ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_job_waits_for_the_render_slot_and_says_so(busy: Shop) -> None:
    with FileLock(busy.settings.home / "render-0.lock"):
        job = busy.submit()
        worker = threading.Thread(target=jobs.run_job, args=(job.id, busy.settings))
        worker.start()
        wait_for(lambda: (now := busy.job(job.id).progress) and "Waiting" in now.message, what="the job to wait")
        assert busy.job(job.id).state == "running"
    worker.join()
    assert busy.job(job.id).state == "done"


def test_a_job_that_waits_for_the_render_slot_can_be_cancelled(busy: Shop) -> None:
    with FileLock(busy.settings.home / "render-0.lock"):
        job = busy.submit()
        worker = threading.Thread(target=jobs.run_job, args=(job.id, busy.settings))
        worker.start()
        wait_for(lambda: busy.job(job.id).progress is not None, what="the job to wait")
        jobs.cancel(busy.shelf, busy.profile.id, job.id)
        worker.join(5)
        assert not worker.is_alive()
    assert busy.job(job.id).state == "cancelled"
