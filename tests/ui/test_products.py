"""Products for scripts and on the Produce tab: opened, changed, produced again; and what a store's kit fills in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from gradio_client import handle_file
from gradio_client.exceptions import AppError

from editai import jobs
from editai.library import LOCAL_OWNER
from editai.models import Facts, Job, Profile, Project, Voice
from editai.ui import clip_form, product_form
from editai.ui.context import Desk
from editai.ui.follow import watch
from editai.ui.produce import Produce
from tests.ui.conftest import HOW, Running

FACTS = Facts(title="Lamp", price="$5", points=("Bright", "Small"), url="example.com/lamp")
GEORGE = Voice(engine="kokoro", name="bm_george", speed=1.2)
NewStore = Callable[[], Profile]


@pytest.fixture
def store(running: Running, new_store: NewStore) -> Profile:
    """A store with a voice, a pace and a caption style of its own."""
    return running.shelf.store.update_profile(
        LOCAL_OWNER, new_store().id, {"voice": GEORGE, "caption_style": "brand", "call_to_action": "Come and see"}
    )


@pytest.fixture
def product(running: Running, store: Profile, box: Path) -> Iterator[Project]:
    """A product of that store in a style of its own; its job was cancelled."""
    job = jobs.submit(running.shelf, store, [box], script="Meet it.", facts=FACTS, caption_style="pop", seed=4)
    running.shelf.journal.cancel(store.id, job.id)
    yield running.shelf.store.project(store.id, job.project_id or "")
    for left in running.shelf.journal.jobs(store.id):
        running.shelf.journal.cancel(store.id, left.id)


def now(running: Running, product: Project) -> Project:
    return running.shelf.store.project(product.profile_id, product.id)


# ── for scripts ──────────────────────────────────────────────────────────────────────────────────────────────────


def produced(running: Running, store: Profile, **wishes: Any) -> dict[str, Any]:
    """The first message of a job, which is cancelled then."""
    first: dict[str, Any] = next(iter(running.client(store.id).submit(api_name="/produce", **wishes)))
    running.shelf.journal.cancel(store.id, first["job"])
    return first


def test_a_product_that_was_produced_is_listed(running: Running, store: Profile, box: Path) -> None:
    made = produced(running, store, video=handle_file(str(box)), script="Meet it.", title="Lamp")
    [listed] = running.client(store.id).predict(api_name="/projects")
    assert (listed["id"], listed["title"], listed["script"], listed["videos"]) == (
        made["project"], "Lamp", "Meet it.", 1,
    )  # fmt: skip
    assert running.client(store.id).predict(listed["id"], api_name="/project") == listed


def test_what_a_script_does_not_say_is_the_stores(running: Running, store: Profile, box: Path) -> None:
    made = produced(running, store, video=handle_file(str(box)), script="Meet it.")
    brief = running.shelf.store.project(store.id, made["project"]).brief
    assert (brief.voice, brief.caption_style, brief.call_to_action) == (GEORGE, "brand", "Come and see")


def test_a_voice_that_a_script_names_speaks_at_the_stores_pace(running: Running, store: Profile, box: Path) -> None:
    made = produced(running, store, video=handle_file(str(box)), script="Meet it.", voice="kokoro:af_bella")
    brief = running.shelf.store.project(store.id, made["project"]).brief
    assert brief.voice == Voice(engine="kokoro", name="af_bella", speed=1.2)


def test_a_product_is_produced_again_without_its_video(running: Running, store: Profile, product: Project) -> None:
    made = produced(running, store, project=product.id)
    assert made["project"] == product.id
    assert now(running, product).brief == product.brief


def test_what_is_given_changes_the_product_and_nothing_else_of_it(
    running: Running, store: Profile, product: Project
) -> None:
    produced(running, store, project=product.id, price="$6", caption_style="clean")
    facts = FACTS.model_copy(update={"price": "$6"})
    wanted = product.brief.model_copy(update={"facts": facts, "caption_style": "clean"})
    assert now(running, product).brief == wanted


@pytest.mark.parametrize(
    ("given", "changed"),
    [
        ({"script": "Another."}, {"script": "Another."}),
        ({"script": ""}, {"script": ""}),
        ({"caption_style": "clean"}, {"caption_style": "clean"}),
        ({"points": ["New"]}, {"facts": FACTS.model_copy(update={"points": ("New",)})}),
        ({"price": "", "url": "a.com"}, {"facts": FACTS.model_copy(update={"price": "", "url": "a.com"})}),
        ({}, {}),
    ],
    ids=str,
)
def test_a_product_is_changed_in_part_without_producing(
    running: Running, store: Profile, product: Project, given: dict[str, Any], changed: dict[str, Any]
) -> None:
    count = len(running.shelf.journal.jobs(store.id))
    running.client(store.id).predict(product.id, api_name="/update_project", **given)
    assert now(running, product).brief == product.brief.model_copy(update=changed)
    assert len(running.shelf.journal.jobs(store.id)) == count


def test_a_product_is_copied_into_another_store_and_deleted_there(
    running: Running, store: Profile, product: Project, new_store: NewStore
) -> None:
    into = new_store()
    copy = running.client(store.id).predict(product.id, into.name, api_name="/copy_project")
    assert (copy["profile"], copy["facts"]["title"], copy["voice"]) == (into.id, "Lamp", "kokoro:af_heart")
    assert [each.id for each in running.shelf.store.projects(into.id)] == [copy["id"]]
    gone = running.client(into.id).predict(copy["id"], confirm=True, api_name="/delete_project")
    assert gone == {"deleted": copy["id"]}
    assert running.shelf.store.projects(into.id) == ()
    assert now(running, product) == product


def test_a_product_is_copied_into_no_store_of_somebody_else(running: Running, store: Profile, product: Project) -> None:
    theirs = running.shelf.store.create_profile("somebody else", f"Theirs {product.id}")
    with pytest.raises(AppError) as caught:
        running.client(store.id).predict(product.id, theirs.id, api_name="/copy_project")
    assert caught.value.title == "403 profile_forbidden"


# ── on the page ──────────────────────────────────────────────────────────────────────────────────────────────────


def fields(answer: list[Any]) -> dict[str, Any]:
    """What an event of the page gave for the form, by the fields' names."""
    names = [
        "product",
        "about",
        "drop",
        "title",
        "price",
        "url",
        "points",
        "lowest",
        "proofs",
        "script",
        "counter",
        "voice",
        "style",
        "card",
    ]
    return dict(zip(names, answer, strict=False))


