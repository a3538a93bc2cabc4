"""A good clip passes every check, and each defect that is put in on purpose is caught by the check made for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from editai import platforms
from editai.models import Verdict
from tests.quality.conftest import SHARED, Good

pytestmark = pytest.mark.slow

LIMITS = frozenset(f"limits_{preset.name}" for preset in platforms.presets())
SOUND = frozenset({"heard", "in_step", "loudness", "peak", "clipping", "silence"})


@dataclass(frozen=True)
class Defect:
    """How a copy is damaged, the check that has to notice, and those that may."""

    slug: str
    verdict: Verdict
    make: Callable[[Good], Path]
    also: frozenset[str] = frozenset()
    listen: bool = False


def picture(slug: str, verdict: Verdict, filters: str, *options: object, also: frozenset[str] = frozenset()) -> Defect:
    return Defect(slug, verdict, lambda good: good.with_picture(filters, *options), also)


def sound(slug: str, verdict: Verdict, filters: str, *options: object, also: frozenset[str] = frozenset()) -> Defect:
    return Defect(slug, verdict, lambda good: good.with_sound(filters, *options), also)


def speech(slug: str, verdict: Verdict, filters: str, also: frozenset[str] = frozenset()) -> Defect:
    """As `sound`, and the copy is listened to."""
    return Defect(slug, verdict, lambda good: good.with_sound(filters), also, listen=True)


def remuxed(slug: str, *flags: str) -> Defect:
    return Defect(slug, "fail", lambda good: good.copy("-c", "copy", shared=flags), LIMITS)


def broken_inside(good: Good) -> Path:
    """The middle of the media is overwritten."""
    target = good.copies / "broken.mp4"
    data = bytearray(good.path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 60_000] = bytes(60_000)
    target.write_bytes(data)
    return target


DEFECTS = {
    "dropped frames": picture(
        "frames", "fail", "select='not(between(n,100,109))',setpts=N/30/TB", also=frozenset({"sound_end", "captions"})
    ),
    "an uneven rate": picture(
        "rate", "fail", "settb=1/3000,setpts='(N+0.4*mod(N,2))/30/TB'", "-fps_mode", "passthrough", "-enc_time_base",
        "1/3000", also=frozenset({"colour"}),
    ),
    "25 frames a second": picture("rate", "fail", "fps=25",
        also=frozenset({"frames", "gop", "captions", "captions_place", "sound_end"}),
    ),
    "sound that ends early": sound("sound_end", "fail", "atrim=end=6.3"),
    "sound that ends late": sound("sound_end", "fail", "apad=pad_dur=0.3"),
    "sound that is late": speech("in_step", "fail", "adelay=700:all=1,atrim=end_sample=312000", also=SOUND),
    "sound that is early": speech(
        "in_step", "warn", "atrim=start=0.4,asetpts=N/SR/TB,apad=whole_len=312000", also=SOUND
    ),
    "quiet": sound("loudness", "fail", "volume=-8dB"),
    "a little quiet": sound("loudness", "warn", "volume=-2dB"),
    "too loud": sound("loudness", "fail", "volume=6dB", also=frozenset({"peak", "clipping"})),
    "peaks": sound("peak", "warn", "volume=0.9dB"),
    "clipped": sound("clipping", "fail", "volume=20dB,asoftclip=type=hard", also=SOUND),
    "a silent run": speech("silence", "fail", "volume=0:enable='between(t,3.7,5.5)'", also=SOUND),
    "silent": speech("silence", "fail", "volume=0", also=SOUND),
    "black": picture("black", "fail", "drawbox=t=fill:enable='between(n,60,99)'", also=frozenset({"captions"})),
    "a short black": picture("black", "warn", "drawbox=t=fill:enable='between(n,60,79)'", also=frozenset({"captions"})),
    "frozen over a cut": picture(
        "frozen", "fail", "loop=loop=65:size=1:start=40,trim=end_frame=195", also=frozenset({"captions"})
    ),
    "frozen": picture(
        "frozen", "warn", "loop=loop=50:size=1:start=125,trim=end_frame=195", also=frozenset({"captions"})
    ),
    "no captions": picture("captions", "fail", "drawbox=y=480:h=200:t=fill", also=frozenset({"captions_place"})),
    "captions too low": picture("captions_place", "fail", "pad=iw:ih+60:0:60,crop=iw:960:0:0"),
    "captions under the buttons": picture(
        "covered", "warn", "pad=iw:ih+180:0:180,crop=iw:960:0:0", also=frozenset({"captions_place"})
    ),
    "the index last": remuxed("index", *SHARED[:4], "-movflags", "+negative_cts_offsets"),
    "an edit list": remuxed("edit_list", "-movflags", "+faststart", "-use_editlist", "1"),
    "long groups of pictures": picture("gop", "fail", "null", "-g", "600"),
    "long, but not too long": picture("gop", "warn", "null", "-g", "120"),
    "colours in full": picture("picture_kind", "fail", "format=yuv444p", "-pix_fmt", "yuv444p", "-profile:v", "high444",
                               also=LIMITS | {"captions"}),
    "ten bits": picture("picture_kind", "fail", "format=yuv420p10", "-pix_fmt", "yuv420p10le", "-profile:v", "high10",
                        also=LIMITS),
    "a low profile": picture("picture_kind", "warn", "null", "-profile:v", "main"),
    "another codec": Defect(
        "picture_kind", "fail", lambda good: good.copy("-c:v", "mpeg4", "-q:v", "3", "-c:a", "copy", "-g", "60"),
        LIMITS | {"colour"},
    ),
    "unmarked colours": picture(
        "colour", "warn", "setparams=color_primaries=unknown:color_trc=unknown:colorspace=unknown",
        "-color_primaries", "unknown", "-color_trc", "unknown", "-colorspace", "unknown",
    ),
    "no sound": Defect("sound_kind", "fail", lambda good: good.copy("-c", "copy", "-an"), LIMITS),
    "mono": sound("sound_kind", "warn", "pan=mono|c0=c0", also=LIMITS | {"loudness"}),
    "44.1 kHz": sound("sound_kind", "warn", "anull", "-ar", "44100", also=LIMITS | {"sound_end"}),
    "another sound codec": sound("sound_kind", "fail", "anull", "-c:a", "libmp3lame", also=LIMITS | {"sound_end"}),
    "square": picture("size", "fail", "scale=540:540,setsar=1", also=LIMITS | {"captions", "captions_place"}),
    "damaged": Defect("whole", "fail", broken_inside, frozenset({"frames", "rate", "captions", "frozen", "black",
                      "sound_end", "gop", *SOUND}), listen=False),
}  # fmt: skip


def test_a_clip_as_it_should_be_passes_every_check(good: Good) -> None:
    checks = good.judged()
    assert {slug: check.message for slug, check in checks.items() if check.verdict != "pass"} == {}
    wanted = {defect.slug for defect in DEFECTS.values()} | LIMITS
    assert wanted <= checks.keys()


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_is_caught_by_its_own_check(good: Good, name: str) -> None:
    defect = DEFECTS[name]
    checks = good.judged(defect.make(good), listen=defect.listen)
    assert checks[defect.slug].verdict == defect.verdict
    others = {slug: check.message for slug, check in checks.items() if check.verdict != "pass" and slug != defect.slug}
    assert others.keys() <= defect.also, others
