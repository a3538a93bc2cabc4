"""A translation laid under the times of the captions that it is of: in files, and in the picture."""

from __future__ import annotations

import io
import itertools

import pysubs2
import pytest
import webvtt
from hypothesis import given, settings
from hypothesis import strategies as st

from editai import captions, formats
from editai.captions.cues import SHORTEST
from editai.captions.layout import block, room, squeeze, width
from editai.captions.translated import said_in, still_true
from editai.errors import InvalidInput
from editai.models import Cue, CueWord, Plan, Translation, joined

from .drawing import cue, narration, plan

BOLD = captions.style("bold")
SAID = "Meet the Alpina biscuit box. Inside are 24 butter biscuits, in a printed box worth keeping."
STYLES = [style.name for style in captions.styles()]


def spoken(style: str = "bold") -> Plan:
    look = captions.style(style)
    return plan(captions.make_cues(narration(SAID), look), look)


def in_italian(timeline: Plan, *texts: str, burned: bool = True, language: str = "it") -> Plan:
    """The plan with a translation; captions without a text of their own get a long one."""
    said = said_in(timeline.cues)
    whole = (*texts, *("una traduzione piuttosto lunga davvero" for _ in said[len(texts) :]))
    made = Translation(language=language, said=said, texts=whole)
    return timeline.model_copy(update={"translations": (made,), "burned_language": language if burned else ""})


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_files_of_a_translation_have_the_times_of_the_captions_and_its_texts() -> None:
    timeline = in_italian(spoken(), "Ecco la scatola", burned=False)
    (files,) = captions.write(timeline).translations
    srt, vtt = pysubs2.SSAFile.from_string(files.srt, "srt"), webvtt.from_buffer(io.StringIO(files.vtt), strict=True)
    assert files.language == "it"
    assert [event.plaintext for event in srt] == [item.text for item in vtt.captions]
    assert [event.plaintext for event in srt] == list(timeline.translations[0].texts)
    assert [round(event.start * 30 / 1000) for event in srt] == [item.start for item in timeline.cues]
    assert [round(event.end * 30 / 1000) for event in srt] == [item.end for item in timeline.cues]
    assert files.transcript.startswith("Ecco la scatola una traduzione")


def test_its_words_share_the_time_of_their_caption_by_their_letters() -> None:
    timeline = plan([cue("Meet it", start=30, each=30)], BOLD)
    (files,) = captions.write(in_italian(timeline, "Ecco la scatola")).translations
    assert files.vtt == "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\nEcco <00:00:01.600>la <00:00:01.933>scatola\n"


def test_the_captions_own_files_stay_as_they_are_spoken() -> None:
    timeline = spoken()
    own, translated = captions.write(timeline), captions.write(in_italian(timeline))
    assert (own.srt, own.vtt, own.ass, own.transcript) == (
        translated.srt, translated.vtt, translated.ass, translated.transcript,
    )  # fmt: skip


def test_a_caption_whose_words_are_all_hidden_shows_nothing_in_any_language() -> None:
    hidden = Cue(lines=((CueWord(text="", start=0, end=20),),), start=0, end=20)
    timeline = plan([hidden, cue("Try it", start=20)], BOLD)
    made = Translation(language="it", said=("", "Try it"), texts=("", "Provalo"))
    (files,) = captions.write(timeline.model_copy(update={"translations": (made,)})).translations
    assert [event.plaintext for event in pysubs2.SSAFile.from_string(files.srt, "srt")] == ["\u200b", "Provalo"]


# ── what was edited since ────────────────────────────────────────────────────────────────────────────────────────

MADE = Translation(language="it", said=("Meet it.", "Golden tea", "for you"), texts=("Eccolo.", "tè d'oro", "per te"))


@pytest.mark.parametrize(
    ("said", "known"),
    [
        (("Meet it.", "Golden tea", "for you"), ("Eccolo.", "tè d'oro", "per te")),
        (("Meet it.", "Green tea", "for you"), ("Eccolo.", None, "per te")),
        (("Meet it.", "Golden", "tea", "for you"), ("Eccolo.", None, None, "per te")),
        (("Meet it.", "Golden tea for you"), ("Eccolo.", None)),
        (("", "Golden tea", "for you"), ("", "tè d'oro", "per te")),
        (("New.",), (None,)),
    ],
)
def test_what_says_the_same_keeps_its_translation_and_the_rest_has_none(
    said: tuple[str, ...], known: tuple[str | None, ...]
) -> None:
    assert still_true(MADE, said) == known


def test_an_edited_caption_is_not_shown_with_the_translation_of_what_it_said() -> None:
    timeline = in_italian(plan([cue("Meet it"), cue("Golden tea", start=60)], BOLD), "Eccolo", "tè d'oro")
    edited = timeline.model_copy(update={"cues": (timeline.cues[0], cue("Green tea", start=60))})
    assert [item.text for item in captions.in_picture(edited).cues] == ["Eccolo", "Green tea"]


# ── in the picture ───────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_burned_in_is_the_translation_in_its_own_language() -> None:
    timeline = in_italian(spoken(), "Ecco la scatola")
    burned = captions.burned(timeline, captions.write(timeline))
    shown = captions.in_picture(timeline)
    assert shown.language == "it"
    assert "scatola" in burned.ass
    assert "biscuit" not in burned.ass
    assert "biscuit" in burned.srt


