"""What a store's lists cost beside 100,000 rows of other stores in every table, against none.

    python -m benchmarks.lists [--rows 100000] [--rounds 40]

One store with the same rows in two data folders, one of them with nothing else in it. Both are asked in turns, so that
a noisy machine disturbs both; the times are medians, in milliseconds, with the rows read and made into nouns. Aims: at
most 2 times what it takes with nothing else, and at most 50 ms. `benchmarks.lists_supabase` asks the Supabase store.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from editai import library, profiles
from editai.library import LOCAL_OWNER, Library
from editai.library.database import now
from editai.models import Brief, Channel, Clip, Cost, Facts, File, Post, PostFilter, Profile, Project
from editai.settings import Settings

OWN_ROWS, OTHER_STORES = 50, 100
TIMES, MILLISECONDS = 2.0, 50.0
A_MONTH = PostFilter(start="2026-01-01T00:00:00.000Z", end="2026-02-01T00:00:00.000Z")
LISTS: dict[str, Callable[[Library, Profile], object]] = {
    "stores": lambda shelf, _: shelf.store.profiles(LOCAL_OWNER),
    "products": lambda shelf, mine: shelf.store.projects(mine.id),
    "clips": lambda shelf, mine: shelf.store.clips(mine.id),
    "clips this month": lambda shelf, mine: shelf.store.count_clips(mine.id, "2026-01"),
    "jobs": lambda shelf, mine: shelf.journal.jobs(mine.id),
    "posts": lambda shelf, mine: shelf.outbox.posts(mine.id),
    "posts that need the owner": lambda shelf, mine: shelf.outbox.search(mine.id, PostFilter(needs_owner=True), 20),
    "posts of a month": lambda shelf, mine: shelf.outbox.search(mine.id, A_MONTH, 1000),
    "costs": lambda shelf, mine: shelf.costs.list(mine),
    "money this month": lambda shelf, mine: shelf.costs.spent(mine),
    "keys": lambda shelf, mine: shelf.secrets.shown(mine.id),
    "the store's page": profiles.overview,
}
COPIES = {
    "editai_projects": "SELECT 'p' || i, store, created_at, updated_at, data FROM",
    "editai_clips": "SELECT 'c' || i, store, 'p' || i, created_at, data FROM",
    "jobs": "SELECT 'j' || i, store, kind, state, data, progress, clip_id, error, tries, token, heartbeat, created_at, "
    "started_at, finished_at, batch FROM",
    "editai_posts": "SELECT 'o' || i, store, 'c' || i, channel_id, batch, state, not_before, remote_id, created_at, "
    "data, provider, publish_at, needs_owner, unlinked, turn FROM",
    "api_costs": "SELECT 'a' || i, store, job_id, service, operation, units, amount, state, created_at, ended_at FROM",
    "secrets": "SELECT store, 'name ' || i, sealed, last_four, updated_at FROM",
}
"""How a row of each table becomes the i-th row of another store."""


def fill(shelf: Library) -> Profile:
    """The store that is asked for its lists."""
    mine = shelf.store.default_profile(LOCAL_OWNER)
    file = File(name="x", sha256="ab" * 32, bytes=1)
    files = dict.fromkeys(("video", "poster", "srt", "vtt", "plan", "report"), file)
    shelf.secrets.keep(mine.id, "elevenlabs", "0123456789abcdef")
    for number in range(OWN_ROWS):
        facts = Facts(title=f"Tea {number}", points=("Organic", "From Assam", "100 g"), price="$12.90")
        brief = Brief(sources=(file,), facts=facts, script="Meet the tea of the year. It is golden and strong. " * 6)
        moment = now()
        ids = {"profile_id": mine.id, "created_at": moment}
        project = Project(id=uuid.uuid4().hex, title=facts.title, brief=brief, updated_at=moment, **ids)
        shelf.store.keep_project(project)
        job = shelf.journal.insert(mine, brief, project_id=project.id)
        known = {"job_id": job.id, "project_id": project.id, "brief": brief, **files}
        clip = Clip(id=uuid.uuid4().hex, title=facts.title, **ids, **known)
        shelf.store.add_clip(clip)
        shelf.outbox.insert([a_post(clip, moment)])
        told = {"service": "elevenlabs", "operation": "speak", "units": 900, "amount": 1, "state": "reserved"}
        shelf.store.reserve_cost(Cost(id=uuid.uuid4().hex, job_id=job.id, **told, **ids), "")
    return mine


def a_post(clip: Clip, moment: str) -> Post:
    """The clip on its way to a channel."""
    return Post(
        id=uuid.uuid4().hex,
        profile_id=clip.profile_id,
        clip_id=clip.id,
        batch=uuid.uuid4().hex,
        server="https://api.postiz.example",
        channel=Channel(id="a channel", name="Tea", provider="tiktok"),
        text="The tea of the year. " * 8,
        when="now",
        publish_at=moment,
        state="planned",
        created_at=moment,
        updated_at=moment,
    )


def crowd(shelf: Library, count: int) -> None:
    """Put `count` rows of other stores into every table: copies of the first store's, in between its own."""
    numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) INSERT INTO"
    with shelf.database.transaction() as rows:
        rows.execute(
            f"{numbers} profiles (id, owner_id, name, name_key, is_default, created_at, data) "
            "SELECT printf('%032x', i), 'owner ' || (i / 10), 'Store ' || i, 'store ' || i, 0, created_at, data "
            "FROM n, (SELECT created_at, data FROM profiles LIMIT 1)",
            (count,),
        )
        for table, copy in COPIES.items():
            own = f"(SELECT *, row_number() OVER () AS nr FROM {table})"
            stores = f"(SELECT i, printf('%032x', 1 + i % {OTHER_STORES}) AS store FROM n)"
            rows.execute(
                f"{numbers} {table} {copy} {stores} JOIN {own} ON nr = 1 + i % (SELECT count(*) FROM {table})", (count,)
            )


