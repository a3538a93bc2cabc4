"""A Supabase project that is not ready, or not there: what the doctor says of it, and what everything else does."""

from __future__ import annotations

import socket

import pytest
from pydantic import SecretStr

from editai import doctor
from editai.library.supabase_project import MIGRATIONS, missing
from editai.library.supabase_session import Session
from editai.settings import Settings
from tests.supabase import tokens
from tests.supabase.fixtures import (
    Project,
    administration,
    at_once,
    on_loopback,
    postgres_server,
    project,
    sign_up,
    supabase_server,
    title,
)
from tests.supabase.postgres import Postgres
from tests.supabase.server import SupabaseServer

__all__ = ["at_once", "on_loopback", "postgres_server", "project", "supabase_server"]


def a_project_that_is_away() -> Settings:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    return Settings(_env_file=None, supabase_url=url, supabase_key=SecretStr(tokens.key("anon")))


def test_a_computer_that_is_offline_is_told_so() -> None:
    settings = a_project_that_is_away()
    assert title(lambda: Session(settings, "a@editai.example", "password")) == "503 supabase_unreachable"
    assert title(lambda: missing(settings)) == "503 supabase_unreachable"


def test_a_key_of_another_project_is_said(on_loopback: SupabaseServer) -> None:
    other = SecretStr(tokens.key("anon")[:-4] + "AAAA")
    settings = Settings(_env_file=None, supabase_url=on_loopback.url, supabase_key=other)
    assert title(lambda: missing(settings)) == "503 supabase_key_refused"
    assert title(lambda: Session(settings, "a@editai.example", "password")) == "503 supabase_key_refused"


def test_a_project_without_any_migration_lacks_them_all(postgres_server: Postgres) -> None:
    server = SupabaseServer(postgres_server.project())
    try:
        fresh = Project(server.url, server.anon_key, server.service_key)
        settings = fresh.settings
        assert missing(settings) == list(MIGRATIONS)
        finding = doctor._supabase(settings)
        assert (finding.state, finding.core) == ("broken", False)
        assert "001_profiles.sql, 002_products.sql" in finding.seen
        assert "005_storage" not in finding.seen
        with administration(fresh) as admin:
            session = sign_up(fresh, admin).sign_in()
        assert title(lambda: session.select("profiles")) == "503 supabase_outdated"
        assert title(lambda: session.rpc("editai_whose_store", id="x")) == "503 supabase_outdated"
        session.close()
    finally:
        server.stop()


def test_a_project_with_every_migration_lacks_none(project: Project) -> None:
    assert set(missing(project.settings)) <= {"005_storage"}
    assert doctor._supabase(project.settings).state == "ok"


def test_the_doctor_says_of_a_project_that_is_away_what_to_look_at() -> None:
    finding = doctor._supabase(a_project_that_is_away())
    assert (finding.state, finding.core) == ("broken", False)
    assert "online" in finding.remedy


def test_the_doctor_says_nothing_of_a_project_where_none_is_set(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in ("_encoders", "_models"):
        monkeypatch.setattr(doctor, part, lambda *_: iter(()))
    assert "Supabase" not in {finding.what for finding in doctor.examine(settings)}


def test_without_settings_there_is_no_project(settings: Settings) -> None:
    assert title(lambda: missing(settings)) == "503 supabase_not_set"
