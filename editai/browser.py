"""Opening the page in the browser of whoever started the app."""

from __future__ import annotations

import contextlib
import os
import sys
import webbrowser


def open_page(url: str) -> None:
    """Open the page where somebody can see it: not in CI, over SSH or without a display."""
    if any(os.environ.get(name) for name in ("CI", "SSH_CONNECTION", "SSH_TTY")):
        return
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return
    with contextlib.suppress(webbrowser.Error):
        webbrowser.get().open(url)
