"""What the fields of a store may be, and what changing one leaves alone."""

from __future__ import annotations

import zoneinfo
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from editai import profiles, voices, zones
from editai.errors import EditaiError
from editai.library import LOCAL_OWNER, Library
from editai.models import BrandKit, Colours, Profile, Voice
from editai.profiles import micro_dollars, usd


def changed(shelf: Library, store: Profile, **wishes: Any) -> Profile:
    return profiles.update(shelf, LOCAL_OWNER, store.id, wishes)


def refusal(shelf: Library, store: Profile, **wishes: Any) -> str:
    """The title of the error; the store must be as it was."""
    with pytest.raises(EditaiError) as caught:
        changed(shelf, store, **wishes)
    assert shelf.store.profile(LOCAL_OWNER, store.id) == store
    return caught.value.title


# ── a new store ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_store_is_in_this_machines_time_zone(shelf: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tzlocal.get_localzone_name", lambda: "Asia/Tokyo")
    assert profiles.create(shelf, LOCAL_OWNER, "Tea").kit.time_zone == "Asia/Tokyo"


def test_the_first_store_of_all_is_in_it_too(shelf: Library) -> None:
    assert shelf.store.default_profile(LOCAL_OWNER).kit.time_zone == zones.here()


@pytest.mark.parametrize("name", ["local", "", None])
def test_a_time_zone_that_cannot_be_known_is_utc(monkeypatch: pytest.MonkeyPatch, name: str | None) -> None:
    monkeypatch.setattr("tzlocal.get_localzone_name", lambda: name)
    assert zones.here() == "UTC"


def test_a_machine_whose_time_zone_is_set_up_wrongly_is_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> str:
        raise zoneinfo.ZoneInfoNotFoundError("Multiple conflicting time zone configurations found")

    monkeypatch.setattr("tzlocal.get_localzone_name", fail)
    assert zones.here() == "UTC"


def test_a_new_store_has_what_was_wished_for(shelf: Library) -> None:
    made = profiles.create(shelf, LOCAL_OWNER, "Tea", {"time_zone": "Europe/Oslo", "hashtags": "tea"})
    assert (made.kit.time_zone, made.kit.hashtags) == ("Europe/Oslo", ("#tea",))


def test_a_new_store_with_a_wrong_field_is_not_made(shelf: Library) -> None:
    with pytest.raises(EditaiError):
        profiles.create(shelf, LOCAL_OWNER, "Tea", {"font": "Comic Sans"})
    assert [profile.name for profile in shelf.store.profiles(LOCAL_OWNER)] == ["My store"]


# ── what changes and what stays ──────────────────────────────────────────────────────────────────────────────────


def test_changing_one_field_keeps_every_other(shelf: Library, store: Profile) -> None:
    full = changed(
        shelf, store, description="Light.", monthly_budget_usd="20", hashtags=["lamps"], call_to_action="Shop now"
    )
    after = changed(shelf, full, font="Anton")
    assert after == full.model_copy(update={"kit": full.kit.model_copy(update={"font": "Anton"})})


def test_one_colour_changes_alone(shelf: Library, store: Profile) -> None:
    assert changed(shelf, store, colours={"highlight": "#5cf08a"}).kit.colours == Colours(highlight="#5CF08A")


def test_the_voices_speed_changes_alone(shelf: Library, store: Profile) -> None:
    changed(shelf, store, voice="kokoro:am_michael")
    assert changed(shelf, store, speed=1.2).kit.voice == Voice(engine="kokoro", name="am_michael", speed=1.2)


def test_what_became_unusable_keeps_nobody_from_changing_something_else(
    shelf: Library, store: Profile, tmp_path: Path
) -> None:
    folder = tmp_path / "music"
    folder.mkdir()
    changed(shelf, store, music_folder=str(folder))
    folder.rmdir()
    assert changed(shelf, store, name="Lamps").kit.music_folder == str(folder)


