"""A page behind a sign-in: who gets in, how, and what everybody else is told."""

from __future__ import annotations

import json
import re
import time
import uuid
from types import SimpleNamespace

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError, AuthenticationError

from editai.library import accounts
from editai.ui import sign_in
from tests.conftest import BOX
from tests.supabase.fixtures import (
    Account,
    NewAccount,
    admin,
    at_once,
    new_account,
    on_loopback,
    postgres_server,
    project,
    supabase_server,
)
from tests.supabase.server import SupabaseServer
from tests.supabase.tokens import access_token
from tests.ui.signing_in import Door, anna, ben, door, somebody

__all__ = [
    "admin",
    "anna",
    "at_once",
    "ben",
    "door",
    "new_account",
    "on_loopback",
    "postgres_server",
    "project",
    "supabase_server",
]

PAGES = {"/sign-in", "/sign-up", "/reset-password", "/new-password", "/sign-out", "/login"}


def said(page: httpx.Response) -> str:
    """What a sign-in page says above its form."""
    found = re.search(r'<div class="told.*?</div>', page.text)
    return re.sub(r"<.*?>", "", found[0]) if found else ""


# ── nobody ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_whatever_the_app_serves_is_behind_the_sign_in(door: Door) -> None:
    parts = [getattr(route, "original_router", None) for route in door.page.app.routes]
    routes = [*door.page.app.routes, *(route for part in parts if part for route in part.routes)]
    ways = [(method, route.path) for route in routes for method in getattr(route, "methods", None) or ()]
    asked = {(method, re.sub(r"\{.*?\}", "x", path)) for method, path in ways}
    mounts = {("GET", f"/gradio_api/mcp/{path}") for path in ("", "sse", "http", "messages/")}
    assert len(asked) > 60
    with door.web() as web:
        answers = {(method, path): web.request(method, path).status_code for method, path in asked | mounts}
    behind = {key: status for key, status in answers.items() if key[1].rstrip("/") not in sign_in.Door.open | PAGES}
    assert {key: status for key, status in behind.items() if status not in {401, 403}} == {}


def test_a_browser_is_sent_to_the_sign_in_page(door: Door) -> None:
    with door.web() as web:
        sent = web.get("/", headers={"Accept": "text/html,*/*"})
        assert (sent.status_code, sent.headers["location"]) == (303, "/sign-in")
        page = web.get("/sign-in")
    assert page.status_code == 200
    assert 'type="password"' in page.text


def test_the_sign_in_page_speaks_the_language_of_its_browser(door: Door) -> None:
    asked = {"accept-language": "fr-FR,fr;q=0.9"}
    page = httpx.get(f"{door.url}/sign-in", headers=asked, verify=False).text
    refused = httpx.post(f"{door.url}/sign-in", headers=asked, verify=False)
    assert '<html lang="fr">' in page
    assert "Se connecter" in page
    assert "Sign in" not in page
    assert said(refused) == "Il manque quelque chose. Remplissez tous les champs."


def test_a_browser_that_comes_from_another_site_with_a_ticket_gets_in(door: Door, anna: Account) -> None:
    """Then the first request carries no ticket, and the page that asks once more is not the sign-in page."""
    from_elsewhere = {"Accept": "text/html", "Sec-Fetch-Site": "cross-site"}
    with door.web() as web:
        again = web.get("/", headers=from_elsewhere, follow_redirects=True)
    assert 'http-equiv="refresh" content="0; url=/"' in again.text
    with door.web(door.ticket(anna)) as web:
        assert web.get("/sign-in").headers["location"] == "/"


def test_a_script_is_told_401_not_signed_in(door: Door) -> None:
    answer = httpx.post(f"{door.url}/gradio_api/call/profiles", json={"data": []})
    assert answer.status_code == 401
    assert (answer.json()["title"], answer.json()["message"]) == ("401 not_signed_in", "Please sign in.")
    with pytest.raises(AuthenticationError):
        Client(door.url, verbose=False)


