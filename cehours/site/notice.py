"""The notice itself, word for word: to read, and to download as text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cehours.site import policies
from organizations.acting.actor import ActorRequest

TEXTS = Path(__file__).parent / "texts"
ANNEX = re.compile(r"附件 \d+")
HEADING = re.compile(r"[一二三四五六七八九十]+、.{1,40}")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`level`: 2 for an annex and its title, 3 for a numbered heading, 0 for text. `rows`: a table's, else empty."""

    text: str
    level: int
    rows: tuple[tuple[str, ...], ...] = ()


@cache
def text_of(key: str) -> str:
    """The notice behind a policy, "" where its words are not kept here."""
    file = TEXTS / f"{key}.txt"
    return file.read_text(encoding="utf-8") if file.is_file() else ""


@cache
def paragraphs(key: str) -> tuple[Paragraph, ...]:
    blocks = [block for block in text_of(key).split("\n\n") if block.strip()]
    found, titled = [], False
    for block in blocks:
        if "\t" in block:
            found.append(Paragraph("", 0, tuple(tuple(line.split("\t")) for line in block.splitlines())))
            continue
        level = (
            2 if titled or ANNEX.fullmatch(block.strip()) else 3 if HEADING.fullmatch(block.strip()) else 0
        )
        titled = bool(ANNEX.fullmatch(block.strip()))
        found.append(Paragraph(block.strip(), level))
    return tuple(found)


@login_not_required
def show(request: ActorRequest, key: str) -> HttpResponse:
    policy = policies.policy_or_404(key)
    text = text_of(policy.key)
    if not text:
        raise Http404
    if request.GET.get("as") == "text":
        name = quote(f"{policy.document}.txt")
        disposition = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
        return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=disposition)
    trail = [
        ("首页", reverse("site:home")),
        ("规则", reverse("site:policies")),
        (policy.document, reverse("site:policy", args=[policy.key])),
    ]
    context = {"policy": policy, "paragraphs": paragraphs(policy.key), "trail": trail}
    return render(request, "site/rules/notice.html", context)
