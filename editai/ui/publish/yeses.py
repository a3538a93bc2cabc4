"""What a person has to say yes to, where a check asks for it: each by itself and by what it is about.

The parts lie below what the check shows, in every form that publishes, and are seen only where there is something to
say. A yes is one to what was checked: where the form says something else, it is taken back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from editai.models import DryRun
from editai.publish.belonging import MIXED, said_plainly
from editai.publish.music_rights import licences
from editai.publish.prices import CHANGED
from editai.ui.tab import Update

ASKED: Mapping[str, frozenset[str]] = {
    "again": frozenset({"already_posted"}),
    "mixed": MIXED,
    "price_is_right": frozenset({CHANGED}),
    "music_licence": frozenset({"music_licence_unknown"}),
}
"""What is asked (a field of `Yeses`) where a check finds what."""
LABELS = {
    "again": "Post it again although it is there already",
    "mixed": "Post it although something in it is another store's",
    "price_is_right": "The clip's price is right: post it as it is",
}


@dataclass(frozen=True)
class Yeses:
    """The parts by the fields of `Yeses`, in the order in which they lie there."""

    parts: Mapping[str, gr.Checkbox | gr.Dropdown]

    @property
    def components(self) -> list[Any]:
        """What `shown` and `unsaid` give an update for."""
        return list(self.parts.values())

    @property
    def triggers(self) -> list[Any]:
        """What happens where one is said or taken back."""
        return [part.input for part in self.parts.values()]

    def said(self, values: Mapping[Any, Any]) -> dict[str, Any]:
        """What was said, as every check takes it."""
        return {name: values[part] or ("" if name == "music_licence" else False) for name, part in self.parts.items()}

    def shown(self, runs: Sequence[DryRun]) -> list[Update]:
        """What these dry runs ask for, and what was said of it. Those of one clip are a repeat, which is its own yes to
        posting it again."""
        found: dict[str, list[str]] = {}
        for item in (item for run in runs for post in run.posts for item in post.findings):
            found.setdefault(item.slug, []).append(said_plainly(item.message))
        updates, is_repeat = [], len(runs) > 1 and len({run.clip_id for run in runs}) == 1
        for name, part in self.parts.items():
            told = dict.fromkeys(
                message for slug, messages in found.items() if slug in ASKED[name] for message in messages
            )
            said = getattr(runs[0], name) and not (name == "again" and is_repeat)
            updates.append(type(part)(value=said, visible=bool(said or told), info=" ".join(told) or None))
        return updates

    def unsaid(self) -> list[Update]:
        """As they are before a check, or after something was changed."""
        return [type(part)(value=_nothing(name), visible=False) for name, part in self.parts.items()]


def build() -> Yeses:
    """Lay them out, unseen."""
    parts: dict[str, gr.Checkbox | gr.Dropdown] = {
        name: gr.Checkbox(False, label=label, visible=False, interactive=True) for name, label in LABELS.items()
    }
    named = [("Not said", ""), *((each.label, each.name) for each in licences())]
    parts["music_licence"] = gr.Dropdown(named, value="", label="Licence of the music", visible=False, interactive=True)
    return Yeses(parts)


def _nothing(name: str) -> str | bool:
    return "" if name == "music_licence" else False
