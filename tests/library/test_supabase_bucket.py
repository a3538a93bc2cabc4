"""The bucket of a project: an owner's files, whole, once, and out of everybody else's reach."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from storage3 import SyncStorageClient
from storage3._sync.file_api import SyncBucketProxy
from storage3.exceptions import StorageApiError

from editai.library.supabase_bucket import NAME, Bucket
from editai.library.supabase_session import Session
from editai.models import File
from tests.supabase.fixtures import (
    NewAccount,
    admin,
    at_once,
    new_account,
    on_loopback,
    postgres_server,
    project,
    raised,
    supabase_server,
    title,
)
from tests.supabase.server import SupabaseServer
from tests.supabase.tokens import that_hold_no_longer

__all__ = ["admin", "at_once", "new_account", "on_loopback", "postgres_server", "project", "supabase_server"]

PUT, LIST, SIGN = (
    f"POST /storage/v1/object/{NAME}/*",
    "POST /storage/v1/object/list/*",
    "POST /storage/v1/object/sign/*",
)
GET = "GET /storage/v1/object/sign/*"


class Owner:
    """Somebody with a store, a bucket, and a file to keep."""

    def __init__(self, session: Session, folder: Path) -> None:
        self.session, self.bucket = session, Bucket(session)
        self.store = uuid.uuid4().hex
        session.insert("profiles", {"id": self.store, "name": "Tea", "name_key": "tea"})
        self.here = folder / "clip.mp4"
        self.here.write_bytes(b"a \r\n--clip\x00\xff" * 999)
        self.file = File.of(self.here)
        self.path = f"{self.store}/clips/{self.file.sha256}.mp4"
        self.whole_path = f"{session.user_id}/{self.path}"

    def put(self) -> None:
        self.bucket.put(self.path, self.here, self.file)

    def as_supabase_py(self, http: httpx.Client) -> SyncBucketProxy:
        """The bucket as supabase-py has it, with nothing of ours in between."""
        url, headers = self.session.under_token(lambda url, headers: (url, dict(headers)))
        return SyncStorageClient(f"{url}/storage/v1/", headers, http_client=http).from_(NAME)


@pytest.fixture
def new_owner(new_account: NewAccount, tmp_path: Path) -> Iterator[Callable[[], Owner]]:
    made: list[Owner] = []

    def new() -> Owner:
        made.append(Owner(new_account().sign_in(), tmp_path))
        return made[-1]

    yield new
    for owner in made:
        owner.bucket.remove([owner.path])
        owner.bucket.close()
        owner.session.close()


@pytest.fixture
def a(new_owner: Callable[[], Owner]) -> Owner:
    return new_owner()


# ── there and back ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_comes_back_as_it_was(a: Owner, tmp_path: Path) -> None:
    a.put()
    a.bucket.get(a.path, tmp_path / "back", a.file)
    assert (tmp_path / "back").read_bytes() == a.here.read_bytes()


def test_it_is_found_in_its_store(a: Owner) -> None:
    assert a.bucket.folders() == []
    a.put()
    assert a.bucket.folders() == [a.store]
    assert a.bucket.files(f"{a.store}/clips") == [f"{a.file.sha256}.mp4"]


def test_a_long_list_comes_whole(a: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("editai.library.supabase_bucket.PAGE", 2)
    paths = [f"{a.store}/clips/{number}" for number in range(5)]
    for path in paths:
        a.bucket.put(path, a.here, a.file)
    assert a.bucket.files(f"{a.store}/clips") == list("01234")
    a.bucket.remove(paths)
    assert a.bucket.files(f"{a.store}/clips") == []


def test_the_same_again_is_no_error(a: Owner) -> None:
    a.put()
    a.put()
    assert a.bucket.files(f"{a.store}/clips") == [f"{a.file.sha256}.mp4"]


def test_a_file_that_changed_since_is_not_sent(a: Owner) -> None:
    a.here.write_bytes(b"something else")
    assert title(a.put) == "404 file_changed"
    assert a.bucket.folders() == []


def test_what_is_not_there_is_404_and_leaves_nothing_here(a: Owner, tmp_path: Path) -> None:
    assert title(lambda: a.bucket.get(a.path, tmp_path / "back", a.file)) == "404 not_in_bucket"
    assert [path.name for path in tmp_path.iterdir()] == ["clip.mp4"]


def test_what_arrives_damaged_is_not_kept(a: Owner, tmp_path: Path) -> None:
    a.put()
    wanted = a.file.model_copy(update={"sha256": "0" * 64})
    assert title(lambda: a.bucket.get(a.path, tmp_path / "back", wanted)) == "504 file_damaged"
    assert [path.name for path in tmp_path.iterdir()] == ["clip.mp4"]


def test_an_address_needs_no_sign_in_and_fits_nothing_else(a: Owner) -> None:
    a.put()
    address = a.bucket.address(a.path)
    assert httpx.get(address).content == a.here.read_bytes()
    assert httpx.get(address.replace(a.file.sha256, "other")).status_code >= 400
    assert httpx.get(address.partition("?")[0]).status_code >= 400


# ── faults ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_that_is_too_large_for_the_project_is_said(on_loopback: SupabaseServer, a: Owner) -> None:
    on_loopback.storage.largest = 100
    error = raised(a.put)
    assert error.title == "413 file_too_large_for_bucket"
    assert "stays on this computer" in error.message


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("429_before", "429 supabase_busy"),
        ("500_before", "504 supabase_failed"),
        ("drop_before", "504 supabase_no_answer"),
        ("drop_during", "504 supabase_no_answer"),
        ("drop_after", "504 supabase_no_answer"),
    ],
)
def test_an_upload_that_meets_a_fault_is_said_and_done_the_next_time(
    on_loopback: SupabaseServer, a: Owner, how: str, told: str
) -> None:
    on_loopback.fail(PUT, how)
    assert title(a.put) == told
    a.put()
    assert a.bucket.files(f"{a.store}/clips") == [f"{a.file.sha256}.mp4"]


@pytest.mark.parametrize("how", ["500_before", "drop_before", "cut_after"])
def test_a_download_that_meets_a_fault_leaves_nothing_here(
    on_loopback: SupabaseServer, a: Owner, tmp_path: Path, how: str
) -> None:
    a.put()
    on_loopback.fail(GET, how)
    assert title(lambda: a.bucket.get(a.path, tmp_path / "back", a.file)).startswith("504 ")
    assert [path.name for path in tmp_path.iterdir()] == ["clip.mp4"]


def test_a_token_that_has_expired_is_renewed(
    on_loopback: SupabaseServer, new_account: NewAccount, tmp_path: Path
) -> None:
    on_loopback.auth.lifetime_s = -1
    session = new_account().sign_in()
    on_loopback.auth.lifetime_s = 3600
    bucket = Bucket(session)
    assert bucket.folders() == []
    assert on_loopback.auth.refreshes == 1
    bucket.close()
    session.close()


def test_a_sign_in_that_has_ended_is_said(new_account: NewAccount) -> None:
    session = new_account().sign_in()
    bucket = Bucket(session)
    session.sign_out()
    assert title(bucket.folders) == "401 signed_out"
    bucket.close()


# ── user B ───────────────────────────────────────────────────────────────────────────────────────────────────────

TRIED: dict[str, Callable[[SyncBucketProxy, str, str], Any]] = {
    "read": lambda bucket, path, own: bucket.download(path),
    "sign": lambda bucket, path, own: bucket.create_signed_url(path, 60),
    "insert": lambda bucket, path, own: bucket.upload(f"{path}.mp4", b"of B"),
    "insert again": lambda bucket, path, own: bucket.upload(path, b"of B"),
    "update": lambda bucket, path, own: bucket.update(path, b"of B"),
    "take": lambda bucket, path, own: bucket.move(path, own),
    "give": lambda bucket, path, own: bucket.move(own, f"{path}.mp4"),
    "insert at the top": lambda bucket, path, own: bucket.upload("x.mp4", b"of B"),
}


@pytest.mark.parametrize("what", TRIED)
def test_b_is_refused_every_file_of_a(new_owner: Callable[[], Owner], a: Owner, tmp_path: Path, what: str) -> None:
    a.put()
    b = new_owner()
    b.put()
    with httpx.Client() as http, pytest.raises(StorageApiError) as refused:
        TRIED[what](b.as_supabase_py(http), a.whole_path, b.whole_path)
    assert str(refused.value.status) in {"403", "404"}
    a.bucket.get(a.path, tmp_path / "back", a.file)
    assert a.bucket.files(f"{a.store}/clips") == [f"{a.file.sha256}.mp4"]


def test_b_lists_and_deletes_nothing_of_a(new_owner: Callable[[], Owner], a: Owner) -> None:
    a.put()
    b = new_owner()
    with httpx.Client() as http:
        bucket = b.as_supabase_py(http)
        assert bucket.list(a.whole_path.rpartition("/")[0]) == []
        assert bucket.list("") == []
        assert bucket.remove([a.whole_path]) == []
    assert a.bucket.files(f"{a.store}/clips") == [f"{a.file.sha256}.mp4"]


def test_b_keeps_no_file_for_a_store_of_a(new_owner: Callable[[], Owner], a: Owner) -> None:
    b = new_owner()
    assert title(lambda: b.bucket.put(a.path, b.here, b.file)) == "403 supabase_refused"


def test_who_is_not_signed_in_reaches_no_file(on_loopback: SupabaseServer, a: Owner) -> None:
    a.put()
    with httpx.Client() as http:
        headers = {"apikey": on_loopback.anon_key, "Authorization": f"Bearer {on_loopback.anon_key}"}
        bucket = SyncStorageClient(f"{on_loopback.url}/storage/v1/", headers, http_client=http).from_(NAME)
        assert bucket.list("") == []
        for what in TRIED.values():
            with pytest.raises(StorageApiError):
                what(bucket, a.whole_path, "own")


@pytest.mark.parametrize("which", ["expired", "signed by somebody else", "unsigned", "no token"])
def test_a_token_that_holds_no_longer_reaches_no_file(on_loopback: SupabaseServer, a: Owner, which: str) -> None:
    a.put()
    token = that_hold_no_longer(a.session.user_id)[which]
    with httpx.Client() as http:
        headers = {"apikey": on_loopback.anon_key, "Authorization": f"Bearer {token}"}
        bucket = SyncStorageClient(f"{on_loopback.url}/storage/v1/", headers, http_client=http).from_(NAME)
        for what in TRIED.values():
            with pytest.raises(StorageApiError):
                what(bucket, a.whole_path, f"{a.whole_path}.mp4")
        with pytest.raises(StorageApiError):
            bucket.list(a.session.user_id)
        with pytest.raises(StorageApiError):
            bucket.remove([a.whole_path])
    assert a.bucket.files(f"{a.store}/clips") == [f"{a.file.sha256}.mp4"]
