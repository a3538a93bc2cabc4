"""Sentences of shop clips: a bar stands where a break may be, a tie where there must be none; a wave between an
adjective and its noun, which are parted only where everything else costs more."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from editai.bundled import ASSETS
from editai.captions.phrases import DESCRIBED, LEANING, NEVER, parting, table

LANGUAGES = sorted(path.stem for path in (ASSETS / "captions" / "phrases").glob("??.json"))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("20", "percent"),
        ("2.5", "kg"),
        ("1,000", "mAh"),
        ("five", "minutes"),
        ("twenty", "five"),
        ("$", "49.99"),
        ("49.99", "€"),
        ("49", "dollars"),
        ("the", "box"),
        ("your", "kitchen"),
        ("no", "plastic"),
        ("not", "included"),
        ("don’t", "wait"),
        ("Ada", "Lovelace"),
        ("instead", "of"),
        ("Dr.", "Brown"),
    ],
)
def test_what_belongs_together_is_never_parted(left: str, right: str) -> None:
    assert parting(left, right, "en") == NEVER


TIED = {
    "en": ["we_love", "it_will_last", "is_made", "fresh~mint", "only_$24.99", "and_then", "at_home", "for_everyone"],
    "es": [
        "en_lugar_de_19,90_€",
        "por_solo_12,90_€",
        "a_partir_de_15_euros",
        "20_%",
        "la_tetera",
        "al_horno",
        "no_pierdas",
        "te_encanta",
        "está_lista",
        "Ana_García",
        "tetera~nueva",
        "buen~café",
        "sin_azúcar",
        "tres_minutos",
    ],
    "fr": [
        "au_lieu_de_19,90_€",
        "grâce_à_l'eau",
        "pour_seulement_12_euros",
        "du_thé",
        "la_théière",
        "ne_partez",
        "partez_pas",
        "nous_aimons",
        "est_prêt",
        "Marie_Curie",
        "petite~boîte",
        "thé~vert",
        "5_minutes",
        "adorer_!",
        "«_Mon",
        "20_%",
    ],
    "de": [
        "zum_Preis_von_12,90_Euro",
        "Statt_19,90_€",
        "nur_12,90_€",
        "der_Tee",
        "im_Garten",
        "frische~Minze",
        "natürliche~Zutaten",
        "nicht_warten",
        "ich_liebe",
        "wird_geliefert",
        "Anna_Schmidt",
        "Herr_Müller",
        "500_Gramm",
        "ohne_Zucker",
        "mit_Liebe",
    ],
    "it": [
        "invece_di_19,90_€",
        "a_partire_da_15_euro",
        "a_soli_12_euro",
        "nel_cuore",
        "della_casa",
        "non_perdere",
        "lui_ama",
        "è_pronto",
        "Sofia_Rossi",
        "tè~fresco",
        "buona~notte",
        "tre_minuti",
        "senza_zucchero",
    ],
    "pt": [
        "em_vez_de_19,90_€",
        "por_apenas_R$_49,90",
        "a_partir_de_15_euros",
        "na_cozinha",
        "do_mar",
        "não_perca",
        "você_ama",
        "está_pronto",
        "Ana_Souza",
        "chá~fresco",
        "boa~noite",
        "três_minutos",
        "sem_açúcar",
    ],
    "nl": [
        "in_plaats_van_19,90_€",
        "slechts_12_euro",
        "de_thee",
        "niet_wachten",
        "verse~munt",
        "wij_houden",
        "met_liefde",
    ],
    "pl": ["za_jedyne_12_zł", "w_domu", "nie_czekaj", "świeża~mięta", "Ada_Nowak", "500_gramów", "uśmiecha_się"],
    "ru": ["всего_за_990_рублей", "в_доме", "не_ждите", "свежий~чай", "Анна_Иванова", "500_грамм", "вы_любите"],
    "tr": ["sadece_99_TL", "bir_kutu", "senin_için", "taze~nane", "ya_da", "Ayşe_Yılmaz", "5_dakika", "hazır_değil"],
    "zh": [
        "我们的_茶",
        "不_含",
        "24_袋",
        "￥_99",
        "只要_99_元",
        "我_爱",
        "在_家",
        "可以_喝",
        "新款~绿茶",
        "三_分钟",
        "喝_了",
    ],
    "ja": ["この_お茶", "24_時間", "￥_980", "たった_980_円", "新しい~お茶", "50_％"],
    "ko": ["이_차", "안_됩니다", "24_시간", "단돈_9,900_원", "세_단계", "할_수_있습니다", "새로운~녹차", "80_%"],
    "th": [
        "ไม่_มี",
        "ทุก_เช้า",
        "24_ชั่วโมง",
        "เพียง_199_บาท",
        "คุณ_สมชาย",
        "เรา_รัก",
        "ใน_บ้าน",
        "จะ_ได้",
        "กล่อง~ใหม่",
        "ชา_เขียว",
    ],
    "ar": ["بدلا_من_99_ريال", "هذا_الشاي", "لا_تنتظر", "في_البيت", "5_دقائق", "يمكنك_الطلب"],
    "hi": ["सिर्फ़_499_रुपये_में", "आपके_घर_के_लिए", "यह_चाय", "नहीं_मिलेगा", "ताज़ा~पुदीना", "5_मिनट", "बनी_है", "श्री_शर्मा"],
}


@pytest.mark.parametrize(
    ("language", "phrase"), [(language, phrase) for language, phrases in TIED.items() for phrase in phrases]
)
def test_no_phrase_of_a_language_is_parted(language: str, phrase: str) -> None:
    for left, right in pairwise(re.split("[_~]", phrase)):
        assert parting(left, right, language) >= (DESCRIBED if "~" in phrase else LEANING), (left, right)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_with_a_table_has_phrases_here(language: str) -> None:
    assert language in TIED


SENTENCES = {
    "en": "Fresh mint tea | for your kitchen | and your garden, | only $ 24.99 | instead of $ 39.99.",
    "es": "Ahora 12,90 € | en lugar de 19,90 €, | con la tapa nueva | y sin plástico.",
    "fr": "La petite théière | pour le thé vert, | maintenant 12,90 € | au lieu de 19,90 € !",
    "de": "Frische Minze | aus dem Garten, | jetzt zum Preis von 12,90 € | statt 19,90 €.",
    "it": "Il tè fresco | nel cuore | della casa, | ora 12,90 € | invece di 19,90 €.",
    "pt": "O chá fresco | na sua cozinha, | agora R$ 49,90 | em vez de R$ 59,90.",
    "nl": "Verse munt | uit de tuin, | nu 12,90 € | in plaats van 19,90 €.",
    "pl": "Świeża mięta | z ogrodu, | teraz 49 zł | zamiast 59 zł.",
    "ru": "Свежий чай | из сада, | теперь 990 рублей | вместо 1290 рублей.",
    "hi": "आपके घर के लिए | नया डिब्बा, | सिर्फ़ 499 रुपये में | और नहीं।",
}


@pytest.mark.parametrize("language", SENTENCES)
def test_the_good_places_of_a_sentence_are_the_cheap_ones(language: str) -> None:
    text = SENTENCES[language]
    words = text.replace(" | ", " ").split()
    after = {sum(len(part.split()) for part in text.split("|")[: number + 1]) for number in range(text.count("|"))}
    costs = {at: parting(left, right, language, first=at == 1) for at, (left, right) in enumerate(pairwise(words), 1)}
    assert max(costs[at] for at in after) <= min(cost for at, cost in costs.items() if at not in after), costs
    assert max(costs[at] for at in after) <= 0


@pytest.mark.parametrize(("left", "right"), [("box", "and"), ("made", "from"), ("tea,", "coffee"), ("now.", "Buy")])
def test_a_break_before_a_conjunction_and_after_a_mark_is_welcome(left: str, right: str) -> None:
    assert parting(left, right, "en") < 0


@pytest.mark.parametrize("left", ["and", "or", "at", "with", "from"])
def test_a_break_after_a_conjunction_or_preposition_is_as_bad_as_one_in_a_phrase(left: str) -> None:
    assert parting(left, "tea", "en") == LEANING


def test_german_nouns_side_by_side_are_no_name() -> None:
    assert parting("Tasse", "Tee", "de") < LEANING <= parting("Anna", "Schmidt", "de")


def test_a_verb_before_a_german_noun_is_no_adjective() -> None:
    assert parting("trinken", "Tee", "de") < LEANING


@pytest.mark.parametrize("language", ["en", "de", "xx", ""])
@pytest.mark.parametrize("right", ["🍵", "🍵.", "!", "?", "»", "…"])
def test_a_mark_or_an_emoji_alone_stays_with_the_word_before_it(language: str, right: str) -> None:
    assert parting("tea", right, language) == NEVER


def test_an_emoji_that_opens_a_sentence_stays_with_its_first_word() -> None:
    assert parting("🔥", "Fresh", "en", first=True) == NEVER


def test_a_break_after_an_emoji_and_a_full_stop_is_welcome() -> None:
    assert parting("🍵.", "Fresh", "en") < 0


def test_a_break_after_an_amount_is_no_worse_than_any_other() -> None:
    assert parting("€", "hoy", "es") <= 0


def test_an_abbreviated_title_ends_nothing() -> None:
    assert parting("Dr.", "Brown", "en") > 0


def test_the_first_word_of_a_sentence_is_no_first_name() -> None:
    assert parting("Meet", "Ada", "en", first=True) < NEVER


def test_a_language_without_a_table_is_broken_by_its_marks() -> None:
    assert parting("kettle,", "blau", "xx") < 0 == parting("die", "Box", "xx")


def test_an_amount_stays_whole_in_a_language_without_a_table() -> None:
    assert parting("12,90", "€", "xx") == parting("500", "g", "xx") == NEVER


def test_a_language_is_no_path() -> None:
    assert table("../../captions/phrases/en") == table("xx")


@settings(max_examples=300, deadline=None)
@given(some.text(min_size=1), some.text(min_size=1), some.sampled_from([*LANGUAGES, "xx"]), some.booleans())
def test_any_two_words_have_a_cost(left: str, right: str, language: str, first: bool) -> None:
    assert -12 <= parting(left, right, language, first) <= NEVER
