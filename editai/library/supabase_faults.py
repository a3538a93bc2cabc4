"""What can go wrong between here and a Supabase project, as errors of ours.

Two things are known of each: what the person can do, and whether the project may have acted. Only what certainly did
not act, or does the same when it is asked twice, is ever asked again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import httpx
from pydantic_core import from_json

from editai.errors import (
    Conflict,
    EditaiError,
    Forbidden,
    InvalidInput,
    NoAnswer,
    NotSignedIn,
    RateLimited,
    TooLarge,
    Unavailable,
)
from editai.library import store

LATER = "Try again in a moment. What is being produced goes on, and nothing is lost."
LOOK = "Look whether it was done before you do it again. What is being produced goes on, and nothing is lost."
MISSING = {"42P01", "42883", "42703", "PGRST202", "PGRST204", "PGRST205", "3F000"}
"""Tables, columns and functions that are not there."""
UNDONE = {"40001", "40P01"}
"""Postgres gave up one of two transactions that waited for each other; nothing of it was done."""
ABSENT = {
    "profile_not_found": store.profile_not_found,
    "project_not_found": store.project_not_found,
    "default_profile_protected": store.default_profile_protected,
    "editai_projects_profile": store.profile_not_found,
    "editai_clips_profile": store.profile_not_found,
    "editai_clips_project": store.project_not_found,
    "editai_posts_profile": store.profile_not_found,
    "editai_posts_clip": store.clip_not_found,
    "editai_secrets_profile": store.profile_not_found,
    "api_costs_profile": store.profile_not_found,
}
"""What the functions of `migrations/` raise, and which foreign key says so."""


class Unreached(Unavailable):
    """The project did not act, for certain."""


class Refused(Conflict):
    """The database refused a row. `rule` is the constraint, or what a function raised, with its `details`."""

    rule = ""
    details: Mapping[str, Any] | str | None = None


def unreached(error: httpx.HTTPError) -> EditaiError:
    """A request that was not answered."""
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
        return Unreached(
            "supabase_unreachable",
            "Your Supabase project cannot be reached.",
            "Look whether this computer is online and whether the project is paused. What is being produced goes on, "
            "and nothing is lost.",
        )
    if isinstance(error, httpx.TimeoutException):
        return NoAnswer("supabase_no_answer", "Your Supabase project did not answer in time.", LATER)
    return NoAnswer("supabase_no_answer", "The connection to your Supabase project broke off.", LATER)


def judge(response: httpx.Response) -> None:
    """Raise what an answer's status alone says, before anybody reads its body as rows."""
    status = response.status_code
    if status < 300:
        _require_json(response)
        return
    text = response.read().decode("utf-8", "replace")
    code = _code(text)
    if status < 400 or (status == 404 and not code):
        raise Unavailable(
            "supabase_not_there",
            "There is no Supabase project at EDITAI_SUPABASE_URL.",
            "Copy the address from the project's settings, and start EditAI again.",
        )
    if status not in {401, 413, 429} and status < 500:
        return  # the database's own words are in the body, see `refused`
    if status == 401 and "api key" in text.lower():
        raise Unavailable(
            "supabase_key_refused",
            "EDITAI_SUPABASE_KEY is not a key of the project at EDITAI_SUPABASE_URL.",
            "Copy both from the same project's settings, and start EditAI again.",
        )
    if status == 401:
        raise signed_out()
    if status == 413:
        raise TooLarge(
            "supabase_too_large", "This is larger than your Supabase project takes.", "Make it smaller and try again."
        )
    if status == 429:
        wait = response.headers.get("retry-after", "")
        raise RateLimited(
            "supabase_busy",
            "Your Supabase project was asked too much in a short time.",
            LATER,
            retry_after_s=int(wait) if wait.isdecimal() else 60,
        )
    if code in UNDONE:
        raise Unreached("supabase_busy", "Two changes at once got in each other's way.", LATER)
    if code == "57014":
        raise Unavailable("supabase_slow", "Your Supabase project took too long for this and gave it up.", LATER)
    raise NoAnswer("supabase_failed", f"Your Supabase project answered with an error ({status}).", LATER)


def refused(code: str, message: str, details: str | None) -> EditaiError:
    """What the database said to a request that it understood: `code` is its SQLSTATE or PostgREST's own."""
    rule = _rule(code, message)
    if rule in ABSENT:
        return ABSENT[rule]()
    if code in MISSING:
        return outdated()
    if code == "42501":
        return Forbidden("supabase_refused", "This belongs to somebody else.", "Work with your own stores.")
    if code.startswith("22"):
        return InvalidInput(
            "cannot_be_kept", "Something in it cannot be kept.", "Look at what was typed, and try again."
        )
    error = Refused("supabase_conflict", "This contradicts what your Supabase project has.", "Look at it again.")
    error.rule, error.details = rule, _parsed(details)
    return error


def signed_out() -> NotSignedIn:
    """The sign-in has ended."""
    return NotSignedIn(
        "signed_out", "Your sign-in has ended.", "Sign in again. What is being produced goes on, and nothing is lost."
    )


def outdated() -> Unavailable:
    """The project lacks tables or functions."""
    return Unavailable(
        "supabase_outdated",
        "Your Supabase project lacks something that this EditAI needs there.",
        "`python -m editai doctor` names the files of the folder `migrations` that are to be run in it.",
    )


def _require_json(response: httpx.Response) -> None:
    """Raise NoAnswer where an answer is none, such as a page that something on the way put in its place."""
    if (body := response.read()) and not _is_json(body):
        raise NoAnswer("supabase_no_answer", "What your Supabase project answered cannot be read.", LATER)


def _is_json(body: bytes) -> bool:
    try:
        from_json(body)
    except ValueError:
        return False
    return True


def _rule(code: str, message: str) -> str:
    """The constraint that a message names, or what a function of ours raised."""
    if code.startswith("PT"):
        return message
    named = re.search(r'constraint "(\w+)"', message)
    return named[1] if named else ""


def _parsed(details: str | None) -> Mapping[str, Any] | str | None:
    try:
        found = json.loads(details or "")
    except ValueError:
        return details
    return found if isinstance(found, dict) else details


def _code(text: str) -> str:
    found = _parsed(text)
    return str(found.get("code") or found.get("error", "")) if isinstance(found, Mapping) else ""  # of Storage, "error"
