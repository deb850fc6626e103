"""Every component in its states on one page, for whoever builds pages. Not routed in production."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from applications.models import FilingSession
from applications.presenters.deadlines import Deadline
from cehours.lib import clock

LONG_UNIT = "湖南省有色地质勘查局二一四队（湖南省地质灾害调查监测所株洲工作站）"
STATES = (
    ("draft", "暂存"),
    ("employer_review", "待单位审核"),
    ("department_review", "待主管部门审核"),
    ("bureau_review", "待人社部门审核"),
    ("approved", "审核通过"),
    ("returned", "退回"),
    ("rejected", "审核不通过"),
    ("withdrawn", "已撤销"),
)


def deadlines_of_one_session() -> Iterator[Deadline]:
    """Before it opens, long before and shortly before it closes, and when it is over."""
    now = clock.now()
    session = FilingSession(opens_at=now, closes_at=now + timedelta(days=40))
    for moment in (timedelta(days=-3), timedelta(0), timedelta(days=39, hours=20), timedelta(days=41)):
        yield Deadline(session, session.closes_at, now + moment)


class SampleForm(forms.Form):
    """The kinds of fields the system uses; bound with wrong values to show their errors."""

    name = forms.CharField(label="姓名", help_text="与身份证一致，生僻字也照实填写。")
    phone = forms.CharField(label="联系电话", error_messages={"required": "请填写联系电话。"})
    nature = forms.ChoiceField(
        label="单位性质", choices=[("", "请选择"), ("institution", "事业"), ("enterprise", "企业")]
    )
    hours = forms.DecimalField(
        label="折算学时", min_value=0, error_messages={"min_value": "学时不能小于 0，请按细则填写。"}
    )
    way = forms.ChoiceField(
        label="继续教育形式",
        widget=forms.RadioSelect,
        choices=[("class", "参加培训班、研修班、进修班"), ("online", "参加网络平台专业课程等远程教育")],
        error_messages={"required": "请选择一种继续教育形式。"},
    )
    remark = forms.CharField(label="备注", widget=forms.Textarea, required=False)
    evidence = forms.FileField(label="佐证材料", required=False, help_text="PDF 或图片，每个不超过 20 MB。")
    promise = forms.BooleanField(
        label="本人承诺所填信息和所附材料属实", error_messages={"required": "请先确认承诺。"}
    )


def way_of_one_case() -> list[dict[str, str]]:
    return [
        {"label": "填写申报", "state": "done", "note": "7月1日"},
        {"label": "单位初审", "state": "done", "note": "7月3日"},
        {"label": "主管部门审核", "state": "current", "note": "第 2 级，共 2 级"},
        {"label": "人社部门核认", "state": "todo", "note": ""},
        {"label": "出具认定单", "state": "todo", "note": ""},
    ]


def returned_case() -> list[dict[str, str]]:
    return [
        {"label": "填写申报", "state": "look", "note": "请修改后重新提交"},
        {"label": "单位初审", "state": "block", "note": "已退回"},
        {"label": "人社部门核认", "state": "todo", "note": ""},
    ]


def samples() -> dict[str, Any]:
    bound = SampleForm({"name": "䶮㛃", "hours": "-1"}, auto_id="bound_%s")
    tabs = [
        SimpleNamespace(label="待办", url="#tabs", count=128, current=True),
        SimpleNamespace(label="已办", url="#tabs", count=3406, current=False),
        SimpleNamespace(label="全部", url="#tabs", count=None, current=False),
    ]
    rows = [
        ("刘*", "4*****9", LONG_UNIT, "450", "bureau_review", "待人社部门审核"),
        ("欧阳*", "4*****X", "长沙市第一医院", "427.5", "returned", "退回"),
    ]
    return {
        "form": SampleForm(),
        "bound": bound,
        "states": STATES,
        "tones": ("draft", "wait", "act", "look", "block", "done"),
        "way": way_of_one_case(),
        "returned": returned_case(),
        "tabs": tabs,
        "rows": rows,
        "active": [("审核状态", "待人社部门审核", "#filter"), ("单位名称", LONG_UNIT, "#filter")],
        "reasons": [
            "结业证书缺少学时，请补充。",
            "签到表不清晰，请重新上传。",
            "学时折算有误，请按细则更正。",
        ],
        "deadlines": list(deadlines_of_one_session()),
        "unit": LONG_UNIT,
        "zero": Decimal(0),
        "half": Decimal("52.5"),
        "gap": Decimal("7.5"),
    }


@login_not_required
def show(request: HttpRequest) -> HttpResponse:
    return render(request, "site/styleguide.html", samples())