Place = tuple[Any, Profile]
"""What is asked, and the store that it is asked for."""


def compare(lists: Mapping[str, Callable[[Any, Profile], object]], places: tuple[Place, Place], rounds: int) -> None:
    """Ask both places for each list in turns, print the table, say what misses its aim."""
    print(f"{'list':<20}{'alone ms':>10}{'crowded ms':>12}{'ratio':>8}")
    for what, ask in lists.items():
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(rounds):
            for place, spent in zip(places, times, strict=True):
                spent.append(measure(ask, place))
        few, many = map(statistics.median, times)
        reached = many <= few * TIMES and many <= MILLISECONDS
        print(f"{what:<20}{few:>10.2f}{many:>12.2f}{many / few:>8.2f}   {'reached' if reached else 'MISSED'}")


def measure(ask: Callable[[Any, Profile], object], place: Place) -> float:
    """How long it takes, in milliseconds."""
    began = time.perf_counter()
    ask(*place)
    return (time.perf_counter() - began) * 1000


def options(about: str) -> argparse.Namespace:
    """What was typed."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--rows", type=int, default=100_000, help="rows of other stores in every table")
    parser.add_argument("--rounds", type=int, default=40, help="times each list is asked for, in turns")
    return parser.parse_args()


def main() -> None:
    """Fill, ask, print."""
    typed = options("what a store's lists cost beside many rows of other stores")
    with tempfile.TemporaryDirectory() as name:
        alone, crowded = (library.open(Settings(home=Path(name) / home)) for home in ("alone", "crowded"))
        with alone, crowded:
            mine, among = (fill(shelf) for shelf in (alone, crowded))
            crowd(crowded, typed.rows)
            size = crowded.database.path.stat().st_size / 1e6
            print(f"{OWN_ROWS} rows of one store, {typed.rows:,} of others in every table ({size:.0f} MB)\n")
            compare(LISTS, ((alone, mine), (crowded, among)), typed.rounds)


if __name__ == "__main__":
    main()
