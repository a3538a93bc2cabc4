"""The owner's own text as sentences of words."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from editai import script, spoken
from editai.models import BrandKit, Pronunciation
from editai.script.sentences import as_sentence
from editai.settings import Settings
from tests.script.asking import brief, refused


def sentences(text: str, language: str = "en") -> list[str]:
    draft = script.draft(brief(text), BrandKit(), language)
    assert draft is not None
    return [sentence.displayed for sentence in script.from_draft(draft, BrandKit(), language).sentences]


def test_marks_of_lists_headings_and_quotations_are_left_out() -> None:
    notes = "# Meet the lamp\n- Three colours\n* 5 % off\n• #1 in calm\n✔️ Foldable\n> It glows."
    assert sentences(notes) == ["Meet the lamp", "Three colours", "5 % off", "#1 in calm", "Foldable", "It glows."]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Only $49.99 today. Order now!", ["Only $49.99 today.", "Order now!"]),
        ("It weighs 3.5 kg. It lasts.", ["It weighs 3.5 kg.", "It lasts."]),
        ("Visit example.com. It is open.", ["Visit example.com.", "It is open."]),
        ("Small parts, e.g. Screws, are in.", ["Small parts, e.g. Screws, are in."]),
        ("Dr. Bloom made it. It works.", ["Dr. Bloom made it.", "It works."]),
        ("By J. R. Smith. A classic.", ["By J. R. Smith.", "A classic."]),
        ("Back on Nov. 5 or 6. See you.", ["Back on Nov. 5 or 6.", "See you."]),
        ("You do, so do I. Try it.", ["You do, so do I.", "Try it."]),
        ("No. 5 is back. No. Really.", ["No. 5 is back.", "No.", "Really."]),
        ("meet the lamp. it is new! it glows.", ["meet the lamp.", "it is new!", "it glows."]),
        ("about approx. five of them", ["about approx. five of them"]),
        ("It is approx. 5 cm. Wash at max. 30 degrees.", ["It is approx. 5 cm.", "Wash at max. 30 degrees."]),
        (
            "Open till 6 p.m. daily. Open till 6 p.m. Come in.",
            ["Open till 6 p.m. daily.", "Open till 6 p.m.", "Come in."],
        ),
        ("In S, M, L. Order now. With vitamin C. Yum.", ["In S, M, L.", "Order now.", "With vitamin C.", "Yum."]),
        ("Wait... there is more. Yes!", ["Wait... there is more.", "Yes!"]),
        ("“Really?” she asked. “Yes.” He nodded.", ["“Really?” she asked.", "“Yes.”", "He nodded."]),
        ("One line\nanother line\n\nthe last", ["One line", "another line", "the last"]),
        ("1. Open it\n2. Use it", ["1. Open it", "2. Use it"]),
        ("Wow!!! So good?! Yes", ["Wow!!!", "So good?!", "Yes"]),
        ("no full stop at all", ["no full stop at all"]),
    ],
)
def test_sentences_end_where_people_end_them(text: str, wanted: list[str]) -> None:
    assert sentences(text) == wanted


SHORT_FORMS = {
    "de": [
        "Für Küche, Bad usw. und Flur, z. B. als Geschenk.",
        "Die Größe ist ca. 30 cm.",
        "Am 5. Mai geht es los.",
        "Die 2. Auflage ist da.",
        "Im 1. Stock.",
        "Gültig bis 18. Mai.",
        "Nur noch bis 18.",
        "Nr. 5 ist wieder da.",
        "Inkl. MwSt. und zzgl. Versand.",
        "Es gibt noch 5.",
        "Größen S, M und L.",
        "Jetzt bestellen!",
    ],
    "es": [
        "En varios colores, p. ej. Rojo.",
        "Mide aprox. 30 cm.",
        "Del Sr. López y la Sra. Ruiz.",
        "N.º 5 en ventas.",
        "Núm. 3 de la serie.",
        "Máx. 5 uds. por cliente.",
        "Envío a EE. UU. incluido.",
        "¿Qué tal?",
        "¡Oferta!",
        "Tallas S y M.",
        "Llega el 5 de mayo.",
    ],
    "fr": [
        "« Super ! » dit-elle.",
        "« Oui. »",
        "Env. 30 cm.",
        "Réf. 123 en stock.",
        "Par M. Dupont et Mme. Durand.",
        "Taille M.",
        "C'est tout.",
    ],
    "it": [
        "Ca. 30 cm.",
        "Della Sig.ra Rossi e del Dott. Bianchi.",
        "Pag. 3 del catalogo.",
        "Taglie S e M.",
        "Tutto qui.",
    ],
    "pt": ["Aprox. 30 cm.", "Da Sra. Souza e do Dr. Lima.", "Máx. 3 por cliente.", "Tamanho M.", "Peça já."],
    "hi": ["यह दीपक है।", "इसकी कीमत ₹499 है।", "डॉ. शर्मा ने कहा।", "अभी खरीदें!"],
    "pl": ["Dostawa 5. maja.", "Np. Czerwony.", "Tylko dziś."],
}
"""Sentences with what is short in a language, as its shops write them."""


@pytest.mark.parametrize(("language", "wanted"), SHORT_FORMS.items(), ids=str)
def test_the_short_forms_of_each_language_end_no_sentence(language: str, wanted: list[str]) -> None:
    assert sentences(" ".join(wanted), language) == wanted


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        (
            "zh",
            "这款台灯很亮。你喜欢吗？只要99元！长3.5厘米。",
            ["这款台灯很亮。", "你喜欢吗？", "只要99元！", "长3.5厘米。"],
        ),
        ("zh", "他说：“好的。”然后走了。快来买吧", ["他说：“好的。”然后走了。", "快来买吧"]),
        (
            "ja",
            "明るいです。好きですか？今すぐ買おう!送料無料",
            ["明るいです。", "好きですか？", "今すぐ買おう!", "送料無料"],
        ),
        ("ja", "「はい。」と言った。「すごい！」", ["「はい。」と言った。", "「すごい！」"]),
        ("ja", "今だけ！！！★お得", ["今だけ！！！★お得"]),
        ("hi", "यह दीपक है।अभी खरीदें।", ["यह दीपक है।", "अभी खरीदें।"]),
        ("en", "Meet 明るい。Meet 很亮。", ["Meet 明るい。Meet 很亮。"]),
    ],
)
def test_sentences_without_spaces_between_them_end_at_their_full_stops(
    language: str, text: str, wanted: list[str]
) -> None:
    assert sentences(text, language) == wanted


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("bamboo lid,", "Bamboo lid."),
        ("✅ free spoon", "Free spoon."),
        ("🎁 gift box!", "🎁 Gift box!"),
        ("they say “wow!”", "They say “wow!”"),
        ("“soft” cotton", "“Soft” cotton."),
        ("यह दीपक है।", "यह दीपक है।"),
        ("很亮。", "很亮。"),
        ("", ""),
    ],
)
def test_a_typed_line_gets_a_capital_and_an_end(typed: str, wanted: str) -> None:
    assert as_sentence(typed) == wanted


def test_every_word_stays_as_it_was_typed() -> None:
    text = "Zürich-style “fondue”  set — $49.99, {\\N} 100% <b>steel</b> 🧀!"
    assert " ".join(sentences(text)) == " ".join(text.split())


def test_a_line_without_a_sound_joins_the_line_before_it() -> None:
    assert sentences("Hot deal\n🔥🔥🔥\nCome in") == ["Hot deal 🔥🔥🔥", "Come in"]


def test_a_first_line_without_a_sound_joins_the_next() -> None:
    assert sentences("🔥🔥🔥\nHot deal") == ["🔥🔥🔥 Hot deal"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("zero\u200bwidth", "zerowidth"),
        ("bi\u202edi\u2066", "bidi"),
        ("nul\x00 and bell\x07", "nul and bell"),
        ("tab\tand  spaces\u00a0here", "tab and spaces here"),
        ("lines\r\nof\rall\u2028kinds", "lines\nof\nall\nkinds"),
        ("lone \ud800surrogate", "lone surrogate"),
        ("soft\u00adhyphen", "softhyphen"),
        ("family 👨\u200d👩\u200d👧", "family 👨\u200d👩\u200d👧"),
        ("kept {\\N} \\h %s \"quotes\" 'n' {}", "kept {\\N} \\h %s \"quotes\" 'n' {}"),
        ("cafe\u0301", "caf\u00e9"),
    ],
)
def test_what_cannot_be_seen_is_taken_out(typed: str, kept: str) -> None:
    assert script.clean(typed) == kept


@hypothesis_settings(max_examples=60)
@given(st.text(max_size=80))
def test_no_text_is_too_strange(text: str) -> None:
    words = script.clean(text).split()
    assume(any(spoken.sounds(word.spoken) for word in spoken.speak(words, "en")))
    shown = " ".join(sentences(text))
    assert shown.split() == words
    assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in shown)


@pytest.mark.parametrize("text", ["...", "  \n ", "😀 👍🏽", "— !? —", "\u200b", "{}", "™®"])
def test_a_text_with_nothing_to_say_is_refused(text: str, settings: Settings) -> None:
    assert refused(text, settings).title == "422 script_empty"


def test_neither_script_nor_facts_is_no_script(settings: Settings) -> None:
    assert script.write(brief(), BrandKit(), "en") is None
    script.check(brief(), BrandKit(), settings, "en")


def test_the_stores_lexicon_says_how_a_name_is_spoken() -> None:
    kit = BrandKit(lexicon=(Pronunciation(language="en", displayed="Xiaomi", spoken="show me"),))
    made = script.write(brief("Meet the Xiaomi lamp."), kit, "en")
    assert made is not None
    assert [(word.displayed, word.spoken) for word in made.sentences[0].words][2] == ("Xiaomi", "show me")
