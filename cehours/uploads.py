"""Stops an upload that is too large while it still streams in; Django itself has no such limit."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler

from cehours.lib.uploads import MAX_BYTES


class CappedUploadHandler(FileUploadHandler):
    """Keeps one byte more than the limit of each file and drops the rest as it arrives.

    What reaches the view is then longer than the limit, so `cehours.lib.uploads.examine` refuses it with
    the same sentence as any other file that is too large, and the other fields of the form survive.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.taken = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.taken = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        room = MAX_BYTES + 1 - self.taken
        self.taken += len(raw_data)
        return raw_data[:room] if room > 0 else None

    def file_complete(self, file_size: int) -> None:
        return None
