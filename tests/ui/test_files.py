"""Showing a profile's files without telling where they lie."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from editai.bundled import SAMPLE_VIDEO
from editai.settings import Settings
from editai.ui.files import address, forget, show, sweep

STORE = "0" * 31 + "1"


@pytest.fixture
def folder(settings: Settings) -> Path:
    """Where the files of a store lie."""
    made = settings.folder / "profiles" / STORE / "clips"
    made.mkdir(parents=True)
    return made


def test_a_file_is_shown_under_one_name_that_nobody_can_guess(settings: Settings, folder: Path) -> None:
    clip = folder / "clip.mp4"
    clip.write_bytes(b"clip")
    shown = show(settings, clip, "Lamp.mp4")
    assert shown == show(settings, clip, "Lamp.mp4")
    assert shown is not None
    assert Path(shown).read_bytes() == b"clip"
    assert Path(shown).name == "Lamp.mp4"
    assert len(Path(shown).parent.name) == 40
    assert Path(shown).parents[1].name == STORE


def test_a_file_that_is_no_stores_is_not_shown(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_bytes(b"key")
    with pytest.raises(ValueError, match=r"secret\.key"):
        show(settings, tmp_path / "secret.key")
    assert Path(show(settings, SAMPLE_VIDEO) or "").parents[1].name == "everybody"


def test_a_changed_file_has_another_address(settings: Settings, folder: Path) -> None:
    still = folder / "still.jpg"
    still.write_bytes(b"one")
    before = show(settings, still)
    os.utime(still, ns=(1, 1))
    assert show(settings, still) != before


def test_a_file_that_is_gone_is_not_shown(settings: Settings, folder: Path) -> None:
    assert show(settings, folder / "none.jpg") is None
    assert address(None) == ""


def test_an_address_is_quoted(settings: Settings) -> None:
    assert address('/a b/"c"#.mp4') == "/gradio_api/file=/a%20b/%22c%22%23.mp4"


def test_a_file_that_was_deleted_is_no_longer_shown(settings: Settings, folder: Path) -> None:
    kept, deleted = folder / "kept.mp4", folder / "deleted.mp4"
    shown = []
    for clip in (kept, deleted):
        clip.write_bytes(b"clip")
        shown.append(Path(show(settings, clip) or ""))
    deleted.unlink()
    forget(settings)
    assert [path.exists() for path in shown] == [True, False]


def test_a_copy_in_the_making_is_not_forgotten(settings: Settings) -> None:
    making = settings.uploads / "shown" / STORE / "token" / ".123.abc"
    making.parent.mkdir(parents=True)
    making.write_bytes(b"half")
    forget(settings)
    assert making.exists()


def test_what_is_fresh_survives_the_sweep(settings: Settings, folder: Path) -> None:
    clip = folder / "clip.mp4"
    clip.write_bytes(b"clip")
    shown = show(settings, clip)
    assert shown is not None
    sweep(settings)
    assert Path(shown).is_file()


def test_what_is_old_is_swept_away(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for of in ("shown/store", "of/owner"):
        (settings.uploads / of / "token").mkdir(parents=True)
    (settings.uploads / "hash").mkdir()
    (settings.uploads / "tmp123").touch()
    monkeypatch.setattr("editai.ui.files.KEPT_SECONDS", -1)
    sweep(settings)
    assert {path.name for path in settings.uploads.rglob("*")} == {"shown", "store", "of", "owner"}
