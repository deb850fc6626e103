"""Keys with which a provider's program signs: sealed at rest, because checking a signature needs the secret."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from cehours.lib import clock
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.registry import identity
from training.models import Provider, ProviderCredential

TASK, SEALED = "training.keys", "provider_credential"


@dataclass(frozen=True)
class Known:
    """A key that is good now: what it opens, and for which provider."""

    pk: UUID
    provider_id: UUID
    secret: str
    scopes: frozenset[str]


def alive(provider: Provider) -> QuerySet[ProviderCredential]:
    """Keys that are good now."""
    return ProviderCredential.objects.filter(_good(), provider=provider)


def known(key_id: str) -> Known | None:
    """The good key of this name, of a provider that delivers. Asked by a task of ours: nobody is known yet."""
    with scope(Actor.system(TASK)):
        key = ProviderCredential.objects.filter(_good(), key_id=key_id, provider__active=True).first()
    if key is None:
        return None
    secret = identity.unseal(key.secret_cipher, table=SEALED, pk=key.pk)
    return Known(key.pk, key.provider_id, secret, frozenset(key.scopes))


def seal(secret: str, key: ProviderCredential) -> bytes:
    return identity.seal(secret, table=SEALED, pk=key.pk)


def _good() -> Q:
    return Q(ends_at=None) | Q(ends_at__gt=clock.now())
