"""The error tree."""

from __future__ import annotations

import pickle

import pytest

from editai import errors


def kinds() -> list[type[errors.EditaiError]]:
    return [errors.EditaiError, *errors.EditaiError.__subclasses__()]


def test_each_kind_has_a_status_of_its_own() -> None:
    statuses = [kind.status for kind in kinds()]
    assert len(set(statuses)) == len(statuses)


@pytest.mark.parametrize("kind", kinds())
def test_a_row_gives_back_the_error_that_was_written(kind: type[errors.EditaiError]) -> None:
    error = kind("some_slug", "It happened.", "Do this.")
    again = errors.EditaiError.from_dict(error.as_dict())
    assert (type(again), again.as_dict()) == (kind, error.as_dict())


def test_an_error_survives_the_way_to_another_process() -> None:
    error = pickle.loads(pickle.dumps(errors.NotFound("clip_not_found", "There is no such clip.", "Choose another.")))
    assert (error.title, str(error)) == ("404 clip_not_found", "There is no such clip. Choose another.")


def test_a_status_from_a_newer_version_is_still_an_error() -> None:
    error = errors.EditaiError.from_dict({"status": 418, "slug": "teapot", "message": "I am one.", "hint": ""})
    assert error.slug == "teapot"
