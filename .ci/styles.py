"""Draw every caption style on a bright, a dark and a busy picture, as the renderer does.

    python .ci/styles.py ARTIFACTS

Leaves ARTIFACTS/captions.png, to be looked at: a row for each style, in the middle of a word that is being spoken; and
ARTIFACTS/captions-scripts.png: the first style in the scripts of the world.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import imageio_ffmpeg
from PIL import Image, ImageDraw

from editai import bundled, captions
from editai.captions import writing
from editai.models import CaptionStyle, Crop, CropKey, Cue, CueWord, File, Plan, Shot, Source

ROOT = Path(__file__).resolve().parent.parent
FFMPEG = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y"]
GROUNDS = {
    "bright": ("-f", "lavfi", "-i", "color=c=0xF3EFE6:s=1080x1920:r=30"),
    "dark": ("-f", "lavfi", "-i", "color=c=0x101418:s=1080x1920:r=30"),
    "busy": ("-i", str(ROOT / "tests" / "media" / "trailer_tree.mp4")),
}
EACH = 12
"""Frames for which a word is spoken."""
WIDTH, HEIGHT = 420, 270
SAID = ("Only 24,90 €", "today 🔥 grab it")
SCRIPTS = {
    "ru": ("Свежий чай", "только сегодня"), "el": ("Φρέσκο τσάι", "μόνο σήμερα"), "ar": ("شاي أخضر", "خصم 20% اليوم"),
    "he": ("תה ירוק", "רק היום 🔥"), "hi": ("ताज़ी चाय", "केवल ₹499"), "zh": ("新鲜 绿茶", "只要 99元"),
    "ja": ("お茶の 香り", "今すぐ 買う"), "ko": ("신선한 녹차", "오늘만 할인"), "th": ("ชา เขียว", "วันนี้ เท่านั้น"),
    "vi": ("Trà xanh tươi", "chỉ hôm nay"),
}  # fmt: skip


def plan_of(lines: tuple[str, ...], style: CaptionStyle, language: str) -> Plan:
    """A plan of one cue; of one word where the style shows no more."""
    at, rows = 0, []
    for line in lines if style.max_words > 1 else ("today",):
        row: list[CueWord] = []
        for word in line.split():
            glued = bool(row) and writing.is_unspaced(word)
            row.append(CueWord(text=word, start=at, end=at + EACH, glued=glued, emphasised=word in ("24,90", "€")))
            at += EACH
        rows.append(tuple(row))
    file = File(name="a.mp4", sha256="0" * 64, bytes=1)
    source = Source(
        file=file, stream=0, duration_ms=9000, width_px=1080, height_px=1920, rotation=0, fps=30, codec="h264",
        has_sound=False,
    )  # fmt: skip
    whole = CropKey(frame=0, crop=Crop(x=0, y=0, width=1080, height=1920))
    shot = Shot(source=0, source_in=0, frames=at, crops=(whole,))
    cue = Cue(lines=tuple(rows), start=0, end=at)
    return Plan(frames=at, sources=(source,), shots=(shot,), cues=(cue,), style=style, language=language)


def drawn(plan: Plan, ground: str, name: str, work: Path) -> Image.Image:
    """The part of a frame in which the captions are."""
    subtitles = captions.write(plan)
    shutil.rmtree(work / "fonts", ignore_errors=True)
    (work / "fonts").mkdir()
    for number, font in enumerate(subtitles.fonts):
        shutil.copyfile(bundled.FONTS / font, work / "fonts" / f"{number}.ttf")
    (work / "captions.ass").write_text(subtitles.ass, "utf-8")
    words = plan.cues[0].words
    frame = words[len(words) // 2].start + EACH // 2
    fill = "scale=1080:1920:force_original_aspect_ratio=increase,crop=1080:1920"
    filters = f"{fill},setpts=(N+{frame})/30/TB,subtitles=captions.ass:fontsdir=fonts,crop=840:540:120:850"
    command = [*FFMPEG, *GROUNDS[ground], "-vf", filters, "-frames:v", "1", "frame.png"]
    subprocess.run(command, cwd=work, check=True, timeout=60)
    picture = Image.open(work / "frame.png").convert("RGB").resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    ImageDraw.Draw(picture).text((8, 6), name, fill=(214, 0, 110))
    return picture


def sheet(cells: list[Image.Image], across: int) -> Image.Image:
    """The pictures side by side, row after row."""
    whole = Image.new("RGB", (across * WIDTH, -(-len(cells) // across) * HEIGHT))
    for number, cell in enumerate(cells):
        whole.paste(cell, (number % across * WIDTH, number // across * HEIGHT))
    return whole


def main() -> None:
    """Draw both sheets."""
    artifacts = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        plans = {style.name: plan_of(SAID, style, "en") for style in captions.styles()}
        cells = [drawn(plan, ground, name, work) for name, plan in plans.items() for ground in GROUNDS]
        sheet(cells, 2 * len(GROUNDS)).save(artifacts / "captions.png")
        plans = {code: plan_of(lines, captions.styles()[0], code) for code, lines in SCRIPTS.items()}
        cells = [drawn(plan, "dark", code, work) for code, plan in plans.items()]
        sheet(cells, 5).save(artifacts / "captions-scripts.png")
    print(f"{len(captions.styles())} styles on {len(GROUNDS)} pictures, {len(SCRIPTS)} scripts")


if __name__ == "__main__":
    main()
