"""A clip's cover: the poster, or a frame that the owner chooses; and what each platform gets of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from editai import covers, publish
from editai.errors import EditaiError
from editai.models import Clip, File, PlannedPost, PostWish
from tests.postiz.fixtures import postiz, postiz_server
from tests.publish.stores import Store, hasty, store

__all__ = ["hasty", "postiz", "postiz_server", "store"]

pytestmark = pytest.mark.usefixtures("hasty")

FPS, FRAMES, LEVEL = 30, 150, 1.5
READY: dict[str, dict[str, Any]] = {
    "tiktok": {"privacy_level": "PUBLIC_TO_EVERYONE"}, "instagram": {}, "pinterest": {"board": "7"},
    "reddit": {"subreddit": "/r/lamps"}, "youtube": {"thumbnail": True}, "mastodon": {},
}  # fmt: skip


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video whose frames tell their number by how bright they are."""
    path = tmp_path_factory.mktemp("film") / "clip.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 64, 112, "yuv420p"
        for number in range(FRAMES):
            picture = np.full((112, 64, 3), round(number * LEVEL), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        container.mux(stream.encode())
    return path


@pytest.fixture
def clip(store: Store, film: Path) -> Clip:
    """A clip of five seconds whose poster is its 60th frame."""
    made = store.shelf.media.placed(store.clip())
    made.path(made.video).write_bytes(film.read_bytes())
    plan, report = store.shelf.media.plan(made), store.shelf.media.report(made)
    shot = plan.shots[0].model_copy(update={"frames": FRAMES})
    at = plan.model_copy(update={"frames": FRAMES, "shots": (shot,), "poster_frame": 60})
    made.path(made.plan).write_text(at.model_dump_json())
    measured = report.measurement.model_copy(update={"frames": FRAMES, "duration_ms": 5_000, "fps": float(FPS)})
    made.path(made.report).write_text(report.model_copy(update={"measurement": measured}).model_dump_json())
    return made.model_copy(update={"video": File.of(made.path(made.video))})


def planned(store: Store, clip: Clip, **said: Any) -> dict[str, PlannedPost]:
    """A dry run on all these platforms, by the platform."""
    channels = {name: store.postiz.add_channel(name, f"Lamps on {name}", lists=[]).id for name in READY}
    wishes = [PostWish(channel_id=channels[name], text="Hi.", settings=READY[name], **said) for name in READY]
    run = publish.dry_run(store.shelf, store.profile, clip.id, wishes)
    publish.publish(store.shelf, store.profile, run)
    return {post.channel.provider: post for post in run.posts}


def brightness(path: Path) -> float:
    with Image.open(path) as picture:
        return float(np.asarray(picture.convert("L")).mean())


@pytest.mark.parametrize(("at_ms", "number"), [(0, 0), (1_000, 30), (3_210, 96), (4_999, 149)])
def test_a_frame_is_the_one_that_is_seen_at_its_moment(store: Store, clip: Clip, at_ms: int, number: int) -> None:
    covers.frame(store.shelf, clip, 500)  # which is kept, and is another
    drawn = covers.frame(store.shelf, clip, at_ms)
    with Image.open(drawn) as picture:
        assert (picture.format, picture.size) == ("JPEG", (64, 112))
    assert brightness(drawn) == pytest.approx(number * LEVEL, abs=2)
    assert covers.frame(store.shelf, clip, at_ms) == drawn


@pytest.mark.parametrize("at_ms", [-1, 5_000])
def test_a_moment_that_the_clip_does_not_have_is_refused(store: Store, clip: Clip, at_ms: int) -> None:
    with pytest.raises(EditaiError) as refused:
        planned(store, clip, cover_ms=at_ms)
    assert refused.value.title == "422 cover_outside"


def test_7_18_each_platform_gets_the_chosen_frame_in_its_own_field(store: Store, clip: Clip) -> None:
    posts = planned(store, clip, cover_ms=3_210, alt="A warm lamp")
    store.deliver()
    rows = {store.postiz.organisation.channels[row.channel_id].provider: row for row in store.postiz.posts}
    video, cover = store.postiz.media
    drawn = File.of(covers.frame(store.shelf, clip, 3_210))
    assert (cover.content_type, cover.sha256) == ("image/jpeg", drawn.sha256)
    sent = {name: row.images for name, row in rows.items()}
    assert [sent[name][0].get("thumbnailTimestamp") for name in ("tiktok", "instagram")] == [3_210, 3_210]
    assert [image["path"] for image in sent["pinterest"]] == [video.path, cover.path]
    assert sent["reddit"][0]["thumbnail"] == cover.path
    assert rows["youtube"].settings["thumbnail"] == {"id": cover.id, "path": cover.path}
    assert sent["mastodon"] == [{"id": video.id, "path": video.path, "alt": "A warm lamp"}]
    assert [name for name, post in posts.items() if "cover_not_sent" in {each.slug for each in post.findings}] == [
        "mastodon"
    ]


def test_without_a_choice_it_is_the_poster_and_its_moment(store: Store, clip: Clip) -> None:
    posts = planned(store, clip)
    store.deliver()
    rows = {store.postiz.organisation.channels[row.channel_id].provider: row for row in store.postiz.posts}
    _, cover = store.postiz.media
    assert cover.sha256 == clip.poster.sha256
    assert [rows[name].images[0].get("thumbnailTimestamp") for name in ("tiktok", "youtube")] == [2_000, None]
    assert rows["youtube"].settings["thumbnail"]["path"] == cover.path
    assert {each.slug for post in posts.values() for each in post.findings} & {"cover_not_sent"} == set()


def test_youtube_gets_no_picture_unless_that_is_said(store: Store, clip: Clip) -> None:
    youtube = store.postiz.add_channel("youtube", "Lamps")
    wish = PostWish(channel_id=youtube.id, text="Hi.", cover_ms=1_000)
    [post] = publish.dry_run(store.shelf, store.profile, clip.id, [wish]).posts
    [told] = [each.message for each in post.findings if each.slug == "cover_not_sent"]
    assert "switch “Send the cover as its thumbnail” on" in told