# ── signing in ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_sign_in_makes_a_first_store_and_the_next_no_other(door: Door, new_account: NewAccount) -> None:
    account = new_account()
    for _ in range(2):
        entered = door.fill_in("/sign-in", email=account.email, password=account.password)
        assert (entered.status_code, entered.headers["location"]) == (303, "/")
    [store] = door.script(account).predict(api_name="/profiles")
    assert store["is_default"]


def test_the_ticket_is_kept_where_no_script_and_no_other_site_can_use_it(door: Door, anna: Account) -> None:
    entered = door.fill_in("/sign-in", email=anna.email, password=anna.password)
    cookie = entered.headers["set-cookie"]
    assert re.match(rf"editai-ticket-{door.url.rpartition(':')[2]}=[\w-]{{43}};", cookie)
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))


def test_a_wrong_password_is_said_and_gives_no_ticket(door: Door, anna: Account) -> None:
    refused = door.fill_in("/sign-in", email=anna.email, password="wrong")
    assert refused.status_code == 401
    assert said(refused) == "This e-mail address and password do not go together. Type both again, or reset it."
    assert anna.email in refused.text
    assert "set-cookie" not in refused.headers
    with pytest.raises(AuthenticationError):
        Client(door.url, auth=(anna.email, "wrong"), verbose=False)


def test_what_somebody_typed_is_shown_as_it_is(door: Door) -> None:
    assert '"&gt;&lt;script&gt;@x"' in door.fill_in("/sign-in", email='"><script>@x', password="x").text.replace(
        "&quot;", "", 1
    )


def test_nothing_typed_is_said(door: Door) -> None:
    assert said(door.fill_in("/sign-in")) == "Something is missing. Fill in every field."


def test_guessing_has_to_wait(door: Door, new_account: NewAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    account, now = new_account(), time.monotonic()
    monkeypatch.setattr("editai.library.guesses.time", SimpleNamespace(monotonic=lambda: now))  # however slow this is
    tries = [door.fill_in("/sign-in", email=account.email, password=f"guess {number}") for number in range(6)]
    assert [one.status_code for one in tries] == [401] * 5 + [429]
    assert said(tries[-1]) == "That was tried too often. Wait a second, then try again."
    assert tries[-1].headers["retry-after"] == "1"
    assert door.fill_in("/sign-in", email=account.email, password=account.password).status_code == 429


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://shop.example"}, {"Origin": "http://127.0.0.1:1"}, {"Origin": "null"}]
    + [{"Sec-Fetch-Site": site} for site in ("cross-site", "same-site")],
)
def test_a_form_of_another_site_is_refused(door: Door, anna: Account, headers: dict[str, str]) -> None:
    typed = {"email": anna.email, "password": anna.password}
    with door.web(door.ticket(anna)) as web:
        assert web.post("/sign-in", data=typed, headers=headers).status_code == 403
        assert web.post("/gradio_api/queue/join", json={}, headers=headers).status_code == 403
        assert web.post("/sign-out", headers=headers).status_code == 403
        assert web.get("/config").status_code == 200


def test_a_project_that_is_away_is_said_and_nobody_without_stores_here_gets_in(
    door: Door, new_account: NewAccount, on_loopback: SupabaseServer
) -> None:
    account = new_account()
    on_loopback.fail("POST /rest/v1/*", "500_before", times=20)
    refused = door.fill_in("/sign-in", email=account.email, password=account.password)
    assert refused.status_code in {503, 504}
    assert "Supabase project" in said(refused)
    assert "set-cookie" not in refused.headers
    assert door.shelf.store.profiles(account.user_id) == ()
    on_loopback.heal()
    door.ticket(account)
    assert len(door.shelf.store.profiles(account.user_id)) == 1


