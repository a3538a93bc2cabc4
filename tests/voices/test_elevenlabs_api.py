"""ElevenLabs against a server that answers what ElevenLabs answers when it does not speak, and what that costs."""

from __future__ import annotations

import json
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from editai.errors import EditaiError, InvalidInput, NoAnswer, PaymentRequired, RateLimited, Unavailable
from editai.models import Voice
from editai.settings import Settings
from editai.voices import Studio, hear
from editai.voices.elevenlabs import ElevenLabs
from tests.processes import HANGS_S
from tests.voices.studios import finished, studio_in, tilled
from tests.voices.vendors.elevenlabs import KEY, TALIA, ElevenLabsServer, answer, broken, error, page, silent
from tests.voices.vendors.elevenlabs_store import *  # noqa: F403
from tests.voices.vendors.elevenlabs_store import SENTENCE, say, sentence


def refused(engine: ElevenLabs, studio: Studio) -> EditaiError:
    with pytest.raises(EditaiError) as caught:
        say(engine, studio)
    return caught.value


REFUSALS = [
    (error(401, status="invalid_api_key", message="Invalid API key"), Unavailable, "voice_key_refused"),
    (error(401, status="quota_exceeded", message="23 credits remaining"), PaymentRequired, "voice_quota"),
    (error(401, status="missing_permissions", message="missing text_to_speech"), Unavailable, "voice_not_allowed"),
    (error(401, status="detected_unusual_activity", message="Free tier off"), Unavailable, "voice_not_allowed"),
    (
        error(402, type="payment_required", code="paid_plan_required", status="payment_required", message="Free users"),
        PaymentRequired,
        "voice_plan",
    ),
    (error(403, status="insufficient_permissions", message="No"), Unavailable, "voice_not_allowed"),
    (error(404, status="voice_not_found", message="not found"), InvalidInput, "voice_not_found"),
    (error(400, status="voice_not_found", message="not found"), InvalidInput, "voice_not_found"),
    (
        answer(422, {"detail": [{"loc": ["body", "text"], "msg": "Field required", "type": "missing"}]}),
        InvalidInput,
        "voice_refused",
    ),
    (error(400, status="max_character_limit_exceeded", message="too long"), InvalidInput, "voice_refused"),
    (error(429, {"Retry-After": "60"}, status="system_busy", message="busy"), RateLimited, "voice_busy"),
    (answer(503, "down", {"Retry-After": "600"}), Unavailable, "voice_unavailable"),
    (answer(302, {}, {"Location": "/v1/user/subscription"}), Unavailable, "voice_unavailable"),
]
UNCERTAIN = [answer(500, "oops"), answer(502, {}), answer(504, {}), broken, page, answer(200, [1, 2]), answer(200, {})]


class TestRefusals:
    @pytest.mark.parametrize(("given_answer", "kind", "slug"), REFUSALS)
    def test_a_refusal_is_told_and_costs_nothing(
        self,
        engine: ElevenLabs,
        server: ElevenLabsServer,
        studio: Studio,
        given_answer: Any,
        kind: type[EditaiError],
        slug: str,
    ) -> None:
        server.next_answers = [given_answer]
        with pytest.raises(kind) as caught:
            finished(hear(sentence(SENTENCE), "en", Voice(engine="elevenlabs", name=TALIA), studio))
        assert caught.value.slug == slug
        assert caught.value.hint
        assert [call.amount for call in tilled(studio)] == [0]
        assert len(server.asked) == 1

    @pytest.mark.parametrize("given_answer", UNCERTAIN)
    def test_where_nobody_knows_the_estimate_stands_and_it_is_not_asked_again(
        self, engine: ElevenLabs, server: ElevenLabsServer, studio: Studio, given_answer: Any
    ) -> None:
        server.next_answers = [given_answer]
        with pytest.raises(NoAnswer) as caught:
            finished(hear(sentence(SENTENCE), "en", Voice(engine="elevenlabs", name=TALIA), studio))
        assert caught.value.slug == "voice_no_answer"
        assert [call.amount for call in tilled(studio)] == [round(len(SENTENCE) * 80)]
        assert len(server.asked) == 1

    def test_a_connection_that_breaks_in_mid_audio_may_have_cost_something(
        self, engine: ElevenLabs, server: ElevenLabsServer, studio: Studio
    ) -> None:
        server.cut = 5000
        assert refused(engine, studio).title == "504 voice_no_answer"

    @pytest.mark.parametrize("audio", ["", "not base64!", "bm8gTVAz", None])
    def test_an_answer_without_sound_may_have_cost_something(
        self, engine: ElevenLabs, server: ElevenLabsServer, studio: Studio, audio: str | None
    ) -> None:
        server.change = lambda spoken: spoken | {"audio_base64": audio}
        assert refused(engine, studio).title == "504 voice_no_answer"

    def test_cut_json_may_have_cost_something(
        self, engine: ElevenLabs, server: ElevenLabsServer, studio: Studio
    ) -> None:
        server.change = lambda spoken: json.dumps(spoken)[:100]
        assert refused(engine, studio).title == "504 voice_no_answer"

    def test_a_silent_server_is_given_up(self, server: ElevenLabsServer, studio: Studio) -> None:
        server.next_answers = [silent]
        error = refused(ElevenLabs(base_url=server.url, patience_s=0.2), studio)
        assert (error.title, "in time" in error.message) == ("504 voice_no_answer", True)

    def test_a_server_that_is_not_there_cannot_have_charged(self, studio: Studio) -> None:
        with ElevenLabsServer() as gone:
            engine = ElevenLabs(base_url=gone.url)
        assert refused(engine, studio).title == "503 voice_unavailable"

    def test_a_store_without_a_key_is_told_where_to_enter_it(
        self, engine: ElevenLabs, server: ElevenLabsServer, tmp_path: Path, settings: Settings
    ) -> None:
        keyless = studio_in(tmp_path / "keyless", settings)
        assert "Keys of paid voices" in engine.missing(keyless)
        assert refused(engine, keyless).title == "503 voice_key_missing"
        assert not server.asked

    def test_nothing_is_missing_where_there_is_a_key(self, engine: ElevenLabs, studio: Studio) -> None:
        assert engine.missing(studio) == ""

    def test_a_refusal_that_repeats_the_key_is_told_without_it(
        self, engine: ElevenLabs, server: ElevenLabsServer, studio: Studio
    ) -> None:
        server.next_answers = [error(403, status="no", message=f"Key {KEY} may not")]
        told = refused(engine, studio)
        assert "may not" in told.message
        assert KEY not in f"{told!r}{told}{told.__cause__!r}"


