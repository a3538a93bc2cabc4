"""What a demo leaves out, and how much it takes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from huggingface_hub import metadata_load
from packaging.requirements import Requirement
from packaging.version import Version

from editai import batch, demo, jobs, library, profiles, publish
from editai.errors import EditaiError
from editai.library.guests import Guests
from editai.models import BatchPlan, Brief, Connection, Job, LanguageModel, Profile
from editai.settings import Settings, read_settings
from tests.conftest import BOX

ROOT = Path(__file__).parent.parent


def a_demo(home: Path) -> Settings:
    return Settings.model_validate({"_env_file": None, "home": home, "demo": True, "offline": True})


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[library.Library]:
    with library.open(a_demo(tmp_path / "home")) as opened:
        yield opened


@pytest.fixture
def store(shelf: library.Library) -> Profile:
    visitors = Guests(shelf)
    return shelf.store.default_profile(visitors.of(visitors.arrive()).owner_id)


def title_of(act: Callable[[], object]) -> str:
    with pytest.raises(EditaiError) as caught:
        act()
    return caught.value.title


def waiting(shelf: library.Library, store: Profile, number: int) -> list[str]:
    source = shelf.media.import_source(store.id, BOX)
    brief = Brief(sources=(source,), script="Meet the box.")
    return [shelf.journal.insert(store, brief).id for _ in range(number)]


# ── left out ─────────────────────────────────────────────────────────────────────────────────────────────────────

REFUSED: dict[str, Callable[[library.Library, Profile], object]] = {
    "a voice's key": lambda shelf, store: shelf.secrets.keep(store.id, "elevenlabs", "k" * 20),
    "a Postiz account": lambda shelf, store: profiles.connect(shelf, store, "https://postiz.example", "k" * 20),
    "trying one": lambda shelf, _: profiles.test_connection(shelf.settings, "https://postiz.example", "k" * 20),
    "a language model": lambda shelf, store: shelf.secrets.connect_model(
        store.id, LanguageModel(url="http://127.0.0.1:11434", model="any", key="")
    ),
    "its channels": publish.channels,
    "many products": lambda shelf, store: batch.start(
        shelf, store, BatchPlan(profile_id=store.id, kind="plain", entries=())
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_a_demo_leaves_out_is_refused(shelf: library.Library, store: Profile, what: str) -> None:
    assert title_of(lambda: REFUSED[what](shelf, store)) == "403 not_in_demo"


def test_no_key_of_a_visitor_is_on_the_disk(shelf: library.Library, store: Profile) -> None:
    with pytest.raises(EditaiError):
        shelf.secrets.connect(store.id, Connection(url="https://postiz.example", key="very-secret-key"))
    assert shelf.store.secrets(store.id) == {}
    assert not shelf.settings.key_file.exists()


# ── limits ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_demo_takes_short_videos_and_makes_short_clips(tmp_path: Path) -> None:
    wide = Settings(_env_file=None, home=tmp_path, max_source_minutes=90, max_clip_seconds=600)
    small = demo.limited(wide.model_copy(update={"demo": True}))
    assert (small.max_source_minutes, small.max_source_bytes, small.max_clip_seconds) == (3, 200_000_000, 45)
    assert demo.limited(wide) == wide


def test_limits_that_are_narrower_still_stay(tmp_path: Path) -> None:
    own = Settings.model_validate({"_env_file": None, "home": tmp_path, "demo": True, "max_clip_seconds": 10})
    assert demo.limited(own).max_clip_seconds == 10


def test_a_visitor_has_so_many_clips_made_at_a_time(shelf: library.Library, store: Profile) -> None:
    first, *_ = waiting(shelf, store, demo.MOST_EACH)

    def again() -> Job:
        return jobs.submit(shelf, store, [BOX], script="Meet the box.")

    assert title_of(again) == "429 demo_busy"
    jobs.cancel(shelf, store.id, first)
    assert again().state == "queued"
    assert title_of(lambda: jobs.retry(shelf, store.id, first)) == "429 demo_busy"


def test_variants_and_formats_count_each(shelf: library.Library, store: Profile) -> None:
    asked = {"script": "Meet the box.", "more_formats": ("1:1",), "variants": 2}
    assert title_of(lambda: jobs.submit_each(shelf, store, [BOX], **asked)) == "429 demo_busy"  # type: ignore[arg-type]
    assert shelf.journal.jobs(store.id) == ()


def test_so_many_wait_in_all(shelf: library.Library, store: Profile) -> None:
    visitors = Guests(shelf)
    other = shelf.store.default_profile(visitors.of(visitors.arrive()).owner_id)
    waiting(shelf, other, demo.MOST_WAITING)
    assert title_of(lambda: jobs.submit(shelf, store, [BOX], script="Meet the box.")) == "429 demo_busy"


# ── the setting ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_on_a_space_it_is_a_demo_by_itself_and_listens_to_the_space(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EDITAI_HOME", str(tmp_path))
    assert (read_settings().demo, demo.limited(read_settings()).host) == (False, "127.0.0.1")
    monkeypatch.setenv("SPACE_ID", "lumora/editai")
    assert (read_settings().demo, demo.limited(read_settings()).host) == (True, "0.0.0.0")
    monkeypatch.setenv("EDITAI_DEMO", "0")
    assert (read_settings().demo, demo.limited(read_settings()).host) == (False, "127.0.0.1")


def test_a_demo_has_a_folder_of_its_own(tmp_path: Path) -> None:
    assert a_demo(tmp_path).folder == tmp_path / "demo"


def test_nobody_signs_in_to_a_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "DEMO": "1",
        "SUPABASE_URL": "https://x.supabase.co",
        "SUPABASE_KEY": "sb_publishable_x",
    }.items():
        monkeypatch.setenv(f"EDITAI_{name}", value)
    with pytest.raises(EditaiError, match="EDITAI_DEMO: in a demo nobody signs in"):
        read_settings()


def test_the_readme_tells_a_space_what_it_needs() -> None:
    told = metadata_load(ROOT / "README.md")
    assert told is not None
    assert (told["sdk"], told["app_file"], told["python_version"]) == ("gradio", "app.py", "3.11")
    [wanted] = [Requirement(line) for line in (ROOT / "requirements.txt").read_text().splitlines() if "gradio" in line]
    assert Version(told["sdk_version"]) in wanted.specifier