def value(update: Any) -> Any:
    return update["value"] if isinstance(update, dict) else update


def test_opening_a_product_fills_the_form(running: Running, store: Profile, product: Project) -> None:
    form = fields(running.click("open_product", [store.id, product.id])["output"]["data"])
    assert value(form["product"]) == product.id
    assert [form[name] for name in ("title", "price", "url", "script")] == [
        "Lamp",
        "$5",
        "example.com/lamp",
        "Meet it.",
    ]
    assert form["points"] == "Bright\nSmall"
    assert (value(form["voice"]), form["style"], form["card"]) == ("kokoro:bm_george", "pop", True)
    assert form["drop"]["label"] == product_form.KEPT
    assert "Producing again changes this product" in value(form["about"])


def test_a_new_product_is_in_the_stores_own_voice_and_looks(running: Running, store: Profile, product: Project) -> None:
    form = fields(running.click("open_product", [store.id, ""])["output"]["data"])
    assert (value(form["product"]), form["title"], value(form["about"])) == ("", "", "")
    assert (value(form["voice"]), form["style"]) == ("kokoro:bm_george", "brand")
    assert [choice[1] for choice in form["product"]["choices"]] == ["", product.id]


def test_a_brand_kit_that_is_changed_reaches_the_form_that_is_open(store: Profile) -> None:
    kit = product_form.defaults(store)
    voice = Voice(engine="kokoro", name="bf_emma")
    after = store.model_copy(update={"kit": store.kit.model_copy(update={"voice": voice})})
    changed, same, now = product_form.followed(after, product_form.NEW, kit)
    assert (changed, now["voice"]) == ("kokoro:bf_emma", "kokoro:bf_emma")
    assert same == gr.skip()


def test_a_brand_kit_that_is_changed_leaves_an_opened_product_as_it_is(store: Profile, product: Project) -> None:
    assert product_form.followed(store, product.id, {})[:2] == [gr.skip(), gr.skip()]


def test_opening_the_tab_asks_for_the_brand_kit(running: Running, store: Profile) -> None:
    voice, style, *_ = running.click("kit", [store.id, "", None])["output"]["data"]
    assert (voice, style) == ("kokoro:bm_george", "brand")


