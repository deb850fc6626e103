"""查验码: what the holder tells an assessment body so that the public page shows the full name."""

from __future__ import annotations

import base64
import hmac

from django.conf import settings

from cehours.lib.crypto import BlindIndex


def code_of(token: str) -> str:
    """Eight letters and digits that follow from the certificate's token and a key outside the database."""
    digest = BlindIndex(settings.BLIND_INDEX_KEY).of(token, purpose="certificate holder code")
    return base64.b32encode(digest[:5]).decode()


def is_code(typed: str, token: str) -> bool:
    """Whether this is the holder's code; spaces, hyphens and case are forgiven."""
    plain = "".join(typed.upper().replace("-", "").split())
    return hmac.compare_digest(plain.encode(), code_of(token).encode())
