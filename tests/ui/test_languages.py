"""The page in five languages: what is on it from the first on, what its events answer, and the texts themselves."""

from __future__ import annotations

import ast
import functools
import json
import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

import editai
from editai.ui import languages, translated, words
from editai.ui.languages import FIELD, Language
from tests.ui.conftest import Running

PACKAGE = Path(editai.__file__).parent
CODES = ("de", "es", "fr", "ro")
TOLD: dict[str, dict[str, languages.Told]] = {
    code: json.loads((languages.FOLDER / f"{code}.json").read_text("utf-8")) for code in CODES
}

NEEDS_NONE = {
    "EditAI", "Hashtags", "SKU", "USD", "x264", "CSV",  # the same everywhere
    "Aurora Lamps", "example.com/lamp", "#lamps #home", "/home/you/Music/shop", "https://api.postiz.com",
    "http://127.0.0.1:11434/v1", "llama3.2", "Lumora = loo-MOR-ah XS = extra small",
    "Store shown", "As it was shown", "Caption", "Run", "Open tab", "Typed", "Looks typed",  # nobody sees them
}  # fmt: skip
"""Texts of the page that stay as they are."""


class Listening(Language):
    """Notes every text for which it finds nothing."""

    def __init__(self, code: str) -> None:
        super().__init__(code, TOLD[code])
        self.missed: set[str] = set()

    def text(self, english: str) -> str:
        asked = " ".join(english.split())
        if re.search(r"[^\W\d_]{2}", asked) and self._find(asked) is None:
            self.missed.add(asked)
        return super().text(english)


# ── the texts ────────────────────────────────────────────────────────────────────────────────────────────────────


def forms(told: languages.Told) -> list[str]:
    return [told] if isinstance(told, str) else list(told.values())


@pytest.mark.parametrize("code", CODES)
def test_a_translation_keeps_the_fields_of_its_text(code: str) -> None:
    wrong = {
        english: told
        for english, told in TOLD[code].items()
        for form in forms(told)
        if sorted(FIELD.findall(form)) != sorted(FIELD.findall(english))
    }
    assert wrong == {}


@pytest.mark.parametrize("code", CODES)
def test_a_translation_keeps_the_tags_of_its_text(code: str) -> None:
    def tags(text: str) -> list[str]:
        return sorted(re.findall(r"<[^>]*>", text))

    for english, told in TOLD[code].items():
        assert all(tags(form) == tags(english) for form in forms(told)), english


@pytest.mark.parametrize("code", CODES)
def test_every_language_has_the_same_texts(code: str) -> None:
    assert TOLD[code].keys() == TOLD["de"].keys()


@pytest.mark.parametrize("code", CODES)
def test_where_one_plural_form_is_told_all_of_the_language_are(code: str) -> None:
    wanted = {"ro": {"one", "few", "other"}}.get(code, {"one", "other"})
    for english, told in TOLD[code].items():
        if not isinstance(told, str):
            assert "{n}" in english
            assert told.keys() == wanted, english


def sources() -> Iterator[str]:
    """Every text that the package has, what varies in it as "\\0": those of its code, and those of its data."""
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
                yield node.value
            elif isinstance(node, ast.JoinedStr):
                yield "".join(str(part.value) if isinstance(part, ast.Constant) else "\0" for part in node.values)
    yield from (*labels(), *translated.IN_SCRIPT)


@functools.cache
def labels() -> tuple[str, ...]:
    """What the package's tables call their rows: styles, formats, platforms, voices."""
    tables = [path for path in PACKAGE.joinpath("assets").rglob("*.json") if path.parent != languages.FOLDER]
    return tuple(text for path in tables for text in re.findall(r'"label": "([^"]*)"', path.read_text("utf-8")))


@functools.cache
def said() -> tuple[frozenset[str], list[re.Pattern[str]]]:
    """What the sources say: the whole texts, and what fits those with something that varies."""
    whole, varying = set(), []
    for source in sources():
        attributes = (text for _, text in languages._SPOKEN.findall(source))
        for piece in {source, *languages._NOT_INLINE.split(source), *languages._TAG.split(source), *attributes}:
            text = unescape(" ".join(piece.split()))
            if "\0" in text:
                if re.search(r"[^\W\d_]{2}", text):
                    varying.append(re.compile(".*".join(map(re.escape, text.split("\0"))), re.DOTALL))
            elif text:
                whole.add(text)
    return frozenset(whole), varying


