"""A library copied to a Supabase project and back: everything with its id, once, whatever comes in between."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from editai import library
from editai.cli import main
from editai.library import LOCAL_OWNER, Library, Media, copying
from editai.library.copying import Copied, Where
from editai.library.copying_rows import COLUMNS, FileShelf, ProjectShelf, digest
from editai.library.database import Database
from editai.library.media import CLIP_FILES
from editai.library.online_round import carry
from editai.library.supabase import SupabaseStore
from editai.library.supabase_session import Session
from editai.models import Clip, Connection, File, Picture, PostFilter, Profile, Progress
from editai.settings import Settings
from tests.library.samples import A_KIT, PICTURE_FILES, SUBTITLES, a_clip, a_cost, a_plan, a_project, a_report
from tests.library.test_outbox import a_post
from tests.processes import wait_for
from tests.supabase.fixtures import (
    Account,
    NewAccount,
    admin,
    at_once,
    new_account,
    on_loopback,
    postgres_server,
    project,
    raised,
    supabase_server,
)
from tests.supabase.server import SupabaseServer

__all__ = ["admin", "at_once", "new_account", "on_loopback", "postgres_server", "project", "supabase_server"]

INSERT = "POST /rest/v1/{}"


@pytest.fixture
def account(new_account: NewAccount) -> Account:
    return new_account()


@pytest.fixture
def session(account: Account) -> Iterator[Session]:
    made = account.sign_in()
    yield made
    made.close()


@pytest.fixture
def settings(account: Account, tmp_path: Path) -> Settings:
    """Of a computer on which the account's project is set."""
    return on_another(account, tmp_path / "home")


def on_another(account: Account, home: Path) -> Settings:
    known = account.project.settings
    return Settings(
        _env_file=None, home=home, secret_key=None, supabase_url=known.supabase_url, supabase_key=known.supabase_key
    )


@contextmanager
def alone(settings: Settings) -> Iterator[Library]:
    """The library of this computer alone, as an app without the project has it."""
    with library.open(Settings(_env_file=None, home=settings.home, secret_key=None)) as shelf:
        yield shelf


@pytest.fixture
def filled(settings: Settings, tmp_path: Path) -> Profile:
    """A library with two stores; the one that is given is not the default, and has one of everything."""
    with alone(settings) as shelf:
        store = shelf.store.create_profile(LOCAL_OWNER, "Thé & Söhne", A_KIT | {"monthly_budget": 10**9})
        shelf.secrets.connect(store.id, Connection(url="https://postiz.example", key="a-key-of-postiz"))
        shelf.store.update_profile(LOCAL_OWNER, store.id, {"description": "cut \0 off", "time_zone": "UTC"})
        logo = shelf.media.import_logo(store.id, b"a logo")
        shelf.store.update_profile(LOCAL_OWNER, store.id, {"logo": logo})
        clip = a_finished_clip(shelf, store, tmp_path)
        shelf.outbox.insert([a_post(clip, state="published", remote_id="r1"), a_post(clip, "tiktok-2", state="failed")])
        with_a_cost(shelf, store.id)
        gone = shelf.store.create_profile(LOCAL_OWNER, "Gone")
        ended_job(shelf, gone, a_project(gone.id).brief)
        with_a_cost(shelf, gone.id)
        shelf.store.delete_profile(LOCAL_OWNER, gone.id)
        return store


def a_finished_clip(shelf: Library, store: Profile, folder: Path) -> Clip:
    """A product with a clip, its job, and a source; all files are there."""
    video = folder / "video"
    video.write_bytes(b"a video")
    source = shelf.media.import_source(store.id, video)
    product = a_project(store.id)
    product = product.model_copy(update={"brief": product.brief.model_copy(update={"sources": (source,)})})
    shelf.store.keep_project(product)
    for name in PICTURE_FILES.values():
        (folder / name).write_bytes(b"a picture")
    picture = Picture(folder=folder, **{field: File.of(folder / name) for field, name in PICTURE_FILES.items()})
    job_id = ended_job(shelf, store, product.brief)
    kept = shelf.media.keep_clip(store.id, job_id, product.brief, a_plan(), picture, SUBTITLES, a_report("Hi."))
    kept = kept.model_copy(update={"project_id": product.id})
    shelf.store.add_clip(kept)
    return kept


def ended_job(shelf: Library, store: Profile, brief: Any) -> str:
    job = shelf.journal.insert(store, brief, "token")
    progress = Progress(stage="done", percent=100.0, still=Path("/somewhere/still.jpg"))
    assert shelf.journal.finish(job.id, "token", "ab" * 16, progress)
    return job.id


