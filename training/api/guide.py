"""接口说明: the interface as its own description tells it, for people; served from here, without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from training.api.endpoints import api
from training.api.problems import TITLES
from training.feeds.reported import FLAGS


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    described = api.get_openapi_schema()
    context = {
        "operations": list(_operations(described)),
        "fields": list(_fields(described["components"]["schemas"]["RecordIn"])),
        "problems": sorted(TITLES.items()),
        "flags": list(FLAGS.values()),
    }
    return render(request, "learning/api.html", context)


def _operations(described: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path, methods in described["paths"].items():
        for method, each in methods.items():
            yield {
                "method": method.upper(),
                "path": path,
                "summary": each["summary"],
                "about": each.get("description", ""),
                "parameters": [found["name"] for found in each.get("parameters", [])],
            }


def _fields(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name, each in schema["properties"].items():
        yield {
            "name": name,
            "about": each.get("description", ""),
            "kind": KINDS.get(each.get("format") or each.get("type", "string"), "文本"),
            "most": each.get("maxLength", ""),
            "needed": name in schema["required"],
        }


KINDS = {"string": "文本", "integer": "整数", "number": "数字", "date": "日期"}
