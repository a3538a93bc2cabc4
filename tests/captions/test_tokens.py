"""Writing without spaces, taken apart: a bar stands where a caption may be parted."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from editai.captions.tokens import pieces, tokens
from editai.captions.writing import counted, line_ends, read, reading
from editai.models import Narration, Word

from .adverts import ADVERTS, narrated
from .drawing import FILE

PARTED = {
    "zh": (
        "我们的|新款|绿茶|礼盒。",
        "里面有|24袋|有机|绿茶，|不含|塑料。",
        "智能|手表|续航|长达|14天，|支持|50米|防水。",
        "别再|为|早餐|发愁，|三分钟|就能|做好。",
        "这款|保温杯|可以|保温|二十四小时，|喝水|更|方便。",
        "這款|保溫杯|可以|保溫|二十四小時，|喝水|更|方便。",
        "原價|299元，|現在|只賣|199元。",
        "现在|￥99.5|（含|税）|起，|iPhone15|手机壳！",
    ),
    "ja": (
        "新しい|お茶の|香りを|お届けします。",
        "今なら|一箱|1,980円、|送料無料です。",
        "この|水筒は|24時間、|冷たさを|保ちます。",
        "ちょっと|待って！|もう|売り切れそうです。",
        "たった|3分で、|ふわふわの|パンケーキが|できます。",
        "スーパーコットンの|Ｔシャツ、|50％オフ。|iPhone15対応、|￥1,980|（税込）",
    ),
    "th": (
        "พบ|กับ|กล่อง|ชา|ใบทอง|ของ|เรา",
        "แช่|ไว้|สาม|นาที",
        "เก็บ|ความ|เย็น|ได้|นาน|ยี่สิบ|สี่|ชั่วโมง",
        "ลิ้นชัก|ไหน|ก็ได้",
        "ข้อความ|เล็กๆ",
    ),
    "ko": ("신선한", "12,900", "따갑지"),
    "en": ("goldenleaf.example", "e-mail", "Ｔ-shirt", "don’t"),
}


@pytest.mark.parametrize(("language", "text"), [(each, text) for each, texts in PARTED.items() for text in texts])
def test_a_text_is_taken_apart_where_people_would(language: str, text: str) -> None:
    assert "|".join(pieces(text.replace("|", ""), language)) == text


@pytest.mark.parametrize("amount", ["99元", "￥99.5", "50％", "三分钟", "二十四小时", "12.5元。", "365张"])
def test_a_chinese_number_stays_with_its_counter_and_its_sign(amount: str) -> None:
    assert any(amount in piece for piece in pieces(f"现在{amount}，大家快来看看", "zh"))


@pytest.mark.parametrize("amount", ["1,980円", "￥1,980", "50％", "3分", "24時間", "365枚", "一個", "三段階"])
def test_a_japanese_number_stays_with_its_counter_and_its_sign(amount: str) -> None:
    assert any(amount in piece for piece in pieces(f"今なら{amount}、お届けします", "ja"))


@settings(max_examples=200, deadline=None)
@given(some.text("茶の香り、。」「（）ーっゃ々ー！？・円１2a."), some.sampled_from(["zh", "ja"]))
def test_no_phrase_begins_with_a_closing_mark_or_ends_with_an_opening_one(text: str, language: str) -> None:
    for piece in pieces(text, language)[1:]:
        assert piece[0] not in "、。」）ーっゃ々！？・"
    for piece in pieces(text, language)[:-1]:
        assert piece[-1] not in "「（"


@settings(max_examples=200, deadline=None)
@given(some.text("กขมนา็้ีเแะๆ"))
def test_no_thai_letter_is_parted_from_its_marks(text: str) -> None:
    assert not any(piece[0] in "็้ี" for piece in pieces(text, "th")[1:])


@settings(max_examples=300, deadline=None)
@given(some.text(min_size=1), some.sampled_from(["zh", "ja", "th", "en", "", "xx"]))
def test_the_phrases_of_any_text_are_the_text(text: str, language: str) -> None:
    assert "".join(pieces(text, language)) == text


@pytest.mark.parametrize("language", ADVERTS)
def test_the_tokens_of_a_narration_are_what_was_typed(language: str) -> None:
    for text in ADVERTS[language]["scripts"]:
        said = narrated(text, language)
        found = tokens(said)
        typed = "".join(("" if word.glued or not at else " ") + word.text for at, word in enumerate(found))
        assert typed == text


def spoken(*words: tuple[str, int, int], language: str = "ja", glued: bool = False) -> Narration:
    made = tuple(
        Word(text=text, start_ms=start, end_ms=end, sentence=0, glued=glued and at > 0)
        for at, (text, start, end) in enumerate(words)
    )
    return Narration(audio=FILE, duration_ms=words[-1][2], words=made, language=language, origin="voice")


def test_phrases_share_the_time_of_their_word_by_what_there_is_to_say() -> None:
    found = tokens(spoken(("お茶の香りです", 1000, 2000)))
    assert [word.text for word in found] == ["お茶の", "香りです"]
    assert [(word.start_ms, word.end_ms) for word in found] == [(1000, 1444), (1444, 2000)]  # 4 morae and 5


def test_a_pause_at_a_comma_belongs_to_the_phrase_before_it() -> None:
    without, with_comma = (tokens(spoken((text, 0, 2000)))[0].end_ms for text in ("朝は元気です", "朝は、元気です"))
    assert with_comma > without


def test_words_that_were_taken_apart_before_keep_their_times() -> None:
    words = (("お茶の香りを", 0, 500), ("届けます", 500, 900))
    assert [(word.text, word.start_ms, word.end_ms) for word in tokens(spoken(*words, glued=True))] == list(words)


def test_thai_keeps_the_spaces_that_were_typed() -> None:
    found = tokens(spoken(("ลดราคา", 0, 500), ("50%", 500, 900), ("วันนี้", 900, 1300), language="th"))
    assert [word.text for word in found] == ["ลดราคา", "50%", "วันนี้"]
    assert not any(word.glued for word in found)


def test_a_sentence_that_was_typed_without_a_space_before_it_has_none() -> None:
    said = narrated("今天就下单吧！送给你爱的人。", "zh")
    assert [word.text for word in tokens(said) if not word.glued] == ["今天"]


def test_lines_without_a_full_stop_are_set_apart() -> None:
    said = narrated("一箱1,980円\n送料無料", "ja")
    assert [word.text for word in tokens(said) if not word.glued] == ["一箱", "送料無料"]


@pytest.mark.parametrize(
    ("text", "words"),
    [("tea", 1), ("19,90", 1), ("€", 0), ("·", 0), ("–", 0), ("%", 0), ("🍵", 0), ("&", 1), ("state-of-the-art", 1),
     ("绿茶", 1), ("香りです", 1.5), ("99元", 1.5), ("ชาเขียว", 1.2), ("신선한", 1)],
)  # fmt: skip
def test_what_is_read_aloud_counts_as_words(text: str, words: float) -> None:
    assert counted(text) == pytest.approx(words)


def test_half_a_width_is_half_a_character_where_characters_are_wide() -> None:
    assert read("99元", "zh") == 2
    assert read("99 zł", "pl") == 5


def test_every_reading_speed_says_where_it_is_from() -> None:
    for language in ("any", "en", "zh", "ja", "ko", "ar"):
        assert reading(language).source
    assert reading("xx") == reading("any")


def test_a_line_is_not_begun_with_what_closes_nor_ended_with_what_opens() -> None:
    assert line_ends("「茶」を、飲む") == {3, 5, 6, 7}


def test_nothing_is_loaded_for_writing_with_spaces() -> None:
    code = (
        "import sys; from editai.captions.tokens import pieces; pieces('tea', 'en'); "
        "print(sum(name.split('.')[0] in ('budoux', 'icu4py') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip() == "0"
