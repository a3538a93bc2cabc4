"""A signed-in session of the owner's Supabase project.

One client for each: a second sign-in on a client would change everybody's identity. A session asks with few verbs, the
five of a table and `rpc`; every one of them may be asked by any thread.

A token is renewed when it is refused and not by the clock, which may be wrong; the request that met the refusal was not
acted on, and is sent once more.
"""

from __future__ import annotations

import contextlib
import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

from editai.errors import EditaiError, InvalidInput, NoAnswer, NotSignedIn, Unavailable
from editai.library import supabase_faults as faults
from editai.library.store import plain
from editai.settings import Settings

if TYPE_CHECKING:
    from postgrest import SyncPostgrestClient
    from supabase import Client
    from supabase._sync.auth_client import SyncSupabaseAuthClient
    from supabase_auth.types import Session as Tokens

TIMEOUT_S = 15.0
"""For an answer; the database itself gives up after 8 s."""
CONNECT_S = 5.0
PAUSES_S = (0.3, 1.0)
"""Before a request is sent again."""
PAGE = 200
"""Rows in one answer; a project gives 1,000 at most."""
TOKEN = re.compile(r"[\w.-]+", re.ASCII)
"""What a link's token is written with."""
Row = dict[str, Any]
T = TypeVar("T")
Build = Callable[["SyncPostgrestClient"], Any]


