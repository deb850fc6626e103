import hashlib
import io
import zipfile
import zlib

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from PIL import Image, PngImagePlugin

from cehours.lib.uploads import MAX_BYTES, Kind, Refused, examine


def saved(document: Pdf, **options) -> bytes:
    out = io.BytesIO()
    document.save(out, **options)
    return out.getvalue()


def pdf(pages: int = 1, **options) -> bytes:
    return saved(with_pages(pages), **options)


def with_pages(count: int) -> Pdf:
    document = Pdf.new()
    for _ in range(count):
        document.add_blank_page()
    return document


def picture(format_: str = "JPEG", mode: str = "RGB", size=(64, 48), **options) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, format=format_, **options)
    return out.getvalue()


def taken(content: bytes, name: str):
    return examine(io.BytesIO(content), name)


def refusal(content: bytes, name: str) -> str:
    with pytest.raises(Refused) as caught:
        taken(content, name)
    return caught.value.says


# --- What is taken


@pytest.mark.parametrize(
    "options",
    [
        {"force_version": "1.4", "object_stream_mode": pikepdf.ObjectStreamMode.disable},
        {"object_stream_mode": pikepdf.ObjectStreamMode.generate},
        {"linearize": True},
    ],
)
def test_a_pdf_is_kept_byte_for_byte(options):
    content = pdf(3, **options)

    accepted = taken(content, "../结业证书.PDF")

    assert accepted.content == content
    assert accepted.kind is Kind.PDF
    assert accepted.pages == 3
    assert accepted.size == len(content)
    assert accepted.sha256 == hashlib.sha256(content).hexdigest()
    assert accepted.clean_name == "结业证书.PDF"


def test_two_hundred_pages_are_taken():
    assert taken(pdf(200), "a.pdf").pages == 200


def test_links_to_the_web_and_a_first_page_to_show_are_harmless():
    document = with_pages(2)
    document.Root.OpenAction = Dictionary(S=Name.GoTo, D=Array([document.pages[1].obj, Name.Fit]))
    document.pages[0].Annots = Array([link(b"https://www.example.cn/"), link(b"www.example.cn/a")])

    assert taken(saved(document), "a.pdf").pages == 2


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


# --- Size, name, kind


def test_an_empty_file_is_refused():
    assert "空的" in refusal(b"", "a.pdf")


def test_reading_stops_at_the_limit():
    class Endless:
        taken = 0

        def read(self, size, /):
            self.taken += size
            assert self.taken < 2 * MAX_BYTES
            return b"%" * size

    source = Endless()
    with pytest.raises(Refused, match="超过 20 MB"):
        examine(source, "a.pdf")

    assert source.taken <= MAX_BYTES + 64 * 1024


def test_one_byte_above_the_limit_is_refused_and_the_limit_itself_is_not_about_size():
    assert "超过 20 MB" in refusal(b"%PDF-" + bytes(MAX_BYTES - 4), "a.pdf")
    assert "超过" not in refusal(b"%PDF-" + bytes(MAX_BYTES - 5), "a.pdf")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("论文.docx", "请将 Word 文档另存为 PDF 后上传"),
        ("论文.WPS", "请将 Word 文档另存为 PDF 后上传"),
        ("成绩.xlsx", "表格"),
        ("照片.HEIC", "兼容性最佳"),
        ("证书.zip", "解压"),
        ("证书.gif", "JPG 或 PNG"),
        ("证书.pdf.exe", "只能上传 PDF、JPG、PNG"),
        ("证书", "只能上传"),
        ("", "只能上传"),
        ("证明\u202efdp.exe", "只能上传"),
    ],
)
def test_another_kind_of_file_is_refused_with_a_way_out(name, says):
    assert says in refusal(pdf(), name)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"x", "a.pdf"),
        (pdf(), "a.jpg"),
        (picture(), "a.pdf"),
        (picture("PNG"), "a.jpg"),
        (picture("GIF"), "a.png"),
        (b"GIF89a" + pdf(), "a.pdf"),
        (b"<html><script>1</script>" + pdf(), "a.pdf"),
        (b"\n" + pdf(), "a.pdf"),
    ],
)
def test_extension_and_first_bytes_must_agree(content, name):
    assert "与扩展名不符" in refusal(content, name)


# --- What a PDF may not contain


def link(address: bytes) -> Dictionary:
    return Dictionary(
        Type=Name.Annot,
        Subtype=Name.Link,
        Rect=Array([0, 0, 9, 9]),
        A=Dictionary(S=Name.URI, URI=String(address)),
    )


