"""`python -m editai library copy`: who signs in, what is being done, and a table of what came of it."""

from __future__ import annotations

import getpass
import os
import sys

from rich.console import Console
from rich.table import Table

from editai.errors import InvalidInput
from editai.library import copying
from editai.library.copying import Copied, Where
from editai.library.supabase_session import Session
from editai.readable import human_bytes
from editai.settings import Settings

PASSWORD = "EDITAI_SUPABASE_PASSWORD"  # noqa: S105 where it is, not what it is
FIRST_DIGITS = 12
"""Of a hash; who compares two reads no more."""


def run(settings: Settings, to: Where, email: str | None) -> int:
    """Copy the library and print what came of it; the status is 0.

    Raises what `copying.copy` raises, Unavailable 503 `supabase_not_set` where no project is set, InvalidInput 422
    `sign_in_needed` where nobody can be asked, NotSignedIn 401.
    """
    session = _sign_in(settings, email)
    try:
        copied = copying.copy(settings, session, to, lambda line: _say(f"{line} …"))
    finally:
        session.sign_out()
    _print(copied)
    return 0


def _sign_in(settings: Settings, email: str | None) -> Session:
    """The password comes from the environment or is asked for; an argument would be in the list of processes."""
    password = os.environ.get(PASSWORD, "")
    if (not email or not password) and not sys.stdin.isatty():
        raise InvalidInput(
            "sign_in_needed",
            "It is not said who signs in to the Supabase project.",
            f"Give --email ADDRESS, and the password in {PASSWORD}; at a terminal both are asked for.",
        )
    if not email:
        sys.stderr.write("E-mail address: ")
        sys.stderr.flush()
        email = sys.stdin.readline()
    return Session(settings, email.strip(), password or getpass.getpass("Password: "))


def _print(copied: Copied) -> None:
    table = Table(box=None, pad_edge=False)
    for name in ("", "in all", "copied now", "there already", "compared"):
        table.add_column(name, justify="right" if name in {"in all", "copied now", "there already"} else "left")
    for each in copied.rows:
        told = f"the same ({each.sha256[:FIRST_DIGITS]})" if each.total > each.elsewhere else ""
        if each.elsewhere:
            told = f"{told}{', ' if told else ''}{each.elsewhere} went on there"
        there = each.total - each.copied
        table.add_row(f"{each.kind}s", f"{each.total:,}", f"{each.copied:,}", f"{there:,}", told or "none")
    there, size = copied.files - copied.files_copied, human_bytes(copied.bytes)
    told = f"the same ({size})" if copied.files else "none"
    table.add_row("files", f"{copied.files:,}", f"{copied.files_copied:,}", f"{there:,}", told)
    Console(highlight=False, soft_wrap=True).print(table)
    for note in copied.notes:
        sys.stdout.write(f"note: {note}\n")


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
