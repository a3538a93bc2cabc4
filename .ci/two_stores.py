"""Two stores, as a new owner would keep them: a clip in each, each published by the store's own connection.

    python .ci/two_stores.py ARTIFACTS

Starts `python app.py` and a Postiz server for each store, and does the rest through the API: two stores with different
voices and caption styles, one clip each, a dry run, a post, and a planned one that is moved and taken back. Fails where
a store sees anything of the other, where a post is not on its own server exactly once, or where its text is not what
was typed, where a clip is not what a platform takes, where the page asks another machine, and where a process is left
behind after Ctrl-C. Leaves in ARTIFACTS: store-*.mp4, store-*.png (a contact sheet each), clip.mp4 with poster.jpg and
report.json, page-*.png (the three tabs) and publish-*.png (the Publish tab of each).
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from gradio_client import Client, handle_file
from playwright.sync_api import sync_playwright
from running import BOX, CHROMIUM, ROOT, end, keep, sheet, start, tabs

TEXT = "Tea & <biscuits> 🍪\n\nOnly today – 5 > 4."
STORES: tuple[dict[str, Any], ...] = (
    {
        "name": "Aurora Lamps",
        "kit": {"voice": "kokoro:af_heart", "caption_style": "pop", "hashtags": ["lamps"]},
        "script": "Meet the Aurora box. It keeps your lamps safe at home. Order yours today.",
        "channel": "mastodon:Aurora on Mastodon",
    },
    {
        "name": "Bergtal Tea",
        "kit": {
            "voice": "kokoro:bm_george",
            "caption_style": "brand",
            "colours": {"text": "#FFFFFF", "highlight": "#7CFF6B", "background": "#143D2B"},
            "time_zone": "Europe/Berlin",
        },
        "script": "This is the Bergtal box. Two dozen biscuits wait inside. Try them with a cup of tea.",
        "channel": "bluesky:Bergtal on Bluesky",
    },
)


def postiz(channel: str) -> tuple[subprocess.Popen[str], dict[str, str]]:
    """A Postiz server with one channel, which publishes what is due by itself; its address and key."""
    command = [sys.executable, "-m", "tests.postiz.server", "--channel", channel, "--work"]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    return server, json.loads(server.stdout.readline())


def keep_store(client: Client, wanted: dict[str, Any], account: dict[str, str]) -> str:
    """The store with its kit and its connection; its id."""
    store: str = client.predict(wanted["name"], api_name="/create_profile")["id"]
    client.predict(store, **wanted["kit"], api_name="/update_profile")
    typed = (account["url"], account["key"])
    (found,) = client.predict(*typed, api_name="/test_connection")
    assert found["name"] == wanted["channel"].partition(":")[2]
    told = client.predict(*typed, profile=store, api_name="/connect_postiz")
    assert account["key"] not in json.dumps(told), "a key was given back"
    return store


def make_clip(url: str, store: str, wanted: dict[str, Any], artifacts: Path) -> dict[str, Any]:
    """A clip of the sample video in this store, said by X-Profile-Id; voice and captions come from its kit."""
    client = Client(url, headers={"X-Profile-Id": store}, verbose=False)
    job = client.submit(handle_file(str(BOX)), script=wanted["script"], title=wanted["name"], api_name="/produce")
    clip: dict[str, Any] = job.result()["clip"]
    assert clip["voice"] == wanted["kit"]["voice"], f"{wanted['name']} speaks with {clip['voice']}"
    name = f"store-{wanted['name'].split()[0].lower()}"
    video = clip["video"]["path"] if isinstance(clip["video"], dict) else clip["video"]
    (artifacts / f"{name}.mp4").write_bytes(Path(video).read_bytes())
    sheet(artifacts / f"{name}.mp4", artifacts / f"{name}.png")
    return clip


def publish(url: str, store: str, clip: dict[str, Any], account: dict[str, str]) -> None:
    """A dry run, then the post itself; on the server it is there once and as it was typed."""
    client = Client(url, headers={"X-Profile-Id": store}, verbose=False)
    (channel,) = client.predict(api_name="/channels")
    arguments: dict[str, Any] = {"clip": clip["id"], "channels": [channel["id"]], "texts": {channel["id"]: TEXT}}
    asked = client.predict(**arguments, api_name="/publish")
    assert not asked["confirmed"]
    assert not asked["posts"]
    assert there(account) == [], "a dry run has published"
    client.predict(**arguments, confirm=True, api_name="/publish")
    deadline = time.monotonic() + 60
    while (post := client.predict(api_name="/posts")[0])["state"] != "published":
        assert post["state"] != "failed", post
        assert time.monotonic() < deadline, post
        time.sleep(0.5)
    (row,) = there(account)
    assert row["state"] == "PUBLISHED", row
    print(f"{channel['name']}: {post['state']}, {post['link']}")
    (sent,) = httpx.post(f"{account['home']}/control/deliveries", timeout=30).json()
    assert sent["text"] == TEXT, sent


def plan(url: str, store: str, clip: dict[str, Any], account: dict[str, str]) -> None:
    """The same clip once more, at the channel's next free time, and then moved to another day."""
    client = Client(url, headers={"X-Profile-Id": store}, verbose=False)
    (channel,) = client.predict(api_name="/channels")
    slot = client.predict(channel["id"], api_name="/free_slot")
    arguments: dict[str, Any] = {"clip": clip["id"], "channels": [channel["id"]], "again": True, "confirm": True}
    (post,) = client.predict(**arguments, when="scheduled", at=slot["at"], api_name="/publish")["posts"]
    deadline = time.monotonic() + 60
    while client.predict(post["id"], api_name="/post")["state"] != "sent":
        assert time.monotonic() < deadline
        time.sleep(0.5)
    day = (datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%dT09:30:00.000Z")
    moved = client.predict(post["id"], day, confirm=True, api_name="/move_post")
    assert moved["publish_at"] == day, moved
    (waiting,) = [row for row in there(account) if row["state"] == "QUEUE"]
    assert waiting["id"] == moved["remote_id"]
    print(f"planned for {slot['local_time']}, moved to {day}")


def there(account: dict[str, str]) -> list[dict[str, Any]]:
    """The posts that are on a server."""
    rows: list[dict[str, Any]] = httpx.post(f"{account['home']}/control/posts", timeout=30).json()
    return rows


def sees_nothing(url: str, store: str, other: dict[str, Any], clip: dict[str, Any]) -> None:
    """Nothing that this store is told names the other store, its clip or its channel."""
    client = Client(url, headers={"X-Profile-Id": store}, verbose=False)
    asked = ("/profile", "/projects", "/jobs", "/clips", "/channels", "/posts", "/costs")
    told = json.dumps([client.predict(api_name=name) for name in asked])
    for secret in (other["name"], clip["id"], other["channel"].partition(":")[2]):
        assert secret not in told, f"{secret} is seen by another store"


def look(url: str, artifacts: Path) -> None:
    """The Publish tab of each store; its planned post is opened there and taken back."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.goto(url)
        for wanted in STORES:
            page.get_by_role("listbox", name="Store").or_(page.get_by_label("Store", exact=True)).first.click()
            page.get_by_role("option", name=wanted["name"]).click()
            page.get_by_role("tab", name="Publish").click()
            page.get_by_role("button", name="Change").click(timeout=30_000)
            take_back = page.get_by_role("button", name="Cancel it")
            take_back.wait_for()
            page.wait_for_timeout(1000)
            page.screenshot(path=artifacts / f"publish-{wanted['name'].split()[0].lower()}.png", full_page=True)
            shown = page.inner_text("body")
            assert all(other["channel"].partition(":")[2] not in shown for other in STORES if other is not wanted)
            take_back.click()
            page.get_by_text("Cancelled", exact=True).wait_for(timeout=30_000)
        browser.close()


def main(artifacts: Path) -> None:
    """Run all of it, and end what was started."""
    began = time.monotonic()
    servers = [postiz(wanted["channel"]) for wanted in STORES]
    accounts = [account for _, account in servers]
    with tempfile.TemporaryDirectory() as folder:
        app, url = start(Path(folder) / "home")
        try:
            client = Client(url, verbose=False)
            stores = [keep_store(client, wanted, account) for wanted, account in zip(STORES, accounts, strict=True)]
            clips = [make_clip(url, store, wanted, artifacts) for store, wanted in zip(stores, STORES, strict=True)]
            for store, clip, account in zip(stores, clips, accounts, strict=True):
                publish(url, store, clip, account)
                plan(url, store, clip, account)
            for store, other, clip in zip(stores, reversed(STORES), reversed(clips), strict=True):
                sees_nothing(url, store, other, clip)
            keep(clips[0], artifacts)
            tabs(url, artifacts)
            look(url, artifacts)
            assert all(row["state"] == "PUBLISHED" for account in accounts for row in there(account))
        finally:
            end(app)
            for server, _ in servers:
                server.kill()
    print(f"two stores, two clips, two posts: {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
