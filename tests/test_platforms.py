"""The platforms' figures as data: every one has a source, and what a clip can be meant for."""

from __future__ import annotations

import pytest

from editai import formats, platforms
from editai.errors import InvalidInput
from editai.models import Plan
from editai.publish.platforms import text_figures
from tests.library.samples import a_report

FILE = a_report("").measurement
PRESETS = pytest.mark.parametrize("preset", platforms.presets(), ids=lambda preset: preset.name)


@pytest.mark.parametrize("place", platforms.table().placements, ids=lambda place: place.name)
def test_every_rule_can_be_broken_and_then_is_a_sentence(place: platforms.Placement) -> None:
    for rule in place.rules:
        wrong: float | str = "?" if rule.one_of else (rule.most + 1 if rule.most is not None else (rule.least or 0) - 1)
        assert not rule.holds(wrong)
        finding = platforms.broken(rule, wrong, place)
        assert finding.message.endswith(".")
        assert place.label.lower() in finding.message.lower()
        assert finding.source
        assert finding.severity == ("refuse" if rule.sure in {"official", "copy"} and not rule.warns else "warn")


def test_every_source_is_used_and_every_figure_is_measured() -> None:
    table = platforms.table()
    rules = [rule for place in table.placements for rule in place.rules]
    named = {rule.source for rule in rules} | {
        part.source for each in table.presets for part in (each.covered, each.advised, each.rendition) if part
    }
    assert named | {"T3"} == table.sources.keys()
    assert {rule.figure for rule in rules} <= platforms.figures(FILE).keys() | text_figures("").keys()


@PRESETS
def test_a_preset_is_a_placement_with_a_format(preset: platforms.Preset) -> None:
    assert preset.placement.rules
    assert formats.shape(preset.format)


@PRESETS
def test_what_is_clear_everywhere_is_covered_by_nobody_but_where_nobody_knows(preset: platforms.Preset) -> None:
    clear, zone = formats.shape("9:16").clear, preset.covered
    inside = (
        clear.top >= zone.top_px
        and clear.left >= zone.left_px
        and clear.right <= 1080 - zone.right_px
        and clear.bottom <= 1920 - zone.bottom_px
    )
    assert inside or zone.sure == "unknown"


@PRESETS
def test_a_clip_for_one_platform_keeps_clear_of_what_that_one_covers_too(preset: platforms.Preset) -> None:
    clear, zone = platforms.shape("9:16", [preset.name]).clear, preset.covered.clear(formats.shape("9:16"))
    whole = formats.shape("9:16").clear
    assert whole.left <= clear.left >= zone.left
    assert whole.top <= clear.top >= zone.top
    assert whole.right >= clear.right <= zone.right
    assert whole.bottom >= clear.bottom <= zone.bottom


def test_a_clip_for_several_platforms_keeps_to_what_all_of_them_leave() -> None:
    pinterest, both = (platforms.shape("9:16", names).clear for names in (["pinterest"], ["pinterest", "x"]))
    assert pinterest == both
    assert pinterest.bottom == 1920 - 790


def test_a_clip_for_no_platform_by_name_and_one_that_is_not_upright_have_their_formats_own_room() -> None:
    assert platforms.shape("9:16", ()) == formats.shape("9:16")
    assert platforms.shape("1:1", ["pinterest"]) == formats.shape("1:1")


@PRESETS
def test_the_advised_lengths_are_taken_there(preset: platforms.Preset) -> None:
    if preset.advised is None:
        return
    measured = FILE.model_copy(update={"duration_ms": preset.advised.most_s * 1000})
    length = {"length_s": platforms.figures(measured)["length_s"]}
    assert platforms.against(length, preset.placement) == ()


def test_nothing_chosen_is_meant_for_every_platform() -> None:
    assert platforms.chosen(()) == platforms.presets()


def test_what_is_chosen_keeps_its_order_and_comes_once() -> None:
    assert [each.name for each in platforms.chosen(("x", "tiktok", "x"))] == ["x", "tiktok"]


def test_a_platform_that_is_not_here_is_refused_by_its_name() -> None:
    with pytest.raises(InvalidInput, match="myspace") as told:
        platforms.chosen(("tiktok", "myspace"))
    assert told.value.slug == "platform_unknown"


@pytest.mark.parametrize(
    ("size", "wanted"),
    [
        ((1080, 1920), {"x": (720, 1280)}),
        ((1080, 1350), {"x": (720, 900)}),
        ((1080, 1080), {"x": (720, 720)}),
        ((1920, 1080), {"x": (1280, 720)}),
        ((720, 1280), {}),
        ((270, 480), {}),
    ],
)
def test_only_x_wants_a_second_file_and_a_smaller_one(
    size: tuple[int, int], wanted: dict[str, tuple[int, int]]
) -> None:
    assert platforms.renditions((), *size) == wanted


def test_no_second_file_is_made_for_platforms_that_take_the_first() -> None:
    plan = Plan.model_fields
    assert platforms.renditions(("tiktok", "youtube"), plan["width_px"].default, plan["height_px"].default) == {}


def test_sound_that_is_missing_is_said_once() -> None:
    silent = FILE.model_copy(
        update={"audio_codec": "", "audio_rate_hz": 0, "audio_channels": 0, "duration_ms": 9000, "bytes": 9**6}
    )
    place = next(each for each in platforms.presets() if each.name == "facebook_reel").placement
    [finding] = platforms.against(platforms.figures(silent), place)
    assert finding.message == "The sound is missing; Facebook takes aac."
