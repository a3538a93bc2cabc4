"""What a script costs, what vendors refuse, and whose account is used: requests to a server on this machine."""

from __future__ import annotations

import json
import logging
import time
from contextlib import closing
from functools import partial

import pytest

from editai import library
from editai.errors import RateLimited
from editai.library import LOCAL_OWNER
from editai.models import Step
from editai.script import endpoint, prompt
from editai.settings import Settings
from tests.processes import HANGS_S
from tests.script.desk import USD, USED, Desk, long
from tests.script.vendors import (
    KEY,
    MODEL,
    SCRIPT,
    Reply,
    Vendor,
    gemini_error,
    ollama_error,
    openai_error,
    running,
    said,
    wrong,
)

# ── money ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_request_is_settled_by_the_tokens_that_were_used(vendor: Vendor, desk: Desk) -> None:
    vendor.will(said(SCRIPT, usage=(1000, 300)))
    desk.draft(vendor.account(**USD))
    assert desk.books() == [("settled", 1000 * 2 + 300 * 10)]


def test_a_request_that_says_nothing_of_tokens_is_settled_at_its_estimate(vendor: Vendor, desk: Desk) -> None:
    vendor.will(said(SCRIPT, usage=None))
    desk.draft(vendor.account(**USD))
    ((state, amount),) = desk.books()
    assert state == "settled"
    assert amount >= vendor.requests[0].body["max_completion_tokens"] * 10 + len(vendor.requests[0].text.encode()) * 2


def test_each_round_is_paid_for(vendor: Vendor, desk: Desk) -> None:
    vendor.will(said("no", usage=(10, 1)), said(long(), usage=(20, 2)), said(SCRIPT, usage=(30, 3)))
    desk.draft(vendor.account(**USD))
    assert desk.books() == [("settled", 30), ("settled", 60), ("settled", 90)]


def test_a_free_model_has_no_books(vendor: Vendor, desk: Desk) -> None:
    desk.draft(vendor.account())
    assert desk.books() == []


def test_a_pictures_tokens_are_in_the_estimate(vendor: Vendor, desk: Desk) -> None:
    vendor.will(said(SCRIPT, usage=None))
    desk.draft(vendor.account(**USD))
    desk.draft(vendor.account(sees=True, **USD), stills=[bytes(500_000)] * 6)
    (_, without), (_, seeing) = desk.books()
    assert 6 * endpoint.PICTURE_TOKENS * 2 <= seeing - without <= 6 * endpoint.PICTURE_TOKENS * 2 + 2000


def test_nothing_is_sent_where_the_budget_does_not_allow_it(settings: Settings, vendor: Vendor) -> None:
    with library.open(settings) as shelf:
        profile = shelf.store.default_profile(LOCAL_OWNER)
        poor = shelf.store.update_profile(LOCAL_OWNER, profile.id, {"monthly_budget": 10})
        assert Desk(shelf, poor).refused(vendor.account(**USD)).title == "402 budget_exceeded"
    assert vendor.requests == []


def test_a_vendor_that_closes_each_connection_is_asked_anew(vendor: Vendor, desk: Desk) -> None:
    vendor.will(said("no"), said(long()), said(SCRIPT))
    desk.draft(vendor.account())
    assert {request.headers["connection"] for request in vendor.requests} == {"close"}


