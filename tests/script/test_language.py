"""Whether a script is in the language of its voice."""

from __future__ import annotations

import pytest

from editai import script
from editai.errors import InvalidInput
from editai.models import BrandKit, Facts
from editai.settings import Settings
from tests.script.asking import brief, refused

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


@pytest.mark.parametrize("text", ENGLISH)
def test_english_lines_with_odd_names_pass(text: str, settings: Settings) -> None:
    script.check(brief(text), BrandKit(when_claim_fails="remove"), settings, "en")


@pytest.mark.parametrize(("name", "text"), FOREIGN.items())
def test_another_language_is_named_with_the_voice(name: str, text: str, settings: Settings) -> None:
    error = refused(text, settings)
    assert error.title == "422 script_language"
    assert name.strip() in error.message
    assert "kokoro:af_heart speaks English" in error.message


def test_facts_in_another_language_are_refused_too(settings: Settings) -> None:
    facts = Facts(
        title="Lámpara Aurora", points=("luz cálida y regulable para tu escritorio", "hecha a mano en España")
    )
    assert refused("", settings, facts).slug == "script_language"


WRITTEN_SO = {
    "hi": "यह लैंप मुड़ जाता है और बैग में आ जाता है।",
    "ru": "Эта лампа складывается и помещается в сумку.",
    "uk": "Ця лампа складається і поміщається в сумку.",
    "el": "Αυτό το φωτιστικό διπλώνει και χωράει στην τσάντα.",
    "ja": "このランプは折りたたんでバッグに入ります。",
    "zh": "这款台灯可以折叠，放进包里。",
    "ko": "이 램프는 접어서 가방에 들어갑니다.",
    "ar": "هذا المصباح قابل للطي ويدخل في الحقيبة.",
}


@pytest.mark.parametrize("language", WRITTEN_SO)
def test_a_language_may_be_written_in_its_own_letters(settings: Settings, language: str) -> None:
    script.check(brief(WRITTEN_SO[language]), BrandKit(), settings, language)


@pytest.mark.parametrize(("language", "text"), [("en", "ru"), ("hi", "ru"), ("ja", "ko"), ("ru", "zh"), ("es", "hi")])
def test_letters_of_another_language_are_refused(settings: Settings, language: str, text: str) -> None:
    with pytest.raises(InvalidInput) as error:
        script.check(brief(WRITTEN_SO[text]), BrandKit(), settings, language)
    assert error.value.slug == "script_language"
