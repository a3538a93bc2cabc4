"""The files that an owner pastes into the SQL editor: in a new project, twice, and over an earlier EditAI's tables."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import psycopg
import pytest

from editai.library import Media
from editai.library.supabase import SupabaseStore
from editai.library.supabase_project import MIGRATIONS as NAMES
from tests.library.samples import a_clip, a_project
from tests.supabase.fixtures import Account, Project, postgres_server
from tests.supabase.postgres import MIGRATIONS, Database, Postgres
from tests.supabase.server import SupabaseServer

__all__ = ["postgres_server"]

EARLIER = Path(__file__).parent / "earlier_supabase.sql"
SHAPE = """
    select 'column' as kind, table_name || '.' || column_name as name,
        concat_ws(' ', data_type, is_nullable, column_default, collation_name) as told
    from information_schema.columns where table_schema = 'public'
    union all select 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
    from pg_constraint where connamespace = 'public'::regnamespace
    union all select 'index', indexname, indexdef from pg_indexes where schemaname = 'public'
    union all select 'policy', tablename || '.' || policyname, concat_ws(' ', permissive, roles, cmd, qual, with_check)
    from pg_policies
    union all select 'function', oid::regprocedure::text, prosrc || prosecdef || coalesce(proacl::text, '')
    from pg_proc where pronamespace = 'public'::regnamespace
    union all select 'trigger', tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid)
    from pg_trigger where not tgisinternal
    union all select 'grants', oid::regclass::text, coalesce(relacl::text, '')
    from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
    order by 1, 2, 3
