"""A bucket of S3, by moto's server on this machine."""

from tests.library.places import s3_server

__all__ = ["s3_server"]
