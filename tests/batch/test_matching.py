"""Files find their product by name, and are given to nobody where two could be meant."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from editai.batch import folder_of, of_files
from editai.batch.matching import Match, match
from editai.errors import EditaiError
from editai.facts import Row
from editai.models import Facts


def rows(*skus: str) -> list[Row]:
    return [Row(id=sku, facts=Facts(title=f"Product {sku}")) for sku in skus]


def matched(folder: Path, *skus: str) -> Match:
    return match(rows(*skus), folder_of(folder))


def files_of(found: Match, place: int, folder: Path) -> list[str]:
    return [path.relative_to(folder.resolve()).as_posix() for path in found.files.get(place, ())]


def lay(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


@pytest.mark.parametrize(
    ("name", "sku"),
    [
        ("AB-12.mp4", "AB-12"),
        ("ab_12.MP4", "AB-12"),
        ("AB 12.mov", "AB-12"),
        ("AB-12-1.jpg", "AB-12"),
        ("AB-12 (2).jpg", "AB-12"),
        ("AB-12_03.png", "ab/12"),
        ("AB-12/front.jpg", "AB-12"),
        ("summer/ab-12/deep/1.webp", "AB-12"),
        ("Größe-茶.mp4", "GRÖSSE 茶"),
        ("1001-2.mp4", "1001"),
    ],
)
def test_a_file_is_found_by_the_sku_in_its_name_or_its_folder(folder: Path, name: str, sku: str) -> None:
    lay(folder, name)
    assert files_of(matched(folder, "other", sku), 1, folder) == [name]


@pytest.mark.parametrize("name", ["AB-12-blue.mp4", "AB-123.mp4", "XAB-12.mp4", "AB-12-001.mp4", "AB.mp4", "AB12.mp4"])
def test_a_name_that_only_begins_like_a_sku_is_nobodys(folder: Path, name: str) -> None:
    lay(folder, name)
    found = matched(folder, "AB-12")
    assert (found.files, found.unmatched) == ({}, (name,))
    assert found.missing[0] == "There is no video or photo named AB-12."


def test_several_files_are_in_the_order_of_their_numbers(folder: Path) -> None:
    lay(folder, "A-10.jpg", "A-2.jpg", "A.mp4")
    assert files_of(matched(folder, "A"), 0, folder) == ["A.mp4", "A-2.jpg", "A-10.jpg"]


def test_a_whole_sku_goes_before_a_number(folder: Path) -> None:
    lay(folder, "A.mp4", "A-1.mp4", "A-1-2.mp4")
    found = matched(folder, "A", "A-1")
    assert [files_of(found, place, folder) for place in (0, 1)] == [["A.mp4"], ["A-1.mp4", "A-1-2.mp4"]]


def test_a_file_of_two_products_is_given_to_none_and_both_say_so(folder: Path) -> None:
    lay(folder, "ab 12.mp4")
    found = matched(folder, "AB-12", "AB_12")
    assert found.files == {}
    assert found.ambiguous == ("ab 12.mp4 may belong to AB-12 and AB_12.",)
    assert set(found.missing.values()) == set(found.ambiguous)


def test_a_file_named_for_one_product_in_the_folder_of_another_is_given_to_neither(folder: Path) -> None:
    lay(folder, "A/B.mp4", "A/1.mp4")
    found = matched(folder, "A", "B", "1")
    assert found.ambiguous == ("A/B.mp4 may belong to A and B.",)
    assert found.files == {}


def test_a_variants_sku_finds_its_product(folder: Path) -> None:
    lay(folder, "LAMP-RED.mp4")
    row = Row(id="lamp", facts=Facts(title="Lamp"), variants=("LAMP-RED", "LAMP-BLUE"))
    assert match([row], folder_of(folder)).files[0][0].name == "LAMP-RED.mp4"


def test_a_feed_names_its_files_inside_of_the_folder(folder: Path) -> None:
    lay(folder, "clips/summer.mp4", "A.mp4")
    row = Row(id="A", facts=Facts(title="A"), videos=("clips\\summer.mp4",))
    found = match([row], folder_of(folder))
    assert files_of(found, 0, folder) == ["clips/summer.mp4"]
    assert found.unmatched == ("A.mp4",)


@pytest.mark.parametrize("name", ["../secret.mp4", "/etc/passwd", "clips/../../secret.mp4", "secret.mp4", "C:\\a.mp4"])
def test_nothing_outside_of_the_folder_can_be_named(folder: Path, name: str) -> None:
    lay(folder.parent, "secret.mp4")
    row = Row(id="A", facts=Facts(title="A"), videos=(name,))
    found = match([row], folder_of(folder))
    assert (found.files, found.missing[0]) == ({}, f"{name} is not in the folder.")


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_a_link_out_of_the_folder_is_not_followed(folder: Path) -> None:
    lay(folder.parent, "elsewhere/A.mp4")
    (folder / "A.mp4").symlink_to(folder.parent / "elsewhere" / "A.mp4")
    (folder / "B").symlink_to(folder.parent / "elsewhere")
    assert matched(folder, "A", "B").files == {}


def test_links_of_a_feed_are_not_fetched_and_that_is_said(folder: Path) -> None:
    row = Row(id="A", facts=Facts(title="A"), videos=("https://shop.example/a.mp4",))
    found = match([row], folder_of(folder))
    assert found.missing[0].endswith("The feed has links, which are not fetched.")


def test_what_is_no_video_and_no_photo_is_not_looked_at(folder: Path) -> None:
    lay(folder, "A.txt", ".A.mp4", ".hidden/A.mp4")
    assert folder_of(folder).files == {}


def test_single_files_are_found_by_their_names(tmp_path: Path) -> None:
    lay(tmp_path, "x/A.mp4", "y/A.mp4", "y/B-1.jpg")
    found = match(rows("A", "B"), of_files(tmp_path / name for name in ("x/A.mp4", "y/A.mp4", "y/B-1.jpg")))
    assert [len(found.files[place]) for place in (0, 1)] == [2, 1]


def test_a_folder_that_is_none_is_422(tmp_path: Path) -> None:
    with pytest.raises(EditaiError) as caught:
        folder_of(tmp_path / "nothing")
    assert caught.value.title == "422 media_folder_unreadable"
