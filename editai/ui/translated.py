"""The page in the language of whoever looks at it: the one place where its texts leave.

What is on the page from the first on goes through Gradio's i18n: `/config` has a mark in the text's place, and the
browser puts the words there. What an event answers (a card, a progress, an error, a part that is drawn anew) is one
language's already when it leaves. Nothing else of the page knows of this; scripts and agents always read English.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

import gradio as gr
from gradio.context import LocalContext

from editai.ui import languages
from editai.ui.files import Page
from editai.ui.languages import Language

TEXTS = ("label", "info", "placeholder")
"""What every component may say in plain text."""
VALUES = {"button": Language.text, "uploadbutton": Language.text, "html": Language.markup, "markdown": Language.text}
"""Components whose value is what they say, and how it is said; all other values are the owner's."""
OWN = re.compile(r"[0-9a-f]{32}")
"""The id of a store, a product, a clip."""
HELD = "nowhere"
"""The class of boxes that nobody sees; some hold HTML for the page, as JSON."""
IN_SCRIPT = ("Choose a day",)
"""What `page.js` says."""

Say: TypeAlias = Callable[[Callable[[Language, str], str], str], str]
"""Puts a text into words, in the given of `Language`'s two ways."""


class Spoken(Page):
    """The page, with its texts in the visitor's language."""

    def __init__(self, *given: Any, **wanted: Any) -> None:
        self._marks = Marks()
        self._speaks: WeakKeyDictionary[object, Language] = WeakKeyDictionary()
        super().__init__(*given, **wanted)

    @property
    def i18n(self) -> gr.I18n:
        """What `launch` takes: the words that stand behind the marks."""
        return gr.I18n(**self._marks.words)

    def get_config_file(self) -> Any:
        """The page as a browser gets it."""
        config = super().get_config_file()
        for part in config["components"]:
            part["props"] |= said(part["type"], part["props"], self._marks)
        config["i18n_translations"] = self._marks.words
        return config

    async def process_api(self, block_fn: Any, inputs: list[Any], *rest: Any, **named: Any) -> Any:
        """Every event of the page and each step of it answers in the language in which it was asked."""
        if block_fn.api_visibility == "public":
            return await super().process_api(block_fn, inputs, *rest, **named)
        spoken = languages.asked(named["request"].headers)
        if (state := named.get("state")) is not None:
            self._speaks[state] = spoken
        try:
            answer = await super().process_api(block_fn, inputs, *rest, **named)
        except gr.Error as error:
            error.message, error.title = spoken.markup(str(error.message)), spoken.text(error.title)
            raise
        for part in (answer["render_config"] or {}).get("components", ()):
            part["props"] |= said(part["type"], part["props"], in_language(spoken))
        return answer

    async def postprocess_data(self, block_fn: Any, predictions: Any, state: Any) -> list[Any]:
        """Before Gradio sends of a stream of answers only what differs from one to the next."""
        answers: list[Any] = await super().postprocess_data(block_fn, predictions, state)
        if block_fn.api_visibility == "public" or state not in self._speaks:
            return answers
        say = in_language(self._speaks[state])
        return [answered(part, value, say) for part, value in zip(block_fn.outputs, answers, strict=True)]

    def queue(self, *given: Any, **wanted: Any) -> Any:
        """Gradio's queue, which also brings what the page says in passing (`gr.Info`)."""
        built = super().queue(*given, **wanted)
        as_gradio_has_it = self._queue.log_message

        def log_message(*, log: str, title: str, **told: Any) -> None:
            spoken = languages.asked(LocalContext.request.get().headers)
            as_gradio_has_it(log=spoken.markup(log), title=spoken.text(title), **told)

        self._queue.log_message = log_message
        return built


class Marks:
    """Puts a mark where there is a translation, and keeps the words that stand behind it, by language."""

    def __init__(self) -> None:
        self.words: dict[str, dict[str, str]] = {code: {} for code in languages.languages()}

    def __call__(self, how: Callable[[Language, str], str], english: str) -> str:
        told = languages.everywhere(english, how)
        if set(told.values()) == {english}:
            return english
        key = hashlib.blake2b(english.encode(), digest_size=6).hexdigest()
        for code, words in told.items():
            self.words[code][key] = words
        return str(gr.I18n()(key))


def in_language(spoken: Language) -> Say:
    """Says everything in one language."""
    return lambda how, english: how(spoken, english)


def said(kind: str, props: Mapping[str, Any], say: Say) -> dict[str, Any]:
    """Those of a component's properties that are texts, in words; `kind` is what Gradio calls it."""
    told: dict[str, Any] = {name: say(Language.text, props[name]) for name in TEXTS if _is_text(props.get(name))}
    if (how := VALUES.get(kind)) and _is_text(props.get("value")):
        told["value"] = say(how, props["value"])
    if props.get("choices"):
        told["choices"] = [(say(_named(value), name), value) for name, value in map(_choice, props["choices"])]
    if kind == "gallery" and props.get("value"):
        told["value"] = [each | {"caption": say(Language.around, each["caption"] or "")} for each in props["value"]]
    if props.get("headers"):
        told["headers"] = [say(Language.text, each) for each in props["headers"]]
    return told


def answered(part: Any, value: Any, say: Say) -> Any:
    """What an event answers for one of the page's parts, in words."""
    kind = part.get_block_name()
    if isinstance(value, dict) and value.get("__type__") == "update":
        return value | said(kind, value, say)
    if isinstance(value, str) and (how := VALUES.get(kind)):
        return say(how, value)
    if kind == "textbox" and HELD in part.elem_classes and str(value).startswith('{"store"'):
        held = json.loads(value)
        return json.dumps(held | {"html": say(Language.markup, held["html"])})
    if isinstance(value, dict) and "headers" in value:
        return value | {"headers": [say(Language.text, each) for each in value["headers"]]}
    return value


def script(source: str) -> str:
    """`page.js` with its words by language."""
    words = {code: {text: each.text(text) for text in IN_SCRIPT} for code, each in languages.languages().items()}
    return source.replace("const WORDS = {}", f"const WORDS = {json.dumps(words)}")


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _named(value: object) -> Callable[[Language, str], str]:
    """How the name of a choice is said: what has an id is the owner's own."""
    return Language.around if isinstance(value, str) and OWN.fullmatch(value) else Language.text


def _choice(choice: Any) -> tuple[str, Any]:
    """(name, value) of a choice, which may be its name alone."""
    return (choice[0], choice[1]) if isinstance(choice, list | tuple) else (str(choice), choice)
