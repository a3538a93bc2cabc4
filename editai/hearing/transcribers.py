"""The transcribers that can be chosen: OpenAI's Whisper in its sizes (MIT), in the form that faster-whisper reads.

`tiny.en` comes with `requirements.txt`, `base` with two packages of its own or from the hub, the larger ones from the
hub; all of them may lie in the owner's folder of models instead (see `editai.weights`).
"""

from __future__ import annotations

from editai import weights
from editai.settings import Settings, Transcriber
from editai.weights import Pin, Weights

_WORDS = tuple(pin for pin in weights.WHISPER_BASE.published if pin.name in ("tokenizer.json", "vocabulary.txt"))
"""The same in every multilingual size up to `medium`."""
_WORDS_V3 = (
    Pin("preprocessor_config.json", 340, "7ccc62c6f2765af1f3b46c00c9b5894426835a05021c8b9c01eecb6dfb542711"),
    Pin("vocabulary.json", 1_068_114, "c69260f2ab26d659b7c398f9a2b2b48ed0df16c3b47d7326782fd9cba71690c1"),
)


def _whisper(name: str, repo: str, revision: str, config: Pin, model: Pin, *words: Pin) -> Weights:
    return Weights(
        label=f"the multilingual transcriber Whisper {name}",
        folder=f"whisper-{name}",
        packaged=(),
        repo=repo,
        revision=revision,
        published=(config, model, *words),
    )


TRANSCRIBERS: dict[Transcriber, Weights] = {
    "tiny.en": weights.WHISPER,
    "base": weights.WHISPER_BASE,
    "small": _whisper(
        "small",
        "Systran/faster-whisper-small",
        "536b0662742c02347bc0e980a01041f333bce120",
        Pin("config.json", 2_370, "b55496ac7940a7ae47d2c01eab40edfd8701feec1229d9cce3b40014383fb828"),
        Pin("model.bin", 483_546_902, "3e305921506d8872816023e4c273e75d2419fb89b24da97b4fe7bce14170d671"),
        *_WORDS,
    ),
    "medium": _whisper(
        "medium",
        "Systran/faster-whisper-medium",
        "08e178d48790749d25932bbc082711ddcfdfbc4f",
        Pin("config.json", 2_257, "3622a2ddc41ec0e0fd4e68c13c6830f03b90c38d89aaad184de02c8c642cf807"),
        Pin("model.bin", 1_527_906_378, "9b45e1009dcc4ab601eff815b61d80e60ce3fd8c74c1a14f4a282258286b51ae"),
        *_WORDS,
    ),
    "large-v3-turbo": _whisper(
        "large-v3-turbo",
        "dropbox-dash/faster-whisper-large-v3-turbo",
        "0a363e9161cbc7ed1431c9597a8ceaf0c4f78fcf",
        Pin("config.json", 2_263, "b0253ea6c0d3bea6b1e19e91a02acfd3b53f4467362efcb5a3e6b16c9b3a9b7e"),
        Pin("model.bin", 1_617_884_929, "e76620f83d5f5b69efd3d87e3dc180c1bd21df9fbebacfd4335e5e1efcc018da"),
        Pin("tokenizer.json", 2_710_337, "297b13372ac43916285644fb9687add3cc62ee2a1adb60da3dc25cc94c1871fd"),
        *_WORDS_V3,
    ),
    "large-v3": _whisper(
        "large-v3",
        "Systran/faster-whisper-large-v3",
        "edaa852ec7e145841d8ffdb056a99866b5f0a478",
        Pin("config.json", 2_394, "a9306624f5ec14270a014b647e5c316b6e03a662c369758d1b90697a7b0655b9"),
        Pin("model.bin", 3_087_284_237, "69f74147e3334731bc3a76048724833325d2ec74642fb52620eda87352e3d4f1"),
        Pin("tokenizer.json", 2_480_617, "6d8cbd7cd0d8d5815e478dac67b85a26bbe77c1f5e0c6d76d1ce2abc0e5f21ca"),
        *_WORDS_V3,
    ),
}
"""By the name that `EDITAI_TRANSCRIBER` takes, the smallest first."""


def chosen(settings: Settings) -> Weights:
    """The transcriber that the settings name."""
    return TRANSCRIBERS[settings.transcriber]


def is_english(transcriber: Weights) -> bool:
    """Whether it knows English only."""
    return transcriber.folder.endswith(".en")


def for_language(language: str, settings: Settings) -> Weights:
    """The chosen one, or the smallest multilingual one where that knows English only and the language is another."""
    own = chosen(settings)
    return weights.WHISPER_BASE if is_english(own) and language != "en" else own


def multilingual_here(settings: Settings) -> Weights | None:
    """The smallest multilingual one that is on this computer already."""
    known = (each for each in TRANSCRIBERS.values() if not is_english(each))
    return next((each for each in known if weights.found(each, settings)), None)
