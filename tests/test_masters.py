"""The clean master of a real clip: the same but for the captions."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from editai import jobs, library, masters
from editai.errors import EditaiError
from editai.library import LOCAL_OWNER
from editai.models import Clip, Facts, Plan, finished
from editai.settings import Settings
from editai.slots import Slot
from tests.shop import Shop

pytestmark = pytest.mark.slow

FACTS = Facts(title="Alpina Biscuit Box", price="$12.90")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    settings = Settings(_env_file=None, home=tmp_path_factory.mktemp("home"), offline=True)
    with library.open(settings) as shelf:
        yield Shop(settings, shelf, shelf.store.default_profile(LOCAL_OWNER))


def made(shop: Shop, **wishes: Any) -> Clip:
    job = shop.submit(claimed_by="test", facts=FACTS, **wishes)
    ended = jobs.run_job(job.id, shop.settings, "test")
    assert ended.error is None
    return shop.shelf.media.placed(shop.shelf.store.clip(shop.profile.id, ended.clip_id or ""))


@pytest.fixture(scope="module")
def clip(shop: Shop) -> Clip:
    return made(shop)


@pytest.fixture(scope="module")
def asked(shop: Shop, clip: Clip) -> tuple[Path, set[str]]:
    """The clean master, which was asked for while another clip was being rendered, and what was said meanwhile."""
    with Slot(shop.settings) as other:
        assert other.take()
        work = masters.clean(shop.shelf, clip)
        said = {next(work).message for _ in range(3)}
    return finished(work), said


@pytest.fixture(scope="module")
def master(asked: tuple[Path, set[str]]) -> Path:
    return asked[0]


def plan_of(clip: Clip) -> Plan:
    return Plan.model_validate_json(clip.path(clip.plan).read_text("utf-8"))


def lumas(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.reformat(format="gray").to_ndarray().astype(int) for frame in container.decode(video=0)]


def sound(path: Path) -> list[tuple[int | None, bytes]]:
    with av.open(str(path)) as container:
        return [(packet.pts, bytes(packet)) for packet in container.demux(audio=0) if packet.size]


def test_the_clean_master_is_the_clip_without_its_captions(clip: Clip, master: Path) -> None:
    plan, with_words, without = plan_of(clip), lumas(clip.path(clip.video)), lumas(master)
    assert len(with_words) == len(without) == plan.frames
    middle = round(plan.style.centre_y_px * plan.height_px / 1920)
    words, above = slice(middle - 200, middle + 200), slice(0, middle - 400)
    spoken = plan.cues[0].words[0].start + 5
    difference = np.abs(with_words[spoken] - without[spoken])
    assert (difference[words] > 60).sum() > 5000
    assert difference[above].mean() < 2  # the encoder's own: the bits that the words took are elsewhere


def test_its_sound_is_the_clips_own(clip: Clip, master: Path) -> None:
    assert sound(master) == sound(clip.path(clip.video))


def test_it_is_drawn_once_and_kept_with_the_clip(shop: Shop, clip: Clip, master: Path) -> None:
    drawn = master.stat().st_mtime_ns
    assert finished(masters.clean(shop.shelf, clip)) == master == clip.folder / "clean.mp4"
    assert master.stat().st_mtime_ns == drawn


def test_a_clip_that_was_made_without_captions_is_its_own_master(shop: Shop, clip: Clip, master: Path) -> None:
    bare = made(shop, captions_burned=False)
    assert finished(masters.clean(shop.shelf, bare)) == bare.path(bare.video)
    assert bare.path(bare.video).read_bytes() == master.read_bytes()
    assert bare.path(bare.srt).read_bytes() == clip.path(clip.srt).read_bytes()
    assert plan_of(bare).cues == plan_of(clip).cues


def test_it_waits_for_a_slot_that_jobs_render_in_and_says_so(asked: tuple[Path, set[str]]) -> None:
    master, said = asked
    assert said == {"Waiting for another clip to be finished"}
    assert master.exists()


def test_one_that_was_drawn_for_somebody_else_meanwhile_is_not_drawn_again(
    shop: Shop, clip: Clip, master: Path
) -> None:
    master.unlink(missing_ok=True)
    with Slot(shop.settings) as other:
        assert other.take()
        work = masters.clean(shop.shelf, clip)
        next(work)
        shutil.copyfile(clip.path(clip.poster), master)
    assert finished(work).read_bytes() == clip.path(clip.poster).read_bytes()
    master.unlink()


def test_cancelled_it_leaves_nothing(shop: Shop, clip: Clip, master: Path) -> None:
    master.unlink(missing_ok=True)
    with closing(masters.clean(shop.shelf, clip)) as work:
        next(work)
    assert [path.name for path in clip.folder.parent.iterdir() if path.name.startswith(".")] == []
    assert not master.exists()


def test_a_video_that_is_gone_is_said(shop: Shop, clip: Clip, master: Path) -> None:
    master.unlink(missing_ok=True)
    source = shop.shelf.media.source(shop.profile.id, plan_of(clip).sources[0].file)
    away = source.with_name("away")
    source.rename(away)
    try:
        with pytest.raises(EditaiError) as caught:
            finished(masters.clean(shop.shelf, clip))
    finally:
        away.rename(source)
    assert caught.value.title == "404 source_not_found"