"""
TABLES = ("editai_projects", "editai_clips", "editai_posts", "jobs", "api_costs")


@pytest.fixture
def database(postgres_server: Postgres) -> Database:
    """A new project."""
    return postgres_server.project()


def rows_of(database: Database) -> dict[str, list[dict[str, Any]]]:
    return {table: database.ask(f"select * from {table} order by id") for table in ("profiles", *TABLES)}


def test_the_sql_editor_is_no_superuser(database: Database) -> None:
    with database.connect("dashboard") as rows:
        assert rows.execute("select rolsuper from pg_roles where rolname = current_user").fetchall() == [
            {"rolsuper": False}
        ]


def test_the_product_knows_every_file_by_name() -> None:
    assert tuple(file.stem for file in MIGRATIONS) == NAMES


def test_the_owner_is_told_of_every_file_in_its_order() -> None:
    told = (MIGRATIONS[0].parent / "README.md").read_text("utf-8")
    assert re.findall(r"^\d+\. .*\[`(\d+_\w+)\.sql`\]", told, re.MULTILINE) == list(NAMES)


@pytest.mark.parametrize("file", MIGRATIONS, ids=lambda file: file.stem)
def test_each_file_is_one_transaction_that_writes_down_that_it_was_run(file: Path) -> None:
    statements = [line for line in file.read_text("utf-8").splitlines() if line and not line.startswith("--")]
    assert (statements[0], statements[-1]) == ("begin;", "commit;")
    assert statements.count("begin;") == statements.count("commit;") == 1
    assert f"values ('{file.stem}') on conflict do nothing;" in statements[-2]


def test_running_every_file_again_changes_nothing(database: Database) -> None:
    database.paste(*MIGRATIONS)
    before, run = database.ask(SHAPE), database.ask("select * from editai_migrations order by name")
    database.paste(*MIGRATIONS)
    for file in MIGRATIONS:
        database.paste(file, file)
    assert database.ask(SHAPE) == before
    assert database.ask("select * from editai_migrations order by name") == run
    assert [row["name"] for row in run] == list(NAMES)


def test_rows_need_no_storage(database: Database) -> None:
    database.ask("drop schema storage cascade")
    database.paste(*[file for file in MIGRATIONS if "storage" not in file.stem])
    with pytest.raises(psycopg.errors.UndefinedTable):
        database.paste(*[file for file in MIGRATIONS if "storage" in file.stem])


def test_a_table_of_somebody_else_is_said_and_left_alone(database: Database) -> None:
    with database.connect("dashboard") as rows:
        rows.execute("create table public.profiles (id uuid primary key, username text)")
    before = database.ask(SHAPE)
    with pytest.raises(psycopg.Error, match="not EditAI's") as caught:
        database.paste(MIGRATIONS[0])
    assert "project of its own" in str(caught.value.diag.message_hint)
    assert database.ask(SHAPE) == before


# ── an earlier EditAI, which knew no stores ──────────────────────────────────────────────────────────────────────


@pytest.fixture
def earlier(database: Database) -> Database:
    """Its tables with the rows of two people in them, and with a job that nobody made a clip of."""
    database.paste(EARLIER)
    return database


@pytest.fixture
def moved(earlier: Database) -> Database:
    earlier.paste(*MIGRATIONS)
    return earlier


def test_each_owner_of_earlier_rows_gets_one_default_store(moved: Database) -> None:
    found = moved.ask("select email, name, is_default from profiles join auth.users u on u.id = user_id order by email")
    assert [tuple(row.values()) for row in found] == [
        ("anna@editai.example", "My store", True),
        ("ben@editai.example", "My store", True),
    ]


def test_earlier_rows_keep_what_they_have_and_come_under_their_owners_store(earlier: Database) -> None:
    before = {table: earlier.ask(f"select * from {table} order by id::text") for table in TABLES}
    earlier.paste(*MIGRATIONS)
    stores = {row["user_id"]: row["id"] for row in earlier.ask("select user_id, id from profiles")}
    for table in TABLES:
        after = earlier.ask(f"select * from {table} order by id")
        assert len(after) == len(before[table]) > 0
        for old, new in zip(before[table], after, strict=True):
            store = stores[new["user_id"]]
            assert new["profile_id"] == store
            kept = {name: str(value) if name.endswith("id") else value for name, value in old.items()}
            told = {name: str(new[name]) if name.endswith("id") else new[name] for name in old}
            if "data" in old:
                kept["data"] = {**old["data"], "profile_id": store}
            assert told == kept


def test_moving_earlier_rows_twice_moves_them_once(moved: Database) -> None:
    before = rows_of(moved)
    moved.paste(*MIGRATIONS)
    assert rows_of(moved) == before


def test_a_cost_whose_store_was_deleted_since_is_not_moved_again(moved: Database) -> None:
    moved.ask(
        "insert into profiles (id, user_id, name, name_key) select 'second', user_id, 'B', 'b' from profiles "
        "order by user_id limit 1"
    )
    moved.ask(
        "insert into api_costs (id, user_id, profile_id) select 'cost', user_id, id from profiles where name = 'B'"
    )
    moved.ask("delete from profiles where id = 'second'")
    moved.paste(*MIGRATIONS)
    assert moved.ask("select profile_id from api_costs where id = 'cost'") == [{"profile_id": None}]


def test_a_moved_project_has_the_shape_of_a_new_one(moved: Database, postgres_server: Postgres) -> None:
    new = postgres_server.project()
    new.paste(*MIGRATIONS)
    there, wanted = ({(row["kind"], row["name"]): row["told"] for row in one.ask(SHAPE)} for one in (moved, new))
    assert {what: there.get(what) for what in wanted} == wanted
    only_there = [kind for kind, _ in there.keys() - wanted.keys()]
    assert set(only_there) <= {"column", "constraint"}  # what the earlier tables had besides


def test_an_earlier_policy_does_not_open_what_ours_keep_shut(earlier: Database) -> None:
    with earlier.connect("dashboard") as rows:
        rows.execute("alter table editai_projects enable row level security")
        rows.execute("create policy everybody on editai_projects using (true)")
    earlier.paste(*MIGRATIONS)
    found = earlier.ask("select policyname from pg_policies where tablename = 'editai_projects'")
    assert found == [{"policyname": "owner"}]


def test_the_store_reads_earlier_rows(moved: Database, tmp_path: Path) -> None:
    [anna] = moved.ask("select id from auth.users where email = 'anna@editai.example'")
    for table, noun in (("editai_projects", a_project("")), ("editai_clips", a_clip(""))):
        data = noun.model_dump(mode="json", exclude={"profile_id"})
        moved.ask(f"update {table} set data = data || %s::jsonb where user_id = %s", json.dumps(data), anna["id"])
    server = SupabaseServer(moved)
    try:
        moved.ask("update auth.users set encrypted_password = encode(sha256('password'), 'hex')")
        account = Account(Project(server.url, server.anon_key, ""), str(anna["id"]), "anna@editai.example", "password")
        session = account.sign_in()
        store = SupabaseStore(session, Media(tmp_path).placed)
        profile = store.default_profile(session.user_id)
        assert [project.profile_id for project in store.projects(profile.id)] == [profile.id]
        assert [clip.profile_id for clip in store.clips(profile.id)] == [profile.id] * 2
        session.close()
    finally:
        server.stop()
