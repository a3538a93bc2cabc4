"""The endpoints of stores, through gradio_client against a page that runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client, handle_file
from PIL import Image

from editai.models import Profile
from tests.fonts import font
from tests.postiz.fixtures import *  # noqa: F403
from tests.postiz.server import Workspace
from tests.ui.conftest import Running
from tests.ui.test_api import title_of

NewStore = Callable[[], Profile]
KEY = "sk_0123456789abcdef-SECRET"


@pytest.fixture
def logo(tmp_path: Path) -> Path:
    path = tmp_path / "logo.webp"
    Image.new("RGB", (2000, 1000), "#147863").save(path)
    return path


@pytest.fixture(scope="module")
def client(running: Running) -> Client:
    return running.client()


def call(client: Client, endpoint: str, *given: Any, **named: Any) -> Any:
    return client.predict(*given, api_name=f"/{endpoint}", **named)


# ── the store and its kit ────────────────────────────────────────────────────────────────────────────────────────


def test_a_store_is_told_whole(client: Client, new_store: NewStore) -> None:
    store = new_store()
    told = call(client, "profile", store.id)
    assert (told["id"], told["name"], told["logo"], told["keys"]) == (store.id, store.name, None, {})
    assert told["kit"]["caption_style"] == "bold"
    assert told["overview"]["clips"] == 0
    assert (told["monthly_budget_usd"], told["spent_usd"]) == (None, "0.00")


def test_only_what_is_given_changes(client: Client, new_store: NewStore) -> None:
    store = new_store()
    call(client, "keep_voice_key", KEY, profile=store.id)
    first = call(client, "update_profile", store.id, hashtags=["lamps"], monthly_budget_usd="12.5", speed=1.2)
    second = call(client, "update_profile", store.id, colours={"text": "#ffffff"}, call_to_action="Shop now")
    assert second["kit"] == first["kit"] | {"call_to_action": "Shop now"}
    assert second["monthly_budget_usd"] == "12.50"
    assert second["keys"] == first["keys"] != {}


def test_what_is_given_empty_is_emptied(client: Client, new_store: NewStore) -> None:
    store = new_store()
    call(client, "update_profile", store.id, hashtags=["lamps"], monthly_budget_usd="5", call_to_action="Hi")
    told = call(client, "update_profile", store.id, hashtags=[], monthly_budget_usd="", call_to_action="")
    assert (told["kit"]["hashtags"], told["monthly_budget_usd"], told["kit"]["call_to_action"]) == ([], None, "")


@pytest.mark.parametrize(
    ("wishes", "title"),
    [
        ({"name": "OTHER store"}, "409 profile_name_taken"),
        ({"voice": "kokoro:nobody"}, "422 voice_not_found"),
        ({"font": "Comic Sans"}, "422 font_not_found"),
        ({"time_zone": "Mars"}, "422 time_zone_invalid"),
        ({"monthly_budget_usd": "-1"}, "422 monthly_budget_invalid"),
        ({"colours": {"text": "red"}}, "422 colours_invalid"),
        ({"music_folder": "/no/such"}, "422 music_folder_invalid"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused(client: Client, new_store: NewStore, wishes: dict[str, Any], title: str) -> None:
    store = new_store()
    assert title_of(lambda: call(client, "update_profile", store.id, **wishes)) == title


def test_a_logo_is_given_told_as_a_file_and_taken_away(client: Client, new_store: NewStore, logo: Path) -> None:
    store = new_store()
    told = call(client, "set_logo", handle_file(str(logo)), profile=store.id)
    with Image.open(told["logo"]) as picture:
        assert (picture.format, picture.size) == ("PNG", (1024, 512))
    assert call(client, "remove_logo", confirm=True, profile=store.id)["logo"] is None


@pytest.mark.parametrize(
    ("content", "title"),
    [(b"<svg/>", "422 logo_unusable"), (b"", "422 logo_unusable")],
)
def test_what_is_no_logo_is_refused(running: Running, new_store: NewStore, content: bytes, title: str) -> None:
    sent = running.upload("logo.png", content)
    assert running.call("set_logo", logo=sent, profile=new_store().id)[1]["title"] == title


@pytest.mark.parametrize("path", ["/etc/hostname", "../editai.db"])
def test_a_path_that_was_not_uploaded_is_no_logo_and_no_document(running: Running, path: str) -> None:
    for endpoint, name in (("set_logo", "logo"), ("add_font", "font"), ("import_profile", "document")):
        assert running.call(endpoint, **{name: {"path": path}})[1]["title"] == "403 path_forbidden"


@pytest.mark.parametrize(
    ("endpoint", "name"), [("set_logo", "logo"), ("add_font", "font"), ("import_profile", "document")]
)
def test_no_file_is_said(running: Running, endpoint: str, name: str) -> None:
    assert running.call(endpoint, **{name: None})[1]["title"] == "422 no_file"


def test_a_font_is_given_chosen_and_removed(client: Client, new_store: NewStore, tmp_path: Path) -> None:
    store = new_store()
    (tmp_path / "acme.ttf").write_bytes(font())
    told = call(client, "add_font", handle_file(str(tmp_path / "acme.ttf")), profile=store.id)
    assert told["name"] == "Acme"
    assert told["fonts"][-1] == {"name": "Acme", "own": True, "chosen": False}
    assert call(client, "update_profile", store.id, font="Acme", emphasise=["handmade"])["kit"]["font"] == "Acme"
    assert call(client, "fonts", store.id)[-1]["chosen"]
    assert title_of(lambda: call(client, "remove_font", "Acme", True, store.id)) == "409 font_in_use"
    assert call(client, "update_profile", store.id, font="Inter")["kit"]["emphasise"] == ["handmade"]
    assert not any(each["own"] for each in call(client, "remove_font", "Acme", True, store.id))
    assert title_of(lambda: call(client, "remove_font", "Acme", True, store.id)) == "404 font_not_found"


# ── taking it along, deleting ────────────────────────────────────────────────────────────────────────────────────


def test_a_store_goes_out_and_comes_back(client: Client, new_store: NewStore, logo: Path, tmp_path: Path) -> None:
    store = new_store()
    call(client, "set_logo", handle_file(str(logo)), profile=store.id)
    call(client, "keep_voice_key", KEY, profile=store.id)
    document = call(client, "export_profile", store.id)
    assert KEY not in json.dumps(document)
    (tmp_path / "store.json").write_text(json.dumps(document), "utf-8")
    made = call(client, "import_profile", handle_file(str(tmp_path / "store.json")))
    assert made["name"] == f"{store.name} 2"
    assert made["keys"] == {}
    assert made["logo"]


def test_a_document_of_something_else_is_refused(running: Running) -> None:
    sent = running.upload("store.json", b'{"editai": "clip"}')
    assert running.call("import_profile", document=sent)[1]["title"] == "422 import_invalid"


def test_a_store_is_deleted_with_its_name_alone(client: Client, new_store: NewStore) -> None:
    store = new_store()
    refused = title_of(lambda: call(client, "delete_profile", store.id, "another name"))
    assert refused == "422 name_not_confirmed"
    assert call(client, "delete_profile", store.id, store.name)["id"] == store.id
    assert title_of(lambda: call(client, "profile", store.id)) == "404 profile_not_found"


def test_the_default_store_is_not_deleted(running: Running, client: Client) -> None:
    act = lambda: call(client, "delete_profile", running.mine.id, running.mine.name)  # noqa: E731
    assert title_of(act) == "409 default_profile_protected"


# ── accounts and money ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_key_is_told_by_its_last_four_characters_alone(
    client: Client, new_store: NewStore, postiz: Workspace
) -> None:
    store = new_store()
    told = [
        call(client, "connect_postiz", postiz.url, postiz.key, profile=store.id),
        call(client, "keep_voice_key", KEY, profile=store.id),
        call(client, "profile", store.id),
        call(client, "profiles"),
        call(client, "export_profile", store.id),
        call(client, "costs", store.id),
    ]
    assert told[1]["keys"] == {"postiz": f"••••{postiz.key[-4:]}", "elevenlabs": f"••••{KEY[-4:]}"}
    for secret in (postiz.key, KEY, postiz.url):
        assert secret not in json.dumps(told)


def test_keys_are_forgotten(client: Client, new_store: NewStore, postiz: Workspace) -> None:
    store = new_store()
    call(client, "connect_postiz", postiz.url, postiz.key, profile=store.id)
    call(client, "keep_voice_key", KEY, profile=store.id)
    assert set(call(client, "disconnect_postiz", True, store.id)["keys"]) == {"elevenlabs"}
    assert call(client, "forget_voice_key", True, store.id)["keys"] == {}


def test_a_connection_is_tried_with_what_is_given_and_not_kept(client: Client, postiz: Workspace) -> None:
    postiz.add_channel("youtube", "Aurora TV")
    (channel,) = call(client, "test_connection", postiz.url, postiz.key)
    assert (channel["provider"], channel["name"]) == ("youtube", "Aurora TV")
    assert title_of(lambda: call(client, "test_connection", postiz.url, "")) == "422 connection_incomplete"
    assert call(client, "profile")["keys"] == {}


def test_costs_are_told_in_dollars(running: Running, client: Client, new_store: NewStore) -> None:
    store = new_store()
    call(client, "update_profile", store.id, monthly_budget_usd="5")
    with running.shelf.costs.paid(store, None, "elevenlabs", "speech", 120, 36_000):
        pass
    told = call(client, "costs", store.id)
    assert (told["spent_usd"], told["budget_usd"]) == ("0.036", "5.00")
    ((service, operation, units, amount),) = [
        (item["service"], item["operation"], item["units"], item["amount_usd"]) for item in told["costs"]
    ]
    assert (service, operation, units, amount) == ("elevenlabs", "speech", 120, "0.036")


@pytest.mark.parametrize("endpoint", ["profile", "export_profile", "costs", "fonts"])
def test_the_header_chooses_the_store(running: Running, endpoint: str) -> None:
    told = running.client(running.other.id).predict(api_name=f"/{endpoint}")
    assert "name" not in told or told["name"] == "Other store"
    assert title_of(lambda: running.client("0" * 32).predict(api_name=f"/{endpoint}")) == "404 profile_not_found"