def with_a_cost(shelf: Library, profile_id: str, ended: bool = True) -> None:
    cost = a_cost(profile_id)
    shelf.store.reserve_cost(cost, "")
    if ended:
        shelf.store.end_cost(cost.id, "settled", 7)


def copied(settings: Settings, session: Session, to: Where) -> Copied:
    return copying.copy(settings, session, to, lambda line: None)


def kinds(done: Copied) -> dict[str, tuple[int, int]]:
    """How many there are of each kind, and how many of these were copied."""
    return {each.kind: (each.total, each.copied) for each in done.rows}


def on_this_computer(settings: Settings) -> dict[str, str]:
    """The hash of each table of this computer's own library."""
    database = Database(settings.home / "editai.db")
    shelf = FileShelf("", database, LOCAL_OWNER)
    found = {table: digest(shelf.rows(table)) for table in COLUMNS}
    database.close()
    return found


def in_the_project(session: Session) -> dict[str, str]:
    shelf = ProjectShelf("", session)
    return {table: digest(shelf.rows(table)) for table in COLUMNS}


def files(home: Path) -> dict[str, bytes]:
    """What is kept of the stores, by its path."""
    profiles = home / "profiles"
    return {str(path.relative_to(profiles)): path.read_bytes() for path in profiles.rglob("*") if path.is_file()}


def change(settings: Settings, statement: str, *values: Any) -> None:
    database = Database(settings.home / "editai.db")
    with database.transaction() as rows:
        rows.execute(statement, values)
    database.close()


ALL = {"store": 2, "sealed key": 1, "product": 1, "clip": 1, "post": 2, "job": 2, "cost": 2}


# ── there and back ───────────────────────────────────────────────────────────────────────────────────────────────


def test_everything_reaches_the_project_with_its_id(settings: Settings, session: Session, filled: Profile) -> None:
    done = copied(settings, session, "supabase")
    assert kinds(done) == {kind: (number, number) for kind, number in ALL.items()}
    assert on_this_computer(settings) == in_the_project(session)
    assert files(settings.home) == files(settings.folder)
    assert done.files_copied == done.files == len(files(settings.home))


def test_the_default_store_is_the_default_there(settings: Settings, session: Session, filled: Profile) -> None:
    copied(settings, session, "supabase")
    [default] = session.select("profiles", "name", is_default=True)
    assert default["name"] == "My store"


def test_files_take_no_second_place_on_the_disk(settings: Settings, session: Session, filled: Profile) -> None:
    copied(settings, session, "supabase")
    for name in files(settings.home):
        assert (settings.home / "profiles" / name).samefile(settings.folder / "profiles" / name)


def test_a_second_time_copies_nothing_and_compares_all(settings: Settings, session: Session, filled: Profile) -> None:
    first, again = copied(settings, session, "supabase"), copied(settings, session, "supabase")
    assert kinds(again) == {kind: (number, 0) for kind, number in ALL.items()}
    assert again.files_copied == 0
    assert [each.sha256 for each in again.rows] == [each.sha256 for each in first.rows]


def test_back_on_an_empty_computer_it_is_the_same_library(
    settings: Settings, session: Session, filled: Profile, account: Account, tmp_path: Path
) -> None:
    copied(settings, session, "supabase")
    other = on_another(account, tmp_path / "other")
    other.home.mkdir()
    settings.folder.parent.rename(other.home / "supabase")
    done = copied(other, session, "local")
    assert kinds(done) == {kind: (number, number) for kind, number in ALL.items()}
    assert on_this_computer(other) == on_this_computer(settings)
    assert files(other.home) == files(settings.home)
    with alone(other) as shelf:
        [clip] = shelf.store.clips(filled.id)
        assert shelf.media.report(clip).script == "Hi."
        assert [job.clip_id for job in shelf.journal.jobs(filled.id)] == ["ab" * 16]
        assert shelf.store.default_profile(LOCAL_OWNER).name == "My store"


def test_sealed_keys_open_on_the_same_computer(settings: Settings, session: Session, filled: Profile) -> None:
    copied(settings, session, "supabase")
    change(settings, "DELETE FROM secrets")
    copied(settings, session, "local")
    with alone(settings) as shelf:
        assert shelf.secrets.connection(filled.id).key == "a-key-of-postiz"


