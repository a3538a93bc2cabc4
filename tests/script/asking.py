"""Briefs, and what becomes of them."""

from __future__ import annotations

from typing import Any

import pytest

from editai import script
from editai.errors import InvalidInput
from editai.models import BrandKit, Brief, Facts, File, Script, Voice
from editai.settings import Settings

SOURCE = (File(name="a", sha256="a", bytes=1),)
BOX = Facts(title="Alpina Biscuit Box", points=("24 butter biscuits", "a printed box"), price="$12.90", url="")


def brief(text: str = "", facts: Facts | None = None, speed: float = 1.0, **wishes: Any) -> Brief:
    voice = Voice(engine="kokoro", name="af_heart", speed=speed)
    return Brief(sources=SOURCE, script=text, facts=facts or Facts(), voice=voice, **wishes)


def written(text: str = "", facts: Facts | None = None, language: str = "en", **wishes: Any) -> Script:
    made = script.write(brief(text, facts, **wishes), BrandKit(), language)
    assert made is not None
    return made


def refused(text: str, settings: Settings, facts: Facts | None = None, speed: float = 1.0) -> InvalidInput:
    with pytest.raises(InvalidInput) as error:
        script.check(brief(text, facts, speed), BrandKit(), settings, "en")
    return error.value
