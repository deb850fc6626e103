"""Refusals of the interface: problem documents (RFC 9457) that name row and field."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from training.feeds.reported import Fault

PROBLEM = "application/problem+json"
MOST_SAID = 100
TITLES = {
    400: "请求不完整",
    401: "没有通过签名核对",
    403: "密钥没有这项用途",
    404: "没有这个地址或记录",
    405: "不支持这种请求方法",
    409: "幂等键已用于另一份内容",
    410: "游标已经失效",
    413: "正文过大",
    415: "正文应为 JSON",
    422: "内容有误，没有收下",
    429: "请求太频繁",
    503: "暂时不能办理",
}


class Problem(Exception):
    """A refusal with its status; `faults` name rows and fields."""

    def __init__(self, status: int, says: str, *, faults: Sequence[Fault] = (), **headers: str) -> None:
        super().__init__(says)
        self.status = status
        self.says = says
        self.faults = faults
        self.headers = headers

    def answer(self) -> HttpResponse:
        document: dict[str, Any] = {
            "type": "about:blank",
            "title": TITLES[self.status],
            "status": self.status,
            "detail": self.says,
        }
        if self.faults:
            document["errors"] = [
                {"row": fault.row, "field": fault.field, "detail": fault.says}
                for fault in self.faults[:MOST_SAID]
            ]
            document["errors_total"] = len(self.faults)
        headers = {name.replace("_", "-"): value for name, value in self.headers.items()}
        return HttpResponse(json.dumps(document), status=self.status, content_type=PROBLEM, headers=headers)


NOT_JSON = "正文不是合法的 JSON（UTF-8），请核对。"


def unreadable() -> HttpResponse:
    return Problem(400, NOT_JSON).answer()


def nothing_here(request: HttpRequest, **rest: str) -> HttpResponse:
    return Problem(404, "没有这个地址，请核对路径。").answer()