def script() -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def annotation(subtype: str, **entries) -> Dictionary:
    return Dictionary(Type=Name.Annot, Subtype=Name("/" + subtype), Rect=Array([0, 0, 9, 9]), **entries)


def action(kind: str) -> Dictionary:
    return annotation("Link", A=Dictionary(S=Name("/" + kind)))


# Each planter makes its objects anew: an object belongs to one document only.
def on_page(make):
    def plant(document: Pdf) -> None:
        document.pages[0].Annots = Array([make()])

    return plant


def in_root(key: str, make):
    def plant(document: Pdf) -> None:
        document.Root[key] = make()

    return plant


def in_page(key: str, make):
    def plant(document: Pdf) -> None:
        document.pages[0].obj[key] = make()

    return plant


def attach(document: Pdf) -> None:
    document.attachments["a.txt"] = b"EICAR"


def hidden_in_a_chain(document: Pdf) -> None:
    document.pages[0].Annots = Array([annotation("Link", A=document.make_indirect(_chain()))])


def _chain() -> Dictionary:
    return Dictionary(S=Name.GoTo, D=Array([0, Name.Fit]), Next=Array([script()]))


ACTIVE = {
    "script when opened": (in_root("/OpenAction", script), "打开时执行"),
    "print when opened": (
        in_root("/OpenAction", lambda: Dictionary(S=Name.Named, N=Name.Print)),
        "打开时执行",
    ),
    "script among names": (
        in_root("/Names", lambda: Dictionary(JavaScript=Dictionary(Names=Array([])))),
        "脚本",
    ),
    "script behind another action": (hidden_in_a_chain, "脚本"),
    "action on a page": (
        in_page("/AA", lambda: Dictionary(O=Dictionary(S=Name.Named, N=Name.NextPage))),
        "自动执行",
    ),
    "action on the document": (
        in_root("/AA", lambda: Dictionary(WC=Dictionary(S=Name.ResetForm))),
        "自动执行",
    ),
    "start a program": (on_page(lambda: action("Launch")), "启动程序"),
    "send a form": (on_page(lambda: action("SubmitForm")), "提交数据"),
    "read a file": (on_page(lambda: action("ImportData")), "导入数据"),
    "another file": (on_page(lambda: action("GoToR")), "其他文件"),
    "an attached file": (on_page(lambda: action("GoToE")), "附件"),
    "film": (on_page(lambda: action("Rendition")), "多媒体"),
    "flash": (on_page(lambda: annotation("RichMedia")), "多媒体"),
    "model": (on_page(lambda: annotation("3D")), "三维"),
    "attachment on a page": (on_page(lambda: annotation("FileAttachment")), "附件"),
    "attachment": (attach, "附件"),
    "dynamic form": (
        in_root("/AcroForm", lambda: Dictionary(XFA=String("<xdp/>"), Fields=Array([]))),
        "动态表单",
    ),
    "link to a disk": (on_page(lambda: link(b"file:///C:/secret.txt")), "本机或内网"),
    "link to a disk in disguise": (on_page(lambda: link(b" F\tile:///etc/passwd")), "本机或内网"),
    "link to a share": (on_page(lambda: link(rb"\\server\share\a.pdf")), "本机或内网"),
    "link that is code": (on_page(lambda: link(b"javascript:alert(1)")), "本机或内网"),
}


@pytest.mark.parametrize("packed", ["disable", "generate"], ids=["plain", "in compressed object streams"])
@pytest.mark.parametrize("case", ACTIVE)
def test_a_pdf_that_can_do_more_than_show_pages_is_refused(case, packed):
    plant, what = ACTIVE[case]
    document = with_pages(1)
    plant(document)

    says = refusal(saved(document, object_stream_mode=pikepdf.ObjectStreamMode[packed]), "a.pdf")

    assert what in says
    assert "打印为 PDF" in says


@pytest.mark.parametrize(("user", "owner"), [("secret", "owner"), ("", "owner")])
def test_an_encrypted_pdf_is_refused_even_if_it_opens_without_password(user, owner):
    assert "请去除密码" in refusal(pdf(encryption=pikepdf.Encryption(user=user, owner=owner)), "a.pdf")


def test_too_many_pages_are_refused_with_their_number():
    assert "共 201 页，超过 200 页" in refusal(pdf(201), "a.pdf")


def test_a_pdf_without_pages_is_refused():
    assert "没有页面" in refusal(pdf(0), "a.pdf")


