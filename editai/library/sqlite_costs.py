"""What paid calls cost, as rows of the data folder's SQLite file.

Every write is durable: money is spent right after a reservation, and a settlement is the only note of what it was.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Literal

from editai.library import store
from editai.library.database import Database, now
from editai.models import Cost

COLUMNS = "id, profile_id, job_id, service, operation, units, amount, state, created_at"


class SqliteCosts:
    """The part of `store.Store` that is about money."""

    _database: Database

    def reserve_cost(self, cost: Cost, since: str) -> None:
        with self._database.transaction(durable=True) as rows:
            if rows.execute("SELECT 1 FROM api_costs WHERE id = ?", (cost.id,)).fetchone():
                return
            profile = rows.execute("SELECT data FROM profiles WHERE id = ?", (cost.profile_id,)).fetchone()
            if profile is None or cost.profile_id is None:
                raise store.profile_not_found()
            budget = json.loads(profile["data"]).get("monthly_budget")
            if budget is not None:
                store.require_budget(budget, _spent(rows, cost.profile_id, since), cost.amount)
            rows.execute(
                f"INSERT INTO api_costs ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, 'reserved', ?)",  # noqa: S608 constants only
                (
                    cost.id,
                    cost.profile_id,
                    cost.job_id,
                    cost.service,
                    cost.operation,
                    cost.units,
                    cost.amount,
                    cost.created_at,
                ),
            )

    def end_cost(self, cost_id: str, state: Literal["settled", "released"], amount: int) -> bool:
        with self._database.transaction(durable=True) as rows:
            ended = rows.execute(
                "UPDATE api_costs SET state = ?, amount = ?, ended_at = ? WHERE id = ? AND state = 'reserved'",
                (state, amount, now(), cost_id),
            )
            return ended.rowcount == 1

    def reserved_costs(self) -> Sequence[Cost]:
        with self._database.read() as rows:
            found = rows.execute(
                f"SELECT {COLUMNS} FROM api_costs WHERE state = 'reserved' ORDER BY created_at"  # noqa: S608 constants only
            ).fetchall()
        return tuple(_cost(row) for row in found)

    def costs(self, profile_id: str, since: str) -> Sequence[Cost]:
        with self._database.read() as rows:
            found = rows.execute(
                f"SELECT {COLUMNS} FROM api_costs WHERE profile_id = ? AND created_at >= ? "  # noqa: S608 constants only
                "ORDER BY created_at DESC, rowid DESC",
                (store.plain(profile_id), since),
            ).fetchall()
        return tuple(_cost(row) for row in found)

    def spent(self, profile_id: str, since: str) -> int:
        with self._database.read() as rows:
            return _spent(rows, store.plain(profile_id), since)


def _spent(rows: sqlite3.Connection, profile_id: str, since: str) -> int:
    found = rows.execute(
        "SELECT coalesce(sum(amount), 0) FROM api_costs "
        "WHERE profile_id = ? AND created_at >= ? AND state IN ('reserved', 'settled')",
        (profile_id, since),
    ).fetchone()
    return int(found[0])


def _cost(row: sqlite3.Row) -> Cost:
    return Cost.model_validate(dict(row))
