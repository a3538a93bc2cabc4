"""One account at an OpenAI-compatible endpoint: a request is reserved before, settled after, and said in our words.

Endpoints differ in what they take: one that refuses a schema is asked for any JSON object, then for plain text; one
that does not know `max_completion_tokens` gets `max_tokens`. Nothing of the environment takes part: no key, no
address, no header and no proxy but what the store's account says.
"""

from __future__ import annotations

import json
import math
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any

import httpx
from pydantic import BaseModel, ValidationError

from editai import __version__, web
from editai.aside import aside
from editai.models import LanguageModel, Step, Work
from editai.script import prompt, refusals
from editai.script.refusals import Said
from editai.script.task import Task

if TYPE_CHECKING:
    from editai.voices.base import Paid

SERVICE = "language_model"
ANSWER_SECONDS = 300.0
"""For one answer: a model on a computer of one's own may have to be loaded first."""
CONNECT_SECONDS = 10.0
LONGEST_WAIT_S = 20
"""An endpoint that asks to wait longer than this is not waited for."""
MOST_TOKENS = 8000
"""What an answer may take: a script is a few hundred, what a model thinks before it can be some thousand."""
PICTURE_TOKENS = 3000
"""More than any vendor counts for one small picture: 85 to 2,833 at OpenAI, 258 at Google."""
STEP_SECONDS = 0.3
_FORMS = ("json_schema", "json_object", "text")


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Usage(BaseModel):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Completion(BaseModel):
    """The part of a chat completion that is looked at; some endpoints send an error with the status of a success."""

    choices: list[_Choice] | None = None
    usage: _Usage | None = None
    error: Any = None


