"""EditAI: a product video goes in, a clip for TikTok, Reels and Shorts comes out, for the right store."""

__version__ = "0.1.0"
