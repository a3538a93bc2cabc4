"""Two stores of the owner and one of somebody else, each with something of everything, and ways to ask for it."""

from __future__ import annotations

import functools
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from PIL import Image

from editai import profiles
from editai.hearing.speech import RATE, read
from editai.library import LOCAL_OWNER, Library
from editai.models import Channel, Clip, Facts, FeedProduct, Post, Profile, Project
from editai.voices import cloning
from editai.voices.base import clones_of
from editai.voices.sound import write_wav
from tests.conftest import MEDIA
from tests.fonts import font
from tests.postiz.server import PostizServer
from tests.ui.conftest import Running

SPEECH = ("en_counting.wav", "en_quick_brown_fox.wav", "en_counting.wav")
NOWHERE = "0" * 32
"""An id that nothing has."""
DRAWING = (
    "switched dropdown.change", "read_script button.click", "again tabitem.select", "ask state.change",
    "apply state.change",
)  # fmt: skip
"""What draws everything of a store, in this order."""


@dataclass(frozen=True, eq=False)
class Shop:
    """A store with a row of every kind, and what may be seen of it nowhere else: a word that every text of it has in
    it, and its key."""

    profile: Profile
    clip: Clip
    post: Post
    project: Project
    channel: str
    clone: str
    font: str
    batch: str
    marks: tuple[str, ...]

    def id(self, argument: str) -> Any:
        """What an argument of this name carries where this store is meant."""
        return {
            "profile": self.profile.id,
            "job": self.clip.job_id,
            "clip": self.clip.id,
            "post": self.post.id,
            "project": self.project.id,
            "channel": self.channel,
            "channels": [self.channel],
            "clips": [self.clip.id],
            "clone": self.clone,
            "font": self.font,
            "batch": self.batch,
        }[argument]

    def seen_in(self, answer: str) -> list[str]:
        """What of this store can be read in an answer."""
        return [mark for mark in self.marks if mark in answer]

    def fingerprint(self, shelf: Library) -> object:
        """Everything that is kept of it; another one after something was changed."""
        mine = self.profile.id
        return (
            shelf.store.profile(self.profile.owner_id, mine),
            shelf.store.clips(mine),
            shelf.store.projects(mine),
            shelf.outbox.posts(mine),
            shelf.journal.jobs(mine),
            shelf.feeds.products(mine),
            shelf.secrets.shown(mine),
            shelf.costs.list(self.profile),
            clones_of(profiles.studio(shelf, self.profile)),
        )


def recording(folder: Path) -> Path:
    """More than six seconds of somebody's speech, in a file."""
    write_wav(folder / "voice.wav", np.concatenate([read(MEDIA / name, 0, 20) for name in SPEECH]), RATE)
    return folder / "voice.wav"


def open_shop(running: Running, server: PostizServer, owner: str, folder: Path) -> Shop:
    """A store of this owner with a row of every kind: a product, a job, a clip, two posts, a batch, a connection, money
    spent, a logo, a font and a voice."""
    shelf, word = running.shelf, f"w{uuid.uuid4().hex[:12]}"
    kit = {"description": f"Sells {word}", "hashtags": (f"#{word}",), "call_to_action": f"Buy {word}"}
    profile = shelf.store.create_profile(owner, f"Store {word}", kit)
    folder.mkdir()
    clip = running.clip(profile, f"Lamp {word}", folder, script=f"Meet {word}.")
    brief = shelf.journal.job(profile.id, clip.job_id).brief
    project = Project(
        id=uuid.uuid4().hex,
        profile_id=profile.id,
        title=f"Product {word}",
        brief=brief,
        created_at=clip.created_at,
        updated_at=clip.created_at,
    )
    shelf.store.keep_project(project)
    workspace = server.workspace()
    channel = workspace.add_channel("mastodon", f"Channel {word}")
    shelf.secrets.connect(profile.id, workspace.connection)
    shelf.secrets.keep(profile.id, "elevenlabs", f"voice-key-{word}")
    with shelf.costs.paid(profile, clip.job_id, f"service-{word}", "speak", 10, 5) as call:
        call.cost(5)
    Image.new("RGB", (64, 64), (10, 90, 60)).save(folder / "logo.png")
    profiles.set_logo(shelf, owner, profile.id, folder / "logo.png")
    (folder / "font.ttf").write_bytes(font(family=f"Font {word}"))
    kept, _ = profiles.add_font(shelf, owner, profile.id, folder / "font.ttf")
    clone = cloning.keep(
        profiles.studio(shelf, profile), recording(folder), f"Voice {word}", "en", f"Whose {word}", f"By {word}"
    )
    post = Post(
        id=uuid.uuid4().hex,
        profile_id=profile.id,
        clip_id=clip.id,
        batch=uuid.uuid4().hex,
        server=workspace.url,
        channel=Channel(id=channel.id, name=channel.name, provider=channel.provider),
        text=f"Look at {word}",
        when="now",
        publish_at="2026-01-01T10:00:00.000Z",
        state="failed",
        note=f"It failed for {word}",
        sent_at=clip.created_at,
        created_at=clip.created_at,
        updated_at=clip.created_at,
    )
    lies = {"when": "draft", "state": "sent", "remote_id": uuid.uuid4().hex, "not_before": "2999-01-01T10:00:00"}
    draft = post.model_copy(update={"id": uuid.uuid4().hex, "batch": uuid.uuid4().hex, **lies})
    shelf.outbox.insert([post])
    shelf.outbox.insert([draft], again=True)
    shelf.journal.cancel(profile.id, running.waiting_job(profile))
    batch, product = uuid.uuid4().hex, FeedProduct(sku=f"SKU {word}", line=2, facts=Facts(title=f"Product {word}"))
    shelf.feeds.keep(profile, batch, [(product, f"There is no video of {word}.")])
    for name in folder.iterdir():  # what the clip was made of is not kept anywhere else
        name.unlink()
    marks = (word, workspace.key, f"••••{workspace.key[-4:]}")
    return Shop(
        shelf.store.profile(owner, profile.id), clip, post, project, channel.id, clone.id, kept.name, batch, marks
    )


