"""The second factor (二次验证): what an account has, what a session has shown, and allauth.mfa in our words.

allauth keeps what an account has as rows of `Authenticator`. Row-level security shows them to their owner alone, so
they are read in the owner's scope, also while that owner is only about to sign in.
"""

from __future__ import annotations

import base64
import secrets
from functools import cache
from typing import Any

import segno
import structlog
from allauth.mfa.adapter import DefaultMFAAdapter, get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from cehours.lib import clock
from cehours.lib.crypto import Cipher, Tampered, record_aad
from organizations.acting.actor import Actor
from organizations.acting.scope import acting, scope
from organizations.models import Membership, User
from organizations.models.device import Kind

SHOWN = "second_factor"  # session key: which kind was shown, and when
PASSWORD = "password_at"  # noqa: S105 -- session key: when the password was typed last
ISSUER = "学时核认"
SECRET_BYTES = 20  # RFC 4226, section 4

log = structlog.get_logger(__name__)


# What signs in by itself; recovery codes stand in for one of these.
FACTORS = (Kind.CODE, Kind.KEY)


def is_demanded() -> bool:
    """Whether this installation asks everybody who works for a unit for a second factor."""
    return bool(settings.SECOND_FACTOR == "staff")


def must_have(user: User) -> bool:
    """Whether the account can do nothing without one."""
    return is_demanded() and works_for_a_unit(user)


def works_for_a_unit(user: User) -> bool:
    return Membership.objects.filter(user=user).exists()


def of(user: User) -> list[Authenticator]:
    """What the account has set up, the oldest first; recovery codes among them. In the owner's scope."""
    return list(Authenticator.objects.filter(user=user).order_by("created_at", "pk"))


def factors_of(user: User) -> list[Authenticator]:
    """What the account can show by itself: without its recovery codes. In the owner's scope."""
    return [each for each in of(user) if each.type in FACTORS]


def in_words(user: User) -> list[str] | None:
    """What the account has, for its own page; None for one that cannot have any. In the owner's scope."""
    factors = [Kind(each.type).label for each in factors_of(user)]
    return factors if factors or works_for_a_unit(user) else None


def mark(session: SessionBase, kind: str, at: float | None = None) -> None:
    """The session has shown a second factor: now, or at another time (seconds since 1970)."""
    session[SHOWN] = {"kind": kind, "at": clock.now().timestamp() if at is None else at}


def forget(session: SessionBase) -> None:
    session.pop(SHOWN, None)


def shown_in(session: SessionBase) -> str:
    """The kind that the session has shown, "" for none.

    A session without it belongs to an account that has none: whoever adds one ends the account's other sessions.
    """
    return str(session.get(SHOWN, {}).get("kind", ""))


def is_recent(session: SessionBase) -> bool:
    """Whether one was shown within the last minutes (SECOND_FACTOR_LASTS)."""
    shown_at = float(session.get(SHOWN, {}).get("at", 0))
    return clock.now().timestamp() - shown_at <= settings.SECOND_FACTOR_LASTS


def note_password(session: SessionBase) -> None:
    """The account's password was typed just now: at sign-in, or because it was asked for again."""
    session[PASSWORD] = clock.now().timestamp()


def password_is_recent(session: SessionBase) -> bool:
    return clock.now().timestamp() - float(session.get(PASSWORD, 0)) <= settings.SECOND_FACTOR_LASTS


def picture_of(user: User, secret: str) -> str:
    """The square that an authenticator app photographs, as the address of a picture."""
    address = get_adapter().build_totp_url(user, secret)
    return str(segno.make(address, error="m").svg_data_uri(scale=5))


def new_secret() -> str:
    """The secret of an authenticator app, in base 32."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def codes_of_demo() -> list[str]:
    """The codes of the demo's one app: of this half minute and of the next."""
    now, after = list(yield_hotp_counters_from_time())[-2:]
    return [format_hotp_value(hotp_value(settings.DEMO_SECOND_FACTOR, each)) for each in (now, after)]


@cache
def _cipher() -> Cipher:
    return Cipher(settings.FIELD_KEYS)


def _place() -> str:
    """What a secret is bound to: the account in whose scope it is sealed and opened."""
    actor = acting()
    if actor is None or actor.user_id is None:
        raise LookupError("a second factor's secret belongs to an account's scope")
    return record_aad("mfa_authenticator", "data", actor.user_id)


def opened(sealed: str) -> str | None:
    """What `SecondFactor.encrypt` sealed in the same account's scope; None for anything else."""
    try:
        return _cipher().unseal(base64.b64decode(sealed), aad=_place())
    except (Tampered, ValueError):
        return None


class SecondFactor(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "验证没有通过，请核对后重试。",
    }

    def is_mfa_enabled(self, user: User, types: list[str] | None = None) -> bool:
        """Asked at sign-in, before anybody is known: read as the owner, whom nothing is hidden from."""
        if not user.is_authenticated:
            return False
        with scope(Actor.of(user)):
            return bool(super().is_mfa_enabled(user, types))

    def encrypt(self, text: str) -> str:
        """Sealed for the account that acts: the text of another account's row does not open."""
        return base64.b64encode(_cipher().seal(text, aad=_place())).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """What `encrypt` sealed. One that does not open gives a secret that nobody has, so no code is right."""
        secret = opened(encrypted_text)
        if secret is None:
            log.error("ciphertext_damaged", table="mfa_authenticator", row=_place())
        return secret or new_secret()

    def get_totp_label(self, user: User) -> str:
        return str(user)

    def get_totp_issuer(self) -> str:
        return ISSUER

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": ISSUER}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        return {**super().get_public_key_credential_user_entity(user), "name": str(user)}


def rp_host_is_a_name(request: HttpRequest) -> bool:
    """Security keys belong to a name and to https, or to localhost: browsers refuse them at an address of digits."""
    host = request.get_host().partition(":")[0]
    return (request.is_secure() and not host.replace(".", "").isdigit()) or host == "localhost"
