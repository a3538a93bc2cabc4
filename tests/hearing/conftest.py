from __future__ import annotations

from tests.captions.conftest import talk

__all__ = ["talk"]