def test_what_sells_stands_out_in_the_translation_too() -> None:
    timeline = in_italian(spoken(), "solo 49,99 euro oggi")
    (made,) = timeline.translations
    told = timeline.model_copy(update={"translations": (made.model_copy(update={"phrases": ("49,99 euro",)}),)})
    shown = captions.in_picture(told).cues
    assert [word.text for cue in shown for word in cue.words if word.emphasised] == ["49,99", "euro"]


def test_a_translation_that_changes_too_fast_to_be_read_is_named() -> None:
    long = "una scatola di biscotti al burro stampata che vale davvero la pena di conservare per sempre"
    timeline = in_italian(plan([cue("Meet it now", each=10)], BOLD), long)
    assert "captions_hurried" in [
        told.slug for told in captions.burned(timeline, captions.write(timeline)).degradations
    ]


def test_without_a_language_to_burn_in_the_picture_shows_what_is_spoken() -> None:
    timeline = in_italian(spoken(), burned=False)
    assert captions.in_picture(timeline) is timeline
    assert "biscuit" in captions.burned(timeline, captions.write(timeline)).ass


@pytest.mark.parametrize("style", STYLES)
def test_nothing_of_a_translation_leaves_its_line_and_its_time(style: str) -> None:
    timeline = in_italian(
        spoken(style), "Ecco", "una scatola di biscotti al burro stampata che vale la pena conservare"
    )
    look, shape = timeline.style, formats.of_size(1080, 1920)
    shown = captions.in_picture(timeline).cues
    for own in timeline.cues:
        parts = [part for part in shown if own.start <= part.start < own.end]
        assert (parts[0].start, parts[-1].end) == (own.start, own.end)
        assert all(before.end == after.start for before, after in itertools.pairwise(parts))
        assert all(part.end - part.start >= SHORTEST for part in parts)
        for part in parts:
            words = part.words
            assert words[0].start == part.start
            assert words[-1].end == part.end
            assert all(one.start < one.end == other.start for one, other in itertools.pairwise(words))
            laid = block(part, look, shape)
            assert laid is not None
            assert shape.clear.left <= laid.left < laid.right <= shape.clear.right
    whole = [word.text for item in shown for word in item.words]
    assert whole == " ".join(timeline.translations[0].texts).split()


def test_more_words_than_a_caption_of_the_style_has_are_parted_inside_of_its_time() -> None:
    timeline = in_italian(plan([cue("Try our tea now", each=30)], BOLD), "Prova subito il nostro tè davvero buono oggi")
    shown = captions.in_picture(timeline).cues
    assert len(shown) > 1
    assert all(len(part.words) <= BOLD.max_words + 1 for part in shown)
    assert all(width(joined(line), BOLD) <= squeeze(BOLD) * room(BOLD) for part in shown for line in part.lines)


def test_where_there_is_no_time_for_a_word_alone_some_stand_together() -> None:
    look = captions.style("one_word")
    timeline = in_italian(plan([cue("Butter biscuits", each=12)], look), "con biscotti al burro da regalare")
    shown = captions.in_picture(timeline).cues
    assert 1 < len(shown) < 6
    assert all(part.end - part.start >= SHORTEST for part in shown)


def test_a_short_caption_is_not_parted_into_flickering_ones() -> None:
    timeline = in_italian(plan([cue("Now", each=8)], BOLD), "Adesso e subito per tutti voi qui davanti")
    (shown,) = captions.in_picture(timeline).cues
    assert len(shown.lines) == 2
    assert (shown.start, shown.end) == (0, 8)


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("ja", ["バタークッキー入り。"]),
        ("ja", ["この", "箱を、", "「見て」Alpinaの", "12枚"]),
        ("ja", ["$12.90で", "お得。"]),
        ("zh", ["看看", "“盒子”，", "很好。"]),
        ("zh", ["Alpina", "饼干", "$12.90。"]),
    ],
)
def test_a_language_without_spaces_goes_by_its_phrases(language: str, parts: list[str]) -> None:
    timeline = in_italian(plan([cue("Meet the box now", each=20)], BOLD), "".join(parts), language=language)
    shown = captions.in_picture(timeline).cues
    assert [word.text for item in shown for word in item.words] == parts
    assert "".join(joined(item.words) for item in shown) == "".join(parts)


def test_right_to_left_is_laid_out_like_any_other_text() -> None:
    timeline = in_italian(plan([cue("Meet the box", each=20)], BOLD), "هذا هو الصندوق", language="ar")
    assert captions.in_picture(timeline).cues[0].text == "هذا هو الصندوق"


def test_letters_that_no_font_has_are_an_error_by_name() -> None:
    timeline = in_italian(plan([cue("Meet it")], BOLD), "𓀀𓁐 𓂀𓃭")
    with pytest.raises(InvalidInput) as caught:
        captions.in_picture(timeline)
    assert caught.value.slug == "no_font_for_script"


@settings(deadline=None)
@given(st.lists(st.text(st.characters(categories=["L", "N", "P"], max_codepoint=0x24F), min_size=1), min_size=1))
def test_any_words_fill_the_time_of_their_caption(words: list[str]) -> None:
    timeline = in_italian(plan([cue("Meet it now", start=7)], BOLD), " ".join(words))
    (files,) = captions.write(timeline).translations
    (read,) = webvtt.from_buffer(io.StringIO(files.vtt), strict=True).captions
    assert (read.start, read.end) == ("00:00:00.233", "00:00:01.233")
    shown = captions.in_picture(timeline).cues
    assert (shown[0].start, shown[-1].end) == (7, 37)
