"""Captions edited by a script, over the running page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gradio_client.exceptions import AppError
from PIL import Image, ImageChops, ImageStat

from editai import footage
from editai.models import Clip, Cue, CueWord, EmphasiseWord, Profile
from tests.conftest import BOX
from tests.ui.conftest import Running

LOAF: dict[str, Any] = {"kind": "change", "cue": 0, "word": 1, "text": "loaf {\\N}"}


def captioned(running: Running, store: Profile, folder: Path, *words: str, of_product: bool = False) -> Clip:
    """A finished clip of the store with one caption, half a second each word."""
    clip = running.clip(store, "Lamp", folder, of_product=of_product)
    line = tuple(CueWord(text=text, start=15 * n, end=15 * n + 15) for n, text in enumerate(words))
    plan = running.shelf.media.plan(clip)
    cue = Cue(lines=(line,), start=0, end=line[-1].end)
    shown = plan.model_copy(update={"cues": (cue,), "sources": (footage.probe(BOX, plan.sources[0].file),)})
    clip.path(clip.plan).write_text(shown.model_dump_json(), "utf-8")
    return clip


@pytest.fixture
def clip(running: Running, new_store: Callable[[], Profile], tmp_path: Path) -> Clip:
    return captioned(running, new_store(), tmp_path, "Golden", "leaf", "tea")


def call(running: Running, clip: Clip, endpoint: str, **named: Any) -> Any:
    return running.client(clip.profile_id).predict(clip=clip.id, **named, api_name=endpoint)


def test_the_captions_of_a_clip_are_its_words_with_their_frames(running: Running, clip: Clip) -> None:
    told = call(running, clip, "/captions")
    assert (told["fps"], told["edits"]) == (30, [])
    assert [(word["text"], word["start"]) for word in told["cues"][0]["lines"][0]] == [
        ("Golden", 0),
        ("leaf", 15),
        ("tea", 30),
    ]


def test_edits_are_tried_without_being_kept(running: Running, clip: Clip) -> None:
    told = call(running, clip, "/captions", edits=[LOAF])
    assert [word["text"] for line in told["cues"][0]["lines"] for word in line] == ["Golden", "loaf {\\N}", "tea"]
    assert call(running, clip, "/captions")["edits"] == []


def test_a_frame_shows_the_caption_as_it_is_edited(running: Running, clip: Clip) -> None:
    before, after = (call(running, clip, "/preview_captions", cue=0, word=1, edits=edits) for edits in ([], [LOAF]))
    with Image.open(before) as one, Image.open(after) as other:
        assert one.size == other.size == (540, 960)
        assert one.tobytes() != other.tobytes()


def test_a_frame_shows_what_platforms_cover(running: Running, clip: Clip) -> None:
    plain, bands = (call(running, clip, "/preview_captions", covered=names) for names in (None, ["tiktok"]))
    with Image.open(plain) as one, Image.open(bands) as other:
        assert one.size == other.size == (540, 960)
        differs = ImageChops.difference(one, other).convert("L")
        assert ImageStat.Stat(differs.crop((100, 200, 400, 600))).mean[0] < 2
        assert ImageStat.Stat(differs.crop((0, 740, 540, 960))).mean[0] > 15
    with pytest.raises(AppError) as caught:
        call(running, clip, "/preview_captions", covered=["myspace"])
    assert caught.value.title == "422 platform_unknown"


def test_edited_captions_are_a_job_of_the_same_store_with_the_edits_in_its_brief(running: Running, clip: Clip) -> None:
    queued = call(running, clip, "/edit_captions", edits=[{"kind": "emphasise", "cue": 0, "word": 0}])
    assert (queued["state"], queued["profile"]) == ("queued", clip.profile_id)
    wanted = running.shelf.journal.job(clip.profile_id, queued["job"]).brief.captions
    assert wanted is not None
    assert wanted.edits == (EmphasiseWord(cue=0, word=0),)
    assert wanted.base[0].text == "Golden leaf tea"


def test_a_clip_is_rendered_again_in_another_quality_with_its_edited_captions(running: Running, clip: Clip) -> None:
    queued = call(running, clip, "/render", quality="high")
    assert (queued["state"], queued["profile"]) == ("queued", clip.profile_id)
    wanted = running.shelf.journal.job(clip.profile_id, queued["job"]).brief
    before = clip.brief or running.shelf.journal.job(clip.profile_id, clip.job_id).brief
    assert wanted == before.model_copy(update={"quality": "high", "preview": False})


@pytest.mark.parametrize(
    ("wishes", "title"),
    [
        ({}, "409 render_unchanged"),
        ({"quality": "standard", "encoder": "x264", "captions_burned": True}, "409 render_unchanged"),
        ({"quality": "best"}, "422 choice_unknown"),
        ({"encoder": "vhs"}, "422 choice_unknown"),
    ],
    ids=str,
)
def test_what_would_be_the_same_or_cannot_be_is_not_rendered_again(
    running: Running, clip: Clip, wishes: dict[str, Any], title: str
) -> None:
    before = running.shelf.journal.jobs(clip.profile_id)
    with pytest.raises(AppError) as caught:
        call(running, clip, "/render", **wishes)
    assert caught.value.title == title
    assert running.shelf.journal.jobs(clip.profile_id) == before


@pytest.mark.parametrize(
    ("edits", "title"),
    [
        ([{"kind": "burn"}], "422 caption_edit_invalid"),
        ([{**LOAF, "cue": 1}], "422 caption_not_found"),
        ([], "409 captions_unchanged"),
    ],
    ids=str,
)
def test_what_cannot_be_rendered_is_refused_by_name(running: Running, clip: Clip, edits: Any, title: str) -> None:
    with pytest.raises(AppError) as caught:
        call(running, clip, "/edit_captions", edits=edits)
    assert caught.value.title == title
