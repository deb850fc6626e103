"""The gate for evidence files: what is taken, in what shape, and what the person is told otherwise.

Extension, first bytes and parser must agree. PDFs are kept byte for byte (a signature stays valid), pictures
are written anew without metadata.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Protocol

from cehours.lib import pictures, portable_documents
from cehours.lib.evidence import Kind, Parsed, Refused
from cehours.lib.filenames import clean_name, split_extension

__all__ = [
    "MAX_BYTES",
    "Accepted",
    "Kind",
    "Parsed",
    "Refused",
    "clean_name",
    "examine",
    "parse",
    "read_capped",
]

MAX_BYTES = 20 * 1024 * 1024
_CHUNK = 64 * 1024


class Readable(Protocol):
    """An open binary file or Django's UploadedFile."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Accepted:
    """A file as it is stored. `size` in bytes and `sha256` (hex) are those of `content`."""

    content: bytes
    kind: Kind
    size: int
    sha256: str
    pages: int
    clean_name: str


_EXTENSIONS = {".pdf": Kind.PDF, ".jpg": Kind.JPEG, ".jpeg": Kind.JPEG, ".png": Kind.PNG}
_FIRST_BYTES = {Kind.PDF: b"%PDF-", Kind.JPEG: b"\xff\xd8\xff", Kind.PNG: b"\x89PNG\r\n\x1a\n"}
_HINTS = {
    ".doc .docx .docm .dot .dotx .wps .rtf .txt .odt": "请将 Word 文档另存为 PDF 后上传。",
    ".xls .xlsx .xlsm .et .csv .ods": "请将表格另存为 PDF 后上传。",
    ".ppt .pptx .pptm .dps": "请将演示文稿另存为 PDF 后上传。",
    ".ofd": "请将 OFD 文件另存为 PDF 后上传。",
    ".caj .nh .kdh": "请在 CAJ 阅读器中将文件打印或另存为 PDF 后上传。",
    ".zip .rar .7z .gz .tar": "请解压后逐个上传其中的 PDF 或图片。",
    ".heic .heif": "请将照片转为 JPG 后上传；苹果手机可在“设置－相机－格式”中选择“兼容性最佳”后重新拍摄。",
    ".gif .bmp .webp .tif .tiff .svg .ico .avif": "请将图片另存为 JPG 或 PNG 后上传。",
    ".mp4 .mov .avi .mp3 .wav": "不能上传音频或视频，请上传证书、证明的 PDF 或照片。",
}
_HINT_BY_EXTENSION = {extension: says for group, says in _HINTS.items() for extension in group.split()}


def examine(file: Readable, filename: str) -> Accepted:
    """Read `file` up to 20 MiB and decide. Raises Refused; nothing is written anywhere."""
    name = clean_name(filename)
    kind = _kind_of(name)
    content = read_capped(file)
    if not content.startswith(_FIRST_BYTES[kind]):
        raise Refused("文件内容与扩展名不符，请用相应软件打开后另存为 PDF、JPG 或 PNG 再上传。")
    parsed = parse(content, kind)
    if len(parsed.content) > MAX_BYTES:
        raise Refused("图片过大，请缩小尺寸或另存为 JPG 后上传。")
    digest = hashlib.sha256(parsed.content).hexdigest()
    return Accepted(parsed.content, kind, len(parsed.content), digest, parsed.pages, name)


def read_capped(file: Readable) -> bytes:
    """All bytes of `file`; stops reading and raises Refused as soon as it exceeds 20 MiB."""
    content = bytearray()
    while chunk := file.read(_CHUNK):
        content += chunk
        if len(content) > MAX_BYTES:
            raise Refused(f"文件超过 {MAX_BYTES // 1024 // 1024} MB，请压缩后上传，或拆分成几个文件。")
    if not content:
        raise Refused("文件是空的，请重新选择文件。")
    return bytes(content)


def parse(content: bytes, kind: Kind) -> Parsed:
    """All that runs a parser over foreign bytes: bytes in, bytes out, so a fenced process can do it.

    Raises Refused.
    """
    if kind is Kind.PDF:
        return portable_documents.parse(content)
    return pictures.parse(content, kind)


def _kind_of(name: str) -> Kind:
    extension = split_extension(name)[1].lower()
    kind = _EXTENSIONS.get(extension)
    if kind is None:
        raise Refused(_HINT_BY_EXTENSION.get(extension, "只能上传 PDF、JPG、PNG 文件，请转换后上传。"))
    return kind
