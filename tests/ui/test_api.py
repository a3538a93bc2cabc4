"""The endpoints for scripts, through gradio_client against a page that runs."""

from __future__ import annotations

import shutil
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gradio_client import handle_file
from gradio_client.exceptions import AppError

from editai.models import Clip, Facts, Profile
from editai.ui.api import ENDPOINTS
from tests.ui.conftest import REPORT, Running

NewStore = Callable[[], Profile]


@pytest.fixture(scope="module")
def info(running: Running) -> dict[str, Any]:
    """What the app says of its endpoints."""
    endpoints: dict[str, Any] = running.web.get("/gradio_api/info").json()["named_endpoints"]
    return endpoints


@pytest.fixture(scope="module")
def tools(running: Running) -> dict[str, Any]:
    """What the app says of its endpoints to a language model."""
    return {tool["name"]: tool for tool in running.web.get("/gradio_api/mcp/schema").json()}


def title_of(act: Callable[[], object]) -> str:
    """The title of the error that `act` ends with."""
    with pytest.raises(AppError) as caught:
        act()
    return str(caught.value.title)


# ── what is offered ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_endpoints_are_those_that_are_documented_and_no_event_of_the_page(info: dict[str, Any]) -> None:
    assert set(info) == {f"/{name}" for name in ENDPOINTS}


@pytest.mark.parametrize("name", ENDPOINTS)
def test_an_endpoint_says_what_it_does(info: dict[str, Any], name: str) -> None:
    assert info[f"/{name}"]["description"]


@pytest.mark.parametrize("name", ENDPOINTS)
def test_an_endpoint_says_what_every_argument_is(tools: dict[str, Any], name: str) -> None:
    assert all(argument.get("description") for argument in tools[name]["inputSchema"]["properties"].values())


@pytest.mark.parametrize("name", ENDPOINTS)
def test_an_endpoint_has_one_typed_answer(info: dict[str, Any], name: str) -> None:
    (answer,) = info[f"/{name}"]["returns"]
    assert answer["type"]["type"] in {"object", "array"}


def test_produce_takes_the_video_first_and_everything_has_a_default(info: dict[str, Any]) -> None:
    first, *others = info["/produce"]["parameters"]
    assert first["parameter_name"] == "video"
    assert all(item["parameter_has_default"] for item in (first, *others))


def test_voices_are_offered_by_the_id_that_produce_takes(running: Running) -> None:
    offered = {voice["id"] for voice in running.client().predict(api_name="/voices")}
    assert len(offered) >= 4
    assert "kokoro:af_heart" in offered


def test_caption_styles_are_offered_by_name(running: Running) -> None:
    assert "bold" in {style["name"] for style in running.client().predict(api_name="/caption_styles")}


# ── stores ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_stores_are_listed_with_the_default_one_marked(running: Running) -> None:
    listed = {item["id"]: item["is_default"] for item in running.client().predict(api_name="/profiles")}
    assert listed[running.mine.id]
    assert not listed[running.other.id]


def test_a_store_is_created_and_renamed(running: Running, new_store: NewStore) -> None:
    name = new_store().name + " too"
    made = running.client().predict(name, api_name="/create_profile")
    renamed = running.client().predict(made["id"], name=f"{name}!", api_name="/update_profile")
    assert {field: renamed[field] for field in made} == made | {"name": f"{name}!"}


def test_another_store_becomes_the_default_and_back(running: Running, new_store: NewStore) -> None:
    client, store = running.client(), new_store()
    assert client.predict(store.id, api_name="/set_default_profile")["is_default"]
    assert running.shelf.store.default_profile("local").id == store.id
    assert client.predict(running.mine.name, api_name="/set_default_profile")["id"] == running.mine.id


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("OTHER store", "409 profile_name_taken"),
        ("", "422 profile_name_invalid"),
        ("x" * 51, "422 profile_name_invalid"),
    ],
)
def test_a_name_that_cannot_be_is_refused(running: Running, name: str, title: str) -> None:
    assert title_of(lambda: running.client().predict(name, api_name="/create_profile")) == title


def test_the_header_chooses_the_store(running: Running, clip_of_other: Clip) -> None:
    listed = running.client(running.other.id).predict(api_name="/clips")
    assert clip_of_other.id in {item["id"] for item in listed}


