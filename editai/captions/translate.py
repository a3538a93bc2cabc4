"""Captions in another language: the store's language model translates them, all in one request, cue by cue.

What comes back is not believed but checked (`faithful`): every caption once, in order, with its figures and its names.
What is wrong is told to the model once, and then to the owner. The model is asked in `assets/script/translator.json`'s
words, through the same endpoint, and from the same budget, as one that writes a script.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel

from editai.bundled import ASSETS
from editai.captions.faithful import unlike, unlike_as_a_whole
from editai.captions.translated import said_in, still_true
from editai.errors import Conflict, InvalidInput, Unavailable
from editai.hearing import foreign
from editai.models import Brief, LanguageModel, Market, Model, Plan, Step, Translation, Work, part_of
from editai.script import no_model, prompt
from editai.script.answer import Unusable, read
from editai.script.endpoint import Endpoint, most
from editai.script.language import NAMES
from editai.script.sentences import clean
from editai.script.task import Task

if TYPE_CHECKING:
    from editai.voices.base import Paid

INSTEAD = "leave the translation out"
_TOLD = 5
"""So many of the things that are wrong are told, to the model and to the owner."""
_REVISION = 1
"""Raised when this module asks something else for the same wish, or takes something else for an answer."""


class Wish(Model):
    """What is to be translated: what each caption `said`, in the language `spoken`, into `language`.

    `known` is what some of them are already, "" for one that shows nothing; None is to be asked for. `names` are those
    of the product and the shop, which stay; `market` says which rules for claims hold.
    """

    said: tuple[str, ...]
    known: tuple[str | None, ...]
    spoken: str
    language: str
    names: tuple[str, ...]
    market: Market

    @property
    def open(self) -> tuple[int, ...]:
        """The numbers of the captions to be asked for, from 1."""
        return tuple(number for number, text in enumerate(self.known, 1) if text is None)

    def answered(self, texts: Sequence[str] = ()) -> Translation:
        """The translation, with a text for each of those that were open."""
        new = iter(texts)
        whole = tuple(next(new) if text is None else text for text in self.known)
        return Translation(language=self.language, said=self.said, texts=whole)


class _Caption(BaseModel):
    number: int
    text: str


class _Answer(BaseModel):
    captions: list[_Caption]


def languages(brief: Brief) -> tuple[str, ...]:
    """Every language into which the captions are wanted, once. Raises InvalidInput 422 `language_unknown`."""
    wanted = tuple(dict.fromkeys(each for each in (*brief.translate_to, brief.burned_language) if each))
    if unknown := [each for each in wanted if each not in NAMES]:
        raise InvalidInput(
            "language_unknown",
            f"Captions cannot be translated into “{unknown[0][:20]}”.",
            f"Give one of these: {', '.join(NAMES)}.",
        )
    return wanted


def no_translator() -> Conflict:
    """The store has no language model that could translate."""
    return no_model("translate the captions", INSTEAD)


def wish(plan: Plan, language: str, earlier: Sequence[Translation], names: Sequence[str], market: Market) -> Wish:
    """What there is to translate of a plan's captions; what the `earlier` translations hold is known."""
    said = said_in(plan.cues)
    known = next((each for each in earlier if each.language == language), Translation(language="", said=(), texts=()))
    return Wish(
        said=said,
        known=still_true(known, said),
        spoken=plan.language,
        language=language,
        names=tuple(name for name in names if name.strip()),
        market=market,
    )


def fingerprint(account: LanguageModel) -> dict[str, object]:
    """Everything besides the wish that changes what is answered, as far as it can be known."""
    told = json.dumps(asset(), sort_keys=True)
    return {"url": account.url, "model": account.model, "prompt": told, "revision": _REVISION}


def price(texts: Sequence[str], spoken: str, wanted: Sequence[str], account: LanguageModel) -> int:
    """What it costs at the most to have a script's words translated into these languages, in micro-dollars: a request
    for each, which costs as much once more where its answer has to be asked for again.

    How the words stand together is not known yet; a caption for each takes the most.
    """
    each = Wish(said=tuple(texts), known=(None,) * len(texts), spoken=spoken, language="", names=(), market="all")
    asked = (each.model_copy(update={"language": language}) for language in wanted if language != spoken)
    return sum(most(account, messages(one), task()) for one in asked)