def test_more_rows_than_one_answer_holds_all_come_along(
    settings: Settings, session: Session, filled: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("editai.library.supabase_session.PAGE", 3)
    monkeypatch.setattr("editai.library.copying_rows.AT_ONCE", 4)
    with alone(settings) as shelf:
        for number in range(9):
            shelf.store.keep_project(a_project(filled.id, f"Tea {number}"))
    assert kinds(copied(settings, session, "supabase"))["product"] == (10, 10)
    assert on_this_computer(settings) == in_the_project(session)


def test_clips_whose_files_are_elsewhere_are_said(
    settings: Settings, session: Session, filled: Profile, account: Account, tmp_path: Path
) -> None:
    copied(settings, session, "supabase")
    done = copied(on_another(account, tmp_path / "other"), session, "local")
    assert done.files == 0
    assert [note.partition(" are not on this computer")[0] for note in done.notes] == [
        "The files of 1 clip",
        "The videos of 1 product",
    ]


def test_clips_whose_files_are_online_come_along(
    on_loopback: SupabaseServer, settings: Settings, session: Session, filled: Profile, account: Account, tmp_path: Path
) -> None:
    copied(settings, session, "supabase")
    SupabaseStore(session, Media(settings.folder).placed).update_profile(
        session.user_id, filled.id, {"files_online": True}
    )
    carry(session, Media(settings.folder), {})
    other = on_another(account, tmp_path / "other")
    [note] = copied(other, session, "local").notes
    assert "videos of 1 product" in note  # which stay where they were taken in
    [clip] = (Media(other.home).folder(filled.id) / "clips").iterdir()
    assert {path.name for path in clip.iterdir()} == set(CLIP_FILES.values())


def test_there_is_nothing_to_copy_where_there_is_no_library(settings: Settings, session: Session) -> None:
    for to in ("supabase", "local"):
        assert raised(lambda to=to: copied(settings, session, to)).title == "404 library_empty"  # type: ignore[misc]


# ── what stands in the way ───────────────────────────────────────────────────────────────────────────────────────


def test_an_account_to_which_it_was_not_copied_is_told_whose_it_is(
    settings: Settings, session: Session, filled: Profile, new_account: NewAccount
) -> None:
    copied(settings, session, "supabase")
    other = new_account().sign_in()
    assert raised(lambda: copied(settings, other, "supabase")).title == "403 library_of_another"
    assert in_the_project(other) == in_the_project_of_nobody()
    other.close()


def in_the_project_of_nobody() -> dict[str, str]:
    return dict.fromkeys(COLUMNS, digest([]))


def test_a_name_that_another_store_has_there_gets_a_number_and_is_said(
    settings: Settings, session: Session, filled: Profile
) -> None:
    other = session.insert("profiles", {"id": "x", "name": "THÉ & SÖHNE", "name_key": "thé & söhne"})
    said = (
        f'The store "{filled.name}" of this computer\'s library is called "{filled.name} (2)" in your Supabase project.'
    )
    for copies in (2, 0):  # and again, where it has that name there
        done = copied(settings, session, "supabase")
        assert (kinds(done)["store"], said in done.notes) == ((2, copies), True)
    names = {row["id"]: row["name"] for row in session.select("profiles", "id,name")}
    assert (names[other["id"]], names[filled.id]) == ("THÉ & SÖHNE", f"{filled.name} (2)")


def test_back_here_it_keeps_the_name_that_it_has_here(settings: Settings, session: Session, filled: Profile) -> None:
    session.insert("profiles", {"id": "0" * 32, "name": filled.name, "name_key": filled.name.casefold()})
    copied(settings, session, "supabase")
    copied(settings, session, "local")
    with alone(settings) as shelf:
        assert shelf.store.profile(LOCAL_OWNER, filled.id).name == filled.name
        assert shelf.store.profile(LOCAL_OWNER, "0" * 32).name == f"{filled.name} (2)"


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE profiles SET data = '{\"description\": \"new\"}' WHERE name = 'My store'", 'the store "My store"'),
        ("UPDATE editai_projects SET data = json_set(data, '$.title', 'New')", 'the product "New"'),
        ("UPDATE secrets SET last_four = 'abcd'", "key for postiz"),
    ],
)
def test_what_was_changed_in_one_of_them_is_not_overwritten(
    settings: Settings, session: Session, filled: Profile, statement: str, told: str
) -> None:
    copied(settings, session, "supabase")
    before = in_the_project(session)
    change(settings, statement)
    error = raised(lambda: copied(settings, session, "supabase"))
    assert error.title == "409 copy_differs"
    assert told in error.message
    assert in_the_project(session) == before


def test_a_file_that_differs_is_not_overwritten(settings: Settings, session: Session, filled: Profile) -> None:
    copied(settings, session, "supabase")
    [logo] = (settings.folder / "profiles" / filled.id / "brand").iterdir()
    logo.unlink()
    logo.write_bytes(b"b logo")
    assert raised(lambda: copied(settings, session, "supabase")).title == "409 copy_differs"
    assert logo.read_bytes() == b"b logo"


