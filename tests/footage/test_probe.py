"""A source is described as it is meant to be seen, and what cannot be used is refused with a reason."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from editai.errors import InvalidInput, TooLarge
from editai.footage import check, probe
from editai.models import File
from editai.settings import Settings
from tests import sources
from tests.sources import Ffmpeg


def refusal(path: Path, settings: Settings) -> str:
    with pytest.raises(InvalidInput) as caught:
        check(path, settings)
    assert caught.value.hint, "every refusal says what to do"
    return caught.value.slug


# ── what it is ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_product_video_is_described_as_it_is(box: Path, settings: Settings) -> None:
    source = check(box, settings)
    assert (source.width_px, source.height_px, source.codec, source.rotation) == (640, 480, "h264", 0)
    assert abs(source.duration_ms - 15_184) <= 34
    assert 29.9 < source.fps < 30
    assert source.has_sound
    assert not source.hdr


def test_the_file_is_named_by_the_library(box: Path) -> None:
    file = File.of(box)
    assert probe(box, file).file == file


def test_without_a_name_the_file_still_has_its_size(box: Path) -> None:
    assert probe(box).file == File(name="", sha256="", bytes=box.stat().st_size)


@pytest.mark.parametrize("degrees", [90, -90])
def test_a_phone_held_upright_gives_an_upright_picture(ffmpeg: Ffmpeg, box: Path, tmp_path: Path, degrees: int) -> None:
    source = probe(sources.rotated(ffmpeg, box, tmp_path / "a.mp4", degrees))
    assert (source.width_px, source.height_px, source.rotation) == (480, 640, degrees % 360)


def test_a_phone_held_upside_down_keeps_its_shape(ffmpeg: Ffmpeg, box: Path, tmp_path: Path) -> None:
    source = probe(sources.rotated(ffmpeg, box, tmp_path / "a.mp4", 180))
    assert (source.width_px, source.height_px, source.rotation) == (640, 480, 180)


def test_pixels_that_are_not_square_are_made_square(ffmpeg: Ffmpeg, box: Path, tmp_path: Path) -> None:
    source = probe(sources.anamorphic(ffmpeg, box, tmp_path / "a.mp4", "4/3"))
    assert (source.width_px, source.height_px) == (853, 480)


def test_odd_sizes_are_kept(ffmpeg: Ffmpeg, box: Path, tmp_path: Path) -> None:
    source = probe(sources.odd_size(ffmpeg, box, tmp_path / "a.mp4", 637, 479))
    assert (source.width_px, source.height_px) == (637, 479)


def test_a_cover_image_before_the_picture_is_not_the_picture(ffmpeg: Ffmpeg, box: Path, tmp_path: Path) -> None:
    source = probe(sources.cover_first(ffmpeg, box, tmp_path / "a.mp4"))
    assert source.stream > 0
    assert (source.width_px, source.height_px, source.codec) == (640, 480, "h264")


def test_a_missing_duration_is_measured(ffmpeg: Ffmpeg, box: Path, tmp_path: Path) -> None:
    source = probe(sources.unknown_length(ffmpeg, box, tmp_path / "a.mkv"))
    assert abs(source.duration_ms - 15_200) <= 40


def test_variable_rate_has_its_true_length_and_average_rate(ffmpeg: Ffmpeg, box: Path, tmp_path: Path) -> None:
    source = probe(sources.variable_rate(ffmpeg, box, tmp_path / "a.mp4"))
    assert abs(source.duration_ms - 15_184) <= 100
    assert 20 < source.fps < 25


def test_no_sound_is_seen(ffmpeg: Ffmpeg, box: Path, tmp_path: Path) -> None:
    assert not probe(sources.silent(ffmpeg, box, tmp_path / "a.mp4")).has_sound


def test_surround_sound_is_sound(tmp_path: Path) -> None:
    assert probe(Path(__file__).parents[1] / "media" / "bigbuckbunny.mp4").has_sound


def test_high_dynamic_range_is_seen(ffmpeg: Ffmpeg, box: Path, tmp_path: Path) -> None:
    assert probe(sources.hdr(ffmpeg, box, tmp_path / "a.mp4")).hdr


# ── what it is not ───────────────────────────────────────────────────────────────────────────────────────────────


def test_an_empty_file_is_refused(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "a.mp4").touch()
    assert refusal(tmp_path / "a.mp4", settings) == "empty_file"


@pytest.mark.parametrize("kind", ["text", "hls", "concat", "sdp", "dash"])
def test_texts_and_playlists_that_pose_as_videos_are_refused(
    box: Path, tmp_path: Path, settings: Settings, kind: str
) -> None:
    assert refusal(sources.playlists(tmp_path, box)[kind], settings) == "not_a_video"


def test_a_folder_is_not_a_video(tmp_path: Path, settings: Settings) -> None:
    assert refusal(tmp_path, settings) == "not_a_video"


def test_sound_alone_is_refused(ffmpeg: Ffmpeg, box: Path, tmp_path: Path, settings: Settings) -> None:
    assert refusal(sources.sound_only(ffmpeg, box, tmp_path / "a.m4a"), settings) == "no_picture"


def test_sound_with_a_cover_image_is_refused(ffmpeg: Ffmpeg, box: Path, tmp_path: Path, settings: Settings) -> None:
    assert refusal(sources.cover_only(ffmpeg, box, tmp_path / "a.m4a"), settings) == "no_picture"


def test_a_copy_that_was_interrupted_is_refused_with_what_was_found(
    ffmpeg: Ffmpeg, box: Path, tmp_path: Path, settings: Settings
) -> None:
    with pytest.raises(InvalidInput) as caught:
        check(sources.cut_off(ffmpeg, box, tmp_path / "a.mp4", part=0.5), settings)
    assert caught.value.slug == "truncated_video"
    assert "15.2 seconds and ends after 7" in caught.value.message


def test_a_recording_without_its_index_is_refused_as_incomplete(
    ffmpeg: Ffmpeg, box: Path, tmp_path: Path, settings: Settings
) -> None:
    assert refusal(sources.without_index(ffmpeg, box, tmp_path / "a.mp4"), settings) == "truncated_video"


def test_an_end_that_is_there_but_cannot_be_decoded_is_refused(
    ffmpeg: Ffmpeg, box: Path, tmp_path: Path, settings: Settings
) -> None:
    whole = sources.cut_off(ffmpeg, box, tmp_path / "a.mp4", part=1.0)
    data = whole.read_bytes()
    whole.write_bytes(data[: len(data) // 3] + bytes(len(data) - len(data) // 3))
    assert refusal(whole, settings) == "truncated_video"


def test_less_than_a_second_is_refused(ffmpeg: Ffmpeg, tmp_path: Path, settings: Settings) -> None:
    assert refusal(sources.black(ffmpeg, tmp_path / "a.mp4", seconds=0.8), settings) == "too_short"


def test_longer_than_the_setting_is_refused(box: Path, settings: Settings) -> None:
    with pytest.raises(TooLarge) as caught:
        check(box, settings.model_copy(update={"max_source_minutes": 0.25}))
    assert caught.value.title == "413 too_long"


def test_larger_than_the_setting_is_refused_before_it_is_opened(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "not even a video.mp4"
    path.write_bytes(b"x" * 1001)
    with pytest.raises(TooLarge) as caught:
        check(path, settings.model_copy(update={"max_source_bytes": 1000}))
    assert caught.value.title == "413 too_large"


NAMES = [
    "-i.mp4",
    "it's 100% %03d %s.mp4",
    "naïve – 茶 🎁.mp4",
    "[0v]{a};b,c=d.mp4",
    "$(touch pwned) `x`;&.mp4",
    " spaces .mp4",
]
if os.name == "posix":
    NAMES += [
        '"quoted".mp4',
        "a:b.mp4",
        "file:a.mp4",
        "concat:a|b.mp4",
        "http:x.mp4",
        "two\nlines.mp4",
        "back\\slash.mp4",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_mean_nothing(
    box: Path, copy_of: Callable[[Path, str], Path], settings: Settings, name: str
) -> None:
    assert check(copy_of(box, name), settings).width_px == 640


@pytest.mark.parametrize("name", ["-y.mp4", *(["pipe:0.mp4", "a:b.mp4"] if os.name == "posix" else [])])
def test_a_relative_name_with_a_dash_or_a_colon_is_a_name(
    box: Path, copy_of: Callable[[Path, str], Path], settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(copy_of(box, name).parent)
    assert check(Path(name), settings).height_px == 480
