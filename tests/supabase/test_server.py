"""The test server itself: it keeps owners apart as Supabase does, and does not pretend to know what it does not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from postgrest import SyncPostgrestClient

from editai.errors import EditaiError
from editai.library.supabase_session import Line
from tests.supabase.fixtures import Project, on_loopback, postgres_server, project, supabase_server
from tests.supabase.server import SupabaseServer

__all__ = ["on_loopback", "postgres_server", "project", "supabase_server"]


@pytest.fixture
def rest(on_loopback: SupabaseServer, project: Project) -> Iterator[SyncPostgrestClient]:
    """The project as nobody in particular."""
    line = Line(project.settings)
    yield line._client.postgrest
    line.close()


def asked(query: object) -> str:
    with pytest.raises(EditaiError) as caught:
        query.execute()  # type: ignore[attr-defined]
    return caught.value.message


def test_what_it_does_not_know_is_501(rest: SyncPostgrestClient) -> None:
    table = rest.from_("editai_migrations")
    for query in (
        table.select("name").gte("name", "0"),
        table.select("name").or_("name.eq.x,name.eq.y"),
        table.select("name, other(*)"),
        table.select("name").eq("name", "x").eq("name", "y"),
        table.insert([{"name": "x"}, {"name": "y", "run_at": "2026-01-01"}]),
        table.upsert({"name": "x"}, on_conflict="name"),
        rest.rpc("editai_whose_store", {"p_id": "x"}, get=True),
    ):
        assert "(501)" in asked(query)


def test_it_selects_filters_orders_and_limits(rest: SyncPostgrestClient) -> None:
    table = rest.from_("editai_migrations")
    some = table.select("name").in_("name", ["001_profiles", "003_work", "x"]).order("name", desc=True).execute().data
    assert some == [{"name": "003_work"}, {"name": "001_profiles"}]
    assert table.select("name").order("name").limit(1).execute().data == [{"name": "001_profiles"}]
    assert table.select("*").eq("name", "x").execute().data == []