# ── what is refused ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("wishes", "title"),
    [
        ({"name": " "}, "422 profile_name_invalid"),
        ({"name": 5}, "422 profile_name_invalid"),
        ({"name": "my STORE"}, "409 profile_name_taken"),
        ({"description": "x" * 501}, "422 description_invalid"),
        ({"description": None}, "422 description_invalid"),
        ({"description": "\ud800"}, "422 description_invalid"),
        ({"voice": "kokoro:nobody"}, "422 voice_not_found"),
        ({"voice": {"engine": "kokoro"}}, "422 voice_invalid"),
        ({"voice": {"engine": "kokoro", "name": "af_heart", "speed": 9}}, "422 voice_invalid"),
        ({"speed": 2.1}, "422 speed_invalid"),
        ({"speed": float("nan")}, "422 speed_invalid"),
        ({"speed": "fast"}, "422 speed_invalid"),
        ({"language": "xx"}, "422 language_invalid"),
        ({"caption_style": "no such"}, "422 caption_style_not_found"),
        ({"caption_style": ["bold"]}, "422 caption_style_not_found"),
        ({"font": "Comic Sans"}, "422 font_not_found"),
        ({"font": "../../etc/passwd"}, "422 font_not_found"),
        ({"format": "1:3"}, "422 format_invalid"),
        ({"time_zone": "Mars/Olympus"}, "422 time_zone_invalid"),
        ({"time_zone": "../localtime"}, "422 time_zone_invalid"),
        ({"colours": {"text": "red"}}, "422 colours_invalid"),
        ({"colours": {"text": "#FFFFFF", "shadow": "#000000"}}, "422 colours_invalid"),
        ({"colours": "#FFFFFF"}, "422 colours_invalid"),
        ({"call_to_action": "x" * 61}, "422 call_to_action_invalid"),
        ({"when_voice_fails": "panic"}, "422 when_voice_fails_invalid"),
        ({"music_folder": "music"}, "422 music_folder_invalid"),
        ({"music_folder": "/no/such/folder"}, "422 music_folder_invalid"),
        ({"music_folder": "/\0"}, "422 music_folder_invalid"),
        ({"logo": {"name": "x", "sha256": "x", "bytes": 1}}, "422 profile_field_unknown"),
        ({"owner_id": "somebody"}, "422 profile_field_unknown"),
        ({"is_default": True}, "422 profile_field_unknown"),
    ],
    ids=str,
)
def test_what_a_field_cannot_be_is_refused_and_nothing_is_changed(
    shelf: Library, store: Profile, wishes: dict[str, Any], title: str
) -> None:
    assert refusal(shelf, store, **wishes, **({} if "call_to_action" in wishes else {"call_to_action": "Hi"})) == title


def test_a_voice_of_another_language_is_refused(shelf: Library, store: Profile) -> None:
    assert refusal(shelf, store, voice="kokoro:ff_siwis") == "422 language_invalid"
    assert refusal(shelf, store, language="fr") == "422 language_invalid"
    assert changed(shelf, store, voice="kokoro:ff_siwis", language="fr").kit.language == "fr"


@pytest.mark.parametrize("choice", ["stop", "default_voice", "kokoro:am_michael"])
def test_where_a_voice_fails_a_free_voice_of_this_computer_may_speak(
    shelf: Library, store: Profile, choice: str
) -> None:
    assert changed(shelf, store, when_voice_fails=choice).kit.when_voice_fails == choice


def test_a_paid_voice_does_not_speak_for_one_that_fails(shelf: Library, store: Profile) -> None:
    studio = profiles.studio(shelf, store)
    paid = next(str(voice) for voice in voices.catalogue(studio) if voice.engine == "elevenlabs")
    assert refusal(shelf, store, when_voice_fails=paid) == "422 when_voice_fails_invalid"


def test_a_length_of_0_is_none(shelf: Library, store: Profile) -> None:
    changed(shelf, store, seconds=15)
    assert changed(shelf, store, seconds=0).kit.seconds is None


def test_a_lexicon_is_kept_line_by_line(shelf: Library, store: Profile) -> None:
    kept = changed(shelf, store, lexicon=[{"language": "en", "displayed": "Lumora", "spoken": "loo mora"}]).kit
    assert [(line.displayed, line.spoken) for line in kept.lexicon] == [("Lumora", "loo mora")]


