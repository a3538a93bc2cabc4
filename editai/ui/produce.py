"""The Produce tab: drop a video, press one button, watch the clip being made, take it along."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from editai import covered, jobs, platforms, products
from editai.bundled import SAMPLE_BRIEF, SAMPLE_VIDEO
from editai.errors import EditaiError, NotFound
from editai.models import FINAL_STATES, Facts, File, Format, Job, Profile, Project
from editai.readable import safe_name
from editai.ui import (
    at_work,
    caption_editor,
    clean_clip,
    clip_form,
    clips,
    looks,
    offered,
    queue,
    sentences,
    total,
    variants,
    words,
)
from editai.ui import product_form as form
from editai.ui.context import Desk, expected, told_on_page
from editai.ui.files import address, show, uploaded
from editai.ui.follow import NOTHING, follow, watch
from editai.ui.tab import DRAWING, PRIVATE, Tab, Update

HIDDEN = gr.update(value="", visible=False)
INTAKE = 2
"""Videos that are checked and copied at a time, so that the page answers meanwhile."""


FULL_SCREEN = ("tiktok", "instagram_reel", "youtube")
"""Whose buttons and texts a small copy can be looked at under: the three that most clips go to."""


class Produce:
    """The tab's functions; each says what it returns for which outputs in `build`."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    # ── the form ─────────────────────────────────────────────────────────────────────────────────────────────────

    def open_product(self, profile_id: str, product: str, request: gr.Request) -> list[Update]:
        """The form for the product that was chosen."""
        with told_on_page():
            profile = self.desk.profile(request, profile_id)
            return form.filled(self.desk, profile, self._project(profile, product))

    def preview(
        self, profile_id: str, product: str, given: list[str] | None, request: gr.Request
    ) -> Iterator[tuple[Update, Update]]:
        """The first video as a small copy that every browser plays, the product's where none was added: (preview,
        panel)."""
        try:
            profile = self.desk.profile(request, profile_id)
            project = self._project(profile, product)
            if given:
                path = uploaded(self.desk.settings, given[0])
                file, name, count = File.of(path), path.name, len(given)
            elif project:
                (file, *_), count = project.brief.sources, len(project.brief.sources)
                path, name = self.desk.library.media.source(profile.id, file), "The video of this product"
            else:
                yield gr.HTML("", visible=False), gr.skip()
                return
            for update in form.small_copy(self.desk, profile, path, file, name, count - 1):
                yield update, gr.skip()
        except Exception as error:  # noqa: BLE001 shown in the panel, logged where nobody expected it
            yield gr.HTML("", visible=False), looks.of_store(profile_id, looks.error_box(expected(error)))

    def sample(self, profile_id: str, request: gr.Request) -> list[Update]:
        """The form with the sample's video and facts, as a new product."""
        with told_on_page():
            profile = self.desk.profile(request, profile_id)
            product = json.loads(SAMPLE_BRIEF.read_text("utf-8"))
            video = show(self.desk.settings, SAMPLE_VIDEO, f"{safe_name(product['title'])}.mp4")
            facts = Facts(title=product["title"], price=product["price"], points=tuple(product["points"]))
            return form.filled(self.desk, profile, facts=facts, script=product["script"], video=video)

    def about(self, profile_id: str, product: str, request: gr.Request) -> Update:
        """What producing does to the opened product, once a clip more or less was made of it."""
        with told_on_page():
            profile = self.desk.profile(request, profile_id)
            try:
                return form.about(self.desk, self._project(profile, product))
            except NotFound:  # another store was chosen at this moment, and its form is on its way
                return gr.skip()

    def kit(self, profile_id: str, product: str, kit: dict[str, str], request: gr.Request) -> list[Update]:
        """The store as it is when the tab is opened: (voice, style, kit, writer, languages, translator)."""
        with told_on_page():
            profile = self.desk.profile(request, profile_id)
            account = self.desk.studio(profile).language_model()
            writer = gr.Dropdown(choices=offered.writers(profile.kit, account))
            return [*form.followed(profile, product, kit), writer, *clip_form.translators(account)]

    def _project(self, profile: Profile, product: str) -> Project | None:
        return self.desk.library.store.project(profile.id, product) if product else None

    # ── the work ─────────────────────────────────────────────────────────────────────────────────────────────────

    def start(
        self,
        request: gr.Request,
        profile_id: str,
        product: str,
        given: list[str] | None,
        title: str,
        price: str,
        url: str,
        points: str,
        lowest: str,
        proofs: str,
        script: str,
        voice: str,
        style: str,
        card: bool,
        seconds: int,
        writer: str,
        written: dict[str, Any],
        *how: Any,
    ) -> Iterator[tuple[Update, Update]]:
        """Submit the job, or several: (panel, watched). The first of them is watched."""
        yield looks.of_store(profile_id, looks.taking_in()), gr.skip()
        try:
            profile = self.desk.profile(request, profile_id)
            job, *_ = jobs.submit_each(
                self.desk.library,
                profile,
                [uploaded(self.desk.settings, path) for path in given or ()],
                project=product or None,
                script=script,
                facts=form.facts_of(title, price, url, points, lowest, proofs),
                voice=products.voice(profile, voice),
                caption_style=style,
                hook_card=card,
                seconds=seconds,
                writer=writer,
                **written,
                **clip_form.wishes(self.desk, how),
            )
        except Exception as error:  # noqa: BLE001 shown in the panel, logged where nobody expected it
            yield looks.of_store(profile_id, looks.error_box(expected(error))), watch(None)
        else:
            yield gr.skip(), watch(job)

    def stays(self, profile_id: str, watched: dict[str, str], request: gr.Request) -> list[Update]:
        """The form on the product that was submitted: (product, about, drop).

        Where another store was chosen while the video was taken in, its form is left alone.
        """
        with told_on_page():
            profile = self.desk.profile(request, profile_id)
            if not watched["job"] or watched["profile"] != profile.id:
                return [gr.skip()] * 3
            job = self.desk.library.journal.job(profile.id, watched["job"])
            project = self._project(profile, job.project_id or "")
            drop = gr.File(value=None, label=form.KEPT)
            return [form.chosen(self.desk, profile, project), form.about(self.desk, project), drop]

    async def follow(
        self, profile_id: str, watched: dict[str, str]
    ) -> AsyncIterator[tuple[Update, Update, Update, Update]]:
        """The watched job until it ends: (panel, cancel button, a sign that its state has changed, a small copy).

        One that was submitted while another store was chosen is not shown in that store. A store that has nothing under
        way shows that once more: a browser that is behind puts what it was sent of the last store's job over it.
        """
        if not watched["job"] or watched["profile"] != profile_id:
            empty = looks.EMPTY if watched["profile"] == profile_id else gr.skip()
            yield empty, gr.Button(visible=False), NOTHING, HIDDEN
            return
        state, small, first = "", None, HIDDEN
        try:
            async for job in follow(self.desk.library, watched["profile"], watched["job"]):
                moved = watch(job) if job.state != state else gr.skip()
                state, shown = job.state, small
                small = job.progress.preview if job.progress and state not in FINAL_STATES else None
                if small != shown:  # drawn once and sent each time: one that a browser missed stayed missing
                    first = self.first_look(small, job.brief.format)
                yield self.panel(job), gr.Button(visible=state not in FINAL_STATES), moved, first
        except EditaiError as error:
            told = looks.of_store(profile_id, looks.error_box(error))
            yield told, gr.Button(visible=False), NOTHING, HIDDEN

    def panel(self, job: Job) -> str:
        """A job as it stands: its progress, its clip or its error; shown while its store is the chosen one."""
        return looks.of_store(job.profile_id or "", self._stands(job))

    def _stands(self, job: Job) -> str:
        if job.state == "done" and job.profile_id and job.clip_id:
            try:
                clip = clips.find(self.desk, job.profile_id, job.clip_id)
                return clips.card(self.desk, clip, variants.publish_button(job))
            except EditaiError as error:
                return looks.error_box(error)
        if job.state in FINAL_STATES:
            return looks.ended(job)
        still = job.progress.still if job.progress else None
        return looks.progress(job, address(show(self.desk.settings, still)) if still else "")

    def first_look(self, small: Path | None, shape: Format) -> Update:
        """The small copy of a clip that is being made, once there is one; said again in the same words it plays on."""
        if small is None or (where := show(self.desk.settings, small)) is None:
            return HIDDEN
        bands = covered.svg(platforms.chosen(FULL_SCREEN)) if shape == "9:16" else ""
        return gr.HTML(looks.first_look(address(where), bands), visible=True)

    def cancel(self, watched: dict[str, str]) -> None:
        """Cancel the watched job; whoever follows it sees it end."""
        with told_on_page():
            if watched["job"]:
                jobs.cancel(self.desk.library, watched["profile"], watched["job"])

    def chooser(self, job_id: str) -> Callable[..., Update]:
        """What the list's button Show does: watch that job."""

        def choose(profile_id: str, request: gr.Request) -> Update:
            with told_on_page():
                return watch(self.desk.library.journal.job(self.desk.profile(request, profile_id).id, job_id))

        return choose

    def retrier(self, job_id: str) -> Callable[..., Update]:
        """What the list's button Retry does: queue that job again and watch it."""

        def retry(profile_id: str, request: gr.Request) -> Update:
            with told_on_page():
                profile = self.desk.profile(request, profile_id)
                return watch(jobs.retry(self.desk.library, profile.id, job_id))

        return retry

    def refresh(self, profile: Profile) -> list[Update]:
        """An empty form, and the job that is being made in this store, if there is one."""
        job = next(iter(self.desk.library.journal.unended(profile.id, 1)), None)
        panel = self.panel(job) if job else looks.EMPTY
        cancel = gr.Button(visible=job is not None)
        closed = [*clean_clip.closed(), *caption_editor.closed()]
        others = at_work.AtWork(self.desk).shown(profile, job.id if job else "")
        ready = [gr.Button(interactive=True)] * 2
        begun = watch(job, profile.id)
        return [*form.filled(self.desk, profile), HIDDEN, HIDDEN, panel, cancel, begun, *others, *closed, *ready]


