"""What axe-core finds wrong on a page for people who see, hear or move differently."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


@dataclass(frozen=True)
class Known:
    """Something that Gradio's own markup has wrong and that cannot be mended from outside: axe's rule, what the
    element's HTML has in it, and why it stays."""

    rule: str
    html: str
    why: str


GRADIOS: tuple[Known, ...] = (
    Known("nested-interactive", 'aria-label="common.upload"', "its button to add files holds the input that it opens"),
)


def serious(page: Page) -> list[str]:
    """Everything that axe calls serious or critical, but for what is Gradio's, a line each: its rule and where."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {node['html'][:300]} ({' '.join(node['failureSummary'].split())[:300]})"
        for each in found
        if each["impact"] in {"serious", "critical"}
        for node in each["nodes"]
        if not any(known.rule == each["id"] and known.html in node["html"] for known in GRADIOS)
    ]
