"""The test server keeps the contract: its rules, its error shapes and its traps, each as the real one was seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.postiz.fixtures import NewPostiz
from tests.postiz.server import Workspace
from tests.postiz.state import Account

MP4 = b"\0\0\0\x18ftypisom" + bytes(100)
VIDEO = {"id": "1", "path": "https://files.example/a.mp4"}
PICTURE = {"id": "2", "path": "https://files.example/a.jpg"}
TIKTOK = {
    "privacy_level": "SELF_ONLY",
    "duet": False,
    "stitch": False,
    "comment": True,
    "autoAddMusic": "no",
    "brand_content_toggle": False,
    "brand_organic_toggle": True,
    "content_posting_method": "DIRECT_POST",
}
NOW = datetime.now(UTC)
WIDE = {"startDate": "2020-01-01", "endDate": "2035-01-01"}


@pytest.fixture
def http(postiz: Workspace) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=postiz.url, headers={"Authorization": postiz.key}, timeout=10, verify=False) as client:
        yield client


@pytest.fixture
def shop(postiz: Workspace) -> Account:
    return postiz.add_channel("mastodon", "Shop")


def body(channel: Account, content: str = "<p>Tea</p>", images: Any = (), settings: Any = None, **more: Any) -> Any:
    """A request for one post that is good; `more` changes it, and what is None is left out."""
    value: dict[str, Any] = {"content": content, "image": list(images)} | more.pop("value", {})
    entry = {"integration": {"id": channel.id}, "value": [value], "settings": settings or {}} | more.pop("entry", {})
    whole = {"type": "schedule", "date": "2030-02-01T10:00:00.000Z", "shortLink": False, "tags": [], "posts": [entry]}
    return {name: value for name, value in (whole | more).items() if value is not None}


def listed(http: httpx.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = http.get("/posts", params=WIDE).json()["posts"]
    return found


# ── the way in ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("Bearer {}", '{"msg":"Invalid API key"}'),
        ("0123", '{"msg":"Invalid API key"}'),
        ("pos_1", '{"msg":"Invalid OAuth token"}'),
        ("", '{"msg":"No API Key found"}'),
        ("internal-failure", ""),
    ],
)
def test_a_wrong_key_is_401(postiz: Workspace, key: str, answer: str) -> None:
    got = httpx.get(postiz.url + "/integrations", headers={"Authorization": key.format(postiz.key)})
    assert (got.status_code, got.text) == (401, answer)


def test_a_slash_at_the_end_is_fine_and_two_in_a_row_are_404(http: httpx.Client, postiz: Workspace) -> None:
    assert http.get("/integrations/").json() == []
    twice = httpx.get(postiz.url + "//integrations", headers={"Authorization": postiz.key})
    assert twice.status_code == 404
    assert twice.json()["message"].startswith("Cannot GET ")


def test_an_address_without_api_is_the_front_end(postiz: Workspace) -> None:
    got = httpx.get(f"{postiz.server.home}/public/v1/integrations", headers={"Authorization": postiz.key})
    assert (got.status_code, got.headers["content-type"]) == (200, "text/html; charset=utf-8")


def test_there_is_no_post_by_its_id(http: httpx.Client) -> None:
    assert http.get("/posts/c1").status_code in {404, 405}


def test_a_body_of_more_than_100_kb_is_413(http: httpx.Client, shop: Account) -> None:
    got = http.post("/posts", json=body(shop, "x" * 110_000))
    assert (got.status_code, got.json()) == (413, {"statusCode": 413, "message": "request entity too large"})


# ── the limit of an hour ─────────────────────────────────────────────────────────────────────────────────────────


def test_refused_posts_count_and_the_block_lasts_an_hour_and_over_a_restart(new_postiz: NewPostiz) -> None:
    mine = new_postiz()
    mine.organisation.limit = 2
    headers = {"Authorization": mine.key}
    got = httpx.post(mine.url + "/posts", json={"posts": []}, headers=headers)
    names = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
    assert [got.headers[name] for name in names] == ["2", "1", "3600"]
    assert httpx.post(mine.url + "/posts", content="{nonsense", headers=headers).status_code == 400  # not counted
    assert httpx.post(mine.url + "/posts", json={}, headers=headers).status_code == 500
    assert httpx.post(mine.url + "/posts", json={}, headers=headers).headers["Retry-After"] == "3600"
    mine.restart()
    assert httpx.post(mine.url + "/posts", json={}, headers=headers).status_code == 429
    mine.server.state.clock = lambda: datetime.now(UTC) + timedelta(minutes=61)
    assert httpx.post(mine.url + "/posts", json={}, headers=headers).status_code == 500


# ── what a post must be ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"shortLink": None}, "shortLink must be a boolean value"),
        ({"tags": None}, "tags must be an array"),
        ({"tags": ["tea"]}, "each value in nested property tags must be either object or array"),
        ({"date": None}, "date must be a valid ISO 8601 date string"),
        ({"date": "1767261600"}, "date must be a valid ISO 8601 date string"),
        ({"value": {"image": None}}, "posts.0.value.0.image must be an array"),
        ({"value": {"image": [{"id": "1", "path": "https://f.example/a.MP4"}]}}, "posts.0.value.0.image.0.path must"),
        ({"value": {"image": [{"id": "1", "path": "https://f.example/a.avif"}]}}, "posts.0.value.0.image.0.path must"),
        ({"value": {"image": [{"path": "https://f.example/a.mp4"}]}}, "posts.0.value.0.image.0.id must be a string"),
        ({"entry": {"value": []}}, "posts.0.value must contain at least 1 elements"),
    ],
)
def test_a_wrong_field_is_named_in_a_list(
    http: httpx.Client, shop: Account, postiz: Workspace, change: Any, said: str
) -> None:
    got = http.post("/posts", json=body(shop, **change))
    assert got.status_code == 400
    assert [message for message in got.json()["message"] if message.startswith(said)]
    assert postiz.posts == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"integration": {}}, "All posts must have an integration id"),
        ({"integration": {"id": "c1"}}, "Integration with id c1 not found"),
    ],
)
def test_a_wrong_account_is_one_sentence(http: httpx.Client, shop: Account, change: Any, said: str) -> None:
    got = http.post("/posts", json=body(shop, entry=change))
    assert (got.status_code, got.json()["message"]) == (400, said)


@pytest.mark.parametrize("change", [{"posts": "none"}, {"date": "20270201T100000Z"}, {"date": "2027-W05-1"}])
def test_some_nonsense_ends_in_500(http: httpx.Client, shop: Account, change: Any) -> None:
    assert http.post("/posts", json=body(shop, **change)).status_code == 500


@pytest.mark.parametrize("kind", [None, "foo"])
def test_a_type_that_nobody_knows_becomes_a_live_post(
    http: httpx.Client, shop: Account, postiz: Workspace, kind: str | None
) -> None:
    assert http.post("/posts", json=body(shop, type=kind)).status_code == 201
    assert postiz.posts[0].state == "QUEUE"


def test_a_false_in_quotes_is_true(http: httpx.Client, postiz: Workspace) -> None:
    tiktok = postiz.add_channel("tiktok", "Shop")
    http.post("/posts", json=body(tiktok, images=[VIDEO], settings=TIKTOK | {"duet": "false"}, shortLink="false"))
    assert postiz.posts[0].settings["duet"] is True
    assert postiz.posts[0].short_link is True


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2030-02-01T10:00:00.000Z", "2030-02-01T10:00:00.000Z"),
        ("2030-02-01T10:00:00+02:00", "2030-02-01T08:00:00.000Z"),
        ("2030-02-01T10:00:00", "2030-02-01T10:00:00.000Z"),
        ("2030-02-01 10:00", "2030-02-01T10:00:00.000Z"),
        ("2030-02-01", "2030-02-01T00:00:00.000Z"),
    ],
)
def test_a_date_without_an_offset_is_utc(http: httpx.Client, shop: Account, sent: str, kept: str) -> None:
    http.post("/posts", json=body(shop, date=sent))
    assert listed(http)[0]["publishDate"] == kept


@pytest.mark.parametrize("change", [{}, {"type": "draft"}])
def test_settings_are_required_for_drafts_too(http: httpx.Client, postiz: Workspace, change: Any) -> None:
    tiktok = postiz.add_channel("tiktok", "Shop")
    got = http.post("/posts", json=body(tiktok, images=[VIDEO], **change))
    assert "posts.0.settings.duet must be a boolean value" in got.json()["message"]
    skips = http.post("/posts", json=body(tiktok, images=[VIDEO], entry={"type": "draft"}, **change))
    assert skips.status_code == 201


@pytest.mark.parametrize(
    ("provider", "settings", "said"),
    [
        ("tiktok", TIKTOK | {"title": "x" * 91}, "title must be shorter than or equal to 90 characters"),
        ("instagram", {"post_type": "reel"}, "post_type must be one of the following values: post, story"),
        ("youtube", {"title": "T", "type": "public"}, "title must be longer than or equal to 2 characters"),
        ("youtube", {"title": "Tea", "type": "public", "selfDeclaredMadeForKids": True}, "selfDeclaredMadeForKids"),
        ("youtube", {"title": "Tea", "type": "public", "tags": [{"value": "a", "label": "a" * 501}]}, "tags must be"),
        ("x", {}, "who_can_reply_post must be one of"),
        ("pinterest", {}, "board should not be null or undefined"),
        ("pinterest", {"board": "1", "link": "shop"}, "link must be a URL address"),
        ("discord", {}, "channel should not be null or undefined"),
        ("slack", {}, "channel should not be null or undefined"),
        ("reddit", {"subreddit": []}, "subreddit must contain at least 1 elements"),
    ],
)
def test_every_provider_has_its_settings(
    http: httpx.Client, postiz: Workspace, provider: str, settings: Any, said: str
) -> None:
    got = http.post("/posts", json=body(postiz.add_channel(provider, "Shop"), images=[VIDEO], settings=settings))
    assert got.status_code == 400
    assert [message for message in got.json()["message"] if message.startswith(f"posts.0.settings.{said}")]


@pytest.mark.parametrize(
    ("provider", "settings", "images", "said"),
    [
        ("tiktok", TIKTOK, [], "No video / images selected"),
        ("tiktok", TIKTOK, [VIDEO, PICTURE], "Only pictures are supported when selecting multiple items"),
        ("instagram", {"post_type": "post"}, [], "Should have at least one media"),
        ("instagram", {"post_type": "post"}, [PICTURE] * 11, "Instagram only supports up to 10 media per post"),
        ("youtube", {"title": "Tea", "type": "public"}, [], "You need one media"),
        ("youtube", {"title": "Tea", "type": "public"}, [PICTURE], "Item must be a video"),
        ("facebook", {"post_type": "story"}, [], "Stories need at least one media"),
        ("linkedin", {}, [VIDEO, PICTURE], "LinkedIn supports only one video per post"),
        ("bluesky", {}, [PICTURE] * 5, "You can only upload 4 images to Bluesky per post"),
    ],
)
def test_every_provider_has_its_media(
    http: httpx.Client, postiz: Workspace, provider: str, settings: Any, images: Any, said: str
) -> None:
    channel = postiz.add_channel(provider, "My shop")
    got = http.post("/posts", json=body(channel, images=images, settings=settings))
    assert got.json() == {"statusCode": 400, "provider": provider, "name": "My shop", "message": said}
    assert http.post("/posts", json=body(channel, images=images, settings=settings, type="draft")).status_code == 201


@pytest.mark.parametrize(
    ("provider", "content", "fits"),
    [
        ("mastodon", "x" * 500, True),
        ("mastodon", "<p>" + "x" * 249 + "</p><p>" + "x" * 250 + "</p>", True),
        ("mastodon", "🍵" * 250, True),
        ("mastodon", "🍵" * 250 + "x", False),
        ("x", "茶" * 140, True),
        ("x", "茶" * 141, False),
        ("x", f"https://shop.example/{'x' * 260}", False),
        ("x", "<p>" + "&amp;" * 280 + "</p>", True),
    ],
)
def test_a_text_is_counted_as_it_reads_in_utf_16(
    http: httpx.Client, postiz: Workspace, provider: str, content: str, fits: bool
) -> None:
    settings = {"who_can_reply_post": "everyone"} if provider == "x" else {}
    got = http.post("/posts", json=body(postiz.add_channel(provider, "Shop"), content, settings=settings))
    assert got.status_code == (201 if fits else 400)


def test_an_empty_draft_is_refused(http: httpx.Client, shop: Account) -> None:
    got = http.post("/posts", json=body(shop, "<p></p>", type="draft"))
    assert got.json()["message"] == "Your post should have at least one character or one image."


def test_all_are_created_or_none(http: httpx.Client, postiz: Workspace, shop: Account) -> None:
    good, bad = body(shop)["posts"], body(postiz.add_channel("youtube", "TV"))["posts"]
    assert http.post("/posts", json=body(shop, posts=good + bad)).status_code == 400
    assert postiz.posts == []


def test_files_must_lie_on_the_domain_that_is_set(new_postiz: NewPostiz) -> None:
    mine = new_postiz()
    mine.server.state.upload_domain = "cdn.shop.example"
    sent = body(mine.add_channel("mastodon", "Shop"), images=[VIDEO])
    got = httpx.post(mine.url + "/posts", json=sent, headers={"Authorization": mine.key})
    assert "posts.0.value.0.image.0.URL must contain the domain: cdn.shop.example" in got.json()["message"][0]


# ── uploads ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (MP4, "mp4"),
        (MP4.replace(b"isom", b"mp42"), "mp4"),
        (b"\xff\xd8\xff\xe0 jpeg", "jpeg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (MP4.replace(b"isom", b"avif"), "avif"),
        (MP4.replace(b"isom", b"qt  "), None),
        (b"\x1aE\xdf\xa3 matroska", None),
        (b"no video", None),
        (b"", None),
    ],
)
def test_a_file_is_what_its_bytes_say(http: httpx.Client, content: bytes, kind: str | None) -> None:
    got = http.post("/upload", files={"file": ("a.pdf", content, "video/mp4")})
    assert got.status_code == (201 if kind else 400)
    assert got.json().get("path", ".None").endswith(f".{kind}")


def test_a_part_by_another_name_is_not_expected(http: httpx.Client) -> None:
    assert http.post("/upload", files={"media": MP4}).json()["message"] == "Unexpected field - media"
    assert http.post("/upload", files={"file": (None, "text")}).json() == {"msg": "No file provided"}


def test_two_uploads_of_one_file_are_two_media(http: httpx.Client, postiz: Workspace) -> None:
    for _ in range(2):
        http.post("/upload", files={"file": MP4})
    first, second = postiz.media
    assert (first.id != second.id, first.sha256 == second.sha256) == (True, True)


def test_a_picture_may_have_10_mib(http: httpx.Client) -> None:
    picture = b"\xff\xd8\xff" + bytes(10 * 1024 * 1024)
    said = http.post("/upload", files={"file": picture}).json()["message"]
    assert said == "File size exceeds the maximum allowed size of 10485760 bytes."


def test_nothing_keeps_the_same_post_from_being_made_five_times(
    http: httpx.Client, shop: Account, postiz: Workspace
) -> None:
    with ThreadPoolExecutor(5) as pool:
        jobs: list[Callable[[], httpx.Response]] = [lambda: http.post("/posts", json=body(shop))] * 5
        list(pool.map(lambda act: act(), jobs))
    assert len({row.id for row in postiz.posts}) == 5
