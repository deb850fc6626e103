"""PDFs, harmless and not."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pikepdf
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers


def saved(document: Pdf, **options: Any) -> bytes:
    out = io.BytesIO()
    document.save(out, **options)
    return out.getvalue()


def pdf(pages: int = 1, **options: Any) -> bytes:
    return saved(with_pages(pages), **options)


def with_pages(count: int) -> Pdf:
    document = Pdf.new()
    for _ in range(count):
        document.add_blank_page()
    return document


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


def content_from_elsewhere(document: Pdf) -> None:
    stream = Stream(document, b"", F=String("http://example.cn/a"))
    document.pages[0].Contents = document.make_indirect(stream)


def attach_named(name: str):
    def plant(document: Pdf) -> None:
        document.attachments[name] = b"PK\x03\x04 never opened"

    return plant


def name_tree(make):
    return lambda: Dictionary(JavaScript=Dictionary(Names=Array([String("a"), make()])))


def call(words: str) -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String(words))


def field(trigger: str, words: str):
    """A text field of a form with a script for one of its triggers."""

    def plant(document: Pdf) -> None:
        own = annotation("Widget", FT=Name.Tx, T=String("a"), AA=Dictionary({trigger: call(words)}))
        document.pages[0].Annots = Array([document.make_indirect(own)])
        document.Root.AcroForm = Dictionary(Fields=Array([document.pages[0].Annots[0]]))

    return plant


ACTIVE = {
    "script when opened": (in_root("/OpenAction", script), "打开时执行"),
    "script that prints by itself when opened": (
        in_root("/OpenAction", lambda: call("this.print({bUI: false, bSilent: true});")),
        "打开时执行",
    ),
    "web page when opened": (
        in_root("/OpenAction", lambda: Dictionary(S=Name.URI, URI=String("https://www.example.cn/"))),
        "打开时执行",
    ),
    "menu command when opened": (
        in_root("/OpenAction", lambda: Dictionary(S=Name.Named, N=Name.SaveAs)),
        "打开时执行",
    ),
    "script among names": (in_root("/Names", name_tree(script)), "脚本"),
    "script behind another action": (hidden_in_a_chain, "脚本"),
    "script on a button": (on_page(lambda: annotation("Link", A=script())), "脚本"),
    "action on a page": (
        in_page("/AA", lambda: Dictionary(O=Dictionary(S=Name.Named, N=Name.NextPage))),
        "自动执行",
    ),
    "print when the page opens": (
        in_page("/AA", lambda: Dictionary(O=Dictionary(S=Name.Named, N=Name.Print))),
        "自动执行",
    ),
    "action on the document": (
        in_root("/AA", lambda: Dictionary(WC=Dictionary(S=Name.ResetForm))),
        "自动执行",
    ),
    "field that calls out": (field("/F", 'app.launchURL("http://example.cn");'), "自动执行"),
    "field that sends": (field("/K", 'this["submit" + "Form"]("http://example.cn");'), "自动执行"),
    "field that reckons on focus": (field("/Fo", "event.value = 1;"), "自动执行"),
    "start a program": (on_page(lambda: action("Launch")), "启动程序"),
    "send a form": (on_page(lambda: action("SubmitForm")), "提交数据"),
    "read a file": (on_page(lambda: action("ImportData")), "导入数据"),
    "another file": (on_page(lambda: action("GoToR")), "其他文件"),
    "an attached file": (on_page(lambda: action("GoToE")), "附件"),
    "film": (on_page(lambda: action("Rendition")), "多媒体"),
    "flash": (on_page(lambda: annotation("RichMedia")), "多媒体"),
    "model": (on_page(lambda: annotation("3D")), "三维"),
    "attachment on a page": (on_page(lambda: annotation("FileAttachment")), "附件"),
    "attachment": (attach, "附件“a.txt”"),
    "attachment called XML for some": (
        on_page(
            lambda: annotation(
                "FileAttachment",
                FS=Dictionary(UF=String("a.xml"), F=String("a.exe"), EF=Dictionary()),
            )
        ),
        "附件",
    ),
    "empty folder of files": (in_root("/Collection", lambda: Dictionary()), "附件"),
    "folder of files": (in_root("/Collection", lambda: Dictionary(View=Name.T)), "附件"),
    "dynamic form": (
        in_root("/AcroForm", lambda: Dictionary(XFA=String("<xdp/>"), Fields=Array([]))),
        "动态表单",
    ),
    "link to a share": (on_page(lambda: link(rb"\\server\share\a.pdf")), "其他计算机"),
    "link to a host": (on_page(lambda: link(b"file://server/share/a.pdf")), "其他计算机"),
    "link to a host in disguise": (on_page(lambda: link(b" F\tile:%5C%5Cserver/share")), "其他计算机"),
    "links that all begin at a host": (
        in_root("/URI", lambda: Dictionary(Base=String("file://server/share/"))),
        "其他计算机",
    ),
    "search on a host": (on_page(lambda: link(rb"search-ms:crumb=location:\\server\share")), "其他计算机"),
    "content from elsewhere": (content_from_elsewhere, "其他文件"),
}


HARMLESS = {
    "print dialogue when opened": in_root("/OpenAction", lambda: Dictionary(S=Name.Named, N=Name.Print)),
    "print dialogue by a script": in_root("/OpenAction", lambda: call("this.print(true);\r")),
    "print dialogue by a script among names": in_root("/Names", name_tree(lambda: call("print({});"))),
    "no scripts among names": in_root("/Names", lambda: Dictionary(JavaScript=Dictionary(Names=Array([])))),
    "no attachments any more": in_root(
        "/Names", lambda: Dictionary(EmbeddedFiles=Dictionary(Kids=Array([Dictionary(Names=Array([]))])))
    ),
    "no actions of a page": in_page("/AA", Dictionary),
    "no dynamic form": in_root("/AcroForm", lambda: Dictionary(XFA=Array([]), Fields=Array([]))),
    "font that is called like an action": in_page(
        "/Resources",
        lambda: Dictionary(Font=Dictionary(AA=Dictionary(Type=Name.Font), JS=Dictionary(Type=Name.Font))),
    ),
    "entry of one's own": in_root(
        "/PieceInfo", lambda: Dictionary(JS=String("a"), XFA=String("b"), EF=String("c"))
    ),
    "field that formats": field("/F", 'AFNumber_Format(2, 0, 0, 0, "", true);'),
    "field that reckons": field("/C", 'AFSimple_Calculate("SUM", new Array("a", "b"));'),
    "field that reckons in its own words": field(
        "/C",
        'var all = Number(this.getField("a").value); event.value = all > 0 ? (all * 1.5).toFixed(1) : "";',
    ),
    "link to a disk": on_page(lambda: link(b"file:///C:/secret.txt")),
    "link to a disk in disguise": on_page(lambda: link(b" F\tile:///etc/passwd")),
    "link to a file beside": on_page(lambda: link("附件2.docx".encode())),
    "link that is code": on_page(lambda: link(b"javascript:void(0)")),
    **{
        f"link by {scheme}": on_page(lambda scheme=scheme: link(f"{scheme}:10.1000/a".encode()))
        for scheme in ("doi", "ftp", "tel", "weixin", "data", "urn", "about")
    },
}


def planted(case: str, *, packed: bool = False) -> bytes:
    """A page with one of ACTIVE or HARMLESS in it; `packed` hides it in a compressed object stream."""
    document = with_pages(1)
    (ACTIVE[case][0] if case in ACTIVE else HARMLESS[case])(document)
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    return saved(document, object_stream_mode=mode)


def scanned(pages: int, photo: bytes, size: tuple[int, int]) -> bytes:
    """What a scanner makes: a JPEG on every page."""
    document = with_pages(pages)
    for page in document.pages:
        image = Stream(
            document,
            photo,
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=size[0],
            Height=size[1],
            ColorSpace=Name.DeviceRGB,
            BitsPerComponent=8,
            Filter=Name.DCTDecode,
        )
        page.Resources = Dictionary(XObject=Dictionary(A=document.make_indirect(image)))
        page.Contents = document.make_indirect(Stream(document, b"q 595 0 0 842 0 0 cm /A Do Q"))
    return saved(document)


def with_song_font() -> bytes:
    """Chinese text in a font that is not embedded, as office programs of the country print it."""
    document = with_pages(1)
    inner = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType0,
        BaseFont=Name("/STSong-Light"),
        CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("GB1"), Supplement=4),
    )
    font = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=Name("/STSong-Light-UniGB-UCS2-H"),
        Encoding=Name("/UniGB-UCS2-H"),
        DescendantFonts=Array([inner]),
    )
    document.pages[0].Resources = Dictionary(Font=Dictionary(F=font))
    document.pages[0].Contents = document.make_indirect(
        Stream(document, b"BT /F 24 Tf 72 700 Td <7ED34E1A8BC14E66> Tj ET")
    )
    return saved(document)


def archival() -> bytes:
    """With what makes a PDF/A: XMP and an output intent."""
    document = with_pages(1)
    with document.open_metadata() as meta:
        meta["pdfaid:part"], meta["pdfaid:conformance"] = "2", "B"
    document.Root.OutputIntents = Array(
        [Dictionary(Type=Name.OutputIntent, S=Name.GTS_PDFA1, OutputConditionIdentifier=String("sRGB"))]
    )
    return saved(document)


def signed() -> bytes:
    """Signed by somebody else's key: an incremental update whose signature covers every byte before it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "培训机构")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    bundle = pkcs12.serialize_key_and_certificates(b"k", key, certificate, None, serialization.NoEncryption())
    signer = signers.SimpleSigner.load_pkcs12_data(bundle, other_certs=[], passphrase=None)
    out = signers.sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(pdf())),
        signers.PdfSignatureMetadata(field_name="Seal"),
        signer=signer,
    )
    return bytes(out.getvalue())


def with_attachment(name: str) -> bytes:
    document = with_pages(1)
    attach_named(name)(document)
    return saved(document)
