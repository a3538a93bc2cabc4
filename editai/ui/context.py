"""Who is asking, what they may work with, and how an error is told to them."""

from __future__ import annotations

import html
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import gradio as gr

from editai import profiles
from editai.errors import EditaiError
from editai.library import LOCAL_OWNER, Library, context
from editai.library.accounts import Accounts
from editai.library.guests import Guests
from editai.library.sessions import SignedIn
from editai.models import Profile
from editai.settings import Settings
from editai.ui import tickets
from editai.voices import Studio

log = logging.getLogger(__name__)

PROFILE_HEADER = "x-profile-id"

UNEXPECTED = EditaiError(
    "internal_error",
    "Something went wrong inside EditAI.",
    "Try again. If it happens again, start EditAI anew and report what you did.",
)

HEADLINES = {
    401: "Please sign in",
    403: "This is not yours to use",
    404: "Not found",
    409: "This does not go together",
    413: "This is too much",
    422: "Something is missing or cannot be used",
    429: "Too much at once",
    499: "Cancelled",
    503: "Something is not installed or set up",
    507: "The disk is full",
}
NAMED = {
    "clip_stale": "This clip is out of date",
    "postiz_key_refused": "The key does not fit",
    "postiz_unreachable": "Postiz does not answer",
}
"""Headlines that say more than the status can."""


@dataclass(frozen=True)
class Desk:
    """What every tab and every endpoint works with."""

    settings: Settings
    library: Library
    accounts: Accounts | None = None
    """None where no Supabase project is set and nobody signs in."""
    guests: Guests | None = None
    """The visitors of a demo; None where it is none."""

    @property
    def is_shared(self) -> bool:
        """Whether several owners use this app, so that each file and each visit of the page is somebody's."""
        return self.accounts is not None or self.guests is not None

    def studio(self, profile: Profile | None = None) -> Studio:
        """What the voices of a store work with; those of no store yet, where none is meant."""
        if profile is None:
            return profiles.studio_of_new(self.library, LOCAL_OWNER)
        return profiles.studio(self.library, profile)

    def owner(self, request: gr.Request) -> str:
        """Who asks: whoever's ticket the request carries, and the local owner where nobody signs in.

        Raises NotSignedIn 401 `not_signed_in`, in a demo `visit_over`.
        """
        if self.guests is not None:
            return self.guests.of(tickets.ticket(request.headers)).owner_id
        signed_in = self.signed_in(request)
        return LOCAL_OWNER if signed_in is None else signed_in.owner.id

    def signed_in(self, request: gr.Request) -> SignedIn | None:
        """Who is signed in; None where nobody signs in. Raises NotSignedIn 401 `not_signed_in`."""
        return None if self.accounts is None else tickets.signed_in(self.accounts.sessions, request.headers)

    def profile(self, request: gr.Request, named: str = "") -> Profile:
        """The profile that is meant: the argument (id or name), the `X-Profile-Id` header, the owner's default.

        Raises NotFound 404 `profile_not_found`, Forbidden 403 `profile_forbidden`, Unavailable 503
        `no_default_profile`.
        """
        return context(self.library.store, self.owner(request), named, request.headers.get(PROFILE_HEADER))


def headline(error: EditaiError) -> str:
    """The error's title as a shop owner reads it."""
    return NAMED.get(error.slug) or HEADLINES.get(error.status, "Something went wrong")


def expected(error: Exception) -> EditaiError:
    """The error as it may be told: one of ours as it is, any other logged and without its details."""
    if isinstance(error, EditaiError):
        return error
    log.error("unexpected error", exc_info=error)
    return UNEXPECTED


@contextmanager
def told_to_scripts() -> Iterator[None]:
    """Errors inside reach an API client with the status and the slug as their title ("422 nothing_to_say")."""
    try:
        yield
    except gr.Error:
        raise
    except Exception as error:  # noqa: BLE001 the edge of the app: whatever it is, it is told and logged
        known = expected(error)
        raise gr.Error(str(known), title=known.title, print_exception=False) from None


@contextmanager
def told_on_page() -> Iterator[None]:
    """Errors inside are shown on the page in plain words."""
    try:
        yield
    except gr.Error:
        raise
    except Exception as error:  # noqa: BLE001 the edge of the app: whatever it is, it is told and logged
        known = expected(error)
        raise gr.Error(html.escape(str(known)), title=headline(known), print_exception=False) from None
