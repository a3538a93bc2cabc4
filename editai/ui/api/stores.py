"""Endpoints for the owner's stores."""

from __future__ import annotations

from typing import Any

import gradio as gr

from editai.models import Profile
from editai.ui.context import Desk, told_to_scripts

ENDPOINTS = ("profiles", "create_profile", "rename_profile", "set_default_profile")


class Stores:
    """One method for each endpoint. Gradio gives the request; scripts see the other parameters only."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def profiles(self, request: gr.Request) -> list[dict[str, Any]]:
        """Your stores by name."""
        with told_to_scripts():
            return [_store(item) for item in self._desk.library.store.profiles(self._desk.owner(request))]

    def create_profile(self, request: gr.Request, name: str) -> dict[str, Any]:
        """Create a store.

        Args:
            name: 1 to 50 characters, no other store of yours has it.
        """
        with told_to_scripts():
            return _store(self._desk.library.store.create_profile(self._desk.owner(request), name))

    def rename_profile(self, request: gr.Request, profile: str, name: str) -> dict[str, Any]:
        """Give a store another name.

        Args:
            profile: id or name of the store.
            name: 1 to 50 characters, no other store of yours has it.
        """
        with told_to_scripts():
            owner, store = self._desk.owner(request), self._desk.library.store
            return _store(store.update_profile(owner, self._desk.profile(request, profile).id, {"name": name}))

    def set_default_profile(self, request: gr.Request, profile: str) -> dict[str, Any]:
        """Make a store the one that is meant where nothing is said.

        Args:
            profile: id or name of the store.
        """
        with told_to_scripts():
            owner, store = self._desk.owner(request), self._desk.library.store
            return _store(store.set_default_profile(owner, self._desk.profile(request, profile).id))


def _store(profile: Profile) -> dict[str, Any]:
    return profile.model_dump(mode="json", include={"id", "name", "is_default", "created_at"})
