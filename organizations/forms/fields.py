"""Fields that more than one form uses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from cehours.lib import printable, visible
from cehours.lib.idnumbers import IdKind, validate
from cehours.lib.refusal import Refusal
from organizations.acting.errors import NotAllowed
from organizations.messaging import channels
from organizations.messaging.channel import BadContact
from organizations.messaging.contacts import Contact
from organizations.models import User

LONGEST_PASSWORD = 128
HINT_FOR_NEW = "至少 8 位，不能全是数字，不要用姓名、手机号码或常见密码。"


class ContactField(forms.CharField):
    """An address of any channel (手机号码或邮箱); cleans to a Contact."""

    def __init__(self, **kwargs: Any) -> None:
        options: dict[str, Any] = {
            "label": channels.kinds(),
            "max_length": 254,
            "error_messages": {"required": f"请填写{channels.kinds()}。"},
            "widget": forms.TextInput(attrs={"autocomplete": "username", "inputmode": "email"}),
        }
        super().__init__(**{**options, **kwargs})

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return Contact.parse(text)
        except BadContact as bad:
            raise forms.ValidationError(bad.says) from None


def must_be_printable(label: str) -> Callable[[str], None]:
    """A validator that refuses what nobody sees, or no paper prints, in one line of text."""

    def check(text: str) -> None:
        if not visible.is_printable(text):
            raise forms.ValidationError(visible.SAYS.format(label=label))
        if refusal := printable.refusal(label, text):
            raise forms.ValidationError(refusal)

    return check


def name_field(label: str = "姓名", hint: str = "与身份证件一致，生僻字也照实填写。") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=60,
        error_messages={"required": f"请填写{label}。", "max_length": f"{label}最多 60 个字。"},
        validators=[must_be_printable(label)],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


def password_field(label: str, *, new: bool, hint: str = "", missing: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        strip=False,
        max_length=LONGEST_PASSWORD,
        error_messages={
            "required": missing or f"请填写{label}。",
            "max_length": f"密码最多 {LONGEST_PASSWORD} 位。",
        },
        widget=forms.PasswordInput(
            attrs={"autocomplete": "new-password" if new else "current-password", "data-password": ""}
        ),
    )


class IdentityFields(forms.Form):
    """证件类型 and 证件号码, checked by the sentences of cehours.lib.idnumbers."""

    id_kind = forms.ChoiceField(
        label="证件类型",
        choices=IdKind.choices(),
        initial=IdKind.RESIDENT.value,
        error_messages={"required": "请选择证件类型。", "invalid_choice": "请从列表中选择证件类型。"},
    )
    id_number = forms.CharField(
        label="证件号码",
        max_length=40,
        error_messages={"required": "请填写证件号码。", "max_length": "证件号码太长，请核对。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_id_number(self) -> str:
        kind, text = self.cleaned_data.get("id_kind"), self.cleaned_data["id_number"]
        if not kind:
            return str(text)
        try:
            return validate(IdKind(kind), text)
        except Refusal as bad:
            raise forms.ValidationError(bad.says) from None


class NewPasswordFields(forms.Form):
    """A password to be set, typed twice, against the rules of AUTH_PASSWORD_VALIDATORS."""

    password1 = password_field("设置密码", new=True, hint=HINT_FOR_NEW, missing="请设置密码。")
    password2 = password_field("再次输入密码", new=True, missing="请再次输入密码。")

    def owner(self) -> User | None:
        """Whose password it will be: it must not resemble what is known about them."""
        return None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", "两次输入的密码不一致，请重新输入。")
        if first:
            try:
                validate_password(first, self.owner())
            except forms.ValidationError as problem:
                self.add_error("password1", problem)
        return cleaned


def show_refusal(form: forms.Form, refusal: Refusal) -> None:
    """Puts the sentence of a refused act where the person looks: at its field, else on top."""
    field = refusal.field if isinstance(refusal, NotAllowed) else None
    form.add_error(field if field in form.fields else None, refusal.says)
