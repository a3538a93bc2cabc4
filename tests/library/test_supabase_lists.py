"""Lists of the Supabase store beside 100,000 rows of others: under row-level security, each is read from its index."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from editai.library import Media
from editai.library.supabase import SupabaseStore
from editai.models import Profile
from tests.library.samples import a_clip, a_cost, a_project
from tests.supabase.crowd import crowd
from tests.supabase.fixtures import Project, administration, postgres_server, sign_up
from tests.supabase.postgres import MIGRATIONS, Database, Postgres
from tests.supabase.rest import Seen
from tests.supabase.server import SupabaseServer

__all__ = ["postgres_server"]

FOREIGN_ROWS = 100_000
ASKED: dict[str, Callable[[SupabaseStore, Profile], object]] = {
    "profiles": lambda store, mine: store.profiles(mine.owner_id),
    "one profile": lambda store, mine: store.profile(mine.owner_id, mine.id),
    "a profile by name": lambda store, mine: store.find_profile(mine.owner_id, "tea"),
    "the default": lambda store, mine: store.default_profile(mine.owner_id),
    "projects": lambda store, mine: store.projects(mine.id),
    "how many projects": lambda store, mine: store.count_projects(mine.id),
    "clips": lambda store, mine: store.clips(mine.id),
    "clips this month": lambda store, mine: store.count_clips(mine.id, "2026-01-01"),
    "costs": lambda store, mine: store.costs(mine.id, "2026-01-01"),
    "money": lambda store, mine: store.spent(mine.id, "2026-01-01"),
    "what was reserved": lambda store, mine: store.reserved_costs(),
    "secrets": lambda store, mine: store.secrets(mine.id),
    "how far it is": lambda store, mine: store._session.select("editai_versions", "epoch,version"),
    "what has changed": lambda store, mine: store._session.rpc("editai_changes", since=-1, limit=500),
}
MIRRORED = {
    "jobs": "select * from jobs where profile_id = %s order by created_at desc, nr desc",
    "posts": "select * from editai_posts where profile_id = %s order by created_at desc, nr desc",
    "posts of a clip": "select * from editai_posts where profile_id = %s and clip_id = 'x' order by created_at desc",
}
"""Lists of the tables into which the local journal and outbox are copied."""


@pytest.fixture(scope="module")
def server(postgres_server: Postgres) -> Iterator[SupabaseServer]:
    """A project with many rows of others."""
    database = postgres_server.project()
    database.paste(*MIGRATIONS)
    started = SupabaseServer(database)
    yield started
    started.stop()


@pytest.fixture(scope="module")
def mine(server: SupabaseServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SupabaseStore, Profile]]:
    """A store with few rows in the middle of them."""
    running = Project(server.url, server.anon_key, server.service_key)
    with administration(running) as admin:
        session = sign_up(running, admin).sign_in()
    store = SupabaseStore(session, Media(tmp_path_factory.mktemp("media")).placed)
    profile = store.create_profile(session.user_id, "Tea")
    for _ in range(50):
        store.keep_project(project := a_project(profile.id))
        store.add_clip(a_clip(profile.id, project_id=project.id))
        store.reserve_cost(a_cost(profile.id), "")
    store.keep_secret(profile.id, "postiz", b"sealed", "")
    crowd(server.database, FOREIGN_ROWS)
    yield store, profile
    session.close()


def plans(database: Database, seen: Seen) -> list[str]:
    """How Postgres runs a request under its token, function bodies too, as JSON that EXPLAIN would print."""
    told: list[str] = []
    with database.connect() as rows:
        rows.add_notice_handler(lambda notice: told.append(str(notice.message_primary)))
        rows.execute("load 'auto_explain'")
        for setting, value in {
            "auto_explain.log_min_duration": "0",
            "auto_explain.log_nested_statements": "on",
            "auto_explain.log_format": "json",
            "client_min_messages": "log",
        }.items():
            rows.execute("select set_config(%s, %s, false)", [setting, value])
        with rows.transaction():
            rows.execute("set local role authenticated")
            rows.execute("select set_config('request.jwt.claims', %s, true)", [json.dumps(seen.claims)])
            told.clear()
            rows.execute(seen.statement, seen.values)
    return [notice[notice.index("{") :] for notice in told if "plan:" in notice]


def nodes(plan: Any) -> Iterator[dict[str, Any]]:
    """Every node of a plan that reads something."""
    if "Relation Name" in plan or "Index Name" in plan:
        yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


def assert_only_its_part(database: Database, seen: Seen) -> None:
    """Whatever a request read, it read by an index that begins with an owner, a profile or an id."""
    leading = database.ask(
        "select relname from pg_index join pg_class on pg_class.oid = indexrelid join pg_attribute "
        "on attrelid = indrelid and attnum = indkey[0] where attname in ('user_id', 'profile_id', 'id')"
    )
    found = [node for plan in plans(database, seen) for node in nodes(json.loads(plan)["Plan"])]
    names = {node["Index Name"] for node in found if "Index Name" in node}
    assert names
    assert names <= {row["relname"] for row in leading}
    assert [node for node in found if node["Node Type"] == "Seq Scan"] == []


@pytest.mark.parametrize("what", ASKED)
def test_a_list_is_read_from_its_index_under_row_level_security(
    server: SupabaseServer, mine: tuple[SupabaseStore, Profile], what: str
) -> None:
    server.rest.seen.clear()
    ASKED[what](*mine)
    assert server.rest.seen
    for seen in tuple(server.rest.seen):
        assert_only_its_part(server.database, seen)


@pytest.mark.parametrize("what", MIRRORED)
def test_a_list_of_mirrored_rows_is_read_from_its_index(
    server: SupabaseServer, mine: tuple[SupabaseStore, Profile], what: str
) -> None:
    claims = {"sub": mine[1].owner_id, "role": "authenticated"}
    assert_only_its_part(server.database, Seen(claims, MIRRORED[what], [mine[1].id]))


def test_a_token_sees_only_its_own_of_all_these_rows(
    server: SupabaseServer, mine: tuple[SupabaseStore, Profile]
) -> None:
    store, profile = mine
    assert len(store.clips(profile.id)) == len(store.projects(profile.id)) == 50
    [counted] = server.database.ask("select count(*) as clips from editai_clips")
    assert counted["clips"] == FOREIGN_ROWS + 50
