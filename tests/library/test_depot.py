"""The depot: files by their content, whole or not at all, each profile's apart, wherever it lies."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import threading
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from editai.errors import EditaiError
from editai.library.depot import Depot
from editai.library.depot_place import PART_BYTES
from editai.models import File, Moved, Tree
from tests.library.places import KINDS, S3, new_place, s3, s3_server

__all__ = ["s3", "s3_server"]

PROFILE, OTHER = "a" * 32, "b" * 32


@pytest.fixture(params=KINDS)
def depot(request: pytest.FixtureRequest, tmp_path: Path) -> Depot:
    """A depot in a place of each kind."""
    return Depot.open(new_place(request.param, tmp_path, request))


@pytest.fixture
def in_folder(tmp_path: Path) -> Depot:
    (tmp_path / "shared").mkdir()
    return Depot.open(str(tmp_path / "shared"))


@pytest.fixture
def in_s3(s3: S3) -> Depot:
    return Depot.open(s3.new_bucket())


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / 'it\'s 100% "ours".mp4'
    path.write_bytes(os.urandom(70_000))
    return path


def title(call: Callable[[], object]) -> str:
    with pytest.raises(EditaiError) as caught:
        call()
    return caught.value.title


def everything(depot: Depot) -> list[str]:
    return sorted(path for path, _ in depot.place.files("profiles")) + [
        path for path, _ in depot.place.files("incoming")
    ]


def blob(file: File, profile_id: str = PROFILE) -> str:
    return f"profiles/{profile_id}/blobs/{file.sha256[:2]}/{file.sha256}"


# ── in every kind of place ───────────────────────────────────────────────────────────────────────────────────────


def test_a_file_arrives_as_it_was_sent(depot: Depot, video: Path, tmp_path: Path) -> None:
    file = depot.put(PROFILE, video)
    assert file == File.of(video)
    arrived = depot.get(PROFILE, file, tmp_path / "worker" / "sources" / file.sha256)
    assert arrived.read_bytes() == video.read_bytes()
    assert [path.name for path in arrived.parent.iterdir()] == [file.sha256]
    assert everything(depot) == [blob(file)]


def test_an_empty_file_arrives_too(depot: Depot, tmp_path: Path) -> None:
    (tmp_path / "captions.srt").touch()
    file = depot.put(PROFILE, tmp_path / "captions.srt")
    assert depot.get(PROFILE, file, tmp_path / "arrived").read_bytes() == b""


def test_what_is_there_is_not_sent_again(depot: Depot, video: Path, tmp_path: Path) -> None:
    file = depot.put(PROFILE, video)
    written = depot.place.files("profiles")
    assert depot.put(PROFILE, Path(shutil.copy(video, tmp_path / "copy.mov"))).sha256 == file.sha256
    assert depot.place.files("profiles") == written
    assert depot.moved.sent_files == 1


def test_what_is_here_is_not_brought_again(depot: Depot, video: Path) -> None:
    file = depot.put(PROFILE, video)
    assert depot.get(PROFILE, file, video) == video
    assert depot.moved.got_files == 0


def test_a_half_file_counts_as_none_and_is_sent_again(depot: Depot, video: Path, tmp_path: Path) -> None:
    file = File.of(video)
    depot.place.write(blob(file), video.read_bytes()[:1000])
    assert not depot.has(PROFILE, file)
    depot.put(PROFILE, video)
    assert depot.has(PROFILE, file)
    assert depot.get(PROFILE, file, tmp_path / "arrived").read_bytes() == video.read_bytes()


def test_a_damaged_file_is_said_and_removed_so_that_it_can_be_sent_again(
    depot: Depot, video: Path, tmp_path: Path
) -> None:
    file = depot.put(PROFILE, video)
    depot.place.write(blob(file), bytes(file.bytes))
    assert title(lambda: depot.get(PROFILE, file, tmp_path / "to" / "arrived")) == "504 file_damaged"
    assert list((tmp_path / "to").iterdir()) == []
    assert not depot.has(PROFILE, file)
    depot.put(PROFILE, video)
    assert depot.get(PROFILE, file, tmp_path / "to" / "arrived").read_bytes() == video.read_bytes()


def test_a_file_that_is_not_there_is_said(depot: Depot, video: Path, tmp_path: Path) -> None:
    assert title(lambda: depot.get(PROFILE, File.of(video), tmp_path / "arrived")) == "404 not_in_depot"
    assert not (tmp_path / "arrived").exists()


def test_a_profile_has_nothing_of_another(depot: Depot, video: Path, tmp_path: Path) -> None:
    file = depot.put(PROFILE, video)
    assert not depot.has(OTHER, file)
    assert title(lambda: depot.get(OTHER, file, tmp_path / "arrived")) == "404 not_in_depot"
    depot.put(OTHER, video)
    assert everything(depot) == [blob(file, PROFILE), blob(file, OTHER)]
    depot.forget(OTHER, [file])
    assert depot.has(PROFILE, file)


def test_a_deleted_profile_leaves_nothing_and_takes_nothing_of_others(depot: Depot, video: Path) -> None:
    file = depot.put(PROFILE, video)
    depot.put(OTHER, video)
    assert depot.profile_ids() == {PROFILE, OTHER}
    depot.delete(PROFILE)
    depot.delete(PROFILE)
    assert everything(depot) == [blob(file, OTHER)]
    assert depot.profile_ids() == {OTHER}


def test_a_folder_arrives_whole_with_all_below_it(depot: Depot, tmp_path: Path) -> None:
    clip = tmp_path / "clip"
    for name in ("clip.mp4", "captions.srt", "parts/größe 茶.wav", "parts/more/empty"):
        (clip / name).parent.mkdir(parents=True, exist_ok=True)
        (clip / name).write_bytes(name.encode() * 99 if name != "parts/more/empty" else b"")
    tree = Tree.model_validate_json(depot.put_tree(PROFILE, clip).model_dump_json())
    arrived = depot.get_tree(PROFILE, tree, tmp_path / "home" / "clip")
    assert Tree.of(arrived) == Tree.of(clip) == tree
    assert [path.name for path in arrived.parent.iterdir()] == ["clip"]


def test_a_folder_of_which_a_file_is_gone_does_not_arrive(depot: Depot, video: Path, tmp_path: Path) -> None:
    (tmp_path / "clip").mkdir()
    for name in "abc":
        (tmp_path / "clip" / name).write_text(name)
    tree = depot.put_tree(PROFILE, tmp_path / "clip")
    depot.forget(PROFILE, tree.files[2:])
    assert title(lambda: depot.get_tree(PROFILE, tree, tmp_path / "home" / "clip")) == "404 not_in_depot"
    assert list((tmp_path / "home").iterdir()) == []


def test_what_nobody_needs_any_more_is_swept_away_once_it_is_old(depot: Depot, tmp_path: Path) -> None:
    files = []
    for name in "abc":
        (tmp_path / name).write_text(name)
        files.append(depot.put(PROFILE, tmp_path / name))
    depot.place.write("incoming/half", b"x")
    assert depot.sweep(PROFILE, keep=set()) == 0
    assert depot.sweep(PROFILE, keep={files[1].sha256}, older_than_s=-60) == 3
    assert everything(depot) == [blob(files[1])]


def test_two_that_put_the_same_at_once_leave_it_once(depot: Depot, video: Path, tmp_path: Path) -> None:
    others = [Depot.open(depot.place.url) for _ in range(4)]
    with ThreadPoolExecutor(4) as at_once:
        files = list(at_once.map(lambda each: each.put(PROFILE, video), others))
    assert everything(depot) == [blob(files[0])]
    assert depot.get(PROFILE, files[0], tmp_path / "arrived").read_bytes() == video.read_bytes()


def test_what_was_moved_is_counted_for_each_job(depot: Depot, video: Path, tmp_path: Path) -> None:
    first, second = depot.until(threading.Event()), depot.until(threading.Event())
    file = first.put(PROFILE, video)
    second.get(PROFILE, file, tmp_path / "arrived")
    assert first.moved.model_copy(update={"ms": 0}) == Moved(sent_files=1, sent_bytes=70_000)
    assert second.moved.model_copy(update={"ms": 0}) == Moved(got_files=1, got_bytes=70_000)
    assert depot.moved == Moved()


def test_a_job_that_is_over_moves_nothing_more(depot: Depot, video: Path, tmp_path: Path) -> None:
    file, over = depot.put(PROFILE, video), threading.Event()
    over.set()
    job = depot.until(over)
    assert title(lambda: job.get(PROFILE, file, tmp_path / "to" / "arrived")) == "499 cancelled"
    assert title(lambda: job.put(OTHER, video)) == "499 cancelled"
    assert list((tmp_path / "to").iterdir()) == []
    assert everything(depot) == [blob(file)]


def test_a_trial_leaves_nothing(depot: Depot) -> None:
    assert depot.trial() > 0
    assert everything(depot) == []


# ── what is refused ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("profile_id", ["", "..", "A" * 32, "a" * 31, f"../{'a' * 29}", "a" * 32 + "/"])
def test_an_id_that_is_none_leads_nowhere(in_folder: Depot, video: Path, profile_id: str) -> None:
    assert title(lambda: in_folder.put(profile_id, video)) == "404 profile_not_found"
    assert title(lambda: in_folder.delete(profile_id)) == "404 profile_not_found"


@pytest.mark.parametrize("sha256", ["", "../../x", "A" * 64, "a" * 63])
def test_a_hash_that_is_none_leads_nowhere(in_folder: Depot, tmp_path: Path, sha256: str) -> None:
    file = File(name="x", sha256=sha256, bytes=1)
    assert title(lambda: in_folder.get(PROFILE, file, tmp_path / "x")) == "404 not_in_depot"


@pytest.mark.parametrize(
    "name", ["", "/etc/passwd", "..", "../x", "a/../../x", "a//b", "./a", "a/", "C:/x", "a\\..\\b", "a\x00b", "a\nb"]
)
def test_a_path_that_could_lead_out_of_a_folder_is_no_part_of_a_tree(name: str) -> None:
    with pytest.raises(ValidationError):
        Tree(files=(File(name=name, sha256="a" * 64, bytes=1),))


@pytest.mark.parametrize("names", [("a", "a"), ("a", "A"), ("a", "a/b"), ("A/b/c", "a")])
def test_two_files_of_a_tree_never_have_the_same_path(names: tuple[str, str]) -> None:
    with pytest.raises(ValidationError):
        Tree(files=tuple(File(name=name, sha256="a" * 64, bytes=1) for name in names))


@pytest.mark.parametrize("to", ["/etc/passwd", "a", "nowhere"], ids=["outside", "inside", "dangling"])
def test_a_folder_with_a_link_in_it_is_not_sent(in_folder: Depot, tmp_path: Path, to: str) -> None:
    (tmp_path / "clip").mkdir()
    (tmp_path / "clip" / "a").write_text("a")
    (tmp_path / "clip" / "b").symlink_to(to)
    with pytest.raises(ValueError, match="link"):
        in_folder.put_tree(PROFILE, tmp_path / "clip")
    assert everything(in_folder) == []


def test_a_file_that_is_not_what_it_was_known_as_is_not_sent(in_folder: Depot, video: Path) -> None:
    known = File.of(video)
    video.write_bytes(b"another")
    assert title(lambda: in_folder.put(PROFILE, video, known)) == "404 file_changed"
    assert everything(in_folder) == []


# ── a folder ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_folder_that_is_not_mounted_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(EditaiError) as caught:
        Depot.open(str(tmp_path / "share"))
    assert caught.value.title == "503 media_away"
    assert str(tmp_path / "share") in caught.value.message
    assert not (tmp_path / "share").exists()


def test_a_folder_that_went_away_is_not_taken_for_an_empty_one(in_folder: Depot, video: Path, tmp_path: Path) -> None:
    file = in_folder.put(PROFILE, video)
    shutil.rmtree(in_folder.place.url)
    for call in (
        lambda: in_folder.has(PROFILE, file),
        lambda: in_folder.put(PROFILE, video),
        lambda: in_folder.get(PROFILE, file, tmp_path / "arrived"),
        in_folder.trial,
    ):
        assert title(call) == "503 media_away"
    assert not Path(in_folder.place.url).exists()


def test_a_full_place_and_a_full_disk_here_are_told_apart(
    in_folder: Depot, video: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = in_folder.put(PROFILE, video)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    assert title(lambda: in_folder.put(OTHER, video)) == "507 media_full"
    assert title(lambda: in_folder.get(PROFILE, file, tmp_path / "to" / "arrived")) == "507 disk_full"
    assert everything(in_folder) == [blob(file)]
    assert list((tmp_path / "to").iterdir()) == []


@pytest.mark.parametrize("url", ["nothing://x/y", "abfs://container/folder"], ids=["unknown", "not installed"])
def test_a_kind_of_place_that_cannot_be_used_here_is_said(url: str) -> None:
    assert title(lambda: Depot.open(url)) == "503 media_away"


# ── S3 ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Larger than two parts, so that S3 takes and gives it in several."""
    path = tmp_path / "large.mp4"
    path.write_bytes(os.urandom(1 << 20) * 18)
    return path


