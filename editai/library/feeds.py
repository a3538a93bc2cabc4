"""The products of the stores' feeds: what a clip was last asked of, in which batch, by which job.

A product of a feed is one row of its store, by its SKU; a batch is the rows that carry its id. What became of a row is
told by its job, so that nothing is noted twice. A row without a job and without a reason waits to be taken in, also
after a restart.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from editai.errors import Conflict, NotFound
from editai.library.database import Database, now
from editai.library.store import plain
from editai.models import BatchProgress, Facts, FeedProduct, Profile, Standing

NO_ROOM = "Waiting for room on the disk"
"""How what a job says begins that does not begin before the disk has room."""
EARLIER = 20
"""So many of a store's last jobs tell how long the next ones take."""

_STANDING = """
    SELECT feed.*, jobs.state, jobs.error, jobs.clip_id, json_extract(jobs.progress, '$.percent') AS percent,
        (julianday(jobs.finished_at) - julianday(jobs.started_at)) * 86400 AS seconds
    FROM feed_products AS feed LEFT JOIN jobs ON jobs.id = feed.job_id
    WHERE feed.profile_id = ?"""


_WAITING = """
    SELECT *, NULL AS state, NULL AS error, NULL AS clip_id, NULL AS percent, NULL AS seconds
    FROM feed_products WHERE job_id IS NULL AND reason = '' AND profile_id > ?
    ORDER BY profile_id, asked_at, position LIMIT 1"""


class Feeds:
    """The rows of all stores' feeds. A batch of another store is NotFound 404 `batch_not_found`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # ── for who asks ─────────────────────────────────────────────────────────────────────────────────────────────

    def keep(self, profile: Profile, batch: str, asked: Sequence[tuple[FeedProduct, str]]) -> None:
        """Put products into a batch, in one step and in this order: each with "" where it waits to be taken in, or with
        the reason why it is not.

        What was known of the same SKU stays only as far as its product and that one's sources go.
        """
        moment = now()
        with self._database.transaction() as rows:
            rows.executemany(
                "INSERT INTO feed_products (profile_id, owner_id, sku, batch, position, reason, data, asked_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (profile_id, sku) DO UPDATE SET batch = excluded.batch, "
                "position = excluded.position, reason = excluded.reason, data = excluded.data, "
                "asked_at = excluded.asked_at, job_id = NULL",
                (
                    (
                        profile.id,
                        profile.owner_id,
                        product.sku,
                        batch,
                        position,
                        reason,
                        product.model_dump_json(),
                        moment,
                    )
                    for position, (product, reason) in enumerate(asked)
                ),
            )

    def move(self, profile_id: str, batch: str, skus: Sequence[str]) -> None:
        """Let products that are being made already be a part of this batch, with whatever becomes of them."""
        with self._database.transaction() as rows:
            rows.executemany(
                "UPDATE feed_products SET batch = ? WHERE profile_id = ? AND sku = ?",
                ((batch, profile_id, sku) for sku in skus),
            )

    def newest(self, profile_id: str) -> str:
        """The batch that was asked for last; "" for none."""
        with self._database.read() as rows:
            found = rows.execute(
                "SELECT batch FROM feed_products WHERE profile_id = ? ORDER BY asked_at DESC LIMIT 1", (profile_id,)
            ).fetchone()
        return str(found["batch"]) if found else ""

    def products(self, profile_id: str) -> Sequence[Standing]:
        """Every product of the store's feeds, by SKU."""
        with self._database.read() as rows:
            found = rows.execute(f"{_STANDING} ORDER BY feed.sku", (plain(profile_id),)).fetchall()
        return tuple(_standing(row) for row in found)

    def batch(self, profile_id: str, batch: str) -> Sequence[Standing]:
        """The products of a batch in its order."""
        asked = (plain(profile_id), plain(batch))
        with self._database.read() as rows:
            found = rows.execute(f"{_STANDING} AND feed.batch = ? ORDER BY feed.position", asked).fetchall()
        if not found:
            raise _not_found()
        return tuple(_standing(row) for row in found)

    def progress(self, profile_id: str, batch: str) -> BatchProgress:
        """How far a batch is, without looking at each of its products here."""
        with self._database.read() as rows:
            row = rows.execute(
                """SELECT count(*) AS products, min(feed.asked_at) AS started_at,
                    coalesce(sum(feed.job_id IS NULL AND feed.reason = ''), 0) AS waiting,
                    coalesce(sum(jobs.state = 'queued'), 0) AS queued,
                    coalesce(sum(jobs.state = 'running'), 0) AS running,
                    coalesce(sum(jobs.state = 'done'), 0) AS done,
                    coalesce(sum(feed.reason != '' OR jobs.state IN ('failed', 'cancelled')), 0) AS failed,
                    coalesce(sum(CASE jobs.state WHEN 'running' THEN json_extract(jobs.progress, '$.percent') END), 0)
                        AS part,
                    (julianday('now') - julianday(min(jobs.started_at))) * 86400 AS spent,
                    (SELECT held FROM queue) AS held,
                    max(CASE WHEN jobs.state = 'running' AND instr(json_extract(jobs.progress, '$.message'), ?) = 1
                        THEN json_extract(jobs.progress, '$.message') END) AS no_room
                FROM feed_products AS feed LEFT JOIN jobs ON jobs.id = feed.job_id
                WHERE feed.profile_id = ? AND feed.batch = ?""",
                (NO_ROOM, plain(profile_id), plain(batch)),
            ).fetchone()
        if not row["products"]:
            raise _not_found()
        open_now = row["waiting"] + row["queued"] + row["running"]
        made = row["done"] + row["part"] / 100
        whole = row["done"] + open_now
        return BatchProgress(
            batch=batch,
            percent=round(100 * made / whole, 1) if whole else 100.0,
            seconds_left=round(row["spent"] / made * (whole - made)) if open_now and row["done"] else None,
            **{name: row[name] for name in ("products", "waiting", "queued", "running", "done", "failed")},
            started_at=row["started_at"],
            held=(row["held"] if row["waiting"] else "") or row["no_room"] or "",
        )

    def shown(self, profile_id: str) -> dict[str, tuple[str, Facts, str]]:
        """What the newest finished job of each of the store's products made: its clip, of which facts and script."""
        with self._database.read() as rows:
            found = rows.execute(
                "SELECT json_extract(data, '$.project_id') AS project, clip_id, max(finished_at), "
                "json_extract(data, '$.brief.facts') AS facts, json_extract(data, '$.brief.script') AS script "
                "FROM jobs WHERE profile_id = ? AND state = 'done' GROUP BY project",
                (plain(profile_id),),
            ).fetchall()
        return {
            row["project"]: (row["clip_id"], Facts.model_validate_json(row["facts"]), row["script"] or "")
            for row in found
            if row["project"]
        }

    def earlier(self, profile_id: str) -> Sequence[float]:
        """How many seconds each of the store's last finished jobs took."""
        with self._database.read() as rows:
            found = rows.execute(
                "SELECT (julianday(finished_at) - julianday(started_at)) * 86400 AS seconds FROM jobs "
                "WHERE profile_id = ? AND state = 'done' ORDER BY created_at DESC LIMIT ?",
                (plain(profile_id), EARLIER),
            ).fetchall()
        return [float(row["seconds"]) for row in found]

    def ask_again(self, profile_id: str, batch: str, skus: Sequence[str]) -> None:
        """Let products of a batch that were refused wait to be taken in once more."""
        with self._database.transaction() as rows:
            rows.executemany(
                "UPDATE feed_products SET reason = '' "
                "WHERE profile_id = ? AND batch = ? AND sku = ? AND job_id IS NULL",
                ((profile_id, batch, sku) for sku in skus),
            )

    # ── for who takes in ─────────────────────────────────────────────────────────────────────────────────────────

    def waiting(self, after: str = "") -> tuple[str, str, Standing] | None:
        """The product that is to be taken in next: (owner, profile, product). The store next to `after` has its turn,
        so that a long batch of one holds up no other."""
        with self._database.read() as rows:
            row = rows.execute(_WAITING, (plain(after),)).fetchone() or rows.execute(_WAITING, ("",)).fetchone()
        return (str(row["owner_id"]), str(row["profile_id"]), _standing(row)) if row else None

    def hold(self, why: str) -> None:
        """Say why nothing is taken in for now, to everybody whose batch waits; "": it goes on."""
        if why != self.held():
            with self._database.transaction() as rows:
                rows.execute("UPDATE queue SET held = ?", (plain(why),))

    def held(self) -> str:
        """Why nothing is taken in for now; "" where nothing is in the way."""
        with self._database.read() as rows:
            return str(rows.execute("SELECT held FROM queue").fetchone()["held"])

    def refuse(self, profile_id: str, batch: str, sku: str, reason: str) -> None:
        """Say why a product that waits cannot be taken in."""
        with self._database.transaction() as rows:
            rows.execute(
                "UPDATE feed_products SET reason = ? "
                "WHERE profile_id = ? AND batch = ? AND sku = ? AND job_id IS NULL AND reason = ''",
                (reason, profile_id, batch, sku),
            )


