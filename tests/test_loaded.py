"""Models stay loaded while they are used, and are given back when they are not."""

from __future__ import annotations

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest

from editai import loaded, weights
from editai.models import finished
from editai.settings import Settings
from editai.voices import kokoro_onnxruntime


class Model:
    """Stands for something large."""


def test_it_is_loaded_once_by_however_many_at_a_time() -> None:
    made: list[str] = []

    @loaded.model()
    def load(name: str) -> Model:
        made.append(name)
        return Model()

    with ThreadPoolExecutor(8) as pool:
        assert len({id(model) for model in pool.map(load, ["a"] * 8)}) == 1
    assert made == ["a"]


def test_those_that_were_asked_for_last_stay() -> None:
    load = loaded.model(most=2)(lambda name: Model())
    first = weakref.ref(load("a"))
    second = weakref.ref(load("b"))
    load("c")
    gc.collect()
    assert (first(), second() is None) == (None, False)


def test_what_nobody_asked_for_lately_is_given_back() -> None:
    load = loaded.model()(lambda name: Model())
    model = weakref.ref(load("a"))
    loaded.give_back(unused_s=60)
    assert model() is not None
    loaded.give_back(unused_s=0)
    assert model() is None
    assert load("a") is load("a")


@pytest.mark.slow
def test_the_voice_of_the_first_click_is_given_back(settings: Settings) -> None:
    found = finished(weights.obtain(weights.KOKORO, settings))
    session = weakref.ref(finished(kokoro_onnxruntime.load(found)).session)
    assert session() is not None
    loaded.give_back(unused_s=0)
    assert session() is None
