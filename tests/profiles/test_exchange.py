"""A store goes out as a document and comes back as a store; what is no such document is refused with its field."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from editai import profiles
from editai.errors import EditaiError
from editai.library import LOCAL_OWNER, Library
from editai.models import Profile
from tests.profiles.conftest import Picture

KIT = {
    "description": "Light for desks.\nSince 1999.",
    "monthly_budget_usd": "12.34",
    "colours": {"text": "#FFFFFF", "highlight": "#5CF08A", "background": "#0C0C10"},
    "font": "Anton",
    "caption_style": "pop",
    "emphasise": ["handmade", "größer"],
    "voice": "kokoro:am_michael",
    "speed": 1.15,
    "call_to_action": "Shop now",
    "hashtags": ["#größe", "#lamps"],
    "time_zone": "Europe/Oslo",
    "when_voice_fails": "default_voice",
}


@pytest.fixture
def full(shelf: Library, store: Profile, picture: Picture, tmp_path: Path) -> Profile:
    """A store with everything that a store can have."""
    profiles.set_logo(shelf, LOCAL_OWNER, store.id, picture("PNG", "RGBA", colour=(20, 120, 99, 128)))
    (tmp_path / "music").mkdir()
    return profiles.update(shelf, LOCAL_OWNER, store.id, {**KIT, "music_folder": str(tmp_path / "music")})


def imported(shelf: Library, document: object) -> Profile:
    return profiles.import_(shelf, LOCAL_OWNER, document)


def names(shelf: Library) -> set[str]:
    return {profile.name for profile in shelf.store.profiles(LOCAL_OWNER)}


def test_a_store_comes_back_as_it_was(shelf: Library, full: Profile) -> None:
    document = json.loads(json.dumps(profiles.export(shelf, full)))
    made = imported(shelf, document)
    there = {"id", "name", "created_at", "is_default"}
    same = full.model_copy(update={"kit": full.kit.model_copy(update={"music_folder": "", "logo": made.kit.logo})})
    assert made.model_dump(exclude=there) == same.model_dump(exclude=there)


def test_the_logo_comes_back_in_the_new_stores_own_folder(shelf: Library, full: Profile) -> None:
    made = imported(shelf, profiles.export(shelf, full))
    assert made.kit.logo
    assert full.kit.logo
    path = shelf.media.logo(made.id, made.kit.logo)
    assert path.is_relative_to(shelf.media.folder(made.id))
    with Image.open(path) as copy, Image.open(shelf.media.logo(full.id, full.kit.logo)) as original:
        assert copy.tobytes() == original.tobytes()


def test_a_document_holds_no_id_no_folder_and_no_owner(shelf: Library, full: Profile, tmp_path: Path) -> None:
    said = json.dumps(profiles.export(shelf, full))
    assert full.kit.logo
    for secret in (full.id, full.kit.logo.sha256, str(tmp_path), "owner", "music_folder", "is_default"):
        assert secret not in said


def test_a_store_without_anything_set_comes_back(shelf: Library, store: Profile) -> None:
    made = imported(shelf, profiles.export(shelf, store))
    assert (made.kit, made.monthly_budget, made.description) == (store.kit, None, "")


def test_a_name_that_is_taken_is_numbered(shelf: Library, store: Profile) -> None:
    document = profiles.export(shelf, store)
    assert [imported(shelf, document).name for _ in range(3)] == [
        "Aurora Lamps 2", "Aurora Lamps 3", "Aurora Lamps 4",
    ]  # fmt: skip


def test_a_long_name_gives_way_to_its_number(shelf: Library) -> None:
    document = {"editai": "store", "version": 1, "name": "x" * 50}
    assert [imported(shelf, document).name for _ in range(2)] == ["x" * 50, "x" * 48 + " 2"]


def test_a_field_that_is_left_out_is_as_in_a_new_store(shelf: Library) -> None:
    assert imported(shelf, {"editai": "store", "version": 1, "name": "Tea"}).kit.caption_style == "bold"


HOSTILE: dict[str, tuple[Any, str]] = {
    "no document": (None, "the file"),
    "a list": ([], "the file"),
    "a text": ("store", "the file"),
    "nothing": ({}, "editai"),
    "something else": ({"editai": "clip"}, "editai"),
    "no name": ({"name": None}, "name"),
    "an empty name": ({"name": ""}, "name"),
    "half a letter": ({"name": "\ud800"}, "name"),
    "an id": ({"id": "0" * 32}, "id"),
    "an owner": ({"owner_id": "somebody"}, "owner_id"),
    "a key": ({"secrets": {"postiz": "key"}}, "secrets"),
    "a voice that is not here": ({"kit": {"voice": {"engine": "kokoro", "name": "nobody"}}}, "voice"),
    "a font that is not here": ({"kit": {"font": "../../x.ttf"}}, "font"),
    "a colour that is none": ({"kit": {"colours": {"text": "url(x)"}}}, "colours"),
    "hashtags that are none": ({"kit": {"hashtags": ["<b>"]}}, "hashtags"),
    "too many hashtags": ({"kit": {"hashtags": ["a"] * 5 + ["b", "c", "d", "e", "f"]}}, "hashtags"),
    "a time zone that is none": ({"kit": {"time_zone": "../x"}}, "time_zone"),
    "a kit that is none": ({"kit": []}, "kit"),
    "a field that is none": ({"kit": {"x": 1}}, "kit.x"),
    "a folder of this machine": ({"kit": {"music_folder": "/etc"}}, "kit.music_folder"),
    "a logo by its path": ({"kit": {"logo": {"name": "a", "sha256": "a" * 64, "bytes": 1}}}, "kit.logo"),
    "a logo that is no base64": ({"logo": "§"}, "logo"),
    "a logo that is no ascii": ({"logo": "ä"}, "logo"),
    "a logo that is no picture": ({"logo": base64.b64encode(b"<svg/>").decode()}, "logo"),
    "a budget below nothing": ({"monthly_budget_usd": "-1"}, "monthly_budget"),
    "a budget that is no text": ({"monthly_budget_usd": 1.5}, "monthly_budget_usd"),
    "a description without end": ({"description": "x" * 501}, "description"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_document_is_refused_with_its_field_and_makes_no_store(shelf: Library, kind: str) -> None:
    change, field = HOSTILE[kind]
    good = {"editai": "store", "version": 1, "name": "Tea"}
    document = {**good, **change} if isinstance(change, dict) and change else change
    with pytest.raises(EditaiError) as caught:
        imported(shelf, document)
    assert caught.value.title == "422 import_invalid"
    assert f" {field}: " in caught.value.message
    assert names(shelf) == {"My store"}


@pytest.mark.parametrize("version", [0, 2, 10**30])
def test_another_version_is_refused(shelf: Library, version: int) -> None:
    with pytest.raises(EditaiError) as caught:
        imported(shelf, {"editai": "store", "version": version, "name": "Tea"})
    assert caught.value.title == "422 import_version"


def test_a_disk_that_is_full_leaves_no_half_of_a_store(
    shelf: Library, full: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    document, before = profiles.export(shelf, full), names(shelf)
    monkeypatch.setattr("editai.library.media.to_disk", full_disk)
    with pytest.raises(EditaiError) as caught:
        imported(shelf, document)
    assert caught.value.title == "507 disk_full"
    assert names(shelf) == before


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe\x00", b"[" * 200_000, b'{"version": ' + b"9" * 5000 + b"}", bytes(20_000_001)],
    ids=["nothing", "half", "no text", "brackets without end", "a number without end", "too much"],
)
def test_a_file_that_is_no_document_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "store.json").write_bytes(content)
    with pytest.raises(EditaiError) as caught:
        profiles.read_document(tmp_path / "store.json")
    assert caught.value.title == "422 import_invalid"
