"""The Store of one machine: rows in the data folder's SQLite file."""

from __future__ import annotations

from collections.abc import Callable

from editai.library.database import Database
from editai.library.sqlite_costs import SqliteCosts
from editai.library.sqlite_products import SqliteProducts
from editai.library.sqlite_profiles import SqliteProfiles
from editai.models import Clip


class SqliteStore(SqliteProfiles, SqliteProducts, SqliteCosts):
    """`store.Store` over a `Database`; `placed` gives a clip the folder of its files."""

    def __init__(self, database: Database, placed: Callable[[Clip], Clip]) -> None:
        self._database = database
        self._placed = placed
