"""How far words lie from when they are said, and what captions cost.

    python -m benchmarks.captions [--quick] [--cost] [--rounds 3]

Words: their onsets, as `editai.hearing` finds them where the text is known and as `editai.captions.listen` where it is
not, against the times of `benchmarks/truth.py`; in ms, and words that were not written down as they were said. English
is promised, other languages are measured.

Cost (`--cost`, several minutes): the picture of a 60 s clip with captions and without, less the one from the other, in
parts of the bare encode of the same frames (see `benchmarks/render.py`); the cases take turns.

What is found is appended to `benchmarks/results/captions.jsonl`. `--quick`: one voice, three lines, a clip of 6 s, and
nothing is kept.
"""

from __future__ import annotations

import argparse
import datetime
import json
import statistics
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import edit, truth
from benchmarks.render import commit, machine
from benchmarks.truth import LINES
from benchmarks.usage import used
from benchmarks.voices import empty_studio
from editai.errors import InvalidInput
from editai.hearing.speech import read
from editai.models import FPS
from editai.voices import Studio

RESULTS = Path(__file__).parent / "results" / "captions.jsonl"
MEDIAN_MS, P95_MS, COST = 80, 200, 0.15
ENGLISH = ("af_heart", "am_michael", "bf_emma", "bm_george")
OTHERS = {"es": "ef_dora", "fr": "ff_siwis", "it": "if_sara", "pt": "pf_dora", "hi": "hf_alpha"}
RECORDINGS = ("en_counting", "en_quick_brown_fox") * 8
"""Eight times each, so that they meet pauses of other lengths."""


@dataclass(frozen=True)
class Row:
    """How late each word was found, in ms (early is less than 0); `lost` of `words` were not found at all."""

    what: str
    late_ms: tuple[float, ...]
    words: int
    lost: int = 0
    promised: bool = True

    def part(self, percent: float) -> float:
        return float(np.percentile(np.abs(self.late_ms), percent))

    @property
    def met(self) -> bool | None:
        return self.part(50) <= MEDIAN_MS and self.part(95) <= P95_MS if self.promised else None

    def figures(self) -> dict[str, object]:
        percents = {"median": 50, "p95": 95, "worst": 100}
        off = {name: round(self.part(percent)) for name, percent in percents.items()}
        return {"what": self.what, **off, "bias": round(statistics.median(self.late_ms)), "words": self.words,
                "lost": self.lost, "met": self.met}  # fmt: skip


def accuracy(quick: bool, folder: Path, studio: Studio) -> Iterator[Row]:
    """Every row of the words."""
    settings = studio.settings
    lines = LINES["en"][: 3 if quick else None]
    english = {name: truth.by_kokoro(name, "en", lines, studio) for name in ENGLISH[: 1 if quick else None]}
    voices = {f"Kokoro {name}": said for name, said in english.items()} | {"Piper joe": truth.by_piper(lines)}
    for name, said in voices.items():
        if not said:
            print(f"{name}: not installed here")
            continue
        count = sum(len(one.words) for one in said)
        yield Row(f"text known, en, {name}", tuple(truth.aligned(said, "en", settings)), count)
        late, lost = truth.heard(truth.joined(said), folder, settings)
        yield Row(f"heard alone, en, {name}", tuple(late), count, lost)
    whole = truth.joined(next(iter(english.values())))
    music = read(edit.MUSIC, 0.0, 30.0)
    noise = np.random.default_rng(1).standard_normal(len(whole.sound)).astype(np.float32)
    for name, other in (("music", music), ("noise", noise)):
        late, lost = truth.heard(truth.under(whole, other, 12), folder, settings)
        yield Row(f"heard alone, en, {name} 12 dB under the voice", tuple(late), len(whole.words), lost)
    known = truth.joined(truth.recorded(edit.SPEECH.parent, RECORDINGS))
    late, lost = truth.heard(known, folder, settings)
    yield Row("heard alone, en, recordings joined", tuple(late), len(known.words), lost)
    for language, voice in OTHERS.items() if not quick else ():
        said = truth.by_kokoro(voice, language, LINES[language], studio)
        late = truth.aligned(said, language, settings)
        yield Row(f"text known, {language}, Kokoro {voice}", tuple(late), len(late), promised=False)
        try:
            late, lost = truth.heard(truth.joined(said), folder, settings.model_copy(update={"transcriber": "base"}))
        except InvalidInput as error:
            print(f"heard alone by Whisper base, {language}: {error}")
            continue
        count = sum(len(one.words) for one in said)
        yield Row(f"heard alone by Whisper base, {language}, Kokoro {voice}", tuple(late), count, lost, promised=False)


def cost(folder: Path, seconds: float, rounds: int) -> float:
    """CPU of a picture with captions, less that of one without, in parts of the bare encode: the median of rounds."""
    media = edit.make_media(folder / "media", seconds + 5)
    frames = round(seconds * FPS)
    plan, bald = (
        edit.plan_for(media, media.sources["hd"], frames, max(4, round(seconds / 3)), without=without)
        for without in (frozenset[str](), frozenset({"captions"}))
    )
    made = edit.whole_edit(plan, media.paths, folder / "made")
    raw = edit.finished_frames(plan, media.paths, made, folder / "exact")
    ratios = []
    for number in range(1, rounds + 1):
        shown = used(edit.picture_of, plan, media.paths, made.mix, made.films, folder / "with").cpu
        without = used(edit.picture_of, bald, media.paths, made.mix, made.films, folder / "without").cpu
        bare = used(edit.bare_encode, raw, folder).cpu
        print(f"round {number}: with {shown:.1f}, without {without:.1f}, bare {bare:.1f} CPU s", flush=True)
        ratios.append((shown - without) / bare)
    return statistics.median(ratios)


def main() -> int:
    """Measure, print, keep; 1 where something that was promised is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.captions", description="how exact captions are")
    parser.add_argument("--quick", action="store_true", help="one voice, three lines, a clip of 6 s")
    parser.add_argument("--cost", action="store_true", help="also what captions cost")
    parser.add_argument("--rounds", type=int, default=3, help="of the cost")
    given = parser.parse_args()
    started = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    rows: list[Row] = []
    part: float | None = None
    with tempfile.TemporaryDirectory() as name, empty_studio(Path(name) / "home") as studio:
        print(f"{'onsets of words, ms':<52}{'median':>7}{'p95':>6}{'worst':>7}{'bias':>6}{'words':>7}{'lost':>6}")
        for row in accuracy(given.quick, Path(name), studio):
            rows.append(row)
            told = row.figures()
            aim = {None: "", True: "met", False: "MISSED"}[row.met]
            print(f"{row.what:<52}{told['median']:>7}{told['p95']:>6}{told['worst']:>7}{told['bias']:>6}{row.words:>7}"
                  f"{row.lost:>6}  {aim}", flush=True)  # fmt: skip
        if given.cost:
            part = cost(Path(name), 6.0 if given.quick else 60.0, given.rounds)
            print(f"captions against the bare encode: {part:.3f}, at most {COST}")
    if not given.quick:
        told = {"date": started, "commit": commit(), "machine": machine(), "cost": part}
        RESULTS.parent.mkdir(exist_ok=True)
        with RESULTS.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(told | {"rows": [row.figures() for row in rows]}, ensure_ascii=False) + "\n")
    return int(any(row.met is False for row in rows) or (part or 0.0) > COST)


if __name__ == "__main__":
    sys.exit(main())
