"""A clip whose script the store's language model writes: what it says, what it costs, and where it fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from editai import jobs, pipeline, profiles
from editai.models import Facts, Job, Progress, Report
from tests.script.vendors import SCRIPT, Vendor, openai_error, running, said
from tests.shop import Shop, a_shop

pytestmark = pytest.mark.slow

LAMP = Facts(title="Aurora desk lamp", points=("Three colours of light", "Dims to a candle"), price="$49.99")


@pytest.fixture(scope="module")
def vendor() -> Iterator[Vendor]:
    with running() as server:
        yield server


@pytest.fixture(scope="module")
def shop(vendor: Vendor, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A shop with a language model, which takes two dollars for a million tokens read and ten for as many written."""
    for made in a_shop(tmp_path_factory.mktemp("writer") / "home"):
        made.shelf.secrets.connect_model(made.profile.id, vendor.account(usd_in=2.0, usd_out=10.0))
        yield made


def submit(shop: Shop, title: str = LAMP.title, **more: str) -> Job:
    facts = LAMP.model_copy(update={"title": title})
    return shop.submit(script="", facts=facts, writer="model", voice=None, format="1:1", **more)


@pytest.fixture(scope="module")
def made(shop: Shop, vendor: Vendor) -> Report:
    """The clip that it wrote."""
    vendor.will(said(SCRIPT))
    job = jobs.run_job(submit(shop).id, shop.settings)
    assert job.state == "done", job.error
    return shop.shelf.media.report(shop.shelf.store.clip(shop.profile.id, job.clip_id or ""))


def spoken(shop: Shop, title: str) -> tuple[Progress, str]:
    """A job as far as its script is spoken: what was told by then, and what is said."""
    job = submit(shop, title, claimed_by="test")
    studio = profiles.studio(shop.shelf, shop.profile, job.id)
    with closing(pipeline.produce(job.brief, shop.profile, job.id, shop.shelf.media, studio)) as steps:
        step = next(step for step in steps if step.stage == "footage")
    newest = max(shop.results("narration"), key=lambda path: path.stat().st_mtime_ns)
    return step, newest.read_text("utf-8")


def test_what_the_model_writes_is_spoken_and_kept_for_the_posts(made: Report) -> None:
    assert made.script.startswith(SCRIPT["hook"])
    assert (made.script_origin, made.ai_script) == ("model", True)
    assert [post.platform for post in made.posts] == ["tiktok", "x"]


def test_it_is_paid_once_also_where_the_clip_is_made_again(shop: Shop, vendor: Vendor, made: Report) -> None:
    [cost] = shop.shelf.costs.list(shop.profile)
    assert (cost.state, cost.amount) == ("settled", 900 * 2 + 200 * 10)
    asked = len(vendor.requests)
    assert jobs.run_job(submit(shop).id, shop.settings).state == "done"
    assert len(vendor.requests) == asked


def test_what_it_claims_beyond_the_facts_is_taken_out_and_told(shop: Shop, vendor: Vendor) -> None:
    vendor.will(said({**SCRIPT, "lines": ["It dims to a candle.", "It is the best lamp of all.", "Only $19.99."]}))
    told, narration = spoken(shop, "Borealis desk lamp")
    assert [each.slug for each in told.degradations].count("claim_removed") >= 2
    assert '"candle."' in narration
    assert '"best"' not in narration
    assert '"$19.99."' not in narration


def test_where_it_fails_the_templates_write_and_that_is_said(shop: Shop, vendor: Vendor) -> None:
    vendor.will(openai_error(401, "Incorrect API key provided."))
    told, narration = spoken(shop, "Corona desk lamp")
    assert "writer_fell_back" in {each.slug for each in told.degradations}
    assert '"Corona"' in narration
    assert shop.shelf.costs.list(shop.profile)[0].state == "released"
