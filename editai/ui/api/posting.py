"""Endpoints that publish a clip to the store's own channels, and tell what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import gradio as gr
from pydantic import ValidationError

from editai import publish
from editai.errors import InvalidInput, NotFound
from editai.models import Channel, DryRun, ListedPost, Model, Post, PostWish, Profile, Series, When, Writer
from editai.publish import moment, text
from editai.publish.providers import Provider, missing, provider
from editai.ui import clips as finished_clips
from editai.ui.context import Desk, told_to_scripts

ENDPOINTS = (
    "channels", "setting_choices", "free_slot", "suggest_post", "publish", "publish_series",
    "post", "retry_post", "move_post", "cancel_post",
)  # fmt: skip


class Asked(Model):
    """What a script asks to be published, before it is believed."""

    clip: str
    channels: list[str]
    texts: dict[str, str]
    comments: dict[str, str]
    settings: dict[str, dict[str, Any]]
    when: When
    at: str
    again: bool
    mixed: bool
    music_licence: str
    confirm: bool


class SeriesAsked(Model):
    """The same of a series."""

    clips: list[str]
    channels: list[str]
    settings: dict[str, dict[str, Any]]
    first_at: str
    every_hours: float | int
    jitter_minutes: int
    seed: int
    again: bool
    mixed: bool
    music_licence: str
    confirm: bool


class RepeatAsked(Model):
    """The same of a clip that is posted again and again."""

    clip: str
    channels: list[str]
    texts: dict[str, str]
    comments: dict[str, str]
    settings: dict[str, dict[str, Any]]
    first_at: str
    every_days: int
    count: int
    jitter_minutes: int
    seed: int
    confirm: bool


class Posting:
    """One method for each endpoint. Gradio gives the request; scripts see the other parameters only."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def channels(self, request: gr.Request, profile: str = "") -> list[dict[str, Any]]:
        """The store's channels as its Postiz has them now; `id` is what `/suggest_post` and `/publish` take.

        Args:
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.

        Returns:
            Channels {id, name, provider, handle, picture, disabled, platform, longest_text, settings}; settings are
            those that can be chosen there: {name, label, kind, choices, default, required}.
        """
        with told_to_scripts():
            owner = self._desk.profile(request, profile)
            found = publish.channels(self._desk.library, owner)
            described = publish.described(self._desk.library, owner, found)
            return [_channel(channel, described.get(channel.id)) for channel in found]

    def setting_choices(
        self, request: gr.Request, channel: str, setting: str, profile: str = ""
    ) -> list[dict[str, str]]:
        """What can be chosen for a setting of the kind "listed", as the platform says now: boards, channels.

        Args:
            channel: the id that `/channels` gives.
            setting: the name of the setting, as `/channels` gives it.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.

        Returns:
            Choices {value, label}; `value` is what `/publish` takes.
        """
        with told_to_scripts():
            owner = self._desk.profile(request, profile)
            return [choice.model_dump() for choice in publish.choices(self._desk.library, owner, channel, setting)]

    def free_slot(self, request: gr.Request, channel: str, profile: str = "") -> dict[str, str]:
        """The next free one of a channel's posting times in Postiz, for `at` of `/publish` and `/move_post`.

        Args:
            channel: the id that `/channels` gives.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.

        Returns:
            {at, local_time}: the moment in UTC ("2027-02-01T10:00:00.000Z"), and in words on the store's clock.
        """
        with told_to_scripts():
            owner = self._desk.profile(request, profile)
            at = publish.free_slot(self._desk.library, owner, channel)
            return {"at": at, "local_time": moment.words(at, owner.kit.time_zone)}

    def suggest_post(
        self, request: gr.Request, clip: str, channel: str, writer: Writer = "template", profile: str = ""
    ) -> dict[str, Any]:
        """A text and settings for a clip on a channel, made from the clip's facts; nothing is published.

        Args:
            clip: the id that `/clips` and `/produce` give.
            channel: the id that `/channels` gives.
            writer: who writes the text: "template", or "model" for the store's language model.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.

        Returns:
            {channel, text, notes, length, longest_text, settings, missing}; missing says what has still to be chosen,
            notes what was not taken over of what the language model wrote.
        """
        with told_to_scripts():
            owner = self._desk.profile(request, profile)
            found = finished_clips.find(self._desk, owner.id, clip)
            (where,) = self._named(owner, [channel])
            wish = publish.suggest(self._desk.library, owner, found, where)
            if writer not in ("template", "model"):
                raise InvalidInput("choice_unknown", f"There is no writer called {writer!r}.", "Say template or model.")
            wrote = publish.write_texts(self._desk.library, owner, found, [where]) if writer == "model" else None
            said = wrote.texts[where.id] if wrote else wish.text
            return {
                "channel": where.id,
                "text": said,
                "notes": list(wrote.notes) if wrote else [],
                "length": text.length(said, where.provider),
                "longest_text": text.limit(where.provider),
                "settings": wish.settings,
                "missing": [item.message for item in missing(where.provider, wish.settings)],
            }

    def publish(
        self,
        request: gr.Request,
        clip: str,
        channels: list[str],
        texts: dict[str, str] | None = None,
        comments: dict[str, str] | None = None,
        settings: dict[str, dict[str, Any]] | None = None,
        when: When = "now",
        at: str = "",
        again: bool = False,
        mixed: bool = False,
        music_licence: str = "",
        confirm: bool = False,
        profile: str = "",
    ) -> dict[str, Any]:
        """Publish a clip to channels of its store. Without `confirm` it is a dry run: nothing is sent.

        Args:
            clip: the id that `/clips` and `/produce` give.
            channels: ids that `/channels` gives; one post is made on each.
            texts: the text by channel id; where there is none, the one of `/suggest_post` is taken.
            comments: the first comment below the post, by channel id; where there is none, none is written.
            settings: the platform's settings by channel id; what is not given is as `/suggest_post` says.
            when: "now", "scheduled" (then `at` says when) or "draft" (kept in Postiz, not published).
            at: for "scheduled": a time on the store's clock, such as "2027-02-01T10:00", or one with an offset.
            again: post it although the clip is on this channel already.
            mixed: post it although its logo, its voice or a link is another store's.
            music_licence: the licence of the clip's music where its file does not say it: "bought", "public-domain",
                "cc-by", "cc-sa", "cc-nd", "cc-nc", "tiktok", "meta", "youtube" or "private".
            confirm: true sends; look at the dry run first.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.

        Returns:
            {confirmed, dry_run, posts}: dry_run says what goes where and when with everything that was found; posts
            are those that were planned, follow them with `/posts`. A dry run that is refused is not sent: 422.
        """
        with told_to_scripts():
            owner = self._desk.profile(request, profile)
            asked = checked(
                Asked,
                clip=clip,
                channels=channels,
                texts=texts or {},
                comments=comments or {},
                settings=settings or {},
                when=when,
                at=at,
                again=again,
                mixed=mixed,
                music_licence=music_licence,
                confirm=confirm,
            )
            wishes = self.wishes_of(owner, asked)
            run = publish.dry_run(
                self._desk.library,
                owner,
                clip,
                wishes,
                when=asked.when,
                at=asked.at,
                again=asked.again,
                mixed=asked.mixed,
                music_licence=asked.music_licence,
            )
            sent = publish.publish(self._desk.library, owner, run) if asked.confirm else ()
            return {"confirmed": asked.confirm, "dry_run": _dry_run(run), "posts": told(self._desk, owner, sent)}

    def publish_series(
        self,
        request: gr.Request,
        clips: list[str],
        channels: list[str],
        first_at: str,
        every_hours: float = 24,
        jitter_minutes: int = 0,
        seed: int = 0,
        settings: dict[str, dict[str, Any]] | None = None,
        again: bool = False,
        mixed: bool = False,
        music_licence: str = "",
        confirm: bool = False,
        profile: str = "",
    ) -> dict[str, Any]:
        """Publish several clips, each to the same channels, one after the other. Without `confirm` nothing is sent.

        Args:
            clips: the ids that `/clips` gives, in the order in which they go out; 200 at most.
            channels: ids that `/channels` gives.
            first_at: when the first goes out: a time on the store's clock, such as "2027-02-01T10:00", or with an
                offset.
            every_hours: from one to the next. Whole days keep the hour on the store's clock.
            jitter_minutes: all but the first are up to so many minutes early or late.
            seed: another one gives another jitter.
            settings: the platform's settings by channel id, for every clip; what is not given is as `/suggest_post`
                says, and so is the text.
            again: post them although they are on a channel already.
            mixed: post them although a logo, a voice or a link is another store's.
            music_licence: the licence of the clips' music, as `/publish` takes it.
            confirm: true sends; look at the dry run first.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.

        Returns:
            {confirmed, series, posts}: series is {runs, handed_over_by, refused}; each run is as the dry run of
            `/publish`. `handed_over_by` is when your Postiz has all of them, at 30 clips an hour. A series of which
            anything is refused is not sent: 422.
        """
        with told_to_scripts():
            owner = self._desk.profile(request, profile)
            given = {"clips": clips, "channels": channels, "settings": settings or {}, "first_at": first_at}
            spread = {"every_hours": every_hours, "jitter_minutes": jitter_minutes, "seed": seed}
            said = {"again": again, "mixed": mixed, "music_licence": music_licence, "confirm": confirm}
            asked = checked(SeriesAsked, **given, **spread, **said)
            _require_chosen(asked.channels, asked.settings)
            for clip in asked.clips:
                finished_clips.find(self._desk, owner.id, clip)
            found = self._named(owner, asked.channels)
            wishes = [PostWish(channel_id=item.id, settings=asked.settings.get(item.id, {})) for item in found]
            run = publish.series(
                self._desk.library,
                owner,
                asked.clips,
                wishes,
                first_at=asked.first_at,
                every_hours=asked.every_hours,
                jitter_minutes=asked.jitter_minutes,
                seed=asked.seed,
                again=asked.again,
                mixed=asked.mixed,
                music_licence=asked.music_licence,
            )
            sent = publish.publish_series(self._desk.library, owner, run) if asked.confirm else ()
            return as_planned(run, asked.confirm, told(self._desk, owner, sent))

    def post(self, request: gr.Request, post: str, profile: str = "") -> dict[str, Any]:
        """One post as it stands.

        Args:
            post: the id that `/publish` and `/posts` give.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            owner = self._desk.profile(request, profile)
            return self._told(owner, self._desk.library.outbox.post(owner.id, post))

    def retry_post(self, request: gr.Request, post: str, profile: str = "") -> dict[str, Any]:
        """Send a failed post again. Look at the account first: what failed may be there all the same.

        Args:
            post: the id that `/publish` and `/posts` give.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            owner = self._desk.profile(request, profile)
            return self._told(owner, publish.retry(self._desk.library, owner, post))

    def move_post(self, request: gr.Request, post: str, at: str, profile: str = "") -> dict[str, Any]:
        """Have a post that is not out yet go out at another time. A draft is scheduled by that.

        Args:
            post: the id that `/publish` and `/posts` give.
            at: a time on the store's clock, such as "2027-02-01T10:00", or one with an offset.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            owner = self._desk.profile(request, profile)
            return self._told(owner, publish.move(self._desk.library, owner, post, at))

    def cancel_post(self, request: gr.Request, post: str, profile: str = "") -> dict[str, Any]:
        """Take back a post that is not out yet; Postiz is asked whether it is gone. What is published stays.

        Args:
            post: the id that `/publish` and `/posts` give.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            owner = self._desk.profile(request, profile)
            return self._told(owner, publish.cancel(self._desk.library, owner, post))

    # ── what they share ──────────────────────────────────────────────────────────────────────────────────────────

    def _told(self, owner: Profile, post: Post) -> dict[str, Any]:
        (one,) = told(self._desk, owner, [post])
        return one

    def wishes_of(self, owner: Profile, asked: Asked | RepeatAsked) -> list[PostWish]:
        """What was given over what is suggested."""
        _require_chosen(asked.channels, asked.texts, asked.comments, asked.settings)
        found = finished_clips.find(self._desk, owner.id, asked.clip)
        wishes = []
        for channel in self._named(owner, asked.channels):
            wish = publish.suggest(self._desk.library, owner, found, channel)
            chosen = {**wish.settings, **asked.settings.get(channel.id, {})}
            said = {"text": asked.texts.get(channel.id, wish.text), "comment": asked.comments.get(channel.id, "")}
            wishes.append(wish.model_copy(update={**said, "settings": chosen}))
        return wishes

    def _named(self, owner: Profile, channels: Sequence[str]) -> list[Channel]:
        """The store's channels of these ids. Raises NotFound 404 `channel_not_found`."""
        there = {channel.id: channel for channel in publish.channels(self._desk.library, owner)}
        if any(channel not in there for channel in channels):
            raise NotFound(
                "channel_not_found", "There is no such channel in this store.", "Choose one of this store's channels."
            )
        return [there[channel] for channel in channels]


