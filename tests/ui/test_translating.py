"""Translated captions on the page and for scripts: offered where there is a language model, priced, asked for."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from gradio_client import handle_file
from gradio_client.exceptions import AppError

from editai.models import Clip, File, Job, LanguageModel, Profile, TranslatedFiles
from editai.ui import clips
from editai.ui.context import Desk
from editai.ui.sentences import Sentences
from tests.conftest import BOX
from tests.ui.conftest import HOW, Running

ACCOUNT = LanguageModel(url="http://127.0.0.1:9/v1", model="writer-1", key="k", usd_in=2.0, usd_out=10.0)
NewStore = Callable[[], Profile]


@pytest.fixture
def store(running: Running, new_store: NewStore) -> Iterator[Profile]:
    """A store without a language model; its jobs are cancelled."""
    made = new_store()
    yield made
    for job in running.shelf.journal.jobs(made.id):
        running.shelf.journal.cancel(made.id, job.id)


@pytest.fixture
def with_model(running: Running, store: Profile) -> Profile:
    running.shelf.secrets.connect_model(store.id, ACCOUNT)
    return store


def form(running: Running, store: Profile, product: str = "") -> list[Any]:
    """What opening a product gives: languages of files, the one in the picture, whether these are seen, the note."""
    answer = running.click("open_product", [store.id, product])["output"]["data"]
    *_, translate_to, burned, _, _, column, note = answer
    return [translate_to, burned, column["visible"], note]


def start(running: Running, store: Profile, product: str = "", **how: Any) -> str:
    """The page's button Produce; what is shown then."""
    video = running.upload("box.mp4", BOX.read_bytes())
    typed = ["Lamp", "$5", "", "", "", "", "Meet it.", "kokoro:af_heart", "pop", True, 0, "template", None]
    sent = [store.id, product, [video], *typed, *(HOW | how).values()]
    return str(running.click("start", sent)["output"]["data"][0])


def newest(running: Running, store: Profile) -> Job:
    return running.shelf.journal.jobs(store.id)[0]


# ── on the page ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_without_a_language_model_it_is_said_what_is_missing_and_nothing_is_offered(
    running: Running, store: Profile
) -> None:
    *_, seen, note = form(running, store)
    assert not seen
    assert "needs a language model" in note


def test_with_one_it_is_said_who_translates_and_for_how_much_at_the_most(running: Running, with_model: Profile) -> None:
    *_, seen, note = form(running, with_model)
    assert seen
    assert "writer-1 can translate the captions, for at most $0.09 a language" in note


def test_a_free_model_translates_for_free(running: Running, store: Profile) -> None:
    running.shelf.secrets.connect_model(store.id, ACCOUNT.model_copy(update={"usd_in": 0.0, "usd_out": 0.0}))
    assert "for free" in form(running, store)[3]


def test_a_language_model_that_was_entered_meanwhile_is_there_when_the_tab_is_opened(
    running: Running, store: Profile
) -> None:
    for connected in (False, True):
        if connected:
            running.shelf.secrets.connect_model(store.id, ACCOUNT)
        *_, column, note = running.click("kit", [store.id, "", None])["output"]["data"]
        assert column["visible"] is connected
        assert ("writer-1" in note) is connected


def test_what_was_chosen_is_in_the_jobs_brief_and_in_the_form_of_its_product(
    running: Running, with_model: Profile
) -> None:
    start(running, with_model, translate_to=["it", "de"], burned_language="it")
    job = newest(running, with_model)
    assert (job.brief.translate_to, job.brief.burned_language) == (("it", "de"), "it")
    assert form(running, with_model, job.project_id or "")[:2] == [["it", "de"], "it"]
    assert form(running, with_model)[:2] == [[], ""]


@pytest.mark.parametrize("how", [{"translate_to": ["it"]}, {"burned_language": "it"}])
def test_what_is_chosen_without_a_language_model_is_refused_with_what_to_do(
    running: Running, store: Profile, how: dict[str, Any]
) -> None:
    panel = start(running, store, **how)
    assert "no language model that could translate the captions" in panel
    assert "leave the translation out" in panel
    assert running.shelf.journal.jobs(store.id) == ()


