"""Keeping the data folder in order: what is of no use goes, and what a clip, a job or a store needs stays."""

from __future__ import annotations

import os
import shutil
import time
import uuid
from dataclasses import replace
from pathlib import Path

import pytest

from editai import housekeeping, jobs
from editai.cli import main
from editai.errors import EditaiError, NotFound
from editai.housekeeping import clean
from editai.library import LOCAL_OWNER, Library
from editai.library.depot import Depot
from editai.library.journal_losses import EXPIRY_SECONDS
from editai.models import Artifact, Clip, File, Picture, Profile, Step, Voice, Work, finished
from editai.settings import Settings
from editai.stages import StageCache
from editai.voices.base import CLONE_FILE
from tests.library.samples import PICTURE_FILES, SUBTITLES, a_brief, a_plan, a_report
from tests.shop import SCRIPT, Shop

LONG_AGO = 90 * 86_400


class Sound(Artifact):
    audio: File


@pytest.fixture
def profile(shelf: Library) -> Profile:
    return shelf.store.default_profile(LOCAL_OWNER)


def made(shelf: Library, profile: Profile, stage: str, seconds_ago: float = LONG_AGO, size: int = 1000) -> Sound:
    """A result of a stage, of so many bytes, that was used last so long ago."""

    def work(folder: Path) -> Work[Sound]:
        yield Step(1.0)
        (folder / "a.wav").write_bytes(os.urandom(size))
        return Sound(audio=File.of(folder / "a.wav"))

    sound = finished(StageCache(shelf.media.cache(profile.id)).run(stage, 1, {"key": uuid.uuid4().hex}, work, Sound))
    then = time.time() - seconds_ago
    os.utime(sound.folder, (then, then))
    return sound


def kept(shelf: Library, profile: Profile, folder: Path, job_id: str, *, row: bool = True, says: str = "") -> Clip:
    """A clip as a job keeps it, whose plan names the sound `says`; without a `row` as after a kill."""
    folder.mkdir()
    for name in PICTURE_FILES.values():
        (folder / name).write_bytes(os.urandom(1000))
    picture = Picture(folder=folder, **{field: File.of(folder / name) for field, name in PICTURE_FILES.items()})
    source = a_plan().sources[0]
    heard = source.model_copy(update={"file": source.file.model_copy(update={"sha256": says or "ef" * 32})})
    plan = a_plan().model_copy(update={"sources": (heard,)})
    clip = shelf.media.keep_clip(profile.id, job_id, a_brief(), plan, picture, SUBTITLES, a_report("Tea"))
    if row:
        shelf.store.add_clip(clip)
    return clip


def limited(shelf: Library, size: int) -> Library:
    return replace(shelf, settings=shelf.settings.model_copy(update={"max_cache_bytes": size}))


def freed(shelf: Library, **how: bool) -> dict[str, int]:
    return {each.what: each.number for each in clean(shelf, **how) if each.number}


# ── the limit of the cache ───────────────────────────────────────────────────────────────────────────────────────


def test_what_was_not_used_for_longest_goes_first_whosever_it_is(shelf: Library, profile: Profile) -> None:
    other = shelf.store.create_profile(LOCAL_OWNER, "Other")
    oldest = made(shelf, other, "picture", LONG_AGO + 20)
    middle = made(shelf, profile, "picture", LONG_AGO + 10)
    newest = made(shelf, other, "picture", LONG_AGO)
    assert freed(limited(shelf, 2500)) == {"unused finished step": 1}
    assert [each.folder.exists() for each in (oldest, middle, newest)] == [False, True, True]


def test_nothing_goes_while_there_is_room(shelf: Library, profile: Profile) -> None:
    made(shelf, profile, "picture")
    assert freed(limited(shelf, 10_000)) == {}


def test_what_was_used_a_moment_ago_stays(shelf: Library, profile: Profile) -> None:
    now = made(shelf, profile, "picture", seconds_ago=30)
    assert freed(limited(shelf, 0)) == {}
    assert now.folder.exists()


