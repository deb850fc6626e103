"""The addresses: health and queries as the contract has them, and the unsigned ones by which demo and tests steer."""

import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cehours.embedded.platform_peer.garbling import garbled
from cehours.embedded.platform_peer.records import Bad, CursorExpired, Query, Store, now
from cehours.embedded.platform_peer.signed import Gate, NotSigned, Request
from cehours.embedded.platform_peer.switches import Switches

MOST_BYTES = 16 * 1024
MOST_STEERED = 64 * 1024 * 1024  # what demo and tests send
JSON, PROBLEM = "application/json", "application/problem+json"
TITLES = {
    "not_json": (400, "正文不是 JSON 对象"),
    "not_signed": (401, "签名不对"),
    "not_found": (404, "没有这个地址"),
    "bad_method": (405, "不支持这种方法"),
    "cursor_expired": (410, "游标过期"),
    "too_large": (413, "正文过大"),
    "bad_type": (415, "正文应为 JSON"),
    "bad_query": (422, "查询有误"),
    "too_many": (429, "请求太多"),
    "failed": (500, "平台出错"),
    "closed": (503, "停机维护"),
}
ROUTES = {
    "/v1/health": ("GET",),
    "/v1/records/query": ("POST",),
    "/_records": ("PUT", "DELETE"),
    "/_asked": ("GET", "DELETE"),
    "/_switches": ("GET", "PUT"),
}


class Refused(Exception):
    """A problem document; `code` is a key of TITLES."""

    def __init__(self, code: str, detail: str = "", *, errors: Any = None, **headers: str) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.errors = errors
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


