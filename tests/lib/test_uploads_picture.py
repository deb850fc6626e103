import io
import random
import struct

import pytest
from PIL import Image, PngImagePlugin

from cehours.lib import drawing, file_kinds
from cehours.lib.uploads import Kind
from tests.security.corpus import photos
from tests.security.corpus.asking import refusal, taken
from tests.security.corpus.photos import picture


@pytest.mark.parametrize(
    ("format_", "mode", "name"),
    [
        ("JPEG", "RGB", "a.jpg"),
        ("JPEG", "L", "a.jpeg"),
        ("JPEG", "CMYK", "a.JPG"),
        ("PNG", "1", "a.png"),
        ("PNG", "P", "a.png"),
        ("PNG", "LA", "a.png"),
        ("PNG", "RGBA", "a.png"),
        ("PNG", "I;16", "a.png"),
    ],
)
def test_every_usual_kind_of_picture_is_taken(format_, mode, name):
    accepted = taken(picture(format_, mode), name)

    assert accepted.kind.name == format_
    assert accepted.pages == 1
    with Image.open(io.BytesIO(accepted.content), formats=[format_]) as written:
        assert written.size == (64, 48)


def test_a_progressive_jpeg_is_taken():
    assert taken(picture(progressive=True), "a.jpg").kind is Kind.JPEG


def test_sixteen_bit_grey_keeps_its_brightness():
    out = io.BytesIO()
    Image.new("I;16", (8, 8), 0x8000).save(out, format="PNG")

    with Image.open(io.BytesIO(taken(out.getvalue(), "a.png").content)) as written:
        assert written.getpixel((0, 0)) == 128


def test_a_see_through_palette_stays_see_through():
    source = Image.new("P", (8, 8), 0)
    source.putpalette([255, 0, 0, 0, 255, 0])
    out = io.BytesIO()
    source.save(out, format="PNG", transparency=0)

    with Image.open(io.BytesIO(taken(out.getvalue(), "a.png").content)) as written:
        assert written.convert("RGBA").getpixel((0, 0)) == (255, 0, 0, 0)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_stored_upright(orientation):
    source = Image.new("L", (60, 40), 255)
    source.paste(0, (0, 0, 20, 20))
    exif = Image.Exif()
    exif[0x0112] = orientation
    out = io.BytesIO()
    source.save(out, format="JPEG", exif=exif)

    # Where the dark corner ends up for a viewer, by the definition of the tag.
    left, top = {1: (1, 1), 2: (0, 1), 3: (0, 0), 4: (1, 0), 5: (1, 1), 6: (0, 1), 7: (0, 0), 8: (1, 0)}[
        orientation
    ]
    with Image.open(io.BytesIO(taken(out.getvalue(), "a.jpg").content)) as written:
        assert written.size == ((60, 40) if orientation < 5 else (40, 60))
        corner = (5 if left else written.width - 6, 5 if top else written.height - 6)
        assert written.getpixel(corner) < 30


def test_nothing_of_the_camera_the_place_or_the_author_remains():
    exif = Image.Exif()
    exif[0x010F] = "CANARY-MAKER"
    exif.get_ifd(0x8825)[1] = "CANARY-GPS"
    jpeg = picture("JPEG", exif=exif, comment=b"CANARY-COMMENT") + b"<?php CANARY ?>"
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "CANARY-AUTHOR")
    text.add_itxt("XML:com.adobe.xmp", "CANARY-XMP", zip=False)
    png = picture("PNG", pnginfo=text, exif=exif)

    for content, name in ((jpeg, "a.jpg"), (png, "a.png")):
        assert b"CANARY" in content
        assert b"CANARY" not in taken(content, name).content
        with Image.open(io.BytesIO(taken(content, name).content)) as written:
            assert not written.getexif()


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(
    ("format_", "mode", "size", "kept"),
    [
        ("JPEG", "RGB", (8064, 6048), (4032, 3024)),
        ("JPEG", "RGB", (12000, 9000), (6000, 4500)),
        ("JPEG", "L", (16320, 12240), (4080, 3060)),
        ("PNG", "1", (7016, 9921), (3508, 4961)),
        ("PNG", "P", (7000, 7000), (3500, 3500)),
    ],
)
def test_a_large_photo_or_scan_is_taken_and_kept_no_larger_than_needed(format_, mode, size, kept):
    accepted = taken(picture(format_, mode, size), "a.jpg")

    with Image.open(io.BytesIO(accepted.content)) as written:
        assert written.size == kept


def test_a_film_is_refused():
    out = io.BytesIO()
    frames = [Image.new("RGB", (8, 8), (shade, 0, 0)) for shade in range(3)]
    frames[0].save(out, format="PNG", save_all=True, append_images=frames[1:])

    assert "动态图片" in refusal(out.getvalue(), "a.png")
    assert "动态图片" in refusal(out.getvalue()[:-12], "a.png")


