"""Answers that are wrong on purpose."""

import json
from typing import Any

JSON = "application/json"
MOST = 1024 * 1024
SOMEBODY_ELSE = {
    "id": "ZZ-OTHER-1",
    "id_kind": "passport",
    "id_number": "E00000000",
    "name": "他人",
    "version": 1,
}
PLAIN = {
    "status": "valid",
    "category": "public",
    "hours": 8,
    "title": "他人的培训",
    "completed_on": "2025-06-01",
}
HTML = b"<html><body><h1>502 Bad Gateway</h1></body></html>"


def garbled(how: str, answer: dict[str, Any]) -> tuple[int, str, bytes, int]:
    """Status, media type, body and the length that is said of it; `how` is a switch, "" leaves the answer as it is."""
    if how == "html":
        return 502, "text/html; charset=utf-8", HTML, len(HTML)
    if how == "text":
        return 200, JSON, "平台维护中".encode(), len("平台维护中".encode())
    if how == "shape":
        answer = _shapeless(answer)
    elif how == "other":
        year = answer["records"][0]["year"] if answer["records"] else 2025
        other = {**SOMEBODY_ELSE, **PLAIN, "year": year, "updated_at": "2025-07-02T09:30:00+08:00"}
        answer = {**answer, "records": [*answer["records"], other]}
    elif how == "large":
        answer = {**answer, "padding": "x" * (MOST + 1)}
    content = json.dumps(answer, ensure_ascii=False).encode()
    return 200, JSON, content[: len(content) // 2] if how == "cut" else content, len(content)


def _shapeless(answer: dict[str, Any]) -> dict[str, Any]:
    """The first record without its hours; an empty page without its `next`."""
    if not answer["records"]:
        return {"records": []}
    first, *others = answer["records"]
    return {**answer, "records": [{name: first[name] for name in first if name != "hours"}, *others]}