def test_a_page_tree_that_contains_itself_is_refused():
    document = with_pages(1)
    document.Root.Pages.Kids.append(document.Root.Pages)

    assert "损坏" in refusal(saved(document), "a.pdf")


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_a_cut_pdf_is_refused(part):
    content = pdf(20)

    assert "损坏" in refusal(content[: int(len(content) * part)], "a.pdf")
    assert "损坏" in refusal(content[: int(len(content) * part)] + b"%%EOF", "a.pdf")


def test_a_pdf_that_readers_would_have_to_repair_is_refused():
    content = pdf(object_stream_mode=pikepdf.ObjectStreamMode.disable)

    assert "损坏" in refusal(content.replace(b"endobj", b"endxxx", 1), "a.pdf")
    assert "损坏" in refusal(content.replace(b"startxref\n", b"startxref\n9"), "a.pdf")


def test_a_pdf_that_is_also_an_archive_is_refused():
    out = io.BytesIO(pdf())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("META-INF/MANIFEST.MF", "x")
    assert "末尾附有其他数据" in refusal(out.getvalue(), "a.pdf")

    with zipfile.ZipFile(out, "a") as archive:
        archive.comment = b"%%EOF"
    assert "末尾附有其他数据" in refusal(out.getvalue(), "a.pdf")


def test_a_load_behind_the_end_is_refused_and_a_line_break_is_not():
    assert "末尾附有其他数据" in refusal(pdf() + b"x" * 1100, "a.pdf")
    assert taken(pdf() + b"\r\n", "a.pdf").pages == 1


@pytest.mark.parametrize("layers", [1, 2])
def test_a_small_stream_that_unpacks_to_very_much_is_refused(layers):
    data = bytes(40 * 1024 * 1024)
    for _ in range(layers):
        data = zlib.compress(data)
    document = with_pages(1)
    document.pages[0].Contents = document.make_indirect(
        Stream(document, data, Filter=Array([Name.FlateDecode] * layers))
    )
    content = saved(document, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)

    assert len(content) < 1024 * 1024
    assert "解压后过大" in refusal(content, "a.pdf")


def test_a_giant_picture_inside_a_pdf_is_refused():
    document = with_pages(1)
    image = Stream(document, b"\0", Subtype=Name.Image, Width=20000, Height=20000)
    document.pages[0].Resources = Dictionary(XObject=Dictionary(A=document.make_indirect(image)))

    assert "降低扫描分辨率" in refusal(saved(document), "a.pdf")


# --- What a picture may not be


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("size", [(12000, 10000), (20000, 20000)])
def test_a_giant_picture_is_refused(size):
    assert "4000 万像素" in refusal(picture("PNG", "1", size), "a.png")


def test_a_film_is_refused():
    out = io.BytesIO()
    frames = [Image.new("RGB", (8, 8), (shade, 0, 0)) for shade in range(3)]
    frames[0].save(out, format="PNG", save_all=True, append_images=frames[1:])

    assert "动态图片" in refusal(out.getvalue(), "a.png")


def test_a_damaged_picture_is_refused_even_where_weasyprint_was_loaded_first():
    import weasyprint  # noqa: F401 -- it makes Pillow lenient

    jpeg = picture("JPEG", size=(640, 480), quality=95)
    png = picture("PNG", size=(640, 480))

    assert "损坏" in refusal(jpeg[: len(jpeg) // 2], "a.jpg")
    assert "损坏" in refusal(png[: len(png) // 2], "a.png")
    assert "损坏" in refusal(b"\xff\xd8\xff\xe0<svg onload='alert(1)'/>", "a.jpg")


def test_a_picture_with_a_text_that_unpacks_to_very_much_is_refused():
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "x" * 70_000_000, zip=True)

    assert "损坏" in refusal(picture("PNG", pnginfo=text), "a.png")


# --- Whatever arrives


WHOLE = {"a.pdf": pdf(3), "packed.pdf": pdf(3, linearize=True), "a.jpg": picture(), "a.png": picture("PNG")}


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(sorted(WHOLE)),
    st.lists(st.tuples(st.floats(0, 0.999), st.binary(max_size=6)), max_size=5),
)
def test_damage_of_any_kind_is_answered_never_an_error(name, wounds):
    content = bytearray(WHOLE[name])
    for place, replacement in wounds:
        at = int(place * len(content))
        content[at : at + len(replacement)] = replacement

    assert answer(bytes(content), name).endswith("。")


def answer(content: bytes, name: str) -> str:
    try:
        return f"{taken(content, name).kind.content_type}。"
    except Refused as refused:
        return refused.says
