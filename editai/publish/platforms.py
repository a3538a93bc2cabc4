"""What each platform takes, as data with sources, against what was measured on a clip and written in a post.

`assets/publish/platforms.json` holds a figure a line: where it is from, and how sure it is. What a platform's own
document says, also through a copy of it, refuses; blogs, house rules and guesses only warn. Where two documents of one
platform contradict each other, the looser refuses and the stricter warns.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import Field

from editai.bundled import ASSETS
from editai.models import Finding, Measurement, Model
from editai.models.post import Sureness
from editai.publish import text
from editai.readable import count, human_bytes

PLATFORMS = ASSETS / "publish" / "platforms.json"
EVERYWHERE = "everywhere"


class Rule(Model):
    """One figure: what of the clip or the post has to be at least, at most or one of something.

    `figure` is a name of `figures()` or `text_figures()`. `warns`: it warns although the platform says it, because
    another document of it allows more, or because nothing is refused for it. `because` is a sentence that is added.
    """

    figure: str
    least: float | None = None
    most: float | None = None
    one_of: tuple[str, ...] = ()
    source: str
    sure: Sureness
    warns: bool = False
    because: str = ""

    @property
    def refuses(self) -> bool:
        return self.sure in {"official", "copy"} and not self.warns

    def holds(self, value: float | str) -> bool:
        """Whether a measured value keeps the rule."""
        if isinstance(value, str):
            return value in self.one_of
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


class Placement(Model):
    """A place where a clip appears: a provider, with the settings that lead there."""

    name: str
    label: str
    provider: tuple[str, ...]
    settings: dict[str, str] = Field(default_factory=dict)
    rules: tuple[Rule, ...]


class Table(Model):
    """Everything that is known: the sources by their short names, and the placements."""

    sources: dict[str, str]
    placements: tuple[Placement, ...]


@cache
def table() -> Table:
    """The figures, read once."""
    return Table.model_validate_json(PLATFORMS.read_text("utf-8"))


def placement(provider: str, settings: Mapping[str, Any]) -> Placement | None:
    """Where a post of this provider with these settings appears; None where no figures are known."""
    for place in table().placements:
        if provider in place.provider and all(settings.get(name) == value for name, value in place.settings.items()):
            return place
    return None


def check_file(measured: Measurement, provider: str, settings: Mapping[str, Any]) -> tuple[Finding, ...]:
    """What the platform has against the file."""
    return _against(figures(measured), provider, settings)


def check_text(written: str, provider: str, settings: Mapping[str, Any]) -> tuple[Finding, ...]:
    """What the platform has against hashtags, mentions and letters of the text; its length is `text.length`'s."""
    return _against(text_figures(written), provider, settings)


def check_words(shown: str, provider: str) -> tuple[Finding, ...]:
    """What the platform has against the words that are seen in the picture."""
    found = text.addresses(shown)
    if not found or not provider.startswith("tiktok"):
        return ()
    message = (
        f"{found[0]} is written in the picture. TikTok may remove videos that carry an address, a logo or a watermark "
        "of a business. Leave it out of the script to be safe."
    )
    return (Finding(severity="warn", slug="address_in_picture", message=message, source=_source("T3"), sure="copy"),)


def figures(measured: Measurement) -> Mapping[str, float | str]:
    """The measurements under the names that rules use: seconds, bytes, pixels, frames a second, kilobits a second."""
    return {
        "length_s": measured.duration_ms / 1000,
        "bytes": measured.bytes,
        "width_px": measured.width_px,
        "height_px": measured.height_px,
        "short_side_px": min(measured.width_px, measured.height_px),
        "long_side_px": max(measured.width_px, measured.height_px),
        "width_by_height": measured.width_px / measured.height_px,
        "fps": measured.fps,
        "video_codec": measured.video_codec,
        "audio_codec": measured.audio_codec,
        "audio_hz": measured.audio_rate_hz,
        "audio_channels": measured.audio_channels,
        "bit_rate_kbps": measured.bit_rate_kbps,
        "pixel_format": measured.pixel_format,
        "index_at_end": int(not measured.faststart),
        "edit_lists": int(measured.edit_list),
    }