def test_an_owner_without_a_default_store_is_told_503_and_can_open_another(door: Door, new_account: NewAccount) -> None:
    account = new_account()
    ticket = door.ticket(account)
    [store] = door.shelf.store.profiles(account.user_id)
    with door.shelf.database.transaction() as rows:
        rows.execute("UPDATE profiles SET is_default = 0 WHERE id = ?", (store.id,))
    script = door.script(account)
    with pytest.raises(AppError) as caught:
        script.predict(api_name="/jobs")
    assert caught.value.title == "503 no_default_profile"
    assert "make one the default" in str(caught.value)
    assert script.predict(store.id, api_name="/set_default_profile")["is_default"]
    door.accounts.sessions.sign_out(ticket)


# ── an account ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_signs_up_is_signed_in(door: Door, on_loopback: SupabaseServer) -> None:
    email, password = somebody()
    assert door.fill_in("/sign-up", email=email, password=password).headers["location"] == "/"


def test_where_addresses_are_confirmed_who_signs_up_is_told_to_look_into_the_mail(
    door: Door, on_loopback: SupabaseServer
) -> None:
    on_loopback.auth.confirms = True
    email, password = somebody()
    assert "Look into your mail" in said(door.fill_in("/sign-up", email=email, password=password))
    assert on_loopback.auth.mailed == [email]
    refused = door.fill_in("/sign-in", email=email, password=password)
    assert said(refused) == "This e-mail address was not confirmed yet. Open the link in the e-mail first."


def test_a_password_that_the_project_finds_too_weak_is_said(door: Door, on_loopback: SupabaseServer) -> None:
    refused = door.fill_in("/sign-up", email=somebody()[0], password="short")
    assert refused.status_code == 422
    assert "Password should be at least 6 characters." in said(refused)


def test_a_link_to_a_new_password_is_sent_and_whether_there_is_an_account_is_not_told(
    door: Door, anna: Account, on_loopback: SupabaseServer
) -> None:
    told = {said(door.fill_in("/reset-password", email=email)) for email in (anna.email, somebody()[0])}
    assert len(told) == 1
    assert anna.email in on_loopback.auth.mailed


def test_the_link_of_the_e_mail_gives_a_new_password_once_it_is_followed_in_time(
    door: Door, new_account: NewAccount, on_loopback: SupabaseServer
) -> None:
    account, (_, password) = new_account(), somebody()
    ended, token = access_token(account.user_id, -1), access_token(account.user_id)
    assert 'id="token"' in httpx.get(f"{door.url}/new-password").text
    refused = door.fill_in("/new-password", token=ended, password=password)
    assert (refused.status_code, said(refused)[:26]) == (401, "This link holds no longer.")
    weak = door.fill_in("/new-password", token=token, password="short")
    assert "Password should be at least 6 characters." in said(weak)
    assert token in weak.text
    assert "You have a new password" in said(door.fill_in("/new-password", token=token, password=password))
    assert door.fill_in("/sign-in", email=account.email, password=account.password).status_code == 401
    assert door.fill_in("/sign-in", email=account.email, password=password).status_code == 303


@pytest.mark.parametrize("token", ["", "\u00e9"], ids=["none", "never one"])
def test_without_a_link_nobody_chooses_a_new_password(door: Door, token: str) -> None:
    refused = door.fill_in("/new-password", token=token, password=somebody()[1])
    assert (refused.status_code, said(refused)[:26]) == (401, "This link holds no longer.")


# ── signing out ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_signing_out_ends_the_ticket_and_its_session_and_the_next_event_says_so(
    door: Door, new_account: NewAccount
) -> None:
    account = new_account()
    script, other = door.script(account), door.script(account)
    session = door.accounts.sessions.of(script.cookies.popitem()[1]).session
    script.cookies = {f"editai-ticket-{door.url.rpartition(':')[2]}": (ticket := door.ticket(account))}
    mine = door.accounts.sessions.of(ticket).session
    left = door.fill_in("/sign-out", door.web(ticket))
    assert left.headers["location"] == "/sign-in"
    assert "Max-Age=0" in left.headers["set-cookie"]
    with pytest.raises(AppError) as caught:
        script.predict(api_name="/profiles")
    assert caught.value.title == "401 not_signed_in"
    assert mine._http.is_closed
    assert not session._http.is_closed
    assert other.predict(api_name="/profiles")


