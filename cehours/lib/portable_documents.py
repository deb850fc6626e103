"""PDF evidence: taken as it is when it only shows pages, refused when it can do anything.

The object graph is walked, compressed object streams included; searching the bytes would miss those.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

import pikepdf

from cehours.lib import limits
from cehours.lib.evidence import Parsed, Refused

_CHUNK = 256 * 1024

_DAMAGED = "PDF 无法完整打开，可能已损坏，请重新导出或扫描后上传。"
_ACTIVE = "PDF 含有{what}，不能上传，请用“打印为 PDF”的方式重新生成后上传。"
_TOO_LARGE_UNPACKED = "PDF 解压后过大，请用“打印为 PDF”的方式重新生成后上传。"
_KEYS = {
    "/JS": "脚本",
    "/JavaScript": "脚本",
    "/AA": "自动执行的动作",
    "/EmbeddedFiles": "附件",
    "/EF": "附件",
    "/XFA": "动态表单",
    "/RichMediaContent": "多媒体内容",
}
_ACTIONS = {
    "/JavaScript": "脚本",
    "/Launch": "启动程序的动作",
    "/SubmitForm": "提交数据的动作",
    "/ImportData": "导入数据的动作",
    "/GoToR": "指向其他文件的链接",
    "/GoToE": "指向附件的链接",
    "/Rendition": "多媒体内容",
    "/Movie": "多媒体内容",
    "/Sound": "多媒体内容",
    "/RichMediaExecute": "多媒体内容",
}
_SUBTYPES = {
    "/FileAttachment": "附件",
    "/EmbeddedFile": "附件",
    "/RichMedia": "多媒体内容",
    "/3D": "三维内容",
    "/Movie": "多媒体内容",
    "/Sound": "多媒体内容",
    "/Screen": "多媒体内容",
}
_CONTAINERS = (pikepdf.Dictionary, pikepdf.Stream, pikepdf.Array)
_OPEN_SCHEMES = frozenset({"http", "https", "mailto", "tel"})


def parse(content: bytes) -> Parsed:
    """The same bytes and the number of pages. Raises Refused."""
    _check_ending(content)
    try:
        # Readers repair a damaged file each in their own way, so what was checked is not what they show.
        with pikepdf.open(io.BytesIO(content), attempt_recovery=False) as document:
            if document.is_encrypted:
                raise Refused("PDF 设有打印或编辑限制，请在浏览器中打开后“打印为 PDF”，再上传新的文件。")
            pages = _count_pages(document)
            _walk(document)
            if document.get_warnings():
                raise Refused(_DAMAGED)
    except (Refused, MemoryError):
        raise
    except pikepdf.PasswordError:
        raise Refused("PDF 已加密，请去除密码后上传。") from None
    except Exception as error:  # a parser may stumble over foreign bytes in any way
        raise Refused(_DAMAGED) from error
    return Parsed(content, pages)


def _check_ending(content: bytes) -> None:
    """A file that is also an archive, or carries a load behind its end, is not only a PDF."""
    end = content.rfind(b"%%EOF")
    if end < 0:
        raise Refused(_DAMAGED)
    trailing = content[end + len(b"%%EOF") :]
    if len(trailing) > limits.MOST_TRAILING or b"PK" in trailing or zipfile.is_zipfile(io.BytesIO(content)):
        raise Refused("PDF 末尾附有其他数据，请用“打印为 PDF”的方式重新生成后上传。")


def _count_pages(document: pikepdf.Pdf) -> int:
    pages = len(document.pages)
    if pages == 0:
        raise Refused("PDF 没有页面，请重新导出后上传。")
    if pages > limits.MOST_PAGES:
        raise Refused(f"PDF 共 {pages} 页，超过 {limits.MOST_PAGES} 页，请只保留需要的页后上传。")
    return pages


def _walk(document: pikepdf.Pdf) -> None:
    if len(document.objects) > limits.MOST_OBJECTS:
        raise Refused("PDF 结构过于复杂，请用“打印为 PDF”的方式重新生成后上传。")
    decoded = 0
    for top in (document.trailer, *document.objects):
        for item, entries in _direct_parts(top):
            _check_dictionary(entries)
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


def _check_dictionary(entries: dict[str, Any]) -> None:
    for key in _KEYS.keys() & entries.keys():
        raise Refused(_ACTIVE.format(what=_KEYS[key]))
    for key, refused in (("/S", _ACTIONS), ("/Subtype", _SUBTYPES), ("/Type", _SUBTYPES)):
        value = entries.get(key)
        if isinstance(value, pikepdf.Name) and str(value) in refused:
            raise Refused(_ACTIVE.format(what=refused[str(value)]))
    opening = entries.get("/OpenAction")
    if isinstance(opening, pikepdf.Dictionary) and opening.get("/S") != "/GoTo":
        raise Refused(_ACTIVE.format(what="打开时执行的动作"))
    address = entries.get("/URI")
    if isinstance(address, pikepdf.String) and _leads_elsewhere(str(address)):
        raise Refused(_ACTIVE.format(what="指向本机或内网文件的链接"))


def _leads_elsewhere(address: str) -> bool:
    """Whether a link may reach files or run code instead of opening a web page."""
    plain = re.sub(r"[\x00-\x20]", "", address).lower()
    scheme = re.match(r"([a-z][a-z0-9+-]*):", plain)
    return plain.startswith((r"\\", "//")) or (scheme is not None and scheme[1] not in _OPEN_SCHEMES)


def _decoded_size(stream: pikepdf.Stream) -> int:
    """Bytes the stream unpacks to, measured without keeping them. Refuses more than a page can need."""
    is_image = stream.get("/Subtype") == "/Image"
    if is_image and int(stream.get("/Width", 0)) * int(stream.get("/Height", 0)) > limits.MOST_IMAGE_PIXELS:
        raise Refused("PDF 中的图片过大，请降低扫描分辨率（300 dpi 即可）后上传。")
    chunks = iter([stream.read_raw_bytes()])
    for name in _filters(stream):
        if name not in ("/FlateDecode", "/Fl"):
            break
        chunks = _inflated(chunks)
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > (limits.MOST_DECODED_IMAGE if is_image else limits.MOST_DECODED_STREAM):
            raise Refused(_TOO_LARGE_UNPACKED)
    return size


def _filters(stream: pikepdf.Stream) -> list[str]:
    filters = stream.get("/Filter", pikepdf.Array())
    return [str(name) for name in ([filters] if isinstance(filters, pikepdf.Name) else filters.as_list())]


def _inflated(chunks: Iterator[bytes]) -> Iterator[bytes]:
    inflate = zlib.decompressobj()
    for chunk in chunks:
        rest = chunk
        while rest and not inflate.eof:
            yield inflate.decompress(rest, _CHUNK)
            rest = inflate.unconsumed_tail
