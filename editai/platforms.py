"""What each platform takes and covers, as data with sources: the limits of every placement, and the presets of a clip.

`assets/platforms.json` holds a figure a line: where it is from, and how sure it is. What a platform's own document
says, also through a copy of it, refuses; blogs, house rules and guesses only warn. Where two documents of one platform
contradict each other, the looser refuses and the stricter warns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from pydantic import Field

from editai import formats
from editai.bundled import ASSETS
from editai.errors import InvalidInput
from editai.formats import Shape
from editai.models import Box, Finding, Format, Measurement, Model
from editai.models.post import Sureness
from editai.readable import count, human_bytes

PLATFORMS = ASSETS / "platforms.json"
EVERYWHERE = "everywhere"

Figures = Mapping[str, float | str]
"""What was measured or counted, under the names that rules use."""


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


class Zone(Model):
    """What a placement covers with its buttons and texts: so many pixels of a 1080x1920 picture from each edge."""

    top_px: int
    bottom_px: int
    left_px: int
    right_px: int
    source: str
    sure: Sureness

    def clear(self, shape: Shape) -> Box:
        """What it leaves of an upright picture."""
        right, bottom = shape.width_px - self.right_px, shape.height_px - self.bottom_px
        return Box(left=self.left_px, top=self.top_px, right=right, bottom=bottom)


class Advice(Model):
    """How long a clip had best be there, in seconds."""

    least_s: int = 0
    most_s: int
    source: str
    sure: Sureness


class Rendition(Model):
    """A second file of a clip, for a placement that wants a smaller picture: neither side is longer than said."""

    short_side_px: int
    long_side_px: int
    source: str
    sure: Sureness

    def size(self, width_px: int, height_px: int) -> tuple[int, int]:
        """Width and height that a picture of this size has there, its shape kept, in even numbers."""
        short, long = sorted((width_px, height_px))
        factor = min(self.short_side_px / short, self.long_side_px / long, 1.0)
        return 2 * round(width_px * factor / 2), 2 * round(height_px * factor / 2)


class Preset(Model):
    """What a clip can be meant for: the placement of the same name, and how a clip had best be made for it.

    `label` is what a list of choices calls it. `advised` is None where nobody gives advice on the length, `rendition`
    None where the one file that fits everywhere does.
    """

    name: str
    label: str
    format: Format
    covered: Zone
    advised: Advice | None = None
    rendition: Rendition | None = None

    @property
    def placement(self) -> Placement:
        return next(place for place in table().placements if place.name == self.name)


class Table(Model):
    """Everything that is known: the sources by their short names, the placements, and those that clips are made for."""

    sources: dict[str, str]
    placements: tuple[Placement, ...]
    presets: tuple[Preset, ...]


@cache
def table() -> Table:
    """The figures, read once."""
    return Table.model_validate_json(PLATFORMS.read_text("utf-8"))


def source(name: str) -> str:
    """A source by its short name, in words."""
    return table().sources[name]


def presets() -> tuple[Preset, ...]:
    """What a clip can be meant for."""
    return table().presets


def chosen(names: Sequence[str]) -> tuple[Preset, ...]:
    """The presets of these names, all of them where none is named.

    Raises InvalidInput: 422 `platform_unknown`.
    """
    known = {preset.name: preset for preset in presets()}
    if unknown := [name for name in names if name not in known]:
        raise InvalidInput(
            "platform_unknown",
            f"There is no platform {unknown[0][:60]!r} here.",
            f"Choose of these: {', '.join(known)}.",
        )
    return tuple(known[name] for name in dict.fromkeys(names)) or presets()


def meant(names: Sequence[str]) -> tuple[Preset, ...]:
    """As `chosen`, for a clip that is being made: a name that is none by now is left out."""
    known = {preset.name for preset in presets()}
    return chosen([name for name in names if name in known])


def shape(name: Format, names: Sequence[str]) -> Shape:
    """A format as the presets of these names leave it: what is clear in it is covered by none of them either.

    Where none is named it is the format's own, which keeps to what platforms say of ads: a clip for everywhere, and
    one that may be promoted later. Zones are of upright pictures, which apps show in the whole screen.
    """
    whole = formats.shape(name)
    named = [preset.covered.clear(whole) for preset in meant(names) if names and preset.format == name]
    if not named:
        return whole
    zones = [whole.clear, *named]
    clear = Box(
        left=max(each.left for each in zones),
        top=max(each.top for each in zones),
        right=min(each.right for each in zones),
        bottom=min(each.bottom for each in zones),
    )
    return whole.model_copy(update={"clear": clear})


def renditions(names: Sequence[str], width_px: int, height_px: int) -> dict[str, tuple[int, int]]:
    """Which of these presets (none named: all) want a second file of a clip of this size, and the size it has.

    Raises as `chosen`.
    """
    wanted = {preset.name: preset.rendition.size(width_px, height_px) for preset in chosen(names) if preset.rendition}
    return {name: size for name, size in wanted.items() if size != (width_px, height_px)}


def placement(provider: str, settings: Mapping[str, Any]) -> Placement | None:
    """Where a post of this provider with these settings appears; None where no figures are known."""
    for place in table().placements:
        if provider in place.provider and all(settings.get(name) == value for name, value in place.settings.items()):
            return place
    return None


def rendition_size(provider: str, settings: Mapping[str, Any], width_px: int, height_px: int) -> tuple[int, int] | None:
    """The size of the second file that a post of this provider gets of a clip of this size; None: it gets the clip."""
    place = placement(provider, settings)
    wanted = renditions((), width_px, height_px)
    return wanted.get(place.name) if place else None


def figures(measured: Measurement) -> Figures:
    """The measurements under the names that rules use: seconds, bytes, pixels, frames a second, kilobits a second."""
    sound: dict[str, float | str] = {"audio_codec": measured.audio_codec}
    if measured.audio_codec:  # else that it is missing says it all
        sound |= {"audio_hz": measured.audio_rate_hz, "audio_channels": measured.audio_channels}
    return sound | {
        "length_s": measured.duration_ms / 1000,
        "bytes": measured.bytes,
        "width_px": measured.width_px,
        "height_px": measured.height_px,
        "short_side_px": min(measured.width_px, measured.height_px),
        "long_side_px": max(measured.width_px, measured.height_px),
        "width_by_height": measured.width_px / measured.height_px,
        "fps": measured.fps,
        "video_codec": measured.video_codec,
        "bit_rate_kbps": measured.bit_rate_kbps,
        "pixel_format": measured.pixel_format,
        "index_at_end": int(not measured.faststart),
        "edit_lists": int(measured.edit_list),
    }


def against(known: Figures, *places: Placement) -> tuple[Finding, ...]:
    """Every rule of these placements that the known figures break, one finding a figure: a refusal before a warning."""
    found: dict[str, Finding] = {}
    for place in places:
        for rule in place.rules:
            if rule.figure in known and not rule.holds(known[rule.figure]):
                finding = broken(rule, known[rule.figure], place)
                earlier = found.get(rule.figure)
                if earlier is None or (earlier.severity == "warn" and rule.refuses):
                    found[rule.figure] = finding
    return tuple(found.values())


def everywhere() -> Placement:
    """What holds for every post, wherever it goes."""
    return next(place for place in table().placements if place.name == EVERYWHERE)


def broken(rule: Rule, value: float | str, place: Placement) -> Finding:
    """What is said where a value breaks a rule."""
    return Finding(
        severity="refuse" if rule.refuses else "warn",
        slug=f"limit_{rule.figure}",
        message=" ".join(filter(None, (_sentence(rule, value, place.label), rule.because))),
        source=source(rule.source),
        sure=rule.sure,
    )


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
        said = SAID_WHOLE[rule.figure].format(place=place, takes="takes" if rule.refuses else "may take")
        return said[:1].upper() + said[1:]
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