def test_the_argument_wins_over_the_header(running: Running, clip_of_other: Clip) -> None:
    listed = running.client(running.mine.id).predict(profile="Other store", api_name="/clips")
    assert clip_of_other.id in {item["id"] for item in listed}


def test_without_a_word_it_is_the_default_store(running: Running, clip_of_other: Clip) -> None:
    assert clip_of_other.id not in {item["id"] for item in running.client().predict(api_name="/clips")}


@pytest.mark.parametrize("name", ["jobs", "clips"])
def test_an_unknown_store_is_404(running: Running, name: str) -> None:
    assert title_of(lambda: running.client("0" * 32).predict(api_name=f"/{name}")) == "404 profile_not_found"


# ── jobs and clips ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_job_is_cancelled_and_retried(running: Running, new_store: NewStore) -> None:
    store = new_store()
    client, job = running.client(store.id), running.waiting_job(store)
    assert client.predict(job, api_name="/cancel")["state"] == "cancelled"
    assert client.predict(job, api_name="/retry")["state"] == "queued"
    assert [item["job"] for item in client.predict(api_name="/jobs")] == [job]
    client.predict(job, api_name="/cancel")


def test_a_job_that_is_not_over_cannot_be_retried(running: Running, new_store: NewStore) -> None:
    store = new_store()
    job = running.waiting_job(store)
    assert title_of(lambda: running.client(store.id).predict(job, api_name="/retry")) == "409 job_not_ended"


def test_a_job_says_that_the_queue_is_paused_until_it_goes_on(running: Running, new_store: NewStore) -> None:
    store = new_store()
    client, job = running.client(store.id), running.waiting_job(store)
    try:
        assert client.predict(api_name="/pause_queue") == {"paused": True}
        (waits,) = client.predict(api_name="/jobs")
        assert (waits["job"], waits["paused"]) == (job, True)
        assert waits["message"] == "Waiting, because the queue is paused"
    finally:
        assert client.predict(False, api_name="/pause_queue") == {"paused": False}
    (goes_on,) = client.predict(api_name="/jobs")
    assert (goes_on["paused"], goes_on["message"]) == (False, "Waiting for its turn")
    client.predict(job, api_name="/cancel")


def test_a_finished_job_carries_its_clip(running: Running, clip_of_other: Clip) -> None:
    told = running.client(running.other.id).predict(clip_of_other.job_id, api_name="/job")
    assert (told["state"], told["percent"], told["clip"]["id"]) == ("done", 100, clip_of_other.id)


def test_a_clip_brings_its_files_and_figures(running: Running, clip_of_other: Clip) -> None:
    told = running.client(running.other.id).predict(clip_of_other.id, api_name="/clip")
    assert Path(told["video"]).read_bytes() == clip_of_other.path(clip_of_other.video).read_bytes()
    assert {Path(told[name]).suffix for name in ("poster", "srt", "vtt", "ass", "transcript", "plan", "report")} == {
        ".jpg", ".srt", ".vtt", ".ass", ".txt", ".json",
    }  # fmt: skip
    assert told["figures"] == REPORT.measurement.model_dump(mode="json")
    assert [item["slug"] for item in told["degradations"]] == ["upscaled"]


def test_a_clip_of_an_older_editai_brings_the_files_that_it_has(
    running: Running, new_store: NewStore, tmp_path: Path
) -> None:
    store = new_store()
    older = {"id": uuid.uuid4().hex, "ass": None, "transcript": None}
    clip = running.clip(store, "Lamp", tmp_path)
    shutil.copytree(clip.folder, clip.folder.with_name(older["id"] or ""))
    running.shelf.store.add_clip(clip.model_copy(update=older))
    told = running.client(store.id).predict(older["id"], api_name="/clip")
    assert (told["ass"], told["transcript"]) == (None, None)
    assert Path(told["srt"]).is_file()


def test_a_clip_without_captions_is_its_own_clean_master(running: Running, clip_of_other: Clip) -> None:
    told = running.client(running.other.id).predict(clip_of_other.id, api_name="/clean_clip")
    assert Path(told["video"]).name == "A-secret-of-the-other-store-clean.mp4"
    assert Path(told["video"]).read_bytes() == clip_of_other.path(clip_of_other.video).read_bytes()