NOUNS = re.compile(r"\{n\} (\w+?)s?( ago)?")
"""What `readable.count` counts."""
DATE = re.compile(r"\{day\} [A-Z][a-z]{2}, \{time\}")
"""What `words.when` writes, month by month."""


JOINED = {
    "Voices: {n} of your own", "{n} / {m}, {over} too many", "Free. {licence}. {note}",
    "About ${price} a clip. {licence}. {note}", "{n} clip to make.", "{n} clips to make.", "Info",
    "{n} clip to make, {m} that cannot be made.", "{n} clips to make, {m} that cannot be made.",
    "{n} MB, {video} {profile} with {audio}", "{n} kB", "{n} MB", "{n} GB",
}  # fmt: skip
"""What the code joins from several texts, and what Gradio says over a note."""


def is_said(english: str) -> bool:
    """Whether any source says this text, or what fits it."""
    whole, varying = said()
    if english in whole or english in JOINED or DATE.fullmatch(english):
        return True
    if any(languages._template(english, "").fits.fullmatch(label) for label in labels()):
        return True
    if (noun := NOUNS.fullmatch(english)) and noun[1] in whole:
        return True
    plain = english[:1].lower() + english[1:]  # "Written by …" of "written by …"
    if plain in whole or english.removesuffix(" …") in whole or f"{english} …" in whole:
        return True
    return any(pattern.fullmatch(each) for pattern in varying for each in (english, plain, f"{english} …"))


def test_no_translation_is_left_of_a_text_that_is_gone() -> None:
    assert [english for english in TOLD["de"] if not is_said(english)] == []


# ── looking up ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("code", "english", "told"),
    [
        ("de", "Produce", "Erstellen"),
        ("de", "about 25 seconds left", "noch etwa 25 Sekunden"),
        ("de", "21.4 seconds", "21,4 Sekunden"),
        ("de", "1,234 clips", "1.234 Clips"),
        ("fr", "1,234 clips", "1\N{NARROW NO-BREAK SPACE}234 clips"),
        ("fr", "0 clips", "0 clip"),
        ("ro", "1 clip", "1 clip"),
        ("ro", "2 clips", "2 clipuri"),
        ("ro", "20 clips", "20 de clipuri"),
        ("ro", "101 clips", "101 clipuri"),
        ("de", "Made 22 Nov, 14:05", "Erstellt: 22. Nov., 14:05"),
        ("es", "40 % · Rendering the picture · about 1 minute left",
         "40 % · Renderizando la imagen · falta 1 minuto"),
        ("de", "Made with AI", "Made with AI"),
        ("de", "Connect Aurora Lamps", "Aurora Lamps verbinden"),
        ("de", "Connect it again in Postiz.", "Connect it again in Postiz."),
        ("de", "voice, time zone", "Stimme, Zeitzone"),
        ("de", "voice, moon", "voice, moon"),
        ("de", "Making a preview …", "Vorschau wird erstellt …"),
        ("de", "There is no video to work with. Add a product video.",
         "Es gibt kein Video, mit dem gearbeitet werden kann. Füge ein Produktvideo hinzu."),
        ("de", "There is no video to work with. Ask the moon.", "There is no video to work with. Ask the moon."),
        ("de", "A text that nobody wrote", "A text that nobody wrote"),
        ("en", "Produce", "Produce"),
    ],
)  # fmt: skip
def test_a_text_is_told(code: str, english: str, told: str) -> None:
    assert languages.language(code).text(english) == told


