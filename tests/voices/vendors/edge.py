"""Microsoft's voices on loopback: the WebSocket that its browser speaks to, as edge-tts knows it."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any
from xml.etree import ElementTree as ET

from aiohttp import WSMsgType, web
from edge_tts.constants import TRUSTED_CLIENT_TOKEN
from edge_tts.drm import generate_sec_ms_gec_v2

from tests.voices.vendors.serving import Serving, hang_up
from tests.voices.vendors.sound import hummed

PATH = "/consumer/speech/synthesize/readaloud/edge/v1"
SECONDS = 0.1
"""How long each word takes, and the silence after it half of that."""
TICKS = 10_000_000


@dataclass
class Spoke:
    """A request to speak as it came."""

    voice: str
    rate: str
    text: str
    config: dict[str, Any]
    query: dict[str, str]
    headers: dict[str, str]


@dataclass
class EdgeServer(Serving):
    """`faults` come first, one for each connection: a status, or what happens instead of speaking.

    "silent": nothing comes; "silent in mid-audio"; "dropped" in mid-audio; "closed" before any sound; "no sound" with a
    proper end; "no date", a refusal that does not tell the time; "unknown", a message of a kind that does not exist;
    "garbage" instead of MP3. `clock` is the server's time, `words_of` tells which words of a text it reports.
    """

    faults: list[int | str] = field(default_factory=list)
    spoke: list[Spoke] = field(default_factory=list)
    connections: int = 0
    clock: Callable[[], float] = time.time
    words_of: Callable[[str], list[str]] = lambda text: re.findall(r"[\w'’-]*\w", text)

    def __post_init__(self) -> None:
        app = web.Application()
        app.router.add_get(PATH, self._connect)
        super().__init__(app)

    @property
    def url(self) -> str:
        """What `edge_tts.communicate.WSS_URL` is instead."""
        return f"ws://{self.address}{PATH}?TrustedClientToken={TRUSTED_CLIENT_TOKEN}"

    async def _connect(self, request: web.Request) -> web.StreamResponse:
        self.connections += 1
        fault = self.faults.pop(0) if self.faults else ""
        if isinstance(fault, int):
            return web.Response(status=fault)
        if fault == "no date":
            return web.Response(status=403, headers={"Date": "some day"})
        if not self._allowed(request):
            return web.Response(status=403, headers={"Date": formatdate(self.clock(), usegmt=True)})
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        config = json.loads(_message(await socket.receive(), "speech.config"))
        ssml = ET.fromstring(_message(await socket.receive(), "ssml"))
        voice, prosody = ssml.find(".//{*}voice"), ssml.find(".//{*}prosody")
        assert voice is not None
        assert prosody is not None
        text = prosody.text or ""
        self.spoke.append(
            Spoke(
                voice.attrib["name"], prosody.attrib["rate"], text, config, dict(request.query), dict(request.headers)
            )
        )
        await self._speak(socket, request, text, fault)
        return socket

    def _allowed(self, request: web.Request) -> bool:
        """Whether it comes from an Edge browser whose clock is right, give or take five minutes."""
        now = self.clock()
        tokens = {generate_sec_ms_gec_v2(now + off) for off in (-300, 0, 300)}
        return (
            request.query.get("TrustedClientToken") == TRUSTED_CLIENT_TOKEN
            and request.query.get("Sec-MS-GEC") in tokens
            and request.headers.get("Origin", "").startswith("chrome-extension://")
            and "Edg/" in request.headers.get("User-Agent", "")
            and "muid=" in request.headers.get("Cookie", "")
        )

    async def _speak(self, socket: web.WebSocketResponse, request: web.Request, text: str, fault: str) -> None:
        if fault == "silent":
            await asyncio.sleep(60)
        await socket.send_str(_said("turn.start", "{}"))
        if fault == "closed":
            await socket.close()
            return
        if fault == "unknown":
            await socket.send_str(_said("turn.around", "{}"))
        words = self.words_of(text)
        step = 1.5 * SECONDS
        if fault != "no sound" and words:
            spans = tuple((index * step, index * step + SECONDS) for index in range(len(words)))
            mp3 = hummed(spans, len(words) * step, 24_000, 48_000)
            await self._send(socket, request, b"nothing of the kind" * 20 if fault == "garbage" else mp3, fault)
            for word, (start, end) in zip(words, spans, strict=True):
                await socket.send_str(_said("audio.metadata", _boundary(word, start, end)))
        await socket.send_str(_said("turn.end", "{}"))
        await socket.close()

    async def _send(self, socket: web.WebSocketResponse, request: web.Request, mp3: bytes, fault: str) -> None:
        for at in range(0, len(mp3), 720):
            header = b"X-RequestId:0\r\nContent-Type:audio/mpeg\r\nPath:audio\r\n"
            await socket.send_bytes(len(header).to_bytes(2, "big") + header + mp3[at : at + 720])
            if fault == "dropped":
                await asyncio.sleep(0.05)  # so that what was sent arrives
                hang_up(request)
                return
            if fault == "silent in mid-audio":
                await asyncio.sleep(60)


def _message(received: Any, path: str) -> str:
    """The body of a message of the browser, which is of this kind."""
    assert received.type == WSMsgType.TEXT, received
    head, _, body = received.data.partition("\r\n\r\n")
    assert f"Path:{path}" in head.split("\r\n"), head
    return str(body)


def _said(path: str, body: str) -> str:
    return f"X-RequestId:0\r\nContent-Type:application/json; charset=utf-8\r\nPath:{path}\r\n\r\n{body}"


def _boundary(word: str, start: float, end: float) -> str:
    escaped = word.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    data = {
        "Offset": round(start * TICKS),
        "Duration": round((end - start) * TICKS),
        "text": {"Text": escaped, "Length": len(word), "BoundaryType": "WordBoundary"},
    }
    return json.dumps({"Metadata": [{"Type": "WordBoundary", "Data": data}]}, ensure_ascii=False)
