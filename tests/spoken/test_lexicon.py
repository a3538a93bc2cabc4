"""A store's own words are said as its owner says them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editai.errors import InvalidInput
from editai.models import Pronunciation
from editai.spoken import lexicon
from editai.voices import words
from tests.spoken.forms import forms

LUMORA = Pronunciation(language="en", displayed="Lumora", spoken="loo-MOR-ah")
AURORA = Pronunciation(language="en", displayed="Aurora X2 Pro", spoken="aurora ex two pro")


class TestInAScript:
    def test_a_word_is_said_as_its_line_says(self) -> None:
        assert forms("Meet Lumora today", "en", LUMORA) == ["Meet", "loo-MOR-ah", "today"]

    @pytest.mark.parametrize("shown", ["lumora", "LUMORA", "LuMoRa"])
    def test_case_does_not_matter(self, shown: str) -> None:
        assert forms(shown, "en", LUMORA) == ["loo-MOR-ah"]

    @pytest.mark.parametrize(
        ("shown", "heard"),
        [
            ("Lumora,", "loo-MOR-ah,"),
            ("(Lumora)", "(loo-MOR-ah)"),
            ("“Lumora”!", "“loo-MOR-ah”!"),
            ("*Lumora*", "loo-MOR-ah"),
            ("Lumora…", "loo-MOR-ah…"),
        ],
    )
    def test_the_punctuation_around_it_stays(self, shown: str, heard: str) -> None:
        assert forms(shown, "en", LUMORA) == [heard]

    def test_an_english_s_stays(self) -> None:
        assert forms("Lumora's Lumora’s, lamp", "en", LUMORA) == ["loo-MOR-ah's", "loo-MOR-ah’s,", "lamp"]

    @pytest.mark.parametrize("shown", ["Lumorama", "Lumora-like", "Lum"])
    def test_another_word_is_left_alone(self, shown: str) -> None:
        assert forms(shown, "en", LUMORA) == [shown]

    def test_a_line_of_another_language_is_left_out(self) -> None:
        assert forms("Lumora", "es", LUMORA) == ["Lumora"]

    def test_it_comes_before_the_rules(self) -> None:
        line = Pronunciation(language="en", displayed="X200", spoken="ex two hundred")
        assert forms("X200 X300", "en", line) == ["ex two hundred", "X three hundred"]

    def test_the_rules_go_on_beside_it(self) -> None:
        line = Pronunciation(language="de", displayed="Lumora", spoken="Lumohra")
        assert forms("Lumora 19,99 € Lumora", "de", line) == ["Lumohra", "neunzehn", "Euro neunundneunzig", "Lumohra"]

    def test_the_sign_of_a_name_is_a_part_of_it(self) -> None:
        line = Pronunciation(language="en", displayed="Yahoo!", spoken="yahoo")
        assert forms("(Yahoo!), Yahoo", "en", line) == ["(yahoo),", "Yahoo"]

    def test_a_letter_and_its_accent_are_one_however_they_are_typed(self) -> None:
        line = Pronunciation(language="fr", displayed="Café", spoken="kafé")
        assert forms("Cafe\u0301", "fr", line) == ["kafé"]


class TestSeveralWords:
    def test_each_displayed_word_has_its_own_piece(self) -> None:
        assert forms("Meet Aurora X2 Pro!", "en", AURORA) == ["Meet", "aurora", "ex two", "pro!"]

    def test_the_longest_line_counts(self) -> None:
        short = Pronunciation(language="en", displayed="Aurora", spoken="ow-rora")
        assert forms("Aurora X2 Pro Aurora X3", "en", short, AURORA) == [
            "aurora",
            "ex two",
            "pro",
            "ow-rora",
            "X three",
        ]

    def test_punctuation_between_them_makes_them_other_words(self) -> None:
        assert forms("Aurora, X2 Pro", "en", AURORA) == ["Aurora,", "X two", "Pro"]

    def test_an_s_and_punctuation_go_to_the_last_of_them(self) -> None:
        assert forms("“Aurora X2 Pro's”", "en", AURORA) == ["“aurora", "ex two", "pro's”"]

    @pytest.mark.parametrize(
        ("spoken", "pieces"),
        [
            ("aurora", ["aurora.", "", ""]),
            ("aurora pro", ["aurora", "pro.", ""]),
            ("the new aurora ex two pro plus", ["the new aurora", "ex two", "pro plus."]),
        ],
    )
    def test_what_is_said_is_shared_by_the_length_of_what_is_shown(self, spoken: str, pieces: list[str]) -> None:
        line = Pronunciation(language="en", displayed="Aurora X2 Pro", spoken=spoken)
        assert forms("Aurora X2 Pro.", "en", line) == pieces

    def test_a_shown_word_for_which_nothing_is_said_has_a_time_all_the_same(self) -> None:
        line = Pronunciation(language="en", displayed="Aurora X2 Pro", spoken="aurora")
        said = forms("Aurora X2 Pro now", "en", line)
        phonemes = {"aurora": "ɔɹˈɔːɹə", "now": "nˈaʊ"}

        spans = words.spans("ɔɹˈɔːɹə nˈaʊ", said, phonemes.__getitem__)
        times = words.timed(spans, lambda position: position)

        assert [start < end for start, end in times] == [True] * 4
        assert [end for _, end in times[:-2]] == [start for start, _ in times[1:-1]]

    @given(
        st.lists(st.text(alphabet="abc", min_size=1, max_size=8), min_size=1, max_size=6),
        st.lists(st.text(alphabet="xyz", min_size=1, max_size=8), min_size=1, max_size=9),
    )
    def test_nothing_of_what_is_said_is_lost_or_moved(self, shown: list[str], spoken: list[str]) -> None:
        line = Pronunciation(language="en", displayed=" ".join(shown), spoken=" ".join(spoken))
        pieces = forms(line.displayed, "en", line)

        assert " ".join(pieces).split() == spoken
        assert pieces[0]
        assert len(pieces) == len(shown)
        assert sum(map(bool, pieces)) == min(len(shown), len(spoken))


class TestWhatAnOwnerTypes:
    def test_a_line_has_what_is_shown_and_what_is_said(self) -> None:
        typed = "Lumora = loo-MOR-ah\n\n  es:  Aurora  X2=aurora equis dos  \n"
        assert lexicon.parse(typed, "en") == (
            LUMORA,
            Pronunciation(language="es", displayed="Aurora X2", spoken="aurora equis dos"),
        )

    def test_the_last_sign_divides_a_line(self) -> None:
        assert lexicon.parse("E=mc = ee equals em cee", "en")[0].displayed == "E=mc"

    def test_an_empty_box_is_an_empty_lexicon(self) -> None:
        assert lexicon.parse(" \n\n", "en") == ()

    @pytest.mark.parametrize(
        ("typed", "message"),
        [
            ("Lumora", "Line 1 of the lexicon (Lumora) has no “=”."),
            ("A = a\n\n = b", "Line 3 of the lexicon () shows no word."),
            ("!! = b", "Line 1 of the lexicon (!!) shows no word."),
            ("Lumora =", "Line 1 of the lexicon (Lumora) says nothing."),
            ("Lumora = …", "Line 1 of the lexicon (Lumora) says nothing."),
            ("X2 = ex 2", "Line 1 of the lexicon (X2) has “2” in what is said."),
            ("AT&T = ay & tee", "Line 1 of the lexicon (AT&T) has “&” in what is said."),
            ("a" * 61 + " = a", f"Line 1 of the lexicon ({'a' * 40}) shows 61 characters; the most is 60."),
            ("a = " + "a" * 201, "Line 1 of the lexicon (a) says 201 characters; the most is 200."),
            ("A = a\nB = b\na = c", "Line 3 of the lexicon (a) is there twice for one language."),
        ],
    )
    def test_what_is_wrong_is_said_with_its_line(self, typed: str, message: str) -> None:
        with pytest.raises(InvalidInput) as raised:
            lexicon.parse(typed, "en")
        assert raised.value.slug == "lexicon_invalid"
        assert raised.value.message == message
        assert raised.value.hint

    def test_two_languages_may_say_one_word_in_two_ways(self) -> None:
        assert len(lexicon.parse("en: Lumora = loo-mora\nes: Lumora = lu-mora", "en")) == 2

    def test_there_may_be_so_many_lines_and_no_more(self) -> None:
        lines = [f"{'a' * (number % 50 + 1)}{chr(97 + number // 50)} = b" for number in range(500)]
        assert len(lexicon.parse("\n".join(lines), "en")) == 500
        with pytest.raises(InvalidInput, match="Line 501 of the lexicon"):
            lexicon.parse("\n".join([*lines, "one more = b"]), "en")

    def test_entries_from_elsewhere_are_held_to_the_same(self) -> None:
        assert lexicon.check([LUMORA, AURORA]) == (LUMORA, AURORA)
        with pytest.raises(InvalidInput, match="Line 2 of the lexicon"):
            lexicon.check([LUMORA, LUMORA])
        with pytest.raises(InvalidInput, match="names no language"):
            lexicon.check([LUMORA.model_copy(update={"language": "English"})])

    def test_what_is_shown_again_is_read_as_the_same(self) -> None:
        entries = (LUMORA, AURORA, Pronunciation(language="de", displayed="E=mc", spoken="e gleich em ce"))
        assert lexicon.as_text(entries).splitlines()[0] == "en: Lumora = loo-MOR-ah"
        assert lexicon.parse(lexicon.as_text(entries), "fr") == entries
