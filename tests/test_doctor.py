"""doctor: every line was tried, what is absent is a sentence, only a broken core is a failure."""

from __future__ import annotations

import base64
import socket
from pathlib import Path

import pytest
from pydantic import SecretStr

from editai import doctor, voices
from editai.render import encodings
from editai.settings import Settings
from editai.weights import KOKORO


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, doctor.Finding]:
    home = tmp_path_factory.mktemp("doctor") / "home"
    settings = Settings(_env_file=None, home=home, models_dir=None, offline=True)
    return {finding.what: finding for finding in doctor.examine(settings)}


@pytest.mark.slow
def test_everything_that_a_clip_needs_works_here(findings: dict[str, doctor.Finding]) -> None:
    assert {finding.state for finding in findings.values() if finding.core} == {"ok"}


@pytest.mark.slow
def test_the_voice_spoke_and_the_transcriber_understood_it(findings: dict[str, doctor.Finding]) -> None:
    assert findings["voice engine kokoro"].seen.startswith("It spoke a sentence.")
    assert doctor.SENTENCE in findings["transcriber tiny.en"].seen


@pytest.mark.slow
def test_every_line_that_is_not_ok_says_what_it_means(findings: dict[str, doctor.Finding]) -> None:
    assert {"Python", "ffmpeg", "encoder x264", "weights: kokoro", "data folder", "disk", "port"} <= findings.keys()
    assert all(len(finding.seen) > 15 for finding in findings.values() if finding.state != "ok")


def test_an_engine_of_a_package_that_cannot_be_loaded_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(voices.broken, "brought", ImportError("no module named numbers"))
    [finding] = doctor._broken()
    assert (finding.what, finding.state, finding.core) == ("voice engine brought", "broken", False)
    assert "no module named numbers" in finding.seen


def test_an_extra_that_is_absent_says_how_to_add_it() -> None:
    extra = doctor.Extra("no_such_module", "more voices", "pip install more-voices")
    finding = doctor._extra("More", extra)
    assert (finding.state, finding.core) == ("not here", False)
    assert "pip install more-voices" in finding.seen


def test_an_extra_that_this_python_cannot_have_says_which_python_can() -> None:
    finding = doctor._extra("Old", doctor.Extra("no_such_module", "old voices", "pip install old", before=(3, 11)))
    assert "It needs Python 3.10 or older" in finding.seen


def test_a_package_that_is_missing_breaks_the_core() -> None:
    finding = doctor._package("no-such-package", "no_such_module")
    assert (finding.state, finding.core) == ("broken", True)
    assert "requirements.txt" in finding.remedy


def test_where_the_stores_keys_are_sealed_is_said(settings: Settings) -> None:
    assert doctor._keys(settings).seen == f"None was entered yet; the first makes {settings.key_file}."
    settings.key_file.write_bytes(base64.urlsafe_b64encode(bytes(32)))
    assert str(settings.key_file) in doctor._keys(settings).seen
    own = settings.model_copy(update={"secret_key": SecretStr(base64.urlsafe_b64encode(bytes(32)).decode())})
    assert doctor._keys(own) == doctor.Finding("the stores' keys", "ok", "Sealed with EDITAI_SECRET_KEY.")


def test_a_key_file_that_holds_no_key_is_broken_and_hinders_no_clip(settings: Settings) -> None:
    settings.home.mkdir()
    settings.key_file.write_text("not a key")
    finding = doctor._keys(settings)
    assert (finding.state, finding.core) == ("broken", False)
    assert "not a key" not in finding.seen


def test_the_encoders_that_work_here_are_named_and_how_to_use_them(monkeypatch: pytest.MonkeyPatch) -> None:
    usual, own, *_ = encodings.known()
    monkeypatch.setattr(encodings, "encoders", lambda: (usual, own))
    found = {finding.what: finding for finding in doctor._encoders()}
    assert found[f"encoder {usual.name}"].core
    assert f"--encoder {own.name}" in found[f"encoder {own.name}"].seen
    assert "hardware encoder" not in found


def test_a_machine_without_an_encoder_of_its_own_lacks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encodings, "encoders", lambda: encodings.known()[:1])
    found = {finding.what: finding for finding in doctor._encoders()}
    assert (found["hardware encoder"].state, found["hardware encoder"].core) == ("not here", False)
    assert "nothing is missing" in found["hardware encoder"].seen


def test_weights_that_are_absent_offline_are_said(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("editai.weights._in_packages", lambda _: ())
    finding = doctor._weights(KOKORO, settings, core=True)
    assert finding.state == "broken"
    assert "EDITAI_OFFLINE" in finding.seen


def test_damaged_weights_are_said(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "models" / "kokoro"
    folder.mkdir(parents=True)
    (folder / "kokoro-v1.0.int8.onnx").write_bytes(b"not the weights")
    finding = doctor._weights(KOKORO, settings.model_copy(update={"models_dir": folder.parent}), core=True)
    assert (finding.state, finding.core) == ("broken", True)
    assert "kokoro-v1.0.int8.onnx" in finding.seen


def test_a_data_folder_that_cannot_be_used_breaks_the_core(settings: Settings) -> None:
    settings.home.write_text("a file where the folder should be")
    assert doctor._data_folder(settings).state == "broken"


def test_a_place_for_workers_is_tried_and_nothing_is_left_there(tmp_path: Path) -> None:
    finding = doctor._depot(str(tmp_path))
    assert (finding.what, finding.state) == ("media for workers", "ok")
    assert "a megabyte takes" in finding.seen
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_place_for_workers_that_is_away_is_broken_and_hinders_no_clip(tmp_path: Path) -> None:
    finding = doctor._depot(str(tmp_path / "not mounted"))
    assert (finding.state, finding.core) == ("broken", False)
    assert "EDITAI_MEDIA_URL" in finding.remedy


def test_too_little_disk_breaks_the_core(settings: Settings) -> None:
    finding = doctor._disk(settings.model_copy(update={"min_free_bytes": 10**18}))
    assert (finding.state, finding.core) == ("broken", True)


def test_a_port_that_is_taken_is_no_failure(settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind((settings.host, 0))
        taken.listen()
        finding = doctor._port(settings.model_copy(update={"port": taken.getsockname()[1]}))
    assert (finding.state, finding.core) == ("not here", False)
    assert "takes the next" in finding.seen


def _always(finding: doctor.Finding) -> object:
    return lambda _: iter([finding])


def test_a_broken_core_is_status_1(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = doctor.Finding("ffmpeg", "broken", "It does not run [here].", "Install it again.", core=True)
    monkeypatch.setattr(doctor, "examine", _always(broken))
    assert doctor.main(settings) == 1
    assert "It does not run [here]. Install it again." in capsys.readouterr().out


def test_what_is_optional_and_absent_is_status_0(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "examine", _always(doctor.Finding("Piper", "not here", "Optional.")))
    assert doctor.main(settings) == 0