def translate(
    wanted: Wish, account: LanguageModel, paid: Callable[[str, str, int, int], AbstractContextManager[Paid]]
) -> Work[Translation]:
    """Every caption in the other language, as the account's model translates those that are open.

    Errors: those of `Endpoint.ask`; 503 `translation_unusable` where what was answered twice is no translation.
    """
    talk = messages(wanted)
    with Endpoint(account, paid, task()) as endpoint:
        said = yield from part_of(endpoint.ask(talk), 0.0, 0.6)
        try:
            made = _translation(said, wanted)
        except Unusable as problem:
            talk += prompt.again(said, asset()["repair"].format(problem=problem))
            said = yield from part_of(endpoint.ask(talk), 0.6, 1.0)
            made = _repaired(said, wanted, account)
    yield Step(1.0, f"{account.model} has translated the captions")
    return made


@functools.cache
def asset() -> dict[str, Any]:
    """`translator.json`: the rules and the form of the answer."""
    return cast(dict[str, Any], json.loads((ASSETS / "script" / "translator.json").read_text("utf-8")))


@functools.cache
def task() -> Task:
    """A translation, in the form that `translator.json` says."""
    return Task("captions", asset()["schema"], "translate", "translating", INSTEAD)


def messages(wanted: Wish) -> list[prompt.Message]:
    """What is asked: the task and its rules, then the names and captions as data."""
    rules = asset()
    spoken, language = (foreign.name(each) for each in (wanted.spoken, wanted.language))
    some = any(wanted.known)
    known = rules["known"].format(numbers=", ".join(map(str, wanted.open)))
    told = [" ".join(rules["task"]).format(spoken=spoken, language=language), *rules["truth"]]
    system = "\n".join([*told, *([known] if some else []), rules["form"]])
    listed = [
        {"number": number, "text": said, **({"translation": known} if known else {})}
        for number, (said, known) in enumerate(zip(wanted.said, wanted.known, strict=True), 1)
        if said
    ]
    data = json.dumps({"names": wanted.names, "captions": listed}, ensure_ascii=False)
    return [{"role": "system", "content": system}, {"role": "user", "content": f"{rules['data']}\n{data}"}]


# ── reading the answer ───────────────────────────────────────────────────────────────────────────────────────────


def _repaired(said: str, wanted: Wish, account: LanguageModel) -> Translation:
    try:
        return _translation(said, wanted)
    except Unusable as problem:
        raise Unavailable(
            "translation_unusable",
            f"What {account.model} answered twice is no translation into {NAMES[wanted.language]}. {problem}",
            f"Try it again, choose a larger model, or {INSTEAD}.",
        ) from None


def _translation(said: str, wanted: Wish) -> Translation:
    """What was answered as a translation. Raises `Unusable`, which says in sentences what is wrong."""
    answer = read(said, _Answer)
    texts = [" ".join(clean(each.text).split()) for each in answer.captions]
    problems = list(_wrong([each.number for each in answer.captions], texts, wanted))
    if problems:
        more = f" And {len(problems) - _TOLD} more like these." if len(problems) > _TOLD else ""
        raise Unusable(" ".join(problems[:_TOLD]) + more)
    return wanted.answered(texts)


def _wrong(numbers: Sequence[int], texts: Sequence[str], wanted: Wish) -> Iterator[str]:
    """What is wrong with these texts for the captions of these numbers."""
    asked = wanted.open
    if tuple(numbers) != asked:
        missing = ", ".join(str(number) for number in asked if number not in numbers)
        others = ", ".join(str(number) for number in dict.fromkeys(numbers) if number not in asked)
        if missing:
            yield f"These captions are missing: {missing}."
        if others:
            yield f"These were not asked for: {others}."
        if not (missing or others):
            yield "Each caption is to be there once, and in order."
        return
    originals = [wanted.said[number - 1] for number in asked]
    for number, original, text in zip(asked, originals, texts, strict=True):
        for problem in unlike(original, text, wanted.spoken, wanted.language, wanted.names):
            yield f"Caption {number}: {problem}"
    yield from unlike_as_a_whole(originals, texts, wanted.spoken, wanted.language, wanted.names, wanted.market)
