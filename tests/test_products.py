"""Products: kept when a job is submitted, changed in part, copied into another store, deleted with all they have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from editai import jobs, products
from editai.errors import EditaiError
from editai.library import LOCAL_OWNER, Library
from editai.models import BrandKit, Clip, Facts, Job, Profile, Project, Voice
from editai.settings import Settings
from tests.conftest import BOX
from tests.library.samples import a_clip

SCRIPT = "Meet the box."
KIT = {"voice": Voice(engine="kokoro", name="bm_george"), "caption_style": "brand", "call_to_action": "Come and see"}


@pytest.fixture
def tea(shelf: Library) -> Profile:
    return shelf.store.default_profile(LOCAL_OWNER)


@pytest.fixture
def coffee(shelf: Library) -> Profile:
    return shelf.store.create_profile(LOCAL_OWNER, "Coffee", KIT)


def submit(shelf: Library, settings: Settings, profile: Profile, *sources: Path, **wishes: Any) -> Job:
    return jobs.submit(shelf, profile, sources, **wishes)


@pytest.fixture
def product(shelf: Library, settings: Settings, tea: Profile) -> Project:
    """A product of the store Tea with wishes of its own; its job waits."""
    facts = Facts(title="Lamp", price="$5", points=("Bright",), url="example.com/lamp")
    job = submit(shelf, settings, tea, BOX, script=SCRIPT, facts=facts, caption_style="pop", seed=3, hook_card=False)
    assert job.project_id
    return shelf.store.project(tea.id, job.project_id)


def title_of(act: Any) -> str:
    with pytest.raises(EditaiError) as caught:
        act()
    return caught.value.title


# ── submitted ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_job_without_a_product_makes_one_of_its_brief(shelf: Library, settings: Settings, tea: Profile) -> None:
    job = submit(shelf, settings, tea, BOX, script=SCRIPT)
    [product] = shelf.store.projects(tea.id)
    assert (job.project_id, job.brief) == (product.id, product.brief)
    assert product.profile_id == tea.id


@pytest.mark.parametrize(
    ("wishes", "title"),
    [
        ({"facts": Facts(title=" Aurora\ndesk lamp "), "script": SCRIPT}, "Aurora desk lamp"),
        ({"script": SCRIPT}, "Meet the box."),
        ({"script": "One two three four five six seven eight nine."}, "One two three four five six seven eight …"),
    ],
    ids=str,
)
def test_a_product_is_called_by_its_name_or_how_its_script_begins(
    shelf: Library, settings: Settings, tea: Profile, wishes: dict[str, Any], title: str
) -> None:
    submit(shelf, settings, tea, BOX, **wishes)
    assert [product.title for product in shelf.store.projects(tea.id)] == [title]


def test_what_a_new_product_does_not_say_is_the_stores(shelf: Library, settings: Settings, coffee: Profile) -> None:
    brief = submit(shelf, settings, coffee, BOX, script=SCRIPT).brief
    assert brief.model_dump(include=set(KIT)) == coffee.kit.model_dump(include=set(KIT))


def test_what_it_does_say_is_not_the_stores(shelf: Library, settings: Settings, coffee: Profile) -> None:
    heart = Voice(engine="kokoro", name="af_heart")
    brief = submit(shelf, settings, coffee, BOX, script=SCRIPT, voice=heart, caption_style="clean").brief
    assert (brief.voice, brief.caption_style) == (heart, "clean")


def test_a_job_keeps_the_store_as_it_was_when_it_was_submitted(
    shelf: Library, settings: Settings, coffee: Profile
) -> None:
    job = submit(shelf, settings, coffee, BOX, script=SCRIPT)
    shelf.store.update_profile(LOCAL_OWNER, coffee.id, {"name": "Cocoa", "when_voice_fails": "default_voice"})
    assert shelf.journal.started_for(job.id) == coffee


def test_a_job_of_a_product_replaces_its_brief(
    shelf: Library, settings: Settings, tea: Profile, product: Project
) -> None:
    job = submit(shelf, settings, tea, BOX, project=product.id, script="Another.", facts=Facts(title="Lamp 2"))
    [now] = shelf.store.projects(tea.id)
    assert (now.id, now.created_at, now.title, now.brief) == (product.id, product.created_at, "Lamp 2", job.brief)
    assert (now.brief.script, now.brief.facts) == ("Another.", Facts(title="Lamp 2"))
    assert now.updated_at > product.updated_at


def test_a_job_of_a_product_that_says_nothing_is_as_the_product_is(
    shelf: Library, settings: Settings, tea: Profile, product: Project
) -> None:
    assert submit(shelf, settings, tea, project=product.id).brief == product.brief


def test_the_call_to_action_is_the_stores_of_today(
    shelf: Library, settings: Settings, tea: Profile, product: Project
) -> None:
    today = shelf.store.update_profile(LOCAL_OWNER, tea.id, {"call_to_action": "Only this week"})
    assert submit(shelf, settings, today, project=product.id).brief.call_to_action == "Only this week"


def test_a_product_whose_video_is_gone_needs_one(
    shelf: Library, settings: Settings, tea: Profile, product: Project
) -> None:
    shelf.media.source(tea.id, product.brief.sources[0]).unlink()
    assert title_of(lambda: submit(shelf, settings, tea, project=product.id)) == "404 source_not_found"
    assert submit(shelf, settings, tea, BOX, project=product.id).brief == product.brief


def test_another_stores_product_is_not_there(
    shelf: Library, settings: Settings, coffee: Profile, product: Project
) -> None:
    for act in (
        lambda: submit(shelf, settings, coffee, BOX, project=product.id, script=SCRIPT),
        lambda: products.update(shelf, coffee, product.id, {"script": "Mine now."}),
        lambda: shelf.delete_project(coffee.id, product.id),
    ):
        assert title_of(act) == "404 project_not_found"
    assert shelf.store.projects(coffee.id) == ()
    assert shelf.store.project(product.profile_id, product.id) == product


@pytest.mark.parametrize("wish", [{"script": " "}, {"caption_style": "none"}, {"format": "1:3"}], ids=str)
def test_a_wish_that_cannot_be_met_changes_no_product_and_makes_none(
    shelf: Library, settings: Settings, tea: Profile, product: Project, wish: dict[str, Any]
) -> None:
    for project in (None, product.id):
        with pytest.raises(EditaiError):
            submit(shelf, settings, tea, BOX, project=project, **wish)
    assert shelf.store.projects(tea.id) == (product,)


def test_the_job_of_a_product_that_was_deleted_is_not_retried(
    shelf: Library, settings: Settings, tea: Profile, product: Project
) -> None:
    [job] = shelf.journal.jobs(tea.id)
    shelf.delete_project(tea.id, product.id)
    assert shelf.journal.job(tea.id, job.id).state == "cancelled"
    assert title_of(lambda: jobs.retry(shelf, tea.id, job.id)) == "404 project_not_found"


# ── changed ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "change",
    [{"script": "Another."}, {"script": ""}, {"facts": Facts(title="New")}, {"caption_style": "brand"}],
    ids=str,
)
def test_a_change_in_part_keeps_everything_else(
    shelf: Library, settings: Settings, tea: Profile, product: Project, change: dict[str, Any]
) -> None:
    changed = products.update(shelf, tea, product.id, change)
    assert changed == shelf.store.project(tea.id, product.id)
    assert changed.brief == product.brief.model_copy(update=change)
    assert len(shelf.journal.jobs(tea.id)) == 1


@pytest.mark.parametrize(
    ("change", "title"),
    [
        ({"script": "\n"}, "422 script_empty"),
        ({"script": "word " * 20_000}, "422 script_too_long"),
        ({"caption_style": "none"}, "422 caption_style_not_found"),
        ({"facts": Facts(title="x" * 300)}, "422 facts_too_long"),
        ({"script": "Хороший чай для всей семьи."}, "422 no_font_for_script"),
        ({"translate_to": ("it",)}, "409 language_model_missing"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_change_that_could_not_be_produced_is_refused(
    shelf: Library, settings: Settings, tea: Profile, product: Project, change: dict[str, Any], title: str
) -> None:
    assert title_of(lambda: products.update(shelf, tea, product.id, change)) in {title, "422 script_language"}
    assert shelf.store.project(tea.id, product.id) == product


def test_a_product_whose_store_has_lost_its_translator_can_still_be_changed(
    shelf: Library, settings: Settings, tea: Profile, product: Project
) -> None:
    wishes = product.brief.model_copy(update={"translate_to": ("it",), "burned_language": "it"})
    products.keep(shelf, tea, wishes, product)
    changed = products.update(shelf, tea, product.id, {"facts": Facts(title="Lamp", price="$6")})
    assert (changed.brief.facts.price, changed.brief.translate_to) == ("$6", ("it",))


# ── copied ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_copy_has_the_facts_the_script_and_files_of_its_own(
    shelf: Library, tea: Profile, coffee: Profile, product: Project
) -> None:
    copy = shelf.copy_project(LOCAL_OWNER, tea.id, product.id, coffee.id)
    assert shelf.store.projects(coffee.id) == (copy,)
    assert (copy.title, copy.brief.facts, copy.brief.script) == ("Lamp", product.brief.facts, SCRIPT)
    ours, theirs = (
        shelf.media.source(store.id, each.brief.sources[0]) for store, each in ((tea, product), (coffee, copy))
    )
    assert ours.read_bytes() == theirs.read_bytes()
    assert ours.stat().st_ino != theirs.stat().st_ino
    assert theirs.stat().st_nlink == 1


def test_a_copy_sounds_and_looks_like_the_store_it_comes_into(
    shelf: Library, tea: Profile, coffee: Profile, product: Project
) -> None:
    brief = shelf.copy_project(LOCAL_OWNER, tea.id, product.id, coffee.id).brief
    assert brief.model_dump(include=set(KIT)) == coffee.kit.model_dump(include=set(KIT))


def test_a_copy_outlives_its_original(
    shelf: Library, settings: Settings, tea: Profile, coffee: Profile, product: Project
) -> None:
    copy = shelf.copy_project(LOCAL_OWNER, tea.id, product.id, coffee.id)
    shelf.store.set_default_profile(LOCAL_OWNER, coffee.id)
    shelf.delete_profile(LOCAL_OWNER, tea.id)
    assert submit(shelf, settings, coffee, project=copy.id).brief == copy.brief


def test_only_between_ones_own_stores(shelf: Library, tea: Profile, coffee: Profile, product: Project) -> None:
    theirs = shelf.store.create_profile("somebody else", "Bread")
    copy = shelf.copy_project
    assert title_of(lambda: copy(LOCAL_OWNER, tea.id, product.id, theirs.id)) == "403 profile_forbidden"
    assert title_of(lambda: copy("somebody else", tea.id, product.id, theirs.id)) == "403 profile_forbidden"
    assert title_of(lambda: copy(LOCAL_OWNER, tea.id, product.id, "0" * 32)) == "404 profile_not_found"
    assert title_of(lambda: copy(LOCAL_OWNER, coffee.id, product.id, tea.id)) == "404 project_not_found"
    assert not shelf.media.folder(theirs.id).exists()
    assert shelf.store.projects(theirs.id) == shelf.store.projects(coffee.id) == ()


# ── deleted ──────────────────────────────────────────────────────────────────────────────────────────────────────


def made(shelf: Library, profile: Profile, project_id: str | None) -> Clip:
    clip = a_clip(profile.id).model_copy(update={"project_id": project_id})
    folder = shelf.media.clip_folder(profile.id, clip.id)
    folder.mkdir(parents=True)
    (folder / "clip.mp4").write_bytes(b"x")
    shelf.store.add_clip(clip)
    return clip


def test_a_deleted_product_takes_its_clips_along_and_no_others(
    shelf: Library, settings: Settings, tea: Profile, product: Project
) -> None:
    other = submit(shelf, settings, tea, BOX, script=SCRIPT)
    gone = made(shelf, tea, product.id)
    kept = [made(shelf, tea, other.project_id), made(shelf, tea, None)]
    shelf.delete_project(tea.id, product.id)
    assert {clip.id for clip in shelf.store.clips(tea.id)} == {clip.id for clip in kept}
    assert not shelf.media.clip_folder(tea.id, gone.id).exists()
    assert all(shelf.media.clip_folder(tea.id, clip.id).exists() for clip in kept)
    assert shelf.journal.job(tea.id, other.id).state == "queued"
    assert [each.id for each in shelf.store.projects(tea.id)] == [other.project_id]


def test_products_are_listed_by_when_they_were_worked_on(
    shelf: Library, settings: Settings, tea: Profile, product: Project
) -> None:
    other = submit(shelf, settings, tea, BOX, script=SCRIPT)
    assert [each.id for each in shelf.store.projects(tea.id)] == [other.project_id, product.id]
    products.update(shelf, tea, product.id, {"script": "Another."})
    assert [each.id for each in shelf.store.projects(tea.id)] == [product.id, other.project_id]


def test_a_kit_says_what_a_brief_may_leave_out() -> None:
    from editai.models import Brief

    assert BrandKit().wishes().keys() <= Brief.model_fields.keys()


# ── a length that was asked for ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("words", "slug"), [(3, "script_too_short"), (120, "script_too_long")])
def test_a_script_that_is_far_from_the_length_is_refused_before_anybody_speaks_it(
    shelf: Library, settings: Settings, tea: Profile, words: int, slug: str
) -> None:
    text = " ".join(["lovely"] * words) + "."
    assert title_of(lambda: submit(shelf, settings, tea, BOX, script=text, seconds=15)) == f"422 {slug}"


def test_a_script_that_is_near_it_is_taken(shelf: Library, settings: Settings, tea: Profile) -> None:
    text = " ".join(["lovely"] * 30) + "."
    assert submit(shelf, settings, tea, BOX, script=text, seconds=15).brief.seconds == 15


def test_facts_alone_are_taken_whatever_the_length(shelf: Library, settings: Settings, tea: Profile) -> None:
    job = submit(shelf, settings, tea, BOX, facts=Facts(title="Lamp"), script="", seconds=60)
    assert job.brief.seconds == 60
