"""When the picture changes: at sentences and phrases, on the music's beat where one is near."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import pytest

from editai.models import FPS, Narration, Rhythm
from editai.plan import beats
from tests.plan.conftest import narration

LONG = (
    "Meet the Alpina biscuit box. Inside are two dozen butter biscuits. Each of them is baked by hand. "
    "The tin is printed in four colours, and it is worth keeping. Your guests will ask for it. "
    "We ship it within a day. Bring one home today, before they are gone."
)
LEAD = 6


def music(bpm: float, first_ms: int = 400, seconds: int = 60) -> Rhythm:
    step = 60_000 / bpm
    return Rhythm(bpm=bpm, beats_ms=tuple(round(first_ms + n * step) for n in range(int(seconds * 1000 / step))))


def length(spoken: Narration) -> int:
    return beats.last_frame(spoken.words[-1], LEAD) + 18


def cut_at(spoken: Narration, on: Sequence[int] = ()) -> list[int]:
    return list(accumulate(beats.cut(spoken.words, LEAD, length(spoken), 300, beats=on)))[:-1]


def on_beat(spoken: Narration, rhythm: Rhythm) -> tuple[int, ...]:
    return beats.of_music(rhythm, spoken.words, LEAD, length(spoken))


def near(frame: int, frames: Sequence[int]) -> int:
    return min(abs(frame - each) for each in frames)


def starts(spoken: Narration) -> list[int]:
    return [beats.first_frame(sentence[0], LEAD) for sentence in spoken.sentences()[1:]]


# ── without music ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("rate", [10, 14, 20])
def test_a_shot_lasts_from_0_8_to_4_seconds_and_2_to_3_on_average(rate: float) -> None:
    spoken = narration(LONG, rate)

    lengths = beats.cut(spoken.words, LEAD, length(spoken), 300)

    assert all(24 <= each <= 4 * FPS for each in lengths)
    assert 2 * FPS <= sum(lengths) / len(lengths) <= 3 * FPS


def test_a_cut_comes_two_frames_before_a_sentence() -> None:
    spoken = narration(LONG)

    assert set(cut_at(spoken)) >= {start - beats.BEFORE_SPEECH for start in starts(spoken)}


def test_music_without_a_tempo_changes_no_cut() -> None:
    spoken = narration(LONG)

    assert on_beat(spoken, Rhythm()) == ()
    assert beats.in_step(Rhythm(), starts(spoken)) == 0


# ── with music ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("bpm", "least"), [(84, 0.4), (100, 0.5), (124, 0.7), (150, 0.8)])
def test_as_many_cuts_lie_on_a_beat_as_there_are_beats_near_words(bpm: float, least: float) -> None:
    spoken = narration(LONG)
    on = on_beat(spoken, music(bpm))
    words = [beats.first_frame(word, LEAD) - beats.BEFORE_SPEECH for word in spoken.words]

    cuts = cut_at(spoken, on)

    assert sum(cut in on for cut in cuts) >= least * len(cuts)
    assert all(near(cut, words) <= beats.NEAR_BEAT + beats.BEFORE_SPEECH for cut in cuts)


@pytest.mark.parametrize("bpm", [84, 100, 124, 150])
def test_each_sentence_still_has_its_cut(bpm: float) -> None:
    spoken = narration(LONG)

    cuts = cut_at(spoken, on_beat(spoken, music(bpm)))

    assert all(near(start - beats.BEFORE_SPEECH, cuts) <= beats.NEAR_BEAT for start in starts(spoken))


def test_a_cut_at_a_sentence_is_moved_onto_the_beat_that_is_near() -> None:
    spoken = narration(LONG)
    plain = cut_at(spoken)
    beside = [cut + 3 for cut in plain]

    assert cut_at(spoken, beside) == beside


def test_a_beat_that_is_far_from_every_word_draws_no_cut() -> None:
    spoken = narration(LONG)
    far = [cut + 9 for cut in cut_at(spoken) if near(cut + 9, cut_at(spoken)) > beats.NEAR_BEAT]
    words = [beats.first_frame(word, LEAD) for word in spoken.words]
    lonely = [frame for frame in far if near(frame, words) > beats.NEAR_BEAT + beats.BEFORE_SPEECH]

    assert not set(lonely) & set(cut_at(spoken, lonely))


def test_with_a_beat_shots_still_last_from_0_8_to_4_seconds() -> None:
    spoken = narration(LONG)

    lengths = beats.cut(spoken.words, LEAD, length(spoken), 300, beats=on_beat(spoken, music(124)))

    assert all(24 <= each <= 4 * FPS for each in lengths)
    assert 2 * FPS <= sum(lengths) / len(lengths) <= 3 * FPS


def test_the_music_begins_so_that_a_beat_falls_on_every_mark_that_keeps_its_tempo() -> None:
    rhythm = music(120, first_ms=433)
    marks = [40, 70, 115, 145]  # two seconds and a half apart, all on one beat

    begins = beats.in_step(rhythm, marks)

    heard = [beat - begins for beat in rhythm.beats_ms]
    assert all(near(round(mark * 1000 / FPS), heard) <= 17 for mark in marks)


def test_without_a_mark_the_first_strong_beat_opens_the_clip() -> None:
    rhythm = music(100, first_ms=1500)

    assert 1500 - beats.in_step(rhythm, []) == pytest.approx(1000 / FPS, abs=1)  # on frame 1, so that it is heard


@pytest.mark.parametrize("mark", range(30, 90, 7))
def test_at_most_two_bars_of_the_music_are_left_out(mark: int) -> None:
    rhythm = music(120, first_ms=900)

    assert 0 <= beats.in_step(rhythm, [mark, mark + 61]) <= 900 + 2 * 4 * 500


def test_the_frames_of_the_beats_are_the_musics_own() -> None:
    spoken = narration(LONG)
    rhythm = Rhythm(bpm=120, beats_ms=tuple(400 + 500 * n + (40 if n % 2 else 0) for n in range(80)))  # it swings
    begins = beats.in_step(rhythm, starts(spoken))

    found = on_beat(spoken, rhythm)

    wanted = [(beat - begins) * FPS / 1000 for beat in rhythm.beats_ms]
    assert all(min(abs(frame - each) for each in wanted) <= 0.5 for frame in found)
    assert len(found) == sum(0.5 < each < length(spoken) - 0.5 for each in wanted)
