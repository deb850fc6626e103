"""The key on a PKCS#11 token: one log-in per process, let go at the first fault, and no wrong PIN twice.

A token locks itself after a few wrong PINs, and then a whole province waits. So a refused PIN is remembered where
every process looks, and a token that remembers a refusal itself is only asked again by hand (`manage.py
seal_token`). Imported only where a token is configured: its binding is an extra.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from queue import LifoQueue
from threading import Condition, RLock
from typing import Any, NamedTuple

import pkcs11
from django.conf import settings
from django.core.cache import cache
from django.utils.crypto import salted_hmac
from pkcs11 import exceptions
from pyhanko.sign.pkcs11 import PKCS11Signer

from certificates.sealing import NoKey, driver
from certificates.sealing.signature.cms import Signs

NOT_SET = "使用印章密码机需要设置 SEAL_PKCS11_PIN。"
AWAY = "连接印章密码机失败（{}），系统会自动重试。请检查密码机和驱动程序。"
MISSING = "找不到印章密码机“{}”，现有：{}。请检查密码机是否接好，并核对 SEAL_PKCS11_TOKEN。"
WHICH = "有几台印章密码机（{}），请用 SEAL_PKCS11_TOKEN 指明用哪一台。"
BY_HAND = "为免密码机锁死，不再自动尝试；请核对 SEAL_PKCS11_PIN，再运行 manage.py seal_token。"
REFUSED = f"印章密码机“{{}}”不接受口令。{BY_HAND}"
LOW = f"印章密码机“{{}}”上次登录的口令有误。{BY_HAND}"
LAST_TRY = "印章密码机“{}”只剩最后一次口令机会。请先用密码机自带的管理工具以正确的口令登录一次。"
LOCKED = "印章密码机“{}”的口令已经锁死，请联系密码机管理员解锁。"
NO_OBJECT = "在印章密码机“{}”中找不到名为“{}”的一对密钥和证书（{}），请核对 SEAL_PKCS11_LABEL。"
ONE_AT_A_TIME = "印章密码机的驱动程序一次只能处理一份，请把 SEAL_AT_ONCE 设为 1 后重启。"
LOST = "与印章密码机的连接中断（{}），系统会自动重新连接。"
WRONG_PIN = (
    exceptions.PinIncorrect,
    exceptions.PinInvalid,
    exceptions.PinLenRange,
    exceptions.PinExpired,
    exceptions.PinLocked,
)
_held: TokenSigner | None = None
_driver: driver.Driver | None = None
_calls = 0  # into the driver, of all threads
_state = Condition(RLock())


class _Desk(NamedTuple):
    """Key and certificate as one session sees them; the library types neither."""

    key: Any
    certificate: Any


class TokenSigner(PKCS11Signer, Signs):
    """Signs on the token, up to SEAL_AT_ONCE documents together, each in a session that is kept."""

    def __init__(self, token: pkcs11.Token, session: pkcs11.Session, label: str) -> None:
        super().__init__(session, cert_label=label, key_label=label)
        self._token = token
        self._free: LifoQueue[_Desk | None] = LifoQueue()
        for _ in range(settings.SEAL_AT_ONCE):
            self._free.put(None)  # its session is opened when it is needed

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        """Raises NoKey when the token does not sign, or holds another certificate by now.

        A session that failed is not used again, and neither are the others.
        """
        desk = self._free.get()
        try:
            with _in_use(self):
                desk = desk or self._opened_desk()
                return self._answer(desk, data, digest_algorithm)
        except (pkcs11.PKCS11Error, ValueError) as error:
            let_go()
            raise NoKey(LOST.format(_named(error))) from error
        finally:
            self._free.put(desk)

    def _answer(self, desk: _Desk, data: bytes, digest_algorithm: str) -> bytes:
        if desk.certificate[pkcs11.Attribute.VALUE] != self.signing_cert.dump():
            raise ValueError("the certificate on the token is another one")
        how = self._select_pkcs11_signing_params(digest_algorithm, self.sign_kwargs(data))
        asked = how.pre_sign_transform(data) if how.pre_sign_transform else data
        answer: bytes = desk.key.sign(asked, **how.sign_kwargs)
        return how.post_sign_transform(answer) if how.post_sign_transform else answer

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """As `sign_raw`, for pyHanko."""
        if dry_run:
            return bytes(self.estimate_raw_signature_size_bytes())
        return self.sign_raw(data, digest_algorithm)

    def _opened_desk(self) -> _Desk:
        """In a session of its own; who is logged in once is logged in for all sessions."""
        session = self._token.open()
        (key,) = session.get_objects(self.signing_key_fetch_params())
        (certificate,) = session.get_objects(self.single_cert_fetch_params(self.cert_label, None))
        return _Desk(key, certificate)


def signer(*, by_hand: bool = False) -> TokenSigner:
    """This process's signer, logged in at the first call. Raises NoKey.

    `by_hand`: somebody watches, so that a PIN that was refused before is tried once more.
    """
    global _held
    with _state:
        # The driver is ended under nobody's hands: whoever comes after a fault waits for those still in a call.
        _state.wait_for(lambda: _held is not None or _calls == 0)
        if _held is None:
            _end_driver()
            try:
                _held = _opened(by_hand)
            except NoKey:
                let_go()
                raise
            except Exception as error:  # a driver fails in its own ways
                let_go()
                raise NoKey(AWAY.format(_named(error))) from error
        return _held


def let_go() -> None:
    """Ends the session; the next call of `signer` starts afresh, and so finds a token that was away."""
    global _held
    with _state:
        _held = None
        if _calls == 0:
            _end_driver()


@contextmanager
def _in_use(by: TokenSigner) -> Iterator[None]:
    """While a call into the driver is under way. Raises ValueError when its sessions were ended before."""
    global _calls
    with _state:
        if _held is not by:
            raise ValueError("the connection was made anew")
        _calls += 1
    try:
        yield
    finally:
        with _state:
            _calls -= 1
            _state.notify_all()


def _end_driver() -> None:
    global _driver
    if _driver is not None:
        with suppress(pkcs11.PKCS11Error):  # the token may be gone
            _driver.finalize()
    _driver = None


# A session is of one process: a child that used its parent's would break both.
os.register_at_fork(before=let_go)


def _opened(by_hand: bool) -> TokenSigner:
    if not settings.SEAL_PKCS11_PIN:
        raise NoKey(NOT_SET)
    token = _token()
    session = _logged_in(token, by_hand)
    label = settings.SEAL_PKCS11_LABEL
    made = TokenSigner(token, session, label)
    try:
        assert made.signing_cert  # looks for the key as well
    except pkcs11.PKCS11Error as error:
        raise NoKey(NO_OBJECT.format(token.label, label, error)) from error
    return made


def _token() -> pkcs11.Token:
    """The token with the configured label, or the only one. Raises NoKey."""
    global _driver
    try:
        _driver = driver.started(settings.SEAL_PKCS11_MODULE, several=settings.SEAL_AT_ONCE > 1)
    except driver.CannotLock as error:
        raise NoKey(ONE_AT_A_TIME) from error
    present = [token for token in _driver.get_tokens() if token.flags & pkcs11.TokenFlag.TOKEN_INITIALIZED]
    wanted = settings.SEAL_PKCS11_TOKEN
    found = [token for token in present if not wanted or token.label == wanted]
    if len(found) > 1:
        raise NoKey(WHICH.format(_labels(found)))
    if not found:
        raise NoKey(MISSING.format(wanted, _labels(present) or "没有"))
    return found[0]


def _logged_in(token: pkcs11.Token, by_hand: bool) -> pkcs11.Session:
    refused, flags = _refused_key(), _flags(token)
    if flags & pkcs11.TokenFlag.USER_PIN_LOCKED:
        raise NoKey(LOCKED.format(token.label))
    if flags & pkcs11.TokenFlag.USER_PIN_FINAL_TRY:
        raise NoKey(LAST_TRY.format(token.label))
    if not by_hand:
        if cache.get(refused):
            raise NoKey(REFUSED.format(token.label))
        if flags & pkcs11.TokenFlag.USER_PIN_COUNT_LOW:
            raise NoKey(LOW.format(token.label))
    try:
        session = token.open(user_pin=settings.SEAL_PKCS11_PIN)
    except WRONG_PIN as error:
        cache.set(refused, True, timeout=None)
        says = LOCKED if isinstance(error, exceptions.PinLocked) else REFUSED
        raise NoKey(says.format(token.label)) from error
    cache.delete(refused)
    return session


def _flags(token: pkcs11.Token) -> pkcs11.TokenFlag:
    return token.flags


def _refused_key() -> str:
    asked = "\0".join((settings.SEAL_PKCS11_MODULE, settings.SEAL_PKCS11_TOKEN, settings.SEAL_PKCS11_PIN))
    return f"seal-pin-refused-{salted_hmac('certificates.sealing.token', asked).hexdigest()}"


def _labels(tokens: Iterable[pkcs11.Token]) -> str:
    return "、".join(f"“{token.label}”" for token in tokens)


def _named(error: Exception) -> str:
    return f"{type(error).__name__} {error}".strip()
