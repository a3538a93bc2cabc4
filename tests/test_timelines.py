"""A clip's timeline for other editing programs: with the real media of a real clip."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import opentimelineio as otio
import pytest

from editai import timelines
from editai.errors import EditaiError
from editai.models import Clip
from tests.shop import Shop


@pytest.fixture
def made(busy: Shop) -> Clip:
    return busy.shelf.store.clips(busy.profile.id)[0]


def linked(path: Path) -> list[Path]:
    whole: Any = otio.adapters.read_from_file(str(path))
    clips = [item for track in whole.tracks for item in track if isinstance(item, otio.schema.Clip)]
    urls = [clip.media_reference.target_url for clip in clips]
    return [Path(unquote(urlparse(url).path)) for url in urls]


def test_every_medium_is_there(busy: Shop, made: Clip) -> None:
    media = linked(timelines.write(busy.shelf, made))
    assert media
    assert all(path.is_file() for path in media)


def test_a_voice_that_is_in_the_cache_no_more_is_the_clips_own_sound(busy: Shop, made: Clip) -> None:
    with busy.without("narration"):
        media = linked(timelines.write(busy.shelf, made))
    assert busy.shelf.media.placed(made).path(made.video).resolve() in media


def test_a_video_that_is_gone_is_404(busy: Shop, made: Clip) -> None:
    source = busy.shelf.media.source(busy.profile.id, made.brief.sources[0])  # type: ignore[union-attr]
    aside = source.with_name("aside")
    source.rename(aside)
    try:
        with pytest.raises(EditaiError) as caught:
            timelines.write(busy.shelf, made)
        assert caught.value.title == "404 source_not_found"
    finally:
        aside.rename(source)
