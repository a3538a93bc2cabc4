"""Whether what a post shows belongs to the store of its channel: the logo, the voice, and where its links lead.

The clip itself is the store's, or it is not found at all. What is another store's is named, and posted only where the
person says so of this post (`mixed`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from editai.errors import NotFound
from editai.library import Library
from editai.models import BrandKit, Clip, Finding, Profile, Report
from editai.publish.text import addresses

SAY_SO = "To post it all the same, say so."


@dataclass(frozen=True)
class Belongings:
    """What is a store's and what is that of its owner's other stores, by their names."""

    profile: Profile
    others: tuple[Profile, ...]
    domains: frozenset[str]
    foreign_domains: Mapping[str, str]
    mixed: bool

    @classmethod
    def of(cls, shelf: Library, profile: Profile, mixed: bool) -> Belongings:
        """As they are now."""
        others = tuple(other for other in shelf.store.profiles(profile.owner_id) if other.id != profile.id)
        own = _domains(shelf, profile)
        foreign = {domain: other.name for other in others for domain in _domains(shelf, other) - own}
        return cls(profile, others, own, foreign, mixed)

    def of_clip(self, shelf: Library, clip: Clip, report: Report) -> Iterator[Finding]:
        """What in the clip is not this store's."""
        own = self.profile.kit.logo
        for sha256 in sorted(_logos(shelf, clip) - ({own.sha256} if own else set())):
            whose = [other.name for other in self.others if other.kit.logo and other.kit.logo.sha256 == sha256]
            told = f"the logo of {whose[0]}" if whose else f"a logo that is not the one of {self.profile.name} now"
            yield self._found("logo_of_another_store", f"The clip shows {told}.")
        usual = {str(self.profile.kit.voice), str(BrandKit().voice)}
        whose = [other.name for other in self.others if str(other.kit.voice) == report.voice]
        if whose and report.voice not in usual:
            yield self._found("voice_of_another_store", f"The clip is spoken by the voice of {whose[0]}.")

    def of_words(self, words: str) -> Iterator[Finding]:
        """Where the links in a post's texts and settings lead that are not this store's."""
        for domain in dict.fromkeys(domain_of(address) for address in addresses(words)):
            whose = next((name for known, name in self.foreign_domains.items() if _within(domain, known)), "")
            if whose:
                yield self._found("link_of_another_store", f"{domain} belongs to {whose}.")
            elif self.domains and not any(_within(domain, known) for known in self.domains):
                told = (
                    f"{domain} is not where the products of {self.profile.name} are sold. See that the link is right."
                )
                yield Finding(severity="warn", slug="link_unknown", message=told)

    def _found(self, slug: str, message: str) -> Finding:
        if self.mixed:
            return Finding(severity="warn", slug=slug, message=message)
        return Finding(severity="refuse", slug=slug, message=f"{message} {SAY_SO}")


def said_plainly(message: str) -> str:
    """What was found, without what to do about it."""
    return message.removesuffix(f" {SAY_SO}")


MIXED = frozenset({"logo_of_another_store", "voice_of_another_store", "link_of_another_store"})
"""What a post says of something that is another store's."""


def domain_of(address: str) -> str:
    """The host of an address as people write it: "https://www.Shop.example/a" is "shop.example"."""
    host = urlsplit(address if "//" in address else f"//{address}").hostname or ""
    return host.removeprefix("www.")


def _within(domain: str, known: str) -> bool:
    return domain == known or domain.endswith(f".{known}")


def _domains(shelf: Library, profile: Profile) -> frozenset[str]:
    """Where a store's products are sold."""
    found = {domain_of(project.brief.facts.url) for project in shelf.store.projects(profile.id)}
    return frozenset(found - {""})


def _logos(shelf: Library, clip: Clip) -> set[str]:
    try:
        inserts = shelf.media.plan(clip).inserts
    except NotFound:  # a clip of an older EditAI: nothing is known of what it shows
        return set()
    return {insert.file.sha256 for insert in inserts if insert.file is not None}
