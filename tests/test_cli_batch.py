"""`python -m editai batch`: a feed and a folder in, a clip of each product out, and a reason for every other."""

from __future__ import annotations

import csv
import signal
import subprocess
from pathlib import Path

import pytest

from editai import library
from editai.cli import main
from editai.library import LOCAL_OWNER
from editai.models import Standing
from editai.settings import Settings
from tests.conftest import BOX
from tests.processes import half_made, renderers, wait_for
from tests.test_cli import command, editai

COUNT, LATE = 20, 17
"""Products, and from which on they are broken: one without a video, one with half of one, one with no price."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The data folder of a store whose clips are square and have no end card: they are soon drawn."""
    with library.open(Settings(_env_file=None, home=tmp_path / "home")) as shelf:
        store = shelf.store.default_profile(LOCAL_OWNER)
        shelf.store.update_profile(LOCAL_OWNER, store.id, {"format": "1:1", "end_card": False})
    return tmp_path / "home"


@pytest.fixture
def media(tmp_path: Path) -> Path:
    folder = tmp_path / "media"
    folder.mkdir()
    for number in range(LATE):
        (folder / f"tea_{number:02}.mp4").write_bytes(BOX.read_bytes())
    (folder / "TEA-18.mp4").write_bytes(BOX.read_bytes()[:200_000])
    (folder / "TEA-19").mkdir()
    (folder / "TEA-19" / "front.mp4").write_bytes(BOX.read_bytes())
    return folder


def write_feed(path: Path, *, mended: bool = False) -> Path:
    with path.open("w", encoding="utf-16", newline="") as stream:
        table = csv.writer(stream, delimiter=";")
        table.writerow(["sku", "title", "price", "script"])
        for number in range(COUNT):
            price = "cheap" if number == 19 and not mended else "$5" if number % 2 else "$6"
            table.writerow([f"TEA-{number:02}", "Tea box", price, "Meet the box."])
    return path


def states(home: Path) -> list[Standing]:
    with library.open(Settings(_env_file=None, home=home)) as shelf:
        return list(shelf.feeds.products(shelf.store.default_profile(LOCAL_OWNER).id))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_twenty_products_of_which_three_are_broken_end_with_17_clips_3_reasons_and_a_retry_that_makes_the_rest(
    home: Path, media: Path, tmp_path: Path
) -> None:
    feed = write_feed(tmp_path / "feed.csv")
    ran = editai(home, tmp_path, "batch", feed, "--media", media, "--out", "clips", timeout=600)
    assert ran.returncode == 1, ran.stderr
    reasons = [line for line in ran.stderr.splitlines() if line.startswith("TEA-") and "\t" not in line]
    assert [line.partition(": ")[0] for line in reasons] == ["TEA-17", "TEA-18", "TEA-19"]
    assert all(len(line.partition(": ")[2]) > 10 for line in reasons)
    with (tmp_path / "editai-batch.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["state"] for row in rows] == ["done"] * LATE + ["missing"] * 3
    assert len(list((tmp_path / "clips").glob("*/clip.mp4"))) == LATE

    (media / "TEA-18.mp4").write_bytes(BOX.read_bytes())
    (media / "TEA-17.mp4").write_bytes(BOX.read_bytes())
    write_feed(feed, mended=True)
    again = editai(home, tmp_path, "batch", feed, "--media", media, timeout=600)
    assert again.returncode == 0, again.stderr
    assert "3 clips to make, 17 made before" in again.stderr
    made = states(home)
    assert [each.state for each in made] == ["done"] * COUNT
    assert len({each.clip_id for each in made}) == COUNT

    once_more = editai(home, tmp_path, "batch", feed, "--media", media)
    assert (once_more.returncode, once_more.stdout) == (0, "")
    assert states(home) == made
    assert (renderers(home), half_made(home)) == ([], [])


@pytest.mark.slow
def test_ctrl_c_leaves_the_batch_where_it_is(home: Path, media: Path, tmp_path: Path) -> None:
    feed = write_feed(tmp_path / "feed.csv")
    program, environment = command(home)
    arguments = ["batch", str(feed), "--media", str(media)]
    with subprocess.Popen(
        [*program, *arguments], env=environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        wait_for(lambda: renderers(home), 200, "ffmpeg")
        running.send_signal(signal.SIGINT)
        _, stderr = running.communicate(timeout=60)
    assert running.returncode == 130, stderr
    assert "Traceback" not in stderr
    assert (renderers(home), half_made(home)) == ([], [])
    assert {each.state for each in states(home) if each.job_id} <= {"queued", "done"}
    assert not any(each.state == "cancelled" for each in states(home))


def test_a_dry_run_says_all_and_makes_nothing(home: Path, media: Path, tmp_path: Path) -> None:
    feed = write_feed(tmp_path / "feed.csv")
    ran = editai(home, tmp_path, "batch", feed, "--media", media, "--dry-run")
    assert ran.returncode == 1, ran.stderr
    lines = ran.stdout.splitlines()
    assert sum(line.split("\t")[1:2] == ["new"] for line in lines) == 18
    assert "TEA-19\tmissing\tLine 21: 'cheap' is no price." in lines
    assert lines[-1].startswith("18 clips to make, 2 that cannot be made.")
    assert states(home) == []


def test_on_a_full_disk_it_says_so_once_and_leaves_what_waits_for_the_next_time(
    home: Path, media: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    feed = write_feed(tmp_path / "feed.csv")
    monkeypatch.setenv("EDITAI_HOME", str(home))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("editai.library.media.Media.free_bytes", lambda _: 0)
    assert main(["batch", str(feed), "--media", str(media)]) == 1
    told = capsys.readouterr().err.splitlines()
    assert sum("has 0 bytes free" in line for line in told) == 1
    assert told[-1] == "18 products not taken in yet: run the same command again, or start the app."
    with (tmp_path / "editai-batch.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert [row["state"] for row in csv.DictReader(stream)].count("waiting") == 18
    assert not any(each.failed for each in states(home)[:17])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "422 feed_unreadable"),
        (b"colour,size\nred,M\n", "422 feed_unknown: This is no feed that is known here. Its first line begins with: "),
        (b"<rss><item>", "422 feed_unreadable: This XML is broken in line 1."),
        (b"x" * 20_000_001, "413 feed_too_large"),
    ],
    ids=["empty", "other columns", "broken XML", "too large"],
)
def test_a_feed_that_cannot_be_read_is_one_line(
    home: Path,
    tmp_path: Path,
    content: bytes,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("EDITAI_HOME", str(home))
    (tmp_path / "feed").write_bytes(content)
    assert main(["batch", str(tmp_path / "feed"), "--media", str(tmp_path)]) == 1
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert told.err.startswith(said)
