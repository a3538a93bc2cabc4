"""One click on real input: a video and a script go in, and the finished file is what the design says.

Every figure here is measured on the files of one clip that the real line made: real voice, real ffmpeg.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import jiwer
import pysubs2
import pytest
import webvtt
from PIL import Image

from editai import jobs, library, pipeline, profiles
from editai.errors import EditaiError
from editai.job_run import STAGES
from editai.models import FPS, Clip, Facts, Job, Plan, Profile, Progress, Report, finished
from editai.settings import Settings
from tests.conftest import BOX, MEDIA
from tests.voices.lines import plain

pytestmark = pytest.mark.slow


SMALL: dict[str, Any] = {"quality": "draft", "format": "1:1", "hook_card": False, "end_card": False}
"""For what is seen of the picture nowhere: it is soon drawn."""

SCRIPT = (
    "Meet the Alpina biscuit box. Inside are 24 butter biscuits, in a printed box worth keeping. "
    "Bring one home today for $12.90."
)


@dataclass
class Shop:
    """A data folder with one profile, and a way to run a job in it."""

    settings: Settings
    shelf: library.Library
    profile: Profile

    def run(self, *sources: Path, **wanted: Any) -> tuple[Job, Clip | None]:
        job = jobs.submit(self.shelf, self.profile, list(sources), claimed_by="test", **wanted)
        job = jobs.run_job(job.id, self.settings, "test")
        return job, self.shelf.store.clip(self.profile.id, job.clip_id) if job.clip_id else None

    def finished(self, stage: str) -> set[str]:
        return {path.name for path in (self.shelf.media.cache(self.profile.id) / stage).glob("*")}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    settings = Settings(_env_file=None, home=tmp_path_factory.mktemp("home"), offline=True)
    shelf = library.open(settings)
    return Shop(settings, shelf, library.context(shelf.store, "local", None, None))


@pytest.fixture(scope="module")
def clip(shop: Shop) -> Clip:
    job, clip = shop.run(BOX, script=SCRIPT, facts=Facts(title="Alpina Biscuit Box"))
    assert job.error is None
    assert clip is not None
    return clip


@pytest.fixture(scope="module")
def plan(clip: Clip) -> Plan:
    return Plan.model_validate_json(clip.path(clip.plan).read_text("utf-8"))


@pytest.fixture(scope="module")
def report(clip: Clip) -> Report:
    return Report.model_validate_json(clip.path(clip.report).read_text("utf-8"))


def test_the_file_fits_every_platform(clip: Clip) -> None:
    with av.open(str(clip.path(clip.video))) as container:
        picture, sound = container.streams.video[0], container.streams.audio[0]
        assert (picture.codec_context.width, picture.codec_context.height) == (1080, 1920)
        assert (picture.codec_context.name, picture.profile, picture.pix_fmt) == ("h264", "High", "yuv420p")
        assert picture.average_rate == picture.base_rate == FPS
        assert (sound.codec_context.name, sound.rate, sound.channels) == ("aac", 48_000, 2)
    assert clip.video.bytes < 95_000_000


def test_every_planned_frame_is_there_and_evenly_timed(clip: Clip, plan: Plan) -> None:
    with av.open(str(clip.path(clip.video))) as container:
        stream = container.streams.video[0]
        assert stream.time_base is not None
        times = [frame.pts * stream.time_base for frame in container.decode(stream) if frame.pts is not None]
    assert len(times) == plan.frames == sum(shot.frames for shot in plan.shots)
    assert [round(time * FPS) for time in times] == list(range(plan.frames))


def test_sound_and_picture_end_within_one_frame(report: Report) -> None:
    assert abs(report.measurement.sound_end_ms - report.measurement.picture_end_ms) <= 1000 / FPS


def test_loudness_is_what_platforms_expect(report: Report) -> None:
    assert report.measurement.loudness_lufs is not None
    assert report.measurement.peak_dbtp is not None
    assert abs(report.measurement.loudness_lufs + 14) <= 0.5
    assert report.measurement.peak_dbtp <= -1


def test_the_index_comes_first_and_nothing_is_skipped(report: Report) -> None:
    assert report.measurement.faststart
    assert not report.measurement.edit_list
    assert report.measurement.longest_gop <= 60


def test_what_is_heard_is_the_script(clip: Clip, shop: Shop, measured: Callable[[str], None]) -> None:
    from faster_whisper import WhisperModel

    from editai import weights

    found = finished(weights.obtain(weights.WHISPER, shop.settings))
    model = WhisperModel(str(found.folder), device="cpu", compute_type="int8", cpu_threads=2)
    heard = " ".join(segment.text for segment in model.transcribe(str(clip.path(clip.video)), language="en")[0])
    wanted, got = without_brand(plain(SCRIPT)), without_brand(plain(heard))
    print(f"wanted: {wanted}\nheard:  {got}")
    measured(f"the finished clip against its script: word error rate {jiwer.wer(wanted, got):.3f}")
    assert jiwer.wer(wanted, got) <= 0.1


def without_brand(words: list[str]) -> str:
    """The words but for the invented name, which a listener may spell as it likes ("Alpina", "Alpena")."""
    return " ".join(word for word in words if not word.startswith("alp"))


def test_every_script_word_is_in_the_captions_once_in_order(plan: Plan) -> None:
    assert [word.text for cue in plan.cues for word in cue.words] == SCRIPT.split()


def test_caption_times_go_forward(plan: Plan) -> None:
    words = [word for cue in plan.cues for word in cue.words]
    assert all(word.start < word.end for word in words)
    assert all(before.end <= after.start for before, after in itertools.pairwise(words))
    assert all(cue.end - cue.start >= 0.2 * FPS for cue in plan.cues)
    assert plan.cues[-1].end <= plan.frames


def test_subtitle_files_hold_the_script(clip: Clip) -> None:
    assert clip.transcript is not None
    srt, vtt = pysubs2.load(str(clip.path(clip.srt)), encoding="utf-8"), webvtt.read(str(clip.path(clip.vtt)))
    assert " ".join(line.plaintext.replace("\n", " ") for line in srt) == SCRIPT
    assert " ".join(line.text.replace("\n", " ") for line in vtt.captions) == SCRIPT
    assert " ".join(clip.path(clip.transcript).read_text("utf-8").split()) == SCRIPT


def test_the_poster_is_a_picture_of_the_clip(clip: Clip) -> None:
    with Image.open(clip.path(clip.poster)) as poster:
        assert (poster.format, poster.size) == ("JPEG", (1080, 1920))
        assert max(high - low for low, high in poster.convert("RGB").getextrema()) > 100


def test_the_report_says_who_speaks_and_what_came_out_less_good(report: Report) -> None:
    assert (report.voice, report.ai_voice, report.script) == ("kokoro:af_heart", True, SCRIPT)
    assert "upscaled" in {item.slug for item in report.degradations}  # a 640x480 source cannot fill 1080x1920


def test_every_check_of_the_finished_file_passes(report: Report) -> None:
    assert len(report.checks) > 20
    assert [check for check in report.checks if check.verdict != "pass"] == []


def test_the_same_job_again_works_in_no_stage(clip: Clip, shop: Shop) -> None:
    stages = ("narration", "footage", "sound", "picture", "report", "heard")
    before = {stage: shop.finished(stage) for stage in stages}
    _, again = shop.run(BOX, script=SCRIPT, facts=Facts(title="Alpina Biscuit Box"))
    assert again is not None
    assert again.video.sha256 == clip.video.sha256
    assert {stage: shop.finished(stage) for stage in stages} == before


def test_another_caption_style_only_renders(clip: Clip, shop: Shop) -> None:
    before = {stage: shop.finished(stage) for stage in ("narration", "footage", "sound", "picture", "heard")}
    wishes = {"caption_style": "pop", "quality": "draft"}
    _, other = shop.run(BOX, script=SCRIPT, facts=Facts(title="Alpina Biscuit Box"), **wishes)
    assert other is not None
    assert other.video.sha256 != clip.video.sha256
    assert [stage for stage, found in before.items() if shop.finished(stage) != found] == ["picture"]


def test_a_title_alone_gives_a_clip_that_claims_nothing_else(shop: Shop) -> None:
    job, clip = shop.run(BOX, facts=Facts(title="Alpina Biscuit Box", price="$12.90"), **SMALL)
    assert clip is not None, job.error
    report = json.loads(clip.path(clip.report).read_text("utf-8"))
    assert report["script_origin"] == "template"
    assert "Alpina" in report["script"]
    assert set(re.findall(r"\d[\d.]*\d", report["script"])) <= {"12.90"}


def test_speech_in_the_video_is_captioned_over_its_own_sound(
    shop: Shop, ffmpeg: Callable[..., None], tmp_path: Path
) -> None:
    talking = tmp_path / "talking.mp4"
    speech = MEDIA / "en_quick_brown_fox.wav"
    ffmpeg("-i", BOX, "-i", speech, "-map", "0:v", "-map", "1:a", "-t", "7", "-c:v", "libx264", talking)
    job, clip = shop.run(talking, **SMALL)
    assert clip is not None, job.error
    report = Report.model_validate_json(clip.path(clip.report).read_text("utf-8"))
    text = speech.with_suffix(".txt").read_text("utf-8")
    assert (report.script_origin, report.voice, report.ai_voice) == ("source", "source", False)
    assert jiwer.wer(" ".join(plain(text)), " ".join(plain(report.script))) <= 0.1


def test_nothing_to_say_is_said_before_any_work(shop: Shop, ffmpeg: Callable[..., None], tmp_path: Path) -> None:
    mute = tmp_path / "mute.mp4"
    ffmpeg("-i", BOX, "-an", "-c", "copy", mute)
    before = len(shop.shelf.journal.jobs(shop.profile.id))
    with pytest.raises(EditaiError) as caught:
        shop.run(mute)
    assert caught.value.title == "422 nothing_to_say"
    assert len(shop.shelf.journal.jobs(shop.profile.id)) == before


def test_progress_goes_forward_and_shows_a_picture_before_the_end(shop: Shop) -> None:
    text = "A new line, never heard before."
    job = jobs.submit(shop.shelf, shop.profile, [BOX], script=text, claimed_by="test", **SMALL)
    seen: list[Progress] = []
    for progress in pipeline.produce(
        job.brief, shop.profile, job.id, shop.shelf.media, profiles.studio(shop.shelf, shop.profile, job.id)
    ):
        seen.append(progress)
    percents = [progress.percent for progress in seen]
    assert percents == sorted(percents)
    assert percents[-1] == 100
    assert any(progress.still and progress.percent < 75 for progress in seen)
    assert {item.stage for item in seen} == {*STAGES, "done"} - {
        "pauses",
        "speech",
        "translation",
    }  # were not asked for
