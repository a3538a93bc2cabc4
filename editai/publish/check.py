"""Everything that can be known before a clip is published: to which channels, with what text, what stands against it.

Nothing here writes, and the store's Postiz is only asked: for its channels, and what it wants to know for a platform.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property, partial

from editai import covers, products, script, voices
from editai.errors import Conflict, EditaiError, InvalidInput, NotFound
from editai.library import Library
from editai.library.database import now as timestamp
from editai.library.store import clip_file_missing
from editai.models import (
    Brief,
    Channel,
    Claim,
    Clip,
    Connection,
    DryRun,
    Facts,
    Finding,
    PostWish,
    Profile,
    Report,
    When,
    Yeses,
)
from editai.publish import asking, disclosing, filling, moment, planned, prices, providers, wording
from editai.publish.belonging import Belongings
from editai.publish.music_rights import licence_of
from editai.publish.postiz import Postiz


def channels(shelf: Library, profile: Profile) -> tuple[Channel, ...]:
    """The store's accounts as its own Postiz names them now.

    Raises Conflict 409 `postiz_not_connected` and what `Postiz.channels` raises.
    """
    with Postiz(shelf.secrets.connection(profile.id)) as postiz:
        return postiz.channels()


def channel_of(postiz: Postiz, channel_id: str) -> Channel:
    """The store's channel of this id, as its server has it now. Raises NotFound 404 `channel_not_found`."""
    channel = next((item for item in postiz.channels() if item.id == channel_id), None)
    if channel is None:
        raise NotFound(
            "channel_not_found", "There is no such channel in this store.", "Choose one of this store's channels."
        )
    return channel


def choices(
    shelf: Library, profile: Profile, channel_id: str, setting: str, word: str = ""
) -> tuple[providers.Choice, ...]:
    """What can be chosen for a setting of a channel, as its platform says now: see `asking.choices`.

    Raises NotFound 404 `channel_not_found`, Conflict 409 `channel_disconnected`, and what that raises.
    """
    with Postiz(shelf.secrets.connection(profile.id)) as postiz:
        return asking.choices(postiz, channel_of(postiz, channel_id), setting, word)


def described(shelf: Library, profile: Profile, found: Sequence[Channel]) -> Mapping[str, providers.Provider]:
    """The platforms of these channels, by the channel's id, as the store's server describes them now."""
    with Postiz(shelf.secrets.connection(profile.id)) as postiz:
        return asking.described(postiz, found)


def suggest(
    shelf: Library, profile: Profile, clip: Clip, channel: Channel, here: providers.Provider | None = None
) -> PostWish:
    """What could be posted there: a text from the clip's facts, and the settings that publish.

    `here` is the platform as the server describes it. What only the person can choose is not among the settings.
    Raises NotFound 404 `clip_file_missing`.
    """
    brief = brief_of(shelf, clip)
    disclosed = disclosing.of_clip(shelf.media.report(clip), brief)
    known = planned.from_clip(clip, brief, disclosed, profile.kit.hashtags)
    return PostWish(
        channel_id=channel.id,
        text=suggest_text(shelf, profile, clip, channel.provider),
        settings=filling.complete(channel.provider, {}, known, here),
    )


def suggest_text(shelf: Library, profile: Profile, clip: Clip, provider: str = "") -> str:
    """A text for the clip on a platform, or for wherever it is posted by hand. Raises 404 `clip_file_missing`."""
    report = shelf.media.report(clip)
    brief = brief_of(shelf, clip)
    language = language_of(brief, profile)
    disclosed = disclosing.in_text(provider, disclosing.of_clip(report, brief), language)
    written = wording.written_for(provider, report.posts)
    if written is not None:
        return wording.as_written(provider, written, hashtags=profile.kit.hashtags, disclosed=disclosed)
    return wording.post_text(
        provider,
        brief.facts if brief and brief.facts.title.strip() else Facts(title=clip.title),
        report.script,
        call_to_action=(brief.call_to_action if brief else "") or profile.kit.call_to_action,
        hashtags=profile.kit.hashtags,
        disclosed=disclosed,
    )


def changed_since(shelf: Library, clip: Clip) -> tuple[str, ...]:
    """What of the product is another than when the clip was made: "the price", "the script" ...; nothing: fresh.

    Raises NotFound 404 `project_not_found` where the product was just deleted, and the clip with it.
    """
    if clip.project_id is None or clip.brief is None:
        return ()
    return outdated(clip.brief, shelf.store.project(clip.profile_id, clip.project_id).brief)