def build(desk: Desk, profile: gr.Dropdown, tab: gr.Tab, wanted: gr.State) -> Tab:
    """Lay the tab out and connect it; `wanted` tells the Publish tab which clip it is to open."""
    does = Produce(desk)
    watched = gr.State(watch(None))
    moved = gr.State(NOTHING)
    with gr.Row(equal_height=False):
        with gr.Column(scale=5, min_width=320):
            asks = form.build(desk)
        with gr.Column(scale=7, min_width=320):
            beside, places = variants.build()
            first = gr.HTML("", visible=False, elem_id="first-look")
            panel = gr.HTML(looks.EMPTY, elem_id="panel", js_on_load=variants.ACTS)
            gr.HTML(looks.EMPTY, elem_id="nothing-yet")
            cancel = gr.Button("Cancel", visible=False, size="sm", elem_id="cancel-button")
            work = gr.Column()
            clean = gr.Column(elem_id="clean")
            editor = gr.Column()
            recent = gr.Column(elem_id="recent")
            waiting = queue.build(desk)
        with work:
            others = at_work.build(desk, profile, watched, moved, places, waiting)
    typing: dict[str, Any] = {**PRIVATE, "trigger_mode": "multiple"}  # so that the last letter counts

    follows = [asks.voice, asks.style, asks.kit, asks.writer, *asks.how.translating]
    opened = tab.select(does.kit, [profile, asks.product, asks.kit], follows, **PRIVATE)
    total.connect(desk, profile, asks, opened)
    follower = watched.change(
        does.follow, [profile, watched], [panel, cancel, moved, first], concurrency_limit=None, **PRIVATE
    )
    preview: dict[str, Any] = {"fn": does.preview, "inputs": [profile, asks.product, asks.drop]}
    preview |= {"outputs": [asks.preview, panel], "concurrency_limit": 2, "concurrency_id": "preview"}
    previewers = [
        asks.drop.change(**preview, **PRIVATE),
        asks.product.input(does.open_product, [profile, asks.product], asks.fields, **PRIVATE).success(
            **preview, **PRIVATE
        ),
    ]
    asks.script.change(  # not `input`, which Gradio leaves out for what is pasted
        lambda text: looks.note(words.script_length(text)), asks.script, asks.counter, queue=False, **typing
    )
    start: dict[str, Any] = {
        "fn": does.start,
        "inputs": [profile, *asks.wishes],
        "outputs": [panel, watched],
    }
    start |= {"concurrency_limit": INTAKE, "concurrency_id": "intake", "scroll_to_output": True}
    acts = [asks.produce, asks.sample]
    for button in acts:  # first: beside a function it would end the new follower
        button.click(None, cancels=[follower, *previewers], **PRIVATE)
    for begun in (
        asks.produce.click(**start, **PRIVATE),
        asks.sample.click(does.sample, profile, asks.fields, **PRIVATE).success(**start, **PRIVATE),
    ):
        begun.success(does.stays, [profile, watched], [asks.product, asks.about, asks.drop], **PRIVATE)
    stand = others[2]
    stand.change(does.about, [profile, asks.product], asks.about, **PRIVATE)
    cancel.click(does.cancel, watched, None, **PRIVATE)
    sentences.connect(desk, profile, asks)
    with clean:
        bare = clean_clip.build(desk, profile, moved)
    with editor:
        edited = caption_editor.build(desk, profile, watched, moved, follower)
    variants.connect(desk, profile, beside, panel, watched, edited[0], follower, wanted)
    with recent:
        _recent(does, profile, watched, stand, follower)
    shown = [*asks.fields, asks.preview, first, panel, cancel, watched, *others, *bare, *edited, *acts]
    return Tab(shown, does.refresh, [follower, *previewers], acts)


