"""The SQLite file of the data folder: opened, brought up to date, and lent out one connection at a time.

Web threads, worker processes and the command line use one file at once: WAL lets readers go on while one writes,
`busy_timeout` makes writers queue, and every write is a `transaction()` that takes the write lock at its beginning.
"""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from editai.errors import EditaiError, OutOfSpace, Unavailable
from editai.library import mirror_step

BUSY_SECONDS = 15.0
OPENING_BYTES = 1_000_000
"""What the files that SQLite keeps beside the database need at least."""

STEPS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE profiles (
            id TEXT PRIMARY KEY,
            owner_id TEXT NOT NULL,
            name TEXT NOT NULL,
            name_key TEXT NOT NULL,
            is_default INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1)),
            created_at TEXT NOT NULL,
            UNIQUE (owner_id, name_key)
        )""",
        "CREATE UNIQUE INDEX profiles_one_default ON profiles (owner_id) WHERE is_default = 1",
        """CREATE TABLE editai_clips (
            id TEXT PRIMARY KEY,
            profile_id TEXT NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
            created_at TEXT NOT NULL,
            data TEXT NOT NULL
        )""",
        "CREATE INDEX editai_clips_of_profile ON editai_clips (profile_id, created_at DESC)",
        """CREATE TABLE jobs (
            id TEXT PRIMARY KEY,
            profile_id TEXT REFERENCES profiles (id) ON DELETE SET NULL,
            kind TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
            data TEXT NOT NULL,
            progress TEXT,
            clip_id TEXT,
            error TEXT,
            tries INTEGER NOT NULL DEFAULT 0,
            token TEXT,
            heartbeat REAL,
            created_at TEXT NOT NULL,
            started_at TEXT,
            finished_at TEXT
        )""",
        "CREATE INDEX jobs_of_profile ON jobs (profile_id, created_at DESC)",
        "CREATE INDEX jobs_open ON jobs (state, created_at) WHERE state IN ('queued', 'running')",
        "CREATE INDEX jobs_held ON jobs (token) WHERE token IS NOT NULL",
    ),
    (
        "ALTER TABLE profiles ADD COLUMN data TEXT NOT NULL DEFAULT '{}'",  # description, brand kit, budget
        """CREATE TABLE secrets (
            profile_id TEXT NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            sealed BLOB NOT NULL,
            last_four TEXT NOT NULL,
            updated_at TEXT NOT NULL,
            PRIMARY KEY (profile_id, name)
        )""",
        """CREATE TABLE editai_projects (
            id TEXT PRIMARY KEY,
            profile_id TEXT NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
            created_at TEXT NOT NULL,
            updated_at TEXT NOT NULL,
            data TEXT NOT NULL
        )""",
        "CREATE INDEX editai_projects_of_profile ON editai_projects (profile_id, updated_at)",
        # Rows name their profile and what they hang on, together, so that nothing hangs on another store's row.
        "CREATE UNIQUE INDEX editai_projects_own ON editai_projects (profile_id, id)",
        """CREATE TABLE clips_with_projects (
            id TEXT PRIMARY KEY,
            profile_id TEXT NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
            project_id TEXT,
            created_at TEXT NOT NULL,
            data TEXT NOT NULL,
            FOREIGN KEY (profile_id, project_id) REFERENCES editai_projects (profile_id, id) ON DELETE CASCADE
        )""",
        """INSERT INTO clips_with_projects
            SELECT id, profile_id, NULL, created_at, data FROM editai_clips ORDER BY rowid""",
        "DROP TABLE editai_clips",
        "ALTER TABLE clips_with_projects RENAME TO editai_clips",
        # Lists are read from the end, newest first; the rowid behind an index's columns settles a tie.
        "CREATE INDEX editai_clips_of_profile ON editai_clips (profile_id, created_at)",
        "CREATE INDEX editai_clips_of_project ON editai_clips (profile_id, project_id)",
        "CREATE UNIQUE INDEX editai_clips_own ON editai_clips (profile_id, id)",
        "DROP INDEX jobs_of_profile",
        "CREATE INDEX jobs_of_profile ON jobs (profile_id, created_at)",
        """CREATE TABLE editai_posts (
            id TEXT PRIMARY KEY,
            profile_id TEXT NOT NULL,
            clip_id TEXT NOT NULL,
            channel_id TEXT NOT NULL,
            batch TEXT NOT NULL,
            state TEXT NOT NULL CHECK (
                state IN ('planned', 'uploading', 'sending', 'sent', 'published', 'failed', 'unknown')
            ),
            not_before TEXT NOT NULL DEFAULT '',
            remote_id TEXT,
            created_at TEXT NOT NULL,
            data TEXT NOT NULL,
            FOREIGN KEY (profile_id, clip_id) REFERENCES editai_clips (profile_id, id) ON DELETE CASCADE
        )""",
        "CREATE INDEX editai_posts_of_profile ON editai_posts (profile_id, created_at)",
        "CREATE INDEX editai_posts_of_clip ON editai_posts (profile_id, clip_id, created_at)",
        """CREATE INDEX editai_posts_due ON editai_posts (not_before, profile_id)
            WHERE state IN ('planned', 'uploading', 'sending', 'sent', 'unknown')""",
        """CREATE INDEX editai_posts_unfinished ON editai_posts (profile_id, created_at)
            WHERE state IN ('planned', 'uploading', 'sending', 'sent', 'unknown')""",
        "CREATE INDEX editai_posts_remote ON editai_posts (remote_id) WHERE remote_id IS NOT NULL",
        """CREATE UNIQUE INDEX editai_posts_once ON editai_posts (profile_id, clip_id, channel_id)
            WHERE state IN ('planned', 'uploading', 'sending', 'unknown')""",
        """CREATE TABLE api_costs (
            id TEXT PRIMARY KEY,
            profile_id TEXT REFERENCES profiles (id) ON DELETE SET NULL,
            job_id TEXT,
            service TEXT NOT NULL,
            operation TEXT NOT NULL,
            units INTEGER NOT NULL CHECK (units >= 0),
            amount INTEGER NOT NULL CHECK (amount >= 0),
            state TEXT NOT NULL CHECK (state IN ('reserved', 'settled', 'released')),
            created_at TEXT NOT NULL,
            ended_at TEXT
        )""",
        "CREATE INDEX api_costs_of_profile ON api_costs (profile_id, created_at)",
        "CREATE INDEX api_costs_reserved ON api_costs (created_at) WHERE state = 'reserved'",
    ),
    (  # a post can be cancelled: SQLite changes no CHECK, so the table is made anew, and says no more what states are
        """CREATE TABLE posts_of_any_state (
            id TEXT PRIMARY KEY,
            profile_id TEXT NOT NULL,
            clip_id TEXT NOT NULL,
            channel_id TEXT NOT NULL,
            batch TEXT NOT NULL,
            state TEXT NOT NULL,
            not_before TEXT NOT NULL DEFAULT '',
            remote_id TEXT,
            created_at TEXT NOT NULL,
            data TEXT NOT NULL,
            FOREIGN KEY (profile_id, clip_id) REFERENCES editai_clips (profile_id, id) ON DELETE CASCADE
        )""",
        "INSERT INTO posts_of_any_state SELECT * FROM editai_posts ORDER BY rowid",
        "DROP TABLE editai_posts",
        "ALTER TABLE posts_of_any_state RENAME TO editai_posts",
        "CREATE INDEX editai_posts_of_profile ON editai_posts (profile_id, created_at)",
        "CREATE INDEX editai_posts_of_clip ON editai_posts (profile_id, clip_id, created_at)",
        """CREATE INDEX editai_posts_due ON editai_posts (not_before, profile_id)
            WHERE state IN ('planned', 'uploading', 'sending', 'sent', 'unknown')""",
        """CREATE INDEX editai_posts_unfinished ON editai_posts (profile_id, created_at)
            WHERE state IN ('planned', 'uploading', 'sending', 'sent', 'unknown')""",
        "CREATE INDEX editai_posts_remote ON editai_posts (remote_id) WHERE remote_id IS NOT NULL",
        """CREATE UNIQUE INDEX editai_posts_once ON editai_posts (profile_id, clip_id, channel_id)
            WHERE state IN ('planned', 'uploading', 'sending', 'unknown')""",
    ),
    mirror_step.STATEMENTS,
    (  # who has signed in on this computer
        "CREATE TABLE owners (id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE, signed_in_at TEXT NOT NULL)",
    ),
    (
        # A job of a batch waits for those that somebody waits for. What was made before there were batches is none.
        "ALTER TABLE jobs ADD COLUMN batch TEXT",
        """CREATE INDEX jobs_waiting ON jobs (batch IS NOT NULL, coalesce(profile_id, ''), created_at)
            WHERE state = 'queued'""",
        "CREATE INDEX jobs_running ON jobs (coalesce(profile_id, '')) WHERE state = 'running'",
        "CREATE INDEX jobs_begun ON jobs (coalesce(profile_id, ''), started_at) WHERE started_at IS NOT NULL",
        "CREATE INDEX jobs_of_batch ON jobs (batch, created_at) WHERE batch IS NOT NULL",
        "CREATE TABLE queue (paused INTEGER NOT NULL CHECK (paused IN (0, 1)))",
        "INSERT INTO queue VALUES (0)",
        # Whose files may go: a folder that no row names may be of an owner whose rows are kept elsewhere.
        "CREATE TABLE deleted_profiles (id TEXT PRIMARY KEY)",
        """CREATE TRIGGER profiles_deleted AFTER DELETE ON profiles
            BEGIN INSERT OR IGNORE INTO deleted_profiles VALUES (OLD.id); END""",
    ),
    (  # what clips were asked of in batches, by SKU; a job tells what became of it
        """CREATE TABLE feed_products (
            profile_id TEXT NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
            owner_id TEXT NOT NULL,
            sku TEXT NOT NULL,
            batch TEXT NOT NULL,
            position INTEGER NOT NULL,
            project_id TEXT,
            job_id TEXT,
            sources TEXT NOT NULL DEFAULT '[]',
            reason TEXT NOT NULL,
            data TEXT NOT NULL,
            asked_at TEXT NOT NULL,
            PRIMARY KEY (profile_id, sku)
        ) WITHOUT ROWID""",
        "CREATE INDEX feed_products_of_batch ON feed_products (profile_id, batch, position)",
        "CREATE INDEX feed_products_newest ON feed_products (profile_id, asked_at, batch)",
        """CREATE INDEX feed_products_waiting ON feed_products (profile_id, asked_at, position)
            WHERE job_id IS NULL AND reason = ''""",
    ),
    (  # posts are listed by what a person filters by, a clip goes out again and again, and figures come in by the day
        "ALTER TABLE editai_posts ADD COLUMN provider TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE editai_posts ADD COLUMN publish_at TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE editai_posts ADD COLUMN needs_owner INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE editai_posts ADD COLUMN unlinked INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE editai_posts ADD COLUMN turn INTEGER NOT NULL DEFAULT 0",
        """UPDATE editai_posts SET
            provider = json_extract(data, '$.channel.provider'),
            publish_at = json_extract(data, '$.publish_at'),
            needs_owner = state = 'failed' OR (state = 'published' AND coalesce(json_extract(data, '$.inbox'), 0))
                OR (state = 'sent' AND json_extract(data, '$.when') = 'draft')""",
        # Everything that a list is filtered by, so that ten thousand rows are looked through without reading one.
        """CREATE INDEX editai_posts_listed ON editai_posts (profile_id, created_at, state, provider, channel_id,
            clip_id, publish_at, needs_owner, unlinked)""",
        "CREATE INDEX editai_posts_by_time ON editai_posts (profile_id, publish_at)",
        "CREATE UNIQUE INDEX editai_posts_own ON editai_posts (profile_id, id)",
        "DROP INDEX editai_posts_once",
        """CREATE UNIQUE INDEX editai_posts_once ON editai_posts (profile_id, clip_id, channel_id, turn)
            WHERE state IN ('planned', 'uploading', 'sending', 'unknown')""",
        """CREATE TABLE editai_followed (
            id INTEGER PRIMARY KEY,
            profile_id TEXT NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
            post_id TEXT,
            channel_id TEXT NOT NULL,
            server TEXT NOT NULL,
            due TEXT NOT NULL,
            FOREIGN KEY (profile_id, post_id) REFERENCES editai_posts (profile_id, id) ON DELETE CASCADE
        )""",
        "CREATE UNIQUE INDEX editai_followed_posts ON editai_followed (profile_id, post_id) WHERE post_id IS NOT NULL",
        """CREATE UNIQUE INDEX editai_followed_channels ON editai_followed (profile_id, server, channel_id)
            WHERE post_id IS NULL""",
        "CREATE INDEX editai_followed_due ON editai_followed (due, profile_id)",
        """CREATE TABLE editai_figures (
            followed_id INTEGER NOT NULL REFERENCES editai_followed (id) ON DELETE CASCADE,
            label TEXT NOT NULL,
            day TEXT NOT NULL,
            total REAL NOT NULL,
            PRIMARY KEY (followed_id, label, day)
        ) WITHOUT ROWID""",
        """INSERT INTO editai_followed (profile_id, post_id, channel_id, server, due)
            SELECT profile_id, id, channel_id, json_extract(data, '$.server'), '' FROM editai_posts
            WHERE state = 'published' AND remote_id IS NOT NULL""",
        """INSERT INTO editai_followed (profile_id, channel_id, server, due)
            SELECT DISTINCT profile_id, channel_id, server, '' FROM editai_followed""",
    ),
    (  # what is open of a store is found however many jobs it has had; why batches are not taken in is said to all
        "CREATE INDEX jobs_unended ON jobs (profile_id, created_at) WHERE state IN ('queued', 'running')",
        "ALTER TABLE queue ADD COLUMN held TEXT NOT NULL DEFAULT ''",
    ),
)
"""The schema, as steps: `PRAGMA user_version` says how many were taken. A step that was released never changes."""


def now() -> str:
    """The time in UTC, ISO 8601 with microseconds, so that texts sort like times."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


