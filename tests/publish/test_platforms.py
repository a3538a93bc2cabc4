"""A clip and a text against the figures of the platforms."""

from __future__ import annotations

from typing import Any

import pytest

from editai.models import Finding, Measurement
from editai.platforms import EVERYWHERE, Placement, table
from editai.publish import platforms, providers
from tests.library.samples import a_report

MB = 10**6
MEASURED = a_report("").measurement.model_copy(
    update={"duration_ms": 15_000, "frames": 450, "bytes": 8 * MB, "bit_rate_kbps": 4_300}
)
SETTINGS = {
    "instagram_story": {"post_type": "story"},
    "facebook_story": {"post_type": "story"},
    "instagram_reel": {"post_type": "post"},
    "facebook_reel": {"post_type": "post"},
}
PLACES = [place for place in table().placements if place.name != EVERYWHERE]


def file(**changes: Any) -> Measurement:
    """A clip as the render makes it, changed."""
    return MEASURED.model_copy(update=changes)


def found(provider: str, settings: dict[str, str] | None = None, **changes: Any) -> dict[str, str]:
    """What is found of a changed clip: the severities by their slugs."""
    return {each.slug: each.severity for each in platforms.check_file(file(**changes), provider, settings or {})}


def only(findings: tuple[Finding, ...]) -> Finding:
    [finding] = findings
    return finding


@pytest.mark.parametrize("place", [place for place in PLACES if place.name != "x"], ids=lambda place: place.name)
def test_a_clip_as_it_is_made_here_fits_everywhere(place: Placement) -> None:
    for provider in place.provider:
        assert platforms.check_file(file(), provider, SETTINGS.get(place.name, {})) == ()


def test_x_gets_a_smaller_copy_which_fits_there() -> None:
    assert found("x") == {"smaller_copy": "warn"}
    assert found("x", width_px=720, height_px=1280) == {}


@pytest.mark.parametrize(
    ("provider", "settings", "seconds", "severity"),
    [
        ("tiktok", {}, 600, "warn"),
        ("tiktok", {}, 600.1, "refuse"),
        ("tiktok", {}, 180, None),
        ("tiktok", {}, 2.9, "warn"),
        ("instagram", {"post_type": "post"}, 900, None),
        ("instagram", {"post_type": "post"}, 901, "refuse"),
        ("instagram", {"post_type": "post"}, 2.9, "refuse"),
        ("instagram", {"post_type": "story"}, 60, None),
        ("instagram", {"post_type": "story"}, 60.1, "refuse"),
        ("instagram-standalone", {"post_type": "story"}, 61, "refuse"),
        ("youtube", {}, 60, None),
        ("youtube", {}, 61, "warn"),
        ("youtube", {}, 181, "warn"),
        ("youtube", {}, 3600, "warn"),
        ("facebook", {"post_type": "post"}, 90, None),
        ("facebook", {}, 91, "refuse"),
        ("facebook", {"post_type": "story"}, 61, "refuse"),
        ("x", {}, 140, None),
        ("x", {}, 141, "warn"),
        ("x", {}, 1200, "warn"),
        ("x", {}, 1201, "refuse"),
        ("x", {}, 0.4, "refuse"),
        ("pinterest", {}, 3.9, "refuse"),
        ("pinterest", {}, 301, "warn"),
        ("pinterest", {}, 901, "refuse"),
        ("threads", {}, 301, "refuse"),
        ("linkedin", {}, 901, "warn"),
        ("linkedin-page", {}, 1801, "refuse"),
        ("bluesky", {}, 3600, None),
        ("nostr", {}, 3600, None),
    ],
)
def test_how_long_a_clip_may_be(provider: str, settings: dict[str, str], seconds: float, severity: str | None) -> None:
    measured = found(provider, settings, duration_ms=round(seconds * 1000))
    assert measured.get("limit_length_s") == severity


@pytest.mark.parametrize(
    ("provider", "settings", "size", "severity"),
    [
        ("instagram", {"post_type": "story"}, 100 * MB, None),
        ("instagram", {"post_type": "story"}, 100 * MB + 1, "refuse"),
        ("instagram", {"post_type": "post"}, 300 * MB + 1, "refuse"),
        ("x", {}, 512 * MB + 1, "warn"),
        ("linkedin", {}, 500 * MB + 1, "warn"),
        ("linkedin", {}, 74_999, "refuse"),
        ("bluesky", {}, 2**30, None),
        ("bluesky", {}, 2**30 + 1, "refuse"),
        ("youtube", {}, 2**30 + 1, "refuse"),
    ],
)
def test_how_large_a_file_may_be(provider: str, settings: dict[str, str], size: int, severity: str | None) -> None:
    assert found(provider, settings, bytes=size).get("limit_bytes") == severity


