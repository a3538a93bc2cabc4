"""What a job is reckoned to need: more for longer, larger and better clips, and never less than it takes."""

from __future__ import annotations

from typing import Any

import pytest

from editai import footage
from editai.models import Brief, File
from editai.settings import Settings
from editai.space import clip_seconds, needed_bytes
from tests.conftest import BOX

BRIEF = Brief(sources=(File(name="x", sha256="ab" * 32, bytes=1),), script="Meet the box. " * 5)


def needed(settings: Settings, **wishes: Any) -> int:
    return needed_bytes(BRIEF.model_copy(update=wishes), [footage.probe(BOX)], settings)


@pytest.mark.parametrize("more", [{"script": "Meet the box. " * 50}, {"quality": "high"}, {"preview": True}], ids=str)
def test_more_of_a_clip_needs_more_room(settings: Settings, more: dict[str, Any]) -> None:
    assert needed(settings, **more) > needed(settings)


def test_a_square_clip_needs_less_room(settings: Settings) -> None:
    assert needed(settings, format="1:1") < needed(settings)


def test_a_clip_in_its_videos_own_words_is_as_long_as_they_are_at_most(settings: Settings) -> None:
    spoken = BRIEF.model_copy(update={"script": ""})
    assert clip_seconds(spoken, [footage.probe(BOX)] * 4, settings) > 60
    assert clip_seconds(spoken, [footage.probe(BOX)] * 40, settings) == settings.max_clip_seconds