def outdated(then: Brief, now: Brief) -> tuple[str, ...]:
    """What makes a clip of the brief `then` out of date for a product that is `now` like this; nothing: it is fresh."""
    changed = products.changes(then.facts, now.facts, then.script, now.script)
    if then.caption_style != now.caption_style:
        changed += ("the caption style",)
    if (then.ai_visual, then.paid_partnership) != (now.ai_visual, now.paid_partnership):
        changed += ("what it discloses",)
    return changed


def require_fresh(shelf: Library, clip: Clip) -> None:
    """Raises Conflict 409 `clip_stale`, naming what changed, where the product is no longer what the clip shows."""
    if changed := changed_since(shelf, clip):
        *others, last = changed
        named = f"{', '.join(others)} and {last}" if others else last
        raise Conflict(
            "clip_stale",
            f"This clip is out of date: {named} changed since it was made.",
            "Produce the clip again, then publish the new one.",
        )


def dry_run(
    shelf: Library,
    profile: Profile,
    clip_id: str,
    wishes: Sequence[PostWish],
    *,
    when: When = "now",
    at: str = "",
    again: bool = False,
    mixed: bool = False,
    price_is_right: bool = False,
    music_licence: str = "",
) -> DryRun:
    """What would be published, where and when, and what stands against it. Nothing is written or sent.

    `at` is a time on the store's clock ("2027-02-01T10:00") or with an offset, for "scheduled". `again`, `mixed`,
    `price_is_right` and `music_licence` are `Yeses`. The product's page is asked for its price. Raises NotFound 404
    `clip_not_found` or `clip_file_missing`, Conflict 409 `clip_stale` or `postiz_not_connected`, InvalidInput 422
    `no_channel`, `channel_twice`, `setting_unknown`, `setting_invalid`, `cover_outside`, `time_missing`,
    `time_not_used`, `licence_unknown` and those of `moment.asked_for`, and what `Postiz.channels` raises.
    """
    shelf.store.clip(profile.id, clip_id)  # before anybody is asked
    with Postiz(shelf.secrets.connection(profile.id)) as postiz:
        yes = Yeses(again=again, mixed=mixed, price_is_right=price_is_right, music_licence=music_licence)
        asked = Asked(shelf, profile, postiz, yes)
        return asked.run(clip_id, wishes, when, partial(_meant, when, at, profile.kit.time_zone))