def link(
    rows: sqlite3.Connection, batch: str, sku: str, profile_id: str, project_id: str | None, job_id: str, sources: str
) -> None:
    """Note the job of a product that waits, in the transaction that makes the job: so it is submitted once.

    Raises Conflict 409 `taken_in` where it does not wait (any more).
    """
    changed = rows.execute(
        "UPDATE feed_products SET job_id = ?, project_id = ?, sources = ? "
        "WHERE profile_id = ? AND batch = ? AND sku = ? AND job_id IS NULL AND reason = ''",
        (job_id, project_id, sources, profile_id, batch, sku),
    )
    if changed.rowcount != 1:
        raise Conflict("taken_in", "A clip of this product is being made already.", "Follow its batch.")


def _standing(row: sqlite3.Row) -> Standing:
    error = json.loads(row["error"]) if row["state"] == "failed" else {}
    return Standing(
        product=FeedProduct.model_validate_json(row["data"]),
        batch=row["batch"],
        project_id=row["project_id"],
        job_id=row["job_id"],
        reason=row["reason"],
        sources=tuple(json.loads(row["sources"])),
        state=row["state"],
        percent=row["percent"] or 0.0,
        error=" ".join(part for part in (error.get("message"), error.get("hint")) if part),
        clip_id=row["clip_id"],
        seconds=row["seconds"],
    )


def _not_found() -> NotFound:
    return NotFound("batch_not_found", "There is no such batch in this store.", "Choose one of this store's batches.")
