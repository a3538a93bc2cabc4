"""A logo: whatever is given becomes a small plain PNG or is refused; nothing of the file survives but the picture."""

from __future__ import annotations

import io
import struct
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from PIL import Image, ImageCms

from editai import profiles
from editai.errors import EditaiError, InvalidInput
from editai.library import LOCAL_OWNER, Library
from editai.models import Profile
from editai.profiles import logo
from tests.profiles.conftest import Picture

SECRET = "51.5074 N, a secret"


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png))


def dot(picture: Image.Image) -> tuple[int, ...]:
    """One pixel of a plain picture: red, green, blue, how solid."""
    return tuple(picture.tobytes()[:4])


def kept_by(shelf: Library, store: Profile) -> list[str]:
    return sorted(path.name for path in (shelf.media.folder(store.id) / "brand").glob("*"))


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP"])
def test_a_picture_becomes_a_png_of_the_store(shelf: Library, store: Profile, picture: Picture, format: str) -> None:
    after = profiles.set_logo(shelf, LOCAL_OWNER, store.id, picture(format))
    assert after == shelf.store.profile(LOCAL_OWNER, store.id)
    assert after.kit.logo
    with Image.open(shelf.media.logo(store.id, after.kit.logo)) as png:
        assert (png.format, png.mode, png.size) == ("PNG", "RGBA", (8, 6))
        assert max(abs(a - b) for a, b in zip(dot(png), (0x14, 0x78, 0x63, 255), strict=True)) < 6


def test_the_name_of_the_file_says_nothing(picture: Picture) -> None:
    path = picture("PNG")
    assert opened(logo.read(path.rename(path.with_name("it's 100% {x}.svg")))).format == "PNG"


def test_a_new_logo_takes_the_place_of_the_last(shelf: Library, store: Profile, picture: Picture) -> None:
    for colour in ("red", "blue", "blue"):
        after = profiles.set_logo(shelf, LOCAL_OWNER, store.id, picture(colour=colour))
        assert after.kit.logo
        assert kept_by(shelf, store) == [after.kit.logo.name]


def test_a_logo_is_removed(shelf: Library, store: Profile, picture: Picture) -> None:
    profiles.set_logo(shelf, LOCAL_OWNER, store.id, picture())
    assert profiles.remove_logo(shelf, LOCAL_OWNER, store.id) == store
    assert kept_by(shelf, store) == []
    assert profiles.remove_logo(shelf, LOCAL_OWNER, store.id) == store


def test_setting_a_logo_keeps_everything_else(shelf: Library, store: Profile, picture: Picture) -> None:
    before = profiles.update(shelf, LOCAL_OWNER, store.id, {"font": "Anton", "monthly_budget_usd": 5})
    after = profiles.set_logo(shelf, LOCAL_OWNER, store.id, picture())
    assert after == before.model_copy(update={"kit": before.kit.model_copy(update={"logo": after.kit.logo})})


def test_a_large_picture_is_kept_small_in_its_own_shape(picture: Picture) -> None:
    assert opened(logo.read(picture("JPEG", size=(6000, 3000)))).size == (1024, 512)


def test_what_is_clear_stays_clear(picture: Picture) -> None:
    assert dot(opened(logo.read(picture("PNG", "RGBA", colour=(255, 0, 0, 0))))) == (255, 0, 0, 0)


def test_a_photo_is_turned_upright(picture: Picture) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    assert opened(logo.read(picture("JPEG", size=(8, 6), exif=turned))).size == (6, 8)


def test_greys_of_sixteen_bits_stay_grey(picture: Picture) -> None:
    assert dot(opened(logo.read(picture("PNG", "I;16", colour=0x8000)))) == (128, 128, 128, 255)


def test_printers_colours_become_the_screens(picture: Picture) -> None:
    red, green, blue, _ = dot(opened(logo.read(picture("JPEG", "CMYK", colour=(0, 255, 255, 0)))))
    assert (red > 240, green < 15, blue < 15) == (True, True, True)


def test_colours_of_a_profile_become_srgb(picture: Picture) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    shifted = lab.replace(b"rXYZ", b"tXYZ").replace(b"bXYZ", b"rXYZ").replace(b"tXYZ", b"bXYZ")
    assert dot(opened(logo.read(picture("PNG", colour="#FF0000", icc_profile=shifted))))[2] > 200


