"""Render slots: as many as the settings say, and free again whoever held them."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from editai.settings import Settings
from editai.slots import Slot


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, home=tmp_path, workers=2)


def test_there_are_as_many_as_workers(settings: Settings) -> None:
    with Slot(settings) as one, Slot(settings) as two, Slot(settings) as three:
        assert [slot.take() for slot in (one, two, three)] == [True, True, False]


def test_one_that_has_a_slot_takes_no_second(settings: Settings) -> None:
    with Slot(settings) as one, Slot(settings) as two:
        assert one.take()
        assert one.take()
        assert two.take()


def test_a_slot_is_free_after_its_work_also_where_another_thread_ends_it(settings: Settings) -> None:
    slots = [Slot(settings), Slot(settings)]
    with ThreadPoolExecutor(1) as thread:
        assert [thread.submit(slot.take).result() for slot in slots] == [True, True]
    for slot in slots:
        slot.__exit__(None, None, None)
    with Slot(settings) as one, Slot(settings) as two:
        assert one.take()
        assert two.take()


def test_a_slot_is_free_when_its_process_is_gone(settings: Settings) -> None:
    holder = (
        "import os, sys; from pathlib import Path; from editai.settings import Settings; from editai.slots import Slot;"
        "slots = [Slot(Settings(_env_file=None, home=Path(sys.argv[1]), workers=2)) for _ in range(2)];"
        "print([slot.take() for slot in slots], flush=True); os._exit(1)"
    )
    ended = subprocess.run([sys.executable, "-c", holder, str(settings.home)], capture_output=True, text=True)
    assert ended.stdout.strip() == "[True, True]"
    with Slot(settings) as one, Slot(settings) as two:
        assert one.take()
        assert two.take()
