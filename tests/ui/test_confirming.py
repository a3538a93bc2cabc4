"""Nothing is deleted and nothing reaches other people unless a script says that it is meant.

Each endpoint is in one of these tables; one that was added and is in none fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from editai.ui.api import ENDPOINTS as NAMES
from tests.conftest import BOX
from tests.postiz.fixtures import postiz_server
from tests.postiz.server import PostizServer
from tests.ui.conftest import Running
from tests.ui.strangers import Asking, Shop, ask, mine
from tests.ui.test_endpoints import good

__all__ = ["ask", "mine", "postiz_server"]

REFUSED = {
    "delete_voice": "would delete the voice",
    "delete_project": "would delete the product",
    "delete_profile": "would delete the store",
    "remove_logo": "would delete the logo",
    "remove_font": "would delete the font",
    "disconnect_postiz": "would forget the address and the key of the Postiz",
    "forget_voice_key": "would forget the key for ElevenLabs",
    "forget_language_model": "would forget the language model",
    "retry_post": "would send this post",
    "move_post": "would be published",
    "cancel_post": "would take back the post",
    "unlink_post": "would delete the figures of the post",
}
"""What deletes or publishes, and how its refusal begins to say what it would do."""
DRY = ("batch", "publish", "publish_series", "publish_repeat")
"""What shows first what it would do."""
ADDS = (
    "produce", "clean_clip", "edit_captions", "render", "preview_voice", "fetch_voices", "clone_voice", "write_script",
    "copy_project", "create_profile", "import_profile", "add_font", "connect_postiz", "keep_voice_key",
    "connect_language_model",
)  # fmt: skip
"""What makes or keeps something more."""
CAN_BE_CHANGED_BACK = (
    "cancel", "retry", "pause_queue", "retry_batch", "cancel_batch", "rename_voice", "accept_licence",
    "withdraw_licence", "update_project", "update_profile", "set_default_profile", "set_logo",
)  # fmt: skip
"""What the same tool, or its counterpart, sets as it was: a job that was cancelled goes on where it stopped."""
READS = (
    "estimate", "batch_progress", "coverage", "jobs", "job", "clips", "clip", "caption_styles", "captions",
    "preview_captions", "projects", "project", "voices", "engines", "cloned_voices", "read_page", "read_feed",
    "check_script", "profiles", "profile", "export_profile", "test_connection", "costs", "fonts", "channels",
    "setting_choices", "free_slot", "suggest_post", "post", "posts", "analytics",
)  # fmt: skip


@pytest.fixture(scope="module")
def upload(running: Running) -> dict[str, Any]:
    return running.upload("box.mp4", BOX.read_bytes())


@pytest.fixture(autouse=True)
def nothing_changes(running: Running, mine: Shop, postiz_server: PostizServer) -> Iterator[None]:
    before = mine.fingerprint(running.shelf)
    yield
    assert mine.fingerprint(running.shelf) == before


def test_of_every_endpoint_it_is_said_what_it_changes() -> None:
    assert sorted((*REFUSED, *DRY, *ADDS, *CAN_BE_CHANGED_BACK, *READS)) == sorted(NAMES)


@pytest.mark.parametrize("endpoint", REFUSED)
def test_what_deletes_or_publishes_says_what_it_would_do_and_does_it_not(
    ask: Asking, mine: Shop, upload: dict[str, Any], endpoint: str
) -> None:
    unsaid: dict[str, Any] = {"confirm_name": ""} if endpoint == "delete_profile" else {"confirm": False}
    if endpoint == "move_post":
        unsaid["at"] = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    title, answer = ask.http(endpoint, good(endpoint, mine, upload) | unsaid)
    assert title == "422 not_confirmed"
    assert "Nothing was done yet. It " + REFUSED[endpoint] in answer


@pytest.mark.parametrize("endpoint", DRY)
def test_what_shows_it_first_sends_nothing(ask: Asking, mine: Shop, upload: dict[str, Any], endpoint: str) -> None:
    title, answer = ask.http(endpoint, good(endpoint, mine, upload) | {"confirm": False})
    assert '"confirmed": true' not in answer
    assert title or '"confirmed": false' in answer


@pytest.mark.parametrize("endpoint", READS)
def test_what_reads_changes_nothing(ask: Asking, mine: Shop, upload: dict[str, Any], endpoint: str) -> None:
    ask.http(endpoint, good(endpoint, mine, upload))


def test_deleting_a_store_asks_for_its_name_and_says_what_goes(ask: Asking, mine: Shop) -> None:
    title, answer = ask.http("delete_profile", {"profile": mine.profile.id, "confirm_name": ""})
    assert title == "422 not_confirmed"
    assert "1 clip and 1 product are deleted" in answer
    assert "with the store's name in confirm_name" in answer.encode().decode("unicode_escape")
    assert ask.http("delete_profile", {"profile": mine.profile.id, "confirm_name": "Another"})[0] == (
        "422 name_not_confirmed"
    )