class Line:
    """The way to a project as nobody in particular, under its public key."""

    def __init__(self, settings: Settings, timeout_s: float = TIMEOUT_S) -> None:
        """Raises Unavailable 503 `supabase_not_set` where the settings name no project. Asks nothing yet."""
        if settings.supabase_url is None or settings.supabase_key is None:
            raise Unavailable(
                "supabase_not_set", "No Supabase project is set.", "Set EDITAI_SUPABASE_URL and EDITAI_SUPABASE_KEY."
            )
        self._http = httpx.Client(
            verify=certificates(),
            timeout=httpx.Timeout(timeout_s, connect=min(CONNECT_S, timeout_s)),
            event_hooks={"response": [faults.judge]},
        )
        self._lock = threading.RLock()
        self._project = settings.supabase_url, settings.supabase_key.get_secret_value()
        self._client = _client(*self._project, self._http)

    def close(self) -> None:
        """Let go of the connections; nothing is told to the project."""
        self._http.close()

    # ── the verbs ────────────────────────────────────────────────────────────────────────────────────────────────

    def select(self, table: str, columns: str = "*", order: Sequence[str] = (), **equal: Any) -> list[Row]:
        """The rows whose columns are `equal` to the values, in this order. A project gives 1,000 at most: what may be
        more is asked with `rpc` for one value."""

        def build(rest: SyncPostgrestClient) -> Any:
            query = _where(rest.from_(table).select(columns), equal)
            for column in order:
                query = query.order(column)
            return query

        return list(self._ask(build))

    def newest(self, table: str, columns: str, most: int, **equal: Any) -> list[Row]:
        """The rows whose columns are `equal` to the values, the one that was made last first, so many at `most`."""

        def build(rest: SyncPostgrestClient) -> Any:
            query = _where(rest.from_(table).select(columns), equal)
            return query.order("created_at", desc=True).order("nr", desc=True).limit(most)

        return list(self._ask(build))

    def pages(self, table: str, columns: str, **equal: Any) -> Iterator[Row]:
        """Every row whose columns are `equal` to the values, by id, however many there are."""
        last = ""
        while found := self._page(table, columns, last, equal):
            yield from found
            last = found[-1]["id"]

    def _page(self, table: str, columns: str, after: str, equal: Mapping[str, Any]) -> list[Row]:
        def build(rest: SyncPostgrestClient) -> Any:
            return _where(rest.from_(table).select(columns), equal).gt("id", after).order("id").limit(PAGE)

        return list(self._ask(build))

    def insert_all(self, table: str, rows: Sequence[Row]) -> None:
        """Insert rows that have the same columns, all or none."""
        self._ask(lambda rest: rest.from_(table).insert([_carried(row) for row in rows]))

    def insert(self, table: str, row: Row) -> Row:
        """Insert a row; as it was kept."""
        [kept] = self._ask(lambda rest: rest.from_(table).insert(_carried(row)))
        return dict(kept)

    def delete(self, table: str, **equal: Any) -> int:
        """How many rows were deleted; never asked twice, because the second time there are none."""
        return len(self._ask(lambda rest: _where(rest.from_(table).delete(), equal), again=False))

    def rpc(self, function: str, **arguments: Any) -> Any:
        """What a function of `migrations/` gives; each does the same when it is asked twice."""
        named = {f"p_{name}": _carried(value) for name, value in arguments.items()}
        return self._ask(lambda rest: rest.rpc(function, named))

    def _ask(self, build: Build, again: bool = True) -> Any:
        with self._lock:
            rest = self._client.postgrest
        return self._send(build(rest), again)

    def _send(self, query: Any, again: bool) -> Any:
        """Raises EditaiError, see `supabase_faults`. `again`: asked twice it does no more than asked once."""
        for pause_s in (*PAUSES_S, None):
            try:
                return _execute(query)
            except RuntimeError as error:
                if self._http.is_closed:  # somebody signed out
                    raise faults.signed_out() from error
                raise
            except EditaiError as error:
                if isinstance(error, NoAnswer) and not again:
                    raise NoAnswer(error.slug, error.message, faults.LOOK) from error
                passing = isinstance(error, faults.Unreached | NoAnswer)
                if not passing or pause_s is None:
                    raise
                time.sleep(pause_s)
        raise AssertionError  # the last pause is None

    # ── an account ───────────────────────────────────────────────────────────────────────────────────────────────

    def sign_up(self, email: str, password: str) -> None:
        """Make an account. Where the project wants addresses confirmed, it sends an e-mail with a link first.

        Raises InvalidInput 422 `sign_up_refused`, RateLimited 429, Unavailable 503, NoAnswer 504. Whether somebody has
        an account already is told only by the project, which by default does not.
        """
        self._of_account(lambda auth: auth.sign_up({"email": plain(email.strip()), "password": password}))

    def reset_password(self, email: str) -> None:
        """Have the project send an e-mail with a link to a new password, if this address has an account.

        Raises like `sign_up`.
        """
        self._of_account(lambda auth: auth.reset_password_for_email(plain(email.strip())))

    def new_password(self, token: str, password: str) -> None:
        """Change the password of whoever followed the link of `reset_password`; `token` is what the link gave them.

        Raises NotSignedIn 401 `link_ended`, InvalidInput 422 `password_refused`, RateLimited 429, Unavailable 503,
        NoAnswer 504.
        """
        if not TOKEN.fullmatch(token):  # "" where the page was not opened by a link
            raise _link_ended()
        url, key = self._project
        headers = {"apikey": key, "Authorization": f"Bearer {token}"}
        try:
            answer = self._http.put(f"{url}/auth/v1/user", json={"password": password}, headers=headers)
        except httpx.HTTPError as error:
            raise faults.unreached(error) from error
        except NotSignedIn as error:
            raise _link_ended() from error
        if answer.status_code == 403:
            raise _link_ended()
        if not answer.is_success:
            why = str(answer.json().get("message") or answer.json().get("msg") or "").rstrip(".")
            raise InvalidInput("password_refused", f"Your Supabase project refused this: {why}.", "Choose another one.")

    def _of_account(self, ask: Callable[[SyncSupabaseAuthClient], object]) -> None:
        from supabase_auth.errors import AuthError, AuthRetryableError, AuthUnknownError

        try:
            ask(_client(*self._project, self._http).auth)  # of its own, which may be signed in by it
        except AuthRetryableError as error:
            raise _unreached() from error
        except AuthError as error:
            said = "" if isinstance(error, AuthUnknownError) else f": {error.message.rstrip('.')}"
            raise InvalidInput(
                "sign_up_refused", f"Your Supabase project refused this{said}.", "Look at what you typed."
            ) from error