def test_each_library_keeps_its_own_default_store(settings: Settings, session: Session, filled: Profile) -> None:
    session.insert("profiles", {"id": "x", "name": "First", "name_key": "first"})
    done = copied(settings, session, "supabase")
    assert done.notes == ('The default store of your Supabase project stays "First".',)
    assert [row["id"] for row in session.select("profiles", "id", is_default=True)] == ["x"]


def test_what_is_not_in_the_project_yet_holds_up_a_copy_of_the_project(
    settings: Settings, session: Session, filled: Profile
) -> None:
    copied(settings, session, "supabase")
    database = Database(settings.folder / "editai.db")
    with database.transaction() as rows:
        rows.execute("CREATE TABLE IF NOT EXISTS mirror (kind TEXT, row_id TEXT, owner_id TEXT, number INTEGER)")
        rows.execute(
            "INSERT INTO mirror (kind, row_id, owner_id, number) VALUES ('profiles', 'x', ?, 1), "
            "('profiles', 'y', ?, NULL), ('profiles', 'z', 'another', 2)",
            (session.user_id, session.user_id),
        )
    database.close()
    error = raised(lambda: copied(settings, session, "local"))
    assert error.title == "409 mirror_behind"
    assert "1 change." in error.message


# ── posts and work under way ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("state", ["planned", "unknown"])
def test_with_a_post_that_is_not_handed_over_nothing_is_copied(
    settings: Settings, session: Session, filled: Profile, state: str
) -> None:
    with alone(settings) as shelf:
        shelf.outbox.insert([a_post(shelf.store.clips(filled.id)[0], "later", state=state)])
    error = raised(lambda: copied(settings, session, "supabase"))
    assert error.title == "409 posts_under_way"
    assert "1 post" in error.message
    assert in_the_project(session) == in_the_project_of_nobody()


def test_a_post_that_was_handed_over_is_known_there_and_is_no_work_for_anybody(
    settings: Settings, session: Session, filled: Profile
) -> None:
    with alone(settings) as shelf:
        sent = a_post(shelf.store.clips(filled.id)[0], "later", state="sent", remote_id="r2")
        shelf.outbox.insert([sent])
    assert kinds(copied(settings, session, "supabase"))["post"] == (3, 3)
    with alone(settings) as shelf:  # it is out by now, and the library that sent it has seen it
        [kept] = [post for post in shelf.outbox.posts(filled.id) if post.id == sent.id]
        shelf.outbox.keep([kept.model_copy(update={"state": "published"})])
    again = copied(settings, session, "supabase")
    assert next(each.elsewhere for each in again.rows if each.kind == "post") == 1
    assert [row["state"] for row in session.select("editai_posts", "state", id=sent.id)] == ["sent"]


def test_what_is_under_way_stays_behind_and_comes_along_when_it_is_done(
    settings: Settings, session: Session, filled: Profile
) -> None:
    with alone(settings) as shelf:
        job = shelf.journal.insert(filled, a_project(filled.id).brief)
        with_a_cost(shelf, filled.id, ended=False)
    done = copied(settings, session, "supabase")
    assert kinds(done) == {kind: (number, number) for kind, number in ALL.items()}
    assert [note.split(" still")[0] for note in done.notes] == ["1 job", "1 paid call"]
    with alone(settings) as shelf:
        shelf.journal.cancel(filled.id, job.id)
    assert kinds(copied(settings, session, "supabase"))["job"] == (3, 1)


# ── faults ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("table", "how"), [("profiles", "drop_after"), ("editai_clips", "garbage_after"), ("jobs", "500_before")]
)
def test_an_answer_that_is_lost_on_its_way_leaves_nothing_twice(
    on_loopback: SupabaseServer, settings: Settings, session: Session, filled: Profile, table: str, how: str
) -> None:
    on_loopback.fail(INSERT.format(table), how, times=2)
    assert kinds(copied(settings, session, "supabase"))["job"] == (2, 2)
    assert on_this_computer(settings) == in_the_project(session)


@pytest.mark.parametrize(
    ("how", "title"),
    [
        ("413_before", "413 supabase_too_large"),
        ("429_before", "429 supabase_busy"),
        ("500_before", "504 supabase_failed"),
    ],
)
def test_a_fault_that_stays_is_said_and_the_same_again_goes_on(
    on_loopback: SupabaseServer, settings: Settings, session: Session, filled: Profile, how: str, title: str
) -> None:
    on_loopback.fail(INSERT.format("editai_clips"), how, times=9)
    assert raised(lambda: copied(settings, session, "supabase")).title == title
    on_loopback.heal()
    again = kinds(copied(settings, session, "supabase"))
    assert (again["product"], again["clip"]) == ((1, 0), (1, 1))
    assert on_this_computer(settings) == in_the_project(session)


