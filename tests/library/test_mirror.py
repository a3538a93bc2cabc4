"""The mirror between two machines of one owner: what each changes arrives on the other, once, and nothing is lost."""

from __future__ import annotations

import json
from typing import Any

import pytest

from editai.errors import EditaiError
from editai.library import LOCAL_OWNER
from editai.library.mirror_push import Push
from editai.models import PostFilter, Progress
from tests.library.machines import Machine, NewMachine, account, desktop, laptop, new_machine
from tests.library.samples import a_brief, a_clip, a_cost, a_project
from tests.library.test_outbox import a_post
from tests.supabase.fixtures import admin, at_once, new_account, on_loopback, postgres_server, project, supabase_server
from tests.supabase.server import SupabaseServer

__all__ = [
    "account",
    "admin",
    "at_once",
    "desktop",
    "laptop",
    "new_account",
    "new_machine",
    "on_loopback",
    "postgres_server",
    "project",
    "supabase_server",
]


def both(laptop: Machine, desktop: Machine) -> None:
    """Let what each changed arrive on both."""
    for machine in (laptop, desktop, laptop):
        assert machine.sync() == ""
    assert (laptop.waiting(), desktop.waiting()) == ([], [])


# ── from one machine to the project ──────────────────────────────────────────────────────────────────────────────


def a_shop(machine: Machine) -> dict[str, str]:
    """A row in every table, of another store than the default; their ids."""
    profile = machine.store.create_profile(machine.owner, "Tea")
    machine.store.keep_secret(profile.id, "postiz", b"\x00sealed", "abcd")
    machine.store.keep_project(product := a_project(profile.id))
    machine.store.add_clip(clip := a_clip(profile.id, project_id=product.id))
    [post] = machine.shelf.outbox.insert([a_post(clip)])
    job = machine.shelf.journal.insert(profile, a_brief(), project_id=product.id)
    machine.store.reserve_cost(cost := a_cost(profile.id, amount=7), "")
    machine.store.end_cost(cost.id, "settled", 5)
    ids = {"profiles": profile.id, "editai_projects": product.id, "editai_clips": clip.id}
    return {**ids, "editai_posts": post.id, "jobs": job.id, "api_costs": cost.id}


def test_what_was_made_while_nobody_was_signed_in_arrives_once_and_in_order(laptop: Machine) -> None:
    session = laptop.sessions.sessions.pop(laptop.owner)
    ids = a_shop(laptop)
    state = laptop.mirror.state(laptop.owner)
    assert (state.waiting, state.error.title if state.error else "") == (7, "401 signed_out")
    assert state.since
    laptop.sessions.sessions[laptop.owner] = session
    assert laptop.sync() == ""
    assert laptop.mirror.state(laptop.owner).waiting == 0
    for table, id_ in ids.items():
        [row] = session.select(table, id=id_)
        assert (row["user_id"], row.get("profile_id", row["id"])) == (laptop.owner, ids["profiles"]), table
    assert session.select("api_costs", id=ids["api_costs"])[0]["amount"] == 5
    [secret] = session.select("editai_secrets", profile_id=ids["profiles"])
    assert bytes.fromhex(secret["sealed"].removeprefix("\\x")) == b"\x00sealed"