def test_a_large_file_goes_and_comes_in_parts(in_s3: Depot, large: Path, tmp_path: Path) -> None:
    assert large.stat().st_size > 2 * PART_BYTES
    file = in_s3.put(PROFILE, large)
    assert File.of(in_s3.get(PROFILE, file, tmp_path / "arrived")).sha256 == file.sha256


def test_a_job_that_is_cancelled_in_the_middle_leaves_no_part(
    in_s3: Depot, s3: S3, large: Path, tmp_path: Path
) -> None:
    class AfterSome(threading.Event):
        asked = 0

        def is_set(self) -> bool:
            self.asked += 1
            return self.asked > 2

    assert title(lambda: in_s3.until(AfterSome()).put(PROFILE, large)) == "499 cancelled"
    assert everything(in_s3) == []
    assert _halves(in_s3, s3) == []
    file = in_s3.put(PROFILE, large)
    assert title(lambda: in_s3.until(AfterSome()).get(PROFILE, file, tmp_path / "to" / "arrived")) == "499 cancelled"
    assert list((tmp_path / "to").iterdir()) == []


def _halves(depot: Depot, s3: S3) -> list[dict[str, object]]:
    bucket = depot.place.url.split("/")[2]
    found: list[dict[str, object]] = s3.client().call_s3("list_multipart_uploads", Bucket=bucket).get("Uploads", [])
    return found


