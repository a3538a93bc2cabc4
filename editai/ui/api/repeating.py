"""The endpoint that posts a clip again and again."""

from __future__ import annotations

from typing import Any

import gradio as gr

from editai import publish
from editai.ui.api import answers
from editai.ui.api.posting import Posting
from editai.ui.api.wishes import RepeatAsked, checked
from editai.ui.context import Desk, told_to_scripts

ENDPOINTS = ("publish_repeat",)


class Repeating:
    """One method. Gradio gives the request; scripts see the other parameters only."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._posting = desk, Posting(desk)

    def publish_repeat(
        self,
        request: gr.Request,
        clip: str,
        channels: list[str],
        first_at: str,
        every_days: int = 7,
        count: int = 4,
        jitter_minutes: int = 0,
        seed: int = 0,
        texts: dict[str, str] | None = None,
        comments: dict[str, str | list[str]] | None = None,
        settings: dict[str, dict[str, Any]] | None = None,
        cover_s: float | None = None,
        alt: str = "",
        comment_delay_min: int = 0,
        mixed: bool = False,
        price_is_right: bool = False,
        music_licence: str = "",
        confirm: bool = False,
        profile: str = "",
    ) -> dict[str, Any]:
        """Post a clip again and again, at the same hour of the store's clock. Without `confirm` it is a dry run.

        Args:
            clip: the id that `/clips` and `/produce` give.
            channels: ids that `/channels` gives; each time one post is made on each.
            first_at: when the first goes out, a time on the store's clock, such as "2027-02-01T10:00".
            every_days: days from one to the next, 7 for every week.
            count: how many times in all, 2 to 52.
            jitter_minutes: all but the first go out up to so many minutes earlier or later.
            seed: another number gives other jitter.
            texts: the text by channel id; where there is none, the one of `/suggest_post` is taken.
            comments: the first comment below the post, by channel id, or a list of several, each below the one before;
                where there is none, none is written.
            settings: the platform's settings by channel id; what is not given is as `/suggest_post` says.
            cover_s: the moment of the clip, in seconds, whose frame is its cover; without it, it is the poster.
            alt: what is seen, for people who do not see it; without it, the clip's title says so.
            comment_delay_min: minutes that Postiz waits before each comment, 1,440 at most.
            mixed: post it although its logo, its voice or a link is another store's.
            price_is_right: post it although the product's page seems to ask another price than the clip shows.
            music_licence: the licence of the clip's music, as `/publish` takes it.
            confirm: true plans all of them, or none; look at the dry run first.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.

        Returns:
            {confirmed, series, posts}, as of `/publish_series`. Each post is moved or cancelled by itself.
        """
        with told_to_scripts():
            owner = self._desk.profile(request, profile)
            said: dict[str, Any] = {"texts": texts or {}, "comments": comments or {}, "settings": settings or {}}
            said |= {"cover_s": cover_s, "alt": alt, "comment_delay_min": comment_delay_min}
            times = {"first_at": first_at, "every_days": every_days, "count": count}
            spread = {"jitter_minutes": jitter_minutes, "seed": seed}
            yes = {"mixed": mixed, "price_is_right": price_is_right, "music_licence": music_licence}
            given: dict[str, Any] = {"clip": clip, "channels": channels, **said, **times, **spread, **yes}
            asked = checked(RepeatAsked, **given, confirm=confirm)
            run = publish.repeat(
                self._desk.library,
                owner,
                asked.clip,
                self._posting.wishes_of(owner, asked),
                first_at=asked.first_at,
                every_days=asked.every_days,
                count=asked.count,
                jitter_minutes=asked.jitter_minutes,
                seed=asked.seed,
                mixed=asked.mixed,
                price_is_right=asked.price_is_right,
                music_licence=asked.music_licence,
            )
            sent = publish.publish_repeat(self._desk.library, owner, run) if asked.confirm else ()
            return answers.planned(run, asked.confirm, answers.told(self._desk, owner, sent))
