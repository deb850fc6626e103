"""The gate for evidence files: what is taken, in what shape, and what the person is told otherwise.

First bytes and parser must agree; the ending is put right. PDFs are kept byte for byte (a signature stays valid),
pictures are written anew without metadata. Parsers run behind a fence, after the virus scanner where there is one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from cehours.lib import file_kinds, limits
from cehours.lib.evidence import Kind, Parsed, Refused, Source
from cehours.lib.fence import Broken, Fence
from cehours.lib.file_kinds import hints
from cehours.lib.filenames import clean_name
from cehours.lib.virus_scan import Scanner, Unavailable

__all__ = [
    "EMPTY",
    "MAX_BYTES",
    "PARSERS",
    "TOO_LARGE",
    "Accepted",
    "Infected",
    "Kind",
    "Refused",
    "Scan",
    "clean_name",
    "examine",
    "hints",
    "read_capped",
    "takes_heic",
]

MAX_BYTES = limits.MOST_BYTES_A_FILE
TOO_LARGE = f"文件超过 {MAX_BYTES // limits.MEGABYTE} MB，请压缩后上传，或拆分成几个文件。"
EMPTY = "文件是空的，请重新选择文件。"
INFECTED = "文件中发现病毒（{threat}），没有保存。请先用杀毒软件检查您的设备，再从原处重新导出或拍照后上传。"
BROKEN = {
    Kind.PDF: "PDF 过于复杂或已损坏，无法处理，请用“打印为 PDF”的方式重新生成后上传。",
    Kind.JPEG: "图片过大或已损坏，无法处理，请缩小尺寸或重新拍照后上传。",
    Kind.PNG: "图片过大或已损坏，无法处理，请缩小尺寸或重新截图后上传。",
}
_CHUNK = 64 * 1024

PARSERS = Fence("cehours.lib.parsing")


class Readable(Protocol):
    """An open binary file or Django's UploadedFile."""

    def read(self, size: int, /) -> bytes: ...


class Scan(StrEnum):
    """What is known about malware: nothing was asked, nothing was found, or the scanner did not answer."""

    OFF = "off"
    PASSED = "passed"
    WAITING = "waiting"


class Infected(Refused):
    """The scanner knows this file; `threat` is its name for it, `sha256` (hex) that of the bytes as they came."""

    def __init__(self, threat: str, sha256: str) -> None:
        super().__init__(INFECTED.format(threat=threat))
        self.threat, self.sha256 = threat, sha256


@dataclass(frozen=True, slots=True)
class Accepted:
    """A file as it is stored. `size` in bytes and `sha256` (hex) are those of `content`.

    `warning` is a sentence for the person, or empty.
    """

    content: bytes
    kind: Kind
    size: int
    sha256: str
    pages: int
    clean_name: str
    scan: Scan
    warning: str


def examine(file: Readable, filename: str, *, scanner: Scanner | None = None) -> Accepted:
    """Read `file` up to 20 MiB and decide. Raises Refused; nothing is written anywhere."""
    name = clean_name(filename)
    if why := file_kinds.runs(name):
        raise Refused(why)
    content = read_capped(file)
    scan = _scan(content, scanner)
    source = file_kinds.kind_of(content)
    if source is None:
        raise Refused(file_kinds.instead(name, content))
    parsed = _parse(content, source)
    if len(parsed.content) > MAX_BYTES:
        raise Refused("图片过大，请缩小尺寸或另存为 JPG 后上传。")
    digest = hashlib.sha256(parsed.content).hexdigest()
    name = clean_name(file_kinds.named(name, source))
    return Accepted(
        parsed.content, source.kind, len(parsed.content), digest, parsed.pages, name, scan, parsed.warning
    )


def takes_heic() -> bool:
    """Whether photos of iPhones can be read here; without the codec they are refused with a hint."""
    return ".heic" in file_kinds.taken_endings()


def read_capped(file: Readable) -> bytes:
    """All bytes of `file`; stops reading and raises Refused as soon as it exceeds 20 MiB."""
    content = bytearray()
    while chunk := file.read(_CHUNK):
        content += chunk
        if len(content) > MAX_BYTES:
            raise Refused(TOO_LARGE)
    if not content:
        raise Refused(EMPTY)
    return bytes(content)


def _scan(content: bytes, scanner: Scanner | None) -> Scan:
    """Before anything else reads the bytes. While the scanner is away, the file waits for it."""
    if scanner is None:
        return Scan.OFF
    try:
        threat = scanner.threat_in(content)
    except Unavailable:
        return Scan.WAITING
    if threat:
        raise Infected(threat, hashlib.sha256(content).hexdigest())
    return Scan.PASSED


def _parse(content: bytes, source: Source) -> Parsed:
    try:
        facts, kept = PARSERS.run("parse", content, source=source.value)
    except Broken as error:
        raise Refused(BROKEN[source.kind]) from error
    if "refused" in facts:
        raise Refused(facts["refused"])
    return Parsed(kept, facts["pages"], facts["warning"])
