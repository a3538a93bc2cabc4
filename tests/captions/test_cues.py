from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from editai import captions
from editai.captions.layout import room, squeeze, width
from editai.captions.writing import counted
from editai.errors import InvalidInput
from editai.models import FPS, CaptionStyle, Cue, Narration, joined

from .adverts import ADVERTS, faults, narrated, scripts
from .drawing import narration, timed

BOLD, POP, BOXED = captions.style("bold"), captions.style("pop"), captions.style("boxed")
every_style = pytest.mark.parametrize("style", captions.styles(), ids=lambda style: style.name)
every_style_of_phrases = pytest.mark.parametrize(
    "style", [style for style in captions.styles() if style.max_words > 1], ids=lambda style: style.name
)

ADVERT = (
    "Meet the Golden Leaf tea box. Only $24.99 for 50 bags, and no plastic at all. Steep it for 3 minutes, or five if "
    "you like it strong. Ada Lovelace would not have missed it. Order yours at goldenleaf.example today!"
)


def ends(cues: tuple[Cue, ...]) -> set[tuple[str, str]]:
    """The pairs of words that a new cue or a new line parts."""
    rows = [line for item in cues for line in item.lines]
    return {(before[-1].text, after[0].text) for before, after in pairwise(rows)}


@every_style
def test_every_word_is_there_once_and_in_order(style: CaptionStyle) -> None:
    cues = captions.make_cues(narration(ADVERT), style)
    assert [word.text for item in cues for word in item.words] == ADVERT.split()


@every_style
def test_a_cue_begins_with_its_first_word_or_a_frame_before(style: CaptionStyle) -> None:
    said = narration(ADVERT)
    spoken = iter(said.words)
    for item in captions.make_cues(said, style):
        for word in item.words:
            late = word.start * 1000 / FPS - next(spoken).start_ms
            assert -1000 / FPS < late <= 0


@every_style
def test_no_cue_goes_on_after_the_end_of_a_sentence(style: CaptionStyle) -> None:
    for item in captions.make_cues(narration(ADVERT), style):
        assert not any(word.text.endswith((".", "!")) for word in item.words[:-1])


@every_style_of_phrases
def test_what_belongs_together_is_not_parted(style: CaptionStyle) -> None:
    parted = ends(captions.make_cues(narration(ADVERT), style))
    assert parted.isdisjoint(
        {("50", "bags,"), ("no", "plastic"), ("3", "minutes,"), ("Ada", "Lovelace"), ("the", "Golden"), ("not", "have")}
    )


@every_style_of_phrases
def test_the_words_of_a_cue_are_as_many_as_the_style_wants_or_one_more_for_a_phrase(style: CaptionStyle) -> None:
    cues = captions.make_cues(narration(ADVERT), style)
    assert all(len(item.words) <= style.max_words + 1 for item in cues)
    assert sum(len(item.words) > style.max_words for item in cues) <= 1
    assert sum(len(item.words) == 1 for item in cues) <= 1


@every_style
def test_a_line_of_words_needs_hardly_any_shrinking(style: CaptionStyle) -> None:
    for item in captions.make_cues(narration(ADVERT), style):
        assert len(item.lines) <= style.max_lines
        for line in item.lines:
            assert (
                len(line) == 1 or width(" ".join(word.text for word in line), style) <= squeeze(style) * room(style) + 1
            )


def test_a_pause_parts_two_cues() -> None:
    said = timed(("open", 0, 300), ("it", 310, 600), ("then", 1000, 1300), ("pour", 1310, 1700))
    assert ends(captions.make_cues(said, BOLD)) == {("it", "then")}


def test_a_comma_parts_two_cues_rather_than_the_middle_of_a_phrase() -> None:
    cues = captions.make_cues(narration("Fresh in the morning, calm in the evening"), BOLD)
    assert cues[0].words[-1].text == "morning,"


def test_a_gap_under_half_a_second_is_closed() -> None:
    said = timed(("One.", 0, 500), ("Two.", 900, 1400), sentences=(0, 1))
    first, second = captions.make_cues(said, BOLD)
    assert first.end == second.start == 27


def test_before_a_longer_gap_a_cue_leaves_soon_after_its_last_word() -> None:
    said = timed(("One", 0, 500), ("more.", 510, 1000), ("Two.", 3000, 3500), sentences=(0, 0, 1))
    first, _ = captions.make_cues(said, BOLD)
    assert 0.15 <= first.end / FPS - 1.0 <= 0.3


def test_the_last_cue_leaves_soon_after_its_last_word() -> None:
    (only,) = captions.make_cues(timed(("Buy", 0, 500), ("now!", 510, 1000)), BOLD)
    assert 0.15 <= only.end / FPS - 1.0 <= 0.3


def test_a_short_word_stays_long_enough_to_be_read_where_the_voice_allows() -> None:
    said = timed(("Now.", 0, 200), ("Later.", 3000, 3300), sentences=(0, 1))
    first, _ = captions.make_cues(said, BOLD)
    assert first.end - first.start >= 25


def test_sentences_too_short_for_cues_of_their_own_share_one() -> None:
    said = timed(("No.", 0, 120), ("No.", 130, 250), ("Never!", 260, 700), sentences=(0, 1, 2))
    assert all(item.end - item.start >= 6 for item in captions.make_cues(said, BOLD))


def test_words_in_the_same_frame_get_a_frame_each() -> None:
    said = timed(("a", 0, 5), ("b", 5, 8), ("c", 8, 400))
    words = [word for item in captions.make_cues(said, BOLD) for word in item.words]
    assert [word.start for word in words] == [0, 1, 2]


