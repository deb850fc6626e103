"""我有旧认定单: the file, the range that it covers, and the records on file that are ticked with it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile

from applications.forms.evidence import PaperLabel, uuids

FILES = "image/*,application/pdf,.pdf,.heic,.heif"


class SlipForm(forms.Form):
    """Everything is optional here: the service says what is missing, or the page asks what the name did not say."""

    use_required_attribute = False
    prior_from = forms.CharField(label="认定单起始年度", required=False, max_length=4)
    prior_to = forms.CharField(label="认定单结束年度", required=False, max_length=4)

    def __init__(self, data: Any = None, files: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        for name, example in (("prior_from", "例如 2019"), ("prior_to", "例如 2023")):
            self.fields[name].widget.attrs |= {
                "inputmode": "numeric",
                "placeholder": example,
                "autocomplete": "off",
            }
        chosen = files.getlist("file") + files.getlist("camera") if files else []
        self.file: UploadedFile[bytes] | None = chosen[0] if chosen else None
        self.take: list[UUID] = uuids(data.getlist("take")) if data else []

    @property
    def span(self) -> tuple[int, int] | None:
        """The years as typed, or None when they are not two years."""
        typed = self.data
        label = PaperLabel(
            prior_from=typed.get("prior_from", "").strip(), prior_to=typed.get("prior_to", "").strip()
        )
        return label.prior_span