class TestWaiting:
    @pytest.mark.parametrize(("status", "wait"), [(429, "1"), (503, "0")])
    def test_where_it_was_too_busy_to_begin_it_is_asked_once_more(
        self, engine: ElevenLabs, server: ElevenLabsServer, studio: Studio, status: int, wait: str
    ) -> None:
        server.next_answers = [error(status, {"Retry-After": wait}, status="too_many_concurrent_requests")]
        assert say(engine, studio).times
        assert len(server.asked) == 2

    def test_it_is_not_asked_a_third_time(self, engine: ElevenLabs, server: ElevenLabsServer, studio: Studio) -> None:
        server.next_answers = [error(429, {"Retry-After": "0"}, status="system_busy")] * 2
        assert refused(engine, studio).title == "429 voice_busy"
        assert len(server.asked) == 2

    @pytest.mark.parametrize("form", ["seconds", "date"])
    def test_how_long_to_wait_is_told(
        self, engine: ElevenLabs, server: ElevenLabsServer, studio: Studio, form: str
    ) -> None:
        at = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
        server.next_answers = [error(429, {"Retry-After": "90" if form == "seconds" else at}, status="system_busy")]
        with pytest.raises(RateLimited) as caught:
            say(engine, studio)
        assert caught.value.retry_after_s == pytest.approx(90, abs=2)

    def test_there_are_steps_while_the_server_is_silent(
        self, engine: ElevenLabs, server: ElevenLabsServer, studio: Studio
    ) -> None:
        server.next_answers = [silent]
        work = finished(engine.load(Voice(engine="elevenlabs", name=TALIA), "en", studio)).say(sentence(SENTENCE))
        began = time.monotonic()
        next(work)
        next(work)
        assert time.monotonic() - began < HANGS_S
        work.close()

    def test_closing_ends_it_while_the_server_is_silent(
        self, engine: ElevenLabs, server: ElevenLabsServer, studio: Studio
    ) -> None:
        server.next_answers = [silent]
        before = threading.active_count()
        work = finished(engine.load(Voice(engine="elevenlabs", name=TALIA), "en", studio)).say(sentence(SENTENCE))
        next(work)
        began = time.monotonic()
        work.close()
        assert time.monotonic() - began < HANGS_S
        while threading.active_count() > before and time.monotonic() - began < HANGS_S:
            time.sleep(0.01)
        assert threading.active_count() <= before

    def test_closing_leaves_the_estimate(self, engine: ElevenLabs, server: ElevenLabsServer, studio: Studio) -> None:
        server.next_answers = [silent]
        work = hear(sentence(SENTENCE), "en", Voice(engine="elevenlabs", name=TALIA), studio)
        while not server.asked:
            next(work)
        work.close()
        [call] = tilled(studio)
        assert (call.amount, call.open) == (len(SENTENCE) * 80, False)


class TestCosts:
    def hear(self, studio: Studio) -> None:
        finished(hear(sentence(SENTENCE), "en", Voice(engine="elevenlabs", name=TALIA), studio))

    @pytest.mark.parametrize("header", ["character-cost", "x-character-count"])
    def test_what_the_answer_says_was_charged_is_what_it_cost(
        self, engine: ElevenLabs, server: ElevenLabsServer, studio: Studio, header: str
    ) -> None:
        server.charged = lambda text: {header: str(2 * len(text))}
        self.hear(studio)
        [call] = tilled(studio)
        assert (call.service, call.units) == ("elevenlabs", len(SENTENCE))
        assert (call.estimate, call.amount) == (len(SENTENCE) * 80, len(SENTENCE) * 160)

    @pytest.mark.parametrize("headers", [{}, {"character-cost": "many"}])
    def test_where_it_does_not_say_the_estimate_stands(
        self, engine: ElevenLabs, server: ElevenLabsServer, studio: Studio, headers: dict[str, str]
    ) -> None:
        server.charged = lambda text: headers
        self.hear(studio)
        assert [call.amount for call in tilled(studio)] == [len(SENTENCE) * 80]

    def test_what_was_spoken_before_is_not_asked_for_again(
        self, engine: ElevenLabs, server: ElevenLabsServer, studio: Studio
    ) -> None:
        self.hear(studio)
        self.hear(studio)
        assert len(server.asked) == len(tilled(studio)) == 1

    def test_what_the_budget_does_not_allow_is_never_asked(
        self, engine: ElevenLabs, server: ElevenLabsServer, tmp_path: Path, settings: Settings
    ) -> None:
        def afford(amount: int) -> None:
            raise PaymentRequired("budget_exceeded", f"No {amount}.")

        poor = studio_in(tmp_path / "poor", settings, key={"elevenlabs": KEY}.get, afford=afford)
        with pytest.raises(PaymentRequired, match=str(len(SENTENCE) * 80)):
            self.hear(poor)
        assert not server.asked
