"""The seal's key on a real PKCS#11 token: it signs there, comes back after a fault, and is never locked by us."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command

from cehours.lib import clock
from certificates import sealing, tasks
from certificates.models import CertificateState
from certificates.paper.render import render
from certificates.paper.sheet import date_text
from certificates.sealing import Order, SealFailed, driver, keys, token, validating
from certificates.sealing.appearance import place
from tests.certificates import soft_token
from tests.certificates.approving import approved, certificates, render_row
from tests.certificates.sheets import SHEET
from tests.certificates.test_sealing import seal
from tests.world import World


@pytest.fixture(scope="module")
def plain() -> bytes:
    return render(SHEET)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a token called `provincial` with the key `seal`, made once."""
    folder = tmp_path_factory.mktemp("made") / "token"
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SOFTHSM2_CONF", soft_token.configured(folder))
        soft_token.with_key(folder, "provincial", "seal", "湘南省人社厅电子印章")
    return folder


@pytest.fixture
def folder(made: Path, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Iterator[Path]:
    """A copy of it, as the settings name it; yields the copy's folder."""
    folder = tmp_path / "token"
    monkeypatch.setenv("SOFTHSM2_CONF", soft_token.configured(folder))
    shutil.copytree(made / "tokens", folder / "tokens", dirs_exist_ok=True)
    settings.SEAL_PKCS11_MODULE = soft_token.driver()
    settings.SEAL_PKCS11_TOKEN, settings.SEAL_PKCS11_LABEL = "provincial", "seal"
    settings.SEAL_PKCS11_PIN = soft_token.PIN
    yield folder
    token.let_go()
    cache.clear()


def pin_is_low() -> bool:
    """Whether the token remembers a wrong PIN since the last right one."""
    token.let_go()
    return bool(soft_token.flags("provincial") & pkcs11.TokenFlag.USER_PIN_COUNT_LOW)


# -- it signs


def test_what_the_token_seals_is_sound_for_two_programs(plain: bytes, folder: Path, tmp_path: Path) -> None:
    sealed = seal(plain)
    assert "湘南省人社厅电子印章" in keys.signer().signing_cert.subject.human_friendly
    assert validating.examine(sealed, sealing.trusted(), clock.now()) == validating.Finding(True)
    (tmp_path / "sealed.pdf").write_bytes(sealed)
    said = subprocess.run(
        ["pdfsig", "-nocert", str(tmp_path / "sealed.pdf")], capture_output=True, text=True, check=False
    ).stdout
    assert "Signature is Valid" in said
    assert "Total document signed" in said


def test_many_seals_are_one_log_in(plain: bytes, folder: Path) -> None:
    signers = set()
    for _ in range(3):
        seal(plain)
        signers.add(id(keys.signer()))
    assert len(signers) == 1
    assert sealing.problems() == []


def test_threads_that_sign_at_once_get_a_sound_seal_each(plain: bytes, folder: Path) -> None:
    spot = place.over(plain, date_text(SHEET.issued_on))  # what finds the place is for one thread only
    assert spot is not None
    order = Order("1", SHEET.issuer, spot)
    sealing.current().seal(plain, order)
    with ThreadPoolExecutor(4) as pool:
        sealed = list(pool.map(lambda _: sealing.current().seal(plain, order), range(8)))
    assert all(validating.examine(each, sealing.trusted(), clock.now()).sound for each in sealed)


def test_a_child_process_signs_with_a_log_in_of_its_own(plain: bytes, folder: Path) -> None:
    """As a worker does: the parent has looked whether the seal works, then it forks."""
    assert sealing.problems() == []
    child = os.fork()
    if child == 0:
        good = False
        try:
            good = (
                token._held is None and validating.examine(seal(plain), sealing.trusted(), clock.now()).sound
            )
        finally:
            os._exit(0 if good else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert validating.examine(seal(plain), sealing.trusted(), clock.now()).sound


# -- it comes back


def test_after_the_connection_was_lost_the_next_try_seals(plain: bytes, folder: Path) -> None:
    seal(plain)
    driver.started(soft_token.driver()).reinitialize()  # the driver starts anew: every session is void
    with pytest.raises(SealFailed, match="连接中断") as failed:
        seal(plain)
    assert failed.value.retry
    assert validating.examine(seal(plain), sealing.trusted(), clock.now()).sound


def test_a_certificate_waits_while_the_token_is_away_and_is_issued_once(world: World, folder: Path) -> None:
    certificate = approved(world)
    (folder / "tokens").rename(folder / "away")
    (folder / "tokens").mkdir()
    tasks.render(str(certificate.pk))
    assert render_row().error.startswith("找不到印章密码机“provincial”")
    assert certificates()[0].state == CertificateState.PENDING
    (folder / "tokens").rmdir()
    (folder / "away").rename(folder / "tokens")
    tasks.render(str(certificate.pk))
    assert certificates()[0].state == CertificateState.READY


# -- a wrong PIN


def test_a_wrong_pin_is_tried_once_whoever_asks(plain: bytes, folder: Path, settings: Any) -> None:
    settings.SEAL_PKCS11_PIN = "000000"
    with pytest.raises(SealFailed, match="不接受口令"):
        seal(plain)
    assert pin_is_low()
    # Whatever the token remembers itself, no process tries again: the right log-in in between shows it.
    settings.SEAL_PKCS11_PIN = soft_token.PIN
    call_command("seal_token", stdout=StringIO())
    settings.SEAL_PKCS11_PIN = "000000"
    for _ in range(3):
        token.let_go()  # as in another process
        with pytest.raises(SealFailed, match="不接受口令"):
            seal(plain)
        assert "不接受口令" in sealing.problems()[0]
    assert not pin_is_low()


def test_a_token_that_remembers_a_wrong_pin_is_asked_by_hand_only(
    plain: bytes, folder: Path, settings: Any
) -> None:
    with pytest.raises(pkcs11.PinIncorrect), soft_token.session("provincial", "111111"):
        pass
    with pytest.raises(SealFailed, match="上次登录的口令有误"):
        seal(plain)
    said = StringIO()
    call_command("seal_token", stdout=said)
    assert "登录成功，盖章证书：Common Name: 湘南省人社厅电子印章" in said.getvalue()
    assert validating.examine(seal(plain), sealing.trusted(), clock.now()).sound


def test_by_hand_the_corrected_pin_of_the_token_counts_again(
    plain: bytes, folder: Path, settings: Any
) -> None:
    settings.SEAL_PKCS11_PIN = "000000"
    with pytest.raises(CommandError, match="不接受口令"):
        call_command("seal_token")
    with soft_token.session("provincial") as session:
        session.set_pin(soft_token.PIN, "000000")
    with pytest.raises(SealFailed, match="不接受口令"):
        seal(plain)
    call_command("seal_token", stdout=StringIO())
    assert validating.examine(seal(plain), sealing.trusted(), clock.now()).sound


# -- what the operator reads


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"SEAL_PKCS11_PIN": ""}, "需要设置 SEAL_PKCS11_PIN"),
        ({"SEAL_PKCS11_TOKEN": "other"}, "找不到印章密码机“other”，现有：“provincial”"),
        ({"SEAL_PKCS11_LABEL": "other"}, "找不到名为“other”的一对密钥和证书"),
        ({"SEAL_PKCS11_MODULE": "/nowhere/driver.so"}, "连接印章密码机失败"),
    ],
)
def test_a_setting_that_is_wrong_is_named(
    plain: bytes, folder: Path, settings: Any, change: dict[str, str], says: str
) -> None:
    for name, value in change.items():
        setattr(settings, name, value)
    with pytest.raises(SealFailed, match=says):
        seal(plain)
    assert len(sealing.problems()) == 1
    assert not pin_is_low()


