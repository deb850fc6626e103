"""What kind a file is, by its first bytes whatever it is called, and the name it then gets.

Phones, chat programs and portals give right files wrong endings, and put marks before a PDF; readers mind neither.
"""

from __future__ import annotations

import importlib.util
import re

from cehours.lib import limits
from cehours.lib.evidence import Source
from cehours.lib.filenames import split_extension

NOT_TAKEN = "只能上传 PDF、JPG、PNG 文件，请转换后上传。"
_HEIF_READ = importlib.util.find_spec("pi_heif") is not None

# The endings in use for each kind; the first is given to a file whose ending says something else.
ENDINGS = {
    Source.PDF: (".pdf",),
    Source.JPEG: (".jpg", ".jpeg"),
    Source.PNG: (".png",),
}
_OTHERS_IN_USE = (
    ".jfif .jfi .jif .jpe .pjpeg .pjp .jpg_large .apng .heic .heif .heics .heifs .hif .avci .image .img .tmp .dat"
    " .bin .download .crdownload .part"
)
_OTHER_ENDINGS = frozenset(_OTHERS_IN_USE.split())
_HEVC = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
_HEIF = frozenset({b"mif1", b"mif2", b"msf1"})  # of any coding
_AV1 = frozenset({b"avif", b"avis"})
_PICTURES = "请将图片另存为 JPG 或 PNG 后上传。"
_ARCHIVES = "请解压后逐个上传其中的 PDF 或图片。"
_FILMS = "不能上传音频或视频，请上传证书、证明的 PDF 或照片。"
_WEB_PAGE = "请将网页打印为 PDF 后上传。"
_SHORTCUT = "这是快捷方式，不是文件本身，请打开原文件，另存为 PDF 或图片后上传。"
_WORD = "请将 Word 文档另存为 PDF 后上传。"
_HINTS = {
    ".doc .docx .docm .dot .dotx .wps .rtf .txt .odt": _WORD,
    ".xls .xlsx .xlsm .et .csv .ods": "请将表格另存为 PDF 后上传。",
    ".ppt .pptx .pptm .dps": "请将演示文稿另存为 PDF 后上传。",
    ".ofd": "请将 OFD 文件另存为 PDF 后上传。",
    ".caj .nh .kdh": "请在 CAJ 阅读器中将文件打印或另存为 PDF 后上传。",
    ".zip .rar .7z .gz .tar": _ARCHIVES,
    ".gif .bmp .webp .tif .tiff .svg .svgz .ico .avif": _PICTURES,
    ".htm .html .mht .mhtml": _WEB_PAGE,
    ".mp4 .mov .avi .mp3 .wav": _FILMS,
}
_HEIF_HINT = "请将照片转为 JPG 后上传；苹果手机可在“设置－相机－格式”中选择“兼容性最佳”后重新拍摄。"
_HINT_BY_ENDING = {ending: says for group, says in _HINTS.items() for ending in group.split()}
# Names that make a computer run or fetch something are refused, whatever is inside.
_RUNS = {
    ".exe .com .scr .pif .bat .cmd .msi .ps1 .vbs .vbe .js .jse .wsf .hta .jar .apk .app .reg .cpl .dll .sh": NOT_TAKEN,
    ".url .lnk .scf .desktop .webloc": _SHORTCUT,
}
_RUNS_BY_ENDING = {ending: says for group, says in _RUNS.items() for ending in group.split()}
# First bytes of what is not taken: its name and the way out. What begins so is nothing else, not even behind it.
_OTHERS = (
    (b"GIF8", "GIF 图片", _PICTURES),
    (b"BM", "BMP 图片", _PICTURES),
    (b"II*\0", "TIFF 图片", _PICTURES),
    (b"MM\0*", "TIFF 图片", _PICTURES),
    (b"\0\0\1\0", "图标", _PICTURES),
    (b"\0\0\0\x0cjP  ", "JPEG 2000 图片", _PICTURES),
    (b"8BPS", "Photoshop 文件", _PICTURES),
    (b"PK", "压缩包或 Office 文档", "请打开后另存为 PDF；压缩包请解压后逐个上传其中的 PDF 或图片。"),
    (b"Rar!", "压缩包", _ARCHIVES),
    (b"7z\xbc\xaf", "压缩包", _ARCHIVES),
    (b"\x1f\x8b", "压缩包", _ARCHIVES),
    (b"\xd0\xcf\x11\xe0", "Office 文档", "请打开后另存为 PDF 再上传。"),
    (b"{\\rtf", "Word 文档", _WORD),
    (b"CAJ", "CAJ 文件", _HINT_BY_ENDING[".caj"]),
    (b"HN\0\0", "CAJ 文件", _HINT_BY_ENDING[".caj"]),
    (b"KDH", "CAJ 文件", _HINT_BY_ENDING[".caj"]),
    (b"ID3", "音频", _FILMS),
    (b"MIME-Version:", "网页", _WEB_PAGE),
    (b"%!PS", "PostScript 文件", "请另存为 PDF 后上传。"),
    (b"[InternetShortcut]", "快捷方式", _SHORTCUT),
    (b"MZ", "程序", NOT_TAKEN),
    (b"\x7fELF", "程序", NOT_TAKEN),
    (b"#!", "程序", NOT_TAKEN),
)
_JPEG, _PNG, _PDF = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-"
_MARKUP = re.compile(rb"<\s*[a-z!?/]", re.IGNORECASE)
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x1b%-12345X")  # of encodings, and of printers
_NO_TEXT = re.compile(r"[\x01-\x08\x0e-\x1f\x7f]")


