"""Products and their clips as rows of the owner's Supabase project."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from editai.library import store
from editai.library.supabase_faults import Refused
from editai.library.supabase_rows import beginning, key, moment
from editai.library.supabase_session import Session
from editai.models import Clip, Project


class SupabaseProducts:
    """The part of `store.Store` that is about projects and clips."""

    _session: Session
    _placed: Callable[[Clip], Clip]

    # ── projects ─────────────────────────────────────────────────────────────────────────────────────────────────

    def keep_project(self, project: Project) -> None:
        self._session.rpc(
            "editai_keep_project",
            id=project.id,
            profile_id=project.profile_id,
            created_at=project.created_at,
            updated_at=project.updated_at,
            data=project.model_dump(mode="json"),
        )

    def projects(self, profile_id: str) -> Sequence[Project]:
        return tuple(map(Project.model_validate, self._session.rpc("editai_projects_of", profile_id=key(profile_id))))

    def count_projects(self, profile_id: str) -> tuple[int, str]:
        found = self._session.rpc("editai_count_projects", profile_id=key(profile_id))
        return int(found["count"]), moment(found["changed_at"]) if found["changed_at"] else ""

    def project(self, profile_id: str, project_id: str) -> Project:
        found = self._session.select("editai_projects", "data", profile_id=key(profile_id), id=key(project_id))
        if not found:
            raise store.project_not_found()
        return Project.model_validate(found[0]["data"])

    def delete_project(self, profile_id: str, project_id: str) -> None:
        if not self._session.delete("editai_projects", profile_id=key(profile_id), id=key(project_id)):
            raise store.project_not_found()

    # ── clips ────────────────────────────────────────────────────────────────────────────────────────────────────

    def add_clip(self, clip: Clip) -> None:
        row = {
            "id": clip.id,
            "profile_id": clip.profile_id,
            "project_id": None if clip.project_id is None else key(clip.project_id),
            "created_at": clip.created_at,
            "data": clip.model_dump(mode="json"),
        }
        try:
            self._session.insert("editai_clips", row)
        except Refused as refused:
            if refused.rule != "editai_clips_pkey":
                raise

    def clips(self, profile_id: str, most: int | None = None) -> Sequence[Clip]:
        if most is None:
            found = self._session.rpc("editai_clips_of", profile_id=key(profile_id))
        else:
            of_profile = {"profile_id": key(profile_id)}
            found = [row["data"] for row in self._session.newest("editai_clips", "data", most, **of_profile)]
        return tuple(self._placed(Clip.model_validate(data)) for data in found)

    def clip(self, profile_id: str, clip_id: str) -> Clip:
        found = self._session.select("editai_clips", "data", profile_id=key(profile_id), id=key(clip_id))
        if not found:
            raise store.clip_not_found()
        return self._placed(Clip.model_validate(found[0]["data"]))

    def delete_clip(self, profile_id: str, clip_id: str) -> None:
        if not self._session.delete("editai_clips", profile_id=key(profile_id), id=key(clip_id)):
            raise store.clip_not_found()

    def count_clips(self, profile_id: str, since: str) -> int:
        return int(self._session.rpc("editai_count_clips", profile_id=key(profile_id), since=beginning(since)))
