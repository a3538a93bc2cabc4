"""The accounts of the Supabase project that is set: who is signed in at this app, and what of theirs is here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from editai.library import Library
from editai.library.mirror import Mirror
from editai.library.sessions import Sessions


class Accounts:
    """Sessions, mirror and online files of one app, from `start()` to `stop()`."""

    def __init__(self, shelf: Library) -> None:
        self.sessions = Sessions(shelf.settings)
        self.mirror = Mirror(shelf, self.sessions)
        self._shelf = shelf

    def start(self) -> None:
        """Begin to carry rows to the project, and the files of stores that want them there."""
        self.mirror.start()
        self._shelf.online.start(self.sessions)

    def stop(self) -> None:
        """End; what was not carried yet waits in the database of this computer."""
        self.mirror.stop()
        self._shelf.online.stop()
        self.sessions.close()

    def sign_in(self, email: str, password: str, address: str = "") -> str:
        """A ticket for somebody who has their stores here from now on: those of the project, or a first one.

        Who has none here yet, while the project cannot be asked, is told and not signed in: a first store may be their
        second. Raises what `Sessions.sign_in` and `Mirror.welcome` raise.
        """
        ticket = self.sessions.sign_in(email, password, address)
        signed_in = self.sessions.of(ticket)
        try:
            self.mirror.welcome(signed_in.session)
            self._shelf.owners.signed_in(signed_in.owner)
        except BaseException:
            self.sessions.sign_out(ticket)
            raise
        self._shelf.online.wake(signed_in.owner.id)
        return ticket


@contextmanager
def opened(shelf: Library) -> Iterator[Accounts | None]:
    """The accounts while the app runs; None where no project is set, and nobody signs in."""
    if shelf.settings.supabase_url is None:
        yield None
        return
    accounts = Accounts(shelf)
    accounts.start()
    try:
        yield accounts
    finally:
        accounts.stop()
