"""Sources as they come: each becomes a clip that holds together, or is refused with its own error. Nothing hangs.

All are made by code, two or three seconds long and small. What becomes a clip goes the whole way: checked, watched,
planned, mixed, drawn, and the file is measured. A red square in the middle of a grey picture tells whether it was
stretched, turned or recoloured.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from editai import footage, plan
from editai.errors import EditaiError
from editai.models import BrandKit, CropKey, File, Picture, Track, finished
from editai.settings import Settings
from tests.plan.conftest import STYLE, brief, cues, narration
from tests.plan.test_framing import centred
from tests.render.conftest import Render, lumas, render

__all__ = ["render"]

Ffmpeg = Callable[..., None]
Made = Callable[[Ffmpeg, Path], Path]
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
SPOKEN = narration("Meet it.")


def square(size: str = "320x240", rate: str = "30", seconds: float = 2.5) -> tuple[object, ...]:
    """A red square of half the picture's height on grey, with a little life in it."""
    drawn = "drawbox=x=(iw-ih/2)/2:y=ih/4:w=ih/2:h=ih/2:c=red:t=fill,noise=alls=6:allf=t:all_seed=3"
    return ("-f", "lavfi", "-i", f"color=0x707070:s={size}:r={rate}:d={seconds},{drawn}")


def tone(seconds: float = 2.5, layout: str = "stereo") -> tuple[object, ...]:
    return ("-f", "lavfi", "-i", f"aevalsrc=0.2*sin(880*t):c={layout}:s=44100:d={seconds}")


def plain(*options: object, name: str = "a.mp4", picture: tuple[object, ...] | None = None, sound: bool = True) -> Made:
    """A source of the square and, unless told otherwise, a tone, written with these options."""

    def make(ffmpeg: Ffmpeg, folder: Path) -> Path:
        ffmpeg(*(picture or square()), *(tone() if sound else ()), *H264, "-c:a", "aac", *options, folder / name)
        return folder / name

    return make


def _rotated(degrees: int) -> Made:
    def make(ffmpeg: Ffmpeg, folder: Path) -> Path:
        stored = plain(picture=square("240x320" if degrees % 180 else "320x240"))(ffmpeg, folder)
        ffmpeg("-display_rotation", degrees, "-i", stored, "-c", "copy", folder / "turned.mp4")
        return folder / "turned.mp4"

    return make


def _varying(ffmpeg: Ffmpeg, folder: Path) -> Path:
    plain("-vf", "select='mod(n,5)*not(between(t,1,1.6))'", "-fps_mode", "vfr")(ffmpeg, folder)
    return folder / "a.mp4"


def _streamed(ffmpeg: Ffmpeg, folder: Path) -> Path:
    """A WebM as a browser records it: without a duration and without an index."""
    with (folder / "live.webm").open("wb") as target:
        plain("-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus", "-live", "1", name="a.webm")(ffmpeg, folder)
        data = (folder / "a.webm").read_bytes()
        target.write(data)
    return folder / "live.webm"


def _late_sound(ffmpeg: Ffmpeg, folder: Path) -> Path:
    ffmpeg(*square(), "-itsoffset", "0.8", *tone(1.5), *H264, "-c:a", "aac", folder / "a.mp4")
    return folder / "a.mp4"


def _late_picture(ffmpeg: Ffmpeg, folder: Path) -> Path:
    ffmpeg("-itsoffset", "0.7", *square(), *tone(3), *H264, "-c:a", "aac", folder / "a.mkv")
    return folder / "a.mkv"


def _jumping(ffmpeg: Ffmpeg, folder: Path) -> Path:
    """A transport stream whose clock jumps by half a minute in the middle, as two recordings put together have it."""
    for name, offset in (("one", 0), ("two", 30)):
        ffmpeg(
            *square(seconds=1.5), *tone(1.5), *H264, "-c:a", "aac", "-output_ts_offset", offset, folder / f"{name}.ts"
        )
    (folder / "a.ts").write_bytes((folder / "one.ts").read_bytes() + (folder / "two.ts").read_bytes())
    return folder / "a.ts"


def _boasting(ffmpeg: Ffmpeg, folder: Path) -> Path:
    """An MP4 whose header says that it lasts ten times as long."""
    plain()(ffmpeg, folder)
    data = bytearray((folder / "a.mp4").read_bytes())
    at = data.index(b"mvhd") + 4 + 16
    data[at : at + 4] = (int.from_bytes(data[at : at + 4], "big") * 10).to_bytes(4, "big")
    (folder / "a.mp4").write_bytes(bytes(data))
    return folder / "a.mp4"


