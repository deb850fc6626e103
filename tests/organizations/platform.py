"""A small HR platform that speaks OpenID Connect, as a process of its own, with faults to order.

`python -m tests.organizations.platform REDIRECT_URI` prints its issuer on one line and serves until it is killed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import json
import secrets
import subprocess
import sys
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

CLIENT_ID, CLIENT_SECRET = "cehours", "Nur-hier-im-Test"
KID = "seal-1"
HANGS = 3.0  # seconds, longer than anybody here waits

PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>人社一体化平台</title>
<h1>人社一体化平台</h1><form method="post" action="/authorize?{query}">
<label>平台账号 <input name="account"></label>
<button name="answer" value="yes">登录平台</button> <button name="answer" value="no">取消</button></form></html>"""

TIMES = ("iat", "exp", "auth_time")  # given below as seconds from now
# What a fault, or another habit, does to the claims of an ID token.
CLAIMS: dict[str, dict[str, Any]] = {
    "wrong_audience": {"aud": "somebody-else"},
    "several_audiences": {"aud": [CLIENT_ID, "somebody-else"]},
    "meant_for_another": {"azp": "somebody-else"},
    "wrong_issuer": {"iss": "https://elsewhere.example"},
    "wrong_nonce": {"nonce": "of-another-browser"},
    "no_nonce": {"nonce": None},
    "no_subject": {"sub": None},
    "number_for_subject": {"sub": 4711},
    "two_factors": {"amr": ["pwd", "otp"], "auth_time": -5},
    "two_factors_by_level": {"acr": "urn:gov:two-factors", "auth_time": -5},
    "two_factors_long_ago": {"amr": ["otp"], "auth_time": -7200},
    "two_factors_tomorrow": {"amr": ["otp"], "auth_time": 86400},
    "two_factors_at_no_time": {"amr": ["otp"]},
    "one_factor": {"amr": ["pwd"], "acr": "urn:gov:password", "auth_time": -5},
    "no_list_of_factors": {"amr": "otp", "acr": ["urn:gov:two-factors"], "auth_time": "now"},
    "expired": {"iat": -7200, "exp": -3600},
    "not_yet": {"iat": 3600, "exp": 7200},
}


