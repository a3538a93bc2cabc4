"""Endpoints that make clips, follow jobs, and give what was made."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from typing import Any

import gradio as gr
from anyio import CapacityLimiter, to_thread

from editai import captions, demo, jobs, masters, products
from editai.errors import Cancelled, EditaiError
from editai.models import Facts, Job, Profile
from editai.profiles.checks import emphasised
from editai.ui import clips, words
from editai.ui.context import Desk, told_to_scripts
from editai.ui.files import uploaded
from editai.ui.follow import follow
from editai.ui.produce import INTAKE
from editai.ui.product_form import listed

ENDPOINTS = (
    "produce", "jobs", "job", "cancel", "retry", "pause_queue", "clips", "clip", "clean_clip", "caption_styles",
)  # fmt: skip


class Making:
    """Making clips: one method for each endpoint. Gradio gives the request; scripts see the other parameters only."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._intake = CapacityLimiter(INTAKE)

    async def produce(
        self,
        request: gr.Request,
        video: gr.FileData | None = None,
        script: str = "",
        title: str = "",
        price: str = "",
        points: list[str] | None = None,
        voice: str = "",
        caption_style: str = "",
        format: str = "",
        hook_card: bool | None = None,
        profile: str = "",
        seed: int | None = None,
        more_videos: list[gr.FileData] | None = None,
        url: str = "",
        project: str = "",
        language: str = "",
        seconds: int | None = None,
        writer: str = "",
        lowest_price_30d: str = "",
        proofs: list[str] | None = None,
        on_screen: str = "",
        posts: list[dict[str, Any]] | None = None,
        ai_script: bool | None = None,
        ai_visual: bool | None = None,
        paid_partnership: bool | None = None,
        more_formats: list[str] | None = None,
        variants: int = 1,
        platforms: list[str] | None = None,
        music: gr.FileData | None = None,
        without_music: bool = False,
        source_sound: str = "",
        tighten: bool | None = None,
        joint: str = "",
        price_badge: bool | None = None,
        end_card: bool | None = None,
        logo: bool | None = None,
        quality: str = "",
        encoder: str = "",
        captions_burned: bool | None = None,
        translate_to: list[str] | None = None,
        burned_language: str | None = None,
        emphasise: list[str] | None = None,
    ) -> AsyncIterator[dict[str, Any]]:
        """Make a clip from product videos or photos, and stream its progress; the last message carries the clip.

        With several formats or variants it is one clip after the other: each has a job and a last message of its own.

        Ending the call does not end the job: `/job` shows it, `/cancel` ends it.

        Args:
            video: the product video, or a photo, uploaded (in Python: `handle_file("box.mp4")`); a product keeps its
                own.
            script: what the clip says. Empty: written from title, price and points, or what is said in the video.
            title: the product's name.
            price: the price as displayed, such as "$49.99".
            points: facts that are true of the product, a short phrase each.
            voice: "engine:name", one of `/voices`; empty for the store's.
            caption_style: one of `/caption_styles`; empty for the store's.
            format: the shape of the clip, "9:16", "4:5", "1:1" or "16:9"; empty for the store's.
            hook_card: whether a title card opens the clip; it does where nothing is said.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
            seed: another number gives another choice of shots, another opening and another order; 0 is the best known.
            more_videos: further videos and photos of the same product, uploaded.
            url: the product's page, such as "example.com/lamp"; a script that is written for you names it.
            project: a product of the store, one of `/projects`, which is changed by what is given and otherwise
                produced as it is; empty for a new product.
            language: such as "it", for a voice that speaks several; empty for the store's.
            seconds: how long the narration shall be, 4 to 600; 0 for as long as it takes.
            writer: who writes where no script is given: "template", or "model" for the store's language model.
            lowest_price_30d: the lowest price of at least the last 30 days, without which no reduction is announced.
            proofs: claims that you can prove, each in the words in which it may be made.
            on_screen: the words of the title card; empty for the product's name.
            posts: what is written beside the clip, [{"platform": "tiktok", "text": ..., "hashtags": [...]}, ...].
            ai_script: that a language model wrote the script which you give.
            ai_visual: that pictures in the videos were made by a computer.
            paid_partnership: that somebody else pays for this clip.
            more_formats: further shapes, a clip each.
            variants: how many variants of each, 1 to 10, by the seeds from `seed` on.
            platforms: what the clip is meant for, names of presets such as ["tiktok", "instagram_reel"]; empty for all.
            music: a piece of music that you may use, uploaded; without it one from the store's music folder.
            without_music: no music, also where the store has a folder with some.
            source_sound: the videos' own sound: "keep" (as loud as the voice), "duck" (under it), "mute", or
                "mute_speech" (under it, without what is said in it); empty for the store's.
            tighten: long pauses of the speech are shortened.
            joint: how one shot follows another: "cut", "fade", "slide" or "zoom"; empty for the store's.
            price_badge: whether the price is shown; where nothing is said as the store has it.
            end_card: whether the clip ends with a card that carries the call to action; as the store has it.
            logo: whether the store's logo is seen; as the store has it.
            quality: "draft", "standard" or "high".
            encoder: "x264", or one of this machine's that `doctor` names.
            captions_burned: whether the captions are in the picture; they are in the subtitle files in any case.
            translate_to: languages such as ["it", "de"] in which there shall be subtitle files as well, by the store's
                language model.
            burned_language: such as "it", the language of the captions in the picture; "" for that of the speech.
            emphasise: words and phrases that stand out in the captions, besides prices and other amounts; where nothing
                is said those of the store.

        Returns:
            Messages {job, project, profile, state, stage, percent, seconds_left, message, degradations, clip}; clip is
            null until the last one: {id, title, video, poster, srt, vtt, ass, transcript, translations, plan, report,
            figures, script, voice, ...}.
        """
        with told_to_scripts():
            facts = {
                "title": title,
                "price": price,
                "points": listed(points),
                "url": url,
                "lowest_price_30d": lowest_price_30d,
                "proofs": listed(proofs),
            }
            queued = await to_thread.run_sync(
                lambda: self._submit(
                    [*([video] if video or not project else []), *(more_videos or ())],
                    request,
                    profile,
                    project,
                    script,
                    {name: fact for name, fact in facts.items() if fact},
                    voice,
                    caption_style=caption_style or None,
                    format=format or None,
                    hook_card=hook_card,
                    seed=seed,
                    language=language or None,
                    seconds=seconds,
                    writer=writer or None,
                    on_screen=on_screen or None,
                    posts=posts,
                    ai_script=ai_script,
                    ai_visual=ai_visual,
                    paid_partnership=paid_partnership,
                    more_formats=more_formats or (),
                    variants=variants,
                    platforms=None if platforms is None else tuple(platforms),
                    music=music,
                    without_music=without_music,
                    source_sound=source_sound or None,
                    tighten=tighten,
                    joint=joint or None,
                    price_badge=price_badge,
                    end_card=end_card,
                    logo=logo,
                    quality=quality or None,
                    encoder=encoder or None,
                    captions_burned=captions_burned,
                    translate_to=None if translate_to is None else tuple(translate_to),
                    burned_language=burned_language,
                    emphasise=None if emphasise is None else emphasised(emphasise),
                ),
                limiter=self._intake,
            )
            for job in queued:
                async for seen in follow(self._desk.library, job.profile_id or "", job.id):
                    if seen.error:
                        raise EditaiError.from_dict(seen.error)
                    if seen.state == "cancelled":
                        raise Cancelled("job_cancelled", "The job was cancelled.", "Retry it, or produce it again.")
                    yield await to_thread.run_sync(self._as_data, seen)

    def jobs(self, request: gr.Request, profile: str = "") -> list[dict[str, Any]]:
        """The store's jobs, newest first; `paused` says that a queued one waits because the queue is paused.

        Args:
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            found = self._desk.library.journal.jobs(self._profile(request, profile).id)
            return [progress(job) for job in found]

    def job(self, request: gr.Request, job: str, profile: str = "") -> dict[str, Any]:
        """One job as it stands; a finished one with its clip.

        Args:
            job: the id that `/produce` and `/jobs` give.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            return self._as_data(self._desk.library.journal.job(self._profile(request, profile).id, job))

    def cancel(self, request: gr.Request, job: str, profile: str = "") -> dict[str, Any]:
        """Cancel a job; one that has ended stays as it is.

        Args:
            job: the id that `/produce` and `/jobs` give.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            return progress(jobs.cancel(self._desk.library, self._profile(request, profile).id, job))

    def retry(self, request: gr.Request, job: str, profile: str = "") -> dict[str, Any]:
        """Queue a failed or cancelled job again; what was finished is not done again. Follow it with `/job`.

        Args:
            job: the id that `/produce` and `/jobs` give.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            return progress(jobs.retry(self._desk.library, self._profile(request, profile).id, job))

    def pause_queue(self, paused: bool = True) -> dict[str, bool]:
        """Hold the queue of this machine, or let it go on: {paused}. What runs is finished; what waits is kept.

        Args:
            paused: false lets it go on.
        """
        with told_to_scripts():
            demo.refuse(self._desk.settings, "has one queue for everybody")
            journal = self._desk.library.journal
            if paused:
                journal.pause()
            else:
                journal.resume()
            return {"paused": journal.is_paused()}

    def clips(self, request: gr.Request, profile: str = "") -> list[dict[str, Any]]:
        """The store's finished clips, newest first, without their files.

        Args:
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            return [clips.summary(clip) for clip in clips.newest(self._desk, self._profile(request, profile).id)]

    def clip(self, request: gr.Request, clip: str, profile: str = "") -> dict[str, Any]:
        """One clip with its files and what was measured on it.

        Args:
            clip: the id that `/clips` and `/produce` give.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            return clips.as_data(self._desk, clips.find(self._desk, self._profile(request, profile).id, clip))

    def clean_clip(self, request: gr.Request, clip: str, profile: str = "") -> Iterator[dict[str, Any]]:
        """The clip without captions in its picture, drawn when it is first asked for; the last message carries it.

        Args:
            clip: the id that `/clips` and `/produce` give.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.

        Returns:
            Messages {percent, message, video}; video is null until the last one.
        """
        with told_to_scripts():
            found = clips.find(self._desk, self._profile(request, profile).id, clip)
            with closing(masters.clean(self._desk.library, found)) as work:
                while True:
                    try:
                        step = next(work)
                    except StopIteration as done:
                        path = clips.shown_master(self._desk, found, done.value)
                        break
                    yield {"percent": round(100 * step.fraction, 1), "message": step.message, "video": None}
            yield {"percent": 100.0, "message": "Done", "video": gr.FileData(path=path).model_dump()}

    def caption_styles(self) -> list[dict[str, Any]]:
        """The caption styles to choose from; `name` is what `/produce` takes."""
        with told_to_scripts():
            return [{"name": style.name, "label": style.label} for style in captions.styles()]

    # ── what they share ──────────────────────────────────────────────────────────────────────────────────────────

    def _profile(self, request: gr.Request, named: str) -> Profile:
        return self._desk.profile(request, named)

    def _submit(
        self,
        videos: list[Any],
        request: gr.Request,
        profile: str,
        project: str,
        script: str,
        facts: dict[str, Any],
        voice: str,
        music: Any,
        **wishes: Any,
    ) -> list[Job]:
        library, meant = self._desk.library, self._profile(request, profile)
        known = library.store.project(meant.id, project).brief.facts if project else Facts()
        return jobs.submit_each(
            library,
            meant,
            [uploaded(self._desk.settings, video) for video in videos],
            project=project or None,
            script=script or None,
            facts=products.facts(known, **facts),
            voice=products.voice(meant, voice),
            music=uploaded(self._desk.settings, music) if music else None,
            **wishes,
        )

    def _as_data(self, job: Job) -> dict[str, Any]:
        clip = None
        if job.clip_id and job.profile_id:
            clip = clips.as_data(self._desk, clips.find(self._desk, job.profile_id, job.clip_id))
        return {**progress(job), "clip": clip}


def progress(job: Job) -> dict[str, Any]:
    """A job as it stands, without its clip."""
    now = job.progress
    return {
        "job": job.id,
        "project": job.project_id,
        "profile": job.profile_id,
        "state": job.state,
        "stage": now.stage if now else "",
        "percent": now.percent if now else 0.0,
        "seconds_left": now.seconds_left if now else None,
        "message": now.message if now else words.waiting(job),
        "paused": job.paused,
        "degradations": [item.model_dump() for item in now.degradations] if now else [],
        "error": job.error,
        "clip_id": job.clip_id,
        "created_at": job.created_at,
        "finished_at": job.finished_at,
    }