def test_switching_the_store_empties_the_form_and_lists_that_stores_products(
    running: Running, store: Profile, product: Project
) -> None:
    for profile, listed in ((store, ["", product.id]), (running.other, None)):
        answer = running.click("switched", [profile.id])["output"]["data"]
        found = [item["choices"] for item in answer if isinstance(item, dict) and "choices" in item]
        ours = next(choices for choices in found if choices and choices[0][0] == "New product")
        ids = [choice[1] for choice in ours]
        assert ids == listed if listed else product.id not in ids


def start(running: Running, store: Profile, product: str, **changed: Any) -> list[Any]:
    sent = {
        "product": product, "drop": None, "title": "Lamp", "price": "$5", "url": "example.com/lamp",
        "points": "Bright\nSmall", "lowest": "", "proofs": "", "script": "Meet it.", "voice": "kokoro:bm_george",
        "style": "pop", "card": True, "seconds": 0, "writer": "template", "written": None,
        **HOW,
    }  # fmt: skip
    answer = running.click("start", [store.id, *(sent | changed).values()])
    output: list[Any] = answer["output"]["data"]
    return output


def stays(running: Running, store: Profile, job: Job) -> list[Any]:
    """What the form shows after `job` was submitted, while `store` is the one that is chosen."""
    asking = gr.Request(headers={})
    return Produce(Desk(running.settings, running.shelf)).stays(store.id, watch(job), asking)


def test_the_form_stays_on_the_product_that_was_submitted(running: Running, store: Profile, product: Project) -> None:
    start(running, store, product.id)
    chosen, about, drop = stays(running, store, running.shelf.journal.jobs(store.id)[0])
    assert chosen.value == product.id
    assert "changes this product" in about.value
    assert drop.value is None


def test_the_form_of_a_store_that_was_chosen_meanwhile_is_left_alone(
    running: Running, store: Profile, product: Project
) -> None:
    start(running, store, product.id)
    job = running.shelf.journal.jobs(store.id)[0]
    assert stays(running, running.other, job) == [gr.skip()] * 3


def test_producing_an_opened_product_needs_no_video(running: Running, store: Profile, product: Project) -> None:
    start(running, store, product.id, price="$6")
    assert now(running, product).brief.facts.price == "$6"
    assert now(running, product).brief.sources == product.brief.sources
    assert len(running.shelf.store.projects(store.id)) == 1
    assert running.shelf.journal.jobs(store.id)[0].project_id == product.id


def test_what_viewers_have_to_be_told_is_said_in_the_form_and_kept(
    running: Running, store: Profile, product: Project
) -> None:
    start(running, store, product.id, paid_partnership=True, ai_visual=True)
    brief = now(running, product).brief
    assert (brief.paid_partnership, brief.ai_visual, brief.own_brand) == (True, True, False)
    form = running.click("open_product", [store.id, product.id])["output"]["data"]
    shown = dict(zip(clip_form.WISHES, form[-len(clip_form.WISHES) - 2 :], strict=False))
    assert (shown["paid_partnership"], shown["ai_visual"]) == (True, True)


def test_the_notice_counts_the_clips_that_may_be_out_of_date(
    running: Running, store: Profile, product: Project, tmp_path: Path
) -> None:
    made = running.clip(store, "Lamp", tmp_path)
    running.shelf.delete_clip(store.id, made.id)
    running.shelf.store.add_clip(made.model_copy(update={"project_id": product.id}))
    form = fields(running.click("open_product", [store.id, product.id])["output"]["data"])
    assert "1 clip was made of it" in value(form["about"])


def test_a_video_that_is_added_replaces_the_products(
    running: Running, store: Profile, product: Project, ffmpeg: Callable[..., None], tmp_path: Path, box: Path
) -> None:
    ffmpeg("-i", box, "-t", "3", "-c", "copy", tmp_path / "other.mp4")
    sent = running.upload("other.mp4", (tmp_path / "other.mp4").read_bytes())
    start(running, store, product.id, drop=[sent])
    assert now(running, product).brief.sources != product.brief.sources


def test_another_stores_product_cannot_be_opened_or_produced(running: Running, product: Project) -> None:
    assert not running.click("open_product", [running.mine.id, product.id])["success"]
    panel, *_ = start(running, running.mine, product.id)
    assert "There is no such product in this store." in panel
    assert product.id not in [each.id for each in running.shelf.store.projects(running.mine.id)]
    assert now(running, product) == product
