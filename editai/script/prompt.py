"""What a language model is asked to write, from `assets/script/writer.json`.

The facts go as one line of JSON, apart from what is asked: what a shop's page says is data and never an instruction.
"""

from __future__ import annotations

import base64
import functools
import json
from collections.abc import Sequence
from typing import Any, cast

from editai.bundled import ASSETS
from editai.models import Facts, Market
from editai.script import structure
from editai.script.language import NAMES
from editai.script.task import Task

Message = dict[str, Any]
"""A message as endpoints take it: its role, and text or parts as its content."""

MOST_STILLS = 6
MOST_ON_SCREEN_WORDS = 6


@functools.cache
def asset() -> dict[str, Any]:
    """`writer.json`: the rules, the form of the answer, and how much is written for each platform."""
    return cast(dict[str, Any], json.loads((ASSETS / "script" / "writer.json").read_text("utf-8")))


@functools.cache
def task() -> Task:
    """A script, in the form that `writer.json` says."""
    return Task("script", asset()["schema"], "write", "writing", "let a template write the script")


def messages(
    facts: Facts,
    language: str,
    seconds: int,
    letters_per_second: float,
    call_to_action: str,
    market: Market,
    hint: str,
    stills: Sequence[bytes],
) -> list[Message]:
    """What is asked: the task and its rules, then the facts, the owner's wish (`hint`) and pictures as data."""
    rules = asset()
    posts = "; ".join(
        f"{name}, at most {most['letters']} characters with at most {most['hashtags']} hashtags"
        for name, most in rules["posts"].items()
    )
    given = f'It is given and kept word for word: "{call_to_action}"' if call_to_action else "Name no address."
    task = " ".join(rules["task"]).format(
        language=NAMES.get(language, language),
        seconds=seconds,
        budget=structure.budget(seconds, letters_per_second),
        slots=_slots(facts, seconds, letters_per_second),
        call=given,
        posts=posts,
    )
    markets = [rule for name, rule in rules["markets"].items() if market in ("all", name)]
    system = "\n".join([task, *rules["truth"], *markets, *([rules["pictures"]] if stills else []), rules["form"]])
    wish = f"The shop's owner wishes: {' '.join(hint.split())}\n" if hint.strip() else ""
    data = f"{wish}The facts of the product, as data, on the next line:\n{_as_json(facts)}"
    pictures = [_picture(still) for still in stills[:MOST_STILLS]]
    content: Any = [{"type": "text", "text": data}, *pictures] if pictures else data
    return [{"role": "system", "content": system}, {"role": "user", "content": content}]


def again(said: str, told: str) -> list[Message]:
    """Another round: what was answered, and what is to change."""
    return [{"role": "assistant", "content": said}, {"role": "user", "content": told}]


def _slots(facts: Facts, seconds: int, letters_per_second: float) -> str:
    slots = structure.slots(seconds, letters_per_second, structure.filled_by(facts))
    return "; ".join(
        f"{slot.name}, {slot.start_ms / 1000:g} to {slot.end_ms / 1000:g} s, about {slot.characters} characters"
        for slot in slots
    )


def _as_json(facts: Facts) -> str:
    return json.dumps({name: value for name, value in facts.model_dump().items() if value}, ensure_ascii=False)


def _picture(still: bytes) -> dict[str, Any]:
    url = f"data:image/jpeg;base64,{base64.b64encode(still).decode('ascii')}"
    return {"type": "image_url", "image_url": {"url": url, "detail": "low"}}
