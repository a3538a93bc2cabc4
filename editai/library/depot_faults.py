"""What can go wrong between here and the depot, as errors of ours.

fsspec gives every kind of place the errors of a disk; what S3 said itself is in their causes, by its own names.
"""

from __future__ import annotations

from collections.abc import Iterator

from editai.errors import EditaiError, NoAnswer, NotFound, OutOfSpace, Unavailable, is_full

FULL = {"QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded"}
NO_BUCKET = {"NoSuchBucket"}
REFUSED = {
    "AccessDenied", "AllAccessDisabled", "AuthorizationHeaderMalformed", "ExpiredToken", "InvalidAccessKeyId",
    "InvalidSecurity", "InvalidToken", "SignatureDoesNotMatch", "403",
}  # fmt: skip
NO_KEY = {"NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError", "ProfileNotFound"}
"""What botocore raises where it finds no key."""
LONGEST_REASON = 200
LATER = "Finished steps are kept: press Retry when it is there again."


def told(error: Exception, place: str) -> EditaiError:
    """What fsspec raised while it was at `place`, so that the owner knows what to do about it."""
    if isinstance(error, EditaiError):
        return error
    causes = list(_causes(error))
    codes = {str(answer.get("Error", {}).get("Code", "")) for each in causes if (answer := _answer(each))}
    what = f"The place where EditAI and its workers exchange files, {place}"
    if codes & FULL or any(isinstance(each, OSError) and is_full(each) for each in causes):
        return OutOfSpace("media_full", f"{what}, is full.", f"Free some space there. {LATER}")
    if codes & NO_BUCKET:
        return Unavailable("media_away", f"{what}, has no such bucket.", "Make the bucket, or set EDITAI_MEDIA_URL.")
    if isinstance(error, ImportError):
        return Unavailable(
            "media_away", f"{what}, needs a package that is not installed: {error}.", "See requirements-cluster.txt."
        )
    if any(type(each).__name__ in NO_KEY for each in causes):
        return Unavailable("media_away", f"{what}, asks for a key, and there is none.", _keys(place))
    if codes & REFUSED or any(isinstance(each, PermissionError) for each in causes):
        return Unavailable("media_away", f"{what}, lets nobody in with this key.", _keys(place))
    reason = " ".join(f"{type(error).__name__}: {error}".split())[:LONGEST_REASON]
    return Unavailable(
        "media_away", f"{what}, does not answer ({reason}).", f"Check EDITAI_MEDIA_URL and the network. {LATER}"
    )


def no_folder(place: str) -> Unavailable:
    """It is not made here: what is not mounted would be made on this machine alone, and nobody would see the files."""
    return Unavailable(
        "media_away",
        f"The folder where EditAI and its workers exchange files, {place}, is not there.",
        "Mount it or make it, on this machine and on the workers', or set EDITAI_MEDIA_URL.",
    )


def not_there(name: str) -> NotFound:
    """The depot has no such file, or no more."""
    return NotFound(
        "not_in_depot", f"{name} is not where EditAI and its workers exchange files.", "Press Retry: it is sent again."
    )


def damaged(name: str) -> NoAnswer:
    """What arrived is not what was sent."""
    return NoAnswer("file_damaged", f"{name} arrived damaged, and was removed.", "Press Retry: it is sent again.")


def changed(name: str) -> NotFound:
    """A file here is no longer what it was known as."""
    return NotFound("file_changed", f"{name} is not what it was.", "Try again.")


def has_no_bucket(error: Exception) -> bool:
    """Whether a file is not there because its bucket is not."""
    return any((_answer(each) or {}).get("Error", {}).get("Code") in NO_BUCKET for each in _causes(error))


def _keys(place: str) -> str:
    if place.startswith(("s3://", "s3a://")):
        return (
            "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_ENDPOINT_URL where it is not Amazon's, for the "
            "app and for every worker."
        )
    return "Let the app and every worker read and write there."


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def _answer(error: BaseException) -> dict[str, dict[str, str]] | None:
    """What S3 answered, where that is behind this error (`botocore.exceptions.ClientError`)."""
    answer = getattr(error, "response", None)
    return answer if isinstance(answer, dict) else None