def _recent(does: Produce, profile: gr.Dropdown, watched: gr.State, stand: gr.State, follower: Any) -> None:
    """The store's last jobs, each with what can be done about it; drawn again when one is submitted or ends."""

    @gr.render(inputs=profile, triggers=[watched.change, stand.change], **DRAWING)  # type: ignore[untyped-decorator]
    def recent(profile_id: str, request: gr.Request) -> None:
        with told_on_page():
            store = does.desk.profile(request, profile_id)
            jobs_ = does.desk.library.journal.jobs(store.id, at_work.RECENT)
            elsewhere = clips.made_elsewhere(does.desk, store.id) if does.desk.accounts else 0
        if elsewhere:
            gr.HTML(looks.made_elsewhere(elsewhere))
        if jobs_:
            gr.HTML("<h3>Recent clips of this store</h3>")
        for job in jobs_:
            with gr.Row(elem_classes="recent", key=job.id):
                gr.HTML(looks.job_row(job))
                retry = job.state in {"failed", "cancelled"}
                button = gr.Button("Retry" if retry else "Show", size="sm", scale=0)
                does_it = does.retrier(job.id) if retry else does.chooser(job.id)
                button.click(None, cancels=[follower], **PRIVATE)
                # With a key the button also works while the list is being drawn anew.
                button.click(does_it, profile, watched, key=(button.value, job.id), **PRIVATE)
