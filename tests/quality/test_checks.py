"""What is said of a clip that was measured: against its plan, the formats and the platforms it is meant for."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from editai import captions
from editai.captions.layout import block
from editai.models import CaptionStyle, Check, Crop, CropKey, Cue, CueWord, Insert, Measurement, Plan, Run, Seen
from editai.quality import Heard
from editai.quality.letters import Letters
from editai.quality.marked import can_be_told
from tests.quality.conftest import Good

pytestmark = pytest.mark.slow


def having(good: Good, **changes: Any) -> Measurement:
    return good.measured.model_copy(update=changes)


def frozen(good: Good, plan: Plan) -> Check:
    return good.judged(plan=plan, measured=having(good, frozen=(Run(start_ms=2300, end_ms=3900),)))["frozen"]


# ── platforms ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_clip_that_is_too_long_for_a_story_is_no_story(good: Good) -> None:
    long = having(good, duration_ms=61_000)
    checks = good.judged(measured=long, platforms=("instagram_story", "tiktok"))
    assert {slug: check.verdict for slug, check in checks.items() if slug.startswith("limits_")} == {
        "limits_instagram_story": "fail",
        "limits_tiktok": "pass",
    }
    assert checks["limits_instagram_story"].message == (
        "The clip is 61 seconds long; an Instagram story takes at most 60 seconds."
    )


def test_where_no_platform_was_chosen_one_that_refuses_it_is_only_said(good: Good) -> None:
    checks = good.judged(measured=having(good, duration_ms=61_000))
    warned = {slug for slug, check in checks.items() if check.verdict == "warn"}
    assert warned == {"limits_instagram_story", "limits_facebook_story", "limits_youtube"}


def test_a_file_that_is_too_large_is_caught(good: Good) -> None:
    checks = good.judged(measured=having(good, bytes=100_000_001), platforms=("instagram_story",))
    assert checks["limits_instagram_story"].verdict == "fail"


def test_a_platform_that_nobody_knows_leaves_the_others(good: Good) -> None:
    checks = good.judged(platforms=("myspace", "tiktok"))
    assert [slug for slug in checks if slug.startswith("limits_")] == ["limits_tiktok"]


def test_x_is_judged_by_the_smaller_file_that_it_gets(good: Good) -> None:
    large = having(good, width_px=1080, height_px=1920)
    assert good.judged(measured=large, platforms=("x",))["limits_x"].verdict == "pass"


# ── captions ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_captions_are_measured_where_they_were_laid_out(good: Good) -> None:
    blocks = [block(cue, good.plan.style) for cue in good.plan.cues]
    seen = good.measured.captions
    assert seen is not None
    assert seen.found == seen.looked
    assert seen.top >= min(b.top for b in blocks if b) / 2 - 2
    assert seen.bottom <= max(b.bottom for b in blocks if b) / 2 + 2
    assert seen.left >= min(b.left for b in blocks if b) / 2 - 2
    assert seen.right <= max(b.right for b in blocks if b) / 2 + 2


def test_a_zone_that_is_only_guessed_counts_where_the_platform_was_chosen(good: Good) -> None:
    """Pinterest names its zone for image Pins; captions of a clip for all platforms lie lower than that."""
    low = having(good, captions=Seen(looked=5, found=5, left=120, top=560, right=420, bottom=620))
    assert good.judged(measured=low)["covered"].verdict == "pass"
    told = good.judged(measured=low, platforms=("pinterest",))["covered"]
    assert told.verdict == "warn"
    assert "Pinterest (down)" in told.message


def test_captions_that_cannot_be_told_from_the_picture_are_said_to_be_unchecked(good: Good) -> None:
    checks = good.judged(measured=having(good, captions=None))
    assert checks["captions"].verdict == "unchecked"
    assert "captions_place" not in checks


def test_captions_that_lie_elsewhere_than_they_were_laid_out_fail(good: Good) -> None:
    there = good.measured.captions
    assert there is not None
    for off, told in (({"off_y": 50}, "100 pixels lower"), ({"off_x": -50}, "100 pixels further to the left")):
        checks = good.judged(measured=having(good, captions=there.model_copy(update=off)))
        assert checks["captions_place"].verdict == "fail"
        assert checks["captions_place"].message == f"The captions lie {told} than they were laid out."


def test_captions_that_were_laid_out_where_platforms_put_buttons_warn(good: Good) -> None:
    there = good.measured.captions
    assert there is not None
    low = having(good, captions=there.model_copy(update={"bottom": 640}))
    assert good.judged(measured=low)["captions_place"].verdict == "warn"


@pytest.mark.parametrize(
    "style",
    [style for style in captions.styles() if style.mark in ("spoken", "said")],
    ids=lambda style: style.name,
)
def test_the_spoken_word_can_be_told_from_the_others_in_every_style_that_marks_it(style: CaptionStyle) -> None:
    assert can_be_told(style)


@pytest.mark.parametrize("emphasised", [(), (1,), (0, 1, 2)], ids=str)
def test_a_caption_is_looked_for_whichever_of_its_words_are_emphasised(good: Good, emphasised: tuple[int, ...]) -> None:
    """Those keep their colour while others are spoken; where all do, the caption is looked for as a whole."""
    words = tuple(
        CueWord(text=text, start=10 * at, end=10 * at + 10, emphasised=at in emphasised)
        for at, text in enumerate(("only", "twenty", "dollars"))
    )
    cues = (Cue(lines=(words,), start=0, end=30),)
    assert Letters(good.plan.model_copy(update={"cues": cues})).wanted


def test_other_words_than_are_heard_fail(good: Good) -> None:
    words = itertools.cycle(("quite", "another", "text", "with", "nothing", "that", "was", "ever", "spoken", "here"))
    cues = tuple(
        Cue(
            lines=tuple(tuple(CueWord(text=next(words), start=w.start, end=w.end) for w in line) for line in cue.lines),
            start=cue.start,
            end=cue.end,
        )
        for cue in good.plan.cues
    )
    assert good.judged(plan=good.plan.model_copy(update={"cues": cues}))["heard"].verdict == "fail"


def test_names_that_nobody_knows_warn_and_never_fail(good: Good) -> None:
    cues = tuple(
        Cue(
            lines=tuple(
                tuple(w.model_copy(update={"text": f"Zyq{'abcdefghij'[n % 10]}rrux"}) for n, w in enumerate(line))
                for line in cue.lines
            ),
            start=cue.start,
            end=cue.end,
        )
        for cue in good.plan.cues
    )
    told = good.judged(plan=good.plan.model_copy(update={"cues": cues}))["heard"]
    assert told.verdict == "warn"
    assert told.message.endswith("Where that is only a name, nothing is wrong.")


def test_a_language_that_nobody_here_understands_is_said_to_be_unchecked(good: Good) -> None:
    unheard = Good(**{**good.__dict__, "heard": Heard(unchecked="Not compared: no transcriber.")})
    told = unheard.judged()["heard"]
    assert (told.verdict, told.message) == ("unchecked", "Not compared: no transcriber.")


# ── a picture that stands still ──────────────────────────────────────────────────────────────────────────────────


def test_a_shot_that_shows_what_does_not_move_only_warns(good: Good) -> None:
    assert frozen(good, good.plan).verdict == "warn"


def test_a_moving_crop_that_does_not_move_fails(good: Good) -> None:
    shot = good.plan.shots[1]
    crop = shot.crops[0].crop
    closer = Crop(x=crop.x + 20, y=crop.y + 30, width=crop.width - 40, height=crop.height - 60)
    moving = shot.model_copy(update={"crops": (shot.crops[0], CropKey(frame=shot.frames, crop=closer))})
    plan = good.plan.model_copy(update={"shots": (good.plan.shots[0], moving, good.plan.shots[2])})
    assert frozen(good, plan).verdict == "fail"


def test_a_photo_that_was_planned_to_stand_still_may(good: Good) -> None:
    photo = good.plan.sources[0].model_copy(update={"still": True})
    assert frozen(good, good.plan.model_copy(update={"sources": (photo,)})).verdict == "pass"


def test_an_end_card_may_stand_still(good: Good) -> None:
    card = Insert(role="end_card", start=60, end=130, text="Order now")
    assert frozen(good, good.plan.model_copy(update={"inserts": (card,)})).verdict == "pass"


# ── sound ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_silent_run_names_the_words_that_are_lost(good: Good) -> None:
    told = good.judged(measured=having(good, silent=(Run(start_ms=0, end_ms=1600),)))["silence"]
    assert told.verdict == "fail"
    assert told.message == "Nothing is heard from 0.0 to 1.6 seconds, where “One two three four five six” should be."


def test_a_pause_without_words_warns(good: Good) -> None:
    told = good.judged(measured=having(good, silent=(Run(start_ms=6200, end_ms=7900),)))["silence"]
    assert told.verdict == "warn"


def test_an_end_card_may_be_silent(good: Good) -> None:
    card = Insert(role="end_card", start=140, end=195, text="Order now")
    shown = good.plan.model_copy(update={"inserts": (card,), "cues": ()})
    told = good.judged(plan=shown, measured=having(good, silent=(Run(start_ms=4400, end_ms=6500),)))["silence"]
    assert told.verdict == "pass"


def test_a_clip_in_which_nobody_speaks_may_be_silent_but_that_is_said(good: Good) -> None:
    mute = good.plan.model_copy(update={"cues": (), "speech": ()})
    told = good.judged(plan=mute, measured=having(good, loudness_lufs=None, peak_dbtp=None, silent=()))
    assert told["silence"].verdict == "warn"
    assert "loudness" not in told
    assert "heard" not in told


def test_captions_that_are_not_in_the_picture_are_not_looked_for(good: Good) -> None:
    checks = good.judged(good.path, plan=good.plan.model_copy(update={"captions_burned": False}))
    assert not {"captions", "captions_place"} & checks.keys()
    assert checks["heard"].verdict == "pass"
