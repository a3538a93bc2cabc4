"""The Produce tab: drop a video, press one button, watch the clip being made, take it along."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from typing import Any

import gradio as gr

from editai import captions, footage, jobs, render, voices
from editai.bundled import SAMPLE_BRIEF, SAMPLE_VIDEO
from editai.errors import EditaiError
from editai.models import FINAL_STATES, Brief, Facts, File, Job, Profile, Voice
from editai.readable import safe_name
from editai.ui import clips, looks, words
from editai.ui.context import Desk, expected, told_on_page
from editai.ui.files import address, show, uploaded
from editai.ui.follow import follow
from editai.ui.tab import Tab, Update

RECENT = 6
INTAKE = 2
"""Videos that are checked and copied at a time, so that the page answers meanwhile."""
VIDEO_TYPES = [".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts", ".mts", ".3gp", ".wmv", ".flv"]
WISHES = Brief.model_fields


class Produce:
    """The tab's functions; each says what it returns for which outputs in `build`."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    # ── the form ─────────────────────────────────────────────────────────────────────────────────────────────────

    def preview(self, profile_id: str, given: list[str] | None, request: gr.Request) -> Iterator[tuple[Update, Update]]:
        """The first video as a small copy that every browser plays: (preview, panel)."""
        if not given:
            yield gr.HTML("", visible=False), gr.skip()
            return
        try:
            path = uploaded(self.desk.settings, given[0])
            profile = self.desk.profile(request, profile_id)
            yield gr.HTML(looks.note("Making a preview …"), visible=True), gr.skip()
            source = footage.check(path, self.desk.settings)
            folder = self.desk.library.media.proxies(profile.id)
            folder.mkdir(parents=True, exist_ok=True)
            proxy = folder / f"{File.of(path).sha256}.mp4"
            if not proxy.exists():
                with closing(render.proxy(path, proxy)) as work:
                    for step in work:
                        yield looks.note(f"Making a preview … {step.fraction:.0%}"), gr.skip()
            more = f" and {len(given) - 1} more" if len(given) > 1 else ""
            about = f"{more}, {words.length(source.duration_ms)}"
            yield looks.preview(address(show(self.desk.settings, proxy)), path.name, about), gr.skip()
        except Exception as error:  # noqa: BLE001 shown in the panel, logged where nobody expected it
            yield gr.HTML("", visible=False), looks.error_box(expected(error))

    def sample(self) -> tuple[Update, ...]:
        """The sample's video and facts: (drop, title, price, points, script, counter)."""
        product = json.loads(SAMPLE_BRIEF.read_text("utf-8"))
        video = show(self.desk.settings, SAMPLE_VIDEO, f"{safe_name(product['title'])}.mp4")
        points = "\n".join(product["points"])
        counter = looks.note(words.script_length(product["script"]))
        return [video], product["title"], product["price"], points, product["script"], counter

    # ── the work ─────────────────────────────────────────────────────────────────────────────────────────────────

    def start(
        self,
        profile_id: str,
        given: list[str] | None,
        title: str,
        price: str,
        points: str,
        script: str,
        voice: str,
        style: str,
        card: bool,
        request: gr.Request,
    ) -> Iterator[tuple[Update, Update]]:
        """Submit the job: (panel, watched)."""
        yield looks.taking_in(), gr.skip()
        try:
            profile = self.desk.profile(request, profile_id)
            job = jobs.submit(
                self.desk.library,
                self.desk.settings,
                profile,
                [uploaded(self.desk.settings, path) for path in given or ()],
                script=script,
                facts=Facts(title=title.strip(), price=price.strip(), points=lines(points)),
                voice=Voice.parse(voice),
                caption_style=style,
                hook_card=card,
            )
        except Exception as error:  # noqa: BLE001 shown in the panel, logged where nobody expected it
            yield looks.error_box(expected(error)), watch(None)
        else:
            yield gr.skip(), watch(job)

    async def follow(self, watched: dict[str, str]) -> AsyncIterator[tuple[Update, Update, Update]]:
        """The watched job until it ends: (panel, cancel button, a sign that its state has changed)."""
        if not watched["job"]:
            yield gr.skip(), gr.Button(visible=False), watch(None)
            return
        state = ""
        try:
            async for job in follow(self.desk.library, watched["profile"], watched["job"]):
                moved = watch(job) if job.state != state else gr.skip()
                state = job.state
                yield self.panel(job), gr.Button(visible=state not in FINAL_STATES), moved
        except EditaiError as error:
            yield looks.error_box(error), gr.Button(visible=False), watch(None)

    def panel(self, job: Job) -> str:
        """A job as it stands: its progress, its clip or its error."""
        if job.state == "done" and job.profile_id and job.clip_id:
            try:
                return clips.card(self.desk, clips.find(self.desk, job.profile_id, job.clip_id))
            except EditaiError as error:
                return looks.error_box(error)
        if job.state in FINAL_STATES:
            return looks.ended(job)
        still = job.progress.still if job.progress else None
        return looks.progress(job, address(show(self.desk.settings, still)) if still else "")

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
        unfinished = [job for job in self.desk.library.journal.jobs(profile.id) if job.state not in FINAL_STATES]
        job = unfinished[-1] if unfinished else None
        form = [None, gr.HTML("", visible=False), "", "", "", "", looks.note(words.script_length(""))]
        panel = self.panel(job) if job else looks.EMPTY
        return [*form, panel, gr.Button(visible=job is not None), watch(job)]


