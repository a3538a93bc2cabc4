"""ElevenLabs over HTTP: a question, and its answer or the reason why there is none.

    InvalidInput     422  voice_not_found, voice_refused
    PaymentRequired  402  voice_plan, voice_quota
    RateLimited      429  voice_busy, with `retry_after_s`
    Unavailable      503  voice_key_refused, voice_not_allowed, voice_unavailable

All of them mean that nothing was charged. NoAnswer 504 `voice_no_answer` means that it may have been. What was asked is
sent a second time only where ElevenLabs says that it was too busy to begin, and that it soon will not be.
"""

from __future__ import annotations

import asyncio
import functools
import json
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from editai.errors import EditaiError, InvalidInput, NoAnswer, PaymentRequired, RateLimited, Unavailable

CONNECT_S = 10
SOON_S = 5
"""A wait of so many seconds is sat out."""
LONGEST_WAIT_S = 24 * 3600
MAX_ANSWER_BYTES = 64 * 1024 * 1024
"""10,000 characters are about ten minutes, 13 MB of them."""
ELSEWHERE = "Try again later, or choose another voice."


@dataclass(frozen=True)
class Answer:
    """What came back: the fields of its JSON, and its headers."""

    fields: Mapping[str, Any]
    headers: httpx.Headers


@dataclass(frozen=True)
class Api:
    """The account of one key. Follows no redirect, takes no proxy and no account from the environment."""

    base_url: str
    key: str = field(repr=False)
    patience_s: float

    async def get(self, route: str, params: Mapping[str, str | int] | None = None) -> Answer:
        """Ask what costs nothing. Raises what the module says."""
        return await self._ask("GET", route, params=params)

    async def post(self, route: str, params: Mapping[str, str | int], body: object) -> Answer:
        """Ask for something that is charged. Raises what the module says."""
        return await self._ask("POST", route, params=params, json=body)

    async def _ask(self, method: str, route: str, **request: Any) -> Answer:
        response, content = await self._send(method, route, request)
        if response.status_code in (429, 503) and (wait := _wait_s(response)) <= SOON_S:
            await asyncio.sleep(wait)
            response, content = await self._send(method, route, request)
        if response.status_code != 200:
            raise _refusal(response, *_said(content, self.key))
        try:
            fields = json.loads(content)
        except ValueError:
            fields = None
        if not isinstance(fields, dict):
            raise unreadable()
        return Answer(fields, response.headers)

    async def _send(self, method: str, route: str, request: Mapping[str, Any]) -> tuple[httpx.Response, bytes]:
        client = httpx.AsyncClient(
            headers={"xi-api-key": self.key, "Accept": "application/json", "Accept-Encoding": "identity"},
            follow_redirects=False,
            trust_env=False,
            verify=_trusted(),
            timeout=httpx.Timeout(None, connect=CONNECT_S),
        )
        try:
            async with (
                asyncio.timeout(self.patience_s),
                client,
                client.stream(method, self.base_url + route, **request) as response,
            ):
                return response, await _bounded(response)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            raise Unavailable(
                "voice_unavailable",
                "ElevenLabs cannot be reached.",
                "Check this computer's connection to the internet, or choose a voice of this computer.",
            ) from None
        except TimeoutError:
            raise _no_answer("ElevenLabs did not answer in time.") from None
        except httpx.RequestError:
            raise _no_answer("The connection to ElevenLabs broke before it had answered.") from None


@functools.cache
def _trusted() -> ssl.SSLContext:
    """The certificates that come along; to read them takes as long as many a question."""
    return httpx.create_ssl_context(trust_env=False)


async def _bounded(response: httpx.Response) -> bytes:
    """The body, or nothing where it is larger than any answer."""
    content = bytearray()
    async for chunk in response.aiter_raw():
        content += chunk
        if len(content) > MAX_ANSWER_BYTES:
            return b""
    return bytes(content)


