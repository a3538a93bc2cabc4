"""How exact the times of English words are, against speech of which they are known: what is promised of captions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from benchmarks import truth
from benchmarks.truth import Said
from editai import captions
from editai.models import File, finished
from editai.settings import Settings
from tests.conftest import MEDIA
from tests.voices.studios import studio_in

LINES = truth.LINES["en"][:6]
RECORDINGS = ("en_counting", "en_quick_brown_fox") * 4

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(_env_file=None, home=tmp_path_factory.mktemp("home"), models_dir=None, offline=True)


@pytest.fixture(scope="module", params=["Kokoro", "Piper"])
def spoken(request: pytest.FixtureRequest, home: Settings) -> list[Said]:
    """Lines of advertising in a voice that tells its own times."""
    if request.param == "Piper":
        return truth.by_piper(LINES)
    return truth.by_kokoro("am_michael", "en", LINES, studio_in(home.home / "store", home))


@pytest.fixture
def require_promised(
    request: pytest.FixtureRequest, measured: Callable[[str], None]
) -> Callable[[Sequence[float]], None]:
    """Fail where onsets are further off, in ms, than is promised: 80 for the median word, 200 for 95 of a hundred."""

    def require(late: Sequence[float]) -> None:
        median, most = np.percentile(np.abs(late), (50, 95))
        measured(f"{request.node.name}: {median:.0f} ms, {most:.0f} ms for 95 of a hundred, {len(late)} words")
        assert median <= 80
        assert most <= 200

    return require


def test_words_of_a_known_text_are_found_in_their_time(
    spoken: list[Said], home: Settings, require_promised: Callable[[Sequence[float]], None]
) -> None:
    late = truth.aligned(spoken, "en", home)
    assert len(late) == sum(len(one.words) for one in spoken)
    require_promised(late)


def test_words_that_are_heard_alone_are_found_in_their_time(
    spoken: list[Said], home: Settings, tmp_path: Path, require_promised: Callable[[Sequence[float]], None]
) -> None:
    late, lost = truth.heard(truth.joined(spoken), tmp_path, home)
    assert lost <= 0.08 * sum(len(one.words) for one in spoken)  # the smallest Whisper hears "bed" for "bag"
    require_promised(late)


def test_words_around_pauses_of_known_length_are_found_in_their_time_and_each_is_there_once(
    home: Settings, tmp_path: Path, require_promised: Callable[[Sequence[float]], None]
) -> None:
    """Who counts is written down as "1-2-3", and the next sentence was put before the pause."""
    said = truth.joined(truth.recorded(MEDIA, RECORDINGS))
    late, lost = truth.heard(said, tmp_path, home)
    assert lost == 0
    assert len(late) == len(RECORDINGS)
    require_promised(late)

    file = File.of(tmp_path / "heard.wav")
    heard = finished(captions.listen(file, {file.sha256: tmp_path / "heard.wav"}, home, tmp_path))
    assert len(heard.words) == len(said.words)
