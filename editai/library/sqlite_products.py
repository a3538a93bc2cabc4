"""Products and their clips as rows of the data folder's SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from editai.library import store
from editai.library.database import Database
from editai.library.sqlite_profiles import require_profile
from editai.models import Clip, Project


class SqliteProducts:
    """The part of `store.Store` that is about projects and clips."""

    _database: Database
    _placed: Callable[[Clip], Clip]

    # ── projects ─────────────────────────────────────────────────────────────────────────────────────────────────

    def keep_project(self, project: Project) -> None:
        with self._database.transaction() as rows:
            require_profile(rows, project.profile_id)
            kept = rows.execute(
                "INSERT INTO editai_projects (id, profile_id, created_at, updated_at, data) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (id) DO UPDATE SET created_at = excluded.created_at, updated_at = excluded.updated_at, "
                "data = excluded.data WHERE profile_id = excluded.profile_id",
                (project.id, project.profile_id, project.created_at, project.updated_at, store.as_json(project)),
            )
            if not kept.rowcount:
                raise store.project_not_found()

    def projects(self, profile_id: str) -> Sequence[Project]:
        with self._database.read() as rows:
            found = rows.execute(
                "SELECT data FROM editai_projects WHERE profile_id = ? ORDER BY updated_at DESC, rowid DESC",
                (store.plain(profile_id),),
            ).fetchall()
        return tuple(Project.model_validate_json(row["data"]) for row in found)

    def count_projects(self, profile_id: str) -> tuple[int, str]:
        with self._database.read() as rows:
            found = rows.execute(
                "SELECT count(*), coalesce(max(updated_at), '') FROM editai_projects WHERE profile_id = ?",
                (store.plain(profile_id),),
            ).fetchone()
        return int(found[0]), str(found[1])

    def project(self, profile_id: str, project_id: str) -> Project:
        with self._database.read() as rows:
            found = rows.execute(
                "SELECT data FROM editai_projects WHERE profile_id = ? AND id = ?",
                (store.plain(profile_id), store.plain(project_id)),
            ).fetchone()
        if found is None:
            raise store.project_not_found()
        return Project.model_validate_json(found["data"])

    def delete_project(self, profile_id: str, project_id: str) -> None:
        with self._database.transaction() as rows:
            gone = rows.execute(
                "DELETE FROM editai_projects WHERE profile_id = ? AND id = ?",
                (store.plain(profile_id), store.plain(project_id)),
            )
            if not gone.rowcount:
                raise store.project_not_found()

    # ── clips ────────────────────────────────────────────────────────────────────────────────────────────────────

    def add_clip(self, clip: Clip) -> None:
        with self._database.transaction() as rows:
            require_profile(rows, clip.profile_id)
            if clip.project_id is not None:
                _require_project(rows, clip.profile_id, clip.project_id)
            rows.execute(
                "INSERT INTO editai_clips (id, profile_id, project_id, created_at, data) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (id) DO NOTHING",
                (clip.id, clip.profile_id, clip.project_id, clip.created_at, store.as_json(clip)),
            )

    def clips(self, profile_id: str, most: int | None = None) -> Sequence[Clip]:
        with self._database.read() as rows:
            found = rows.execute(
                "SELECT data FROM editai_clips WHERE profile_id = ? ORDER BY created_at DESC, rowid DESC LIMIT ?",
                (store.plain(profile_id), -1 if most is None else most),
            ).fetchall()
        return tuple(self._placed(Clip.model_validate_json(row["data"])) for row in found)

    def clip(self, profile_id: str, clip_id: str) -> Clip:
        with self._database.read() as rows:
            found = rows.execute(
                "SELECT data FROM editai_clips WHERE profile_id = ? AND id = ?",
                (store.plain(profile_id), store.plain(clip_id)),
            ).fetchone()
        if found is None:
            raise store.clip_not_found()
        return self._placed(Clip.model_validate_json(found["data"]))

    def delete_clip(self, profile_id: str, clip_id: str) -> None:
        with self._database.transaction() as rows:
            gone = rows.execute(
                "DELETE FROM editai_clips WHERE profile_id = ? AND id = ?",
                (store.plain(profile_id), store.plain(clip_id)),
            )
            if not gone.rowcount:
                raise store.clip_not_found()

    def count_clips(self, profile_id: str, since: str) -> int:
        with self._database.read() as rows:
            found = rows.execute(
                "SELECT count(*) FROM editai_clips WHERE profile_id = ? AND created_at >= ?",
                (store.plain(profile_id), since),
            ).fetchone()
        return int(found[0])


def _require_project(rows: sqlite3.Connection, profile_id: str, project_id: str) -> None:
    own = "SELECT 1 FROM editai_projects WHERE profile_id = ? AND id = ?"
    if not rows.execute(own, (profile_id, store.plain(project_id))).fetchone():
        raise store.project_not_found()
