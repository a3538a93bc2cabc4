"""Endpoints that render a finished clip again: with its captions edited, or its picture encoded in another way."""

from __future__ import annotations

from typing import Any

import gradio as gr

from editai import captions, jobs, platforms, recaption
from editai.models import CaptionEdit, Clip
from editai.preview import preview_cue
from editai.readable import safe_name
from editai.ui import clips
from editai.ui.api.making import progress
from editai.ui.context import Desk, told_to_scripts
from editai.ui.files import show

ENDPOINTS = ("captions", "preview_captions", "edit_captions", "render")


class Captioning:
    """One method for each endpoint. Gradio gives the request; scripts see the other parameters only."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def captions(
        self, request: gr.Request, clip: str, edits: list[dict[str, Any]] | None = None, profile: str = ""
    ) -> dict[str, Any]:
        """The captions of a clip as they are, or as other edits would make them; nothing is rendered.

        Args:
            clip: the id that `/clips` and `/produce` give.
            edits: all edits in their order, without the last one to undo it; empty for those that the clip shows. Each
                names a cue, and in it a word, by position from 0 as the edits before it left them:
                {"kind": "change", "cue": 0, "word": 2, "text": "tea"}, {"kind": "hide", "cue", "word"},
                {"kind": "emphasise", "cue", "word", "on": true}, {"kind": "join_words", "cue", "word"},
                {"kind": "split_word", "cue", "word", "at": 3}, {"kind": "join_cues", "cue"},
                {"kind": "split_cue", "cue", "word"}, {"kind": "shift", "cue", "word": null, "frames": -3}.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.

        Returns:
            {clip, fps, edits, cues}; times are frames, a word that is hidden has no text.
        """
        with told_to_scripts():
            found, wanted = self._found(request, clip, edits, profile)
            plan = recaption.edited(self._desk.library, found, wanted)
            return {
                "clip": found.id,
                "fps": plan.fps,
                "edits": [edit.model_dump(mode="json") for edit in wanted],
                "cues": [cue.model_dump(mode="json") for cue in plan.cues],
            }

    def preview_captions(
        self,
        request: gr.Request,
        clip: str,
        cue: int = 0,
        word: int = 0,
        edits: list[dict[str, Any]] | None = None,
        covered: list[str] | None = None,
        profile: str = "",
    ) -> dict[str, Any]:
        """One frame of a clip with a cue on it, as edits would make it: a JPEG of half the clip's size.

        Args:
            clip: the id that `/clips` and `/produce` give.
            cue: its position from 0, after the edits.
            word: the word of it that is spoken in the frame.
            edits: as `/captions` takes them.
            covered: presets such as ["tiktok", "youtube"], as `/produce` takes them; where their buttons and texts lie
                is drawn over the frame, as far as that is known. Upright clips only.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            found, wanted = self._found(request, clip, edits, profile)
            on = platforms.chosen(covered) if covered else ()
            drawn = preview_cue(self._desk.library, found, wanted, cue, word, on)
            name = f"{safe_name(found.title)}-{cue + 1}.jpg"
            return dict(gr.FileData(path=show(self._desk.settings, drawn, name)).model_dump())

    def edit_captions(
        self, request: gr.Request, clip: str, edits: list[dict[str, Any]], profile: str = ""
    ) -> dict[str, Any]:
        """Render a clip again with edited captions, in a job of the same product; the clip itself stays.

        No voice speaks and nothing is listened to or looked at again. Follow the job with `/job`.

        Args:
            clip: the id that `/clips` and `/produce` give.
            edits: all of them, as `/captions` takes them; none renders the captions as the script has them.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.

        Returns:
            {job, project, profile, state, ...}, as `/job` gives it.
        """
        with told_to_scripts():
            owner = self._desk.profile(request, profile)
            wanted = captions.read_edits(edits)
            return progress(jobs.submit_edited(self._desk.library, owner, clip, wanted))

    def render(
        self,
        request: gr.Request,
        clip: str,
        quality: str = "",
        encoder: str = "",
        captions_burned: bool | None = None,
        profile: str = "",
    ) -> dict[str, Any]:
        """Render a clip again in another quality: a draft that was approved, say. The clip itself stays.

        It is a job of the same product; words, cut and captions stay, and only the picture is made anew. Follow it with
        `/job`. Another shape, voice or style is another clip: `/produce` with its `project`.

        Args:
            clip: the id that `/clips` and `/produce` give.
            quality: "draft", "standard" or "high"; empty for the clip's own.
            encoder: "x264", or one of this machine's that `doctor` names; empty for the clip's own.
            captions_burned: whether the captions are in the picture; where nothing is said as they are.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.

        Returns:
            {job, project, profile, state, ...}, as `/job` gives it.
        """
        with told_to_scripts():
            owner = self._desk.profile(request, profile)
            wishes = {"quality": quality or None, "encoder": encoder or None, "captions_burned": captions_burned}
            return progress(jobs.submit_again(self._desk.library, owner, clip, **wishes))

    def _found(
        self, request: gr.Request, clip: str, edits: list[dict[str, Any]] | None, profile: str
    ) -> tuple[Clip, tuple[CaptionEdit, ...]]:
        found = clips.find(self._desk, self._desk.profile(request, profile).id, clip)
        return found, recaption.edits_of(found) if edits is None else captions.read_edits(edits)