class Asked:
    """A store's server, asked once for its channels, and dry runs against them."""

    def __init__(self, shelf: Library, profile: Profile, postiz: Postiz, yes: Yeses) -> None:
        self._shelf, self._profile, self._postiz, self._yes = shelf, profile, postiz, yes
        self._belongings = Belongings.of(shelf, profile, yes.mixed)
        self._lists = asking.Lists(postiz)
        self._prices: dict[str, prices.Seen] = {}
        self._platforms: dict[str, providers.Provider] = {}

    @cached_property
    def channels(self) -> Mapping[str, Channel]:
        return {channel.id: channel for channel in self._postiz.channels()}

    @cached_property
    def _connection(self) -> Connection:
        return self._shelf.secrets.connection(self._profile.id)

    @cached_property
    def _shared_with(self) -> tuple[str, ...]:
        return _of_the_same_account(self._shelf, self._profile, self._connection)

    def run(self, clip_id: str, wishes: Sequence[PostWish], when: When, meant: Callable[[], moment.Moment]) -> DryRun:
        """One clip's dry run; `meant` gives its time. Raises as `dry_run`."""
        shelf, profile = self._shelf, self._profile
        clip = shelf.opened(profile.id, clip_id)
        require_channels(wishes)
        require_fresh(shelf, clip)
        report = shelf.media.report(clip)
        if not clip.path(clip.video).is_file():
            raise clip_file_missing()
        brief, zone, at = brief_of(shelf, clip), profile.kit.time_zone, meant()
        checking = planned.Checking(
            clip=clip,
            brief=brief,
            report=report,
            earlier=tuple(shelf.outbox.posts(profile.id, clip.id)),
            lists=self._lists,
            channels=self.channels,
            server=self._connection.url,
            again=self._yes.again,
            twice=moment.words(at.utc, zone) if at.twice else "",
            shared_with=self._shared_with,
            claims=partial(_claims, brief, profile),
            disclosure=disclosing.of_clip(report, brief),
            language=language_of(brief, profile),
            platforms=self._described(wishes),
            poster_ms=covers.poster_ms(shelf, clip),
            belongings=self._belongings,
            music_licence=licence_of(report.music, self._yes.music_licence) if report.music else None,
            of_clip=tuple(self._about_clip(clip, brief, report)),
        )
        return DryRun(
            profile_id=profile.id,
            profile_name=profile.name,
            logo=profile.kit.logo,
            server=self._connection.url,
            clip_id=clip.id,
            clip_title=clip.title,
            when=when,
            publish_at=at.utc,
            local_time=moment.words(at.utc, zone),
            time_zone=zone,
            **self._yes.model_dump(),
            page_price=self._price(clip, brief).other,
            checked_at=timestamp(),
            posts=planned.within_a_request(tuple(checking.planned(wish) for wish in wishes)),
        )

    def _described(self, wishes: Sequence[PostWish]) -> Mapping[str, providers.Provider]:
        """The platforms of the channels that are wanted, each asked for once."""
        wanted = {wish.channel_id for wish in wishes} & self.channels.keys() - self._platforms.keys()
        self._platforms |= asking.described(self._postiz, [self.channels[channel] for channel in sorted(wanted)])
        return self._platforms

    def _price(self, clip: Clip, brief: Brief | None) -> prices.Seen:
        """What the product's page says to the clip's price. A clip that is repeated is checked often, and its page is
        asked once."""
        if clip.id not in self._prices:
            self._prices[clip.id] = prices.look(brief, self._shelf.settings.offline)
        return self._prices[clip.id]

    def _about_clip(self, clip: Clip, brief: Brief | None, report: Report) -> Iterator[Finding]:
        """What was found in the clip itself, wherever it goes."""
        if found := prices.finding(self._price(clip, brief), self._yes.price_is_right):
            yield found
        with suppress(InvalidInput):  # nobody here knows the engine any more, nor its licence
            try:
                engine = voices.engine(report.voice.partition(":")[0])
                voices.require_licensed(engine.info, self._profile.kit)
            except Conflict as error:
                yield planned.refusal(error.slug, f"{error.message} {error.hint}")
        yield from self._belongings.of_clip(self._shelf, clip, report)


def language_of(brief: Brief | None, profile: Profile) -> str:
    """The language of a clip's words, ISO 639-1: what its brief says, else the store's."""
    return (brief.language if brief else "") or profile.kit.language


def _claims(brief: Brief | None, profile: Profile, words: str) -> tuple[Claim, ...]:
    """What of a text the facts of the clip's product do not bear."""
    if brief is None:
        return ()
    language = language_of(brief, profile)
    return script.check_claims({"post": (words,)}, brief.facts, profile.kit.market, language, own_words=True)


def _of_the_same_account(shelf: Library, profile: Profile, connection: Connection) -> tuple[str, ...]:
    """The names of the owner's other stores with the same key: one was pasted into both, or both are meant to share."""
    others = []
    for other in shelf.store.profiles(profile.owner_id):
        with suppress(EditaiError):  # not connected, or locked: then it publishes nowhere
            if other.id != profile.id and shelf.secrets.connection(other.id) == connection:
                others.append(other.name)
    return tuple(others)


def require_channels(wishes: Sequence[PostWish]) -> None:
    """Raises InvalidInput 422 `no_channel`, `channel_twice`."""
    if not wishes:
        raise InvalidInput("no_channel", "No channel was chosen.", "Choose where the clip is to be published.")
    if max(Counter(wish.channel_id for wish in wishes).values()) > 1:
        raise InvalidInput("channel_twice", "A channel was chosen twice.", "Choose each channel once.")


def _meant(when: When, at: str, zone: str) -> moment.Moment:
    now = datetime.now(UTC)
    if when == "scheduled":
        if not at.strip():
            raise InvalidInput("time_missing", "No time was chosen for the post.", moment.CHOOSE)
        return moment.asked_for(at, zone, now)
    if at.strip():
        raise InvalidInput(
            "time_not_used", "A time was given for a post that is not scheduled.", "Schedule it, or leave the time out."
        )
    return moment.Moment(moment.written(now))


def brief_of(shelf: Library, clip: Clip) -> Brief | None:
    """What the clip was made from; of clips that do not keep it themselves, their job's."""
    if clip.brief is not None:
        return clip.brief
    try:
        return shelf.journal.job(clip.profile_id, clip.job_id).brief
    except NotFound:
        return None
