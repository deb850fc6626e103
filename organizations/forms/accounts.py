"""Signing in, registering, passwords and contacts."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm
from django import forms

from organizations.accounts import signing
from organizations.forms.fields import (
    HINT_FOR_NEW,
    ContactField,
    IdentityFields,
    NewPasswordFields,
    name_field,
    password_field,
)
from organizations.models import User


class SignInForm(LoginForm):  # type: ignore[misc]
    """allauth's form in our words; whose account is meant is found here, so that its tries are counted as one.

    What was typed goes no further: allauth would keep it in the session, and it may be an identity number.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label="账号",
            help_text="手机号码、邮箱、证件号码或用户名。",
            max_length=254,
            error_messages={"required": "请填写账号。"},
            widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
        )
        self.fields["password"] = password_field("密码", new=False)
        self.order_fields(["login", "password"])

    def user_credentials(self) -> dict[str, str]:
        typed = str(self.cleaned_data["login"])
        username = signing.counted_as(typed, signing.account_called(typed))
        return {"username": username, "password": self.cleaned_data["password"]}


class RegisterForm(IdentityFields, NewPasswordFields):
    name = name_field()
    contact = ContactField(help_text="用于接收验证码和登录，每个号码或邮箱只能注册一个账号。")
    consent = forms.BooleanField(
        label="本人同意系统为办理学时核认处理本人的姓名、证件号码和联系方式",
        error_messages={"required": "请阅读隐私说明，同意后才能注册。"},
    )

    field_order = ["name", "id_kind", "id_number", "contact", "password1", "password2", "consent"]

    def owner(self) -> User:
        contact = self.cleaned_data.get("contact")
        return User(
            username=contact.address if contact else "",
            display_name=self.cleaned_data.get("name", ""),
            email=self.cleaned_data.get("id_number", ""),
        )


class CodeForm(forms.Form):
    code = forms.CharField(
        label="验证码",
        max_length=12,
        error_messages={"required": "请填写验证码。", "max_length": "验证码为 6 位数字。"},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": "12"}
        ),
    )


class ResetForm(forms.Form):
    contact = ContactField(help_text="注册时使用的手机号码或邮箱，验证码将发送到这里。")


class NewPasswordForm(NewPasswordFields):
    password1 = password_field("新密码", new=True, hint=HINT_FOR_NEW, missing="请填写新密码。")
    password2 = password_field("再次输入新密码", new=True, missing="请再次输入新密码。")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def owner(self) -> User:
        return self.user


class CurrentPasswordFields(forms.Form):
    """The current password, for what must not be done from a screen somebody left unlocked."""

    oldpassword = password_field("当前密码", new=False)

    def __init__(self, user: User | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_oldpassword(self) -> str:
        password = str(self.cleaned_data["oldpassword"])
        if self.user is None or not self.user.check_password(password):
            raise get_adapter().validation_error("enter_current_password")
        return password


class ChangePasswordForm(CurrentPasswordFields, NewPasswordFields):
    """The form that allauth's view of password changes asks for."""

    password1 = password_field("新密码", new=True, hint=HINT_FOR_NEW)
    password2 = password_field("再次输入新密码", new=True, missing="请再次输入新密码。")

    field_order = ["oldpassword", "password1", "password2"]

    def owner(self) -> User | None:
        return self.user

    def save(self) -> None:
        get_adapter().set_password(self.user, self.cleaned_data["password1"])


class ChangeContactForm(CurrentPasswordFields):
    contact = ContactField(
        label="新的手机号码或邮箱", help_text="验证码将发送到这里，验证后替换原来的号码或邮箱。"
    )

    field_order = ["contact", "oldpassword"]