def kind_of(content: bytes) -> Source | None:
    """The kind of a file that is taken, by its first bytes; None for everything else."""
    if content.startswith(_JPEG):
        return Source.JPEG
    if content.startswith(_PNG):
        return Source.PNG
    if _HEIF_READ and _is_heic(content):
        return Source.HEIF
    header = content.find(_PDF, 0, limits.MOST_BEFORE + len(_PDF))
    if header >= 0 and _means_nothing(content[:header]):
        return Source.PDF
    return None


def named(name: str, kind: Source) -> str:
    """`name` with an ending of its kind: a known ending that says otherwise is replaced, an unknown one kept before."""
    endings = ENDINGS[Source(kind.kind.value)]
    stem, ending = split_extension(re.sub(r"[．。](?=[A-Za-z0-9]{1,10}$)", ".", name))
    if ending.lower() in endings:
        return stem + ending
    known = (
        ending.lower() in taken_endings()
        or ending.lower() in _HINT_BY_ENDING
        or ending.lower() in _OTHER_ENDINGS
    )
    return (stem if known or not ending else stem + ending) + endings[0]


def runs(name: str) -> str:
    """Why a name is refused whatever is inside: it is that of a program or a shortcut. Empty for all others."""
    return _RUNS_BY_ENDING.get(split_extension(name)[1].lower(), "")


def instead(name: str, content: bytes) -> str:
    """What to do with a file of no kind that is taken, in one or two sentences."""
    ending = split_extension(name)[1].lower()
    if hint := hints().get(ending):
        return hint
    kind, way = _what_else(content)
    if ending in taken_endings():
        real = f"，实际是{kind}" if kind else ""
        return f"文件内容与扩展名不符{real}。{way or '请用相应软件打开后另存为 PDF、JPG 或 PNG 再上传。'}"
    return f"这是{kind}。{way}" if kind and way != NOT_TAKEN else NOT_TAKEN


def taken_endings() -> tuple[str, ...]:
    """The usual endings, with their dot and in small letters, of the files that are taken."""
    return tuple(ending for endings in ENDINGS.values() for ending in endings) + _heif_endings()


def hints() -> dict[str, str]:
    """For endings that are not taken: what to do instead. The page says the same before it sends a file."""
    heif = {} if _HEIF_READ else {".heic": _HEIF_HINT, ".heif": _HEIF_HINT}
    return {**_HINT_BY_ENDING, **_RUNS_BY_ENDING, **heif}


def first_bytes() -> list[str]:
    """How the usual files begin, a letter for each byte: for the page, which looks before it sends a file."""
    return [first.decode("latin-1") for first in (_PDF, _JPEG, _PNG)]


def _heif_endings() -> tuple[str, ...]:
    return (".heic", ".heif") if _HEIF_READ else ()


def _is_heic(content: bytes) -> bool:
    brands = _brands(content)
    return bool(brands & _HEVC) or bool(brands & _HEIF and not brands & _AV1)


def _brands(content: bytes) -> set[bytes]:
    """The brands of a file made of ISO boxes: the one it is, and those it also is."""
    if content[4:8] != b"ftyp":
        return set()
    size = min(int.from_bytes(content[:4], "big"), 256)
    return {content[8:12], *(content[at : at + 4] for at in range(16, size - 3, 4))}


def _means_nothing(before: bytes) -> bool:
    """Whether what stands before a PDF's header is no file of its own: marks, blanks, NULs, plain text."""
    if any(before.startswith(first) for first, _, _ in _OTHERS):
        return False
    for nothing in (*_MARKS, b"\0"):
        before = before.replace(nothing, b"")
    plain = before.strip()
    if any(plain.startswith(first) for first, _, _ in _OTHERS) or _MARKUP.search(plain):
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            return not _NO_TEXT.search(plain.decode(encoding))
        except UnicodeDecodeError:
            continue
    return False


def _what_else(content: bytes) -> tuple[str, str]:
    """What a file that is not taken is, and the way out; two empty texts where nobody knows."""
    if content[:4] == b"RIFF":
        return ("WebP 图片", _PICTURES) if content[8:12] == b"WEBP" else ("音频或视频", _FILMS)
    if content[4:8] == b"ftyp":
        if _is_heic(content):
            return "HEIC 照片", _HEIF_HINT
        return ("AVIF 图片", _PICTURES) if _brands(content) & _AV1 else ("音频或视频", _FILMS)
    for first, kind, way in _OTHERS:
        if content.startswith(first):
            return kind, way
    start = content[: limits.MOST_BEFORE].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<svg", b"<?xml")) and b"<svg" in start:
        return "SVG 图片", _PICTURES
    if start.startswith((b"<!doctype html", b"<html")) or b"<script" in start:
        return "网页", "多半没有登录或没有下载成功，请重新下载原文件；网页请打印为 PDF 后上传。"
    return "", ""
