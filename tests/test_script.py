"""What the clip says: from text, from facts, or refused before any work."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from editai import script, spoken
from editai.errors import InvalidInput
from editai.models import Brief, Facts, File, Script, Voice
from editai.settings import Settings

SOURCE = (File(name="a", sha256="a", bytes=1),)
BOX = Facts(title="Alpina Biscuit Box", points=("24 butter biscuits", "a printed box"), price="$12.90", url="")


def brief(text: str = "", facts: Facts | None = None, seed: int = 0, speed: float = 1.0) -> Brief:
    voice = Voice(engine="kokoro", name="af_heart", speed=speed)
    return Brief(sources=SOURCE, script=text, facts=facts or Facts(), voice=voice, seed=seed)


def written(text: str = "", facts: Facts | None = None, seed: int = 0) -> Script:
    made = script.write(brief(text, facts, seed), "en")
    assert made is not None
    return made


def sentences(text: str) -> list[str]:
    return [sentence.displayed for sentence in written(text).sentences]


def refused(text: str, settings: Settings, facts: Facts | None = None, speed: float = 1.0) -> InvalidInput:
    with pytest.raises(InvalidInput) as error:
        script.check(brief(text, facts, speed=speed), settings, "en")
    return error.value


class TestGivenText:
    def test_marks_of_lists_headings_and_quotations_are_left_out(self) -> None:
        notes = "# Meet the lamp\n- Three colours\n* 5 % off\n• #1 in calm\n> It glows."
        assert sentences(notes) == ["Meet the lamp", "Three colours", "5 % off", "#1 in calm", "It glows."]

    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("Only $49.99 today. Order now!", ["Only $49.99 today.", "Order now!"]),
            ("It weighs 3.5 kg. It lasts.", ["It weighs 3.5 kg.", "It lasts."]),
            ("Visit example.com. It is open.", ["Visit example.com.", "It is open."]),
            ("Small parts, e.g. Screws, are in.", ["Small parts, e.g. Screws, are in."]),
            ("Dr. Bloom made it. It works.", ["Dr. Bloom made it.", "It works."]),
            ("By J. R. Smith. A classic.", ["By J. R. Smith.", "A classic."]),
            ("No. 5 is back. No. Really.", ["No. 5 is back.", "No.", "Really."]),
            ("meet the lamp. it is new! it glows.", ["meet the lamp.", "it is new!", "it glows."]),
            ("about approx. five of them", ["about approx. five of them"]),
            ("Wait... there is more. Yes!", ["Wait... there is more.", "Yes!"]),
            ("“Really?” she asked. “Yes.” He nodded.", ["“Really?” she asked.", "“Yes.”", "He nodded."]),
            ("One line\nanother line\n\nthe last", ["One line", "another line", "the last"]),
            ("1. Open it\n2. Use it", ["1. Open it", "2. Use it"]),
            ("Wow!!! So good?! Yes", ["Wow!!!", "So good?!", "Yes"]),
            ("no full stop at all", ["no full stop at all"]),
        ],
    )
    def test_sentences_end_where_people_end_them(self, text: str, wanted: list[str]) -> None:
        assert sentences(text) == wanted

    def test_every_word_stays_as_it_was_typed(self) -> None:
        text = "Zürich-style “fondue”  set — $49.99, {\\N} 100% <b>steel</b> 🧀!"
        assert written(text).displayed == " ".join(text.split())

    def test_a_line_without_a_sound_joins_the_line_before_it(self) -> None:
        assert sentences("Hot deal\n🔥🔥🔥\nCome in") == ["Hot deal 🔥🔥🔥", "Come in"]

    def test_a_first_line_without_a_sound_joins_the_next(self) -> None:
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
    def test_what_cannot_be_seen_is_taken_out(self, typed: str, kept: str) -> None:
        assert script.clean(typed) == kept

    @hypothesis_settings(max_examples=60)
    @given(st.text(max_size=80))
    def test_no_text_is_too_strange(self, text: str) -> None:
        words = script.clean(text).split()
        assume(any(spoken.sounds(word.spoken) for word in spoken.speak(words, "en")))
        shown = written(text).displayed
        assert shown.split() == words
        assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in shown)

    @pytest.mark.parametrize("text", ["...", "  \n ", "😀 👍🏽", "— !? —", "\u200b", "{}", "™®"])
    def test_a_text_with_nothing_to_say_is_refused(self, text: str, settings: Settings) -> None:
        assert refused(text, settings).title == "422 script_empty"

    def test_neither_script_nor_facts_is_no_script(self, settings: Settings) -> None:
        assert script.write(brief(), "en") is None
        script.check(brief(), settings, "en")


class TestLength:
    def test_twenty_thousand_words_are_too_long_by_about_so_many(self, settings: Settings) -> None:
        error = refused("word " * 20_000, settings)
        assert error.title == "422 script_too_long"
        assert "180 seconds" in error.message
        assert "19496 words" in error.message

    def test_a_text_that_fills_the_longest_clip_is_taken(self, settings: Settings) -> None:
        text = "a nice lamp for you and the desk in your room. " * 60
        script.check(brief(text[: 180 * 14 - 60]), settings, "en")

    def test_a_faster_voice_may_say_more(self, settings: Settings) -> None:
        text = "a nice lamp for you and the desk in your room. " * 60
        assert refused(text, settings).slug == "script_too_long"
        script.check(brief(text, speed=1.5), settings, "en")

    def test_numbers_count_as_they_are_spoken(self, settings: Settings) -> None:
        assert refused("Call 123456789 now. " * 60, settings).slug == "script_too_long"

    def test_a_word_that_no_voice_can_say_is_named(self, settings: Settings) -> None:
        assert refused("Look: " + "a" * 600, settings).slug == "script_unspeakable"


class TestFacts:
    def test_everything_said_comes_from_the_facts(self) -> None:
        made = written(facts=BOX)
        assert made.origin == "template"
        assert [sentence.displayed for sentence in made.sentences] == [
            "Meet Alpina Biscuit Box.",
            "24 butter biscuits.",
            "A printed box.",
            "It costs $12.90.",
            "Order yours now.",
        ]

    def test_without_a_price_there_is_no_offer(self) -> None:
        assert written(facts=Facts(title="Aurora Lamp")).displayed == "Meet Aurora Lamp. Order yours now."

    def test_an_address_is_where_to_find_it(self) -> None:
        facts = Facts(title="Aurora Lamp", url="https://www.example.com/lamp?utm_source=x")
        assert written(facts=facts).displayed.endswith("Order yours at example.com/lamp.")

    @pytest.mark.parametrize(
        ("typed", "said"),
        [("come and see us", "Come and see us."), ("Link in bio!", "Link in bio!"), (" Shop now. ", "Shop now.")],
    )
    def test_the_stores_own_call_to_action_is_the_last_sentence(self, typed: str, said: str) -> None:
        made = script.write(brief(facts=BOX).model_copy(update={"call_to_action": typed}), "en")
        assert made is not None
        assert made.sentences[-1].displayed == said
        assert not any(call in made.displayed for call in script._CALLS)

    def test_the_shops_address_stays_beside_the_call_to_action(self) -> None:
        facts = Facts(title="Aurora Lamp", url="example.com")
        made = script.write(brief(facts=facts).model_copy(update={"call_to_action": "Come and see"}), "en")
        assert made is not None
        assert made.displayed == "Meet Aurora Lamp. Order yours at example.com. Come and see."

    def test_a_call_to_action_is_not_put_behind_a_script_that_was_given(self) -> None:
        made = script.write(brief("Meet it.").model_copy(update={"call_to_action": "Come and see"}), "en")
        assert made is not None
        assert made.displayed == "Meet it."

    def test_a_call_to_action_alone_is_no_script(self) -> None:
        assert script.write(brief().model_copy(update={"call_to_action": "Come and see"}), "en") is None

    def test_the_seed_varies_the_wording_and_the_same_seed_repeats_it(self) -> None:
        said = [written(facts=BOX, seed=seed).displayed for seed in range(36)]
        assert len(set(said)) >= 12
        assert said[7] == written(facts=BOX, seed=7).displayed

    def test_no_wording_claims_anything(self) -> None:
        barred = {"best", "number", "guaranteed", "free", "sale", "deal", "limited", "perfect", "amazing", "only", "%"}
        for wording in (*script._HOOKS, *script._OFFERS, *script._CALLS, *script._CALLS_AT):
            assert not barred & set(wording.lower().strip(".?").split())

    def test_points_that_do_not_fit_the_time_are_left_out(self) -> None:
        facts = Facts(title="Aurora Lamp", points=("x y " * 60, "three levels of light", "no glare"), price="$49")
        assert len(written(facts=facts).displayed) <= script.TEMPLATE_LETTERS
        assert "Three levels of light." in written(facts=facts).displayed

    def test_a_shops_long_title_is_said_up_to_its_first_separator(self) -> None:
        title = "Aurora Desk Lamp - LED, Dimmable, USB-C, for Office, Bedroom, Study, Dorm | Gift Idea 2026"
        assert written(facts=Facts(title=title)).sentences[0].displayed == "Meet Aurora Desk Lamp."

    def test_only_an_address_is_not_enough(self) -> None:
        assert script.write(brief(facts=Facts(url="example.com")), "en") is None

    def test_another_language_asks_for_a_script(self) -> None:
        with pytest.raises(InvalidInput) as error:
            script.write(brief(facts=BOX), "es")
        assert error.value.title == "422 script_needed"


ENGLISH = (
    "Meet the Aurora desk lamp. Only $49.99 this week!",
    "Glow Up Serum. Vitamin C, Niacinamide, Hyaluronic.",
    "Shop now",
    "La Maison Rouge candle, hand poured in Vermont",
    "Barista Espresso Doppio Crema maker",
    "Tagliatelle, Pappardelle and Fettuccine, made in Bologna",
    "Crème Brûlée Torch. Butane refill. Piezo ignition. Lock switch.",
    "Schwarzkopf Gliss Kur. Repairs dry hair overnight.",
    "El Mariachi hot sauce: habanero, mango, lime.",
    "Hack: Björksnäs drawer knobs, brass, set of four.",
    "Xiaomi Redmi Buds 6 Pro. ANC, LDAC, Bluetooth 5.4, IP54.",
    "Nespresso Vertuo Pop. Crema. Lungo. Espresso. Your call.",
    "Dolce Vita sandals. Cuoio leather. Hand stitched.",
    "Zubrówka glasses, set of six, gift boxed.",
    "USB-C hub: HDMI 4K, SD, microSD, 100W PD.",
    "Noir. Rouge. Blanc. Three lipsticks, one box.",
    "Pho bowl kit. Nuoc mam, banh pho, star anise.",
    "Fjällräven Kånken. Vinylon F. 16 litres.",
    "Sriracha aioli, yuzu kosho, gochujang: three jars, one price.",
    "Merino base layer. No itch. No stink.",
    "Kawaii bento box, nori punch included.",
    "Piña colada scented soy candle, 40 hour burn.",
    "De'Longhi Dedica Arte: latte art at home.",
    "Gut gemacht? Gut made. Sauerkraut crock, 5 litre, stoneware.",
    "Añejo tequila glasses, mouth blown in Jalisco, dishwasher safe.",
    "Retinol 0.3 serum, squalane, ceramides, peptides, fragrance free.",
    "Bialetti Moka Express, sei tazze, makes six cups of espresso.",
    "Cappuccino, macchiato, ristretto, lungo, doppio, all at one button.",
    "Feliz Navidad mugs are back, get two.",
    "東京 ramen bowls, set of four, with chopsticks",
    "NEW DROP. LIMITED RUN. SHIPS FRIDAY.",
    "wifi plug w/ timer & energy meter 16A",
)
FOREIGN = {
    "Spanish": "Descubre la nueva lámpara de escritorio Aurora. Solo esta semana por 49,99 euros.",
    "Spanish ": "DESCUBRE LA NUEVA LAMPARA DE ESCRITORIO CON LUZ CALIDA",
    "French": "Découvrez la lampe de bureau Aurora. Seulement cette semaine à 49,99 euros.",
    "German": "Nur diese Woche für 49,99 Euro. Jetzt kaufen.",
    "Italian": "Scopri la nuova lampada da scrivania Aurora. Solo questa settimana a 49,99 euro.",
    "Portuguese": "Conheça a nova luminária de mesa Aurora. Só esta semana por 49,99 euros.",
    "Polish": "Poznaj nową lampkę biurkową Aurora. Tylko w tym tygodniu za 49,99 euro.",
    "Dutch": "Maak kennis met de nieuwe bureaulamp Aurora, met warm licht.",
    "Turkish": "Yeni Aurora masa lambası ile tanışın, sıcak ışık.",
    "Cyrillic letters": "Новая настольная лампа Аврора.",
    "Arabic letters": "تعرف على مصباح المكتب الجديد",
    "Chinese letters": "全新台灯，本周仅售四十九元。",
    "Devanagari letters": "नया डेस्क लैंप, इस हफ्ते केवल",
    "Hiragana letters": "あたらしいデスクランプをごらんください",
    "Hangul letters": "새로운 책상 램프를 만나보세요",
}


class TestLanguage:
    @pytest.mark.parametrize("text", ENGLISH)
    def test_english_lines_with_odd_names_pass(self, text: str, settings: Settings) -> None:
        script.check(brief(text), settings, "en")

    @pytest.mark.parametrize(("name", "text"), FOREIGN.items())
    def test_another_language_is_named_with_the_voice(self, name: str, text: str, settings: Settings) -> None:
        error = refused(text, settings)
        assert error.title == "422 script_language"
        assert name.strip() in error.message
        assert "kokoro:af_heart speaks English" in error.message

    def test_facts_in_another_language_are_refused_too(self, settings: Settings) -> None:
        facts = Facts(
            title="Lámpara Aurora", points=("luz cálida y regulable para tu escritorio", "hecha a mano en España")
        )
        assert refused("", settings, facts).slug == "script_language"


@pytest.mark.parametrize(
    "facts",
    [
        Facts(title="x" * 201),
        Facts(title="Lamp", price="$" + "9" * 50),
        Facts(title="Lamp", points=("x" * 501,)),
        Facts(title="Lamp", points=("bright",) * 51),
        Facts(title="Lamp", url="https://example.com/" + "x" * 2000),
    ],
    ids=["title", "price", "point", "points", "url"],
)
def test_facts_without_end_are_refused(facts: Facts, settings: Settings) -> None:
    assert refused("Meet the lamp.", settings, facts).title == "422 facts_too_long"
