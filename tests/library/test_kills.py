"""A kill in the middle of writing: what was being written is there or not, never half."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from editai.library import Library
from editai.models import Clip, Connection, File, Picture, Profile, Project, Subtitles
from editai.settings import Settings
from tests.library.samples import PICTURE_FILES, a_plan, a_project, a_report

KILLS = 10
FILES = {
    "clip.mp4", "poster.jpg", "captions.srt", "captions.vtt", "captions.ass", "transcript.txt", "plan.json",
    "report.json",
}  # fmt: skip


def write_for_ever(shelf: Library, folder: Path) -> None:
    """Change the store, its account, a product and a clip, all to one number, again and again."""
    store, profile = shelf.store, shelf.store.default_profile("local")
    first = int(profile.description or 0) + 1
    for number in range(first, sys.maxsize):
        shelf.secrets.connect(profile.id, Connection(url=f"https://{number}", key=f"key-{number:012}"))
        fields = {"description": str(number), "monthly_budget": number, "call_to_action": f"Buy {number}"}
        store.update_profile("local", profile.id, {"name": f"Tea {number}", **fields})
        project = a_project(profile.id, f"Tea {number}")
        store.keep_project(project)
        store.add_clip(a_kept_clip(shelf, project, folder, number))
        if number == first:
            print("writing", flush=True)


def a_kept_clip(shelf: Library, project: Project, folder: Path, number: int) -> Clip:
    for name in PICTURE_FILES.values():
        (folder / name).unlink(missing_ok=True)  # the last clip may share their bytes
        (folder / name).write_bytes(f"{number} ".encode() * 20_000)
    picture = Picture(folder=folder, **{field: File.of(folder / name) for field, name in PICTURE_FILES.items()})
    job_id, report = f"{os.getpid()} {number}", a_report(project.title)
    subtitles = Subtitles(**dict.fromkeys(("ass", "srt", "vtt", "transcript"), f"{number} " * 20_000))
    clip = shelf.media.keep_clip(project.profile_id, job_id, project.brief, a_plan(), picture, subtitles, report)
    return clip.model_copy(update={"project_id": project.id, "brief": project.brief})


WRITER = """
import sys
from pathlib import Path
from editai import library
from editai.settings import Settings
from tests.library.test_kills import write_for_ever
write_for_ever(library.open(Settings(_env_file=None, home=Path(sys.argv[1]))), Path(sys.argv[2]))
"""


def kill_somebody_who_writes(settings: Settings, folder: Path, after_s: float) -> None:
    folder.mkdir(parents=True)
    command = [sys.executable, "-c", WRITER, str(settings.home), str(folder)]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, start_new_session=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"writing\n"
        time.sleep(after_s)
        assert writer.poll() is None
        writer.send_signal(signal.SIGKILL)


def is_whole(clip: Clip) -> bool:
    """Whether every file is there with the content that the row names, all of one number."""
    texts = [clip.srt, clip.vtt, clip.ass, clip.transcript]
    named = [clip.video, clip.poster, *(text for text in texts if text), clip.plan, clip.report]
    contents = {clip.path(file).read_bytes().split()[0] for file in named[:-2]}
    numbers = {f"Tea {content.decode()}" for content in contents}
    return [File.of(clip.path(file)) for file in named] == named and numbers == {clip.title}


@pytest.mark.slow
def test_kills_at_random_moments_leave_whole_stores_and_clips(
    shelf: Library, profile: Profile, settings: Settings, tmp_path: Path
) -> None:
    for number in range(KILLS):
        kill_somebody_who_writes(settings, tmp_path / str(number), random.uniform(0, 0.2))
        found = shelf.store.default_profile("local")
        written = int(found.description)
        assert (found.name, found.monthly_budget) == (f"Tea {written}", written)
        assert found.kit.call_to_action == f"Buy {written}"
        account = shelf.secrets.connection(profile.id)
        assert account.key == f"key-{account.url.removeprefix('https://'):0>12}"
    clips = shelf.store.clips(profile.id)
    assert len(clips) >= KILLS
    assert all(is_whole(clip) for clip in clips)
    projects = {project.id: project for project in shelf.store.projects(profile.id)}
    assert all(projects[clip.project_id or ""].title == clip.title for clip in clips)
    shelf.media.sweep()
    kept = list((shelf.media.folder(profile.id) / "clips").iterdir())
    assert all({path.name for path in folder.iterdir()} == FILES for folder in kept)
    assert {clip.id for clip in clips} <= {folder.name for folder in kept}
    assert len(kept) - len(clips) <= KILLS  # kept, and killed before their rows: the job's next try adds those
    with shelf.database.read() as rows:
        assert rows.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert rows.execute("PRAGMA foreign_key_check").fetchall() == []


def test_after_a_kill_the_next_one_writes_on(
    shelf: Library, profile: Profile, settings: Settings, tmp_path: Path
) -> None:
    kill_somebody_who_writes(settings, tmp_path / "first", 0.1)
    shelf.store.update_profile("local", profile.id, {"name": "and it goes on"})
    assert shelf.store.profile("local", profile.id).name == "and it goes on"
