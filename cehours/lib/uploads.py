"""The gate for evidence files: what is taken, in what shape, and what the person is told otherwise.

Extension, first bytes and parser must agree. PDFs are kept byte for byte (a signature stays valid), pictures
are written anew without metadata. Parsers run behind a fence, after the virus scanner where there is one.
"""

from __future__ import annotations

import hashlib
import importlib.util
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from cehours.lib import limits
from cehours.lib.evidence import Kind, Parsed, Refused, Source
from cehours.lib.fence import Broken, Fence
from cehours.lib.filenames import clean_name, split_extension
from cehours.lib.virus_scan import Scanner, Unavailable

__all__ = [
    "EMPTY",
    "MAX_BYTES",
    "NOT_TAKEN",
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
    "taken_extensions",
]

MAX_BYTES = limits.MOST_BYTES_A_FILE
TOO_LARGE = f"文件超过 {MAX_BYTES // limits.MEGABYTE} MB，请压缩后上传，或拆分成几个文件。"
EMPTY = "文件是空的，请重新选择文件。"
NOT_TAKEN = "只能上传 PDF、JPG、PNG 文件，请转换后上传。"
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


_HEIF = ("heic", "heif") if importlib.util.find_spec("pi_heif") else ()
_EXTENSIONS = {
    ".pdf": Source.PDF,
    ".jpg": Source.JPEG,
    ".jpeg": Source.JPEG,
    ".png": Source.PNG,
    **{f".{extension}": Source.HEIF for extension in _HEIF},
}
_FIRST_BYTES = {Source.PDF: b"%PDF-", Source.JPEG: b"\xff\xd8\xff", Source.PNG: b"\x89PNG\r\n\x1a\n"}
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"mif2"})
_HEIF_FILMS = frozenset({b"hevc", b"hevx", b"hevm", b"hevs", b"msf1"})
_HINTS = {
    ".doc .docx .docm .dot .dotx .wps .rtf .txt .odt": "请将 Word 文档另存为 PDF 后上传。",
    ".xls .xlsx .xlsm .et .csv .ods": "请将表格另存为 PDF 后上传。",
    ".ppt .pptx .pptm .dps": "请将演示文稿另存为 PDF 后上传。",
    ".ofd": "请将 OFD 文件另存为 PDF 后上传。",
    ".caj .nh .kdh": "请在 CAJ 阅读器中将文件打印或另存为 PDF 后上传。",
    ".zip .rar .7z .gz .tar": "请解压后逐个上传其中的 PDF 或图片。",
    ".heic .heif": "请将照片转为 JPG 后上传；苹果手机可在“设置－相机－格式”中选择“兼容性最佳”后重新拍摄。",
    ".gif .bmp .webp .tif .tiff .svg .svgz .ico .avif": "请将图片另存为 JPG 或 PNG 后上传。",
    ".htm .html .mht .mhtml": "请将网页打印为 PDF 后上传。",
    ".url .lnk .scf": "这是快捷方式，不是文件本身，请打开原文件，另存为 PDF 或图片后上传。",
    ".mp4 .mov .avi .mp3 .wav": "不能上传音频或视频，请上传证书、证明的 PDF 或照片。",
}
_HINT_BY_EXTENSION = {extension: says for group, says in _HINTS.items() for extension in group.split()}


def examine(file: Readable, filename: str, *, scanner: Scanner | None = None) -> Accepted:
    """Read `file` up to 20 MiB and decide. Raises Refused; nothing is written anywhere."""
    name = clean_name(filename)
    source = _source_of(name)
    content = read_capped(file)
    scan = _scan(content, scanner)
    _check_first_bytes(content, source)
    parsed = _parse(content, source)
    if len(parsed.content) > MAX_BYTES:
        raise Refused("图片过大，请缩小尺寸或另存为 JPG 后上传。")
    digest = hashlib.sha256(parsed.content).hexdigest()
    if source is Source.HEIF:
        name = f"{split_extension(name)[0]}.jpg"
    return Accepted(
        parsed.content, source.kind, len(parsed.content), digest, parsed.pages, name, scan, parsed.warning
    )


def taken_extensions() -> tuple[str, ...]:
    """The endings, with their dot and in small letters, of the files that are taken."""
    return tuple(_EXTENSIONS)


def hints() -> dict[str, str]:
    """For endings that are not taken: what to do instead. The page says the same before it sends a file."""
    return {extension: says for extension, says in _HINT_BY_EXTENSION.items() if extension not in _EXTENSIONS}


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


def _check_first_bytes(content: bytes, source: Source) -> None:
    if source is Source.HEIF:
        brand = content[8:12] if content[4:8] == b"ftyp" else b""
        if brand in _HEIF_FILMS:
            raise Refused("不能上传动态照片或连拍，请在手机上选出一张，另存为 JPG 后上传。")
        agrees = brand in _HEIF_BRANDS
    else:
        agrees = content.startswith(_FIRST_BYTES[source])
    if not agrees:
        raise Refused("文件内容与扩展名不符，请用相应软件打开后另存为 PDF、JPG 或 PNG 再上传。")


def _parse(content: bytes, source: Source) -> Parsed:
    try:
        facts, kept = PARSERS.run("parse", content, source=source.value)
    except Broken as error:
        raise Refused(BROKEN[source.kind]) from error
    if "refused" in facts:
        raise Refused(facts["refused"])
    return Parsed(kept, facts["pages"], facts["warning"])


def _source_of(name: str) -> Source:
    extension = split_extension(name)[1].lower()
    source = _EXTENSIONS.get(extension)
    if source is None:
        raise Refused(_HINT_BY_EXTENSION.get(extension, NOT_TAKEN))
    return source
