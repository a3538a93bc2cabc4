"""Media: each profile's files in its own folder, kept by content, whole or not at all."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from editai.errors import EditaiError
from editai.library import Media
from editai.models import Brief, Facts, File, Picture, Plan, TranslatedSubtitles
from tests.library.samples import PICTURE_FILES, SUBTITLES, a_plan, a_report

PROFILE, OTHER = "a" * 32, "b" * 32
NAMES = [
    'it\'s 100% "ours".mp4',
    "a:b;c&d.mp4",
    "{curly} [square] (round).mp4",
    "back\\slash.mp4",
    "größe 茶 🍵.mp4",
    "-rf.mp4",
    "C:\\Windows\\x.mp4",
    "x" * 200 + ".mp4",
    " leading and trailing .mp4 ",
]


@pytest.fixture
def media(tmp_path: Path) -> Media:
    return Media(tmp_path / "home")


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "video.mp4"
    path.write_bytes(os.urandom(3_000_000))
    return path


def everything_below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


# ── sources ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_source_is_kept_by_its_content_alone(media: Media, video: Path) -> None:
    file = media.import_source(PROFILE, video)
    digest = hashlib.sha256(video.read_bytes()).hexdigest()
    assert file == File(name=digest, sha256=digest, bytes=3_000_000)
    assert everything_below(media.home) == [f"profiles/{PROFILE}/sources/{digest}"]
    assert media.source(PROFILE, file).read_bytes() == video.read_bytes()


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_an_owners_file_name_does_not_enter_the_library(media: Media, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"a video")
    file = media.import_source(PROFILE, path)
    assert file.name == file.sha256
    assert media.source(PROFILE, file).read_bytes() == b"a video"


def test_a_source_that_is_there_is_not_copied_again(media: Media, video: Path, tmp_path: Path) -> None:
    first = media.source(PROFILE, media.import_source(PROFILE, video))
    before = first.stat()
    again = media.source(PROFILE, media.import_source(PROFILE, Path(shutil.copy(video, tmp_path / "copy.mov"))))
    assert again == first
    assert (again.stat().st_ino, again.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_another_video_of_the_same_size_is_kept_beside_it(media: Media, video: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.mp4"
    other.write_bytes(os.urandom(3_000_000))
    files = [media.import_source(PROFILE, path) for path in (video, other)]
    assert [media.source(PROFILE, file).read_bytes() for file in files] == [video.read_bytes(), other.read_bytes()]


def test_the_owners_file_may_change_afterwards(media: Media, video: Path) -> None:
    content = video.read_bytes()
    file = media.import_source(PROFILE, video)
    video.write_bytes(b"something else")
    assert media.source(PROFILE, file).read_bytes() == content


def test_two_profiles_share_no_file(media: Media, video: Path) -> None:
    file = media.import_source(PROFILE, video)
    with pytest.raises(EditaiError) as caught:
        media.source(OTHER, file)
    assert caught.value.title == "404 source_not_found"
    media.import_source(OTHER, video)
    assert media.source(OTHER, file).stat().st_ino != media.source(PROFILE, file).stat().st_ino


def test_a_source_that_was_cut_off_on_disk_is_not_used_and_is_copied_again(media: Media, video: Path) -> None:
    file = media.import_source(PROFILE, video)
    os.truncate(media.folder(PROFILE) / "sources" / file.sha256, 10)
    with pytest.raises(EditaiError):
        media.source(PROFILE, file)
    media.import_source(PROFILE, video)
    assert media.source(PROFILE, file).stat().st_size == 3_000_000


def test_a_video_that_is_not_there_is_said(media: Media, tmp_path: Path) -> None:
    with pytest.raises(EditaiError) as caught:
        media.import_source(PROFILE, tmp_path / "gone.mp4")
    assert caught.value.title == "404 file_not_found"


# ── a full disk ──────────────────────────────────────────────────────────────────────────────────────────────────

IMPORT = """
import sys
from pathlib import Path
from editai.errors import EditaiError
from editai.library import Media

class Unwarned(Media):  # as if the space had gone after it was checked
    def require_space(self, needed):
        pass

home, video, kind = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
try:
    {"checked": Media, "unwarned": Unwarned}[kind](home).import_source("a" * 32, video)
except EditaiError as error:
    print(error.title)
print([path.name for path in home.rglob("*") if path.is_file()])
"""
NAMESPACE = ("unshare", "--user", "--map-root-user", "--mount")
SMALL_DISK = 'mount -t tmpfs -o size=1m tmpfs "$1" && exec "$2" -c "$3" "$1" "$4" "$5"'
PRETENDED = """
import errno, os, shutil

def fsync(_):
    raise OSError(errno.ENOSPC, "No space left on device")

