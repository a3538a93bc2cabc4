"""Fonts of a store's own: kept, chosen, drawn, removed, taken along, and nobody else's."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from editai import captions, jobs, profiles
from editai.errors import EditaiError
from editai.library import LOCAL_OWNER, Library
from editai.models import BrandKit, Colours, Profile, UploadedFont
from editai.preview import preview_caption, preview_cue
from editai.profiles import font_file
from tests.conftest import BOX
from tests.fonts import HIEROGLYPHS, LATIN, font
from tests.library.samples import a_plan
from tests.shop import Shop

Upload = Callable[..., Profile]
INK = Colours(text="#00E5FF", highlight="#00E5FF", background="#20004A")


@pytest.fixture
def upload(shelf: Library, store: Profile, tmp_path: Path) -> Upload:
    """Uploads a font made by `font` into a store, the one of this test if no other is named."""

    def add(letters: str = LATIN, to: Profile = store, **more: object) -> Profile:
        path = tmp_path / "a font.ttf"
        path.write_bytes(font(letters, **more))  # type: ignore[arg-type]
        return profiles.add_font(shelf, LOCAL_OWNER, to.id, path)[1]

    return add


def names(profile: Profile) -> list[str]:
    return [each.name for each in profile.kit.fonts]


def files(shelf: Library, profile: Profile) -> list[str]:
    return sorted(path.name for path in (shelf.media.folder(profile.id) / "brand").glob("*"))


def inked(path: Path) -> int:
    """How many pixels of a preview have the colour of the words."""
    with Image.open(path) as picture:
        pixels = np.asarray(picture.convert("RGB"), np.int16)
    return int((np.abs(pixels - [0, 229, 255]).max(axis=2) < 70).sum())


def refused(work: Callable[[], object]) -> EditaiError:
    with pytest.raises(EditaiError) as caught:
        work()
    return caught.value


# ── kept and chosen ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_font_is_kept_in_the_stores_own_folder(shelf: Library, store: Profile, upload: Upload) -> None:
    after = upload()
    assert after == shelf.store.profile(LOCAL_OWNER, store.id)
    (kept,) = after.kit.fonts
    assert kept.name == "Acme"
    assert shelf.media.contains(store.id, shelf.media.font(store.id, kept.file))


def test_uploading_a_font_keeps_everything_else(shelf: Library, store: Profile, upload: Upload) -> None:
    before = profiles.update(shelf, LOCAL_OWNER, store.id, {"font": "Anton", "monthly_budget_usd": 5})
    after = upload()
    assert after == before.model_copy(update={"kit": before.kit.model_copy(update={"fonts": after.kit.fonts})})


def test_the_same_font_twice_is_kept_once(shelf: Library, upload: Upload) -> None:
    assert upload() == upload()
    assert len(files(shelf, upload())) == 1


def test_a_font_of_a_name_that_is_taken_gets_a_number(upload: Upload) -> None:
    upload()
    upload(height=650)
    assert names(upload(family="Anton")) == ["Acme", "Acme 2", "Anton 2"]


def test_a_font_that_cannot_be_used_leaves_the_store_as_it_was(shelf: Library, store: Profile, upload: Upload) -> None:
    error = refused(lambda: upload(fs_type=2))
    assert error.title == "422 font_unusable"
    assert shelf.store.profile(LOCAL_OWNER, store.id) == store
    assert files(shelf, store) == []


def test_a_store_has_not_more_fonts_than_go_along(shelf: Library, upload: Upload) -> None:
    for height in range(600, 612):
        full = upload(height=height)
    assert refused(lambda: upload(height=700)).title == "409 fonts_too_many"
    assert len(files(shelf, full)) == len(full.kit.fonts) == 12


def test_a_font_of_ones_own_is_the_stores_font(shelf: Library, store: Profile, upload: Upload) -> None:
    upload()
    assert profiles.update(shelf, LOCAL_OWNER, store.id, {"font": "Acme"}).kit.font == "Acme"


def test_a_font_that_is_not_there_is_refused_and_ones_own_is_named_too(
    shelf: Library, store: Profile, upload: Upload
) -> None:
    upload()
    error = refused(lambda: profiles.update(shelf, LOCAL_OWNER, store.id, {"font": "Comic Sans"}))
    assert error.title == "422 font_not_found"
    assert "Acme" in error.hint


# ── drawn ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("cff", [False, True], ids=["TTF", "OTF"])
def test_captions_are_drawn_in_it(shelf: Library, upload: Upload, cff: bool) -> None:
    """Its letters are boxes, which have far more ink than letters."""
    store = upload(cff=cff)
    usual, own = (
        BrandKit(caption_style="brand", colours=INK, fonts=store.kit.fonts, font=name) for name in ("Inter", "Acme")
    )
    assert inked(preview_caption(shelf, store, own)) > 1.5 * inked(preview_caption(shelf, store, usual))


def test_a_font_with_the_name_of_one_that_comes_along_is_another_one(shelf: Library, upload: Upload) -> None:
    store = upload(family="Montserrat ExtraBold")
    kit = store.kit.model_copy(update={"caption_style": "brand", "colours": INK})
    theirs, own = (kit.model_copy(update={"font": f"Montserrat ExtraBold{more}"}) for more in ("", " 2"))
    assert inked(preview_caption(shelf, store, own)) > 1.3 * inked(preview_caption(shelf, store, theirs))
    assert preview_caption(shelf, store, theirs) == preview_caption(shelf, store, kit.model_copy(update={"fonts": ()}))


def test_letters_that_no_other_font_has_are_drawn_in_it_in_every_style(shelf: Library, upload: Upload) -> None:
    kit = shelf.media.kit((store := upload(HIEROGLYPHS)).id, store.kit)
    for each in captions.styles():
        style = captions.style(each.name, kit)
        captions.check_text(f"Buy {HIEROGLYPHS} now", style)
        plan = a_plan().model_copy(update={"style": style})
        assert captions.write(plan).fonts == (style.font_file,)
    assert refused(lambda: captions.check_text(HIEROGLYPHS, captions.style("bold"))).title == "422 no_font_for_script"


def test_a_font_that_draws_nothing_of_a_plan_is_no_part_of_what_is_kept_of_it(shelf: Library, upload: Upload) -> None:
    kit = shelf.media.kit((store := upload()).id, store.kit)
    plan = a_plan().model_copy(update={"style": captions.style("bold", kit)})
    assert plan.style.fonts
    assert captions.with_used_fonts(plan).style == captions.style("bold")
    own = captions.style("brand", kit.model_copy(update={"font": "Acme"}))
    assert captions.with_used_fonts(plan.model_copy(update={"style": own})).style.fonts == kit.fonts


@pytest.mark.slow
def test_a_clip_is_made_in_it_with_chosen_words_and_knows_it_by_its_content_alone(busy: Shop) -> None:
    media, profile = busy.shelf.media, busy.profile
    name, data = font_file.clean(font())
    own = UploadedFont(name=name, file=media.import_font(profile.id, data))
    shop = busy.with_kit(caption_style="brand", colours=INK, font=name, fonts=(own,))
    job = jobs.run_job(shop.submit(emphasise=("the box",)).id, shop.settings)
    assert job.state == "done", job.error
    clip = busy.shelf.store.clip(profile.id, job.clip_id or "")
    plan = media.plan(clip)
    assert str(shop.settings.home) not in (media.placed(clip).folder / clip.plan.name).read_text("utf-8")
    assert plan.style == captions.style("brand", media.kit(profile.id, shop.profile.kit))
    assert [word.text for cue in plan.cues for word in cue.words if word.emphasised] == ["the", "box."]
    assert inked(preview_cue(busy.shelf, clip, (), 0)) > 1000
    media.delete_font(profile.id, own.file)
    assert refused(lambda: preview_cue(busy.shelf, clip, (), 0)).title == "404 font_not_found"


# ── removed ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_font_is_removed_with_its_file(shelf: Library, store: Profile, upload: Upload) -> None:
    upload()
    assert profiles.remove_font(shelf, LOCAL_OWNER, store.id, "Acme") == store
    assert files(shelf, store) == []
    assert refused(lambda: profiles.remove_font(shelf, LOCAL_OWNER, store.id, "Acme")).title == "404 font_not_found"


def test_the_font_of_the_store_stays_until_another_is_chosen(shelf: Library, store: Profile, upload: Upload) -> None:
    upload()
    before = profiles.update(shelf, LOCAL_OWNER, store.id, {"font": "Acme"})
    error = refused(lambda: profiles.remove_font(shelf, LOCAL_OWNER, store.id, "Acme"))
    assert error.title == "409 font_in_use"
    assert "Acme" in error.message
    assert shelf.store.profile(LOCAL_OWNER, store.id) == before
    assert len(files(shelf, store)) == 1


def test_a_font_stays_while_a_clip_is_made(shelf: Library, store: Profile, upload: Upload) -> None:
    after = upload()
    job = jobs.submit(shelf, after, [BOX], script="Meet the box.")
    assert refused(lambda: profiles.remove_font(shelf, LOCAL_OWNER, store.id, "Acme")).title == "409 font_in_use"
    shelf.journal.cancel(store.id, job.id)
    assert names(profiles.remove_font(shelf, LOCAL_OWNER, store.id, "Acme")) == []


def test_a_font_whose_file_is_gone_is_not_offered_to_captions(shelf: Library, store: Profile, upload: Upload) -> None:
    after = upload()
    shelf.media.font(store.id, after.kit.fonts[0].file).unlink()
    kit = shelf.media.kit(store.id, after.kit.model_copy(update={"font": "Acme", "caption_style": "brand"}))
    assert kit.fonts == ()
    assert refused(lambda: captions.style("brand", kit)).title == "422 font_not_found"


# ── taken along ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_fonts_go_along_and_the_choice_with_them(shelf: Library, store: Profile, upload: Upload) -> None:
    upload()
    upload(HIEROGLYPHS, family="Nile")
    full = profiles.update(shelf, LOCAL_OWNER, store.id, {"font": "Acme"})
    made = profiles.import_(shelf, LOCAL_OWNER, json.loads(json.dumps(profiles.export(shelf, full))))
    assert (names(made), made.kit.font) == (["Acme", "Nile"], "Acme")
    shelf.delete_profile(LOCAL_OWNER, full.id)
    kit = shelf.media.kit(made.id, made.kit)
    captions.check_text(HIEROGLYPHS, captions.style("brand", kit))
    assert (
        inked(preview_caption(shelf, made, made.kit.model_copy(update={"caption_style": "brand", "colours": INK})))
        > 300
    )


@pytest.mark.parametrize(
    "fonts",
    [
        [{"name": "Acme", "file": "§"}],
        [{"name": "Acme", "file": base64.b64encode(b"no font").decode()}],
        [{"name": "Anton", "file": base64.b64encode(font("a")).decode()}],
        [{"name": "A", "file": base64.b64encode(font("a")).decode()}] * 2,
        [{"name": "A", "file": "/etc/hostname"}],
        [{"name": "A", "file": "", "folder": "/etc"}],
        [{"name": "A", "file": ""}] * 13,
    ],
    ids=["no base64", "no font", "a name that is taken", "one name twice", "a path", "a folder", "thirteen"],
)
def test_a_document_with_other_fonts_is_refused_and_leaves_nothing(
    shelf: Library, store: Profile, fonts: list[dict[str, str]]
) -> None:
    document = {**profiles.export(shelf, store), "fonts": fonts}
    before = shelf.store.profiles(LOCAL_OWNER)
    assert refused(lambda: profiles.import_(shelf, LOCAL_OWNER, document)).title == "422 import_invalid"
    assert shelf.store.profiles(LOCAL_OWNER) == before


@pytest.mark.parametrize("font", ["Acme", [], {}, 7], ids=str)
def test_a_document_whose_font_is_not_in_it_is_refused(shelf: Library, store: Profile, font: object) -> None:
    document = profiles.export(shelf, store)
    document["kit"]["font"] = font
    assert refused(lambda: profiles.import_(shelf, LOCAL_OWNER, document)).title == "422 import_invalid"


# ── whose it is ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_another_stores_font_is_not_there(shelf: Library, store: Profile, upload: Upload) -> None:
    other = upload(HIEROGLYPHS, to=shelf.store.create_profile(LOCAL_OWNER, "Other"))
    (theirs,) = other.kit.fonts
    assert refused(lambda: shelf.media.font(store.id, theirs.file)).title == "404 font_not_found"
    assert (
        refused(lambda: profiles.remove_font(shelf, LOCAL_OWNER, store.id, theirs.name)).title == "404 font_not_found"
    )
    assert (
        refused(lambda: profiles.update(shelf, LOCAL_OWNER, store.id, {"font": theirs.name})).title
        == "422 font_not_found"
    )
    mine = captions.style("bold", shelf.media.kit(store.id, store.kit))
    assert refused(lambda: captions.check_text(HIEROGLYPHS, mine)).title == "422 no_font_for_script"


def test_a_kit_that_names_another_stores_font_has_none(shelf: Library, store: Profile, upload: Upload) -> None:
    other = upload(to=shelf.store.create_profile(LOCAL_OWNER, "Other"))
    placed = shelf.media.kit(other.id, other.kit).fonts
    assert placed
    assert shelf.media.kit(store.id, store.kit.model_copy(update={"fonts": placed})).fonts == ()


def test_a_link_to_another_stores_font_is_not_followed(shelf: Library, store: Profile, upload: Upload) -> None:
    other = upload(to=shelf.store.create_profile(LOCAL_OWNER, "Other"))
    (theirs,) = other.kit.fonts
    (shelf.media.folder(store.id) / "brand").mkdir(parents=True)
    (shelf.media.folder(store.id) / "brand" / theirs.file.name).symlink_to(shelf.media.font(other.id, theirs.file))
    assert refused(lambda: shelf.media.font(store.id, theirs.file)).title == "404 font_not_found"


def test_a_stores_fonts_go_with_the_store(shelf: Library, store: Profile, upload: Upload) -> None:
    upload()
    shelf.delete_profile(LOCAL_OWNER, store.id)
    assert not shelf.media.folder(store.id).exists()
