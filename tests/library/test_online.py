"""Files in the owner's Supabase project: there when they are wanted, gone with their rows, back on another computer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

from editai.library import Media
from editai.library.online import Online, State
from editai.library.online_round import carry
from editai.library.supabase import SupabaseStore
from editai.library.supabase_session import Session
from editai.models import Clip, File, Picture, Profile
from tests.library.samples import PICTURE_FILES, SUBTITLES, a_brief, a_plan, a_report, at_the_same_time
from tests.processes import wait_for
from tests.supabase.fixtures import (
    NewAccount,
    admin,
    at_once,
    new_account,
    on_loopback,
    postgres_server,
    project,
    supabase_server,
    title,
)
from tests.supabase.server import SupabaseServer

__all__ = ["admin", "at_once", "new_account", "on_loopback", "postgres_server", "project", "supabase_server"]

PUT, GET, LIST = "POST /storage/v1/object/editai/*", "GET /storage/v1/object/sign/*", "POST /storage/v1/object/list/*"


@dataclass
class Computer:
    """A computer of somebody who is signed in: its files, and what goes on with them."""

    session: Session
    media: Media

    def __post_init__(self) -> None:
        self.store = SupabaseStore(self.session, self.media.placed)
        self.online = Online(self.store, self.media)
        self.stays: dict[str, str] = {}

    def carry(self) -> None:
        carry(self.session, self.media, self.stays)

    def profile(self) -> Profile:
        return self.store.default_profile(self.session.user_id)

    def change(self, **fields: object) -> None:
        self.store.update_profile(self.session.user_id, self.profile().id, fields)

    def make(self, job_id: str) -> Clip:
        """A clip whose row is in the project."""
        clip = self.make_alone(job_id)
        self.store.add_clip(clip)
        return clip

    def make_alone(self, job_id: str) -> Clip:
        folder = self.media.home / "made"
        folder.mkdir(parents=True, exist_ok=True)
        for name in PICTURE_FILES.values():
            (folder / name).unlink(missing_ok=True)
            (folder / name).write_bytes(f"{name} of {job_id} ".encode() * 999)
        picture = Picture(folder=folder, **{field: File.of(folder / name) for field, name in PICTURE_FILES.items()})
        profile_id, report = self.profile().id, a_report(job_id)
        return self.media.keep_clip(profile_id, job_id, a_brief(), a_plan(), picture, SUBTITLES, report)

    def sign_in(self) -> None:
        """As the app does for who signs in."""
        live = SimpleNamespace(of_owner={self.session.user_id: self.session}.get)
        self.online.start(live)
        self.online.wake(self.session.user_id)


NewComputer = Callable[[], Computer]


@pytest.fixture
def new_computer(new_account: NewAccount, tmp_path: Path) -> Iterator[NewComputer]:
    """Makes another computer of one and the same account, whose first store wants its files online."""
    account = new_account()
    made: list[Computer] = []

    def new() -> Computer:
        made.append(Computer(account.sign_in(), Media(tmp_path / str(len(made)))))
        return made[-1]

    first = new()
    first.store.welcome(first.session.user_id, {"files_online": True})
    yield new
    for computer in made:
        computer.online.stop()
        computer.session.close()


@pytest.fixture
def here(on_loopback: SupabaseServer, new_computer: NewComputer) -> Computer:
    return new_computer()


@pytest.fixture
def there(new_computer: NewComputer, here: Computer) -> Computer:
    return new_computer()


def kept(server: SupabaseServer, computer: Computer) -> set[str]:
    """The names of this owner's files in the bucket, without their clips."""
    begin = f"{computer.session.user_id}/"
    return {name[len(begin) :] for _, name in server.storage.contents if name.startswith(begin)}


def contents(clip: Clip) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in clip.folder.iterdir()}


