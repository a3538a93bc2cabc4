from __future__ import annotations

import html
import io
import itertools
import re

import pysubs2
import pytest
import webvtt
from hypothesis import given, settings
from hypothesis import strategies as st

from editai import captions
from editai.models import Cue, CueWord

from .adverts import ADVERTS, narrated
from .drawing import cue, narration, plan

BOLD = captions.style("bold")


def test_srt_and_vtt_have_the_cues_times_and_lines() -> None:
    subtitles = captions.write(plan([cue("Only $24.99", "for 50 bags,", start=3)], BOLD))
    assert subtitles.srt == "1\n00:00:00,100 --> 00:00:01,767\nOnly $24.99\nfor 50 bags,\n"
    assert subtitles.vtt == (
        "WEBVTT\n\n00:00:00.100 --> 00:00:01.767\n"
        "Only <00:00:00.433>$24.99\n<00:00:00.767>for <00:00:01.100>50 <00:00:01.433>bags,\n"
    )


def test_other_programs_read_the_same_cues_from_the_files() -> None:
    cues = captions.make_cues(narration("Fresh tea for 20 percent less. Buy it today!"), BOLD)
    subtitles = captions.write(plan(cues, BOLD))
    srt, vtt = pysubs2.SSAFile.from_string(subtitles.srt, "srt"), webvtt.from_string(subtitles.vtt, strict=True)
    assert [event.plaintext for event in srt] == [item.text for item in vtt.captions] == [item.text for item in cues]
    assert [round(event.start * 30 / 1000) for event in srt] == [item.start for item in cues]
    assert [item.start.replace(".", ",") for item in vtt.captions] == re.findall(
        r"^(\S+) -->", subtitles.srt, re.MULTILINE
    )


def test_vtt_escapes_what_it_would_take_for_markup_and_srt_keeps_it() -> None:
    subtitles = captions.write(plan([cue("<b>Q&A</b>")], BOLD))
    assert "&lt;b&gt;Q&amp;A&lt;/b&gt;" in subtitles.vtt
    assert "<b>Q&A</b>" in subtitles.srt


def test_what_the_font_lacks_is_kept_in_the_files_and_said() -> None:
    subtitles = captions.write(plan([cue("Hot 𓀀 tea")], BOLD))
    assert "Hot 𓀀 tea" in subtitles.srt
    assert "Hot <00:00:00.333>𓀀 <00:00:00.667>tea" in subtitles.vtt
    assert "𓀀" not in subtitles.ass
    assert [item.slug for item in subtitles.degradations] == ["caption_glyphs"]


def test_nothing_is_said_where_nothing_is_missing() -> None:
    assert captions.write(plan([cue("Hot tea")], BOLD)).degradations == ()


def test_a_style_in_capitals_leaves_the_files_as_typed() -> None:
    subtitles = captions.write(plan([cue("Hot tea")], captions.style("pop")))
    assert "HOT" in subtitles.ass
    assert "Hot tea" in subtitles.srt


def test_an_hour_is_an_hour() -> None:
    assert "01:00:00,000 -->" in captions.write(plan([cue("late", start=108_000)], BOLD)).srt


def test_captions_that_are_not_in_the_picture_are_in_every_file() -> None:
    timeline = plan([cue("Hot 🔥 tea")], BOLD).model_copy(update={"captions_burned": False})
    subtitles = captions.write(timeline)
    burned = captions.burned(timeline, subtitles)
    assert "tea" in subtitles.ass
    assert "Dialogue:" not in burned.ass
    assert (burned.srt, burned.vtt, burned.degradations) == (subtitles.srt, subtitles.vtt, ())


# ── the text, exactly ────────────────────────────────────────────────────────────────────────────────────────────

TYPED = [
    "<b>bold</b> & {\\b1}not{\\b0}", "a --> b", "-->", "\\N \\n \\h \\\\", "&lt; &amp;amp; &nbsp;", "<00:00:01.000>",
    "<c.x>", "100 % {}", "NOTE", "STYLE", "WEBVTT", "7", "שלום 12 עולם", "مرحبا (١٢) world", "क्षत्रिय", "茶と菓子",
    "ชาเย็น", "👩\u200d👩\u200d👧 🇩🇪", "e\u0301 \u00e9", "\u202eabc\u202c", "a\u00a0b", "\ufeffa", "\U0001d400",
]  # fmt: skip


def read_vtt(text: str) -> list[str]:
    """The cues' texts as another program reads them: its blocks, without the times, entities as their characters."""
    tag = re.compile(r"<\d\d:\d\d:\d\d\.\d{3}>")
    return [html.unescape(tag.sub("", item.raw_text)) for item in webvtt.from_string(text, strict=True).captions]


def read_srt(text: str) -> list[str]:
    return [item.raw_text for item in webvtt.from_buffer(io.StringIO(text), "srt").captions]


def typed(*texts: str) -> list[Cue]:
    """A cue for each text, which is typed into a single word of it."""
    return [
        Cue(lines=((CueWord(text=text, start=30 * at, end=30 * at + 30),),), start=30 * at, end=30 * at + 30)
        for at, text in enumerate(texts)
    ]


def test_what_was_typed_comes_back_exactly_from_another_program() -> None:
    subtitles = captions.write(plan(typed(*TYPED), BOLD))
    assert read_vtt(subtitles.vtt) == TYPED
    assert read_srt(subtitles.srt) == TYPED
    assert subtitles.transcript == " ".join(TYPED).replace("\u00a0", " ") + "\n"