@dataclass
class Endpoint(AbstractContextManager["Endpoint"]):
    """The endpoint of an account, for a few requests. Leaving it ends a request that is still under way."""

    account: LanguageModel
    paid: Callable[[str, str, int, int], AbstractContextManager[Paid]]
    task: Task
    form: int = 0
    old_limit: bool = False
    _sockets: list[Any] = field(default_factory=list)
    _http: httpx.Client | None = None
    _left: bool = False

    def ask(self, messages: Sequence[prompt.Message]) -> Work[str]:
        """What the model answers. A refusal that cost nothing is tried once more where that may help.

        Errors, each naming the model: 403 `script_model_key_refused`, 402 `script_model_quota`, 422
        `script_model_unknown`, `script_model_refused`, `script_model_declined`; 429 `script_model_rate_limited`; 503
        `script_model_unreachable`, `script_model_busy`, `script_model_cut_off`, `script_model_unusable`; 504
        `script_model_no_answer`; and 402 `budget_exceeded` before anything is sent.
        """
        tries = 2
        while True:
            answer = yield from self._charged(messages)
            if isinstance(answer, _Completion):
                return self._text(answer)
            if answer.free and self._adapted(answer):
                continue
            tries -= 1
            if not (tries and answer.passes and answer.wait_s <= LONGEST_WAIT_S):
                raise refusals.failure(answer, self.account, self.task)
            yield from _waited(answer.wait_s, f"{self.account.model} asks to wait {answer.wait_s} seconds")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._left = True
        for each in self._sockets:
            _hang_up(each)
        if self._http is not None:
            self._http.close()

    def _charged(self, messages: Sequence[prompt.Message]) -> Work[_Completion | Said]:
        """Ask once, and settle: by what was used, at nothing where it was refused, else at the estimate."""
        with self._reserved(messages) as call:
            answer = yield from self._asked(messages)
            if isinstance(answer, _Completion) and answer.error is not None and not answer.choices:
                answer = refusals.of_body({"error": answer.error}, self.account.key)
            if call is not None:
                if isinstance(answer, Said):
                    if answer.free:
                        call.free()
                elif answer.usage is not None:
                    call.cost(_price(self.account, answer.usage.prompt_tokens, answer.usage.completion_tokens))
            return answer

    @contextmanager
    def _reserved(self, messages: Sequence[prompt.Message]) -> Iterator[Paid | None]:
        """A paid call around a request; a free model has none."""
        if not (self.account.usd_in or self.account.usd_out):
            yield None
            return
        tokens = _most_tokens(messages, self.task)
        most = _price(self.account, tokens, MOST_TOKENS)
        with self.paid(SERVICE, self.task.operation, tokens + MOST_TOKENS, most) as call:
            yield call

    def _asked(self, messages: Sequence[prompt.Message]) -> Work[_Completion | Said]:
        result = aside(lambda: self._send(messages), "writer")
        began = time.monotonic()
        while (passed := time.monotonic() - began) < ANSWER_SECONDS:
            with suppress(TimeoutError):
                return result.result(timeout=STEP_SECONDS)
            yield Step(min(0.95, passed / 60), f"{self.account.model} is {self.task.doing}")
        return refusals.NO_ANSWER

    def _send(self, messages: Sequence[prompt.Message]) -> _Completion | Said:
        """Send it and read what comes; runs in a thread of its own."""
        import openai

        client = openai.OpenAI(
            api_key=self.account.key or "none",
            base_url=self.account.url,
            max_retries=0,
            http_client=self._client(),
        )
        body = {
            "model": self.account.model,
            "messages": list(messages),
            "max_tokens" if self.old_limit else "max_completion_tokens": MOST_TOKENS,
            **_response_format(_FORMS[self.form], self.task),
        }
        try:
            response = client.post("/chat/completions", cast_to=httpx.Response, body=body)
        except openai.APIStatusError as error:
            return refusals.of_response(error.response, self.account.key)
        except openai.APITimeoutError:
            return refusals.NO_ANSWER
        except openai.APIConnectionError as error:
            return refusals.of_lost(error.__cause__)
        try:
            return _Completion.model_validate_json(response.content)
        except ValidationError:
            return refusals.UNREADABLE

    def _client(self) -> httpx.Client:
        """The client of all requests of this endpoint, which lets only our own headers out."""
        if self._http is None:
            self._http = httpx.Client(
                timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
                trust_env=False,
                verify=web.certificates(),
                follow_redirects=False,
                event_hooks={"request": [self._own]},
            )
        return self._http

    def _own(self, request: httpx.Request) -> None:
        """Whatever the environment put into the headers goes no further."""
        request.headers = httpx.Headers(
            {
                "Host": request.url.netloc.decode("ascii"),
                "User-Agent": f"EditAI/{__version__}",
                "Accept": "application/json",
                "Connection": "close",  # one that is kept may be closed there just as it is used again
                "Content-Type": "application/json",
                "Content-Length": request.headers["Content-Length"],
                **({"Authorization": f"Bearer {self.account.key}"} if self.account.key else {}),
            }
        )
        request.extensions["trace"] = self._traced

    def _traced(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of each connection, so that it can be hung up while another thread waits on it."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._sockets.append(info["return_value"].get_extra_info("socket"))
            if self._left:
                _hang_up(self._sockets[-1])

    def _adapted(self, answer: Said) -> bool:
        """Whether the next request is written in a way that this endpoint may take."""
        if not answer.is_about_form:
            return False
        if "max_completion_tokens" in answer.message and not self.old_limit:
            self.old_limit = True
        elif self.form + 1 < len(_FORMS):
            self.form += 1
        elif not self.old_limit:
            self.old_limit = True
        else:
            return False
        return True

    def _text(self, completion: _Completion) -> str:
        if not completion.choices:
            raise refusals.unusable(self.account, "It is empty.", self.task)
        choice = completion.choices[0]
        if choice.message.refusal or choice.finish_reason == "content_filter":
            raise refusals.declined(self.account, self.task)
        if choice.finish_reason == "length":
            raise refusals.cut_off(self.account, self.task)
        if not (choice.message.content or "").strip():
            raise refusals.unusable(self.account, "It is empty.", self.task)
        return choice.message.content or ""


def _hang_up(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _waited(seconds: int, message: str) -> Work[None]:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        yield Step(0.0, message)
        time.sleep(min(STEP_SECONDS, max(0.0, until - time.monotonic())))


def _response_format(form: str, task: Task) -> dict[str, Any]:
    if form == "text":
        return {}
    if form == "json_object":
        return {"response_format": {"type": form}}
    schema = {"name": task.name, "strict": True, "schema": task.schema}
    return {"response_format": {"type": form, "json_schema": schema}}


def most(account: LanguageModel, messages: Sequence[prompt.Message], task: Task) -> int:
    """What one request of these messages can cost at the most, in micro-dollars: so much of the budget is reserved."""
    return _price(account, _most_tokens(messages, task), MOST_TOKENS)


def _price(account: LanguageModel, tokens_in: int, tokens_out: int) -> int:
    """Micro-dollars: dollars for a million tokens are micro-dollars for one."""
    return math.ceil(max(0, tokens_in) * account.usd_in + max(0, tokens_out) * account.usd_out)


def _most_tokens(messages: Sequence[prompt.Message], task: Task) -> int:
    """More tokens than these messages can have: no token is shorter than a byte."""
    pictures = [part for message in messages for part in message["content"] if isinstance(part, dict)]
    pictures = [part for part in pictures if part["type"] == "image_url"]
    whole = len(json.dumps([*messages, task.schema], ensure_ascii=False).encode())
    return whole - sum(len(part["image_url"]["url"]) for part in pictures) + PICTURE_TOKENS * len(pictures)