# ── what goes there ──────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_goes_there_unless_the_store_wants_it(on_loopback: SupabaseServer, here: Computer) -> None:
    here.change(files_online=False)
    here.make("one")
    here.carry()
    assert on_loopback.storage.sent == []


def test_every_file_of_a_clip_and_of_the_kit_goes_there_once(on_loopback: SupabaseServer, here: Computer) -> None:
    clip = here.make("one")
    here.change(logo=here.media.import_logo(clip.profile_id, b"a logo"))
    here.carry()
    found = kept(on_loopback, here)
    assert len(found) == len(contents(clip)) + 1
    assert f"{clip.profile_id}/clips/{clip.id}.{clip.video.sha256}.mp4" in found
    here.carry()
    assert len(on_loopback.storage.sent) == len(found)


def test_a_clip_whose_row_is_not_in_the_project_yet_waits_for_it(on_loopback: SupabaseServer, here: Computer) -> None:
    clip = here.make_alone("one")
    here.carry()
    assert kept(on_loopback, here) == set()
    here.store.add_clip(clip)
    here.carry()
    assert len(kept(on_loopback, here)) == len(contents(clip))


def test_a_clip_that_is_deleted_takes_its_files_along_and_no_others(
    on_loopback: SupabaseServer, here: Computer
) -> None:
    clip, other = here.make("one"), here.make("two")
    here.carry()
    here.store.delete_clip(clip.profile_id, clip.id)
    here.carry()
    assert {name.split("/")[2].split(".")[0] for name in kept(on_loopback, here)} == {other.id}


def test_a_store_that_is_deleted_takes_its_files_along(on_loopback: SupabaseServer, here: Computer) -> None:
    clip = here.make("one")
    here.carry()
    other = here.store.create_profile(here.session.user_id, "Other")
    here.store.set_default_profile(here.session.user_id, other.id)
    here.store.delete_profile(here.session.user_id, clip.profile_id)
    here.carry()
    assert kept(on_loopback, here) == set()


def test_a_logo_that_was_replaced_goes(on_loopback: SupabaseServer, here: Computer) -> None:
    profile_id = here.profile().id
    for png in (b"a logo", b"another"):
        here.change(logo=here.media.import_logo(profile_id, png))
        here.carry()
    logo = here.profile().kit.logo
    assert logo is not None
    assert kept(on_loopback, here) == {f"{profile_id}/brand/{logo.name}"}


def test_what_is_there_stays_when_no_more_is_wanted(on_loopback: SupabaseServer, here: Computer) -> None:
    here.make("one")
    here.carry()
    before = kept(on_loopback, here)
    here.change(files_online=False)
    here.make("two")
    here.carry()
    assert kept(on_loopback, here) == before


# ── another computer ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_computer_without_the_files_takes_nothing_away(
    on_loopback: SupabaseServer, here: Computer, there: Computer
) -> None:
    here.make("one")
    here.carry()
    before = kept(on_loopback, here)
    there.carry()
    assert kept(on_loopback, here) == before


def test_a_clip_that_is_opened_there_comes_with_all_its_files(here: Computer, there: Computer) -> None:
    clip = here.make("one")
    here.carry()
    there.sign_in()
    there.online.bring(clip)
    assert contents(there.media.placed(clip)) == contents(clip)
    assert there.media.report(clip).script == "one"


def test_opened_twice_at_once_it_is_there_once(here: Computer, there: Computer) -> None:
    clip = here.make("one")
    here.carry()
    there.sign_in()
    at_the_same_time([lambda: there.online.bring(clip)] * 4)
    assert contents(there.media.placed(clip)) == contents(clip)
    assert [path.name for path in there.media.placed(clip).folder.parent.iterdir()] == [clip.id]


def test_a_file_of_a_clip_that_was_lost_comes_back(here: Computer) -> None:
    clip = here.make("one")
    here.carry()
    before = contents(clip)
    clip.path(clip.poster).unlink()
    here.sign_in()
    here.online.bring(clip)
    assert contents(clip) == before


