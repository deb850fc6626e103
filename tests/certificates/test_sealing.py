"""The seal: sound for two programs that know nothing of each other, over all bytes, and never half set."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
from pyhanko.sign import signers

from cehours.lib import clock
from certificates import sealing
from certificates.paper.render import render
from certificates.paper.sheet import date_text
from certificates.sealing import SealFailed, keys, validating
from certificates.sealing.appearance import place
from tests.certificates import seals
from tests.certificates.sheets import SHEET
from tests.databases import REPO


@pytest.fixture(scope="module")
def plain() -> bytes:
    return render(SHEET)


def seal(pdf: bytes, request_id: str = "1") -> bytes:
    return sealing.set_on(
        pdf,
        request_id=request_id,
        issuer=SHEET.issuer,
        date_text=date_text(SHEET.issued_on),
        now=clock.now(),
    )


# -- the software seal


def test_pyhanko_finds_one_sound_signature_over_all_bytes(plain: bytes) -> None:
    sealed = seal(plain)
    assert sealed.startswith(plain)
    assert validating.examine(sealed, sealing.trusted(), clock.now()) == validating.Finding(True)


def test_poppler_finds_the_same(plain: bytes, tmp_path: Path) -> None:
    (tmp_path / "sealed.pdf").write_bytes(seal(plain))
    said = subprocess.run(
        ["pdfsig", "-nocert", str(tmp_path / "sealed.pdf")], capture_output=True, text=True, check=False
    ).stdout
    assert said.count("Signature #") == 1
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said


def test_the_seal_is_red_and_lies_over_issuer_and_date(plain: bytes) -> None:
    spot = place.over(plain, date_text(SHEET.issued_on))
    assert spot is not None
    assert round(spot.x1 - spot.x0) == round(42 * 72 / 25.4)
    document = pdfium.PdfDocument(seal(plain))
    document.init_forms()
    height = document[0].get_height()
    box = (int(spot.x0), int(height - spot.y1), int(spot.x1), int(height - spot.y0))
    picture = document[0].render(may_draw_forms=True).to_pil().convert("RGB")
    document.close()

    def red(part: Any) -> int:
        data = part.tobytes()
        pixels = zip(data[::3], data[1::3], data[2::3], strict=True)
        return sum(r > 150 and g < 110 and b < 110 for r, g, b in pixels)

    assert red(picture.crop(box)) > 1500
    assert red(picture) == red(picture.crop((box[0] - 1, box[1] - 1, box[2] + 1, box[3] + 1)))


def test_the_seal_adds_little_to_the_file(plain: bytes) -> None:
    assert len(seal(plain)) - len(plain) < 17_000


def test_a_key_made_for_a_demo_says_so_and_stays_private(plain: bytes, settings: Any) -> None:
    seal(plain)
    file = Path(settings.SEAL_DEMO_FOLDER) / keys.DEMO_FILE
    assert file.stat().st_mode & 0o077 == 0
    assert "演示" in keys.signer().signing_cert.subject.human_friendly


def test_a_configured_key_signs_in_its_place(plain: bytes, settings: Any, tmp_path: Path) -> None:
    settings.SEAL_PKCS12 = str(seals.key_file(tmp_path / "k.p12", "湘南省人社厅", password="secret-1"))
    settings.SEAL_PKCS12_PASSWORD = "secret-1"
    sealed = seal(plain)
    assert "湘南省人社厅" in keys.signer().signing_cert.subject.human_friendly
    settings.SEAL_PKCS12 = ""
    assert validating.examine(sealed, sealing.trusted(), clock.now()).says == validating.NOT_OURS


def test_a_key_file_that_was_exchanged_is_read_anew_and_the_former_key_gone_from_memory(
    plain: bytes, settings: Any, tmp_path: Path
) -> None:
    settings.SEAL_PKCS12 = str(seals.key_file(tmp_path / "k.p12", "旧印章"))
    seal(plain)
    former = weakref.ref(keys.signer())
    seals.key_file(tmp_path / "k.p12", "新印章")
    sealed = seal(plain)
    assert "新印章" in keys.signer().signing_cert.subject.human_friendly
    assert validating.examine(sealed, sealing.trusted(), clock.now()).sound
    gc.collect()
    assert former() is None
    (tmp_path / "k.p12").unlink()
    with pytest.raises(SealFailed, match="读不到印章密钥文件"):
        seal(plain)


@pytest.mark.parametrize("kind", ["RSA 2048", "RSA 4096", "EC P-256"])
def test_every_kind_of_key_seals_soundly_for_two_programs(
    plain: bytes, settings: Any, tmp_path: Path, kind: str
) -> None:
    settings.SEAL_PKCS12 = str(seals.key_file(tmp_path / "k.p12", "印章", kind=kind))
    for _ in range(2):
        sealed = seal(plain)
        assert validating.examine(sealed, sealing.trusted(), clock.now()) == validating.Finding(True)
    (tmp_path / "sealed.pdf").write_bytes(sealed)
    said = subprocess.run(
        ["pdfsig", "-nocert", str(tmp_path / "sealed.pdf")], capture_output=True, text=True, check=False
    ).stdout
    assert "Signature is Valid" in said


def test_a_seal_on_a_page_of_the_ordinary_way_is_sound_too(settings: Any) -> None:
    page = render(replace(SHEET, name="王𠀤é"))
    sealed = seal(page)
    assert validating.examine(sealed, sealing.trusted(), clock.now()) == validating.Finding(True)
    assert len(sealed) <= 60 * 1024


def test_a_key_is_parsed_once_and_signs_in_a_twentieth_of_the_time(plain: bytes) -> None:
    """pyHanko's own signer, with the same key, in the same process."""
    ours = keys.signer()
    theirs = signers.SimpleSigner(ours.signing_cert, ours.signing_key, ours.cert_registry)
    data = b"signed attributes"
    assert ours.sign_raw(data, "sha256") == theirs.sign_raw(data, "sha256")
    taken = []
    for signer in (ours, theirs):
        started = time.process_time()
        for _ in range(5):
            signer.sign_raw(data, "sha256")
        taken.append(time.process_time() - started)
    assert taken[0] * 20 < taken[1]


