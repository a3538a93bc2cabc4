"""ElevenLabs, which is paid by the character, over its HTTP API: a time for every character that it speaks."""

from __future__ import annotations

import base64
import binascii
import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, FiniteFloat, TypeAdapter

from editai.bundled import VOICES
from editai.errors import EditaiError, InvalidInput, Unavailable
from editai.models import Model, Sentence, Step, Voice, Work, finished
from editai.stages import name_in_making
from editai.voices.base import EngineInfo, Spoken, Studio, VoiceInfo
from editai.voices.elevenlabs_api import Answer, Api, unreadable
from editai.voices.wire import Heard, decoded, sounds, waited, word_times

BASE_URL = "https://api.elevenlabs.io"
NAME = "elevenlabs"
"""The engine's, and that of a store's key for it."""
MODEL = "eleven_multilingual_v2"
FORMAT = "mp3_44100_128"
"""The best that every plan has."""
LANGUAGES = (
    "en", "ar", "bg", "cs", "da", "de", "el", "es", "fi", "fr", "hi", "hr", "id", "it", "ja", "ko", "ms", "nl", "pl",
    "pt", "ro", "ru", "sk", "sv", "ta", "tl", "tr", "uk", "zh",
)  # fmt: skip
"""What the model speaks (elevenlabs.io/docs/overview/models), whoever's voice it is. It hears the language from the
text; `language_code` is not for this model."""
LONGEST = 10_000
"""Characters that the model takes at a time: ten minutes of speech, more than a clip may last."""
SLOWEST, FASTEST = 0.7, 1.2
"""What `voice_settings.speed` may be."""
USD_PER_1000_CHARS = 0.08
"""elevenlabs.io/pricing/api for Multilingual v2, as it was read in October and November 2026; 0.10 before. The same on
every plan, without tax; some voices of the library take a multiple, which the answer tells."""
CHARGED = ("character-cost", "x-character-count")
"""The header with what was charged, in characters; which of them comes has changed."""
PATIENCE_S = 120
_MOST_PAGES = 100
_REVISION = 1
"""Raised when this module makes other sound from the same input."""
_CLONED = frozenset({"cloned", "professional"})
"""The categories of voices that were cloned from somebody's."""
_KEPT = TypeAdapter(tuple[VoiceInfo, ...])


class Quota(Model):
    """Of `limit` characters `used` are gone; `renewed_at` is UTC, ISO 8601, or "" where that is not known."""

    used: int
    limit: int
    renewed_at: str = ""

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)

    def __str__(self) -> str:
        said = f"{self.left:,} of {self.limit:,} characters left"
        if not self.renewed_at:
            return said
        day = datetime.fromisoformat(self.renewed_at)
        return f"{said} until {day.day} {day:%B}"


@dataclass(frozen=True)
class ElevenLabs:
    """The engine. What it speaks is charged to the account of the store's own key.

    `fetch_voices()` and `quota()` ask ElevenLabs and raise like `elevenlabs_api`, and Unavailable 503
    `voice_key_missing`.
    """

    base_url: str = BASE_URL
    patience_s: float = PATIENCE_S
    info = EngineInfo(
        name=NAME,
        label="ElevenLabs",
        shown="It was run against a local server that answers as the vendor does, and not against the vendor.",
        licence="ElevenLabs' terms",
        licence_note="With a paid plan of ElevenLabs what it speaks may sell things; with its free plan it may not, "
        "and ElevenLabs must be named. What is spoken is sent to ElevenLabs.",
        local=False,
        price_per_1000_chars=USD_PER_1000_CHARS,
        secret=NAME,
    )

    def voices(self, studio: Studio) -> tuple[VoiceInfo, ...]:
        """Those of the account as they were fetched last, then some that every account has."""
        try:
            fetched = _KEPT.validate_json((studio.folder / "elevenlabs.json").read_bytes())
        except (OSError, ValueError):
            fetched = ()
        names = {voice.name for voice in fetched}
        return (*fetched, *(voice for voice in _everybodys() if voice.name not in names))

    def missing(self, studio: Studio) -> str:
        try:
            _key(studio)
        except EditaiError as error:
            return str(error)
        return ""

    def fingerprint(self, voice: Voice, studio: Studio) -> dict[str, object]:
        del voice, studio
        return {"engine": self.info.name, "revision": _REVISION, "model": MODEL, "format": FORMAT}

    def load(self, voice: Voice, language: str, studio: Studio) -> Work[_Speaker]:
        """Raises InvalidInput 422 `voice_speed` as well: to stretch what is paid for would spoil it."""
        del language
        if not SLOWEST <= voice.speed <= FASTEST:
            raise InvalidInput(
                "voice_speed",
                f"ElevenLabs speaks at {SLOWEST} to {FASTEST} times a voice's own pace, not at {voice.speed:g} times.",
                "Choose a speed in this range, or another voice.",
            )
        yield Step(0.0)
        return _Speaker(self._api(studio), voice)

    def fetch_voices(self, studio: Studio) -> int:
        """Ask for the voices of the store's account and keep the list for `voices()`; how many there are."""
        found = finished(waited(_account_voices(self._api(studio))))
        studio.folder.mkdir(parents=True, exist_ok=True)
        making = studio.folder / name_in_making()
        try:
            making.write_bytes(_KEPT.dump_json(found, indent=1))
            making.replace(studio.folder / "elevenlabs.json")
        finally:
            making.unlink(missing_ok=True)
        return len(found)

    def quota(self, studio: Studio) -> Quota:
        """How many characters the store's account has left."""
        fields = finished(waited(self._api(studio).get("/v1/user/subscription"))).fields
        try:
            at = fields.get("next_character_count_reset_unix")
            renewed_at = datetime.fromtimestamp(at, UTC).isoformat() if at else ""
            return Quota(used=fields["character_count"], limit=fields["character_limit"], renewed_at=renewed_at)
        except (KeyError, TypeError, ValueError, OverflowError):
            raise unreadable() from None

    def _api(self, studio: Studio) -> Api:
        return Api(self.base_url, _key(studio), self.patience_s)


