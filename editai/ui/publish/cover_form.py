"""The part of a form for covers: the poster, or a frame that is chosen. Of one clip it is the same for all channels, of
several each clip has its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr

from editai import covers
from editai.models import Clip, ClipWish, PostWish
from editai.ui import clips, looks
from editai.ui.context import Desk, expected, told_on_page
from editai.ui.files import address, show
from editai.ui.publish import pieces
from editai.ui.tab import PRIVATE, Update

POSTER, CHOSEN = "The poster", "A picture that I choose"
WHERE = (
    "The picture that stands for the clip on TikTok, Instagram, Pinterest and Reddit, and on YouTube where you say so. "
    "The others choose one of their own."
)
STEP_S = 0.1


@dataclass(frozen=True)
class Cover:
    """What the cover of one clip is chosen with."""

    which: gr.Radio
    moment: gr.Slider
    alt: gr.Textbox

    @property
    def parts(self) -> list[gr.components.Component]:
        """Everything that can be said of it."""
        return [self.which, self.moment, self.alt]

    def on(self, wish: PostWish, values: Mapping[Any, Any]) -> PostWish:
        """A wish with the cover that the form says."""
        chosen = round(values[self.moment] * 1000) if values[self.which] == CHOSEN else None
        return wish.model_copy(update={"cover_ms": chosen, "alt": values[self.alt] or ""})


def draw(desk: Desk, clip: Clip, profile: gr.Dropdown) -> Cover:
    """Lay out the choice for one clip, and connect it."""
    with gr.Accordion("Cover and description", open=False, elem_classes="cover"):
        which = gr.Radio([POSTER, CHOSEN], value=POSTER, label="Cover", interactive=True, info=WHERE)
        with gr.Row(visible=False, elem_classes="frame") as chooser:
            picture = gr.HTML("")
            moment = gr.Slider(
                0, _last_second(desk, clip), step=STEP_S, value=covers.poster_ms(desk.library, clip) / 1000,
                label="Second of the clip", interactive=True,
            )  # fmt: skip
        alt = gr.Textbox(
            label="What is seen", info="Read out to people who do not see the clip. Without it, its title is.",
            placeholder=clip.title, max_lines=3, interactive=True,
        )  # fmt: skip

    def frame(profile_id: str, chosen: str, second: float, request: gr.Request) -> list[Update]:
        """(the part that chooses a picture, the picture)."""
        with told_on_page():
            clips.find(desk, desk.profile(request, profile_id).id, clip.id)
        if chosen != CHOSEN:
            return [gr.Row(visible=False), ""]
        return [gr.Row(visible=True), _picture(desk, profile_id, clip.id, second, request)]

    gr.on([which.change, moment.release], frame, [profile, which, moment], [chooser, picture], **PRIVATE)
    return Cover(which, moment, alt)


@dataclass(frozen=True)
class Covers:
    """The moments that were chosen, in milliseconds, by the clips' ids."""

    chosen: gr.State

    @property
    def parts(self) -> list[gr.components.Component]:
        """Everything that can be said of them."""
        return [self.chosen]

    def said(self, values: Mapping[Any, Any], planned: Sequence[str]) -> dict[str, ClipWish]:
        """What is wanted of the clips that are planned."""
        return {clip: ClipWish(cover_ms=at) for clip, at in values[self.chosen].items() if clip in planned}


def draw_several(desk: Desk, titles: Mapping[str, str], profile: gr.Dropdown) -> Covers:
    """Lay out the choice for several clips, whose titles are by their ids, and connect it."""
    with gr.Accordion("Covers", open=False, elem_classes="cover"):
        chosen = gr.State({})
        told = gr.HTML(_covers({}, titles))
        of = gr.Dropdown(
            [(title, clip) for clip, title in titles.items()], value=None, label="Choose a picture of", interactive=True
        )
        with gr.Row(visible=False, elem_classes="frame") as chooser:
            picture = gr.HTML("")
            moment = gr.Slider(0, 1, step=STEP_S, value=0, label="Second of the clip", interactive=True)
            take = gr.Button("Use this picture", size="sm", scale=0)
            poster = gr.Button("Use the poster", size="sm", scale=0)
    of.preprocess = lambda clip: clip or ""  # the library is asked for it

    def open_clip(profile_id: str, clip_id: str, now: Mapping[str, int], request: gr.Request) -> list[Update]:
        """(the part that chooses, the slider, the picture) for the clip that is chosen."""
        with told_on_page():
            own = clips.find(desk, desk.profile(request, profile_id).id, clip_id)
            second = now.get(own.id, covers.poster_ms(desk.library, own)) / 1000
            slider = gr.Slider(maximum=_last_second(desk, own), value=second)
        return [gr.Row(visible=True), slider, _picture(desk, profile_id, own.id, second, request)]

    def draw_frame(profile_id: str, clip_id: str, second: float, request: gr.Request) -> str:
        return _picture(desk, profile_id, clip_id, second, request)

    def keep(clip_id: str, second: float, now: Mapping[str, int]) -> list[Update]:
        kept = {**now, clip_id: round(second * 1000)} if clip_id in titles else now
        return [kept, _covers(kept, titles)]

    def leave(clip_id: str, now: Mapping[str, int]) -> list[Update]:
        kept = {clip: at for clip, at in now.items() if clip != clip_id}
        return [kept, _covers(kept, titles)]

    of.input(open_clip, [profile, of, chosen], [chooser, moment, picture], **PRIVATE)
    moment.release(draw_frame, [profile, of, moment], picture, **PRIVATE)
    take.click(keep, [of, moment, chosen], [chosen, told], **PRIVATE)
    poster.click(leave, [of, chosen], [chosen, told], **PRIVATE)
    return Covers(chosen)


def _last_second(desk: Desk, clip: Clip) -> float:
    length_s = desk.library.media.report(clip).measurement.duration_ms / 1000
    return max(STEP_S, round(int(length_s / STEP_S - 1) * STEP_S, 1))


def _picture(desk: Desk, profile_id: str, clip_id: str, second: float, request: gr.Request) -> str:
    """The frame at this second, or why there is none."""
    try:
        own = clips.find(desk, desk.profile(request, profile_id).id, clip_id)
        return pieces.cover(address(show(desk.settings, covers.frame(desk.library, own, round(second * 1000)))))
    except Exception as error:  # noqa: BLE001 shown in its place, logged where nobody expected it
        return looks.error_box(expected(error))


def _covers(chosen: Mapping[str, int], titles: Mapping[str, str]) -> str:
    """What each clip has as its cover."""
    if not chosen:
        return looks.note(f"Every clip has its poster as its cover. {WHERE}")
    named = "".join(f"<li>{escape(titles[clip])}: the picture at {at / 1000:g} s</li>" for clip, at in chosen.items())
    return f'{looks.note("The other clips have their poster.")}<ul class="chosen">{named}</ul>'
