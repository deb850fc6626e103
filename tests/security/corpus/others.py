"""What is neither PDF nor picture: archives, office files, web pages, shortcuts."""

from __future__ import annotations

import gzip
import io
import zipfile

SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
    b'<script>alert(1)</script><foreignObject/><use xlink:href="http://evil.example/x"/></svg>'
)
SVGZ = gzip.compress(SVG)
HTML = b"<!doctype html><script>alert(document.cookie)</script>"
MHTML = b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n\r\n" + HTML
SHORTCUT = b"[InternetShortcut]\r\nURL=file:///c:/windows/system32/calc.exe\r\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
RTF = rb"{\rtf1{\object\objocx{\*\objdata 0105000002000000}}}"
RAR = b"Rar!\x1a\x07\x01\x00" + bytes(64)
SEVEN = b"7z\xbc\xaf\x27\x1c" + bytes(64)
PROGRAM = b"MZ" + bytes(126)


def archive(**files: bytes) -> bytes:
    """A ZIP of these names and contents."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as inside:
        for name, content in (files or {"a.txt": b"a"}).items():
            inside.writestr(name, content)
    return out.getvalue()


def word(macros: bool = False) -> bytes:
    parts = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"}
    return archive(**parts, **({"word/vbaProject.bin": OLE} if macros else {}))


def ofd() -> bytes:
    return archive(**{"OFD.xml": b"<ofd:OFD/>"})