class Database:
    """One SQLite file. `read()` and `transaction()` may be called from any thread of any process."""

    def __init__(self, path: Path) -> None:
        """Open `path`, make what is missing.

        Raises Unavailable 503 `data_folder_unusable` or `database_too_new`, OutOfSpace 507 `disk_full`.
        """
        self.path = path
        self._idle: deque[sqlite3.Connection] = deque()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unusable(path, error.strerror or str(error)) from error
        try:
            self._use_wal()
            self._migrate()
        except BaseException:
            self.close()
            raise

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection for single statements; what it sees is the newest that was committed."""
        with self._translated():
            connection = self._take()
            try:
                yield connection
            except BaseException:
                connection.close()
                raise
            self._idle.append(connection)

    @contextmanager
    def transaction(self, *, durable: bool = False) -> Iterator[sqlite3.Connection]:
        """A connection inside a write transaction: committed at the end, rolled back when anything is raised.

        Every commit outlives the process; a `durable` one also a power cut. That costs a wait for the disk, and is for
        what must be known before something happens outside: money that is spent, a post that is sent.
        """
        with self.read() as connection:
            if durable:
                connection.execute("PRAGMA synchronous = FULL")
            connection.execute("BEGIN IMMEDIATE")
            yield connection  # an exception closes the connection, which rolls back
            connection.execute("COMMIT")
            if durable:
                connection.execute("PRAGMA synchronous = NORMAL")

    def close(self) -> None:
        """Close the connections that are not lent out."""
        while self._idle:
            self._idle.pop().close()

    def _take(self) -> sqlite3.Connection:
        try:
            return self._idle.pop()
        except IndexError:
            connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            connection.row_factory = sqlite3.Row
            try:
                connection.execute("PRAGMA synchronous = NORMAL")
                connection.execute("PRAGMA foreign_keys = ON")
            except BaseException:
                connection.close()
                raise
            return connection

    def _use_wal(self) -> None:
        """Switching a new file to WAL ignores the busy timeout, so two first starts at once have to try again."""
        deadline = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                with self.read() as connection:
                    connection.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def _migrate(self) -> None:
        with self.read() as connection:
            done = connection.execute("PRAGMA user_version").fetchone()[0]
        while done < len(STEPS):
            with self.transaction() as connection:
                done = connection.execute("PRAGMA user_version").fetchone()[0]  # another process may be faster
                if done < len(STEPS):
                    for statement in STEPS[done]:
                        connection.execute(statement)
                    done += 1
                    connection.execute(f"PRAGMA user_version = {done}")
        if done > len(STEPS):
            raise Unavailable(
                "database_too_new",
                f"The data in {self.path} was written by a newer version of EditAI.",
                "Update EditAI, or set EDITAI_HOME to another folder.",
            )

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """What the owner can do something about, as an error of ours."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            match getattr(error, "sqlite_errorcode", 0) & 0xFF:
                case sqlite3.SQLITE_FULL:
                    raise _full(self.path) from error
                case sqlite3.SQLITE_IOERR if shutil.disk_usage(self.path.parent).free < OPENING_BYTES:
                    raise _full(self.path) from error  # SQLite says so of the files beside the database
                case (
                    sqlite3.SQLITE_CANTOPEN
                    | sqlite3.SQLITE_READONLY
                    | sqlite3.SQLITE_PERM
                    | sqlite3.SQLITE_AUTH
                    | sqlite3.SQLITE_IOERR
                ):
                    raise _unusable(self.path, str(error)) from error
                case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
                    raise _unusable(self.path, "the file is damaged or not a database") from error
            raise


def _full(path: Path) -> OutOfSpace:
    return OutOfSpace("disk_full", f"The disk that holds {path.parent} is full.", "Free some space and try again.")


def _unusable(path: Path, reason: str) -> EditaiError:
    return Unavailable(
        "data_folder_unusable",
        f"The data in {path} cannot be opened: {reason}.",
        "Make the folder readable and writable for you, or set EDITAI_HOME to another folder.",
    )