# ── asking an endpoint ───────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Asking:
    """Calls endpoints for the store of an X-Profile-Id header. What comes back: the title of the error, or "" where
    there was none, and everything that was answered."""

    running: Running
    _clients: dict[str, Client] = field(default_factory=dict)
    _web: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=60, verify=False))
    _session: str = field(default_factory=lambda: uuid.uuid4().hex)

    @functools.cached_property
    def offered(self) -> dict[str, list[str]]:
        """Every endpoint of the running app with its arguments in their order."""
        told = self._web.get(f"{self.running.url}/gradio_api/info").json()
        assert not told["unnamed_endpoints"]
        return {
            name.removeprefix("/"): [item["parameter_name"] for item in endpoint["parameters"]]
            for name, endpoint in told["named_endpoints"].items()
        }

    def http(self, endpoint: str, arguments: Mapping[str, Any], header: str = "") -> tuple[str, str]:
        headers = {"X-Profile-Id": header} if header else {}
        url = f"{self.running.url}/gradio_api/call/{endpoint}"
        # One session for all: Gradio takes longer to begin one than to answer.
        body = {"data": [arguments[name] for name in self.offered[endpoint]], "session_hash": self._session}
        joined = self._web.post(url, json=body, headers=headers)
        event_id = joined.raise_for_status().json()["event_id"]
        answer = self._web.get(f"{url}/{event_id}", headers=headers).text
        event, _, data = answer.strip().rpartition("event: ")[2].partition("\n")
        read = json.loads(data.removeprefix("data: "))
        return str(read["title"]) if event == "error" else "", answer

    def client(self, endpoint: str, arguments: Mapping[str, Any], header: str = "") -> tuple[str, str]:
        client = self._clients.get(header) or self._clients.setdefault(header, self.running.client(header))
        try:
            answer = client.predict(**arguments, api_name=f"/{endpoint}")
        except AppError as error:
            return str(error.title), f"{error.title} {error}"
        return "", json.dumps(answer, ensure_ascii=False)


# ── the page's own events ────────────────────────────────────────────────────────────────────────────────────────

CARRY_IDS = {
    ("dropdown", "Store"),
    ("dropdown", "Product"),
    ("radio", "Your stores"),
    ("browserstate", ""),
    ("dropdown", "Into the store"),
    ("textbox", "Store shown"),
    ("dropdown", "Voice of your own"),
    ("dropdown", "Fonts of your own"),
    ("dropdown", "Channel"),
    ("dropdown", "Clip"),
    ("dropdown", "Choose a picture of"),
}
"""Inputs in which the browser sends an id."""
HELD = {"state"}
"""Kinds of input that the app holds itself: what a browser sends for them is not looked at."""
TYPED = {"textbox", "file", "uploadbutton", "checkbox", "datetime", "number", "slider", "colorpicker", "image", "audio"}
"""Kinds of input that are typed or uploaded."""