@dataclass
class Shop:
    """What the platform remembers: its keys, the codes it gave out, and the fault in force."""

    issuer: str
    redirect_uri: str
    fault: str = ""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        from cryptography.hazmat.primitives.asymmetric import rsa

        self.key, self.foreign_key = (rsa.generate_private_key(65537, 2048) for _ in range(2))

    def discovery(self) -> dict[str, Any]:
        issuer = "https://elsewhere.example" if self.fault == "other_discovery" else self.issuer
        return {
            "issuer": issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def jwks(self) -> dict[str, Any]:
        from jwt.algorithms import RSAAlgorithm

        public = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": KID, "use": "sig", "alg": "RS256"}]}

    def code_for(self, asked: dict[str, str], account: str) -> str:
        code = secrets.token_urlsafe(16)
        self.codes[code] = {**asked, "account": account}
        return code

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """The answer to a code, which works once, for the right client, address and code verifier."""
        expected = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if (
            asked is None
            or authorization != f"Basic {expected}"
            or form.get("redirect_uri") != self.redirect_uri
            or _base64url(digest) != asked["code_challenge"]
        ):
            return None
        answer: dict[str, Any] = {"access_token": secrets.token_urlsafe(), "token_type": "Bearer"}
        return answer if self.fault == "no_id_token" else {**answer, "id_token": self._id_token(asked)}

    def _id_token(self, asked: dict[str, str]) -> str:
        import jwt

        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": asked["account"],
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
        }
        for name, value in CLAIMS.get(self.fault, {}).items():
            claims[name] = now + value if name in TIMES and isinstance(value, int) else value
        claims = {name: value for name, value in claims.items() if value is not None}
        headers = {"kid": "never-published" if self.fault == "unknown_key" else KID}
        if self.fault == "unsigned":
            return jwt.encode(claims, None, algorithm="none", headers=headers)
        if self.fault == "signed_with_the_public_key":
            return self._confused(claims)
        key = self.foreign_key if self.fault == "wrong_signature" else self.key
        return jwt.encode(claims, key, algorithm="RS256", headers=headers)

    def _confused(self, claims: dict[str, Any]) -> str:
        """HS256 with what everybody may read as the secret: the classic for whoever believes the header."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        pem = self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        parts = [_base64url(json.dumps(part).encode()) for part in ({"alg": "HS256", "kid": KID}, claims)]
        return ".".join([*parts, _base64url(hmac.digest(pem, ".".join(parts).encode(), "sha256"))])


class Counter(BaseHTTPRequestHandler):
    """One request to the platform."""

    shop: Shop

    def do_GET(self) -> None:
        place = urlsplit(self.path)
        if place.path == "/.well-known/openid-configuration":
            self._document("discovery", self.shop.discovery())
        elif place.path == "/jwks":
            self._document("jwks", self.shop.jwks())
        elif place.path == "/authorize" and self._asked():
            self._answer(200, PAGE.format(query=html.escape(place.query)), "text/html; charset=utf-8")
        else:
            self._answer(400, "bad request")

    def do_POST(self) -> None:
        form = _flat(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())
        path = urlsplit(self.path).path
        if path == "/faults":
            self.shop.fault = form.get("fault", "")
            self._answer(204, "")
        elif path == "/authorize" and (asked := self._asked()):
            self._back(asked, form)
        elif path == "/token":
            token = self.shop.token(form, self.headers.get("Authorization", ""))
            self._document("token", token or {"error": "invalid_grant"}, 200 if token else 400)
        else:
            self._answer(400, "bad request")

    def _asked(self) -> dict[str, str] | None:
        """The parameters of an authorization request, if it is a proper one of our client."""
        asked = _flat(urlsplit(self.path).query)
        proper = (
            asked.get("client_id") == CLIENT_ID
            and asked.get("redirect_uri") == self.shop.redirect_uri
            and asked.get("response_type") == "code"
            and asked.get("scope") == "openid"
            and asked.get("code_challenge_method") == "S256"
            and all(asked.get(name) for name in ("state", "nonce", "code_challenge"))
        )
        return asked if proper else None

    def _back(self, asked: dict[str, str], form: dict[str, str]) -> None:
        answer = {"error": "access_denied"}
        if form.get("answer") != "no":
            answer = {"code": self.shop.code_for(asked, form.get("account", ""))}
        if self.shop.fault == "error_to_browser":
            answer = {"error": "temporarily_unavailable"}
        query = urlencode({**answer, "state": asked["state"]})
        self.send_response(302)
        self.send_header("Location", f"{self.shop.redirect_uri}?{query}")
        self.end_headers()

    def _document(self, name: str, content: dict[str, Any], status: int = 200) -> None:
        """Answers with JSON, unless the fault in force is about this document."""
        fault = self.shop.fault
        if fault == f"{name}_hangs":
            time.sleep(HANGS)
        elif fault == f"{name}_fails":
            self._answer(500, "down for maintenance")
        elif fault == f"{name}_is_no_json":
            self._answer(200, "<html>login</html>", "application/json")
        elif fault == f"{name}_is_a_list":
            self._answer(200, json.dumps([content]), "application/json")
        elif fault == f"{name}_is_elsewhere" and not self.headers["Host"].startswith("localhost"):
            self.send_response(307)
            self.send_header("Location", f"http://localhost:{self.server.server_port}{self.path}")  # type: ignore[attr-defined]
            self.end_headers()
        else:
            self._answer(status, json.dumps(content), "application/json")

    def _answer(self, status: int, text: str, kind: str = "text/plain") -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


class _Stay(HTTPRedirectHandler):
    """Hands a redirect to the caller instead of following it."""

    def http_error_302(self, req: Request, fp: Any, code: int, msg: str, headers: Any) -> Any:
        return fp


class Platform:
    """The running platform, and what a person or a test does at its counter."""

    def __init__(self, redirect_uri: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.organizations.platform", redirect_uri],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.issuer = self.process.stdout.readline().strip()

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def misbehave(self, fault: str) -> None:
        self._post("/faults", {"fault": fault})

    def sign_in(self, address: str, account: str, *, answer: str = "yes") -> str:
        """Signs in at the address a browser was sent to; returns the address it is sent back to."""
        place = urlsplit(address)
        assert f"{place.scheme}://{place.netloc}" == self.issuer
        return self._post(f"{place.path}?{place.query}", {"account": account, "answer": answer})

    def _post(self, path: str, form: dict[str, str]) -> str:
        request = Request(self.issuer + path, data=urlencode(form).encode())
        with build_opener(ProxyHandler({}), _Stay()).open(request, timeout=10) as answer:
            return str(answer.headers.get("Location", ""))


def main(redirect_uri: str) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Counter)
    server.daemon_threads = True
    issuer = f"http://127.0.0.1:{server.server_port}"
    Counter.shop = Shop(issuer, redirect_uri)
    sys.stdout.write(issuer + "\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
