"""A time on the store's clock, and the same moment in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from editai.errors import InvalidInput
from editai.publish import moment

NOW = datetime(2027, 1, 15, 12, 0, tzinfo=UTC)
BUCHAREST = "Europe/Bucharest"
NEW_YORK = "America/New_York"
ZONES = ["UTC", BUCHAREST, NEW_YORK, "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Kiritimati", "America/St_Johns"]


@pytest.mark.parametrize(
    ("at", "zone", "utc"),
    [
        ("2027-02-01T10:00", "UTC", "2027-02-01T10:00:00.000Z"),
        ("2027-02-01 10:00", BUCHAREST, "2027-02-01T08:00:00.000Z"),
        ("2027-07-01T10:00:30.9", BUCHAREST, "2027-07-01T07:00:30.000Z"),
        ("2027-02-01T10:00", NEW_YORK, "2027-02-01T15:00:00.000Z"),
        ("2027-02-01T23:30", NEW_YORK, "2027-02-02T04:30:00.000Z"),
        ("2027-02-01T10:00+02:00", NEW_YORK, "2027-02-01T08:00:00.000Z"),
        ("2027-02-01T10:00:00.000Z", NEW_YORK, "2027-02-01T10:00:00.000Z"),
        (" 2027-02-01T10:00 ", "Asia/Kolkata", "2027-02-01T04:30:00.000Z"),
    ],
)
def test_a_time_is_the_stores_unless_it_says_an_offset(at: str, zone: str, utc: str) -> None:
    assert moment.asked_for(at, zone, NOW) == moment.Moment(utc)


@pytest.mark.parametrize(
    ("at", "zone", "first"),
    [
        ("2027-03-28T03:30", BUCHAREST, "Choose 04:30 or later."),
        ("2027-03-14T02:00", NEW_YORK, "Choose 03:00 or later."),
        ("2027-10-03T02:15", "Australia/Lord_Howe", "Choose 02:45 or later."),
    ],
)
def test_a_time_that_the_clock_skips_is_refused(at: str, zone: str, first: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        moment.asked_for(at, zone, NOW)
    assert refused.value.title == "422 time_does_not_exist"
    assert refused.value.hint == first


@pytest.mark.parametrize(
    ("at", "zone", "utc"),
    [
        ("2027-10-31T03:30", BUCHAREST, "2027-10-31T00:30:00.000Z"),
        ("2027-11-07T01:30", NEW_YORK, "2027-11-07T05:30:00.000Z"),
    ],
)
def test_of_a_time_that_the_clock_shows_twice_the_first_is_meant_and_that_is_said(at: str, zone: str, utc: str) -> None:
    assert moment.asked_for(at, zone, NOW) == moment.Moment(utc, twice=True)


@pytest.mark.parametrize("at", ["2027-11-07T01:30-05:00", "2027-11-07T06:30Z"])
def test_with_an_offset_there_is_no_doubt(at: str) -> None:
    assert moment.asked_for(at, NEW_YORK, NOW) == moment.Moment("2027-11-07T06:30:00.000Z")


@pytest.mark.parametrize(
    ("at", "slug"),
    [
        ("2027-01-15T11:59:59Z", "time_in_past"),
        ("2027-01-15T12:00:00Z", "time_in_past"),
        ("0001-01-01T00:00", "time_in_past"),
        ("2028-02-01T00:00", "time_too_far"),
        ("9999-12-31T23:59", "time_unreadable"),
        ("tomorrow", "time_unreadable"),
        ("", "time_unreadable"),
        ("2027-02-01", "time_unreadable"),
        ("2027-02-30T10:00", "time_unreadable"),
        ("2027-02-01T25:00", "time_unreadable"),
        ("1800000000", "time_unreadable"),
        ("\x00", "time_unreadable"),
    ],
)
def test_what_is_no_time_to_come_is_refused(at: str, slug: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        moment.asked_for(at, NEW_YORK, NOW)
    assert refused.value.slug == slug


def test_a_year_ahead_is_not_too_far() -> None:
    assert moment.asked_for("2028-01-15T12:00Z", "UTC", NOW).utc == "2028-01-15T12:00:00.000Z"


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/localtime", "Europe"])
def test_a_zone_that_is_not_known_here_is_said(zone: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        moment.asked_for("2027-02-01T10:00", zone, NOW)
    assert refused.value.slug == "time_zone_unknown"


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 365 * 24 * 60 - 1), st.sampled_from(ZONES))
def test_what_the_clock_shows_leads_back_to_the_moment(minutes: int, zone: str) -> None:
    meant = NOW + timedelta(minutes=minutes)
    shown = meant.astimezone(ZoneInfo(zone))
    assume(shown.fold == 0)
    assert moment.asked_for(f"{shown:%Y-%m-%dT%H:%M}", zone, NOW).utc == moment.written(meant)


def test_both_forms_are_shown_in_words() -> None:
    utc = "2027-02-01T10:00:00.000Z"
    assert moment.words(utc, "UTC") == "Mon 1 Feb 2027, 10:00 (UTC)"
    assert moment.words(utc, BUCHAREST) == "Mon 1 Feb 2027, 12:00 (Europe/Bucharest)"
