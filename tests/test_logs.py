"""The log in the data folder: a line for each event, turned over when it is large."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler

import pytest

from editai import logs
from editai.settings import Settings
from tests.processes import wait_for


@pytest.fixture
def log(settings: Settings) -> Iterator[logging.Logger]:
    """A log that is kept in the data folder until the test is over."""
    root, before = logging.getLogger(), logging.getLogger().handlers[:]
    logs.keep(settings)
    yield logging.getLogger("editai.test")
    for handler in [each for each in root.handlers if each not in before]:
        root.removeHandler(handler)
        handler.close()
    logging.getLogger("editai").setLevel(logging.NOTSET)


def lines(settings: Settings) -> list[str]:
    return logs.path(settings).read_text("utf-8").splitlines()


def test_a_line_has_its_time_its_store_and_its_job(settings: Settings, log: logging.Logger) -> None:
    log.info("queued", extra=logs.about("store", "job"))
    log.info("started")
    first, second = lines(settings)
    assert first.partition("Z ")[2] == "INFO profile=store job=job editai.test: queued"
    assert second.partition("Z ")[2] == "INFO profile=- job=- editai.test: started"
    assert first[4] == first[7] == "-"


def test_what_belongs_to_a_line_is_set_in(settings: Settings, log: logging.Logger) -> None:
    try:
        raise ValueError("no\nprofile=forged")
    except ValueError:
        log.exception("failed")
    assert [entry.startswith("\t") for entry in lines(settings)][:2] == [False, True]
    assert [entry for entry in lines(settings) if entry.startswith("profile")] == []


def test_what_a_worker_tells_is_taken_over_as_it_is(settings: Settings, log: logging.Logger) -> None:
    told = "2026-11-27T09:15:02.113Z INFO profile=a job=b editai.jobs: begun"
    logs.relay(io.BytesIO(f"{told}\nout of memory\n".encode()))
    wait_for(lambda: lines(settings) == [told, "out of memory"], 10)


def test_a_large_log_is_turned_over_and_the_oldest_goes(
    settings: Settings, log: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    (handler,) = [each for each in logging.getLogger().handlers if isinstance(each, RotatingFileHandler)]
    monkeypatch.setattr(handler, "maxBytes", 200)
    for number in range(40):
        log.info("event %d", number)
    kept = sorted(path.name for path in logs.path(settings).parent.iterdir())
    assert kept == ["editai.log", *(f"editai.log.{number}" for number in range(1, logs.KEPT + 1))]
    assert "event 39" in logs.path(settings).read_text("utf-8")


def test_a_log_that_cannot_be_written_keeps_nobody_from_working(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.folder.mkdir(parents=True)
    (settings.folder / "logs").write_text("in the way", "utf-8")
    before = logging.getLogger().handlers[:]
    logs.keep(settings)
    assert logging.getLogger().handlers == before
    assert "No log can be kept" in capsys.readouterr().err
