"""The SQLite store: the contract, and what holds when many processes use one file."""

from __future__ import annotations

import multiprocessing
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from editai import library
from editai.errors import EditaiError
from editai.library import LOCAL_OWNER, Library, Media, Store
from editai.library.database import STEPS, Database
from editai.library.sqlite import SqliteStore
from editai.models import Brief, File
from editai.settings import Settings
from tests.library.contract import StoreContract

AT_ONCE = 8


class TestSqliteStore(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        database = Database(tmp_path / "editai.db")
        yield SqliteStore(database, Media(tmp_path).placed)
        database.close()


@pytest.fixture
def shelf(settings: Settings) -> Iterator[Library]:
    with library.open(settings) as opened:
        yield opened


def at_once() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(AT_ONCE, mp_context=multiprocessing.get_context("spawn"))


def _first_start(settings: Settings) -> str:
    with library.open(settings) as opened:
        return opened.store.default_profile(LOCAL_OWNER).id


def _switch_defaults(settings: Settings, ids: list[str]) -> int:
    """Switch the default back and forth; how often there was not exactly one."""
    wrong = 0
    with library.open(settings) as opened:
        for profile_id in ids * 5:
            opened.store.set_default_profile(LOCAL_OWNER, profile_id)
            wrong += sum(profile.is_default for profile in opened.store.profiles(LOCAL_OWNER)) != 1
    return wrong


def test_many_first_starts_at_once_make_one_default_profile(settings: Settings) -> None:
    with at_once() as pool:
        ids = set(pool.map(_first_start, [settings] * AT_ONCE))
    assert len(ids) == 1
    with library.open(settings) as opened:
        assert [profile.name for profile in opened.store.profiles(LOCAL_OWNER)] == ["My store"]


def test_switching_the_default_from_many_processes_leaves_exactly_one_at_every_moment(
    settings: Settings, shelf: Library
) -> None:
    ids = [shelf.store.create_profile(LOCAL_OWNER, str(number)).id for number in range(4)]
    with at_once() as pool:
        assert list(pool.map(_switch_defaults, [settings] * AT_ONCE, [ids] * AT_ONCE)) == [0] * AT_ONCE
    assert sum(profile.is_default for profile in shelf.store.profiles(LOCAL_OWNER)) == 1


def test_the_database_itself_refuses_a_second_default(shelf: Library, settings: Settings) -> None:
    shelf.store.create_profile(LOCAL_OWNER, "Other")
    with sqlite3.connect(settings.database) as rows, pytest.raises(sqlite3.IntegrityError):
        rows.execute("UPDATE profiles SET is_default = 1")
    rows.close()


def test_a_kill_in_mid_write_leaves_a_whole_row_or_none(shelf: Library, settings: Settings) -> None:
    program = (
        "import sys; from pathlib import Path; from editai import library; from editai.settings import Settings\n"
        "shelf = library.open(Settings(home=Path(sys.argv[1])))\n"
        "print('writing', flush=True)\n"
        "for number in range(10**6): shelf.store.create_profile('local', f'store {number}')"
    )
    writer = subprocess.Popen(
        [sys.executable, "-c", program, str(settings.home)], stdout=subprocess.PIPE, start_new_session=True
    )
    with writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        while len(shelf.store.profiles(LOCAL_OWNER)) < 20:
            assert writer.poll() is None
        writer.send_signal(signal.SIGKILL)
    names = {profile.name for profile in shelf.store.profiles(LOCAL_OWNER)} - {"My store"}
    assert names == {f"store {number}" for number in range(len(names))}
    shelf.store.create_profile(LOCAL_OWNER, "and it goes on")


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


@pytest.mark.parametrize("table", ["editai_clips", "jobs"])
def test_a_profiles_lists_use_their_index(shelf: Library, table: str) -> None:
    with shelf.database.read() as rows:
        plan = rows.execute(
            f"EXPLAIN QUERY PLAN SELECT * FROM {table} WHERE profile_id = ? ORDER BY created_at DESC, rowid DESC",
            ("x",),
        ).fetchall()
    assert any(f"{table}_of_profile" in row["detail"] for row in plan)
    assert not any("SCAN" in row["detail"] for row in plan)
