"""One tree of errors, each for the person who meets it.

    EditaiError               500
    ├── InvalidInput          422   the video, the script or a choice cannot be used
    ├── TooLarge              413   longer or larger than the settings allow
    ├── NotSignedIn           401   nobody is signed in, or no longer
    ├── PaymentRequired       402   it would cost more than the budget, or the plan, allows
    ├── NotFound              404   no such thing in this profile
    ├── Forbidden             403   it is somebody else's
    ├── Conflict              409   it contradicts what is there already
    ├── Cancelled             499   the owner cancelled the job
    ├── RateLimited           429   too much was asked of a service for now
    ├── Unavailable           503   something this needs is missing here: weights, a program, a default profile
    ├── NoAnswer              504   a service did not answer; it may have acted or not
    └── OutOfSpace            507   the disk is full, or nearly

Every error says what happened (`message`) and what to do (`hint`); `slug` names it for scripts and tests.
A job's row keeps the error as JSON: `as_dict()` and `from_dict()` are inverse to each other.
"""

from __future__ import annotations

import errno
from typing import ClassVar


class EditaiError(Exception):
    """Something went wrong, said so that a shop owner knows what to do next.

    `slug` is snake_case and stable; `message` and `hint` are whole sentences and never hold a secret or a
    traceback.
    """

    status: ClassVar[int] = 500

    def __init__(self, slug: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.slug = slug
        self.message = message
        self.hint = hint

    @property
    def title(self) -> str:
        """Status and slug, as scripts see them: "404 profile_not_found"."""
        return f"{self.status} {self.slug}"

    def __str__(self) -> str:
        return " ".join(part for part in (self.message, self.hint) if part)

    def __reduce__(self) -> tuple[type[EditaiError], tuple[str, str, str]]:
        return type(self), (self.slug, self.message, self.hint)

    def as_dict(self) -> dict[str, str | int]:
        """The error as it is kept in a job's row."""
        return {"status": self.status, "slug": self.slug, "message": self.message, "hint": self.hint}

    @staticmethod
    def from_dict(data: dict[str, str | int]) -> EditaiError:
        """The error that `as_dict()` wrote, with the class of its status."""
        classes: tuple[type[EditaiError], ...] = (EditaiError, *EditaiError.__subclasses__())
        kinds = {kind.status: kind for kind in classes}
        kind = kinds.get(int(data["status"]), EditaiError)
        return kind(str(data["slug"]), str(data["message"]), str(data["hint"]))


class InvalidInput(EditaiError):
    """The video, the script or a choice cannot be used."""

    status = 422


class TooLarge(EditaiError):
    """Longer or larger than the settings allow."""

    status = 413


class NotFound(EditaiError):
    """There is no such thing in this profile."""

    status = 404


class Forbidden(EditaiError):
    """It belongs to somebody else."""

    status = 403


class Conflict(EditaiError):
    """It contradicts what is there already."""

    status = 409


class Cancelled(EditaiError):
    """The owner cancelled the job."""

    status = 499


class NotSignedIn(EditaiError):
    """Nobody is signed in, or no longer."""

    status = 401


class PaymentRequired(EditaiError):
    """It would cost more than the budget, or the plan, allows."""

    status = 402


class RateLimited(EditaiError):
    """Too much was asked of a service for now; `retry_after_s` seconds from now it may be asked again."""

    status = 429

    def __init__(self, slug: str, message: str, hint: str = "", retry_after_s: int = 3600) -> None:
        super().__init__(slug, message, hint)
        self.retry_after_s = retry_after_s


class NoAnswer(EditaiError):
    """A service did not answer, or not in a way that says whether it acted."""

    status = 504


class Unavailable(EditaiError):
    """Something that this needs is missing here."""

    status = 503


class OutOfSpace(EditaiError):
    """The disk is full, or would be."""

    status = 507


def not_in_demo(what: str) -> Forbidden:
    """What a demo leaves out, whoever asks; `what` is what it does not do: "publishes nothing"."""
    return Forbidden("not_in_demo", f"This is a demo: it {what}.", "Run EditAI on your own computer for that.")


def is_full(error: OSError) -> bool:
    """Whether the disk, or the owner's share of it, is full."""
    return error.errno in {errno.ENOSPC, errno.EDQUOT}
