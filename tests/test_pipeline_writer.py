"""A clip whose script the store's language model writes: what it says, what it costs, and where it fails."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from editai import jobs
from editai.models import Facts, Job, Report
from tests.script.vendors import SCRIPT, Vendor, openai_error, running, said
from tests.shop import Shop

pytestmark = pytest.mark.slow

LAMP = Facts(title="Aurora desk lamp", points=("Three colours of light", "Dims to a candle"), price="$49.99")


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with running() as server:
        yield server


@pytest.fixture
def writing(shop: Shop, vendor: Vendor) -> Shop:
    """A shop with a language model, which takes two dollars for a million tokens read and ten for as many written."""
    account = vendor.account(usd_in=2.0, usd_out=10.0)
    shop.shelf.secrets.connect_model(shop.profile.id, account)
    return shop


def run(shop: Shop) -> tuple[Job, Report]:
    submitted = shop.submit(script="", facts=LAMP, writer="model", voice=None)
    job = jobs.run_job(submitted.id, shop.settings)
    assert job.state == "done", job.error
    return job, shop.shelf.media.report(shop.shelf.store.clip(shop.profile.id, job.clip_id or ""))


def test_what_the_model_writes_is_spoken_shown_and_kept_for_the_posts(writing: Shop, vendor: Vendor) -> None:
    vendor.will(said(SCRIPT))
    _, report = run(writing)
    assert report.script.startswith(SCRIPT["hook"])
    assert (report.script_origin, report.ai_script) == ("model", True)
    assert [post.platform for post in report.posts] == ["tiktok", "x"]


def test_it_is_paid_once_also_where_the_clip_is_made_again(writing: Shop, vendor: Vendor) -> None:
    vendor.will(said(SCRIPT))
    run(writing)
    [cost] = writing.shelf.costs.list(writing.profile)
    assert (cost.state, cost.amount) == ("settled", 900 * 2 + 200 * 10)
    run(writing)
    assert len(vendor.requests) == 1


def test_what_it_claims_beyond_the_facts_is_taken_out_and_told(writing: Shop, vendor: Vendor) -> None:
    vendor.will(said({**SCRIPT, "lines": ["It dims to a candle.", "It is the best lamp of all.", "Only $19.99."]}))
    job, report = run(writing)
    assert "best" not in report.script
    assert "19.99" not in report.script
    assert [told.slug for told in report.degradations].count("claim_removed") == 2
    assert job.progress is not None
    assert "claim_removed" in {told.slug for told in job.progress.degradations}


def test_where_it_fails_the_templates_write_and_that_is_said(writing: Shop, vendor: Vendor) -> None:
    vendor.will(openai_error(401, "Incorrect API key provided."))
    _, report = run(writing)
    assert (report.script_origin, report.ai_script) == ("template", False)
    assert "writer_fell_back" in {told.slug for told in report.degradations}
    assert {cost.state for cost in writing.shelf.costs.list(writing.profile)} <= {"released"}
