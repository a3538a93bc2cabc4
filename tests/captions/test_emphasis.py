"""Which words stand out: what was chosen wherever it is said, and of the rest as much as stands apart."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from editai import captions, script
from editai.captions.ass import ass
from editai.captions.emphasis import APART, normalised
from editai.models import BrandKit, CaptionStyle, Colours, CueWord, EditedCaptions, EmphasiseWord, Facts, Plan
from tests.captions.drawing import Screen, coloured, cue, narration, plan

BOLD = captions.style("bold")
with_colour = pytest.mark.parametrize(
    "style", [each for each in captions.styles() if each.emphasis], ids=lambda style: style.name
)
without_colour = pytest.mark.parametrize(
    "style", [each for each in captions.styles() if not each.emphasis], ids=lambda style: style.name
)


def planned(text: str, style: str = "bold", language: str = "en") -> Plan:
    look = captions.style(style)
    return plan(captions.make_cues(narration(text, language=language), look), look).model_copy(
        update={"language": language}
    )


def marked(timeline: Plan) -> str:
    """The emphasised words, with a bar between two captions."""
    found = (" ".join(word.text for word in each.words if word.emphasised) for each in timeline.cues)
    return " | ".join(filter(None, found))


def of_facts(text: str, price: str, language: str, style: str = "bold") -> str:
    phrases = script.standouts(text, Facts(price=price), language)
    return marked(captions.emphasise(planned(text, style, language), (), phrases))


@pytest.mark.parametrize(
    ("text", "price", "language", "words"),
    [
        ("Meet the lamp for your desk. It is only $49.99 at our shop.", "$49.99", "en", "$49.99"),
        ("Das ist die Lampe für den Tisch. Sie kostet nur 24,90 € bei uns.", "24,90 €", "de", "24,90 €"),
        ("Esta es la lámpara para tu mesa. Cuesta solo 24,90 € en la tienda.", "24,90 €", "es", "24,90 €"),
    ],
)
@with_colour
def test_the_price_stands_out(style: CaptionStyle, text: str, price: str, language: str, words: str) -> None:
    assert of_facts(text, price, language, style.name).replace(" | ", " ") == words


@pytest.mark.parametrize("chosen", ["handmade", "HandMade", "“handmade”,", " handmade "])
def test_a_chosen_word_stands_out_wherever_it_is_said(chosen: str) -> None:
    text = "Handmade in Porto by two sisters. You will see that it is HANDMADE!"
    assert marked(captions.emphasise(planned(text), (chosen,), ())) == "Handmade | HANDMADE!"


@pytest.mark.parametrize(
    ("text", "chosen", "words"),
    [
        ("Свежий чай каждый день", "СВЕЖИЙ", "Свежий"),
        ("Φρέσκο τσάι κάθε μέρα", "φρέσκο", "Φρέσκο"),
        ("شاي أخضر طازج اليوم", "أخضر", "أخضر"),
        ("ताज़ी चाय हर दिन", "चाय", "चाय"),
        ("STRASSE und Café", "straße", "STRASSE"),
        ("Ein Cafe\u0301 am Markt", "café", "Cafe\u0301"),
    ],
)
def test_words_of_every_script_are_the_same_in_any_case_and_form(text: str, chosen: str, words: str) -> None:
    assert marked(captions.emphasise(planned(text), (chosen,), ())) == words


def test_words_without_spaces_between_them_are_found_too() -> None:
    words = tuple(
        CueWord(text=text, start=at, end=at + 5, glued=at > 0) for at, text in enumerate(("新鲜", "绿", "茶"))
    )
    timeline = plan([cue("x").model_copy(update={"lines": (words,)})], BOLD)
    assert marked(captions.emphasise(timeline, ("绿茶",), ())) == "绿 茶"


@pytest.mark.parametrize("chosen", ["hand", "made", "handmade in", "tea cup", "", " ", "…", "$"])
def test_a_part_of_a_word_or_what_is_not_said_is_not_found(chosen: str) -> None:
    assert marked(captions.emphasise(planned("Handmade tea for $20"), (chosen,), ())) == ""


def test_a_phrase_is_found_across_punctuation_around_its_words() -> None:
    assert marked(captions.emphasise(planned("It ships with free, fast delivery"), ("free fast",), ())) in (
        "free, fast",
        "free, | fast",
    )


TALK = "It weighs 500 g only. It lasts 40 hours. It charges in 2 hours. It is $49.99. It ships today. It is 30 cm tall."


@pytest.mark.parametrize("style", ["bold", "pop", "one_word", "boxed"])
def test_a_plain_caption_is_before_and_after_one_that_stands_out(style: str) -> None:
    phrases = script.standouts(TALK, Facts(price="$49.99"), "en")
    timeline = captions.emphasise(planned(TALK, style), (), phrases)
    out = [any(word.emphasised for word in each.words) for each in timeline.cues]
    words = [word.emphasised for each in timeline.cues for word in each.words]
    assert "$49.99" in marked(timeline)
    assert 2 <= sum(words) < len(words) / 2
    runs = "".join("x" if on else "." for on in words).split("x")
    assert all(len(run) >= APART for run in runs[1:-1] if run)
    if style != "one_word":
        assert not any(one and other for one, other in pairwise(out))


def test_what_was_chosen_keeps_the_rest_away() -> None:
    text = "Handmade for $20 only."
    assert marked(captions.emphasise(planned(text), ("handmade",), ("$20",))) == "Handmade"


@without_colour
def test_nothing_changes_in_a_style_without_a_colour_for_it(style: CaptionStyle) -> None:
    timeline = planned(TALK, style.name)
    assert captions.emphasise(timeline, ("lasts",), ("$49.99.",)) == timeline


def test_nothing_said_of_it_changes_nothing() -> None:
    assert captions.emphasise(planned(TALK), (), ()) == planned(TALK)


@given(some.lists(some.text(max_size=12), max_size=4), some.text(min_size=1).filter(lambda text: text.split()))
@settings(max_examples=150, deadline=None)
def test_whatever_is_said_and_chosen_only_marks_change(chosen: list[str], text: str) -> None:
    before = plan([cue(text)], BOLD)
    after = captions.emphasise(before, tuple(chosen), tuple(chosen))
    plain = [word.model_copy(update={"emphasised": False}) for each in after.cues for word in each.words]
    assert plain == list(before.cues[0].words)


@given(some.text(max_size=12))
def test_a_word_is_compared_as_it_is_compared(word: str) -> None:
    assert normalised(normalised(word)) == normalised(word)


# ── by hand ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_edit_by_hand_wins() -> None:
    timeline = captions.emphasise(planned("Only $20 today"), (), ("$20",))
    at = next(n for n, word in enumerate(timeline.cues[0].words) if word.emphasised)
    off = captions.apply_edits(timeline, (EmphasiseWord(cue=0, word=at, on=False),))
    assert marked(off) == ""


def test_captions_that_were_edited_stand_out_as_they_did_then() -> None:
    """Also those of a clip that was made before anything stood out by itself."""
    before = planned("Only $20 today")
    now = captions.emphasise(before, (), ("$20",))
    wanted = EditedCaptions(base=before.cues, edits=(EmphasiseWord(cue=0, word=2, on=True),))
    assert marked(captions.apply_to_same(now, wanted)) == "today"


# ── on the picture ───────────────────────────────────────────────────────────────────────────────────────────────


@with_colour
def test_it_is_seen_in_its_colour_in_every_style_that_has_one(style: CaptionStyle, screen: Screen) -> None:
    look = style if style.max_words > 1 else style.model_copy(update={"max_words": 2})
    timeline = captions.emphasise(plan([cue("now $20 ok")], look), ("$20",), ())
    frame = screen.frame(ass(timeline), 25)
    assert coloured(frame, look.emphasis)
    if look.emphasis not in (look.colour, look.highlight, look.plate):
        assert coloured(screen.frame(ass(plan([cue("now $20 ok")], look)), 25), look.emphasis) is None


def test_the_brand_style_marks_in_the_stores_colour() -> None:
    colours = Colours(text="#FFFFFF", highlight="#11EE33", background="#000000")
    assert captions.style("brand", BrandKit(colours=colours)).emphasis == "#11EE33"
