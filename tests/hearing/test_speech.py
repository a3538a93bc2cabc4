from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from editai import hearing
from editai.errors import InvalidInput
from editai.hearing.speech import RATE, Passage, Talk, as_recorded, blocks, passages, read, resampled
from editai.models import finished

MEDIA = Path(__file__).parent.parent / "media"


def test_somebody_speaks_in_a_recording_of_speech(talk: Path) -> None:
    assert hearing.has_speech(talk)


def test_nobody_speaks_in_a_product_video_with_music(box: Path) -> None:
    assert not hearing.has_speech(box)


def test_animals_are_not_somebody() -> None:
    assert not hearing.has_speech(MEDIA / "bigbuckbunny.mp4")


def test_speech_under_noise_as_loud_as_itself_is_speech(ffmpeg: Callable[..., None], tmp_path: Path, box: Path) -> None:
    ffmpeg("-i", MEDIA / "en_counting.wav", "-i", box, "-filter_complex",
           "[1:a]volume=0.2[b];[0:a][b]amix=duration=first", tmp_path / "both.wav")  # fmt: skip
    assert hearing.has_speech(tmp_path / "both.wav")


def test_a_single_short_word_is_not_speech_to_make_a_clip_of(ffmpeg: Callable[..., None], tmp_path: Path) -> None:
    ffmpeg("-i", MEDIA / "en_counting.wav", "-af", "atrim=0:0.4,apad=pad_dur=3", tmp_path / "word.wav")
    assert not hearing.has_speech(tmp_path / "word.wav")


@pytest.fixture
def click(ffmpeg: Callable[..., None], tmp_path: Path) -> Path:
    """A tone from 7.0 s on, whose stream begins 2 s later than the picture."""
    path = tmp_path / "click.mkv"
    ffmpeg(
        *("-f", "lavfi", "-i", "color=c=red:s=64x64:r=30:d=9"),
        *("-itsoffset", "2", "-f", "lavfi", "-i", "aevalsrc='if(gte(t,5),0.5*sin(880*PI*t),0)':d=7:s=44100"),
        *("-map", "0", "-map", "1", "-c:a", "pcm_s16le", path),
    )
    return path


@pytest.mark.parametrize("start", [0.0, 1.5, 6.0, 6.9])
def test_a_sound_is_found_at_its_time_on_the_sources_clock(click: Path, start: float) -> None:
    sound = read(click, start, 9 - start)
    assert abs(np.flatnonzero(np.abs(sound) > 0.1)[0] / RATE + start - 7.0) < 0.005


def test_a_sound_is_as_long_at_another_rate(click: Path) -> None:
    sound = np.concatenate(list(blocks(click, rate=24_000)))
    assert abs(sound.size / 24_000 - 9.0) < 0.05
    assert abs(np.flatnonzero(np.abs(sound) > 0.1)[0] / 24_000 - 7.0) < 0.005
    assert abs(resampled(sound, 24_000).size / RATE - sound.size / 24_000) < 0.01


def test_a_sound_as_it_was_recorded_keeps_its_channels_and_its_rate(
    ffmpeg: Callable[..., None], tmp_path: Path
) -> None:
    ffmpeg("-f", "lavfi", "-i", "aevalsrc=0.5|0:d=1:s=44100", "-c:a", "pcm_s16le", tmp_path / "left.wav")
    parts = list(as_recorded(tmp_path / "left.wav"))
    assert {rate for _, rate in parts} == {44_100}
    sound = np.concatenate([part for part, _ in parts], axis=1)
    assert sound.shape == (2, 44_100)
    assert np.abs(sound[0] - 0.5).max() < 0.001
    assert np.abs(sound[1]).max() == 0


def test_no_more_is_read_than_was_asked_for(click: Path) -> None:
    assert read(click, 1.0, 0.5).size == RATE // 2


