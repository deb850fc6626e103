"""An uploaded file is the one on record byte for byte, or the page says what is wrong: nothing passes by luck."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog.testing
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pyhanko.sign import signers

from applications.files import tidy
from cehours.lib import clock
from certificates import sealing
from certificates.models import Certificate
from certificates.paper.render import render
from certificates.paper.sheet import Sheet
from certificates.prints import sealed_here
from certificates.sealing import apart, keys, validating
from certificates.verification import one_file
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from tests.certificates import forging, seals
from tests.certificates.approving import approved, printed, revoked
from tests.certificates.forging import FORGERIES
from tests.certificates.test_verify import ask, name_on, scan, words
from tests.world import World

URL = reverse("certificates:verify_file")


@pytest.fixture(autouse=True)
def no_tries_so_far() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def certificate(world: World) -> Certificate:
    return printed(approved(world))


@pytest.fixture
def same_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Judging a foreign file asks a process of its own; the judgement is the same here."""
    monkeypatch.setattr(apart, "examine", validating.examine)


def file_of(certificate: Certificate) -> bytes:
    with default_storage.open(certificate.storage_key) as file:
        content: bytes = file.read()
    return content


def upload(content: bytes, against: str = "", client: Client | None = None) -> Any:
    file = SimpleUploadedFile("认定单.pdf", content, "application/pdf")
    return (client or Client()).post(URL, {"file": file, "against": against})


def against(page: Any) -> str:
    value: str = page.context["upload"].initial["against"]
    return value


def test_the_file_on_record_is_recognised_with_everything_it_says(certificate: Certificate) -> None:
    page = upload(file_of(certificate))
    assert page.status_code == 200
    for said in ("与存档一致", "电子印章验证通过", "真实有效", certificate.number, "《建筑学》副高级"):
        assert said in words(page)
    assert name_on(certificate) not in words(page)


def test_of_a_revoked_one_the_file_is_genuine_and_the_state_is_said(
    world: World, certificate: Certificate
) -> None:
    content = file_of(certificate)
    revoked(world, certificate)
    shown = words(upload(content))
    assert "与存档一致" in shown
    assert "该认定单已被撤销" in shown
    assert "真实有效" not in shown


def test_every_forgery_is_refused_with_a_sentence(world: World, same_process: None, tmp_path: Path) -> None:
    certificate = printed(approved(world))
    sealed, plain = file_of(certificate), render(Sheet.from_json(certificate.sheet))
    assert len(FORGERIES) >= 25
    expected = {
        "the print before sealing": validating.NO_SEAL,
        "signature stripped": validating.NO_SEAL,
        "signed by a stranger of our name": validating.NOT_OURS,
        "signed again on top": validating.MORE,
        "not a PDF": validating.NO_PDF,
    }
    for name, forge in FORGERIES.items():
        forged = forge(sealed, plain, tmp_path)
        assert forged != sealed, name
        answer = one_file.verify(forged)
        assert (answer.same, answer.found) == (False, None), name
        assert answer.says, name
        assert answer.says == expected.get(name, answer.says), name
        # The record's hash alone would do; the seal must notice by itself. It leaves no room that nothing covers.
        assert not validating.examine(forged, sealing.trusted(), clock.now()).sound, name


@pytest.mark.parametrize("many", [50, pytest.param(2000, marks=pytest.mark.long)])
def test_one_flipped_byte_anywhere_is_noticed(
    certificate: Certificate, same_process: None, many: int
) -> None:
    sealed = file_of(certificate)
    chance = random.Random(7)
    start, end = forging._hole(sealed)
    for place in [0, len(sealed) - 1, *(chance.randrange(len(sealed)) for _ in range(many - 2))]:
        flipped = bytearray(sealed)
        flipped[place] ^= 1 << chance.randrange(8)
        answer = one_file.verify(bytes(flipped))
        assert (answer.same, answer.found) == (False, None), place
        if not start <= place < end:
            assert not validating.examine(bytes(flipped), sealing.trusted(), clock.now()).sound, place


def test_another_persons_genuine_file_does_not_pass_for_this_one(world: World) -> None:
    mine, other = printed(approved(world)), printed(approved(world, by="other_applicant"))
    for page in (Client().get(scan(mine)), ask(mine.number, name_on(mine))):
        shown = words(upload(file_of(other), against(page)))
        assert "与存档不一致" in shown
        assert f"这是另一份认定单（编号 {other.number}）" in shown
        assert "真实有效" not in shown


