"""Who asks: HTTP Message Signatures (RFC 9421) with `hmac-sha256`, and the digest of a body (RFC 9530)."""

import base64
import binascii
import hashlib
import hmac
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

WINDOW = 300  # seconds on either side of the platform's clock
REMEMBERED = 15 * 60
COVERED = {"@method", "@path", "@query"}
INPUT = re.compile(r"\s*([a-z*][a-z0-9_.*-]*)=(\(([^()]*)\)((?:;[^,]*)?))\s*")
ITEM = re.compile(r'"([^"\\]+)"')
PARAMETER = re.compile(r';\s*([a-z*][a-z0-9_.*-]*)=(?:"((?:[^"\\]|\\.)*)"|(-?\d{1,15}))')
VALUE = re.compile(r"\s*([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/=]*):\s*")
DIGEST = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]*):\s*(?:,|$)")


class NotSigned(Exception):
    """Missing, wrong, too old or used before; the message is for whoever operates the other side."""


@dataclass(frozen=True)
class Request:
    """A request as it is signed; names of `headers` in lower case, `query` without its question mark."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Gate:
    """Keys that are good, by name, and the nonces that were used with them."""

    keys: Mapping[str, str]
    _used: dict[tuple[str, str], float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def key_of(self, request: Request) -> str:
        """The name of the key that signed `request`. Raises NotSigned."""
        label, names, signed_as, parameters = _input(request)
        key, nonce = str(parameters.get("keyid", "")), str(parameters.get("nonce", ""))
        needed = COVERED | ({"content-digest"} if request.method == "POST" else set())
        if not needed <= set(names):
            raise NotSigned(f"签名没有包括 {'、'.join(sorted(needed - set(names)))}。")
        if parameters.get("alg") != "hmac-sha256" or key not in self.keys:
            raise NotSigned("算法或密钥编号不对。")
        if not 8 <= len(nonce) <= 64:
            raise NotSigned("nonce 应为 8 至 64 个字符。")
        base = _base(request, names, signed_as)
        expected = hmac.digest(self.keys[key].encode(), base.encode(), "sha256")
        if not hmac.compare_digest(expected, _signature(request, label)):
            raise NotSigned("签名与内容不符。")
        _in_time(parameters)
        if request.method == "POST" and _digest(request) != hashlib.sha256(request.body).digest():
            raise NotSigned("content-digest 与正文不符。")
        self._use(key, nonce)
        return key

    def forget(self) -> None:
        with self._lock:
            self._used.clear()

    def _use(self, key: str, nonce: str) -> None:
        now = time.monotonic()
        with self._lock:
            for used in [each for each, at in self._used.items() if now - at > REMEMBERED]:
                del self._used[used]
            if (key, nonce) in self._used:
                raise NotSigned("这个 nonce 已经用过。")
            self._used[key, nonce] = now


def _input(request: Request) -> tuple[str, list[str], str, dict[str, str | int]]:
    found = INPUT.fullmatch(request.headers.get("signature-input", ""))
    if found is None:
        raise NotSigned("没有签名，或者签名不止一个。")
    label, signed_as, inner, rest = found.groups()
    names = ITEM.findall(inner)
    if " ".join(f'"{name}"' for name in names) != inner.strip() or len(set(names)) != len(names):
        raise NotSigned("签名的范围写得不对。")
    parameters: dict[str, str | int] = {}
    for name, text, number in PARAMETER.findall(rest):
        parameters[name] = int(number) if number else re.sub(r"\\(.)", r"\1", text)
    return label, names, signed_as, parameters


def _signature(request: Request, label: str) -> bytes:
    found = VALUE.fullmatch(request.headers.get("signature", ""))
    if found is None or found[1] != label:
        raise NotSigned("没有签名。")
    return _decoded(found[2])


def _base(request: Request, names: list[str], signed_as: str) -> str:
    """What is signed, one line a component."""
    derived = {"@method": request.method, "@path": request.path, "@query": f"?{request.query}"}
    lines = []
    for name in names:
        value = derived.get(name) if name.startswith("@") else request.headers.get(name)
        if value is None:
            raise NotSigned(f"签名包括了 {name}，请求中却没有。")
        lines.append(f'"{name}": {value.strip()}')
    return "\n".join([*lines, f'"@signature-params": {signed_as}'])


def _in_time(parameters: Mapping[str, str | int]) -> None:
    created, expires = parameters.get("created"), parameters.get("expires")
    if not isinstance(created, int) or abs(time.time() - created) > WINDOW:
        raise NotSigned("签名的时间与平台相差超过 300 秒。")
    if expires is not None and (not isinstance(expires, int) or expires < time.time()):
        raise NotSigned("签名已经过期。")


def _digest(request: Request) -> bytes:
    found = DIGEST.search(request.headers.get("content-digest", ""))
    return _decoded(found[1]) if found else b""


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise NotSigned("不是 base64。") from None
