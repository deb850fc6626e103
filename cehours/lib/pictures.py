"""Photos and scans: decoded, turned upright and written anew, so that only pixels remain."""

from __future__ import annotations

import io

from PIL import Image, ImageFile, ImageOps

from cehours.lib import limits
from cehours.lib.evidence import Kind, Parsed, Refused, Source

try:
    import pi_heif
except ImportError:  # the codec is left out where nobody wants it; such photos are then refused with a hint
    pi_heif = None

JPEG_QUALITY = 90
SMALL = 300  # pixels on the longer side: nobody reads a document smaller than that
# The modes both formats can hold; anything else becomes RGB.
_KEPT_MODES = {Kind.JPEG: frozenset({"L", "RGB"}), Kind.PNG: frozenset({"1", "L", "LA", "P", "RGB", "RGBA"})}
_DAMAGED = "图片无法打开，可能已损坏，请重新拍照或另存后上传。"
_MOVING = "不能上传动态图片或连拍，请另存为普通 JPG 或 PNG 后上传。"
_START_OF_SCAN = b"\xff\xda"


def parse(content: bytes, source: Source) -> Parsed:
    """The picture upright and without metadata. Raises Refused: damaged, animated or above 40 megapixels."""
    try:
        picture = _heif(content) if source is Source.HEIF else _opened(content, source.kind)
        return _written_anew(picture, source.kind)
    except (Refused, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused(_too_large()) from None
    except Exception as error:  # a decoder may stumble over foreign bytes in any way
        raise Refused(_DAMAGED) from error


def _opened(content: bytes, kind: Kind) -> Image.Image:
    # WeasyPrint turns this on for the whole process when it is imported; half a picture proves nothing.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    # Each scan of a progressive JPEG is a pass over all pixels. In the packed data FF is never followed by DA.
    if kind is Kind.JPEG and content.count(_START_OF_SCAN) > limits.MOST_SCANS:
        raise Refused("图片编码异常，请用手机或电脑的看图软件另存为 JPG 后上传。")
    with Image.open(io.BytesIO(content), formats=[kind.name]) as picture:
        _check_size(picture.width, picture.height)
        # A phone's JPEG may carry a second view; its first frame is the photo. A PNG with frames is a film.
        if kind is Kind.PNG and getattr(picture, "n_frames", 1) > 1:
            raise Refused(_MOVING)
        picture.load()
        return ImageOps.exif_transpose(picture)


def _heif(content: bytes) -> Image.Image:
    """The one picture of a HEIF file; the decoder turns it upright by itself."""
    pi_heif.options.DECODE_THREADS = 1  # behind the fence there are no threads
    photo = pi_heif.open_heif(io.BytesIO(content), convert_hdr_to_8bit=True)
    if len(photo) != 1:
        raise Refused(_MOVING)
    _check_size(*photo.size)
    upright: Image.Image = photo.to_pillow()
    return upright


def _check_size(width: int, height: int) -> None:
    if width * height > limits.MOST_PIXELS:
        raise Refused(_too_large())


def _written_anew(upright: Image.Image, kind: Kind) -> Parsed:
    if upright.mode.startswith("I"):
        upright = upright.point(lambda value: value / 256).convert("L")  # 16 bits a pixel to 8
    elif upright.mode not in _KEPT_MODES[kind]:
        upright = upright.convert("RGB")
    upright.info = {key: value for key, value in upright.info.items() if key == "transparency"}
    written = io.BytesIO()
    upright.save(written, format=kind.name, **({"quality": JPEG_QUALITY} if kind is Kind.JPEG else {}))
    return Parsed(written.getvalue(), pages=1, warning=_warning(upright))


def _warning(picture: Image.Image) -> str:
    if max(picture.size) >= SMALL:
        return ""
    return f"图片只有 {picture.width}×{picture.height} 像素，审核人员可能看不清，请确认是否需要换一张清晰的。"


def _too_large() -> str:
    return f"图片超过 {limits.MOST_PIXELS // 10_000} 万像素，请缩小尺寸后上传。"
