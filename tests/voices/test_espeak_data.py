"""Where espeak finds its data, under names of all kinds."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import espeakng_loader
import pytest

from editai.errors import Unavailable
from editai.voices.espeak_data import data_folder

SPEAK = """
import sys
from pathlib import Path
from threading import Event
import espeakng_loader
own, home = Path(sys.argv[1]), Path(sys.argv[2])
espeakng_loader.get_data_path = lambda: str(own)
from editai.voices.espeak_library import library
from editai.voices.phonemes import phonemiser
print(phonemiser("a", home)("hello"), len(library(home).say("hello", "gmw/en-US", 175, Event())[1]))
"""

STRAIGHT = """
import ctypes, sys
import espeakng_loader
print(ctypes.CDLL(espeakng_loader.get_library_path()).espeak_Initialize(2, 0, sys.argv[1].encode(), 0))
"""


def ran(program: str, data: Path, home: Path) -> subprocess.CompletedProcess[str]:
    """espeak in a process of its own, with its data in `data`."""
    shutil.copytree(espeakng_loader.get_data_path(), data)
    home.mkdir(exist_ok=True)
    command = [sys.executable, "-c", program, str(data), str(home)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "copied"), [("x" * 200, True), ("Prodotti à €5 数据 'x'", False), ("plain", False)])
def test_espeak_lives_through_any_path_of_its_data(tmp_path: Path, name: str, copied: bool) -> None:
    done = ran(SPEAK, tmp_path / name / "espeak-ng-data", tmp_path / "home")

    assert done.stdout == "həlˈoʊ 1\n", done.stderr
    assert bool(list((tmp_path / "home").glob("espeak-*"))) == copied


def test_espeak_ends_the_process_where_the_path_is_too_long(tmp_path: Path) -> None:
    """The reason for the copy; where this fails, espeak was mended and the copy can go."""
    done = ran(STRAIGHT, tmp_path / ("x" * 200) / "espeak-ng-data", tmp_path / "home")

    assert done.returncode != 0
    assert "Traceback" not in done.stderr


def test_a_copy_is_made_once(tmp_path: Path) -> None:
    own = tmp_path / ("x" * 200)
    own.mkdir()
    (own / "phontab").write_text("one")
    first = data_folder(own, "espeak-1", tmp_path)
    (first / "kept").touch()

    assert data_folder(own, "espeak-1", tmp_path) == first
    assert sorted(path.name for path in first.iterdir()) == ["kept", "phontab"]


def test_a_home_with_a_long_name_is_refused_before_espeak_ends_the_process(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as refused:
        data_folder(tmp_path / ("x" * 200), "espeak-1", tmp_path / ("h" * 200))

    assert refused.value.slug == "voice_unavailable"
