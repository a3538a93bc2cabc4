"""The preview of a caption is what the render draws, and is there at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from editai import captions, jobs, preview
from editai.errors import EditaiError
from editai.library import LOCAL_OWNER, Library
from editai.models import BrandKit, Clip, Colours, Profile, joined
from editai.preview import preview_caption
from tests.captions.adverts import narrated
from tests.captions.drawing import plan
from tests.library.samples import a_clip
from tests.shop import Shop

BRIGHT = Colours(text="#00E5FF", highlight="#FF00AA", background="#20004A")
Pixels = npt.NDArray[np.int16]


def pixels(path: Path) -> Pixels:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"), np.int16)


def near(picture: Pixels, colour: str) -> int:
    """How many pixels have about this colour."""
    wanted = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return int((np.abs(picture - wanted).max(axis=2) < 60).sum())


def frames(clip: Clip) -> Iterator[Pixels]:
    """The frames of a finished clip at the preview's size."""
    width, height = 1080 // preview.SMALLER, 1920 // preview.SMALLER
    with av.open(str(clip.path(clip.video))) as container:
        for frame in container.decode(video=0):
            yield (
                frame.reformat(
                    width, height, "rgb24", src_colorspace="ITU709", dst_colorspace="ITU709", interpolation="AREA"
                )
                .to_ndarray()
                .astype(np.int16)
            )


@pytest.mark.slow
def test_it_looks_like_the_clip_that_is_rendered_afterwards(busy: Shop) -> None:
    """One of its frames is the preview, but for what two lossy codings change; also when that clip is the last one."""
    shop = busy.with_kit(caption_style="brand", colours=BRIGHT, font="Anton")
    before = pixels(preview_caption(shop.shelf, shop.profile, shop.profile.kit))
    job = jobs.run_job(shop.submit(quality="standard").id, shop.settings)
    clip = shop.shelf.store.clip(shop.profile.id, job.clip_id or "")
    after = pixels(preview_caption(shop.shelf, shop.profile, shop.profile.kit))
    differences = [(np.abs(frame - before).mean(), np.abs(frame - after).mean()) for frame in frames(clip)]
    assert max(np.min(differences, axis=0)) < 3  # the frames beside it are 6 away
    assert near(before, BRIGHT.text) > 300
    assert near(before, BRIGHT.highlight) > 100


@pytest.fixture
def store(shelf: Library) -> Profile:
    return shelf.store.default_profile(LOCAL_OWNER)


def test_a_store_without_a_clip_sees_the_sample(shelf: Library, store: Profile) -> None:
    kit = BrandKit(caption_style="brand", colours=BRIGHT)
    path = preview_caption(shelf, store, kit)
    assert shelf.media.contains(store.id, path)
    assert pixels(path).shape == (960, 540, 3)
    assert near(pixels(path), BRIGHT.text) > 300
    assert near(pixels(path), BRIGHT.highlight) > 100


def test_colours_that_are_too_much_alike_are_shown_as_a_clip_would_have_them(shelf: Library, store: Profile) -> None:
    pale = Colours(text="#FFFFFF", highlight="#FFFFFF", background="#E8E0D0")
    alike, told_apart = (
        pixels(preview_caption(shelf, store, BrandKit(caption_style="brand", colours=colours)))
        for colours in (pale, pale.model_copy(update={"background": "#000000"}))
    )
    assert np.abs(alike - told_apart).max() == 0


def test_the_same_kit_is_drawn_once(shelf: Library, store: Profile) -> None:
    first = preview_caption(shelf, store, store.kit)
    drawn = first.stat().st_mtime_ns
    assert preview_caption(shelf, store, store.kit) == first
    assert first.stat().st_mtime_ns == drawn
    assert {path.name for path in first.parent.iterdir()} == {"preview.jpg", "result.json"}


@pytest.mark.parametrize("name", ["茶の店", "{\\an8} 100% 'Ärger'", "x" * 50])
def test_a_store_may_be_called_anything(shelf: Library, name: str) -> None:
    store = shelf.store.create_profile(LOCAL_OWNER, name)
    assert near(pixels(preview_caption(shelf, store, BrandKit(caption_style="brand", colours=BRIGHT))), BRIGHT.text)


def test_a_clip_whose_video_is_gone_is_passed_over(shelf: Library, store: Profile) -> None:
    before = preview_caption(shelf, store, store.kit)
    shelf.store.add_clip(a_clip(store.id))
    assert preview_caption(shelf, store, store.kit) == before


@pytest.mark.parametrize(
    ("kit", "title"),
    [({"caption_style": "none"}, "422 caption_style_not_found"), ({"font": "Comic Sans"}, "422 font_not_found")],
    ids=str,
)
def test_what_is_not_there_is_refused(shelf: Library, store: Profile, kit: dict[str, str], title: str) -> None:
    with pytest.raises(EditaiError) as caught:
        preview_caption(shelf, store, BrandKit(**{"caption_style": "brand", **kit}))
    assert caught.value.title == title


def test_phrases_of_writing_without_spaces_stay_side_by_side_in_another_style() -> None:
    text = "新しいお茶の香りをお届けします。今なら一箱1,980円、送料無料です。"
    bold, pop = captions.style("bold"), captions.style("pop")
    made = plan(captions.make_cues(narrated(text, "ja"), bold), bold).model_copy(update={"language": "ja"})
    other = preview._in_style(made, pop)
    assert other.cues != made.cues
    assert joined([word for cue in other.cues for word in cue.words]) == text
    assert not any(word.text.endswith("。") for cue in other.cues for word in cue.words[:-1])