def unreadable() -> NoAnswer:
    """The error for an answer that is no speech, list or quota."""
    return _no_answer("ElevenLabs answered something that cannot be read.")


def _no_answer(what: str) -> NoAnswer:
    return NoAnswer("voice_no_answer", f"{what} It may have charged for it.", ELSEWHERE)


def _wait_s(response: httpx.Response) -> int:
    """Retry-After, in seconds or as a date; a second, where there is none that can be read."""
    asked = response.headers.get("retry-after", "")
    try:
        wait = float(asked)
    except ValueError:
        try:
            at = parsedate_to_datetime(asked)
            wait = (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
        except (ValueError, OverflowError):
            wait = 1.0
    return round(min(max(wait, 0), LONGEST_WAIT_S)) if wait == wait else 1


def _said(content: bytes, key: str) -> tuple[frozenset[str], str]:
    """What a refusal calls itself, and its own sentence.

    `status` is the older name, `code` with `type` the newer one; where both are there they differ. What FastAPI finds
    wrong in a request comes as a list.
    """
    try:
        detail = json.loads(content)["detail"]
    except (ValueError, KeyError, TypeError):
        return frozenset(), ""
    names: frozenset[str] = frozenset()
    if isinstance(detail, dict):
        names = frozenset(str(detail[name]) for name in ("status", "code", "type") if detail.get(name))
        detail = detail.get("message")
    elif isinstance(detail, list):
        detail = "; ".join(str(item.get("msg")) for item in detail if isinstance(item, dict))
    sentence = re.sub(r"\s+", " ", str(detail or "")).replace(key, "…").strip()[:200]
    return names, f" It says: {sentence}" if sentence else ""


def _refusal(response: httpx.Response, names: frozenset[str], sentence: str) -> EditaiError:
    status = response.status_code
    if "quota_exceeded" in names:
        return PaymentRequired(
            "voice_quota",
            f"The characters of this store's ElevenLabs account are used up.{sentence}",
            "Buy more at elevenlabs.io, wait until they are renewed, or choose another voice.",
        )
    if status == 402 or names & {"payment_required", "paid_plan_required"}:
        return PaymentRequired(
            "voice_plan",
            f"The plan of this store's ElevenLabs account does not include this.{sentence}",
            "Choose another voice, or another plan at elevenlabs.io.",
        )
    if status == 403 or names & {"missing_permissions", "insufficient_permissions", "detected_unusual_activity"}:
        return Unavailable(
            "voice_not_allowed",
            f"ElevenLabs does not allow this to the key of this store.{sentence}",
            "Allow it to the key at elevenlabs.io under API keys, or enter another under “Keys of paid voices” on the "
            "Profiles tab.",
        )
    if status == 401:
        return Unavailable(
            "voice_key_refused",
            "ElevenLabs refused the key of this store.",
            "Enter the key again under “Keys of paid voices” on the Profiles tab.",
        )
    if "voice_not_found" in names or (status == 404 and response.request.method == "POST"):
        return InvalidInput(
            "voice_not_found",
            "This store's ElevenLabs account does not have this voice (any more).",
            "Press “Fetch its voices” on the Profiles tab, and choose another.",
        )
    return _trouble(response, sentence)


def _trouble(response: httpx.Response, sentence: str) -> EditaiError:
    status = response.status_code
    if status == 429:
        return RateLimited(
            "voice_busy",
            f"ElevenLabs has too much to do for this store's account.{sentence}",
            ELSEWHERE,
            retry_after_s=_wait_s(response),
        )
    if 400 <= status < 500 and status not in (408, 425):
        return InvalidInput(
            "voice_refused",
            f"ElevenLabs refused what it was asked to do.{sentence}",
            "Change the sentence or the speed, or choose another voice.",
        )
    if status >= 500 and status != 503:
        return _no_answer("ElevenLabs failed while it was at work.")
    return Unavailable("voice_unavailable", f"ElevenLabs is not available for now.{sentence}", ELSEWHERE)
