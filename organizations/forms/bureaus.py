"""Opening the 经办机构 of a region: its name, and whom to invite as its first administrator."""

from __future__ import annotations

from typing import Any

from django import forms

from organizations.acting.actor import Actor
from organizations.forms.fields import ContactField, must_be_printable, name_field
from organizations.forms.units import region_choices
from organizations.services import bureaus


class BureauForm(forms.Form):
    region = forms.ChoiceField(
        label="行政区划",
        help_text="只列出还没有经办机构的市州和县市区。",
        error_messages={
            "required": "请选择行政区划。",
            "invalid_choice": "该行政区划已有经办机构或者不在本省，请重新选择。",
        },
    )
    name = forms.CharField(
        label="经办机构名称",
        max_length=120,
        help_text="填写登记证书上的全称，例如 衡阳市珠晖区人力资源和社会保障局。",
        validators=[must_be_printable("经办机构名称")],
        error_messages={"required": "请填写经办机构名称。", "max_length": "名称最多 120 个字。"},
    )
    admin = name_field("首位管理员姓名", "与其身份证件一致；受邀人的账号必须是同一姓名。")
    contact = ContactField(
        label="管理员手机号码或邮箱",
        help_text="邀请链接发送到这里，7 天内有效；过期的，可在“单位”的“人员”中重新邀请。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "email"}),
    )

    def __init__(self, data: Any = None, *, actor: Actor) -> None:
        super().__init__(data)
        field = self.fields["region"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "请选择"), *region_choices(bureaus.regions_without(actor))]