def test_of_two_tokens_none_is_guessed(plain: bytes, folder: Path, settings: Any) -> None:
    soft_token.with_key(folder, "another", "seal", "另一枚印章")
    settings.SEAL_PKCS11_TOKEN = ""
    with pytest.raises(SealFailed, match="SEAL_PKCS11_TOKEN 指明"):
        seal(plain)
    settings.SEAL_PKCS11_TOKEN = "another"
    seal(plain)
    assert "另一枚印章" in keys.signer().signing_cert.subject.human_friendly


def test_a_key_without_its_certificate_seals_nothing(plain: bytes, folder: Path, settings: Any) -> None:
    with soft_token.session("provincial") as session:
        for found in session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE}):
            found.destroy()
    with pytest.raises(SealFailed, match="一对密钥和证书"):
        seal(plain)


def test_a_locked_token_is_not_asked(plain: bytes, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SoftHSM never locks, so its flags are what hardware would show."""
    for flag, says in (("USER_PIN_LOCKED", "已经锁死"), ("USER_PIN_FINAL_TRY", "只剩最后一次")):
        shown = pkcs11.TokenFlag.TOKEN_INITIALIZED | pkcs11.TokenFlag[flag]
        monkeypatch.setattr(token, "_flags", lambda _, shown=shown: shown)
        with pytest.raises(SealFailed, match=says):
            seal(plain)
        with pytest.raises(CommandError, match=says):
            call_command("seal_token")
    assert not pin_is_low()


# -- another key


def test_a_driver_for_one_thread_says_so_and_seals_one_at_a_time(
    plain: bytes, folder: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = driver.started

    def unlocking(so: str, *, several: bool) -> driver.Driver:
        if several:
            raise driver.CannotLock("CKR_CANT_LOCK")
        return real(so, several=several)

    monkeypatch.setattr(driver, "started", unlocking)
    assert "SEAL_AT_ONCE 设为 1" in sealing.problems()[0]
    settings.SEAL_AT_ONCE = 1
    assert validating.examine(seal(plain), sealing.trusted(), clock.now()).sound


def test_a_retired_key_is_not_used_by_the_process_that_kept_it(
    plain: bytes, folder: Path, settings: Any
) -> None:
    seal(plain)
    soft_token.exchange_key(folder, "provincial", "seal", "湘南省人社厅新印章")
    with pytest.raises(SealFailed) as failed:  # what is under way when the key changes waits for a minute
        seal(plain)
    assert failed.value.retry
    sealed = seal(plain)
    assert "湘南省人社厅新印章" in keys.signer().signing_cert.subject.human_friendly
    assert validating.examine(sealed, sealing.trusted(), clock.now()).sound


def test_several_documents_are_with_the_token_at_once_and_no_more_than_set(
    plain: bytes, folder: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SEAL_AT_ONCE = 3
    assert sealing.current().at_once() == 3
    opened = []
    real = token.TokenSigner._opened_desk

    def counted(signer: token.TokenSigner) -> Any:
        opened.append(signer)
        return real(signer)

    monkeypatch.setattr(token.TokenSigner, "_opened_desk", counted)
    order = sealing.order(plain, "1", SHEET.issuer, date_text(SHEET.issued_on))
    with ThreadPoolExecutor(8) as pool:
        sealed = list(pool.map(lambda _: sealing.current().seal(plain, order), range(16)))
    assert all(validating.examine(each, sealing.trusted(), clock.now()).sound for each in sealed)
    assert 1 <= len(opened) <= 3
