"""The vocabulary: JSON in, JSON out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from editai.models import Brief, File, Narration, Voice, Word


def narration(folder: Path) -> Narration:
    return Narration(
        folder=folder,
        audio=File(name="narration.wav", sha256="0" * 64, bytes=1),
        duration_ms=900,
        words=(
            Word(text="Hello", start_ms=0, end_ms=400, sentence=0),
            Word(text="there.", start_ms=400, end_ms=700, sentence=0),
            Word(text="Bye.", start_ms=700, end_ms=900, sentence=1),
        ),
        language="en",
        origin="voice",
    )


def test_json_names_the_files_and_not_where_they_lie(tmp_path: Path) -> None:
    text = narration(tmp_path).model_dump_json()
    assert str(tmp_path) not in text
    assert Narration.model_validate_json(text).audio.name == "narration.wav"


def test_an_artifact_finds_its_file_in_its_folder(tmp_path: Path) -> None:
    made = narration(tmp_path)
    assert made.path(made.audio) == tmp_path / "narration.wav"


def test_words_are_grouped_by_their_sentence(tmp_path: Path) -> None:
    assert [[word.text for word in words] for words in narration(tmp_path).sentences()] == [
        ["Hello", "there."],
        ["Bye."],
    ]


def test_a_file_is_known_by_its_content(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_bytes(b"same")
    two.write_bytes(b"same")
    assert File.of(one).sha256 == File.of(two).sha256


def test_a_misspelt_field_is_refused() -> None:
    with pytest.raises(ValidationError):
        Brief.model_validate({"sources": [{"name": "a", "sha256": "a", "bytes": 1}], "scirpt": "Hello."})


def test_a_brief_without_a_source_is_refused() -> None:
    with pytest.raises(ValidationError):
        Brief(sources=())


def test_a_voice_reads_as_engine_and_name() -> None:
    assert str(Voice(engine="kokoro", name="af_heart")) == "kokoro:af_heart"


def test_a_voice_is_read_from_engine_and_name() -> None:
    assert Voice.parse("kokoro:af_heart") == Voice(engine="kokoro", name="af_heart")


def test_a_brief_that_an_earlier_version_kept_is_read_by_its_old_name() -> None:
    kept = Brief(sources=(File(name="a.mp4", sha256="0" * 64, bytes=1),), captions_burned=False).model_dump(mode="json")
    kept["burn_captions"] = kept.pop("captions_burned")
    assert Brief.model_validate_json(json.dumps(kept)).captions_burned is False
    assert Brief.model_validate(kept).captions_burned is False
