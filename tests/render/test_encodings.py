"""How the picture is encoded: what works here, what stands in for the rest, and the rules that every file keeps."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from editai import render as room
from editai.models import File, Films, Quality, finished
from editai.render import encodings, feed, picture, sound
from editai.render import ffmpeg as runner
from tests.conftest import BOX
from tests.render.conftest import Render, numbered, plan_of, source_of, subtitles

Ffmpeg = Callable[..., None]


@pytest.fixture(scope="module")
def dark(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Ffmpeg) -> Path:
    """A table that comes slowly out of the dark: what x264's threads made something else of each time."""
    path = tmp_path_factory.mktemp("dark") / "dark.mkv"
    looks = "crop=ih*9/16:ih,scale=540:960,fps=30,fade=in:0:70"
    ffmpeg("-t", 2.5, "-i", BOX, "-an", "-vf", looks, "-c:v", "ffv1", path)
    return path


def test_x264_is_always_offered_and_first() -> None:
    assert room.encoders()[0].name == "x264"


def test_an_encoder_that_ffmpeg_does_not_know_is_not_offered() -> None:
    other = encodings.known()[0].model_copy(update={"codec": "h264_of_another_world"})
    assert not encodings.works(other)


def test_an_encoder_whose_film_does_not_keep_the_rules_is_not_offered() -> None:
    usual = encodings.known()[0]
    assert encodings.works(usual)
    assert not encodings.works(usual.model_copy(update={"options": f"{usual.options} -x264-params keyint=45"}))
    assert not encodings.works(usual.model_copy(update={"options": "-pix_fmt yuv422p"}))
    assert not encodings.works(usual.model_copy(update={"options": "-pix_fmt yuv420p -bf 8 -b_strategy 0"}))


def test_an_encoder_that_is_only_a_name_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    found = runner.capabilities()
    names = frozenset({*found.encoders, "h264_videotoolbox"})
    told = runner.Capabilities(found.program, found.version, found.missing, names)
    monkeypatch.setattr(runner, "capabilities", lambda: told)
    assert not encodings.works(next(each for each in encodings.known() if each.name == "videotoolbox"))


def test_what_is_offered_has_a_ground_for_every_quality() -> None:
    for encoder in encodings.known():
        assert set(encoder.qualities) == set(get_args(Quality))
        assert all(grade.ground for grade in encoder.qualities.values())
        assert encoder.ground


@pytest.mark.parametrize("quality", get_args(Quality))
def test_every_quality_keeps_the_rules(tmp_path: Path, render: Render, quality: Quality) -> None:
    path = numbered(tmp_path / "a.mp4", 70)
    clip = render(plan_of([source_of(path)], [(0, 0, 65)], tracks=(), quality=quality), path)
    assert encodings.keeps_rules(clip.path(clip.video), 65)


def test_a_high_quality_has_more_bits(dark: Path, render: Render) -> None:
    plan = plan_of([source_of(dark, duration_ms=2500)], [(0, 0, 60)], tracks=(), width_px=540, height_px=960)
    standard, high = (
        render(plan.model_copy(update={"quality": quality}), dark).video.bytes for quality in ("standard", "high")
    )
    assert high > 1.5 * standard


def test_an_encoder_that_does_not_work_here_is_replaced_and_that_is_said(
    tmp_path: Path, render: Render, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encodings, "encoders", lambda: encodings.known()[:1])
    path = numbered(tmp_path / "a.mp4", 20)
    plan = plan_of([source_of(path)], [(0, 0, 15)])

    clip = render(plan.model_copy(update={"encoder": "nvenc"}), path)

    assert [told.slug for told in clip.degradations] == ["encoder_replaced"]
    assert "NVENC" in clip.degradations[0].message
    assert clip.video == render(plan, path).video


# ── the same plan, the same bytes ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_the_same_plan_gives_the_same_bytes_out_of_the_dark_too(dark: Path, render: Render) -> None:
    plan = plan_of([source_of(dark, duration_ms=2500)], [(0, 0, 75)], tracks=(), width_px=540, height_px=960)
    assert len({render(plan, dark).video.sha256 for _ in range(6)}) == 1


def test_shots_that_are_drawn_a_few_at_a_time_give_the_same_bytes_again(tmp_path: Path, render: Render) -> None:
    path = numbered(tmp_path / "a.mp4", 60)
    plan = plan_of([source_of(path)], [(0, 3 * at, 4) for at in range(feed.AT_ONCE + 3)])
    assert len(feed.groups(plan)) > 1
    assert render(plan, path).video == render(plan, path).video


def test_the_preview_too_has_the_same_bytes_again(tmp_path: Path) -> None:
    path = numbered(tmp_path / "a.mp4", 40)
    plan = plan_of([source_of(path)], [(0, 0, 30)], width_px=1080, height_px=1920)
    files, found = {File.of(path).sha256: path}, set()
    (tmp_path / "sound").mkdir()
    mix = finished(sound.mix(plan, files, tmp_path / "sound"))
    for turn in range(2):
        (work := tmp_path / f"preview{turn}").mkdir()
        found.add(finished(picture.preview(plan, subtitles(), mix, Films(), files, work)).video.sha256)
        shutil.rmtree(work)
    assert len(found) == 1
