"""A font: whatever is given becomes a plain static font of a name of its own, or is refused and says why."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from contextlib import suppress

import pytest
from fontTools.ttLib import TTFont, newTable
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from PIL import ImageFont

from editai.bundled import FONTS
from editai.errors import InvalidInput
from editai.profiles import font_file
from tests.fonts import HIEROGLYPHS, font, opened

SECRET = b"51.5074 N, a secret"


@pytest.mark.parametrize("cff", [False, True], ids=["TTF", "OTF"])
def test_a_font_is_kept_with_its_letters_and_called_by_its_family(cff: bool) -> None:
    name, kept = font_file.clean(font(cff=cff))
    assert name == "Acme"
    assert set(opened(kept).getBestCmap()) == set(range(0x20, 0x7F))
    assert ImageFont.truetype(io.BytesIO(kept), 1000).getbbox("H", anchor="ls")[1] == -700


def test_a_weight_is_part_of_the_name() -> None:
    assert font_file.clean(font(kind="Bold Italic"))[0] == "Acme Bold Italic"


def test_inside_the_file_it_is_called_by_its_content_alone() -> None:
    names = [opened(font_file.clean(data)[1])["name"] for data in (font(), font(height=650))]
    assert names[0].getDebugName(1) != names[1].getDebugName(1)
    for table in names:
        called = {table.getDebugName(number) for number in (1, 4)}
        assert len(called) == 1
        assert "Acme" not in called.pop()
        assert not any(table.getDebugName(number) for number in (16, 17, 21, 22, 25))


def test_the_same_file_is_kept_as_the_same_bytes() -> None:
    data = font()
    assert font_file.clean(data) == font_file.clean(data)


def test_whose_it_is_stays_in_it() -> None:
    (path,) = FONTS.glob("Anton*.ttf")
    before, after = TTFont(path)["name"], opened(font_file.read(path)[1])["name"]
    assert before.getDebugName(0)
    for number in (0, 13, 14):
        assert after.getDebugName(number) == before.getDebugName(number)


def test_what_draws_no_letters_is_left_out() -> None:
    def burden(made: TTFont) -> None:
        for tag in ("meta", "fpgm", "DSIG", "SVG ", "XXXX"):
            table = newTable("XXXX")
            table.data = SECRET
            made.tables[tag] = table

    data = font(change=burden)
    assert SECRET in data
    kept = font_file.clean(data)[1]
    assert SECRET not in kept
    assert {"meta", "fpgm", "DSIG", "SVG ", "XXXX"} & set(opened(kept).keys()) == set()


def test_of_a_variable_font_the_bold_is_kept() -> None:
    name, kept = font_file.clean(font(varies=True))
    assert name == "Acme Bold"
    assert {"fvar", "gvar"} & set(opened(kept).keys()) == set()
    usual, bold = (ImageFont.truetype(io.BytesIO(data), 1000).getlength("A") for data in (font(), kept))
    assert bold - usual == pytest.approx(60, abs=2)  # 700 lies at 0.6 of the way from 400 to 900


def test_a_font_of_one_script_is_a_font() -> None:
    assert set(opened(font_file.clean(font(HIEROGLYPHS))[1]).getBestCmap()) == set(map(ord, HIEROGLYPHS))


@pytest.mark.parametrize(
    ("name", "shown"), [("", "Font without a name"), ("A\u202eB\x07  C", "AB C"), ("x" * 200, "x" * 60)]
)
def test_a_name_is_one_line_of_what_is_seen(name: str, shown: str) -> None:
    def rename(made: TTFont) -> None:
        made["name"].names = []
        made["name"].setName(name, 1, 3, 1, 0x409)

    assert font_file.clean(font(change=rename))[0] == shown


# ── what is refused ──────────────────────────────────────────────────────────────────────────────────────────────


def without(table: str) -> Callable[[TTFont], None]:
    def change(made: TTFont) -> None:
        del made[table]

    return change


def flat(made: TTFont) -> None:
    made["OS/2"].usWinAscent = made["OS/2"].usWinDescent = 0


UNUSABLE = {
    "nothing": (b"", "empty"),
    "text": (b"Not a font.", "no font"),
    "a web font": (b"wOFF" + bytes(40), "WOFF"),
    "a newer web font": (b"wOF2" + bytes(40), "WOFF2"),
    "a collection": (b"ttcf" + bytes(40), "collection"),
    "an archive": (b"PK\x03\x04" + bytes(40), "ZIP"),
    "a header alone": (font()[:12], "damaged"),
    "half of one": (font()[:2000], "damaged"),
    "too many bytes": (font() + bytes(20_000_000), "20 MB"),
    "no outlines": (font(change=without("glyf")), "not whole"),
    "no name table": (font(change=without("name")), "not whole"),
    "signs alone": (font("☎★✂"), "no letters"),
    "empty letters": (font(height=0), "draws none"),
    "lines of no height": (font(change=flat), "damaged"),
    "embedding restricted": (font(fs_type=0x0002), "restricted"),
}


@pytest.mark.parametrize("kind", UNUSABLE)
def test_what_cannot_be_used_is_refused_and_says_why(kind: str) -> None:
    data, why = UNUSABLE[kind]
    with pytest.raises(InvalidInput, match=why) as caught:
        font_file.clean(data)
    assert caught.value.title == "422 font_unusable"
    assert caught.value.hint


@pytest.mark.parametrize("fs_type", [0x0000, 0x0004, 0x0008, 0x0100, 0x0006])
def test_a_font_that_may_be_embedded_in_some_way_is_taken(fs_type: int) -> None:
    assert font_file.clean(font(fs_type=fs_type))


def test_a_table_that_claims_every_number_many_times_is_not_unfolded() -> None:
    """Sixty bytes that would become four billion characters."""
    whole = bytearray(font("ab", change=lambda made: made["cmap"].tables.clear()))
    groups = struct.pack(">HHLLL", 12, 0, 28, 0, 1) + struct.pack(">LLL", 0, 0xFFFFFFFF, 0)
    table = struct.pack(">HHHHL", 0, 1, 3, 10, 12) + groups
    entry = whole.index(b"cmap")
    whole[entry + 8 : entry + 16] = struct.pack(">LL", len(whole), len(table))
    with pytest.raises(InvalidInput, match="damaged"):
        font_file.clean(bytes(whole + table))


@pytest.mark.parametrize("kind", ["TTF", "OTF", "variable", "Anton"])
def test_a_damaged_font_is_read_or_refused_and_nothing_else(kind: str) -> None:
    made = {
        "TTF": lambda: font("abc𓀀"),
        "OTF": lambda: font("abc𓀀", cff=True),
        "variable": lambda: font("abc", varies=True),
        "Anton": lambda: next(FONTS.glob("Anton*.ttf")).read_bytes(),
    }
    whole = made[kind]()
    near = some.integers(0, min(len(whole) - 1, 3000))

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(some.lists(some.tuples(near, some.integers(0, 255)), min_size=1, max_size=8))
    def damage(changes: list[tuple[int, int]]) -> None:
        data = bytearray(whole)
        for at, value in changes:
            data[at] = value
        with suppress(InvalidInput):  # anything else that is raised fails
            name, kept = font_file.clean(bytes(data))
            assert name
            assert opened(kept).getBestCmap()

    damage()
