from __future__ import annotations

import pysubs2
import pytest

from editai import captions

from .drawing import cue, narration, plan

BOLD = captions.style("bold")


def test_srt_and_vtt_have_the_cues_times_and_lines() -> None:
    subtitles = captions.write(plan([cue("Only $24.99", "for 50 bags,", start=3)], BOLD))
    assert subtitles.srt == "1\n00:00:00,100 --> 00:00:01,767\nOnly $24.99\nfor 50 bags,\n"
    assert subtitles.vtt == "WEBVTT\n\n00:00:00.100 --> 00:00:01.767\nOnly $24.99\nfor 50 bags,\n"


@pytest.mark.parametrize("form", ["srt", "vtt"])
def test_another_program_reads_the_same_cues_from_the_files(form: str) -> None:
    cues = captions.make_cues(narration("Fresh tea for 20 percent less. Buy it today!"), BOLD)
    subtitles = captions.write(plan(cues, BOLD))
    read = pysubs2.SSAFile.from_string(getattr(subtitles, form), format_=form)
    assert [event.plaintext for event in read] == [item.text for item in cues]
    assert [round(event.start * 30 / 1000) for event in read] == [item.start for item in cues]


def test_vtt_escapes_what_it_would_take_for_markup_and_srt_keeps_it() -> None:
    subtitles = captions.write(plan([cue("<b>Q&A</b> --> {x}\\N")], BOLD))
    assert "&lt;b&gt;Q&amp;A&lt;/b&gt; --&gt; {x}\\N" in subtitles.vtt
    assert "<b>Q&A</b> --> {x}\\N" in subtitles.srt


def test_what_the_font_lacks_is_kept_in_the_files_and_said() -> None:
    subtitles = captions.write(plan([cue("Hot 𓀀 tea")], BOLD))
    assert "Hot 𓀀 tea" in subtitles.srt
    assert "Hot 𓀀 tea" in subtitles.vtt
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