def test_what_a_killed_process_sent_by_halves_is_no_file_and_is_swept_away(in_s3: Depot, s3: S3, video: Path) -> None:
    file, client, bucket = File.of(video), s3.client(), in_s3.place.url.split("/")[2]
    begun = client.call_s3("create_multipart_upload", Bucket=bucket, Key=f"media/{blob(file)}")
    client.call_s3(
        "upload_part", Bucket=bucket, Key=begun["Key"], UploadId=begun["UploadId"], PartNumber=1, Body=b"x" * 9
    )
    assert not in_s3.has(PROFILE, file)
    assert in_s3.sweep(PROFILE, keep=set()) == 1  # moto says of each that it was begun in 2010
    assert _halves(in_s3, s3) == []


def _told(call: Callable[[], object]) -> EditaiError:
    with pytest.raises(EditaiError) as caught:
        call()
    assert caught.value.title == "503 media_away"
    return caught.value


def test_a_bucket_that_is_not_there_is_said(s3: S3, video: Path, tmp_path: Path) -> None:
    depot, file = Depot.open(f"s3://{uuid.uuid4().hex}/media"), File.of(video)
    for call in (
        lambda: depot.has(PROFILE, file),
        lambda: depot.put(PROFILE, video),
        lambda: depot.get(PROFILE, file, tmp_path / "arrived"),
        lambda: depot.sweep(PROFILE, set()),
        depot.trial,
    ):
        assert "bucket" in _told(call).message


