"""The test server, tested."""

from __future__ import annotations

from tests.postiz.fixtures import new_postiz, postiz, postiz_server

__all__ = ["new_postiz", "postiz", "postiz_server"]
