"""What a language model is asked for, as its endpoint, the books and errors need to know it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Task:
    """`name` and `schema` are of the answer's form, a strict JSON schema. `operation` stands in the books and in errors
    ("write"), `doing` is said meanwhile ("writing"), `instead` is what the owner can do without an answer."""

    name: str
    schema: Mapping[str, Any]
    operation: str
    doing: str
    instead: str