def test_a_damaged_colour_profile_is_passed_over(picture: Picture) -> None:
    assert dot(opened(logo.read(picture("PNG", colour="#147863", icc_profile=b"none"))))[:3] == (
        20,
        120,
        99,
    )


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP"])
def test_nothing_but_the_picture_is_kept(picture: Picture, format: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = SECRET
    path = picture(format, exif=exif, icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    path.write_bytes(path.read_bytes() + f"<script>{SECRET}</script>".encode())
    assert SECRET.encode() in path.read_bytes()
    png = logo.read(path)
    assert SECRET.encode() not in png
    assert opened(png).info == {}


# ── what is no logo ──────────────────────────────────────────────────────────────────────────────────────────────


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims to be large."""
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


UNUSABLE = {
    "nothing": b"",
    "text": b"Not a picture.",
    "svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": b"<html><img src=x onerror=alert(1)></html>",
    "gif": b"GIF89a\x01\0\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x01D\0;",
    "bmp": b"BM\x1e\0\0\0\0\0\0\0\x1a\0\0\0\x0c\0\0\0\x01\0\x01\0\x01\0\x18\0\0\0\xff\0",
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n",
    "a bomb": bomb(60_000, 60_000),
    "fifty megapixels": bomb(50_000_001, 1),
    "no pixels": bomb(0, 0),
    "half a header": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0",
    "too many bytes": b"\x89PNG\r\n\x1a\n" + bytes(10_000_001),
}


@pytest.mark.parametrize("kind", UNUSABLE)
def test_what_is_no_usable_picture_is_refused_and_the_logo_stays(
    shelf: Library, store: Profile, picture: Picture, tmp_path: Path, kind: str
) -> None:
    before = profiles.set_logo(shelf, LOCAL_OWNER, store.id, picture())
    (tmp_path / "logo.png").write_bytes(UNUSABLE[kind])
    with pytest.raises(EditaiError) as caught:
        profiles.set_logo(shelf, LOCAL_OWNER, store.id, tmp_path / "logo.png")
    assert caught.value.title == "422 logo_unusable"
    assert shelf.store.profile(LOCAL_OWNER, store.id) == before
    assert before.kit.logo
    assert kept_by(shelf, store) == [before.kit.logo.name]


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP"])
def test_a_truncated_picture_is_refused(picture: Picture, format: str) -> None:
    whole = picture(format, size=(300, 300), colour="red").read_bytes()
    with pytest.raises(EditaiError, match="damaged"):
        logo.clean(whole[: len(whole) // 2])


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP"])
def test_a_damaged_picture_is_read_or_refused_and_nothing_else(picture: Picture, format: str) -> None:
    whole = picture(format, size=(40, 30)).read_bytes()

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(some.lists(some.tuples(some.integers(0, len(whole) - 1), some.integers(0, 255)), min_size=1, max_size=8))
    def damage(changes: list[tuple[int, int]]) -> None:
        data = bytearray(whole)
        for at, value in changes:
            data[at] = value
        with suppress(InvalidInput):  # anything else that is raised fails
            assert opened(logo.clean(bytes(data))).format == "PNG"

    damage()


# ── whose it is ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_another_stores_logo_is_not_there(shelf: Library, store: Profile, picture: Picture) -> None:
    other = shelf.store.create_profile(LOCAL_OWNER, "Other")
    kept = profiles.set_logo(shelf, LOCAL_OWNER, other.id, picture()).kit.logo
    assert kept
    with pytest.raises(EditaiError) as caught:
        shelf.media.logo(store.id, kept)
    assert caught.value.title == "404 logo_not_found"


def test_a_link_to_another_stores_logo_is_not_followed(shelf: Library, store: Profile, picture: Picture) -> None:
    other = shelf.store.create_profile(LOCAL_OWNER, "Other")
    kept = profiles.set_logo(shelf, LOCAL_OWNER, other.id, picture()).kit.logo
    assert kept
    (shelf.media.folder(store.id) / "brand").mkdir(parents=True)
    (shelf.media.folder(store.id) / "brand" / kept.name).symlink_to(shelf.media.logo(other.id, kept))
    with pytest.raises(EditaiError) as caught:
        shelf.media.logo(store.id, kept)
    assert caught.value.title == "404 logo_not_found"


@pytest.mark.parametrize("digest", ["../../x", "", "a" * 63, "A" * 64, "\0" * 64])
def test_a_made_up_logo_is_not_there(shelf: Library, store: Profile, picture: Picture, digest: str) -> None:
    kept = profiles.set_logo(shelf, LOCAL_OWNER, store.id, picture()).kit.logo
    assert kept
    with pytest.raises(EditaiError) as caught:
        shelf.media.logo(store.id, kept.model_copy(update={"sha256": digest}))
    assert caught.value.title == "404 logo_not_found"


def test_a_stores_logo_goes_with_the_store(shelf: Library, store: Profile, picture: Picture) -> None:
    profiles.set_logo(shelf, LOCAL_OWNER, store.id, picture())
    shelf.delete_profile(LOCAL_OWNER, store.id)
    assert not shelf.media.folder(store.id).exists()
