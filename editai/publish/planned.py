"""One channel of a dry run: exactly what would be sent there, and everything that stands against it."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from editai import covers
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
from editai.publish import asking, disclosing, filling, music_rights, platforms, providers, text, wording
from editai.publish.belonging import Belongings

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
    product's facts do not bear, `language` is that of the clip's words. `platforms` are those of the channels by their
    ids, as the server describes them. `poster_ms` is when in the clip its poster is seen. `of_clip` is what was found
    in the clip, wherever it goes.
    """

    clip: Clip
    brief: Brief | None
    report: Report
    earlier: tuple[Post, ...]
    lists: asking.Lists
    channels: Mapping[str, Channel]
    server: str
    again: bool
    twice: str
    shared_with: tuple[str, ...]
    claims: Callable[[str], Sequence[Claim]]
    disclosure: Disclosure
    language: str
    platforms: Mapping[str, providers.Provider]
    poster_ms: int
    belongings: Belongings
    music_licence: music_rights.Licence | None
    of_clip: tuple[Finding, ...]

    def planned(self, wish: PostWish) -> PlannedPost:
        """What would be sent to one channel. Raises InvalidInput 422 `setting_unknown`, `setting_invalid`,
        `cover_outside`."""
        written = text.clean(wish.text)
        channel = self.channels.get(wish.channel_id)
        if channel is None:
            gone = refusal("channel_gone", "This channel is no longer connected in the store's Postiz.")
            nameless = Channel(id=text.clean(wish.channel_id), name="A channel that is gone", provider="")
            return PlannedPost(
                channel=nameless, text=written, length=text.length(written), limit=0, settings={}, findings=(gone,)
            )
        here = self.platforms.get(channel.id) or providers.provider(channel.provider)
        known = from_clip(self.clip, self.brief, self.disclosure, self.belongings.profile.kit.hashtags)
        chosen = _cleaned(wish.settings)
        settings = filling.complete(channel.provider, chosen, known, here)
        cover_ms = self._cover_ms(here, wish)
        comments = tuple(said for comment in wish.comments if (said := text.clean(comment).strip()))
        length, limit = text.length(written, channel.provider), here.max_text
        words = "\n".join((str(settings.get("title", "")), written, *comments)).strip()
        findings = (
            *self._about_channel(channel),
            *_about_server(here),
            *_about_text(here, written, length, limit, settings),
            *_about_comments(here, comments, settings),
            *filling.missing(channel.provider, settings, here),
            *filling.excluded(here, settings),
            *filling.unused(here, chosen, settings),
            *asking.still_needed(self.lists, channel, here, settings),
            *self._about_cover(here, wish, settings),
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
            comments=comments,
            comment_delay_min=wish.comment_delay_min if comments else 0,
            length=length,
            limit=limit,
            settings=settings,
            cover_ms=cover_ms,
            alt=text.clean(wish.alt),
            findings=findings,
        )

    def _cover_ms(self, here: providers.Provider, wish: PostWish) -> int | None:
        """The moment of the cover; where a platform takes its cover out of the video, the poster's by default."""
        if wish.cover_ms is None:
            return self.poster_ms if here.cover == "moment" else None
        covers.require_inside(wish.cover_ms, self.report.measurement)
        return wish.cover_ms

    def _about_cover(self, here: providers.Provider, wish: PostWish, settings: Mapping[str, Any]) -> Iterator[Finding]:
        """What keeps the cover from being sent where a video cannot go without one, or leaves it out."""
        taken = providers.takes_cover(here.name, settings)
        if wish.cover_ms is not None and not here.cover and not taken:
            offered = next((item.label for item in here.settings if item.kind == "cover"), "")
            told = f"switch “{offered}” on to send the one that you chose" if offered else "it chooses one of its own"
            yield warning("cover_not_sent", f"{here.label} gets no cover with the video: {told}.")
        if wish.cover_ms is None and taken and not self.clip.path(self.clip.poster).is_file():
            told = "is not on this computer any more: choose a picture of the clip as its cover"
            yield refusal("poster_missing", f"{here.label} gets a cover with the video, and the clip's poster {told}.")

    def _about_channel(self, channel: Channel) -> Iterator[Finding]:
        if channel.disabled:
            yield refusal(
                "channel_disabled",
                f"{channel.name} is switched off in Postiz. Switch it on there, or connect it anew.",
            )
        there = [post for post in self.earlier if post.channel.id == channel.id]
        if any(post.state in OPEN_STATES for post in there):
            yield refusal("on_its_way", f"This clip is on its way to {channel.name}. Wait for what becomes of it.")
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


