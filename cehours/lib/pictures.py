"""JPEG and PNG evidence: decoded, turned upright and written anew, so that only pixels remain."""

from __future__ import annotations

import io

from PIL import Image, ImageFile, ImageOps

from cehours.lib.evidence import Kind, Parsed, Refused

MAX_PIXELS = 40_000_000
JPEG_QUALITY = 90
# The modes both formats can hold; anything else becomes RGB.
_KEPT_MODES = {Kind.JPEG: frozenset({"L", "RGB"}), Kind.PNG: frozenset({"1", "L", "LA", "P", "RGB", "RGBA"})}
_DAMAGED = "图片无法打开，可能已损坏，请重新拍照或另存后上传。"


def parse(content: bytes, kind: Kind) -> Parsed:
    """The picture upright and without metadata. Raises Refused: damaged, animated or above 40 megapixels."""
    try:
        return Parsed(_written_anew(content, kind), pages=1)
    except Refused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused(_too_large()) from None
    except Exception as error:  # a decoder may stumble over foreign bytes in any way
        raise Refused(_DAMAGED) from error


def _written_anew(content: bytes, kind: Kind) -> bytes:
    # WeasyPrint turns this on for the whole process when it is imported; half a picture proves nothing.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    with Image.open(io.BytesIO(content), formats=[kind.name]) as picture:
        if picture.width * picture.height > MAX_PIXELS:
            raise Refused(_too_large())
        # A phone's JPEG may carry a second view; its first frame is the photo. A PNG with frames is a film.
        if kind is Kind.PNG and getattr(picture, "n_frames", 1) > 1:
            raise Refused("不能上传动态图片，请另存为普通 JPG 或 PNG 后上传。")
        picture.load()
        upright = ImageOps.exif_transpose(picture)
    if upright.mode.startswith("I"):
        upright = upright.point(lambda value: value / 256).convert("L")  # 16 bits a pixel to 8
    elif upright.mode not in _KEPT_MODES[kind]:
        upright = upright.convert("RGB")
    upright.info = {key: value for key, value in upright.info.items() if key == "transparency"}
    written = io.BytesIO()
    upright.save(written, format=kind.name, **({"quality": JPEG_QUALITY} if kind is Kind.JPEG else {}))
    return written.getvalue()


def _too_large() -> str:
    return f"图片超过 {MAX_PIXELS // 10_000} 万像素，请缩小尺寸后上传。"
