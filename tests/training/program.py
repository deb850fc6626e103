"""A base's own program: signs requests as docs/learning-api.md says, with a library that any client may use."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from django.test import Client
from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, algorithms

from tests.training import feeding
from tests.world import World
from training import services
from training.models import ORDINARY

ROOT = "/api/learning/v1"


class _Secret(HTTPSignatureKeyResolver):
    def __init__(self, secret: str) -> None:
        self.secret = secret

    def resolve_private_key(self, key_id: str) -> bytes:
        return self.secret.encode()


@dataclass
class Program:
    key_id: str
    secret: str
    client: Client = field(default_factory=Client)

    @classmethod
    def of(
        cls, world: World, *, who: str = "university_admin", scopes: tuple[str, ...] = ORDINARY
    ) -> Program:
        if who == "university_admin":
            feeding.base(world)
        with world.acting(who) as actor:
            made = services.make_credential(actor=actor, scopes=scopes)
        return cls(made.credential.key_id, made.secret)

    def signed(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        key: str = "",
        created: datetime | None = None,
        nonce: str = "",
        covered: tuple[str, ...] | None = None,
    ) -> dict[str, str]:
        """The headers of a request; whoever sends them again replays it."""
        headers = {"Idempotency-Key": key or uuid4().hex} if method != "GET" else {}
        message = SimpleNamespace(method=method, url=f"http://testserver{path}", headers=headers)
        own = ("@method", "@path", "@query") + (("idempotency-key",) if method != "GET" else ())
        HTTPMessageSigner(signature_algorithm=algorithms.HMAC_SHA256, key_resolver=_Secret(self.secret)).sign(
            message,
            key_id=self.key_id,
            created=created,
            nonce=nonce or uuid4().hex,
            covered_component_ids=covered or own,
            body=body if method != "GET" else None,
        )
        return message.headers

    def send(self, method: str, path: str, body: bytes, headers: dict[str, str], **more: Any) -> Any:
        return self.client.generic(
            method,
            path,
            body,
            content_type=more.pop("content_type", "application/json"),
            headers=headers,
            **more,
        )

    def post(self, path: str, content: Any, **how: Any) -> Any:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        return self.send("POST", ROOT + path, body, self.signed("POST", ROOT + path, body, **how))

    def get(self, path: str, **how: Any) -> Any:
        return self.send("GET", ROOT + path, b"", self.signed("GET", ROOT + path, **how))


def record(number: str = "K-1", **changes: Any) -> dict[str, Any]:
    """A record as JSON."""
    raw = feeding.raw(number, **{"hours": 12.5, **changes})
    return {**raw, "completed_on": changes.get("completed_on", "2024-06-01")}
