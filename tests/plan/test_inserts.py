"""What is laid over the shots, and when: every rule with what keeps it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from editai import plan
from editai.contrast import ENOUGH, contrast
from editai.models import FPS, BrandKit, Colours, Facts, File, Insert, Narration, Plan
from tests.plan.conftest import SCRIPT, STYLE, brief, cues, footage, narration, source

SEEN = footage(source(seconds=60))
LOGO = File(name="logo.png", sha256="logo", bytes=1)
SOLD = Facts(title="Alpina Biscuit Box", price="$12.90")
CALL = "Order yours today"

numbers = st.integers(1, 60)
lengths = numbers.map(lambda count: narration(" ".join((SCRIPT + " ").split() * 3)[: 12 * count]))
hues = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06X}")
palettes = st.builds(Colours, text=hues, highlight=hues, background=hues)


def made(spoken: Narration | None = None, kit: BrandKit | None = None, **wishes: Any) -> Plan:
    spoken = spoken or narration()
    told = {"facts": SOLD, "call_to_action": CALL} | wishes
    asked = brief(SEEN).model_copy(update=told)
    return plan.make(asked, SEEN, spoken, cues(spoken), STYLE, kit or BrandKit(logo=LOGO))


def of(timeline: Plan, role: str) -> Insert | None:
    return next((insert for insert in timeline.inserts if insert.role == role), None)


def shown(timeline: Plan, role: str) -> Insert:
    insert = of(timeline, role)
    assert insert is not None
    return insert


def told(timeline: Plan) -> dict[str, str]:
    return {item.slug: item.message for item in timeline.degradations}


# ── every part can be turned off ─────────────────────────────────────────────────────────────────────────────────


def test_with_everything_off_nothing_is_laid_over_the_shots() -> None:
    off = made(hook_card=False, price_badge=False, end_card=False, logo=False)
    assert off.inserts == ()
    assert off.frames < made().frames


@pytest.mark.parametrize(
    ("wish", "role"), [("hook_card", "title"), ("price_badge", "badge"), ("end_card", "end_card"), ("logo", "logo")]
)
def test_each_part_is_there_when_it_is_wanted_and_only_then(wish: str, role: str) -> None:
    wishes: list[dict[str, Any]] = [{wish: True}, {wish: False}]
    assert [of(made(**each), role) is not None for each in wishes] == [True, False]


def test_a_logo_is_shown_only_where_the_owner_wants_it() -> None:
    assert of(made(), "logo") is None
    assert shown(made(), "end_card").file is None
    assert shown(made(logo=True), "end_card").file == LOGO


def test_a_store_without_a_logo_shows_none() -> None:
    timeline = made(kit=BrandKit(), logo=True)
    assert of(timeline, "logo") is None
    assert shown(timeline, "end_card").file is None


def test_the_logo_stands_where_the_brand_kit_says_until_the_end_card() -> None:
    timeline = made(kit=BrandKit(logo=LOGO, logo_place="bottom_right", logo_margin_px=7), logo=True)
    logo = shown(timeline, "logo")
    assert (logo.file, logo.place, logo.margin_px) == (LOGO, "bottom_right", 7)
    assert (logo.start, logo.end) == (0, shown(timeline, "end_card").start)


# ── the price ────────────────────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=40, deadline=None)
@given(lengths, st.booleans(), st.sampled_from(["$12.90", "only 12,90 € for a set of six boxes"]))
def test_a_price_comes_late_enough_early_enough_and_stands_long_enough(
    spoken: Narration, hook: bool, price: str
) -> None:
    timeline = made(spoken, hook_card=hook, facts=Facts(title="Tea", price=price))
    badge, end = of(timeline, "badge"), shown(timeline, "end_card").start
    if badge is None:
        assert "badge_left_out" in told(timeline)
        return
    assert badge.start >= 1.5 * FPS
    assert badge.start <= 0.6 * timeline.frames
    assert badge.end - badge.start >= max(2.0, 0.33 * len(price.split()) + 1) * FPS
    assert badge.end <= end
    if hook:
        assert badge.start > shown(timeline, "title").end


def test_without_a_price_there_is_no_badge_and_nothing_to_say() -> None:
    timeline = made(facts=Facts(title="Tea"))
    assert of(timeline, "badge") is None
    assert "badge_left_out" not in told(timeline)


def test_a_price_that_the_title_shows_is_not_shown_beside_it() -> None:
    timeline = made(on_screen="Now for $12.90")
    assert of(timeline, "badge") is None
    assert "badge_left_out" not in told(timeline)


def test_a_former_price_is_never_shown() -> None:
    timeline = made(facts=SOLD.model_copy(update={"lowest_price_30d": "$19.90"}))
    assert not any("19.90" in insert.text + insert.detail for insert in timeline.inserts)


# ── the end card ─────────────────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=40, deadline=None)
@given(lengths)
def test_an_end_card_comes_after_the_last_word_and_its_caption(spoken: Narration) -> None:
    timeline = made(spoken)
    card = shown(timeline, "end_card")
    assert card.end == timeline.frames
    assert card.start >= timeline.speech[-1].end + 0.4 * FPS
    assert max(cue.end for cue in timeline.cues) <= card.start
    assert all(insert.end <= card.start for insert in timeline.inserts if insert.role != "end_card")


@settings(max_examples=40, deadline=None)
@given(lengths)
def test_an_end_card_stands_for_a_moment_and_is_a_small_part_of_the_clip(spoken: Narration) -> None:
    timeline = made(spoken)
    frames = shown(timeline, "end_card").end - shown(timeline, "end_card").start
    assert 1.5 * FPS <= frames <= 2.5 * FPS
    assert frames <= 0.15 * timeline.frames + 1 or frames == 1.5 * FPS


def test_the_clip_grows_by_its_end_card() -> None:
    without, card = made(end_card=False), shown(made(), "end_card")
    assert made().frames - without.frames == card.end - card.start


@pytest.mark.parametrize("call", ["", " ", "-."])
def test_a_clip_without_a_call_to_action_has_no_end_card(call: str) -> None:
    timeline = made(call_to_action=call)
    assert of(timeline, "end_card") is None
    assert timeline.frames == made(end_card=False).frames


def test_an_end_card_names_the_product_and_its_price() -> None:
    assert shown(made(), "end_card").detail == "Alpina Biscuit Box\n$12.90"


def test_a_price_without_a_name_is_still_the_price() -> None:
    assert shown(made(facts=Facts(price="$12.90")), "end_card").detail == "\n$12.90"


@pytest.mark.parametrize(
    ("call", "seen"),
    [
        ("Order yours today!", "Order yours today!"),
        ("Order your own box of biscuits before they are gone", "Order your own box of biscuits"),
        ("Get it now from our shop for the whole family", "Get it now from our shop"),
        ("Order one of these now for the whole family", "Order one of these now"),
    ],
)
def test_a_call_has_six_words_at_most_and_none_left_hanging(call: str, seen: str) -> None:
    timeline = made(call_to_action=call)
    assert shown(timeline, "end_card").text == seen
    assert ("call_shortened" in told(timeline)) is (call != seen)


def test_a_name_that_is_too_long_for_the_end_card_is_said() -> None:
    timeline = made(facts=Facts(title="Tea for the Quiet Evenings of Winter"), hook_card=False)
    assert told(timeline)["end_card_shortened"] == "The end card shows only “Tea for the Quiet Evenings”."


@pytest.mark.parametrize("seconds", [8, 15, 30])
def test_what_a_wished_length_leaves_for_the_speech_leaves_room_for_the_end_card(seconds: int) -> None:
    asked = brief(SEEN).model_copy(update={"seconds": seconds, "call_to_action": CALL})
    without = asked.model_copy(update={"end_card": False})
    more = (plan.around_ms(asked) - plan.around_ms(without)) / 1000
    assert 1.5 <= more <= 2.5
    assert more <= 0.15 * seconds or more == 1.5


# ── colours ──────────────────────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=40, deadline=None)
@given(palettes)
@example(Colours(text="#00002E", highlight="#00002E", background="#0077DC"))  # neither white nor a dark grey is enough
def test_words_can_be_read_on_their_panel_in_any_colours(colours: Colours) -> None:
    timeline = made(kit=BrandKit(colours=colours))
    for insert in timeline.inserts:
        assert contrast(insert.panel, insert.ink) >= ENOUGH


def test_panels_are_in_the_brands_colours() -> None:
    timeline = made(kit=BrandKit(colours=Colours(text="#FFFFFF", highlight="#1F5EFF", background="#101820")))
    assert [(insert.role, insert.panel, insert.ink) for insert in timeline.inserts] == [
        ("title", "#1F5EFF", "#FFFFFF"), ("badge", "#1F5EFF", "#FFFFFF"), ("end_card", "#101820", "#FFFFFF"),
    ]  # fmt: skip
    assert shown(timeline, "end_card").accent == "#1F5EFF"
