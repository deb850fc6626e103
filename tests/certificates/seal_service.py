"""A small provincial e-seal service, after docs/seal-service.md, with faults: `python -m … KEYFILE LOG FAULTS`.

FAULTS is a comma-separated list, one for each request in turn, and the last for all that follow: ok, 503, 403,
slow, cut, other (somebody else's document), same (unsealed), garbage. Prints its port.
"""

from __future__ import annotations

import hashlib
import io
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pikepdf
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter


class Service(BaseHTTPRequestHandler):
    signer: Any
    log: Path
    faults: list[str]
    sealed: dict[str, bytes] = {}

    protocol_version = "HTTP/1.1"  # connections are kept

    def do_POST(self) -> None:
        pdf = self.rfile.read(int(self.headers["Content-Length"]))
        key = self.headers["Idempotency-Key"]
        fault = self.faults.pop(0) if len(self.faults) > 1 else self.faults[0]
        with self.log.open("a") as log:
            log.write(f"{key} {fault} {self.headers['Authorization']} {self.client_address[1]}\n")
        if hashlib.sha256(pdf).hexdigest() != self.headers["X-Document-SHA256"]:
            return self.say(422, b"")
        if fault in ("503", "403"):
            return self.say(int(fault), b"")
        if fault == "slow":
            time.sleep(3)
        if fault == "garbage":
            return self.say(200, b"<html>maintenance</html>")
        if fault == "same":
            return self.say(200, pdf)
        if key not in self.sealed:
            self.sealed[key] = self.seal(pdf if fault != "other" else blank())
        answer = self.sealed.pop(key) if fault == "other" else self.sealed[key]
        return self.say(200, answer, cut=fault == "cut")

    def seal(self, pdf: bytes) -> bytes:
        _, *box = map(float, self.headers["X-Seal-Place"].split())
        meta = signers.PdfSignatureMetadata(field_name="Seal", subfilter=SigSeedSubFilter.PADES)
        spec = SigFieldSpec("Seal", on_page=0, box=tuple(map(int, box)))
        signer = signers.PdfSigner(meta, self.signer, new_field_spec=spec)
        return signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf))).getvalue()

    def say(self, status: int, content: bytes, *, cut: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if cut else content)
        self.close_connection = cut

    def log_message(self, *_: Any) -> None:
        return None


def blank() -> bytes:
    """Somebody else's document: one empty page."""
    document = pikepdf.new()
    document.add_blank_page()
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


if __name__ == "__main__":
    Service.signer = signers.SimpleSigner.load_pkcs12(sys.argv[1])
    Service.log, Service.faults = Path(sys.argv[2]), sys.argv[3].split(",")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()
