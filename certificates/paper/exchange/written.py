"""A PDF file of which most objects are the same for every sheet: those are written once, the others appended."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterable, Mapping

import pikepdf

HEADER = b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n"


class File:
    """The objects of a document but those in `changing`, which come anew with every sheet."""

    def __init__(self, document: pikepdf.Pdf, changing: Iterable[int]) -> None:
        left_out = set(changing)
        written, self._entries = bytearray(HEADER), {0: (0, 0, 65535)}
        packed: list[tuple[int, bytes]] = []
        for thing in document.objects:
            number = thing.objgen[0]
            if number in left_out:
                continue
            if not isinstance(thing, pikepdf.Stream):
                packed.append((number, thing.unparse(resolved=True)))
            elif thing.get("/Type") not in ("/ObjStm", "/XRef"):
                self._entries[number] = (1, len(written), 0)
                written += numbered(number, stream(thing.read_raw_bytes(), thing))
        number = self._packed_number = len(document.objects) + 1
        self._entries |= {inner: (2, number, place) for place, (inner, _) in enumerate(packed)}
        self._entries[number] = (1, len(written), 0)
        written += numbered(number, _packed(packed))
        self._start = bytes(written)
        root, info = document.trailer.Root.objgen[0], document.trailer.Info.objgen[0]
        self._trailer = f"/Root {root} 0 R /Info {info} 0 R".encode()

    def write(self, changed: Mapping[int, bytes]) -> bytes:
        """The file; `changed` are the bodies of the other objects by number."""
        written, entries = bytearray(self._start), dict(self._entries)
        for number, body in changed.items():
            entries[number] = (1, len(written), 0)
            written += numbered(number, body)
        number = self._packed_number + 1
        entries[number] = (1, len(written), 0)
        rows = b"".join(struct.pack(">BIH", *entries.get(each, (0, 0, 0))) for each in range(number + 1))
        name = hashlib.sha256(written).hexdigest()[:32].encode()
        facts = b"/Type /XRef /Size %d /W [1 4 2] /ID [<%s> <%s>] %s" % (
            number + 1,
            name,
            name,
            self._trailer,
        )
        start = len(written)
        written += numbered(number, deflated(rows, facts))
        return bytes(written) + b"startxref\n%d\n%%%%EOF\n" % start


def numbered(number: int, body: bytes) -> bytes:
    return b"%d 0 obj\n%s\nendobj\n" % (number, body)


def deflated(content: bytes, facts: bytes = b"") -> bytes:
    """A stream object's body."""
    packed = zlib.compress(content)
    return b"<< %s /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (facts, len(packed), packed)


def stream(raw: bytes, facts: pikepdf.Object) -> bytes:
    return b"%s\nstream\n%s\nendstream" % (pikepdf.Dictionary(dict(facts.items())).unparse(), raw)


def _packed(things: list[tuple[int, bytes]]) -> bytes:
    places, bodies, end = [], [], 0
    for number, body in things:
        places.append(f"{number} {end}")
        bodies.append(body)
        end += len(body) + 1
    head = " ".join(places).encode() + b"\n"
    facts = b"/Type /ObjStm /N %d /First %d" % (len(things), len(head))
    return deflated(head + b" ".join(bodies), facts)