def test_another_stores_clean_master_is_not_there(running: Running, clip_of_other: Clip) -> None:
    act = lambda: running.client(running.mine.id).predict(clip_of_other.id, api_name="/clean_clip")  # noqa: E731
    assert title_of(act) == "404 clip_not_found"


def test_a_download_is_named_after_the_product(running: Running, clip_of_other: Clip) -> None:
    told = running.client(running.other.id).predict(clip_of_other.id, api_name="/clip")
    assert Path(told["video"]).name == "A-secret-of-the-other-store.mp4"


def test_a_download_keeps_the_letters_of_its_title(running: Running, new_store: NewStore, tmp_path: Path) -> None:
    store = new_store()
    clip = running.clip(store, "Crème brûlée 茶 كتاب 🎬", tmp_path)
    told = running.client(store.id).predict(clip.id, api_name="/clip")
    assert Path(told["video"]).name == "Crème-brûlée-茶-كتاب.mp4"
    assert Path(told["video"]).read_bytes() == clip.path(clip.video).read_bytes()


@pytest.mark.parametrize("name", ["job", "cancel", "retry"])
def test_another_stores_job_is_not_there(running: Running, clip_of_other: Clip, name: str) -> None:
    act = lambda: running.client(running.mine.id).predict(clip_of_other.job_id, api_name=f"/{name}")  # noqa: E731
    assert title_of(act) == "404 job_not_found"


def test_another_stores_clip_is_not_there(running: Running, clip_of_other: Clip) -> None:
    act = lambda: running.client(running.mine.id).predict(clip_of_other.id, api_name="/clip")  # noqa: E731
    assert title_of(act) == "404 clip_not_found"


@pytest.mark.parametrize("id_", ["", "..", "../../editai.db", "x' OR '1'='1", "\ud800", "0" * 32])
def test_an_id_that_is_none_is_404(running: Running, id_: str) -> None:
    assert running.call("clip", clip=id_)[1]["title"] == "404 clip_not_found"
    assert running.call("job", job=id_)[1]["title"] == "404 job_not_found"


def test_a_file_that_is_gone_is_said(running: Running, clip_of_other: Clip) -> None:
    clip_of_other.path(clip_of_other.srt).unlink()
    act = lambda: running.client(running.other.id).predict(clip_of_other.id, api_name="/clip")  # noqa: E731
    assert title_of(act) == "404 clip_file_missing"


@pytest.mark.parametrize("damaged", ["report", "video"])
def test_a_damaged_clip_does_not_keep_its_store_from_being_opened(
    running: Running, clip_of_other: Clip, damaged: str
) -> None:
    clip_of_other.path(getattr(clip_of_other, damaged)).unlink()
    told = running.click("switched", [running.other.id])["output"]["data"]
    assert sum("A file of this clip is not on this computer" in str(item) for item in told) == 1


def test_what_nobody_foresaw_is_500_without_its_details(running: Running, clip_of_other: Clip) -> None:
    report = clip_of_other.path(clip_of_other.report)
    hidden = report.rename(report.with_name("a secret"))
    report.mkdir()
    try:
        with pytest.raises(AppError) as caught:
            running.client(running.other.id).predict(clip_of_other.id, api_name="/clip")
    finally:
        report.rmdir()
        hidden.rename(report)
    assert caught.value.title == "500 internal_error"
    assert report.name not in str(caught.value)


def test_a_report_that_is_damaged_is_said(running: Running, clip_of_other: Clip) -> None:
    report = clip_of_other.path(clip_of_other.report)
    report.write_text('{"words": ', "utf-8")
    act = lambda: running.client(running.other.id).predict(clip_of_other.id, api_name="/clip")  # noqa: E731
    assert title_of(act) == "500 clip_report_unreadable"


# ── asking for a clip ────────────────────────────────────────────────────────────────────────────────────────────


def produce(running: Running, video: Path, store: Profile | None = None, **wishes: Any) -> Any:
    client = running.client(store.id if store else "")
    return client.submit(handle_file(str(video)), api_name="/produce", **wishes)


def test_a_new_job_waits_in_the_store_that_was_named(running: Running, new_store: NewStore, box: Path) -> None:
    store = new_store()
    job = produce(running, box, store, script="Meet the lamp.")
    first = next(iter(job))
    assert (first["state"], first["profile"], first["percent"], first["clip"]) == ("queued", store.id, 0, None)
    assert [item["job"] for item in running.client(store.id).predict(api_name="/jobs")] == [first["job"]]
    running.client(store.id).predict(first["job"], api_name="/cancel")
    assert title_of(job.result) == "499 job_cancelled"