def test_the_service_is_asked_over_one_connection(plain: bytes, service: Callable[[str], Path]) -> None:
    log = service("ok")
    for number in range(3):
        seal(plain, f"req-{number}")
    assert len({line.split()[-1] for line in log.read_text().splitlines()}) == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"SEAL_DEMO_FOLDER": ""}, "没有配置电子印章的密钥"),
        ({"SEAL_PKCS12": "/nowhere/key.p12"}, "印章密钥文件 /nowhere/key.p12"),
        ({"SEAL_PKCS11_MODULE": "/nowhere/driver.so"}, "PKCS#11|密码机"),
    ],
)
def test_without_a_usable_key_nothing_is_sealed_and_the_check_says_why(
    plain: bytes, settings: Any, change: dict[str, str], says: str
) -> None:
    for name, value in change.items():
        setattr(settings, name, value)
    with pytest.raises(SealFailed, match=says):
        seal(plain)
    assert len(sealing.problems()) == 1


def test_a_key_that_has_expired_is_noticed_before_anybody_sees_the_print(
    plain: bytes, settings: Any, tmp_path: Path
) -> None:
    settings.SEAL_PKCS12 = str(seals.key_file(tmp_path / "old.p12", "旧印章", days=(-30, -2)))
    with pytest.raises(SealFailed, match="没有通过验签"):
        seal(plain)


