"""The button for the clip without captions: offered where there are some, and what it gives."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import gradio as gr
import pytest

from editai.library import LOCAL_OWNER
from editai.masters import NAME
from editai.models import Clip, Profile
from editai.ui.clean_clip import CleanClip
from editai.ui.context import Desk
from editai.ui.follow import watch
from tests.ui.conftest import Running
from tests.ui.test_captioning_api import captioned

ASKING = gr.Request(headers={})


@pytest.fixture
def does(running: Running) -> CleanClip:
    return CleanClip(Desk(running.settings, running.shelf))


@pytest.fixture
def clip(running: Running, new_store: Callable[[], Profile], tmp_path: Path) -> Clip:
    return captioned(running, new_store(), tmp_path, "Golden", "leaf", "tea")


def watched(does: CleanClip, clip: Clip) -> dict[str, str]:
    return watch(does.desk.library.journal.job(clip.profile_id, clip.job_id))


def offered(does: CleanClip, clip: Clip) -> bool:
    button, panel = does.offer_clean(clip.profile_id, watched(does, clip), ASKING)
    assert panel == ""
    return bool(button.visible)


def test_it_is_offered_where_captions_are_in_the_picture(
    does: CleanClip, clip: Clip, running: Running, new_store: Callable[[], Profile], tmp_path: Path
) -> None:
    assert offered(does, clip)
    assert not offered(does, running.clip(new_store(), "Lamp", tmp_path))
    plan = running.shelf.media.plan(clip).model_copy(update={"captions_burned": False})
    clip.path(clip.plan).write_text(plan.model_dump_json(), "utf-8")
    assert not offered(does, clip)


def test_it_is_offered_once_there_is_a_clip(does: CleanClip, clip: Clip, running: Running) -> None:
    store = running.shelf.store.profile(LOCAL_OWNER, clip.profile_id)
    waiting = running.shelf.journal.job(store.id, running.waiting_job(store))
    for nothing in (watch(waiting), watch(None)):
        assert not does.offer_clean(store.id, nothing, ASKING)[0].visible
        assert [panel for _, panel in does.draw_clean(store.id, nothing, ASKING)] == [""]


def test_it_is_to_be_taken_along_under_the_clips_name(does: CleanClip, clip: Clip) -> None:
    (clip.folder / NAME).write_bytes(b"the clip without captions")
    *_, (button, last) = does.draw_clean(clip.profile_id, watched(does, clip), ASKING)
    assert not button.visible
    found = re.search(r'href="/gradio_api/file=([^"]+)" download="([^"]+)"', last)
    assert found is not None
    assert found[2].endswith("-clean.mp4")
    assert Path(unquote(found[1])).read_bytes() == b"the clip without captions"


def test_what_goes_wrong_is_said_in_its_place(does: CleanClip, clip: Clip) -> None:
    """The file of this clip holds no sound that could be copied."""
    *_, (_, last) = does.draw_clean(clip.profile_id, watched(does, clip), ASKING)
    assert 'role="alert"' in last
    assert "What to do" in last
