"""What a clip discloses on a platform: in the platform's own field where Postiz has one for it, else in the text.

The facts are the clip's (`Disclosure`). What is said of each, in which words, and who asks for it, is data in
`assets/publish/disclosure.json`; the fields are the settings of `providers` that follow from the clip.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal

from pydantic import TypeAdapter

from editai.bundled import ASSETS
from editai.models import Brief, Disclosure, Finding, Model, Report
from editai.models.post import Sureness
from editai.publish.providers import Setting, provider

RULES = ASSETS / "publish" / "disclosure.json"


class Ground(Model):
    """Who wants something disclosed, and how that is known."""

    source: str
    sure: Sureness


class Rule(Model):
    """A fact that is disclosed: `clip` says it in a sentence about the clip, `words` are what a text says, by language.

    A platform's field is its setting that has this `from_clip`. A fact without `words` is for these fields alone.
    `sources` are by the first part of the platform's name; "" stands for every other one.
    """

    fact: Literal["ai_voice", "ai_visual", "own_brand", "paid_partnership"]
    from_clip: Literal["made_with_ai", "own_brand", "paid_partnership"]
    clip: str
    words: dict[str, str]
    sources: dict[str, Ground]

    def said(self, language: str) -> str:
        """What a text of this language says, in English where the words are not known; "" for nothing."""
        return self.words.get(language) or self.words.get("en", "")

    def field(self, name: str) -> Setting | None:
        """The setting of a platform that discloses it."""
        return next((item for item in provider(name).settings if item.from_clip == self.from_clip), None)

    def ground(self, name: str) -> Ground:
        """Who asks for it on a platform."""
        unknown = Ground(source="", sure="unknown")
        return self.sources.get(name.partition("-")[0]) or self.sources.get("") or unknown


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, in the order in which a text says them."""
    return TypeAdapter(tuple[Rule, ...]).validate_json(RULES.read_bytes())


def of_clip(report: Report, brief: Brief | None) -> Disclosure:
    """The facts of a clip; of one whose report is from before they were kept, as far as its brief tells them."""
    facts = report.disclosure
    return facts.model_copy(update={"own_brand": True}) if brief and brief.own_brand else facts


def settings_of(facts: Disclosure) -> dict[str, bool]:
    """What settings follow from, by their `from_clip`."""
    found: dict[str, bool] = {}
    for rule in rules():
        found[rule.from_clip] = found.get(rule.from_clip, False) or getattr(facts, rule.fact)
    return found


def in_text(name: str, facts: Disclosure, language: str) -> tuple[str, ...]:
    """What a post's text has to say on a platform, because there is no field for it."""
    return tuple(
        rule.said(language) for rule in rules() if getattr(facts, rule.fact) and rule.words and rule.field(name) is None
    )


def undisclosed(
    name: str, facts: Disclosure, settings: Mapping[str, Any], words: str, language: str
) -> Iterator[Finding]:
    """What of the facts a post says neither in its settings nor in its `words`; to leave it out is the person's act."""
    here, folded = provider(name), words.casefold()
    fields = set()
    for rule in rules():
        if not getattr(facts, rule.fact):
            continue
        ground, field = rule.ground(name), rule.field(name)
        if field is not None:
            if not settings.get(field.name) and field.name not in fields:
                fields.add(field.name)
                told = f'The clip {rule.clip}, and "{field.label}" is off. {here.label} wants it to be on.'
                yield _found(told, ground)
        elif rule.words and settings.get("post_type") == "story":
            yield _found(f"The clip {rule.clip}, and a story shows no text that could say so.", ground)
        elif rule.words and not any(said.casefold() in folded for said in rule.words.values()):
            told = f"The clip {rule.clip}, and the text does not say so: add “{rule.said(language)}”."
            yield _found(f"{told} {here.label} has no field for it.", ground)
    if facts.ai_voice_cloned and not facts.ai_voice_consent:
        told = "The clip is spoken by a cloned voice, and no consent of the person is stored for it."
        yield Finding(severity="warn", slug="consent_not_stored", message=told)


def _found(message: str, ground: Ground) -> Finding:
    return Finding(severity="warn", slug="not_disclosed", message=message, source=ground.source, sure=ground.sure)
