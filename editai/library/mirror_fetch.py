"""Ask the owner's Supabase project what has changed since it was asked last; see `migrations/006_mirror.sql`."""

from __future__ import annotations

import time
from dataclasses import dataclass

from editai.errors import NoAnswer
from editai.library.mirror_rows import REMOTE
from editai.library.supabase_faults import LATER
from editai.library.supabase_session import Row, Session

PAGE = 500


@dataclass(frozen=True)
class Change:
    """A row of the project as it is now, or, where `row` is None, the name of one that was deleted there."""

    kind: str
    row_id: str
    version: int
    row: Row | None


@dataclass(frozen=True)
class Fetched:
    """What has changed, the latest state of each row, up to `version`. `epoch` is which project it is, None for one in
    which the owner never had a row. `anew`: it is not the project that was read before, or was set back."""

    changes: tuple[Change, ...]
    epoch: str | None
    version: int
    anew: bool


def fetch(session: Session, epoch: str | None, since: int, seconds: float) -> Fetched:
    """What has changed after `since`, or all there is where the project is not that of `epoch` any more.

    Raises what the way there brings with it (see `supabase_faults`), NoAnswer 504 where it takes longer than `seconds`.
    """
    until = time.monotonic() + seconds
    counted = session.select("editai_versions", "epoch,version")
    found = (str(counted[0]["epoch"]), int(counted[0]["version"])) if counted else (None, -1)
    anew = epoch is not None and (found[0] != epoch or found[1] < since)
    version = -1 if anew else since
    latest: dict[tuple[str, str], Change] = {}
    while True:
        page = [_change(told) for told in session.rpc("editai_changes", since=version, limit=PAGE)]
        for change in page:
            latest.pop((change.kind, change.row_id), None)
            latest[change.kind, change.row_id] = change
            version = change.version
        if len(page) < PAGE:
            return Fetched(tuple(latest.values()), found[0], max(version, found[1]), anew)
        if time.monotonic() > until:
            raise NoAnswer("supabase_slow", "There is much to get from your Supabase project.", LATER)


def _change(told: Row) -> Change:
    kind = REMOTE.get(str(told["kind"]), str(told["kind"]))
    row: Row | None = told["row"]
    if row is None:
        return Change(kind, str(told["gone"]), int(told["version"]), None)
    row_id = f"{row['profile_id']}/{row['name']}" if kind == "secrets" else str(row["id"])
    return Change(kind, row_id, int(told["version"]), row)