def test_a_truncated_video_is_heard_as_far_as_it_goes(talk: Path, tmp_path: Path, ffmpeg: Callable[..., None]) -> None:
    whole = tmp_path / "whole.mkv"
    ffmpeg("-i", talk, "-c", "copy", whole)
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size * 6 // 10])
    assert hearing.has_speech(cut)


def test_a_text_that_poses_as_a_video_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("ffconcat version 1.0\nfile /etc/hostname\n")
    with pytest.raises(InvalidInput):
        hearing.has_speech(tmp_path / "a.mp4")


def test_of_several_sounds_the_one_is_heard_that_the_clip_plays(ffmpeg: Callable[..., None], tmp_path: Path) -> None:
    ffmpeg("-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono:d=5", "-i", MEDIA / "en_counting.wav",
           "-map", "0", "-map", "1", "-ac:a:1", "2", "-disposition:a:1", "default", tmp_path / "two.mkv")  # fmt: skip
    assert not hearing.has_speech(tmp_path / "two.mkv")


# ── where somebody speaks ────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def three(talk: Path, box: Path, ffmpeg: Callable[..., None], tmp_path: Path) -> list[Path]:
    """A video in which nobody speaks, one in which somebody does twice, and a photo."""
    ffmpeg("-i", box, "-frames:v", 1, tmp_path / "photo.png")
    return [box, talk, tmp_path / "photo.png"]


def test_speech_is_found_in_the_source_in_which_it_is_and_nowhere_else(three: list[Path]) -> None:
    assert {span.source for span in finished(hearing.spoken_in(three)).spans} == {1}


def test_outside_of_what_is_found_nothing_is_said(three: list[Path]) -> None:
    spans = finished(hearing.spoken_in(three)).spans
    sound = read(three[1], 0, 20)
    loud = np.flatnonzero(np.abs(sound) > 0.05 * np.abs(sound).max()) * 1000 / RATE

    outside = [at for at in loud if not any(span.start_ms - 100 <= at <= span.end_ms + 100 for span in spans)]

    assert len(outside) <= 0.001 * len(loud)  # what a plan mutes goes so far around it
    assert sum(span.end_ms - span.start_ms for span in spans) <= 0.75 * 10_000


def test_speech_beyond_half_a_minute_is_found_at_its_time(
    talk: Path, ffmpeg: Callable[..., None], tmp_path: Path
) -> None:
    ffmpeg("-i", talk, "-vn", "-af", "adelay=31000:all=1", tmp_path / "late.wav")

    early, late = (finished(hearing.spoken_in([path])).spans for path in (talk, tmp_path / "late.wav"))

    assert abs(late[0].start_ms - early[0].start_ms - 31_000) <= 100
    assert abs(late[-1].end_ms - early[-1].end_ms - 31_000) <= 100


def spoken(*edges: float) -> list[Talk]:
    return [Talk(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def test_whisper_hears_speech_up_to_a_long_pause_with_a_little_around_it() -> None:
    assert passages(spoken(1, 4, 4.5, 6, 7, 9), 9.1) == [
        Passage(Talk(1, 6), 0.8, 6.3),
        Passage(Talk(7, 9), 6.8, 9.1),
    ]


def test_a_word_or_two_alone_go_with_the_next() -> None:
    assert [each.speech for each in passages(spoken(1, 2, 3, 5), 6)] == [Talk(1, 5)]


def test_speech_without_a_long_pause_is_parted_at_its_longest_and_no_word_is_heard_twice() -> None:
    talks = spoken(0, 1, 1.4, 12, 12.3, 20, 20.2, 35)
    assert passages(talks, 36) == [Passage(Talk(0, 12), 0.0, 12.15), Passage(Talk(12.3, 35), 12.15, 35.3)]


def test_speech_without_any_pause_stays_whole() -> None:
    assert [each.speech for each in passages(spoken(0, 50), 51)] == [Talk(0, 50)]


def test_where_no_speech_is_found_all_is_heard() -> None:
    assert passages([], 3.0) == [Passage(Talk(0.0, 3.0), 0.0, 3.0)]
