"""The colours of any source brought to BT.709, video range, eight bits."""

from __future__ import annotations

from av.video.codeccontext import VideoCodecContext

from editai.models import Source

TAGGED_BT709 = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"

PLAIN = "flags=bicubic"
"""For what is BT.709 already: within one of 255 of the exact result (measured), and a fifth cheaper than that."""

EXACT = "flags=bicubic+accurate_rnd"
"""For what changes its matrix or range: without accurate_rnd every colour comes out darker by up to two of 255."""

_BT709, _UNSPECIFIED = 1, 2  # ITU-T H.273, matrix coefficients
_FULL_RANGE = 2  # of libavutil
_HD_PIXELS = 1280 * 720  # from this size on, video that tells no matrix is BT.709, below it BT.601
_HDR_WHITE_NITS = 203  # ITU-R BT.2408: where HDR puts the white of a page


def scaling(source: Source, codec: VideoCodecContext) -> str:
    """The options of `scale` that bring this source's colours to BT.709; HDR keeps its own until it is mapped."""
    if source.hdr:
        return EXACT
    matrix = int(getattr(codec, "colorspace", _UNSPECIFIED))
    hd = source.width_px * source.height_px >= _HD_PIXELS
    told = "auto" if matrix != _UNSPECIFIED or source.still else "bt709" if hd else "bt601"
    same = matrix == _BT709 or told == "bt709"
    plain = same and codec.pix_fmt == "yuv420p" and int(codec.color_range or 0) != _FULL_RANGE
    return f"{PLAIN if plain else EXACT}:in_color_matrix={told}:out_color_matrix=bt709:out_range=tv"


def finished(source: Source) -> tuple[str, ...]:
    """The filters after the scaling: HDR mapped, and all told to be what it now is."""
    return (*(_TONE_MAPPING if source.hdr else ()), "format=yuv420p", TAGGED_BT709, "setsar=1")


def has_alpha(codec: VideoCodecContext) -> bool:
    """Whether parts of the picture may be see-through."""
    form = codec.format
    return form is not None and (form.has_palette or any(part.is_alpha for part in form.components))


_TONE_MAPPING = (
    f"zscale=transfer=linear:npl={_HDR_WHITE_NITS}",
    "format=gbrpf32le",
    "zscale=primaries=bt709",
    "tonemap=tonemap=mobius:desat=0",
    "zscale=transfer=bt709:matrix=bt709:range=tv",
)
"""HDR (PQ or HLG, BT.2020) to BT.709, page white to white, with the highlights rolled off above it."""
