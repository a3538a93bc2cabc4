"""What a store's lists cost on Supabase beside 100,000 rows of other owners in every table, against none.

    python -m benchmarks.lists_supabase [--rows 100000] [--rounds 40]

The same as `benchmarks.lists`, through supabase-py under row-level security: two projects on this machine, each a real
Postgres behind the tests' server (it needs `tests/requirements.txt`), which adds some milliseconds to every answer. On
the way to supabase.com the network adds more.
"""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path

from benchmarks.lists import OWN_ROWS, compare, options
from editai.library import Media
from editai.library.supabase import SupabaseStore
from editai.models import Profile
from tests.library.samples import a_clip, a_cost, a_project
from tests.supabase.crowd import crowd
from tests.supabase.fixtures import Project, administration, sign_up
from tests.supabase.postgres import MIGRATIONS, postgres
from tests.supabase.server import SupabaseServer

SINCE = "2026-01-01T00:00:00+00:00"
LISTS: dict[str, Callable[[SupabaseStore, Profile], object]] = {
    "stores": lambda store, mine: store.profiles(mine.owner_id),
    "the default": lambda store, mine: store.default_profile(mine.owner_id),
    "products": lambda store, mine: store.projects(mine.id),
    "clips": lambda store, mine: store.clips(mine.id),
    "clips this month": lambda store, mine: store.count_clips(mine.id, SINCE),
    "costs": lambda store, mine: store.costs(mine.id, SINCE),
    "money this month": lambda store, mine: store.spent(mine.id, SINCE),
    "keys": lambda store, mine: store.secrets(mine.id),
}


def fill(store: SupabaseStore) -> Profile:
    """The store that is asked for its lists."""
    profile = store.create_profile(store.owner_id, "Tea")
    store.keep_secret(profile.id, "elevenlabs", b"sealed" * 20, "abcd")
    for number in range(OWN_ROWS):
        store.keep_project(project := a_project(profile.id, title=f"Tea {number}"))
        store.add_clip(a_clip(profile.id, project_id=project.id, brief=project.brief))
        store.reserve_cost(a_cost(profile.id), "")
    return profile


def main() -> None:
    """Fill, ask, print, end the server."""
    typed = options("what a store's lists on Supabase cost beside many rows of other owners")
    with postgres(f"benchmark-{uuid.uuid4().hex}") as running, tempfile.TemporaryDirectory() as folder:
        places, servers = [], []
        try:
            for rows in (0, typed.rows):
                database = running.project()
                database.paste(*MIGRATIONS)
                servers.append(server := SupabaseServer(database))
                project = Project(server.url, server.anon_key, server.service_key)
                with administration(project) as admin:
                    session = sign_up(project, admin).sign_in()
                store = SupabaseStore(session, Media(Path(folder)).placed)
                places.append((store, fill(store)))
                if rows:
                    crowd(database, rows)
            print(f"{OWN_ROWS} rows of one store, {typed.rows:,} of other owners in every table\n")
            compare(LISTS, (places[0], places[1]), typed.rounds)
        finally:
            for server in servers:
                server.stop()


if __name__ == "__main__":
    main()
