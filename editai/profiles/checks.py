"""What each field of a store may be: one rule for one field, applied to what changes and to nothing else.

A field that became unusable meanwhile (a folder on a disk that is not plugged in) therefore keeps nobody from changing
another one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from editai import captions, voices, zones
from editai.errors import InvalidInput
from editai.library.store import clean_name
from editai.models import (
    BrandKit,
    Colours,
    Format,
    Joint,
    LogoPlace,
    Market,
    Profile,
    Pronunciation,
    SourceSound,
    Voice,
    Writer,
)
from editai.models.brief import MOST_PHRASES
from editai.script.language import NAMES
from editai.spoken import lexicon
from editai.voices import Studio

MICRO = 1_000_000
MOST_USD = 1_000_000
HASHTAGS = 5
HASHTAG_LENGTH = 100
PHRASE_LENGTH = 60


def checked(kit: BrandKit, wishes: Mapping[str, Any], studio: Studio) -> dict[str, Any]:
    """`wishes` as the library keeps them (see `Profile.changed`); `kit` is what they change, `studio` the store's.

    Besides the fields of a profile and its kit there are `monthly_budget_usd` (a decimal number or its text, "" for no
    limit) and `speed` (of the voice). `colours` may name some of the colours, `voice` may be "engine:name".

    Raises InvalidInput 422, its slug naming the field: `font_invalid`, `hashtags_invalid`, `voice_not_found`, …;
    `profile_field_unknown` for what is no field.
    """
    if unknown := sorted(str(field) for field in wishes if field not in RULES):
        raise InvalidInput(
            "profile_field_unknown",
            f"A store has no such field: {', '.join(unknown)[:200]}.",
            f"The fields are: {', '.join(RULES)}.",
        )
    kept = {field: RULES[field](value, studio) for field, value in wishes.items()}
    if "colours" in kept:
        kept["colours"] = kit.colours.model_dump() | kept["colours"]
    if "monthly_budget_usd" in kept:
        kept["monthly_budget"] = kept.pop("monthly_budget_usd")
    if "speed" in kept:
        speed = {"speed": kept.pop("speed")}
        kept["voice"] = (kept.get("voice") or kit.voice).model_copy(update=speed)
    if {"voice", "language"} & kept.keys():
        _require_language(kept.get("voice", kit.voice), kept.get("language", kit.language), studio)
    if "voice" in kept:
        kept["voice"] = kept["voice"].model_dump()
    return kept


def drafted(profile: Profile, wishes: Mapping[str, Any], studio: Studio) -> Profile:
    """The store as it would be with `wishes`, kept nowhere. Raises like `checked`."""
    return profile.changed(checked(profile.kit, wishes, studio))


def micro_dollars(amount: object) -> int | None:
    """An amount in USD (25, 12.5, "12.50", "$5") in micro-dollars, exactly; None for nothing, which is no limit.

    Raises InvalidInput 422 `monthly_budget_invalid`.
    """
    typed = "" if amount is None else str(amount).strip().removeprefix("$").strip()
    if not typed:
        return None
    try:
        exact = Decimal(typed) * MICRO if re.fullmatch(r"\d{1,12}(\.\d{1,12})?", typed, re.ASCII) else None
    except InvalidOperation:
        exact = None
    if exact is None or isinstance(amount, bool) or exact != int(exact) or exact > MOST_USD * MICRO:
        raise refused(
            "monthly_budget",
            f"The budget is an amount in US dollars from 0 to {MOST_USD:,}.",
            "Write it like 25 or 12.50, or leave it empty for no limit.",
        )
    return int(exact)


def usd(amount: int) -> str:
    """Micro-dollars as an amount that `micro_dollars` reads: 12500000 is "12.50", 1 is "0.000001"."""
    whole, rest = divmod(amount, MICRO)
    return f"{whole}.{f'{rest:06d}'.rstrip('0').ljust(2, '0')}"


def hashtags(typed: object) -> tuple[str, ...]:
    """Hashtags, given as a list or as one text, as "#word" without doubles, in their order.

    Raises InvalidInput 422 `hashtags_invalid` for more than 5 and for what no platform takes for one.
    """
    given = [typed] if isinstance(typed, str) else typed
    if not isinstance(given, list | tuple) or not all(isinstance(item, str) for item in given):
        raise refused("hashtags", "Hashtags are words.", "Write them like #lamps #home.")
    words = [word for item in given for word in re.split(r"[\s,;#＃]+", unicodedata.normalize("NFC", item)) if word]
    for word in words:
        if len(word) > HASHTAG_LENGTH or not all(_of_a_hashtag(letter) for letter in word):
            raise refused(
                "hashtags",
                f'"#{printable(word)}" is no hashtag: it has letters, digits and "_" alone.',
                "Take the other characters out.",
            )
    kept: dict[str, str] = {}
    for word in words:
        kept.setdefault(word.casefold(), f"#{word}")
    if len(kept) > HASHTAGS:
        raise refused("hashtags", f"A store has at most {HASHTAGS} hashtags, these are {len(kept)}.", "Take some out.")
    return tuple(kept.values())


def emphasised(typed: object) -> tuple[str, ...]:
    """Phrases that stand out in captions, given as a list or as one text with commas or lines, without doubles.

    Raises InvalidInput 422 `emphasise_invalid`.
    """
    given = re.split(r"[,;\n،、，；]", typed) if isinstance(typed, str) else typed
    if not isinstance(given, list | tuple) or not all(isinstance(item, str) for item in given):
        raise refused("emphasise", "What stands out are words.", "Write them like: handmade, free shipping.")
    kept: dict[str, str] = {}
    for phrase in (" ".join(unicodedata.normalize("NFC", item).split()) for item in given):
        if len(phrase) > PHRASE_LENGTH or not phrase.isprintable():
            raise refused(
                "emphasise",
                f"“{printable(phrase)}” is no word or short phrase.",
                f"Write words with commas between them, none longer than {PHRASE_LENGTH} characters.",
            )
        if phrase:
            kept.setdefault(phrase.casefold(), phrase)
    if len(kept) > MOST_PHRASES:
        raise refused("emphasise", f"These are {len(kept)} phrases, and {MOST_PHRASES} is the most.", "Take some out.")
    return tuple(kept.values())


def formats() -> tuple[str, ...]:
    """The shapes that a clip may have."""
    return get_args(Format)


def languages(studio: Studio) -> tuple[str, ...]:
    """The languages that there is a voice for, ISO 639-1, those of the default engine first."""
    return tuple(dict.fromkeys(language for voice in voices.catalogue(studio) for language in voice.languages))


def refused(field: str, message: str, hint: str) -> InvalidInput:
    """The error of one field: 422 `<field>_invalid`."""
    return InvalidInput(f"{field}_invalid", message, hint)


def printable(text: str) -> str:
    """What somebody else wrote, short and without what would not be seen, for a sentence."""
    return "".join(letter if letter.isprintable() else "?" for letter in text[:60])


# ── the rules ────────────────────────────────────────────────────────────────────────────────────────────────────


def _name(value: object) -> str:
    return clean_name(value if isinstance(value, str) else "")


def _text(field: str, value: object, at_most: int) -> str:
    """A text as it is kept; line breaks stay, other control characters go."""
    if not isinstance(value, str) or any(unicodedata.category(letter) == "Cs" for letter in value):
        raise refused(field, f"The {field.replace('_', ' ')} is no text.", "Type it again.")
    lines = unicodedata.normalize("NFC", value).splitlines()
    kept = "\n".join("".join(letter for letter in line if unicodedata.category(letter) != "Cc") for line in lines)
    if len(kept.strip()) > at_most:
        raise refused(
            field,
            f"The {field.replace('_', ' ')} has {len(kept.strip())} characters, and {at_most} is the most.",
            "Make it shorter.",
        )
    return kept.strip()


def _description(value: object) -> str:
    return _text("description", value, 500)


def _call_to_action(value: object) -> str:
    return _text("call_to_action", " ".join(value.split()) if isinstance(value, str) else value, 60)


def _colours(value: object) -> dict[str, str]:
    given = value.model_dump() if isinstance(value, Colours) else value
    try:
        if not isinstance(given, Mapping):
            raise TypeError
        whole = Colours.model_validate({**Colours().model_dump(), **given}).model_dump()
    except (ValidationError, TypeError) as error:
        names = ", ".join(Colours.model_fields)
        raise refused(
            "colours", f'The colours are {names}, each like "#FFCF33".', "Choose the colour again."
        ) from error
    return {name: whole[name].upper() for name in given}


def _font(value: object, studio: Studio) -> str:
    name = value if isinstance(value, str) else ""
    if name not in captions.font_names(studio.kit):
        raise captions.font_not_found(name, studio.kit)
    return name


def _caption_style(value: object) -> str:
    return captions.style(value if isinstance(value, str) else "").name


def _voice(value: object, studio: Studio) -> Voice:
    try:
        voice = Voice.parse(value) if isinstance(value, str) else Voice.model_validate(value)
    except ValidationError as error:
        raise refused("voice", "This is no voice.", "Choose one of those that are listed.") from error
    voices.info(voice, studio)
    return voice


def _speed(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.5 <= value <= 2:
        raise refused("speed", "The voice's speed is a number from 0.5 to 2; 1 is its own pace.", "Choose another one.")
    return float(value)


def _language(value: object, studio: Studio) -> str:
    return _one_of("language", value, languages(studio))


def _when_voice_fails(value: object, studio: Studio) -> str:
    """ "stop", "default_voice", or a voice that neither costs anything nor needs a connection."""
    if value not in ("stop", "default_voice"):
        if not isinstance(value, str) or ":" not in value:
            offered = '"stop", "default_voice", or a free voice of this computer'
            raise refused("when_voice_fails", "This is nothing that a voice can do.", f"Choose {offered}.")
        known = voices.info(Voice.parse(value), studio)
        if not voices.is_free_and_local(voices.engine(known.engine).info):
            raise refused(
                "when_voice_fails",
                f"The voice {known.label} may fail itself: it costs something, or does not speak on this computer.",
                'Choose a free voice of this computer, "default_voice" or "stop".',
            )
    return str(value)


def _seconds(value: object) -> int | None:
    if value in (None, "", 0):
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 4 <= value <= 600:
        raise refused("seconds", "A clip is 4 to 600 seconds long.", "Choose a length, or leave it empty.")
    return round(value)


def _yes_or_no(field: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise refused(field, f"“{field.replace('_', ' ').capitalize()}” is a yes or a no.", "Choose true or false.")
    return value


def _logo_margin_px(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 200:
        raise refused("logo_margin_px", "The logo's margin is 0 to 200 pixels.", "Choose another one.")
    return round(value)


def _lexicon(value: object, studio: Studio) -> list[dict[str, str]]:
    """Lines of a text ("Lumora = loo-MOR-ah"), or the pronunciations themselves."""
    try:
        entries = (
            lexicon.parse(value, studio.kit.language)
            if isinstance(value, str)
            else tuple(Pronunciation.model_validate(item) for item in value)  # type: ignore[attr-defined]
        )
    except (ValidationError, TypeError) as error:
        raise refused(
            "lexicon", "The lexicon has lines of language, displayed and spoken form.", "Look at its lines again."
        ) from error
    return [entry.model_dump() for entry in lexicon.check(entries)]


def _time_zone(value: object) -> str:
    if not isinstance(value, str) or value not in zones.known():
        raise refused(
            "time_zone",
            "There is no such time zone.",
            'Choose one of those that are listed; its name is like "Europe/Berlin".',
        )
    return value


def _music_folder(value: object, studio: Studio) -> str:
    if not isinstance(value, str):
        raise refused("music_folder", "The music folder is no text.", "Type where it is.")
    if not value.strip():
        return ""
    if studio.settings.is_public:
        raise refused("music_folder", "Others use this computer's EditAI too.", "Upload the music of a clip instead.")
    try:
        folder = Path(value.strip()).expanduser()
        usable = folder.is_absolute() and folder.is_dir()
    except (OSError, ValueError, RuntimeError):  # a null byte, half a surrogate pair, nobody's home
        usable = False
    if not usable:
        raise refused(
            "music_folder",
            "There is no such folder on this computer.",
            "Give the whole path of a folder with music that you may use, or leave it empty.",
        )
    kept = folder.resolve()
    if kept.is_relative_to(studio.settings.home.resolve()):  # it holds every store's files
        raise refused(
            "music_folder", "This folder is inside EditAI's own data.", "Choose a folder with music of your own."
        )
    return str(kept)


def _alone(rule: Callable[[object], Any]) -> Callable[[object, Studio], Any]:
    """A rule that looks at the value alone."""
    return lambda value, _studio: rule(value)


RULES: Mapping[str, Callable[[object, Studio], Any]] = {
    "name": _alone(_name),
    "description": _alone(_description),
    "monthly_budget_usd": _alone(micro_dollars),
    "colours": _alone(_colours),
    "font": _font,
    "caption_style": _alone(_caption_style),
    "emphasise": _alone(emphasised),
    "voice": _voice,
    "speed": _alone(_speed),
    "language": _language,
    "format": _alone(lambda value: _one_of("format", value, formats())),
    "music_folder": _music_folder,
    "call_to_action": _alone(_call_to_action),
    "hashtags": _alone(hashtags),
    "time_zone": _alone(_time_zone),
    "when_voice_fails": _when_voice_fails,
    "seconds": _alone(_seconds),
    "writer": _alone(lambda value: _one_of("writer", value, get_args(Writer))),
    "market": _alone(lambda value: _one_of("market", value, get_args(Market))),
    "when_claim_fails": _alone(lambda value: _one_of("when_claim_fails", value, ("remove", "stop"))),
    "lexicon": _lexicon,
    "commercial": _alone(lambda value: _yes_or_no("commercial", value)),
    "joint": _alone(lambda value: _one_of("joint", value, get_args(Joint))),
    "source_sound": _alone(lambda value: _one_of("source_sound", value, get_args(SourceSound))),
    "price_badge": _alone(lambda value: _yes_or_no("price_badge", value)),
    "end_card": _alone(lambda value: _yes_or_no("end_card", value)),
    "logo_in_clips": _alone(lambda value: _yes_or_no("logo_in_clips", value)),
    "logo_place": _alone(lambda value: _one_of("logo_place", value, get_args(LogoPlace))),
    "logo_margin_px": _alone(_logo_margin_px),
    "files_online": _alone(lambda value: _yes_or_no("files_online", value)),
}


def _one_of(field: str, value: object, offered: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in offered:
        named = field.replace("_", " ")
        raise refused(field, f"This {named} is not offered.", f"Choose one of these: {', '.join(offered)}.")
    return value


def _of_a_hashtag(letter: str) -> bool:
    """Letters, their marks (a vowel of Hindi is one), digits, and "_"."""
    return letter == "_" or unicodedata.category(letter)[0] in "LMN"


def _require_language(voice: Voice, language: str, studio: Studio) -> None:
    spoken = voices.info(voice, studio).languages
    if language not in spoken:
        fitting = ", ".join(str(info) for info in voices.catalogue(studio) if language in info.languages)
        raise refused(
            "language",
            f"The voice {voice} speaks {', '.join(NAMES.get(each, each) for each in spoken)}, and the store's language "
            f"is {NAMES.get(language, language)}.",
            f"Choose a voice of that language: {fitting}." if fitting else "Choose the voice's language.",
        )
