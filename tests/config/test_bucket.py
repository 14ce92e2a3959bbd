"""Files in an S3-compatible store: what one instance of the program keeps there another finds; its faults are a disk's."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse
from moto.server import ThreadedMotoServer
from pytest_django.fixtures import Settings

from relations.actions.documents import add_capture
from relations.actions.originals import set_aside, taken_up
from relations.models import Document, Relationship, User

BUCKET = "desk-files"


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def address(store: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "desk")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "desk")
    return store


def keep_in(settings: Settings, address: str) -> None:
    options = {"bucket_name": BUCKET, "endpoint_url": address, "region_name": "us-east-1", "file_overwrite": False}
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "config.bucket.BucketStorage", "OPTIONS": options},
    }


@pytest.fixture
def bucket(address: str, settings: Settings) -> Iterator[Any]:
    client = boto3.client("s3", endpoint_url=address, region_name="us-east-1")
    client.create_bucket(Bucket=BUCKET)
    keep_in(settings, address)
    yield client
    for each in client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        client.delete_object(Bucket=BUCKET, Key=each["Key"])


def test_a_file_that_one_instance_sets_aside_is_taken_up_by_another(
    bucket: Any, analyst: User, desk: Relationship, settings: Settings, address: str
) -> None:
    handle = set_aside(actor=analyst, relationship=desk, file=ContentFile(b"the note", "note.txt"))
    kept = bucket.list_objects_v2(Bucket=BUCKET)["Contents"]
    assert len(kept) == 1
    assert str(analyst.pk) in kept[0]["Key"]
    keep_in(settings, address)  # another instance's storage
    found = taken_up(actor=analyst, relationship=desk, handle=handle)
    assert found is not None
    assert found.read() == b"the note"
    assert found.name == "note.txt"


def test_a_document_comes_back_as_the_file_it_came_as(bucket: Any, document: Document, as_analyst: Client) -> None:
    add_capture(
        actor=document.author, document=document, text="Text.", original=ContentFile(b"As it came.", "note.txt")
    )
    assert bucket.list_objects_v2(Bucket=BUCKET)["KeyCount"] == 1
    copy = document.captures.order_by("-number")[0]
    answer = as_analyst.get(reverse("document_original", args=[document.relationship.slug, document.ref, copy.number]))
    assert answer.content == b"As it came."


def test_a_missing_file_is_none_and_a_store_that_is_away_is_a_disks_fault(bucket: Any, settings: Settings) -> None:
    with pytest.raises(FileNotFoundError):
        storages["default"].open("set-aside/1/nothing")
    keep_in(settings, "http://127.0.0.1:1")
    with pytest.raises(OSError, match=r"127\.0\.0\.1:1"):
        storages["default"].save("set-aside/1/note", ContentFile(b"the note"))
