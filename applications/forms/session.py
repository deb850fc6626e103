"""The form of a filing session: days as people say them, both ends included."""

from __future__ import annotations

from typing import Any

from django import forms

import rules
from applications.models import FilingSession
from applications.services import sessions as services
from applications.services.sessions import SessionInput
from cehours.lib import clock
from organizations.forms.days import DayField


class SessionForm(forms.Form):
    name = forms.CharField(
        label="名称",
        max_length=80,
        help_text="申报人在首页看到的名称，例如 2025年度高级职称学时核认。",
        error_messages={"required": "请填写名称。", "max_length": "名称最多 80 个字。"},
    )
    policy = forms.ChoiceField(
        label="政策",
        help_text="学时折算、核认年度和审核路径按所选政策办理；有人申报后不能再改，请核对文号和核认年度。",
        error_messages={"required": "请选择政策。", "invalid_choice": "请从列表中选择政策。"},
    )
    year = forms.IntegerField(
        label="工作年度",
        min_value=2000,
        max_value=2100,
        error_messages={
            "required": "请填写工作年度。",
            "invalid": "请填写四位数的年度，例如 2025。",
            "min_value": "请填写四位数的年度，例如 2025。",
            "max_value": "请填写四位数的年度，例如 2025。",
        },
    )
    opens = DayField("申报开始日", "这一天零时起可以申报（北京时间）。")
    closes = DayField("申报截止日", "这一天 24 时前仍可提交。")
    review_until = DayField("审核截止日", "各级审核到这一天 24 时为止，不早于申报截止日。")
    grace_days = forms.IntegerField(
        label="退回后可重新提交天数",
        min_value=0,
        max_value=60,
        initial=5,
        help_text="申报截止后被退回的，从退回时起算，不超过审核截止日。",
        error_messages={
            "required": "请填写天数，不给宽限填 0。",
            "invalid": "请填写 0 至 60 的整数。",
            "min_value": "请填写 0 至 60 的整数。",
            "max_value": "请填写 0 至 60 的整数。",
        },
    )

    reason = forms.CharField(
        label="修改理由",
        required=False,
        max_length=300,
        help_text="给确认的管理员看，例如 按〔2025〕某号文件延长审核期。只改名称的不用填写。",
        error_messages={"max_length": "修改理由最多 300 个字。"},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    other_year = forms.BooleanField(label="政策年度与工作年度不同，已核对", required=False)
    as_last_year = forms.BooleanField(label="与上年相同之处已核对", required=False)

    def __init__(self, data: Any = None, *, province: str, session: FilingSession | None = None) -> None:
        super().__init__(data, initial=self._initial(session))
        field = self.fields["policy"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "请选择"), *policy_choices(province)]

    @staticmethod
    def _initial(session: FilingSession | None) -> dict[str, Any]:
        if session is None:
            return {"year": clock.today().year}
        return {
            "name": session.name,
            "policy": session.policy,
            "year": session.year,
            "opens": clock.local(session.opens_at).date(),
            "closes": services.last_day_before(session.closes_at),
            "review_until": services.last_day_before(session.review_until),
            "grace_days": session.grace_days,
        }

    def entered(self) -> SessionInput:
        """What a valid form says, for the service."""
        return SessionInput(**{key: value for key, value in self.cleaned_data.items() if key != "reason"})


def policy_choices(province: str) -> list[tuple[str, str]]:
    """The province's policies in force that can end in a certificate, told apart by year, 文号 and years covered."""
    policies = [rules.load_policy(key) for key in rules.available_policies()]
    return [
        (policy.key, label_of(policy))
        for policy in policies
        if policy.certificate is not None and policy.region == province
    ]


def label_of(policy: rules.Policy) -> str:
    """For example 2025 年度 · 湘人社办函〔2025〕37号 · 核认 2020—2024 年."""
    years = policy.span.years
    return f"{policy.year} 年度 · {policy.document} · 核认 {min(years)}—{max(years)} 年"