def build(desk: Desk, profile: gr.Dropdown) -> Tab:
    """Lay the tab out and connect it."""
    does = Produce(desk)
    watched = gr.State(watch(None))
    moved = gr.State(watch(None))
    with gr.Row(equal_height=False):
        with gr.Column(scale=5, min_width=320):
            drop = gr.File(
                label="Product video", file_count="multiple", file_types=VIDEO_TYPES, height=150, elem_id="drop"
            )
            with gr.Row(elem_id="intake"):
                gr.HTML(looks.note(words.limits(desk.settings)))
                sample = gr.Button("Try the sample", size="sm", scale=0, min_width=140, elem_id="sample-button")
            preview = gr.HTML("", visible=False)
            with gr.Row():
                title = gr.Textbox(label="Product's name", placeholder="Aurora desk lamp", scale=3, max_length=200)
                price = gr.Textbox(label="Price", placeholder="$49.99", scale=1, min_width=110, max_length=40)
            points = gr.Textbox(
                label="What is true of it (optional)",
                placeholder="Three light colours\nCharges a phone\n(one fact on each line)",
                lines=3,
                max_lines=6,
            )
            script = gr.Textbox(
                label="Script (optional)",
                placeholder="Leave this empty to have one written from the name and the facts, or to keep what is "
                "said in the video.",
                lines=4,
                max_lines=12,
            )
            counter = gr.HTML(looks.note(words.script_length("")))
            voice, style, card = _choices()
            produce = gr.Button("Produce", variant="primary", size="lg", elem_id="produce-button")
        with gr.Column(scale=7, min_width=320):
            panel = gr.HTML(looks.EMPTY, elem_id="panel")
            cancel = gr.Button("Cancel", visible=False, size="sm", elem_id="cancel-button")
            recent = gr.Column(elem_id="recent")
    form = [drop, title, price, points, script, counter]
    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}

    follower = watched.change(does.follow, watched, [panel, cancel, moved], concurrency_limit=None, **private)
    previewer = drop.change(does.preview, [profile, drop], [preview, panel], concurrency_limit=2, **private)
    script.input(lambda text: looks.note(words.script_length(text)), script, counter, queue=False, **private)
    wishes = [profile, drop, title, price, points, script, voice, style, card]
    start: dict[str, Any] = {
        "fn": does.start,
        "inputs": wishes,
        "outputs": [panel, watched],
        "cancels": [follower, previewer],
    }
    start |= {"concurrency_limit": INTAKE, "concurrency_id": "intake", "scroll_to_output": True}
    produce.click(**start, **private)
    sample.click(does.sample, None, form, **private).success(**start, **private)
    cancel.click(does.cancel, watched, None, **private)
    with recent:
        _recent(does, profile, watched, moved, follower)
    shows = [drop, preview, title, price, points, script, counter, panel, cancel, watched]
    return Tab(shows, does.refresh, follower)


def _choices() -> tuple[gr.Dropdown, gr.Radio, gr.Checkbox]:
    """What has a good default and stays out of the way."""
    with gr.Accordion("Voice, captions, title card", open=False):
        offered = [(voice.label, str(voice)) for voice in voices.catalogue()]
        voice = gr.Dropdown(offered, value=str(WISHES["voice"].default), label="Voice")
        looks_offered = [(style.label, style.name) for style in captions.styles()]
        style = gr.Radio(looks_offered, value=WISHES["caption_style"].default, label="Caption style")
        card = gr.Checkbox(WISHES["hook_card"].default, label="Show a title card at the start")
    return voice, style, card


def _recent(does: Produce, profile: gr.Dropdown, watched: gr.State, moved: gr.State, follower: Any) -> None:
    """The store's last jobs, each with what can be done about it; drawn again when one moves on."""
    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}

    @gr.render(inputs=profile, triggers=[watched.change, moved.change], show_progress="hidden")  # type: ignore[untyped-decorator]
    def recent(profile_id: str, request: gr.Request) -> None:
        with told_on_page():
            jobs_ = does.desk.library.journal.jobs(does.desk.profile(request, profile_id).id)[:RECENT]
        if jobs_:
            gr.HTML("<h3>Recent clips of this store</h3>")
        for job in jobs_:
            with gr.Row(elem_classes="recent", key=job.id):
                gr.HTML(looks.job_row(job))
                retry = job.state in {"failed", "cancelled"}
                button = gr.Button("Retry" if retry else "Show", size="sm", scale=0)
                does_it = does.retrier(job.id) if retry else does.chooser(job.id)
                button.click(does_it, profile, watched, cancels=[follower], **private)


def lines(text: str) -> tuple[str, ...]:
    """The lines of a text box that say something, without list marks."""
    return tuple(line for line in (line.strip().lstrip("-•*").strip() for line in text.splitlines()) if line)


def watch(job: Job | None) -> dict[str, str]:
    """What the page's state holds to follow `job`; never equal to an earlier one, so that it always counts as new."""
    return {"beat": uuid.uuid4().hex, "job": job.id if job else "", "profile": (job.profile_id or "") if job else ""}