@dataclass(frozen=True)
class _Speaker:
    """One voice of one account."""

    api: Api
    voice: Voice

    def say(self, sentence: Sentence) -> Work[Spoken]:
        text = sentence.spoken
        _require_speakable(text)
        body: dict[str, object] = {"text": text, "model_id": MODEL}
        if self.voice.speed != 1.0:  # settings that are not sent are those of the voice
            body["voice_settings"] = {"speed": self.voice.speed}
        route = f"/v1/text-to-speech/{quote(self.voice.name, safe='')}/with-timestamps"
        answer = yield from waited(self.api.post(route, {"output_format": FORMAT}, body))
        try:
            sound, rate = decoded(base64.b64decode(answer.fields["audio_base64"], validate=True))
        except (KeyError, TypeError, ValueError, binascii.Error):
            raise unreadable() from None
        heard = _heard(answer.fields.get("alignment"), text, rate)
        times = None if heard is None else word_times([word.spoken for word in sentence.words], heard)
        return Spoken(sound, rate, times, _charged(answer))


def _require_speakable(text: str) -> None:
    if not sounds(text):
        raise InvalidInput(
            "script_empty",
            f"There is nothing to speak in {text[:60]!r}.",
            "Write at least one word there, or leave it out.",
        )
    if len(text) > LONGEST:
        raise InvalidInput(
            "script_unspeakable",
            f"A sentence of the script has {len(text):,} characters, and ElevenLabs takes {LONGEST:,} at a time.",
            "Make several sentences of it.",
        )


class _Alignment(BaseModel):
    """When each character of the text that was sent is spoken."""

    characters: list[str]
    character_start_times_seconds: list[FiniteFloat]
    character_end_times_seconds: list[FiniteFloat]


def _heard(alignment: object, text: str, rate: int) -> list[Heard] | None:
    """When each character of `text` is spoken, without the spaces; None where the answer does not tell it for all."""
    try:
        told = _Alignment.model_validate(alignment)
        times = zip(told.character_start_times_seconds, told.character_end_times_seconds, strict=True)
        characters = list(zip(text, told.characters, times, strict=True))
    except ValueError:
        return None
    return [
        Heard(index, index + 1, start * rate, end * rate)
        for index, (character, _, (start, end)) in enumerate(characters)
        if not character.isspace()
    ]


def _charged(answer: Answer) -> int | None:
    """What was charged, in micro-dollars."""
    for header in CHARGED:
        characters = answer.headers.get(header, "")
        if characters.isdecimal():
            return round(int(characters) * USD_PER_1000_CHARS * 1000)
    return None


# ── the voices there are ─────────────────────────────────────────────────────────────────────────────────────────


async def _account_voices(api: Api) -> tuple[VoiceInfo, ...]:
    found: list[VoiceInfo] = []
    params: dict[str, str | int] = {"page_size": 100, "include_total_count": "false"}
    for _ in range(_MOST_PAGES):
        page = (await api.get("/v2/voices", params)).fields
        try:
            found += [_voice(item) for item in page["voices"]]
            if not page["has_more"]:
                break
            params["next_page_token"] = str(page["next_page_token"])
        except (KeyError, TypeError, ValueError, AttributeError):
            raise unreadable() from None
    return tuple({voice.name: voice for voice in found}.values())


def _voice(item: Mapping[str, Any]) -> VoiceInfo:
    labels = item.get("labels") or {}
    proven = [
        known["language"] for known in item.get("verified_languages") or () if known.get("model_id") in (MODEL, None)
    ]
    return VoiceInfo(
        engine=NAME,
        name=item["voice_id"],
        label=_label(item.get("name") or item["voice_id"], labels),
        languages=_languages((*proven, labels.get("language"))),
        cloned=item.get("category") in _CLONED,
    )


def _label(name: str, labels: Mapping[str, str]) -> str:
    """ "Lena, British woman"; most names of the library say more than that themselves ("Talia - Warm Soft Guide")."""
    person = {"female": "woman", "male": "man"}.get(labels.get("gender", ""), "")
    who = " ".join(part for part in (labels.get("accent", "").capitalize(), person) if part)
    return name if " - " in name or not person else f"{name}, {who}"


def _languages(own: Sequence[str | None]) -> tuple[str, ...]:
    """All that the model speaks, those first in which the voice is at home."""
    first = [language for language in own if language in LANGUAGES]
    return tuple(dict.fromkeys((*first, *LANGUAGES)))


@functools.cache
def _everybodys() -> tuple[VoiceInfo, ...]:
    """Voices that can be used by their number alone.

    They are what ElevenLabs names as the successors of its old default voices (Sarah, Rachel ...), which accounts made
    after March 2026 do not have and which end with 2026; its list of an account's voices does not name them.
    """
    known = json.loads((VOICES / "elevenlabs.json").read_text("utf-8"))
    return tuple(VoiceInfo(engine=NAME, languages=LANGUAGES, **item) for item in known)


def _key(studio: Studio) -> str:
    """The store's key. Raises Unavailable 503 `voice_key_missing`, and what `Studio.key` raises."""
    if key := studio.key(NAME):
        return key
    raise Unavailable(
        "voice_key_missing",
        "This store has no key for ElevenLabs.",
        "Enter it under “Keys of paid voices” on the Profiles tab.",
    )
