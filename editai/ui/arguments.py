"""What a script sends to an endpoint is of the kinds that the endpoint names, before anything is done with it.

Gradio passes on whatever JSON came. Text that is a number in truth, or "false" for false, would do something else than
was meant, or fail far inside.
"""

from __future__ import annotations

import functools
import inspect
import math
import re
from collections.abc import Callable, Sequence
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from urllib.parse import unquote

import gradio as gr

from editai.errors import InvalidInput

WORDS: dict[Any, str] = {str: "text", int: "a whole number", float: "a number", bool: "true or false", list: "a list",
                         dict: "an object"}  # fmt: skip


SERVED = re.compile(r"https?://[^/]+/gradio_api/file=(.+)", re.DOTALL)
"""How an agent names what it uploaded: by the address at which it is served."""


def checked(endpoint: Callable[..., Any], given: Sequence[Any]) -> list[Any]:
    """`given`, in the order of the endpoint's parameters, with null where there is a default as that default.

    A file may be named by its path alone, or by the address at which it is served here; it becomes `{"path": ...}`.
    Which machine the address names is of no matter: nothing is fetched, and a path is believed as little as any other.
    Raises InvalidInput 422 `argument_invalid`, which names the parameter.
    """
    named = zip(_parameters(endpoint), given, strict=False)
    return [_checked(name, kind, default, value) for (name, kind, default), value in named]


def _checked(name: str, kind: Any, default: Any, value: Any) -> Any:
    if value is None and default is not inspect.Parameter.empty:
        return default
    if not _fits(value, kind):
        raise InvalidInput(
            "argument_invalid",
            f'What was given as "{name}" cannot be used.',
            f"Give {_called(kind)}; docs/api.md says what of it is possible.",
        )
    return _as_file(value) if kind is gr.FileData or gr.FileData in _inside(kind) else value


@functools.cache
def _parameters(endpoint: Callable[..., Any]) -> tuple[tuple[str, Any, Any], ...]:
    hints = get_type_hints(endpoint)
    return tuple(
        (each.name, hints[each.name], each.default)
        for each in inspect.signature(endpoint).parameters.values()
        if hints[each.name] is not gr.Request
    )


def _fits(value: Any, kind: Any) -> bool:
    """Whether a value from JSON is of this kind; which choices there are is the endpoint's own to say."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return any(_fits(value, one) for one in inner)
    if origin is list:
        return isinstance(value, list) and all(_fits(item, inner[0]) for item in value)
    if origin is dict:
        return isinstance(value, dict) and all(_fits(item, inner[1]) for item in value.values())
    if origin is Literal:
        return isinstance(value, str)
    if kind is float:
        return _is_number(value) and math.isfinite(value)
    if kind is int:
        return _is_number(value) and not isinstance(value, float)
    if kind is gr.FileData:
        return value is None or isinstance(value, str | dict)  # what is missing, its endpoint says better
    if kind is Any:
        return True
    return isinstance(value, NoneType if kind is None else kind)


def _as_file(value: Any) -> Any:
    match value:
        case str():
            served = SERVED.fullmatch(value)
            return {"path": unquote(served[1]) if served else value}
        case {"path": str(path)}:
            return value | _as_file(path)
        case list():
            return [_as_file(item) for item in value]
    return value


def _inside(kind: Any) -> set[Any]:
    """The kinds that this one is made of."""
    inner = get_args(kind)
    return {*inner, *(each for one in inner for each in _inside(one))}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _called(kind: Any) -> str:
    """A kind in words: "text", "a list"."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return " or ".join(_called(one) for one in inner if one is not NoneType)
    return WORDS.get(origin or kind, "text" if origin is Literal else "a file")
