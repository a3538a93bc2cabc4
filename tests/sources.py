"""Videos as people and their devices make them, each from another one in a second or less.

Every function writes `target` with the `ffmpeg` fixture (or plain bytes) and returns it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

Ffmpeg = Callable[..., None]

H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def scenes(ffmpeg: Ffmpeg, target: Path, colours: Sequence[str], seconds: float = 1.0, size: str = "320x240") -> Path:
    """One pattern in another colour after the other, `seconds` each: the cuts are known. 25 fps, no sound."""
    inputs: list[object] = []
    for number, colour in enumerate(colours):
        inputs += ["-f", "lavfi", "-i", f"mandelbrot=s={size}:r=25:start_x={-0.7 - number / 10},trim=0:{seconds}"]
        inputs += ["-f", "lavfi", "-i", f"color={colour}:s={size}:r=25,trim=0:{seconds}"]
    blends = ";".join(f"[{2 * n}][{2 * n + 1}]blend=all_opacity=0.3[s{n}]" for n in range(len(colours)))
    joined = "".join(f"[s{n}]" for n in range(len(colours))) + f"concat=n={len(colours)}"
    ffmpeg(*inputs, "-filter_complex", f"{blends};{joined}", *H264, target)
    return target


def moving_patch(ffmpeg: Ffmpeg, target: Path, x: str, y: str = "(H-h)/2", seconds: float = 3.0) -> Path:
    """A patterned patch of 80x80 on an even 480x270 ground; `x`, `y` are its corner as overlay expressions of `t`."""
    ffmpeg(
        *("-f", "lavfi", "-i", f"color=0x405060:s=480x270:r=25:d={seconds}"),
        *("-f", "lavfi", "-i", f"testsrc=s=80x80:r=25:d={seconds}"),
        *("-filter_complex", f"[0][1]overlay=x='{x}':y='{y}':eval=frame", *H264, target),
    )
    return target


def black(ffmpeg: Ffmpeg, target: Path, seconds: float = 2.0, size: str = "320x240") -> Path:
    ffmpeg("-f", "lavfi", "-i", f"color=black:s={size}:r=25:d={seconds}", *H264, target)
    return target


def rotated(ffmpeg: Ffmpeg, source: Path, target: Path, degrees: int = 90) -> Path:
    """The same stream with a rotation flag, as a phone held upright writes it; `degrees` counter-clockwise."""
    ffmpeg("-display_rotation", degrees, "-i", source, "-c", "copy", target)
    return target


def variable_rate(ffmpeg: Ffmpeg, source: Path, target: Path) -> Path:
    """Every fifth frame missing, and of the second second nearly all: time stamps that no average rate predicts."""
    keep = "if(between(t,1,2),not(mod(n,10)),mod(n,5))"
    ffmpeg("-i", source, "-vf", f"select='{keep}'", "-fps_mode", "vfr", *H264, "-c:a", "aac", target)
    return target


def cover_first(ffmpeg: Ffmpeg, source: Path, target: Path) -> Path:
    """A cover image is the first video stream: its box lies before the picture's, as some phones write it."""
    cover = target.with_name("cover.png")
    ffmpeg("-f", "lavfi", "-i", "color=red:s=500x500", "-frames:v", 1, cover)
    maps = ("-map", 0, "-map", "1:v", "-map", "1:a?", "-c", "copy", "-disposition:v:0", "attached_pic")
    ffmpeg("-i", cover, "-i", source, *maps, target)
    data = target.read_bytes()
    at = data.rindex(b"moov") - 4
    boxes, end = [], at + int.from_bytes(data[at : at + 4], "big")
    place = at + 8
    while place < end:
        size = int.from_bytes(data[place : place + 4], "big")
        boxes.append(data[place : place + size])
        place += size
    boxes.sort(key=lambda box: box[4:8] not in (b"mvhd", b"udta"))
    target.write_bytes(data[: at + 8] + b"".join(boxes) + data[end:])
    return target


