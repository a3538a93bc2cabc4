"""What every Store must do with products and their clips."""

from __future__ import annotations

import uuid

import pytest

from editai.errors import EditaiError
from editai.library import Store
from tests.library.samples import OWNER, a_clip, a_project


class ProductContract:
    """Part of `StoreContract`."""

    # ── projects ─────────────────────────────────────────────────────────────────────────────────────────────────

    def test_a_project_reads_back_as_it_was_kept(self, store: Store) -> None:
        profile = store.create_profile(OWNER, "Tea")
        project = a_project(profile.id, title="Grüner Tee „Sencha“ 🍵\u2028{}%'\"")
        store.keep_project(project)
        assert store.project(profile.id, project.id) == project
        assert store.projects(profile.id) == (project,)

    def test_what_no_database_can_carry_is_replaced(self, store: Store) -> None:
        profile = store.create_profile(OWNER, "Tea")
        project = a_project(profile.id, title="half a \ud83c letter")
        store.keep_project(project)
        assert store.project(profile.id, project.id).title == "half a ? letter"

    def test_projects_are_listed_by_their_last_change(self, store: Store) -> None:
        profile = store.create_profile(OWNER, "Tea")
        first, second, third = (a_project(profile.id, changed_on_day=day) for day in (1, 3, 2))
        for project in (first, second, third):
            store.keep_project(project)
        assert store.projects(profile.id) == (second, third, first)
        store.keep_project(changed := first.model_copy(update={"updated_at": "2026-01-04T00:00:00.000000+00:00"}))
        assert store.projects(profile.id) == (changed, second, third)

    def test_projects_are_counted_for_one_profile_with_their_last_change(self, store: Store) -> None:
        profile, other = (store.create_profile(OWNER, name) for name in ("A", "B"))
        kept = [a_project(profile.id, changed_on_day=day) for day in (1, 3, 2)]
        for project in kept:
            store.keep_project(project)
        assert store.count_projects(profile.id) == (3, kept[1].updated_at)
        assert store.count_projects(other.id) == (0, "")

    def test_a_project_that_is_kept_again_is_replaced_and_keeps_its_clips(self, store: Store) -> None:
        profile = store.create_profile(OWNER, "Tea")
        project = a_project(profile.id)
        store.keep_project(project)
        store.add_clip(clip := a_clip(profile.id, project_id=project.id))
        store.keep_project(changed := project.model_copy(update={"title": "Oolong"}))
        assert store.projects(profile.id) == (changed,)
        assert [found.id for found in store.clips(profile.id)] == [clip.id]

    def test_another_profiles_project_does_not_exist(self, store: Store) -> None:
        mine, other = (store.create_profile(OWNER, name) for name in ("A", "B"))
        project = a_project(other.id)
        store.keep_project(project)
        stolen = project.model_copy(update={"profile_id": mine.id, "title": "Mine now"})
        for attempt in (
            lambda: store.project(mine.id, project.id),
            lambda: store.delete_project(mine.id, project.id),
            lambda: store.keep_project(stolen),
            lambda: store.add_clip(a_clip(mine.id, project_id=project.id)),
        ):
            with pytest.raises(EditaiError) as caught:
                attempt()
            assert caught.value.title == "404 project_not_found"
        assert (store.projects(mine.id), store.clips(mine.id)) == ((), ())
        assert store.projects(other.id) == (project,)

    @pytest.mark.parametrize("hostile", ["", "'; DROP TABLE editai_projects; --", "\0", "\ud800"], ids=ascii)
    def test_a_project_that_is_not_there_is_said(self, store: Store, hostile: str) -> None:
        profile = store.create_profile(OWNER, "Tea")
        for attempt in (
            lambda: store.project(profile.id, hostile),
            lambda: store.delete_project(profile.id, hostile),
            lambda: store.add_clip(a_clip(profile.id, project_id=uuid.uuid4().hex)),
        ):
            with pytest.raises(EditaiError) as caught:
                attempt()
            assert caught.value.title == "404 project_not_found"

    def test_a_project_of_a_profile_that_is_not_there_is_refused(self, store: Store) -> None:
        with pytest.raises(EditaiError) as caught:
            store.keep_project(a_project(uuid.uuid4().hex))
        assert caught.value.title == "404 profile_not_found"

    def test_deleting_a_project_deletes_its_clips_and_no_others(self, store: Store) -> None:
        profile = store.create_profile(OWNER, "Tea")
        kept, gone = a_project(profile.id), a_project(profile.id)
        for project in (kept, gone):
            store.keep_project(project)
            store.add_clip(a_clip(profile.id, project_id=project.id))
        store.add_clip(a_clip(profile.id))
        store.delete_project(profile.id, gone.id)
        assert store.projects(profile.id) == (kept,)
        assert {clip.project_id for clip in store.clips(profile.id)} == {kept.id, None}

    # ── clips ────────────────────────────────────────────────────────────────────────────────────────────────────

    def test_clips_are_listed_newest_first(self, store: Store) -> None:
        profile = store.create_profile(OWNER, "Tea")
        for day in (2, 3, 1):
            store.add_clip(a_clip(profile.id, f"2026-01-0{day}T00:00:00.000000+00:00", title=str(day)))
        assert [clip.title for clip in store.clips(profile.id)] == ["3", "2", "1"]
        assert [clip.title for clip in store.clips(profile.id, 2)] == ["3", "2"]

    def test_the_same_clip_twice_is_one_row(self, store: Store) -> None:
        profile = store.create_profile(OWNER, "Tea")
        clip = a_clip(profile.id)
        store.add_clip(clip)
        store.add_clip(clip.model_copy(update={"created_at": "2027-01-01T00:00:00.000000+00:00"}))
        assert [found.created_at for found in store.clips(profile.id)] == [clip.created_at]

    def test_a_clip_reads_back_with_the_folder_of_its_files(self, store: Store) -> None:
        profile = store.create_profile(OWNER, "Tea")
        clip = a_clip(profile.id)
        store.add_clip(clip)
        found = store.clip(profile.id, clip.id)
        assert found.model_dump() == clip.model_dump()
        assert found.folder.parts[-4:] == ("profiles", profile.id, "clips", clip.id)

    def test_another_profiles_clip_is_not_found(self, store: Store) -> None:
        mine, other = (store.create_profile(OWNER, name) for name in ("A", "B"))
        clip = a_clip(other.id)
        store.add_clip(clip)
        for operation in (store.clip, store.delete_clip):
            with pytest.raises(EditaiError) as caught:
                operation(mine.id, clip.id)
            assert caught.value.title == "404 clip_not_found"
        assert store.clips(mine.id) == ()
        assert len(store.clips(other.id)) == 1

    def test_a_clip_is_deleted(self, store: Store) -> None:
        profile = store.create_profile(OWNER, "Tea")
        clip = a_clip(profile.id)
        store.add_clip(clip)
        store.delete_clip(profile.id, clip.id)
        assert store.clips(profile.id) == ()

    def test_deleting_a_profile_deletes_its_clips_and_no_others(self, store: Store) -> None:
        kept, gone = (store.create_profile(OWNER, name) for name in ("A", "B"))
        for profile in (kept, gone):
            store.add_clip(a_clip(profile.id))
        store.delete_profile(OWNER, gone.id)
        assert store.clips(gone.id) == ()
        assert len(store.clips(kept.id)) == 1

    def test_a_clip_of_a_deleted_profile_is_refused(self, store: Store) -> None:
        with pytest.raises(EditaiError) as caught:
            store.add_clip(a_clip(uuid.uuid4().hex))
        assert caught.value.title == "404 profile_not_found"

    def test_a_clip_names_its_product_and_what_it_was_made_from(self, store: Store) -> None:
        profile = store.create_profile(OWNER, "Tea")
        project = a_project(profile.id)
        store.keep_project(project)
        store.add_clip(clip := a_clip(profile.id, project_id=project.id, brief=project.brief))
        found = store.clip(profile.id, clip.id)
        assert (found.project_id, found.brief) == (project.id, project.brief)

    def test_clips_are_counted_from_a_moment_on(self, store: Store) -> None:
        profile, other = (store.create_profile(OWNER, name) for name in ("A", "B"))
        days = [f"2026-01-0{day}T00:00:00.000000+00:00" for day in (1, 2, 3)]
        for day in days:
            store.add_clip(a_clip(profile.id, day))
        assert [store.count_clips(profile.id, day) for day in days] == [3, 2, 1]
        assert store.count_clips(profile.id, "2026-01-03T00:00:00.000001+00:00") == 0
        assert store.count_clips(other.id, days[0]) == 0
