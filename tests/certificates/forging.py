"""Attacks on a sealed PDF: name → what a forger hands in instead of it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2 as pdfium
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import PageObject
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec

from certificates.sealing import keys
from tests.certificates import seals

Forge = Callable[[bytes, bytes, Path], bytes]


def _update(sealed: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """An incremental update, as editors make it: the sealed bytes stay in front."""
    writer = IncrementalPdfFileWriter(io.BytesIO(sealed))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _page(writer: IncrementalPdfFileWriter) -> Any:
    return writer.root["/Pages"]["/Kids"][0].get_object()


def _stream(writer: IncrementalPdfFileWriter, data: bytes) -> Any:
    return writer.add_object(generic.StreamObject(stream_data=data))


def _change_page(writer: IncrementalPdfFileWriter) -> None:
    page = _page(writer)
    page[pdf_name("/Contents")] = _stream(writer, b"0 0 200 200 re f")
    writer.update_container(page)


def _annotate(writer: IncrementalPdfFileWriter, subtype: str = "/FreeText") -> None:
    page = _page(writer)
    note = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name(subtype),
            pdf_name("/Contents"): generic.pdf_string("professional 900"),
            pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (100, 100, 300, 150))),
        }
    )
    page["/Annots"].append(writer.add_object(note))
    writer.update_container(page["/Annots"])
    writer.update_container(page)


def _field(writer: IncrementalPdfFileWriter) -> None:
    form = writer.root["/AcroForm"]
    field = {pdf_name("/FT"): pdf_name("/Tx"), pdf_name("/T"): generic.pdf_string("hours")}
    form["/Fields"].append(writer.add_object(generic.DictionaryObject(field)))
    writer.update_container(form["/Fields"])
    writer.update_root()


def _attach(writer: IncrementalPdfFileWriter) -> None:
    files = generic.ArrayObject([generic.pdf_string("x"), _stream(writer, b"payload")])
    names = generic.DictionaryObject({pdf_name("/Names"): files})
    writer.root[pdf_name("/Names")] = generic.DictionaryObject({pdf_name("/EmbeddedFiles"): names})
    writer.update_root()


def _script(writer: IncrementalPdfFileWriter) -> None:
    action = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): generic.pdf_string("app.alert(1)")}
    writer.root[pdf_name("/OpenAction")] = generic.DictionaryObject(action)
    writer.update_root()


def _more_pages(writer: IncrementalPdfFileWriter) -> None:
    page = PageObject(contents=_stream(writer, b""), media_box=(0, 0, 595, 842))
    page[pdf_name("/Resources")] = generic.DictionaryObject()
    writer.insert_page(page)


def _dss(writer: IncrementalPdfFileWriter) -> None:
    writer.root[pdf_name("/DSS")] = generic.DictionaryObject({pdf_name("/Certs"): generic.ArrayObject()})
    writer.update_root()


def _no_form(writer: IncrementalPdfFileWriter) -> None:
    del writer.root["/AcroForm"]
    writer.update_root()


def _permissions_off(writer: IncrementalPdfFileWriter) -> None:
    """Takes away what keeps an honest program from signing a second time."""
    del writer.root["/Perms"]
    writer.update_root()


def _title(writer: IncrementalPdfFileWriter) -> None:
    info = generic.DictionaryObject({pdf_name("/Title"): generic.pdf_string("forged")})
    writer.set_info(writer.add_object(info))


def _signed(pdf: bytes, signer: Any, *, field: str = "Seal", digest: str = "sha256") -> bytes:
    meta = signers.PdfSignatureMetadata(field_name=field, md_algorithm=digest)
    spec = SigFieldSpec(field, on_page=0, box=(300, 100, 420, 220))
    return (
        signers.PdfSigner(meta, signer, new_field_spec=spec)
        .sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)))
        .getvalue()
    )


def _stranger(folder: Path, **more: Any) -> Any:
    return signers.SimpleSigner.load_pkcs12(seals.key_file(folder / "stranger.p12", keys.DEMO_NAME, **more))


def _rewritten(sealed: bytes, *, strip: bool = False, **how: Any) -> bytes:
    with pikepdf.open(io.BytesIO(sealed)) as document:
        if strip:
            del document.Root.AcroForm
            del document.pages[0].Annots
        out = io.BytesIO()
        document.save(out, **how)
    return out.getvalue()


def _as_picture(sealed: bytes) -> bytes:
    document = pdfium.PdfDocument(sealed)
    out = io.BytesIO()
    document[0].render(scale=1).to_pil().convert("RGB").save(out, "PDF")
    document.close()
    return out.getvalue()


def _hole(sealed: bytes) -> tuple[int, int]:
    numbers = re.search(rb"/ByteRange \[(\d+)\s+(\d+)\s+(\d+)\s+(\d+)", sealed)
    assert numbers is not None
    return int(numbers[2]), int(numbers[3])


def _signature_of_another(sealed: bytes, another: bytes) -> bytes:
    (start, end), (from_, to) = _hole(sealed), _hole(another)
    return sealed[:start] + another[from_:to].ljust(end - start, b"0")[: end - start] + sealed[end:]


def _emptied(sealed: bytes) -> bytes:
    start, end = _hole(sealed)
    return sealed[: start + 1] + b"0" * (end - start - 2) + sealed[end - 1 :]


def _padded(sealed: bytes) -> bytes:
    """A load hidden where the signature container is filled up: no signature covers it."""
    _, end = _hole(sealed)
    return sealed[: end - 9] + b"deadbeef" + sealed[end - 1 :]


def _shorter_range(sealed: bytes) -> bytes:
    found = re.search(rb"/ByteRange \[\d+\s+\d+\s+\d+\s+(\d+)", sealed)
    assert found is not None
    less = str(int(found[1]) - 50).encode().ljust(len(found[1]))
    return sealed[: found.start(1)] + less + sealed[found.end(1) :]


# What a forger makes of (the sealed file, the print before sealing, a folder).
FORGERIES: dict[str, Forge] = {
    "page changed": lambda sealed, *_: _update(sealed, _change_page),
    "annotation added": lambda sealed, *_: _update(sealed, _annotate),
    "stamp added": lambda sealed, *_: _update(sealed, lambda writer: _annotate(writer, "/Stamp")),
    "form field added": lambda sealed, *_: _update(sealed, _field),
    "attachment added": lambda sealed, *_: _update(sealed, _attach),
    "script added": lambda sealed, *_: _update(sealed, _script),
    "page added": lambda sealed, *_: _update(sealed, _more_pages),
    "validation data replaced": lambda sealed, *_: _update(sealed, _dss),
    "form taken off by an update": lambda sealed, *_: _update(sealed, _no_form),
    "title changed": lambda sealed, *_: _update(sealed, _title),
    "empty update": lambda sealed, *_: _update(sealed, lambda writer: writer.update_root()),
    "bytes after the end": lambda sealed, *_: sealed + b"\n% more",
    "a second file after the end": lambda sealed, plain, _: sealed + plain,
    "bytes before the beginning": lambda sealed, *_: b"\n" + sealed,
    "one byte short": lambda sealed, *_: sealed[:-1],
    "cut in half": lambda sealed, *_: sealed[: len(sealed) // 2],
    "the print before sealing": lambda _, plain, __: plain,
    "signature stripped": lambda sealed, *_: _rewritten(sealed, strip=True),
    "rewritten by an editor": lambda sealed, *_: _rewritten(sealed),
    "linearized": lambda sealed, *_: _rewritten(sealed, linearize=True),
    "encrypted": lambda sealed, *_: _rewritten(sealed, encryption=pikepdf.Encryption(owner="a", user="")),
    "printed as a picture": lambda sealed, *_: _as_picture(sealed),
    "signed by a stranger of our name": lambda _, plain, folder: _signed(plain, _stranger(folder)),
    "signed by a stranger, expired": lambda _, plain, folder: _signed(
        plain, _stranger(folder, days=(-90, -30))
    ),
    "signed again on top": lambda sealed, _, folder: _signed(
        _update(sealed, _permissions_off), _stranger(folder), field="Second"
    ),
    "weak hash, stranger": lambda _, plain, folder: _signed(plain, _stranger(folder), digest="sha1"),
    "signature of another document": lambda sealed, plain, folder: _signature_of_another(
        sealed, _signed(plain, _stranger(folder))
    ),
    "signature emptied": lambda sealed, *_: _emptied(sealed),
    "load in the signature's padding": lambda sealed, *_: _padded(sealed),
    "byte range shortened": lambda sealed, *_: _shorter_range(sealed),
    "line ends converted": lambda sealed, *_: sealed.replace(b"\n", b"\r\n"),
    "not a PDF": lambda *_: b"<html>2025000137</html>",
}
