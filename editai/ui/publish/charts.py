"""Lines over time as a small picture: no script, in the page's own colours, as wide as there is room.

Gradio's own plots would load a library of some hundred kilobytes for what a few strokes of SVG show.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

from editai.models import Line

STEPS = 4
"""Parts into which the height is divided, at the most."""


def lines(shown: Sequence[Line], what: str) -> str:
    """The lines over their days, with what each is called and has at the end; `what` is said to who does not see it."""
    days = sorted({day for line in shown for day, _ in line.points})
    if not days:
        return ""
    top = ceiling(max(total for line in shown for _, total in line.points))
    strokes = "".join(_stroke(line, number, days, top) for number, line in enumerate(shown))
    marks = [top * step / STEPS for step in range(STEPS, -1, -1)]
    left = "".join(f"<span>{short(mark)}</span>" for mark in marks)
    rules = "".join(f'<path class="rule" d="M0 {100 * step / STEPS:g}H100"/>' for step in range(STEPS + 1))
    below = "".join(f"<span>{_day(day)}</span>" for day in _some(days))
    legend = "".join(
        f'<li class="line-{number}"><i></i>{escape(line.name)} <b>{short(line.points[-1][1])}</b></li>'
        for number, line in enumerate(shown)
    )
    return (
        f'<figure class="chart" role="img" aria-label="{escape(what)}"><div class="scale">{left}</div>'
        f'<svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">{rules}{strokes}</svg>'
        f'<div class="days">{below}</div><ul>{legend}</ul></figure>'
    )


def _stroke(line: Line, number: int, days: Sequence[str], top: float) -> str:
    """One line; a single day is a short stroke, so that it is seen."""
    at = {day: 100 * place / max(1, len(days) - 1) for place, day in enumerate(days)}
    points = [(at[day], 100 - 100 * total / top) for day, total in line.points]
    if len(points) == 1:
        (x, y) = points[0]
        points = [(max(0.0, x - 2), y), (min(100.0, x + 2), y)]
    drawn = " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
    return f'<polyline class="line-{number}" points="{drawn}"><title>{escape(line.name)}</title></polyline>'


def ceiling(most: float) -> float:
    """The next number from `most` on that is divided well into parts: 4, 8, 20, 40, 80, 200 ..."""
    if most <= 0:
        return 4.0
    size = 10.0
    while most > size:
        size *= 10
    return next(size * part / 10 for part in (0.4, 0.8, 2, 4, 8, 10, 20) if size * part / 10 >= most)


def short(number: float) -> str:
    """ "940", "1.2k", "3.4M"."""
    for size, unit in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(number) >= size:
            return f"{number / size:.1f}".removesuffix(".0") + unit
    return f"{number:.1f}".removesuffix(".0")


def _some(days: Sequence[str]) -> Sequence[str]:
    """The first, the middle and the last day."""
    return days if len(days) <= 3 else (days[0], days[len(days) // 2], days[-1])


def _day(day: str) -> str:
    read = date.fromisoformat(day)
    return f"{read.day} {read:%b}"