def test_a_typed_line_feed_is_a_line() -> None:
    subtitles = captions.write(plan(typed("one\ntwo", "three"), BOLD))
    assert read_vtt(subtitles.vtt) == read_srt(subtitles.srt) == ["one\ntwo", "three"]
    assert subtitles.transcript == "one two three\n"


@pytest.mark.parametrize("text", ["\n", "a\n\nb", "a\r\rb", "\x00", "\u2028\u2028", "\ud800"])
def test_nothing_that_is_typed_ends_a_cue(text: str) -> None:
    subtitles = captions.write(plan(typed("before", text, "after"), BOLD))
    for read in (read_vtt(subtitles.vtt), read_srt(subtitles.srt)):
        assert (read[0], len(read), read[2]) == ("before", 3, "after")


def test_what_reads_as_the_times_of_a_cue_makes_none() -> None:
    subtitles = captions.write(plan(typed("00:00:07,000 --> 00:00:09,000", "after"), BOLD))
    assert len(pysubs2.SSAFile.from_string(subtitles.srt, format_="srt")) == 2
    assert read_vtt(subtitles.vtt) == ["00:00:07,000 --> 00:00:09,000", "after"]


@settings(deadline=None)
@given(
    st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1), min_size=1, max_size=4)
)
def test_any_unicode_comes_back(texts: list[str]) -> None:
    texts = [text if text.strip() else "x" for text in texts]
    subtitles = captions.write(plan(typed(*texts), BOLD))
    assert read_vtt(subtitles.vtt) == texts
    assert read_srt(subtitles.srt) == texts


# ── the times of words ───────────────────────────────────────────────────────────────────────────────────────────


def times_in(text: str) -> list[str]:
    return re.findall(r"<(\d\d:\d\d:\d\d\.\d{3})>", text)


def test_every_word_after_the_first_has_its_time_in_order_and_inside_of_its_cue() -> None:
    cues = captions.make_cues(narration("Fresh tea for 20 percent less. Buy it today!"), BOLD)
    read = webvtt.from_string(captions.write(plan(cues, BOLD)).vtt, strict=True)
    for item, made in zip(read.captions, cues, strict=True):
        times = times_in(item.raw_text)
        assert len(times) == len(made.words) - 1
        assert all(early < late for early, late in itertools.pairwise([item.start, *times, item.end]))


def test_a_word_that_begins_after_its_cue_has_its_time_and_one_beyond_it_none() -> None:
    words = (CueWord(text="one", start=15, end=20), CueWord(text="two", start=15, end=20))
    late = Cue(lines=((*words, CueWord(text="three", start=90, end=99)),), start=0, end=60)
    assert "<00:00:00.500>one two three\n" in captions.write(plan([late], BOLD)).vtt


def test_glued_words_have_no_space_before_them() -> None:
    words = tuple(CueWord(text=text, start=10 * at, end=10 * at + 10, glued=True) for at, text in enumerate("茶と"))
    subtitles = captions.write(plan([Cue(lines=(words,), start=0, end=20)], BOLD))
    assert subtitles.srt.endswith("\n茶と\n")
    assert subtitles.vtt.endswith("\n茶<00:00:00.333>と\n")
    assert subtitles.transcript == "茶と\n"


@pytest.mark.parametrize("language", ["zh", "ja", "th"])
def test_files_of_writing_without_spaces_have_just_what_was_typed(language: str) -> None:
    for text in ADVERTS[language]["scripts"]:
        subtitles = captions.write(plan(captions.make_cues(narrated(text, language), BOLD), BOLD))
        assert subtitles.transcript == f"{text}\n"
        shown = [block.split("\n", 2)[2].replace("\n", "") for block in subtitles.srt.split("\n\n")]
        assert "".join(shown).replace(" ", "") == text.replace(" ", "")


def hurried(*lines: str, each: int, language: str = "en") -> list[str]:
    said = plan([cue(*lines, each=each), cue("Fresh", "tea", start=200)], BOLD).model_copy(
        update={"language": language}
    )
    return [item.message for item in captions.write(said).degradations if item.slug == "captions_hurried"]


def test_a_caption_that_cannot_be_read_in_its_time_is_said_with_how_fast_it_is() -> None:
    assert hurried("extraordinarily comfortable", each=20) == []
    (told,) = hurried("extraordinarily comfortable", each=14)
    assert told.startswith(
        "The caption “extraordinarily comfortable” would have to be read at 29 characters a second; 20"
    )


def test_how_fast_is_too_fast_depends_on_the_language() -> None:
    assert not hurried("the tea", each=5)
    assert hurried("это чай", each=5, language="ru")
    assert hurried("新しい お茶の香り", each=15, language="ja")


# ── ASS and plain text ───────────────────────────────────────────────────────────────────────────────────────────


def test_another_program_reads_each_line_for_as_long_as_its_cue_stands_from_the_ass_file() -> None:
    read = pysubs2.SSAFile.from_string(captions.write(plan([cue("Only tea")], BOLD)).ass, format_="ass")
    assert {event.plaintext for event in read} == {"Only", "tea"}
    assert (read[0].start, read[-1].end) == (0, 650)  # half a frame before the frame


def test_the_transcript_has_a_paragraph_for_what_is_said_between_two_long_pauses() -> None:
    cues = [cue("Fresh tea,", "and more."), cue("Try it.", start=60), cue("Bye!", start=80 + 60)]
    assert captions.write(plan(cues, BOLD)).transcript == "Fresh tea, and more. Try it.\n\nBye!\n"
