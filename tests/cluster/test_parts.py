"""A clip in parts: what needs the store's keys on the app's machine, the voice where there is a graphics card."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from editai.cluster.carrier import Carrier
from editai.cluster.link import Link
from editai.cluster.task import RENDERS, SPEAKS, build
from editai.models import Clip, Facts, Voice
from editai.voices import registry
from tests.cluster.inside import running
from tests.processes import wait_for
from tests.script.vendors import running as vendor_running
from tests.script.vendors import translates
from tests.shop import Shop, a_shop
from tests.test_pipeline import FAILURES, Far
from tests.test_pipeline_translation import WORDS

pytestmark = pytest.mark.slow

WISHES = {
    "script": "Meet the box.",
    "facts": Facts(title="Box"),
    "quality": "draft",
    "format": "1:1",
    "end_card": False,
}


@dataclass
class Parted:
    """A shop with a cluster of two workers: one speaks, the other renders."""

    shop: Shop
    folder: Path
    carrier: Carrier

    def make(self, **wishes: object) -> Clip:
        job = self.shop.submit(**WISHES | wishes)
        done = self.carrier.run(job.id)
        assert done.error is None, done.error
        return self.shop.shelf.media.placed(self.shop.shelf.store.clip(self.shop.profile.id, done.clip_id or ""))

    def worked(self, name: str) -> set[str]:
        """The stages of which a worker has results."""
        return {path.parents[1].name for path in (self.folder / name).glob("profiles/*/cache/*/*/result.json")}


@pytest.fixture(scope="module")
def parted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parted]:
    folder = tmp_path_factory.mktemp("parted")
    (folder / "media").mkdir()
    offers = {"speaks": {build(): 1, SPEAKS: 1}, "renders": {build(): 1, RENDERS: 1}}
    for shop in a_shop(folder / "app"):
        settings = shop.settings.model_copy(update={"media_url": str(folder / "media")})
        own = settings.model_copy(update={"home": folder / "workers"})
        with running(folder, offers, own) as address, Link(address) as link:
            wait_for(lambda: link.offers(SPEAKS) and link.offers(RENDERS), what="both workers")
            yield Parted(shop, folder, Carrier(settings, link))


def test_a_worker_with_a_graphics_card_speaks_and_another_renders(parted: Parted) -> None:
    clip = parted.make()
    assert "narration" in parted.worked("speaks")
    assert "picture" not in parted.worked("speaks")
    assert "take" not in parted.worked("renders")
    assert "picture" in parted.worked("renders")
    assert parted.shop.results("narration")  # at home, so that the clip can be captioned anew
    assert not parted.shop.results("picture")
    assert [path for path in (parted.folder / "media").rglob("*") if path.is_file()] == []
    assert clip.path(clip.video).stat().st_size == clip.video.bytes


def test_what_needs_the_stores_keys_is_done_by_the_app_and_told_in_the_report(
    parted: Parted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The language model translates, and a voice of the internet fails, which another stands in for."""
    monkeypatch.setattr(registry, "BUILT_IN", (*registry.BUILT_IN, Far()))
    registry.engines.cache_clear()
    with vendor_running() as vendor:
        vendor.will(translates({**WORDS, "box.": "scatola."}))
        parted.shop.shelf.secrets.connect_model(parted.shop.profile.id, vendor.account(usd_in=2.0, usd_out=10.0))
        allowed = parted.shop.with_kit(when_voice_fails="default_voice")
        elsewhere = Parted(allowed, parted.folder, parted.carrier)
        clip = elsewhere.make(voice=Voice.parse("far:away"), translate_to=("it",))
    registry.engines.cache_clear()
    report = parted.shop.shelf.media.report(clip)
    assert report.voice == "kokoro:af_heart"
    [told] = [item.message for item in report.degradations if item.slug == "voice_fell_back"]
    assert FAILURES["away"].message in told
    assert [each.language for each in clip.translations] == ["it"]
    [cost] = parted.shop.shelf.costs.list(parted.shop.profile)
    assert cost.state == "settled"
    assert cost.amount > 0