def test_a_token_that_is_refused_in_the_middle_is_renewed(
    on_loopback: SupabaseServer, settings: Settings, session: Session, filled: Profile
) -> None:
    on_loopback.fail(INSERT.format("editai_posts"), "401_before")
    copied(settings, session, "supabase")
    assert on_loopback.auth.refreshes == 1
    assert on_this_computer(settings) == in_the_project(session)


def test_a_sign_in_that_has_ended_is_said(
    on_loopback: SupabaseServer, settings: Settings, session: Session, filled: Profile
) -> None:
    on_loopback.auth.forget(session.user_id)
    on_loopback.fail(INSERT.format("editai_posts"), "401_before")
    assert raised(lambda: copied(settings, session, "supabase")).title == "401 signed_out"


# ── the command line ─────────────────────────────────────────────────────────────────────────────────────────────


def environment(account: Account, home: Path) -> dict[str, str]:
    told = {
        "HOME": str(home),
        "SUPABASE_URL": account.project.url,
        "SUPABASE_KEY": account.project.anon_key,
        "SUPABASE_PASSWORD": account.password,
    }
    return {f"EDITAI_{name}": value for name, value in told.items()}


def test_the_command_prints_a_table_and_no_password(
    settings: Settings, filled: Profile, account: Account, monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    for name, value in environment(account, settings.home).items():
        monkeypatch.setenv(name, value)
    assert main(["library", "copy", "--to", "supabase", "--email", account.email]) == 0
    out, err = capfd.readouterr()
    told = {line.split()[0]: line.split() for line in out.splitlines()[1:]}
    assert told["stores"][1:6] == ["2", "2", "0", "the", "same"]
    assert told["files"][1:3] == [str(len(files(settings.home)))] * 2
    assert account.password not in out + err
    assert "Comparing both sides" in err


@pytest.mark.parametrize("missing", ["EDITAI_SUPABASE_PASSWORD", "EDITAI_SUPABASE_URL"])
def test_the_command_says_what_it_lacks(
    settings: Settings, account: Account, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str],
    missing: str,
) -> None:  # fmt: skip
    for name, value in environment(account, settings.home).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv(missing)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert main(["library", "copy", "--to", "local", "--email", account.email]) == 1
    assert missing in capfd.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("table", ["profiles", "editai_posts"])
def test_a_copy_that_was_killed_goes_on(
    on_loopback: SupabaseServer, settings: Settings, session: Session, filled: Profile, account: Account, table: str
) -> None:
    """It is killed while the project has its request and does not answer."""
    on_loopback.fail(INSERT.format(table), "hang_after")
    root = str(Path(library.__file__).parents[2])
    killed = subprocess.Popen(
        [sys.executable, "-m", "editai", "library", "copy", "--to", "supabase", "--email", account.email],
        env={**os.environ, **environment(account, settings.home), "PYTHONPATH": root},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for(lambda: session.select(table, "id"), what=f"the first row of {table}")
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    again = kinds(copied(settings, session, "supabase"))
    assert again["cost"] == (2, 2)
    assert again["store"] == (2, 1 if table == "profiles" else 0)
    assert on_this_computer(settings) == in_the_project(session)
    assert files(settings.home) == files(settings.folder)


def test_a_copied_post_is_found_by_its_platform_and_day_and_its_figures_are_asked_for(tmp_path: Path) -> None:
    one, other = (Settings(_env_file=None, home=tmp_path / name) for name in ("one", "other"))
    with library.open(one) as shelf:
        clip = a_clip(shelf.store.default_profile(LOCAL_OWNER).id)
        shelf.store.add_clip(clip)
        post = a_post(clip, state="published", remote_id="there", inbox=True)
        shelf.outbox.insert([post])
        for table in ("profiles", "editai_clips", "editai_posts"):
            rows = FileShelf("here", shelf.database, LOCAL_OWNER).rows(table)
            FileShelf("there", Database(other.database), LOCAL_OWNER).add(table, rows)
    with library.open(other) as copied:
        wanted = PostFilter(provider="tiktok", start="2026-01-01", end="2026-01-02", needs_owner=True)
        assert copied.outbox.search(clip.profile_id, wanted, 10) == ((post,), 1)
        assert post.id in [each.post_id for each in copied.figures.due(clip.profile_id, "9", 10)]
