"""What is written beside a finished clip, one text for each platform, by the store's language model.

The model is asked in `assets/script/beside.json`'s words, with the rules of truth of `writer.json`, through the same
endpoint and from the same budget. What comes back is data: whether it is true is for `script.claims` to say.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel

from editai.bundled import ASSETS
from editai.errors import Unavailable
from editai.models import Facts, LanguageModel, Market, PostText, Step, Work, part_of
from editai.script import prompt
from editai.script.answer import Unusable, read
from editai.script.endpoint import Endpoint
from editai.script.language import NAMES, foreign
from editai.script.sentences import clean
from editai.script.task import Task

if TYPE_CHECKING:
    from editai.voices.base import Paid


class Room(BaseModel, frozen=True):
    """How much is written for a platform: characters, and hashtags besides."""

    letters: int
    hashtags: int


class _Post(BaseModel):
    platform: str
    text: str
    hashtags: list[str] = []


class _Answer(BaseModel):
    posts: list[_Post]


@functools.cache
def asset() -> dict[str, Any]:
    """`beside.json`: the task, and the form of the answer."""
    return cast(dict[str, Any], json.loads((ASSETS / "script" / "beside.json").read_text("utf-8")))


@functools.cache
def task() -> Task:
    """The texts of posts, in the form that `beside.json` says."""
    return Task("posts", asset()["schema"], "write", "writing", "take the texts that are suggested")


def write(
    facts: Facts,
    said: str,
    language: str,
    rooms: Mapping[str, Room],
    account: LanguageModel,
    market: Market,
    paid: Callable[[str, str, int, int], AbstractContextManager[Paid]],
) -> Work[tuple[PostText, ...]]:
    """A text for each platform of `rooms`, in their order; `said` is what the clip says.

    Errors: those of `Endpoint.ask`; 503 `script_model_unusable` where no answer could be used.
    """
    talk = _messages(facts, said, language, rooms, market)
    with Endpoint(account, paid, task()) as endpoint:
        answered = yield from part_of(endpoint.ask(talk), 0.0, 0.5)
        try:
            posts = _posts(answered, rooms, language)
        except Unusable as problem:
            talk += prompt.again(answered, prompt.asset()["repair"].format(problem=problem))
            answered = yield from part_of(endpoint.ask(talk), 0.5, 1.0)
            posts = _repaired(answered, rooms, language, account)
    yield Step(1.0, f"{account.model} has written the texts")
    return posts


def _messages(
    facts: Facts, said: str, language: str, rooms: Mapping[str, Room], market: Market
) -> list[prompt.Message]:
    posts = "; ".join(
        f"{name}, at most {room.letters} characters with at most {room.hashtags} hashtags"
        for name, room in rooms.items()
    )
    asked = " ".join(asset()["task"]).format(language=NAMES.get(language, language), posts=posts)
    rules = prompt.asset()
    markets = [rule for name, rule in rules["markets"].items() if market in ("all", name)]
    known = json.dumps({name: value for name, value in facts.model_dump().items() if value}, ensure_ascii=False)
    data = f"The facts of the product, and what the video says, as data, on the next two lines:\n{known}\n"
    return [
        {"role": "system", "content": "\n".join([asked, *rules["truth"], *markets, asset()["form"]])},
        {"role": "user", "content": data + json.dumps(said, ensure_ascii=False)},
    ]


def _posts(answered: str, rooms: Mapping[str, Room], language: str) -> tuple[PostText, ...]:
    """The texts in the order of the platforms. Raises `Unusable`, which says in a sentence what is wrong."""
    found: dict[str, PostText] = {}
    for post in read(answered, _Answer).posts:
        platform, text = post.platform.strip().lower(), clean(post.text)
        room = rooms.get(platform)
        if room is None or platform in found or not text:
            continue
        if len(text) > room.letters:
            raise Unusable(f"The text for {platform} has {len(text)} characters, and at most {room.letters} fit.")
        if other := foreign(text, language):
            raise Unusable(f"The text for {platform} is {other}, and not in {NAMES.get(language, language)}.")
        words = dict.fromkeys(re.sub(r"\W", "", tag) for tag in post.hashtags)
        tags = tuple(f"#{word}" for word in words if word and not word.isdigit())
        found[platform] = PostText(platform=platform, text=text, hashtags=tags[: room.hashtags])
    if missing := [name for name in rooms if name not in found]:
        raise Unusable(f"There is no text for {', '.join(missing)}.")
    return tuple(found[name] for name in rooms)


def _repaired(answered: str, rooms: Mapping[str, Room], language: str, account: LanguageModel) -> tuple[PostText, ...]:
    try:
        return _posts(answered, rooms, language)
    except Unusable as problem:
        told = f"What {account.model} answered twice are no texts for these posts. {problem}"
        raise Unavailable(
            "script_model_unusable", told, "Try it again, or take the texts that are suggested."
        ) from None
