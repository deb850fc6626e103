"""PDF evidence: taken as it is when it only shows pages, refused when it can do more.

The object graph is walked, compressed object streams included; searching the bytes would miss those. A file with faults
in its bookkeeping is read twice, as it stands and repaired, and taken when both show the same pictures; the repair is
never kept.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf

from cehours.lib import doubled_keys, drawing, limits
from cehours.lib.document_acts import Acts
from cehours.lib.evidence import Parsed, Refused

_CHUNK = 256 * 1024

_DAMAGED = "PDF 无法完整打开，可能已损坏，请重新导出或扫描后上传。"
_IRREGULAR = (
    "PDF 的内部结构有误，不同软件打开后看到的可能不一样。请用浏览器打开，核对后“打印为 PDF”，上传新的文件。"
)
_TOO_LARGE_UNPACKED = "PDF 解压后过大，请用“打印为 PDF”的方式重新生成后上传。"
_TRAILING = "PDF 末尾附有其他数据，请用“打印为 PDF”的方式重新生成后上传。"
_PADDING = b"\0 \t\r\n\f"
_CONTAINERS = (pikepdf.Dictionary, pikepdf.Stream, pikepdf.Array)
# qpdf's words for faults that change no object: it reads every one where the table says.
_OF_NO_CONSEQUENCE = re.compile(
    r"reported number of objects|extraneous whitespace seen before xref"
    r"|xref entry for the xref stream itself is missing"
)
# ... and for what it could not read and left out.
_LOST = re.compile(
    r"loop detected|ignoring|treating|parse error|unexpected EOF|unable to recover", re.IGNORECASE
)
_ONE_BIT = frozenset({"/CCITTFaxDecode", "/CCF", "/JBIG2Decode"})
_COMPONENTS = {
    "/DeviceGray": 1,
    "/CalGray": 1,
    "/Indexed": 1,
    "/Separation": 1,
    "/DeviceRGB": 3,
    "/CalRGB": 3,
}


@dataclass(frozen=True)
class _Reading:
    """One reader's view of a file; `plain` is the same document written anew without its faults."""

    pages: int
    holds: tuple[str, ...]
    attached: tuple[bytes, ...]
    warnings: tuple[str, ...]
    plain: bytes = b""


def parse(content: bytes) -> Parsed:
    """The same bytes, the number of pages and what else they hold. Raises Refused."""
    _check_ending(content)
    body = content.rstrip(_PADDING) + b"\n"  # padding carries nothing, however long it is
    try:
        reading = _read(body, repair=False)
        if not all(_OF_NO_CONSEQUENCE.search(warning) for warning in reading.warnings):
            reading = _compared(body)
    except pikepdf.PasswordError:
        raise Refused("PDF 已加密，请去除密码后上传。") from None
    except pikepdf.PdfError:
        reading = _compared(body)
    _check_archive(content, reading.attached)
    return Parsed(content, reading.pages, _warning(reading.holds), reading.holds)


def holds(content: bytes) -> tuple[str, ...]:
    """What a file that was taken carries besides its pages; nothing where it cannot be told any more."""
    try:
        return _read(content.rstrip(_PADDING) + b"\n", repair=True).holds
    except (
        Refused,
        pikepdf.PdfError,
    ):  # taken before a rule became stricter: its pages are shown all the same
        return ()


def _warning(found: tuple[str, ...]) -> str:
    files = "、".join(each for each in found if each.startswith("附件"))
    return f"PDF 自带{files}，会列给审核人员，系统不会打开。" if files else ""


def _compared(body: bytes) -> _Reading:
    """The repaired file, if every reader sees the same pages and nothing was lost."""
    try:
        reading = _read(body, repair=True)
        if any(_LOST.search(re.sub(doubled_keys.WARNING, "", warning)) for warning in reading.warnings):
            raise Refused(_DAMAGED)
        for other in doubled_keys.other_readings(body, reading.warnings):
            _read(other, repair=True)
    except pikepdf.PdfError as error:
        raise Refused(_DAMAGED) from error
    except doubled_keys.Unclear as error:
        raise Refused(_IRREGULAR) from error
    try:
        same = drawing.same_pictures(body, reading.plain)
    except drawing.Undrawable as error:
        raise Refused(_DAMAGED) from error
    if not same:
        raise Refused(_IRREGULAR)
    return reading


def _read(body: bytes, *, repair: bool) -> _Reading:
    """Raises Refused, or PdfError where this reader cannot open it."""
    try:
        with pikepdf.open(io.BytesIO(body), attempt_recovery=repair) as document:
            if repair:
                _check_complete(document.Root.get("/Pages"))
            pages = _count_pages(document)
            acts = Acts()
            acts.look_at_catalog(document.Root)
            _walk(document, acts)
            warnings = tuple(document.get_warnings())
            plain = io.BytesIO()
            if repair:
                document.save(
                    plain, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False
                )
            return _Reading(pages, tuple(acts.holds), tuple(acts.attached), warnings, plain.getvalue())
    except (Refused, MemoryError, pikepdf.PdfError, pikepdf.PasswordError):
        raise
    except Exception as error:  # a parser may stumble over foreign bytes in any way
        raise Refused(_DAMAGED) from error


