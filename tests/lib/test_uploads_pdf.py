import hashlib
import io
import zipfile
import zlib

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream

from cehours.lib.uploads import Kind
from tests.security.corpus.asking import refusal, taken
from tests.security.corpus.pdfs import ACTIVE, link, pdf, saved, with_pages


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


@pytest.mark.parametrize("packed", ["disable", "generate"], ids=["plain", "in compressed object streams"])
@pytest.mark.parametrize("case", ACTIVE)
def test_a_pdf_that_can_do_more_than_show_pages_is_refused(case, packed):
    plant, what = ACTIVE[case]
    document = with_pages(1)
    plant(document)

    says = refusal(saved(document, object_stream_mode=pikepdf.ObjectStreamMode[packed]), "a.pdf")

    assert what in says
    assert "打印为 PDF" in says


@pytest.mark.parametrize(("user", "says"), [("secret", "请去除密码"), ("", "设有打印或编辑限制")])
def test_an_encrypted_pdf_is_refused_even_if_it_opens_without_password(user, says):
    assert says in refusal(pdf(encryption=pikepdf.Encryption(user=user, owner="owner")), "a.pdf")


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