@pytest.mark.parametrize(
    ("provider", "changes", "slug", "severity"),
    [
        ("tiktok", {"width_px": 300}, "limit_short_side_px", "refuse"),
        ("tiktok", {"fps": 20.0}, "limit_fps", "refuse"),
        ("tiktok", {"video_codec": "mpeg4"}, "limit_video_codec", "refuse"),
        ("instagram", {"width_px": 2160, "height_px": 3840}, "limit_width_px", "refuse"),
        ("instagram", {"faststart": False}, "limit_index_at_end", "refuse"),
        ("instagram", {"edit_list": True}, "limit_edit_lists", "refuse"),
        ("instagram", {"bit_rate_kbps": 25_001}, "limit_bit_rate_kbps", "refuse"),
        ("instagram", {"audio_codec": "mp3"}, "limit_audio_codec", "refuse"),
        ("instagram", {"audio_rate_hz": 96_000}, "limit_audio_hz", "refuse"),
        ("instagram", {"audio_channels": 6}, "limit_audio_channels", "refuse"),
        ("instagram", {"pixel_format": "yuv444p"}, "limit_pixel_format", "refuse"),
        ("youtube", {"width_px": 1920, "height_px": 1080}, "limit_width_by_height", "warn"),
        ("youtube", {"faststart": False}, "limit_index_at_end", "warn"),
        ("facebook", {"width_px": 360, "height_px": 640}, "limit_short_side_px", "refuse"),
        ("facebook", {"audio_rate_hz": 44_100}, "limit_audio_hz", "refuse"),
        ("x", {"width_px": 400, "height_px": 1920}, "limit_width_by_height", "refuse"),
        ("x", {"width_px": 720, "height_px": 1800}, "limit_width_by_height", "warn"),
        ("x", {"fps": 50.0}, "limit_fps", "warn"),
        ("x", {"fps": 61.0}, "limit_fps", "refuse"),
        ("threads", {"fps": 61.0}, "limit_fps", "refuse"),
        ("linkedin", {"height_px": 5000}, "limit_long_side_px", "refuse"),
    ],
)
def test_what_a_file_has_to_be(provider: str, changes: dict[str, Any], slug: str, severity: str) -> None:
    assert found(provider, {}, **changes)[slug] == severity


def test_a_finding_says_what_is_so_what_is_taken_and_where_that_is_written() -> None:
    finding = only(platforms.check_file(file(duration_ms=91_500), "facebook", {}))
    assert finding.message == "The clip is 91.5 seconds long; Facebook takes at most 90 seconds."
    assert finding.slug == "limit_length_s"
    assert finding.sure == "official"
    assert "developers.facebook.com/docs/video-api/guides/reels-publishing" in finding.source


def test_hearsay_is_called_hearsay() -> None:
    finding = only(platforms.check_file(file(duration_ms=2_000), "tiktok", {}))
    assert finding.message == "The clip is 2 seconds long; TikTok is said to take at least 3 seconds."
    assert (finding.severity, finding.sure) == ("warn", "hearsay")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"bytes": 301 * MB}, "The file has 301.0 MB; Instagram takes at most 300.0 MB."),
        ({"audio_codec": "mp3"}, "The sound is mp3; Instagram takes aac."),
        (
            {"edit_list": True},
            "Instagram takes no file that asks players to skip a part of it (an edit list); this one does.",
        ),
    ],
)
def test_findings_are_sentences(changes: dict[str, Any], message: str) -> None:
    assert only(platforms.check_file(file(**changes), "instagram", {})).message == message


def test_placements_are_of_known_providers_with_known_settings() -> None:
    for place in PLACES:
        for name in place.provider:
            assert providers.provider(name).known
            for setting, value in place.settings.items():
                known = next(each for each in providers.provider(name).settings if each.name == setting)
                assert value in {choice.value for choice in known.choices}


@pytest.mark.parametrize(
    ("provider", "written", "severity"),
    [
        ("instagram", "#a " * 5, None),
        ("instagram", "#a " * 6, "warn"),
        ("instagram", "#a " * 31, "refuse"),
        ("tiktok", "#a " * 6, "warn"),
        ("threads", "#a #b", "warn"),
        ("mastodon", "#a " * 6, "warn"),
        ("instagram", "No. #1, C# and shop.example/#a, &#39;", None),
        ("instagram", "#灯 #über #lamp_1 #a #b #c", "warn"),
    ],
)
def test_how_many_hashtags_a_text_may_have(provider: str, written: str, severity: str | None) -> None:
    findings = {each.slug: each.severity for each in platforms.check_text(written, provider, {})}
    assert findings.get("limit_hashtags") == severity


def test_mentions_and_angle_brackets_have_their_limits() -> None:
    assert only(platforms.check_text("@a " * 21, "instagram", {})).slug == "limit_mentions"
    bracket = only(platforms.check_text("I <3 it", "youtube", {}))
    assert (bracket.severity, bracket.message) == ("refuse", "YouTube takes neither < nor > in a title or a text.")
    assert platforms.check_text("I <3 it, me@shop.example", "instagram", {}) == ()


def test_what_nobody_has_tried_is_called_so() -> None:
    finding = only(platforms.check_text("I <3 it", "telegram", {}))
    assert finding.message == "Telegram may take neither < nor > in a title or a text. Nobody has tried it."
    assert (finding.severity, finding.sure) == ("warn", "unknown")


def test_one_of_a_kind_is_not_called_many() -> None:
    finding = only(platforms.check_text("#a #b", "threads", {}))
    assert finding.message.startswith("The text has 2 hashtags; Threads is said to take at most 1 hashtag.")


@pytest.mark.parametrize(
    ("shown", "provider", "warned"),
    [
        ("See it at shop.example.", "tiktok", True),
        ("See it at https://shop.example/lamp", "tiktok-business", True),
        ("See it at shop.example.", "instagram", False),
        ("It costs $49.99.", "tiktok", False),
    ],
)
def test_an_address_in_the_picture_is_warned_of_on_tiktok(shown: str, provider: str, warned: bool) -> None:
    findings = platforms.check_words(shown, provider)
    assert [finding.severity for finding in findings] == (["warn"] if warned else [])
    assert all("shop.example" in finding.message for finding in findings)
