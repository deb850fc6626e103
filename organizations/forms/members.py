"""Inviting a member, and accepting with a new account."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from cehours.lib.half_width import half_width
from organizations.forms.fields import ContactField, IdentityFields, NewPasswordFields, name_field
from organizations.models import User
from organizations.models.user import Role

PLATFORM_ACCOUNT = re.compile(r"[!-~]{1,255}")


class InviteForm(forms.Form):
    name = name_field("受邀人姓名", "与其身份证件一致；受邀人的账号必须是同一姓名。")
    role = forms.ChoiceField(
        label="角色",
        choices=Role.choices,
        initial=Role.REVIEWER,
        widget=forms.RadioSelect,
        help_text="经办人办理审核；管理员还可以邀请和移除成员。",
        error_messages={"required": "请选择角色。", "invalid_choice": "请从列表中选择角色。"},
    )
    contact = ContactField(
        label="受邀人手机号码或邮箱",
        help_text="邀请链接发送到这里，7 天内有效，只能使用一次。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "email"}),
    )


class BindForm(forms.Form):
    subject = forms.CharField(
        label="平台账号",
        max_length=255,
        help_text="照平台上显示的账号填写，区分大小写。该成员从平台登录一次，页面上会显示这个账号。",
        error_messages={"required": "请填写平台账号。", "max_length": "平台账号太长，请核对。"},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    def clean_subject(self) -> str:
        """As OpenID Connect allows: printable ASCII; digits typed in full width become plain ones."""
        text = half_width(self.cleaned_data["subject"]).strip()
        if not PLATFORM_ACCOUNT.fullmatch(text):
            raise forms.ValidationError("平台账号只含字母、数字和符号，中间没有空格和汉字，请核对。")
        return text


class JoinForm(IdentityFields, NewPasswordFields):
    """A new account for the invited person; name and contact are those of the invitation."""

    consent = forms.BooleanField(
        label="本人同意系统为办理学时核认处理本人的姓名、证件号码和联系方式",
        error_messages={"required": "请阅读隐私说明，同意后才能注册。"},
    )

    field_order = ["id_kind", "id_number", "password1", "password2", "consent"]

    def __init__(self, *args: Any, name: str, address: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name, self.address = name, address

    def owner(self) -> User:
        number = self.cleaned_data.get("id_number", "")
        return User(username=self.address, display_name=self.name, email=number)
