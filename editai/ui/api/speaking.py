"""Endpoints for voices: who there is, hearing them, the store's own cloned ones, licences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from editai import profiles, voices
from editai.models import Clone, Utterance
from editai.ui import offered
from editai.ui.api.confirming import require
from editai.ui.context import Desk, told_to_scripts
from editai.ui.files import forget, uploaded
from editai.ui.heard import hear, playable
from editai.voices import cloning, elevenlabs
from editai.voices.base import clones_of

ENDPOINTS = (
    "voices",
    "engines",
    "preview_voice",
    "fetch_voices",
    "cloned_voices",
    "clone_voice",
    "rename_voice",
    "delete_voice",
    "accept_licence",
    "withdraw_licence",
)


class Speaking:
    """One method for each endpoint. Gradio gives the request; scripts see the other parameters only."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def voices(self, request: gr.Request, profile: str = "") -> list[dict[str, Any]]:
        """The store's voices with what they cost and their licence; `id` is what `/produce` takes.

        Args:
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            studio = self._desk.studio(self._desk.profile(request, profile))
            return [offered.as_data(voice, studio) for voice in voices.catalogue(studio)]

    def engines(self, request: gr.Request, profile: str = "") -> list[dict[str, Any]]:
        """The engines that voices belong to: licence, price for 1,000 characters, what is missing, how to install it.

        Args:
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            studio = self._desk.studio(self._desk.profile(request, profile))
            return [
                {**engine.info.model_dump(mode="json"), "missing": engine.missing(studio)}
                for engine in voices.engines()
            ]

    def preview_voice(
        self, request: gr.Request, text: str, voice: str = "", language: str = "", profile: str = ""
    ) -> Iterator[dict[str, Any]]:
        """Hear one sentence; a paid voice costs what it costs in a clip, and is not paid again there.

        Args:
            text: a sentence; of a longer text the first.
            voice: "engine:name", one of `/voices`; empty for the store's own.
            language: such as "it", for a voice that speaks several; empty for the store's.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.

        Returns:
            {message, audio, words}; audio is null until the last one, words are [start_ms, end_ms] of each word.
        """
        with told_to_scripts():
            found = self._desk.profile(request, profile)
            for step in hear(self._desk, found, voice, text, language):
                if isinstance(step, Utterance):
                    path = playable(self._desk, step)
                    audio = gr.FileData(path=path).model_dump() if path else None
                    yield {"message": "", "audio": audio, "words": [list(word) for word in step.words]}
                else:
                    yield {"message": step.message, "audio": None, "words": []}

    def fetch_voices(self, request: gr.Request, profile: str = "") -> dict[str, Any]:
        """Ask ElevenLabs for the voices of the store's account; they are among `/voices` from then on.

        Args:
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.

        Returns:
            {voices, used_chars, limit_chars, resets_at}
        """
        with told_to_scripts():
            studio = self._desk.studio(self._desk.profile(request, profile))
            engine = elevenlabs.ElevenLabs()
            count = engine.fetch_voices(studio)
            return {"voices": count, **engine.quota(studio).model_dump(mode="json")}

    # ── the store's own ──────────────────────────────────────────────────────────────────────────────────────────

    def cloned_voices(self, request: gr.Request, profile: str = "") -> list[dict[str, Any]]:
        """The store's own cloned voices, with whose they are and who said that they may be used.

        Args:
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            return [_clone(clone) for clone in clones_of(self._desk.studio(self._desk.profile(request, profile)))]

    def clone_voice(
        self,
        request: gr.Request,
        sample: gr.FileData,
        name: str,
        language: str,
        whose: str,
        said_by: str,
        profile: str = "",
    ) -> dict[str, Any]:
        """Clone a voice from a recording with at least 6 seconds of speech; only with the consent of whose it is.

        Args:
            sample: a recording of at most 10 MB, uploaded (in Python: `handle_file("me.wav")`).
            name: what the voice is called, 1 to 50 characters.
            language: the language of the recording, such as "en".
            whose: whose voice it is.
            said_by: who says that this person agreed to it.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            studio = self._desk.studio(self._desk.profile(request, profile))
            path = uploaded(self._desk.settings, sample)
            kept = cloning.keep(studio, path, name, language, whose, said_by)
            path.unlink(missing_ok=True)  # the store has it now; somebody's voice lies nowhere else
            return _clone(kept)

    def rename_voice(self, request: gr.Request, clone: str, name: str, profile: str = "") -> dict[str, Any]:
        """Give a cloned voice another name.

        Args:
            clone: the id that `/cloned_voices` gives.
            name: 1 to 50 characters, no other cloned voice of the store has it.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            return _clone(cloning.rename(self._desk.studio(self._desk.profile(request, profile)), clone, name))

    def delete_voice(self, request: gr.Request, clone: str, confirm: bool = False, profile: str = "") -> dict[str, Any]:
        """Delete a cloned voice with its recording and everything that it spoke; clips that were made stay.

        Args:
            clone: the id that `/cloned_voices` gives.
            confirm: true deletes; without it nothing is done, and the refusal says what would be.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            found = self._desk.profile(request, profile)
            kept = cloning.find(self._desk.studio(found), clone)
            require(confirm, f'It would delete the voice "{kept.name}" with its recording and all that it spoke.')
            gone, _ = profiles.delete_clone(self._desk.library, found, clone)
            forget(self._desk.settings)
            return _clone(gone)

    # ── licences ─────────────────────────────────────────────────────────────────────────────────────────────────

    def accept_licence(
        self, request: gr.Request, engine: str, stated: str = "", profile: str = ""
    ) -> list[dict[str, Any]]:
        """Say that you read and accept the licence of an engine for this store. The answer is what was accepted.

        Args:
            engine: one of `/engines` whose `non_commercial` is true.
            stated: a licence of your own that allows to sell with it; without one only a store that sells nothing may
                use the engine.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            found = self._desk.profile(request, profile)
            after = profiles.accept_licence(self._desk.library, found, engine, stated)
            return [item.model_dump(mode="json") for item in after.kit.licences]

    def withdraw_licence(self, request: gr.Request, engine: str, profile: str = "") -> list[dict[str, Any]]:
        """Take back that the licence of an engine was accepted for this store; its voices do not speak any more.

        Args:
            engine: one of `/engines`.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            found = self._desk.profile(request, profile)
            after = profiles.withdraw_licence(self._desk.library, found, engine)
            return [item.model_dump(mode="json") for item in after.kit.licences]


def _clone(clone: Clone) -> dict[str, Any]:
    return clone.model_dump(mode="json", exclude={"sample"})
