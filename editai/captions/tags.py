"""How ASS writes things: text as it was typed, times, colours, shapes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from editai.models import Plan

_FINE = 8
"""Points of a shape are given in eighths of a pixel ("\\p4")."""


def literal(text: str) -> str:
    r"""`text` such that libass draws it as typed.

    Braces are escaped. A backslash is followed by a word joiner (U+2060, which draws nothing and takes no room), so
    that `\N`, `\n` and `\h` are a backslash and a letter and not a line break or a space.
    """
    return "".join({"\\": "\\\u2060", "{": "\\{", "}": "\\}"}.get(character, character) for character in text)


def timestamp(frame: int, fps: int) -> str:
    """A time half a frame before `frame`, as "0:00:00.00": far from both frames, whatever is rounded on the way."""
    hundredths = max(0, round((2 * frame - 1) * 100 / (2 * fps)))
    seconds, hundredths = divmod(hundredths, 100)
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}.{hundredths:02}"


def event(layer: int, start: int, end: int, plan: Plan, text: str) -> str:
    """A Dialogue line for the frames from `start` up to `end`."""
    times = f"{timestamp(start, plan.fps)},{timestamp(end, plan.fps)}"
    return f"Dialogue: {layer},{times},Words,,0,0,0,,{text}"


def colour(colour: str, alpha: str = "") -> str:
    """ "#RRGGBB" as ASS writes it: blue, green, red, behind the alpha where one is given."""
    red, green, blue = colour[1:3], colour[3:5], colour[5:7]
    return f"&H{alpha}{blue}{green}{red}" + ("" if alpha else "&")


def polygon(steps: Iterable[tuple[str, Sequence[tuple[float, float]]]]) -> str:
    """A shape: what goes into the braces last, and the drawing after them. Moves, lines and cubic curves, in pixels."""
    drawn = (f"{kind} " + " ".join(f"{round(x * _FINE)} {round(y * _FINE)}" for x, y in step) for kind, step in steps)
    return "\\p4}" + " ".join(drawn) + "{\\p0}"