class Session(Line):
    """Somebody's sign-in; `user_id` and `email` are whose. Nothing is ever asked under another's token."""

    def __init__(self, settings: Settings, email: str, password: str, timeout_s: float = TIMEOUT_S) -> None:
        """Sign in.

        Raises NotSignedIn 401 `sign_in_refused` or `email_not_confirmed`, RateLimited 429, Unavailable 503, NoAnswer
        504.
        """
        super().__init__(settings, timeout_s)
        try:
            self._tokens = self._sign_in(email, password)
        except BaseException:
            self.close()
            raise
        self.user_id: str = self._tokens.user.id
        self.email = email
        self._is_over = False

    @property
    def has_ended(self) -> bool:
        """Whether nothing can be asked any more: it was signed out here, or the project said that it is over."""
        return self._is_over or self._http.is_closed

    def sign_out(self) -> None:
        """End this sign-in, here and in the project, as far as that can be reached; other machines stay signed in."""
        from supabase_auth.errors import AuthError

        with contextlib.suppress(AuthError, EditaiError), self._lock:  # whatever the project says, it is over here
            self._client.auth.sign_out({"scope": "local"})
        self.close()

    def under_token(self, ask: Callable[[str, Mapping[str, str]], T]) -> T:
        """What `ask` gives, which gets the project's address and the headers of this sign-in; once more with a new
        token where it raises NotSignedIn."""
        with self._lock:
            used = self._tokens
        try:
            return ask(*self._told(used))
        except NotSignedIn:
            self._renew(used)
        with self._lock:
            used = self._tokens
        return ask(*self._told(used))

    def _told(self, tokens: Tokens) -> tuple[str, Mapping[str, str]]:
        if self._http.is_closed:
            raise faults.signed_out()
        url, key = self._project
        return url, {"apikey": key, "Authorization": f"Bearer {tokens.access_token}"}

    def _ask(self, build: Build, again: bool = True) -> Any:
        with self._lock:
            rest, used = self._client.postgrest, self._tokens
        try:
            return self._send(build(rest), again)
        except NotSignedIn:
            self._renew(used)
        return super()._ask(build, again)

    def _renew(self, used: Tokens) -> None:
        """Get a new token for one that was refused; of many who meet the refusal, one does."""
        from supabase_auth.errors import AuthError, AuthRetryableError

        with self._lock:
            if self._http.is_closed:
                raise faults.signed_out()
            if self._tokens is not used:
                return
            try:
                renewed = self._client.auth.refresh_session(used.refresh_token).session
            except AuthRetryableError as error:
                raise _unreached() from error
            except (AuthError, NotSignedIn) as error:
                self._is_over = True
                raise faults.signed_out() from error
            if renewed is None or renewed.user.id != self.user_id:
                self._is_over = True
                raise faults.signed_out()
            self._tokens = renewed

    def _sign_in(self, email: str, password: str) -> Tokens:
        from supabase_auth.errors import AuthApiError, AuthError, AuthRetryableError

        try:
            found = self._client.auth.sign_in_with_password({"email": plain(email.strip()), "password": password})
        except AuthRetryableError as error:
            raise _unreached() from error
        except AuthApiError as error:
            raise _refused_sign_in(error.code or "") from None  # the error would tell the address
        except AuthError as error:
            raise NoAnswer("supabase_failed", "Your Supabase project could not sign you in.", faults.LATER) from error
        if found.session is None:
            raise _refused_sign_in("email_not_confirmed")
        return found.session


@cache
def certificates() -> ssl.SSLContext:
    """Whom to trust; read once, because that takes longer than all the rest of a client."""
    return httpx.create_ssl_context()


def _client(url: str, key: str, http: httpx.Client) -> Client:
    from supabase import create_client  # takes a second to import
    from supabase._sync.client import SupabaseException
    from supabase.lib.client_options import SyncClientOptions
    from supabase_auth import SyncMemoryStorage

    options = SyncClientOptions(
        auto_refresh_token=False,
        persist_session=False,
        postgrest_client_retry=False,
        storage=SyncMemoryStorage(),
        httpx_client=http,
    )
    try:
        return create_client(url, key, options)
    except SupabaseException as error:
        raise InvalidInput("supabase_not_set", f"Supabase cannot be used: {error}.", "Look at both settings.") from None


def _execute(query: Any) -> Any:
    from postgrest.exceptions import APIError

    try:
        return query.execute().data
    except APIError as error:
        raise faults.refused(str(error.code or ""), error.message or "", error.details) from error
    except httpx.HTTPError as error:
        raise faults.unreached(error) from error


def _where(query: Any, equal: Mapping[str, Any]) -> Any:
    for column, value in equal.items():
        query = query.eq(column, _carried(value))
    return query


def _carried(value: Any) -> Any:
    """`value` as Postgres takes it: a text without what UTF-8 or Postgres itself cannot carry (a NUL)."""
    match value:
        case str():
            return plain(value).replace("\0", "?")
        case dict():
            return {_carried(name): _carried(item) for name, item in value.items()}
        case list() | tuple():
            return [_carried(item) for item in value]
    return value


def _unreached() -> Unavailable:
    """Signing in or staying so does not work for now."""
    return Unavailable("supabase_unreachable", "Your Supabase project cannot be reached to sign you in.", faults.LATER)


def _link_ended() -> NotSignedIn:
    return NotSignedIn("link_ended", "This link holds no longer.", "Have another one sent, and open the newest e-mail.")


def _refused_sign_in(code: str) -> NotSignedIn:
    if code == "email_not_confirmed":
        return NotSignedIn(code, "This e-mail address was not confirmed yet.", "Open the link in the e-mail first.")
    return NotSignedIn(
        "sign_in_refused", "This e-mail address and password do not go together.", "Type both again, or reset it."
    )