def from_clip(
    clip: Clip, brief: Brief | None, disclosure: Disclosure, hashtags: Sequence[str]
) -> dict[str, bool | str | tuple[str, ...]]:
    """What defaults of settings follow from: the title, the product's page, hashtags without their "#" (the store's
    own come first), and what is to be disclosed."""
    link = brief.facts.url if brief else ""
    tags = wording.hashtags_of(text.clean(clip.title), hashtags, wording.MOST_HASHTAGS)
    words = tuple(tag.lstrip("#") for tag in tags)
    return {
        "title": text.clean(clip.title),
        "link": link,
        "hashtags": words,
        **disclosing.settings_of(disclosure),
    }


def within_a_request(posts: tuple[PlannedPost, ...]) -> tuple[PlannedPost, ...]:
    """The posts, each refused where all of them together are more than Postiz takes at once."""
    sent = [
        [text.encode(words, post.channel.provider) for words in (post.text, *post.comments)] + [post.settings]
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


def _cleaned(value: Any) -> Any:
    """What was said of settings without characters that cannot be sent."""
    match value:
        case str():
            return text.clean(value)
        case Mapping():
            return {_cleaned(name): _cleaned(item) for name, item in value.items()}
        case list() | tuple():
            return [_cleaned(item) for item in value]
    return value


def _about_server(here: providers.Provider) -> Iterator[Finding]:
    """What the server says otherwise of a platform than is known of it, and what it needs that cannot be sent."""
    for sentence in here.differs:
        yield warning("server_differs", sentence)
    if here.lacking:
        wanted = f"{here.label} also needs {', '.join(here.lacking)}, which EditAI cannot send yet."
        yield refusal("setting_missing", f"{wanted} Download the clip and post it by hand.")


def _about_text(
    here: providers.Provider, written: str, length: int, limit: int, settings: Mapping[str, Any]
) -> Iterator[Finding]:
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
    mentioned = platforms.text_figures(written)["mentions"]
    if mentioned and not here.mentions:
        told = f"On {here.label} “@” and a name stay plain text: nobody is told of it."
        yield warning("mention_is_text", told).model_copy(update={"sure": "unknown"})
    if settings.get("who_can_reply_post") == "mentionedUsers" and not mentioned:
        yield warning("nobody_mentioned", "Only accounts that you mention may reply, and the text mentions none.")
    if settings.get("content_posting_method") == "UPLOAD":
        yield warning("tiktok_inbox", "The video only goes to your TikTok inbox: open TikTok to finish and publish it.")


def _about_comments(
    here: providers.Provider, comments: Sequence[str], settings: Mapping[str, Any]
) -> Iterator[Finding]:
    if not comments:
        return
    if not here.comments:
        yield refusal("comment_not_possible", f"Postiz cannot write a first comment on {here.label}: leave it out.")
        return
    for number, comment in enumerate(comments, 1):
        if (length := text.length(comment, here.name)) > here.max_text:
            which = "The first comment" if number == 1 else f"Comment {number} of the thread"
            told = f"has {length} characters as {here.label} counts them; at most {here.max_text} fit."
            yield refusal("comment_too_long", f"{which} {told} Shorten it by {length - here.max_text}.")
    if settings.get("post_type") == "story":
        told = f"A story on {here.label} may have no comments below it."
        yield warning("comment_not_shown", told).model_copy(update={"sure": "unknown"})