# ── what vendors refuse ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        (openai_error(401, f"Incorrect API key provided: {KEY}", "invalid_api_key"), "403 script_model_key_refused"),
        (gemini_error(400, "API key not valid. Please pass a valid API key."), "403 script_model_key_refused"),
        (openai_error(403, "Country not supported"), "403 script_model_key_refused"),
        (openai_error(402, "Insufficient credits"), "402 script_model_quota"),
        (openai_error(429, "You exceeded your current quota", "insufficient_quota"), "402 script_model_quota"),
        (openai_error(404, "The model does not exist", "model_not_found"), "422 script_model_unknown"),
        (ollama_error(404, 'model "writer-1" not found, try pulling it first'), "422 script_model_unknown"),
        (openai_error(400, "This model's maximum context length is 10"), "422 script_model_refused"),
        (openai_error(422, "always"), "422 script_model_refused"),
        (ollama_error(400, "this model does not support images"), "422 script_model_refused"),
        (openai_error(429, "Slow down", retry_after="120"), "429 script_model_rate_limited"),
        (wrong(302, {}, location="http://127.0.0.1:9/v1"), "503 script_model_unreachable"),
        (wrong(418, "?"), "422 script_model_refused"),
    ],
)
def test_a_refusal_is_said_with_the_models_name_and_costs_nothing(
    vendor: Vendor, desk: Desk, answer: Reply, title: str
) -> None:
    vendor.will(answer)
    error = desk.refused(vendor.account(**USD))
    assert error.title == title
    assert MODEL in error.message
    assert error.hint
    assert KEY not in f"{error!r}{error}"
    assert {state for state, _ in desk.books()} == {"released"}


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        (openai_error(500, "The server had an error"), "504 script_model_no_answer"),
        (wrong(502, {}), "504 script_model_no_answer"),
        (Reply(b"<html>Bad gateway</html>", 504, {"Content-Type": "text/html"}), "504 script_model_no_answer"),
        (Reply(said(SCRIPT).body, stop_after=40), "504 script_model_no_answer"),
        (Reply(b"", stop_after=0, status=200, headers={"Content-Length": "9"}), "504 script_model_no_answer"),
        (Reply(b"<!doctype html><p>Sign in", headers={"Content-Type": "text/html"}), "503 script_model_unusable"),
        (Reply(b"{"), "503 script_model_unusable"),
        (Reply(b'{"choices": [{}]}'), "503 script_model_unusable"),
    ],
    ids=["500", "502", "504", "cut", "nothing", "page", "half", "no message"],
)  # fmt: skip
def test_what_may_have_been_charged_is_settled_at_its_estimate_and_not_sent_again(
    vendor: Vendor, desk: Desk, answer: Reply, title: str
) -> None:
    vendor.will(answer)
    error = desk.refused(vendor.account(**USD))
    assert error.title == title
    assert MODEL in error.message
    assert len(vendor.requests) == 1
    ((state, amount),) = desk.books()
    assert state == "settled"
    assert amount > 80_000


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        (said(None, refusal="I cannot help with that."), "422 script_model_declined"),
        (said("", "content_filter"), "422 script_model_declined"),
        (said('{"hook": "One la', "length"), "503 script_model_cut_off"),
        (said(None), "503 script_model_unusable"),
        (Reply(json.dumps({"choices": [], "usage": USED}).encode()), "503 script_model_unusable"),
    ],
    ids=["refusal", "filter", "length", "no content", "no choices"],
)  # fmt: skip
def test_an_answer_without_a_script_is_paid_for_and_said(vendor: Vendor, desk: Desk, answer: Reply, title: str) -> None:
    vendor.will(answer)
    error = desk.refused(vendor.account(**USD))
    assert error.title == title
    assert MODEL in error.message
    assert desk.books() == [("settled", 900 * 2 + 200 * 10)]


@pytest.mark.parametrize("status", [400, 404, 429, 500])
def test_a_key_that_a_vendor_repeats_is_not_told(vendor: Vendor, desk: Desk, status: int) -> None:
    vendor.will(openai_error(status, f"vision is not for {KEY} here", retry_after="600"))
    error = desk.refused(vendor.account())
    assert "vision is not for … here" in error.message
    assert KEY not in f"{error!r}{error.as_dict()}"


def test_an_account_without_money_is_not_asked_again(vendor: Vendor, desk: Desk) -> None:
    vendor.will(openai_error(429, "You exceeded your current quota", "insufficient_quota"))
    desk.refused(vendor.account())
    assert len(vendor.requests) == 1


def test_a_model_that_is_not_running_is_said_and_costs_nothing(desk: Desk) -> None:
    with running() as gone:
        account = gone.account(**USD)
    error = desk.refused(account)
    assert error.title == "503 script_model_unreachable"
    assert {state for state, _ in desk.books()} == {"released"}


def test_a_busy_endpoint_is_asked_once_more(vendor: Vendor, desk: Desk) -> None:
    vendor.will(openai_error(503, "overloaded", retry_after="1"), said(SCRIPT))
    assert desk.draft(vendor.account(**USD)).hook == SCRIPT["hook"]
    assert [state for state, _ in desk.books()] == ["released", "settled"]


