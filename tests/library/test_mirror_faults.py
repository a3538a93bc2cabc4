"""The mirror where something goes wrong: each fault is said, tried again where that is safe, and nothing is lost."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from editai.errors import RateLimited
from editai.library import mirror as mirroring
from editai.library.mirror import Mirror
from editai.models import Progress
from tests.library.machines import Machine, NewMachine, account, laptop, new_machine
from tests.library.samples import FILE, a_brief, a_clip, a_cost, a_project
from tests.supabase.fixtures import (
    NewAccount,
    admin,
    at_once,
    new_account,
    on_loopback,
    postgres_server,
    project,
    supabase_server,
    title,
)
from tests.supabase.server import SupabaseServer

__all__ = [
    "account",
    "admin",
    "at_once",
    "laptop",
    "new_account",
    "new_machine",
    "on_loopback",
    "postgres_server",
    "project",
    "supabase_server",
]

KEEP = "POST /rest/v1/rpc/editai_keep_project"
TRIES = 3
"""How often a request is sent before it is given up for now."""


@pytest.fixture
def server(on_loopback: SupabaseServer) -> SupabaseServer:
    return on_loopback


def a_product(machine: Machine) -> str:
    machine.store.keep_project(product := a_project(machine.default().id))
    return product.id


def there(machine: Machine, product: str) -> int:
    """How often the project has a product."""
    return len(machine.session.select("editai_projects", id=product))


@pytest.mark.parametrize(
    ("how", "said", "acted"),
    [
        ("drop_before", "504 supabase_no_answer", 0),
        ("drop_after", "504 supabase_no_answer", 1),
        ("garbage_after", "504 supabase_no_answer", 1),
        ("500_before", "504 supabase_failed", 0),
        ("500_after", "504 supabase_failed", 1),
        ("503_before", "504 supabase_failed", 0),
    ],
)
def test_a_row_whose_request_fails_waits_and_arrives_once(
    server: SupabaseServer, laptop: Machine, how: str, said: str, acted: int
) -> None:
    product = a_product(laptop)
    server.fail(KEEP, how, TRIES)
    assert laptop.sync() == said
    assert laptop.waiting() == [("editai_projects", product)]
    assert there(laptop, product) == acted
    server.heal()
    assert (laptop.sync(), laptop.waiting(), there(laptop, product)) == ("", [], 1)


def test_a_project_that_is_slow_is_said_and_asked_again_later(server: SupabaseServer, laptop: Machine) -> None:
    product = a_product(laptop)
    patient, hasty = laptop.session, laptop.account.sign_in(timeout_s=0.5)
    laptop.sessions.sessions[laptop.owner] = hasty
    server.fail(KEEP, "slow", TRIES, wait=1.5)
    assert laptop.sync() == "504 supabase_no_answer"
    server.heal()
    laptop.sessions.sessions[laptop.owner] = patient
    assert (laptop.sync(), there(laptop, product)) == ("", 1)
    hasty.close()


def test_a_project_that_is_asked_too_much_is_left_alone_for_as_long_as_it_says(
    server: SupabaseServer, laptop: Machine
) -> None:
    product = a_product(laptop)
    server.fail(KEEP, "429_before", wait=3000)
    laptop.mirror._look_after(laptop.owner, woken=False)
    state = laptop.mirror.state(laptop.owner)
    assert isinstance(state.error, RateLimited)
    server.rest.seen.clear()
    laptop.mirror._look_after(laptop.owner, woken=True)
    assert (server.rest.seen, laptop.waiting()) == ([], [("editai_projects", product)])


def test_a_token_that_expires_on_the_way_is_renewed(server: SupabaseServer, laptop: Machine) -> None:
    products = {a_product(laptop), a_product(laptop)}
    server.fail(KEEP, "401_before")
    assert laptop.sync() == ""
    assert server.auth.refreshes == 1
    assert {row["id"] for row in laptop.session.select("editai_projects")} == products


def test_a_sign_in_that_has_ended_is_said_and_the_next_one_goes_on(server: SupabaseServer, laptop: Machine) -> None:
    product = a_product(laptop)
    server.fail("POST /rest/v1/*", "401_before")
    server.auth.forget(laptop.owner)
    laptop.mirror._look_after(laptop.owner, woken=False)
    error = laptop.mirror.state(laptop.owner).error
    assert error is not None
    assert error.title == "401 signed_out"
    server.rest.seen.clear()
    laptop.mirror._look_after(laptop.owner, woken=True)
    assert server.rest.seen == []
    laptop.sign_in()
    laptop.mirror._look_after(laptop.owner, woken=False)
    assert (laptop.mirror.state(laptop.owner).error, there(laptop, product)) == (None, 1)


@pytest.mark.parametrize("kind", ["409", "413"])
def test_a_row_that_is_refused_for_good_is_said_and_in_no_other_rows_way(
    server: SupabaseServer, laptop: Machine, kind: str
) -> None:
    profile_id = laptop.default().id
    if kind == "409":
        laptop.store.keep_secret(profile_id, "postiz", b"x", "longer than four characters")
    else:
        server.fail("POST /rest/v1/rpc/editai_keep_secret", "413_before")
        laptop.store.keep_secret(profile_id, "postiz", b"x", "abcd")
    laptop.store.add_clip(clip := a_clip(profile_id))
    assert laptop.sync() == ("409 supabase_conflict" if kind == "409" else "413 supabase_too_large")
    assert laptop.session.select("editai_clips", "id") == [{"id": clip.id}]
    state = laptop.mirror.state(laptop.owner)
    assert (state.waiting, state.refused) == (1, 1)
    assert state.error is not None
    assert state.error.message in state.told[0]
    server.rest.seen.clear()
    assert laptop.sync() == ""
    assert not any("editai_keep_secret" in seen.statement for seen in server.rest.seen)
    laptop.store.keep_secret(profile_id, "postiz", b"y", "abcd")
    assert (laptop.sync(), laptop.mirror.state(laptop.owner).waiting) == ("", 0)


def test_what_was_refused_is_tried_once_more_at_the_next_sign_in(server: SupabaseServer, laptop: Machine) -> None:
    """A clip never changes, so nothing else would ever try it again."""
    laptop.store.add_clip(clip := a_clip(laptop.default().id))
    server.fail("POST /rest/v1/editai_clips", "413_before")
    laptop.sync()
    assert "the next time that you sign in" in laptop.told()
    assert (laptop.sync(), laptop.mirror.state(laptop.owner).refused) == ("", 1)
    laptop.mirror.welcome(laptop.sign_in())
    assert (laptop.sync(), laptop.waiting()) == ("", [])
    assert laptop.session.select("editai_clips", "id") == [{"id": clip.id}]


def test_what_hangs_on_a_refused_row_waits_for_it(server: SupabaseServer, laptop: Machine) -> None:
    product = a_product(laptop)
    laptop.store.add_clip(a_clip(laptop.default().id, project_id=product))
    server.fail(KEEP, "413_before")
    laptop.mirror._look_after(laptop.owner, woken=False)
    state = laptop.mirror.state(laptop.owner)
    assert (state.waiting, state.refused) == (2, 1)
    assert state.error is not None
    assert state.error.title == "413 supabase_too_large"
    laptop.store.keep_project(laptop.store.project(laptop.default().id, product))
    assert (laptop.sync(), laptop.waiting()) == ("", [])


def test_what_belongs_to_a_refused_store_is_not_asked_for_row_by_row(server: SupabaseServer, laptop: Machine) -> None:
    tea = laptop.store.create_profile(laptop.owner, "Tea")
    laptop.store.keep_project(a_project(tea.id))
    server.fail("POST /rest/v1/profiles", "413_before")
    laptop.sync()
    assert not any("editai_keep_project" in seen.statement for seen in server.rest.seen)
    laptop.change(tea.id, description="shorter")
    assert (laptop.sync(), laptop.waiting()) == ("", [])


def test_a_project_that_lacks_the_functions_of_the_mirror_is_said(server: SupabaseServer, laptop: Machine) -> None:
    a_product(laptop)
    server.database.ask("alter function public.editai_changes rename to editai_changes_away")
    try:
        assert laptop.sync() == "503 supabase_outdated"
    finally:
        server.database.ask("alter function public.editai_changes_away rename to editai_changes")
    assert (laptop.sync(), laptop.waiting()) == ("", [])


def test_a_project_that_is_not_there_is_said_and_gets_everything_once_it_is_back(
    server: SupabaseServer, laptop: Machine
) -> None:
    away = SupabaseServer(server.database)
    elsewhere = replace(laptop.account.project, url=away.url, anon_key=away.anon_key)
    session = replace(laptop.account, project=elsewhere).sign_in()
    away.stop()
    product = a_product(laptop)
    laptop.sessions.sessions[laptop.owner] = session
    assert laptop.sync() == "503 supabase_unreachable"
    session.close()
    laptop.sign_in()
    assert (laptop.sync(), laptop.waiting(), there(laptop, product)) == ("", [], 1)


def test_what_keeps_this_computer_from_being_brought_up_to_date_is_said_although_nothing_waits(
    server: SupabaseServer, laptop: Machine
) -> None:
    def said() -> str:
        state = laptop.mirror.state(laptop.owner)
        assert state.waiting == 0
        return state.error.title if state.error else ""

    server.fail("* /rest/v1/*", "drop_before", TRIES)
    laptop.mirror._look_after(laptop.owner, woken=True)
    assert said() == "504 supabase_no_answer"
    laptop.mirror._look_after(laptop.owner, woken=True)
    assert said() == ""
    laptop.sessions.sessions.clear()
    assert said() == "401 signed_out"


@pytest.mark.parametrize("how", ["drop_after", "401_before", "409_before", "413_before", "429_before", "500_after"])
def test_work_goes_on_through_each_fault_and_ends_mirrored_once(
    server: SupabaseServer, laptop: Machine, how: str
) -> None:
    profile = laptop.default()
    job = laptop.shelf.journal.insert(profile, a_brief())
    laptop.sync()
    for route in ("POST /rest/v1/rpc/editai_keep_*", "POST /rest/v1/editai_clips"):
        server.fail(route, how, 99)
    assert laptop.shelf.journal.claim(job.id, "token")
    assert laptop.sync()
    product = a_product(laptop)
    laptop.store.add_clip(clip := a_clip(profile.id, project_id=product))
    laptop.store.reserve_cost(cost := a_cost(profile.id), "")
    assert laptop.sync()
    assert laptop.shelf.journal.finish(job.id, "token", clip.id, Progress(stage="done", percent=100))
    assert laptop.mirror.state(laptop.owner).error or laptop.sync()
    server.heal()
    laptop.mirror.welcome(laptop.sign_in())
    assert (laptop.sync(), laptop.waiting()) == ("", [])
    rows = laptop.session.select
    assert [(row["id"], row["state"], row["clip_id"]) for row in rows("jobs")] == [(job.id, "done", clip.id)]
    for table, id_ in (("editai_projects", product), ("editai_clips", clip.id), ("api_costs", cost.id)):
        assert [row["id"] for row in rows(table)] == [id_]


# ── signing in, and who is not ───────────────────────────────────────────────────────────────────────────────────


def test_after_a_restart_nothing_is_sent_until_somebody_signs_in(server: SupabaseServer, laptop: Machine) -> None:
    product = a_product(laptop)
    laptop.close()
    laptop.open()
    server.rest.seen.clear()
    laptop.mirror._look_after(laptop.owner, woken=True)
    assert (server.rest.seen, laptop.waiting()) == ([], [("editai_projects", product)])
    laptop.sign_in()
    laptop.mirror._look_after(laptop.owner, woken=False)
    assert there(laptop, product) == 1


def test_the_first_sign_in_on_a_machine_needs_the_project(server: SupabaseServer, new_machine: NewMachine) -> None:
    machine = new_machine(welcome=False)
    session = machine.sign_in()
    server.fail("* /rest/v1/*", "drop_before", TRIES)
    assert title(lambda: machine.mirror.welcome(session)) == "504 supabase_no_answer"
    assert machine.names() == {}
    machine.mirror.welcome(session)
    assert machine.names() == {"My store": True}


def test_a_later_sign_in_goes_on_with_what_is_here_and_says_why(server: SupabaseServer, laptop: Machine) -> None:
    server.fail("* /rest/v1/*", "drop_before", TRIES)
    laptop.mirror.welcome(laptop.session)
    error = laptop.mirror.state(laptop.owner).error
    assert error is not None
    assert (error.title, laptop.names()) == ("504 supabase_no_answer", {"My store": True})
    assert laptop.sync() == ""
    assert len(laptop.session.select("profiles")) == 1


def test_two_owners_of_one_data_folder_are_mirrored_each_under_their_own_token(
    server: SupabaseServer, laptop: Machine, new_account: NewAccount
) -> None:
    stranger = new_account()
    theirs = laptop.sign_in(stranger)
    laptop.mirror.welcome(theirs)
    mine = a_product(laptop)
    laptop.store.keep_project(other := a_project(laptop.store.default_profile(stranger.user_id).id))
    for owner_id in laptop.mirror._owners():
        laptop.mirror._look_after(owner_id, woken=True)
    assert laptop.waiting() == []
    assert [row["id"] for row in laptop.session.select("editai_projects")] == [mine]
    assert [row["id"] for row in theirs.select("editai_projects")] == [other.id]


def test_a_session_of_somebody_else_carries_nothing(
    server: SupabaseServer, laptop: Machine, new_account: NewAccount
) -> None:
    product = a_product(laptop)
    laptop.sessions.sessions[laptop.owner] = theirs = new_account().sign_in()
    laptop.mirror._look_after(laptop.owner, woken=True)
    assert laptop.waiting() == [("editai_projects", product)]
    assert theirs.select("editai_projects") == []
    theirs.close()


def test_rows_of_which_another_account_has_copies_are_refused_and_not_taken_for_carried(
    laptop: Machine, new_account: NewAccount
) -> None:
    laptop.store.add_clip(clip := a_clip(laptop.default().id))
    laptop.sync()
    stranger = new_account()
    theirs = laptop.sign_in(stranger)
    laptop.mirror.welcome(theirs)
    with laptop.shelf.database.transaction() as rows:
        rows.execute("DELETE FROM editai_clips WHERE id = ?", (clip.id,))
        rows.execute("DELETE FROM mirror WHERE row_id = ?", (clip.id,))
    laptop.store.add_clip(clip.model_copy(update={"profile_id": laptop.store.default_profile(stranger.user_id).id}))
    error = laptop.mirror.sync(theirs)
    assert error is not None
    assert error.title == "403 mirror_id_taken"


def test_a_row_that_somebody_made_up_reaches_into_no_other_owners_store_or_files(
    laptop: Machine, new_account: NewAccount
) -> None:
    stranger = new_account()
    theirs = laptop.sign_in(stranger)
    laptop.mirror.welcome(theirs)
    mine, store = laptop.default().id, laptop.store.default_profile(stranger.user_id).id
    for made_up in (
        a_clip(mine),
        a_clip(store, video=FILE.model_copy(update={"name": f"../../../{mine}/clips/x/clip.mp4"})),
    ):
        theirs.insert("editai_clips", {"id": made_up.id, "profile_id": store, "data": made_up.model_dump(mode="json")})
    data = a_project(mine)
    known = {"id": data.id, "created_at": data.created_at, "updated_at": data.updated_at}
    theirs.rpc("editai_keep_project", profile_id=store, **known, data=data.model_dump(mode="json"))
    assert laptop.mirror.sync(theirs) is None
    assert [laptop.store.clips(mine), laptop.store.clips(store)] == [(), ()]
    assert [laptop.store.projects(mine), laptop.store.projects(store)] == [(), ()]


# ── the thread ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_thread_carries_what_any_process_noted_through_faults_and_takes_in_what_others_changed(
    server: SupabaseServer, laptop: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, seconds in (("TICK_S", 0.02), ("LOOK_S", 0.02), ("PAUSES_S", (0.01, 0.02))):
        monkeypatch.setattr(mirroring, name, seconds)
    looked = threading.Event()
    look_after = Mirror._look_after

    def watched(self: Mirror, owner_id: str, woken: bool) -> None:
        look_after(self, owner_id, woken)
        looked.set()

    monkeypatch.setattr(Mirror, "_look_after", watched)
    server.fail(KEEP, "500_before", 2 * TRIES)
    laptop.mirror.start()
    product = a_product(laptop)
    laptop.session.rpc("editai_change_store", id=laptop.default().id, fields={"description": "from afar"}, kit={})
    while laptop.waiting() or laptop.default().description != "from afar":
        looked.clear()
        assert looked.wait(60)
    assert there(laptop, product) == 1
