"""Keys with which a provider's program signs: sealed at rest, because checking a signature needs the secret."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from cehours.lib import clock
from organizations.registry import identity
from training.models import Provider, ProviderCredential

SEALED = "provider_credential"


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
    """The good key of this name, of a provider that delivers. Asked of the database: nobody is known yet."""
    asked = [key_id, clock.now()]
    found = list(ProviderCredential.objects.raw("SELECT * FROM credential_known(%s, %s)", asked))
    if not found:
        return None
    key = found[0]
    secret = identity.unseal(key.secret_cipher, table=SEALED, pk=key.pk)
    return Known(key.pk, key.provider_id, secret, frozenset(key.scopes))


def seal(secret: str, key: ProviderCredential) -> bytes:
    return identity.seal(secret, table=SEALED, pk=key.pk)


def _good() -> Q:
    return Q(ends_at=None) | Q(ends_at__gt=clock.now())
