"""What every Store must do with costs: the budget holds whoever asks at once, and a reservation ends once."""

from __future__ import annotations

import uuid
from functools import partial

import pytest

from editai.errors import EditaiError
from editai.library import Store
from tests.library.samples import OWNER, a_cost, at_the_same_time

MONTH = "2026-01-01T00:00:00.000000+00:00"
LAST_MONTH = "2025-12-31T23:59:59.999999+00:00"


class MoneyContract:
    """Part of `StoreContract`."""

    def test_a_cost_reads_back_as_it_was_reserved(self, store: Store) -> None:
        profile = store.create_profile(OWNER, "Tea")
        cost = a_cost(profile.id)
        store.reserve_cost(cost, MONTH)
        assert store.costs(profile.id, MONTH) == store.reserved_costs() == (cost,)

    def test_what_is_reserved_or_settled_is_spent_and_what_is_released_is_not(self, store: Store) -> None:
        profile = store.create_profile(OWNER, "Tea")
        reserved, settled, released = (a_cost(profile.id, amount=amount) for amount in (100, 20, 3))
        for cost in (reserved, settled, released):
            store.reserve_cost(cost, MONTH)
        assert store.end_cost(settled.id, "settled", 25)
        assert store.end_cost(released.id, "released", 0)
        assert store.spent(profile.id, MONTH) == 125
        states = {cost.id: (cost.state, cost.amount) for cost in store.costs(profile.id, MONTH)}
        assert states == {reserved.id: ("reserved", 100), settled.id: ("settled", 25), released.id: ("released", 0)}
        assert store.reserved_costs() == (reserved,)

    def test_costs_are_listed_newest_first_from_a_moment_on(self, store: Store) -> None:
        profile = store.create_profile(OWNER, "Tea")
        first, second = a_cost(profile.id), a_cost(profile.id, created_at="2026-01-03T00:00:00.000000+00:00")
        for cost in (first, second, a_cost(profile.id, created_at=LAST_MONTH)):
            store.reserve_cost(cost, MONTH)
        assert store.costs(profile.id, MONTH) == (second, first)
        assert len(store.costs(profile.id, LAST_MONTH)) == 3

    # ── the budget ───────────────────────────────────────────────────────────────────────────────────────────────

    def test_a_budget_may_be_spent_to_the_last_micro_dollar(self, store: Store) -> None:
        profile = store.create_profile(OWNER, "Tea", {"monthly_budget": 1000})
        store.reserve_cost(a_cost(profile.id, amount=400), MONTH)
        store.reserve_cost(a_cost(profile.id, amount=600), MONTH)
        assert store.spent(profile.id, MONTH) == 1000

    def test_more_than_the_budget_is_refused_and_not_written(self, store: Store) -> None:
        profile = store.create_profile(OWNER, "Tea", {"monthly_budget": 1000})
        store.reserve_cost(a_cost(profile.id, amount=400), MONTH)
        with pytest.raises(EditaiError) as caught:
            store.reserve_cost(a_cost(profile.id, amount=601), MONTH)
        assert caught.value.title == "402 budget_exceeded"
        assert store.spent(profile.id, MONTH) == 400
        assert len(store.costs(profile.id, MONTH)) == 1

    def test_a_budget_of_nothing_allows_nothing(self, store: Store) -> None:
        profile = store.create_profile(OWNER, "Tea", {"monthly_budget": 0})
        with pytest.raises(EditaiError) as caught:
            store.reserve_cost(a_cost(profile.id, amount=1), MONTH)
        assert caught.value.title == "402 budget_exceeded"

    def test_without_a_budget_there_is_no_limit(self, store: Store) -> None:
        profile = store.create_profile(OWNER, "Tea")
        store.reserve_cost(a_cost(profile.id, amount=10**12), MONTH)
        assert store.spent(profile.id, MONTH) == 10**12

    def test_what_was_released_or_cost_less_is_free_again(self, store: Store) -> None:
        profile = store.create_profile(OWNER, "Tea", {"monthly_budget": 1000})
        released, settled = a_cost(profile.id, amount=500), a_cost(profile.id, amount=500)
        for cost in (released, settled):
            store.reserve_cost(cost, MONTH)
        store.end_cost(released.id, "released", 0)
        store.end_cost(settled.id, "settled", 1)
        store.reserve_cost(a_cost(profile.id, amount=999), MONTH)
        assert store.spent(profile.id, MONTH) == 1000

    def test_a_call_that_cost_more_than_its_estimate_is_settled_at_what_it_cost(self, store: Store) -> None:
        profile = store.create_profile(OWNER, "Tea", {"monthly_budget": 1000})
        cost = a_cost(profile.id, amount=1000)
        store.reserve_cost(cost, MONTH)
        store.end_cost(cost.id, "settled", 1500)
        assert store.spent(profile.id, MONTH) == 1500

    def test_other_profiles_and_other_months_do_not_count(self, store: Store) -> None:
        profile, other = (store.create_profile(OWNER, name, {"monthly_budget": 1000}) for name in ("A", "B"))
        store.reserve_cost(a_cost(other.id, amount=900), MONTH)
        store.reserve_cost(a_cost(profile.id, amount=900, created_at=LAST_MONTH), LAST_MONTH)
        store.reserve_cost(a_cost(profile.id, amount=1000), MONTH)
        assert store.spent(profile.id, MONTH) == 1000
        assert len(store.costs(profile.id, MONTH)) == len(store.costs(other.id, MONTH)) == 1

    def test_sixteen_at_once_never_pass_the_budget(self, store: Store) -> None:
        profile = store.create_profile(OWNER, "Tea", {"monthly_budget": 1000})
        refused: list[str] = []

        def reserve() -> None:
            try:
                store.reserve_cost(a_cost(profile.id, amount=100), MONTH)
            except EditaiError as error:
                refused.append(error.title)

        at_the_same_time([reserve] * 16)
        assert refused == ["402 budget_exceeded"] * 6
        assert store.spent(profile.id, MONTH) == 1000

    # ── once ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def test_the_same_cost_again_changes_nothing(self, store: Store) -> None:
        profile = store.create_profile(OWNER, "Tea", {"monthly_budget": 1000})
        cost = a_cost(profile.id, amount=700)
        store.reserve_cost(cost, MONTH)
        store.reserve_cost(cost, MONTH)
        store.end_cost(cost.id, "settled", 800)
        store.reserve_cost(cost, MONTH)
        assert [(found.state, found.amount) for found in store.costs(profile.id, MONTH)] == [("settled", 800)]

    def test_a_cost_is_ended_once(self, store: Store) -> None:
        profile = store.create_profile(OWNER, "Tea")
        cost = a_cost(profile.id)
        store.reserve_cost(cost, MONTH)
        assert store.end_cost(cost.id, "settled", 7)
        assert not store.end_cost(cost.id, "settled", 8)
        assert not store.end_cost(cost.id, "released", 0)
        assert store.spent(profile.id, MONTH) == 7

    def test_of_sixteen_who_end_a_cost_at_once_one_does(self, store: Store) -> None:
        profile = store.create_profile(OWNER, "Tea")
        cost = a_cost(profile.id)
        store.reserve_cost(cost, MONTH)
        ended: list[int] = []

        def end(amount: int) -> None:
            if store.end_cost(cost.id, "settled", amount):
                ended.append(amount)

        at_the_same_time([partial(end, amount) for amount in range(1, 17)])
        assert [store.spent(profile.id, MONTH)] == ended

    def test_a_cost_that_was_never_reserved_is_not_ended(self, store: Store) -> None:
        assert not store.end_cost(uuid.uuid4().hex, "settled", 1)

    def test_a_cost_of_a_profile_that_is_not_there_is_refused(self, store: Store) -> None:
        for profile_id in (uuid.uuid4().hex, None):
            with pytest.raises(EditaiError) as caught:
                store.reserve_cost(a_cost(profile_id), MONTH)
            assert caught.value.title == "404 profile_not_found"
        assert store.reserved_costs() == ()