def _one_long_picture(ffmpeg: Ffmpeg, folder: Path) -> Path:
    """A picture that is shown for two seconds and more, and another one: a slide show."""
    ffmpeg(*square(rate="0.4", seconds=5), *tone(5), *H264, "-c:a", "aac", "-fps_mode", "passthrough", folder / "a.mp4")
    return folder / "a.mp4"


def _photo(name: str, mode: str = "RGB", orientation: int = 1) -> Made:
    def make(ffmpeg: Ffmpeg, folder: Path) -> Path:
        picture = Image.new(mode, (800, 600), (112, 112, 112, 255)[: len(mode)])
        picture.paste((255, 0, 0, 255)[: len(mode)], (250, 150, 550, 450))
        exif = Image.Exif()
        exif[0x112] = orientation
        picture.save(folder / name, exif=exif)
        return folder / name

    return make


GOOD: dict[str, Made] = {
    "plain": plain(),
    "turned by 90": _rotated(90),
    "turned by 180": _rotated(180),
    "turned by 270": _rotated(270),
    "varying rate": _varying,
    "one picture a second": plain(picture=square(rate="1", seconds=4)),
    "240 pictures a second": plain(picture=square(rate="240", seconds=1.5)),
    "23.976 a second": plain(picture=square(rate="24000/1001")),
    "pixels that are not square": plain("-vf", "scale=160:240,setsar=2"),
    "odd size": plain("-pix_fmt", "yuv444p", picture=square("323x241")),
    "tiny": plain(picture=square("64x48")),
    "very wide": plain(picture=square("960x120")),
    "very tall": plain(picture=square("120x720")),
    "10 bit": plain("-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le", "-tag:v", "hvc1"),
    "4:2:2": plain("-pix_fmt", "yuv422p"),
    "full range": plain("-vf", "scale=out_range=pc", "-color_range", "pc", "-pix_fmt", "yuvj420p"),
    "HDR, PQ": plain("-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le", "-color_trc", "smpte2084",
                     "-color_primaries", "bt2020", "-colorspace", "bt2020nc", "-tag:v", "hvc1"),
    "HDR, HLG": plain("-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le", "-color_trc",
                      "arib-std-b67", "-color_primaries", "bt2020", "-colorspace", "bt2020nc", "-tag:v", "hvc1"),
    "interlaced": plain("-vf", "interlace", "-flags", "+ildct+ilme", "-x264-params", "tff=1"),
    "see-through": plain("-c:v", "qtrle", "-pix_fmt", "argb", name="a.mov"),
    "Motion JPEG in AVI": plain("-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-c:a", "pcm_s16le", name="a.avi"),
    "MPEG-2 program stream": plain("-c:v", "mpeg2video", "-c:a", "mp2", "-r", "25", name="a.mpg"),
    "without a duration": _streamed,
    "a transport stream": plain(name="a.ts"),
    "without sound": plain(sound=False),
    "silent": plain("-af", "volume=0"),
    "in mono": plain("-ac", "1"),
    "5.1": plain("-ac", "6"),
    "sound shorter than the picture": plain("-af", "atrim=end=1"),
    "sound longer than the picture": plain("-af", "apad=pad_dur=2"),
    "sound that begins late": _late_sound,
    "picture that begins late": _late_picture,
    "a header that boasts of the whole": _boasting,
    "a slide show": _one_long_picture,
    "fragments": plain("-movflags", "+frag_keyframe+empty_moov"),
    "a moving GIF": plain("-c:v", "gif", "-pix_fmt", "rgb8", name="a.gif", sound=False),
    "photo": _photo("a.jpg"),
    "photo held upright": _photo("b.jpg", orientation=6),
    "photo in PNG": _photo("c.png"),
    "photo with see-through parts": _photo("d.png", "RGBA"),
    "photo in WebP": _photo("e.webp"),
}  # fmt: skip


@pytest.fixture
def whole_way(render: Render, tmp_path: Path) -> Callable[[Path], Picture]:
    """What is made of a source, all the way; 270x480 for speed."""

    def go(path: Path) -> Picture:
        footage.check(path, Settings(_env_file=None, home=tmp_path))
        file = File.of(path)
        seen = finished(footage.look((file,), {file.sha256: path}))
        made = plan.make(brief(seen), seen, SPOKEN, cues(SPOKEN), STYLE, BrandKit())
        middle = (CropKey(frame=0, crop=centred(seen.sources[0])),)  # whatever the plan takes for the subject
        shots = [shot.model_copy(update={"crops": middle, "on_blur": False}) for shot in made.shots]
        small = {"width_px": 270, "height_px": 480, "inserts": (), "tracks": (Track(role="source"),), "shots": shots}
        return render(made.model_copy(update=small), path)

    return go