def test_another_tab_is_told_to_sign_in_at_its_next_event(door: Door) -> None:
    browser, visit = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"}, uuid.uuid4().hex
    [by_itself] = door.page.quiet
    with door.web("a ticket that has ended") as web:
        for event in (by_itself, by_itself + 1):
            body = {"data": [], "fn_index": event, "session_hash": visit}
            web.post("/gradio_api/queue/join", json=body, headers=browser).raise_for_status()
        answer = web.get(f"/gradio_api/queue/data?session_hash={visit}", headers=browser).text
    ended = [json.loads(line.removeprefix("data: ")) for line in answer.split("\n\n") if line]
    assert [message["msg"] for message in ended] == ["process_completed", "process_completed", "close_stream"]
    assert [message["output"]["visible"] for message in ended[:2]] == [False, True]
    assert ended[1]["output"]["title"] == "Please sign in"


def test_signing_out_cuts_off_who_follows_a_job_and_the_job_goes_on(door: Door, new_account: NewAccount) -> None:
    account = new_account()
    ticket, other = door.ticket(account), door.web(door.ticket(account))
    running, told = door.running(account.user_id), [""]
    with door.web(ticket) as web:
        [path] = web.post("/gradio_api/upload", files={"files": ("box.mp4", BOX.read_bytes())}).json()
        video = {"path": path, "meta": {"_type": "gradio.FileData"}}
        asked = {"video": video, "script": "Meet the box.", "title": "Box"}
        event = web.post("/gradio_api/call/v2/produce", json=asked).json()["event_id"]
        with web.stream("GET", f"/gradio_api/call/produce/{event}") as stream:
            for line in stream.iter_lines():
                if line.startswith("event: generating"):
                    door.accounts.sessions.sign_out(ticket)
                    [job] = door.shelf.journal.jobs(running.mine.id)
                    door.shelf.journal.claim(job.id, "a worker")  # which is what would be told next
                told.append(line)
    assert '"running"' not in "".join(told)
    assert door.shelf.journal.job(running.mine.id, job.id).state == "running"
    with other:
        assert other.get("/config").status_code == 200
    door.shelf.journal.cancel(running.mine.id, job.id)


def test_after_a_new_start_everybody_signs_in_again_and_has_what_they_had(door: Door, new_account: NewAccount) -> None:
    account = new_account()
    ticket = door.ticket(account)
    running = door.running(account.user_id)
    job = running.waiting_job(running.mine)
    with accounts.opened(door.shelf) as again:
        assert again is not None
        with pytest.raises(Exception, match="Please sign in"):
            again.sessions.of(ticket)
        signed_in = again.sessions.of(again.sign_in(account.email, account.password))
        assert door.shelf.store.profiles(signed_in.owner.id) == (running.mine,)
        assert [each.id for each in door.shelf.journal.jobs(running.mine.id)] == [job]
    door.shelf.journal.cancel(running.mine.id, job)


def test_a_token_that_runs_out_is_renewed_and_nobody_signs_in_for_it(
    door: Door, new_account: NewAccount, on_loopback: SupabaseServer
) -> None:
    account = new_account()
    door.ticket(account)
    on_loopback.auth.lifetime_s = -1
    ticket = door.ticket(account)
    on_loopback.auth.lifetime_s = 3600
    door.shelf.store.create_profile(account.user_id, "Tea")
    session = door.accounts.sessions.of(ticket).session
    assert door.accounts.mirror.sync(session) is None
    assert {row["name"] for row in session.select("profiles")} >= {"Tea"}
    assert on_loopback.auth.refreshes
