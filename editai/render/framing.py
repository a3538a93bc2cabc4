"""Where the clip's window lies in the picture, frame by frame, and the filters that show what is in it.

A window that moves is laid in three steps: a piece a little larger than the window is cut out of the source (whole
source pixels; nothing is copied), scaled until the window is as large as the clip, and cut to the clip (whole clip
pixels). Neither cut alone is finer than a pixel, but the two are like the scales of a vernier: of the few places where
the piece can begin the one is taken at which both roundings cancel out best. So a slow push-in or pan moves by less
than a pixel, and a pan costs what a window at rest does.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from editai.models import Crop, CropKey

Size = tuple[int, int]
Keys = Sequence[CropKey]

VERNIER_PX = 16
"""So many source pixels is the piece larger than the window: eight even places where it can begin."""

GOOD_PX = 0.25
"""A window that is nowhere further from its place than this needs no better one."""

FILL_PX = 135
"""The fill's short side where it is blurred, an eighth of a clip's: what is left there costs next to nothing, and a
clip of any size is blurred alike."""

FILL_BLUR = "gblur=sigma=4:steps=3"
"""Nothing in the fill can be recognised; with fewer steps the blur looks like a grid."""

FILL_DARKEN = "lutyuv=y='16+219*pow(max(val-16,0)/219,1.5)'"
"""The middle tones get darker, so that the crop stands out from its own copy; a product on white stays on white."""

_SAME_SHAPE = 1.01  # a hundredth is not seen when it is stretched away


def path(keys: Keys) -> list[Crop]:
    """The window at each frame from the first key's to the last's: it moves evenly between two."""
    return [_at(keys, frame) for frame in range(keys[0].frame, keys[-1].frame + 1)]


def _at(keys: Keys, frame: int) -> Crop:
    after = bisect_right([key.frame for key in keys], frame)
    if after == len(keys):
        return keys[-1].crop
    a, b = keys[after - 1], keys[after]
    way = (frame - a.frame) / (b.frame - a.frame)
    start, end = a.crop.model_dump(), b.crop.model_dump()
    return Crop(**{side: start[side] + (end[side] - start[side]) * way for side in start})


def moves(keys: Keys) -> bool:
    """Whether the window is not the same all the time."""
    return any(key.crop != keys[0].crop for key in keys)


def around(keys: Keys) -> Crop:
    """The smallest rectangle that holds the window at all times."""
    crops = [key.crop for key in keys]
    x, y = min(each.x for each in crops), min(each.y for each in crops)
    right, bottom = max(each.x + each.width for each in crops), max(each.y + each.height for each in crops)
    return Crop(x=x, y=y, width=right - x, height=bottom - y)


def placed(keys: Keys, part: Crop, width: float, height: float, border: int = 0) -> list[CropKey]:
    """The keys as they lie in a part of the picture once that has so many pixels, with a border around it."""
    across, down = width / part.width, height / part.height

    def place(crop: Crop) -> Crop:
        x, y = (crop.x - part.x) * across + border, (crop.y - part.y) * down + border
        return Crop(x=x, y=y, width=crop.width * across, height=crop.height * down)

    return [CropKey(frame=key.frame, crop=place(key.crop)) for key in keys]


def resting(window: Crop, picture: Size, size: Size, scaling: str) -> list[str]:
    """The filters for a window that does not move, scaled to `size`.

    It is given to ffmpeg in parts of the picture, because a picture whose pixels are not square has fewer (or more)
    pixels across than `picture` says; scaling to the clip's size makes them square.
    """
    w, x = window.width / picture[0], window.x / picture[0]
    h, y = window.height / picture[1], window.y / picture[1]
    cut = f"crop=w='max(2,round(iw*{w:.6f}))':h='max(2,round(ih*{h:.6f}))':x='round(iw*{x:.6f})':y='round(ih*{y:.6f})'"
    return [cut, f"scale={size[0]}:{size[1]}:{scaling}"]


def moving(
    keys: Keys, frames: int, stored: Size, size: Size, scaling: str, fps: int, *, deep: bool = False
) -> list[str]:
    """The filters for a window that moves over a picture of `stored` pixels for so many frames, scaled to `size`.

    The window rests before the first key and after the last. A `deep` picture (more than eight bits) gets its colour
    for every pixel before the last cut: at an odd place, `crop` would cut the two bytes of a 10-bit colour apart
    (magenta).
    """
    windows, last = path(keys), keys[-1].frame
    across = _axis([(each.x, each.width) for each in windows], stored[0], size[0])
    down = _axis([(each.y, each.height) for each in windows], stored[1], size[1])

    def table(values: Sequence[int]) -> str:
        return _table([values[min(max(frame, keys[0].frame), last) - keys[0].frame] for frame in range(frames)], fps)

    resized = len({*across.scaled}) > 1 or len({*down.scaled}) > 1
    return [
        *_pieces(across, table(across.starts), down, table(down.starts)),
        f"scale=w={table(across.scaled)}:h={table(down.scaled)}:eval={'frame' if resized else 'init'}:{scaling}",
        *(("format=yuv444p10",) if deep else ()),
        f"crop=w={size[0]}:h={size[1]}:x={table(across.shifts)}:y={table(down.shifts)}:exact=1",
    ]


def bordered(across: int, down: int) -> list[str]:
    """The filters that put so many pixels around a picture on each side, which repeat its outermost ones."""
    return [
        f"pad=iw+{2 * across}:ih+{2 * down}:{across}:{down}",
        f"fillborders={across}:{across}:{down}:{down}:smear",
    ]


@dataclass(frozen=True, slots=True)
class _Axis:
    """One side of the picture: `piece` source pixels from `starts` on become `scaled`, of which `shifts` are left out.

    All but `piece` are of every frame. `border` is what was put before and after the picture's own pixels, and `error`
    how far, in clip pixels, a frame is from its place at worst.
    """

    border: int
    piece: int
    starts: list[int]
    scaled: list[int]
    shifts: list[int]
    error: float


def _axis(spans: Sequence[tuple[float, float]], stored: int, size: int) -> _Axis:
    """How the spans (start, length; source pixels) of a side come to lie on `size` pixels.

    A window that reaches from edge to edge leaves its piece no choice of places: then a border is put around.
    """
    plain = _laid(spans, stored, size, 0)
    if plain.error <= GOOD_PX:
        return plain
    return min(plain, _laid(spans, stored, size, VERNIER_PX), key=lambda axis: axis.error)


def _laid(spans: Sequence[tuple[float, float]], stored: int, size: int, border: int) -> _Axis:
    spans, room = [(start + border, length) for start, length in spans], stored + 2 * border
    piece = min(room, 2 * math.ceil((max(length for _, length in spans) + VERNIER_PX) / 2))
    starts, scales, shifts, worst = [], [], [], 0.0
    for start, length in spans:
        scaled = max(size, round(piece * size / length))
        first = min(max(0, 2 * math.ceil((start + length - piece) / 2)), room - piece)
        places = range(first, min(room - piece, math.floor(start)) + 1, 2) or (first,)
        middle, ratio = start + length / 2, scaled / piece
        exact, place = min(
            (((middle - place) * ratio - size / 2, place) for place in places),
            key=lambda found: abs(found[0] - round(found[0])),
        )
        shift = min(max(0, round(exact)), scaled - size)
        worst = max(worst, abs(exact - shift))
        starts.append(place)
        scales.append(scaled)
        shifts.append(shift)
    return _Axis(border, piece, starts, scales, shifts, worst)


def _pieces(across: _Axis, x: str, down: _Axis, y: str) -> list[str]:
    """The filters that cut the piece out; a side that gets a border is cut after that, the other before."""
    if not across.border and not down.border:
        return [f"crop=w={across.piece}:h={down.piece}:x={x}:y={y}"]
    before = f"crop=w=iw:h={down.piece}:x=0:y={y}" if across.border else f"crop=w={across.piece}:h=ih:x={x}:y=0"
    after = f"crop=w={across.piece}:h={down.piece}:x={x if across.border else 0}:y={y if down.border else 0}"
    both = across.border and down.border
    return [*(() if both else (before,)), *bordered(across.border, down.border), after]


def _table(values: Sequence[int], fps: int) -> str:
    """The expression that has the value of the frame; it is looked up by halves, so long tables cost little.

    The frame's number is told by its time: `n` counts from 1 in scale and from 0 in crop.
    """
    steps = [(frame, value) for frame, value in enumerate(values) if not frame or value != values[frame - 1]]

    def half(steps: Sequence[tuple[int, int]]) -> str:
        if len(steps) == 1:
            return str(steps[0][1])
        middle = len(steps) // 2
        return f"if(lt(ld(0),{steps[middle][0]}),{half(steps[:middle])},{half(steps[middle:])})"

    return str(values[0]) if len(steps) == 1 else f"'st(0,round(t*{fps}));{half(steps)}'"


# ── a crop of another shape ──────────────────────────────────────────────────────────────────────────────────────


def whole(keys: Keys, picture: Size, size: Size) -> tuple[list[CropKey], Size]:
    """Windows of one shape that show all of the given ones, and the largest size in `size` that has this shape.

    Windows of different shapes are all given the picture's, the only one that surely fits in everywhere.
    """
    shapes = [key.crop.width / key.crop.height for key in keys]
    shape = shapes[0] if max(shapes) < min(shapes) * _SAME_SHAPE else picture[0] / picture[1]
    wider = shape / (size[0] / size[1])
    if 1 / _SAME_SHAPE < wider < _SAME_SHAPE:
        inner = size
    elif wider > 1:
        inner = (size[0], max(2, 2 * round(size[0] / shape / 2)))
    else:
        inner = (max(2, 2 * round(size[1] * shape / 2)), size[1])
    return [CropKey(frame=key.frame, crop=_widened(key.crop, shape, picture)) for key in keys], inner


def _widened(window: Crop, shape: float, picture: Size) -> Crop:
    """The window, made wider or higher around its middle until it has this shape; inside the picture."""
    width = min(max(window.width, window.height * shape), picture[0])
    height = min(max(window.height, window.width / shape), picture[1])
    x = min(max(0.0, window.x - (width - window.width) / 2), picture[0] - width)
    y = min(max(0.0, window.y - (height - window.height) / 2), picture[1] - height)
    return Crop(x=x, y=y, width=width, height=height)


def filled(source: str, target: str, inner: Size, size: Size) -> list[str]:
    """The graph that stands the frames `source`, of the size `inner`, in the middle of a blurred copy of themselves.

    What the frames cover of the copy is never drawn: strips of it are set beside them.
    """
    stack, length, thick, place = (
        ("vstack", inner[1], size[1], "w=iw:h={0}:x=0:y={1}")
        if inner[0] == size[0]
        else ("hstack", inner[0], size[0], "w={0}:h=ih:x={1}:y=0")
    )
    before = 2 * ((thick - length) // 4)
    after = thick - length - before
    name = source.strip("[]")
    cover = f"crop=w='min(iw,ih*{size[0]}/{size[1]})':h='min(ih,iw*{size[1]}/{size[0]})'"
    width, height = (2 * round(side * FILL_PX / min(size) / 2) for side in size)
    small = f"scale={width}:{height}:flags=bilinear"
    large = f"scale={size[0]}:{size[1]}:flags=bilinear"
    return [
        f"{source}split[{name}whole][{name}copy]",
        f"[{name}copy]{cover},{small},{FILL_BLUR},{FILL_DARKEN},{large},setsar=1,split[{name}fill][{name}rest]",
        f"[{name}fill]crop={place.format(before, 0)}[{name}before]",
        f"[{name}rest]crop={place.format(after, thick - after)}[{name}after]",
        f"[{name}before][{name}whole][{name}after]{stack}=inputs=3{target}",
    ]