def test_what_was_asked_for_is_in_the_job(running: Running, new_store: NewStore, box: Path) -> None:
    store = new_store()
    wishes = {"title": "Lamp", "price": "$5", "points": ["Bright"], "voice": "kokoro:am_michael", "hook_card": False}
    job = produce(running, box, store, script="Meet the lamp.", caption_style="clean", seed=7, url="a.com", **wishes)
    brief = running.shelf.journal.job(store.id, next(iter(job))["job"]).brief
    assert (brief.script, brief.caption_style, brief.seed, brief.hook_card) == ("Meet the lamp.", "clean", 7, False)
    assert brief.facts == Facts(title="Lamp", price="$5", points=("Bright",), url="a.com")
    assert str(brief.voice) == "kokoro:am_michael"


@pytest.mark.parametrize(
    ("wishes", "title"),
    [
        ({"script": "Hello there.", "voice": "kokoro:nobody"}, "422 voice_not_found"),
        ({"script": "Hello there.", "project": "0" * 32}, "404 project_not_found"),
        ({"script": "Hello there.", "caption_style": "no such"}, "422 caption_style_not_found"),
        ({"script": "Hello there.", "format": "1:3"}, "422 choice_unknown"),
        ({"script": "Hello there.", "profile": "no such store"}, "404 profile_not_found"),
    ],
)
def test_a_choice_that_is_not_offered_is_refused(
    running: Running, box: Path, wishes: dict[str, Any], title: str
) -> None:
    assert title_of(produce(running, box, **wishes).result) == title


def test_nothing_to_say_is_said_before_there_is_a_job(
    running: Running, new_store: NewStore, box: Path, ffmpeg: Callable[..., None], tmp_path: Path
) -> None:
    mute, store = tmp_path / "mute.mp4", new_store()
    ffmpeg("-i", box, "-an", "-c", "copy", mute)
    assert title_of(produce(running, mute, store).result) == "422 nothing_to_say"
    assert running.shelf.journal.jobs(store.id) == ()


HOSTILE = [
    "it's 100% {x} $(touch hurt) `id`.mp4",
    "-y -f null.mp4",
    "concat:a|b.mp4",
    "..%2f..%2fetc.mp4",
    "ätsch 🎬 كتاب.mp4",
    '"quoted" [brackets] \\back.mp4',
    "a" * 200 + ".mp4",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_a_name_like_any_other(running: Running, name: str) -> None:
    sent = running.upload(name, b"hello, this is no video")
    assert Path(sent["path"]).resolve().is_relative_to(running.settings.uploads.resolve())
    assert running.call("produce", video=sent, script="Hello there.")[1]["title"] == "422 not_a_video"


def test_an_empty_file_is_said_to_be_empty(running: Running) -> None:
    sent = running.upload("empty.mp4", b"")
    assert running.call("produce", video=sent, script="Hello there.")[1]["title"] == "422 empty_file"


def test_no_video_is_422(running: Running) -> None:
    assert running.call("produce", video=None, script="Hello there.")[1]["title"] == "422 no_video"


@pytest.mark.slow
def test_light_calls_are_answered_while_more_follow_than_there_are_threads(
    running: Running, new_store: NewStore, box: Path, ffmpeg: Callable[..., None], tmp_path: Path
) -> None:
    store, threads = new_store(), 40
    ffmpeg("-ss", 4, "-i", box, "-t", 2, "-vf", "scale=320:240", tmp_path / "small.mp4")  # each call looks at it
    sent = running.upload("box.mp4", (tmp_path / "small.mp4").read_bytes())
    wishes = {"video": sent, "script": "Hello there.", "profile": store.id}
    followers = [
        threading.Thread(target=running.call, args=("produce",), kwargs=wishes, daemon=True) for _ in range(threads + 5)
    ]
    for follower in followers:
        follower.start()
    client = running.client(store.id)
    while len(jobs := client.predict(api_name="/jobs")) < len(followers):
        time.sleep(0.2)
    for job in jobs:
        client.predict(job["job"], api_name="/cancel")
    for follower in followers:
        follower.join()
