"""Frames of a source for a model that sees."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from editai.errors import EditaiError
from editai.footage.stills import stills
from tests import sources
from tests.sources import Ffmpeg


def opened(jpegs: list[bytes]) -> Sequence[Image.Image]:
    pictures = [Image.open(io.BytesIO(jpeg)) for jpeg in jpegs]
    assert {picture.format for picture in pictures} <= {"JPEG"}
    return pictures


def colour(picture: Image.Image) -> int:
    """Which of red, green and blue is the strongest."""
    return int(np.argmax(np.asarray(picture).reshape(-1, 3).mean(axis=0)))


def test_frames_are_evenly_spread_and_in_order(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    video = sources.scenes(ffmpeg, tmp_path / "v.mp4", ["red", "lime", "blue"])
    assert [colour(picture) for picture in opened(stills(video))] == [0, 0, 1, 1, 2, 2]


@pytest.mark.slow
def test_a_source_with_few_key_frames_gives_as_many_frames(box: Path) -> None:
    pictures = opened(stills(box))
    assert [picture.size for picture in pictures] == [(512, 384)] * 6
    assert len({picture.tobytes() for picture in pictures}) == 6


def test_a_small_picture_is_not_made_larger(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    video = sources.scenes(ffmpeg, tmp_path / "v.mp4", ["red"])
    assert {picture.size for picture in opened(stills(video, count=2))} == {(320, 240)}


@pytest.mark.parametrize(("degrees", "corner"), [(90, "left"), (270, "right")])
def test_a_turned_source_is_seen_upright(ffmpeg: Ffmpeg, tmp_path: Path, degrees: int, corner: str) -> None:
    drawn = tmp_path / "drawn.mp4"
    red_top = "color=black:s=320x240:r=25:d=1,drawbox=w=iw:h=60:color=red:t=fill"
    ffmpeg("-f", "lavfi", "-i", red_top, *sources.H264, drawn)
    (picture,) = opened(stills(sources.rotated(ffmpeg, drawn, tmp_path / "turned.mp4", degrees), count=1))
    assert picture.size == (240, 320)
    red = np.asarray(picture)[:, :, 0].mean(axis=0)
    assert (red[:40].mean() > red[-40:].mean()) == (corner == "left")


def test_a_source_of_hardly_any_frames_gives_each_once(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    video = sources.scenes(ffmpeg, tmp_path / "v.mp4", ["red"], seconds=0.08)
    assert 1 <= len(stills(video)) <= 2


def test_a_source_that_was_cut_off_gives_what_is_there(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    video = sources.scenes(ffmpeg, tmp_path / "v.mkv", ["red", "lime", "blue"])
    video.write_bytes(video.read_bytes()[: video.stat().st_size // 2])
    assert opened(stills(video))


def test_a_text_that_poses_as_a_video_is_not_followed(box: Path, tmp_path: Path) -> None:
    for path in sources.playlists(tmp_path, box).values():
        with pytest.raises(EditaiError) as caught:
            stills(path)
        assert caught.value.title == "422 not_a_video"