def test_a_damaged_picture_is_refused_even_where_weasyprint_was_loaded_first():
    import weasyprint  # noqa: F401 -- it makes Pillow lenient

    jpeg = picture("JPEG", size=(640, 480), quality=95)
    png = picture("PNG", size=(640, 480))

    assert "损坏" in refusal(jpeg[: len(jpeg) // 2], "a.jpg")
    assert "损坏" in refusal(png[: len(png) // 2], "a.png")
    assert "损坏" in refusal(b"\xff\xd8\xff\xe0<svg onload='alert(1)'/>", "a.jpg")


def test_a_photo_in_heif_is_stored_as_an_upright_jpeg():
    accepted = taken(photos.HEIC, "毕业证书.HEIC")

    assert accepted.kind is Kind.JPEG
    assert accepted.clean_name == "毕业证书.jpg"
    with Image.open(io.BytesIO(accepted.content), formats=["JPEG"]) as written:
        red, green, blue = written.convert("RGB").getpixel((32, 32))
        assert written.size == (64, 64)
        assert red > 150 > 90 > max(green, blue)


def test_of_a_heif_with_several_pictures_the_primary_one_is_taken():
    with Image.open(io.BytesIO(taken(photos.HEIC_BURST, "a.heic").content), formats=["JPEG"]) as written:
        assert written.size == (64, 64)
    assert taken(photos.HEIC.replace(b"ftypheic", b"ftyphevc"), "a.heic").clean_name == "a.jpg"


def test_a_heif_without_a_whole_picture_is_refused():
    assert "重新拍照" in refusal(photos.HEIC[:200], "a.heic")
    assert "选出一张" in refusal(photos.HEIC[:200].replace(b"ftypheic", b"ftyphevc"), "a.heic")


def test_without_the_codec_a_phone_is_told_which_setting_helps(monkeypatch):
    monkeypatch.setattr(file_kinds, "_HEIF_READ", False)

    assert "兼容性最佳" in refusal(photos.HEIC, "照片.HEIC")
    assert "兼容性最佳" in refusal(photos.HEIC, "照片.jpg")


def noisy(size: tuple[int, int] = (320, 240), **options) -> bytes:
    """A JPEG whose every line differs, so that a missing one shows."""
    shades = random.Random(7).randbytes(size[0] * size[1])
    out = io.BytesIO()
    Image.frombytes("L", size, shades).save(out, format="JPEG", **options)
    return out.getvalue()


def pixels(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content)) as written:
        return written.tobytes()


@pytest.mark.parametrize("megabytes", [0, 1, 8])
def test_what_lies_behind_a_photo_is_cut_off_unread(megabytes):
    film = b"\0\0\0\x18ftypmp42" + (b"\xff\xda\xff\xd8" * 8 + bytes(4064)) * 256 * megabytes

    assert taken(noisy() + film, "a.jpg").content == taken(noisy(), "a.jpg").content


def test_a_second_view_behind_a_photo_is_cut_off():
    out = io.BytesIO()
    views = [Image.new("RGB", (64, 48), shade) for shade in ("red", "blue")]
    views[0].save(out, format="MPO", save_all=True, append_images=views[1:])

    with Image.open(io.BytesIO(taken(out.getvalue(), "a.jpg").content)) as written:
        red, _, blue = written.convert("RGB").getpixel((9, 9))
    assert red > 200 > 50 > blue


@pytest.mark.parametrize("options", [{}, {"progressive": True}], ids=["baseline", "progressive"])
def test_a_photo_without_its_end_is_whole_if_all_lines_are_there(options):
    whole = noisy(**options)

    assert pixels(taken(whole[:-2], "a.jpg").content) == pixels(taken(whole, "a.jpg").content)
    assert pixels(taken(whole[:-2] + bytes(900), "a.jpg").content) == pixels(taken(whole, "a.jpg").content)
    for missing in (60, len(whole) // 2):
        assert "损坏" in refusal(whole[:-missing], "a.jpg")


def test_a_screenshot_is_whole_if_all_lines_are_there():
    out = io.BytesIO()
    Image.frombytes("L", (200, 150), random.Random(7).randbytes(30000)).save(out, format="PNG")
    whole = out.getvalue()
    broken_text = photos.chunk(b"tIME", b"abc")[:-1] + b"?"
    lying = struct.pack("!I", 9) + b"iCCP" + b"no profile" + b"1234"

    for content in (
        whole[:-12],
        whole[:-14],
        whole[:33] + broken_text + whole[33:],
        whole[:33] + lying[:-1] + whole[33:],
    ):
        assert pixels(taken(content, "a.png").content) == pixels(whole)
    assert "损坏" in refusal(whole[:-40], "a.png")


def test_a_transparent_photo_is_laid_on_white():
    see_through = Image.new("LA", (40, 40), (0, 0))
    see_through.paste((0, 255), (0, 0, 20, 40))

    paper = drawing.on_white(see_through)

    assert (paper.getpixel((5, 5)), paper.getpixel((35, 5))) == ((0, 0, 0), (255, 255, 255))


def test_a_picture_too_small_to_read_is_taken_with_a_warning():
    assert "1×1 像素" in taken(picture("PNG", size=(1, 1)), "a.png").warning
    assert taken(picture("PNG", size=(300, 200)), "a.png").warning == ""
