"""Every endpoint, as the running app lists them: what is of another kind, or was never uploaded, is refused by name.

Whose things an endpoint gives out is in `test_isolation`; which of them delete or publish is in `test_confirming`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from editai.ui.api import ENDPOINTS as NAMES
from tests.conftest import BOX
from tests.postiz.fixtures import postiz_server
from tests.ui.conftest import Running
from tests.ui.strangers import Asking, Shop, ask, mine, my_other
from tests.ui.test_isolation import ENDPOINTS, UPLOAD
from tests.ui.test_paths import LIES

__all__ = ["ask", "mine", "my_other", "postiz_server"]

OF_ANOTHER_KIND = ({"no": ["such kind"]}, 7.5, "no such kind")
"""No argument takes all of these, and each takes none of some."""


@pytest.fixture(scope="module")
def kinds(running: Running) -> dict[str, dict[str, dict[str, Any]]]:
    """The JSON schema of each argument of each endpoint, by their names, as the running app tells it."""
    told = running.web.get("/gradio_api/info").json()["named_endpoints"]
    return {
        name.removeprefix("/"): {item["parameter_name"]: item["type"] for item in endpoint["parameters"]}
        for name, endpoint in told.items()
    }


@pytest.fixture(scope="module")
def upload(running: Running) -> dict[str, Any]:
    return running.upload("box.mp4", BOX.read_bytes())


@pytest.fixture(autouse=True)
def nothing_changes(running: Running, mine: Shop) -> Iterator[None]:
    before = mine.fingerprint(running.shelf)
    yield
    assert mine.fingerprint(running.shelf) == before


def good(endpoint: str, shop: Shop, upload: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments that are as they should be."""
    line = ENDPOINTS[endpoint]
    others = {name: upload if value is UPLOAD else value for name, value in line.others.items()}
    return {**others, **{name: shop.id(name) for name in line.ids}}


def fits(value: object, kind: Mapping[str, Any]) -> bool:
    """Whether a value is of the kind that a JSON schema names, as far as that is told by its type alone."""
    if any(fits(value, one) for one in alternatives(kind)):
        return True
    names = {"string": str, "object": dict, "array": list, "integer": int, "number": float, "boolean": bool}
    return isinstance(value, names.get(kind.get("type", ""), tuple)) or ("enum" in kind and isinstance(value, str))


def alternatives(kind: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What a value may be where it may be of several kinds."""
    return [*kind.get("anyOf", ()), *kind.get("oneOf", ())]


def of_another_kind(kind: Mapping[str, Any]) -> object:
    return next(value for value in OF_ANOTHER_KIND if not fits(value, kind))


def takes_files(kind: object) -> bool:
    return "gradio.FileData" in str(kind)


@pytest.mark.parametrize("endpoint", NAMES)
def test_an_argument_of_another_kind_is_refused_by_its_name(
    ask: Asking, kinds: Any, mine: Shop, upload: dict[str, Any], endpoint: str
) -> None:
    for argument, kind in kinds[endpoint].items():
        sent = good(endpoint, mine, upload) | {argument: of_another_kind(kind)}
        title, answer = ask.http(endpoint, sent)
        assert re.fullmatch(r"4\d\d \w+", title), (argument, kind, sent[argument], answer)
        assert "Traceback" not in answer


def test_a_text_that_says_yes_is_no_yes(ask: Asking, kinds: Any, mine: Shop, upload: dict[str, Any]) -> None:
    asked = [name for name, arguments in kinds.items() if "confirm" in arguments]
    assert len(asked) > 10
    for endpoint in asked:
        assert ask.http(endpoint, good(endpoint, mine, upload) | {"confirm": "true"})[0] == "422 argument_invalid"


@pytest.mark.parametrize("lie", LIES)
def test_a_path_that_was_not_uploaded_is_refused_wherever_a_file_is_taken(
    running: Running, ask: Asking, kinds: Any, mine: Shop, upload: dict[str, Any], lie: str
) -> None:
    taken = [(endpoint, name) for endpoint in NAMES for name, kind in kinds[endpoint].items() if takes_files(kind)]
    assert len(taken) >= 10
    for endpoint, argument in taken:
        told, kind = LIES[lie](running, BOX), kinds[endpoint][argument]
        several = any(fits([], one) for one in (kind, *alternatives(kind)))
        title, _ = ask.http(endpoint, good(endpoint, mine, upload) | {argument: [told] if several else told})
        assert title == "403 path_forbidden", (endpoint, argument)
