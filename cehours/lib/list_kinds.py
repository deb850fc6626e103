"""What a list's file really is, by its first bytes; and its characters, where it is text.

Whatever is no list is refused by its name, with what to click.
"""

from __future__ import annotations

import codecs
import io
import re
import zipfile

from cehours.lib.refusal import Refusal

SAVE = "请用 Excel 或 WPS 打开，点“文件”→“另存为”，类型选“Excel 工作簿（*.xlsx）”，再上传。"
NOT_READ = f"不是可以读取的 Excel 文件（.xlsx）。{SAVE}"
LOCKED = (
    "文件设有打开密码，不能读取。请在 Excel 或 WPS 中打开，点“文件”→“信息”→“保护工作簿”，取消密码，"
    "保存后再上传。"
)
GARBLED = (
    "文件中的汉字已经变成乱码，读不出来。请从原来的系统重新导出，或另存为“Excel 工作簿（*.xlsx）”再上传。"
)
NO_TEXT = f"不是表格文件。请上传 Excel 工作簿（.xlsx）或 CSV 文件。其他表格，{SAVE}"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = (
    (b"%PDF-", "PDF"),
    (b"\xff\xd8\xff", "图片"),
    (b"\x89PNG", "图片"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
)
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def is_workbook(content: bytes) -> bool:
    """Whether it is an .xlsx; False for what may be text. Raises Refusal for every other kind, by its name."""
    if content.startswith(_OLE):
        raise Refusal(_ole(content))
    for mark, name in _OTHERS:
        if content.startswith(mark):
            raise Refusal(f"这是{name}，不是表格。请上传 Excel 工作簿（.xlsx）或 CSV 文件。")
    if not content.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            kind = archive.read("mimetype")[:80] if _small(parts, "mimetype") else b""
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError) as error:
        raise Refusal(NOT_READ) from error
    if says := _other_package({part.filename for part in parts}, kind):
        raise Refusal(says)
    if any(part.flag_bits & 1 for part in parts):
        raise Refusal(LOCKED)
    return True


def decoded(content: bytes) -> str:
    """The characters of a text file: by its mark, else UTF-8, else GB 18030, which Excel writes here.

    Raises Refusal for what is no text, or was spoilt before.
    """
    encodings = [name for mark, name in _MARKS if content.startswith(mark)] or ["utf-8", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _NO_TEXT.search(text):
            continue
        if "\ufffd" in text or "锟斤拷" in text:
            raise Refusal(GARBLED)
        if (
            text.lstrip()[:400]
            .lower()
            .startswith(("<!doctype", "<html", "<?xml", "<table", "<meta", "mime-version"))
        ):
            raise Refusal(f"这是网页格式的表格（名称虽为 .xls），不能直接读取。{SAVE}")
        return text
    raise Refusal(NO_TEXT)


def _ole(content: bytes) -> str:
    """Older programs' container: a workbook of Excel 97, one of WPS, or any file that was given a password."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        return LOCKED
    if "WordDocument".encode("utf-16-le") in content:
        return f"这是 Word 文件，不是表格。请把表格复制到 Excel 中。{SAVE}"
    return f"这是旧版 Excel（.xls）或 WPS 表格（.et）文件，不能直接读取。{SAVE}"


def _other_package(names: set[str], kind: bytes) -> str:
    if kind.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        return f"这是 OpenDocument 表格（.ods），不能直接读取。{SAVE}"
    if "xl/workbook.bin" in names:
        return f"这是 Excel 二进制工作簿（.xlsb），不能直接读取。{SAVE}"
    if any(name.startswith("word/") for name in names):
        return f"这是 Word 文件，不是表格。请把表格复制到 Excel 中。{SAVE}"
    if any(name.endswith(".iwa") for name in names):
        return "这是苹果 Numbers 表格，不能直接读取。请在 Numbers 中点“文件”→“导出为”→“Excel”，再上传。"
    return ""


def _small(parts: list[zipfile.ZipInfo], name: str) -> bool:
    return any(part.filename == name and part.file_size < 1000 for part in parts)