def text_figures(written: str) -> Mapping[str, float | str]:
    """What is counted in a text, under the names that rules use."""
    return {
        "hashtags": len(re.findall(r"(?<![\w&/])#\w*[^\W\d_]\w*", written)),
        "mentions": len(re.findall(r"(?<![\w@.])@\w", written)),
        "angle_brackets": written.count("<") + written.count(">"),
    }


def _against(known: Mapping[str, float | str], provider: str, settings: Mapping[str, Any]) -> tuple[Finding, ...]:
    here = placement(provider, settings)
    everywhere = next(place for place in table().placements if place.name == EVERYWHERE)
    found: dict[str, Finding] = {}
    for place in filter(None, (here, everywhere)):
        for rule in place.rules:
            if rule.figure in known and not rule.holds(known[rule.figure]):
                finding = _finding(rule, known[rule.figure], place)
                earlier = found.get(rule.figure)
                if earlier is None or (earlier.severity == "warn" and rule.refuses):
                    found[rule.figure] = finding
    return tuple(found.values())


def _finding(rule: Rule, value: float | str, place: Placement) -> Finding:
    return Finding(
        severity="refuse" if rule.refuses else "warn",
        slug=f"limit_{rule.figure}",
        message=" ".join(filter(None, (_sentence(rule, value, place.label), rule.because))),
        source=_source(rule.source),
        sure=rule.sure,
    )


def _source(name: str) -> str:
    return table().sources[name]


SAID = {
    "length_s": ("The clip is {} long", "{:g} seconds"),
    "bytes": ("The file has {}", ""),
    "width_px": ("The picture is {} wide", "{:g} pixels"),
    "height_px": ("The picture is {} high", "{:g} pixels"),
    "short_side_px": ("The picture's shorter side has {}", "{:g} pixels"),
    "long_side_px": ("The picture's longer side has {}", "{:g} pixels"),
    "width_by_height": ("The picture is {} as wide as high", "{:.3g} times"),
    "fps": ("The clip has {}", "{:g} frames a second"),
    "audio_hz": ("The sound has {}", "{:g} samples a second"),
    "audio_channels": ("The sound has {}", "{:g} channels"),
    "bit_rate_kbps": ("The clip has {}", "{:g} kilobits a second"),
    "hashtags": ("The text has {}", ""),
    "mentions": ("The text has {}", ""),
}
"""How a figure is said: (what is so, the value in words)."""

SAID_WHOLE = {
    "index_at_end": "{place} wants the file's index before its pictures and sound; here it comes after them.",
    "edit_lists": "{place} takes no file that asks players to skip a part of it (an edit list); this one does.",
    "angle_brackets": "{place} {takes} neither < nor > in a title or a text.",
}


def _sentence(rule: Rule, value: float | str, place: str) -> str:
    if rule.figure in SAID_WHOLE:
        return SAID_WHOLE[rule.figure].format(place=place, takes="takes" if rule.refuses else "may take")
    if isinstance(value, str):
        what = {"video_codec": "picture", "audio_codec": "sound", "pixel_format": "colours"}[rule.figure]
        return f"The {what} is {value or 'missing'}; {place} takes {', '.join(rule.one_of)}."
    so, written = SAID[rule.figure]
    too_much = rule.most is not None and value > rule.most
    bound = rule.most if too_much else rule.least
    assert bound is not None  # noqa: S101 a rule that was broken has the bound that broke it
    allowed = f"{place} {'takes' if rule.refuses else 'is said to take'}"
    at_bound = f"{'at most' if too_much else 'at least'} {_said(rule, written, bound)}"
    return f"{so.format(_said(rule, written, value))}; {allowed} {at_bound}."


def _said(rule: Rule, written: str, value: float) -> str:
    match rule.figure:
        case "bytes":
            return human_bytes(int(value))
        case "hashtags" | "mentions":
            return count(int(value), rule.figure[:-1])
        case _:
            return written.format(round(value, 2))
