"""Endpoints for a store's products: what clips are made of. A product is made by `/produce`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from editai import products
from editai.models import Clip, Profile, Project
from editai.readable import count
from editai.ui.api.confirming import require
from editai.ui.context import Desk, told_to_scripts
from editai.ui.files import forget
from editai.ui.product_form import listed

ENDPOINTS = ("projects", "project", "update_project", "copy_project", "delete_project")


class Products:
    """One method for each endpoint. Gradio gives the request; scripts see the other parameters only."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def projects(self, request: gr.Request, profile: str = "") -> list[dict[str, Any]]:
        """The store's products, the one that was worked on last first.

        Args:
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            store = self._desk.library.store
            meant = self._desk.profile(request, profile)
            clips = store.clips(meant.id)
            return [_as_data(project, clips) for project in store.projects(meant.id)]

    def project(self, request: gr.Request, project: str, profile: str = "") -> dict[str, Any]:
        """One product as it is now, with the ids of its clips.

        Args:
            project: the id that `/projects` and `/produce` give.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            store = self._desk.library.store
            meant = self._desk.profile(request, profile)
            return _as_data(store.project(meant.id, project), store.clips(meant.id))

    def update_project(
        self,
        request: gr.Request,
        project: str,
        script: str | None = None,
        title: str | None = None,
        price: str | None = None,
        points: list[str] | None = None,
        url: str | None = None,
        caption_style: str | None = None,
        profile: str = "",
    ) -> dict[str, Any]:
        """Change a product without producing it; what is not given stays as it is.

        Clips that were made before are out of date where the script, a fact or the caption style is another, and are
        not published any more.

        Args:
            project: the id that `/projects` and `/produce` give.
            script: what the clip says; empty to have it written from the facts.
            title: the product's name.
            price: the price as displayed, such as "$49.99".
            points: facts that are true of the product, a short phrase each.
            url: the product's page, such as "example.com/lamp".
            caption_style: one of `/caption_styles`.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            library, meant = self._desk.library, self._desk.profile(request, profile)
            known = library.store.project(meant.id, project).brief.facts
            told = None if points is None else listed(points)
            facts = products.facts(known, title=title, price=price, points=told, url=url)
            wishes = {"script": script, "facts": facts, "caption_style": caption_style}
            changed = products.update(library, meant, project, wishes)
            return _as_data(changed, library.store.clips(meant.id))

    def copy_project(self, request: gr.Request, project: str, into_profile: str, profile: str = "") -> dict[str, Any]:
        """Copy a product into another of your stores: facts, script and videos; voice and looks are that store's.

        Args:
            project: the id that `/projects` and `/produce` give.
            into_profile: id or name of the store that gets the copy.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            library, owner = self._desk.library, self._desk.owner(request)
            meant, into = self._desk.profile(request, profile), library.store.find_profile(owner, into_profile)
            return _as_data(library.copy_project(owner, meant.id, project, into.id), ())

    def delete_project(
        self, request: gr.Request, project: str, confirm: bool = False, profile: str = ""
    ) -> dict[str, Any]:
        """Delete a product with its clips and what is known of their posts.

        What was published stays published, and what waits in Postiz for its time still is.

        Args:
            project: the id that `/projects` and `/produce` give.
            confirm: true deletes; without it nothing is done, and the refusal says what would be.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.

        Returns:
            {deleted: the product's id}.
        """
        with told_to_scripts():
            meant = self._desk.profile(request, profile)
            require(confirm, self._what_goes(meant, project))
            self._desk.library.delete_project(meant.id, project)
            forget(self._desk.settings)
            return {"deleted": project}

    def _what_goes(self, meant: Profile, project: str) -> str:
        """What deleting a product takes with it, as a sentence."""
        library = self._desk.library
        found = library.store.project(meant.id, project)
        clips = {clip.id for clip in library.store.clips(meant.id) if clip.project_id == found.id}
        posts = sum(post.clip_id in clips for post in library.outbox.posts(meant.id))
        return (
            f'It would delete the product "{found.title}" with {count(len(clips), "clip")} and the record of '
            f"{count(posts, 'post')}; what is on the platforms would stay there."
        )


def _as_data(project: Project, clips: Sequence[Clip]) -> dict[str, Any]:
    brief = project.brief
    return {
        "id": project.id,
        "profile": project.profile_id,
        "title": project.title,
        "script": brief.script,
        "facts": brief.facts.model_dump(mode="json"),
        "voice": str(brief.voice),
        "language": brief.language,
        "seconds": brief.seconds,
        "writer": brief.writer,
        "on_screen": brief.on_screen,
        "posts": [post.model_dump(mode="json") for post in brief.posts],
        "caption_style": brief.caption_style,
        "format": brief.format,
        "hook_card": brief.hook_card,
        "videos": len(brief.sources),
        "clips": [clip.id for clip in clips if clip.project_id == project.id],
        "created_at": project.created_at,
        "updated_at": project.updated_at,
    }
