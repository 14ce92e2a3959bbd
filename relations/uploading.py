"""Uploads are bounded while they arrive: of a file without end no more is stored than shows that it is too large."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler
from django.utils.translation import gettext as _

from relations.extraction.results import FILE_LIMIT

# A request that says it is larger than any of our forms can be is refused before any of it is read.
_REQUEST_LIMIT = 10 * FILE_LIMIT


class BoundedUploadHandler(FileUploadHandler):
    """Lets a file pass up to the limit and one chunk more, so that the form sees its size and says so."""

    def handle_raw_input(
        self, input_data: Any, meta: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        """Refuse what is too large by its own account. Raises `RequestDataTooBig`."""
        if content_length > _REQUEST_LIMIT:
            raise RequestDataTooBig(_("A file may have up to 10 MB."))

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Start to count."""
        super().new_file(*args, **kwargs)
        self.passed = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Hand on what fits; drop the rest."""
        if self.passed > FILE_LIMIT:
            return None
        self.passed += len(raw_data)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the handlers that store it."""