def test_what_was_used_since_the_oldest_running_job_began_stays(shelf: Library, profile: Profile) -> None:
    shelf.journal.insert(profile, a_brief(), claimed_by="somewhere else")
    with shelf.database.transaction() as rows:
        rows.execute("UPDATE jobs SET started_at = '2026-01-01T00:00:00+00:00'")
    used_by_it = made(shelf, profile, "narration", LONG_AGO)
    assert freed(limited(shelf, 0)) == {}
    assert used_by_it.folder.exists()


def test_the_speech_that_a_kept_clip_speaks_stays(shelf: Library, profile: Profile, tmp_path: Path) -> None:
    said, unsaid, drawn = (made(shelf, profile, stage) for stage in ("narration", "narration", "sound"))
    kept(shelf, profile, tmp_path / "clip", "a job", says=said.audio.sha256)
    clean(limited(shelf, 0))
    assert [each.folder.exists() for each in (said, unsaid, drawn)] == [True, False, False]


def test_the_speech_of_a_clip_whose_pauses_were_shortened_stays_as_it_was_too(
    shelf: Library, profile: Profile, tmp_path: Path
) -> None:
    whole, shortened = made(shelf, profile, "narration"), made(shelf, profile, "pauses")
    kept(shelf, profile, tmp_path / "clip", "a job", says=shortened.audio.sha256)
    clean(limited(shelf, 0))
    assert [each.folder.exists() for each in (whole, shortened)] == [True, True]


def test_what_a_language_model_wrote_stays(shelf: Library, profile: Profile) -> None:
    written = [made(shelf, profile, stage) for stage in ("script", "translation")]
    clean(limited(shelf, 0))
    assert all(each.folder.exists() for each in written)


def test_a_clip_is_whole_after_its_picture_was_evicted(shelf: Library, profile: Profile, tmp_path: Path) -> None:
    drawn = made(shelf, profile, "picture")
    folder = shelf.media.folder(profile.id) / "clips" / ("c" * 32)
    folder.mkdir(parents=True)
    os.link(drawn.path(drawn.audio), folder / "clip.mp4")
    shelf.store.add_clip(kept(shelf, profile, tmp_path / "clip", "a job").model_copy(update={"id": "c" * 32}))
    clean(limited(shelf, 0))
    assert File.of(folder / "clip.mp4").sha256 == drawn.audio.sha256


def test_the_limit_is_ten_gigabytes_or_a_tenth_of_a_smaller_disk(shelf: Library) -> None:
    disk = shutil.disk_usage(shelf.media.home).total
    assert housekeeping.cache_limit(shelf) == min(10_000_000_000, disk // 10)


# ── what is left over ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_clips_folder_without_a_row_goes_unless_its_job_is_not_through(
    shelf: Library, profile: Profile, tmp_path: Path
) -> None:
    running = shelf.journal.insert(profile, a_brief(), claimed_by="somewhere else")
    failed = shelf.journal.insert(profile, a_brief())
    shelf.journal.cancel(profile.id, failed.id)
    clip, in_the_making, left = (
        kept(shelf, profile, tmp_path / name, job_id, row=name == "a")
        for name, job_id in (("a", "done"), ("b", running.id), ("c", failed.id))
    )
    assert freed(shelf) == {"deleted clip's folder": 1}
    assert [each.folder.exists() for each in (clip, in_the_making, left)] == [True, True, False]


def test_what_came_late_for_a_deleted_store_goes(shelf: Library) -> None:
    gone = shelf.store.create_profile(LOCAL_OWNER, "Gone")
    shelf.delete_profile(LOCAL_OWNER, gone.id)
    late = made(shelf, gone, "picture")
    assert freed(shelf) == {"deleted store's folder": 1}
    assert not late.folder.exists()


def test_a_store_of_which_nothing_is_known_here_stays(shelf: Library) -> None:
    """It may be of an owner who is signed out, and whose rows are kept elsewhere."""
    elsewhere = shelf.media.folder(uuid.uuid4().hex) / "sources"
    elsewhere.mkdir(parents=True)
    assert freed(shelf) == {}
    assert elsewhere.exists()


