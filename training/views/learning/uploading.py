"""上传: a file of records or the list of one class, read first, delivered once it was looked at."""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

import rules
from cehours.lib import hours
from cehours.lib.lists import BadLines
from cehours.lib.masking import mask_id
from cehours.lib.refusal import Refusal
from cehours.lib.workbooks import XLSX
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotYours
from organizations.forms.fields import show_refusal
from organizations.views.answers import form_page, missing_unless_yours
from training import services
from training.feed_forms import MOST_BYTES, ClassForm, UploadForm, WithdrawForm
from training.feeds import files, queries
from training.feeds.reported import FLAGS, WORDS, BadRows, Reported, category_name
from training.models import Channel
from training.presenters import learning

SHOWN = 50
MOST_HELD = 1_500_000  # characters of a form's field; 10,000 records take a third of it
TOO_LARGE = "文件内容过多，请分成几份上传。"
LOST = "文件内容没有完整传回，请重新选择文件。"
Read = Callable[[bytes], list[Reported]]


@missing_unless_yours
def upload(request: ActorRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    return _page(
        request,
        "learning/upload.html",
        form,
        Channel.FILE,
        lambda content: files.read(content, most_bytes=MOST_BYTES),
    )


@missing_unless_yours
def attendance(request: ActorRequest) -> HttpResponse:
    """签到名单: the class is typed once, its people come from the list."""
    form = ClassForm(request.POST or None, request.FILES or None)

    def read(content: bytes) -> list[Reported]:
        typed = form.cleaned_data
        taught = files.Class(
            typed["number"],
            typed["title"],
            typed["category"],
            hours.parse(typed["hours"]),
            typed["completed_on"],
        )
        return files.attended(content, taught)

    return _page(request, "learning/attendance.html", form, Channel.ATTENDANCE, read)


@missing_unless_yours
def withdraw(request: ActorRequest) -> HttpResponse:
    """撤销 by record numbers."""
    queries.own_provider(request.actor)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        numbers = form.cleaned_data["numbers"]
        digest = hashlib.sha256("\n".join(numbers).encode()).hexdigest()
        parcel = services.Parcel(Channel.FILE, f"withdraw-{request.POST.get('token', '')[:32]}", digest)
        try:
            delivery, _ = services.withdraw(actor=request.actor, parcel=parcel, numbers=numbers)
        except NotYours:
            raise
        except BadRows as bad:
            for fault in bad.faults[:SHOWN]:
                form.add_error("numbers", f"{numbers[fault.row - 1]}：{fault.says}")
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, f"已撤销 {delivery.rows} 条。")
            return redirect("learning:delivery", delivery.pk)
    return form_page(request, "learning/withdraw.html", form, {"token": uuid4().hex})


@require_safe
@missing_unless_yours
def template(request: ActorRequest) -> HttpResponse:
    """An empty table with the columns' words."""
    queries.own_provider(request.actor)
    content = learning.workbook("学习记录", list(WORDS.values()), [])
    headers = {"Content-Disposition": content_disposition_header(True, "学习记录模板.xlsx") or ""}
    return HttpResponse(content, content_type=XLSX, headers=headers)


def _page(
    request: ActorRequest, template: str, form: UploadForm, channel: Channel, read: Read
) -> HttpResponse:
    queries.own_provider(request.actor)
    form.fields["file"].required = not request.POST.get("held")
    rows: list[Reported] = []
    content = b""
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data["file"] or _unpacked(request, form)
        rows = _rows(form, read, content) if content else []
        digest = hashlib.sha256(content).hexdigest()
        if rows and form.cleaned_data["confirmed"] == digest:
            parcel = services.Parcel(channel, f"{channel}-{request.POST.get('token', '')[:32]}", digest)
            try:
                delivery, _ = services.deliver(actor=request.actor, parcel=parcel, rows=rows)
            except NotYours:
                raise
            except Refusal as refusal:
                show_refusal(form, refusal)
            else:
                messages.success(request, f"已报送 {delivery.rows} 条，结果如下，也可以下载结果文件。")
                return redirect("learning:delivery", delivery.pk)
    context = {"faults": form.faults, **_shown(rows, content, form)}
    return form_page(request, template, form, context)


def _rows(form: UploadForm, read: Read, content: bytes) -> list[Reported]:
    """The records of the file; where some cannot be read, the form says which."""
    try:
        return read(content)
    except BadRows as bad:
        form.faults = [
            (each.row, WORDS.get(each.field, each.field), each.says) for each in bad.faults[:SHOWN]
        ]
        form.add_error("file", f"有 {len(bad.faults)} 处需要更正，整份文件没有报送。请改好后重新选择文件。")
    except BadLines as bad:
        form.faults = [(place, "", says) for place, says in bad.faults[:SHOWN]]
        form.add_error("file", f"有 {len(bad.faults)} 处需要更正，整份文件没有报送。请改好后重新选择文件。")
    except Refusal as refusal:
        form.add_error(
            "hours" if isinstance(refusal, hours.BadHours) and "hours" in form.fields else "file",
            refusal.says,
        )
    return []


def _shown(rows: list[Reported], content: bytes, form: UploadForm) -> dict[str, Any]:
    held = base64.b64encode(zlib.compress(content)).decode() if rows else ""
    if len(held) > MOST_HELD:
        form.add_error("file", TOO_LARGE)
        rows, held = [], ""
    return {
        "read": [
            {
                "row": row,
                "masked": mask_id(row.id_number),
                "category": category_name(row.category),
                "hours": rules.number_text(row.hours),
                "why": "；".join(FLAGS[flag] for flag in row.flags),
            }
            for row in rows[:SHOWN]
        ],
        "total": len(rows),
        "flagged": sum(bool(row.flags) for row in rows),
        "held": held,
        "digest": hashlib.sha256(content).hexdigest(),
        "token": uuid4().hex,
    }


def _unpacked(request: ActorRequest, form: UploadForm) -> bytes:
    """The file as the page that showed it handed it back."""
    try:
        packed = base64.b64decode(request.POST["held"], validate=True)
        content = zlib.decompressobj().decompress(packed, MOST_BYTES + 1)
    except (KeyError, binascii.Error, zlib.error, ValueError):
        content = b""
    if not content or len(content) > MOST_BYTES:
        form.add_error("file", LOST)
        return b""
    return content
