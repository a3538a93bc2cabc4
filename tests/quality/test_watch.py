"""Runs of what is seen and heard, and sound at full scale."""

from __future__ import annotations

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from editai.models import Run
from editai.quality.watch import Ears, Eyes

RATE = 48_000


def heard(*parts: NDArray[np.float32]) -> Ears:
    """Stereo sound, each part in a frame of its own."""
    ears = Ears()
    for part in parts:
        frame = av.AudioFrame.from_ndarray(np.stack([part, part]).astype(np.float32), "fltp", "stereo")
        frame.sample_rate = RATE
        ears.hear(frame)
    return ears


def tone(seconds: float, level: float = 0.5) -> NDArray[np.float32]:
    return (level * np.sin(np.arange(int(seconds * RATE)) * 2 * np.pi * 440 / RATE)).astype(np.float32)


def watched(*pictures: NDArray[np.uint8]) -> Eyes:
    eyes = Eyes()
    for picture in pictures:
        eyes.see(av.VideoFrame.from_ndarray(picture, format="gray"))
    return eyes


def noise(number: int) -> NDArray[np.uint8]:
    return np.random.default_rng(number).integers(30, 220, (240, 136)).astype(np.uint8)


def test_a_run_of_silence_is_found_where_it_is() -> None:
    assert heard(tone(1), tone(2, 0.0), tone(1)).silent() == (Run(start_ms=1000, end_ms=3000),)


def test_a_pause_between_sentences_is_no_run() -> None:
    assert heard(tone(1), tone(0.5, 0.0), tone(1)).silent() == ()


def test_hiss_far_below_speech_is_silence() -> None:
    assert heard(tone(1), tone(2, 0.0005), tone(1)).silent() == (Run(start_ms=1000, end_ms=3000),)


@pytest.mark.parametrize(("samples", "count"), [(2, 0), (3, 1), (50, 1)])
def test_three_samples_at_full_scale_are_clipping(samples: int, count: int) -> None:
    sound = tone(0.1)
    sound[100 : 100 + samples] = 1.0
    assert heard(sound).clipped == 2 * count  # in both channels


def test_a_run_at_full_scale_over_two_frames_is_one() -> None:
    first, second = tone(0.1), tone(0.1)
    first[-2:] = second[:2] = 1.0
    assert heard(first, second).clipped == 2


def test_two_runs_at_full_scale_are_two() -> None:
    sound = tone(0.1)
    sound[100:110] = sound[200:210] = -1.0
    assert heard(sound).clipped == 4


def test_black_is_found_and_a_dark_picture_is_none() -> None:
    black, dark = np.full((240, 136), 16, np.uint8), np.full((240, 136), 16, np.uint8)
    dark[100:140, 40:90] = 120
    eyes = watched(*[noise(n) for n in range(10)], *[black] * 12, *[dark] * 12)
    assert eyes.black(30) == (Run(start_ms=333, end_ms=733),)


def test_a_picture_that_stands_still_is_found() -> None:
    eyes = watched(*[noise(n) for n in range(30)], *[noise(99)] * 60, *[noise(n) for n in range(30)])
    assert eyes.frozen(30, None) == (Run(start_ms=1000, end_ms=3000),)


def test_a_slow_push_in_is_movement() -> None:
    import cv2

    picture = cv2.GaussianBlur(noise(1), (0, 0), 4)
    picture = cv2.normalize(picture, None, 30, 220, cv2.NORM_MINMAX)
    size = (136, 240)
    pushed = [
        cv2.warpAffine(picture, cv2.getRotationMatrix2D((68, 120), 0, 1 + 0.015 * n / 30), size, flags=cv2.INTER_CUBIC)
        for n in range(90)
    ]
    assert watched(*[np.asarray(each, np.uint8) for each in pushed]).frozen(30, None) == ()


def test_captions_that_change_over_a_still_picture_do_not_make_it_move() -> None:
    pictures = []
    for number in range(90):
        picture = noise(5).copy()
        picture[130:150, 30:110] = 255 * (number // 4 % 2)
        pictures.append(picture)
    words = (0.2, 0.5, 0.85, 0.65)
    assert watched(*pictures).frozen(30, words) == (Run(start_ms=0, end_ms=3000),)
    assert watched(*pictures).frozen(30, None) == ()


def test_what_moves_and_comes_back_in_half_a_second_moves() -> None:
    assert watched(*[noise(number % 15) for number in range(90)]).frozen(30, None) == ()


def test_a_short_clip_has_no_frozen_run() -> None:
    assert watched(noise(1), noise(1)).frozen(30, None) == ()


def test_nothing_seen_is_nothing_said() -> None:
    assert (Eyes().black(30), Eyes().frozen(30, None), Ears().silent()) == ((), (), ())