@dataclass
class Platform:
    """All that the process holds."""

    gate: Gate
    store: Store = field(default_factory=Store)
    switches: Switches = field(default_factory=Switches)
    asked: list[dict[str, Any]] = field(default_factory=list)
    _asked_at: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, key: str) -> None:
        """Raises Refused where the key has asked too often in the minute that ends now."""
        most, at = self.switches["limit"], time.monotonic()
        with self._lock:
            times = self._asked_at[key]
            while times and at - times[0] >= 60:
                times.popleft()
            if len(times) >= most:
                wait = self.switches["retry_after"] or (int(60 - (at - times[0])) + 1 if times else 60)
                raise Refused("too_many", f"请 {wait} 秒后再试。", Retry_After=str(wait))
            times.append(at)

    def note(self, asked: list[dict[str, Any]], body: Mapping[str, Any], status: int) -> None:
        """`asked`: the list as it was when the question came; one that was begun anew meanwhile says nothing of it."""
        said = {name: body.get(name) for name in ("id_number", "name", "year", "cursor")}
        with self._lock:
            asked.append({"at": now(), **said, "status": status})

    def forget(self) -> None:
        self.store.clear()
        self.gate.forget()
        with self._lock:
            self._asked_at.clear()


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], platform: Platform) -> None:
        super().__init__(address, Handler)
        self.platform = platform

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever goes away before the answer is nothing to be told of."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave together
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        self._answer()

    do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Numbers of identity stand in no log, so there is none."""

    def _answer(self) -> None:
        path, _, query = self.path.partition("?")
        try:
            if path not in ROUTES:
                raise Refused("not_found")
            if self.command not in ROUTES[path]:
                raise Refused("bad_method", Allow=", ".join(ROUTES[path]))
            steering = path.startswith("/_")
            body = self._read(MOST_STEERED if steering else MOST_BYTES)
            if steering:
                self._steered(path, body)
            elif path == "/v1/health":
                self._healthy()
            else:
                self._queried(Request(self.command, path, query, self._headers(), body))
        except Refused as refused:
            self._refuse(refused)
        except Bad as bad:
            self._refuse(Refused("bad_query", errors=bad.errors))

    def _read(self, most: int) -> bytes:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or self.headers.get("Transfer-Encoding"):
            raise Refused("bad_type", "请给出 Content-Length。", Connection="close")
        if int(length) > most:
            raise Refused("too_large", Connection="close")
        return self.rfile.read(int(length))

    def _headers(self) -> dict[str, str]:
        return {name.lower(): ", ".join(self.headers.get_all(name, [])).strip() for name in set(self.headers)}

    def _fit_to_answer(self) -> bool:
        """False where the platform is like switched off; takes its time. Raises Refused while it is closed."""
        switches = self.server.platform.switches
        time.sleep(switches["slow"])
        if switches["off"]:
            self.close_connection = True
            return False
        if switches["closed"]:
            wait = switches["retry_after"]
            raise Refused("closed", **({"Retry_After": str(wait)} if wait else {}))
        return True

    def _healthy(self) -> None:
        if self._fit_to_answer():
            self._send(200, {"status": "ok", "time": now()})

    def _queried(self, request: Request) -> None:
        platform, said = self.server.platform, _object(request.body) or {}
        asked = platform.asked
        try:
            if not self._fit_to_answer():
                platform.note(asked, said, 0)
                return
            query, page = self._page(request)
        except Refused as refused:
            platform.note(asked, said, TITLES[refused.code][0])
            raise
        except Bad:
            platform.note(asked, said, 422)
            raise
        answer = {"records": page.records, "next": page.next}
        status, kind, content, length = garbled(platform.switches["garbled"], answer)
        platform.note(asked, said, status)
        if platform.switches["correcting"]:
            platform.store.halve(query)
        self.close_connection = length != len(content)
        self._write(status, kind, content, length)

    def _page(self, request: Request) -> tuple[Query, Any]:
        """Raises Refused, Bad."""
        platform = self.server.platform
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
            raise Refused("bad_type")
        try:
            key = platform.gate.key_of(request)
        except NotSigned as refusal:
            raise Refused("not_signed", str(refusal), WWW_Authenticate="Signature") from None
        platform.count(key)
        if platform.switches.fails_now():
            raise Refused("failed")
        raw = _object(request.body)
        if raw is None:
            raise Refused("not_json")
        query, switches = Query.read(raw), platform.switches
        if query.cursor and switches["expire"]:
            raise Refused("cursor_expired")
        try:
            return query, platform.store.page(
                query, size=switches["page"], duplicating=switches["duplicating"], stale=switches["stale"]
            )
        except CursorExpired:
            raise Refused("cursor_expired") from None

    def _steered(self, path: str, body: bytes) -> None:
        platform = self.server.platform
        given = _object(body) if self.command == "PUT" else {}
        if given is None:
            raise Refused("not_json")
        if path == "/_switches":
            self._send(200, platform.switches.change(given))
        elif path == "/_asked" and self.command == "GET":
            self._send(200, {"asked": list(platform.asked)})
        elif path == "/_records" and self.command == "PUT":
            if not isinstance(records := given.get("records"), list):
                raise Bad([{"field": "records", "detail": "应为数组。"}])
            self._send(200, {"records": platform.store.put(records)})
        else:
            if path == "/_asked":
                platform.asked = []
            else:
                platform.forget()
            self._write(204, JSON, b"", 0)

    def _refuse(self, refused: Refused) -> None:
        status, title = TITLES[refused.code]
        document = {"type": "about:blank", "title": title, "status": status, "code": refused.code}
        if refused.detail:
            document["detail"] = refused.detail
        if refused.errors:
            document["errors"] = refused.errors
        content = json.dumps(document, ensure_ascii=False).encode()
        self._write(status, PROBLEM, content, len(content), refused.headers)

    def _send(self, status: int, document: Mapping[str, Any]) -> None:
        content = json.dumps(document, ensure_ascii=False).encode()
        self._write(status, JSON, content, len(content))

    def _write(
        self, status: int, kind: str, content: bytes, length: int, headers: Mapping[str, str] | None = None
    ) -> None:
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(length))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        raw = json.loads(body.decode())
    except (ValueError, RecursionError):
        return None
    return raw if isinstance(raw, dict) else None
