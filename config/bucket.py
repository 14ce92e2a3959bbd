"""Files in a bucket of an S3-compatible store, where several instances of the program find them (`S3_BUCKET`)."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

R = TypeVar("R")


def _as_a_disk(method: Callable[..., R]) -> Callable[..., R]:
    """Have a store that cannot be reached or refuses raise what a disk raises, which the program answers to."""

    @wraps(method)
    def call(*args: Any, **kwargs: Any) -> R:
        try:
            return method(*args, **kwargs)
        except (BotoCoreError, ClientError) as error:
            raise OSError(str(error)) from error

    return call


class BucketStorage(S3Storage):
    """django-storages' own, whose faults are a disk's. Reads whole files, which have 10 MB at most."""

    delete = _as_a_disk(S3Storage.delete)
    exists = _as_a_disk(S3Storage.exists)
    get_modified_time = _as_a_disk(S3Storage.get_modified_time)
    listdir = _as_a_disk(S3Storage.listdir)
    size = _as_a_disk(S3Storage.size)
    _save = _as_a_disk(S3Storage._save)

    @_as_a_disk
    def _open(self, name: str, mode: str = "rb") -> Any:
        opened = super()._open(name, mode)
        if "r" in mode:
            _ = opened.file  # fetched now: a fault is told of here, not in the middle of an answer
        return opened
