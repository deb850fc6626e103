"""The categories of files and what becomes of each: taken as it is (A), made anew and taken (S), refused (R).

The numbers are those of the list the project was given (1-70 are about bytes and names, 71-80 about acts). Office
and OFD files are refused with a hint (policy decision A56). Where that list refuses and this table takes (15, 19, 22,
23, 32, 43, 60, 62), docs/uploads.md says why.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pikepdf

from tests.clamd import EICAR
from tests.security.corpus import others, pdfs, photos
from tests.security.corpus.pdfs import pdf, planted
from tests.security.corpus.photos import picture


@dataclass(frozen=True)
class Sample:
    """One file. `says` is part of the refusal; `heavy` ones run only with --long."""

    number: int
    what: str
    outcome: str
    name: str
    make: Callable[[], bytes]
    says: str = ""
    heavy: bool = False

    def __str__(self) -> str:
        return f"{self.number}-{self.what}"


def _plain(version: str) -> Callable[[], bytes]:
    return lambda: pdf(force_version=version)


def _active(number: int, case: str, says: str, *, packed: bool = False) -> Sample:
    return Sample(number, case, "R", "a.pdf", lambda: planted(case, packed=packed), says)


TAKEN = [
    *[Sample(1, f"PDF {version}", "A", "a.pdf", _plain(version)) for version in ("1.4", "1.7", "2.0")],
    Sample(
        2, "scan of 150 pages", "A", "a.pdf", lambda: pdfs.scanned(150, picture(size=(400, 560)), (400, 560))
    ),
    Sample(3, "signed by somebody else", "A", "a.pdf", pdfs.signed),
    Sample(4, "font not embedded", "A", "a.pdf", pdfs.with_song_font),
    Sample(5, "PDF/A", "A", "a.pdf", pdfs.archival),
    Sample(6, "linearised", "A", "a.pdf", lambda: pdf(3, linearize=True)),
    Sample(7, "JPEG", "S", "a.jpg", picture),
    Sample(7, "JPEG progressive", "S", "a.jpg", lambda: picture(progressive=True)),
    Sample(7, "JPEG CMYK", "S", "a.jpg", lambda: picture(mode="CMYK")),
    Sample(7, "JPEG grey", "S", "a.jpeg", lambda: picture(mode="L")),
    Sample(8, "PNG 16 bits", "S", "a.png", lambda: picture("PNG", "I;16")),
    Sample(8, "PNG palette", "S", "a.png", lambda: picture("PNG", "P")),
    Sample(8, "PNG interlaced", "S", "a.png", photos.interlaced),
    Sample(9, "JPEG lying on its side", "S", "a.jpg", photos.marked),
    Sample(10, "JPEG with a place and a camera", "S", "a.jpg", photos.marked),
    Sample(31, "one pixel", "S", "a.png", lambda: picture("PNG", size=(1, 1))),
    Sample(38, "JPEG and PHP", "S", "a.jpg", lambda: picture() + b"<?php CANARY ?>"),
    Sample(44, "PNG and JavaScript", "S", "a.png", lambda: picture("PNG") + b"<script>CANARY</script>"),
    Sample(59, "HEIC", "S", "a.heic", lambda: photos.HEIC),
    Sample(15, "link to a disk", "A", "a.pdf", lambda: planted("link to a disk")),
    *[
        Sample(19, f"{name} attached", "A", "a.pdf", lambda name=name: pdfs.with_attachment(name))
        for name in ("invoice.xml", "发票.XBRL", "invoice.ofd")
    ],
    Sample(
        22, "owner's password", "A", "a.pdf", lambda: pdf(encryption=pikepdf.Encryption(user="", owner="o"))
    ),
    Sample(23, "in need of repair", "A", "a.pdf", lambda: pdf().replace(b"startxref\n", b"startxref\n9")),
    Sample(43, "PDF and padding", "A", "a.pdf", lambda: pdf() + bytes(5245) + b"\r\n"),
    Sample(60, "HEIC burst", "S", "a.heic", lambda: photos.HEIC_BURST),
    Sample(60, "HEIC film", "S", "a.heic", lambda: photos.HEIC.replace(b"ftypheic", b"ftyphevc")),
    Sample(62, "PNG called JPEG", "S", "a.jpg", lambda: picture("PNG")),
    *[
        Sample(number, what, "S", name, picture)
        for number, what, name in (
            (64, "path", "../../x.jpg"),
            (64, "Windows path", "..\\..\\x.jpg"),
            (64, "path in entities", "a&#46;&#46;/x.jpg"),
            (65, "NUL", "a\0b.jpg"),
            (65, "line break", "a\r\nX-Injected: 1.jpg"),
            (66, "zero width", "证\u200b明.jpg"),
            (67, "300 letters", "a" * 300 + ".jpg"),
            (67, "255 bytes of Chinese", "汉" * 200 + ".jpg"),
            (68, "reserved", "CON.jpg"),
            (68, "leading dash", "-rf.jpg"),
            (68, "leading dot", ".htaccess.jpg"),
            (69, "tag", "<img src=x onerror=alert(1)>.jpg"),
            (69, "template", "{{7*7}}.jpg"),
            (69, "formula", "=cmd().jpg"),
            (70, "decomposed", "é.jpg"),
        )
    ],
]

REFUSED_PDF = [
    _active(11, "script when opened", "打开时执行"),
    _active(12, "action on a page", "自动执行"),
    _active(12, "action on the document", "自动执行"),
    _active(12, "field that calls out", "自动执行"),
    _active(13, "script behind another action", "脚本", packed=True),
    _active(14, "start a program", "启动程序"),
    _active(15, "link to a share", "其他计算机"),
    _active(15, "link to a host", "其他计算机"),
    _active(16, "another file", "其他文件"),
    _active(16, "an attached file", "附件"),
    _active(17, "send a form", "提交数据"),
    _active(17, "read a file", "导入数据"),
    _active(18, "dynamic form", "动态表单"),
    _active(19, "attachment", "附件"),
    _active(19, "folder of files", "附件"),
    _active(19, "empty folder of files", "附件"),
    _active(20, "flash", "多媒体"),
    _active(20, "model", "三维"),
    Sample(
        21,
        "password",
        "R",
        "a.pdf",
        lambda: pdf(encryption=pikepdf.Encryption(user="u", owner="o")),
        "去除密码",
    ),
    Sample(23, "cut", "R", "a.pdf", lambda: pdf(20)[:1500], "损坏"),
    Sample(23, "cut, with an end", "R", "a.pdf", lambda: pdf(20)[:1500] + b"\n%%EOF", "损坏"),
    Sample(24, "empty", "R", "a.pdf", lambda: b"", "空的"),
    Sample(25, "one byte", "R", "a.pdf", lambda: b"%", "不符"),
    Sample(26, "a byte too much", "R", "a.pdf", lambda: b"%PDF-" + bytes(20 * 1024 * 1024 - 4), "超过 20 MB"),
    Sample(28, "201 pages", "R", "a.pdf", lambda: pdf(201), "超过 200 页"),
    Sample(41, "GIF and PDF", "R", "a.pdf", lambda: b"GIF89a" + pdf(), "不符"),
    Sample(42, "page and PDF", "R", "a.pdf", lambda: others.HTML + pdf(), "不符"),
    Sample(
        43,
        "PDF and JAR",
        "R",
        "a.pdf",
        lambda: pdf() + others.archive(**{"META-INF/MANIFEST.MF": b"x"}),
        "末尾",
    ),
    Sample(43, "PDF and a small load", "R", "a.pdf", lambda: pdf() + b"PK\x03\x04", "末尾"),
    Sample(43, "PDF and a large load", "R", "a.pdf", lambda: pdf() + b"x" * 1025, "末尾"),
    Sample(48, "page called PDF", "R", "a.pdf", lambda: others.HTML, "不符"),
    Sample(50, "test virus", "R", "a.pdf", lambda: EICAR, "不符"),
    Sample(50, "test virus attached", "R", "a.pdf", lambda: planted("attachment"), "附件"),
]

REFUSED_PICTURES = [
    Sample(35, "APNG", "R", "a.png", photos.film, "动态图片"),
    Sample(35, "GIF", "R", "a.gif", lambda: photos.film("GIF"), "另存为 JPG"),
    Sample(35, "GIF called PNG", "R", "a.png", lambda: photos.film("GIF"), "不符"),
    Sample(36, "TIFF", "R", "a.tiff", lambda: photos.film("TIFF"), "另存为 JPG"),
    Sample(
        37,
        "half a JPEG",
        "R",
        "a.jpg",
        lambda: (whole := picture(size=(640, 480)))[: len(whole) // 2],
        "损坏",
    ),
    Sample(
        39, "JPEG's first bytes, then SVG", "R", "a.jpg", lambda: b"\xff\xd8\xff\xe0" + others.SVG, "损坏"
    ),
    *[
        Sample(45, f"{kind} called {name}", "R", name, lambda kind=kind: picture(kind), says)
        for kind in ("ICO", "BMP", "WEBP")
        for name, says in ((f"a.{kind.lower()}", "另存为 JPG"), ("a.png", "不符"))
    ],
]

REFUSED_OTHERS = [
    Sample(46, "SVG", "R", "a.svg", lambda: others.SVG, "另存为 JPG"),
    Sample(46, "SVG called PNG", "R", "a.png", lambda: others.SVG, "不符"),
    Sample(47, "SVGZ", "R", "a.svgz", lambda: others.SVGZ, "另存为 JPG"),
    Sample(49, "MHTML", "R", "a.mhtml", lambda: others.MHTML, "打印为 PDF"),
    *[
        Sample(49, name, "R", f"a.{name}", lambda: others.SHORTCUT, "快捷方式")
        for name in ("url", "lnk", "scf")
    ],
    Sample(51, "DOC", "R", "a.doc", lambda: others.OLE, "Word"),
    Sample(51, "DOCX", "R", "a.docx", others.word, "Word"),
    Sample(51, "DOCX called PDF", "R", "a.pdf", others.word, "不符"),
    Sample(52, "DOCM", "R", "a.docm", lambda: others.word(macros=True), "Word"),
    Sample(53, "XLSM", "R", "a.xlsm", lambda: others.word(macros=True), "表格"),
    Sample(53, "XLS", "R", "a.xls", lambda: others.OLE, "表格"),
    Sample(54, "RTF with an object", "R", "a.rtf", lambda: others.RTF, "Word"),
    Sample(55, "ZIP", "R", "a.zip", others.archive, "解压"),
    Sample(55, "RAR", "R", "a.rar", lambda: others.RAR, "解压"),
    Sample(55, "7z", "R", "a.7z", lambda: others.SEVEN, "解压"),
    Sample(58, "OFD", "R", "a.ofd", others.ofd, "OFD"),
    Sample(63, "two extensions", "R", "a.pdf.exe", lambda: others.PROGRAM, "只能上传"),
    Sample(66, "right to left", "R", "证明\u202efdp.exe", lambda: others.PROGRAM, "只能上传"),
]

SAMPLES = [*TAKEN, *REFUSED_PDF, *REFUSED_PICTURES, *REFUSED_OTHERS]
# What is no matter of bytes: where it is shown.
ACTS = {
    29: "security/test_lowered_limits.py::test_a_page_tree_is_followed_no_deeper_than_allowed",
    30: "security/test_lowered_limits.py::test_a_stream_is_measured_while_it_unpacks",
    32: "security/test_lowered_limits.py::test_a_picture_with_more_pixels_than_are_kept_is_made_smaller",
    33: "security/test_lowered_limits.py::test_a_picture_with_more_pixels_than_are_decoded_is_refused",
    34: "security/test_lowered_limits.py::test_compressed_text_in_a_picture_is_unpacked_no_further_than_allowed",
    40: "security/test_lowered_limits.py::test_the_passes_of_a_progressive_picture_are_counted",
    56: "security/test_lowered_limits.py::test_an_archive_is_refused_without_being_opened",
    57: "security/test_lowered_limits.py::test_an_archive_is_refused_without_being_opened",
    27: "security/test_upload_requests.py::test_a_length_that_lies_brings_in_no_more_than_the_limit",
    61: "security/test_upload_requests.py::test_what_the_browser_calls_the_content_does_not_matter",
    71: "applications/test_evidence_storage.py::test_the_same_bytes_of_two_people_are_stored_once_and_neither_learns",
    72: "applications/test_evidence_storage.py::test_the_same_bytes_of_two_people_are_stored_once_and_neither_learns",
    73: "security/test_hostile_uploads.py::test_a_file_for_a_foreign_case_or_one_under_review_goes_nowhere",
    74: "applications/test_evidence_storage.py::test_an_upload_that_breaks_off_leaves_nothing",
    75: "applications/test_evidence_files.py::test_thirty_uploads_at_once_never_exceed_the_limit",
    76: "applications/test_evidence_scanning.py::test_once_the_scanner_is_back_a_real_worker_drains_the_quarantine",
    77: "applications/test_evidence_scanning.py::test_while_the_scanner_is_away_a_file_waits_and_nobody_opens_it",
    78: "security/test_hostile_uploads.py::test_a_download_is_a_download_under_a_policy_that_runs_nothing",
    79: "journeys/test_browser_previews.py::test_looking_at_every_accepted_file_runs_nothing_and_asks_nobody_else",
    80: "security/test_upload_requests.py::test_no_answer_gives_away_an_address_in_the_storage",
}