def cover_only(ffmpeg: Ffmpeg, source: Path, target: Path) -> Path:
    """The sound of `source` with a cover image and no moving picture."""
    cover = target.with_name("cover.png")
    ffmpeg("-f", "lavfi", "-i", "color=red:s=500x500", "-frames:v", 1, cover)
    maps = ("-map", "1:a", "-map", 0, "-c:a", "aac", "-c:v", "copy", "-disposition:v:0", "attached_pic")
    ffmpeg("-i", cover, "-i", source, *maps, target)
    return target


def sound_only(ffmpeg: Ffmpeg, source: Path, target: Path) -> Path:
    ffmpeg("-i", source, "-vn", "-c:a", "aac", target)
    return target


def silent(ffmpeg: Ffmpeg, source: Path, target: Path) -> Path:
    """No sound stream at all."""
    ffmpeg("-i", source, "-an", "-c:v", "copy", target)
    return target


def surround(ffmpeg: Ffmpeg, source: Path, target: Path) -> Path:
    """5.1 sound."""
    ffmpeg("-i", source, "-c:v", "copy", "-ac", 6, "-c:a", "aac", target)
    return target


def odd_size(ffmpeg: Ffmpeg, source: Path, target: Path, width: int = 637, height: int = 479) -> Path:
    ffmpeg(
        "-i",
        source,
        "-t",
        2,
        "-vf",
        f"crop={width}:{height}:exact=1",
        "-c:v",
        "mpeg4",
        "-q:v",
        4,
        "-c:a",
        "copy",
        target,
    )
    return target


def anamorphic(ffmpeg: Ffmpeg, source: Path, target: Path, aspect: str = "4/3") -> Path:
    """Pixels that are not square: the stored picture is to be shown `aspect` times as wide."""
    ffmpeg("-i", source, "-t", 2, "-vf", f"setsar={aspect}", *H264, "-c:a", "copy", target)
    return target


def hdr(ffmpeg: Ffmpeg, source: Path, target: Path) -> Path:
    """10 bit, BT.2020, PQ, as a phone's HDR video."""
    tags = ("-color_trc", "smpte2084", "-color_primaries", "bt2020", "-colorspace", "bt2020nc")
    setparams = "setparams=color_trc=smpte2084:color_primaries=bt2020:colorspace=bt2020nc"
    encode = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le", *tags)
    ffmpeg("-i", source, "-t", 2, "-vf", setparams, *encode, "-c:a", "copy", target)
    return target


def scaled(ffmpeg: Ffmpeg, source: Path, target: Path, width: int, height: int, seconds: float = 2.0) -> Path:
    """Stretched to a size; fit for tests of sizes, not of looks."""
    ffmpeg("-i", source, "-t", seconds, "-vf", f"scale={width}:{height},setsar=1", *H264, "-c:a", "copy", target)
    return target


def unknown_length(ffmpeg: Ffmpeg, source: Path, target: Path) -> Path:
    """A Matroska file as a browser records it: no duration in it. `target` ends in .mkv or .webm."""
    ffmpeg("-i", source, "-c", "copy", "-f", "matroska", "-live", 1, target)
    return target


def cut_off(ffmpeg: Ffmpeg, source: Path, target: Path, part: float = 0.5) -> Path:
    """The index is whole, the media end after `part` of the file: a copy that was interrupted."""
    ffmpeg("-i", source, "-c", "copy", "-movflags", "+faststart", target)
    target.write_bytes(target.read_bytes()[: int(target.stat().st_size * part)])
    return target


def without_index(ffmpeg: Ffmpeg, source: Path, target: Path) -> Path:
    """The recording stopped before the index (`moov`) was written: nothing in it can be found."""
    ffmpeg("-i", source, "-c", "copy", target)
    target.write_bytes(target.read_bytes()[: target.stat().st_size // 2])
    return target


def playlists(folder: Path, video: Path) -> dict[str, Path]:
    """Texts that make a careless demuxer read `video`, each posing as an MP4."""
    texts = {
        "hls": f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{video}\n#EXT-X-ENDLIST\n",
        "concat": f"ffconcat version 1.0\nfile '{video}'\n",
        "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n"
        "a=rtpmap:96 H264/90000\n",
        "dash": f'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>{video}</BaseURL></MPD>',
        "text": "Not a video at all.\n" * 50,
    }
    for name, text in texts.items():
        (folder / f"{name}.mp4").write_text(text)
    return {name: folder / f"{name}.mp4" for name in texts}
