"""Loading once, speaking in turn, stopping."""

from __future__ import annotations

import sys
import threading
import time

import pytest
import torch

from editai.voices import on_torch
from tests.processes import HANGS_S
from tests.voices.studios import finished


class Slow(torch.nn.Module):  # type: ignore[misc]  # it has no types
    """A layer that takes its time."""

    def forward(self, number: torch.Tensor) -> torch.Tensor:
        time.sleep(0.05)
        return number + torch.rand(1)


def test_what_was_loaded_is_kept() -> None:
    first, second = (finished(on_torch.load("kept", 1, object)) for _ in range(2))
    assert first is second


def test_another_model_of_the_same_name_takes_its_place() -> None:
    first = finished(on_torch.load("replaced", 1, lambda: "first"))
    second = finished(on_torch.load("replaced", 2, lambda: "second"))
    assert (first, second) == ("first", "second")


def test_what_failed_to_load_is_tried_again() -> None:
    with pytest.raises(OSError, match="no file"):
        finished(on_torch.load("failed", 1, lambda: (_ for _ in ()).throw(OSError("no file"))))
    assert finished(on_torch.load("failed", 1, lambda: "model")) == "model"


def test_a_torch_that_cannot_be_imported_is_heard_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ImportError):
        finished(on_torch.load("nothing", 1, object))


def test_closing_leaves_at_once_and_what_is_being_loaded_is_there_the_next_time() -> None:
    go_on, loads = threading.Event(), []

    def make() -> str:
        loads.append("once")
        go_on.wait(2 * HANGS_S)
        return "model"

    work = on_torch.load("slow", 1, make)
    next(work)
    started = time.monotonic()
    work.close()
    assert time.monotonic() - started < HANGS_S
    go_on.set()
    assert (finished(on_torch.load("slow", 1, make)), loads) == ("model", ["once"])


def test_the_same_seed_gives_the_same_numbers() -> None:
    model = Slow()
    made = [finished(on_torch.infer(model, seed, lambda: float(model(torch.zeros(1))))) for seed in "aba"]
    assert made[0] == made[2] != made[1]


def test_closing_stops_before_the_next_layer() -> None:
    model = torch.nn.Sequential(*(Slow() for _ in range(1000)))
    work = on_torch.infer(model, 0, lambda: model(torch.zeros(1)))
    next(work)
    started = time.monotonic()
    work.close()
    assert time.monotonic() - started < HANGS_S
    assert not any(layer._forward_pre_hooks for layer in model.modules())


def test_two_take_turns() -> None:
    at_work, together = [], []

    def call() -> None:
        at_work.append(1)
        together.append(len(at_work))
        time.sleep(0.1)
        at_work.pop()

    threads = [
        threading.Thread(target=lambda: finished(on_torch.infer(torch.nn.Identity(), 0, call))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == [1, 1, 1]
