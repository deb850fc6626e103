"""An identity number that was searched for, as it may stand in an address: sealed, for one account only.

What is typed is sent in the body of a request and never stays in an address, a history or a log.
"""

from __future__ import annotations

import base64
import binascii

from cehours.lib.crypto import Tampered
from organizations.acting.actor import Actor
from organizations.registry import identity
from review.lists.criteria import NO_SUCH_NUMBER

_PLACE = "search"


def seal(actor: Actor, number: str) -> str:
    """`number` as a value for an address."""
    sealed = identity.seal(number, table=_PLACE, pk=actor.user_id)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def unseal(actor: Actor, text: str) -> str:
    """The number again; NO_SUCH_NUMBER when the value was made for another account, or changed."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        return identity.unseal(data, table=_PLACE, pk=actor.user_id)
    except (Tampered, binascii.Error, ValueError):
        return NO_SUCH_NUMBER