def test_music_inside_the_apps_own_data_is_refused(shelf: Library, store: Profile) -> None:
    other = shelf.media.folder("a" * 32) / "sources"
    other.mkdir(parents=True)
    assert refusal(shelf, store, music_folder=str(other)) == "422 music_folder_invalid"


def test_a_link_into_the_apps_own_data_is_refused(shelf: Library, store: Profile, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(shelf.media.home)
    assert refusal(shelf, store, music_folder=str(tmp_path / "link")) == "422 music_folder_invalid"


# ── how a field is kept ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("lamps", ("#lamps",)),
        ("#lamps #home, desk;light", ("#lamps", "#home", "#desk", "#light")),
        (["#Lamps", "LAMPS", "lamps "], ("#Lamps",)),
        ("#größe #茶 #हिन्दी #كتاب #a_1", ("#größe", "#茶", "#हिन्दी", "#كتاب", "#a_1")),
        ("##lamps##home", ("#lamps", "#home")),
        ("", ()),
        ([], ()),
        ("a b c d e a", ("#a", "#b", "#c", "#d", "#e")),
    ],
)
def test_hashtags_are_kept_as_words_with_their_sign(
    shelf: Library, store: Profile, typed: object, kept: tuple[str, ...]
) -> None:
    assert changed(shelf, store, hashtags=typed).kit.hashtags == kept


@pytest.mark.parametrize("typed", ["a b c d e f", "desk-lamp", "$9", "x" * 101, [1], 5, None, "a\0b", "\ud800"])
def test_what_is_no_hashtag_is_refused(shelf: Library, store: Profile, typed: object) -> None:
    assert refusal(shelf, store, hashtags=typed) == "422 hashtags_invalid"


def test_a_call_to_action_is_one_line(shelf: Library, store: Profile) -> None:
    assert changed(shelf, store, call_to_action=" Shop\n now\t! ").kit.call_to_action == "Shop now !"


def test_a_music_folder_is_kept_whole_and_can_be_taken_away(shelf: Library, store: Profile, tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    folder = changed(shelf, store, music_folder=f" {tmp_path}/a/../a/b ").kit.music_folder
    assert folder == str((tmp_path / "a" / "b").resolve())
    assert changed(shelf, store, music_folder="").kit.music_folder == ""


# ── money ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("25", 25_000_000),
        ("0", 0),
        (0, 0),
        (12.1, 12_100_000),
        (0.1 + 0.2, None),
        (1e-06, None),
        ("$ 12.50", 12_500_000),
        ("0.000001", 1),
        ("0.0000001", None),
        (Decimal("19.99"), 19_990_000),
        ("1000000", 1_000_000_000_000),
        ("1000000.01", None),
        ("-1", None),
        (-1, None),
        ("NaN", None),
        (float("inf"), None),
        ("1e3", None),
        ("12,50", None),
        ("1_000", None),
        ("٢٥", None),
        ("lots", None),
        (True, None),
        ([], None),
        ("9" * 400, None),
    ],
    ids=repr,
)
def test_a_budget_is_kept_in_micro_dollars_exactly_or_refused(typed: object, kept: int | None) -> None:
    if kept is None:
        with pytest.raises(EditaiError) as caught:
            micro_dollars(typed)
        assert caught.value.title == "422 monthly_budget_invalid"
    else:
        assert micro_dollars(typed) == kept


@pytest.mark.parametrize("nothing", [None, "", "  ", "$"])
def test_no_budget_is_no_limit(nothing: object) -> None:
    assert micro_dollars(nothing) is None


@given(some.integers(0, 1_000_000_000_000))
def test_an_amount_is_read_back_as_it_was_written(amount: int) -> None:
    assert micro_dollars(usd(amount)) == amount


def test_the_default_kit_passes_every_check(shelf: Library, store: Profile) -> None:
    kit = BrandKit().model_dump(exclude={"logo", "fonts", "licences"})
    assert changed(shelf, store, **kit).kit == BrandKit()
