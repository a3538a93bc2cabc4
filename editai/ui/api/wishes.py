"""What scripts ask for of posts, before it is believed, and as publishing takes it: comments as one text or several,
moments in seconds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import Field, ValidationError

from editai.errors import InvalidInput
from editai.models import LONGEST_DELAY_MIN, Channel, ClipWish, Model, When, Yeses

Comments = dict[str, str | list[str]]
"""By the channel's id: the first comment, or a thread of several."""


class ClipAsked(Model):
    """What a script says of one clip of a series alone."""

    texts: dict[str, str] = Field(default_factory=dict)
    comments: Comments = Field(default_factory=dict)
    settings: dict[str, dict[str, Any]] = Field(default_factory=dict)
    cover_s: float | int | None = None
    alt: str = ""

    def wish(self) -> ClipWish:
        """The same as a series takes it. Raises InvalidInput 422 `cover_outside`."""
        return ClipWish(
            texts=self.texts,
            comments={channel: thread(self.comments, channel) for channel in self.comments},
            settings=self.settings,
            cover_ms=ms(self.cover_s),
            alt=self.alt,
        )


class Wished(Yeses):
    """What a script asks for on channels, before it is believed."""

    channels: list[str]
    comments: Comments
    comment_delay_min: int = Field(ge=0, le=LONGEST_DELAY_MIN)
    settings: dict[str, dict[str, Any]]
    confirm: bool


class OfOneClip(Wished):
    """The same of one clip."""

    clip: str
    texts: dict[str, str]
    cover_s: float | int | None
    alt: str


class Asked(OfOneClip):
    """The same, once."""

    when: When
    at: str


class SeriesAsked(Wished):
    """The same of a series."""

    clips: list[str]
    own: dict[str, ClipAsked]
    first_at: str
    every_hours: float | int
    jitter_minutes: int
    seed: int


class RepeatAsked(OfOneClip):
    """The same of a clip that is posted again and again."""

    first_at: str
    every_days: int
    count: int
    jitter_minutes: int
    seed: int


A = TypeVar("A", bound=Model)


def checked(kind: type[A], **given: Any) -> A:
    """What was asked, of the kinds that the endpoint names. "false" is not taken for true, nor for anything."""
    try:
        return kind.model_validate(given, strict=True)
    except ValidationError as error:
        wrong = ", ".join(dict.fromkeys(str(item["loc"][0]) for item in error.errors()))
        raise InvalidInput(
            "choice_unknown", f"This cannot be used as it is: {wrong}.", "Look at what the endpoint takes."
        ) from error


def require_chosen(channels: Sequence[str], *by_channel: Mapping[str, object]) -> None:
    """Raises InvalidInput 422 `channel_not_chosen` where something was given for another channel."""
    if unknown := sorted({name for given in by_channel for name in given} - {*channels}):
        raise InvalidInput(
            "channel_not_chosen",
            f"Something was given for a channel that is not among the chosen ones: {', '.join(unknown)}.",
            "Add its id to the channels, or leave it out.",
        )


def on(asked: Wished, channel: Channel) -> dict[str, Any]:
    """What is asked for on one channel, whatever the clip."""
    return {
        "settings": asked.settings.get(channel.id, {}),
        "comments": thread(asked.comments, channel.id),
        "comment_delay_min": asked.comment_delay_min,
    }


def yeses_of(asked: Yeses) -> dict[str, Any]:
    """What was said yes to, as every check takes it."""
    return {name: getattr(asked, name) for name in Yeses.model_fields}


def thread(comments: Mapping[str, str | list[str]], channel: str) -> tuple[str, ...]:
    """The comments for a channel."""
    said = comments.get(channel, "")
    return (said,) if isinstance(said, str) else tuple(said)


def ms(seconds: float | None) -> int | None:
    """A moment of a clip. Raises InvalidInput 422 `cover_outside` for what is no number."""
    if seconds is None:
        return None
    if not math.isfinite(seconds):
        raise InvalidInput("cover_outside", "A cover is at no such moment.", "Give the seconds as a number.")
    return round(seconds * 1000)
