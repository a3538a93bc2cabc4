"""A server on this machine that answers as OpenAI-compatible endpoints do, and checks each request as they would."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from editai.models import LanguageModel

KEY = "sk-writer-0123456789abcdef"
MODEL = "writer-1"
SCRIPT: dict[str, Any] = {
    "hook": "One lamp, three colours of light.",
    "lines": ["The Aurora desk lamp dims to a candle.", "It costs $49.99."],
    "call_to_action": "See it in the shop.",
    "on_screen": "Aurora desk lamp",
    "posts": [
        {"platform": "tiktok", "text": "Three colours of light.", "hashtags": ["lamp", "#desk lamp"]},
        {"platform": "x", "text": "The Aurora desk lamp.", "hashtags": []},
    ],
}


@dataclass(frozen=True)
class Reply:
    """An answer; `stop_after` bytes of its body the connection breaks, `wait_s` passes before it."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    stop_after: int | None = None
    wait_s: float = 0


@dataclass
class Request:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def text(self) -> str:
        """Everything that the model is told, one message after the other."""
        return "\n".join(
            part if isinstance(part, str) else part.get("text", "")
            for message in self.body["messages"]
            for part in ([message["content"]] if isinstance(message["content"], str) else message["content"])
        )


Answer = Reply | Callable[[Request], Reply]


def said(
    content: Any, finish_reason: str = "stop", usage: tuple[int, int] | None = (900, 200), **message: Any
) -> Reply:
    """A completion; what is no text is sent as JSON."""
    text = content if isinstance(content, str | None) else json.dumps(content)
    choice = {"index": 0, "message": {"role": "assistant", "content": text, **message}, "finish_reason": finish_reason}
    body: dict[str, Any] = {"id": "c-1", "object": "chat.completion", "model": MODEL, "choices": [choice]}
    if usage:
        body["usage"] = {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)}
    return Reply(json.dumps(body).encode())


def wrong(status: int, body: Any, **headers: str) -> Reply:
    """A failure with this body."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(json.dumps(body).encode(), status, {"Content-Type": "application/json", **told})


def openai_error(status: int, message: str, code: str | None = None, **headers: str) -> Reply:
    """A failure as OpenAI and OpenRouter write it."""
    return wrong(status, {"error": {"message": message, "type": "error", "code": code}}, **headers)


def gemini_error(status: int, message: str) -> Reply:
    """A failure as Gemini's compatible endpoint writes it: in a list."""
    return wrong(status, [{"error": {"code": status, "message": message, "status": "INVALID_ARGUMENT"}}])


def ollama_error(status: int, message: str) -> Reply:
    return wrong(status, {"error": message})


def translates(words: Mapping[str, str], **others: str) -> Callable[[Request], Reply]:
    """Answers with every caption that has no translation yet, word for word by a table; `others` are whole texts for
    captions of these numbers ("caption_2")."""

    def answer(request: Request) -> Reply:
        system, user = request.body["messages"][:2]
        assert "You translate" in system["content"]
        listed = json.loads(user["content"].split("\n")[-1])["captions"]
        return said(
            {
                "captions": [
                    {
                        "number": each["number"],
                        "text": others.get(
                            f"caption_{each['number']}",
                            " ".join(words.get(word, word) for word in each["text"].split()),
                        ),
                    }
                    for each in listed
                    if "translation" not in each
                ]
            }
        )

    return answer


@dataclass
class Vendor:
    """The server. `answers` are given in order, the last one again and again; `faults` are requests that no vendor
    would understand."""

    port: int = 0
    answers: list[Answer] = field(default_factory=lambda: [said(SCRIPT)])
    requests: list[Request] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    hung_up: threading.Event = field(default_factory=threading.Event)

    def account(self, **changes: Any) -> LanguageModel:
        known: dict[str, Any] = {"url": f"http://127.0.0.1:{self.port}/v1", "model": MODEL, "key": KEY}
        return LanguageModel(**{**known, **changes})

    def will(self, *answers: Answer) -> None:
        self.answers = list(answers)

    def answer(self, request: Request) -> Reply:
        self.requests.append(request)
        self.faults += _faults(request)
        chosen = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return chosen if isinstance(chosen, Reply) else chosen(request)


def _faults(request: Request) -> Sequence[str]:
    """What is wrong with a request by the documents of the chat completions API."""
    body, found = request.body, []
    if request.path != "/v1/chat/completions":
        found.append(f"path {request.path}")
    if request.headers.get("content-type") != "application/json":
        found.append("not JSON")
    if unknown := body.keys() - {"model", "messages", "max_tokens", "max_completion_tokens", "response_format"}:
        found.append(f"unknown fields {unknown}")
    if len(body.keys() & {"max_tokens", "max_completion_tokens"}) != 1:
        found.append("not one limit")
    roles = [message["role"] for message in body["messages"]]
    if roles[:2] != ["system", "user"] or roles[2::2] != ["assistant"] * len(roles[2::2]) or roles[-1] != "user":
        found.append(f"roles {roles}")
    asked = body.get("response_format", {"type": "text"})
    if asked["type"] == "json_schema":
        found += _strict(asked["json_schema"]["schema"]) if asked["json_schema"]["strict"] else ["not strict"]
    return found


def _strict(schema: Mapping[str, Any]) -> list[str]:
    """What a strict schema demands: every property is required and no other allowed."""
    found = []
    if schema["type"] == "object":
        if schema.get("additionalProperties") is not False or set(schema["required"]) != set(schema["properties"]):
            found.append("a schema that is not strict")
        for each in schema["properties"].values():
            found += _strict(each)
    if schema["type"] == "array":
        found += _strict(schema["items"])
    return found


@contextmanager
def running() -> Iterator[Vendor]:
    vendor = Vendor()

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = vendor.answer(Request(self.path, headers, json.loads(content)))
            self.close_connection = True
            self._wait(reply.wait_s)
            with suppress(OSError):
                self.wfile.write(f"HTTP/1.1 {reply.status} Some\r\nContent-Length: {len(reply.body)}\r\n".encode())
                for name, value in reply.headers.items():
                    self.wfile.write(f"{name}: {value}\r\n".encode())
                self.wfile.write(b"\r\n" + reply.body[: reply.stop_after])

        def _wait(self, seconds: float) -> None:
            """Think, until the one who asked hangs up."""
            self.connection.settimeout(0.05)
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                with suppress(TimeoutError):
                    if not self.connection.recv(1):
                        vendor.hung_up.set()
                        break
            self.connection.settimeout(None)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.daemon_threads = True
    vendor.port = server.server_port
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield vendor
    server.shutdown()
    server.server_close()
