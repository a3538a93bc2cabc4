"""What the owner asks for."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from editai.models.base import File, Model


class Voice(Model):
    """A voice of an engine ("kokoro", "af_heart"); `speed` 1.0 is the voice's own pace, 0.5 to 2.0 is accepted."""

    engine: str
    name: str
    speed: float = Field(default=1.0, ge=0.5, le=2.0)

    @staticmethod
    def parse(text: str) -> Voice:
        """ "kokoro:af_heart" as a voice; whether there is one like that is `voices.info`'s to say."""
        engine, _, name = text.partition(":")
        return Voice(engine=engine, name=name)

    def __str__(self) -> str:
        return f"{self.engine}:{self.name}"


class Facts(Model):
    """What is known to be true of the product; nothing else may be claimed. `price` as displayed ("$49.99")."""

    title: str = ""
    points: tuple[str, ...] = ()
    price: str = ""
    url: str = ""


Format = Literal["9:16"]


class Brief(Model):
    """What the owner asked for. `sources` were imported into the profile's media and are found there by hash."""

    sources: tuple[File, ...] = Field(min_length=1)
    facts: Facts = Facts()
    script: str = ""
    voice: Voice = Voice(engine="kokoro", name="af_heart")
    caption_style: str = "bold"
    format: Format = "9:16"
    hook_card: bool = True
    call_to_action: str = Field(default="", max_length=60)
    seed: int = 0
