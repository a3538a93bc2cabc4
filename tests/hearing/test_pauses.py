"""Pauses shortened: what is left out, the words that move along, and the picture that is cut at the same places."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from editai import hearing, plan
from editai.hearing import pauses
from editai.hearing.speech import RATE as HEARING_RATE
from editai.hearing.speech import read
from editai.models import FPS, BrandKit, File, Narration, Plan, Skip, Word, finished
from tests.conftest import MEDIA
from tests.plan.conftest import STYLE, brief, footage, source

RATE = 24_000
GAPS_MS = (900, 100, 500, 1400, 360)
PITCHES = (300, 420, 560, 700, 840, 1000)
WORD_MS = 320
EVERYWHERE = ((0.0, float("inf")),)


def beeped(folder: Path, origin: str = "voice", gaps: Sequence[int] = GAPS_MS) -> Narration:
    """Six "words", each a tone of its own pitch over some noise, with known pauses between them."""
    folder.mkdir(exist_ok=True)
    chance, time = np.random.default_rng(1), np.arange(WORD_MS * RATE // 1000) / RATE
    shape = np.hanning(len(time)) ** 0.25
    parts: list[npt.NDArray[np.float64]] = [np.zeros(200 * RATE // 1000)]
    words, at = list[Word](), 200
    for number, pitch in enumerate(PITCHES):
        words.append(Word(text=f"w{number}", start_ms=at, end_ms=at + WORD_MS, sentence=number // 3))
        gap = gaps[number] if number < len(gaps) else 600
        parts += [0.4 * shape * np.sin(2 * np.pi * pitch * time), np.zeros(gap * RATE // 1000)]
        at += WORD_MS + gap
    sound = np.concatenate(parts) + 0.003 * chance.standard_normal(sum(map(len, parts)))
    write(folder / "narration.wav", sound, RATE)
    return Narration.model_validate(
        {"audio": File.of(folder / "narration.wav"), "folder": folder, "duration_ms": at, "words": words,
         "language": "en", "origin": origin, "source_start_ms": 1000 if origin == "source" else 0}
    )  # fmt: skip


def write(path: Path, sound: npt.NDArray[np.float64], rate: int) -> None:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes((sound * 32767).astype("<i2").tobytes())


def sound_of(narration: Narration) -> tuple[npt.NDArray[np.float64], int]:
    with wave.open(str(narration.path(narration.audio))) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768, file.getframerate()


def shortened(narration: Narration, folder: Path) -> Narration:
    folder.mkdir(exist_ok=True)
    return finished(hearing.shorten(narration, folder))


def gaps(narration: Narration) -> list[int]:
    return [after.start_ms - before.end_ms for before, after in pairwise(narration.words)]


def heard_at(narration: Narration, pitch: float) -> float:
    """When a tone of this pitch is heard, its middle, in milliseconds."""
    sound, rate = sound_of(narration)
    turned = sound * np.exp(-2j * np.pi * pitch * np.arange(len(sound)) / rate)
    turned = np.abs(np.convolve(turned, np.ones(600), "same"))
    loud = np.flatnonzero(turned > turned.max() / 2)
    return float(loud[0] + loud[-1]) / 2 * 1000 / rate


@pytest.fixture
def before(tmp_path: Path) -> Narration:
    return beeped(tmp_path / "before")


@pytest.fixture
def after(before: Narration, tmp_path: Path) -> Narration:
    return shortened(before, tmp_path / "after")


# ── the speech ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_long_pauses_become_a_third_of_a_second_and_others_stay(after: Narration) -> None:
    assert [gap for gap, was in zip(gaps(after), GAPS_MS, strict=True) if was < 400] == [100, 360]
    assert all(350 <= gap <= 350 + 1000 / FPS for gap, was in zip(gaps(after), GAPS_MS, strict=True) if was >= 500)


def test_every_word_is_heard_when_the_words_say(after: Narration) -> None:
    off = [
        heard_at(after, pitch) - (word.start_ms + word.end_ms) / 2
        for word, pitch in zip(after.words, PITCHES, strict=True)
    ]

    assert max(map(abs, off)) <= 10


def test_no_word_is_lost_or_lasts_longer_or_shorter(before: Narration, after: Narration) -> None:
    assert [word.text for word in after.words] == [word.text for word in before.words]
    assert {word.end_ms - word.start_ms for word in after.words} == {WORD_MS}


def test_the_sound_is_as_long_as_is_told(after: Narration) -> None:
    sound, rate = sound_of(after)

    assert len(sound) * 1000 / rate == pytest.approx(after.duration_ms, abs=1)


def test_nothing_that_is_loud_is_cut_out(before: Narration, after: Narration) -> None:
    loud = [float((sound_of(each)[0][np.abs(sound_of(each)[0]) > 0.05] ** 2).sum()) for each in (before, after)]

    assert loud[1] == pytest.approx(loud[0], rel=1e-9)


def test_there_is_no_click_where_something_was_cut_out(before: Narration, tmp_path: Path) -> None:
    path = before.path(before.audio)
    time = np.arange(before.duration_ms * RATE // 1000) / RATE
    write(path, 0.3 * np.sin(2 * np.pi * 200 * time), RATE)

    sound, _ = sound_of(shortened(before, tmp_path / "hum"))

    assert np.abs(np.diff(sound)).max() <= 1.5 * 0.3 * 2 * np.pi * 200 / RATE


def test_speech_without_a_long_pause_stays_as_it_is(tmp_path: Path) -> None:
    quick = beeped(tmp_path / "quick", gaps=(100, 200, 300, 350, 360))

    short = shortened(quick, tmp_path / "short")

    assert (short.words, short.skipped, short.duration_ms) == (quick.words, (), quick.duration_ms)
    assert np.array_equal(sound_of(short)[0], sound_of(quick)[0])


def test_what_is_said_in_a_pause_is_kept(before: Narration) -> None:
    pause = (before.words[3].end_ms, before.words[4].start_ms)  # of 1.4 s, in whose middle somebody says something
    middle = sum(pause) / 2

    skips = pauses.found(before.words[3:5], ((0.0, middle - 150), (middle + 150, float("inf"))))

    assert all(
        skip.at * 1000 / FPS >= middle + 150 or (skip.at + skip.frames) * 1000 / FPS <= middle - 150 for skip in skips
    )
    assert len(skips) == 1


def test_a_word_that_sounds_on_after_its_time_is_not_cut_off(tmp_path: Path) -> None:
    """The words of real speech, whose last one before the pause is said to end half a second too early."""
    speech, rate = read(MEDIA / "en_quick_brown_fox.wav", 0, 10).astype(float), HEARING_RATE
    quiet = np.zeros(int(1.5 * rate))
    folder = tmp_path / "real"
    folder.mkdir()
    write(folder / "narration.wav", np.concatenate([speech, quiet, speech]), rate)
    end = len(speech) * 1000 // rate
    words = (
        Word(text="fox", start_ms=100, end_ms=end - 700, sentence=0),
        Word(text="again", start_ms=end + 1600, end_ms=2 * end + 1400, sentence=1),
    )
    told = Narration(
        audio=File.of(folder / "narration.wav"), folder=folder, duration_ms=2 * end + 1500, words=words,
        language="en", origin="voice",
    )  # fmt: skip

    short = shortened(told, tmp_path / "short")

    assert short.skipped
    loud = [float((sound_of(each)[0][np.abs(sound_of(each)[0]) > 0.02] ** 2).sum()) for each in (told, short)]
    assert loud[1] == pytest.approx(loud[0], rel=1e-6)


# ── the picture ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def spoken(tmp_path: Path) -> Narration:
    return beeped(tmp_path / "source", "source", (900, 1500, 1200, 1400, 1000))


def planned(narration: Narration) -> Plan:
    seen = footage(source(seconds=30))
    return plan.make(brief(seen, end_card=False), seen, narration, (), STYLE, BrandKit())


def shown_ms(timeline: Plan, at_ms: float) -> float:
    """The millisecond of the source that is seen and heard at a millisecond of the clip."""
    frame = at_ms * FPS / 1000
    for shot in timeline.shots:
        if frame < shot.frames:
            return (shot.source_in + frame) * 1000 / FPS
        frame -= shot.frames
    raise AssertionError("beyond the clip")


def test_the_picture_is_cut_where_the_sound_is(spoken: Narration, tmp_path: Path) -> None:
    short = shortened(spoken, tmp_path / "short")
    timeline = planned(short)

    off = [
        shown_ms(timeline, now.start_ms) - (spoken.source_start_ms + was.start_ms)
        for was, now in zip(spoken.words, short.words, strict=True)
    ]
    assert max(map(abs, off)) <= 1  # within a millisecond, so that the lips stay with the sound


def test_the_clip_is_shorter_by_what_was_left_out(spoken: Narration, tmp_path: Path) -> None:
    short = shortened(spoken, tmp_path / "short")

    gone = sum(skip.frames for skip in short.skipped)
    assert gone >= 2 * FPS
    assert planned(spoken).frames - planned(short).frames == pytest.approx(gone, abs=1)


def test_every_shot_between_two_cuts_lasts_long_enough_to_be_seen(spoken: Narration, tmp_path: Path) -> None:
    quick = beeped(tmp_path / "quick", "source", (500, 600, 500, 700, 500))

    for told in (spoken, quick):
        short = shortened(told, tmp_path / f"short{told.duration_ms}")
        assert all(shot.frames >= 24 for shot in planned(short).shots[:-1])


def test_a_cut_in_what_somebody_says_changes_the_size_of_the_picture(spoken: Narration, tmp_path: Path) -> None:
    timeline = planned(shortened(spoken, tmp_path / "short"))

    widths = [shot.crops[0].crop.width for shot in timeline.shots]
    assert len(widths) >= 4
    assert all(abs(before - after) > 0.05 * before for before, after in pairwise(widths))


def test_two_cuts_of_the_picture_are_not_made_in_one_moment() -> None:
    words = [Word(text="a", start_ms=at, end_ms=at + 100, sentence=0) for at in range(0, 8000, 800)]

    skips = pauses.found(words, EVERYWHERE, apart=24)

    assert all(after.at - before.at - before.frames >= 24 for before, after in pairwise(skips))
    assert isinstance(skips[0], Skip)
