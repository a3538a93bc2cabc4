"""A Supabase project on this computer, for whoever wants to try EditAI with one: `python -m tests.supabase`.

It prints how to start EditAI with it, and is there until Ctrl-C; then everything in it is gone. The files of
`migrations/` were run in it, unless `--empty` is given. Nobody gets e-mail: an account is made without one.
"""

from __future__ import annotations

import argparse
import signal
import threading
import uuid

from tests.supabase.postgres import MIGRATIONS, postgres
from tests.supabase.server import SupabaseServer


def main() -> None:
    """Serve until somebody ends it."""
    parser = argparse.ArgumentParser(description="a Supabase project on this computer, to try EditAI with")
    parser.add_argument("--empty", action="store_true", help="run none of the files of migrations/ in it")
    typed = parser.parse_args()
    ended = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: ended.set())
    with postgres(f"tried-{uuid.uuid4().hex}") as running:
        database = running.project()
        database.paste(*([] if typed.empty else MIGRATIONS))
        server = SupabaseServer(database)
        print(f"EDITAI_SUPABASE_URL={server.url} EDITAI_SUPABASE_KEY={server.anon_key} python app.py", flush=True)
        while not ended.wait(0.5):  # Windows delivers a signal only between two short waits
            pass
        server.stop()


if __name__ == "__main__":
    main()
