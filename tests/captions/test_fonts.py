from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from editai import render
from editai.bundled import FONTS
from editai.captions import fonts
from editai.captions.fonts import advance, families, ink, runs

FILE = "Montserrat_800ExtraBold.ttf"
FACES = (FILE,)


@pytest.mark.parametrize(
    ("text", "language", "files"),
    [
        ("Buy now", "en", [FILE]),
        ("Buy مرحبا", "ar", [FILE, "scripts/NotoSansArabic_800ExtraBold.ttf"]),
        ("Αγορά", "el", ["scripts/NotoSans_800ExtraBold.ttf"]),
        ("茶箱", "zh", ["scripts/NotoSansSC_700Bold.ttf"]),
        ("茶箱", "ja", ["scripts/NotoSansJP_700Bold.ttf"]),
        ("지금", "ko", ["scripts/NotoSansKR_700Bold.ttf"]),
        ("tea🔥", "en", [FILE, ""]),
    ],
)
def test_every_part_of_a_text_is_in_a_font_that_has_it(text: str, language: str, files: list[str]) -> None:
    assert [run.file for run in runs(text, FACES, language)] == files


@given(some.text())
@settings(max_examples=150, deadline=None)
def test_the_runs_of_a_text_are_the_text(text: str) -> None:
    assert "".join(run.text for run in runs(text, FACES)) == text


@given(some.text(some.characters(categories=["L", "N", "P", "S"]), max_size=30))
@settings(max_examples=60, deadline=None)
def test_ink_is_at_least_as_wide_as_the_pen_goes(text: str) -> None:
    assert ink(text, FACES).width >= advance(text, FACES) - 1e-6


def test_the_fonts_of_the_computer_are_not_opened_for_what_those_that_come_along_have(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fonts, "installed", lambda: pytest.fail("they were opened"))
    for text in ("Zwölf Kerzen", "مرحبا茶", "🔥☎©", "Ελλάδα"):
        assert runs(text, FACES, "xx")
        assert all(fonts.has(letter, FACES) for letter in text)


def test_a_store_chooses_among_the_fonts_with_latin_letters() -> None:
    assert {"Anton", "Montserrat ExtraBold", "Inter"} <= set(families())
    assert not any("Noto" in family for family in families())


def test_the_licence_of_every_font_lies_beside_it() -> None:
    for path in FONTS.rglob("*.ttf"):
        licences = [file.stem.removeprefix("OFL-") for file in path.parent.glob("OFL-*.txt")]
        assert any(path.name.startswith(name) for name in licences), path.name


def test_a_picture_is_drawn_anew_when_a_font_of_the_computer_is_another_under_the_same_path(tmp_path: Path) -> None:
    installed = tmp_path / "Some.ttf"
    shutil.copyfile(FONTS / FILE, installed)
    one = render.pens((FILE, str(installed)))
    assert one == render.pens((FILE, str(installed)))
    shutil.copyfile(FONTS / "Inter_700Bold.ttf", installed)
    assert render.pens((FILE, str(installed))) != one
