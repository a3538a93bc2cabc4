"""What network voices share: waiting for an answer, its sound, and when each word is heard."""

from __future__ import annotations

import asyncio
import threading
import time

import numpy as np
import pytest

from editai.models import finished
from editai.voices.wire import Heard, decoded, waited, word_times
from tests.processes import HANGS_S
from tests.voices.vendors.sound import encoded

WAV = b"RIFF\x24\x10\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\0\x10\0\0" + bytes(4096)


class TestWaiting:
    def test_the_result_is_what_was_asked_for(self) -> None:
        async def asking() -> int:
            await asyncio.sleep(0)
            return 5

        assert finished(waited(asking())) == 5

    def test_an_error_is_that_of_the_asking(self) -> None:
        async def asking() -> None:
            raise KeyError("no")

        with pytest.raises(KeyError):
            finished(waited(asking()))

    def test_closing_lets_the_asking_clean_up(self) -> None:
        cleaned = []

        async def asking() -> None:
            try:
                await asyncio.sleep(60)
            finally:
                cleaned.append(threading.current_thread().name)

        work = waited(asking())
        next(work)
        began = time.monotonic()
        work.close()
        assert time.monotonic() - began < HANGS_S
        assert cleaned == ["asking a voice"]


class TestSound:
    def test_it_is_decoded_at_its_own_rate(self) -> None:
        tone = (0.5 * np.sin(np.arange(22_050) * 0.1)).astype(np.float32)
        sound, rate = decoded(encoded(tone, 22_050, 64_000))
        assert rate == 22_050
        assert sound.dtype == np.float32
        assert len(sound) == pytest.approx(22_050, abs=2500)
        assert np.sqrt((sound**2).mean()) == pytest.approx(0.35, abs=0.05)

    @pytest.mark.parametrize("nothing", [b"", b"<!doctype html>" * 100, WAV])
    def test_what_is_no_mp3_is_none(self, nothing: bytes) -> None:
        with pytest.raises(ValueError, match="MP3"):
            decoded(nothing)


class TestWordTimes:
    def test_a_word_has_the_time_of_all_its_pieces(self) -> None:
        heard = [Heard(0, 3, 0, 3), Heard(4, 8, 10, 14), Heard(9, 11, 20, 22)]
        assert word_times(["one", "four 22"], heard) == ((0, 3), (10, 22))

    def test_words_in_one_piece_share_it_by_their_length(self) -> None:
        assert word_times(["a", "bcd"], [Heard(0, 5, 0, 50)]) == ((0, 10), (20, 50))

    def test_what_has_nothing_to_hear_gets_a_share_of_the_word_before(self) -> None:
        assert word_times(["one", "—"], [Heard(0, 3, 0, 30)]) == ((0, 20), (20, 30))

    def test_a_word_that_was_not_heard_leaves_none_a_time(self) -> None:
        assert word_times(["one", "two"], [Heard(0, 3, 0, 30)]) is None

    def test_where_nothing_was_heard_there_is_no_time(self) -> None:
        assert word_times(["—"], []) is None