@pytest.fixture
def closed(s3: S3) -> Iterator[S3]:
    """The server, letting nobody in that it does not know."""

    def look_after(actions: float) -> None:
        text = {"Content-Type": "text/plain"}
        request = urllib.request.Request(f"{s3.url}/moto-api/reset-auth", str(actions).encode(), text, method="POST")
        urllib.request.urlopen(request, timeout=30).close()

    look_after(0)
    yield s3
    look_after(float("inf"))


def test_a_wrong_key_is_said_and_not_shown(s3: S3, request: pytest.FixtureRequest, video: Path, tmp_path: Path) -> None:
    url = s3.new_bucket()
    request.getfixturevalue("closed")
    depot, file = Depot.open(url), File.of(video)
    for call in (
        lambda: depot.has(PROFILE, file),
        lambda: depot.put(PROFILE, video),
        lambda: depot.get(PROFILE, file, tmp_path / "arrived"),
        lambda: depot.delete(PROFILE),
        depot.trial,
    ):
        told = _told(call)
        assert "key" in told.message
        assert "AWS_SECRET_ACCESS_KEY" in told.hint
        assert s3.key not in str(told)


def test_no_key_at_all_is_said(s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    url = s3.new_bucket()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    depot = Depot.open(url)
    assert "there is none" in _told(depot.trial).message


def test_a_server_that_is_away_is_said(s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free.getsockname()[1]}")
        depot = Depot.open("s3://bucket/media")
        told = _told(depot.trial)
    assert "s3://bucket/media" in told.message


def test_times_of_the_place_are_told_as_moments(in_s3: Depot, video: Path) -> None:
    in_s3.put(PROFILE, video)
    ((_, written),) = in_s3.place.files("profiles")
    assert abs((datetime.now(UTC) - written).total_seconds()) < 3600
