"""Who has signed in on this computer: the owners whose rows its database has, by their e-mail addresses.

A working copy stays when its owner signs out, so that work goes on; the command line works for an owner of this list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from editai.errors import InvalidInput, NotFound, NotSignedIn
from editai.library.database import Database, now
from editai.library.store import LOCAL_OWNER


@dataclass(frozen=True)
class Owner:
    """Somebody of the Supabase project: the id there, and the address that they signed in with last."""

    id: str
    email: str


class Owners:
    """The rows of `owners`. Where `signs_in` is false nobody signs in, and the only owner is the local one."""

    def __init__(self, database: Database, signs_in: bool) -> None:
        self._database, self._signs_in = database, signs_in

    def signed_in(self, owner: Owner) -> None:
        """Note that somebody signed in here."""
        with self._database.transaction() as rows:
            rows.execute("DELETE FROM owners WHERE email = ? AND id <> ?", (owner.email, owner.id))  # a new account
            rows.execute(
                "INSERT INTO owners (id, email, signed_in_at) VALUES (?, ?, ?) "
                "ON CONFLICT (id) DO UPDATE SET email = excluded.email, signed_in_at = excluded.signed_in_at",
                (owner.id, owner.email, now()),
            )

    def here(self) -> Sequence[Owner]:
        """Whose rows are here: everybody who has signed in, whoever did it last first; else the local owner."""
        if not self._signs_in:
            return (Owner(LOCAL_OWNER, ""),)
        with self._database.read() as rows:
            found = rows.execute("SELECT id, email FROM owners ORDER BY signed_in_at DESC").fetchall()
        return tuple(Owner(*row) for row in found)

    def with_stores(self) -> Sequence[str]:
        """The ids of everybody who has a profile here."""
        with self._database.read() as rows:
            return [row[0] for row in rows.execute("SELECT DISTINCT owner_id FROM profiles").fetchall()]

    def delete(self, owner_id: str) -> None:
        """Delete every profile of this owner, the default one too, with its rows; none is no error.

        Only for somebody who never comes again, such as a demo's visitor: any other owner keeps a default profile.
        """
        with self._database.transaction() as rows:
            rows.execute("DELETE FROM profiles WHERE owner_id = ?", (owner_id,))

    def forget_notes(self, prefix: str) -> None:
        """Forget what was noted for the mirror of rows of owners whose ids begin so: they are carried nowhere."""
        with self._database.transaction() as rows:
            rows.execute("DELETE FROM mirror WHERE substr(owner_id, 1, ?) = ?", (len(prefix), prefix))

    def meant(self, email: str | None = None) -> str:
        """The id of the owner that somebody at this computer works for: of `email`, or the only one there is.

        Raises NotSignedIn 401 `not_signed_in` where nobody has signed in yet, InvalidInput 422 `owner_needed` where
        several have, NotFound 404 `owner_not_found`.
        """
        known = self.here()
        if not known:
            raise NotSignedIn(
                "not_signed_in",
                "Nobody has signed in on this computer yet.",
                "Run `python app.py`, sign in on its page once, and do this again.",
            )
        if email is not None:
            found = [owner.id for owner in known if owner.email == address(email)]
            if not (email and found):
                raise NotFound("owner_not_found", f"{email} has not signed in on this computer.", _who(known))
            return found[0]
        if len(known) > 1:
            raise InvalidInput("owner_needed", "Several people have signed in on this computer.", _who(known))
        return known[0].id


def address(email: str) -> str:
    """An e-mail address as it is kept and compared."""
    return email.strip().lower()


def _who(known: Sequence[Owner]) -> str:
    names = ", ".join(owner.email for owner in known if owner.email)
    return f"Say for whom this is: --owner EMAIL, one of {names}." if names else "Leave --owner out: nobody signs in."
