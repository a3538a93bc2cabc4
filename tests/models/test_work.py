"""Work that is made of smaller pieces of work."""

from __future__ import annotations

from pathlib import Path

from editai.models import Step, Work, part_of


def piece(ends: list[str]) -> Work[str]:
    try:
        yield Step(0.0)
        yield Step(0.5, "Half way", Path("still.jpg"))
        yield Step(1.0)
        return "made"
    finally:
        ends.append("ended")


def test_a_part_goes_from_its_start_to_its_end_and_its_own_messages_stay() -> None:
    assert list(part_of(piece([]), 0.25, 0.75, "Working")) == [
        Step(0.25, "Working"),
        Step(0.5, "Half way", Path("still.jpg")),
        Step(0.75, "Working"),
    ]


def test_a_part_gives_what_was_made() -> None:
    made = []

    def whole() -> Work[None]:
        made.append((yield from part_of(piece([]), 0.0, 1.0)))

    list(whole())
    assert made == ["made"]


def test_closing_the_whole_closes_its_part() -> None:
    ends: list[str] = []
    work = part_of(piece(ends), 0.0, 1.0)
    next(work)
    work.close()
    assert ends == ["ended"]
