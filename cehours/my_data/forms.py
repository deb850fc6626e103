"""What a person types about their own data, and what the provincial bureau answers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict

from cehours.lib.idnumbers import IdKind, validate
from cehours.lib.refusal import Refusal
from organizations.forms.accounts import CurrentPasswordFields
from organizations.forms.fields import IdentityFields, must_be_printable
from organizations.services.data_requests import Identity


def typed(request: HttpRequest) -> QueryDict | None:
    """What was sent, also when that is nothing; None for a fresh page."""
    return request.POST if request.method == "POST" else None


class CorrectionForm(forms.Form):
    """更正申请: what is wrong, anew; what is right stays empty."""

    name = forms.CharField(
        label="正确的姓名",
        help_text="姓名没有错的不填。与身份证件一致，生僻字也照实填写。",
        max_length=60,
        required=False,
        error_messages={"max_length": "姓名最多 60 个字。"},
        validators=[must_be_printable("正确的姓名")],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    id_kind = forms.ChoiceField(
        label="正确的证件类型",
        choices=IdKind.choices(),
        initial=IdKind.RESIDENT.value,
        error_messages={"invalid_choice": "请从列表中选择证件类型。"},
    )
    id_number = forms.CharField(
        label="正确的证件号码",
        help_text="证件号码没有错的不填。",
        max_length=40,
        required=False,
        error_messages={"max_length": "证件号码太长，请核对。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = forms.CharField(
        label="更正理由",
        help_text="写明错在哪里、依据什么证件，例如：派出所更名，新身份证已于 2025 年 3 月换领。",
        max_length=500,
        error_messages={"required": "请填写更正理由。", "max_length": "更正理由最多 500 个字。"},
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 500}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("name") and not cleaned.get("id_number") and not self.errors:
            self.add_error("name", "请填写正确的姓名或证件号码，至少一项。")
        number, kind = cleaned.get("id_number"), cleaned.get("id_kind")
        if number and kind:
            try:
                cleaned["id_number"] = validate(IdKind(kind), number)
            except Refusal as bad:
                self.add_error("id_number", bad.says)
        return cleaned

    def wanted(self) -> Identity:
        return Identity(*(self.cleaned_data[field] for field in ("name", "id_kind", "id_number")))


class ClosingForm(CurrentPasswordFields):
    """注销: understood, meant, and by the owner of the password."""

    understood = forms.BooleanField(
        label="我已了解注销后不能恢复，也了解哪些记录要依法保留",
        error_messages={"required": "请阅读上面的说明，勾选后才能注销。"},
    )
    reason = forms.CharField(
        label="注销原因",
        max_length=500,
        required=False,
        error_messages={"max_length": "注销原因最多 500 个字。"},
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 500}),
    )

    field_order = ["reason", "understood", "oldpassword"]


class SettleForm(forms.Form):
    """办理更正申请."""

    outcome = forms.ChoiceField(
        label="办理结果",
        choices=[("grant", "同意更正"), ("decline", "不同意")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择办理结果。", "invalid_choice": "请选择办理结果。"},
    )
    answer = forms.CharField(
        label="答复申请人",
        help_text="不同意的必须写明理由和怎样补正；同意的可以不填。申请人会收到通知。",
        max_length=500,
        required=False,
        error_messages={"max_length": "答复最多 500 个字。"},
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 500}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("outcome") == "decline" and not cleaned.get("answer"):
            self.add_error("answer", "请写明不同意的理由，申请人需要知道怎样补正。")
        return cleaned

    @property
    def granted(self) -> bool:
        return bool(self.cleaned_data["outcome"] == "grant")


class LetBackForm(IdentityFields):
    """恢复注册: the document that the bureau has before it."""
