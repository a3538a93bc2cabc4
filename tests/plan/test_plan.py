"""The timeline: what every plan holds to, whatever the footage and the narration, and what single cases get."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from editai import plan
from editai.errors import InvalidInput
from editai.models import FPS, Box, BrandKit, Footage, Insert, Narration, Plan
from editai.plan.windows import span
from tests.plan.conftest import (
    SCRIPT,
    STYLE,
    brief,
    cues,
    footage,
    narration,
    source,
    spoken_in_source,
)

WORDS = ["Tea", "box", "a", "handmade", "biscuits,", "and", "extraordinarily", "$1,234,567.89", "keep", "it.", "now!"]

scripts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=70).map(" ".join)
narrations = st.builds(
    narration, scripts, st.sampled_from([9, 14, 22]), st.integers(0, 600), st.sampled_from([0, 280, 1500])
)


@st.composite
def sceneries(draw: st.DrawFn) -> Footage:
    """One to four sources of any shape, from one second to a minute, cut anywhere."""
    sources, cuts = [], {}
    for number in range(draw(st.integers(1, 4))):
        seconds = draw(st.sampled_from([1.0, 1.1, 2.5, 7.6, 15.2, 60.0]))
        width, height = draw(
            st.sampled_from([(1920, 1080), (1080, 1920), (640, 480), (720, 405), (637, 1379), (64, 64)])
        )
        sources.append(source(number, seconds, width, height, draw(st.booleans())))
        marks = draw(st.lists(st.integers(40, int(seconds * 1000) - 40), max_size=8, unique=True))
        cuts[number] = sorted(marks)
    return footage(*sources, cuts=cuts, seed=draw(st.integers(0, 99)))


def made(seen: Footage, spoken: Narration, **more: object) -> Plan:
    return plan.make(brief(seen, **more), seen, spoken, cues(spoken), STYLE, BrandKit())  # type: ignore[arg-type]


def title_of(timeline: Plan) -> Insert | None:
    return next((each for each in timeline.inserts if each.role == "title"), None)


def slugs(timeline: Plan) -> set[str]:
    return {degradation.slug for degradation in timeline.degradations}


def shot_lengths(timeline: Plan) -> list[int]:
    return [shot.frames for shot in timeline.shots]


# ── what always holds ────────────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=60, deadline=None)
@given(sceneries(), narrations)
def test_every_plan_keeps_its_promises(seen: Footage, spoken: Narration) -> None:
    timeline = made(seen, spoken)
    holds_together(timeline)
    holds_words(timeline, spoken)
    assert timeline.frames >= 4 * FPS
    assert min(shot_lengths(timeline)) >= 24
    assert max(shot_lengths(timeline)) <= 4 * FPS
    last_word = timeline.tracks[0].start + spoken.words[-1].end_ms * FPS / 1000
    assert timeline.frames - last_word >= 0.4 * FPS


@settings(max_examples=30, deadline=None)
@given(sceneries(), st.integers(0, 14_000))
def test_every_plan_over_a_spoken_source_keeps_its_promises(seen: Footage, start_ms: int) -> None:
    room = seen.sources[0].duration_ms - start_ms
    if room < 1200:
        start_ms, room = 0, seen.sources[0].duration_ms
    words = tuple(word for word in spoken_in_source(start_ms).words if word.end_ms <= room)
    if not words:
        return
    spoken = spoken_in_source(start_ms).model_copy(update={"words": words, "duration_ms": room})
    timeline = made(seen, spoken)
    holds_together(timeline)
    holds_words(timeline, spoken)
    assert all(shot.speed == 1 and shot.source == 0 for shot in timeline.shots)
    assert timeline.shots[0].source_in == round(start_ms * FPS / 1000)
    assert all(a.source_in + a.frames == b.source_in for a, b in pairwise(timeline.shots))


def holds_together(timeline: Plan) -> None:
    """Frames, windows and crops are what a renderer can rely on."""
    assert sum(shot_lengths(timeline)) == timeline.frames
    for shot in timeline.shots:
        size = timeline.sources[shot.source]
        assert shot.source_in >= 0
        assert (shot.source_in + span(shot.frames, shot.speed)) * 1000 <= size.duration_ms * FPS
        assert 0.8 <= shot.speed <= 1
        assert round(shot.speed * 100) == pytest.approx(shot.speed * 100)
        frames = [key.frame for key in shot.crops]
        assert frames[0] == 0
        assert frames == sorted(set(frames))
        assert frames in ([0], [*frames[:-1], shot.frames - 1])
        for key in shot.crops:
            crop = key.crop
            assert crop.x >= 0
            assert crop.y >= 0
            assert crop.x + crop.width <= size.width_px
            assert crop.y + crop.height <= size.height_px
            assert shot.on_blur or crop.width / crop.height == pytest.approx(9 / 16, rel=1e-3)
        for before, after in pairwise(shot.crops):
            a, b, between = before.crop, after.crop, after.frame - before.frame
            assert abs(a.x + a.width / 2 - b.x - b.width / 2) <= 0.02 * a.width * between
            assert abs(a.y + a.height / 2 - b.y - b.height / 2) <= 0.02 * a.height * between
            assert 1 <= a.width / b.width <= 1.06
    assert 0 <= timeline.poster_frame < timeline.frames


def holds_words(timeline: Plan, spoken: Narration) -> None:
    """Every word is on screen once, in order, inside the clip, and long enough to be seen."""
    shown = [word for cue in timeline.cues for word in cue.words]
    assert [word.text for word in shown] == [word.text for word in spoken.words]
    assert all(word.start < word.end for word in shown)
    assert all(a.end <= b.start for a, b in pairwise(timeline.cues))
    assert all(a.end <= b.start for a, b in pairwise(shown))
    originals = cues(spoken)
    for cue, original in zip(timeline.cues, originals, strict=True):
        assert 0 <= cue.start < cue.end <= timeline.frames
        assert cue.words[0].start == cue.start
        assert cue.words[-1].end == cue.end
        assert cue.end - cue.start >= min(6, original.end - original.start)
    assert all(0 <= each.start < each.end <= timeline.frames for each in timeline.speech)
    assert all(b.start - a.end > 24 for a, b in pairwise(timeline.speech))


@settings(max_examples=30, deadline=None)
@given(narrations)
def test_no_cut_lies_inside_a_word_where_there_is_room(spoken: Narration) -> None:
    timeline = made(footage(source(seconds=240)), spoken)
    lead = timeline.tracks[0].start
    for at in plan.cuts(timeline):
        for word in spoken.words:
            start, end = lead + word.start_ms * FPS / 1000, lead + word.end_ms * FPS / 1000
            assert not start + 1 < at < end - 1 or end - start > 30


def test_the_same_brief_gives_the_same_plan() -> None:
    seen, spoken = footage(source()), narration()
    assert made(seen, spoken) == made(seen, spoken)


def test_another_seed_gives_another_choice() -> None:
    seen, spoken = footage(source(seconds=60), sharpness=0.8, motion=0.8, exposure=1), narration()
    assert len({made(seen, spoken, seed=seed).model_dump_json() for seed in range(4)}) > 1


# ── length and rhythm ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_word_comes_after_a_quarter_of_a_second() -> None:
    for starts in (0, 100, 200):
        spoken = narration(start_ms=starts)
        timeline = made(footage(source()), spoken)
        assert abs(timeline.tracks[0].start / FPS + starts / 1000 - 0.25) <= 1 / FPS


def test_a_short_sentence_still_makes_four_seconds() -> None:
    assert made(footage(source()), narration("Tea.")).frames == 4 * FPS


def test_the_clip_ends_shortly_after_the_last_word() -> None:
    spoken = narration()
    timeline = made(footage(source()), spoken)
    end = timeline.tracks[0].start + spoken.words[-1].end_ms * FPS / 1000
    assert 0.6 * FPS <= timeline.frames - end <= 1.1 * FPS


def test_shots_last_two_to_three_seconds_on_average() -> None:
    lengths = shot_lengths(made(footage(source(seconds=60)), narration(" ".join([SCRIPT] * 3))))
    assert 2 * FPS <= sum(lengths) / len(lengths) <= 3 * FPS


def test_three_shots_begin_in_the_first_five_seconds() -> None:
    timeline = made(footage(source(seconds=60)), narration())
    assert sum(at < 5 * FPS for at in plan.cuts(timeline)) >= 2


def test_the_picture_changes_with_each_sentence() -> None:
    spoken = narration()
    timeline = made(footage(source(seconds=60)), spoken)
    lead = timeline.tracks[0].start
    for sentence in spoken.sentences()[1:]:
        starts = lead + sentence[0].start_ms * FPS // 1000
        assert any(0 <= starts - at <= 3 for at in plan.cuts(timeline))


# ── what is shown ────────────────────────────────────────────────────────────────────────────────────────────────


def with_best(seen: Footage, start_ms: int, end_ms: int) -> Footage:
    """The same footage, dull but for one stretch."""
    return seen.model_copy(
        update={
            "moments": tuple(
                moment.model_copy(
                    update={"sharpness": 1.0, "motion": 1.0, "exposure": 1.0}
                    if start_ms <= moment.start_ms < end_ms
                    else {"sharpness": 0.3, "motion": 0.3, "exposure": 1.0}
                )
                for moment in seen.moments
            )
        }
    )


def test_the_strongest_moment_opens_the_clip() -> None:
    timeline = made(with_best(footage(source(seconds=60)), 40_000, 43_000), narration())
    assert 40 * FPS <= timeline.shots[0].source_in <= 42 * FPS


def test_after_the_hook_the_source_runs_in_its_own_order() -> None:
    timeline = made(footage(source(seconds=60)), narration())
    starts = [shot.source_in for shot in timeline.shots[1:]]
    assert starts == sorted(starts)


def test_the_whole_source_is_made_use_of() -> None:
    timeline = made(footage(source(seconds=60), sharpness=0.8, motion=0.5, exposure=1), narration())
    starts = [shot.source_in for shot in timeline.shots]
    assert min(starts) < 20 * FPS
    assert max(starts) > 40 * FPS


def test_no_moment_is_shown_twice_while_others_are_left() -> None:
    spoken = narration()
    for seed in range(8):
        timeline = made(footage(source(seconds=spoken.duration_ms / 1000 * 1.35), seed=seed), spoken)
        assert "source_reused" not in slugs(timeline)
        shown = [at for shot in timeline.shots for at in range(shot.source_in, shot.source_in + shot.frames)]
        assert len(shown) == len(set(shown))


def test_no_window_lies_across_a_cut_of_the_source() -> None:
    cuts = [4_000, 9_500, 12_000, 18_250]
    timeline = made(footage(source(seconds=30), cuts={0: cuts}), narration())
    for shot in timeline.shots:
        for cut_ms in cuts:
            at = cut_ms * FPS / 1000
            assert shot.source_in >= at or shot.source_in + shot.frames <= at


def test_black_is_not_shown_while_there_is_light() -> None:
    seen = footage(source(seconds=40), sharpness=0.7, motion=0.7, exposure=1)
    dark = seen.model_copy(
        update={
            "moments": tuple(
                moment.model_copy(update={"exposure": 0.0}) if 10_000 <= moment.start_ms < 20_000 else moment
                for moment in seen.moments
            )
        }
    )
    timeline = made(dark, narration())
    for shot in timeline.shots:
        assert shot.source_in + shot.frames <= 10 * FPS or shot.source_in >= 20 * FPS


def test_all_sources_are_shown_the_first_of_them_first_after_the_hook() -> None:
    timeline = made(footage(source(0, 20), source(1, 3), source(2, 30)), narration())
    owners = [shot.source for shot in timeline.shots]
    assert set(owners) == {0, 1, 2}
    assert owners[1:] == sorted(owners[1:])


def test_a_source_without_a_place_is_said() -> None:
    timeline = made(footage(*(source(number, 5) for number in range(9))), narration("Tea."))
    assert "source_unused" in slugs(timeline)


def test_a_source_that_is_a_little_short_is_slowed_and_that_is_said() -> None:
    spoken = narration()
    timeline = made(footage(source(seconds=spoken.duration_ms / 1000 * 1.05)), spoken)
    assert "source_slowed" in slugs(timeline)
    assert min(shot.speed for shot in timeline.shots) < 1


def test_a_source_that_is_far_too_short_is_shown_again_and_that_is_said() -> None:
    timeline = made(footage(source(seconds=4)), narration())
    assert {"source_slowed", "source_reused"} <= slugs(timeline)


def test_a_long_source_is_neither_slowed_nor_reused() -> None:
    timeline = made(footage(source(seconds=60, width=2160, height=3840)), narration())
    assert timeline.degradations == ()
    assert all(shot.speed == 1 for shot in timeline.shots)


def test_a_half_hour_source_is_planned_like_any_other() -> None:
    timeline = made(footage(source(seconds=1800)), narration(" ".join([SCRIPT] * 4)))
    holds_together(timeline)


# ── how it is framed ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_picture_that_is_upright_already_is_shown_whole() -> None:
    timeline = made(footage(source(seconds=60, width=1080, height=1920)), narration("Tea."))
    crop = timeline.shots[0].crops[0].crop
    assert (crop.x, crop.y, crop.width, crop.height) == (0, 0, 1080, 1920)


def test_a_picture_that_is_narrower_loses_top_and_bottom_around_the_subject() -> None:
    timeline = made(footage(source(seconds=60, width=1000, height=3000), focus_y=0.7, focus_x=0.5), narration("Tea."))
    crop = timeline.shots[0].crops[0].crop
    assert (crop.x, crop.width) == (0, 1000)
    assert crop.y + crop.height / 2 == pytest.approx(2100, abs=2)


def test_a_wide_picture_is_cropped_around_the_subject() -> None:
    timeline = made(footage(source(seconds=60), focus_x=0.7, focus_y=0.5), narration("Tea."))
    crop = timeline.shots[0].crops[0].crop
    assert (crop.y, crop.height) == (0, 1080)
    assert crop.x + crop.width / 2 == pytest.approx(0.7 * 1920, abs=2)


def test_neighbours_of_the_same_take_differ_in_size() -> None:
    timeline = made(footage(source(seconds=60), focus_x=0.5, focus_y=0.5), narration())
    assert all(abs(a.crops[0].crop.width / b.crops[0].crop.width - 1) > 0.1 for a, b in pairwise(timeline.shots))


def test_a_still_shot_over_three_seconds_is_pushed_into() -> None:
    timeline = made(footage(source(seconds=60), focus_x=0.5, focus_y=0.5), narration("Extraordinarily " * 8, rate=4))
    long = [shot for shot in timeline.shots if shot.frames > 3 * FPS]
    assert long
    assert all(1.05 <= shot.crops[0].crop.width / shot.crops[-1].crop.width <= 1.06 for shot in long)


def test_a_moving_subject_is_followed() -> None:
    seen = footage(source(seconds=30), focus_y=0.5, sharpness=0.8, motion=0.8, exposure=1)
    walking = seen.model_copy(
        update={
            "moments": tuple(
                moment.model_copy(update={"focus_x": 0.2 + 0.6 * moment.start_ms / 30_000}) for moment in seen.moments
            )
        }
    )
    timeline = made(walking, narration())
    panned = [shot for shot in timeline.shots if len(shot.crops) == 2]
    assert panned
    assert all(shot.crops[0].crop.x < shot.crops[1].crop.x for shot in panned)


def test_enlarging_is_said_with_its_figures() -> None:
    timeline = made(footage(source(seconds=30, width=640, height=480)), narration())
    message = next(each.message for each in timeline.degradations if each.slug == "upscaled")
    assert "640x480" in message
    assert "4." in message


def test_four_k_is_not_said_to_be_enlarged() -> None:
    assert "upscaled" not in slugs(made(footage(source(seconds=30, width=3840, height=2160)), narration()))


# ── sound, words, title, poster ──────────────────────────────────────────────────────────────────────────────────


def test_the_source_is_ducked_under_the_voice() -> None:
    voice, own = made(footage(source()), narration()).tracks
    assert (voice.role, voice.gain_lu, voice.start) == ("voice", 0, 6)
    assert voice.file is not None
    assert (own.role, own.gain_lu, own.duck_lu) == ("source", -7, -15)


def test_a_source_without_sound_adds_none() -> None:
    assert [track.role for track in made(footage(source(has_sound=False)), narration()).tracks] == ["voice"]


def test_the_title_stands_for_about_two_seconds() -> None:
    card = title_of(made(footage(source()), narration()))
    assert card is not None
    assert (card.text, card.start, card.end) == ("Alpina Biscuit Box", 0, 66)


def test_the_title_takes_no_more_than_two_fifths_of_a_short_clip() -> None:
    card = title_of(made(footage(source()), narration("Tea.")))
    assert card is not None
    assert card.end == 48


def test_a_title_can_be_turned_off() -> None:
    assert title_of(made(footage(source()), narration(), hook_card=False)) is None


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Handmade Ceramic Coffee Mug with Bamboo Lid, 350 ml", "Handmade Ceramic Coffee Mug"),
        ("Tea for the Quiet Evenings of Winter", "Tea for the Quiet Evenings"),
        ("Donaudampfschifffahrtsgesellschaft", "Donaudampfschifffahrtsgesell"),
        ("  A  \n B ", "A B"),
        ("", "Meet the Alpina biscuit box"),
    ],
)
def test_a_long_title_is_shortened_at_a_word(title: str, shown: str) -> None:
    card = title_of(made(footage(source()), narration(), title=title))
    assert card is not None
    assert card.text == shown


def test_a_title_from_the_script_ends_with_its_first_sentence() -> None:
    card = title_of(made(footage(source()), narration("Meet the lamp. It shines for 40 hours."), title=""))
    assert card is not None
    assert card.text == "Meet the lamp"


@pytest.mark.parametrize(
    ("title", "said"), [("Tea for the Quiet Evenings of Winter", True), (" Tea. ", False), ("", False)]
)
def test_a_title_that_was_shortened_is_said(title: str, said: bool) -> None:
    assert ("title_shortened" in slugs(made(footage(source()), narration(), title=title))) is said


def test_cues_are_moved_by_the_lead_in() -> None:
    spoken = narration("Tea.")
    timeline = made(footage(source()), spoken)
    assert timeline.cues[0].start == cues(spoken)[0].start + timeline.tracks[0].start


def test_a_cue_that_changes_near_a_cut_changes_at_the_cut() -> None:
    timeline = made(footage(source(seconds=60)), narration())
    ends = [cue.end for cue in timeline.cues]
    at_cuts = [at for at in plan.cuts(timeline) if any(abs(end - at) <= 3 for end in ends)]
    assert at_cuts
    assert all(at in ends for at in at_cuts)


def test_the_poster_is_sharp_and_away_from_the_title_and_the_cuts() -> None:
    timeline = made(footage(source(seconds=60)), narration())
    title = title_of(timeline)
    assert title is not None
    assert title.end <= timeline.poster_frame <= 0.6 * timeline.frames
    assert all(abs(at - timeline.poster_frame) >= 3 for at in plan.cuts(timeline))


# ── somebody speaks in the source ────────────────────────────────────────────────────────────────────────────────


def test_a_spoken_source_keeps_its_own_cuts() -> None:
    timeline = made(footage(source(seconds=30), cuts={0: [6_000, 9_000]}), spoken_in_source(2_000))
    assert {120, 210} <= set(plan.cuts(timeline))


def test_a_long_take_changes_its_size_where_a_sentence_begins() -> None:
    spoken = spoken_in_source(2_000)
    timeline = made(footage(source(seconds=30), focus_x=0.5, focus_y=0.5), spoken)
    starts = [sentence[0].start_ms * FPS // 1000 for sentence in spoken.sentences()[1:]]
    assert plan.cuts(timeline) == starts
    widths = [shot.crops[0].crop.width for shot in timeline.shots]
    assert widths[0] > widths[1] < widths[2]


def test_a_spoken_source_is_heard_alone_and_in_full() -> None:
    (track,) = made(footage(source(seconds=30)), spoken_in_source(2_000)).tracks
    assert (track.role, track.gain_lu, track.duck_lu, track.file) == ("source", 0, 0, None)


def test_a_spoken_source_is_not_read_beyond_its_end() -> None:
    spoken = spoken_in_source(1_000)
    timeline = made(footage(source(seconds=spoken.duration_ms / 1000 + 1)), spoken)
    last = timeline.shots[-1]
    assert (last.source_in + last.frames) * 1000 <= timeline.sources[0].duration_ms * FPS


@pytest.mark.parametrize("start_ms", [4_500, 20_000])
def test_speech_that_goes_on_without_a_picture_is_refused(start_ms: int) -> None:
    with pytest.raises(InvalidInput) as caught:
        made(footage(source(seconds=5)), spoken_in_source(start_ms))
    assert caught.value.title == "422 speech_without_picture"


def test_a_clip_for_a_platform_that_covers_more_says_what_is_clear() -> None:
    seen, spoken = footage(source()), narration()
    assert made(seen, spoken).clear is None
    assert made(seen, spoken, platforms=("tiktok", "youtube")).clear is None
    assert made(seen, spoken, platforms=("pinterest",)).clear == Box(left=120, top=288, right=885, bottom=1130)
