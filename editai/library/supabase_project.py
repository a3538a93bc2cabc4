"""What a Supabase project must have before anybody signs in: the files of `migrations/`, run in its SQL editor."""

from __future__ import annotations

from collections.abc import Sequence

from editai.errors import Unavailable
from editai.library.supabase_session import Line
from editai.settings import Settings

MIGRATIONS = ("001_profiles", "002_products", "003_work", "004_earlier_rows", "005_storage", "006_mirror")
"""In their order."""
OPTIONAL = frozenset({"005_storage"})


def missing(settings: Settings) -> Sequence[str]:
    """The migrations that the project lacks, in their order, optional ones too.

    Raises Unavailable 503 `supabase_unreachable` or `supabase_key_refused`, NoAnswer 504.
    """
    line = Line(settings)
    try:
        run = {row["name"] for row in line.select("editai_migrations", "name")}
    except Unavailable as error:
        if error.slug != "supabase_outdated":
            raise
        run = set()
    finally:
        line.close()
    return [name for name in MIGRATIONS if name not in run]
