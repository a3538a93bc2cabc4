"""The one runner: it says how far it is, maps failures to errors, and leaves nothing running."""

from __future__ import annotations

import logging
import os
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from editai.errors import EditaiError, OutOfSpace
from editai.models import Step, finished
from editai.render import ffmpeg, graph, picture
from tests.processes import FOR_EVER, left_running
from tests.render.conftest import plan_of, source_of

PICTURES = ("-f", "lavfi", "-i", "testsrc2=s=64x64:r=30:d=3")


def ffmpegs() -> list[psutil.Process]:
    """The ffmpeg processes that this process has started and that still run."""
    children = psutil.Process().children(recursive=True)
    return [child for child in children if child.status() != psutil.STATUS_ZOMBIE and "ffmpeg" in child.name()]


def test_it_is_the_program_that_came_along_and_it_has_all_that_a_clip_needs() -> None:
    found = ffmpeg.capabilities()

    assert Path(found.program).is_absolute()
    assert found.missing == ()
    assert found.version[0] in "nN0123456789"


def test_it_says_how_far_it_is(tmp_path: Path) -> None:
    steps = list(ffmpeg.run(["-re", *PICTURES, "-f", "null", "-"], tmp_path, limit_s=60, length_ms=3000))
    fractions = [step.fraction for step in steps]

    assert fractions == sorted(fractions)
    assert len(fractions) >= 7
    assert fractions[-1] == pytest.approx(1, abs=0.05)


def test_it_says_something_while_the_program_says_nothing(tmp_path: Path) -> None:
    work = ffmpeg.run(FOR_EVER, tmp_path, limit_s=60)

    assert [next(work) for _ in range(4)] == [Step(0.0)] * 4
    work.close()


def test_closing_it_ends_the_program(tmp_path: Path) -> None:
    work = ffmpeg.run(FOR_EVER, tmp_path, limit_s=60)
    next(work)
    next(work)
    assert len(ffmpegs()) == 1

    work.close()

    assert ffmpegs() == []
    assert list(tmp_path.iterdir()) == []


def test_a_run_beyond_its_limit_is_ended(tmp_path: Path) -> None:
    with pytest.raises(EditaiError) as caught:
        finished(ffmpeg.run(FOR_EVER, tmp_path, limit_s=0.5))

    assert caught.value.slug == "render_timeout"
    assert ffmpegs() == []


def test_a_source_that_never_ends_is_ended_at_its_limit(tmp_path: Path) -> None:
    with pytest.raises(EditaiError) as caught:
        finished(ffmpeg.run(["-f", "lavfi", "-i", "testsrc2=s=64x64", "-f", "null", "-"], tmp_path, limit_s=0.5))

    assert caught.value.slug == "render_timeout"
    assert ffmpegs() == []


if hasattr(os, "mkfifo"):

    def test_a_source_from_which_nothing_comes_is_ended_at_its_limit(tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "silent.mp4")

        with pytest.raises(EditaiError) as caught:
            finished(ffmpeg.run(["-i", "silent.mp4", "-f", "null", "-"], tmp_path, limit_s=0.5))

        assert caught.value.slug == "render_timeout"
        assert ffmpegs() == []


def test_a_stuck_run_that_others_feed_on_is_ended_at_its_limit(tmp_path: Path) -> None:
    reading, writing = os.pipe()  # nobody reads
    frames = ["-f", "lavfi", "-i", "testsrc2=s=640x640", "-f", "rawvideo", "pipe:1"]
    try:
        with pytest.raises(EditaiError) as caught:
            finished(ffmpeg.run(frames, tmp_path, limit_s=0.5, stdout=writing))
    finally:
        os.close(reading)
        os.close(writing)

    assert caught.value.slug == "render_timeout"
    assert ffmpegs() == []


def test_a_limit_grows_with_every_kind_of_work_and_leaves_a_small_one_its_minute() -> None:
    nothing = ffmpeg.limit_s()
    assert nothing >= 60
    for more in ({"inputs": 9}, {"decoded_mp": 5000.0}, {"drawn_mp": 5000.0}, {"sound_s": 60.0}):
        assert ffmpeg.limit_s(**more) > nothing + 30
    once, twice = (ffmpeg.limit_s(drawn_mp=amount) - nothing for amount in (1000.0, 2000.0))
    assert twice == pytest.approx(2 * once)


