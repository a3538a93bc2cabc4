"""The measurement: it finds on the file alone what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from editai import quality
from editai.errors import InvalidInput
from editai.models import File, Measurement, Picture, finished

Ffmpeg = Callable[..., None]


def measured(path: Path) -> Measurement:
    file = File.of(path)
    return finished(quality.measure(Picture(folder=path.parent, video=file, poster=file)))


@pytest.fixture
def make(tmp_path: Path, ffmpeg: Ffmpeg) -> Callable[..., Path]:
    """A two-second 1 kHz film at 25 fps; the arguments are options of its output."""

    def make(*options: object, sound: str = "sine=f=1000:d=2:r=48000") -> Path:
        path = tmp_path / "film.mp4"
        inputs = ("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=2", "-f", "lavfi", "-i", sound)
        ffmpeg(*inputs, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", *options, path)
        return path

    return make


def test_frames_sizes_and_codecs(make: Callable[..., Path]) -> None:
    found = measured(make())

    assert (found.frames, found.fps, found.width_px, found.height_px) == (50, 25.0, 320, 180)
    assert (found.video_codec, found.video_profile, found.pixel_format) == ("h264", "High", "yuv420p")
    assert (found.audio_codec, found.audio_rate_hz, found.audio_channels) == ("aac", 48000, 1)
    assert found.bytes > 10_000
    assert found.bit_rate_kbps == pytest.approx(found.bytes * 8 / found.duration_ms, abs=1)


def test_sound_that_ends_before_the_picture(make: Callable[..., Path]) -> None:
    found = measured(make(sound="sine=f=1000:d=1.5:r=48000"))

    assert found.picture_end_ms == 2000
    assert found.sound_end_ms == pytest.approx(1500, abs=25)


def test_the_loudness_of_a_tone_is_known(make: Callable[..., Path]) -> None:
    """A sine of 1 kHz at -18 dBFS in both channels is at -18 LUFS (EBU Tech 3341)."""
    sine = "0.12589*sin(2*PI*1000*t)"

    found = measured(make("-b:a", "256k", sound=f"aevalsrc='{sine}|{sine}':s=48000:d=2"))

    assert found.loudness_lufs == pytest.approx(-18, abs=0.2)
    assert found.peak_dbtp == pytest.approx(-18, abs=1)


def test_silence_has_no_loudness(make: Callable[..., Path]) -> None:
    found = measured(make(sound="anullsrc=d=2"))

    assert (found.loudness_lufs, found.peak_dbtp) == (None, None)


@pytest.mark.parametrize(("options", "wanted"), [((), False), (("-movflags", "+faststart"), True)])
def test_where_the_index_lies(make: Callable[..., Path], options: tuple[str, ...], wanted: bool) -> None:
    assert measured(make(*options)).faststart is wanted


@pytest.mark.parametrize(
    ("options", "wanted"),
    [(("-use_editlist", "1"), True), (("-use_editlist", "0", "-movflags", "+negative_cts_offsets"), False)],
)
def test_an_edit_list_is_found(make: Callable[..., Path], options: tuple[str, ...], wanted: bool) -> None:
    assert measured(make(*options)).edit_list is wanted


@pytest.mark.parametrize("gop", [10, 17, 50])
def test_the_longest_stretch_between_key_frames(make: Callable[..., Path], gop: int) -> None:
    assert measured(make("-g", gop, "-sc_threshold", 0)).longest_gop == gop


def test_the_colours_by_their_names(make: Callable[..., Path]) -> None:
    tagged = make("-vf", "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv")

    assert measured(tagged).colour == "bt709 tv"


def test_what_is_not_a_video_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_text("Not a video.", "utf-8")

    with pytest.raises(InvalidInput):
        measured(path)
