"""Row-level security from the other side: what is A's does not exist for B, and less than that for nobody.

What there is to try is read off the database: a table or a function that has no line here fails.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from postgrest import SyncPostgrestClient
from postgrest.exceptions import APIError

from editai.library.supabase_session import Row, Session
from tests.supabase.fixtures import (
    NewAccount,
    Project,
    admin,
    new_account,
    on_loopback,
    postgres_server,
    project,
    supabase_server,
)
from tests.supabase.server import SupabaseServer
from tests.supabase.tokens import that_hold_no_longer

__all__ = ["admin", "new_account", "on_loopback", "postgres_server", "project", "supabase_server"]

MOMENT = "2026-01-01T00:00:00+00:00"
TABLES = ("profiles", "editai_projects", "editai_clips", "editai_posts", "editai_secrets", "jobs", "api_costs")
KEPT_FOR_GOOD = {"jobs", "api_costs"}
COUNTED = ("editai_versions", "editai_gone")
"""Tables that only the database itself writes."""
KEPT_POST = {"channel_id": "", "batch": "", "state": "sent", "not_before": "", "created_at": MOMENT, "data": {}}
KEPT_JOB = {"data": {"profile_id": "x"}, "tries": 0, "created_at": MOMENT}
KEPT_COST = {"service": "x", "operation": "x", "units": 0, "created_at": MOMENT}
FUNCTIONS: dict[str, dict[str, Any]] = {
    "editai_whose_store": {"p_id": "PROFILE"},
    "editai_welcome": {
        "p_id": "NEW",
        "p_name": "x",
        "p_name_key": "x",
        "p_description": "",
        "p_monthly_budget": None,
        "p_kit": {},
    },
    "editai_set_default": {"p_id": "PROFILE"},
    "editai_change_store": {"p_id": "PROFILE", "p_fields": {"name": "stolen"}, "p_kit": {"font": "stolen"}},
    "editai_keep_project": {
        "p_id": "PROJECT",
        "p_profile_id": "PROFILE",
        "p_created_at": MOMENT,
        "p_updated_at": MOMENT,
        "p_data": {"title": "stolen"},
    },
    "editai_projects_of": {"p_profile_id": "PROFILE"},
    "editai_count_projects": {"p_profile_id": "PROFILE"},
    "editai_clips_of": {"p_profile_id": "PROFILE"},
    "editai_count_clips": {"p_profile_id": "PROFILE", "p_since": "-infinity"},
    "editai_keep_secret": {"p_profile_id": "PROFILE", "p_name": "postiz", "p_sealed": "\\x00", "p_last_four": ""},
    "editai_spent": {"p_profile_id": "PROFILE", "p_since": "-infinity"},
    "editai_reserve_cost": {
        "p_id": "NEW",
        "p_profile_id": "PROFILE",
        "p_job_id": None,
        "p_service": "x",
        "p_operation": "x",
        "p_units": 1,
        "p_amount": 1,
        "p_created_at": MOMENT,
        "p_since": "-infinity",
    },
    "editai_end_cost": {"p_id": "COST", "p_state": "released", "p_amount": 0},
    "editai_costs_of": {"p_profile_id": "PROFILE", "p_since": "-infinity"},
    "editai_changes": {"p_since": 10**15, "p_limit": 10},
    "editai_change_project": {
        "p_id": "PROJECT",
        "p_profile_id": "PROFILE",
        "p_updated_at": MOMENT,
        "p_fields": {"title": "stolen"},
        "p_brief": {},
        "p_facts": {},
    },
    "editai_keep_post": {"p_row": {"id": "POST", "profile_id": "PROFILE", "clip_id": "CLIP", **KEPT_POST}},
    "editai_keep_job": {"p_row": {"id": "JOB", "kind": "produce", "state": "done", **KEPT_JOB}},
    "editai_keep_cost": {"p_row": {"id": "COST", "amount": 0, "state": "released", **KEPT_COST}},
}
"""Every function that somebody who signed in may call, with what B tries of A's."""
TOLD_OF_A: dict[str, Any] = {
    "editai_whose_store": "other",
    "editai_welcome": False,
    "editai_set_default": [],
    "editai_change_store": [],
    "editai_keep_project": "PT404",
    "editai_projects_of": [],
    "editai_count_projects": {"count": 0, "changed_at": None},
    "editai_clips_of": [],
    "editai_count_clips": 0,
    "editai_keep_secret": "23503",
    "editai_spent": 0,
    "editai_reserve_cost": "PT404",
    "editai_end_cost": False,
    "editai_costs_of": [],
    "editai_changes": [],
    "editai_change_project": False,
    "editai_keep_post": "42501",
    "editai_keep_job": "42501",
    "editai_keep_cost": "42501",
}
"""What B is told: nothing, or an error's code."""


