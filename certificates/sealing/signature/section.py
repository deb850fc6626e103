"""The signature's own section of a PDF file, appended to bytes that stay as they are.

What a PAdES signature needs (ISO 32000-2, 12.8; ETSI EN 319 142-1): a field with its appearance on the page, the
signature that certifies the document and forbids every change, and the two objects that lead there.
"""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from datetime import datetime
from typing import NamedTuple

import pikepdf

from certificates.sealing.appearance.place import Place

FIELD = "Seal"
INVISIBLE_IN_LISTS = 132  # printed, and locked
SIGNATURES_EXIST = 3  # and only appending keeps them valid
# The subfilter is of PDF 2.0; in a file of PDF 1.7 this extension of ETSI's allows it.
EXTENSION = "<< /ESIC << /Type /DeveloperExtensions /BaseVersion /1.7 /ExtensionLevel 1 >> >>"
SIGNATURE = """<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /M ({at})
/Reference [<< /Type /SigRef /TransformMethod /DocMDP
/TransformParams << /Type /TransformParams /V /1.2 /P 1 >> >>]
/Contents """


class Section(NamedTuple):
    """A file with a gap of a known size, which the signature fills and does not cover."""

    before: bytes
    after: bytes

    def digest(self) -> bytes:
        """SHA-256 of everything but the gap."""
        found = hashlib.sha256(self.before)
        found.update(self.after)
        return found.digest()

    def filled(self, signature: bytes) -> bytes:
        return b"%s<%s>%s" % (self.before, signature.hex().encode(), self.after)


def appended(pdf: bytes, place: Place, appearance: bytes, at: datetime, size: int) -> Section:
    """`pdf` with an empty field in `place`; `appearance`: body of its form object; `size` of the CMS in bytes."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        catalogue, page, trailer = document.Root, document.pages[place.page].obj, document.trailer
        first = int(trailer.Size)
        form, field, drawn, signature, table = range(first, first + 5)
        changed = {
            catalogue.objgen[0]: _with(
                catalogue, AcroForm=form, Extensions=EXTENSION, Perms=f"<< /DocMDP {signature} 0 R >>"
            ),
            page.objgen[0]: _with(page, Annots=_list(page.get("/Annots", pikepdf.Array()), field)),
            form: f"<< /Fields [{field} 0 R] /SigFlags {SIGNATURES_EXIST} >>".encode(),
            field: _field(place, page.objgen[0], drawn, signature),
            drawn: appearance,
        }
        facts = f"/Root {catalogue.objgen[0]} 0 R /Info {trailer.Info.objgen[0]} 0 R".encode()
        name = bytes(trailer.ID[0]).hex()
    written, offsets = bytearray(pdf), {}
    for number, body in changed.items():
        offsets[number] = len(written)
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    offsets[signature] = len(written)
    written += b"%d 0 obj\n%s" % (signature, SIGNATURE.format(at=_pdf_time(at)).encode())
    gap = 2 * size + 2
    start = len(written) + gap
    end = b"\n/ByteRange [0 %10d %10d %10d] >>\nendobj\n"
    offsets[table] = start + len(end % (0, 0, 0))
    facts += b" /Size %d /Prev %d /ID [<%s> <%s>]" % (
        table + 1,
        _last_table(pdf),
        name.encode(),
        hashlib.sha256(written).hexdigest()[:32].encode(),
    )
    rest = b"%s\nstartxref\n%d\n%%%%EOF\n" % (_table(table, offsets, facts), offsets[table])
    length = len(end % (0, 0, 0)) + len(rest)
    return Section(bytes(written), end % (len(written), start, length) + rest)


def _with(dictionary: pikepdf.Object, **entries: int | str) -> bytes:
    """The dictionary with further entries; a number stands for the object of that number."""
    kept = {key: value for key, value in dictionary.items() if key.removeprefix("/") not in entries}
    written = bytes(pikepdf.Dictionary(kept).unparse()).removesuffix(b">>")
    added = " ".join(
        f"/{key} {f'{value} 0 R' if isinstance(value, int) else value}" for key, value in entries.items()
    )
    return b"%s %s >>" % (written, added.encode())


def _list(links: pikepdf.Object, field: int) -> str:
    return f"[{' '.join(f'{link.objgen[0]} 0 R' for link in links)} {field} 0 R]"


def _field(place: Place, page: int, drawn: int, signature: int) -> bytes:
    box = " ".join(f"{edge:.4f}" for edge in (place.x0, place.y0, place.x1, place.y1))
    return (
        f"<< /Type /Annot /Subtype /Widget /FT /Sig /T ({FIELD}) /F {INVISIBLE_IN_LISTS} /Rect [{box}] "
        f"/P {page} 0 R /AP << /N {drawn} 0 R >> /V {signature} 0 R >>"
    ).encode()


def _table(number: int, offsets: dict[int, int], facts: bytes) -> bytes:
    """A cross-reference stream of these objects and itself."""
    rows = zlib.compress(b"".join(struct.pack(">BIH", 1, offsets[each], 0) for each in sorted(offsets)))
    parts = " ".join(f"{each} 1" for each in sorted(offsets)).encode()
    return (
        b"%d 0 obj\n<< /Type /XRef /W [1 4 2] /Index [%s] %s /Filter /FlateDecode /Length %d >>\n"
        % (
            number,
            parts,
            facts,
            len(rows),
        )
        + b"stream\n%s\nendstream\nendobj" % rows
    )


def _last_table(pdf: bytes) -> int:
    return int(pdf[pdf.rindex(b"startxref") + 9 :].split()[0])


def _pdf_time(at: datetime) -> str:
    zone = at.strftime("%z")
    return f"D:{at:%Y%m%d%H%M%S}{zone[:3]}'{zone[3:]}'"