def test_a_language_that_is_not_offered_is_refused_in_our_own_words(running: Running, with_model: Profile) -> None:
    assert "cannot be translated into" in start(running, with_model, burned_language="klingon")


def test_looking_at_the_script_says_what_translating_takes_at_the_most(running: Running, with_model: Profile) -> None:
    does = Sentences(Desk(running.settings, running.shelf))
    asked: dict[str, Any] = {"profile_id": with_model.id, "script": "Meet it.", "request": gr.Request(headers={})}
    asked |= dict.fromkeys(("title", "price", "url", "points", "lowest", "proofs", "voice", "burned_language"), "")
    note, _ = does.read_script(**asked, translate_to=["it", "de"])
    assert "free to speak, at most $0.1" in note
    assert "to translate the captions" in note
    assert "translate" not in does.read_script(**asked, translate_to=[])[0]


# ── for scripts ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_script_asks_for_languages(running: Running, with_model: Profile) -> None:
    client = running.client(with_model.id)
    asked = {"video": handle_file(str(BOX)), "script": "Meet it.", "translate_to": ["it"], "burned_language": "fr"}
    next(iter(client.submit(**asked, api_name="/produce")))
    job = newest(running, with_model)
    assert (job.brief.translate_to, job.brief.burned_language) == (("it",), "fr")
    running.shelf.journal.cancel(with_model.id, job.id)
    next(iter(client.submit(project=job.project_id, burned_language="", api_name="/produce")))
    again = newest(running, with_model)
    assert (again.brief.translate_to, again.brief.burned_language) == (("it",), "")


def test_the_price_of_translating_is_told_beforehand(running: Running, with_model: Profile) -> None:
    client = running.client(with_model.id)
    one, two, none = (
        float(client.predict("Meet the lamp.", translate_to=wanted, api_name="/check_script")["translation_usd"])
        for wanted in (["it"], ["it", "de"], ["en"])
    )
    assert 0.08 < one < 0.1
    assert two == pytest.approx(2 * one, rel=0.01)
    assert none == 0.0


@pytest.mark.parametrize(
    ("wanted", "title"), [(["it"], "409 language_model_missing"), (["xx"], "422 language_unknown")]
)
def test_what_cannot_be_translated_has_no_price(
    running: Running, store: Profile, wanted: list[str], title: str
) -> None:
    with pytest.raises(AppError) as caught:
        running.client(store.id).predict("Meet the lamp.", translate_to=wanted, api_name="/check_script")
    assert caught.value.title == title


# ── what a clip gives ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def translated(running: Running, store: Profile, tmp_path: Path) -> Clip:
    """A clip with Italian captions."""
    clip = running.clip(store, "Lamp", tmp_path)
    made, folder = uuid.uuid4().hex, clip.folder.parent
    shutil.copytree(clip.folder, folder / made)
    files = {"srt": "captions.it.srt", "vtt": "captions.it.vtt", "transcript": "transcript.it.txt"}
    for name in files.values():
        (folder / made / name).write_text(f"{name} in Italian", "utf-8")
    italian = TranslatedFiles(language="it", **{field: File.of(folder / made / name) for field, name in files.items()})
    other = clip.model_copy(update={"id": made, "translations": (italian,)})
    running.shelf.store.add_clip(other)
    return other


def test_a_script_gets_the_files_of_each_language(running: Running, translated: Clip) -> None:
    told = running.client(translated.profile_id).predict(translated.id, api_name="/clip")
    (italian,) = told["translations"]
    assert italian["language"] == "it"
    assert {field: Path(italian[field]).name for field in ("srt", "vtt", "transcript")} == {
        "srt": "Lamp-it.srt", "vtt": "Lamp-it.vtt", "transcript": "Lamp-it.txt",
    }  # fmt: skip
    assert Path(italian["srt"]).read_text("utf-8") == "captions.it.srt in Italian"


def test_the_page_offers_them_beside_the_others(running: Running, translated: Clip) -> None:
    desk = Desk(running.settings, running.shelf)
    card = clips.card(desk, clips.find(desk, translated.profile_id, translated.id))
    for label in ("Captions SRT, Italian", "Captions VTT, Italian", "Transcript, Italian"):
        assert f"<b>{label}</b>" in card
