"""Photos and scans: decoded, turned upright and written anew, so that only pixels remain."""

from __future__ import annotations

import io
import math

from PIL import Image, ImageChops, ImageFile, ImageOps, JpegImagePlugin

from cehours.lib import limits
from cehours.lib.drawing import on_white
from cehours.lib.evidence import Kind, Parsed, Refused, Source
from cehours.lib.whole_pictures import JPEG_END, end_of_jpeg, mended_png

try:
    import pi_heif
except ImportError:  # the codec is left out where nobody wants it; such photos are then refused with a hint
    pi_heif = None

JPEG_QUALITY = 90
SMALL = 300  # pixels on the longer side: nobody reads a document smaller than that
# The modes both formats can hold; anything else becomes RGB.
_KEPT_MODES = {Kind.JPEG: frozenset({"L", "RGB"}), Kind.PNG: frozenset({"1", "L", "LA", "P", "RGB", "RGBA"})}
_GREY = frozenset({"1", "L", "I", "I;16", "I;16B"})
_BAND = 256  # lines of the smaller picture
_DAMAGED = "图片无法打开，可能已损坏，请重新拍照或另存后上传。"
_SMALLER = f"请缩小尺寸（{limits.MOST_PIXELS // 10_000} 万像素以内）"
_TOO_LARGE = f"图片太大，无法处理，{_SMALLER}，或用看图软件另存为 JPG 后上传。"
_LARGE_OR_DAMAGED = "图片太大或已损坏，无法处理，请缩小尺寸，或用看图软件另存为 JPG 后上传。"
_MOVING = "不能上传动态图片，请另存为普通 JPG 或 PNG 后上传。"
_NO_STILL = "不能上传动态照片或连拍，请在手机上选出一张，另存为 JPG 后上传。"
_FILMS = frozenset({b"hevc", b"hevx", b"hevm", b"hevs", b"msf1"})  # may hold no still picture
# Packed data of no meaning. What a decoder makes of lines that are missing depends on what follows.
_FILLING = (b"", b"\x55\xaa\x13" * 4096)


def parse(content: bytes, source: Source) -> Parsed:
    """The picture upright and without metadata. Raises Refused: damaged, animated, or too large to decode."""
    Image.MAX_IMAGE_PIXELS = None  # the limits here are those of `limits`, and the fence's memory
    # WeasyPrint turns this on for the whole process when it is imported; half a picture proves nothing.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    read = {Source.HEIF: _heif, Source.JPEG: _jpeg, Source.PNG: _png}[source]
    try:
        return _written_anew(read(content), source.kind)
    except Refused:
        raise
    except MemoryError:
        raise Refused(_TOO_LARGE) from None
    except Exception as error:  # a decoder may stumble over foreign bytes in any way
        raise Refused(_DAMAGED) from error


def _jpeg(content: bytes) -> Image.Image:
    """The first picture of the file; phones put a second view or a film behind it."""
    end, scans = end_of_jpeg(content)
    # Each scan of a progressive JPEG is a pass over all pixels.
    if scans > limits.MOST_SCANS:
        raise Refused("图片编码异常，请用手机或电脑的看图软件另存为 JPG 后上传。")
    if end is not None:
        return _decoded_jpeg(content[:end])
    first, second = (_decoded_jpeg(content + filling + JPEG_END) for filling in _FILLING)
    if ImageChops.difference(first.convert("RGB"), second.convert("RGB")).getbbox():
        raise Refused(_DAMAGED)
    return first


def _decoded_jpeg(content: bytes) -> Image.Image:
    # Not Image.open: by an index in the first picture it would look for the others, which are cut off.
    with JpegImagePlugin.JpegImageFile(io.BytesIO(content)) as picture:
        _check_size(*picture.size)
        shrink = _shrink(*picture.size)
        if shrink > 1:
            picture.draft(None, (picture.width // shrink, picture.height // shrink))  # decoded small
        try:
            picture.load()
        except OSError:  # libjpeg says the same of damage and of too little memory
            if shrink > 1:
                raise Refused(_LARGE_OR_DAMAGED) from None
            raise
        return _upright(picture)


def _png(content: bytes) -> Image.Image:
    try:
        return _decoded_png(content)
    except (OSError, SyntaxError):
        return _decoded_png(mended_png(content))


def _decoded_png(content: bytes) -> Image.Image:
    with Image.open(io.BytesIO(content), formats=["PNG"]) as picture:
        _check_size(*picture.size)
        if getattr(picture, "n_frames", 1) > 1:
            raise Refused(_MOVING)
        picture.load()
        return _upright(picture)


def _heif(content: bytes) -> Image.Image:
    """The primary picture of a HEIF file; the decoder turns it upright by itself."""
    pi_heif.options.DECODE_THREADS = 1  # behind the fence there are no threads
    try:
        photos = pi_heif.open_heif(io.BytesIO(content), convert_hdr_to_8bit=True)
    except (ValueError, RuntimeError, SyntaxError):
        if content[8:12] in _FILMS:
            raise Refused(_NO_STILL) from None
        raise
    photo = photos[photos.primary_index]
    _check_size(*photo.size)
    upright: Image.Image = photo.to_pillow()
    return upright


def _upright(picture: Image.Image) -> Image.Image:
    if _shrink(*picture.size) == 1:
        return ImageOps.exif_transpose(picture)
    ImageOps.exif_transpose(picture, in_place=True)  # no copy of a large one that stands upright already
    return picture


def _check_size(width: int, height: int) -> None:
    if width * height > limits.MOST_PIXELS_DECODED:
        raise Refused(_TOO_LARGE)


def _shrink(width: int, height: int) -> int:
    """By how much the sides are divided (a power of two), so that no more pixels are kept than allowed."""
    shrink = 1
    while width * height > limits.MOST_PIXELS * shrink**2:
        shrink *= 2
    return shrink


def _written_anew(upright: Image.Image, kind: Kind) -> Parsed:
    warning = _warning(upright)
    shrink = _shrink(*upright.size)
    upright = _shrunk(upright, shrink) if shrink > 1 else _flat(upright, _KEPT_MODES[kind])
    upright.info = {key: value for key, value in upright.info.items() if key == "transparency"}
    written = io.BytesIO()
    upright.save(written, format=kind.name, **({"quality": JPEG_QUALITY} if kind is Kind.JPEG else {}))
    return Parsed(written.getvalue(), pages=1, warning=warning)


def _flat(picture: Image.Image, modes: frozenset[str]) -> Image.Image:
    if picture.mode.startswith("I"):
        return picture.point(lambda value: value / 256).convert("L")  # 16 bits a pixel to 8
    return picture if picture.mode in modes else on_white(picture)


def _shrunk(picture: Image.Image, shrink: int) -> Image.Image:
    """In bands: a large picture fits into the fence's memory once, and not twice."""
    width, height = (math.ceil(side / shrink) for side in picture.size)
    mode = "L" if picture.mode in _GREY else "RGB"
    whole = Image.new(mode, (width, height))
    for top in range(0, height, _BAND):
        band = picture.crop((0, top * shrink, picture.width, min((top + _BAND) * shrink, picture.height)))
        whole.paste(_flat(band, frozenset({"L", "RGB"})).convert(mode).reduce(shrink), (0, top))
    return whole


def _warning(picture: Image.Image) -> str:
    if max(picture.size) >= SMALL:
        return ""
    return f"图片只有 {picture.width}×{picture.height} 像素，审核人员可能看不清，请确认是否需要换一张清晰的。"
