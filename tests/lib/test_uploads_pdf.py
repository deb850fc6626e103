import hashlib
import io
import re
import zipfile
import zlib

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream

from cehours.lib.uploads import Kind
from tests.security.corpus.asking import refusal, taken
from tests.security.corpus.pdfs import (
    ACTIVE,
    HARMLESS,
    link,
    pdf,
    planted,
    saved,
    scanned,
    with_attachment,
    with_pages,
)
from tests.security.corpus.photos import picture


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


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "in compressed object streams"])
@pytest.mark.parametrize("case", HARMLESS)
def test_what_acts_on_nothing_is_taken(case, packed):
    content = planted(case, packed=packed)

    assert taken(content, "a.pdf").content == content


def test_a_password_to_open_it_is_refused_and_one_against_changes_is_not():
    assert "请去除密码" in refusal(pdf(encryption=pikepdf.Encryption(user="secret", owner="o")), "a.pdf")

    for revision in (3, 4, 6):
        content = pdf(
            encryption=pikepdf.Encryption(
                user="", owner="o", R=revision, aes=revision > 3, metadata=revision > 3
            )
        )
        assert taken(content, "a.pdf").content == content


@pytest.mark.parametrize("name", ["invoice.xml", "发票.XBRL", "a.exe.ofd"])
def test_an_attachment_of_an_e_invoice_is_taken_and_the_person_is_told(name):
    accepted = taken(with_attachment(name), "a.pdf")

    assert accepted.warning == f"PDF 自带附件“{name}”，会列给审核人员，系统不会打开。"


@pytest.mark.parametrize("name", ["a.docx", "a.xml.exe", "invoice.xml\u202efdp", "xml", ".xml ."])
def test_any_other_attachment_is_refused_by_its_name(name):
    assert "PDF 含有附件“" in refusal(with_attachment(name), "a.pdf")


def test_an_attached_ofd_is_an_archive_and_the_pdf_around_it_is_none():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("OFD.xml", "<ofd/>")
    document = with_pages(1)
    document.attachments["invoice.ofd"] = out.getvalue()
    content = saved(document, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert zipfile.is_zipfile(io.BytesIO(content))

    assert taken(content, "a.pdf").pages == 1
    assert "末尾附有其他数据" in refusal(content + b"%%EOF" + out.getvalue(), "a.pdf")


def test_too_many_pages_are_refused_with_their_number():
    assert "共 201 页，超过 200 页" in refusal(pdf(201), "a.pdf")


def test_a_pdf_without_pages_is_refused():
    assert "没有页面" in refusal(pdf(0), "a.pdf")


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_a_cut_pdf_is_refused(part):
    content = pdf(20)

    assert "损坏" in refusal(content[: int(len(content) * part)], "a.pdf")
    assert "损坏" in refusal(content[: int(len(content) * part)] + b"%%EOF", "a.pdf")


def without(content: bytes, mark: bytes, instead: bytes) -> bytes:
    assert mark in content
    return content.replace(mark, instead, 1)


FAULTS = {
    "an end of an object is missing": lambda whole: without(whole, b"endobj", b"endxxx"),
    "the table is not where it says": lambda whole: without(whole, b"startxref\n", b"startxref\n9"),
    "line ends were changed on the way": lambda whole: whole.replace(b"\n", b"\r\n"),
    "no mark of the end": lambda whole: without(whole, b"%%EOF", b""),
    "no way to the table": lambda whole: whole[: whole.rindex(b"startxref")],
    "a wrong number of objects": lambda whole: without(whole, b"/Size 9", b"/Size 5"),
    "a length is wrong": lambda whole: without(whole, b"/Length 33", b"/Length 30"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_changes_no_picture_is_taken_and_the_bytes_are_kept(fault):
    whole = plain(written_on(with_pages(3)))
    content = FAULTS[fault](whole)

    assert taken(content, "a.pdf").content == content


def plain(document: pikepdf.Pdf) -> bytes:
    """Written so that its parts can be found in the bytes."""
    return saved(document, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False)


def written_on(document: pikepdf.Pdf) -> pikepdf.Pdf:
    for page in document.pages:
        page.Contents = document.make_indirect(Stream(document, b"q 9 0 0 9 0 0 cm 0 0 50 40 re f Q"))
    return document


def test_a_file_whose_repair_lost_something_is_refused():
    content = scanned(2, picture(), (64, 48)).replace(b"startxref\n", b"startxref\n9")
    assert taken(content, "a.pdf").pages == 2
    start = content.rindex(b" 0 obj", 0, content.index(b"/DCTDecode"))

    assert "损坏" in refusal(content[:start] + b" 0 obx" + content[start + 6 :], "a.pdf")


def test_a_file_that_two_readers_read_differently_is_refused():
    """The same object stands twice, in two generations: some readers go by the number alone."""
    whole = plain(written_on(with_pages(1)))
    number = re.search(rb"/Contents (\d+)", whole)[1]
    other = b"%s 1 obj\n<< /Length 14 >>\nstream\n0 0 99 99 re f\nendstream\nendobj\n" % number
    content = without(whole, b"xref\n0", other + b"xref\n0")

    assert "不同软件" in refusal(content, "a.pdf")


def test_a_key_that_stands_twice_is_judged_by_whatever_a_reader_may_take():
    twice = b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> /OpenAction [3 0 R /Fit]"
    whole = pdf(object_stream_mode=pikepdf.ObjectStreamMode.disable)
    harmless = without(
        whole, b"/Type /Catalog", b"/Type /Catalog /OpenAction [3 0 R /Fit] /OpenAction [3 0 R /FitH 1]"
    )

    assert taken(harmless, "a.pdf").pages == 1
    assert "打开时执行" in refusal(without(whole, b"/Type /Catalog", b"/Type /Catalog " + twice), "a.pdf")


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


def test_a_wrong_sum_behind_packed_data_is_no_damage_and_broken_data_is():
    def page(data: bytes) -> bytes:
        document = with_pages(1)
        document.pages[0].Contents = document.make_indirect(Stream(document, data, Filter=Name.FlateDecode))
        return saved(document, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)

    packed = zlib.compress(b"0 0 300 300 re f " * 20)

    assert taken(page(packed[:-1] + b"?"), "a.pdf").pages == 1
    assert "损坏" in refusal(page(packed[:2] + b"\x07" + packed[3:]), "a.pdf")