@pytest.mark.parametrize(
    ("html", "told"),
    [
        ("<h3>Not found</h3>", "<h3>Nicht gefunden</h3>"),
        ('<h3 title="Not found">x</h3>', '<h3 title="Nicht gefunden">x</h3>'),
        ('<h3 translate="no">Not found</h3><p>Not found</p>', '<h3 translate="no">Not found</h3><p>Nicht gefunden</p>'),
        ("<p>Go to <b>Settings</b>, <b>Developers</b>, <b>Public API</b>, and\n copy the API key.</p>",
         "<p>Geh zu <b>Settings</b>, <b>Developers</b>, <b>Public API</b> und kopiere den API-Schlüssel.</p>"),
        ("<p>A &amp; B is deleted.</p>", "<p>A &amp; B ist gelöscht.</p>"),
        ("<p>&lt;b&gt; is deleted.</p>", "<p>&lt;b&gt; ist gelöscht.</p>"),
        ("<b>1 clip</b> · free · about 1 minute to make", "<b>1 Clip</b> · kostenlos · etwa 1 Minute Arbeitszeit"),
        ("<script>const x = 'Not found'</script>", "<script>const x = 'Not found'</script>"),
    ],
)  # fmt: skip
def test_html_is_told(html: str, told: str) -> None:
    assert languages.language("de").markup(html) == told


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", "de"),
        ("ro", "ro"),
        ("ES-mx", "es"),
        ("ja-JP,de;q=0.5", "en"),
        ("", "en"),
        ("*", "en"),
    ],
)
def test_a_request_is_answered_in_the_first_language_that_it_names(header: str, code: str) -> None:
    assert languages.asked({"accept-language": header}).code == code


# ── the page ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("code", CODES)
def test_every_text_that_is_on_the_page_from_the_first_on_is_translated(running: Running, code: str) -> None:
    listening = Listening(code)

    def say(how: Callable[[Language, str], str], english: str) -> str:
        return str(getattr(listening, how.__name__)(english))

    for part in running.config["components"]:
        if part["type"] != "api" and part["props"].get("label") != "Time zone":
            translated.said(part["type"], part["props"], say)
    assert {text for text in listening.missed if text not in NEEDS_NONE and not is_offered(text)} == set()


def is_offered(text: str) -> bool:
    """A voice, a font, a language without a name, a platform: names."""
    return " · " in text or text in OFFERED


OFFERED = {
    "Anton", "Inter", "JetBrains Mono ExtraBold", "Montserrat ExtraBold", "ta", "tl", "TikTok",
    "Instagram Reels", "Instagram story", "Instagram",
    "Facebook Reels", "Facebook story", "Facebook", "YouTube Shorts", "YouTube", "Pinterest", "LinkedIn", "Threads",
    "TikTok, Reels and Shorts",
}  # fmt: skip


@pytest.fixture
def in_german(running: Running) -> Iterator[Callable[[str, list[Any]], str]]:
    """What an event answers a German browser."""
    running.web.headers["accept-language"] = "de-DE,de;q=0.9"
    yield lambda function, data: json.dumps(running.click(function, data)["output"], ensure_ascii=False)
    del running.web.headers["accept-language"]


def test_what_an_event_answers_is_in_the_language_of_its_browser(
    running: Running, in_german: Callable[[str, list[Any]], str]
) -> None:
    answer = in_german("switched", [running.mine.id])
    assert "Hier kommt dein Clip" in answer
    assert "Your clip will be here" not in answer
    assert "Veröffentlichung: nicht verbunden" in answer


def test_what_the_owner_named_is_told_with_german_around_it(
    running: Running, in_german: Callable[[str, list[Any]], str], tmp_path: Path
) -> None:
    clip = running.clip(running.mine, "Not found", tmp_path)
    said = languages.language("de").around(f"{clip.title} · {words.when(clip.created_at)}")
    answer = in_german("switched", [running.mine.id])
    assert said in answer
    assert said.startswith("Not found · ")
    assert "Nicht gefunden" not in answer
    assert f"{running.mine.name} (Standard)" in answer


def test_an_error_is_in_the_language_of_its_browser(in_german: Callable[[str, list[Any]], str]) -> None:
    in_its_place, over_the_page = in_german("watch_batch", ["0" * 32]), in_german("open_product", ["0" * 32, ""])
    assert "Nicht gefunden" in in_its_place
    assert json.loads(over_the_page)["title"] == "Nicht gefunden"


def test_scripts_and_agents_read_english(running: Running) -> None:
    running.web.headers["accept-language"] = "de"
    try:
        name, told = running.call("job", job="0" * 32)
        described = running.web.get("/gradio_api/info").text
    finally:
        del running.web.headers["accept-language"]
    assert name == "error"
    assert "There is no such job in this store." in json.dumps(told)
    assert "__i18n__" not in described
