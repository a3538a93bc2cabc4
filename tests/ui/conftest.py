"""A page that really runs, with a data folder of its own and two stores in it. No worker takes up its jobs."""

from __future__ import annotations

import functools
import json
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client

import app
from editai import captions, library, products
from editai.models import (
    FPS,
    Brief,
    Clip,
    Crop,
    CropKey,
    Degradation,
    Facts,
    File,
    Job,
    Measurement,
    Picture,
    Plan,
    Profile,
    Progress,
    Report,
    Shot,
    Source,
)
from editai.settings import Settings
from tests.conftest import BOX

MEASURED = Measurement(
    frames=412,
    duration_ms=13_733,
    width_px=1080,
    height_px=1920,
    fps=30,
    video_codec="h264",
    video_profile="High",
    pixel_format="yuv420p",
    colour="bt709",
    longest_gop=60,
    audio_codec="aac",
    audio_rate_hz=48_000,
    audio_channels=2,
    picture_end_ms=13_733,
    sound_end_ms=13_733,
    loudness_lufs=-14.1,
    peak_dbtp=-1.4,
    faststart=True,
    edit_list=False,
    bytes=8_200_000,
    bit_rate_kbps=4_800,
)
REPORT = Report(
    measurement=MEASURED,
    script="Meet the lamp. It costs $49.99.",
    script_origin="given",
    words=6,
    voice="kokoro:af_heart",
    ai_voice=True,
    degradations=(Degradation(slug="upscaled", message="The picture was enlarged."),),
)


HOW: dict[str, Any] = {
    "formats": ["9:16"], "variants": 1, "platforms": [], "music": "folder", "track": None, "source_sound": "duck",
    "tighten": False, "joint": "cut", "price_badge": True, "end_card": True, "logo": False,
    "paid_partnership": False, "ai_visual": False, "captions_burned": True, "emphasise": "", "translate_to": [],
    "burned_language": "", "quality": "standard", "encoder": "x264",
}  # fmt: skip
"""What the form says of how a clip is made, as a store has it that was never changed."""
GRADIO = ("GRADIO_ANALYTICS_ENABLED", "GRADIO_ANALYTICS_CACHE_FREQUENCY", "GRADIO_TEMP_DIR")
"""What the app tells Gradio through the environment."""