def test_sealed_by_our_key_but_not_on_record_is_no_certificate(
    certificate: Certificate, same_process: None
) -> None:
    plain = render(replace(Sheet.from_json(certificate.sheet), name="欧阳明玥"))
    again = sealing.set_on(
        plain,
        request_id="again",
        issuer="湘南省人社厅",
        date_text=Sheet.from_json(certificate.sheet).issued_on.strftime("%Y年%-m月%-d日"),
        now=clock.now(),
    )
    with structlog.testing.capture_logs() as logs:
        assert one_file.verify(again).says == one_file.UNRECORDED
    assert [each["event"] for each in logs] == ["sealed_but_not_on_record"]

    sealed_here.note(hashlib.sha256(again).hexdigest())  # as a printer does that is killed right afterwards
    with structlog.testing.capture_logs() as logs:
        assert one_file.verify(again).says == one_file.UNRECORDED
    assert [each["event"] for each in logs] == ["sealed_here_but_not_on_record"]


def test_every_print_was_noted_before_it_was_stored_and_no_sweeper_takes_either(
    certificate: Certificate,
) -> None:
    assert sealed_here.known(certificate.sha256)
    with scope(Actor.system("applications.tidy_storage")), clock.at(clock.now() + timedelta(days=30)):
        tidy.tidy()
    assert sealed_here.known(certificate.sha256)
    assert default_storage.exists(certificate.storage_key)


@pytest.mark.parametrize(
    ("digest", "days", "says"),
    [("sha1", (-1, 30), validating.WEAK), ("sha256", (-30, -2), validating.EXPIRED)],
)
def test_even_a_pinned_key_must_sign_strongly_and_in_its_time(
    certificate: Certificate, tmp_path: Path, digest: str, days: tuple[int, int], says: str
) -> None:
    file = seals.key_file(tmp_path / "k.p12", "印章", days=days)
    signer = signers.SimpleSigner.load_pkcs12(file)
    signed = forging._signed(render(Sheet.from_json(certificate.sheet)), signer, digest=digest)
    assert validating.examine(signed, [seals.certificate_of(file)], clock.now()).says == says


def test_a_key_may_expire_and_what_it_sealed_in_time_stays_sound(certificate: Certificate) -> None:
    content = file_of(certificate)
    assert not validating.examine(content, sealing.trusted(), clock.now() + timedelta(days=4000)).sound
    with clock.at(clock.now() + timedelta(days=4000)):
        answer = one_file.verify(content)
    assert (answer.same, answer.says) == (True, "")


def test_a_foreign_file_is_judged_in_a_process_of_its_own(certificate: Certificate) -> None:
    assert "文件在盖章之后又加了内容" in words(upload(file_of(certificate) + b"\n"))


def test_a_large_file_is_refused_before_anybody_looks(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setattr(one_file, "verify", lambda *_, **__: pytest.fail("looked at"))
    page = upload(b"%PDF-" + b"0" * one_file.MAX_BYTES)
    assert page.status_code == 422
    assert "超过 1 MB" in words(page)


@pytest.mark.parametrize(("content", "says"), [(None, "请选择认定单的 PDF 文件"), (b"", "文件是空的")])
def test_no_file_gets_a_sentence(db: None, content: bytes | None, says: str) -> None:
    page = Client().post(URL, {}) if content is None else upload(content)
    assert page.status_code == 422
    assert says in words(page)


def test_files_cannot_be_tried_without_end(db: None, same_process: None) -> None:
    client = Client(REMOTE_ADDR="10.0.3.1")
    assert [upload(b"x", client=client).status_code for _ in range(31)] == [200] * 30 + [429]


def test_nothing_of_an_upload_is_kept(certificate: Certificate, same_process: None, tmp_path: Path) -> None:
    def stored() -> set[Path]:
        return {path for path in (tmp_path / "media").rglob("*") if path.is_file()}

    before = stored()
    upload(file_of(certificate) + b"x")
    assert stored() == before


def test_a_changed_hidden_field_only_takes_the_comparison_away(certificate: Certificate) -> None:
    page = upload(file_of(certificate), "forged:value")
    assert "与存档一致" in words(page)


def test_the_demo_key_is_what_trusts_here(certificate: Certificate) -> None:
    assert sealing.trusted() == [keys.signer().signing_cert.dump()]