class Shop:
    """One owner's session with a row in every table; `ids` names them."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.rest = rest_of(session)
        self.ids = {name: uuid.uuid4().hex for name in ("PROFILE", "PROJECT", "CLIP", "POST", "JOB", "COST")}
        for table in TABLES:
            self.rest.from_(table).insert(self.row(table)).execute()

    def row(self, table: str, **other: Any) -> Row:
        """A row of this shop for a table, with other values for some columns."""
        ids, profile = self.ids, self.ids["PROFILE"]
        rows: dict[str, Row] = {
            "profiles": {"id": profile, "name": "Tea", "name_key": "tea"},
            "editai_projects": {"id": ids["PROJECT"], "profile_id": profile},
            "editai_clips": {"id": ids["CLIP"], "profile_id": profile, "project_id": ids["PROJECT"]},
            "editai_posts": {"id": ids["POST"], "profile_id": profile, "clip_id": ids["CLIP"]},
            "editai_secrets": {"profile_id": profile, "name": "postiz", "sealed": "\\x01", "last_four": "abcd"},
            "jobs": {"id": ids["JOB"], "profile_id": profile, "data": {"profile_id": profile}},
            "api_costs": {"id": ids["COST"], "profile_id": profile, "amount": 5, "state": "reserved"},
        }
        return {**rows[table], **other}

    def new_row(self, table: str, **other: Any) -> Row:
        """The same under an id, or a name, of its own."""
        new = uuid.uuid4().hex
        own = {"name": new} if table == "editai_secrets" else {"id": new}
        return self.row(table, **own, **({"name_key": new} if table == "profiles" else {}), **other)

    def everything(self) -> dict[str, list[Row]]:
        """Every row of this owner's, as its owner sees it."""
        return {table: self.rest.from_(table).select("*").execute().data for table in TABLES}  # type: ignore[misc]

    def which(self, table: str) -> tuple[str, str]:
        """The column and value that name this shop's row."""
        return ("profile_id", self.ids["PROFILE"]) if table == "editai_secrets" else ("id", self.row(table)["id"])


def rest_of(session: Session) -> SyncPostgrestClient:
    return session._client.postgrest


def refused(query: Any) -> str:
    """The code with which a request is refused."""
    with pytest.raises(APIError) as caught:
        query.execute()
    return str(caught.value.code)


@pytest.fixture
def shops(new_account: NewAccount) -> Iterator[tuple[Shop, Shop]]:
    """A and B."""
    sessions = [new_account().sign_in() for _ in range(2)]
    yield Shop(sessions[0]), Shop(sessions[1])
    for session in sessions:
        session.close()


# ── nothing is left out ──────────────────────────────────────────────────────────────────────────────────────────


def test_every_table_has_a_line_here_and_row_level_security_that_holds_its_owner_too(
    on_loopback: SupabaseServer,
) -> None:
    found = on_loopback.database.ask(
        "select relname, relrowsecurity and relforcerowsecurity as held from pg_class "
        "where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm')"
    )
    assert {row["relname"]: row["held"] for row in found} == dict.fromkeys(
        (*TABLES, *COUNTED, "editai_migrations"), True
    )


def test_every_function_that_can_be_called_has_a_line_here(on_loopback: SupabaseServer) -> None:
    found = on_loopback.database.ask(
        "select proname from pg_proc where pronamespace = 'public'::regnamespace "
        "and has_function_privilege('authenticated', oid, 'execute')"
    )
    assert {row["proname"] for row in found} == set(FUNCTIONS) == set(TOLD_OF_A)


