"""The texts of posts, written for their platforms by the store's writer: its language model, else the templates.

A text of the model is checked for truth like its scripts. One that says what the product's facts do not bear is not
taken over: the template's stands in its place, and that is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from editai import profiles, script
from editai.errors import EditaiError, OutOfSpace
from editai.library import Library
from editai.models import Channel, Clip, Facts, Model, PostText, Profile, finished
from editai.publish import check, disclosing, text, wording
from editai.publish.providers import provider
from editai.script import beside
from editai.script.beside import Room

LONGEST = 400
"""Characters of a text beside a clip that are read at all (see `writer.json`)."""
SPARE = 60
"""What is left free for the disclosure, and hashtags besides."""
TAG = 16
"""Characters of a hashtag with its space, as one has at the most on average."""


class Texts(Model):
    """A text for each channel, by its id. `writer` is the model's name, "" for the templates; `notes` are sentences on
    what was not taken over, or why the model did not write."""

    texts: dict[str, str]
    writer: str = ""
    notes: tuple[str, ...] = ()


def write(shelf: Library, profile: Profile, clip: Clip, channels: Sequence[Channel]) -> Texts:
    """A text for the clip on each of these channels, in the clip's language. The same platform has one text.

    Where the store has no language model, or it does not answer, the templates' are given, and that is told. Raises
    NotFound 404 `clip_file_missing`, OutOfSpace 507 `disk_full`.
    """
    report, brief = shelf.media.report(clip), check.brief_of(shelf, clip)
    suggested = {channel.id: check.suggest_text(shelf, profile, clip, channel.provider) for channel in channels}
    studio = profiles.studio(shelf, profile)
    account = None
    try:
        account = studio.language_model()
        if account is None:
            return Texts(texts=suggested, notes=("This store has no language model, so the templates wrote.",))
        facts = brief.facts if brief and brief.facts.title.strip() else Facts(title=clip.title)
        language = check.language_of(brief, profile)
        rooms = {channel.provider: _room(channel.provider, profile) for channel in channels}
        written = finished(
            beside.write(facts, report.script, language, rooms, account, profile.kit.market, studio.paid)
        )
    except OutOfSpace:
        raise
    except EditaiError as error:  # a wrong key, an empty purse, no answer: the templates always can
        return Texts(texts=suggested, notes=(f"{error.message} So the templates wrote.",))
    said, notes = _true(written, facts, profile, language)
    disclosed = {name: disclosing.in_text(name, disclosing.of_clip(report, brief), language) for name in rooms}
    tags = profile.kit.hashtags
    texts = {
        channel.id: wording.as_written(
            channel.provider, said[channel.provider], hashtags=tags, disclosed=disclosed[channel.provider]
        )
        if channel.provider in said
        else suggested[channel.id]
        for channel in channels
    }
    return Texts(texts=texts, writer=account.model, notes=notes)


def _room(name: str, profile: Profile) -> Room:
    """How much the model may write for a platform: what is left beside the disclosure and the hashtags."""
    here = provider(name)
    hashtags = min(here.hashtags, wording.MOST_HASHTAGS)
    own = sum(text.units(tag) + 1 for tag in profile.kit.hashtags)
    return Room(letters=max(80, min(LONGEST, here.max_text - SPARE - max(own, TAG * hashtags))), hashtags=hashtags)


def _true(
    written: Sequence[PostText], facts: Facts, profile: Profile, language: str
) -> tuple[Mapping[str, PostText], tuple[str, ...]]:
    """The texts that say nothing which the facts do not bear, by platform; and what was left out, and why."""
    said, notes = {}, []
    for post in written:
        words = "\n".join((post.text, *(tag.lstrip("#") for tag in post.hashtags)))
        claims = script.check_claims({"post": (words,)}, facts, profile.kit.market, language, own_words=False)
        if found := [claim.message for claim in claims if not claim.kept]:
            told = f"The text for {provider(post.platform).label} was not taken over, the template's is there instead."
            notes.append(f"{told} {found[0]}")
        else:
            said[post.platform] = post
    return said, tuple(notes)
