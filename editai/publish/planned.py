"""One channel of a dry run: exactly what would be sent there, and everything that stands against it."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from editai.errors import Unavailable
from editai.library.outbox import may_be_there
from editai.models import (
    OPEN_STATES,
    Brief,
    Channel,
    Claim,
    Clip,
    Disclosure,
    Finding,
    PlannedPost,
    Post,
    PostWish,
    Report,
)
from editai.publish import disclosing, music_rights, platforms, providers, text
from editai.publish.belonging import Belongings
from editai.publish.postiz import Postiz, ProviderRules

REQUEST_BYTES = 90_000
"""Texts and settings of all channels go in one request, of which Postiz takes 100 kB."""
READ = 5000
"""Characters of a post that are read for claims: what any platform but Facebook takes; more would take long."""
POST_BYTES = 400
"""What each post has in it besides: the channel's id, and the video's with its address."""

LINKS = ("link", "url")
"""Settings that lead somewhere."""

PULLED = frozenset({"instagram", "instagram-standalone", "facebook", "threads", "tiktok-business", "pinterest"})
"""Platforms that fetch the video, or its cover, from Postiz's own address; to the others Postiz carries it."""


@dataclass(frozen=True)
class Checking:
    """A clip against the channels of its store as they are now.

    `earlier` are its posts so far; `twice` is a moment in words where the store's clock shows that time twice;
    `shared_with` are the names of other stores with the same Postiz account; `claims` finds what of a text the
    product's facts do not bear, `language` is that of the clip's words. `of_clip` is what was found in the clip,
    wherever it goes.
    """

    clip: Clip
    brief: Brief | None
    report: Report
    earlier: tuple[Post, ...]
    postiz: Postiz
    channels: Mapping[str, Channel]
    server: str
    again: bool
    twice: str
    shared_with: tuple[str, ...]
    claims: Callable[[str], Sequence[Claim]]
    disclosure: Disclosure
    language: str
    belongings: Belongings
    music_licence: music_rights.Licence | None
    of_clip: tuple[Finding, ...]

    def planned(self, wish: PostWish) -> PlannedPost:
        """What would be sent to one channel. Raises InvalidInput 422 `setting_unknown`, `setting_invalid`."""
        written = text.clean(wish.text)
        channel = self.channels.get(wish.channel_id)
        if channel is None:
            gone = refusal("channel_gone", "This channel is no longer connected in the store's Postiz.")
            nameless = Channel(id=text.clean(wish.channel_id), name="A channel that is gone", provider="")
            return PlannedPost(
                channel=nameless, text=written, length=text.length(written), limit=0, settings={}, findings=(gone,)
            )
        known = from_clip(self.clip, self.brief, self.disclosure)
        chosen = {
            text.clean(name): text.clean(value) if isinstance(value, str) else value
            for name, value in wish.settings.items()
        }
        here, asked_there = self._provider(channel)
        settings = providers.complete(channel.provider, chosen, known, here)
        comment = text.clean(wish.comment)
        length = text.length(written, channel.provider)
        limit = self._longest(here, channel, length)
        words = f"{settings.get('title', '')}\n{written}\n{comment}".strip()
        findings = (
            *self._about_channel(channel),
            *asked_there,
            *_about_text(channel.provider, written, length, limit, settings),
            *_about_comment(channel.provider, comment, limit),
            *providers.missing(channel.provider, settings, here),
            *self.of_clip,
            *disclosing.undisclosed(channel.provider, self.disclosure, settings, words, self.language),
            *self._about_music(channel, words),
            *self.belongings.of_words("\n".join((words, *(str(settings.get(name, "")) for name in LINKS)))),
            *platforms.check_file(self.report.measurement, channel.provider, settings),
            *platforms.check_text(f"{settings.get('title', '')}\n{written}", channel.provider, settings),
            *platforms.check_words(self._shown(), channel.provider),
            *self._about_claims(words),
        )
        return PlannedPost(
            channel=channel,
            text=written,
            comment=comment,
            length=length,
            limit=limit,
            settings=settings,
            findings=findings,
        )

    def _about_channel(self, channel: Channel) -> Iterator[Finding]:
        if channel.disabled:
            yield refusal(
                "channel_disabled",
                f"{channel.name} is switched off in Postiz. Switch it on there, or connect it anew.",
            )
        there = [post for post in self.earlier if post.channel.id == channel.id]
        if any(post.state in OPEN_STATES for post in there):
            yield refusal("already_posted", f"This clip is on its way to {channel.name}. Wait for what becomes of it.")
        elif not self.again and any(may_be_there(post) for post in there):
            yield refusal(
                "already_posted",
                f"This clip was sent to {channel.name} already. Look at the account; to post it once more, say so.",
            )
        if self.shared_with:
            yield warning(
                "account_shared",
                f"This Postiz account is also that of {' and '.join(self.shared_with)}. "
                f"See that {channel.name} belongs to this store.",
            )
        if channel.provider in PULLED and not is_public(self.server):
            yield warning(
                "server_not_public",
                f"{label(channel)} fetches the video from your Postiz, whose address cannot be reached from the "
                "internet. This post may fail.",
            )
        if self.twice:
            yield warning(
                "time_twice",
                f"The clock shows {self.twice} twice that night; the first of the two is meant.",
            )

    def _about_music(self, channel: Channel, words: str) -> Iterator[Finding]:
        commercial = self.belongings.profile.kit.commercial
        return music_rights.against(self.report.music, self.music_licence, channel.provider, commercial, words)

    def _about_claims(self, words: str) -> Iterator[Finding]:
        """What the person wrote and the facts do not bear; to say it all the same is theirs to decide."""
        for claim in self.claims(words[:READ]):
            if not claim.kept:
                yield warning("claim_unproven", f"{claim.message} {claim.hint}")
        if len(words) > READ:
            yield warning("claims_unread", f"Only the first {READ:,} characters of this text were read for claims.")

    def _shown(self) -> str:
        """The words that are seen in the picture: the captions and the title card."""
        return "\n".join((self.report.script, self.clip.title, self.brief.facts.title if self.brief else ""))

    def _provider(self, channel: Channel) -> tuple[providers.Provider, tuple[Finding, ...]]:
        """The platform, and what it needs that cannot be sent; one that is not in the table as its server has it."""
        here = providers.provider(channel.provider)
        if here.known or (rules := self._rules(channel)) is None:
            return here, ()
        live = providers.as_the_server_says(here.name, rules.max_length, rules.schema)
        needed = rules.schema.get("required")
        known = {setting.name for setting in live.settings}
        lacking = [str(name) for name in needed if name not in known] if isinstance(needed, list) else []
        if not lacking:
            return live, ()
        wanted = f"{here.label} also needs {', '.join(lacking)}, which EditAI cannot send yet."
        return live, (refusal("setting_missing", f"{wanted} Download the clip and post it by hand."),)

    def _longest(self, here: providers.Provider, channel: Channel, length: int) -> int:
        """The longest text. For X the server is asked where one is too long for an ordinary account: Premium ones may
        write more."""
        if here.name != "x" or length <= here.max_text or (rules := self._rules(channel)) is None:
            return here.max_text
        return max(here.max_text, rules.max_length)

    def _rules(self, channel: Channel) -> ProviderRules | None:
        """What the server asks of posts on this channel; None of a server that is too old to be asked."""
        try:
            return self.postiz.settings_schema(channel.id)
        except Unavailable as error:
            if error.slug != "postiz_too_old":
                raise
            return None