def test_a_function_sees_through_row_level_security_only_to_tell_three_things_to_switch_the_default_or_to_count(
    on_loopback: SupabaseServer,
) -> None:
    found = on_loopback.database.ask(
        "select proname, proconfig from pg_proc where pronamespace = 'public'::regnamespace and prosecdef"
    )
    assert {row["proname"] for row in found} == {
        "editai_whose_store",
        "editai_set_default",
        "editai_count",
        "editai_bury",
    }


def test_every_function_names_its_schemas(on_loopback: SupabaseServer) -> None:
    found = on_loopback.database.ask("select proconfig from pg_proc where pronamespace = 'public'::regnamespace")
    assert {tuple(row["proconfig"] or ()) for row in found} == {('search_path=""',)}


@pytest.mark.parametrize("role", ["anon", "authenticated"])
def test_nobody_empties_a_table_or_hangs_something_on_it(on_loopback: SupabaseServer, role: str) -> None:
    found = on_loopback.database.ask(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' "
        "and has_table_privilege(%s, oid, 'truncate, references, trigger')",
        role,
    )
    assert found == []


# ── B, who is signed in ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("table", TABLES)
def test_b_sees_only_its_own_rows(shops: tuple[Shop, Shop], table: str) -> None:
    a, b = shops
    column, value = a.which(table)
    assert b.rest.from_(table).select("*").eq(column, value).execute().data == []
    assert {row["user_id"] for row in b.everything()[table]} == {b.session.user_id}


@pytest.mark.parametrize("table", TABLES)
def test_b_changes_nothing_of_a(shops: tuple[Shop, Shop], table: str) -> None:
    a, b = shops
    before = a.everything()
    column, value = a.which(table)
    change = {"name": "stolen"} if table in {"profiles", "editai_secrets"} else {"created_at": MOMENT}
    assert b.rest.from_(table).update(change).eq(column, value).execute().data == []
    assert a.everything() == before


@pytest.mark.parametrize("table", TABLES)
def test_b_deletes_nothing_of_a(shops: tuple[Shop, Shop], table: str) -> None:
    a, b = shops
    before = a.everything()
    column, value = a.which(table)
    query = b.rest.from_(table).delete().eq(column, value)
    if table in KEPT_FOR_GOOD:
        assert refused(query) == "42501"
    else:
        assert query.execute().data == []
    assert a.everything() == before


@pytest.mark.parametrize("table", TABLES)
def test_b_inserts_nothing_in_the_name_of_a(shops: tuple[Shop, Shop], table: str) -> None:
    a, b = shops
    before = a.everything()
    assert refused(b.rest.from_(table).insert(a.new_row(table, user_id=a.session.user_id))) == "42501"
    assert a.everything() == before


@pytest.mark.parametrize("table", [table for table in TABLES if table != "profiles"])
def test_b_hangs_no_row_of_its_own_on_a_profile_of_a(shops: tuple[Shop, Shop], table: str) -> None:
    a, b = shops
    row = b.new_row(table, profile_id=a.ids["PROFILE"])
    row |= {name: None for name in ("project_id",) if name in row}
    assert refused(b.rest.from_(table).insert(row)) == "23503"


@pytest.mark.parametrize(
    ("table", "column", "parent"), [("editai_clips", "project_id", "PROJECT"), ("editai_posts", "clip_id", "CLIP")]
)
def test_b_hangs_no_row_on_a_product_or_a_clip_of_a(
    shops: tuple[Shop, Shop], table: str, column: str, parent: str
) -> None:
    a, b = shops
    assert refused(b.rest.from_(table).insert(b.new_row(table, **{column: a.ids[parent]}))) == "23503"
    own, value = b.which(table)
    assert refused(b.rest.from_(table).update({column: a.ids[parent]}).eq(own, value)) == "23503"


@pytest.mark.parametrize("table", [table for table in TABLES if table != "profiles"])
def test_b_moves_no_row_of_its_own_to_a(shops: tuple[Shop, Shop], table: str) -> None:
    a, b = shops
    column, value = b.which(table)
    moved = b.rest.from_(table).update({"profile_id": a.ids["PROFILE"]}).eq(column, value)
    given = b.rest.from_(table).update({"user_id": a.session.user_id}).eq(column, value)
    assert (refused(moved), refused(given)) == ("23503", "42501")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_b_is_told_nothing_of_a_by_a_function_and_changes_nothing_with_it(
    shops: tuple[Shop, Shop], function: str
) -> None:
    a, b = shops
    before, own = a.everything(), b.everything()
    query = b.rest.rpc(function, _arguments(function, a.ids))
    told = TOLD_OF_A[function]
    if isinstance(told, str) and told != "other":
        assert refused(query) == told
    else:
        assert query.execute().data == told
    assert (a.everything(), b.everything()) == (before, own)


