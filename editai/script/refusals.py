"""What a language model's endpoint says instead of an answer, in the words of the person who wanted one.

Vendors differ: OpenAI and OpenRouter send `{"error": {"message", "code"}}`, Gemini a list of those, Ollama
`{"error": "text"}`; money that has run out is 402 at one and 429 with a code at another.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from editai.errors import EditaiError, Forbidden, InvalidInput, NoAnswer, PaymentRequired, RateLimited, Unavailable
from editai.models import LanguageModel
from editai.script.task import Task

REFUSED = frozenset({503, 529})
"""Besides 4xx: the endpoint was too busy to begin, which costs nothing."""
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
TOLD_CHARACTERS = 200
PAUSE_S = 2
"""Waited where an endpoint asks for a pause and does not say how long."""
_NO_MONEY = frozenset(
    {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "insufficient_credits"}
)
_KEY = re.compile(r"api[ _-]?key", re.IGNORECASE)
_NOT_OF_FORM = re.compile(r"image|vision|context[ _]length|too long|credit|billing|api[ _-]?key", re.IGNORECASE)
_SETTINGS = "Look at the language model in the store's settings, or {instead}."
_LATER = "Try again later, or {instead}."


@dataclass(frozen=True)
class Said:
    """An answer that is no completion. `free`: nothing was charged, for certain. `passes`: nor
    was it, and asking again may do."""

    status: int = 0
    message: str = ""
    code: str = ""
    free: bool = False
    passes: bool = False
    wait_s: int = 0

    @property
    def is_about_form(self) -> bool:
        """Whether asking in another form may help: the endpoint did not take the request as it was written."""
        unknown = self.status == 404 and "support" in self.message.lower()
        return (self.status in (400, 422, 501) or unknown) and not _NOT_OF_FORM.search(self.message)


NO_ANSWER = Said(message="did not answer in time")
BROKEN = Said(message="broke off before its answer was there")
UNREACHABLE = Said(message="cannot be reached", free=True, passes=True, wait_s=1)
UNREADABLE = Said(status=200)


def of_lost(error: BaseException | None) -> Said:
    """A request without an answer: was nothing sent, or does nobody know?"""
    if isinstance(error, NOT_SENT):
        return UNREACHABLE
    return NO_ANSWER if isinstance(error, httpx.TimeoutException) else BROKEN


def of_response(response: httpx.Response, key: str) -> Said:
    """An answer with the status of a failure."""
    try:
        body = json.loads(response.content)
    except (ValueError, RecursionError):
        body = None
    return _of(response.status_code, body, key, _wait_s(response.headers))


def of_body(body: object, key: str) -> Said:
    """An error that came with the status of a success; its own code counts."""
    status = _error(body).get("code")
    return _of(status if isinstance(status, int) else 500, body, key, PAUSE_S)


def _of(status: int, body: object, key: str, wait_s: int) -> Said:
    error = _error(body)
    message = " ".join(str(error.get("message") or "").split())
    code = str(error.get("code") or error.get("type") or "")
    return Said(
        status=status,
        message=(message.replace(key, "…") if key else message)[:TOLD_CHARACTERS],
        code=code,
        free=(300 <= status < 500 and status != 408) or status in REFUSED,
        passes=(status == 429 and code not in _NO_MONEY) or status in REFUSED,
        wait_s=wait_s,
    )


def _error(body: object) -> Mapping[str, Any]:
    if isinstance(body, list) and body:
        body = body[0]
    if not isinstance(body, dict):
        return {}
    inner = body.get("error", body)
    return inner if isinstance(inner, dict) else {"message": inner}


def _wait_s(headers: httpx.Headers) -> int:
    """Seconds to wait as the endpoint asks, as a number or as a date (RFC 9110, Retry-After)."""
    text = headers.get("retry-after", "")
    try:
        return max(1, int(text)) if text.isdigit() else max(1, _until(text))
    except (ValueError, TypeError, OverflowError):
        return PAUSE_S


def _until(text: str) -> int:
    return round((parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())


# ── as errors ────────────────────────────────────────────────────────────────────────────────────────────────────


def failure(said: Said, account: LanguageModel, task: Task) -> EditaiError:
    """The error that this answer is."""
    model, host = account.model, httpx.URL(account.url).host
    settings, later = (hint.format(instead=task.instead) for hint in (_SETTINGS, _LATER))
    quoted = f": “{said.message}”" if said.message else "."
    if said.status == 0:
        return _lost(said, account, task)
    if said.status == 402 or said.code in _NO_MONEY:
        return PaymentRequired(
            "script_model_quota",
            f"The account for {model} at {host} has no money left.",
            f"Add some there, or {task.instead}.",
        )
    if said.status in (401, 403) or (said.status == 400 and _KEY.search(said.message)):
        return Forbidden(
            "script_model_key_refused", f"{host} does not accept the key for {model}.", f"Enter it again. {settings}"
        )
    if said.status == 404:
        return InvalidInput("script_model_unknown", f"There is no model {model} at {host}{quoted}", settings)
    if said.status == 429:
        return RateLimited(
            "script_model_rate_limited",
            f"{model} at {host} takes no more requests for now{quoted}",
            later,
            retry_after_s=said.wait_s,
        )
    if said.status in REFUSED:
        return Unavailable("script_model_busy", f"{model} at {host} is too busy to {task.operation}{quoted}", later)
    if said.status < 300:
        return unusable(account, "It is not the answer of a language model.", task)
    if said.status < 400:
        return Unavailable("script_model_unreachable", f"{host} sends us elsewhere for {model}.", settings)
    if said.status < 500 and said.status != 408:
        return InvalidInput("script_model_refused", f"{model} at {host} refused to {task.operation}{quoted}", settings)
    return NoAnswer(
        "script_model_no_answer",
        f"{host} failed while {model} was {task.doing} ({said.status}){quoted}",
        f"It may have been charged all the same. {later}",
    )


def _lost(said: Said, account: LanguageModel, task: Task) -> EditaiError:
    settings, later = (hint.format(instead=task.instead) for hint in (_SETTINGS, _LATER))
    what = f"{account.model} at {httpx.URL(account.url).host} {said.message}."
    if said.free:
        return Unavailable("script_model_unreachable", what, f"Is it running, and is the address right? {settings}")
    return NoAnswer("script_model_no_answer", what, f"It may have been charged all the same. {later}")


def unusable(account: LanguageModel, why: str, task: Task) -> Unavailable:
    """What was answered is of no use, and why, as a sentence."""
    return Unavailable(
        "script_model_unusable",
        f"What {account.model} answered is of no use. {why}",
        f"Check the address, or choose another model. {_SETTINGS.format(instead=task.instead)}",
    )


def declined(account: LanguageModel, task: Task) -> InvalidInput:
    """The model does not want to, or may not."""
    return InvalidInput(
        "script_model_declined",
        f"{account.model} declined to {task.operation} about this product.",
        f"Change what is said of it, choose another model, or {task.instead}.",
    )


def cut_off(account: LanguageModel, task: Task) -> Unavailable:
    """The answer has no end."""
    return Unavailable(
        "script_model_cut_off",
        f"{account.model} came to no end: its answer was cut off.",
        f"Choose a model that thinks less before it answers, or {task.instead}.",
    )
