"""What Postiz refuses, in the words of the person who wanted it.

Every error here but NoAnswer means that the server did not act: it said no, or it was never reached.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx

from editai.errors import (
    Conflict,
    EditaiError,
    Forbidden,
    InvalidInput,
    NoAnswer,
    NotFound,
    PaymentRequired,
    RateLimited,
    TooLarge,
    Unavailable,
)
from editai.publish import answers

Act = Literal["ask", "tool", "upload", "delete", "post"]
"""What was wanted of the server; only the last can publish something."""
HOUR_S = 3600
LONGEST_WAIT_S = 24 * HOUR_S
TOLD = 5
"""So many complaints are told; the rest is counted."""
TOLD_CHARACTERS = 300
ADDRESS = (
    "Check the address, and whether it begins with https:// or http://: a server of your own is https://your-server "
    "(its API lies below /api), the cloud is https://platform.postiz.com."
)
NEW_KEY = "Copy the key again from your Postiz: Settings, Developers, Public API. The raw key, nothing before it."
LOOK = "It may have acted all the same: look at your Postiz and at the accounts before you try again."

_FIELD = re.compile(r"^posts\.(\d+)\.(?:settings\.|value\.\d+\.)?(\S+) ?")
_UNKNOWN_CHANNEL = re.compile(r"Integration with id \S+ not found")


@dataclass(frozen=True)
class Said:
    """An answer that is not a success: the status, what tells more, and the body as JSON where it is that."""

    act: Act
    status: int
    headers: httpx.Headers
    content: bytes

    @property
    def body(self) -> Mapping[str, Any]:
        try:
            read = answers.document(self.content)
        except answers.Unreadable:
            return {}
        return read if isinstance(read, dict) else {}

    @property
    def is_page(self) -> bool:
        return looks_like_a_page(self.headers, self.content)


def looks_like_a_page(headers: httpx.Headers, content: bytes) -> bool:
    """Whether this is HTML, so the front end, a sign-in page or a proxy, but not the API."""
    return "html" in headers.get("content-type", "") or content.lstrip()[:1] == b"<"


def refusal(said: Said, names: Callable[[], Sequence[str]], key: str) -> EditaiError:
    """The error of an answer that is not a success. `names`: what the posts' channels are called, in their order."""
    tell = _Teller(key)
    message = tell(said.body.get("message") or said.body.get("msg"))
    match said.status:
        case 401 | 403 if said.is_page:
            message = f"Something in front of your Postiz refused the request ({said.status})."
            return Forbidden("postiz_key_refused", message, "Ask whoever runs the server to let EditAI through.")
        case 401 if "disconnected" in message.lower():
            told = "This account has lost its connection to its platform."
            return Conflict("channel_disconnected", told, "Connect it again in Postiz.")
        case 401 if "subscription" in message.lower():
            return PaymentRequired("postiz_plan", "This Postiz account has no running plan.", "Choose a plan there.")
        case 401:
            return Forbidden("postiz_key_refused", "Your Postiz does not know this key.", NEW_KEY)
        case 402:
            return PaymentRequired("postiz_plan", _joined("Your Postiz plan does not allow this.", message))
        case 403:
            return Forbidden("postiz_key_refused", _joined("Your Postiz refused this key.", message), NEW_KEY)
        case 404 if message == "Integration not found":
            return NotFound(
                "channel_not_found", "This account is no longer in your Postiz.", "Load the accounts again."
            )
        case 404:
            return _wrong_address("There is no Postiz API at this address.")
        case 413 if said.act == "post":
            hint = "Shorten the texts, or publish on fewer channels at a time."
            return TooLarge("postiz_too_large", "The texts together are more than your Postiz takes at once.", hint)
        case 413:
            return too_large("Your Postiz, or a proxy in front of it, does not take anything as large as this.")
        case 429:
            return _rate_limited(said.headers)
    if 300 <= said.status < 400:
        return _redirected(said.headers)
    if said.status >= 500 or said.status == 408 or said.status < 200:
        return no_answer(said.act, f"Your Postiz, or a proxy in front of it, reported an error ({said.status}).")
    if said.is_page:
        return _wrong_address(f"A web page answered ({said.status}), not the API of a Postiz.")
    return _refused(said, names, tell)


def unreadable(act: Act, page: bool) -> EditaiError:
    """A success that says nothing we can read: to a question the address is wrong, anything else may have happened."""
    what = "A web page answered, not the API of a Postiz." if page else "This is not what a Postiz answers."
    return _wrong_address(what) if act in {"ask", "tool"} else no_answer(act, what)


def not_reached(error: httpx.TransportError) -> EditaiError:
    """For certain nothing was sent."""
    if isinstance(error, httpx.ConnectTimeout):
        message, hint = "Your Postiz cannot be reached: nothing answers at its address.", "Is the server running?"
    elif _about_tls(error):
        message = "No safe connection to your Postiz could be made: its certificate is not valid, or it has none."
        hint = "If it runs inside your own network without a certificate, begin the address with http://."
    else:
        message = "Your Postiz cannot be reached."
        hint = "Check the address and your internet connection, and whether the server is running."
    return Unavailable("postiz_unreachable", message, hint)


