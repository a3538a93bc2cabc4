"""What every Store must do, whatever keeps its rows. A test class per store inherits `StoreContract`."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

import pytest

from editai.errors import EditaiError
from editai.library import Store, context
from editai.models import Voice
from tests.library.contract_money import MoneyContract
from tests.library.contract_products import ProductContract
from tests.library.contract_secrets import SecretContract
from tests.library.samples import A_KIT, OWNER, STRANGER, a_clip, a_cost, a_project, at_the_same_time


class StoreContract(SecretContract, ProductContract, MoneyContract):
    """Needs a fixture `store` with no row in it."""

    # ── profiles ─────────────────────────────────────────────────────────────────────────────────────────────────

    def test_a_new_owner_is_given_one_default_profile_once(self, store: Store) -> None:
        store.welcome(OWNER)
        store.welcome(OWNER)
        [profile] = store.profiles(OWNER)
        assert (profile.name, profile.is_default, profile.owner_id) == ("My store", True, OWNER)

    def test_an_owner_who_has_a_profile_is_given_none(self, store: Store) -> None:
        store.create_profile(OWNER, "Tea")
        store.welcome(OWNER)
        assert [profile.name for profile in store.profiles(OWNER)] == ["Tea"]

    def test_the_first_profile_is_the_default_and_the_next_is_not(self, store: Store) -> None:
        assert [store.create_profile(OWNER, name).is_default for name in ("Tea", "Coffee")] == [True, False]

    def test_owners_see_their_own_profiles_by_name(self, store: Store) -> None:
        for owner, name in ((OWNER, "tea"), (OWNER, "Coffee"), (STRANGER, "Bread")):
            store.create_profile(owner, name)
        assert [profile.name for profile in store.profiles(OWNER)] == ["Coffee", "tea"]

    def test_a_profile_reads_back_as_it_was_created(self, store: Store) -> None:
        created = store.create_profile(OWNER, "Café „Grün“ 🍵")
        assert store.profile(OWNER, created.id) == created

    @pytest.mark.parametrize(("typed", "kept"), [("  Tea ", "Tea"), ("x" * 50, "x" * 50), ("a", "a"), ("茶", "茶")])
    def test_a_name_is_kept_trimmed(self, store: Store, typed: str, kept: str) -> None:
        assert store.create_profile(OWNER, typed).name == kept

    @pytest.mark.parametrize("name", ["", "   ", "x" * 51, "a\nb", "a\0b", "\u200b", "\ud800", "a\u2028b"], ids=ascii)
    def test_a_name_that_is_none_is_refused(self, store: Store, name: str) -> None:
        profile = store.create_profile(OWNER, "Tea")
        with pytest.raises(EditaiError) as created:
            store.create_profile(OWNER, name)
        with pytest.raises(EditaiError) as renamed:
            store.update_profile(OWNER, profile.id, {"name": name})
        assert created.value.title == renamed.value.title == "422 profile_name_invalid"
        assert store.profiles(OWNER) == (profile,)

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ("Tea", "tea"),
            ("CAFÉ", "café"),
            ("Straße", "STRASSE"),
            ("ΟΔΟΣ", "οδος"),
            ("Cafe\u0301", "Café"),
            ("A", " a "),
        ],
    )
    def test_a_name_is_unique_per_owner_without_regard_to_case(self, store: Store, first: str, second: str) -> None:
        store.create_profile(OWNER, first)
        with pytest.raises(EditaiError) as caught:
            store.create_profile(OWNER, second)
        assert caught.value.title == "409 profile_name_taken"
        assert store.create_profile(STRANGER, second).name == second.strip()

    def test_a_profile_is_renamed(self, store: Store) -> None:
        profile = store.create_profile(OWNER, "Tea")
        renamed = store.update_profile(OWNER, profile.id, {"name": "TEA"})
        assert renamed == store.profile(OWNER, profile.id) == profile.model_copy(update={"name": "TEA"})

    def test_a_name_that_is_taken_is_refused_for_a_rename(self, store: Store) -> None:
        store.create_profile(OWNER, "Tea")
        other = store.create_profile(OWNER, "Coffee")
        with pytest.raises(EditaiError) as caught:
            store.update_profile(OWNER, other.id, {"name": "tEA"})
        assert caught.value.title == "409 profile_name_taken"
        assert store.profile(OWNER, other.id).name == "Coffee"

    def test_a_profile_is_created_with_all_its_fields(self, store: Store) -> None:
        created = store.create_profile(OWNER, "Tea", {"description": "Leaves", "monthly_budget": 5_000_000, **A_KIT})
        assert store.profile(OWNER, created.id) == created
        assert (created.description, created.monthly_budget) == ("Leaves", 5_000_000)
        assert {name: getattr(created.kit, name) for name in A_KIT} == A_KIT

    @pytest.mark.parametrize(
        "change",
        [
            {"name": "Coffee"},
            {"description": ""},
            {"monthly_budget": None},
            {"logo": None},
            {"hashtags": ()},
            {"voice": Voice(engine="kokoro", name="bf_emma")},
            {"call_to_action": "Taste it", "time_zone": "UTC"},
            {},
        ],
        ids=lambda change: " ".join(change) or "nothing",
    )
    def test_a_partial_update_keeps_everything_else(self, store: Store, change: dict[str, Any]) -> None:
        before = store.create_profile(OWNER, "Tea", {"description": "Leaves", "monthly_budget": 5_000_000, **A_KIT})
        store.keep_secret(before.id, "postiz", b"sealed", "abcd")
        after = store.update_profile(OWNER, before.id, change)
        own = {name: value for name, value in change.items() if name not in A_KIT}
        kit = before.kit.model_copy(update={name: value for name, value in change.items() if name in A_KIT})
        assert after == store.profile(OWNER, before.id) == before.model_copy(update={**own, "kit": kit})
        assert store.sealed_secret(before.id, "postiz") == b"sealed"

    def test_updates_of_different_fields_at_once_lose_none(self, store: Store) -> None:
        profile = store.create_profile(OWNER, "Tea")
        changes = [{name: value} for name, value in {"name": "Coffee", "description": "Beans", **A_KIT}.items()]
        at_the_same_time([partial(store.update_profile, OWNER, profile.id, change) for change in changes])
        after = store.profile(OWNER, profile.id)
        assert (after.name, after.description) == ("Coffee", "Beans")
        assert {name: getattr(after.kit, name) for name in A_KIT} == A_KIT

    @pytest.mark.parametrize(
        "change",
        [{"colours": "red"}, {"monthly_budget": -1}, {"owner_id": STRANGER}, {"id": "x"}, {"typo": 1}],
        ids=str,
    )
    def test_a_field_that_cannot_be_kept_changes_nothing(self, store: Store, change: dict[str, Any]) -> None:
        profile = store.create_profile(OWNER, "Tea")
        with pytest.raises(EditaiError) as caught:
            store.update_profile(OWNER, profile.id, {"description": "Leaves", **change})
        assert caught.value.title == "422 profile_field_invalid"
        assert store.profiles(OWNER) == (profile,)

    def test_a_profile_that_cannot_be_created_whole_is_not_created(self, store: Store) -> None:
        with pytest.raises(EditaiError):
            store.create_profile(OWNER, "Tea", {"monthly_budget": -1})
        assert store.profiles(OWNER) == ()

    def test_the_default_is_switched(self, store: Store) -> None:
        tea, coffee = (store.create_profile(OWNER, name) for name in ("Tea", "Coffee"))
        assert store.set_default_profile(OWNER, coffee.id).is_default
        assert store.default_profile(OWNER).id == coffee.id
        assert not store.profile(OWNER, tea.id).is_default

    def test_the_default_cannot_be_deleted_until_another_is(self, store: Store) -> None:
        tea, coffee = (store.create_profile(OWNER, name) for name in ("Tea", "Coffee"))
        with pytest.raises(EditaiError) as caught:
            store.delete_profile(OWNER, tea.id)
        assert caught.value.title == "409 default_profile_protected"
        store.set_default_profile(OWNER, coffee.id)
        store.delete_profile(OWNER, tea.id)
        assert [profile.id for profile in store.profiles(OWNER)] == [coffee.id]

    @pytest.mark.parametrize("operation", ["profile", "update_profile", "set_default_profile", "delete_profile"])
    @pytest.mark.parametrize(
        ("whose", "title"), [("nobody's", "404 profile_not_found"), ("a stranger's", "403 profile_forbidden")]
    )
    def test_only_ones_own_profiles_can_be_touched(self, store: Store, operation: str, whose: str, title: str) -> None:
        store.create_profile(OWNER, "Mine")
        store.create_profile(STRANGER, "First")
        theirs = store.create_profile(STRANGER, "Theirs")
        target = theirs.id if whose == "a stranger's" else uuid.uuid4().hex
        arguments = ({"name": "New"},) if operation == "update_profile" else ()
        with pytest.raises(EditaiError) as caught:
            getattr(store, operation)(OWNER, target, *arguments)
        assert caught.value.title == title
        assert store.profile(STRANGER, theirs.id) == theirs

    @pytest.mark.parametrize(
        "hostile", ["", "'; DROP TABLE profiles; --", "../x", "\0", "\ud800", "x" * 10_000], ids=ascii
    )
    def test_an_id_that_is_none_is_not_found(self, store: Store, hostile: str) -> None:
        store.create_profile(OWNER, "Tea")
        for find in (store.profile, store.find_profile):
            with pytest.raises(EditaiError) as caught:
                find(OWNER, hostile)
            assert caught.value.title == "404 profile_not_found"

    def test_a_profile_is_found_by_id_and_by_name(self, store: Store) -> None:
        profile = store.create_profile(OWNER, "Größe")
        found = [store.find_profile(OWNER, text) for text in (profile.id, "Größe", " GRÖSSE ")]
        assert found == [profile] * 3

    def test_an_id_means_its_profile_whatever_another_is_called(self, store: Store) -> None:
        meant = store.create_profile(OWNER, "Tea")
        store.create_profile(OWNER, meant.id)
        assert store.find_profile(OWNER, meant.id) == meant

    def test_a_strangers_profile_is_not_found_by_name(self, store: Store) -> None:
        store.create_profile(STRANGER, "Tea")
        with pytest.raises(EditaiError) as caught:
            store.find_profile(OWNER, "Tea")
        assert caught.value.title == "404 profile_not_found"

    def test_no_default_is_said(self, store: Store) -> None:
        with pytest.raises(EditaiError) as caught:
            store.default_profile(OWNER)
        assert caught.value.title == "503 no_default_profile"

    def test_deleting_a_profile_takes_what_is_its_own_and_nothing_else(self, store: Store) -> None:
        kept, gone = (store.create_profile(OWNER, name) for name in ("A", "B"))
        for profile in (kept, gone):
            project = a_project(profile.id)
            store.keep_project(project)
            store.add_clip(a_clip(profile.id, project_id=project.id))
            store.keep_secret(profile.id, "postiz", b"sealed", "")
            store.reserve_cost(a_cost(profile.id), "")
        store.delete_profile(OWNER, gone.id)
        for rows in (store.projects, store.clips, store.secrets):
            assert (len(rows(kept.id)), len(rows(gone.id))) == (1, 0)

    def test_what_a_deleted_profile_cost_stays_without_a_profile(self, store: Store) -> None:
        kept, gone = (store.create_profile(OWNER, name) for name in ("A", "B"))
        cost = a_cost(gone.id)
        store.reserve_cost(cost, "")
        store.delete_profile(OWNER, gone.id)
        assert store.reserved_costs() == (cost.model_copy(update={"profile_id": None}),)
        assert store.end_cost(cost.id, "settled", 1)
        assert store.spent(kept.id, "") == store.spent(gone.id, "") == 0

    # ── who is meant ─────────────────────────────────────────────────────────────────────────────────────────────

    def test_the_argument_comes_before_the_header_and_the_header_before_the_default(self, store: Store) -> None:
        first, second, third = (store.create_profile(OWNER, name) for name in ("A", "B", "C"))
        assert context(store, OWNER, third.id, second.id) == third
        assert context(store, OWNER, "c", second.id) == third
        assert context(store, OWNER, None, second.id) == second
        assert context(store, OWNER, " ", second.id) == second
        assert context(store, OWNER) == context(store, OWNER, "", "") == first

    def test_a_header_that_names_no_profile_is_not_answered_with_the_default(self, store: Store) -> None:
        store.create_profile(OWNER, "A")
        with pytest.raises(EditaiError) as caught:
            context(store, OWNER, None, uuid.uuid4().hex)
        assert caught.value.title == "404 profile_not_found"
