"""What the parsers of uploaded files and the gate before them share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cehours.lib.refusal import Refusal


class Refused(Refusal):
    """The file is not taken; `says` tells how to bring it into shape."""


class Kind(StrEnum):
    """What the file is, as it is stored."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"

    @property
    def content_type(self) -> str:
        return "application/pdf" if self is Kind.PDF else f"image/{self.value}"


class Source(StrEnum):
    """What the file is, as it comes. A photo in HEIF is stored as JPEG."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"
    HEIF = "heif"

    @property
    def kind(self) -> Kind:
        return Kind.JPEG if self is Source.HEIF else Kind(self.value)


@dataclass(frozen=True, slots=True)
class Parsed:
    """The bytes to keep, their number of pages (1 for a picture), and what the person should know, if anything.

    `holds` names what a PDF carries besides its pages, in words for reviewers.
    """

    content: bytes
    pages: int
    warning: str = ""
    holds: tuple[str, ...] = ()
