"""Time stamps: a real authority's in the signature, or no seal and a sentence; never anybody else's."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from cehours.lib import clock
from certificates import sealing, tasks
from certificates.models import CertificateState
from certificates.paper.render import render
from certificates.sealing import SealFailed, keys, validating
from certificates.sealing.signature import stamping
from tests.certificates import time_stamps
from tests.certificates.approving import approved, certificates, render_row
from tests.certificates.sheets import SHEET
from tests.certificates.test_sealing import seal
from tests.databases import REPO
from tests.world import World

Start = Callable[..., Path]


@pytest.fixture(scope="module")
def plain() -> bytes:
    return render(SHEET)


@pytest.fixture(scope="module")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ours, and a stranger's of the same name."""
    folder = tmp_path_factory.mktemp("tsa")
    time_stamps.authority(folder / "ours", "时间戳服务")
    time_stamps.authority(folder / "stranger", "时间戳服务")
    return folder


@pytest.fixture
def start(authorities: Path, settings: Any) -> Iterator[Start]:
    """Starts an authority with its faults as the configured one, whose root is trusted; returns its log."""
    settings.SEAL_TIMESTAMP_TRUSTED = authorities / "ours" / "root.pem"
    with ExitStack() as running:

        def started(faults: str, who: str = "ours") -> Path:
            log = authorities / who / "log"
            log.write_text("")
            process = running.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "tests.certificates.time_stamps", str(authorities / who), faults],
                    cwd=REPO,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            running.callback(process.kill)
            assert process.stdout is not None
            settings.SEAL_TIMESTAMP_URL = f"http://127.0.0.1:{process.stdout.readline().strip()}/"
            return log

        yield started


def judged(sealed: bytes, root: Path) -> PdfSignatureStatus:
    """The signature, with a time-stamp root, as any verifier judges it."""
    (signature,) = PdfFileReader(io.BytesIO(sealed)).embedded_signatures
    return validate_pdf_signature(
        signature,
        ValidationContext(trust_roots=[keys.signer().signing_cert], allow_fetching=False),
        ts_validation_context=ValidationContext(
            trust_roots=[x509.Certificate.load(pem.unarmor(root.read_bytes())[2])], allow_fetching=False
        ),
    )


def test_the_signature_carries_the_authoritys_time(plain: bytes, start: Start, authorities: Path) -> None:
    start("ok")
    sealed = seal(plain)
    stamp = judged(sealed, authorities / "ours" / "root.pem").timestamp_validity
    assert stamp is not None
    assert stamp.valid and stamp.intact and stamp.trusted
    assert abs(stamp.timestamp - clock.now()) < timedelta(minutes=1)
    assert validating.examine(sealed, sealing.trusted(), clock.now()) == validating.Finding(True)


def test_poppler_finds_it_sound_as_well(plain: bytes, start: Start, tmp_path: Path) -> None:
    start("ok")
    (tmp_path / "sealed.pdf").write_bytes(seal(plain))
    said = subprocess.run(
        ["pdfsig", "-nocert", str(tmp_path / "sealed.pdf")], capture_output=True, text=True, check=False
    ).stdout
    assert "Signature is Valid" in said
    assert "Total document signed" in said


def test_the_authority_is_asked_once_for_each_seal(plain: bytes, start: Start) -> None:
    log = start("ok")
    seal(plain)
    before = log.read_text().count("ok")
    seal(plain)
    seal(plain)
    assert log.read_text().count("ok") == before + 2


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("refuse", "没有给出可用的时间戳"),
        ("503", "没有给出可用的时间戳"),
        ("slow", "没有给出可用的时间戳"),
        ("nonce", "没有给出可用的时间戳"),
        ("garbage", "没有给出可用的时间戳"),
        ("other", "时间戳不是受信任的时间戳服务签发的"),
    ],
)
def test_whatever_the_authority_does_wrong_nothing_is_sealed(
    plain: bytes, start: Start, monkeypatch: pytest.MonkeyPatch, fault: str, says: str
) -> None:
    monkeypatch.setattr(stamping, "WITHIN", 1)
    start(f"ok,{fault},ok")  # the first is for the size
    with pytest.raises(SealFailed, match=says) as failed:
        seal(plain)
    assert failed.value.retry
    assert validating.examine(seal(plain), sealing.trusted(), clock.now()).sound


def test_a_strangers_stamp_is_refused_though_his_name_is_the_same(plain: bytes, start: Start) -> None:
    start("ok", who="stranger")
    with pytest.raises(SealFailed, match="不是受信任的时间戳服务"):
        seal(plain)


def test_a_clock_that_is_wrong_is_noticed(plain: bytes, start: Start) -> None:
    start("ok")
    with clock.at(clock.now() + timedelta(minutes=10)), pytest.raises(SealFailed, match="相差超过 5 分钟"):
        seal(plain)


def test_without_the_authoritys_root_nothing_is_sealed_and_the_check_says_so(
    plain: bytes, start: Start, settings: Any, tmp_path: Path
) -> None:
    start("ok")
    settings.SEAL_TIMESTAMP_TRUSTED = tmp_path / "missing.pem"
    with pytest.raises(SealFailed, match="读不到时间戳服务的根证书"):
        seal(plain)
    assert "读不到时间戳服务的根证书" in sealing.problems()[0]
    settings.SEAL_TIMESTAMP_TRUSTED = None
    with pytest.raises(SealFailed, match="SEAL_TIMESTAMP_TRUSTED"):
        seal(plain)
    assert sealing.problems() == [stamping.NO_ROOTS]


def test_a_certificate_waits_for_its_time_stamp_and_is_issued_once(world: World, start: Start) -> None:
    certificate = approved(world)
    start("refuse,ok")
    tasks.render(str(certificate.pk))
    assert render_row().error.startswith("时间戳服务没有给出可用的时间戳")
    assert render_row().state == "pending"
    assert certificates()[0].state == CertificateState.PENDING
    tasks.render(str(certificate.pk))
    assert certificates()[0].state == CertificateState.READY
