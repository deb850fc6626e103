"""报送单位 and their keys: the province admits and ends them, their own administrators make and rotate keys."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from cehours.lib import clock
from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotNow, NotYours
from organizations.models import Unit
from training.feeds import credentials, queries
from training.models import Provider, ProviderCredential, Scope, Source, TrainingBase

OVERLAP = timedelta(days=7)
MOST_KEYS = 5
KNOWN = "这个单位、代码或基地已经登记过报送单位。"
NO_KEY = "没有找到这个密钥。"
ENDED = "这个密钥已经失效或即将失效，不能再更换。"
TOO_MANY = f"同时有效的密钥最多 {MOST_KEYS} 个，请先停用不用的。"
NOT_THE_PLATFORM = "读取认定的学时只限公共机构学习平台，请去掉这项用途。"
SCOPE_NEEDED = "请选择密钥的用途。"


@dataclass(frozen=True)
class MadeKey:
    """A new key; the secret is shown this once and cannot be read again."""

    credential: ProviderCredential
    secret: str


@transaction.atomic
def admit_provider(
    *, actor: Actor, unit: Unit, code: str, base: TrainingBase | None = None, source: str = Source.BASE
) -> Provider:
    """登记. Raises NotYours unless a provincial administrator acts, NotAllowed where it is known already."""
    _may_keep(actor)
    try:
        with transaction.atomic():
            provider = Provider.objects.create(unit=unit, code=code, base=base, source=source)
    except IntegrityError:
        raise NotAllowed(KNOWN, field="code") from None
    audit.record(actor, "provider_admitted", unit, provider=provider.pk, code=code, source=source)
    return provider


def end_provider(*, actor: Actor, provider_id: UUID) -> Provider:
    """停用: nothing more is taken from it; what it delivered stays. Raises NotYours."""
    return _switch(actor, provider_id, "provider_ended", active=False)


def resume_provider(*, actor: Actor, provider_id: UUID) -> Provider:
    """重新启用. Raises NotYours."""
    return _switch(actor, provider_id, "provider_resumed", active=True)


@transaction.atomic
def make_credential(*, actor: Actor, scopes: Collection[str]) -> MadeKey:
    """A further key of the actor's provider. Raises NotYours, NotAllowed."""
    provider = queries.own_provider(actor, admin=True)
    if not scopes:
        raise NotAllowed(SCOPE_NEEDED, field="scopes")
    if Scope.HOURS in scopes and provider.source != Source.PLATFORM:
        raise NotAllowed(NOT_THE_PLATFORM, field="scopes")
    if credentials.alive(provider).count() >= MOST_KEYS:
        raise NotAllowed(TOO_MANY)
    return _make(actor, provider, sorted(scopes), "provider_key_made")


@transaction.atomic
def rotate_credential(*, actor: Actor, credential_id: UUID) -> MadeKey:
    """更换: a new key with the same scopes; the old one is good for OVERLAP more. Raises NotYours, NotNow."""
    provider = queries.own_provider(actor, admin=True)
    old = _own_key(provider, credential_id)
    if old.ends_at is not None:
        raise NotNow(ENDED)
    old.ends_at = clock.now() + OVERLAP
    old.save(update_fields=["ends_at"])
    return _make(actor, provider, old.scopes, "provider_key_rotated", replaces=old.pk)


@transaction.atomic
def end_credential(*, actor: Actor, credential_id: UUID) -> ProviderCredential:
    """停用, at once. Raises NotYours."""
    provider = queries.own_provider(actor, admin=True)
    key = _own_key(provider, credential_id)
    if key.ends_at is None or key.ends_at > clock.now():
        key.ends_at = clock.now()
        key.save(update_fields=["ends_at"])
        audit.record(actor, "provider_key_ended", provider.unit, key=key.pk)
    return key


def _make(actor: Actor, provider: Provider, scopes: list[str], act: str, **facts: UUID) -> MadeKey:
    secret = secrets.token_urlsafe(32)
    key = ProviderCredential(
        provider=provider, key_id=f"lr_{secrets.token_hex(8)}", scopes=scopes, made_by=actor.user
    )
    key.secret_cipher = credentials.seal(secret, key)
    key.save(force_insert=True)
    # A scope is a word on record, without its colon.
    words = [scope.replace(":", ".") for scope in scopes]
    audit.record(actor, act, provider.unit, key=key.pk, scopes=words, **facts)
    return MadeKey(key, secret)


def _own_key(provider: Provider, pk: UUID) -> ProviderCredential:
    found = (
        ProviderCredential.objects.select_for_update(of=("self",)).filter(provider=provider, pk=pk).first()
    )
    if found is None:
        raise NotYours(NO_KEY)
    return found


@transaction.atomic
def _switch(actor: Actor, pk: UUID, act: str, *, active: bool) -> Provider:
    _may_keep(actor)
    provider = Provider.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=pk).first()
    if provider is None:
        raise NotYours(queries.NO_PROVIDER)
    if provider.active != active:
        provider.active = active
        provider.save(update_fields=["active"])
        audit.record(actor, act, provider.unit, provider=provider.pk)
    return provider


def _may_keep(actor: Actor) -> None:
    if not (actor.is_province_bureau and actor.is_unit_admin):
        raise NotYours(queries.NO_PROVIDER)