def test_a_clip_may_take_the_longer_the_more_it_shows_and_the_larger_its_sources_are(box: Path) -> None:
    source = source_of(box)

    def limit(frames: int, **changes: int) -> float:
        plan = plan_of([source.model_copy(update=changes)], [(0, 0, frames)], width_px=1080, height_px=1920)
        sources = [replace(each, source=plan.sources[0]) for each in graph.opened(plan, {source.file.sha256: box})]
        return picture._limit_s(plan, graph.takes(plan), sources)

    assert limit(3000) - limit(300) > 8 * (limit(300) - limit(1))
    assert limit(300, width_px=3840, height_px=2160) > limit(300) + 300


def test_a_program_that_talks_a_lot_does_not_block(tmp_path: Path) -> None:
    frames = ("-f", "lavfi", "-i", "color=s=16x16:r=30:d=100,showinfo")

    told = finished(ffmpeg.run([*frames, "-f", "null", "-"], tmp_path, limit_s=60))

    assert len(told) > 300_000  # a pipe holds 65,536 bytes


def test_a_failure_is_an_error_for_the_page_and_a_line_for_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(EditaiError) as caught, caplog.at_level(logging.ERROR):
        finished(ffmpeg.run(["-i", "absent.mp4", "-f", "null", "-"], tmp_path, limit_s=60))

    assert caught.value.title == "500 render_failed"
    assert "absent.mp4" not in str(caught.value)
    assert "absent.mp4" in caplog.text


if Path("/dev/full").exists():  # a disk that is always full; Linux has one

    def test_a_full_disk_is_told_as_such(tmp_path: Path) -> None:
        with pytest.raises(OutOfSpace) as caught:
            finished(ffmpeg.run([*PICTURES, "-f", "rawvideo", "/dev/full"], tmp_path, limit_s=60))

        assert caught.value.title == "507 disk_full"


def test_a_file_of_any_name_is_opened(tmp_path: Path, box: Path) -> None:
    home = tmp_path / "it's 100% [my] vidéos: {x}" / "-i $(x) ;&日本"
    home.mkdir(parents=True)
    path = home / "%03d 'concat:a|b'.mp4"
    path.write_bytes(box.read_bytes())

    told = finished(ffmpeg.run([*ffmpeg.user_input(path, "-t", "0.2"), "-f", "null", "-"], tmp_path, limit_s=60))

    assert "Input #0" in told


@pytest.mark.parametrize(
    "text",
    ["ffconcat version 1.0\nfile '{0}'\n", "#EXTM3U\n#EXTINF:1,\nfile://{0}\n#EXT-X-ENDLIST\n"],
    ids=["concat", "hls"],
)
def test_a_playlist_that_poses_as_a_video_is_refused(tmp_path: Path, box: Path, text: str) -> None:
    path = tmp_path / "video.mp4"
    path.write_text(text.format(box), "utf-8")

    with pytest.raises(EditaiError):
        finished(ffmpeg.run([*ffmpeg.user_input(path), "-f", "null", "-"], tmp_path, limit_s=60))


def test_what_a_killed_worker_left_running_is_ended(tmp_path: Path) -> None:
    orphan = left_running(tmp_path / "cache" / "picture" / ".1.x")
    assert orphan.is_running()

    ended = ffmpeg.end_orphans(tmp_path)

    psutil.wait_procs([orphan], timeout=5)
    assert ended == 1
    assert not orphan.is_running()
    assert list(tmp_path.rglob(ffmpeg.PID_FILE)) == []


def test_what_a_living_worker_runs_goes_on(tmp_path: Path) -> None:
    work = ffmpeg.run(FOR_EVER, tmp_path, limit_s=60)
    next(work)

    ended = ffmpeg.end_orphans(tmp_path)

    assert ended == 0
    assert len(ffmpegs()) == 1
    work.close()


def test_another_process_that_got_the_number_is_left_alone(tmp_path: Path) -> None:
    me = psutil.Process()
    note = f'{{"pid": {me.pid}, "created": {me.create_time() - 500}, "owner": {me.pid}, "owner_created": 1.0}}'
    (tmp_path / ffmpeg.PID_FILE).write_text(note)

    assert ffmpeg.end_orphans(tmp_path) == 0
    assert not (tmp_path / ffmpeg.PID_FILE).exists()
