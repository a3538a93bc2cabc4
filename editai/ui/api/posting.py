"""Endpoints that publish a clip to the store's own channels, and tell what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from editai import publish
from editai.errors import InvalidInput, NotFound
from editai.models import (
    Channel,
    Post,
    PostWish,
    Profile,
    When,
    Writer,
)
from editai.publish import moment, text
from editai.publish.filling import missing
from editai.publish.outcome import utc_now
from editai.ui import clips as finished_clips
from editai.ui.api import answers
from editai.ui.api.confirming import require
from editai.ui.api.wishes import Asked, OfOneClip, SeriesAsked, checked, ms, on, require_chosen, yeses_of
from editai.ui.context import Desk, told_to_scripts

ENDPOINTS = (
    "channels", "setting_choices", "free_slot", "suggest_post", "publish", "publish_series",
    "post", "retry_post", "move_post", "cancel_post",
)  # fmt: skip


class Posting:
    """One method for each endpoint. Gradio gives the request; scripts see the other parameters only."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def channels(self, request: gr.Request, profile: str = "") -> list[dict[str, Any]]:
        """The store's channels as its Postiz has them now; `id` is what `/suggest_post` and `/publish` take.

        Args:
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.

        Returns:
            Channels {id, name, provider, handle, picture, disabled, platform, longest_text, settings, differs};
            settings are those that can be chosen there: {name, label, kind, hint, choices, default, required, when};
            `when` says of which value another setting has to be for it to count. `differs` says what your Postiz wants
            otherwise than EditAI knows of the platform.
        """
        with told_to_scripts():
            owner = self._desk.profile(request, profile)
            found = publish.channels(self._desk.library, owner)
            described = publish.described(self._desk.library, owner, found)
            return [answers.channel(channel, described[channel.id]) for channel in found]

    def setting_choices(
        self, request: gr.Request, channel: str, setting: str, word: str = "", profile: str = ""
    ) -> list[dict[str, str]]:
        """What can be chosen for a setting of the kind "listed" or "item", as the platform says now: boards, channels.

        Args:
            channel: the id that `/channels` gives.
            setting: the name of the setting, as `/channels` gives it.
            word: what to look for, where the list is too long for one: communities of Reddit, places and music of
                TikTok Business; for a flair of Reddit, the community.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.

        Returns:
            Choices {value, label}; `value` is what `/publish` takes.
        """
        with told_to_scripts():
            owner = self._desk.profile(request, profile)
            found = publish.choices(self._desk.library, owner, channel, setting, word)
            return [choice.model_dump() for choice in found]

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
            here = publish.described(self._desk.library, owner, [where])[where.id]
            wish = publish.suggest(self._desk.library, owner, found, where, here)
            if writer not in ("template", "model"):
                raise InvalidInput("choice_unknown", f"There is no writer called {writer!r}.", "Say template or model.")
            wrote = publish.write_texts(self._desk.library, owner, found, [where]) if writer == "model" else None
            said = wrote.texts[where.id] if wrote else wish.text
            return {
                "channel": where.id,
                "text": said,
                "notes": list(wrote.notes) if wrote else [],
                "length": text.length(said, where.provider),
                "longest_text": here.max_text,
                "settings": wish.settings,
                "missing": [item.message for item in missing(where.provider, wish.settings, here)],
            }

    def publish(
        self,
        request: gr.Request,
        clip: str,
        channels: list[str],
        texts: dict[str, str] | None = None,
        comments: dict[str, str | list[str]] | None = None,
        settings: dict[str, dict[str, Any]] | None = None,
        when: When = "now",
        at: str = "",
        again: bool = False,
        mixed: bool = False,
        price_is_right: bool = False,
        music_licence: str = "",
        cover_s: float | None = None,
        alt: str = "",
        comment_delay_min: int = 0,
        confirm: bool = False,
        profile: str = "",
    ) -> dict[str, Any]:
        """Publish a clip to channels of its store. Without `confirm` it is a dry run: nothing is sent.

        Args:
            clip: the id that `/clips` and `/produce` give.
            channels: ids that `/channels` gives; one post is made on each.
            texts: the text by channel id; where there is none, the one of `/suggest_post` is taken.
            comments: the first comment below the post, by channel id, or a list of several, each below the one before;
                where there is none, none is written.
            settings: the platform's settings by channel id; what is not given is as `/suggest_post` says.
            when: "now", "scheduled" (then `at` says when) or "draft" (kept in Postiz, not published).
            at: for "scheduled": a time on the store's clock, such as "2027-02-01T10:00", or one with an offset.
            again: post it although the clip is on this channel already.
            mixed: post it although its logo, its voice or a link is another store's.
            price_is_right: post it although the product's page seems to ask another price than the clip shows.
            music_licence: the licence of the clip's music where its file does not say it: "bought", "public-domain",
                "cc-by", "cc-sa", "cc-nd", "cc-nc", "tiktok", "meta", "youtube" or "private".
            cover_s: the moment of the clip, in seconds, whose frame is its cover; without it, it is the poster.
            alt: what is seen, for people who do not see it; without it, the clip's title says so.
            comment_delay_min: minutes that Postiz waits before each comment, 1,440 at most.
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
                price_is_right=price_is_right,
                music_licence=music_licence,
                cover_s=cover_s,
                alt=alt,
                comment_delay_min=comment_delay_min,
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
                **yeses_of(asked),
            )
            sent = publish.publish(self._desk.library, owner, run) if asked.confirm else ()
            return {
                "confirmed": asked.confirm,
                "dry_run": answers.dry_run(run),
                "posts": answers.told(self._desk, owner, sent),
            }

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
        comments: dict[str, str | list[str]] | None = None,
        comment_delay_min: int = 0,
        own: dict[str, dict[str, Any]] | None = None,
        again: bool = False,
        mixed: bool = False,
        price_is_right: bool = False,
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
            comments: the first comment below each post, by channel id, or a list of several, as `/publish` takes it.
            comment_delay_min: minutes that Postiz waits before each comment, 1,440 at most.
            own: what is said of one clip alone, by its id, over what is said of all: an object with `texts`,
                `comments` and `settings` (by channel id), `cover_s` and `alt`, each as `/publish` takes it.
            again: post them although they are on a channel already.
            mixed: post them although a logo, a voice or a link is another store's.
            price_is_right: post them although a product's page seems to ask another price than its clip shows.
            music_licence: the licence of the clips' music, as `/publish` takes it.
            confirm: true sends; look at the dry run first.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.

        Returns:
            {confirmed, series, posts}: series is {runs, handed_over_by, refused}; each run is as the dry run of
            `/publish`. `handed_over_by` is when your Postiz has all of them, at 30 clips an hour and after what
            waits already. A series of which anything is refused is not sent: 422.
        """
        with told_to_scripts():
            owner = self._desk.profile(request, profile)
            given = {"clips": clips, "channels": channels, "first_at": first_at, "own": own or {}}
            wished = {"settings": settings or {}, "comments": comments or {}, "comment_delay_min": comment_delay_min}
            spread = {"every_hours": every_hours, "jitter_minutes": jitter_minutes, "seed": seed}
            said = {"again": again, "mixed": mixed, "price_is_right": price_is_right, "music_licence": music_licence}
            asked = checked(SeriesAsked, **given, **wished, **spread, **said, confirm=confirm)
            require_chosen(asked.channels, asked.settings, asked.comments)
            for clip in asked.clips:
                finished_clips.find(self._desk, owner.id, clip)
            wishes = [PostWish(channel_id=item.id, **on(asked, item)) for item in self._named(owner, asked.channels)]
            run = publish.series(
                self._desk.library,
                owner,
                asked.clips,
                wishes,
                own={clip: only.wish() for clip, only in asked.own.items()},
                first_at=asked.first_at,
                every_hours=asked.every_hours,
                jitter_minutes=asked.jitter_minutes,
                seed=asked.seed,
                **yeses_of(asked),
            )
            sent = publish.publish_series(self._desk.library, owner, run) if asked.confirm else ()
            return answers.planned(run, asked.confirm, answers.told(self._desk, owner, sent))

    def post(self, request: gr.Request, post: str, profile: str = "") -> dict[str, Any]:
        """One post as it stands.

        Args:
            post: the id that `/publish` and `/posts` give.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            owner = self._desk.profile(request, profile)
            return self._told(owner, self._desk.library.outbox.post(owner.id, post))

    def retry_post(
        self, request: gr.Request, post: str, price_is_right: bool = False, confirm: bool = False, profile: str = ""
    ) -> dict[str, Any]:
        """Send a failed post again. Look at the account first: what failed may be there all the same.

        Args:
            post: the id that `/publish` and `/posts` give.
            price_is_right: also where the product's page still asks the `page_price` for which it was held back.
            confirm: true sends; without it nothing is done, and the refusal says what would be.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            owner = self._desk.profile(request, profile)
            if not isinstance(price_is_right, bool):
                raise InvalidInput("choice_unknown", "price_is_right is true or false.", "Leave it out for false.")
            found = self._desk.library.outbox.own_post(owner.id, post)
            require(confirm, f"It would send this post to {found.channel.name} again.")
            again = publish.retry(self._desk.library, owner, post, price_is_right=price_is_right)
            return self._told(owner, again)

    def move_post(
        self, request: gr.Request, post: str, at: str, confirm: bool = False, profile: str = ""
    ) -> dict[str, Any]:
        """Have a post that is not out yet go out at another time. A draft is scheduled by that.

        Args:
            post: the id that `/publish` and `/posts` give.
            at: a time on the store's clock, such as "2027-02-01T10:00", or one with an offset.
            confirm: true moves it; without it nothing is done, and the refusal says what would be.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            owner = self._desk.profile(request, profile)
            found = self._desk.library.outbox.own_post(owner.id, post)
            then = moment.words(moment.asked_for(at, owner.kit.time_zone, utc_now()).utc, owner.kit.time_zone)
            require(confirm, f"It would be published on {found.channel.name} at another time: {then}.")
            return self._told(owner, publish.move(self._desk.library, owner, post, at))

    def cancel_post(self, request: gr.Request, post: str, confirm: bool = False, profile: str = "") -> dict[str, Any]:
        """Take back a post that is not out yet; Postiz is asked whether it is gone. What is published stays.

        Args:
            post: the id that `/publish` and `/posts` give.
            confirm: true takes it back; without it nothing is done, and the refusal says what would be.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            owner = self._desk.profile(request, profile)
            found = self._desk.library.outbox.own_post(owner.id, post)
            require(confirm, f"It would take back the post for {found.channel.name}, and delete it in your Postiz.")
            return self._told(owner, publish.cancel(self._desk.library, owner, post))

    # ── what they share ──────────────────────────────────────────────────────────────────────────────────────────

    def _told(self, owner: Profile, post: Post) -> dict[str, Any]:
        (one,) = answers.told(self._desk, owner, [post])
        return one

    def wishes_of(self, owner: Profile, asked: OfOneClip) -> list[PostWish]:
        """What was given, and the text that is suggested where none was."""
        require_chosen(asked.channels, asked.texts, asked.comments, asked.settings)
        found = finished_clips.find(self._desk, owner.id, asked.clip)
        wishes = []
        for channel in self._named(owner, asked.channels):
            wish = publish.suggest(self._desk.library, owner, found, channel)
            said = {"text": asked.texts.get(channel.id, wish.text), "cover_ms": ms(asked.cover_s), "alt": asked.alt}
            said |= on(asked, channel)
            wishes.append(wish.model_copy(update=said))
        return wishes

    def _named(self, owner: Profile, channels: Sequence[str]) -> list[Channel]:
        """The store's channels of these ids. Raises NotFound 404 `channel_not_found`."""
        there = {channel.id: channel for channel in publish.channels(self._desk.library, owner)}
        if any(channel not in there for channel in channels):
            raise NotFound(
                "channel_not_found", "There is no such channel in this store.", "Choose one of this store's channels."
            )
        return [there[channel] for channel in channels]