@pytest.mark.parametrize(
    ("function", "of_a"),
    [
        ("editai_keep_project", ["PROFILE"]),
        ("editai_keep_post", ["PROFILE", "CLIP"]),
        ("editai_keep_post", ["CLIP"]),
        ("editai_reserve_cost", ["PROFILE"]),
    ],
)
def test_b_hangs_no_new_row_on_a_by_a_function(shops: tuple[Shop, Shop], function: str, of_a: list[str]) -> None:
    a, b = shops
    before, own = a.everything(), b.everything()
    new = {name: uuid.uuid4().hex for name in ("PROJECT", "POST", "COST")}
    names = {**b.ids, **new, **{name: a.ids[name] for name in of_a}}
    assert refused(b.rest.rpc(function, _arguments(function, names))) in {"23503", "PT404"}
    assert (a.everything(), b.everything()) == (before, own)


@pytest.mark.parametrize(
    ("function", "table", "known"),
    [("editai_keep_job", "jobs", KEPT_JOB), ("editai_keep_cost", "api_costs", KEPT_COST)],
)
def test_what_outlives_a_store_names_none_of_a(
    shops: tuple[Shop, Shop], function: str, table: str, known: dict[str, Any]
) -> None:
    a, b = shops
    kind: Row = {"kind": "produce", "state": "done"} if table == "jobs" else {"amount": 0, "state": "settled"}
    row: Row = {"id": uuid.uuid4().hex, "profile_id": a.ids["PROFILE"], **known, **kind}
    arguments: Row = {"p_row": row}
    assert b.rest.rpc(function, arguments).execute().data is True
    [kept] = b.rest.from_(table).select("profile_id, user_id").eq("id", row["id"]).execute().data
    assert kept == {"profile_id": None, "user_id": b.session.user_id}


def test_what_is_not_there_looks_to_b_like_what_is_a(shops: tuple[Shop, Shop]) -> None:
    _, b = shops
    nobody = {name: uuid.uuid4().hex for name in b.ids}
    for function, told in TOLD_OF_A.items():
        query = b.rest.rpc(function, _arguments(function, nobody))
        if function == "editai_whose_store":
            assert query.execute().data == "none"
        elif function in {"editai_keep_job", "editai_keep_cost"}:
            assert query.execute().data is True  # they outlive their store: a new row of B's own, without one
        elif isinstance(told, str):
            code = refused(query)
            assert code == told or (function in {"editai_keep_project", "editai_keep_post"} and code == "23503")
        else:
            assert query.execute().data == told


def _arguments(function: str, ids: dict[str, str]) -> dict[str, Any]:
    names = {**ids, "NEW": uuid.uuid4().hex}
    arguments = FUNCTIONS[function]
    return {name: _named(value, names) for name, value in arguments.items()}


def _named(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _named(item, names) for name, item in value.items()}
    return names.get(value, value) if isinstance(value, str) else value


# ── the owner itself, past the product ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("table", COUNTED)
def test_what_the_database_counts_is_read_by_its_owner_and_written_by_nobody(
    shops: tuple[Shop, Shop], table: str
) -> None:
    a, b = shops
    a.rest.from_("editai_projects").delete().eq("id", a.ids["PROJECT"]).execute()
    before: list[Row] = a.rest.from_(table).select("*").execute().data  # type: ignore[assignment]
    assert {row["user_id"] for row in before} == {a.session.user_id}
    assert b.rest.from_(table).select("*").eq("user_id", a.session.user_id).execute().data == []
    for rest in (a.rest, b.rest):
        assert refused(rest.from_(table).insert({**before[0], "user_id": a.session.user_id})) == "42501"
        assert refused(rest.from_(table).update({"version": 0}).eq("user_id", a.session.user_id)) == "42501"
        assert refused(rest.from_(table).delete().eq("user_id", a.session.user_id)) == "42501"
    assert a.rest.from_(table).select("*").execute().data == before