def from_clip(clip: Clip, brief: Brief | None, disclosure: Disclosure) -> dict[str, bool | str]:
    """What defaults of settings follow from: the title, the product's page, and what is to be disclosed."""
    link = brief.facts.url if brief else ""
    return {"title": text.clean(clip.title), "link": link, **disclosing.settings_of(disclosure)}


def within_a_request(posts: tuple[PlannedPost, ...]) -> tuple[PlannedPost, ...]:
    """The posts, each refused where all of them together are more than Postiz takes at once."""
    sent = [
        [text.encode(words, post.channel.provider) for words in (post.text, post.comment)] + [post.settings]
        for post in posts
    ]
    if len(json.dumps(sent, ensure_ascii=False).encode()) + POST_BYTES * len(posts) <= REQUEST_BYTES:
        return posts
    hint = "Shorten them, or publish on fewer channels at a time."
    too_much = refusal("texts_too_long", f"The texts together are more than Postiz takes at once. {hint}")
    return tuple(post.model_copy(update={"findings": (*post.findings, too_much)}) for post in posts)


def refusal(slug: str, message: str) -> Finding:
    """Something that keeps the post from being published."""
    return Finding(severity="refuse", slug=slug, message=message)


def warning(slug: str, message: str) -> Finding:
    """Something that is said beside the post."""
    return Finding(severity="warn", slug=slug, message=message)


def label(channel: Channel) -> str:
    """The platform's name."""
    return providers.provider(channel.provider).label


def is_public(url: str) -> bool:
    """Whether an address can be reached from the internet, as far as it can be told without asking anybody."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        return parts.scheme == "https" and ipaddress.ip_address(host).is_global
    except ValueError:
        return parts.scheme == "https" and "." in host and not host.endswith((".local", ".lan", ".internal"))


def _about_text(name: str, written: str, length: int, limit: int, settings: Mapping[str, Any]) -> Iterator[Finding]:
    here = providers.provider(name)
    story = settings.get("post_type") == "story"
    if length > limit:
        yield refusal(
            "text_too_long",
            f"The text has {length} characters as {here.label} counts them; at most {limit} fit. "
            f"Shorten it by {length - limit}.",
        )
    if story and written.strip():
        yield warning("text_not_shown", f"A story on {here.label} is shown without its text.")
    elif not written.strip() and not story:
        if here.needs_text:
            yield refusal("text_empty", f"{here.label} needs a text: type one.")
        else:
            yield warning("text_empty", f"The post on {here.label} has no text.")
    if settings.get("content_posting_method") == "UPLOAD":
        yield warning("tiktok_inbox", "The video only goes to your TikTok inbox: open TikTok to finish and publish it.")


def _about_comment(name: str, comment: str, limit: int) -> Iterator[Finding]:
    here = providers.provider(name)
    if comment.strip() and not here.comments:
        yield refusal("comment_not_possible", f"Postiz cannot write a first comment on {here.label}: leave it out.")
    elif (length := text.length(comment, name)) > limit:
        yield refusal("comment_too_long", f"The first comment has {length} characters; at most {limit} fit.")
