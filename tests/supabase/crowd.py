"""Rows of other owners, many: copies of the rows that are there, in between them."""

from __future__ import annotations

from tests.supabase.postgres import Database

STORES = 1000
OWNERS = 5000
COPIES = {
    "editai_projects": "select 'p' || i, u, s, created_at, updated_at, '{}'::jsonb from",
    "editai_clips": "select 'c' || i, u, s, null, created_at, '{}'::jsonb from",
    "api_costs": "select 'a' || i, u, s, job_id, service, operation, units, amount, state, created_at, ended_at from",
    "editai_secrets": "select u, s, 'name ' || i, sealed, last_four, updated_at from",
}
COLUMNS = {
    "editai_projects": "id, user_id, profile_id, created_at, updated_at, data",
    "editai_clips": "id, user_id, profile_id, project_id, created_at, data",
    "api_costs": "id, user_id, profile_id, job_id, service, operation, units, amount, state, created_at, ended_at",
    "editai_secrets": "user_id, profile_id, name, sealed, last_four, updated_at",
}


def crowd(database: Database, count: int) -> None:
    """Put `count` rows of other owners into every table, of 10 stores each, and let Postgres look at them."""
    with database.connect() as rows, rows.transaction():
        rows.execute("set local session_replication_role = replica")  # what they hang on is right by its making
        rows.execute(
            "create temporary table others on commit drop as select i, md5(i::text) as s, "
            "md5('owner ' || i / 10)::uuid as u from generate_series(1, %s) as i",
            [STORES],
        )
        rows.execute("insert into auth.users (id, email) select distinct u, u::text from others")
        rows.execute(
            "insert into profiles (id, user_id, name, name_key, is_default) "
            "select s, u, 'Store ' || i, 'store ' || i, i % 10 = 0 from others"
        )
        numbers = f"(select n as i, u, s from generate_series(1, {count}) as n join others on i = 1 + n % {STORES})"
        for table, copy in COPIES.items():
            own = f"(select *, row_number() over () as nr_ from {table}) as own"
            rows.execute(
                f"insert into {table} ({COLUMNS[table]}) {copy} {numbers} as other "
                f"join {own} on nr_ = 1 + i % (select count(*) from {table})"
            )
        rows.execute(
            f"insert into jobs (id, user_id, profile_id, data) "
            f"select 'j' || i, u, s, jsonb_build_object('profile_id', s) from {numbers} as other"
        )
        rows.execute(
            f"insert into editai_posts (id, user_id, profile_id, clip_id, state) "
            f"select 'o' || i, u, s, 'c' || i, 'sent' from {numbers} as other"
        )
        rows.execute(
            f"insert into editai_gone (user_id, kind, id, version) "
            f"select u, 'editai_clips', 'g' || i, i from {numbers} as other"
        )
        rows.execute(  # a table of a few rows is rightly read whole
            f"insert into auth.users (id, email) select md5('counted ' || i)::uuid, 'c' || i "
            f"from generate_series(1, {OWNERS}) as i"
        )
        rows.execute(
            f"insert into editai_versions (user_id, version) select md5('counted ' || i)::uuid, i "
            f"from generate_series(1, {OWNERS}) as i on conflict do nothing"
        )
    database.ask("analyze")