def test_english_is_read_at_no_more_than_20_characters_a_second() -> None:
    for item in captions.make_cues(narration(ADVERT, cps=16), BOXED):
        assert len(item.text) / ((item.end - item.start) / FPS) <= 20


def test_a_word_wider_than_the_safe_box_has_a_line_of_its_own() -> None:
    cues = captions.make_cues(narration("see www.the-very-long-address.example.com/offers now"), POP)
    assert any(len(line) == 1 and line[0].text.startswith("www.") for item in cues for line in item.lines)


def test_a_script_without_a_font_is_refused_before_any_cue() -> None:
    with pytest.raises(InvalidInput, match="Egyptian"):
        captions.make_cues(narration("𓀀 and milk"), BOLD)


def test_a_thousand_words_are_cut_without_a_word_lost() -> None:
    said = narration(" ".join(f"word{number}" for number in range(1000)))
    assert sum(len(item.words) for item in captions.make_cues(said, BOLD)) == 1000


LEAST = {
    "bold": {"lone": 0.002, "parted": 0.002, "described": 0.02, "fast": 0.0, "brief": 0.07},
    "boxed": {"lone": 0.01, "parted": 0.002, "described": 0.02, "fast": 0.0, "brief": 0.01},
    "pop": {"lone": 0.025, "parted": 0.02, "described": 0.03, "fast": 0.002, "brief": 0.0},
}
"""The part of all cues that may have a fault. Few are left where no way to cut a sentence has none."""


@pytest.mark.slow
@pytest.mark.parametrize("name", LEAST)
def test_what_shops_say_is_cut_well_in_every_language(name: str) -> None:
    style, found = captions.style(name), {}
    for language in ADVERTS:
        said = [narrated(text, language) for text in scripts(language)]
        found[language] = sum((faults(captions.make_cues(one, style), one, style) for one in said), Counter[str]())
    whole = sum(found.values(), Counter[str]())
    for language, counts in {**found, "all": whole}.items():
        print(f"{name:6} {language:3}", *(f"{what} {counts[what]:4}" for what in ("cues", *LEAST[name])))
    for what, most in LEAST[name].items():
        assert whole[what] <= most * whole["cues"], what


@pytest.mark.parametrize("name", ["bold", "boxed", "clean"])
def test_an_amount_with_what_it_replaces_is_one_cue(name: str) -> None:
    said = narration("Ahora 12,90 € en lugar de · 19,90 €. ¡No te la pierdas!", language="es")
    assert not ends(captions.make_cues(said, captions.style(name))) & {("de", "·"), ("·", "19,90"), ("19,90", "€")}


def test_a_sign_that_stands_alone_is_no_word_of_its_own() -> None:
    (only,) = captions.make_cues(narration("Tea · 19,90 € – now &"), BOLD)
    assert len(only.words) == 7


@every_style_of_phrases
@pytest.mark.parametrize("language", ["zh", "ja", "th"])
def test_writing_without_spaces_is_cut_into_cues_that_fit(language: str, style: CaptionStyle) -> None:
    for text in ADVERTS[language]["scripts"]:
        cues = captions.make_cues(narrated(text, language), style)
        assert joined([word for item in cues for word in item.words]) == text
        for item in cues:
            assert sum(counted(word.text) for word in item.words) <= style.max_words + 1 or len(item.words) == 1
            for line in item.lines:
                assert len(line) == 1 or width(joined(line), style) <= squeeze(style) * room(style) + 1


@every_style
def test_a_japanese_sentence_is_shown_phrase_by_phrase(style: CaptionStyle) -> None:
    said = narrated("新しいお茶の香りをお届けします。今なら一箱1,980円、送料無料です。", "ja")
    cues = captions.make_cues(said, style)
    assert ends(cues) <= {
        ("新しい", "お茶の"), ("お茶の", "香りを"), ("香りを", "お届けします。"), ("お届けします。", "今なら"),
        ("今なら", "一箱"), ("一箱", "1,980円、"), ("1,980円、", "送料無料です。"),
    }  # fmt: skip


@some.composite
def narrations(draw: some.DrawFn) -> Narration:
    """Words as voices speak them: 40 to 120 ms a letter, with and without pauses, sentences of any length."""
    words, sentences = [], []
    at, sentence = draw(some.integers(0, 500)), 0
    for _ in range(draw(some.integers(1, 14))):
        text = draw(some.text(some.characters(categories=["Ll", "Lu"], max_codepoint=0x17F), min_size=1, max_size=14))
        length = max(80, len(text) * draw(some.integers(40, 120)))
        words.append((text, at, at + length))
        sentences.append(sentence)
        at += length + draw(some.sampled_from((0, 0, 0, 20, 320, 700, 1500)))
        sentence += draw(some.sampled_from((0, 0, 0, 1)))
    return timed(*words, sentences=sentences)


@settings(max_examples=60, deadline=None)
@given(narrations(), some.sampled_from(captions.styles()))
def test_cues_of_any_narration_hold_together(said: Narration, style: CaptionStyle) -> None:
    cues = captions.make_cues(said, style)
    assert [word.text for item in cues for word in item.words] == [word.text for word in said.words]
    for item in cues:
        words = item.words
        assert item.end - item.start >= 6
        assert (words[0].start, words[-1].end) == (item.start, item.end)
        assert all(word.end > word.start for word in words)
        assert all(before.end == after.start for before, after in pairwise(words))
    for before, after in pairwise(cues):
        assert after.start == before.end or after.start - before.end >= FPS // 2
