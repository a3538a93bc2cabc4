"""What every test may ask for: a data folder of its own, real media, and the real ffmpeg."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import imageio_ffmpeg
import pytest

import editai
from editai import library
from editai.library import Library
from editai.settings import Settings

pytest_plugins = ["tests.shop"]

MEDIA = Path(__file__).parent / "media"
BOX = Path(editai.__file__).parent / "assets" / "sample" / "box.mp4"
"""A hand turns a printed tea box: 15.2 s, 640x480, 29.97 fps, MP3 sound; a product video as shops have them."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with the most that is slow come first, then those with the most tests: a file is one process's, and a long
    one that began last would keep the others waiting."""
    slow = Counter(item.path for item in items if item.get_closest_marker("slow"))
    tests = Counter(item.path for item in items)
    items.sort(key=lambda item: (-slow[item.path], -tests[item.path]))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with an empty data folder, whatever the environment says."""
    return Settings(_env_file=None, home=tmp_path / "home", models_dir=None, offline=True, secret_key=None)


@pytest.fixture
def shelf(settings: Settings) -> Iterator[Library]:
    """The library of that data folder, open."""
    with library.open(settings) as opened:
        yield opened


@pytest.fixture
def measured(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Have a figure printed at the end of the run, also where the test passes: `measured("word error rate 0.01")`."""
    return lambda figure: record_property("measured", figure)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the tests measured; it comes with their reports, from whatever process ran them."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    figures = [(name, figure) for report in reports if report.when == "call" for name, figure in report.user_properties]
    if lines := [figure for name, figure in figures if name == "measured"]:
        terminalreporter.section("measured")
        for line in lines:
            terminalreporter.write_line(line)


@pytest.fixture
def box() -> Path:
    return BOX


@pytest.fixture(scope="session")
def ffmpeg() -> Callable[..., None]:
    """Run the bundled ffmpeg to make or take apart media in a test: `ffmpeg("-i", a, b)`."""
    import subprocess

    program = imageio_ffmpeg.get_ffmpeg_exe()

    def run(*arguments: object) -> None:
        command = [program, "-hide_banner", "-v", "error", "-nostdin", "-y", *map(str, arguments)]
        subprocess.run(command, check=True, timeout=120)

    return run


@pytest.fixture
def copy_of(tmp_path: Path) -> Callable[[Path, str], Path]:
    """A copy of a file under another name: `copy_of(box, "it's 100%.mp4")`."""

    def copy(path: Path, name: str) -> Path:
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copyfile(path, target))

    return copy
