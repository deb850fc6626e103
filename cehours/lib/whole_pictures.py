"""Where a picture ends in its file, and whether all of its lines are there.

What lies behind the end (the film of a motion photo, padding, a load) is cut off unread. A fault in what is thrown away
anyway, an end that is missing, is no fault of the picture.
"""

from __future__ import annotations

import struct
import zlib

JPEG_END = b"\xff\xd9"
_PNG_HEAD = 8
# Kept of a PNG that needs mending; texts and the film's mark stay, so that what they are refused for is still seen.
_PNG_PARTS = frozenset(
    {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"eXIf", b"acTL", b"tEXt", b"zTXt", b"iTXt"}
)
_RESTARTS = frozenset(range(0xD0, 0xD8))
_BARE = _RESTARTS | {0x01, 0xD8}  # markers that stand alone


def end_of_jpeg(content: bytes) -> tuple[int | None, int]:
    """Where the first picture of the file ends (None: it has no end), and how many scans it has.

    Walks the segments, so what they hold (a small copy of the photo, texts) is not taken for the picture.
    """
    at, scans = 2, 0
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 2 > len(content):
            return None, scans
        marker = content[at + 1]
        if marker == 0xD9:
            return at + 2, scans
        if marker in (0x00, 0xFF) or marker in _BARE:  # packed data, padding, or nothing but a marker
            at += 1 if marker == 0xFF else 2
            continue
        if marker == 0xDA:
            scans += 1
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")


def mended_png(content: bytes) -> bytes:
    """The parts that make the picture, with right sums and an end; what does not belong to it is left out."""
    parts, at = [content[:_PNG_HEAD]], _PNG_HEAD
    while at + 8 <= len(content):
        (size,) = struct.unpack_from("!I", content, at)
        name, data = content[at + 4 : at + 8], content[at + 8 : at + 8 + size]
        at += 12 + size
        if name == b"IEND":
            break
        if name in _PNG_PARTS:
            parts.append(_part(name, data))
    return b"".join([*parts, _part(b"IEND", b"")])


def _part(name: bytes, data: bytes) -> bytes:
    return struct.pack("!I", len(data)) + name + data + struct.pack("!I", zlib.crc32(name + data))