os.fsync = fsync
shutil.disk_usage = lambda _: shutil._ntuple_diskusage(10**6, 0, 10**6)
"""


def can_mount() -> bool:
    return bool(shutil.which("unshare")) and subprocess.run([*NAMESPACE, "true"], capture_output=True).returncode == 0


@pytest.mark.parametrize("kind", ["checked", "unwarned"])
def test_a_full_disk_is_said_and_nothing_is_left_behind(video: Path, tmp_path: Path, kind: str) -> None:
    """On a file system of 1 MB, mounted in a namespace of its own; where no user may do that, the disk pretends."""
    home = tmp_path / "small disk"
    home.mkdir()
    if can_mount():
        command = [*NAMESPACE, "sh", "-ec", SMALL_DISK, "sh", str(home), sys.executable, IMPORT, str(video), kind]
    else:
        command = [sys.executable, "-c", PRETENDED + IMPORT, str(home), str(video), kind]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert ran.stdout.splitlines() == ["507 disk_full", "[]"], ran.stderr


def test_too_little_free_space_is_said_with_figures(media: Media) -> None:
    with pytest.raises(EditaiError, match=r"[\d.]+ (GB|MB) free; this needs 900000000\.0 GB") as caught:
        media.require_space(9 * 10**17)
    assert caught.value.title == "507 disk_full"


def test_enough_free_space_is_enough_before_the_data_folder_exists(media: Media) -> None:
    media.require_space(1)


# ── clips ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def picture(tmp_path: Path) -> Picture:
    folder = tmp_path / "home" / "profiles" / PROFILE / "cache" / "picture" / "key"
    folder.mkdir(parents=True)
    for name in PICTURE_FILES.values():
        (folder / name).write_bytes(name.encode())
    files = {field: File.of(folder / name) for field, name in PICTURE_FILES.items()}
    return Picture(folder=folder, **files)


def brief(title: str = "Alpina Tin") -> Brief:
    return Brief(sources=(File(name="x", sha256="ab" * 32, bytes=1),), facts=Facts(title=title))


def test_a_clip_is_kept_with_everything_that_the_owner_downloads(media: Media, picture: Picture) -> None:
    plan, report = a_plan(), a_report("Hello there.")
    clip = media.keep_clip(PROFILE, "job", brief(), plan, picture, SUBTITLES, report)
    assert clip.folder == media.clip_folder(PROFILE, clip.id)
    assert sorted(path.name for path in clip.folder.iterdir()) == [
        "captions.ass",
        "captions.srt",
        "captions.vtt",
        "clip.mp4",
        "plan.json",
        "poster.jpg",
        "report.json",
        "transcript.txt",
    ]
    assert clip.path(clip.video).read_bytes() == b"picture.mp4"
    texts = [(clip.folder / name).read_text("utf-8") for name in ("captions.ass", "captions.srt", "captions.vtt")]
    assert texts == [SUBTITLES.ass, SUBTITLES.srt, SUBTITLES.vtt]
    assert clip.transcript is not None
    assert clip.path(clip.transcript).read_text("utf-8") == SUBTITLES.transcript
    assert Plan.model_validate_json(clip.path(clip.plan).read_text("utf-8")) == plan
    assert media.report(clip) == report


def test_the_files_of_a_translation_have_its_language_in_their_names(media: Media, picture: Picture) -> None:
    italian = TranslatedSubtitles(language="it", srt="SRT in Italian", vtt="VTT in Italian", transcript="In Italian.")
    subtitles = SUBTITLES.model_copy(update={"translations": (italian,)})
    clip = media.keep_clip(PROFILE, "job", brief(), a_plan(), picture, subtitles, a_report("Hi."))
    (files,) = clip.translations
    kept = {
        clip.path(file).name: clip.path(file).read_text("utf-8") for file in (files.srt, files.vtt, files.transcript)
    }
    assert kept == {
        "captions.it.srt": "SRT in Italian",
        "captions.it.vtt": "VTT in Italian",
        "transcript.it.txt": "In Italian.",
    }
    assert clip.path(clip.srt).read_text("utf-8") == SUBTITLES.srt


def test_a_report_that_is_gone_is_said(media: Media, picture: Picture) -> None:
    clip = media.keep_clip(PROFILE, "job", brief(), a_plan(), picture, SUBTITLES, a_report("Hi."))
    clip.path(clip.report).unlink()
    with pytest.raises(EditaiError) as caught:
        media.report(clip)
    assert caught.value.title == "404 clip_file_missing"


def test_a_retry_keeps_the_same_clip(media: Media, picture: Picture) -> None:
    clips = [media.keep_clip(PROFILE, "job", brief(), a_plan(), picture, SUBTITLES, a_report("Hi.")) for _ in range(2)]
    assert clips[0].model_copy(update={"created_at": ""}) == clips[1].model_copy(update={"created_at": ""})
    assert len(list(clips[0].folder.parent.iterdir())) == 1


def test_another_job_makes_another_clip(media: Media, picture: Picture) -> None:
    clips = [
        media.keep_clip(PROFILE, job, brief(), a_plan(), picture, SUBTITLES, a_report("Hi.")) for job in ("one", "two")
    ]
    assert clips[0].id != clips[1].id


def test_a_clip_outlives_the_stage_cache(media: Media, picture: Picture) -> None:
    clip = media.keep_clip(PROFILE, "job", brief(), a_plan(), picture, SUBTITLES, a_report("Hi."))
    shutil.rmtree(media.cache(PROFILE))
    assert clip.path(clip.video).read_bytes() == b"picture.mp4"


@pytest.mark.parametrize(
    ("title", "script", "wanted"),
    [
        ("  Alpina \n Tin ", "Meet it.", "Alpina Tin"),
        ("", "Meet the tin.", "Meet the tin."),
        ("", "One two three four five six seven eight nine ten.", "One two three four five six seven eight …"),
    ],
)
def test_a_clips_title_is_the_products_or_how_the_script_begins(
    media: Media, picture: Picture, title: str, script: str, wanted: str
) -> None:
    assert media.keep_clip(PROFILE, "job", brief(title), a_plan(), picture, SUBTITLES, a_report(script)).title == wanted


def test_a_clip_that_cannot_be_kept_whole_is_not_kept(media: Media, picture: Picture) -> None:
    picture.path(picture.poster).unlink()
    with pytest.raises(OSError, match="No such file"):
        media.keep_clip(PROFILE, "job", brief(), a_plan(), picture, SUBTITLES, a_report("Hi."))
    assert list((media.folder(PROFILE) / "clips").iterdir()) == []


def test_deleting_a_profile_removes_its_files_and_no_others(media: Media, video: Path) -> None:
    for profile in (PROFILE, OTHER):
        media.import_source(profile, video)
    media.delete_profile_media(PROFILE)
    assert not media.folder(PROFILE).exists()
    assert len(everything_below(media.folder(OTHER))) == 1


# ── what belongs to whom ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("hostile", ["", ".", "..", "../" + "a" * 32, "A" * 32, "a" * 31, "a" * 32 + "\n", "/etc"])
def test_an_id_that_is_none_leads_nowhere(media: Media, hostile: str) -> None:
    with pytest.raises(EditaiError) as of_profile:
        media.folder(hostile)
    with pytest.raises(EditaiError) as of_clip:
        media.clip_folder(PROFILE, hostile)
    assert (of_profile.value.title, of_clip.value.title) == ("404 profile_not_found", "404 clip_not_found")


def test_a_file_name_in_a_brief_leads_nowhere_else(media: Media, video: Path) -> None:
    media.import_source(PROFILE, video)
    with pytest.raises(EditaiError) as caught:
        media.source(PROFILE, File(name="x", sha256="../../../../video.mp4", bytes=3_000_000))
    assert caught.value.title == "404 source_not_found"


def test_only_paths_inside_the_profiles_folder_belong_to_it(media: Media, video: Path) -> None:
    mine = media.source(PROFILE, media.import_source(PROFILE, video))
    theirs = media.source(OTHER, media.import_source(OTHER, video))
    inside = media.folder(PROFILE)
    link = inside / "link.mp4"
    link.symlink_to(theirs)
    (inside / "folder").symlink_to(media.folder(OTHER))
    assert media.contains(PROFILE, mine)
    assert media.contains(PROFILE, inside / "clips" / ".." / "sources" / mine.name)
    for path in (
        theirs,
        link,
        inside / "folder" / "sources" / theirs.name,
        inside / ".." / OTHER / "sources" / theirs.name,
        media.home / "editai.db",
        media.home / "profiles" / (PROFILE + "x"),
        Path("/etc/passwd"),
    ):
        assert not media.contains(PROFILE, path)


def test_a_source_that_leads_into_another_profile_is_not_found(media: Media, video: Path) -> None:
    file = media.import_source(OTHER, video)
    link = media.folder(PROFILE) / "sources" / file.sha256
    link.parent.mkdir(parents=True)
    link.symlink_to(media.source(OTHER, file))
    with pytest.raises(EditaiError) as caught:
        media.source(PROFILE, file)
    assert caught.value.title == "404 source_not_found"


def test_sweeping_removes_what_dead_processes_left(media: Media, video: Path) -> None:
    kept = media.source(PROFILE, media.import_source(PROFILE, video))
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left = media.folder(PROFILE) / "sources" / f".{dead.pid}.{uuid.uuid4().hex}"
    left.write_bytes(b"half")
    half_clip = media.folder(PROFILE) / "clips" / f".{dead.pid}.{uuid.uuid4().hex}"
    half_clip.mkdir(parents=True)
    half_proxy = media.proxies(PROFILE) / f".{dead.pid}.{uuid.uuid4().hex}"
    half_proxy.mkdir(parents=True)
    media.sweep()
    assert kept.exists()
    assert not half_proxy.exists()
    assert not left.exists()
    assert not half_clip.exists()
