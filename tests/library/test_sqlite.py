"""The SQLite store: the contract, what its schema alone sees to, and how older data are brought up to date."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from editai import library
from editai.errors import EditaiError
from editai.library import LOCAL_OWNER, Library, Media, Store
from editai.library.database import STEPS, Database
from editai.library.sqlite import SqliteStore
from editai.models import BrandKit, Brief, File
from editai.settings import Settings
from tests.library.contract import StoreContract
from tests.library.samples import a_clip, a_project


class TestSqliteStore(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        database = Database(tmp_path / "editai.db")
        yield SqliteStore(database, Media(tmp_path).placed)
        database.close()


def test_the_database_itself_refuses_a_second_default(shelf: Library, settings: Settings) -> None:
    shelf.store.create_profile(LOCAL_OWNER, "Other")
    with sqlite3.connect(settings.database) as rows, pytest.raises(sqlite3.IntegrityError):
        rows.execute("UPDATE profiles SET is_default = 1")
    rows.close()


def test_what_was_written_is_there_after_a_restart(settings: Settings) -> None:
    with library.open(settings) as opened:
        opened.store.create_profile(LOCAL_OWNER, "Tea")
    with library.open(settings) as opened:
        assert {profile.name for profile in opened.store.profiles(LOCAL_OWNER)} == {"My store", "Tea"}


def test_readers_do_not_wait_for_a_writer(shelf: Library) -> None:
    with shelf.database.transaction() as rows:
        rows.execute("UPDATE profiles SET name = 'in the middle of a write'")
        assert [profile.name for profile in shelf.store.profiles(LOCAL_OWNER)] == ["My store"]


def test_a_transaction_that_fails_changes_nothing(shelf: Library) -> None:
    def fails_half_way() -> None:
        with shelf.database.transaction() as rows:
            rows.execute("UPDATE profiles SET name = 'changed'")
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        fails_half_way()
    assert shelf.store.default_profile(LOCAL_OWNER).name == "My store"


def test_the_database_itself_lets_no_row_hang_on_another_stores_row(shelf: Library) -> None:
    mine, other = (shelf.store.create_profile(LOCAL_OWNER, name) for name in ("A", "B"))
    shelf.store.keep_project(project := a_project(other.id))
    shelf.store.add_clip(clip := a_clip(other.id, project_id=project.id))
    for table, column, id_ in (("editai_clips", "project_id", project.id), ("editai_posts", "clip_id", clip.id)):
        with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"), shelf.database.transaction() as rows:
            _hang(rows, table, mine.id, column, id_)


def _hang(rows: sqlite3.Connection, table: str, profile_id: str, column: str, id_: str) -> None:
    """Insert a row of a profile that hangs on the row with this id."""
    values = {"id": "a row", "profile_id": profile_id, column: id_, "created_at": "2026", "data": "{}"}
    if table == "editai_posts":
        values |= {"channel_id": "x", "batch": "x", "state": "sent"}
    marks = ", ".join("?" * len(values))
    rows.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", tuple(values.values()))


@pytest.mark.parametrize("what", ["profile", "project", "clip"])
def test_posts_go_with_their_clip_however_it_goes(shelf: Library, what: str) -> None:
    profile = shelf.store.create_profile(LOCAL_OWNER, "A")
    shelf.store.keep_project(project := a_project(profile.id))
    shelf.store.add_clip(clip := a_clip(profile.id, project_id=project.id))
    with shelf.database.transaction() as rows:
        _hang(rows, "editai_posts", profile.id, "clip_id", clip.id)
    match what:
        case "profile":
            shelf.store.delete_profile(LOCAL_OWNER, profile.id)
        case "project":
            shelf.store.delete_project(profile.id, project.id)
        case _:
            shelf.store.delete_clip(profile.id, clip.id)
    with shelf.database.read() as rows:
        assert rows.execute("SELECT count(*) FROM editai_posts").fetchone()[0] == 0


def test_what_an_older_version_wrote_is_there(settings: Settings) -> None:
    settings.home.mkdir()
    clips = [a_clip("a" * 32, "2026-01-01T00:00:00.000000+00:00", title=title) for title in ("first", "second")]
    with sqlite3.connect(settings.database) as rows:
        for statement in STEPS[0]:
            rows.execute(statement)
        rows.execute("PRAGMA user_version = 1")
        rows.execute("INSERT INTO profiles VALUES (?, 'local', 'Tea', 'tea', 1, '2026')", ("a" * 32,))
        for clip in clips:
            data = clip.model_dump_json(exclude={"project_id", "brief"})
            rows.execute("INSERT INTO editai_clips VALUES (?, ?, ?, ?)", (clip.id, "a" * 32, clip.created_at, data))
    rows.close()
    with library.open(settings) as opened:
        profile = opened.store.default_profile(LOCAL_OWNER)
        assert (profile.name, profile.kit, profile.monthly_budget) == ("Tea", BrandKit(), None)
        assert [clip.title for clip in opened.store.clips(profile.id)] == ["second", "first"]
        opened.store.delete_clip(profile.id, clips[0].id)
    with library.open(settings) as opened:
        assert [clip.title for clip in opened.store.clips(profile.id)] == ["second"]


def test_deleting_a_profile_keeps_its_jobs_without_a_profile(shelf: Library) -> None:
    profile = shelf.store.create_profile(LOCAL_OWNER, "Tea")
    job = shelf.journal.insert(profile, Brief(sources=(File(name="x", sha256="ab" * 32, bytes=1),)))
    folder = shelf.media.folder(profile.id)
    folder.mkdir(parents=True)
    shelf.delete_profile(LOCAL_OWNER, profile.id)
    left = shelf.journal.whosever(job.id)
    assert (left.profile_id, left.state) == (None, "cancelled")
    assert shelf.journal.started_for(job.id).id == profile.id
    assert not folder.exists()


def test_the_protected_default_keeps_its_jobs_and_files(shelf: Library) -> None:
    profile = shelf.store.default_profile(LOCAL_OWNER)
    job = shelf.journal.insert(profile, Brief(sources=(File(name="x", sha256="ab" * 32, bytes=1),)))
    shelf.media.folder(profile.id).mkdir(parents=True)
    with pytest.raises(EditaiError):
        shelf.delete_profile(LOCAL_OWNER, profile.id)
    assert shelf.journal.job(profile.id, job.id).state == "queued"
    assert shelf.media.folder(profile.id).is_dir()


def test_the_schema_says_how_far_it_is(shelf: Library) -> None:
    with shelf.database.read() as rows:
        assert rows.execute("PRAGMA user_version").fetchone()[0] == len(STEPS)
        assert rows.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert rows.execute("PRAGMA foreign_keys").fetchone()[0] == 1


def test_data_of_a_newer_version_are_not_touched(shelf: Library, settings: Settings) -> None:
    with shelf.database.transaction() as rows:
        rows.execute("PRAGMA user_version = 99")
    with pytest.raises(EditaiError) as caught:
        library.open(settings)
    assert caught.value.title == "503 database_too_new"


def test_a_file_that_is_no_database_is_said_and_kept(settings: Settings) -> None:
    settings.home.mkdir()
    settings.database.write_text("these are my notes" * 100)
    with pytest.raises(EditaiError) as caught:
        library.open(settings)
    assert caught.value.title == "503 data_folder_unusable"
    assert settings.database.read_text() == "these are my notes" * 100


def test_a_data_folder_that_cannot_be_made_is_said(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where the folder should be")
    with pytest.raises(EditaiError) as caught:
        library.open(settings)
    assert caught.value.title == "503 data_folder_unusable"


OPENED_WITHOUT_ROOM = """
import resource, sys
from pathlib import Path
from editai.errors import EditaiError
from editai.library.database import Database
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
try:
    Database(Path(sys.argv[1]))
except EditaiError as error:
    print(error.title)
"""


def test_a_data_folder_in_which_nothing_can_be_written_is_said(settings: Settings) -> None:
    library.open(settings).close()
    ran = subprocess.run(
        [sys.executable, "-c", OPENED_WITHOUT_ROOM, str(settings.database)], capture_output=True, text=True
    )
    assert ran.stdout.strip() == "503 data_folder_unusable", ran.stderr