@pytest.mark.parametrize("days", [(-30, -2), (2, 30)], ids=["expired", "not yet in force"])
def test_so_it_is_in_the_midst_of_a_lot(
    plain: bytes, settings: Any, tmp_path: Path, days: tuple[int, int]
) -> None:
    settings.SEAL_PKCS12 = str(seals.key_file(tmp_path / "old.p12", "旧印章", days=days))
    sealed = sealing.current().seal(
        plain, sealing.order(plain, "1", SHEET.issuer, date_text(SHEET.issued_on))
    )
    with pytest.raises(SealFailed, match="没有通过验签"):
        sealing.proved(plain, sealed, clock.now(), whole=False)


def test_an_answer_that_is_not_of_the_certificates_key_is_refused_every_time(
    plain: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal(plain)
    real = keys.KeptKey.sign_raw
    monkeypatch.setattr(
        keys.KeptKey, "sign_raw", lambda signer, data, digest: real(signer, data + b"other", digest)
    )
    for _ in range(2):
        with pytest.raises(SealFailed, match="与它的证书不符"):
            sealing.current().seal(plain, sealing.order(plain, "1", SHEET.issuer, date_text(SHEET.issued_on)))


def test_a_seal_vouches_for_what_it_builds_here_and_for_nothing_else(settings: Any, tmp_path: Path) -> None:
    assert sealing.current().vouches(clock.now())
    settings.SEAL_PKCS12 = str(seals.key_file(tmp_path / "ec.p12", "印章", kind="EC P-256"))
    assert not sealing.current().vouches(clock.now())
    settings.SEAL_BACKEND = "certificates.sealing.service.ServiceSeal"
    assert not sealing.current().vouches(clock.now())


# -- a provincial service over HTTP


@pytest.fixture
def service(settings: Any, tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Starts the service with its faults; returns its log."""
    key = seals.key_file(tmp_path / "service.p12", "省电子印章平台")
    from asn1crypto import pem

    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes(pem.armor("CERTIFICATE", seals.certificate_of(key)))
    log = tmp_path / "service.log"
    with ExitStack() as running:

        def start(faults: str) -> Path:
            process = running.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "tests.certificates.seal_service", str(key), str(log), faults],
                    cwd=REPO,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            running.callback(process.kill)
            assert process.stdout is not None
            settings.SEAL_SERVICE_URL = f"http://127.0.0.1:{process.stdout.readline().strip()}/seal"
            return log

        settings.SEAL_BACKEND = "certificates.sealing.service.ServiceSeal"
        settings.SEAL_TRUSTED, settings.SEAL_SERVICE_TOKEN = trusted, "for-the-service"
        settings.SEAL_SERVICE_TIMEOUT = 1
        yield start


def test_a_service_seals_in_the_agreed_way(plain: bytes, service: Callable[[str], Path]) -> None:
    log = service("ok")
    sealed = seal(plain, "req-1")
    assert validating.examine(sealed, sealing.trusted(), clock.now()).sound
    assert log.read_text().startswith("req-1 ok Bearer for-the-service ")


def test_asked_twice_the_service_gives_the_same_document(
    plain: bytes, service: Callable[[str], Path]
) -> None:
    service("ok")
    assert seal(plain, "req-1") == seal(plain, "req-1") != seal(plain, "req-2")


@pytest.mark.parametrize(
    ("fault", "says", "retry"),
    [
        ("503", "没有应答", True),
        ("slow", "没有应答", True),
        ("cut", "没有应答|不是送去|验签", True),
        ("403", "拒绝盖章", False),
        ("other", "不是送去盖章的文件", True),
        ("garbage", "不是送去盖章的文件", True),
        ("same", "没有通过验签", True),
    ],
)
def test_whatever_goes_wrong_at_the_service_no_document_comes_out(
    plain: bytes, service: Callable[[str], Path], fault: str, says: str, retry: bool
) -> None:
    service(f"{fault},ok")
    with pytest.raises(SealFailed, match=says) as failed:
        seal(plain, "req-1")
    assert failed.value.retry is retry
    assert validating.examine(seal(plain, "req-1"), sealing.trusted(), clock.now()).sound
