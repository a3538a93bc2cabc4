"""The proxy: a small video that every browser plays, from whatever was given."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import pytest

from editai import quality
from editai.errors import InvalidInput
from editai.models import finished
from editai.render import proxy
from tests import sources

Ffmpeg = Callable[..., None]


def facts(path: Path) -> tuple[str, str, int, int, str]:
    with av.open(str(path)) as container:
        video = container.streams.video[0].codec_context
        audio = container.streams.audio[0].codec_context.name if container.streams.audio else ""
        return video.name, str(video.pix_fmt), video.width, video.height, audio


def test_it_is_small_and_plays_while_it_loads(tmp_path: Path, box: Path) -> None:
    target = tmp_path / "a" / "proxy.mp4"

    made = finished(proxy(box, target))

    assert made == target
    assert facts(target) == ("h264", "yuv420p", 640, 480, "aac")
    order = [name for name, _ in quality.boxes(target) if name in (b"moov", b"mdat")]
    assert order == [b"moov", b"mdat"]
    assert list(target.parent.iterdir()) == [target]


def test_a_phone_video_stands_upright(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    lying = tmp_path / "lying.mp4"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=1920x1080:r=30:d=0.5", *sources.H264, lying)
    upright = sources.rotated(ffmpeg, lying, tmp_path / "upright.mp4", 90)

    finished(proxy(upright, tmp_path / "proxy.mp4"))

    assert facts(tmp_path / "proxy.mp4")[2:4] == (270, 480)


@pytest.mark.parametrize(
    "options",
    [
        ("a.webm", "-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus"),
        ("a.mkv", "-c:v", "libx265", "-pix_fmt", "yuv420p10le", "-x265-params", "log-level=error", "-c:a", "flac"),
        ("a.avi", "-c:v", "mpeg4", "-an"),
        ("a.mpg", "-c:v", "mpeg2video", "-c:a", "mp2"),
    ],
    ids=["webm", "10 bit", "no sound", "mpeg"],
)
def test_any_source_gives_what_a_browser_plays(
    tmp_path: Path, box: Path, ffmpeg: Ffmpeg, options: tuple[str, ...]
) -> None:
    path = tmp_path / options[0]
    ffmpeg("-t", "0.6", "-i", box, "-r", "25", *options[1:], path)

    finished(proxy(path, tmp_path / "proxy.mp4"))

    codec, pixels, width, height, _ = facts(tmp_path / "proxy.mp4")
    assert (codec, pixels) == ("h264", "yuv420p")
    assert (width % 2, height % 2) == (0, 0)
    assert height <= 480


def test_a_cover_image_is_not_the_video(tmp_path: Path, box: Path, ffmpeg: Ffmpeg) -> None:
    path = sources.cover_first(ffmpeg, box, tmp_path / "cover.mp4")

    finished(proxy(path, tmp_path / "proxy.mp4"))

    assert facts(tmp_path / "proxy.mp4")[2:4] == (640, 480)


def test_what_is_not_a_video_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "notes.mp4"
    path.write_text("Not a video.", "utf-8")

    with pytest.raises(InvalidInput):
        finished(proxy(path, tmp_path / "proxies" / "proxy.mp4"))

    assert [item.name for item in tmp_path.iterdir()] == ["notes.mp4"]


def test_closing_it_leaves_nothing(tmp_path: Path, box: Path) -> None:
    work = proxy(box, tmp_path / "proxies" / "proxy.mp4")
    next(work)
    next(work)

    work.close()

    assert list((tmp_path / "proxies").iterdir()) == []
