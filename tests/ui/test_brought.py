"""What posts brought, as the page draws it: to scale, escaped, and honest about little."""

from __future__ import annotations

import re
from typing import Any

import pytest

from editai.models import Brought, ChannelLine, Line, Worked
from editai.ui.publish import brought, charts

DAYS = ("2026-11-25", "2026-11-26")
LAMP = Line(name="Lamp <b>", points=((DAYS[0], 10), (DAYS[1], 40)))


def found(**changes: Any) -> Brought:
    nothing: dict[str, Any] = dict.fromkeys(("lines", "worked", "posts", "channels", "figures"), ())
    return Brought(**{"by": "clip", "days": 30, "figure": "Views", "young": 0, "unknown": 0, **nothing, **changes})


def worked(posts: int) -> Worked:
    return Worked(name="Lamp <b>", posts=posts, median=1500, lowest=20, highest=2500, few=posts < 5)


@pytest.mark.parametrize(
    ("most", "top"), [(0, 4), (3, 4), (4, 4), (5, 8), (9, 10), (11, 20), (26_900, 40_000), (1_000, 1_000)]
)
def test_a_scale_ends_at_a_number_that_is_divided_well(most: float, top: float) -> None:
    assert charts.ceiling(most) == top


@pytest.mark.parametrize(
    ("number", "told"), [(0, "0"), (2.5, "2.5"), (999, "999"), (1200, "1.2k"), (26_000, "26k"), (3.4e6, "3.4M")]
)
def test_a_number_is_short(number: float, told: str) -> None:
    assert charts.short(number) == told


def test_a_line_lies_where_its_totals_do() -> None:
    assert 'points="0.00,75.00 100.00,0.00"' in charts.lines([LAMP], "Views")


def test_a_single_day_is_seen() -> None:
    (points,) = re.findall(r'points="([^"]+)"', charts.lines([Line(name="Lamp", points=((DAYS[0], 4),))], "Views"))
    assert points == "0.00,0.00 2.00,0.00"


def test_what_came_from_outside_is_escaped() -> None:
    channel = ChannelLine(channel_id="c", channel="Lamps <i>", line=Line(name="Fans <u>", points=LAMP.points))
    told = brought.html(found(lines=(LAMP,), worked=(worked(9),), channels=(channel,)))
    for outside, shown in (
        ("Lamp <b>", "Lamp &lt;b&gt;"),
        ("Lamps <i>", "Lamps &lt;i&gt;"),
        ("Fans <u>", "Fans &lt;u&gt;"),
    ):
        assert outside not in told
        assert shown in told


def test_few_posts_are_called_few() -> None:
    channel = (ChannelLine(channel_id="c", channel="Lamps", line=LAMP),)
    few, enough = (brought.html(found(worked=(worked(posts),), channels=channel)) for posts in (4, 5))
    assert "says more about chance" in few
    assert '<tr class="few">' in few
    assert "says more about chance" not in enough


def test_what_is_not_compared_is_said() -> None:
    channel = (ChannelLine(channel_id="c", channel="Lamps", line=LAMP),)
    told = brought.html(found(young=1, unknown=2, channels=channel))
    assert "No post is out for a week yet" in told
    assert "1 post out for less than a week" in told
    assert "Of 2 posts nothing is known from the first week" in told


def test_where_nothing_is_known_the_page_says_when_something_will_be() -> None:
    assert "Nothing is known yet" in brought.html(found())


def test_a_voice_is_called_as_people_know_it() -> None:
    assert brought.called("voice", "kokoro:af_heart") == "Heart (Kokoro)"
    assert brought.called("voice", "source") == "The video's own sound"
    assert brought.called("clip", "2:1 lamp") == "2:1 lamp"