class Visit:
    """One browser's visit to the page: fires its events, whatever it says of itself."""

    def __init__(self, running: Running, config: Mapping[str, Any], header: str = "") -> None:
        self.events: list[dict[str, Any]] = []
        self.parts: dict[int, dict[str, Any]] = {}
        self._session = uuid.uuid4().hex
        self._web = httpx.Client(
            base_url=f"{running.url}/gradio_api",
            headers={"X-Profile-Id": header} if header else {},
            timeout=60,
            verify=False,
        )
        self._config = config
        self._learn(config)

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *_: object) -> None:
        self._web.close()

    def forget_drawn(self) -> None:
        """Know the page alone, as before anything was drawn for a store."""
        self.events, self.parts = [], {}
        self._learn(self._config)

    def named(self, name: str) -> list[dict[str, Any]]:
        """The events of this name."""
        return [event for event in self.events if self.name(event) == name]

    def fire(
        self,
        event: Mapping[str, Any],
        store: str,
        files: Sequence[Any] = (),
        typed: Mapping[str, Any] = MappingProxyType({}),
    ) -> dict[str, Any]:
        """The last message about this event, sent by a browser that says `store` wherever it can name one.

        `typed` is what somebody typed or chose, by the label of the input. What the event drew can be fired from now
        on.
        """
        body = {"data": self._sent(event, store, files, typed), "fn_index": event["id"], "session_hash": self._session}
        body["event_data"] = {"index": 0, "value": "", "selected": True}
        self._web.post("/queue/join", json=body).raise_for_status()
        last: dict[str, Any] = {}
        with self._web.stream("GET", f"/queue/data?session_hash={self._session}") as lines:
            for line in lines.iter_lines():
                if not line.startswith("data:"):
                    continue
                message = json.loads(line.removeprefix("data:"))
                if message["msg"] == "process_completed":
                    last = message
                if message["msg"] == "close_stream":
                    break
        self._learn(last["output"].get("render_config") or {})
        return last

    def fire_and_draw(self, event: Mapping[str, Any], store: str) -> dict[str, Any]:
        """Fire an event, and draw what is drawn for the states that it gives; the answer of the drawing."""
        self.fire(event, store)
        given = set(event["outputs"])
        (drawing,) = [it for it in self.named("apply state.change") if given & {part for part, _ in it["targets"]}]
        return self.fire(drawing, store)

    def inputs(self, event: Mapping[str, Any]) -> list[tuple[str, str]]:
        """The inputs of an event as (kind, label)."""
        parts = [self.parts[item] for item in event["inputs"]]
        return [(part["type"], part["props"].get("label") or "") for part in parts]

    def name(self, event: Mapping[str, Any]) -> str:
        """An event by its function and what sets it off: "start button.click"."""
        function = str(event["api_name"]).rstrip("0123456789").rstrip("_")
        part, what = next(iter(event["targets"]), (None, "load"))
        return f"{function} {self.parts[part]['type'] if part in self.parts else 'page'}.{what}"

    def _sent(self, event: Mapping[str, Any], store: str, files: Sequence[Any], typed: Mapping[str, Any]) -> list[Any]:
        data: list[Any] = []
        for item, (kind, label) in zip(event["inputs"], self.inputs(event), strict=True):
            if label and label in typed:
                data.append(typed[label])
            elif (kind, label) in CARRY_IDS:
                data.append(store)
            elif kind in HELD:
                data.append({"profile": store, "job": store, "clip": store})
            elif kind == "file":
                several = self.parts[item]["props"].get("file_count") == "multiple"
                data.append(list(files) if several else None)
            elif kind == "checkboxgroup":  # all that is offered; Gradio itself takes nothing else
                data.append([value for _, value in self.parts[item]["props"]["choices"]])
            elif kind in {"uploadbutton", "audio"}:
                data.append(None)
            elif kind == "number":
                data.append(0)
            elif kind == "slider":
                data.append(self.parts[item]["props"].get("value") or 0)
            elif kind == "checkbox":
                data.append(True)
            else:
                data.append(self.parts[item]["props"].get("value") or "")
        return data

    def _learn(self, config: Mapping[str, Any]) -> None:
        self.parts |= {part["id"]: part for part in config.get("components", ())}
        known = {event["id"] for event in self.events}
        self.events += [
            event for event in config.get("dependencies", ()) if event["backend_fn"] and event["id"] not in known
        ]


# ── for tests that ask ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def mine(running: Running, postiz_server: PostizServer, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return open_shop(running, postiz_server, LOCAL_OWNER, tmp_path_factory.mktemp("mine") / "files")


@pytest.fixture(scope="module")
def my_other(running: Running, postiz_server: PostizServer, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Another store of the same owner."""
    return open_shop(running, postiz_server, LOCAL_OWNER, tmp_path_factory.mktemp("other") / "files")


@pytest.fixture(scope="module")
def foreign(running: Running, postiz_server: PostizServer, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A store of somebody else."""
    return open_shop(running, postiz_server, "somebody else", tmp_path_factory.mktemp("foreign") / "files")


@pytest.fixture(scope="module")
def ask(running: Running) -> Asking:
    return Asking(running)


@pytest.fixture(scope="module")
def config(running: Running) -> dict[str, Any]:
    """The page as a browser gets it, with its own events alone."""
    own = [item for item in running.config["dependencies"] if item["api_visibility"] != "public"]
    return running.config | {"dependencies": own}
