"""A page that really runs, with a data folder of its own and two stores in it. No worker takes up its jobs."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client

import app
from editai import captions, library
from editai.models import (
    Brief,
    Clip,
    Crop,
    CropKey,
    Degradation,
    Facts,
    File,
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
    "captions_burned": True, "emphasise": "", "translate_to": [], "burned_language": "", "quality": "standard",
    "encoder": "x264",
}  # fmt: skip
"""What the form says of how a clip is made, as a store has it that was never changed."""


@dataclass
class Running:
    """A running page: its address, its settings, what it works with, and two stores, the first the default."""

    url: str
    settings: Settings
    shelf: library.Library
    mine: Profile
    other: Profile

    def client(self, profile: str = "") -> Client:
        headers = {"X-Profile-Id": profile} if profile else {}
        downloads, patient = self.settings.home / "downloads", {"timeout": 60}  # httpx gives a busy machine 5 s
        return Client(self.url, headers=headers, verbose=False, download_files=downloads, httpx_kwargs=patient)

    def upload(self, name: str, content: bytes) -> dict[str, Any]:
        """The file data of an upload, as a browser would send it on."""
        answer = httpx.post(f"{self.url}/gradio_api/upload", files={"files": (name, content)}, timeout=30)
        return {"path": answer.raise_for_status().json()[0], "meta": {"_type": "gradio.FileData"}}

    def call(self, endpoint: str, **arguments: Any) -> tuple[str, Any]:
        """The last event of an endpoint called over plain HTTP, and its data."""
        sent = json.dumps(arguments)  # ASCII, so that half a surrogate pair arrives as well
        headers = {"Content-Type": "application/json"}
        joined = httpx.post(f"{self.url}/gradio_api/call/v2/{endpoint}", content=sent, headers=headers, timeout=30)
        event_id = joined.raise_for_status().json()["event_id"]
        answer = httpx.get(f"{self.url}/gradio_api/call/{endpoint}/{event_id}", timeout=60)
        name, _, rest = answer.text.strip().rpartition("event: ")[2].partition("\n")
        return name, json.loads(rest.removeprefix("data: "))

    def click(self, function: str, data: list[Any]) -> dict[str, Any]:
        """The last message of one of the page's own events, sent as the page would send it."""
        config = httpx.get(f"{self.url}/config", timeout=30).json()
        own = [item for item in config["dependencies"] if item["api_visibility"] == "private"]
        wanted = next(item for item in own if re.fullmatch(rf"{function}(_\d+)?", str(item["api_name"])))
        session = uuid.uuid4().hex
        body = {"data": data, "fn_index": wanted["id"], "session_hash": session}
        httpx.post(f"{self.url}/gradio_api/queue/join", json=body, timeout=30).raise_for_status()
        last: dict[str, Any] = {}
        with httpx.stream("GET", f"{self.url}/gradio_api/queue/data?session_hash={session}", timeout=60) as stream:
            for line in stream.iter_lines():
                if line.startswith("data:"):
                    message = json.loads(line.removeprefix("data:"))
                    if message["msg"] == "process_completed":
                        last = message
                    if message["msg"] == "close_stream":
                        break
        return last

    def clip(self, profile: Profile, title: str, folder: Path, script: str = REPORT.script) -> Clip:
        """A finished job with a clip, as the pipeline would leave it, without the work."""
        source = self.shelf.media.import_source(profile.id, BOX)
        brief = Brief(sources=(source,), facts=Facts(title=title, price="$49.99"), script=script)
        job = self.shelf.journal.insert(profile, brief, "test")
        for name in ("clip.mp4", "poster.jpg"):
            (folder / name).write_bytes(f"{name} of {title} {job.id}".encode())
        files = {"video": File.of(folder / "clip.mp4"), "poster": File.of(folder / "poster.jpg")}
        whole = CropKey(frame=0, crop=Crop(x=0, y=0, width=270, height=480))
        shot = Shot(source=0, source_in=0, frames=412, crops=(whole,))
        seen = Source(
            file=source, stream=0, duration_ms=15_217, width_px=640, height_px=480, rotation=0, fps=29.97, codec="h264",
            has_sound=True,
        )  # fmt: skip
        plan = Plan(frames=412, sources=(seen,), shots=(shot,), style=captions.styles()[0])
        picture, subtitles = Picture(folder=folder, **files), captions.write(plan)
        clip = self.shelf.media.keep_clip(profile.id, job.id, brief, plan, picture, subtitles, REPORT)
        self.shelf.store.add_clip(clip)
        self.shelf.journal.finish(job.id, "test", clip.id, Progress(stage="done", percent=100))
        return clip

    def waiting_job(self, profile: Profile) -> str:
        """A job that is queued; nobody will take it up."""
        source = self.shelf.media.import_source(profile.id, BOX)
        return self.shelf.journal.insert(profile, Brief(sources=(source,), script="Meet the lamp.")).id


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    home = tmp_path_factory.mktemp("page") / "home"
    settings = Settings(_env_file=None, home=home, port=0, offline=True)
    with pytest.MonkeyPatch.context() as environment:
        for name in ("GRADIO_ANALYTICS_ENABLED", "GRADIO_TEMP_DIR", "NO_PROXY", "no_proxy"):
            environment.setenv(name, "")
        app.stay_home(settings)
        from editai.ui import server

        with library.open(settings) as shelf:
            page = server.start(settings, shelf, say=lambda _: None)
            mine = shelf.store.default_profile(library.LOCAL_OWNER)
            other = shelf.store.create_profile(library.LOCAL_OWNER, "Other store")
            yield Running(page.local_url.rstrip("/"), settings, shelf, mine, other)
            server.stop(page)


@pytest.fixture
def new_store(running: Running) -> Callable[[], Profile]:
    """Makes stores that no other test knows."""
    return lambda: running.shelf.store.create_profile(library.LOCAL_OWNER, f"Store {uuid.uuid4().hex[:12]}")


@pytest.fixture
def clip_of_other(running: Running, tmp_path: Path) -> Clip:
    """A clip that belongs to the other store."""
    return running.clip(running.other, "A secret of the other store", tmp_path)