@dataclass
class Running:
    """A running page: its address, its settings, what it works with, and two stores, the first the default."""

    url: str
    settings: Settings
    shelf: library.Library
    mine: Profile
    other: Profile
    web: httpx.Client
    _clients: dict[str, Client] = field(default_factory=dict)

    def client(self, profile: str = "") -> Client:
        """The client of whoever names this store in the header; one for all tests, for each has the app describe all
        of itself first."""
        if profile not in self._clients:
            headers = {"X-Profile-Id": profile} if profile else {}
            self._clients[profile] = Client(
                self.url,
                headers=headers,
                verbose=False,
                download_files=self.settings.home / "downloads",
                ssl_verify=False,  # nothing here is encrypted, and reading certificates for each call takes longer
                httpx_kwargs={"timeout": 60},  # httpx gives a busy machine 5 s
            )
        return self._clients[profile]

    @functools.cached_property
    def config(self) -> dict[str, Any]:
        """The page as a browser gets it that speaks English."""
        told: dict[str, Any] = self.web.get("/config").json()
        return told | {"components": in_english(told["components"], told["i18n_translations"]["en"])}

    def upload(self, name: str, content: bytes) -> dict[str, Any]:
        """The file data of an upload, as a browser would send it on."""
        answer = self.web.post("/gradio_api/upload", files={"files": (name, content)})
        return {"path": answer.raise_for_status().json()[0], "meta": {"_type": "gradio.FileData"}}

    def call(self, endpoint: str, **arguments: Any) -> tuple[str, Any]:
        """The last event of an endpoint called over plain HTTP, and its data."""
        sent = json.dumps(arguments)  # ASCII, so that half a surrogate pair arrives as well
        headers = {"Content-Type": "application/json"}
        joined = self.web.post(f"/gradio_api/call/v2/{endpoint}", content=sent, headers=headers)
        event_id = joined.raise_for_status().json()["event_id"]
        answer = self.web.get(f"/gradio_api/call/{endpoint}/{event_id}")
        name, _, rest = answer.text.strip().rpartition("event: ")[2].partition("\n")
        return name, json.loads(rest.removeprefix("data: "))

    def click(self, function: str, data: list[Any]) -> dict[str, Any]:
        """The last message of one of the page's own events, sent as the page would send it."""
        own = [item for item in self.config["dependencies"] if item["api_visibility"] == "private"]
        wanted = next(item for item in own if re.fullmatch(rf"{function}(_\d+)?", str(item["api_name"])))
        session = uuid.uuid4().hex
        body = {"data": data, "fn_index": wanted["id"], "session_hash": session}
        self.web.post("/gradio_api/queue/join", json=body).raise_for_status()
        last: dict[str, Any] = {}
        with self.web.stream("GET", f"/gradio_api/queue/data?session_hash={session}") as stream:
            for line in stream.iter_lines():
                if line.startswith("data:"):
                    message = json.loads(line.removeprefix("data:"))
                    if message["msg"] == "process_completed":
                        last = message
                    if message["msg"] == "close_stream":
                        break
        return last

    def clip(
        self, profile: Profile, title: str, folder: Path, script: str = REPORT.script, *, of_product: bool = False
    ) -> Clip:
        """A finished job with a clip, as the pipeline would leave it, without the work; `of_product`: of one that is
        kept with it."""
        source = self.shelf.media.import_source(profile.id, BOX)
        brief = Brief(sources=(source,), facts=Facts(title=title, price="$49.99"), script=script)
        product = products.keep(self.shelf, profile, brief).id if of_product else None
        return self.finish(profile, self.shelf.journal.insert(profile, brief, "test", project_id=product), folder)

    def finish(self, profile: Profile, job: Job, folder: Path, report: Report = REPORT, opens_at_s: int = 0) -> Clip:
        """The clip of a job that was claimed by "test", as the pipeline would leave it, without the work; `opens_at_s`
        is where in its video it begins."""
        for name in ("clip.mp4", "poster.jpg"):
            (folder / name).write_bytes(f"{name} of {job.brief.facts.title} {job.id}".encode())
        files = {"video": File.of(folder / "clip.mp4"), "poster": File.of(folder / "poster.jpg")}
        whole = CropKey(frame=0, crop=Crop(x=0, y=0, width=270, height=480))
        shot = Shot(source=0, source_in=opens_at_s * FPS, frames=412, crops=(whole,))
        seen = Source(
            file=job.brief.sources[0], stream=0, duration_ms=15_217, width_px=640, height_px=480, rotation=0, fps=29.97,
            codec="h264", has_sound=True,
        )  # fmt: skip
        plan = Plan(frames=412, sources=(seen,), shots=(shot,), style=captions.styles()[0])
        picture, subtitles = Picture(folder=folder, **files), captions.write(plan)
        clip = self.shelf.media.keep_clip(profile.id, job.id, job.brief, plan, picture, subtitles, report)
        clip = clip.model_copy(update={"project_id": job.project_id})
        self.shelf.store.add_clip(clip)
        self.shelf.journal.finish(job.id, "test", clip.id, Progress(stage="done", percent=100))
        return clip

    def waiting_job(self, profile: Profile) -> str:
        """A job that is queued; nobody will take it up."""
        source = self.shelf.media.import_source(profile.id, BOX)
        return self.shelf.journal.insert(profile, Brief(sources=(source,), script="Meet the lamp.")).id


def in_english(value: Any, words: dict[str, str]) -> Any:
    """A part of `/config` with English words where it has marks, as Gradio's page puts them there."""
    match value:
        case dict():
            return {name: in_english(each, words) for name, each in value.items()}
        case list():
            return [in_english(each, words) for each in value]
        case str() if value.startswith("__i18n__"):
            return words[json.loads(value.removeprefix("__i18n__"))["key"]]
    return value


@contextmanager
def serving(home: Path) -> Iterator[Running]:
    """The page with an empty data folder; what it needs in the environment is there as long as it runs."""
    settings = Settings(_env_file=None, home=home, port=0, offline=True)
    with pytest.MonkeyPatch.context() as environment:
        for name in (*GRADIO, "NO_PROXY", "no_proxy"):
            environment.setenv(name, "")
        app.stay_home(settings)
        from editai.ui import server

        with library.open(settings) as shelf:
            page = server.start(settings, shelf, say=lambda _: None)
            mine = shelf.store.default_profile(library.LOCAL_OWNER)
            other = shelf.store.create_profile(library.LOCAL_OWNER, "Other store")
            url = page.local_url.rstrip("/")
            with httpx.Client(base_url=url, timeout=60, verify=False) as web:
                yield Running(url, settings, shelf, mine, other, web)
            server.stop(page)


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("page") / "home") as page:
        yield page


@pytest.fixture
def new_store(running: Running) -> Callable[[], Profile]:
    """Makes stores that no other test knows."""
    return lambda: running.shelf.store.create_profile(library.LOCAL_OWNER, f"Store {uuid.uuid4().hex[:12]}")


@pytest.fixture
def clip_of_other(running: Running, tmp_path: Path) -> Clip:
    """A clip that belongs to the other store."""
    return running.clip(running.other, "A secret of the other store", tmp_path)
