"""What a shop owner is told of a cluster that cannot make a clip."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from editai import cluster, doctor
from editai.cluster.link import Link
from editai.cluster.task import RENDERS, build
from editai.errors import EditaiError, InvalidInput, Unavailable
from editai.settings import Settings
from editai.workers import Supervisor
from tests.cluster.inside import running
from tests.cluster.machines import free_port


def trouble(address: str) -> EditaiError | None:
    with Link(address) as link:
        link.looked()
        return link.trouble()


def test_a_cluster_that_does_not_answer_says_what_to_do() -> None:
    told = trouble(f"tcp://127.0.0.1:{free_port()}")
    assert told is not None
    assert told.title == "503 cluster_away"
    assert "EDITAI_CLUSTER" in told.hint


def test_nothing_runs_on_that_looked_for_a_cluster_in_vain() -> None:
    before = {thread for thread in threading.enumerate() if "loop" in thread.name}
    trouble(f"tcp://127.0.0.1:{free_port()}")
    assert {thread for thread in threading.enumerate() if "loop" in thread.name} == before


def test_a_cluster_without_a_worker_says_how_to_start_one(tmp_path: Path) -> None:
    with running(tmp_path, {}) as address:
        told = trouble(address)
    assert told is not None
    assert told.title == "503 cluster_empty"
    assert f"python -m editai worker {address}" in told.hint


def test_workers_of_another_editai_get_nothing_and_both_are_named(tmp_path: Path) -> None:
    old = "editai 0.0.1 0a1b2c3d"
    with running(tmp_path, {"old": {old: 1, RENDERS: 1}}) as address:
        told = trouble(address)
    assert told is not None
    assert told.title == "409 cluster_version"
    assert old in told.message
    assert build() in told.message


def test_the_doctor_says_how_many_clips_a_cluster_makes_at_a_time(tmp_path: Path, settings: Settings) -> None:
    with running(tmp_path, {"one": {build(): 1, RENDERS: 1}, "two": {build(): 1, RENDERS: 1}}) as address:
        found = doctor._cluster(settings.model_copy(update={"cluster": address, "media_url": str(tmp_path)}))
    assert (found.state, found.core) == ("ok", False)
    assert "2 clips at a time" in found.seen


def test_an_app_with_a_cluster_and_no_place_for_files_does_not_start(settings: Settings) -> None:
    with pytest.raises(InvalidInput) as caught:
        Supervisor(settings.model_copy(update={"cluster": "tcp://127.0.0.1:1"})).start()
    assert caught.value.slug == "media_url_missing"


def test_an_app_without_the_package_says_how_to_get_it(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(Unavailable) as caught:
        cluster.require(settings)
    assert "requirements-cluster.txt" in caught.value.hint