def _require_chosen(channels: Sequence[str], *by_channel: Mapping[str, object]) -> None:
    """Raises InvalidInput 422 `channel_not_chosen` where something was given for another channel."""
    if unknown := sorted({name for given in by_channel for name in given} - {*channels}):
        raise InvalidInput(
            "channel_not_chosen",
            f"Something was given for a channel that is not among the chosen ones: {', '.join(unknown)}.",
            "Add its id to the channels, or leave it out.",
        )


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


def _channel(channel: Channel, described: Provider | None) -> dict[str, Any]:
    here = described or provider(channel.provider)
    shown = {"name", "label", "kind", "choices", "default", "required"}
    return {
        **channel.model_dump(mode="json"),
        "platform": here.label,
        "longest_text": here.max_text,
        "settings": [setting.model_dump(mode="json", include=shown) for setting in here.settings],
    }


def _dry_run(run: DryRun) -> dict[str, Any]:
    return {**run.model_dump(mode="json", exclude={"logo"}), "refused": run.refused}


def as_planned(run: Series, confirmed: bool, posts: list[dict[str, Any]]) -> dict[str, Any]:
    """A series as scripts get it."""
    shown = {"runs": [_dry_run(each) for each in run.runs], "handed_over_by": run.handed_over_by}
    return {"confirmed": confirmed, "series": {**shown, "refused": run.refused}, "posts": posts}


def told(desk: Desk, owner: Profile, posts: Sequence[Post]) -> list[dict[str, Any]]:
    """Posts of the store as scripts get them."""
    return [as_data(one, owner) for one in publish.told(desk.library, owner, posts)]


def as_data(listed: ListedPost, owner: Profile) -> dict[str, Any]:
    """A post as scripts get it, with what its clip is called, and its time on the store's clock."""
    return {
        **listed.post.model_dump(mode="json", exclude={"batch", "media", "cover", "seen", "asked", "not_before"}),
        "clip_title": listed.clip_title,
        "local_time": moment.words(listed.post.publish_at, owner.kit.time_zone),
        "needs_owner": listed.post.needs_owner,
        "stale": list(listed.stale),
        "to_do": listed.to_do,
    }