def red_in(clip: Path) -> npt.NDArray[np.bool_]:
    """Where the middle frame of a clip is red."""
    with av.open(str(clip)) as container:
        frames = [frame.to_ndarray(format="rgb24").astype(int) for frame in container.decode(video=0)]
    red, green, blue = np.moveaxis(frames[len(frames) // 2], 2, 0)
    found: npt.NDArray[np.bool_] = (red > 110) & (red > 1.7 * green) & (red > 1.7 * blue)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("kind", GOOD)
def test_it_becomes_a_clip_that_holds_together(
    kind: str, ffmpeg: Ffmpeg, tmp_path: Path, whole_way: Callable[[Path], Picture]
) -> None:
    clip = whole_way(GOOD[kind](ffmpeg, tmp_path))
    video = clip.path(clip.video)
    shown = lumas(video)
    with av.open(str(video)) as container:
        heard = sum(frame.samples for frame in container.decode(audio=0) if isinstance(frame, av.AudioFrame))
    assert len(shown) >= 120
    assert abs(len(shown) / 30 - heard / 48_000) <= 1 / 30
    red = red_in(video)
    rows, columns = np.flatnonzero(red.any(axis=1)), np.flatnonzero(red.any(axis=0))
    height, width = rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1
    assert red[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].mean() > 0.9  # in one piece
    if width < 260 and height < 470:  # all of it is in the picture
        assert height / width == pytest.approx(1, abs=0.08)


def _truncated(ffmpeg: Ffmpeg, folder: Path) -> Path:
    path = plain()(ffmpeg, folder)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def _write(name: str, content: bytes | str) -> Made:
    def make(ffmpeg: Ffmpeg, folder: Path) -> Path:
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return folder / name

    return make


def _large_photo(ffmpeg: Ffmpeg, folder: Path) -> Path:
    Image.new("L", (12_000, 11_000)).save(folder / "large.png", compress_level=1)
    return folder / "large.png"


def _bomb(ffmpeg: Ffmpeg, folder: Path) -> Path:
    """A PNG of a few bytes that says it has more than a billion pixels."""
    path = _photo("small.png")(ffmpeg, folder)
    data = bytearray(path.read_bytes())
    data[16:24] = (40_000).to_bytes(4, "big") + (40_000).to_bytes(4, "big")
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    path.write_bytes(bytes(data))
    return path


def _tiny_photo(ffmpeg: Ffmpeg, folder: Path) -> Path:
    Image.new("RGB", (20, 20), "red").save(folder / "tiny.png")
    return folder / "tiny.png"


BAD: dict[str, tuple[Made, str]] = {
    "a clock that jumps": (_jumping, "422 clock_jumps"),
    "zero bytes": (_write("a.mp4", b""), "422 empty_file"),
    "a text": (_write("a.mp4", "my notes"), "422 not_a_video"),
    "a web page": (_write("a.mp4", "<!doctype html><html></html>"), "422 not_a_video"),
    "a playlist": (_write("a.mp4", "#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"), "422 not_a_video"),
    "a concat script": (_write("a.mp4", "ffconcat version 1.0\nfile '/etc/passwd'\n"), "422 not_a_video"),
    "a session description": (_write("a.mp4", "v=0\nm=video 5004 RTP/AVP 96\n"), "422 not_a_video"),
    "cut off": (_truncated, "422 truncated_video"),
    "one picture": (plain(picture=square(seconds=0.04), sound=False), "422 too_short"),
    "sound alone": (plain("-vn", name="a.m4a"), "422 no_picture"),
    "a HEIC photo": (_write("a.heic", b"\x00\x00\x00\x18ftypheic" + bytes(64)), "422 photo_heic"),
    "a damaged photo": (_write("a.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(40)), "422 photo_unreadable"),
    "a photo of 132 million pixels": (_large_photo, "413 photo_too_large"),
    "a photo that says it has a billion": (_bomb, "422 photo_unreadable"),
    "a photo of a few pixels": (_tiny_photo, "422 photo_too_small"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_it_is_refused_with_its_own_error(
    kind: str, ffmpeg: Ffmpeg, tmp_path: Path, whole_way: Callable[[Path], Picture]
) -> None:
    make, title = BAD[kind]
    with pytest.raises(EditaiError) as caught:
        whole_way(make(ffmpeg, tmp_path))
    assert caught.value.title == title
    assert caught.value.hint
