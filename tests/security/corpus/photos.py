"""Pictures, harmless and not."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from typing import Any

from PIL import Image

# No library here writes HEIF. A red square of 64 x 64 pixels; and one with two pictures.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAUJtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAA"
    "AA5waXRtAAAAAAABAAAAImlsb2MAAAAAREAAAQABAAAAAAFmAAEAAAAAAAAAGgAAACNpaW5mAAAAAAABAAAAFWluZmUCAAAAAAEA"
    "AGh2YzEAAAAAwmlwcnAAAACkaXBjbwAAAHhodmNDAQNwAAAAAAAAAAAAHvAA/P34+AAADwMgAAEAGEABDAH//wNwAAADAJAAAAMA"
    "AAMAHroCQCEAAQArQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbqSSmubgQEDAgAAAMACAAAAwAIQCIAAQAHRAHBcrAiQAAAABRpc3Bl"
    "AAAAAAAAAEAAAABAAAAAEHBpeGkAAAAAAwgICAAAABZpcG1hAAAAAAAAAAEAAQOBAoMAAAAibWRhdAAAABYoAa8ZgPd8hTf/9/jH"
    "/X2r/ikFeLRw"
)
HEIC_BURST = base64.b64decode(
    "AAAAKGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZm1pZjFoZWljbWlhZgAAAgttZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAA"
    "AAAAAAAAAAAAAAAAAA5waXRtAAAAAAABAAAANGlsb2MAAAAAREAAAgABAAAAAAI7AAEAAAAAAAAAGgACAAAAAAJVAAEAAAAAAAAA"
    "GgAAADhpaW5mAAAAAAACAAAAFWluZmUCAAAAAAEAAGh2YzEAAAAAFWluZmUCAAAAAAIAAGh2YzEAAAABZGlwcnAAAAFAaXBjbwAA"
    "AHhodmNDAQNwAAAAAAAAAAAAHvAA/P34+AAADwMgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQCEAAQArQgEBA3AAAAMAkAAA"
    "AwAAAwAeoCCBBZbqSSmubgQEDAgAAAMACAAAAwAIQCIAAQAHRAHBcrAiQAAAABRpc3BlAAAAAAAAAEAAAABAAAAAEHBpeGkAAAAA"
    "AwgICAAAAHhodmNDAQNwAAAAAAAAAAAAHvAA/P34+AAADwMgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQCEAAQArQgEBA3AA"
    "AAMAkAAAAwAAAwAeoCCBBZbqSSmubgQEDAgAAAMACAAAAwAIQCIAAQAHRAHBcrAiQAAAABRpc3BlAAAAAAAAAEAAAABAAAAAEHBp"
    "eGkAAAAAAwgICAAAABxpcG1hAAAAAAAAAAIAAQOBAoMAAgOEBYYAAAA8bWRhdAAAABYoAa8ZgPd8hTf/9/jH/X2r/ikFeLRwAAAA"
    "FigBrxmA93yFN//7hWBHzXdvzQV4tHA="
)


def picture(
    format_: str = "JPEG", mode: str = "RGB", size: tuple[int, int] = (64, 48), **options: Any
) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, format=format_, **options)
    return out.getvalue()


def film(format_: str = "PNG", frames: int = 300) -> bytes:
    """Moving pictures: APNG, GIF, or the pages of a TIFF."""
    shades = [Image.new("RGB", (8, 8), (shade % 256, shade % 7, 0)) for shade in range(frames)]
    out = io.BytesIO()
    shades[0].save(out, format=format_, save_all=True, append_images=shades[1:])
    return out.getvalue()


def interlaced() -> bytes:
    """Adam7, which Pillow reads and does not write: one white pixel in seven passes, of which one is not empty."""
    head = struct.pack("!IIBBBBB", 1, 1, 8, 0, 0, 0, 1)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0\xff"))
        + chunk(b"IEND", b"")
    )


def chunk(name: bytes, content: bytes) -> bytes:
    """One part of a PNG with its checksum."""
    return struct.pack("!I", len(content)) + name + content + struct.pack("!I", zlib.crc32(name + content))


def with_text(kind: bytes, letters: int) -> bytes:
    """A PNG with a compressed text (zTXt, iTXt) of so many letters."""
    packed = zlib.compress(b"a" * letters)
    text = b"Comment\0\0" + packed if kind == b"zTXt" else b"Comment\0\1\0\0\0" + packed
    whole = picture("PNG")
    return whole[:33] + chunk(kind, text) + whole[33:]


def marked() -> bytes:
    """A photo that says where, when and with what it was taken, with a small copy of itself."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "CANARY-MAKER", 6
    exif.get_ifd(0x8825)[1] = "CANARY-GPS"
    exif.get_ifd(0x8769)[0xA431] = "CANARY-SERIAL"
    return picture("JPEG", exif=exif, comment=b"CANARY-COMMENT")
