"""The seal: sound for two programs that know nothing of each other, over all bytes, and never half set."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.urls import reverse

from cehours.lib import clock
from certificates import render as rendering
from certificates import sealing, tasks
from certificates.models import CertificateState
from certificates.render import render
from certificates.sealing import SealFailed, checking, keys, place
from certificates.services import printing
from certificates.sheet import date_text
from organizations.models import Event, OutboxItem
from organizations.scope import scope
from tests import databases
from tests.certificates import seals
from tests.certificates.approving import SYSTEM, approved, certificates
from tests.certificates.sheets import SHEET
from tests.certificates.test_outbox import until
from tests.databases import REPO, CeleryWorker
from tests.world import World


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


def row() -> OutboxItem:
    with scope(SYSTEM):
        return OutboxItem.objects.get(task="certificates.render")


# -- the software seal


def test_pyhanko_finds_one_sound_signature_over_all_bytes(plain: bytes) -> None:
    sealed = seal(plain)
    assert sealed.startswith(plain)
    assert checking.examine(sealed, sealing.trusted(), clock.now()) == checking.Finding(True)


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
    assert checking.examine(sealed, sealing.trusted(), clock.now()).says == checking.NOT_OURS


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
    assert checking.examine(sealed, sealing.trusted(), clock.now()).sound
    assert log.read_text() == "req-1 ok Bearer for-the-service\n"


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
    assert checking.examine(seal(plain, "req-1"), sealing.trusted(), clock.now()).sound


# -- render, seal, store: issued once, or a job that stays visible


def _broken(*_: Any, **__: Any) -> Any:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("where", "name"),
    [
        (rendering, "render"),
        (printing.sealing, "set_on"),
        (printing.default_storage, "save"),
        (printing.numbering, "keep"),
        (printing, "_tell_the_holder"),
    ],
    ids=["render", "seal", "store", "keep", "show"],
)
def test_an_error_at_any_step_leaves_a_visible_job_that_is_done_once(
    world: World, monkeypatch: pytest.MonkeyPatch, where: Any, name: str
) -> None:
    certificate = approved(world)
    with monkeypatch.context() as patched:
        patched.setattr(where, name, _broken)
        with pytest.raises(OSError, match="No space"):
            tasks.render(str(certificate.pk))
    assert certificates()[0].state == CertificateState.PENDING
    assert (row().state, row().attempts) == ("pending", 1)
    assert "No space" in row().error
    tasks.render(str(certificate.pk))
    _issued_once(world)


def test_what_the_storage_does_not_give_back_is_not_shown(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = approved(world)
    save = FileSystemStorage.save

    def short(storage: FileSystemStorage, name: str, file: Any) -> str:
        return save(storage, name, ContentFile(file.read()[:-1]))

    monkeypatch.setattr(FileSystemStorage, "save", short)
    with pytest.raises(printing.NotStored):
        tasks.render(str(certificate.pk))
    assert certificates()[0].state == CertificateState.PENDING


def test_a_seal_out_of_order_leaves_the_job_with_its_sentence(world: World, settings: Any) -> None:
    certificate = approved(world)
    settings.SEAL_BACKEND = "tests.certificates.seals.DeadSeal"
    with pytest.raises(SealFailed):
        tasks.render(str(certificate.pk))
    assert row().error == "SealFailed: 印章服务停用。"
    assert certificates()[0].state == CertificateState.PENDING


@pytest.mark.parametrize(
    "step",
    [
        "store",
        *(pytest.param(step, marks=pytest.mark.long) for step in ("render", "seal", "stored", "shown")),
    ],
)
def test_killed_at_any_step_it_is_issued_once(
    committed_world: World, committed_db: str, settings: Any, tmp_path: Path, step: str
) -> None:
    certificate = approved(committed_world)
    worker = CeleryWorker(committed_db, tmp_path)
    settings.SEAL_DEMO_FOLDER = worker.env["SEAL_DEMO_FOLDER"]
    dead = subprocess.run(
        [sys.executable, "-m", "tests.certificates.one_print", str(certificate.pk), step],
        cwd=REPO,
        env=worker.env,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert dead.returncode == -9, dead.stderr
    assert (certificates()[0].state, row().state) == (CertificateState.PENDING, "pending")
    assert until(lambda: tasks_done(str(certificate.pk)), 20)
    _issued_once(committed_world)


def tasks_done(key: str) -> bool:
    """Whether the row is done; the dead process's lock may live a moment longer than it."""
    tasks.render(key)
    return row().state == "done"


@pytest.mark.long
def test_a_seal_that_hangs_is_given_up_and_tried_again(
    committed_world: World, worker: CeleryWorker, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = approved(committed_world)
    # The option --soft-time-limit would lose against the site's setting.
    monkeypatch.setattr(databases, "OPTIONS", (*databases.OPTIONS, "--", "task.soft_time_limit=3"))
    worker.env["SEAL_BACKEND"] = "tests.certificates.seals.HangingSeal"
    worker.start()
    from organizations import outbox

    with clock.at(certificate.issued_at + timedelta(hours=1)):
        outbox.sweep()
    assert until(lambda: row().attempts >= 1, 60), worker.log.read_text()
    assert "SoftTimeLimitExceeded" in row().error
    assert certificates()[0].state == CertificateState.PENDING
    worker.kill()
    settings.SEAL_DEMO_FOLDER = worker.env["SEAL_DEMO_FOLDER"]
    tasks.render(str(certificate.pk))
    _issued_once(committed_world)


def _issued_once(world: World) -> None:
    """One visible certificate whose stored bytes are what the person gets."""
    (done,) = certificates()
    assert done.state == CertificateState.READY
    with scope(SYSTEM):
        assert Event.objects.filter(subject_id=done.pk, act="printed").count() == 1
    answer = world.browser("applicant").get(reverse("certificates:download", args=[done.pk]))
    assert answer.status_code == 200
    assert checking.examine(answer.content, sealing.trusted(), clock.now()).sound
