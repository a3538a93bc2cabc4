"""What is said of a recording before a voice is cloned from it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from editai.errors import TooLarge
from editai.hearing.speech import blocks
from editai.voices.base import Samples
from editai.voices.sample import LARGEST_BYTES, RATE, Sample, examine
from editai.voices.sound import write_wav

MEDIA = Path(__file__).parent.parent / "media"


@pytest.fixture(scope="module")
def voice() -> Samples:
    """About ten seconds of one person, half as loud as can be."""
    parts = [
        np.concatenate(list(blocks(MEDIA / f"en_{name}.wav", rate=RATE))) for name in ("counting", "quick_brown_fox")
    ]
    sound = np.concatenate([*parts, *parts])
    return np.asarray(sound * 0.5 / np.abs(sound).max(), np.float32)


@pytest.fixture
def wav(tmp_path: Path) -> Callable[[Samples], Path]:
    def write(sound: Samples) -> Path:
        write_wav(tmp_path / "recording.wav", sound, RATE)
        return tmp_path / "recording.wav"

    return write


Wav = Callable[[Samples], Path]


def hiss(sound: Samples, db: float) -> Samples:
    """The sound under noise that lies so far below it."""
    noise = np.random.default_rng(1).normal(0, np.sqrt((sound**2).mean()) * 10 ** (-db / 20), len(sound))
    return np.asarray(sound + noise, np.float32)


def only(sample: Sample) -> str:
    """The one problem of a sample."""
    assert len(sample.problems) == 1
    return sample.problems[0]


class TestWhatIsKept:
    def test_a_clean_recording_has_no_problem_and_nothing_to_note(self, voice: Samples, wav: Wav) -> None:
        sample = examine(wav(voice))
        assert (sample.problems, sample.notes) == ((), ())
        assert sample.seconds == pytest.approx(len(voice) / RATE, abs=0.01)
        assert 9 < sample.speech_seconds < 11

    def test_the_silence_at_both_ends_goes(self, voice: Samples, wav: Wav) -> None:
        silence = np.zeros(3 * RATE, np.float32)
        sample = examine(wav(np.concatenate([silence, voice, silence])))
        assert len(sample.sound) / RATE < len(voice) / RATE + 0.2
        assert np.abs(sample.sound[: RATE // 2]).max() > 0.05

    def test_loud_and_soft_recordings_are_kept_at_the_same_level(self, voice: Samples, wav: Wav) -> None:
        loud, soft = (np.sqrt((examine(wav(voice * gain)).sound ** 2).mean()) for gain in (1.6, 0.1))
        assert loud == pytest.approx(soft, rel=0.05)
        assert np.abs(examine(wav(voice)).sound).max() <= 0.901

    def test_of_a_long_recording_the_thirty_seconds_with_the_most_speech_are_used_and_that_is_said(
        self, voice: Samples, wav: Wav
    ) -> None:
        pause = np.zeros(8 * RATE, np.float32)
        sample = examine(wav(np.concatenate([voice, pause, pause, voice, voice, voice])))
        assert sample.problems == ()
        assert len(sample.sound) / RATE <= 30
        assert sample.speech_seconds > 24  # the first voice alone would be ten
        assert sample.notes == ("The recording is 63 seconds long; the 30 seconds with the most speech are used.",)


class TestProblems:
    def test_speech_is_counted_and_not_the_file(self, voice: Samples, wav: Wav) -> None:
        word = voice[: 3 * RATE]
        sample = examine(wav(np.concatenate([word, np.zeros(20 * RATE, np.float32)])))
        assert only(sample) == "Only 2.6 seconds of speech were heard; at least 6 are needed."

    def test_music_and_noise_are_nobody(self, wav: Wav) -> None:
        tone = np.sin(np.arange(10 * RATE) * 0.05).astype(np.float32) * 0.3
        assert only(examine(wav(tone))) == "Nobody is heard to speak; at least 6 are needed."

    def test_a_clipped_voice_is_told_apart_from_a_loud_one(self, voice: Samples, wav: Wav) -> None:
        assert examine(wav(voice * 1.99)).problems == ()
        assert "too loud" in only(examine(wav(voice * 4)))

    def test_a_voice_clipped_in_one_channel_only_is_clipped(
        self, voice: Samples, wav: Wav, ffmpeg: Callable[..., None], tmp_path: Path
    ) -> None:
        ffmpeg("-i", wav(voice), "-af", "pan=stereo|c0=c0|c1=4*c0", tmp_path / "one.wav")
        assert "too loud" in only(examine(tmp_path / "one.wav"))

    def test_noise_is_measured_against_the_voice(self, voice: Samples, wav: Wav) -> None:
        assert examine(wav(hiss(voice, 26))).problems == ()
        sample = examine(wav(hiss(voice, 15)))
        assert "too much noise" in only(sample)
        assert sample.clean_db == pytest.approx(15, abs=2)

    def test_noise_is_measured_also_where_there_is_no_pause(self, voice: Samples, wav: Wav) -> None:
        level = np.sqrt((voice[: len(voice) // 240 * 240].reshape(-1, 240) ** 2).mean(axis=1))
        dense = voice[: len(voice) // 240 * 240].reshape(-1, 240)[level > 0.01].reshape(-1)
        assert "too much noise" in only(examine(wav(hiss(dense, 12))))

    def test_a_voice_that_is_too_quiet_is_heard_and_said(self, voice: Samples, wav: Wav) -> None:
        assert "too quietly" in only(examine(wav(voice * 0.001)))

    def test_everything_that_is_wrong_is_said_at_once(self, voice: Samples, wav: Wav) -> None:
        torn = np.clip(hiss(voice[: 4 * RATE], 10) * 6, -1, 1)
        problems = examine(wav(torn)).problems
        assert len(problems) == 3
        for said in ("seconds of speech", "too loud", "noise"):
            assert any(said in problem for problem in problems)


class TestFiles:
    @pytest.mark.parametrize(
        ("name", "how"),
        [
            ("phone.m4a", ("-c:a", "aac")),
            ("song.mp3", ("-c:a", "libmp3lame")),
            ("chat.ogg", ("-c:a", "libvorbis", "-ac", "2")),
            ("browser.webm", ("-c:a", "libopus", "-ar", "48000")),
            ("surround.wav", ("-af", "pan=5.1|FC=c0", "-c:a", "pcm_s16le")),
            ("telephone.wav", ("-ar", "8000", "-c:a", "pcm_s16le")),
            ("deep.wav", ("-ar", "96000", "-c:a", "pcm_s24le")),
            ('it\'s "a" 100% voice; $(x).wav', ()),
        ],
    )
    def test_a_recording_of_any_usual_kind_can_be_used(
        self, name: str, how: tuple[str, ...], voice: Samples, wav: Wav, ffmpeg: Callable[..., None], tmp_path: Path
    ) -> None:
        ffmpeg("-i", wav(voice), *how, tmp_path / name)
        sample = examine(tmp_path / name)
        assert sample.problems == ()
        assert 9 < sample.speech_seconds < 11

    def test_the_sound_of_a_video_can_be_used(
        self, voice: Samples, wav: Wav, ffmpeg: Callable[..., None], tmp_path: Path
    ) -> None:
        picture = ("-f", "lavfi", "-i", "color=c=red:s=64x64:r=10:d=12")
        ffmpeg("-i", wav(voice), *picture, "-c:a", "aac", tmp_path / "video.mov")
        assert examine(tmp_path / "video.mov").problems == ()

    def test_a_clipped_recording_is_found_out_also_as_mp3(
        self, voice: Samples, wav: Wav, ffmpeg: Callable[..., None], tmp_path: Path
    ) -> None:
        ffmpeg("-i", wav(voice * 4), "-b:a", "128k", tmp_path / "torn.mp3")
        assert "too loud" in only(examine(tmp_path / "torn.mp3"))

    def test_a_file_that_was_cut_off_is_heard_as_far_as_it_goes(self, voice: Samples, wav: Wav) -> None:
        path = wav(voice)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])
        assert "Only 3." in only(examine(path))

    def test_a_video_without_sound_has_none(self, ffmpeg: Callable[..., None], tmp_path: Path) -> None:
        ffmpeg("-f", "lavfi", "-i", "color=c=red:s=64x64:d=1", tmp_path / "mute.mp4")
        assert only(examine(tmp_path / "mute.mp4")) == "There is no sound in this file."

    def test_digital_silence_is_nothing_to_hear(self, wav: Wav) -> None:
        assert only(examine(wav(np.zeros(10 * RATE, np.float32)))) == "There is nothing to hear in this file."

    @pytest.mark.parametrize(
        "text",
        [
            "Dear sir, this is no sound.",
            "#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n",
            "ffconcat version 1.0\nfile /etc/hostname\n",
        ],
    )
    def test_a_text_or_a_playlist_is_no_recording(self, text: str, tmp_path: Path) -> None:
        (tmp_path / "voice.wav").write_text(text)
        assert only(examine(tmp_path / "voice.wav")) == "This is not a recording that can be read."

    def test_an_empty_file_and_none_at_all_are_said(self, tmp_path: Path) -> None:
        (tmp_path / "empty.wav").touch()
        assert "0 bytes" in only(examine(tmp_path / "empty.wav"))
        assert only(examine(tmp_path / "nothing.wav")) == "This is not a recording that can be read."

    def test_more_than_ten_megabytes_are_not_even_opened(self, tmp_path: Path) -> None:
        with (tmp_path / "large.wav").open("wb") as file:
            file.truncate(LARGEST_BYTES + 1)
        with pytest.raises(TooLarge) as refused:
            examine(tmp_path / "large.wav")
        assert refused.value.title == "413 sample_too_large"