def _check_ending(content: bytes) -> None:
    """A file that carries a load behind its end is not only a PDF."""
    end = max(content.rfind(b"%%EOF"), content.rfind(b"startxref"), content.rfind(b"endobj"))
    if end < 0:
        raise Refused(_DAMAGED)
    trailing = re.sub(rb"\A(%%EOF|startxref\s+\d*|endobj)", b"", content[end:]).strip(_PADDING)
    if len(trailing) > limits.MOST_TRAILING or b"PK" in trailing:
        raise Refused(_TRAILING)


def _check_archive(content: bytes, attached: Iterable[bytes]) -> None:
    """A file that is also an archive is refused. An attached OFD is an archive by itself, and only there."""
    for own in attached:
        if own:
            content = content.replace(own, b"")
    if zipfile.is_zipfile(io.BytesIO(content)):
        raise Refused(_TRAILING)


def _check_complete(node: Any, depth: int = 0) -> None:
    """No page, content, picture or font that the repaired file speaks of is missing."""
    if not isinstance(node, pikepdf.Dictionary) or depth > limits.DEEPEST_PAGE_TREE:
        raise Refused(_DAMAGED)
    kids = node.get("/Kids")
    if isinstance(kids, pikepdf.Array):
        for kid in kids.as_list():
            _check_complete(kid, depth + 1)
        return
    resources = node.get("/Resources")
    named: list[Any] = list(resources.values()) if isinstance(resources, pikepdf.Dictionary) else []
    contents = node.get("/Contents")
    parts: list[Any] = list(contents.as_list()) if isinstance(contents, pikepdf.Array) else []
    looked_up = [part for part in (node, *named) if isinstance(part, pikepdf.Dictionary)]
    if None in parts or any(value is None for part in looked_up for _, value in part.items()):
        raise Refused(_DAMAGED)


def _count_pages(document: pikepdf.Pdf) -> int:
    pages = len(document.pages)
    if pages == 0:
        raise Refused("PDF 没有页面，请重新导出后上传。")
    if pages > limits.MOST_PAGES:
        raise Refused(f"PDF 共 {pages} 页，超过 {limits.MOST_PAGES} 页，请只保留需要的页后上传。")
    return pages


def _walk(document: pikepdf.Pdf, acts: Acts) -> None:
    if len(document.objects) > limits.MOST_OBJECTS:
        raise Refused("PDF 结构过于复杂，请用“打印为 PDF”的方式重新生成后上传。")
    decoded = 0
    for top in (document.trailer, *document.objects):
        for item, entries in _direct_parts(top):
            acts.look_at(item, entries)
            if isinstance(item, pikepdf.Stream):
                decoded += _decoded_size(item)
                if decoded > limits.MOST_DECODED_DOCUMENT:
                    raise Refused(_TOO_LARGE_UNPACKED)


def _direct_parts(top: pikepdf.Object) -> Iterator[tuple[pikepdf.Object, dict[str, Any]]]:
    """`top` and the dictionaries inside it with their entries; references are not followed.

    What they point to is an object of the document and is walked as such.
    """
    waiting = [top]
    while waiting:
        item = waiting.pop()
        children: Iterable[Any]
        if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
            entries = dict(item.items())
            yield item, entries
            children = entries.values()
        elif isinstance(item, pikepdf.Array):
            children = item.as_list()
        else:
            continue
        waiting += [child for child in children if isinstance(child, _CONTAINERS) and not child.is_indirect]


def _decoded_size(stream: pikepdf.Stream) -> int:
    """Bytes the stream unpacks to, measured without keeping them. Refuses more than a page can need."""
    filters = _filters(stream)
    is_image = stream.get("/Subtype") == "/Image"
    if is_image and _image_bytes(stream, filters) > limits.MOST_DECODED_IMAGE:
        raise Refused("PDF 中的图片过大，请降低扫描分辨率（300 dpi 即可）后上传。")
    chunks = iter([stream.read_raw_bytes()])
    for name in filters:
        if name not in ("/FlateDecode", "/Fl"):
            break
        chunks = _inflated(chunks)
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > (limits.MOST_DECODED_IMAGE if is_image else limits.MOST_DECODED_STREAM):
            raise Refused(_TOO_LARGE_UNPACKED)
    return size


def _image_bytes(stream: pikepdf.Stream, filters: list[str]) -> int:
    """What an image takes when it is drawn: a black and white scan an eighth of a byte a pixel, colours more."""
    pixels = int(stream.get("/Width", 0)) * int(stream.get("/Height", 0))
    if bool(stream.get("/ImageMask", False)) or not _ONE_BIT.isdisjoint(filters):
        return pixels // 8
    space = stream.get("/ColorSpace")
    name = space[0] if isinstance(space, pikepdf.Array) and len(space) else space
    bits = int(stream.get("/BitsPerComponent", 8))
    if bits == 1 and _COMPONENTS.get(str(name)) == 1:
        return pixels // 8
    return pixels * limits.BYTES_A_PIXEL


def _filters(stream: pikepdf.Stream) -> list[str]:
    filters = stream.get("/Filter", pikepdf.Array())
    return [str(name) for name in ([filters] if isinstance(filters, pikepdf.Name) else filters.as_list())]


def _inflated(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Deflated data without its two first bytes; a wrong sum behind the last one changes nothing that is drawn."""
    inflate, started = zlib.decompressobj(-zlib.MAX_WBITS), False
    for chunk in chunks:
        rest = chunk if started else chunk[2:]
        started = True
        while rest and not inflate.eof:
            yield inflate.decompress(rest, _CHUNK)
            rest = inflate.unconsumed_tail