def test_the_default_is_switched_by_nothing_but_its_function(shops: tuple[Shop, Shop]) -> None:
    a, _ = shops
    column, value = a.which("profiles")
    assert refused(a.rest.from_("profiles").update({"is_default": False}).eq(column, value)) == "42501"
    assert refused(a.rest.from_("profiles").insert(a.new_row("profiles", is_default=True))) == "42501"
    assert refused(a.rest.from_("profiles").delete().eq(column, value)) == "PT409"


def test_an_account_that_is_deleted_takes_everything_along(
    new_account: NewAccount, on_loopback: SupabaseServer
) -> None:
    account = new_account()
    session = account.sign_in()
    Shop(session)
    session.close()
    on_loopback.database.ask("delete from auth.users where id = %s", account.user_id)
    for table in (*TABLES, *COUNTED):
        assert on_loopback.database.ask(f"select 1 from {table} where user_id = %s", account.user_id) == []


# ── nobody, and who was somebody ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def anonymous(project: Project) -> Iterator[SyncPostgrestClient]:
    yield from _with_token(project, project.anon_key)


@pytest.fixture(params=["expired", "signed by somebody else", "unsigned", "no token"])
def no_longer(
    project: Project, on_loopback: SupabaseServer, request: pytest.FixtureRequest, shops: tuple[Shop, Shop]
) -> Iterator[SyncPostgrestClient]:
    yield from _with_token(project, that_hold_no_longer(shops[0].session.user_id)[request.param])


def _with_token(project: Project, token: str) -> Iterator[SyncPostgrestClient]:
    import httpx

    with httpx.Client() as http:
        headers = {"apikey": project.anon_key, "Authorization": f"Bearer {token}"}
        yield SyncPostgrestClient(f"{project.url}/rest/v1", headers=headers, http_client=http)


@pytest.mark.parametrize("table", TABLES)
def test_who_is_not_signed_in_reaches_no_row(
    anonymous: SyncPostgrestClient, shops: tuple[Shop, Shop], table: str
) -> None:
    a, _ = shops
    before = a.everything()
    column, value = a.which(table)
    assert refused(anonymous.from_(table).select("*")) == "42501"
    assert refused(anonymous.from_(table).insert(a.new_row(table, user_id=a.session.user_id))) == "42501"
    assert refused(anonymous.from_(table).update({"user_id": str(uuid.uuid4())}).eq(column, value)) == "42501"
    assert refused(anonymous.from_(table).delete().eq(column, value)) == "42501"
    assert a.everything() == before


@pytest.mark.parametrize("function", FUNCTIONS)
def test_who_is_not_signed_in_calls_no_function(
    anonymous: SyncPostgrestClient, shops: tuple[Shop, Shop], function: str
) -> None:
    a, _ = shops
    assert refused(anonymous.rpc(function, _arguments(function, a.ids))) == "42501"


def test_everybody_reads_which_migrations_were_run_and_nobody_writes_it(
    anonymous: SyncPostgrestClient, shops: tuple[Shop, Shop]
) -> None:
    assert anonymous.from_("editai_migrations").select("name").execute().data
    for rest in (anonymous, shops[0].rest):
        assert refused(rest.from_("editai_migrations").insert({"name": "999"})) == "42501"
        assert refused(rest.from_("editai_migrations").update({"name": "999"}).eq("name", "001_profiles")) == "42501"
        assert refused(rest.from_("editai_migrations").delete().eq("name", "001_profiles")) == "42501"


def test_a_token_that_holds_no_longer_reaches_nothing(no_longer: SyncPostgrestClient, shops: tuple[Shop, Shop]) -> None:
    a, _ = shops
    before = a.everything()
    for table in TABLES:
        column, value = a.which(table)
        assert refused(no_longer.from_(table).select("*")) in {"PGRST301", "PGRST303"}
        assert refused(no_longer.from_(table).insert(a.new_row(table))) in {"PGRST301", "PGRST303"}
        assert refused(no_longer.from_(table).delete().eq(column, value)) in {"PGRST301", "PGRST303"}
    for function in FUNCTIONS:
        assert refused(no_longer.rpc(function, _arguments(function, a.ids))) in {"PGRST301", "PGRST303"}
    assert a.everything() == before