def no_answer(act: Act, message: str) -> NoAnswer:
    """Nobody knows whether the server acted, which only matters where it publishes."""
    return NoAnswer("postiz_no_answer", message, LOOK if act == "post" else "Try again in a minute.")


def too_old() -> Unavailable:
    """A route that newer servers have."""
    return Unavailable(
        "postiz_too_old", "Your Postiz is too old for this.", "Update it; 2.21 and later have everything needed."
    )


def too_large(message: str) -> TooLarge:
    """More than the server, or what is in front of it, takes."""
    return TooLarge("postiz_too_large", message, "Make a shorter clip, or have the limit raised on the server.")


def _refused(said: Said, names: Callable[[], Sequence[str]], tell: _Teller) -> InvalidInput:
    """The three shapes of a 400: a list of complaints about fields, one sentence, a sentence about a channel."""
    raw = said.body.get("message") or said.body.get("msg")
    found = raw if isinstance(raw, list) else [raw]
    told = [tell(item) for item in found if isinstance(item, str)]
    if any(_FIELD.match(item) for item in told):
        called = names()
        told = [_about_a_field(item, called) for item in told]
    if name := tell(said.body.get("name")):
        told = [f"{name}: {item}" for item in told]
    told = [_known(item) for item in dict.fromkeys(told) if item]
    more = f" And {len(told) - TOLD} more." if len(told) > TOLD else ""
    complaints = " ".join(_sentence(item) for item in told[:TOLD])
    message = f"Your Postiz did not accept this. {complaints}{more}".strip()
    return InvalidInput("postiz_refused", message, "Nothing was published. Change that and try again.")


def _about_a_field(complaint: str, names: Sequence[str]) -> str:
    """ "posts.0.settings.privacy_level must be ..." as "Shop: privacy level must be ..."."""
    found = _FIELD.match(complaint)
    if not found:
        return complaint
    index, field = int(found[1]), found[2].rpartition(".")[2]
    name = names[index] if index < len(names) else f"Account {index + 1}"
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", field.replace("_", " "))
    return f"{name}: {words.lower()} {complaint[found.end() :]}"


def _known(complaint: str) -> str:
    """What a validator says, as a person would."""
    if _UNKNOWN_CHANNEL.search(complaint):
        return "One of these accounts is no longer in your Postiz. Load the accounts again."
    if "already published" in complaint:
        return "It was published already, and is not published again."
    complaint = complaint.replace("must be one of the following values", "must be one of these")
    complaint = complaint.replace("must be a boolean value", "must be yes or no")
    return complaint.replace("should not be null or undefined", "is missing")


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _joined(*parts: str) -> str:
    return " ".join(_sentence(part) for part in parts if part)


def _wrong_address(message: str) -> InvalidInput:
    return InvalidInput("postiz_address_wrong", message, ADDRESS)


def _redirected(headers: httpx.Headers) -> InvalidInput:
    """The key goes to no other address than the one it was entered for."""
    try:
        to = urlsplit(headers.get("location", ""))
        where = f"{to.scheme}://{to.hostname}" if to.scheme in {"http", "https"} and to.hostname else ""
    except ValueError:
        where = ""
    message = f"This address sends on to {where}." if where else "This address sends on to another page."
    return _wrong_address(f"{message} The key was not sent there.")


def full_for_s(headers: httpx.Headers) -> int:
    """For how many seconds a server that took this takes no more: its limit for an hour is used up by it; 0 where it
    is not, or nothing is said."""
    return _seconds(headers.get("x-ratelimit-reset", "")) if headers.get("x-ratelimit-remaining") == "0" else 0


def _rate_limited(headers: httpx.Headers) -> RateLimited:
    wait = _seconds(headers.get("retry-after", ""))
    minutes = -(-wait // 60)
    return RateLimited(
        "postiz_rate_limited",
        "Your Postiz takes no more posts for now: its limit for an hour is used up.",
        f"It takes some again in about {minutes} {'minute' if minutes == 1 else 'minutes'}.",
        retry_after_s=wait,
    )


def _seconds(retry_after: str) -> int:
    """Retry-After, in seconds or as a date; an hour, as Postiz blocks, where it cannot be read."""
    try:
        wait = float(retry_after)
    except ValueError:
        try:
            at = parsedate_to_datetime(retry_after)
            wait = (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
        except (ValueError, OverflowError):
            return HOUR_S
    return round(min(max(wait, 1), LONGEST_WAIT_S)) if wait == wait else HOUR_S


def _about_tls(error: BaseException) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


class _Teller:
    """What a server says, fit to be shown: one line, not too long, and never the key, should it send that back."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, said: object) -> str:
        if not isinstance(said, str):
            return ""
        line = " ".join("".join(c if c.isprintable() else " " for c in said.replace(self._key, "••••")).split())
        return line if len(line) <= TOLD_CHARACTERS else f"{line[:TOLD_CHARACTERS].rstrip()}…"
