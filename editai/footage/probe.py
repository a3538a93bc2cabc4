"""What a source video really is: read from its packets and its first picture, not from what its header says."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from editai.containers import open_container, photo_format
from editai.errors import InvalidInput, TooLarge
from editai.models import FPS, STILL_MS, File, Source
from editai.readable import human_bytes
from editai.settings import Settings

SHORTEST_MS = 1000
"""Less picture than this makes no shot of a clip."""

WHOLE_ENOUGH = 0.9
"""A file that ends before this part of its declared length was cut off on its way here."""

LOST_MS = 500
"""What a header may be wrong by without anybody missing it."""

JUMPING, JUMP_MS = frozenset({"mpegts", "mpeg"}), 10_000
"""Containers in which ffmpeg takes so long a gap for a clock that was set anew, and closes it: what is at which time
then is not what the file says."""

LONG_GOP_MS, LATE_S = 12_000, 1.0
"""Encoders' defaults end at 10 s from one key frame to the next. A picture so much before the end, or two pictures, is
near enough to it."""

LARGEST_PHOTO, SMALLEST_PHOTO = 120_000_000, 64
"""Pixels of a photo in all, and of its short side."""

HDR_TRANSFERS = frozenset({16, 18})
"""PQ (SMPTE ST 2084) and HLG (ARIB STD-B67), as ITU-T H.273 numbers them."""


def check(path: Path, settings: Settings) -> Source:
    """Whether a clip can be made of this file, said before any long work; its `file` carries only the size.

    Raises InvalidInput (422): `empty_file`, `not_a_video`, `no_picture`, `truncated_video`, `too_short`, `clock_jumps`,
    `photo_heic`, `photo_unreadable`, `photo_too_small`; TooLarge (413): `too_large`, before the file is opened,
    `too_long` and `photo_too_large`.
    """
    bytes_ = path.stat().st_size if path.is_file() else 0
    if bytes_ > settings.max_source_bytes:
        raise TooLarge(
            "too_large",
            f"This video is {human_bytes(bytes_)}; the limit is {human_bytes(settings.max_source_bytes)}.",
            "Export it smaller or cut it, or raise EDITAI_MAX_SOURCE_BYTES.",
        )
    source = probe(path)
    limit_ms = settings.max_source_minutes * 60_000
    if source.duration_ms > limit_ms:
        raise TooLarge(
            "too_long",
            f"This video is {source.duration_ms / 60_000:.1f} minutes long; "
            f"the limit is {settings.max_source_minutes:g}.",
            "Cut out the part that shows the product, or raise EDITAI_MAX_SOURCE_MINUTES.",
        )
    if not source.still:
        _require_picture_near_end(path, source)
    return source


def probe(path: Path, file: File | None = None) -> Source:
    """Describe the picture of a video file; `file` is what the library knows it by.

    Time 0 is where the container starts, as for ffmpeg's `-ss`. Every packet is read, because durations and rates in
    headers are often missing or wrong; only the first picture is decoded. Raises InvalidInput as `check` does.
    """
    if path.is_file() and photo_format(path):
        return _photo(path, file)
    with _open(path) as container:
        stream = picture_stream(container)
        first = _first_picture(container, stream)
        width, height = displayed_size(stream, first)
    with _open(path) as container:  # anew: after a seek some files miss their first packet
        stream = picture_stream(container)
        read = _read_packets(container, stream)
        declared_ms = _declared_ms(container, stream)
        found_ms = read.picture_ms if stream.duration else max(read.picture_ms, read.end_ms)
        if declared_ms - found_ms > LOST_MS and found_ms < declared_ms * WHOLE_ENOUGH:
            raise truncated(f"it should last {declared_ms / 1000:.1f} seconds and ends after {found_ms / 1000:.1f}")
        if read.gap_ms > JUMP_MS and JUMPING.intersection(container.format.name.split(",")):
            raise InvalidInput(
                "clock_jumps",
                f"The clock of this video jumps by {read.gap_ms / 1000:.0f} seconds; it seems to be two recordings.",
                "Export it as MP4, or give the recordings one by one.",
            )
        if read.picture_ms - read.first_ms < SHORTEST_MS:
            raise InvalidInput(
                "too_short",
                f"There are only {read.picture_ms / 1000:.1f} seconds of moving picture in this video.",
                "Give a video of at least one second; about ten make a good clip.",
            )
        return Source(
            file=file or File(name="", sha256="", bytes=path.stat().st_size),
            stream=stream.index,
            duration_ms=read.picture_ms,
            width_px=width,
            height_px=height,
            rotation=turn(first),
            fps=round(read.pictures * 1000 / (read.picture_ms - read.first_ms), 3),
            codec=stream.codec_context.name,
            hdr=int(first.color_trc or 0) in HDR_TRANSFERS,
            has_sound=read.sounds > 0,
            interlaced=bool(first.interlaced_frame),
        )


def _photo(path: Path, file: File | None) -> Source:
    """A photo as a source; its pixels are counted before they are decoded."""
    with _open(path) as container:
        stream = container.streams.video[0]
        pixels = stream.codec_context.width * stream.codec_context.height
        if pixels > LARGEST_PHOTO:
            raise TooLarge(
                "photo_too_large",
                f"This photo has {pixels / 1e6:.0f} million pixels; {LARGEST_PHOTO / 1e6:.0f} million are the most.",
                "Save it smaller; 12 million pixels are more than a clip shows.",
            )
        try:
            first = _first_picture(container, stream)
        except InvalidInput as error:
            raise InvalidInput(
                "photo_unreadable", "This photo is damaged, or moves.", "Save it again as JPEG or PNG."
            ) from error
        width, height = displayed_size(stream, first)
        if min(width, height) < SMALLEST_PHOTO:
            raise InvalidInput(
                "photo_too_small",
                f"This photo is {width}x{height} pixels; nothing could be seen of it.",
                "Give a larger one; 1080 pixels on the short side look well.",
            )
        return Source(
            file=file or File(name="", sha256="", bytes=path.stat().st_size),
            stream=stream.index,
            duration_ms=STILL_MS,
            width_px=width,
            height_px=height,
            rotation=turn(first),
            fps=FPS,
            codec=stream.codec_context.name,
            has_sound=False,
            still=True,
        )


def picture_stream(container: InputContainer) -> VideoStream:
    """The first stream of moving pictures; covers and thumbnails are none. Raises InvalidInput `no_picture`."""
    still = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image
    for stream in container.streams.video:
        if stream.codec_context is not None and stream.codec_context.width > 0 and not stream.disposition & still:
            return stream
    raise InvalidInput(
        "no_picture",
        "There is sound in this file but no moving picture." if container.streams.audio else "No picture was found.",
        "Give a video that shows the product.",
    )


def turn(frame: VideoFrame) -> int:
    """By how many degrees counter-clockwise the stored picture is to be turned: 0, 90, 180 or 270."""
    return round(frame.rotation / 90) * 90 % 360


def displayed_size(stream: VideoStream, frame: VideoFrame) -> tuple[int, int]:
    """Width and height as the picture is meant to be seen: pixels made square by width, rotation obeyed."""
    aspect = stream.sample_aspect_ratio or Fraction(1)
    width, height = max(1, round(frame.width * aspect)), frame.height
    return (height, width) if turn(frame) in (90, 270) else (width, height)


def truncated(what: str) -> InvalidInput:
    """The error for a file whose end is missing."""
    return InvalidInput(
        "truncated_video",
        f"This video is not complete: {what}.",
        "Copy it again from the camera or phone, or download it again, and wait until that has finished.",
    )


def _open(path: Path) -> InputContainer:
    try:
        return open_container(path)
    except InvalidInput as error:
        if error.slug == "not_a_video" and path.is_file():
            with path.open("rb") as stream:
                if stream.read(12)[4:8] == b"ftyp":  # an MP4 or MOV whose index (moov) was never written
                    raise truncated("its index is missing, which is written when a recording or copy ends") from error
        raise


def _first_picture(container: InputContainer, stream: VideoStream) -> VideoFrame:
    try:
        for packet in container.demux(stream):
            try:
                for frame in packet.decode():
                    if isinstance(frame, VideoFrame):
                        return frame
            except av.InvalidDataError:
                continue  # a damaged first packet; a later one may do
    except av.FFmpegError as error:
        raise truncated("no picture in it can be read") from error
    raise truncated("no picture in it can be read")


def _require_picture_near_end(path: Path, source: Source) -> None:
    """The last seconds are there as packets; now that a picture of them can be decoded."""
    near_ms = max(0, source.duration_ms - SHORTEST_MS)
    for from_ms in (near_ms, max(0, near_ms - LONG_GOP_MS)):  # without an index, reading may begin after the key frame
        with open_container(path) as container:
            stream = container.streams[source.stream]
            container.seek((container.start_time or 0) + from_ms * 1000)
            for packet in container.demux(stream):
                try:
                    seen = [frame for frame in packet.decode() if isinstance(frame, VideoFrame)]
                except av.InvalidDataError:
                    continue
                begun = (container.start_time or 0) / av.time_base
                if any((frame.time or 0) - begun >= near_ms / 1000 - max(LATE_S, 2 / source.fps) for frame in seen):
                    return
    raise truncated(f"nothing can be seen after {near_ms / 1000:.1f} seconds")


@dataclass
class _Packets:
    """What reading every packet once tells; times are milliseconds from the container's start."""

    first_ms: int = 0
    picture_ms: int = 0
    end_ms: int = 0
    gap_ms: int = 0
    pictures: int = 0
    sounds: int = 0


