"""What is in the source videos: whether they can be used, where their cuts are, and what is worth showing."""

from editai.footage.look import fingerprint, look
from editai.footage.probe import check, probe

__all__ = ["check", "fingerprint", "look", "probe"]
