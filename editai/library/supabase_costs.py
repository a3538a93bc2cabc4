"""What paid calls cost, as rows of the owner's Supabase project."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from editai.library import store
from editai.library.supabase_faults import Refused
from editai.library.supabase_rows import beginning, key, moment
from editai.library.supabase_session import Row, Session
from editai.models import Cost

COLUMNS = "id,profile_id,job_id,service,operation,units,amount,state,created_at"


class SupabaseCosts:
    """The part of `store.Store` that is about money."""

    _session: Session

    def reserve_cost(self, cost: Cost, since: str) -> None:
        told = cost.model_dump(mode="json", exclude={"state"})
        try:
            self._session.rpc("editai_reserve_cost", **told, since=beginning(since))
        except Refused as refused:
            if refused.rule == "budget_exceeded" and isinstance(refused.details, dict):
                store.require_budget(refused.details["budget"], refused.details["spent"], cost.amount)
            raise

    def end_cost(self, cost_id: str, state: Literal["settled", "released"], amount: int) -> bool:
        return bool(self._session.rpc("editai_end_cost", id=cost_id, state=state, amount=amount))

    def reserved_costs(self) -> Sequence[Cost]:
        found = self._session.select("api_costs", COLUMNS, order=["created_at"], state="reserved")
        return tuple(map(_cost, found))

    def costs(self, profile_id: str, since: str) -> Sequence[Cost]:
        found = self._session.rpc("editai_costs_of", profile_id=key(profile_id), since=beginning(since))
        return tuple(map(_cost, found))

    def spent(self, profile_id: str, since: str) -> int:
        return int(self._session.rpc("editai_spent", profile_id=key(profile_id), since=beginning(since)))


def _cost(row: Row) -> Cost:
    return Cost.model_validate({**row, "created_at": moment(row["created_at"])})