def test_an_end_between_a_request_and_the_forgetting_of_its_note_does_nothing_twice(
    laptop: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = a_shop(laptop)
    noted = laptop.waiting()
    with monkeypatch.context() as patched:
        patched.setattr("editai.library.mirror_notes.settle", lambda *_: None)
        assert Push(laptop.shelf.database, laptop.session).run() is None
    assert laptop.waiting() == noted
    before = {table: laptop.session.select(table) for table in ids}
    laptop.close()
    laptop.open()
    laptop.sign_in()
    assert (laptop.sync(), laptop.waiting()) == ("", [])
    after = {table: laptop.session.select(table) for table in ids}
    assert {table: len(rows) for table, rows in after.items()} == {table: len(rows) for table, rows in before.items()}


def test_a_change_while_a_row_is_carried_is_carried_after_it(laptop: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    profile_id = laptop.default().id
    laptop.change(profile_id, description="first")
    rpc = laptop.session.rpc

    def slow(function: str, **arguments: Any) -> Any:
        answer = rpc(function, **arguments)
        if function == "editai_change_store":
            monkeypatch.undo()
            laptop.change(profile_id, description="second")
        return answer

    monkeypatch.setattr(laptop.session, "rpc", slow)
    assert laptop.sync() == ""
    assert laptop.session.select("profiles", id=profile_id)[0]["description"] == "second"


def test_rows_of_the_local_owner_are_not_noted(laptop: Machine) -> None:
    for name in ("First", "Local"):
        laptop.store.create_profile(LOCAL_OWNER, name)
    profile = laptop.store.default_profile(LOCAL_OWNER)
    laptop.store.keep_project(a_project(profile.id))
    laptop.shelf.journal.insert(profile, a_brief())
    laptop.store.reserve_cost(a_cost(profile.id), "")
    laptop.store.delete_profile(LOCAL_OWNER, laptop.store.find_profile(LOCAL_OWNER, "Local").id)
    assert laptop.waiting() == []


def test_how_far_a_job_is_is_not_carried_and_what_becomes_of_it_is(laptop: Machine) -> None:
    job = laptop.shelf.journal.insert(laptop.default(), a_brief())
    laptop.shelf.journal.claim(job.id, "token")
    laptop.sync()
    assert laptop.shelf.journal.beat(job.id, "token", Progress(stage="render", percent=50))
    assert laptop.waiting() == []
    assert laptop.session.select("jobs", id=job.id)[0]["state"] == "running"
    laptop.shelf.journal.fail(job.id, "token", EditaiError("x", "It failed."))
    laptop.sync()
    [row] = laptop.session.select("jobs", id=job.id)
    assert (row["state"], row["error"]["message"], row["progress"]) == ("failed", "It failed.", None)


# ── two machines ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_second_machine_has_what_the_first_has_and_no_second_first_store(laptop: Machine, desktop: Machine) -> None:
    assert desktop.names() == laptop.names() == {"My store": True}
    ids = a_shop(laptop)
    laptop.sync()
    desktop.sync()
    assert desktop.waiting() == []
    assert desktop.store.profile(desktop.owner, ids["profiles"]) == laptop.store.profile(laptop.owner, ids["profiles"])
    assert desktop.store.projects(ids["profiles"]) == laptop.store.projects(ids["profiles"])
    assert [clip.id for clip in desktop.store.clips(ids["profiles"])] == [ids["editai_clips"]]
    assert desktop.store.sealed_secret(ids["profiles"], "postiz") == b"\x00sealed"
    assert desktop.store.spent(ids["profiles"], "") == 5


def test_different_fields_of_a_store_are_both_kept_and_of_the_same_the_last_wins(
    laptop: Machine, desktop: Machine
) -> None:
    profile_id = laptop.default().id
    laptop.change(profile_id, description="of the laptop", font="Anton", call_to_action="Buy")
    desktop.change(profile_id, caption_style="calm", call_to_action="Taste")
    both(laptop, desktop)
    for machine in (laptop, desktop):
        found = machine.default()
        assert (found.description, found.kit.font, found.kit.caption_style) == ("of the laptop", "Anton", "calm")
        assert found.kit.call_to_action == "Taste"


def test_a_wrong_clock_changes_nothing_about_that(
    laptop: Machine, desktop: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = a_project(laptop.default().id)
    laptop.store.keep_project(product)
    both(laptop, desktop)
    of_the_laptop = product.brief.model_copy(update={"call_to_action": "Buy", "seed": 7})
    future = {"brief": of_the_laptop, "updated_at": "2099-01-01T00:00:00.000000+00:00"}
    laptop.store.keep_project(product.model_copy(update=future))
    facts = product.brief.facts.model_copy(update={"title": "Green tea"})
    past = {
        "brief": product.brief.model_copy(update={"facts": facts, "seed": 8}),
        "updated_at": "1999-01-01T00:00:00.000000+00:00",
    }
    desktop.store.keep_project(product.model_copy(update=past))
    both(laptop, desktop)
    for machine in (laptop, desktop):
        brief = machine.store.project(product.profile_id, product.id).brief
        assert (brief.call_to_action, brief.facts.title, brief.seed) == ("Buy", "Green tea", 8)


def test_a_default_that_was_switched_on_one_machine_is_the_default_on_both(laptop: Machine, desktop: Machine) -> None:
    tea = laptop.store.create_profile(laptop.owner, "Tea")
    both(laptop, desktop)
    desktop.store.set_default_profile(desktop.owner, tea.id)
    laptop.change(tea.id, description="changed meanwhile")
    both(laptop, desktop)
    assert laptop.names() == desktop.names() == {"My store": False, "Tea": True}


def test_a_default_that_was_switched_offline_and_whose_former_was_deleted(laptop: Machine, desktop: Machine) -> None:
    former = laptop.default()
    tea = laptop.store.create_profile(laptop.owner, "Tea")
    laptop.store.set_default_profile(laptop.owner, tea.id)
    laptop.shelf.delete_profile(laptop.owner, former.id)
    laptop.change(tea.id, name="My store")
    both(laptop, desktop)
    assert laptop.names() == desktop.names() == {"My store": True}
    assert desktop.default().id == tea.id


def test_names_that_change_places_offline_do_so_on_both(laptop: Machine, desktop: Machine) -> None:
    tea = laptop.store.create_profile(laptop.owner, "Tea")
    both(laptop, desktop)
    first = laptop.default()
    laptop.change(first.id, name="x")
    laptop.change(tea.id, name="My store")
    laptop.change(first.id, name="Tea")
    both(laptop, desktop)
    assert desktop.default().name == laptop.default().name == "Tea"
    assert desktop.names() == {"Tea": True, "My store": False}


def test_two_stores_of_one_name_are_both_kept_and_the_second_is_told_its_new_name(
    laptop: Machine, desktop: Machine
) -> None:
    first = laptop.store.create_profile(laptop.owner, "Tea")
    second = desktop.store.create_profile(desktop.owner, "TEA")
    both(laptop, desktop)
    assert laptop.names() == desktop.names() == {"My store": True, "Tea": False, "TEA (2)": False}
    assert desktop.store.find_profile(desktop.owner, "tea").id == first.id
    assert laptop.store.find_profile(laptop.owner, "tea (2)").id == second.id
    assert '"TEA (2)"' in desktop.told()
    assert laptop.told() == ""
    desktop.mirror.heard(desktop.owner)
    assert desktop.told() == ""


# ── deletions ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_deleted_on_one_machine_goes_on_the_other_with_its_files(laptop: Machine, desktop: Machine) -> None:
    ids = a_shop(laptop)
    laptop.store.add_clip(clip := a_clip(laptop.default().id))
    both(laptop, desktop)
    folders = [
        desktop.shelf.media.clip_folder(clip.profile_id, clip.id),
        desktop.shelf.media.folder(ids["profiles"]) / "clips",
    ]
    for folder in folders:
        folder.mkdir(parents=True)
    job = desktop.shelf.journal.insert(desktop.store.profile(desktop.owner, ids["profiles"]), a_brief())
    laptop.shelf.delete_clip(clip.profile_id, clip.id)
    laptop.shelf.delete_profile(laptop.owner, ids["profiles"])
    desktop.sync()  # the new job is carried
    both(laptop, desktop)
    assert desktop.names() == {"My store": True}
    assert desktop.store.clips(clip.profile_id) == ()
    assert [folder.exists() for folder in folders] == [False, False]
    assert desktop.shelf.journal.whosever(job.id).state == "cancelled"
    assert desktop.session.select("jobs", id=job.id)[0]["state"] == "cancelled"


def test_files_of_what_was_deleted_there_go_also_where_the_app_ended_in_between(
    laptop: Machine, desktop: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop.store.add_clip(clip := a_clip(laptop.default().id))
    both(laptop, desktop)
    folder = desktop.shelf.media.clip_folder(clip.profile_id, clip.id)
    folder.mkdir(parents=True)
    laptop.shelf.delete_clip(clip.profile_id, clip.id)
    laptop.sync()

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("editai.library.mirror.shutil.rmtree", killed)
    with pytest.raises(KeyboardInterrupt):
        desktop.sync()
    monkeypatch.undo()
    assert desktop.store.clips(clip.profile_id) == ()
    assert folder.exists()
    desktop.sync()
    assert not folder.exists()


@pytest.mark.parametrize("kind", ["store", "product"])
def test_what_was_deleted_here_and_changed_there_is_kept_and_said(laptop: Machine, desktop: Machine, kind: str) -> None:
    ids = a_shop(laptop)
    both(laptop, desktop)
    if kind == "store":
        desktop.change(ids["profiles"], description="changed")
        laptop.shelf.delete_profile(laptop.owner, ids["profiles"])
    else:
        product = desktop.store.project(ids["profiles"], ids["editai_projects"])
        desktop.store.keep_project(product.model_copy(update={"title": "changed"}))
        laptop.shelf.delete_project(ids["profiles"], ids["editai_projects"])
    both(desktop, laptop)  # the change arrives first
    both(laptop, desktop)
    for machine in (laptop, desktop):
        assert len(machine.store.projects(ids["profiles"])) == len(machine.store.clips(ids["profiles"])) == 1
    what = 'The store "Tea"' if kind == "store" else 'The product "Tea"'
    assert f"{what}, which had been deleted, is there again" in laptop.told()
    assert "files are gone from this computer" in laptop.told()


@pytest.mark.parametrize("kind", ["store", "product"])
def test_what_was_changed_here_and_deleted_there_is_kept_and_said(laptop: Machine, desktop: Machine, kind: str) -> None:
    ids = a_shop(laptop)
    both(laptop, desktop)
    if kind == "store":
        laptop.shelf.delete_profile(laptop.owner, ids["profiles"])
        desktop.store.add_clip(a_clip(ids["profiles"], project_id=ids["editai_projects"]))
    else:
        laptop.shelf.delete_project(ids["profiles"], ids["editai_projects"])
        product = desktop.store.project(ids["profiles"], ids["editai_projects"])
        desktop.store.keep_project(product.model_copy(update={"title": "changed"}))
    both(laptop, desktop)  # the deletion arrives first
    both(desktop, laptop)
    for machine in (laptop, desktop):
        assert len(machine.store.projects(ids["profiles"])) == 1
        assert len(machine.store.clips(ids["profiles"])) == (2 if kind == "store" else 1)
    assert "was deleted on another of your computers while it was changed here" in desktop.told()
    assert "with the files that are here" in desktop.told()
    assert ("is there again" in laptop.told()) == (kind == "store")
    assert desktop.store.sealed_secret(ids["profiles"], "postiz") == b"\x00sealed"


def test_a_project_that_was_begun_anew_gets_everything_again(laptop: Machine, on_loopback: SupabaseServer) -> None:
    ids = a_shop(laptop)
    laptop.sync()
    on_loopback.database.ask("delete from profiles where user_id = %s and not is_default", laptop.owner)
    on_loopback.database.ask("delete from editai_versions where user_id = %s", laptop.owner)
    laptop.change(ids["profiles"], description="x")
    assert laptop.sync() == ""
    assert laptop.session.select("editai_clips", id=ids["editai_clips"])
    assert laptop.names() == {"My store": True, "Tea": False}


def test_a_key_that_was_entered_here_and_deleted_there_is_kept(laptop: Machine, desktop: Machine) -> None:
    profile_id = laptop.default().id
    laptop.store.keep_secret(profile_id, "postiz", b"first", "abcd")
    both(laptop, desktop)
    laptop.store.forget_secret(profile_id, "postiz")
    desktop.store.keep_secret(profile_id, "postiz", b"second", "abcd")
    both(laptop, desktop)
    assert laptop.store.sealed_secret(profile_id, "postiz") == b"second"
    laptop.store.forget_secret(profile_id, "postiz")
    both(laptop, desktop)
    assert desktop.store.sealed_secret(profile_id, "postiz") is None


# ── what only one machine may do ─────────────────────────────────────────────────────────────────────────────────


def test_a_post_of_another_machine_is_shown_and_never_delivered_or_changed_from_here(
    laptop: Machine, desktop: Machine
) -> None:
    ids = a_shop(laptop)
    both(laptop, desktop)
    [shown] = desktop.shelf.outbox.posts(ids["profiles"])
    assert (shown.id, shown.state) == (ids["editai_posts"], "planned")
    assert "Another of your machines" in shown.note
    assert desktop.shelf.outbox.search(ids["profiles"], PostFilter(states=("planned",)), 10) == ((shown,), 1)
    assert desktop.shelf.outbox.search(ids["profiles"], PostFilter(channel_id="another"), 10) == ((), 0)
    assert desktop.shelf.outbox.profiles_with_work("9999") == ()
    assert desktop.shelf.outbox.unfinished(ids["profiles"]) == ()
    for act in (
        lambda: desktop.shelf.outbox.own_post(ids["profiles"], ids["editai_posts"]),
        lambda: desktop.shelf.outbox.keep([shown]),
    ):
        with pytest.raises(EditaiError) as caught:
            act()
        assert caught.value.title == "409 post_elsewhere"


def test_a_clip_that_another_machine_posts_is_not_posted_from_here_too(laptop: Machine, desktop: Machine) -> None:
    ids = a_shop(laptop)
    both(laptop, desktop)
    clip = desktop.store.clip(ids["profiles"], ids["editai_clips"])
    [post] = laptop.shelf.outbox.posts(ids["profiles"])
    with pytest.raises(EditaiError) as caught:
        desktop.shelf.outbox.insert([a_post(clip, post.channel.id)])
    assert caught.value.title == "409 already_posted"
    laptop.shelf.outbox.keep([post.model_copy(update={"state": "sent", "remote_id": "r1"})])
    both(laptop, desktop)
    assert desktop.shelf.outbox.posts(ids["profiles"])[0].state == "sent"
    assert desktop.shelf.outbox.claimed(post.server, ["r1"]) == {"r1"}


def test_of_two_machines_that_plan_one_clip_for_one_channel_offline_the_second_gives_way(
    laptop: Machine, desktop: Machine
) -> None:
    laptop.store.add_clip(clip := a_clip(laptop.default().id))
    both(laptop, desktop)
    posts = [machine.shelf.outbox.insert([a_post(clip)])[0] for machine in (laptop, desktop)]
    both(laptop, desktop)
    assert desktop.shelf.outbox.own_post(clip.profile_id, posts[1].id).state == "cancelled"
    assert [machine.shelf.outbox.profiles_with_work("9999") for machine in (laptop, desktop)] == [
        (clip.profile_id,),
        (),
    ]


def test_a_clip_that_is_posted_again_and_again_has_each_of_its_posts_there(laptop: Machine, desktop: Machine) -> None:
    laptop.store.add_clip(clip := a_clip(laptop.default().id))
    laptop.shelf.outbox.insert([a_post(clip, batch="weekly", turn=turn) for turn in (1, 2)])
    both(laptop, desktop)
    assert {post.turn for post in desktop.shelf.outbox.posts(clip.profile_id)} == {1, 2}


def test_a_job_of_another_machine_is_not_taken_up_here(laptop: Machine, desktop: Machine) -> None:
    a_shop(laptop)
    both(laptop, desktop)
    assert desktop.shelf.journal.claim_next("token") is None


def test_a_key_that_was_entered_on_each_machine_opens_on_each(laptop: Machine, desktop: Machine) -> None:
    profile_id = laptop.default().id
    for machine in (laptop, desktop):
        machine.shelf.secrets.keep(profile_id, "elevenlabs", f"a key of {len(machine.waiting())}".replace(" ", "-"))
        both(laptop, desktop)
    assert [machine.shelf.secrets.reveal(profile_id, "elevenlabs") for machine in (laptop, desktop)] == [
        "a-key-of-0"
    ] * 2


def test_a_row_of_a_newer_editai_is_said_and_read_again_after_the_next_start(
    laptop: Machine, desktop: Machine, on_loopback: SupabaseServer
) -> None:
    product = a_project(laptop.default().id)
    data = {**json.loads(product.model_dump_json()), "from_the_future": 1}
    known = {name: getattr(product, name) for name in ("id", "profile_id", "created_at", "updated_at")}
    laptop.session.rpc("editai_keep_project", **known, data=data)
    laptop.store.create_profile(laptop.owner, "Tea")
    assert (laptop.sync(), desktop.sync()) == ("", "")
    assert desktop.names() == {"My store": True, "Tea": False}
    assert "newer EditAI" in desktop.told()
    server = on_loopback
    server.database.ask("alter table editai_projects disable trigger editai_count")  # as a new EditAI finds it
    server.database.ask("update editai_projects set data = data - 'from_the_future' where id = %s", product.id)
    server.database.ask("alter table editai_projects enable trigger editai_count")
    desktop.sync()
    assert desktop.store.projects(product.profile_id) == ()
    desktop.close()
    desktop.open()
    desktop.sign_in()
    desktop.sync()
    assert [each.id for each in desktop.store.projects(product.profile_id)] == [product.id]


def test_a_machine_that_is_new_reads_the_project_page_by_page(
    laptop: Machine, new_machine: NewMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        laptop.store.keep_project(a_project(laptop.default().id, f"Tea {number}"))
    laptop.sync()
    monkeypatch.setattr("editai.library.mirror_fetch.PAGE", 2)
    assert new_machine().store.count_projects(laptop.default().id)[0] == 5
