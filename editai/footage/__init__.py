"""What is in the source videos: whether they can be used, where their cuts are, and what is worth showing."""

from editai.footage.look import fingerprint, look
from editai.footage.probe import check, probe
from editai.footage.stills import stills

__all__ = ["check", "fingerprint", "look", "probe", "stills"]