def test_the_kit_comes_by_itself(here: Computer, there: Computer) -> None:
    logo = here.media.import_logo(here.profile().id, b"a logo")
    here.change(logo=logo)
    here.carry()
    there.carry()
    assert there.media.logo(here.profile().id, logo).read_bytes() == b"a logo"


def test_without_a_sign_in_or_files_there_a_clip_is_as_it_was(here: Computer, there: Computer) -> None:
    clip = here.make("one")
    there.online.bring(clip)
    there.sign_in()
    there.online.bring(clip)
    assert not there.media.placed(clip).folder.exists()


@pytest.mark.parametrize(
    ("how", "told"), [("500_before", "504 supabase_failed"), ("cut_after", "504 supabase_no_answer")]
)
def test_a_clip_that_cannot_be_got_now_is_said_and_got_later(
    on_loopback: SupabaseServer, here: Computer, there: Computer, how: str, told: str
) -> None:
    clip = here.make("one")
    here.carry()
    there.sign_in()
    on_loopback.fail(GET, how)
    assert title(lambda: there.online.bring(clip)) == told
    assert not list(there.media.placed(clip).folder.parent.iterdir())
    there.online.bring(clip)
    assert contents(there.media.placed(clip)) == contents(clip)


# ── faults ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_the_project_does_not_take_stays_here_and_the_rest_goes(
    on_loopback: SupabaseServer, here: Computer
) -> None:
    clip = here.make("one")
    on_loopback.storage.largest = clip.video.bytes - 1
    here.carry()
    assert {path.rpartition(".")[2] for path in here.stays} == {"mp4"}
    assert all("stays on this computer" in told for told in here.stays.values())
    assert len(kept(on_loopback, here)) == len(contents(clip)) - len(here.stays)
    on_loopback.fail(PUT, "500_before")  # nothing is tried again
    here.carry()


@pytest.mark.parametrize("how", ["429_before", "500_before", "drop_during", "drop_after"])
def test_a_round_that_was_broken_off_goes_on_and_sends_nothing_twice(
    on_loopback: SupabaseServer, here: Computer, how: str
) -> None:
    clip = here.make("one")
    on_loopback.fail(f"{PUT[:-1]}*.srt", how)
    assert title(here.carry).startswith(("429", "504"))
    here.carry()
    assert len(kept(on_loopback, here)) == len(contents(clip))
    assert len(on_loopback.storage.sent) == len(set(on_loopback.storage.sent))


def test_the_thread_sends_what_is_new_and_says_what_keeps_it(on_loopback: SupabaseServer, here: Computer) -> None:
    clip = here.make("one")
    on_loopback.fail(LIST, "500_before")
    here.sign_in()
    owner = here.session.user_id
    error = wait_for(lambda: here.online.state(owner).error, what="the fault to be said")
    assert error.title == "504 supabase_failed"
    here.online.wake(owner)
    wait_for(lambda: len(kept(on_loopback, here)) == len(contents(clip)), what="the clip to be sent")
    wait_for(lambda: here.online.state(owner).error is None, what="the fault to be over")


def test_who_wants_nothing_there_is_not_told_that_it_cannot_be_sent(
    on_loopback: SupabaseServer, here: Computer
) -> None:
    state = State()
    for wanted, told in ((True, "504 supabase_failed"), (False, "")):
        here.change(files_online=wanted)
        on_loopback.fail(LIST, "500_before")
        here.online._round(here.session, state)
        assert (state.error.title if state.error else "") == told


def test_who_has_signed_out_sends_nothing(on_loopback: SupabaseServer, here: Computer) -> None:
    here.make("one")
    here.session.sign_out()
    here.sign_in()
    error = wait_for(lambda: here.online.state(here.session.user_id).error, what="the end of the sign-in to be said")
    assert error.title == "401 signed_out"
    assert on_loopback.storage.sent == []
