"""What is heard in a clip: which tracks there are, how loud against the voice, and where they are silent."""

from __future__ import annotations

from typing import Any

import pytest

from editai import plan
from editai.models import FPS, BrandKit, Degradation, File, Footage, Narration, Plan, Rhythm, SourceShot, Span, Track
from editai.plan import beats, tracks
from editai.plan.windows import Window
from tests.plan.conftest import STYLE, brief, footage, narration, source, spoken_in_source

SONG = File(name="song", sha256="song", bytes=1)
BEAT = Rhythm(bpm=120, beats_ms=tuple(range(333, 60_000, 500)))


def made(seen: Footage, spoken: Narration, **wishes: Any) -> Plan:
    return plan.make(brief(seen, **wishes), seen, spoken, (), STYLE, BrandKit(), BEAT)


def track(timeline: Plan, role: str) -> Track | None:
    return next((each for each in timeline.tracks if each.role == role), None)


def heard(role: str, **wishes: Any) -> Track:
    found = track(made(footage(source()), narration(), **wishes), role)
    assert found is not None
    return found


# ── music ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_without_music_there_is_none() -> None:
    assert track(made(footage(source()), narration()), "music") is None


def test_music_is_fifteen_below_the_voice_and_seven_where_nobody_speaks() -> None:
    music = heard("music", music=SONG)

    assert (music.file, music.gain_lu, music.duck_lu) == (SONG, -7, -15)


def test_music_ends_with_the_clip_over_about_a_second() -> None:
    assert 0.8 * FPS <= heard("music", music=SONG).fade_out <= 1.2 * FPS


def test_the_music_begins_where_its_beats_fall_on_the_cuts() -> None:
    timeline = made(footage(source()), narration(), music=SONG)
    music = track(timeline, "music")
    assert music is not None

    on = [(beat - music.file_in_ms) * FPS / 1000 for beat in BEAT.beats_ms]
    near = [min(abs(cut - beat) for beat in on) for cut in plan.cuts(timeline)]
    assert sum(each <= 1 for each in near) >= 2


def test_music_lies_under_speech_of_the_source_too() -> None:
    timeline = made(footage(source(seconds=40)), spoken_in_source(2000), music=SONG)

    assert [each.role for each in timeline.tracks] == ["source", "music"]
    assert timeline.speech


# ── the sources' own sound ───────────────────────────────────────────────────────────────────────────────────────


def test_beside_music_the_sources_sound_is_lower_again() -> None:
    alone, beside = heard("source"), heard("source", music=SONG)

    assert (alone.gain_lu, alone.duck_lu) == (-7, -15)
    assert beside.gain_lu <= alone.gain_lu - 6
    assert beside.duck_lu <= alone.duck_lu - 6


def test_a_sound_that_is_kept_is_as_loud_as_the_voice_and_leaves_the_words_clear() -> None:
    kept = heard("source", source_sound="keep", music=SONG)

    assert kept.gain_lu == 0
    assert kept.duck_lu <= -10


def test_a_sound_that_is_muted_is_not_there() -> None:
    assert track(made(footage(source()), narration(), source_sound="mute"), "source") is None


@pytest.mark.parametrize("wish", ["keep", "duck", "mute", "mute_speech"])
def test_speech_that_the_clip_is_about_is_always_heard(wish: str) -> None:
    seen = footage(source(seconds=40)).model_copy(update={"speech": (SourceShot(source=0, start_ms=0, end_ms=40_000),)})
    timeline = made(seen, spoken_in_source(2000), source_sound=wish)

    assert timeline.tracks == (Track(role="source"),)


def test_the_sources_sound_goes_softly_at_the_end() -> None:
    assert heard("source").fade_out >= 6


def test_of_speech_that_is_longer_than_the_clip_the_next_sentence_is_not_heard() -> None:
    cut = Degradation(slug="speech_cut", message="The speech is longer than a clip may be.")
    spoken = spoken_in_source(2000).model_copy(update={"degradations": (cut,)})
    timeline = made(footage(source(seconds=60)), spoken)

    (muted,) = timeline.tracks[0].muted
    last = beats.last_frame(spoken.words[-1], 0)
    assert last < muted.start <= last + 6
    assert muted.end == timeline.frames


# ── what is said in the sources ──────────────────────────────────────────────────────────────────────────────────


def said(*spans: tuple[int, int, int]) -> Footage:
    speech = tuple(SourceShot(source=number, start_ms=start, end_ms=end) for number, start, end in spans)
    return footage(source(0), source(1)).model_copy(update={"speech": speech})


def muted(seen: Footage, *windows: Window) -> tuple[Span, ...]:
    wish = brief(seen, source_sound="mute_speech")
    found = tracks.tracks(wish, seen, narration(), windows, 0, (), Rhythm())
    return next(each for each in found if each.role == "source").muted


def shot(number: int, source_in: int, frames: int, speed: float = 1.0) -> Window:
    return Window(number, source_in, frames, speed, 0)


def test_what_is_said_in_a_source_is_silenced_where_its_shots_are() -> None:
    seen = said((0, 2000, 3000), (1, 5000, 5500))

    spans = muted(seen, shot(0, 45, 60), shot(1, 120, 60))

    assert spans == (Span(start=12, end=48), Span(start=60 + 27, end=60 + 48))  # and a tenth of a second around it


def test_of_what_is_said_beyond_a_shot_nothing_is_silenced() -> None:
    assert muted(said((0, 0, 1000), (0, 9000, 9900), (1, 2000, 3000)), shot(0, 60, 60)) == ()


def test_speech_that_goes_on_over_a_cut_is_silenced_up_to_it() -> None:
    assert muted(said((0, 2500, 6000)), shot(0, 60, 60), shot(1, 0, 60)) == (Span(start=12, end=60),)


def test_in_a_slowed_shot_speech_lasts_longer() -> None:
    assert muted(said((0, 2100, 2900)), shot(0, 60, 60, 0.8)) == (Span(start=0, end=38),)


def test_between_two_words_the_sound_does_not_come_up() -> None:
    seen = said((0, 1000, 1400), (0, 1900, 2300), (0, 4000, 4200))

    assert muted(seen, shot(0, 0, 150)) == (Span(start=27, end=72), Span(start=117, end=129))
