"""A script that a language model writes, through any OpenAI-compatible endpoint of the store's own.

What comes back is checked: a second round repairs what is no answer, another shortens what does not fit. Whether it is
true is not believed but checked afterwards (`script.claims`), like every other script.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from pydantic import BaseModel

from editai.errors import EditaiError, Unavailable
from editai.models import Draft, Facts, LanguageModel, Market, PostText, Step, Work, part_of
from editai.script import prompt, structure
from editai.script.answer import Unusable, read
from editai.script.endpoint import Endpoint, most
from editai.script.sentences import clean, sentences

if TYPE_CHECKING:
    from editai.voices.base import Paid

NEAR = 1.05
"""So much longer than its room a script is let be: the voice makes up for it."""
_LONGEST_ON_SCREEN = 60
_REVISION = 1
"""Raised when this module asks something else for the same wish."""


class _Post(BaseModel):
    platform: str = ""
    text: str = ""
    hashtags: list[str] = []


class _Answer(BaseModel):
    """The form of `writer.json`; a model that cannot be held to it may leave out what can be done without."""

    hook: str
    lines: list[str]
    call_to_action: str = ""
    on_screen: str = ""
    posts: list[_Post] = []


def fingerprint(account: LanguageModel) -> dict[str, object]:
    """Everything besides the wish and the pictures that changes what is written, as far as it can be known."""
    told = json.dumps(prompt.asset(), sort_keys=True)
    return {"url": account.url, "model": account.model, "sees": account.sees, "prompt": told, "revision": _REVISION}


def draft(
    facts: Facts,
    language: str,
    seconds: int,
    letters_per_second: float,
    call_to_action: str,
    account: LanguageModel,
    stills: Sequence[bytes],
    market: Market,
    paid: Callable[[str, str, int, int], AbstractContextManager[Paid]],
    hint: str = "",
) -> Work[Draft]:
    """A script of about `seconds`, and what is written beside the clip on each platform.

    `call_to_action` is the store's own and kept; `stills` are JPEGs, sent where the model sees; `hint` is what the
    owner wishes. `paid(service, operation, units, estimate)` reserves and settles each request, units in tokens.

    Errors: those of `Endpoint.ask`; 503 `script_model_unusable` where no answer could be used.
    """
    stills = stills if account.sees else ()
    talk = prompt.messages(facts, language, seconds, letters_per_second, call_to_action, market, hint, stills)
    room = structure.budget(seconds, letters_per_second)
    with Endpoint(account, paid, prompt.task()) as endpoint:
        said = yield from part_of(endpoint.ask(talk), 0.0, 0.5)
        try:
            written = _draft(said, call_to_action)
        except Unusable as problem:
            talk += prompt.again(said, prompt.asset()["repair"].format(problem=problem))
            said = yield from part_of(endpoint.ask(talk), 0.5, 0.75)
            written = _repaired(said, call_to_action, account)
        if (length := _length(written, language)) > room * NEAR:
            talk += prompt.again(said, prompt.asset()["shorter"].format(length=length, budget=room))
            written = yield from part_of(_shorter(endpoint, talk, written, language), 0.75, 1.0)
    yield Step(1.0, f"{account.model} has written the script")
    return _fitted(written, language, room * NEAR)


def most_to_pay(
    facts: Facts,
    language: str,
    seconds: int,
    letters_per_second: float,
    call_to_action: str,
    account: LanguageModel,
    market: Market,
) -> int:
    """What one request for a script takes at the most, in micro-dollars; one is usually enough. Nobody is asked."""
    stills = (b"",) * prompt.MOST_STILLS if account.sees else ()
    talk = prompt.messages(facts, language, seconds, letters_per_second, call_to_action, market, "", stills)
    return most(account, talk, prompt.task())


def _repaired(said: str, call_to_action: str, account: LanguageModel) -> Draft:
    try:
        return _draft(said, call_to_action)
    except Unusable as problem:
        raise Unavailable(
            "script_model_unusable",
            f"What {account.model} answered twice is no script. {problem}",
            "Try it again, choose a larger model, or let a template write the script.",
        ) from None


def _shorter(endpoint: Endpoint, talk: list[prompt.Message], written: Draft, language: str) -> Work[Draft]:
    """A shorter one, where the model has one; else what is there already, which is cut to fit."""
    try:
        shorter = _draft((yield from endpoint.ask(talk)), written.call_to_action)
    except (Unusable, EditaiError):  # a script is there and paid for: it is not lost over this
        return written
    return shorter if _length(shorter, language) < _length(written, language) else written


def _length(written: Draft, language: str) -> int:
    """Characters, as they are spoken."""
    return len(" ".join(sentence.spoken for sentence in sentences(written.text, language)))


def _fitted(written: Draft, language: str, room: float) -> Draft:
    """The script without its last lines, as many as do not fit; hook and call to action stay."""
    while written.lines and _length(written, language) > room:
        written = written.model_copy(update={"lines": written.lines[:-1]})
    return written


# ── reading the answer ───────────────────────────────────────────────────────────────────────────────────────────


def _draft(said: str, call_to_action: str) -> Draft:
    """What was answered as a draft. Raises `Unusable`, which says in a sentence what is wrong."""
    answer = read(said, _Answer)
    hook, lines = _line(answer.hook), tuple(line for line in map(_line, answer.lines) if line)
    if not any(character.isalnum() for character in hook):
        raise Unusable("It has no hook.")
    if not lines:
        raise Unusable("There is no line between the hook and the call to action.")
    on_screen = _line(answer.on_screen)
    fits = len(on_screen.split()) <= prompt.MOST_ON_SCREEN_WORDS and len(on_screen) <= _LONGEST_ON_SCREEN
    return Draft(
        hook=hook,
        lines=lines,
        call_to_action=call_to_action or _line(answer.call_to_action),
        on_screen=on_screen if fits else "",
        posts=_posts(answer.posts),
        origin="model",
    )


def _line(text: str) -> str:
    return " ".join(clean(text).split())


def _posts(posts: Sequence[_Post]) -> tuple[PostText, ...]:
    """One text for each platform that is known; what is longer than a platform takes is left out."""
    kept: dict[str, PostText] = {}
    for post in posts:
        platform, text = post.platform.strip().lower(), clean(post.text)
        most = prompt.asset()["posts"].get(platform)
        if most is None or platform in kept or not text:
            continue
        words = dict.fromkeys(re.sub(r"\W", "", tag) for tag in post.hashtags)
        tags = tuple(f"#{word}" for word in words if word and not word.isdigit())[: most["hashtags"]]
        if len(" ".join((text, *tags))) <= most["most"]:
            kept[platform] = PostText(platform=platform, text=text, hashtags=tags)
    return tuple(kept.values())
