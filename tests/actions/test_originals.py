"""The file beside its text: kept with it or not at all, told by its content, and set aside for its user alone."""

import datetime
import hashlib
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.db import IntegrityError
from pytest_django.fixtures import Settings

from relations.access import NotAllowed
from relations.actions import originals
from relations.actions.documents import add_capture, add_document
from relations.actions.refusal import Refused
from relations.choices import MediaType
from relations.models import Capture, Document, Original, Publisher, Relationship, User
from tests import factories, making

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def unsaved(desk: Relationship, **fields: object) -> Document:
    publisher = Publisher.objects.create(name="The Daily")
    day = datetime.date(2025, 3, 26)
    return Document(**{"relationship": desk, "publisher": publisher, "title": "T", "date_published": day, **fields})


def test_a_file_is_kept_beside_its_text_by_its_content(desk: Relationship, analyst: User, media: Path) -> None:
    content = making.pdf(making.ENGLISH)
    file = ContentFile(content, "..\\folder/talks.exe")
    document = add_document(actor=analyst, document=unsaved(desk), text=making.ENGLISH, original=file)
    original = Original.objects.get(capture__document=document)
    assert (original.name, original.media_type, original.size) == ("talks.exe", MediaType.PDF, len(content))
    assert original.sha256 == hashlib.sha256(content).hexdigest()
    stored = media / original.file.name
    assert stored.read_bytes() == content
    assert stored.stat().st_mode & 0o077 == 0
    assert "talks" not in original.file.name


def test_a_better_copy_keeps_its_own_file(document: Document, analyst: User) -> None:
    for name in ("first.txt", "second.txt"):
        add_capture(actor=analyst, document=document, text=name, original=ContentFile(b"The very same.", name))
    first, second = Original.objects.order_by("capture__number")
    assert (first.name, first.capture.number, second.name, second.capture.number) == ("first.txt", 2, "second.txt", 3)
    assert first.file.name != second.file.name
    for original in (first, second):
        with original.file.open() as file:
            assert file.read() == b"The very same."


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "empty"), (b"\x00\x01", "not of a kind"), (b"x" * (10 * 1024 * 1024 + 1), "larger than 10 MB")],
)
def test_a_file_that_is_not_taken_takes_its_document_with_it(
    desk: Relationship, analyst: User, media: Path, content: bytes, said: str
) -> None:
    with pytest.raises(Refused, match=said) as refused:
        add_document(actor=analyst, document=unsaved(desk), text="T", original=ContentFile(content, "a.txt"))
    assert refused.value.field == "file"
    assert not Document.objects.exists()
    assert files_in(media) == []


def test_a_document_that_is_refused_leaves_no_file(document: Document, analyst: User, media: Path) -> None:
    twice = unsaved(document.relationship, url=document.url)
    with pytest.raises(Refused, match="holds a document with this address"):
        add_document(actor=analyst, document=twice, text="T", original=ContentFile(b"Text.", "a.txt"))
    assert files_in(media) == []


def test_a_file_whose_row_is_refused_is_not_left_behind(
    document: Document, analyst: User, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(originals, "file_name", lambda _name: "x" * 201)  # longer than the column
    with pytest.raises(Exception, match="too long"):
        add_capture(actor=analyst, document=document, text="T", original=ContentFile(b"Text.", "a.txt"))
    assert Capture.objects.filter(document=document).count() == 1
    assert files_in(media) == []


def test_a_file_that_cannot_be_written_takes_its_document_with_it(
    desk: Relationship, analyst: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", full)
    with pytest.raises(Refused, match="could not be stored"):
        add_document(actor=analyst, document=unsaved(desk), text="T", original=ContentFile(b"Text.", "a.txt"))
    assert not Document.objects.exists()


def test_an_original_is_never_changed(document: Document, analyst: User) -> None:
    add_capture(actor=analyst, document=document, text="T", original=ContentFile(b"Text.", "a.txt"))
    with pytest.raises(IntegrityError, match="cannot be changed"):
        Original.objects.update(name="other.txt")


def test_a_reader_brings_no_file(document: Document, reader: User, media: Path) -> None:
    with pytest.raises(NotAllowed):
        add_capture(actor=reader, document=document, text="T", original=ContentFile(b"Text.", "a.txt"))
    assert files_in(media) == []


def test_a_new_publisher_is_stored_with_its_document_or_not_at_all(desk: Relationship, analyst: User) -> None:
    add_document(actor=analyst, document=unsaved(desk, publisher=Publisher(name="New")), text="T")
    refused = unsaved(desk, publisher=Publisher(name="Never"))
    with pytest.raises(Refused):
        add_document(actor=analyst, document=refused, text="T", original=ContentFile(b"", "a.txt"))
    assert Publisher.objects.filter(name="New").exists()
    assert not Publisher.objects.filter(name="Never").exists()


# Set aside


def test_what_is_set_aside_is_found_by_its_user_at_its_desk_alone(desk: Relationship, analyst: User) -> None:
    other_desk = factories.make_desk("gr-de", "GR", "DE")
    other = factories.make_user("other", desk)
    handle = originals.set_aside(actor=analyst, relationship=desk, file=ContentFile(b"Text.", "a/b.txt"))
    found = originals.taken_up(actor=analyst, relationship=desk, handle=handle)
    assert found is not None
    assert (found.name, found.read()) == ("b.txt", b"Text.")
    assert originals.taken_up(actor=other, relationship=desk, handle=handle) is None
    assert originals.taken_up(actor=analyst, relationship=other_desk, handle=handle) is None
    assert originals.taken_up(actor=analyst, relationship=desk, handle=f"{handle}x") is None
    originals.drop(actor=other, relationship=desk, handle=handle)
    assert originals.taken_up(actor=analyst, relationship=desk, handle=handle) is not None
    originals.drop(actor=analyst, relationship=desk, handle=handle)
    assert originals.taken_up(actor=analyst, relationship=desk, handle=handle) is None


def test_what_is_set_aside_is_bounded_in_number_and_age(
    desk: Relationship, analyst: User, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(13):
        originals.set_aside(actor=analyst, relationship=desk, file=ContentFile(b"Text.", f"{number}.txt"))
    assert len(files_in(media)) == 10
    other = factories.make_user("other", desk)
    monkeypatch.setattr(originals, "_KEPT_FOR", datetime.timedelta(0))
    originals.set_aside(actor=other, relationship=desk, file=ContentFile(b"Text.", "x.txt"))
    assert len(files_in(media)) == 1
