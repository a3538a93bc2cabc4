"""Who is signed in at this app.

Each sign-in is a ticket: a secret that the browser keeps in a cookie, known here by its hash alone, in memory. After a
new start of the app everybody signs in again; their rows and jobs are there. Each has a session of the project of its
own (see `supabase_session`): nothing is asked under another's token.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field

from editai.errors import EditaiError, NotSignedIn
from editai.library import owners
from editai.library.guesses import Guesses
from editai.library.owners import Owner
from editai.library.supabase_session import Line, Session
from editai.settings import Settings

TICKET_BYTES = 32
LASTS_S = 30 * 86_400
"""How long a ticket holds; the browser is told the same."""


@dataclass(frozen=True)
class SignedIn:
    """Somebody's sign-in in one browser, or of one script."""

    owner: Owner
    session: Session
    until: float = field(default_factory=lambda: time.monotonic() + LASTS_S)


class Sessions:
    """The tickets of one app; safe to use from any thread."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._signed_in: dict[bytes, SignedIn] = {}  # in the order in which they signed in
        self._guesses = Guesses()

    def sign_in(self, email: str, password: str, address: str = "") -> str:
        """A new ticket for whoever this is; `address` is where in the network they are.

        Raises RateLimited 429 `too_many_tries`, and what `Session` raises: NotSignedIn 401 `sign_in_refused` or
        `email_not_confirmed`, RateLimited 429, Unavailable 503, NoAnswer 504.
        """
        email = owners.address(email)
        self._guesses.attempt(email, address)
        try:
            session = Session(self._settings, email, password)
        except EditaiError as error:
            if error.slug != "sign_in_refused":
                self._guesses.forgive(email, address, all_of_it=False)
            raise
        self._guesses.forgive(email, address, all_of_it=True)
        ticket = secrets.token_urlsafe(TICKET_BYTES)
        with self._lock:
            self._signed_in[_hash(ticket)] = SignedIn(Owner(session.user_id, email), session)
        return ticket

    def of(self, ticket: str) -> SignedIn:
        """Whose ticket this is. Raises NotSignedIn 401 `not_signed_in` where it is nobody's, or no longer."""
        with self._lock:
            self._forget_expired()
            found = self._signed_in.get(_hash(ticket))
        if found is None:
            raise not_signed_in()
        return found

    def of_owner(self, owner_id: str) -> Session | None:
        """The newest session of this owner that still holds, for what is carried to the project in the background."""
        with self._lock:
            self._forget_expired()
            sessions = [one.session for one in self._signed_in.values() if one.owner.id == owner_id]
        return next((session for session in reversed(sessions) if not session.has_ended), None)

    def _forget_expired(self) -> None:
        now = time.monotonic()
        for key in [key for key, one in self._signed_in.items() if one.until < now]:
            self._signed_in.pop(key).session.close()

    def sign_out(self, ticket: str) -> None:
        """End this ticket at once, then its session in the project, as far as that can be reached."""
        with self._lock:
            found = self._signed_in.pop(_hash(ticket), None)
        if found is not None:
            found.session.sign_out()

    def sign_up(self, email: str, password: str, address: str = "") -> None:
        """Make an account (see `Line.sign_up`). Raises RateLimited 429 `too_many_tries` as well."""
        email = owners.address(email)
        self._guesses.attempt(f"new {email}", address)
        with closing(Line(self._settings)) as line:
            line.sign_up(email, password)

    def reset_password(self, email: str, address: str = "") -> None:
        """Have a link to a new password sent (see `Line.reset_password`). Raises RateLimited 429 `too_many_tries`."""
        email = owners.address(email)
        self._guesses.attempt(f"reset {email}", address)
        with closing(Line(self._settings)) as line:
            line.reset_password(email)

    def new_password(self, token: str, password: str, address: str = "") -> None:
        """Change a password by the link of `reset_password` (see `Line.new_password`)."""
        self._guesses.attempt(f"token {token}", address)
        with closing(Line(self._settings)) as line:
            line.new_password(token, password)

    def close(self) -> None:
        """Forget all tickets; the project is told nothing, so that the end of the app waits for nobody."""
        with self._lock:
            ended = list(self._signed_in.values())
            self._signed_in.clear()
        for one in ended:
            one.session.close()


def not_signed_in() -> NotSignedIn:
    """Nobody is signed in where somebody has to be."""
    return NotSignedIn(
        "not_signed_in",
        "Please sign in.",
        "Open EditAI's page and sign in; a script signs in with Client(url, auth=(email, password)).",
    )


def _hash(ticket: str) -> bytes:
    return hashlib.sha256(ticket.encode("utf-8", "replace")).digest()
