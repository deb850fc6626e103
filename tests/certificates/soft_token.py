"""A PKCS#11 token in a folder (SoftHSM): `with_key` makes it, with a key and certificate as a seal has them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pkcs11
from cryptography.hazmat.primitives import serialization
from pkcs11 import Attribute, ObjectClass
from pkcs11.util.x509 import decode_x509_certificate

from tests.certificates import seals

PIN = "654321"
DRIVERS = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so")


def driver() -> str:
    return next(path for path in DRIVERS if Path(path).exists())


def with_key(folder: Path, token: str, label: str, subject: str) -> bytes:
    """A new token under `folder`, its key and certificate called `label`; returns the certificate (DER).

    The configuration is `folder`/softhsm2.conf, which SOFTHSM2_CONF must name.
    """
    _tool("--init-token", "--free", "--label", token, "--so-pin", "87654321", "--pin", PIN)
    return give_key(folder, token, label, subject)


def give_key(folder: Path, token: str, label: str, subject: str) -> bytes:
    """A new key and certificate called `label` on the token."""
    file = seals.key_file(folder / "made.p12", subject)
    key, certificate, _ = serialization.pkcs12.load_key_and_certificates(file.read_bytes(), None)
    assert key is not None
    assert certificate is not None
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    _tool("--import", str(folder / "key.pem"), "--token", token, "--label", label, "--id", "01", "--pin", PIN)
    der = certificate.public_bytes(serialization.Encoding.DER)
    with session(token) as opened:
        opened.create_object(
            {
                **decode_x509_certificate(der),
                Attribute.CLASS: ObjectClass.CERTIFICATE,
                Attribute.LABEL: label,
                Attribute.TOKEN: True,
            }
        )
    return der


@contextmanager
def session(token: str, pin: str = PIN) -> Iterator[pkcs11.Session]:
    """A log-in beside ours, which ends the driver in this process and with it every other session."""
    library = pkcs11.lib(driver())
    try:
        yield library.get_token(token_label=token).open(rw=True, user_pin=pin)
    finally:
        library.finalize()


def flags(token: str) -> pkcs11.TokenFlag:
    """What the token says of itself to everybody."""
    library = pkcs11.lib(driver())
    try:
        return library.get_token(token_label=token).flags
    finally:
        library.finalize()


def configured(folder: Path) -> str:
    """Writes the configuration of an empty set of tokens and returns its path."""
    (folder / "tokens").mkdir(parents=True)
    path = folder / "softhsm2.conf"
    path.write_text(
        f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    return str(path)


def exchange_key(folder: Path, token: str, label: str, subject: str) -> None:
    """What an operator does beside us, in a process of their own: the key called `label` goes, another comes."""
    words = (sys.executable, "-m", "tests.certificates.soft_token", str(folder), token, label, subject)
    subprocess.run(words, env=os.environ, check=True)


def _tool(*words: str) -> None:
    subprocess.run(["softhsm2-util", *words], env=os.environ, check=True, capture_output=True)


if __name__ == "__main__":
    where, at, called, named = sys.argv[1:]
    with session(at) as opened_here:
        for former in list(opened_here.get_objects({Attribute.LABEL: called})):
            former.destroy()
    give_key(Path(where), at, called, named)