def test_an_endpoint_that_stays_busy_is_asked_twice(vendor: Vendor, desk: Desk) -> None:
    vendor.will(openai_error(529, "overloaded", retry_after="1"))
    assert desk.refused(vendor.account(**USD)).title == "503 script_model_busy"
    assert len(vendor.requests) == 2


def test_a_pause_that_is_asked_for_is_kept_and_a_long_one_is_told(vendor: Vendor, desk: Desk) -> None:
    vendor.will(openai_error(429, "Slow down", retry_after="1"), said(SCRIPT))
    began = time.monotonic()
    desk.draft(vendor.account())
    assert time.monotonic() - began > 1
    vendor.will(openai_error(429, "Slow down", retry_after="600"))
    error = desk.refused(vendor.account())
    assert isinstance(error, RateLimited)
    assert error.retry_after_s == 600


def test_an_error_with_the_status_of_a_success_is_an_error(vendor: Vendor, desk: Desk) -> None:
    vendor.will(Reply(json.dumps({"error": {"code": 402, "message": "Insufficient credits"}}).encode()))
    assert desk.refused(vendor.account(**USD)).title == "402 script_model_quota"
    assert desk.books() == [("released", 0)]


def test_an_answer_that_takes_too_long_is_not_waited_for(
    vendor: Vendor, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "ANSWER_SECONDS", 0.5)
    vendor.will(Reply(said(SCRIPT).body, wait_s=2 * HANGS_S))
    began = time.monotonic()
    assert desk.refused(vendor.account(**USD)).title == "504 script_model_no_answer"
    assert time.monotonic() - began < HANGS_S
    assert desk.books()[0][0] == "settled"
    assert vendor.hung_up.wait(HANGS_S)


# ── cancelled ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_steps_come_while_it_writes_and_cancelling_hangs_up(vendor: Vendor, desk: Desk) -> None:
    vendor.will(said(SCRIPT))
    desk.draft(vendor.account())  # the package is imported
    vendor.will(Reply(said(SCRIPT).body, wait_s=2 * HANGS_S))
    with closing(desk.work(vendor.account(**USD))) as work:
        for _ in range(3):
            before = time.monotonic()
            step = next(work)
            assert time.monotonic() - before < HANGS_S
        assert isinstance(step, Step)
        assert MODEL in step.message
        began = time.monotonic()
    assert time.monotonic() - began < HANGS_S
    assert vendor.hung_up.wait(HANGS_S)
    ((state, amount),) = desk.books()
    assert (state, amount > 80_000) == ("settled", True)


# ── whose account ────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_of_the_environment_is_used(vendor: Vendor, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "OPENAI_API_KEY": "sk-of-somebody-else",
        "OPENAI_ADMIN_KEY": "sk-admin",
        "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
        "OPENAI_ORG_ID": "org-else",
        "OPENAI_PROJECT_ID": "proj-else",
        "OPENAI_CUSTOM_HEADERS": "X-Team: else\nAuthorization: Bearer sk-of-somebody-else\nHost: evil.example",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "ALL_PROXY": "http://127.0.0.1:9",
    }.items():
        monkeypatch.setenv(name, value)
    desk.draft(vendor.account())
    desk.draft(vendor.account(key=""))
    mine, keyless = (request.headers for request in vendor.requests)
    ours = {"host", "accept", "content-type", "content-length", "user-agent", "connection", "authorization"}
    assert mine.keys() == ours
    assert (mine["authorization"], mine["host"]) == (f"Bearer {KEY}", f"127.0.0.1:{vendor.port}")
    assert "authorization" not in keyless
    assert not any("else" in value or "admin" in value for headers in (mine, keyless) for value in headers.values())


def test_the_key_is_in_no_log(vendor: Vendor, desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        desk.draft(vendor.account())
        vendor.will(openai_error(401, f"Incorrect API key provided: {KEY}"))
        desk.refused(vendor.account())
    assert "127.0.0.1" in caplog.text
    assert KEY not in caplog.text
    paid = partial(desk.shelf.costs.paid, desk.profile, None)
    assert KEY not in repr(endpoint.Endpoint(vendor.account(), paid, prompt.task()))
