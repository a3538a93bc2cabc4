"""ElevenLabs on loopback: it checks what it is asked and answers what api.elevenlabs.io answers, its errors included.

The bodies of the errors are those that the API was seen to send: `detail` with `status` alone (older), with `type`,
`code` and `status` (newer), or FastAPI's list.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.voices.vendors.serving import Serving, hang_up
from tests.voices.vendors.sound import hummed

KEY = "sk_0123456789abcdef0123456789abcdef0123456789abcdef"
TALIA, CLONE = "OZ0L6eISlOejga3XjDFt", "aB3dE5gH7jK9mN1pQ3sT"
SECONDS = 0.05
"""How long each character takes, spaces as well."""

Given = Callable[[web.Request], web.Response | Awaitable[web.Response]]


def error(code: int, headers: dict[str, str] | None = None, /, **detail: str) -> Callable[[web.Request], web.Response]:
    """An answer as its errors look."""
    return answer(code, {"detail": detail}, headers)


def answer(status: int, body: object, headers: dict[str, str] | None = None) -> Callable[[web.Request], web.Response]:
    def give(request: web.Request) -> web.Response:
        return web.json_response(body, status=status, headers=headers)

    give.__name__ = str(status)  # which the name of a test shows
    return give


def page(request: web.Request) -> web.Response:
    """What a wall in front of a hotel's network answers."""
    return web.Response(text="<!doctype html><title>Log in</title>", content_type="text/html")


def broken(request: web.Request) -> web.Response:
    """The connection ends before the answer begins."""
    hang_up(request)
    return web.Response()


async def silent(request: web.Request) -> web.Response:
    """No answer for longer than any test waits."""
    await asyncio.sleep(60)
    return web.Response()


@dataclass
class Asked:
    """A request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass
class ElevenLabsServer(Serving):
    """`next_answers` come instead of the real ones, one for each request.

    `change` has the last word on the JSON of what is spoken, `charged` makes the headers that tell what it cost; after
    `cut` bytes of it the connection breaks.
    """

    used: int = 17_700
    limit: int = 30_000
    voices: Sequence[dict[str, Any]] = ()
    asked: list[Asked] = field(default_factory=list)
    next_answers: list[Given] = field(default_factory=list)
    change: Callable[[dict[str, Any]], object] = lambda spoken: spoken
    cut: int | None = None
    charged: Callable[[str], dict[str, str]] = lambda text: {"character-cost": str(len(text))}

    def __post_init__(self) -> None:
        @web.middleware
        async def checked(request: web.Request, handler: Any) -> web.StreamResponse:
            return await self._any(request, handler)

        app = web.Application(middlewares=[checked])
        app.router.add_post("/v1/text-to-speech/{voice}/with-timestamps", self._speak)
        app.router.add_get("/v2/voices", self._list)
        app.router.add_get("/v1/user/subscription", self._subscription)
        super().__init__(app)

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    async def _any(self, request: web.Request, handler: Any) -> web.StreamResponse:
        body = await request.text()
        self.asked.append(
            Asked(
                request.method,
                request.path,
                dict(request.query),
                {name.lower(): value for name, value in request.headers.items()},
                json.loads(body) if body else None,
            )
        )
        if self.next_answers:
            given = self.next_answers.pop(0)(request)
            return given if isinstance(given, web.Response) else await given
        if request.headers.get("xi-api-key") != KEY:
            return error(401, status="invalid_api_key", message="Invalid API key")(request)
        if request.headers.get("Accept") != "application/json":
            return error(406, status="not_acceptable", message="Only JSON")(request)
        answered: web.StreamResponse = await handler(request)
        return answered

    async def _speak(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        if wrong := _wrong(body, request):
            return web.json_response({"detail": wrong}, status=422)
        text = body["text"]
        if request.match_info["voice"] not in (TALIA, CLONE):
            return error(404, status="voice_not_found", message="A voice for the voice_id was not found.")(request)
        if self.used + len(text) > self.limit:
            said = f"This request exceeds your quota of {self.limit}."
            return error(401, status="quota_exceeded", message=said)(request)
        self.used += len(text)
        content = json.dumps(self.change(spoken(text))).encode()
        response = web.StreamResponse(headers={"Content-Type": "application/json", **self.charged(text)})
        response.content_length = len(content)
        await response.prepare(request)
        await response.write(content[: self.cut])
        if self.cut is not None:
            hang_up(request)
        return response

    async def _list(self, request: web.Request) -> web.Response:
        size, first = int(request.query["page_size"]), int(request.query.get("next_page_token", 0))
        assert size <= 100
        last = first + min(size, 2)  # the pages are small here, so that few voices make several
        return web.json_response(
            {
                "voices": self.voices[first:last],
                "has_more": last < len(self.voices),
                "total_count": 0,
                "next_page_token": str(last) if last < len(self.voices) else None,
            }
        )

    async def _subscription(self, request: web.Request) -> web.Response:
        return web.json_response(
            {
                "tier": "starter",
                "character_count": self.used,
                "character_limit": self.limit,
                "next_character_count_reset_unix": 1_796_083_200,
                "status": "active",
            }
        )


def spoken(text: str) -> dict[str, Any]:
    """What it makes of a text: each character takes as long as the other, words are hummed."""
    starts = [index * SECONDS for index in range(len(text))]
    ends = [start + SECONDS for start in starts]
    spans: list[tuple[float, float]] = []
    for character, start, end in zip(text, starts, ends, strict=True):
        if not character.isspace():
            joined = spans and spans[-1][1] > start - 1e-9
            spans[-1:] = [(spans[-1][0], end)] if joined else [*spans[-1:], (start, end)]
    alignment = {
        "characters": list(text),
        "character_start_times_seconds": starts,
        "character_end_times_seconds": ends,
    }
    return {
        "audio_base64": base64.b64encode(hummed(tuple(spans), ends[-1], 44_100, 128_000)).decode(),
        "alignment": alignment,
        "normalized_alignment": alignment,
    }


def _wrong(body: Any, request: web.Request) -> list[dict[str, Any]]:
    """What FastAPI finds wrong in a request to speak."""
    found = []
    if not isinstance(body.get("text"), str):
        found.append({"loc": ["body", "text"], "msg": "Field required", "type": "missing"})
    if body.get("model_id") != "eleven_multilingual_v2":
        found.append({"loc": ["body", "model_id"], "msg": "Unknown model", "type": "value_error"})
    if not 0.7 <= body.get("voice_settings", {}).get("speed", 1) <= 1.2:
        found.append({"loc": ["body", "speed"], "msg": "Must be between 0.7 and 1.2", "type": "value_error"})
    if request.query.get("output_format") != "mp3_44100_128":
        found.append({"loc": ["query", "output_format"], "msg": "Not expected here", "type": "value_error"})
    if "language_code" in body:
        found.append({"loc": ["body", "language_code"], "msg": "Not for this model", "type": "value_error"})
    return found
