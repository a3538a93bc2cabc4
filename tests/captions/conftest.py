from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from .drawing import Screen


@pytest.fixture(scope="module")
def screen(ffmpeg: Callable[..., None], tmp_path_factory: pytest.TempPathFactory) -> Screen:
    """Draws captions with the real ffmpeg."""
    return Screen(ffmpeg, tmp_path_factory.mktemp("screen"))


@pytest.fixture(scope="module")
def talk(ffmpeg: Callable[..., None], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video in which somebody counts to ten from 1.5 s on and says a second sentence from 5.69 s on."""
    media = Path(__file__).parent.parent / "media"
    video = tmp_path_factory.mktemp("talk") / "talk.mp4"
    ffmpeg(
        *("-i", media / "en_counting.wav", "-i", media / "en_quick_brown_fox.wav"),
        *("-f", "lavfi", "-i", "color=c=teal:s=320x240:r=30:d=10"),
        "-filter_complex",
        "[0:a]adelay=1500,apad=pad_dur=1.2[a];[a][1:a]concat=n=2:v=0:a=1,apad=pad_dur=5[sound]",
        *("-map", "2:v", "-map", "[sound]", "-c:a", "aac", "-ar", "44100", "-ac", "2", "-shortest", video),
    )
    return video