def test_what_a_dead_process_left_half_made_goes(shelf: Library, profile: Profile) -> None:
    half_made = shelf.media.cache(profile.id) / "picture" / f".{2**22 + 1}.{uuid.uuid4().hex}"
    half_made.mkdir(parents=True)
    assert freed(shelf, dry_run=True) == freed(shelf) == {"abandoned work folder": 1}
    assert not half_made.exists()


def test_the_job_of_a_killed_command_goes_back_to_the_queue_without_the_app(
    shelf: Library, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = shelf.journal.insert(profile, a_brief(), claimed_by="a command that was killed")
    with shelf.database.transaction() as rows:
        rows.execute("UPDATE jobs SET heartbeat = heartbeat - ?", (EXPIRY_SECONDS + 1,))
    monkeypatch.setenv("EDITAI_HOME", str(shelf.settings.home))
    assert main(["clean"]) == 0
    assert (shelf.journal.whosever(job.id).state, shelf.journal.whosever(job.id).tries) == ("queued", 1)


@pytest.mark.parametrize("where", ["profiles/{}/proxies/a.mp4", "logs/job-a.log"])
def test_old_copies_and_logs_go_and_new_ones_stay(shelf: Library, profile: Profile, where: str) -> None:
    old = shelf.settings.home / where.format(profile.id)
    old.parent.mkdir(parents=True)
    new = old.with_stem("new")
    for path, age in ((old, LONG_AGO), (new, 0)):
        path.write_bytes(b"x")
        os.utime(path, (time.time() - age,) * 2)
    clean(shelf)
    assert [old.exists(), new.exists()] == [False, True]


def test_a_dry_run_removes_nothing_and_says_the_same(shelf: Library, profile: Profile) -> None:
    small = limited(shelf, 0)
    sound = made(shelf, profile, "picture")
    would = clean(small, dry_run=True)
    assert sound.folder.exists()
    assert clean(small) == would


def test_the_command_says_in_plain_words_what_it_freed(
    shelf: Library, profile: Profile, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EDITAI_HOME", str(shelf.settings.home))
    monkeypatch.setenv("EDITAI_MAX_CACHE_BYTES", "0")
    for _ in range(2):
        made(shelf, profile, "picture", size=3_000_000)
    assert main(["clean", "--dry-run"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "2 unused finished steps would be removed: 6.0 MB"
    assert told[1].startswith("Would free 6.0 MB. Finished steps of clips take 6.0 MB of at most 0 bytes; ")
    assert main(["clean"]) == 0
    assert capsys.readouterr().out.splitlines()[1].startswith("Freed 6.0 MB. Finished steps of clips take 0 bytes ")
    assert main(["clean"]) == 0
    assert capsys.readouterr().out.startswith("There is nothing to remove.")


# ── before and during a job ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """What the disk is said to have free."""
    said = {"bytes": 10**12}

    def usage(self: object) -> int:
        return said["bytes"]

    monkeypatch.setattr("editai.library.media.Media.free_bytes", usage)
    return said


def test_a_job_is_refused_where_its_clip_would_not_fit(shop: Shop, free: dict[str, int]) -> None:
    free["bytes"] = shop.settings.min_free_bytes + 10_000_000  # room for the video, and not for what is made of it
    with pytest.raises(EditaiError) as caught:
        shop.submit()
    assert caught.value.title == "507 disk_full"
    assert shop.shelf.journal.jobs(shop.profile.id) == ()


def test_what_is_not_used_makes_room_for_a_job(shop: Shop, free: dict[str, int]) -> None:
    unused = made(shop.shelf, shop.profile, "picture")
    free["bytes"] = shop.settings.min_free_bytes
    with pytest.raises(EditaiError):
        shop.submit()
    assert not unused.folder.exists()


def test_a_disk_that_fills_up_while_a_stage_works_ends_it(
    shop: Shop, free: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = shop.submit()
    monkeypatch.setattr("editai.job_run.LOOK_SECONDS", 0.0)
    looks = iter(range(10**6))

    def fills_up(self: object) -> int:
        return 10**12 if next(looks) < 5 else 0

    monkeypatch.setattr("editai.library.media.Media.free_bytes", fills_up)
    ended = jobs.run_job(job.id, shop.settings)
    assert ended.error is not None
    assert (ended.error["slug"], ended.brief.script) == ("disk_full", SCRIPT)
    assert list(shop.shelf.media.cache(shop.profile.id).glob("narration/*")) == []


def test_settings_read_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITAI_MAX_CACHE_BYTES", "5")
    assert Settings(_env_file=None).max_cache_bytes == 5


# ── what is exchanged with workers on other machines ─────────────────────────────────────────────────────────────


@pytest.fixture
def depot(tmp_path: Path) -> Depot:
    (tmp_path / "shared").mkdir()
    return Depot.open(str(tmp_path / "shared"))


def put(depot: Depot, profile_id: str, folder: Path, *, old: bool = True) -> File:
    """A file in the depot, put there three days ago or now."""
    (folder / "a file").write_bytes(os.urandom(1000))
    file = depot.put(profile_id, folder / "a file")
    if old:
        for path in Path(depot.place.url).glob(f"profiles/*/blobs/*/{file.sha256}"):
            os.utime(path, (time.time() - 3 * 86_400,) * 2)
    return file


def test_of_what_is_exchanged_stays_what_a_job_needs_and_what_is_new(
    shelf: Library, profile: Profile, depot: Depot, tmp_path: Path
) -> None:
    old, needed, music = (put(depot, profile.id, tmp_path) for _ in range(3))
    new = put(depot, profile.id, tmp_path, old=False)
    shelf.journal.insert(profile, a_brief().model_copy(update={"sources": (needed,), "music": music}))
    housekeeping.tidy_depot(shelf, depot)
    assert [depot.has(profile.id, file) for file in (old, needed, music, new)] == [False, True, True, True]


def test_a_deleted_store_leaves_nothing_in_the_depot_and_one_of_another_computer_is_left_alone(
    shelf: Library, depot: Depot, tmp_path: Path
) -> None:
    gone, unknown = shelf.store.create_profile(LOCAL_OWNER, "Gone"), uuid.uuid4().hex
    for profile_id in (gone.id, unknown):
        put(depot, profile_id, tmp_path)
    shelf.delete_profile(LOCAL_OWNER, gone.id)
    housekeeping.tidy_depot(shelf, depot)
    assert depot.profile_ids() == {unknown}


def test_what_was_made_for_a_job_stays_as_long_as_it_can_go_on(
    shelf: Library, profile: Profile, depot: Depot, tmp_path: Path
) -> None:
    here, deleted = uuid.uuid4().hex, uuid.uuid4().hex
    (shelf.media.voices(profile.id) / here).mkdir(parents=True)
    (shelf.media.voices(profile.id) / here / CLONE_FILE).write_text("{}")

    def left(state: str, voice: str = "af_heart") -> str:
        """A job that ended like this, or has not, and for which a worker made something."""
        brief = a_brief().model_copy(update={"voice": Voice(engine="kokoro", name=voice)})
        job = shelf.journal.insert(profile, brief)
        match state:
            case "cancelled":
                shelf.journal.cancel(profile.id, job.id)
            case "failed":
                shelf.journal.claim(job.id, "worker")
                shelf.journal.fail(job.id, "worker", NotFound("gone", "It is gone.", ""))
        put(depot.own(job.id), profile.id, tmp_path, old=False)
        return job.id

    elsewhere = uuid.uuid4().hex
    put(depot.own(elsewhere), profile.id, tmp_path, old=False)
    kept = {elsewhere, left("queued"), left("failed"), left("failed", here)}
    over = {left("cancelled"), left("failed", deleted)}
    assert depot.job_ids(profile.id) == kept | over
    housekeeping.tidy_depot(shelf, depot)
    assert depot.job_ids(profile.id) == kept
