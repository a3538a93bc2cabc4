"""A small clip that is as it should be, made by the real renderer, and what the checks say of damaged copies of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from editai import captions, formats, quality
from editai.models import (
    BrandKit,
    Brief,
    Check,
    Facts,
    File,
    Films,
    Measurement,
    Narration,
    Picture,
    Plan,
    Track,
    Verdict,
    Word,
    finished,
)
from editai.quality import Heard
from editai.render import encodings, picture, sound
from editai.settings import Settings
from tests.conftest import BOX, MEDIA
from tests.render.conftest import plan_of, source_of

Ffmpeg = Callable[..., None]

WIDTH, HEIGHT, FRAMES = 540, 960, 195

COUNTING = "One:40-275 two:315-515 three:555-735 four:775-955 five:995-1235 six:1275-1495 seven:1535-1795 "
COUNTING += "eight:1835-2035 nine:2075-2295 ten.:2335-2640"
FOX = "The:40-115 quick:155-355 brown:395-695 fox:735-1055 jumps:1095-1435 over:1475-1675 the:1715-1815 "
FOX += "lazy:1855-2115 dog.:2135-2550"
"""What is said in the recordings, and when, in milliseconds."""

AAC = ("-c:a", "aac", "-b:a", "128k", "-aac_pns", "0")
PRIMING = "atrim=start_sample=1024,asetpts=N/SR/TB"
"""Coding AAC again without an edit list would make the sound so much later."""

SHARED = ("-map_metadata", "-1", "-use_editlist", "0", "-movflags", "+faststart+negative_cts_offsets", "-brand", "isom")


@dataclass(frozen=True)
class Good:
    """The clip, what it was made from, and what is measured and heard in it."""

    path: Path
    plan: Plan
    measured: Measurement
    heard: Heard
    settings: Settings
    copies: Path
    ffmpeg: Ffmpeg

    def judged(
        self, path: Path | None = None, *, listen: bool = False, measured: Measurement | None = None,
        plan: Plan | None = None, **wishes: Any,
    ) -> dict[str, Check]:  # fmt: skip
        """The checks of a copy (or of the clip itself) by their slugs; `listen`: its sound is not the clip's."""
        plan, heard, found = plan or self.plan, self.heard, measured or self.measured
        if path is not None:
            found = finished(quality.measure(_as_picture(path), plan))
            if listen:
                heard = finished(quality.listen(_as_picture(path), plan.language, self.settings))
        brief = Brief(sources=(File.of(BOX),), facts=Facts(title="Tea"), **wishes)
        checks = quality.judge(found, heard, plan, brief, self.settings)
        worst: dict[Verdict, int] = {"pass": 0, "unchecked": 1, "warn": 2, "fail": 3}
        by_slug: dict[str, Check] = {}
        for check in sorted(checks, key=lambda check: worst[check.verdict]):
            by_slug[check.slug] = check
        return by_slug

    def with_picture(self, filters: str, *options: object) -> Path:
        """A copy with another picture, coded as a clip is but for `options`."""
        return self.copy("-vf", filters, *encodings.standard(), "-preset", "superfast", "-c:a", "copy", *options)

    def with_sound(self, filters: str, *options: object) -> Path:
        """A copy with another sound, coded as a clip's is but for `options`."""
        return self.copy("-c:v", "copy", "-af", f"{PRIMING},{filters}", *AAC, *options)

    def copy(self, *options: object, shared: tuple[str, ...] = SHARED) -> Path:
        target = self.copies / f"{len(list(self.copies.iterdir()))}.mp4"
        self.ffmpeg("-i", self.path, *options, *shared, target)
        return target


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Ffmpeg) -> Good:
    """Somebody counts and speaks of a fox for six seconds and a half over three shots of the box."""
    work = tmp_path_factory.mktemp("good")
    recordings = [MEDIA / "en_counting.wav", MEDIA / "en_quick_brown_fox.wav"]
    joined = "[0]apad=pad_dur=0.3[a];[a][1]concat=n=2:v=0:a=1"
    inputs = ("-i", recordings[0], "-i", recordings[1], "-filter_complex", joined)
    ffmpeg(*inputs, "-ar", 24000, "-c:a", "pcm_s16le", work / "voice.wav")
    source = source_of(BOX)
    words = [*_words(COUNTING, 0, 0), *_words(FOX, 3286, 1)]
    voice = File.of(work / "voice.wav")
    said = Narration(audio=voice, duration_ms=6174, words=tuple(words), language="en", origin="voice")
    style = captions.style("bold", BrandKit())
    cues = captions.make_cues(said, style, formats.shape("9:16"))
    plan = plan_of(
        [source], [(0, 30, 60), (0, 150, 60), (0, 250, 75)], width_px=WIDTH, height_px=HEIGHT, style=style, cues=cues,
        tracks=[Track(role="voice", file=voice)], speech=[(1, 185)],
    )  # fmt: skip
    assert plan.frames == FRAMES
    files = {voice.sha256: work / "voice.wav", source.file.sha256: BOX}
    (work / "sound").mkdir()
    mix = finished(sound.mix(plan, files, work / "sound"))
    (work / "picture").mkdir()
    drawn = finished(picture.draw(plan, captions.write(plan), mix, Films(films=()), files, work / "picture"))
    (work / "copies").mkdir()
    settings = Settings(_env_file=None, home=work / "home", models_dir=None, offline=True, secret_key=None)
    return Good(
        path=drawn.path(drawn.video),
        plan=plan,
        measured=finished(quality.measure(drawn, plan)),
        heard=finished(quality.listen(drawn, "en", settings)),
        settings=settings,
        copies=work / "copies",
        ffmpeg=ffmpeg,
    )


def _words(text: str, later_ms: int, sentence: int) -> list[Word]:
    told = [word.rpartition(":") for word in text.split()]
    return [
        Word(
            text=word,
            start_ms=later_ms + int(time.partition("-")[0]),
            end_ms=later_ms + int(time.partition("-")[2]),
            sentence=sentence,
        )
        for word, _, time in told
    ]


def _as_picture(path: Path) -> Picture:
    file = File.of(path)
    return Picture(folder=path.parent, video=file, poster=file)
