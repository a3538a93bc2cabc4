"""Where the files lie that come along with the package."""

from __future__ import annotations

from pathlib import Path

ASSETS = Path(__file__).parent / "assets"
FONTS = ASSETS / "fonts"
VOICES = ASSETS / "voices"
SAMPLE_VIDEO = ASSETS / "sample" / "box.mp4"
SAMPLE_BRIEF = ASSETS / "sample" / "product.json"
"""`{"title", "price", "points", "script"}` of the product in the sample video."""