def _read_packets(container: InputContainer, stream: VideoStream) -> _Packets:
    start = Fraction(container.start_time or 0, av.time_base)
    ends: dict[int, Fraction] = {}
    sound = container.streams.audio[0].index if container.streams.audio else None
    read = _Packets()
    first: Fraction | None = None
    usual = 1 / Fraction(stream.average_rate or stream.guessed_rate or 25)
    try:
        for packet in container.demux():
            at = packet.pts if packet.pts is not None else packet.dts
            if at is None or packet.time_base is None or packet.is_discard:
                continue
            begins = at * packet.time_base - start
            lasts = (packet.duration or 0) * packet.time_base
            if packet.stream_index == stream.index:
                lasts = lasts or usual
                first = begins if first is None else min(first, begins)
                read.gap_ms = max(read.gap_ms, int((begins - ends.get(stream.index, begins)) * 1000))
                read.pictures += 1
            elif packet.stream_index == sound:
                read.sounds += 1
            ends[packet.stream_index] = max(ends.get(packet.stream_index, Fraction(0)), begins + lasts)
    except av.FFmpegError:
        pass  # the media end here; `probe` compares that with what was declared
    read.first_ms = max(0, int((first or 0) * 1000))
    read.picture_ms = int(ends.get(stream.index, Fraction(0)) * 1000)
    read.end_ms = int(max(ends.values(), default=Fraction(0)) * 1000)
    return read


def _declared_ms(container: InputContainer, stream: VideoStream) -> int:
    if stream.duration and stream.time_base:
        return int(stream.duration * stream.time_base * 1000)
    return (container.duration or 0) // 1000
