"""The life of a post on the test server, as the real one was seen to handle it: edited, published, deleted, broken."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.postiz.fixtures import NewPostiz
from tests.postiz.server import Workspace
from tests.postiz.state import Account
from tests.postiz.test_server import TIKTOK, VIDEO, body, http, listed, shop
from tests.processes import wait_for

__all__ = ["http", "shop"]

LATER = datetime(2030, 2, 1, 12, tzinfo=UTC)
PAST = "2021-02-01T10:00:00.000Z"


def send(http: httpx.Client, channel: Account, **more: Any) -> str:
    got = http.post("/posts", json=body(channel, **more))
    assert got.status_code == 201, got.text
    return str(got.json()[0]["postId"])


def state(http: httpx.Client) -> list[str]:
    return [post["state"] for post in listed(http)]


# ── made and changed ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_post_is_listed_with_settings_as_text_and_without_its_media(http: httpx.Client, postiz: Workspace) -> None:
    send(http, postiz.add_channel("tiktok", "Shop"), images=[VIDEO], settings=TIKTOK)
    (post,) = listed(http)
    assert json.loads(post["settings"]) == TIKTOK | {"__type": "tiktok"}
    assert "image" not in post
    assert (post["releaseURL"], post["releaseId"], post["creationMethod"]) == (None, None, "API")


def test_the_window_is_of_the_publish_date_and_includes_its_ends(http: httpx.Client, shop: Account) -> None:
    send(http, shop)
    at = "2030-02-01T10:00:00"
    assert len(http.get("/posts", params={"startDate": at, "endDate": at}).json()["posts"]) == 1
    later = {"startDate": "2030-02-01T10:00:01Z", "endDate": "2031-01-01"}
    assert http.get("/posts", params=later).json()["posts"] == []
    assert http.get("/posts", params={"startDate": at}).status_code == 400


def test_now_is_the_minute_that_has_begun(http: httpx.Client, shop: Account, postiz: Workspace) -> None:
    send(http, shop, type="now", date=PAST)
    at = postiz.posts[0].publish_at
    assert (at.second, at.microsecond) == (0, 0)
    assert timedelta(0) <= datetime.now(UTC) - at < timedelta(minutes=2)


def test_unknown_tags_are_dropped_and_a_group_is_not_kept(http: httpx.Client, shop: Account, postiz: Workspace) -> None:
    postiz.organisation.tags.append("tea")
    tags = [{"value": name, "label": name} for name in ("tea", "cups")]
    send(http, shop, tags=tags, entry={"group": "mine"})
    assert [tag["tag"]["name"] for tag in listed(http)[0]["tags"]] == ["tea"]
    assert postiz.posts[0].group != "mine"


def test_a_known_id_is_replaced_and_an_unknown_one_is_new(http: httpx.Client, shop: Account, postiz: Workspace) -> None:
    first = send(http, shop)
    assert send(http, shop, content="<p>Cups</p>", value={"id": first}) == first
    assert [row.content for row in postiz.posts] == ["<p>Cups</p>"]
    assert send(http, shop, value={"id": "cgone"}) != "cgone"


def test_update_does_not_move_the_timer_and_schedule_does(http: httpx.Client, shop: Account, postiz: Workspace) -> None:
    first = send(http, shop)
    far = "2031-02-01T10:00:00.000Z"
    send(http, shop, type="update", date=far, value={"id": first})
    assert listed(http)[0]["publishDate"] == far
    assert postiz.publish_due(LATER) == 1
    second = send(http, shop)
    send(http, shop, date=far, value={"id": second})
    assert postiz.publish_due(LATER) == 0


def test_settings_of_what_waits_can_be_changed(http: httpx.Client, postiz: Workspace) -> None:
    post_id = send(http, postiz.add_channel("tiktok", "Shop"), images=[VIDEO], settings=TIKTOK)
    got = http.put(f"/posts/{post_id}/settings", json={"settings": {"title": "Tea"}})
    assert got.json() == {"postId": post_id, "publishDate": "2030-02-01T10:00:00"}
    wrong = http.put(f"/posts/{post_id}/settings", json={"settings": {"duet": 1}})
    assert wrong.json()["message"] == "Shop: duet must be a boolean value"
    postiz.publish_due(LATER)
    assert http.put(f"/posts/{post_id}/settings", json={"settings": {}}).status_code == 400
    assert http.put("/posts/c1/settings", json={"settings": {}}).status_code == 404


# ── published ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "published"),
    [
        ("two\nlines & more", "two\nlines & more"),
        ("A & B <3", "A &amp; B &lt;3"),
        ("x <y and the rest", "x "),
        ("<p>one<br>line</p>", "oneline"),
        ("one<br>line", "one<br>line"),
        ("<p>A &amp; B &lt;3</p><p></p><p>x &lt;y&gt; 🍵</p>", "A & B <3\n\nx <y> 🍵"),
        ("<p>a literal &amp;lt;</p>", "a literal <"),
        ("<p>a literal &amp;amp;</p>", "a literal &amp;"),
        ("<p><script>x</script><strong>Te</strong></p>", "x𝗧𝗲"),
    ],
)
def test_a_text_is_published_as_the_real_one_does(
    http: httpx.Client, shop: Account, postiz: Workspace, content: str, published: str
) -> None:
    send(http, shop, content=content, type="now")
    postiz.publish_due()
    assert postiz.deliveries[0].text == published


def test_a_past_date_publishes_at_once_and_a_past_draft_does_not(
    http: httpx.Client, shop: Account, postiz: Workspace
) -> None:
    send(http, shop, date=PAST)
    send(http, shop, date=PAST, type="draft")
    postiz.publish_due()
    assert sorted(state(http)) == ["DRAFT", "PUBLISHED"]


@pytest.mark.parametrize("trouble", ["disabled", "needs_reconnect"])
def test_an_account_in_trouble_is_accepted_and_ends_in_error(
    http: httpx.Client, shop: Account, postiz: Workspace, trouble: str
) -> None:
    setattr(shop, trouble, True)
    send(http, shop, type="now")
    postiz.publish_due()
    assert state(http) == ["ERROR"]
    assert "We couldn't post to mastodon for Shop" in http.get("/notifications").json()["notifications"][0]["content"]
    assert postiz.deliveries == []


def test_posts_of_a_deleted_account_are_accepted_and_cannot_be_seen(
    http: httpx.Client, shop: Account, postiz: Workspace
) -> None:
    shop.deleted = True
    send(http, shop)
    assert listed(http) == []
    assert http.get("/integrations").json() == []
    assert len(postiz.posts) == 1


def test_an_error_does_not_prove_that_nothing_was_published(
    http: httpx.Client, shop: Account, postiz: Workspace
) -> None:
    shop.unconfirmed = True
    send(http, shop, type="now")
    postiz.publish_due()
    assert state(http) == ["ERROR"]
    assert len(postiz.deliveries) == 1


def test_what_tiktok_gets_as_an_upload_lies_in_the_inbox(http: httpx.Client, postiz: Workspace) -> None:
    tiktok = postiz.add_channel("tiktok", "Shop")
    send(http, tiktok, type="now", images=[VIDEO], settings=TIKTOK | {"content_posting_method": "UPLOAD"})
    postiz.publish_due()
    (post,) = listed(http)
    assert (post["state"], post["releaseId"]) == ("PUBLISHED", "missing")
    assert post["releaseURL"] == "https://www.tiktok.com/messages?lang=en"


def test_what_is_published_is_guarded_against_a_second_post_but_not_a_second_status(
    http: httpx.Client, shop: Account, postiz: Workspace
) -> None:
    post_id = send(http, shop, type="now")
    postiz.publish_due()
    again = body(shop, type="now", value={"id": post_id})
    assert "pass republish: true" in http.post("/posts", json=again).json()["message"]
    assert http.post("/posts", json=again | {"republish": True}).status_code == 201
    postiz.publish_due()
    assert http.put(f"/posts/{post_id}/status", json={"status": "schedule"}).json()["state"] == "QUEUE"
    postiz.publish_due()
    assert len(postiz.deliveries) == 3


def test_a_status_is_one_of_two(http: httpx.Client, shop: Account) -> None:
    post_id = send(http, shop)
    assert http.put(f"/posts/{post_id}/status", json={"status": "draft"}).json() == {"id": post_id, "state": "DRAFT"}
    assert http.put(f"/posts/{post_id}/status", json={"status": "now"}).status_code == 400
    assert http.put("/posts/c1/status", json={"status": "draft"}).json()["message"] == "Post not found"


def test_a_deleted_post_is_gone_and_not_published(http: httpx.Client, shop: Account, postiz: Workspace) -> None:
    post_id = send(http, shop)
    got = http.delete(f"/posts/{post_id}")
    assert (got.status_code, got.json()) == (200, {"error": True})
    assert http.delete(f"/posts/{post_id}").status_code == 500
    postiz.publish_due(LATER)
    assert (listed(http), postiz.deliveries) == ([], [])


def test_a_free_slot_is_naive_utc_and_looked_for_for_ever_without_an_account(http: httpx.Client, shop: Account) -> None:
    assert datetime.fromisoformat(http.get(f"/find-slot/{shop.id}").json()["date"]).tzinfo is None
    with pytest.raises(httpx.ReadTimeout):
        http.get("/find-slot/c1", timeout=0.2)


def test_groups_are_listed(http: httpx.Client, postiz: Workspace) -> None:
    postiz.organisation.customers.append({"id": "g1", "name": "Tea"})
    assert http.get("/groups").json() == [{"id": "g1", "name": "Tea"}]


# ── broken and looked into ───────────────────────────────────────────────────────────────────────────────────────

BROKEN = (httpx.RemoteProtocolError, httpx.ReadError)
"""A connection that ends is seen closed or reset, whichever the system says first."""


@pytest.mark.parametrize(
    ("how", "answer", "made"),
    [
        ("drop_before", None, 0), ("drop_during", None, 0), ("drop_after", None, 1), ("cut_after", None, 1),
        ("garbage_after", 201, 1), ("late", None, 0), ("500_before", 500, 0), ("500_after", 500, 1),
        ("429_before", 429, 0), ("413_before", 413, 0), ("502_after", 502, 1),
    ],
)  # fmt: skip
def test_a_fault_happens_once_before_or_after_the_server_acted(
    http: httpx.Client, shop: Account, postiz: Workspace, how: str, answer: int | None, made: int
) -> None:
    postiz.fail("POST /posts", how)
    try:
        assert http.post("/posts", json=body(shop)).status_code == answer
    except BROKEN:
        assert answer is None
    assert len(postiz.posts) == made
    send(http, shop)
    assert len(postiz.posts) == made + 1


def test_a_late_request_is_acted_on_when_it_is_said(http: httpx.Client, shop: Account, postiz: Workspace) -> None:
    postiz.fail("POST /posts", "late")
    with pytest.raises(BROKEN):
        http.post("/posts", json=body(shop))
    postiz.act_late()
    postiz.act_late()
    assert len(postiz.posts) == 1


def test_a_fault_is_of_one_route_and_one_workspace(http: httpx.Client, shop: Account, postiz: Workspace) -> None:
    postiz.fail("DELETE /posts/*", "500_before")
    other = postiz.server.workspace()
    post_id = send(http, shop)
    assert httpx.delete(f"{postiz.url}/posts/c1", headers={"Authorization": other.key}).status_code == 500
    assert http.delete(f"/posts/{post_id}").status_code == 500
    postiz.fail("DELETE /posts/*", "500_before")
    postiz.heal()
    assert http.delete(f"/posts/{post_id}").status_code == 200


def test_a_fault_that_nobody_knows_is_a_mistake_of_the_test(postiz: Workspace) -> None:
    with pytest.raises(ValueError, match="no such fault"):
        postiz.fail("POST /posts", "explode")


def test_a_restart_keeps_everything_and_the_port(new_postiz: NewPostiz) -> None:
    mine = new_postiz()
    channel, url = mine.add_channel("mastodon", "Shop"), mine.url
    with httpx.Client(base_url=mine.url, headers={"Authorization": mine.key}, verify=False) as http:
        post_id = send(http, channel)
    mine.restart()
    assert mine.url == url
    with httpx.Client(base_url=mine.url, headers={"Authorization": mine.key}, verify=False) as http:
        assert [post["id"] for post in listed(http)] == [post_id]


def test_a_worker_publishes_by_itself_when_it_is_asked_to(new_postiz: NewPostiz) -> None:
    mine = new_postiz()
    channel = mine.add_channel("mastodon", "Shop")
    mine.work(every_s=0.02)
    httpx.post(mine.url + "/posts", json=body(channel, type="now"), headers={"Authorization": mine.key})
    wait_for(lambda: mine.deliveries, what="the worker")


@pytest.fixture
def process() -> Iterator[dict[str, str]]:
    """The server as a process of its own: its address, its key, and where it is told what to do."""
    command = [sys.executable, "-m", "tests.postiz.server", "--channel", "mastodon:Shop"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        yield json.loads(started.stdout.readline())
        os.kill(started.pid, signal.SIGTERM)


def test_as_a_process_it_obeys_over_http(process: dict[str, str]) -> None:
    control, headers = f"{process['home']}/control", {"Authorization": process["key"]}
    (channel,) = httpx.get(f"{process['url']}/integrations", headers=headers).json()
    httpx.post(f"{control}/fail", json={"route": "POST /posts", "how": "late"})
    sent = body(Account(channel["id"], "", ""), type="now")
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.post(f"{process['url']}/posts", json=sent, headers=headers)
    assert httpx.post(f"{control}/posts").json() == []
    httpx.post(f"{control}/act_late")
    assert httpx.post(f"{control}/publish_due").json() == 1
    assert [row["state"] for row in httpx.post(f"{control}/posts").json()] == ["PUBLISHED"]
